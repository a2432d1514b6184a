// SPDX-License-Identifier: Apache-2.0
// Requirements on the certificate itself, applied to the facts of the one to come.
#include "eval/evaluation.h"
#include "eval/repair_local.h"

// Each round meets what the one before brought into force; the tables need two.
#define MAX_ROUNDS 6

// The first and the last second counted, whatever the requirement counts: so it is what all
// of them take, and one number.
static bool shorten(struct repair_work *w, const struct requirement_result *r)
{
	int64_t end = w->facts.not_before + (int64_t)r->needed * DAY_SECONDS - 1;
	if (end >= w->facts.not_after) {
		return false;
	}
	w->facts.not_after = end;
	return repair_change(w, REPAIR_LIFETIME);
}

static bool fix_key(struct repair_work *w, const struct requirement_result *r)
{
	bool of_leaf = r->requirement->subject == SUBJECT_LEAF;
	struct key_facts *key = of_leaf ? &w->facts.leaf : &w->facts.issuer;
	enum repair_change what =
		r->requirement->measure == MEASURE_SHA2 ? REPAIR_SIGNATURE : REPAIR_KEY;
	bool known = of_leaf || w->e->facts.issuer.known;
	bool anchor = key->is_anchor;
	if (known && !of_leaf) {
		what = REPAIR_ISSUER;
	}
	if (what == REPAIR_SIGNATURE && known) {
		key->signed_with_sha2 = true;
	} else {
		*key = (struct key_facts){
			.known = true, .signed_with_sha2 = true, .is_anchor = anchor};
	}
	w->out->issuer_assumed = w->out->issuer_assumed || !known;
	return repair_change(w, known ? what : REPAIR_GIVE_ISSUER);
}

// True where it changed something.
static bool fix(struct repair_work *w, const struct requirement_result *r)
{
	switch (r->requirement->measure) {
	case MEASURE_RSA_BITS:
	case MEASURE_KEY_TYPE:
	case MEASURE_SHA2:
		return fix_key(w, r);
	case MEASURE_NAMES:
		w->facts.num_names = r->needed;
		return repair_change(w, REPAIR_NAMES);
	case MEASURE_SERVER_AUTH:
		w->facts.server_auth = true;
		return repair_change(w, REPAIR_SERVER_AUTH);
	case MEASURE_DAYS:
	case MEASURE_DAYS_BETWEEN:
		return shorten(w, r);
	case MEASURE_LOGS:
	case MEASURE_OPERATORS:
		break;
	}
	return false;
}

static bool fix_route(struct repair_work *w, const struct route_result *route)
{
	bool changed = false;
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		const struct requirement_result r = route->results[i];
		bool asked = !r.met && !r.requirement->is_advice;
		changed = (asked && fix(w, &r)) || changed;
	}
	return changed;
}

static int64_t now_of(const struct repair_work *w)
{
	return datetime_floor_seconds(w->facts.at_ms);
}

void repair_begin(struct repair_work *w)
{
	struct facts *f = &w->facts;
	f->not_after = now_of(w) + (f->not_after - f->not_before);
	f->not_before = now_of(w);
}

// What would be over at the time of check begins anew then.
static void begin_in_time(struct repair_work *w)
{
	if (w->facts.not_after < now_of(w)) {
		repair_begin(w);
	}
}

// A policy that nobody asked for, by the certificate's facts alone.
static bool judge_minimum_of(struct repair_work *w, const struct policy *policy,
	const struct facts *facts, struct policy_result *out)
{
	struct facts without = *facts;
	enum code reasons[NUM_APPLIES_REASONS];
	without.num_scts = 0;
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < POLICY_MAX_ROUTES; i++) {
		out->routes[i].counted = w->counted;
	}
	policy_judge(policy, &without, &w->scratch, out);
	return policy_exempts(policy, facts, reasons) == 0;
}

// What is over is not held to the minimum, and the one that comes next is.
static bool fix_minimum(struct repair_work *w)
{
	bool renewed = w->out->changes[REPAIR_RENEWAL];
	bool changed = false;
	if (!w->e->record->minimum && !(renewed && w->e->request->with_minimum)) {
		return false;
	}
	for (size_t i = 0; i < policy_num(); i++) {
		const struct policy *policy = policy_at(i);
		bool asks = policy->refused_by &&
			judge_minimum_of(w, policy, &w->facts, &w->result);
		changed = (asks && fix_route(w, &w->result.routes[0])) || changed;
	}
	return changed;
}

static bool fix_policies(struct repair_work *w)
{
	bool changed = false;
	for (size_t i = 0; i < repair_num_policies(w); i++) {
		if (!repair_applies(w, i)) {
			continue;
		}
		repair_judge_own(w, i, true);
		for (size_t k = 0; k < w->result.policy->num_routes; k++) {
			changed = fix_route(w, &w->result.routes[k]) || changed;
		}
	}
	return fix_minimum(w) || changed;
}

void repair_fix_measures(struct repair_work *w)
{
	bool changed = true;
	for (int round = 0; round < MAX_ROUNDS && changed; round++) {
		changed = fix_policies(w);
		if (changed) {
			begin_in_time(w);
		}
	}
}

void repair_start_own(struct repair_work *w)
{
	struct facts *f = &w->facts;
	if (!w->own) {
		return;
	}
	int64_t days = (f->not_after - f->not_before + 1) / DAY_SECONDS;
	f->is_ca = false;
	f->self_signed = false;
	f->not_public = true;
	f->root = ROOT_ADDED;
	f->leaf.is_anchor = false;
	f->issuer = (struct key_facts){
		.known = true, .signed_with_sha2 = true, .is_anchor = true};
	f->not_before = now_of(w);
	f->not_after = f->not_before + (days > 0 ? days : 1) * DAY_SECONDS - 1;
	repair_change(w, REPAIR_ISSUER);
}

static void cap_by(struct repair_work *w, const struct policy *policy)
{
	struct facts facts = w->facts;
	// It is issued now, by the rules of now.
	facts.not_before = facts.not_before < now_of(w) ? now_of(w) : facts.not_before;
	facts.not_after = facts.not_before + (w->facts.not_after - w->facts.not_before);
	if (!judge_minimum_of(w, policy, &facts, &w->result)) {
		return;
	}
	const struct route_result *route = policy_main_route(&w->result);
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		const struct requirement_result *r = &route->results[i];
		bool lives = r->requirement->measure == MEASURE_DAYS ||
			r->requirement->measure == MEASURE_DAYS_BETWEEN;
		if (lives && !r->met && shorten(w, r)) {
			w->out->is_agreed = r->requirement->is_advice;
		}
	}
}

void repair_cap_lifetime(struct repair_work *w)
{
	for (size_t i = 0; i < policy_num(); i++) {
		if (policy_at(i)->refused_by) {
			cap_by(w, policy_at(i));
		}
	}
	begin_in_time(w);
}

// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.h"

#include <limits.h>
#include <string.h>

#include "base/datetime.h"

#define DAY_SECONDS INT64_C(86400)

struct lifetime lifetime_of(int64_t not_before, int64_t not_after)
{
	struct lifetime l = {.seconds = not_after - not_before + 1};
	l.days = l.seconds > 0 ? (l.seconds + DAY_SECONDS - 1) / DAY_SECONDS : 0;
	l.months = datetime_months_between(not_before, not_after, &l.months_exact);
	return l;
}

static bool row_holds(const struct lifetime_row *row, const struct lifetime *lifetime)
{
	switch (row->bound) {
	case LIFETIME_DAYS:
		return lifetime->days <= row->limit;
	case LIFETIME_SECONDS:
		return lifetime->seconds - 1 <= row->limit;
	case LIFETIME_BELOW_MONTHS:
		return lifetime->months < row->limit;
	case LIFETIME_MONTHS:
		return lifetime->months < row->limit ||
			(lifetime->months == row->limit && lifetime->months_exact);
	case LIFETIME_WHOLE_MONTHS:
		return lifetime->months <= row->limit;
	case LIFETIME_ANY:
		break;
	}
	return true;
}

// Tables cover all of time between them, and each ends in a row for any lifetime: the
// tests hold every policy to that.
static void find_row(
	const struct policy *policy, const struct facts *facts, struct policy_result *out)
{
	struct lifetime lifetime = lifetime_of(facts->not_before, facts->not_after);
	size_t i = 0;
	while (i + 1 < policy->num_tables &&
		(facts->not_before < policy->tables[i].from ||
			facts->not_before >= policy->tables[i].until)) {
		i++;
	}
	const struct lifetime_table *table = &policy->tables[i];
	size_t k = 0;
	while (k + 1 < LIFETIME_MAX_ROWS && !row_holds(&table->rows[k], &lifetime)) {
		k++;
	}
	const struct lifetime_row *row = &table->rows[k];
	out->table = table;
	out->row = row;
	out->remark = lifetime.days > row->remark_beyond_days ? row->remark : CODE_NONE;
}

// trustd: the earliest timestamp of any SCT with current approval, else the time of
// check.
static uint64_t issuance_time_ms(const struct facts *facts)
{
	uint64_t earliest = (uint64_t)facts->at_ms;
	bool found = false;
	for (size_t i = 0; i < facts->num_scts; i++) {
		const struct sct_facts *sct = &facts->scts[i];
		if (sct->approval == APPROVAL_CURRENT &&
			(!found || sct->timestamp_ms < earliest)) {
			earliest = sct->timestamp_ms;
			found = true;
		}
	}
	return earliest;
}

static bool is_eligible(const struct requirement *requirement, const struct facts *facts,
	const struct sct_facts *sct)
{
	if (!((unsigned)sct->source & requirement->sources) ||
		!((unsigned)sct->approval & requirement->approvals) ||
		(requirement->rfc6962_only && sct->api != LOG_RFC6962)) {
		return false;
	}
	return !requirement->once_before_retirement || sct->approval != APPROVAL_ONCE ||
		issuance_time_ms(facts) < (uint64_t)sct->since_ms;
}

// Where a cap or a second SCT of one log forces a choice, RFC 6962 logs come before
// static ones and current before once, so that what is counted serves every requirement
// best, in whatever order the SCTs stand.
static bool is_of_rank(const struct sct_facts *sct, unsigned rank)
{
	enum log_api api = rank < 2 ? LOG_RFC6962 : LOG_STATIC;
	enum approval approval = rank % 2 ? APPROVAL_ONCE : APPROVAL_CURRENT;
	return sct->api == api && sct->approval == approval;
}

static unsigned count_scts(const struct requirement *requirement,
	const struct facts *facts, unsigned cap, const struct policy_scratch *scratch)
{
	// A log may have had one operator when it signed this SCT, and another one at that.
	bool of_operators = requirement->measure == MEASURE_OPERATORS;
	unsigned num_logs = 0;
	unsigned num_operators = 0;
	size_t num_eligible = 0;
	for (size_t i = 0; i < facts->num_scts; i++) {
		scratch->log_taken[i] = false;
		scratch->operator_taken[i] = 0;
		scratch->chosen[i] = false;
		num_eligible += is_eligible(requirement, facts, &facts->scts[i]);
	}
	for (unsigned rank = 0; rank < 4 && num_eligible > 0; rank++) {
		for (size_t i = 0; i < facts->num_scts; i++) {
			const struct sct_facts *sct = &facts->scts[i];
			bool is_second = !of_operators && scratch->log_taken[sct->log];
			if (!is_of_rank(sct, rank) ||
				!is_eligible(requirement, facts, sct) || is_second ||
				(cap && scratch->operator_taken[sct->op] >= cap)) {
				continue;
			}
			num_eligible--;
			scratch->log_taken[sct->log] = true;
			scratch->chosen[i] = true;
			num_logs++;
			num_operators += scratch->operator_taken[sct->op]++ == 0;
		}
	}
	return of_operators ? num_operators : num_logs;
}

static unsigned days_in(int64_t seconds)
{
	int64_t days = seconds > 0 ? (seconds + DAY_SECONDS - 1) / DAY_SECONDS : 0;
	return days < UINT_MAX ? (unsigned)days : UINT_MAX;
}

// What a measure of the certificate comes to. `asks` false: it is not about such a
// certificate. False: not known.
static bool take_measure(const struct requirement *requirement, const struct facts *facts,
	bool *asks, unsigned *out)
{
	const struct key_facts *key =
		requirement->subject == SUBJECT_LEAF ? &facts->leaf : &facts->issuer;
	int64_t seconds = facts->not_after - facts->not_before;
	*asks = true;
	*out = 0;
	switch (requirement->measure) {
	case MEASURE_RSA_BITS:
		*asks = !key->known || key->is_rsa;
		*out = key->bits;
		return key->known;
	case MEASURE_KEY_TYPE:
		*out = !key->is_unusual;
		return key->known;
	case MEASURE_SHA2:
		// An anchor is trusted as it is; the leaf is what it is.
		*asks = !key->known || !key->is_anchor ||
			requirement->subject == SUBJECT_LEAF;
		*out = key->signed_with_sha2;
		return key->known;
	case MEASURE_NAMES:
		*out = facts->num_names;
		return true;
	case MEASURE_SERVER_AUTH:
		*out = facts->server_auth;
		return true;
	case MEASURE_DAYS:
		*out = days_in(seconds + 1);
		return true;
	case MEASURE_DAYS_BETWEEN:
		*out = days_in(seconds);
		return true;
	case MEASURE_LOGS:
	case MEASURE_OPERATORS:
		break;
	}
	return false;
}

static bool is_in_force(const struct requirement *requirement, const struct facts *facts)
{
	int64_t ms = requirement->axis == AXIS_NOT_BEFORE ? facts->not_before * 1000
							  : facts->at_ms;
	return ms >= requirement->from_ms && ms < requirement->until_ms &&
		!(requirement->system_roots_only && facts->root == ROOT_ADDED);
}

static void judge_requirement(const struct requirement *requirement,
	const struct facts *facts, const struct lifetime_row *row,
	const struct policy_scratch *scratch, struct requirement_result *out)
{
	bool asks = true;
	bool known = true;
	out->requirement = requirement;
	out->needed = requirement->by_lifetime ? row->scts : requirement->needed;
	if (requirement_counts_scts(requirement)) {
		out->got = count_scts(requirement, facts,
			requirement->by_lifetime ? row->cap_per_operator : 0, scratch);
	} else {
		known = take_measure(requirement, facts, &asks, &out->got);
	}
	out->in_force = asks && is_in_force(requirement, facts);
	bool holds =
		requirement->at_most ? out->got <= out->needed : out->got >= out->needed;
	bool root_open =
		requirement->system_roots_only && facts->root == ROOT_UNKNOWN && !holds;
	out->open = out->in_force && (!known || root_open);
	out->met = !out->in_force || (!out->open && holds);
}

static void take_chosen(
	const struct policy_scratch *scratch, size_t num, bool *out_counted)
{
	if (num) {
		memcpy(out_counted, scratch->chosen, num * sizeof(*out_counted));
	}
}

static void judge_route(const struct route *route, const struct facts *facts,
	const struct lifetime_row *row, const struct policy_scratch *scratch,
	struct route_result *out)
{
	bool fails = false;
	bool counted = false;
	out->route = route;
	out->open = false;
	if (facts->num_scts) {
		memset(out->counted, 0, facts->num_scts * sizeof(*out->counted));
	}
	for (size_t i = 0; i < route->num_requirements; i++) {
		const struct requirement *requirement = &route->requirements[i];
		struct requirement_result *result = &out->results[i];
		judge_requirement(requirement, facts, row, scratch, result);
		if (!requirement->is_advice && !result->met) {
			out->open = out->open || result->open;
			fails = fails || !result->open;
		}
		if (!counted && result->in_force &&
			requirement_counts_scts(requirement)) {
			counted = true;
			take_chosen(scratch, facts->num_scts, out->counted);
		}
	}
	bool is_open = route_is_open(route, facts->at_ms);
	out->holds = is_open && !fails && !out->open;
	out->open = is_open && !fails && out->open;
}

bool requirement_counts_scts(const struct requirement *requirement)
{
	return requirement->measure == MEASURE_LOGS ||
		requirement->measure == MEASURE_OPERATORS;
}

bool policy_counts_scts(const struct policy *policy)
{
	for (size_t i = 0; i < policy->num_routes; i++) {
		for (size_t k = 0; k < policy->routes[i].num_requirements; k++) {
			if (requirement_counts_scts(&policy->routes[i].requirements[k])) {
				return true;
			}
		}
	}
	return false;
}

const char *requirement_comparison(const struct requirement *requirement)
{
	return requirement->at_most ? "at_most" : "at_least";
}

bool policy_asks_by_lifetime(const struct policy *policy)
{
	for (size_t i = 0; i < policy->num_routes; i++) {
		for (size_t k = 0; k < policy->routes[i].num_requirements; k++) {
			if (policy->routes[i].requirements[k].by_lifetime) {
				return true;
			}
		}
	}
	return false;
}

bool route_is_open(const struct route *route, int64_t at_ms)
{
	return at_ms >= route->from_ms && at_ms < route->until_ms;
}

// Sources that the route's counting requirement takes.
static unsigned counted_sources(const struct route *route)
{
	for (size_t i = 0; i < route->num_requirements; i++) {
		if (requirement_counts_scts(&route->requirements[i])) {
			return route->requirements[i].sources;
		}
	}
	return 0;
}

size_t policy_route_for(
	const struct policy *policy, enum sct_source source, int64_t at_ms)
{
	for (size_t i = 0; i < policy->num_routes; i++) {
		if (route_is_open(&policy->routes[i], at_ms) &&
			((unsigned)source & counted_sources(&policy->routes[i]))) {
			return i;
		}
	}
	return 0;
}

const struct route *policy_closed_route(
	const struct policy *policy, enum sct_source source, int64_t at_ms)
{
	const struct route *closed = NULL;
	for (size_t i = 0; i < policy->num_routes; i++) {
		const struct route *route = &policy->routes[i];
		if (!((unsigned)source & counted_sources(route))) {
			continue;
		}
		if (route_is_open(route, at_ms)) {
			return NULL;
		}
		closed = closed ? closed : route;
	}
	return closed;
}

const struct route_result *policy_main_route(const struct policy_result *result)
{
	return &result->routes[0];
}

struct policy_needs policy_needs(const struct policy_result *result)
{
	const struct route_result *route = policy_main_route(result);
	unsigned scts = result->row->scts;
	unsigned cap = result->row->cap_per_operator;
	struct policy_needs needs = {.scts = scts,
		.cap_per_operator = cap,
		.operators = cap ? (scts + cap - 1) / cap : scts > 0};
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		const struct requirement_result *r = &route->results[i];
		if (!r->in_force) {
			continue;
		}
		if (r->requirement->measure == MEASURE_OPERATORS) {
			needs.operators =
				r->needed > needs.operators ? r->needed : needs.operators;
		} else if (r->requirement->rfc6962_only) {
			needs.rfc6962 = r->needed;
		} else if (r->requirement->approvals == APPROVAL_CURRENT) {
			needs.current = r->needed;
		}
	}
	return needs;
}

void policy_judge(const struct policy *policy, const struct facts *facts,
	const struct policy_scratch *scratch, struct policy_result *out)
{
	out->policy = policy;
	out->verdict = VERDICT_NON_COMPLIANT;
	find_row(policy, facts, out);
	for (size_t i = 0; i < policy->num_routes; i++) {
		judge_route(
			&policy->routes[i], facts, out->row, scratch, &out->routes[i]);
		if (out->routes[i].holds) {
			out->verdict = VERDICT_COMPLIANT;
		} else if (out->routes[i].open && out->verdict == VERDICT_NON_COMPLIANT) {
			out->verdict = VERDICT_INDETERMINATE;
		}
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "eval/repair_local.h"

#include "base/datetime.h"
#include "eval/evaluation.h"
#include "eval/shorter.h"

const char *repair_change_name(enum repair_change change)
{
	static const char *const names[] = {
		[REPAIR_SCTS] = "scts",
		[REPAIR_RENEWAL] = "renewal",
		[REPAIR_LIFETIME] = "lifetime",
		[REPAIR_NAMES] = "names",
		[REPAIR_SERVER_AUTH] = "server_auth",
		[REPAIR_KEY] = "key",
		[REPAIR_SIGNATURE] = "signature",
		[REPAIR_ISSUER] = "issuer",
		[REPAIR_GIVE_ISSUER] = "give_issuer",
	};
	return names[change];
}

const struct policy *repair_policy(const struct repair_work *w, size_t index)
{
	return request_policy(w->e->request, index);
}

size_t repair_num_policies(const struct repair_work *w)
{
	return request_num_policies(w->e->request);
}

// Whose lists the policy is judged by.
static const struct evaluation *source_of(const struct repair_work *w, size_t index)
{
	for (size_t i = 0; i < w->e->num_others; i++) {
		if (is_own_policy(&w->e->others[i], index)) {
			return &w->e->others[i];
		}
	}
	return w->e;
}

// Without a list of its logs nothing is known of it, and the others are repaired for.
static bool is_judged(const struct repair_work *w, size_t index)
{
	return !repair_policy(w, index)->list || source_of(w, index)->record->list;
}

bool repair_applies(const struct repair_work *w, size_t index)
{
	enum code reasons[NUM_APPLIES_REASONS];
	return policy_exempts(repair_policy(w, index), &w->facts, reasons) == 0;
}

bool repair_change(struct repair_work *w, enum repair_change what)
{
	w->out->changes[what] = true;
	return true;
}

// The SCTs.

static void number(struct repair_work *w, size_t at, const struct sct_record *scts)
{
	struct sct_facts *sct = &w->room[at];
	sct->log = at;
	sct->op = at;
	for (size_t i = 0; i < at; i++) {
		if (scts[i].log &&
			strcmp(scts[i].operator_name, scts[at].operator_name) == 0) {
			sct->op = w->room[i].op;
			return;
		}
	}
}

// SCTs of the set, signed a little before the time of check, as that list has their logs.
static void see_set(struct repair_work *w, const struct loglist *list,
	enum lists_basis basis, int64_t at_ms)
{
	struct sct_record scts[PLAN_MAX_SET];
	int64_t now = w->facts.at_ms;
	for (size_t i = 0; i < w->set_size; i++) {
		struct sct_record *sct = &scts[i];
		*sct = (struct sct_record){.source = SOURCE_EMBEDDED};
		sct->sct.log_id = bytes_of(w->set[i]->log->id, LOG_ID_LEN);
		sct->sct.timestamp = now > 2 ? (uint64_t)now - 2 : 0;
		sct_record_look_up(sct, list, basis, at_ms);
		w->room[i] = (struct sct_facts){.source = SOURCE_EMBEDDED,
			.status = sct->log ? STATUS_VALID : STATUS_UNKNOWN_LOG,
			.timestamp_ms = sct->sct.timestamp,
			.log = i,
			.op = i};
		if (sct->log) {
			number(w, i, scts);
			w->room[i].api = sct->log->api;
			w->room[i].state = sct->standing.state;
			w->room[i].since_ms = sct->standing.since_ms;
			w->room[i].has_interval = sct->log->has_interval;
			w->room[i].start_ms = sct->log->start_ms;
			w->room[i].end_ms = sct->log->end_ms;
		}
	}
}

// `optimistic`: what is not known of the SCTs is as it should be.
static enum verdict judge_scts(
	struct repair_work *w, const struct policy *policy, bool optimistic)
{
	for (size_t i = 0; i < POLICY_MAX_ROUTES; i++) {
		w->result.routes[i].counted = w->counted;
	}
	for (size_t i = 0; i < w->facts.num_scts; i++) {
		approval_judge(
			&w->facts, policy->leniency, &w->facts.scts[i], optimistic);
	}
	policy_judge(policy, &w->facts, &w->scratch, &w->result);
	return w->result.verdict;
}

enum verdict repair_judge_own(struct repair_work *w, size_t index, bool optimistic)
{
	const struct facts *facts = &source_of(w, index)->facts;
	w->facts.num_scts = facts->num_scts;
	w->facts.scts = w->room;
	if (facts->num_scts) {
		memcpy(w->room, facts->scts, facts->num_scts * sizeof(*w->room));
	}
	return judge_scts(w, repair_policy(w, index), optimistic);
}

// By the list in force, and by those that devices may still have.
static enum verdict judge_set(struct repair_work *w, size_t index)
{
	const struct evaluation *by = source_of(w, index);
	const struct policy *policy = repair_policy(w, index);
	enum verdict verdict;
	w->facts.num_scts = w->set_size;
	w->facts.scts = w->room;
	if (!by->record->list) {
		return VERDICT_INDETERMINATE;
	}
	see_set(w, by->record->list, by->record->basis, by->record->at_ms);
	verdict = judge_scts(w, policy, false);
	for (size_t i = 0; i < by->num_older && verdict == VERDICT_COMPLIANT; i++) {
		const struct older_list *older = &by->older[i];
		see_set(w, older->list, older->basis, older->at_ms);
		verdict = judge_scts(w, policy, false);
	}
	return verdict;
}

static enum verdict judge(struct repair_work *w, size_t index)
{
	return w->set ? judge_set(w, index) : repair_judge_own(w, index, false);
}

// The SCTs that it has do by the list in force, and not by one that devices still have.
static bool is_by_older(const struct repair_work *w, size_t index)
{
	return !w->set && w->e->record->policies[index].safe_list;
}

// Does the certificate to come pass all that was asked for? What applied still has to.
static bool passes(struct repair_work *w)
{
	for (size_t i = 0; i < repair_num_policies(w); i++) {
		if (!is_judged(w, i)) {
			continue;
		}
		bool applied = w->e->record->policies[i].num_applies_because == 0;
		if (!repair_applies(w, i)) {
			if (applied) {
				return false;
			}
		} else if (judge(w, i) != VERDICT_COMPLIANT || is_by_older(w, i)) {
			return false;
		}
	}
	return true;
}

// SCTs of a set.

static bool counts_scts(const struct repair_work *w, size_t index)
{
	return policy_counts_scts(repair_policy(w, index)) && is_judged(w, index) &&
		repair_applies(w, index);
}

// A set for all policies that apply and count SCTs; false: no memory. Where no list takes
// that notAfter, *out is NULL.
static bool make_plan(struct repair_work *w, const struct plan_record **out)
{
	struct plan_request request = {.has_not_before = true,
		.has_not_after = true,
		.not_before = w->facts.not_before,
		.not_after = w->facts.not_after,
		.survive = SURVIVE_NONE,
		.only_asked = true};
	struct ctp_request *common = &request.common;
	struct err err;
	err_clear(&err);
	common->time_of_check = TIME_GIVEN;
	common->at_ms = w->facts.at_ms;
	for (size_t i = 0; i < repair_num_policies(w); i++) {
		if (counts_scts(w, i)) {
			common->policies[common->num_policies++] = repair_policy(w, i);
		}
	}
	*out = NULL;
	if (common->num_policies == 0 ||
		plan_make(&request, w->e->lists, &w->e->context->arena, out, &err)) {
		return true;
	}
	*out = NULL;
	struct bytes why = arena_copy(&w->e->context->arena, bytes_of_text(err.text));
	w->out->why_not = (const char *)why.data;
	return err.code != CODE_OUT_OF_MEMORY && why.data;
}

static size_t num_operators(const struct repair_work *w)
{
	size_t num = 0;
	for (size_t i = 0; i < w->set_size; i++) {
		size_t k = 0;
		while (k < i && w->set[k]->op != w->set[i]->op) {
			k++;
		}
		num += k == i;
	}
	return num;
}

// The first set of the plan that the engine takes for all.
static bool take_set(struct repair_work *w, const struct plan_record *plan)
{
	const struct plan_sets *sets = &plan->sets[SURVIVE_NONE];
	w->set_size = sets->size;
	for (size_t i = 0; sets->possible && i < sets->num_named; i++) {
		w->set = sets->named[i];
		if (passes(w)) {
			w->out->logs = w->set;
			w->out->num_logs = w->set_size;
			w->out->num_operators = num_operators(w);
			return repair_change(w, REPAIR_SCTS);
		}
	}
	w->set = NULL;
	return false;
}

static bool find_set(struct repair_work *w)
{
	const struct plan_record *plan = NULL;
	if (!make_plan(w, &plan)) {
		return err_no_memory(w->e->err);
	}
	if (!plan) {
		return true;
	}
	const struct plan_sets *sets = &plan->sets[SURVIVE_NONE];
	w->out->nearest[0] = sets->earlier;
	w->out->nearest[1] = sets->later;
	if (!sets->possible && sets->earlier.found) {
		w->facts.not_after = sets->earlier.not_after;
		repair_change(w, REPAIR_LIFETIME);
		if (!make_plan(w, &plan)) {
			return err_no_memory(w->e->err);
		}
	}
	w->out->possible = plan && take_set(w, plan);
	return true;
}

// Would the SCTs that it has do, with what is not known of them as it should be?
static bool own_scts_do(struct repair_work *w)
{
	for (size_t i = 0; i < repair_num_policies(w); i++) {
		if (counts_scts(w, i) &&
			(is_by_older(w, i) ||
				repair_judge_own(w, i, true) != VERDICT_COMPLIANT)) {
			return false;
		}
	}
	return true;
}

// A lifetime that is a little shorter may ask for no more SCTs than it has.
static bool shorten_a_little(struct repair_work *w)
{
	int64_t before = w->facts.not_after;
	for (size_t i = 0; i < repair_num_policies(w); i++) {
		if (!counts_scts(w, i) ||
			repair_judge_own(w, i, false) == VERDICT_COMPLIANT) {
			continue;
		}
		struct lifetime lifetime =
			lifetime_of(w->facts.not_before, w->facts.not_after);
		struct shorter shorter =
			shorter_find(w->result.table, w->result.row, lifetime.seconds);
		w->facts.not_after -= shorter.row ? shorter.seconds : 0;
	}
	if (w->facts.not_after != before && passes(w)) {
		return repair_change(w, REPAIR_LIFETIME);
	}
	w->facts.not_after = before;
	return false;
}

// An open verdict hangs on the issuer alone.
static void find_open(struct repair_work *w)
{
	const struct record *record = w->e->record;
	for (size_t i = 0; i < record->num_scts && !w->set; i++) {
		if (w->facts.not_before == record->cert->not_before &&
			record->scts[i].undecided) {
			repair_change(w, REPAIR_GIVE_ISSUER);
		}
	}
	if (w->set && !record->has_issuer_key_hash) {
		repair_change(w, REPAIR_GIVE_ISSUER);
	}
}

static bool is_over(const struct record *record)
{
	return record->cert->not_after * 1000 < record->at_ms;
}

static bool is_of_wrong_name(const struct record *record)
{
	const struct connection *connection = record->connection;
	return (record->host && !record->host->matches) ||
		(connection && !connection->name_matches && !connection->is_address);
}

static bool changes_certificate(const struct repair *repair)
{
	for (size_t i = 0; i < NUM_REPAIR_CHANGES; i++) {
		if (repair->changes[i] && i != REPAIR_GIVE_ISSUER) {
			return true;
		}
	}
	return false;
}

// What would not be enough is not suggested: the validity is its own again. Where nothing but
// its issuer is lacking, that is what stays.
static void forget_changes(struct repair_work *w, bool only_issuer)
{
	for (size_t i = 0; i < NUM_REPAIR_CHANGES; i++) {
		bool stays = i == REPAIR_GIVE_ISSUER && only_issuer;
		w->out->changes[i] = w->out->changes[i] && stays;
	}
	w->facts.not_before = w->e->record->cert->not_before;
	w->facts.not_after = w->e->record->cert->not_after;
}

// Nothing is asked of a certificate outside its validity, and all of the one that comes next.
static void fix_validity(struct repair_work *w)
{
	const struct record *record = w->e->record;
	bool is_new = is_of_wrong_name(record);
	if (is_over(record) && (is_new || record->connection)) {
		repair_begin(w);
		repair_change(w, REPAIR_RENEWAL);
	} else if (is_new && w->facts.not_before * 1000 > record->at_ms) {
		repair_begin(w);
	}
}

// What is wrong with the certificate itself, whatever the SCTs.
static void fix_certificate(struct repair_work *w)
{
	repair_start_own(w);
	fix_validity(w);
	repair_fix_measures(w);
	if (is_of_wrong_name(w->e->record)) {
		repair_change(w, REPAIR_NAMES);
	}
}

static bool decide(struct repair_work *w)
{
	fix_certificate(w);
	bool changed = changes_certificate(w->out);
	bool open = !changed && own_scts_do(w);
	bool good = passes(w);
	if (changed || (!good && !open)) {
		repair_cap_lifetime(w);
		changed = changes_certificate(w->out);
		good = passes(w);
	}
	if (good) {
		w->out->possible = changed;
	} else if (!open && shorten_a_little(w)) {
		w->out->possible = true;
	} else if (!open && !find_set(w)) {
		return false;
	}
	find_open(w);
	if (!w->out->possible) {
		forget_changes(w, good || open);
	}
	w->out->not_before = w->facts.not_before;
	w->out->not_after = w->facts.not_after;
	w->out->days = (w->facts.not_after - w->facts.not_before + 1) / DAY_SECONDS;
	w->out->kind = w->own                   ? REPAIR_OWN
		: w->facts.root == ROOT_ADDED   ? REPAIR_OF_OWN_CA
		: w->facts.root == ROOT_UNKNOWN ? REPAIR_OF_SOME_CA
						: REPAIR_OF_PUBLIC_CA;
	return true;
}

static bool make_room(struct repair_work *w)
{
	struct arena *arena = &w->e->context->arena;
	size_t num = w->e->record->num_scts;
	num = num < PLAN_MAX_SET ? PLAN_MAX_SET : num;
	w->out = arena_take(arena, sizeof(*w->out));
	w->room = arena_take_array(arena, num, sizeof(*w->room));
	w->counted = arena_take_array(arena, num, sizeof(*w->counted));
	w->scratch.log_taken = arena_take_array(arena, num, sizeof(bool));
	w->scratch.operator_taken = arena_take_array(arena, num, sizeof(unsigned));
	w->scratch.chosen = arena_take_array(arena, num, sizeof(bool));
	return (w->out && w->room && w->counted && w->scratch.log_taken &&
		       w->scratch.operator_taken && w->scratch.chosen) ||
		err_no_memory(w->e->err);
}

// SCTs that are to come are waited for: a certificate is not to be issued again because it
// was looked at too early.
static bool is_too_early(const struct record *record)
{
	for (size_t i = 0; i < record->num_scts; i++) {
		if (record->scts[i].status == STATUS_FUTURE_TIMESTAMP) {
			return true;
		}
	}
	return false;
}

// Is a policy that can be judged not met, or open?
static bool is_unmet(const struct evaluation *e)
{
	const struct record *record = e->record;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->num_applies_because == 0 &&
			policy->verdict != VERDICT_COMPLIANT && !policy->wants_list &&
			(!policy->result.policy->list || policy->view->list)) {
			return true;
		}
	}
	return false;
}

static bool is_needed(const struct evaluation *e)
{
	const struct record *record = e->record;
	const struct connection *connection = record->connection;
	bool refused = connection &&
		(is_of_wrong_name(record) || is_over(record) ||
			(e->facts.self_signed &&
				connection->chain == CONNECTION_SELF_SIGNED));
	return !is_too_early(record) &&
		(refused || record->minimum || is_unmet(e) ||
			(record_refusals(record) & REFUSED_BY_HOST));
}

bool repair_find(struct evaluation *e)
{
	struct repair_work w = {.e = e, .facts = e->facts, .own = e->facts.self_signed};
	if (!is_needed(e)) {
		return true;
	}
	if (!make_room(&w) || !decide(&w) || !repair_find_names(e, w.out) ||
		!repair_say(e, w.out)) {
		return false;
	}
	e->record->repair = w.out;
	return true;
}

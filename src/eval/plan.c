// SPDX-License-Identifier: Apache-2.0
#include "eval/plan.h"

#include <stdlib.h>

#include "base/datetime.h"
#include "eval/plan_union.h"
#include "eval/sources.h"
#include "x509/pem.h"

const char *const survive_names[NUM_SURVIVES + 1] = {
	[SURVIVE_NONE] = "none",
	[SURVIVE_LOG] = "log",
	[SURVIVE_OPERATOR] = "operator",
};

const char *survive_name(enum survive survive)
{
	return survive_names[survive];
}

bool survive_from_name(struct bytes name, enum survive *out, struct err *err)
{
	char word[16] = "";
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		if (bytes_equal(name, bytes_of_text(survive_names[i]))) {
			*out = (enum survive)i;
			return true;
		}
	}
	(void)snprintf(word, sizeof(word), "%.*s", name.len < 15 ? (int)name.len : 15,
		(const char *)name.data);
	err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "nothing that a set may survive");
	err_add_choice(err, word, survive_names);
	return err_in_field(err, "survive");
}

bool plan_supply_init(struct plan_supply *supply, const struct loglist *list,
	struct arena *arena, struct err *err)
{
	size_t room = list->num_operators;
	supply->num = 0;
	supply->parts = arena_take_array(arena, room, sizeof(*supply->parts));
	supply->ops = arena_take_array(arena, room, sizeof(*supply->ops));
	return (supply->parts && supply->ops) || err_no_memory(err);
}

struct log_standing plan_standing(
	const struct plan_record *record, const struct ct_log *log)
{
	struct log_standing out = lists_standing(log, record->basis, record->at_ms);
	for (size_t i = 0; i < record->num_others && out.state == LOG_USABLE; i++) {
		const struct plan_list *other = &record->others[i];
		const struct ct_log *there = loglist_find(other->list, log->id);
		struct log_standing standing = {LOG_NO_STATE, 0, false};
		if (there) {
			standing = lists_standing(there, other->basis, record->at_ms);
		}
		if (standing.state != LOG_USABLE || standing.since_ms > out.since_ms) {
			out = standing;
		}
	}
	return out;
}

void plan_supply_fill(
	struct plan_supply *supply, const struct plan_record *record, int64_t not_after)
{
	const struct loglist *list = record->list;
	size_t num = 0;
	memset(supply->parts, 0, list->num_operators * sizeof(*supply->parts));
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct ct_log *log = &list->logs[i];
		struct plan_part *part = &supply->parts[log->op];
		if (!log_covers(log, not_after * 1000) ||
			plan_standing(record, log).state != LOG_USABLE) {
			continue;
		}
		part->rfc6962 += log->api == LOG_RFC6962;
		part->tiled += log->api == LOG_STATIC;
	}
	for (size_t op = 0; op < list->num_operators; op++) {
		struct plan_part part = supply->parts[op];
		if (part.rfc6962 + part.tiled > 0) {
			supply->parts[num] = part;
			supply->ops[num++] = op;
		}
	}
	supply->num = num;
}

// The validity.

static bool read_certificate(const struct plan_request *request, struct arena *arena,
	struct plan_record *record, struct err *err)
{
	struct pem_chain chain;
	struct bytes der;
	struct bytes in = request->common.fields[REQUEST_CERTIFICATE];
	struct cert *cert = arena_take(arena, sizeof(*cert));
	if (!in.data) {
		return true;
	}
	if (!cert) {
		return err_no_memory(err);
	}
	if (!pem_find_chain(in, &chain, err) ||
		!pem_chain_der(&chain, 0, arena, &der, err) ||
		!cert_read(der, cert, err)) {
		return err_in_field(err, "certificate");
	}
	record->cert = cert;
	record->beside_key = chain.has_key;
	return true;
}

static bool refuse_other(const char *field, int64_t own, struct err *err)
{
	char text[DATETIME_ROOM];
	datetime_format_seconds(own, text);
	err_set(err, CODE_BAD_VALIDITY, ERR_NO_OFFSET,
		"the certificate itself says %s %s; leave it out, or plan without the "
		"certificate",
		strcmp(field, "not_before") == 0 ? "notBefore" : "notAfter", text);
	return err_in_field(err, field);
}

static bool refuse_missing(const char *field, struct err *err)
{
	err_set(err, CODE_BAD_VALIDITY, ERR_NO_OFFSET,
		"a plan needs notBefore and notAfter, or a certificate that has them");
	return err_in_field(err, field);
}

static bool check_order(const struct plan_record *record, struct err *err)
{
	char not_before[DATETIME_ROOM];
	char not_after[DATETIME_ROOM];
	if (record->not_after >= record->not_before) {
		return true;
	}
	datetime_format_seconds(record->not_before, not_before);
	datetime_format_seconds(record->not_after, not_after);
	err_set(err, CODE_BAD_VALIDITY, ERR_NO_OFFSET,
		"notAfter %s is before notBefore %s; the earliest possible notAfter is "
		"notBefore itself",
		not_after, not_before);
	return err_in_field(err, record->cert ? "certificate" : "not_after");
}

// A lifetime counts its last second too (RFC 5280 4.1.2.5).
static int64_t end_of(const struct plan_request *request)
{
	return request->lifetime_days
		? request->not_before + request->lifetime_days * INT64_C(86400) - 1
		: request->not_after;
}

static bool check_given(
	const struct plan_request *request, const struct cert *cert, struct err *err)
{
	bool has_end = request->has_not_after || request->lifetime_days;
	if (!cert && !request->has_not_before) {
		return refuse_missing("not_before", err);
	}
	if (!cert && !has_end) {
		return refuse_missing("not_after", err);
	}
	if (cert && request->has_not_before && request->not_before != cert->not_before) {
		return refuse_other("not_before", cert->not_before, err);
	}
	if (cert && has_end && request->not_after != cert->not_after) {
		return refuse_other("not_after", cert->not_after, err);
	}
	return true;
}

static bool find_validity(const struct plan_request *request, struct arena *arena,
	struct plan_record *record, struct err *err)
{
	if (!read_certificate(request, arena, record, err)) {
		return false;
	}
	const struct cert *cert = record->cert;
	if (!check_given(request, cert, err)) {
		return false;
	}
	record->not_before = cert ? cert->not_before : request->not_before;
	record->not_after = cert ? cert->not_after : end_of(request);
	record->lifetime_days = cert ? 0 : request->lifetime_days;
	record->lifetime = lifetime_of(record->not_before, record->not_after);
	return check_order(record, err);
}

// The logs.

static int compare_logs(const void *a, const void *b)
{
	const struct plan_log *x = a;
	const struct plan_log *y = b;
	if (x->op != y->op) {
		return x->op < y->op ? -1 : 1;
	}
	if (x->standing.state != y->standing.state) {
		return x->standing.state == LOG_USABLE ? -1 : 1;
	}
	return plan_compare_logs(x, y);
}

void plan_sort_logs(struct plan_record *record)
{
	qsort(record->logs, record->num_logs, sizeof(*record->logs), compare_logs);
}

// From when on every client's list has that log as usable: a client may have any list that is
// not yet stale (POLICY.md 7). 0: it is not known since when the log is usable.
static int64_t known_from_ms(const struct plan_record *record, const struct plan_list *by,
	const struct ct_log *log)
{
	int64_t since_ms = lists_standing(log, by->basis, record->at_ms).since_ms;
	return since_ms ? since_ms + by->off_ms : 0;
}

// The same of a log that is usable by the lists of all sources: by the last of them.
static int64_t known_to_all_from_ms(
	const struct plan_record *record, const struct ct_log *log)
{
	int64_t from_ms = known_from_ms(record, &record->main_list, log);
	for (size_t i = 0; i < record->num_others && from_ms; i++) {
		const struct plan_list *other = &record->others[i];
		const struct ct_log *there = loglist_find(other->list, log->id);
		int64_t there_ms = there ? known_from_ms(record, other, there) : 0;
		from_ms = !there_ms || there_ms > from_ms ? there_ms : from_ms;
	}
	return from_ms;
}

static void take_log(struct plan_record *record, const struct ct_log *log)
{
	struct log_standing standing = plan_standing(record, log);
	if (standing.state != LOG_USABLE && standing.state != LOG_QUALIFIED) {
		record->num_in_state[standing.state]++;
		return;
	}
	if (!log_covers(log, record->not_after * 1000)) {
		record->num_outside++;
		return;
	}
	struct plan_log *out = &record->logs[record->num_logs++];
	*out = (struct plan_log){.log = log,
		.list = record->list,
		.operator_name = record->list->operators[log->op],
		.op = log->op,
		.standing = standing};
	if (standing.state == LOG_USABLE) {
		out->known_from_ms = known_to_all_from_ms(record, log);
		out->known_to_all =
			out->known_from_ms && out->known_from_ms <= record->at_ms;
		record->num_usable++;
	}
}

// The list of that source that is in force; NULL in it: none is at hand.
static struct plan_list find_list(
	struct plan_record *record, const struct ctp_lists *lists, const char *source)
{
	struct plan_list out = {.off_ms = policy_list_off_ms(source)};
	out.list = lists_in_force(lists, source, record->at_ms, &out.basis);
	if (!out.list) {
		return out;
	}
	int64_t age_ms = lists_age_ms(out.list, record->at_ms);
	out.age_ms = age_ms < 0 ? 0 : age_ms;
	out.stale = policy_list_is_stale(source, out.age_ms);
	if (out.off_ms > record->clients_ms) {
		record->clients_ms = out.off_ms;
	}
	return out;
}

// The lists of the other sources; a set has to please all of them.
static void find_others(struct plan_record *record, const struct ctp_request *request,
	const struct ctp_lists *lists, const char *main)
{
	for (size_t i = 0; i < request_num_policies(request); i++) {
		const struct policy *policy = request_policy(request, i);
		if (!policy->list || strcmp(policy->list, main) == 0) {
			continue;
		}
		struct plan_list other = find_list(record, lists, policy->list);
		if (!other.list) {
			record->left_out[record->num_left_out++] = policy;
			continue;
		}
		bool is_new = true;
		for (size_t k = 0; k < record->num_others; k++) {
			is_new = is_new && record->others[k].list != other.list;
		}
		if (is_new) {
			record->others[record->num_others++] = other;
		}
	}
}

static bool find_logs(struct plan_record *record, const struct ctp_request *request,
	const struct ctp_lists *lists, struct arena *arena, struct err *err)
{
	const char *source;
	if (!sources_choose(request, lists, &source, err)) {
		return false;
	}
	record->main_list = find_list(record, lists, source);
	record->list = record->main_list.list;
	record->basis = record->main_list.basis;
	find_others(record, request, lists, source);
	size_t num = record->list->num_logs;
	record->logs = arena_take_array(arena, num, sizeof(*record->logs));
	if (!record->logs) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < num; i++) {
		take_log(record, &record->list->logs[i]);
	}
	plan_sort_logs(record);
	return true;
}

// The numbers.

static void fill_needed(const struct policy_result *result, struct plan_policy *out)
{
	struct policy_needs needs = policy_needs(result);
	out->table = result->table;
	out->row = result->row;
	out->remark = result->remark;
	out->beyond_schedule = plan_beyond_schedule(result);
	out->min_operators = needs.operators;
	out->current = needs.current;
	out->rfc6962 = needs.rfc6962;
}

// That a certificate is not valid yet is what a plan is about.
static void fill_applies(const struct plan_record *record, struct plan_policy *out)
{
	struct facts facts = plan_facts(record);
	enum code all[NUM_APPLIES_REASONS];
	size_t num = policy_exempts(out->policy, &facts, all);
	for (size_t i = 0; i < num; i++) {
		if (all[i] != CODE_NOT_YET_VALID) {
			out->applies_because[out->num_applies_because++] = all[i];
		}
	}
}

static bool is_left_out(const struct plan_record *record, const struct policy *policy)
{
	for (size_t i = 0; i < record->num_left_out; i++) {
		if (record->left_out[i] == policy) {
			return true;
		}
	}
	return false;
}

static bool find_policies(const struct ctp_request *request, struct plan_record *record,
	struct arena *arena, struct err *err)
{
	struct facts facts = plan_facts(record);
	struct policy_scratch none = {NULL, NULL, NULL};
	size_t num = request_num_policies(request);
	record->policies = arena_take_array(arena, num, sizeof(*record->policies));
	if (!record->policies) {
		return err_no_memory(err);
	}
	record->is_exempt = true;
	for (size_t i = 0; i < num; i++) {
		const struct policy *policy = request_policy(request, i);
		if (is_left_out(record, policy)) {
			continue;
		}
		struct plan_policy *out = &record->policies[record->num_policies++];
		struct policy_result result = {.policy = NULL};
		out->policy = policy;
		policy_judge(out->policy, &facts, &none, &result);
		fill_needed(&result, out);
		fill_applies(record, out);
		out->shorter =
			shorter_find(out->table, out->row, record->lifetime.seconds);
		record->is_exempt = record->is_exempt && out->num_applies_because > 0;
	}
	return true;
}

// The sets.

struct work {
	struct plan_judge judge;
	struct plan_supply supply;
	struct plan_supply spare;
	bool agreed; // plan_lists_agree
	struct plan_union *several; // NULL: there is one list, or its logs are enough
};

static bool explain(
	struct work *w, struct plan_sets *sets, struct arena *arena, struct err *err)
{
	sets->failures =
		arena_take_array(arena, PLAN_MAX_FAILURES, sizeof(*sets->failures));
	if (!sets->failures) {
		return err_no_memory(err);
	}
	sets->num_failures = w->several
		? plan_union_failures(w->several, sets->survive, sets->failures)
		: plan_judge_failures(
			  &w->judge, &w->supply, sets->survive, sets->failures);
	return plan_find_nearest(&w->judge, &w->spare, w->several, sets, arena, err);
}

// No set of the logs that all lists have does.
static bool find_union(const struct plan_record *record, struct work *w,
	struct plan_sets *sets, struct arena *arena, struct err *err)
{
	if (!w->several && !plan_union_make(record, arena, &w->several, err)) {
		return false;
	}
	return plan_union_holds(w->several, record->not_after, sets->survive)
		? plan_union_find(w->several, sets, arena, err)
		: explain(w, sets, arena, err);
}

// More logs never hurt: where all of them together do not satisfy, no set does.
static bool find_sets(const struct plan_record *record, struct work *w,
	struct plan_sets *sets, struct arena *arena, struct err *err)
{
	if (!w->agreed) {
		return find_union(record, w, sets, arena, err);
	}
	if (!plan_judge_holds(&w->judge, w->supply.parts, w->supply.num,
		    record->not_after, sets->survive)) {
		return record->num_others > 0 ? find_union(record, w, sets, arena, err)
					      : explain(w, sets, arena, err);
	}
	// Policies that ask for no SCTs need none.
	if (plan_judge_holds(
		    &w->judge, w->supply.parts, 0, record->not_after, sets->survive)) {
		sets->possible = true;
		return true;
	}
	if (!plan_find_patterns(&w->judge, &w->supply, sets, arena, err)) {
		return false;
	}
	sets->possible = sets->size > 0;
	return !sets->possible || plan_name_sets(record, &w->supply, sets, arena, err);
}

static bool find_all_sets(
	struct plan_record *record, bool only_asked, struct arena *arena, struct err *err)
{
	struct work w = {.agreed = plan_lists_agree(record)};
	const struct loglist *list = record->list;
	size_t room = list->num_operators * 2 * PLAN_MAX_SET;
	if (!plan_supply_init(&w.supply, list, arena, err) ||
		!plan_supply_init(&w.spare, list, arena, err) ||
		!plan_judge_init(&w.judge, record, room, arena, err)) {
		return false;
	}
	plan_supply_fill(&w.supply, record, record->not_after);
	record->num_operators = w.supply.num;
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		bool asked = !only_asked || record->survive == (enum survive)i;
		record->sets[i].survive = (enum survive)i;
		if (asked && !find_sets(record, &w, &record->sets[i], arena, err)) {
			return false;
		}
	}
	return !w.several || plan_union_add_logs(w.several, record, arena, err);
}

bool plan_sets_are_all(const struct plan_sets *sets)
{
	return sets->num_sets < PLAN_MAX_COUNT && !sets->inexact && !sets->not_smallest;
}

bool plan_counts_scts(const struct plan_record *plan)
{
	for (size_t i = 0; i < plan->num_policies; i++) {
		if (policy_counts_scts(plan->policies[i].policy)) {
			return true;
		}
	}
	return false;
}

bool plan_is_possible(const struct plan_record *plan)
{
	return plan->is_exempt || plan->sets[plan->survive].possible;
}

bool plan_make(const struct plan_request *request, const struct ctp_lists *lists,
	struct arena *arena, const struct plan_record **out, struct err *err)
{
	struct plan_record *record = arena_take(arena, sizeof(*record));
	if (!record) {
		return err_no_memory(err);
	}
	record->at_ms = request->common.at_ms;
	record->survive = request->survive;
	*out = record;
	return find_validity(request, arena, record, err) &&
		find_logs(record, &request->common, lists, arena, err) &&
		find_policies(&request->common, record, arena, err) &&
		find_all_sets(record, request->only_asked, arena, err);
}

// SPDX-License-Identifier: Apache-2.0
// Logs from the lists of several sources, and how policies judge sets of them: each policy
// counts the SCTs of logs that its own list has as usable, and knows nothing of the others.
#include "eval/plan_union_local.h"

#include <stdlib.h>

struct loss {
	bool any;
	bool whole; // all of an operator; else one log
	size_t op;
	size_t log;
	enum log_state state;
};

// The logs.

bool union_takes(const struct ct_log *log, int64_t not_after)
{
	return log && log_covers(log, not_after * 1000);
}

static bool takes_any(const struct plan_union *u, const struct union_log *log)
{
	for (size_t i = 0; i < u->num_lists; i++) {
		if (union_takes(log->in[i], u->not_after)) {
			return true;
		}
	}
	return false;
}

static size_t operator_number(struct plan_union *u, const char *name)
{
	size_t i = 0;
	while (i < u->num_operators && strcmp(u->operators[i], name) != 0) {
		i++;
	}
	if (i == u->num_operators) {
		u->operators[u->num_operators++] = name;
	}
	return i;
}

static struct union_log *log_of_id(struct plan_union *u, const uint8_t *id)
{
	for (size_t i = 0; i < u->num_logs; i++) {
		if (memcmp(u->logs[i].as.log->id, id, LOG_ID_LEN) == 0) {
			return &u->logs[i];
		}
	}
	return NULL;
}

// A client may have any list that is not stale: known to all is what every list that has the
// log has had for so long.
static void add_log(struct plan_union *u, size_t list, const struct ct_log *log)
{
	const struct plan_list *by = u->lists[list];
	struct log_standing standing = lists_standing(log, by->basis, u->record->at_ms);
	if (standing.state != LOG_USABLE) {
		return;
	}
	int64_t known_ms = standing.since_ms ? standing.since_ms + by->off_ms : 0;
	struct union_log *out = log_of_id(u, log->id);
	if (!out) {
		out = &u->logs[u->num_logs++];
		out->as = (struct plan_log){.log = log,
			.list = by->list,
			.standing = standing,
			.operator_name = by->list->operators[log->op],
			.known_from_ms = known_ms};
		out->as.op = operator_number(u, out->as.operator_name);
	}
	out->in[list] = log;
	out->num_in++;
	if (standing.since_ms > out->as.standing.since_ms) {
		out->as.standing = standing;
	}
	bool is_later = known_ms == 0 || known_ms > out->as.known_from_ms;
	out->as.known_from_ms =
		out->as.known_from_ms && is_later ? known_ms : out->as.known_from_ms;
	out->as.known_to_all =
		out->as.known_from_ms && out->as.known_from_ms <= u->record->at_ms;
}

static int compare_logs(const void *a, const void *b)
{
	const struct union_log *x = a;
	const struct union_log *y = b;
	if (x->num_in != y->num_in) {
		return x->num_in > y->num_in ? -1 : 1;
	}
	return plan_compare_logs(&x->as, &y->as);
}

static void find_lists(struct plan_union *u, const struct plan_record *record)
{
	u->lists[u->num_lists++] = &record->main_list;
	for (size_t i = 0; i < record->num_others; i++) {
		u->lists[u->num_lists++] = &record->others[i];
	}
	for (size_t i = 0; i < record->num_policies; i++) {
		const char *source = record->policies[i].policy->list;
		for (size_t k = 0; source && k < u->num_lists; k++) {
			if (strcmp(loglist_source(u->lists[k]->list), source) == 0) {
				u->list_of[i] = k;
			}
		}
	}
}

static bool is_same_operator(
	const struct loglist *list, const struct ct_log *a, const struct ct_log *b)
{
	const struct ct_log *x = loglist_find(list, a->id);
	const struct ct_log *y = loglist_find(list, b->id);
	return x->op == y->op;
}

bool plan_lists_agree(const struct plan_record *record)
{
	for (size_t i = 0; record->num_others > 0 && i < record->num_logs; i++) {
		const struct plan_log *a = &record->logs[i];
		for (size_t k = 0; k < i; k++) {
			const struct plan_log *b = &record->logs[k];
			bool both = a->standing.state == LOG_USABLE &&
				b->standing.state == LOG_USABLE;
			for (size_t n = 0; both && n < record->num_others; n++) {
				if (is_same_operator(record->others[n].list, a->log,
					    b->log) != (a->op == b->op)) {
					return false;
				}
			}
		}
	}
	return true;
}

bool plan_union_make(const struct plan_record *record, struct arena *arena,
	struct plan_union **out, struct err *err)
{
	struct plan_union *u = arena_take(arena, sizeof(*u));
	size_t num = 0;
	size_t num_operators = 0;
	if (!u) {
		return err_no_memory(err);
	}
	u->record = record;
	find_lists(u, record);
	for (size_t i = 0; i < u->num_lists; i++) {
		num += u->lists[i]->list->num_logs;
		num_operators += u->lists[i]->list->num_operators;
	}
	u->logs = arena_take_array(arena, num, sizeof(*u->logs));
	u->operators = arena_take_array(arena, num_operators, sizeof(*u->operators));
	u->all = arena_take_array(arena, num, sizeof(*u->all));
	u->groups = arena_take_array(arena, num, sizeof(*u->groups));
	u->group_sizes = arena_take_array(arena, num, sizeof(*u->group_sizes));
	u->chosen = arena_take_array(arena, num, sizeof(*u->chosen));
	if (!u->logs || !u->operators || !u->all || !u->groups || !u->group_sizes ||
		!u->chosen || !plan_judge_init(&u->judge, record, num, arena, err)) {
		return err_no_memory(err);
	}
	// The record's own list numbers its operators like this.
	for (size_t i = 0; i < record->list->num_operators; i++) {
		u->operators[u->num_operators++] = record->list->operators[i];
	}
	for (size_t i = 0; i < u->num_lists; i++) {
		for (size_t k = 0; k < u->lists[i]->list->num_logs; k++) {
			add_log(u, i, &u->lists[i]->list->logs[k]);
		}
	}
	qsort(u->logs, u->num_logs, sizeof(*u->logs), compare_logs);
	*out = u;
	return true;
}

static bool is_alike(
	const struct plan_union *u, const struct union_log *a, const struct union_log *b)
{
	for (size_t i = 0; i < u->num_lists; i++) {
		const struct ct_log *x = a->in[i];
		const struct ct_log *y = b->in[i];
		bool has = union_takes(x, u->not_after);
		if (has != union_takes(y, u->not_after) ||
			(has && (x->op != y->op || x->api != y->api))) {
			return false;
		}
	}
	return a->as.op == b->as.op;
}

// Those that take a certificate with that end, and their groups.
void union_end_at(struct plan_union *u, int64_t not_after)
{
	u->not_after = not_after;
	u->num_all = 0;
	for (size_t i = 0; i < u->num_logs; i++) {
		if (takes_any(u, &u->logs[i])) {
			u->all[u->num_all++] = i;
		}
	}
}

void union_find_groups(struct plan_union *u)
{
	u->num_groups = 0;
	for (size_t i = 0; i < u->num_all; i++) {
		struct union_log *log = &u->logs[u->all[i]];
		size_t k = 0;
		while (k < u->num_groups && !is_alike(u, log, &u->logs[u->groups[k]])) {
			k++;
		}
		if (k == u->num_groups) {
			u->groups[u->num_groups] = u->all[i];
			u->group_sizes[u->num_groups++] = 0;
		}
		u->group_sizes[k]++;
		log->group = k;
	}
}

// Judging.

static bool is_lost(const struct plan_union *u, const struct loss *loss, size_t log)
{
	return loss->any &&
		(loss->whole ? u->logs[log].as.op == loss->op : log == loss->log);
}

static void fill(struct plan_union *u, size_t list, const size_t *set, size_t num,
	const struct loss *loss)
{
	size_t first[LISTS_MAX_OPERATORS];
	struct facts *facts = &u->judge.facts;
	memset(first, 0xff, u->lists[list]->list->num_operators * sizeof(*first));
	facts->not_after = u->not_after;
	facts->num_scts = 0;
	for (size_t i = 0; i < num; i++) {
		const struct ct_log *log = u->logs[set[i]].in[list];
		if (!union_takes(log, u->not_after)) {
			continue;
		}
		size_t at = facts->num_scts++;
		bool lost = is_lost(u, loss, set[i]);
		first[log->op] = first[log->op] == SIZE_MAX ? at : first[log->op];
		facts->scts[at] = plan_judge_sct(&u->judge, at, first[log->op], log->api);
		facts->scts[at].state = lost ? loss->state : LOG_USABLE;
		facts->scts[at].since_ms =
			lost ? (int64_t)facts->scts[at].timestamp_ms + 1 : 0;
	}
}

static const struct policy_result *judge(struct plan_union *u, size_t policy,
	const size_t *set, size_t num, const struct loss *loss)
{
	fill(u, u->list_of[policy], set, num, loss);
	return plan_judge_run(&u->judge, u->record->policies[policy].policy);
}

static bool is_compliant(
	struct plan_union *u, const size_t *set, size_t num, const struct loss *loss)
{
	u->runs++;
	for (size_t i = 0; i < u->record->num_policies; i++) {
		if (judge(u, i, set, num, loss)->verdict != VERDICT_COMPLIANT) {
			return false;
		}
	}
	return true;
}

// The loss with that number, of a set and of a kind; false: there are no more.
static bool loss_at(const struct plan_union *u, const size_t *set, size_t num,
	enum survive survive, size_t index, struct loss *out)
{
	if (survive == SURVIVE_NONE || index >= 2 * num) {
		return false;
	}
	const struct union_log *log = &u->logs[set[index / 2]];
	*out = (struct loss){.any = true,
		.whole = survive == SURVIVE_OPERATOR,
		.op = log->as.op,
		.log = set[index / 2],
		.state = index % 2 ? LOG_REJECTED : LOG_RETIRED};
	return true;
}

bool union_holds(
	struct plan_union *u, const size_t *set, size_t num, enum survive survive)
{
	struct loss loss = {.any = false};
	if (!is_compliant(u, set, num, &loss)) {
		return false;
	}
	for (size_t i = 0; loss_at(u, set, num, survive, i, &loss); i++) {
		if (!is_compliant(u, set, num, &loss)) {
			return false;
		}
	}
	return true;
}

bool plan_union_holds(struct plan_union *u, int64_t not_after, enum survive survive)
{
	union_end_at(u, not_after);
	return union_holds(u, u->all, u->num_all, survive);
}

// What is lacking.

static void note(struct plan_union *u, const struct loss *loss, struct plan_failures *out)
{
	for (size_t i = 0; i < u->record->num_policies; i++) {
		struct plan_failure lost = {.policy = u->record->policies[i].policy};
		if (loss->any) {
			lost.lost_operator = u->operators[loss->op];
			lost.lost_all = loss->whole;
			lost.lost_api = u->logs[loss->log].as.log->api;
		}
		plan_failures_note(out, judge(u, i, u->all, u->num_all, loss), &lost);
	}
}

size_t plan_union_failures(
	struct plan_union *u, enum survive survive, struct plan_failure *out)
{
	struct plan_failures failures = {out, 0};
	struct loss loss = {.any = false};
	union_end_at(u, u->record->not_after);
	note(u, &loss, &failures);
	bool whole_holds = failures.num == 0;
	for (size_t i = 0;
		whole_holds && loss_at(u, u->all, u->num_all, survive, i, &loss); i++) {
		note(u, &loss, &failures);
	}
	return failures.num;
}

// The record's logs.

size_t plan_union_moments(const struct plan_union *u, int64_t *out)
{
	size_t num = 0;
	for (size_t i = 0; i < u->num_logs; i++) {
		for (size_t k = 0; k < u->num_lists; k++) {
			const struct ct_log *log = u->logs[i].in[k];
			if (log && log->has_interval && out) {
				out[num] = log->start_ms;
				out[num + 1] = log->end_ms;
			}
			num += log && log->has_interval ? 2 : 0;
		}
	}
	return num;
}

// It is not among those that do not take the certificate any more.
static void uncount(struct plan_record *record, const struct ct_log *log)
{
	enum log_state state = plan_standing(record, log).state;
	if (state != LOG_USABLE && state != LOG_QUALIFIED) {
		record->num_in_state[state]--;
	} else {
		record->num_outside--;
	}
}

static bool has_log(const struct plan_record *record, const uint8_t *id)
{
	for (size_t i = 0; i < record->num_logs; i++) {
		if (memcmp(record->logs[i].log->id, id, LOG_ID_LEN) == 0) {
			return true;
		}
	}
	return false;
}

static size_t num_operators(const struct plan_record *record)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_logs; i++) {
		bool is_new = record->logs[i].standing.state == LOG_USABLE;
		for (size_t k = 0; k < i; k++) {
			is_new = is_new &&
				(record->logs[k].op != record->logs[i].op ||
					record->logs[k].standing.state != LOG_USABLE);
		}
		num += is_new;
	}
	return num;
}

// Sets lend from the array that there is.
bool plan_union_add_logs(struct plan_union *u, struct plan_record *record,
	struct arena *arena, struct err *err)
{
	struct plan_log *logs =
		arena_take_array(arena, record->num_logs + u->num_logs, sizeof(*logs));
	if (!logs) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < record->num_logs; i++) {
		logs[i] = record->logs[i];
	}
	record->logs = logs;
	union_end_at(u, record->not_after);
	for (size_t i = 0; i < u->num_all; i++) {
		struct union_log *log = &u->logs[u->all[i]];
		for (size_t k = 0; k < u->num_lists; k++) {
			bool lacks = !union_takes(log->in[k], u->not_after);
			log->as.lacking |= (uint32_t)lacks << k;
		}
		if (has_log(record, log->as.log->id)) {
			continue;
		}
		if (log->in[0]) {
			uncount(record, log->in[0]);
		}
		record->logs[record->num_logs++] = log->as;
		record->num_usable++;
	}
	plan_sort_logs(record);
	record->num_operators = num_operators(record);
	return true;
}

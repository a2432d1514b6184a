// SPDX-License-Identifier: Apache-2.0
// Where a plan cannot be met: the nearest notAfter that it could be met with.
//
// What is possible changes only where a log's temporal interval begins or ends, and where the
// lifetime comes into another row of a policy's table, or beyond what a policy allows. So it is enough to try the moments
// just before and just at each of these.
#include "eval/plan_union.h"

#include <stdlib.h>

#include "base/datetime.h"

// Other moments are tried, the nearest first; Apple's list has some ten in use.
#define MAX_TRIES 512
// No table tells lifetimes longer than this apart.
#define LONGEST_ROW (INT64_C(10) * 366 * 86400)

struct moments {
	int64_t *at; // seconds; the first with which something else is possible
	size_t num;
};

// The first second that is not before `ms`.
static int64_t second_from(int64_t ms)
{
	return ms > 0 ? (ms + 999) / 1000 : ms / 1000;
}

static void add_logs(const struct plan_record *record, struct moments *out)
{
	const struct loglist *list = record->list;
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct ct_log *log = &list->logs[i];
		enum log_state state = plan_standing(record, log).state;
		if (state == LOG_USABLE && log->has_interval) {
			out->at[out->num++] = second_from(log->start_ms);
			out->at[out->num++] = second_from(log->end_ms);
		}
	}
}

// The first end of which the table's row is a later one than that of `low`; `high` is such.
static int64_t find_change(
	struct plan_judge *judge, const struct policy *policy, int64_t low, int64_t high)
{
	const struct lifetime_row *row = plan_judge_row(judge, policy, low);
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (plan_judge_row(judge, policy, middle) == row) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return high;
}

static void add_rows(
	struct plan_judge *judge, const struct policy *policy, struct moments *out)
{
	int64_t low = judge->record->not_before;
	int64_t high = low + LONGEST_ROW;
	const struct lifetime_row *last = plan_judge_row(judge, policy, high);
	for (size_t i = 0; i < LIFETIME_MAX_ROWS; i++) {
		if (plan_judge_row(judge, policy, low) == last) {
			return;
		}
		low = find_change(judge, policy, low, high);
		out->at[out->num++] = low;
	}
}

// The first end with which the certificate lives too long.
static void add_limits(const struct plan_record *record, const struct policy *policy,
	struct moments *out)
{
	const struct route *route = &policy->routes[0];
	for (size_t i = 0; i < route->num_requirements; i++) {
		const struct requirement *requirement = &route->requirements[i];
		bool days = requirement->measure == MEASURE_DAYS;
		if (days || requirement->measure == MEASURE_DAYS_BETWEEN) {
			out->at[out->num++] = record->not_before +
				requirement->needed * INT64_C(86400) + !days;
		}
	}
}

static int compare_moments(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void add_several(const struct plan_union *several, struct moments *out)
{
	out->num = plan_union_moments(several, out->at);
	for (size_t i = 0; i < out->num; i++) {
		out->at[i] = second_from(out->at[i]);
	}
}

static bool find_moments(struct plan_judge *judge, const struct plan_union *several,
	struct arena *arena, struct moments *out, struct err *err)
{
	const struct plan_record *record = judge->record;
	size_t room =
		several ? plan_union_moments(several, NULL) : 2 * record->list->num_logs;
	room += (LIFETIME_MAX_ROWS + ROUTE_MAX_REQUIREMENTS) * record->num_policies;
	out->num = 0;
	out->at = arena_take_array(arena, room, sizeof(*out->at));
	if (!out->at) {
		return err_no_memory(err);
	}
	if (several) {
		add_several(several, out);
	} else {
		add_logs(record, out);
	}
	for (size_t i = 0; i < record->num_policies; i++) {
		add_rows(judge, record->policies[i].policy, out);
		add_limits(record, record->policies[i].policy, out);
	}
	qsort(out->at, out->num, sizeof(*out->at), compare_moments);
	return true;
}

struct trial {
	struct plan_judge *judge;
	struct plan_supply *spare;
	struct plan_union *several;
};

static bool is_possible(
	const struct trial *trial, enum survive survive, int64_t not_after)
{
	struct plan_supply *spare = trial->spare;
	if (trial->several) {
		return plan_union_holds(trial->several, not_after, survive);
	}
	plan_supply_fill(spare, trial->judge->record, not_after);
	return plan_judge_holds(
		trial->judge, spare->parts, spare->num, not_after, survive);
}

// Before it begins, or over at the time of check: of no use to anybody.
static bool is_past(const struct plan_record *record, int64_t end)
{
	return end < record->not_before || end < datetime_floor_seconds(record->at_ms);
}

static void find_earlier(
	const struct trial *trial, const struct moments *moments, struct plan_sets *sets)
{
	const struct plan_record *record = trial->judge->record;
	size_t tries = 0;
	for (size_t i = moments->num; i-- > 0 && tries < MAX_TRIES;) {
		int64_t end = moments->at[i] - 1;
		if (is_past(record, end)) {
			return;
		}
		if (end >= record->not_after ||
			(i + 1 < moments->num && moments->at[i + 1] == moments->at[i])) {
			continue;
		}
		tries++;
		// Of those beyond what CAs have agreed on the nearest is kept, should no
		// other be found.
		bool agreed = plan_judge_agrees(trial->judge, end);
		if ((agreed || !sets->earlier.found) &&
			is_possible(trial, sets->survive, end)) {
			sets->earlier = (struct plan_nearest){true, end};
			if (agreed) {
				return;
			}
		}
	}
}

static void find_later(
	const struct trial *trial, const struct moments *moments, struct plan_sets *sets)
{
	const struct plan_record *record = trial->judge->record;
	size_t tries = 0;
	for (size_t i = 0; i < moments->num && tries < MAX_TRIES; i++) {
		int64_t end = moments->at[i];
		if (end <= record->not_after || !datetime_in_range(end) ||
			is_past(record, end) || (i > 0 && moments->at[i - 1] == end)) {
			continue;
		}
		tries++;
		if (is_possible(trial, sets->survive, end)) {
			sets->later = (struct plan_nearest){true, end};
			return;
		}
	}
}

bool plan_find_nearest(struct plan_judge *judge, struct plan_supply *spare,
	struct plan_union *several, struct plan_sets *sets, struct arena *arena,
	struct err *err)
{
	struct moments moments;
	struct trial trial = {judge, spare, several};
	if (!find_moments(judge, several, arena, &moments, err)) {
		return false;
	}
	find_earlier(&trial, &moments, sets);
	find_later(&trial, &moments, sets);
	// No CA would issue it, and one is known that they would.
	if (sets->earlier.found && plan_judge_agrees(judge, sets->earlier.not_after) &&
		sets->later.found && !plan_judge_agrees(judge, sets->later.not_after)) {
		sets->later.found = false;
	}
	return true;
}

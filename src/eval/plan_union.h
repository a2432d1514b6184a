// SPDX-License-Identifier: Apache-2.0
// Sets of logs from the lists of several sources, where no set of logs that are on all of them
// does: the rest of plan.h. Internal to eval/.
#ifndef EVAL_PLAN_UNION_H
#define EVAL_PLAN_UNION_H

#include "eval/plan_local.h"

// The usable logs of all lists of a plan, and what judges sets of them. Lives in the arena.
struct plan_union;

// Do all lists tell the operators of the usable logs that all of them have apart alike? Else
// what is said of operators by one list does not hold by another one.
bool plan_lists_agree(const struct plan_record *record);
// After the record's lists and policies. False: no memory.
bool plan_union_make(const struct plan_record *record, struct arena *arena,
	struct plan_union **out, struct err *err) MUST_CHECK;
// Do all logs together that take a certificate with that end satisfy every policy, each by its
// own list? Where they do not, no set does.
bool plan_union_holds(struct plan_union *u, int64_t not_after, enum survive survive);
// What all of them lack, as plan_judge_failures.
size_t plan_union_failures(
	struct plan_union *u, enum survive survive, struct plan_failure *out);
// The smallest sets, where all together do; of sets->survive. sets->not_smallest,
// sets->inexact and sets->too_large say what was not found out. False: no memory.
bool plan_union_find(struct plan_union *u, struct plan_sets *sets, struct arena *arena,
	struct err *err) MUST_CHECK;
// Moments from which on a log of any list takes certificates, or takes them no more, in ms: two
// for each of its logs at most. Returns their number; `out` NULL: only that.
size_t plan_union_moments(const struct plan_union *u, int64_t *out);
// Adds to record->logs, in another array, those that not all lists have as usable. False: no
// memory.
bool plan_union_add_logs(struct plan_union *u, struct plan_record *record,
	struct arena *arena, struct err *err) MUST_CHECK;

#endif

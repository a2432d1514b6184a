// SPDX-License-Identifier: Apache-2.0
// What the files of the plan share. Internal to eval/.
#ifndef EVAL_PLAN_LOCAL_H
#define EVAL_PLAN_LOCAL_H

#include "eval/plan.h"

// How many usable logs of each operator there are; operators without any left out.
struct plan_supply {
	struct plan_part *parts;
	size_t *ops; // index into the list's operators
	size_t num;
};

// Room for a whole list; the operators in the order of the list.
bool plan_supply_init(struct plan_supply *supply, const struct loglist *list,
	struct arena *arena, struct err *err) MUST_CHECK;
// Those that take a certificate that ends at `not_after`.
void plan_supply_fill(
	struct plan_supply *supply, const struct plan_record *record, int64_t not_after);

// Sets of SCTs before the policy engine.
struct plan_judge {
	const struct plan_record *record;
	struct facts facts; // scts: room for every set that there may be
	struct policy_scratch scratch;
	bool *counted;
	struct policy_result result; // of the policy judged last
};

// The certificate to come, under a root that comes with the system; what is not known of it
// is as it should be.
struct facts plan_facts(const struct plan_record *record);
// Room for sets of so many SCTs; PLAN_MAX_SET of each operator's kinds is the most that
// plan_judge_holds takes.
bool plan_judge_init(struct plan_judge *judge, const struct plan_record *record,
	size_t room, struct arena *arena, struct err *err) MUST_CHECK;
// Is a set with so many logs of each operator compliant with every policy, and stays so? Of
// more logs of a kind than any set has, the rest is left out.
bool plan_judge_holds(struct plan_judge *judge, const struct plan_part *parts, size_t num,
	int64_t not_after, enum survive survive);
// The row of the lifetime table for that end; the engine's own choice.
const struct lifetime_row *plan_judge_row(
	struct plan_judge *judge, const struct policy *policy, int64_t not_after);
// The requirement about what CAs have agreed on for certificates of that time, where the
// lifetime is beyond it; else NULL.
const struct requirement *plan_beyond_schedule(const struct policy_result *result);
// Is no policy's advice on that against an end at that time?
bool plan_judge_agrees(struct plan_judge *judge, int64_t not_after);
// The SCT of a set at that place, of an operator's first SCT at `op`; its state is usable.
struct sct_facts plan_judge_sct(
	const struct plan_judge *judge, size_t at, size_t op, enum log_api api);
// judge->result for what judge->facts hold.
const struct policy_result *plan_judge_run(
	struct plan_judge *judge, const struct policy *policy);

// Failures of a policy's main route, of each requirement the worst; and of equals the first.
struct plan_failures {
	struct plan_failure *items; // room for PLAN_MAX_FAILURES
	size_t num;
};
// `lost`: whose policy, and what had to be lost.
void plan_failures_note(struct plan_failures *failures,
	const struct policy_result *result, const struct plan_failure *lost);

// What the whole supply lacks, into `out` (room for PLAN_MAX_FAILURES): of each requirement
// the worst case. Returns how many.
size_t plan_judge_failures(struct plan_judge *judge, const struct plan_supply *supply,
	enum survive survive, struct plan_failure *out);

// Sets that a pattern stands for which have `taken` of each operator and, for the rest, some
// of `left`; `states` has room for PLAN_MAX_STATES.
#define PLAN_MAX_STATES ((size_t)1 << PLAN_MAX_SET)
uint64_t plan_count(const struct plan_pattern *pattern, const struct plan_part *taken,
	const struct plan_part *left, size_t num, uint64_t *states);
// Not beyond PLAN_MAX_COUNT.
uint64_t plan_count_add(uint64_t a, uint64_t b);
uint64_t plan_count_multiply(uint64_t a, uint64_t b);
uint64_t plan_count_choose(unsigned n, unsigned k); // ways to choose k of n

// The smallest size, its patterns and their number of sets; sets->size stays 0 where there
// is none.
bool plan_find_patterns(struct plan_judge *judge, const struct plan_supply *supply,
	struct plan_sets *sets, struct arena *arena, struct err *err) MUST_CHECK;
// The sets that are named.
bool plan_name_sets(const struct plan_record *record, const struct plan_supply *supply,
	struct plan_sets *sets, struct arena *arena, struct err *err) MUST_CHECK;
// Below 0, 0 or above it as the one log is to be preferred.
int plan_compare_logs(const struct plan_log *a, const struct plan_log *b);
// By operator, and then by preference.
void plan_sort_logs(struct plan_record *record);
struct plan_union;
// sets->earlier and sets->later; by the logs of all lists where `several` is not NULL.
bool plan_find_nearest(struct plan_judge *judge, struct plan_supply *spare,
	struct plan_union *several, struct plan_sets *sets, struct arena *arena,
	struct err *err) MUST_CHECK;

#endif

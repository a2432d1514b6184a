// SPDX-License-Identifier: Apache-2.0
// What the files of the union share: its logs and groups, and judging sets of them.
#ifndef EVAL_PLAN_UNION_LOCAL_H
#define EVAL_PLAN_UNION_LOCAL_H

#include "eval/plan_union.h"

// So many lists may a request be about.
#define UNION_MAX_LISTS (1 + REQUEST_MAX_POLICIES)

struct union_log {
	struct plan_log as;
	const struct ct_log *in[UNION_MAX_LISTS]; // usable by that list; NULL: not
	size_t num_in; // lists
	size_t group; // among those that take the certificate
};

struct plan_union {
	const struct plan_record *record;
	const struct plan_list *lists[UNION_MAX_LISTS];
	size_t num_lists;
	size_t list_of[REQUEST_MAX_POLICIES]; // of each policy
	struct union_log *logs; // by preference
	size_t num_logs;
	const char **operators;
	size_t num_operators;
	struct plan_judge judge;
	int64_t not_after; // of the sets that are judged
	size_t *all; // those that take it, by preference
	size_t num_all;
	size_t *groups; // the first log of each, among `all`
	size_t *group_sizes;
	size_t num_groups;
	size_t *chosen;
	size_t num_chosen;
	size_t runs;
};

// Does that list's log, NULL for none, take a certificate with that end?
bool union_takes(const struct ct_log *log, int64_t not_after);
// u->all: those that take a certificate with that end; and their groups.
void union_end_at(struct plan_union *u, int64_t not_after);
void union_find_groups(struct plan_union *u);
// Is that set of logs compliant with every policy, and stays so?
bool union_holds(
	struct plan_union *u, const size_t *set, size_t num, enum survive survive);

#endif

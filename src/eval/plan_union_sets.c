// SPDX-License-Identifier: Apache-2.0
// The smallest sets of logs from several lists, for where those that all lists have are not
// enough.
//
// Logs that the same lists have, alike and of the same operators, are a group: sets are
// searched by how many of each group they take, the smallest first. Where there are too many
// to try, one set that does is found by leaving out of all logs what can be left out.
#include "eval/plan_union_local.h"

#include <stdlib.h>

// Judgements of a set, each by every policy: about a tenth of a second.
#define MAX_RUNS 100000

struct search {
	struct plan_union *u;
	struct plan_sets *sets;
	size_t in[UNION_MAX_LISTS]; // of the logs chosen
};

// Ways to take what was chosen of each group.
static uint64_t num_alike(const struct plan_union *u)
{
	uint64_t ways = 1;
	for (size_t i = 0; i < u->num_groups; i++) {
		unsigned taken = 0;
		for (size_t k = 0; k < u->num_chosen; k++) {
			taken += u->logs[u->chosen[k]].group == i;
		}
		ways = plan_count_multiply(
			ways, plan_count_choose((unsigned)u->group_sizes[i], taken));
	}
	return ways;
}

static int compare_parts(const void *a, const void *b)
{
	const struct plan_part *x = a;
	const struct plan_part *y = b;
	unsigned of_x = x->rfc6962 + x->tiled;
	unsigned of_y = y->rfc6962 + y->tiled;
	if (of_x != of_y) {
		return of_x > of_y ? -1 : 1;
	}
	return (x->rfc6962 < y->rfc6962) - (x->rfc6962 > y->rfc6962);
}

static struct plan_pattern pattern_of(const struct plan_union *u)
{
	struct plan_pattern out = {.num_parts = 0};
	size_t ops[PLAN_MAX_SET];
	for (size_t i = 0; i < u->num_chosen; i++) {
		const struct plan_log *log = &u->logs[u->chosen[i]].as;
		size_t k = 0;
		while (k < out.num_parts && ops[k] != log->op) {
			k++;
		}
		if (k == out.num_parts) {
			ops[out.num_parts++] = log->op;
		}
		out.parts[k].rfc6962 += log->log->api == LOG_RFC6962;
		out.parts[k].tiled += log->log->api == LOG_STATIC;
	}
	qsort(out.parts, out.num_parts, sizeof(out.parts[0]), compare_parts);
	return out;
}

static bool is_same_pattern(const struct plan_pattern *a, const struct plan_pattern *b)
{
	return a->num_parts == b->num_parts &&
		memcmp(a->parts, b->parts, a->num_parts * sizeof(a->parts[0])) == 0;
}

static void add_pattern(struct plan_sets *sets, struct plan_pattern pattern, uint64_t num)
{
	size_t i = 0;
	while (i < sets->num_patterns && !is_same_pattern(&sets->patterns[i], &pattern)) {
		i++;
	}
	if (i == PLAN_MAX_PATTERNS) {
		sets->patterns_cut = true;
		return;
	}
	if (i == sets->num_patterns) {
		sets->patterns[sets->num_patterns++] = pattern;
	}
	sets->patterns[i].num_sets = plan_count_add(sets->patterns[i].num_sets, num);
}

// The chosen logs and all that are like them; they are the best of their groups.
static void take_set(struct plan_union *u, struct plan_sets *sets, uint64_t num)
{
	struct plan_pattern pattern = pattern_of(u);
	bool first = sets->num_sets == 0;
	sets->size = u->num_chosen;
	if (first || pattern.num_parts < sets->min_operators) {
		sets->min_operators = pattern.num_parts;
	}
	if (first || pattern.num_parts > sets->max_operators) {
		sets->max_operators = pattern.num_parts;
	}
	sets->num_sets = plan_count_add(sets->num_sets, num);
	add_pattern(sets, pattern, num);
	if (sets->num_named < PLAN_MAX_SETS) {
		const struct plan_log **named = sets->named[sets->num_named++];
		for (size_t i = 0; i < u->num_chosen; i++) {
			named[i] = &u->logs[u->chosen[i]].as;
		}
	}
}

// Could each policy still get the SCTs that its row asks for?
static bool can_be_enough(const struct search *s, size_t left)
{
	const struct plan_record *record = s->u->record;
	for (size_t i = 0; i < record->num_policies; i++) {
		if (s->in[s->u->list_of[i]] + left < record->policies[i].row->scts) {
			return false;
		}
	}
	return true;
}

static void choose_log(struct search *s, size_t log, bool more)
{
	struct plan_union *u = s->u;
	for (size_t i = 0; i < u->num_lists; i++) {
		size_t one = union_takes(u->logs[log].in[i], u->not_after);
		s->in[i] = more ? s->in[i] + one : s->in[i] - one;
	}
	if (more) {
		u->chosen[u->num_chosen++] = log;
	} else {
		u->num_chosen--;
	}
}

// The log of that group that comes next by preference.
static size_t next_of_group(const struct plan_union *u, size_t group, size_t taken)
{
	size_t i = 0;
	while (u->logs[u->all[i]].group != group || taken-- > 0) {
		i++;
	}
	return u->all[i];
}

// Every way to take `left` logs more of this group and those behind it. At most as deep as
// there are groups.
static void extend(struct search *s, size_t group, size_t left)
{
	struct plan_union *u = s->u;
	if (u->runs >= MAX_RUNS || !can_be_enough(s, left)) {
		return;
	}
	if (left == 0) {
		if (union_holds(u, u->chosen, u->num_chosen, s->sets->survive)) {
			take_set(u, s->sets, num_alike(u));
		}
		return;
	}
	if (group == u->num_groups) {
		u->runs++;
		return;
	}
	size_t most = left < u->group_sizes[group] ? left : u->group_sizes[group];
	for (size_t i = 0; i < most; i++) {
		choose_log(s, next_of_group(u, group, i), true);
	}
	for (size_t i = most + 1; i-- > 0;) {
		extend(s, group + 1, left - i);
		if (i > 0) {
			choose_log(s, u->chosen[u->num_chosen - 1], false);
		}
	}
}

// What is left when nothing more can be left out, the least preferred first.
static void reduce(struct plan_union *u, struct plan_sets *sets)
{
	size_t *set = u->chosen;
	memcpy(set, u->all, u->num_all * sizeof(*set));
	u->num_chosen = u->num_all;
	for (size_t i = u->num_all; i-- > 0;) {
		size_t log = set[i];
		u->num_chosen--;
		memmove(&set[i], &set[i + 1], (u->num_chosen - i) * sizeof(*set));
		if (!union_holds(u, set, u->num_chosen, sets->survive)) {
			memmove(&set[i + 1], &set[i], (u->num_chosen - i) * sizeof(*set));
			set[i] = log;
			u->num_chosen++;
		}
	}
	sets->not_smallest = true;
	sets->too_large = u->num_chosen > PLAN_MAX_SET;
	if (!sets->too_large) {
		take_set(u, sets, 1);
	}
}

bool plan_union_find(struct plan_union *u, struct plan_sets *sets, struct arena *arena,
	struct err *err)
{
	struct search s = {.u = u, .sets = sets};
	sets->patterns =
		arena_take_array(arena, PLAN_MAX_PATTERNS, sizeof(*sets->patterns));
	sets->named = arena_take_array(arena, PLAN_MAX_SETS, sizeof(*sets->named));
	if (!sets->patterns || !sets->named) {
		return err_no_memory(err);
	}
	union_end_at(u, u->record->not_after);
	union_find_groups(u);
	u->runs = 0;
	u->num_chosen = 0;
	for (size_t size = 1; size <= PLAN_MAX_SET && size <= u->num_all &&
		sets->num_sets == 0 && u->runs < MAX_RUNS;
		size++) {
		extend(&s, 0, size);
	}
	sets->inexact = u->runs >= MAX_RUNS;
	if (sets->num_sets == 0) {
		reduce(u, sets);
	}
	sets->possible = sets->num_sets > 0;
	return true;
}

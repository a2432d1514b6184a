// SPDX-License-Identifier: Apache-2.0
// The patterns of the smallest sets, and how many sets each stands for.
#include "eval/plan_local.h"

uint64_t plan_count_add(uint64_t a, uint64_t b)
{
	return a > PLAN_MAX_COUNT - b ? PLAN_MAX_COUNT : a + b;
}

uint64_t plan_count_multiply(uint64_t a, uint64_t b)
{
	return b && a > PLAN_MAX_COUNT / b ? PLAN_MAX_COUNT : a * b;
}

// Ways to choose k of n. What goes on growing stays at the maximum; each step's product is
// at most PLAN_MAX_SET times its result, and that is below 2^64.
uint64_t plan_count_choose(unsigned n, unsigned k)
{
	uint64_t ways = 1;
	if (k > n) {
		return 0;
	}
	for (unsigned i = 0; i < k && ways < PLAN_MAX_COUNT; i++) {
		ways = ways > UINT64_MAX / (n - i) ? PLAN_MAX_COUNT
						   : ways * (n - i) / (i + 1);
	}
	return ways < PLAN_MAX_COUNT ? ways : PLAN_MAX_COUNT;
}

static bool is_same_part(const struct plan_part *a, const struct plan_part *b)
{
	return a->rfc6962 == b->rfc6962 && a->tiled == b->tiled;
}

// The parts of a pattern that differ, each with how often it is there. A state says how many
// of each are given to operators already; `stride` is what one more adds to its number.
struct distinct {
	struct plan_part part[PLAN_MAX_SET];
	size_t times[PLAN_MAX_SET];
	size_t stride[PLAN_MAX_SET];
	size_t num;
	size_t num_states;
};

static struct distinct find_distinct(const struct plan_pattern *pattern)
{
	struct distinct d = {.num_states = 1};
	for (size_t i = 0; i < pattern->num_parts; i++) {
		const struct plan_part *part = &pattern->parts[i];
		if (d.num > 0 && is_same_part(part, &d.part[d.num - 1])) {
			d.times[d.num - 1]++;
		} else {
			d.part[d.num] = *part;
			d.times[d.num++] = 1;
		}
	}
	for (size_t i = 0; i < d.num; i++) {
		d.stride[i] = d.num_states;
		d.num_states *= d.times[i] + 1;
	}
	return d;
}

// Ways in which one operator can have that part.
static uint64_t ways_of(const struct plan_part *part, const struct plan_part *taken,
	const struct plan_part *left)
{
	if (part->rfc6962 < taken->rfc6962 || part->tiled < taken->tiled) {
		return 0;
	}
	return plan_count_multiply(
		plan_count_choose(left->rfc6962, part->rfc6962 - taken->rfc6962),
		plan_count_choose(left->tiled, part->tiled - taken->tiled));
}

// One operator more: it has one of the parts or, where nothing of it is taken, none.
static void add_operator(const struct distinct *d, const struct plan_part *taken,
	const struct plan_part *left, uint64_t *states)
{
	uint64_t ways[PLAN_MAX_SET];
	bool must = taken->rfc6962 + taken->tiled > 0;
	for (size_t i = 0; i < d->num; i++) {
		ways[i] = ways_of(&d->part[i], taken, left);
	}
	for (size_t state = d->num_states; state-- > 0;) {
		uint64_t sum = must ? 0 : states[state];
		for (size_t i = 0; i < d->num; i++) {
			if (ways[i] && state / d->stride[i] % (d->times[i] + 1) > 0) {
				sum = plan_count_add(sum,
					plan_count_multiply(
						states[state - d->stride[i]], ways[i]));
			}
		}
		states[state] = sum;
	}
}

uint64_t plan_count(const struct plan_pattern *pattern, const struct plan_part *taken,
	const struct plan_part *left, size_t num, uint64_t *states)
{
	static const struct plan_part nothing = {0, 0};
	struct distinct d = find_distinct(pattern);
	memset(states, 0, d.num_states * sizeof(*states));
	states[0] = 1;
	for (size_t i = 0; i < num; i++) {
		add_operator(&d, taken ? &taken[i] : &nothing, &left[i], states);
	}
	return states[d.num_states - 1];
}

struct search {
	struct plan_judge *judge;
	const struct plan_supply *supply;
	struct plan_sets *sets;
	uint64_t *states;
	struct plan_pattern pattern; // as far as it has come
};

static bool can_give(const struct plan_supply *supply, const struct plan_part *part)
{
	for (size_t i = 0; i < supply->num; i++) {
		if (supply->parts[i].rfc6962 >= part->rfc6962 &&
			supply->parts[i].tiled >= part->tiled) {
			return true;
		}
	}
	return false;
}

static void take_pattern(struct search *s)
{
	struct plan_sets *sets = s->sets;
	struct plan_pattern *pattern = &s->pattern;
	if (!plan_judge_holds(s->judge, pattern->parts, pattern->num_parts,
		    s->judge->record->not_after, sets->survive)) {
		return;
	}
	pattern->num_sets =
		plan_count(pattern, NULL, s->supply->parts, s->supply->num, s->states);
	if (pattern->num_sets == 0) {
		return;
	}
	bool first = sets->num_sets == 0;
	if (first || pattern->num_parts < sets->min_operators) {
		sets->min_operators = pattern->num_parts;
	}
	if (first || pattern->num_parts > sets->max_operators) {
		sets->max_operators = pattern->num_parts;
	}
	sets->num_sets = plan_count_add(sets->num_sets, pattern->num_sets);
	if (sets->num_patterns < PLAN_MAX_PATTERNS) {
		sets->patterns[sets->num_patterns++] = *pattern;
	} else {
		sets->patterns_cut = true;
	}
}

// Every way to add parts of `left` logs together, none larger than `most`: by size, and
// then by RFC 6962 logs, so that each pattern comes once. At most PLAN_MAX_SET deep.
static void extend(struct search *s, size_t left, struct plan_part most)
{
	struct plan_pattern *pattern = &s->pattern;
	if (left == 0) {
		take_pattern(s);
		return;
	}
	if (pattern->num_parts == s->supply->num) {
		return;
	}
	size_t most_size = most.rfc6962 + most.tiled;
	for (size_t size = left < most_size ? left : most_size; size > 0; size--) {
		size_t rfc6962 = size == most_size ? most.rfc6962 : size;
		for (size_t i = rfc6962 + 1; i-- > 0;) {
			struct plan_part part = {(unsigned)i, (unsigned)(size - i)};
			if (can_give(s->supply, &part)) {
				pattern->parts[pattern->num_parts++] = part;
				extend(s, left - size, part);
				pattern->num_parts--;
			}
		}
	}
}

bool plan_find_patterns(struct plan_judge *judge, const struct plan_supply *supply,
	struct plan_sets *sets, struct arena *arena, struct err *err)
{
	struct search s = {.judge = judge, .supply = supply, .sets = sets};
	s.states = arena_take_array(arena, PLAN_MAX_STATES, sizeof(*s.states));
	sets->patterns =
		arena_take_array(arena, PLAN_MAX_PATTERNS, sizeof(*sets->patterns));
	if (!s.states || !sets->patterns) {
		return err_no_memory(err);
	}
	for (size_t size = 1; size <= PLAN_MAX_SET && sets->num_sets == 0; size++) {
		extend(&s, size, (struct plan_part){(unsigned)size, 0});
		sets->size = sets->num_sets ? size : 0;
	}
	return true;
}

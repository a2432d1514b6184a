// SPDX-License-Identifier: Apache-2.0
// The sets that are named: the first ones in the order of preference, found by choosing log
// after log, each only where the rest of a set can still be had.
#include "eval/plan_local.h"

#include <stdlib.h>

// Logs tried at most; a set of a list like Apple's takes some dozens.
#define MAX_STEPS 20000

struct candidate {
	const struct plan_log *log;
	size_t part; // its operator, in the supply
};

struct chooser {
	struct plan_sets *sets;
	struct candidate *candidates; // by preference
	size_t num;
	size_t num_known; // to all: they come first
	struct plan_part *taken; // of each operator, by the logs chosen so far
	struct plan_part *left; // among the candidates that follow
	size_t num_parts;
	uint64_t *states;
	const struct plan_log *chosen[PLAN_MAX_SET];
	size_t num_chosen;
	bool skip_known; // sets whose logs are all known have been named
	size_t steps;
};

int plan_compare_logs(const struct plan_log *a, const struct plan_log *b)
{
	if (a->known_to_all != b->known_to_all) {
		return a->known_to_all ? -1 : 1;
	}
	if (a->log->api != b->log->api) {
		return a->log->api == LOG_RFC6962 ? -1 : 1;
	}
	if (a->standing.since_ms != b->standing.since_ms) {
		return a->standing.since_ms < b->standing.since_ms ? -1 : 1;
	}
	return memcmp(a->log->id, b->log->id, LOG_ID_LEN);
}

static int compare_candidates(const void *a, const void *b)
{
	return plan_compare_logs(
		((const struct candidate *)a)->log, ((const struct candidate *)b)->log);
}

static void add(struct plan_part *part, enum log_api api)
{
	if (api == LOG_RFC6962) {
		part->rfc6962++;
	} else {
		part->tiled++;
	}
}

static void take_away(struct plan_part *part, enum log_api api)
{
	if (api == LOG_RFC6962) {
		part->rfc6962--;
	} else {
		part->tiled--;
	}
}

static bool can_go_on(const struct chooser *c)
{
	for (size_t i = 0; i < c->sets->num_patterns; i++) {
		if (plan_count(&c->sets->patterns[i], c->taken, c->left, c->num_parts,
			    c->states) > 0) {
			return true;
		}
	}
	return false;
}

static void name_set(struct chooser *c)
{
	bool all_known = true;
	for (size_t i = 0; i < c->num_chosen; i++) {
		all_known = all_known && c->chosen[i]->known_to_all;
	}
	if (!all_known || !c->skip_known) {
		memcpy(c->sets->named[c->sets->num_named++], c->chosen,
			c->num_chosen * sizeof(c->chosen[0]));
	}
}

static bool is_finished(const struct chooser *c)
{
	return c->sets->num_named == PLAN_MAX_SETS || c->steps >= MAX_STEPS;
}

// One log more, from `first` on. On entry and on return `left` counts the candidates from
// there on.
static void choose_from(struct chooser *c, size_t first, size_t end)
{
	if (c->num_chosen == c->sets->size) {
		name_set(c);
		return;
	}
	size_t i = first;
	for (; i < end && !is_finished(c); i++) {
		const struct candidate *candidate = &c->candidates[i];
		enum log_api api = candidate->log->log->api;
		take_away(&c->left[candidate->part], api);
		add(&c->taken[candidate->part], api);
		c->chosen[c->num_chosen++] = candidate->log;
		c->steps++;
		if (can_go_on(c)) {
			choose_from(c, i + 1, end);
		}
		c->num_chosen--;
		take_away(&c->taken[candidate->part], api);
	}
	while (i-- > first) {
		add(&c->left[c->candidates[i].part], c->candidates[i].log->log->api);
	}
}

static void choose_among(struct chooser *c, size_t end)
{
	memset(c->left, 0, c->num_parts * sizeof(*c->left));
	for (size_t i = 0; i < end; i++) {
		add(&c->left[c->candidates[i].part], c->candidates[i].log->log->api);
	}
	choose_from(c, 0, end);
}

static size_t part_of(const struct plan_supply *supply, size_t op)
{
	size_t i = 0;
	while (supply->ops[i] != op) {
		i++;
	}
	return i;
}

static void take_candidates(struct chooser *c, const struct plan_record *record,
	const struct plan_supply *supply)
{
	for (size_t i = 0; i < record->num_logs; i++) {
		const struct plan_log *log = &record->logs[i];
		if (log->standing.state == LOG_USABLE) {
			c->candidates[c->num++] =
				(struct candidate){log, part_of(supply, log->log->op)};
			c->num_known += log->known_to_all;
		}
	}
	qsort(c->candidates, c->num, sizeof(*c->candidates), compare_candidates);
}

bool plan_name_sets(const struct plan_record *record, const struct plan_supply *supply,
	struct plan_sets *sets, struct arena *arena, struct err *err)
{
	struct chooser c = {.sets = sets, .num_parts = supply->num};
	c.candidates = arena_take_array(arena, record->num_logs, sizeof(*c.candidates));
	c.taken = arena_take_array(arena, supply->num, sizeof(*c.taken));
	c.left = arena_take_array(arena, supply->num, sizeof(*c.left));
	c.states = arena_take_array(arena, PLAN_MAX_STATES, sizeof(*c.states));
	sets->named = arena_take_array(arena, PLAN_MAX_SETS, sizeof(*sets->named));
	if (!c.candidates || !c.taken || !c.left || !c.states || !sets->named) {
		return err_no_memory(err);
	}
	take_candidates(&c, record, supply);
	choose_among(&c, c.num_known);
	if (c.num > c.num_known) {
		c.skip_known = true;
		choose_among(&c, c.num);
	}
	return true;
}

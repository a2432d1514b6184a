// SPDX-License-Identifier: Apache-2.0
// Plans on lists made by hand: sizes and numbers of the smallest sets, what is nearest, and
// what the plan's limits rest on. tests/plan holds plans on real lists against a search.
#include "eval/plan.h"
#include "eval/plan_local.h"
#include "tests/unit/test.h"

void test_plan(void);

#define DAY INT64_C(86400)
// 2026-06-01T00:00:00Z
#define NOW INT64_C(1780272000)

struct plan_bench {
	struct ctp_lists *lists;
	struct arena arena;
	struct plan_request request;
	struct err err;
};

static const char *const operator_names[] = {"A", "B", "C", "D", "E", "F"};

static void add_logs(
	struct loglist *list, size_t op, enum log_api api, unsigned num, int64_t until)
{
	for (unsigned i = 0; i < num; i++) {
		struct ct_log *log = &list->logs[list->num_logs++];
		*log = (struct ct_log){.api = api,
			.op = op,
			.has_interval = until != 0,
			.start_ms = 0,
			.end_ms = until * 1000,
			.state = LOG_USABLE,
			.since_ms = (NOW - 100 * DAY) * 1000,
			.state_version = ""};
		log->id[0] = (uint8_t)(list->num_logs >> 8);
		log->id[1] = (uint8_t)list->num_logs;
	}
}

// A list whose operators each have so many logs, which take what ends before `until` (0:
// everything).
static void begin(struct plan_bench *b, size_t num_operators, unsigned rfc6962,
	unsigned tiled, int64_t until)
{
	size_t room = num_operators * (rfc6962 + tiled);
	memset(b, 0, sizeof(*b));
	err_clear(&b->err);
	b->lists = lists_new(&b->err);
	struct arena *arena = lists_arena(b->lists);
	struct loglist list = {.name = "apple",
		.schema = "",
		.version = "1",
		.asset_version = -1,
		.asset_version_v2 = -1,
		.published_ms = (NOW - DAY) * 1000,
		.num_operators = num_operators};
	list.operators = arena_take_array(arena, num_operators, sizeof(*list.operators));
	list.logs = arena_take_array(arena, room, sizeof(*list.logs));
	if (!list.logs || !list.operators) {
		abort();
	}
	for (size_t i = 0; i < num_operators; i++) {
		list.operators[i] = operator_names[i % 6];
		add_logs(&list, i, LOG_RFC6962, rfc6962, until);
		add_logs(&list, i, LOG_STATIC, tiled, until);
	}
	if (!lists_add(b->lists, &list, &b->err) ||
		!lists_freeze(b->lists, true, &b->err)) {
		abort();
	}
	b->request = (struct plan_request){.common = {.at_ms = NOW * 1000},
		.has_not_before = true,
		.has_not_after = true,
		.not_before = NOW,
		.not_after = NOW + 90 * DAY - 1};
}

static void end(struct plan_bench *b)
{
	lists_unref(b->lists);
	arena_clear(&b->arena);
}

static const struct plan_record *make(struct plan_bench *b, const char *what)
{
	const struct plan_record *plan = NULL;
	err_clear(&b->err);
	CHECK(plan_make(&b->request, b->lists, &b->arena, &plan, &b->err), "%s: %s", what,
		b->err.text);
	return plan;
}

static const struct size_case {
	const char *comment;
	const char *policy;
	size_t num_operators;
	unsigned rfc6962, tiled; // of each
	int64_t seconds; // of validity
	size_t want_size[NUM_SURVIVES]; // 0: not possible
	uint64_t want_num[NUM_SURVIVES];
} size_cases[] = {
	{"three operators", "apple", 3, 1, 0, 90 * DAY, {2, 3, 3}, {3, 1, 1}},
	{"two operators: two of each survive a log, none survive an operator", "apple", 2,
		2, 0, 90 * DAY, {2, 4, 0}, {4, 1, 0}},
	{"... of one log each", "apple", 2, 1, 0, 90 * DAY, {2, 0, 0}, {1, 0, 0}},
	{"one operator, and the cap", "apple", 1, 3, 3, 90 * DAY, {0, 0, 0}, {0, 0, 0}},
	{"... that trustd has not", "apple-enforced", 1, 3, 0, 90 * DAY, {2, 3, 0},
		{3, 1, 0}},
	{"static logs alone", "apple", 4, 0, 2, 90 * DAY, {0, 0, 0}, {0, 0, 0}},
	{"... are fine for trustd", "apple-enforced", 2, 0, 1, 90 * DAY, {2, 0, 0},
		{1, 0, 0}},
	{"one of each kind: one must be RFC 6962", "apple", 2, 1, 1, 90 * DAY, {2, 4, 0},
		{3, 1, 0}},
	{"... both policies at once", "both", 2, 1, 1, 90 * DAY, {2, 4, 0}, {3, 1, 0}},
	{"180 days", "apple", 2, 2, 0, 180 * DAY, {2, 4, 0}, {4, 1, 0}},
	{"180 days and a second: three, and two of one operator count", "apple", 2, 2, 0,
		180 * DAY + 1, {3, 4, 0}, {4, 1, 0}},
	{"... which survive an operator by four of three", "apple", 3, 2, 0,
		180 * DAY + 1, {3, 4, 5}, {20, 15, 6}},
	{"no logs", "both", 1, 0, 0, 90 * DAY, {0, 0, 0}, {0, 0, 0}},
};

static void test_sizes(void)
{
	for (size_t i = 0; i < sizeof(size_cases) / sizeof(size_cases[0]); i++) {
		const struct size_case *c = &size_cases[i];
		struct plan_bench b;
		begin(&b, c->num_operators, c->rfc6962, c->tiled, 0);
		b.request.not_after = NOW + c->seconds - 1;
		bool both = strcmp(c->policy, "both") == 0;
		CHECK(request_add_policy(&b.request.common,
			      bytes_of_text(both ? "apple" : c->policy), &b.err),
			"%s", c->comment);
		CHECK(!both ||
				request_add_policy(&b.request.common,
					BYTES_LITERAL("apple-enforced"), &b.err),
			"%s", c->comment);
		const struct plan_record *plan = make(&b, c->comment);
		for (size_t k = 0; plan && k < NUM_SURVIVES; k++) {
			const struct plan_sets *sets = &plan->sets[k];
			CHECK_INT(sets->possible, c->want_size[k] > 0, "%s, %zu",
				c->comment, k);
			CHECK_INT(sets->size, c->want_size[k], "%s, %zu", c->comment, k);
			CHECK_INT(
				sets->num_sets, c->want_num[k], "%s, %zu", c->comment, k);
			CHECK_INT(sets->num_failures > 0, c->want_size[k] == 0, "%s, %zu",
				c->comment, k);
		}
		end(&b);
	}
}

// More sets than anybody counts: the number stays where it ends, and the best are named all
// the same.
static void test_many(void)
{
	struct plan_bench b;
	begin(&b, 300, 10, 10, 0);
	b.request.not_before = NOW - INT64_C(2200) * DAY;
	b.request.not_after = b.request.not_before + INT64_C(2000) * DAY;
	const struct plan_record *plan = make(&b, "many logs");
	for (size_t i = 0; plan && i < NUM_SURVIVES; i++) {
		const struct plan_sets *sets = &plan->sets[i];
		CHECK_INT(sets->size, i == SURVIVE_NONE ? 5 : 6, "five SCTs, %zu", i);
		CHECK_INT(
			sets->num_sets, PLAN_MAX_COUNT, "as many as are counted, %zu", i);
		CHECK_INT(sets->num_named, PLAN_MAX_SETS, "named, %zu", i);
		CHECK(!sets->patterns_cut, "patterns, %zu", i);
	}
	end(&b);
}

static void test_nearest(void)
{
	struct plan_bench b;
	const int64_t until = NOW + 60 * DAY;
	begin(&b, 3, 1, 0, until);
	const struct plan_record *plan = make(&b, "no log takes it");
	if (plan) {
		CHECK_INT(plan->num_outside, 3, "all are outside");
		CHECK_INT(plan->sets[0].earlier.found, true, "earlier");
		CHECK_INT(plan->sets[0].earlier.not_after, until - 1, "the last second");
		CHECK_INT(plan->sets[0].later.found, false, "none later");
	}
	end(&b);
	begin(&b, 2, 1, 0, 0);
	b.request.not_after = NOW + 200 * DAY;
	plan = make(&b, "three SCTs of two logs");
	if (plan) {
		CHECK_INT(plan->sets[0].earlier.not_after, NOW + 180 * DAY - 1,
			"the longest lifetime that needs two");
		CHECK_INT(plan->sets[1].earlier.found, false, "none survive a log");
		CHECK_INT(plan->sets[0].failures[0].result.needed, 3, "needed");
		CHECK_INT(plan->sets[0].failures[0].result.got, 2, "possible");
	}
	end(&b);
}

static void test_validity(void)
{
	struct plan_bench b;
	const struct plan_record *plan = NULL;
	begin(&b, 3, 1, 0, 0);
	b.request.not_after = b.request.not_before - 1;
	CHECK(!plan_make(&b.request, b.lists, &b.arena, &plan, &b.err), "reversed");
	CHECK_CODE(&b.err, CODE_BAD_VALIDITY, "reversed");
	CHECK_TEXT(b.err.field, "not_after", "reversed");
	b.request.not_after++;
	plan = make(&b, "one second");
	CHECK_INT(plan ? plan->lifetime.seconds : 0, 1, "one second");
	b.request.has_not_before = false;
	err_clear(&b.err);
	CHECK(!plan_make(&b.request, b.lists, &b.arena, &plan, &b.err), "no notBefore");
	CHECK_CODE(&b.err, CODE_BAD_VALIDITY, "no notBefore");
	CHECK_TEXT(b.err.field, "not_before", "no notBefore");
	end(&b);
}

// 1969: an SCT has no time before 1970, and a plan is still one.
static void test_before_1970(void)
{
	struct plan_bench b;
	begin(&b, 3, 1, 0, 0);
	b.request.common.at_ms = -1000;
	const struct plan_record *plan = make(&b, "before 1970");
	for (size_t i = 0; plan && i < NUM_SURVIVES; i++) {
		CHECK(plan->sets[i].possible, "before 1970, %zu", i);
	}
	end(&b);
}

// What plan.h and plan_nearest.c rest on: whoever adds a policy reads it here.
static void test_tables(void)
{
	for (size_t i = 0; i < policy_num(); i++) {
		const struct policy *policy = policy_at(i);
		for (size_t k = 0; k < policy->num_tables; k++) {
			for (size_t r = 0; r < LIFETIME_MAX_ROWS; r++) {
				const struct lifetime_row *row =
					&policy->tables[k].rows[r];
				CHECK(2 * row->scts + 2 <= PLAN_MAX_SET, "%s: %s",
					policy->name, row->name ? row->name : "-");
				CHECK(row->bound != LIFETIME_DAYS || row->limit < 3650,
					"%s: days", policy->name);
				CHECK(row->bound != LIFETIME_SECONDS ||
						row->limit < 3650 * DAY,
					"%s: seconds", policy->name);
				CHECK(row->limit < 120 || row->bound == LIFETIME_DAYS ||
						row->bound == LIFETIME_SECONDS,
					"%s: months", policy->name);
			}
		}
	}
}

void test_plan(void)
{
	test_sizes();
	test_many();
	test_nearest();
	test_validity();
	test_before_1970();
	test_tables();
}

// SPDX-License-Identifier: Apache-2.0
// What differs between two lists: each kind of change and its mirror image, what it means,
// the counts by year, pairs of keys, operators, and the limits.
#include "base/datetime.h"
#include "loglist/bundled.h"
#include "loglist/list_diff.h"
#include "tests/unit/test.h"

void test_list_diff(void);

#define BIT(number) (1u << (number))
#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static int64_t ms_of(const char *text)
{
	int64_t ms = 0;
	CHECK(datetime_parse_rfc3339(bytes_of_text(text), false, &ms), "%s", text);
	return ms;
}

#define DAY(n) (INT64_C(1767225600000) + (n)*DATETIME_DAY_MS) // from 2026-01-01 on

static const char *operator_names[] = {"Alder", "Birch", "Cedar"};

static struct loglist list_of(struct ct_log *logs, size_t num)
{
	return (struct loglist){.name = "apple",
		.schema = "",
		.version = "7",
		.asset_version = -1,
		.asset_version_v2 = -1,
		.published_ms = DAY(0),
		.operators = operator_names,
		.num_operators = NUM(operator_names),
		.logs = logs,
		.num_logs = num};
}

static struct list_diff diff_of(
	const struct loglist *a, const struct loglist *b, struct arena *arena)
{
	struct err err;
	struct list_diff diff = {.a = NULL};
	err_clear(&err);
	CHECK(list_diff_make(a, b, arena, &diff, &err), "a difference");
	CHECK_CODE(&err, CODE_NONE, "no error");
	return diff;
}

// Each effect and its mirror image are neighbours.
static unsigned mirrored(unsigned effects)
{
	unsigned out = 0;
	for (unsigned i = 0; i < NUM_LIST_EFFECTS; i++) {
		out |= effects & BIT(i) ? BIT(i ^ 1u) : 0;
	}
	return out;
}

#define LOG(...)                                                             \
	{                                                                    \
		.id = {1}, .state_version = "", .text = {"Log"}, __VA_ARGS__ \
	}
static const struct log_operator birch[] = {{"Birch", 7}, {"Birch", 8}, {"Cedar", 7}};

#define STOP (BIT(EFFECT_NEW_STOP) | BIT(EFFECT_EARLIER_STOP))

static const struct {
	const char *comment;
	struct ct_log before, after;
	unsigned facts, effects;
} fact_cases[] = {
	{"nothing", LOG(.state = LOG_USABLE), LOG(.state = LOG_USABLE), 0, 0},
	{"operator", LOG(.op = 0), LOG(.op = 1), BIT(LOG_FACT_OPERATOR), 0},
	{"api", LOG(.api = LOG_RFC6962), LOG(.api = LOG_STATIC), BIT(LOG_FACT_API), 0},
	{"mmd", LOG(.mmd = 60), LOG(.mmd = 86400), BIT(LOG_FACT_MMD), 0},
	{"tls_only", LOG(.has_tls_only = false), LOG(.has_tls_only = true),
		BIT(LOG_FACT_TLS_ONLY), 0},
	{"tls_only turned", LOG(.has_tls_only = true, .tls_only = true),
		LOG(.has_tls_only = true), BIT(LOG_FACT_TLS_ONLY), 0},
	{"version of the state", {.id = {1}, .state_version = "5"},
		{.id = {1}, .state_version = "6"}, BIT(LOG_FACT_STATE_ORIGIN), 0},
	{"description", {.id = {1}, .state_version = "", .text = {"A"}},
		{.id = {1}, .state_version = "", .text = {"B"}},
		BIT(LOG_FACT_TEXTS + LOG_DESCRIPTION), 0},
	{"a URL is gone",
		{.id = {1}, .state_version = "", .text = {NULL, "u", "v", "w", "x"}},
		{.id = {1}, .state_version = "", .text = {NULL, NULL, "v", "w", "x"}},
		BIT(LOG_FACT_TEXTS + LOG_URL), 0},
	{"the other texts",
		{.id = {1}, .state_version = "", .text = {NULL, "u", "v", "w", "x"}},
		{.id = {1}, .state_version = "", .text = {NULL, "u", "V", "W", "X"}},
		BIT(LOG_FACT_TEXTS + LOG_SUBMISSION_URL) |
			BIT(LOG_FACT_TEXTS + LOG_MONITORING_URL) |
			BIT(LOG_FACT_TEXTS + LOG_TYPE),
		0},
	{"tree head", LOG(.has_tree_head = true, .tree_size = 7, .tree_root = "AA"),
		LOG(.has_tree_head = true, .tree_size = 8, .tree_root = "AA"),
		BIT(LOG_FACT_TREE_HEAD), 0},
	{"its root", LOG(.has_tree_head = true, .tree_size = 7, .tree_root = "AA"),
		LOG(.has_tree_head = true, .tree_size = 7, .tree_root = "AQ"),
		BIT(LOG_FACT_TREE_HEAD), 0},
	{"an operator before", LOG(.num_previous = 0),
		LOG(.previous = birch, .num_previous = 1), BIT(LOG_FACT_PREVIOUS), 0},
	{"its end", LOG(.previous = birch, .num_previous = 1),
		LOG(.previous = &birch[1], .num_previous = 1), BIT(LOG_FACT_PREVIOUS), 0},
	{"its name", LOG(.previous = birch, .num_previous = 1),
		LOG(.previous = &birch[2], .num_previous = 1), BIT(LOG_FACT_PREVIOUS), 0},
	{"no tree head, whatever is behind it", LOG(.tree_size = 7), LOG(.tree_size = 8),
		0, 0},
	{"since, usable", LOG(.state = LOG_USABLE, .since_ms = DAY(1)),
		LOG(.state = LOG_USABLE, .since_ms = DAY(2)), BIT(LOG_FACT_STATE), 0},
	{"since, rejected", LOG(.state = LOG_REJECTED, .since_ms = DAY(2)),
		LOG(.state = LOG_REJECTED, .since_ms = DAY(1)), BIT(LOG_FACT_STATE), 0},
	{"since, read-only", LOG(.state = LOG_READONLY, .since_ms = DAY(2)),
		LOG(.state = LOG_READONLY, .since_ms = DAY(1)), BIT(LOG_FACT_STATE),
		BIT(EFFECT_CUT_EARLIER)},
	{"since, retired, by a millisecond",
		LOG(.state = LOG_RETIRED, .since_ms = DAY(2)),
		LOG(.state = LOG_RETIRED, .since_ms = DAY(2) - 1), BIT(LOG_FACT_STATE),
		BIT(EFFECT_CUT_EARLIER)},
	{"interval of a usable log gets shorter at its end",
		LOG(.state = LOG_USABLE, .has_interval = true, .start_ms = DAY(0),
			.end_ms = DAY(9)),
		LOG(.state = LOG_USABLE, .has_interval = true, .start_ms = DAY(0),
			.end_ms = DAY(9) - 1),
		BIT(LOG_FACT_INTERVAL), BIT(EFFECT_NARROWED)},
	{"... and at its start",
		LOG(.state = LOG_RETIRED, .has_interval = true, .start_ms = DAY(0),
			.end_ms = DAY(9)),
		LOG(.state = LOG_RETIRED, .has_interval = true, .start_ms = DAY(0) + 1,
			.end_ms = DAY(9)),
		BIT(LOG_FACT_INTERVAL), BIT(EFFECT_NARROWED)},
	{"... and comes to be", LOG(.state = LOG_QUALIFIED),
		LOG(.state = LOG_QUALIFIED, .has_interval = true, .start_ms = DAY(0),
			.end_ms = DAY(9)),
		BIT(LOG_FACT_INTERVAL), BIT(EFFECT_NARROWED)},
	{"an interval that moves",
		LOG(.state = LOG_USABLE, .has_interval = true, .start_ms = DAY(0),
			.end_ms = DAY(9)),
		LOG(.state = LOG_USABLE, .has_interval = true, .start_ms = DAY(1),
			.end_ms = DAY(10)),
		BIT(LOG_FACT_INTERVAL), BIT(EFFECT_NARROWED) | BIT(EFFECT_WIDENED)},
	{"the interval of a log that does not count",
		LOG(.state = LOG_PENDING, .has_interval = true, .start_ms = DAY(0),
			.end_ms = DAY(9)),
		LOG(.state = LOG_PENDING), BIT(LOG_FACT_INTERVAL), 0},
};

static void test_facts(void)
{
	for (size_t i = 0; i < NUM(fact_cases); i++) {
		struct arena arena = {NULL, NULL};
		struct ct_log before = fact_cases[i].before;
		struct ct_log after = fact_cases[i].after;
		struct loglist a = list_of(&before, 1);
		struct loglist b = list_of(&after, 1);
		struct list_diff there = diff_of(&a, &b, &arena);
		struct list_diff back = diff_of(&b, &a, &arena);
		CHECK_INT(there.num_logs, fact_cases[i].facts != 0, "%s",
			fact_cases[i].comment);
		CHECK_INT(list_diff_is_empty(&there), fact_cases[i].facts == 0, "%s",
			fact_cases[i].comment);
		if (there.num_logs == 1 && back.num_logs == 1) {
			CHECK_INT(there.logs[0].facts, fact_cases[i].facts, "%s",
				fact_cases[i].comment);
			CHECK_INT(there.logs[0].effects, fact_cases[i].effects, "%s",
				fact_cases[i].comment);
			CHECK_INT(back.logs[0].facts, fact_cases[i].facts, "%s: back",
				fact_cases[i].comment);
			CHECK_INT(back.logs[0].effects, mirrored(fact_cases[i].effects),
				"%s: back", fact_cases[i].comment);
		}
		arena_clear(&arena);
	}
}

#define ABSENT (-1)

// Every state to every other, a log that is not there included (POLICY.md 3).
static void test_effects(void)
{
	static const int states[] = {ABSENT, LOG_NO_STATE, LOG_PENDING, LOG_REJECTED,
		LOG_RETIRED, LOG_READONLY, LOG_QUALIFIED, LOG_USABLE};
	// From a group to another: nothing counts, retired, read-only, all counts.
	static const int groups[] = {0, 0, 0, 0, 1, 2, 3, 3};
	static const unsigned want[4][4] = {
		{0, BIT(EFFECT_EARLIER_START), BIT(EFFECT_EARLIER_START),
			BIT(EFFECT_EARLIER_START) | BIT(EFFECT_NEW_START)},
		{BIT(EFFECT_EARLIER_STOP), 0, BIT(EFFECT_IN_FULL),
			BIT(EFFECT_IN_FULL) | BIT(EFFECT_NEW_START)},
		{BIT(EFFECT_EARLIER_STOP), BIT(EFFECT_EMBEDDED_ONLY), 0,
			BIT(EFFECT_NEW_START)},
		{STOP, BIT(EFFECT_EMBEDDED_ONLY) | BIT(EFFECT_NEW_STOP),
			BIT(EFFECT_NEW_STOP), 0},
	};
	for (size_t i = 0; i < NUM(states); i++) {
		for (size_t k = 0; k < NUM(states); k++) {
			struct arena arena = {NULL, NULL};
			struct ct_log before = LOG(.state = (enum log_state)states[i]);
			struct ct_log after = LOG(.state = (enum log_state)states[k]);
			struct loglist a = list_of(&before, states[i] != ABSENT);
			struct loglist b = list_of(&after, states[k] != ABSENT);
			struct list_diff diff = diff_of(&a, &b, &arena);
			unsigned got = diff.num_logs ? diff.logs[0].effects : 0;
			CHECK_INT(diff.num_logs, i != k, "%zu to %zu", i, k);
			CHECK_INT(got, want[groups[i]][groups[k]], "%zu to %zu", i, k);
			CHECK_INT(diff.num_added, states[i] == ABSENT && i != k, "added");
			CHECK_INT(diff.num_removed, states[k] == ABSENT && i != k,
				"removed");
			arena_clear(&arena);
		}
	}
}

static void test_head(void)
{
	struct ct_log log = LOG(.state = LOG_USABLE);
	struct loglist a = list_of(&log, 1);
	struct loglist others[NUM_HEAD_FACTS];
	for (size_t i = 0; i < NUM_HEAD_FACTS; i++) {
		others[i] = a;
	}
	others[HEAD_NAME].name = "chrome";
	others[HEAD_VERSION].version = "8";
	others[HEAD_ASSET_VERSION].asset_version = 0;
	others[HEAD_ASSET_VERSION_V2].asset_version_v2 = 3;
	others[HEAD_SCHEMA].schema = "x";
	others[HEAD_PUBLISHED].published_ms++;
	for (size_t i = 0; i < NUM_HEAD_FACTS; i++) {
		struct arena arena = {NULL, NULL};
		struct list_diff diff = diff_of(&a, &others[i], &arena);
		const char *name = head_fact_name((enum head_fact)i);
		CHECK_INT(diff.head, BIT(i), "%s", name);
		CHECK_INT(diff_of(&others[i], &a, &arena).head, BIT(i), "%s: back", name);
		CHECK(!list_diff_is_empty(&diff), "%s is a difference", name);
		CHECK_INT(diff.num_logs, 0, "%s is about no log", name);
		arena_clear(&arena);
	}
	// The bytes of the file are no fact.
	struct arena arena = {NULL, NULL};
	struct loglist spaced = a;
	spaced.sha256[0] = 1;
	struct list_diff diff = diff_of(&a, &spaced, &arena);
	CHECK(list_diff_is_empty(&diff), "only the hash differs");
	arena_clear(&arena);
}

static void test_order_and_operators(void)
{
	static const char *others[] = {"Zelkova", "Cedar", "Birch", "Yew", "Idle"};
	struct arena arena = {NULL, NULL};
	struct ct_log before[] = {
		{.id = {1}, .op = 0, .state_version = "", .text = {"d"}},
		{.id = {3}, .op = 2, .state_version = "", .text = {"b"}},
		{.id = {5}, .op = 2, .state_version = "", .text = {"c"}},
	};
	struct ct_log after[] = {
		{.id = {2}, .op = 0, .state_version = "", .text = {"a"}},
		{.id = {3}, .op = 1, .state_version = "", .text = {"b"}},
		{.id = {4}, .op = 3, .state_version = "", .text = {NULL}},
		{.id = {5}, .op = 2, .state_version = "", .text = {"c"}},
		{.id = {6}, .op = 3, .state_version = "", .text = {"d"}},
	};
	struct loglist a = list_of(before, NUM(before));
	struct loglist b = list_of(after, NUM(after));
	b.operators = others;
	b.num_operators = NUM(others);
	struct list_diff diff = diff_of(&a, &b, &arena);
	static const uint8_t want[] = {4, 2, 5, 1, 6};
	CHECK_INT(diff.num_logs, NUM(want), "those that differ: b has its Cedar still");
	for (size_t i = 0; i < NUM(want) && diff.num_logs == NUM(want); i++) {
		const struct log_change *change = &diff.logs[i];
		CHECK_INT((change->after ? change->after : change->before)->id[0],
			want[i], "by description, then id: %zu", i);
	}
	CHECK_INT(diff.num_added, 3, "added");
	CHECK_INT(diff.num_removed, 1, "removed");
	// Birch has no log in the first list, Idle none in the second.
	static const char *const want_new[] = {"Birch", "Yew", "Zelkova"};
	CHECK_INT(diff.num_new_operators, 3, "new operators");
	for (size_t i = 0; i < 3 && diff.num_new_operators == 3; i++) {
		CHECK_TEXT(diff.new_operators[i], want_new[i], "by name");
	}
	CHECK_INT(diff.num_gone_operators, 1, "gone operators");
	CHECK_TEXT(diff.gone_operators[0], "Alder", "the one");
	arena_clear(&arena);
}

static void test_keys(void)
{
	static const struct {
		const char *comment;
		struct ct_log removed, added;
		bool want;
	} cases[] = {
		{"same URL", {.id = {1}, .state_version = "", .text = {"A", "u"}},
			{.id = {2}, .state_version = "", .text = {"B", "u"}}, true},
		{"same submission URL",
			{.id = {1}, .state_version = "", .text = {"A", NULL, "u"}},
			{.id = {2}, .state_version = "", .text = {"B", NULL, "u"}}, true},
		{"same description", {.id = {1}, .state_version = "", .text = {"A", "u"}},
			{.id = {2}, .state_version = "", .text = {"A", "v"}}, true},
		{"nothing the same", {.id = {1}, .state_version = "", .text = {"A", "u"}},
			{.id = {2}, .state_version = "", .text = {"B", "v"}}, false},
		{"empty is not the same",
			{.id = {1}, .state_version = "", .text = {"", ""}},
			{.id = {2}, .state_version = "", .text = {"", ""}}, false},
		{"absent is not the same", {.id = {1}, .state_version = ""},
			{.id = {2}, .state_version = ""}, false},
		{"a URL and a submission URL",
			{.id = {1}, .state_version = "", .text = {"A", "u"}},
			{.id = {2}, .state_version = "", .text = {"B", NULL, "u"}},
			false},
	};
	for (size_t i = 0; i < NUM(cases); i++) {
		struct arena arena = {NULL, NULL};
		struct ct_log x = cases[i].removed;
		struct ct_log y = cases[i].added;
		struct loglist a = list_of(&x, 1);
		struct loglist b = list_of(&y, 1);
		for (int turn = 0; turn < 2; turn++) {
			struct list_diff diff =
				turn ? diff_of(&b, &a, &arena) : diff_of(&a, &b, &arena);
			CHECK_INT(diff.num_logs, 2, "%s", cases[i].comment);
			for (size_t k = 0; k < 2; k++) {
				const struct ct_log *mine = diff.logs[k].after
					? diff.logs[k].after
					: diff.logs[k].before;
				const struct ct_log *other = mine == &x ? &y : &x;
				CHECK(diff.logs[k].twin == (cases[i].want ? other : NULL),
					"%s, turn %d", cases[i].comment, turn);
			}
		}
		arena_clear(&arena);
	}
}

// The address comes before the name, each log is paired once, and one that stays is no twin.
static void test_key_pairs(void)
{
	struct arena arena = {NULL, NULL};
	struct ct_log before[] = {
		{.id = {1}, .state_version = "", .text = {"A", "u"}},
		{.id = {2}, .state_version = "", .text = {"A", "v"}},
		{.id = {9}, .state_version = "", .text = {"S", "s"}},
	};
	struct ct_log after[] = {
		{.id = {3}, .state_version = "", .text = {"A", "v"}},
		{.id = {4}, .state_version = "", .text = {"A", "w"}},
		{.id = {5}, .state_version = "", .text = {"A", "x"}},
		{.id = {8}, .state_version = "", .text = {"S", "s"}},
		{.id = {9}, .state_version = "", .text = {"S", "s"}},
	};
	static const uint8_t want[10] = {0, 4, 3, 2, 1, 0, 0, 0, 0, 0};
	struct loglist a = list_of(before, NUM(before));
	struct loglist b = list_of(after, NUM(after));
	struct list_diff diff = diff_of(&a, &b, &arena);
	CHECK_INT(diff.num_logs, 6, "two gone, four new");
	for (size_t i = 0; i < diff.num_logs; i++) {
		const struct log_change *change = &diff.logs[i];
		uint8_t id = (change->after ? change->after : change->before)->id[0];
		CHECK_INT(change->twin ? change->twin->id[0] : 0, want[id], "log %d", id);
	}
	arena_clear(&arena);
}

static struct ct_log covering(
	uint8_t id, enum log_state state, size_t op, const char *start, const char *end)
{
	return (struct ct_log){.id = {id},
		.state = state,
		.op = op,
		.state_version = "",
		.has_interval = true,
		.start_ms = ms_of(start),
		.end_ms = ms_of(end)};
}

static void check_year(const struct list_diff *diff, size_t index, int year,
	size_t before, size_t after, size_t operators_before, size_t operators_after)
{
	if (!CHECK(index < diff->num_years, "year %d", year)) {
		return;
	}
	const struct year_count *row = &diff->years[index];
	CHECK_INT(row->year, year, "row %zu", index);
	CHECK_INT(row->before.logs, before, "logs before, %d", year);
	CHECK_INT(row->after.logs, after, "logs after, %d", year);
	CHECK_INT(row->before.operators, operators_before, "operators before, %d", year);
	CHECK_INT(row->after.operators, operators_after, "operators after, %d", year);
}

static void test_years(void)
{
	struct arena arena = {NULL, NULL};
	struct ct_log before[] = {
		// Ends before the list was published: of no interest any more.
		covering(
			1, LOG_USABLE, 0, "2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
		// Half a year; to the last millisecond of a year; a millisecond of the next.
		covering(
			2, LOG_USABLE, 0, "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"),
		covering(3, LOG_QUALIFIED, 0, "2026-07-01T00:00:00Z",
			"2027-01-01T00:00:00Z"),
		covering(4, LOG_USABLE, 1, "2026-07-01T00:00:00Z",
			"2027-01-01T00:00:00.001Z"),
		// Not counted, and no years of theirs either.
		covering(5, LOG_READONLY, 2, "2026-01-01T00:00:00Z",
			"2031-01-01T00:00:00Z"),
		covering(6, LOG_PENDING, 2, "2026-01-01T00:00:00Z",
			"2032-01-01T00:00:00Z"),
	};
	struct ct_log after[] = {
		covering(2, LOG_RETIRED, 0, "2026-01-01T00:00:00Z",
			"2026-07-01T00:00:00Z"),
		covering(
			6, LOG_USABLE, 2, "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"),
		covering(
			7, LOG_USABLE, 2, "2029-01-01T00:00:00Z", "2029-01-02T00:00:00Z"),
	};
	struct loglist a = list_of(before, NUM(before));
	struct loglist b = list_of(after, NUM(after));
	struct list_diff diff = diff_of(&a, &b, &arena);
	CHECK_INT(diff.num_years, 3, "2028 has no log, and 2025 is over");
	check_year(&diff, 0, 2026, 3, 1, 2, 1);
	check_year(&diff, 1, 2027, 1, 0, 1, 0);
	check_year(&diff, 2, 2029, 0, 1, 0, 1);
	CHECK_INT(diff.before.logs, 4, "in all");
	CHECK_INT(diff.before.operators, 2, "in all, operators");
	CHECK_INT(diff.after.logs, 2, "in all, after");
	CHECK_INT(diff.after.operators, 1, "in all, operators after");
	for (size_t i = 0; i < diff.num_logs; i++) {
		const struct log_change *change = &diff.logs[i];
		bool over = !change->after && change->before->id[0] == 1;
		CHECK_INT(change->expired, over, "expired, %zu", i);
	}
	// A log without an interval takes every year, and makes none.
	after[0] = (struct ct_log){.id = {2}, .state = LOG_USABLE, .state_version = ""};
	diff = diff_of(&a, &b, &arena);
	CHECK_INT(diff.num_years, 4, "2028, too");
	check_year(&diff, 2, 2028, 0, 1, 0, 1);
	b.num_logs = 1;
	diff = diff_of(&b, &b, &arena);
	CHECK_INT(diff.num_years, 0, "no interval, no year");
	arena_clear(&arena);
}

static void test_limits(void)
{
	struct arena arena = {NULL, NULL};
	struct ct_log log = covering(
		1, LOG_USABLE, 0, "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z");
	struct loglist a = list_of(&log, 1);
	struct loglist none = list_of(&log, 0);
	struct list_diff diff = diff_of(&none, &a, &arena);
	CHECK_INT(diff.num_years, LIST_DIFF_MAX_YEARS, "an interval of all years");
	check_year(&diff, 0, 2026, 0, 1, 0, 1);
	none.published_ms = ms_of("0000-01-01T00:00:00Z");
	diff = diff_of(&none, &a, &arena);
	CHECK_INT(diff.num_years, LIST_DIFF_MAX_YEARS, "from the older list on");
	check_year(&diff, 0, 0, 0, 1, 0, 1);
	none.published_ms = a.published_ms = ms_of("9999-06-01T00:00:00Z");
	diff = diff_of(&a, &none, &arena);
	CHECK_INT(diff.num_years, 1, "to the last year");
	check_year(&diff, 0, 9999, 1, 0, 1, 0);
	diff = diff_of(&none, &none, &arena);
	CHECK(list_diff_is_empty(&diff) && diff.num_years == 0,
		"two lists without a log");
	arena_clear(&arena);
}

// Each list of the history against itself, and the names that programs read.
static void test_bundled(void)
{
	struct arena arena = {NULL, NULL};
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = bundled_lists("apple", &err);
	for (size_t i = 0; lists && i < lists_num(lists); i++) {
		const struct loglist *list = lists_at(lists, i);
		struct list_diff diff = diff_of(list, list, &arena);
		CHECK(list_diff_is_empty(&diff), "list %zu is what it is", i);
		CHECK(diff.num_new_operators == 0 && diff.num_gone_operators == 0,
			"list %zu: operators", i);
		CHECK(diff.before.logs == diff.after.logs && diff.before.logs > 0,
			"list %zu: counts", i);
		arena_reset(&arena);
	}
	lists_unref(lists);
	arena_clear(&arena);
	CHECK_TEXT(log_fact_name(LOG_FACT_INTERVAL), "temporal_interval", "a fact");
	CHECK_TEXT(log_fact_name(LOG_FACT_TEXTS + LOG_URL), "url", "a text");
	CHECK_TEXT(list_effect_name(EFFECT_NEW_STOP), "new_scts_stop", "an effect");
}

void test_list_diff(void)
{
	test_facts();
	test_effects();
	test_head();
	test_order_and_operators();
	test_keys();
	test_key_pairs();
	test_years();
	test_limits();
	test_bundled();
}

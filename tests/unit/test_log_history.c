// SPDX-License-Identifier: Apache-2.0
// One log over all lists: finding it by what a person knows of it, and its steps.
#include "base/text.h"
#include "loglist/bundled.h"
#include "loglist/log_history.h"
#include "tests/unit/test.h"

void test_log_history(void);

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static const char *operator_names[] = {"Alder", "Birch"};

struct version {
	struct ct_log logs[3];
	size_t num;
};

static struct ctp_lists *make_lists(struct version *versions, size_t num)
{
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	for (size_t i = 0; lists && i < num; i++) {
		struct loglist list = {.name = "apple",
			.schema = "",
			.version = "1",
			.published_ms = (int64_t)i,
			.sha256 = {(uint8_t)i},
			.operators = operator_names,
			.num_operators = NUM(operator_names),
			.logs = versions[i].logs,
			.num_logs = versions[i].num};
		CHECK(lists_add(lists, &list, &err), "list %zu", i);
	}
	CHECK(lists && lists_freeze(lists, false, &err), "lists: %s", err.text);
	return lists;
}

#define ONE(state_, ...)                                                       \
	{                                                                      \
		.id = {1}, .state = (state_), .state_version = "", __VA_ARGS__ \
	}

static void test_steps(void)
{
	static struct version versions[] = {
		{.num = 1, .logs = {{.id = {2}, .state_version = ""}}},
		{.num = 1, .logs = {ONE(LOG_PENDING)}},
		{.num = 1, .logs = {ONE(LOG_PENDING)}},
		{.num = 1, .logs = {ONE(LOG_USABLE, .since_ms = 7, .op = 1)}},
		{.num = 0},
		{.num = 1, .logs = {ONE(LOG_USABLE, .since_ms = 7, .op = 1)}},
		{.num = 1, .logs = {ONE(LOG_USABLE, .since_ms = 7, .op = 1, .mmd = 5)}},
		{.num = 0},
	};
	static const struct {
		int64_t published_ms;
		bool listed;
		unsigned facts;
	} want[] = {
		{1, true, 0},
		{3, true, 1u << LOG_FACT_STATE | 1u << LOG_FACT_OPERATOR},
		{4, false, 0},
		{5, true, 0},
		{6, true, 1u << LOG_FACT_MMD},
		{7, false, 0},
	};
	struct arena arena = {NULL, NULL};
	struct log_history history;
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = make_lists(versions, NUM(versions));
	CHECK(log_history_make(lists, NULL, (const uint8_t[LOG_ID_LEN]){1}, &arena,
		      &history, &err),
		"a history");
	CHECK_INT(history.num_lists, 5, "lists with it");
	CHECK_INT(history.first->published_ms, 1, "first");
	CHECK_INT(history.last->published_ms, 6, "last");
	CHECK_INT(history.log->mmd, 5, "as the last one says");
	CHECK_INT(history.num_steps, NUM(want), "steps");
	for (size_t i = 0; i < NUM(want) && i < history.num_steps; i++) {
		const struct log_step *step = &history.steps[i];
		CHECK_INT(step->list->published_ms, want[i].published_ms, "step %zu", i);
		CHECK_INT(step->log != NULL, want[i].listed, "step %zu: listed", i);
		CHECK_INT(step->facts, want[i].facts, "step %zu: facts", i);
	}
	lists_unref(lists);
	arena_clear(&arena);
}

// How many logs fit, and the first of them.
static size_t find(const struct ctp_lists *lists, const char *text, uint8_t *out_first)
{
	struct arena arena = {NULL, NULL};
	const struct ct_log **logs = NULL;
	size_t num = 0;
	struct err err;
	err_clear(&err);
	CHECK(log_history_find(
		      lists, NULL, bytes_of_text(text), &arena, &logs, &num, &err),
		"finding \"%s\"", text);
	*out_first = num ? logs[0]->id[0] : 0;
	arena_clear(&arena);
	return num;
}

static void test_find(void)
{
	// The ids are of 0xab, then 0xfb, the number and zeros: in base64 q/s...
	static struct version versions[] = {
		{.num = 2,
			.logs = {{.id = {0xab, 0xfb, 1},
					 .text = {"Old name", "https://a.example/2026/"}},
				{.id = {0xac, 2},
					.text = {"Birch", "https://a.example/2027/"}}}},
		{.num = 3,
			.logs = {{.id = {0xab, 0xfb, 1}, .text = {"Alder 2026"}},
				{.id = {0xac, 2},
					.text = {"Alder 2026h2", NULL,
						"https://s.example/",
						"https://m.example/"}},
				{.id = {0xad, 3}, .text = {NULL}}}},
	};
	static const struct {
		const char *text;
		size_t want;
		uint8_t want_first;
	} cases[] = {
		{"", 0, 0},
		{"nothing", 0, 0},
		{"alder", 2, 0xab},
		{"ALDER 2026H", 1, 0xac},
		{"alder2026H", 1, 0xac},
		{" a l der2026 ", 1, 0xab},
		{"   ", 0, 0},
		{"\n", 0, 0},
		{"der 2026h 3", 0, 0},
		// Whole: the only one, though the other contains it.
		{"alder 2026", 1, 0xab},
		{"Alder 2026h2", 1, 0xac},
		// What an older list said.
		{"old NAME", 1, 0xab},
		{"a.example", 2, 0xab},
		{"a.example/2027", 1, 0xac},
		{"s.example", 1, 0xac},
		{"m.example", 1, 0xac},
		// Ids: five letters are no id.
		{"abfb0", 0, 0},
		{"abfb01", 1, 0xab},
		{"ABFB01", 1, 0xab},
		{"abfb0100", 1, 0xab},
		{"abfb02", 0, 0},
		{"q/sBAA", 1, 0xab},
		{"q_sBAA", 1, 0xab},
		{"Q/SBAA", 0, 0},
		{"q/sBA", 0, 0},
		{"rQMAAA", 1, 0xad},
		{"rQMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 1, 0xad},
		{"rQMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 1, 0xad},
		{"rQMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", 0, 0},
		{"ad03000000000000000000000000000000000000000000000000000000000000", 1,
			0xad},
		{"ad030000000000000000000000000000000000000000000000000000000000000", 0,
			0},
	};
	struct ctp_lists *lists = make_lists(versions, NUM(versions));
	for (size_t i = 0; i < NUM(cases); i++) {
		uint8_t first;
		CHECK_INT(find(lists, cases[i].text, &first), cases[i].want, "\"%s\"",
			cases[i].text);
		CHECK_INT(first, cases[i].want_first, "\"%s\"", cases[i].text);
	}
	lists_unref(lists);
}

// Every log of the bundled history is found by its id in each form, and ends in the state that
// the last list says.
static void test_bundled(void)
{
	struct arena arena = {NULL, NULL};
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = bundled_lists("apple", &err);
	const struct loglist *newest = lists_at(lists, lists_num(lists) - 1);
	for (size_t i = 0; i < newest->num_logs; i++) {
		const struct ct_log *log = &newest->logs[i];
		struct log_history history;
		char hex[2 * LOG_ID_LEN + 1];
		char base64[TEXT_BASE64_ROOM(LOG_ID_LEN)];
		uint8_t first;
		text_hex(bytes_of(log->id, LOG_ID_LEN), hex);
		text_base64(bytes_of(log->id, LOG_ID_LEN), base64);
		CHECK_INT(find(lists, hex, &first), 1, "%s", hex);
		CHECK_INT(find(lists, base64, &first), 1, "%s", base64);
		CHECK(log_history_make(lists, NULL, log->id, &arena, &history, &err),
			"%s", hex);
		CHECK(history.last == newest && history.log == log, "%s: last", hex);
		CHECK(history.num_steps > 0 &&
				history.steps[history.num_steps - 1].log->state ==
					log->state,
			"%s: its state", hex);
		arena_reset(&arena);
	}
	lists_unref(lists);
	arena_clear(&arena);
}

void test_log_history(void)
{
	test_steps();
	test_find();
	test_bundled();
}

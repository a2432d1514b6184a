// SPDX-License-Identifier: Apache-2.0
// The two forms of a log list, JSON and our history: what they refuse, and what must not be
// lost on the way from one to the other. The lists are made from the fuzz corpora by one
// change each.
#include "loglist/bundled.h"
#include "loglist/history.h"
#include "loglist/list_diff.h"
#include "loglist/loglist_json.h"
#include "tests/unit/test.h"

void test_list_forms(void);

// A corpus file in which `from` is `to`.
static struct buffer changed(const char *file, const char *from, const char *to)
{
	char path[128];
	struct buffer out;
	(void)snprintf(path, sizeof(path), "tests/fuzz/corpus/%s", file);
	struct bytes text = test_read_file(path);
	buffer_init(&out, LISTS_MAX_FILE);
	size_t len = strlen(from);
	size_t at = 0;
	while (at + len <= text.len && memcmp(text.data + at, from, len) != 0) {
		at++;
	}
	if (CHECK(at + len <= text.len, "%s has %s", file, from)) {
		buffer_put(&out, bytes_of(text.data, at));
		buffer_put_text(&out, to);
		buffer_put(&out, bytes_of(text.data + at + len, text.len - at - len));
	}
	free((void *)(uintptr_t)text.data);
	return out;
}

static const struct {
	const char *file, *from, *to;
	enum code want;
	const char *want_text; // a part of it
} refused[] = {
	{"log_list/apple", "\"Alder\"", "\"\"", CODE_LOG_LIST_INVALID, "empty"},
	// what the history could not tell from a second word
	{"log_list/head", "\"version\":\"6\"", "\"version\":\"6 7\"",
		CODE_LOG_LIST_INVALID, "one word"},
	{"log_list/head", "\"AAAA\"", "\"A A\"", CODE_LOG_LIST_INVALID, "one word"},
	// a zone that leads out of the four-digit years
	{"log_list/apple", "2026-01-02T03:04:05Z", "9999-12-31T23:59:59-00:01",
		CODE_LOG_LIST_INVALID, "RFC 3339"},
	{"log_list/previous", "[{\"name\":\"Birch 2\"", "[{\"name\":\"\"",
		CODE_LOG_LIST_INVALID,
		"operators[0].logs[0].previous_operators[0].name: must not be empty"},
	{"log_list/previous", "\"end_time\":\"2025-01", "\"end_tim\":\"2025-01",
		CODE_LOG_LIST_INVALID,
		"previous_operators[0]: a required time is missing"},
	{"log_list/previous", "2025-06-01T00:00:00.5Z", "soon", CODE_LOG_LIST_INVALID,
		"previous_operators[1].end_time: must be an RFC 3339 time"},
	{"log_list/apple", "\"state\"", "\"previous_operators\":{},\"state\"",
		CODE_LOG_LIST_INVALID, "previous_operators: must be an array"},
	{"log_list/apple", "\"state\"", "\"previous_operators\":[7],\"state\"",
		CODE_LOG_LIST_INVALID, "previous_operators[0]: must be an object"},
	{"history/previous", "Z 7 Birch", "Z 0 Birch", CODE_LOG_LIST_INVALID,
		"the value does not read"},
	{"history/previous", "Z 7 Birch", "Z 6 Birch", CODE_LOG_LIST_INVALID,
		"the value does not read"},
	{"history/previous", "Z 4 ", "Z 5 ", CODE_LOG_LIST_INVALID,
		"the value does not read"},
	{"history/plain", "list 2026-01-02", "list 2026-01-03", CODE_LOG_LIST_INVALID,
		"ought to be labelled 2026-01-02.02000000"},
	{"history/plain", "list 2026-01-02.02000000", "list 2026-01-01.01000000",
		CODE_LOG_LIST_INVALID, "line 9: two lists have this label"},
	{"history/plain", "state usable", "state none", CODE_LOG_LIST_INVALID,
		"line 22:"},
	{"history/plain", "operator Alder", "operator \\00", CODE_LOG_LIST_INVALID,
		"UTF-8"},
	{"history/plain", "description A", "description \\FF", CODE_LOG_LIST_INVALID,
		"UTF-8"},
	{"history/plain", "name apple", "name \\C3", CODE_LOG_LIST_INVALID, "UTF-8"},
	{"history/plain", "mmd 86400", "mmd 9223372036854775808", CODE_LOG_LIST_INVALID,
		"line 21: the value does not read"},
};

static void test_refused(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct buffer text =
			changed(refused[i].file, refused[i].from, refused[i].to);
		struct err err;
		err_clear(&err);
		struct ctp_lists *lists = lists_from_file(buffer_bytes(&text), &err);
		CHECK(!lists, "case %zu is refused", i);
		CHECK_CODE(&err, refused[i].want, "case %zu", i);
		CHECK(strstr(err.text, refused[i].want_text) != NULL, "case %zu: %s", i,
			err.text);
		lists_unref(lists);
		buffer_clear(&text);
	}
}

// Two entries of one name are one operator: it would count as two otherwise.
static void test_operator_twice(void)
{
	struct err err;
	err_clear(&err);
	struct buffer text = changed("log_list/apple", "\"Empty\"", "\"Alder\"");
	struct ctp_lists *lists = lists_from_file(buffer_bytes(&text), &err);
	buffer_clear(&text);
	if (!CHECK(lists != NULL, "an operator in two entries: %s", err.text)) {
		return;
	}
	const struct loglist *list = lists_at(lists, 0);
	for (size_t i = 0; i < list->num_operators; i++) {
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(list->operators[i], list->operators[k]) != 0,
				"operators %zu and %zu", k, i);
		}
	}
	lists_unref(lists);
}

// A log that stands in the history twice.
static void test_log_twice(void)
{
	struct buffer text = changed("history/plain", "log ", "log ");
	struct bytes whole = buffer_bytes(&text);
	size_t at = 0;
	while (memcmp(whole.data + at, "\nlog ", 5) != 0) {
		at++;
	}
	struct buffer twice;
	buffer_init(&twice, LISTS_MAX_FILE);
	buffer_put(&twice, whole);
	buffer_put(&twice, bytes_of(whole.data + at + 1, whole.len - at - 1));
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_from_file(buffer_bytes(&twice), &err);
	CHECK(!lists, "a log twice");
	CHECK_CODE(&err, CODE_LOG_LIST_INVALID, "a log twice");
	lists_unref(lists);
	buffer_clear(&twice);
	buffer_clear(&text);
}

// One operator too many, in either form.
static void test_too_many_operators(void)
{
	struct buffer names;
	buffer_init(&names, LISTS_MAX_FILE);
	buffer_put_text(&names, "\"operators\":[");
	for (int i = 0; i < LISTS_MAX_OPERATORS; i++) {
		buffer_printf(&names, "{\"name\":\"%d\"},", i);
	}
	buffer_put_char(&names, '\0');
	struct buffer text =
		changed("log_list/apple", "\"operators\":[", (const char *)names.data);
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_from_file(buffer_bytes(&text), &err);
	CHECK(!lists, "too many operators");
	CHECK_CODE(&err, CODE_TOO_LARGE, "too many operators");
	lists_unref(lists);
	buffer_clear(&text);
	buffer_clear(&names);
}

static const struct {
	const char *file, *from, *to;
} kept[] = {
	{"log_list/apple", "\"version\":\"7\"", "\"version\":\"\""},
	{"log_list/apple", "\"operators\"",
		"\"log_list_timestamp\":\"2026-02-03T04:05:06.007Z\",\"operators\""},
	{"log_list/chrome", "\"version\":\"7\"", "\"version\":\"\""},
	{"log_list/large-number", "Alder", "Alder"}, // mmd 2^63 - 1
	{"log_list/texts", "Alder", "-"},
	{"log_list/previous", "Alder", "Alder"},
	{"history/previous", "Alder", "Alder"},
	{"history/plain", "name apple", "name mozilla"},
};

static struct ctp_lists *read_again(struct buffer *text, const char *what, size_t i)
{
	struct err err;
	err_clear(&err);
	CHECK(!text->failed, "case %zu, %s writes", i, what);
	struct ctp_lists *lists = lists_from_file(buffer_bytes(text), &err);
	CHECK(lists != NULL, "case %zu, %s: %s", i, what, err.text);
	return lists;
}

static void compare(
	const struct ctp_lists *a, const struct ctp_lists *b, const char *what, size_t i)
{
	if (!a || !b) {
		return;
	}
	const struct loglist *x = lists_at(a, 0);
	const struct loglist *y = lists_at(b, 0);
	CHECK_TEXT(loglist_source(x), loglist_source(y), "case %zu, %s", i, what);
	CHECK_TEXT(x->version, y->version, "case %zu, %s", i, what);
	CHECK_INT(x->published_ms, y->published_ms, "case %zu, %s", i, what);
	CHECK_INT(x->logs[0].mmd, y->logs[0].mmd, "case %zu, %s", i, what);
	for (size_t k = 0; k < x->num_logs && k < y->num_logs; k++) {
		CHECK(!(log_facts_changed(x, &x->logs[k], y, &y->logs[k]) &
			      1u << LOG_FACT_PREVIOUS),
			"case %zu, %s: its operators before", i, what);
	}
	CHECK_TEXT(x->operators[x->logs[0].op], y->operators[y->logs[0].op],
		"case %zu, %s", i, what);
}

static void test_kept(void)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		struct err err;
		struct buffer text = changed(kept[i].file, kept[i].from, kept[i].to);
		struct buffer json;
		struct buffer history;
		err_clear(&err);
		buffer_init(&json, LISTS_MAX_FILE);
		buffer_init(&history, LISTS_MAX_FILE);
		struct ctp_lists *lists = read_again(&text, "the list", i);
		if (lists) {
			CHECK(history_write(lists, &history, &err), "case %zu", i);
			struct ctp_lists *again = read_again(&history, "the history", i);
			compare(lists, again, "the history", i);
			lists_unref(again);
		}
		if (lists) {
			CHECK(loglist_json_write(lists_at(lists, 0), &json, &err),
				"case %zu", i);
			struct ctp_lists *again = read_again(&json, "the export", i);
			compare(lists, again, "the export", i);
			lists_unref(again);
		}
		lists_unref(lists);
		buffer_clear(&history);
		buffer_clear(&json);
		buffer_clear(&text);
	}
}

void test_list_forms(void)
{
	test_refused();
	test_operator_twice();
	test_log_twice();
	test_too_many_operators();
	test_kept();
}

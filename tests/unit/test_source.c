// SPDX-License-Identifier: Apache-2.0
// The table of sources, and what is meant where none is named.
#include "loglist/source.h"

#include "loglist/bundled.h"
#include "policy/policy.h"
#include "tests/unit/test.h"

void test_source(void);

static void test_rows(void)
{
	char choices[64] = "";
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		const struct source *row = source_at(i);
		CHECK_TEXT(source_names[i], row->name, "the names are the rows'");
		CHECK(source_find(bytes_of_text(row->name)) == row, "%s: found",
			row->name);
		CHECK_INT(source_index(row->name), i, "%s: its place", row->name);
		CHECK_TEXT(source_title(row->name), row->title, "%s", row->name);
		CHECK(source_of_form(row->form) == row, "%s: no other has its form",
			row->name);
		CHECK(!row->url || strncmp(row->url, "https://", 8) == 0, "%s: its url",
			row->name);
		CHECK(!row->key || strstr(row->key, "BEGIN PUBLIC KEY"), "%s: its key",
			row->name);
		CHECK(*row->history_len > 1000, "%s: its lists are in the program",
			row->name);
		(void)snprintf(choices + strlen(choices),
			sizeof(choices) - strlen(choices), "|%s", row->name);
	}
	CHECK(!source_names[NUM_SOURCES], "the end");
	CHECK_TEXT(source_choices, choices, "what there is to choose from");
	CHECK_TEXT(SOURCE_MAIN, "apple", "the main one");
	CHECK(!source_find(bytes_of_text(LIST_NAME_BARE)), "a form is no source");
	CHECK(!source_find(BYTES_NONE) && !source_find(bytes_of_text("appl")), "none");
	CHECK_TEXT(source_title("nobody"), "nobody", "as it is called");
}

// Each policy that is about lists is about those of a source.
static void test_policies(void)
{
	for (size_t i = 0; i < policy_num(); i++) {
		const char *list = policy_at(i)->list;
		CHECK(!list || source_find(bytes_of_text(list)), "%s: %s",
			policy_at(i)->name, list);
	}
}

// A source whose name comes first in the alphabet does not take the main one's place.
static void test_main(void)
{
	static const struct {
		const char *names[2];
		const char *want;
	} cases[] = {{{"android", "apple"}, "apple"}, {{"apple", "android"}, "apple"},
		{{"chrome", "apple"}, "apple"}, {{"mozilla", "chrome"}, "chrome"},
		{{"chrome", "chrome"}, "chrome"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		enum lists_basis basis;
		err_clear(&err);
		struct ctp_lists *lists = lists_new(&err);
		for (size_t k = 0; k < 2; k++) {
			struct loglist list = {.name = cases[i].names[k],
				.schema = "",
				.version = "",
				.published_ms = (int64_t)k + 1};
			CHECK(lists_add(lists, &list, &err), "case %zu: %s", i, err.text);
		}
		CHECK(lists_freeze(lists, false, &err), "case %zu: %s", i, err.text);
		CHECK_TEXT(lists_main_source(lists), cases[i].want, "case %zu", i);
		const struct loglist *list = lists_in_force(lists, NULL, 5, &basis);
		CHECK_TEXT(
			list ? list->name : "", cases[i].want, "case %zu: its list", i);
		CHECK(lists_newest(lists, NULL) == list, "case %zu: the newest", i);
		lists_unref(lists);
	}
}

void test_source(void)
{
	test_rows();
	test_policies();
	test_main();
}

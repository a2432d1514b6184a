// SPDX-License-Identifier: Apache-2.0
// A set of the lists of several sources, each a history of its own; a log's operators over time.
#include "loglist/lists.h"
#include "tests/unit/facts_build.h"

void test_list_sources(void);

#define A INT64_C(1700000000000)
#define B INT64_C(1710000000000)
#define C INT64_C(1720000000000)

// Two histories and a list that says only "v3", in one set.
static struct ctp_lists *mixed_lists(bool given, const char *expected)
{
	static const struct {
		const char *name, *version;
		int64_t published_ms;
		uint8_t sha256;
	} all[] = {{"v3", "", B, 5}, {"chrome", "9.2", C, 2}, {"apple", "2", B, 4},
		{"chrome", "9.1", A, 1}, {"apple", "1", A + 1, 3},
		{"chrome", "9.1", A, 1}};
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	lists_expect(lists, expected);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct loglist list = {.name = all[i].name,
			.schema = "",
			.version = all[i].version,
			.published_ms = all[i].published_ms,
			.sha256 = {all[i].sha256}};
		CHECK(lists_add(lists, &list, &err), "%s: %s", all[i].name, err.text);
	}
	if (given) {
		lists_give(lists, "chrome");
	}
	lists_give(lists, "nobody");
	lists_pin(lists, (const uint8_t[32]){3}, C);
	CHECK(lists_freeze(lists, false, &err), "three sources: %s", err.text);
	return lists;
}

static void test_in_force_of_each(void)
{
	static const struct {
		const char *source;
		int64_t at_ms;
		int want; // the hash's first byte; 0: no list
		enum lists_basis want_basis;
		int64_t want_next_ms; // 0: none
	} cases[] = {
		{"apple", 0, 3, BASIS_EXTRAPOLATED, A + 1},
		{"apple", B, 4, BASIS_EXACT, C},
		{"apple", C, 3, BASIS_EXACT, 0}, // gone back to
		{NULL, B, 4, BASIS_EXACT, C},
		{"chrome", A, 1, BASIS_EXACT, C},
		{"chrome", A - 1, 1, BASIS_EXTRAPOLATED, A},
		{"chrome", C, 2, BASIS_EXACT, 0},
		{"mozilla", A, 5, BASIS_EXTRAPOLATED, B},
		{"mozilla", C, 5, BASIS_EXACT, 0},
		{"v3", C, 0, BASIS_GIVEN, 0},
		{"nobody", C, 0, BASIS_GIVEN, 0},
	};
	struct ctp_lists *lists = mixed_lists(false, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum lists_basis basis = BASIS_EXACT;
		int64_t next_ms = 0;
		const struct loglist *list =
			lists_in_force(lists, cases[i].source, cases[i].at_ms, &basis);
		CHECK_INT(list ? list->sha256[0] : 0, cases[i].want, "case %zu", i);
		CHECK_INT(basis, cases[i].want_basis, "case %zu", i);
		CHECK(lists_next_change(lists, cases[i].source, cases[i].at_ms,
			      &next_ms) == (cases[i].want_next_ms != 0),
			"case %zu", i);
		CHECK_INT(next_ms, cases[i].want_next_ms, "case %zu", i);
	}
	lists_unref(lists);
}

static void test_sources(void)
{
	static const uint8_t order[] = {3, 4, 1, 2, 5};
	struct ctp_lists *lists = mixed_lists(false, NULL);
	CHECK_INT(lists_num(lists), sizeof(order), "one is there twice");
	for (size_t i = 0; i < sizeof(order) && i < lists_num(lists); i++) {
		CHECK_INT(lists_at(lists, i)->sha256[0], order[i], "list %zu", i);
	}
	size_t num;
	CHECK_INT(lists_num_sources(lists), 3, "sources");
	CHECK_TEXT(lists_source_at(lists, 2), "mozilla", "the last");
	CHECK_TEXT(lists_main_source(lists), "apple", "the main one");
	CHECK(lists_of(lists, "chrome", &num) == lists_at(lists, 2) && num == 2,
		"Chrome's");
	CHECK(!lists_of(lists, "v3", &num) && num == 0, "a form is no source");
	CHECK(lists_newest(lists, "mozilla") == lists_at(lists, 4), "Mozilla's");
	CHECK(!lists_newest(lists, "nobody") && !lists_newest(NULL, NULL), "none");
	CHECK_TEXT(lists_newest(lists, "mozilla")->name, "v3", "as it names itself");
	lists_unref(lists);
}

// What is given of one source does not make the other histories given; a set's fingerprint
// tells all of that apart.
static void test_given_source(void)
{
	struct err err;
	err_clear(&err);
	struct ctp_lists *plain = mixed_lists(false, NULL);
	struct ctp_lists *given = mixed_lists(true, "mozilla");
	enum lists_basis basis;
	int64_t next_ms;
	CHECK_INT(lists_in_force(given, "chrome", 0, &basis)->sha256[0], 2, "given");
	CHECK_INT(basis, BASIS_GIVEN, "given");
	CHECK(!lists_next_change(given, "chrome", 0, &next_ms), "for ever");
	CHECK_INT(lists_in_force(given, "apple", B, &basis)->sha256[0], 4, "not given");
	CHECK_INT(basis, BASIS_EXACT, "not given");
	CHECK_TEXT(lists_newest(given, "mozilla")->name, "mozilla", "by its source");
	struct digest *digest = digest_new(&err);
	uint8_t a[DIGEST_SHA256_LEN];
	uint8_t b[DIGEST_SHA256_LEN];
	CHECK(lists_fingerprint(plain, digest, a) &&
			lists_fingerprint(given, digest, b) &&
			memcmp(a, b, sizeof(a)) != 0,
		"two fingerprints");
	digest_free(digest);
	lists_unref(plain);
	lists_unref(given);
	struct ctp_lists *lists = lists_new(&err);
	static const char *const names[] = {"a", "b", "c", "d"};
	for (size_t i = 0; i < 4; i++) {
		struct loglist list = {.name = names[i], .schema = "", .version = ""};
		CHECK(lists_add(lists, &list, &err) == (i < 3), "source %zu", i);
	}
	CHECK_CODE(&err, CODE_LOG_LIST_INVALID, "a fourth source");
	lists_unref(lists);
}

static struct ctp_lists *one_list(const char *name, uint8_t sha256, bool given)
{
	struct err err;
	err_clear(&err);
	struct loglist list = {.name = name,
		.schema = "",
		.version = "",
		.published_ms = B,
		.sha256 = {sha256}};
	struct ctp_lists *lists = lists_new(&err);
	CHECK(lists_add(lists, &list, &err) && lists_freeze(lists, given, &err), "%s",
		err.text);
	return lists;
}

// Own lists in front of others': each source's are those of one of the two, as they were there.
static void test_joined(void)
{
	static const uint8_t order[] = {3, 4, 9, 5};
	struct err err;
	err_clear(&err);
	struct ctp_lists *mixed = mixed_lists(false, NULL);
	struct ctp_lists *own = one_list("chrome", 9, true);
	struct ctp_lists *joined = lists_join(own, mixed, &err);
	struct ctp_lists *other = one_list("d", 7, false);
	lists_unref(mixed);
	lists_unref(own);
	CHECK(joined, "%s", err.text);
	CHECK_INT(lists_num(joined), sizeof(order), "by source");
	for (size_t i = 0; i < sizeof(order); i++) {
		CHECK_INT(lists_at(joined, i)->sha256[0], order[i], "list %zu", i);
	}
	enum lists_basis basis;
	CHECK_INT(lists_in_force(joined, "chrome", 0, &basis)->sha256[0], 9, "its own");
	CHECK_INT(basis, BASIS_GIVEN, "given");
	CHECK_INT(lists_in_force(joined, NULL, C, &basis)->sha256[0], 3, "gone back to");
	CHECK(lists_in_force(joined, NULL, C, &basis) == lists_at(joined, 0), "its own");
	CHECK_INT(basis, BASIS_EXACT, "not given");
	CHECK_TEXT(lists_main_source(joined), "apple", "the main one");
	CHECK(!lists_join(joined, other, &err), "a fourth source");
	CHECK_CODE(&err, CODE_LOG_LIST_INVALID, "a fourth source");
	lists_unref(other);
	lists_unref(joined);
}

// Chrome's rule: the first of the previous ones whose end is after the SCT's time.
static void test_operator_at(void)
{
	static const struct log_operator previous[] = {{"First", 100}, {"Second", 200}};
	const char *operators[] = {"Other", "Now"};
	struct ct_log log = {.op = 1, .previous = previous, .num_previous = 2};
	struct loglist list = {.operators = operators, .num_operators = 2};
	static const struct {
		int64_t at_ms;
		const char *want;
	} cases[] = {{INT64_MIN, "First"}, {99, "First"}, {100, "Second"},
		{199, "Second"}, {200, "Now"}, {INT64_MAX, "Now"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_TEXT(loglist_operator_at(&list, &log, cases[i].at_ms),
			cases[i].want, "at %lld", (long long)cases[i].at_ms);
	}
	log.num_previous = 0;
	CHECK_TEXT(loglist_operator_at(&list, &log, 0), "Now", "none before");
}

static void test_log_name(void)
{
	struct ct_log log = {.id = {0xff}, .text = {[LOG_DESCRIPTION] = "A\n'log'"}};
	char room[LOG_NAME_ROOM];
	struct buffer out;
	buffer_init(&out, 100);
	CHECK_TEXT(log_name(&log, room), "A\n'log'", "its description");
	log_put_name(&out, &log);
	CHECK(!memchr(out.data, '\n', out.len), "escaped");
	static const char *const none[] = {NULL, ""};
	for (size_t i = 0; i < 2; i++) {
		log.text[LOG_DESCRIPTION] = none[i];
		CHECK(log_name(&log, room) == room, "its id");
		CHECK_TEXT(room,
			"/wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "in base64");
	}
	buffer_clear(&out);
}

void test_list_sources(void)
{
	test_in_force_of_each();
	test_sources();
	test_given_source();
	test_joined();
	test_log_name();
	test_operator_at();
}

// SPDX-License-Identifier: Apache-2.0
// POLICY.md 3, "Which list": the set of lists, the one in force, states undone.
#include "loglist/bundled.h"
#include "loglist/history.h"
#include "loglist/loglist_json.h"
#include "tests/unit/facts_build.h"

void test_lists(void);

struct version {
	const char *version;
	int64_t published_ms;
	int64_t asset_version, asset_version_v2;
	uint8_t sha256; // its first byte
};

static struct ctp_lists *make_lists(
	const struct version *versions, size_t num, bool given, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	bool good = lists != NULL;
	for (size_t i = 0; i < num && good; i++) {
		struct loglist list = {.name = "test",
			.schema = "",
			.version = versions[i].version,
			.asset_version = versions[i].asset_version,
			.asset_version_v2 = versions[i].asset_version_v2,
			.published_ms = versions[i].published_ms,
			.sha256 = {versions[i].sha256}};
		good = lists_add(lists, &list, err);
	}
	if (good && lists_freeze(lists, given, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

#define A INT64_C(1700000000000)
#define B INT64_C(1710000000000)
#define C INT64_C(1720000000000)

static void test_in_force(void)
{
	static const struct version versions[] = {
		{"3", C, 3, -1, 3},
		{"1", A, 1, -1, 1},
		{"2", B, 2, -1, 2},
	};
	static const struct {
		int64_t at_ms;
		const char *want;
		enum lists_basis want_basis;
		int64_t want_change; // 0: none
	} cases[] = {
		{INT64_MIN, "1", BASIS_EXTRAPOLATED, A},
		{0, "1", BASIS_EXTRAPOLATED, A},
		{A - 1, "1", BASIS_EXTRAPOLATED, A},
		{A, "1", BASIS_EXACT, B},
		{A + 1, "1", BASIS_EXACT, B},
		{B - 1, "1", BASIS_EXACT, B},
		{B, "2", BASIS_EXACT, C},
		{C - 1, "2", BASIS_EXACT, C},
		{C, "3", BASIS_EXACT, 0},
		{INT64_MAX, "3", BASIS_EXACT, 0},
	};
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = make_lists(versions, 3, false, &err);
	CHECK_CODE(&err, CODE_NONE, "three lists");
	for (size_t i = 0; lists && i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum lists_basis basis = BASIS_GIVEN;
		const struct loglist *list =
			lists_in_force(lists, NULL, cases[i].at_ms, &basis);
		CHECK_TEXT(list->version, cases[i].want, "at %" PRId64, cases[i].at_ms);
		CHECK_INT(basis, cases[i].want_basis, "at %" PRId64, cases[i].at_ms);
		int64_t change = 0;
		CHECK_INT(lists_next_change(lists, NULL, cases[i].at_ms, &change),
			cases[i].want_change != 0, "after %" PRId64, cases[i].at_ms);
		CHECK_INT(change, cases[i].want_change, "after %" PRId64, cases[i].at_ms);
	}
	lists_unref(lists);
}

// The list that the user names is in force whatever the time.
static void test_given(void)
{
	static const struct version version = {"7", B, -1, -1, 7};
	static const int64_t times[] = {0, B - 1, B, C};
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = make_lists(&version, 1, true, &err);
	for (size_t i = 0; lists && i < sizeof(times) / sizeof(times[0]); i++) {
		enum lists_basis basis = BASIS_EXACT;
		CHECK_TEXT(lists_in_force(lists, NULL, times[i], &basis)->version, "7",
			"given");
		CHECK_INT(basis, BASIS_GIVEN, "given at %" PRId64, times[i]);
		int64_t change = 0;
		CHECK(!lists_next_change(lists, NULL, times[i], &change),
			"it never changes");
	}
	lists_unref(lists);
	CHECK_TEXT(lists_basis_name(BASIS_GIVEN), "given", "name");
	CHECK_TEXT(lists_basis_name(BASIS_EXACT), "exact", "name");
	CHECK_TEXT(lists_basis_name(BASIS_EXTRAPOLATED), "extrapolated", "name");
}

// Published at the same moment: the greater version, then the greater asset version.
static void test_ties(void)
{
	static const struct {
		const char *comment;
		struct version versions[3];
		size_t num;
		uint8_t want; // sha256 of the one in force
		size_t want_num;
	} cases[] = {
		{"version as a number", {{"99", A, 1, 1, 1}, {"499", A, 0, 0, 2}}, 2, 2,
			2},
		{"... of equal length", {{"498", A, 1, 1, 1}, {"499", A, 0, 0, 2}}, 2, 2,
			2},
		{"no version is the oldest", {{"", A, 9, 9, 1}, {"1", A, 0, 0, 2}}, 2, 2,
			2},
		{"one version, two asset versions",
			{{"499", A, 7, 1, 1}, {"499", A, 8, 0, 2}}, 2, 2, 2},
		{"... two of the second kind",
			{{"499", A, 7, -1, 1}, {"499", A, 7, 3, 2}}, 2, 2, 2},
		{"only the bytes differ", {{"499", A, 7, 3, 1}, {"499", A, 7, 3, 2}}, 2,
			2, 2},
		{"publication comes first",
			{{"499", A + 1, 1, 1, 1}, {"500", A, 9, 9, 2}}, 2, 1, 2},
		{"the same list twice is one", {{"5", A, 1, 1, 1}, {"5", A, 1, 1, 1}}, 2,
			1, 1},
		{"... with another between",
			{{"5", A, 1, 1, 1}, {"6", A, 1, 1, 2}, {"5", A, 1, 1, 1}}, 3, 2,
			2},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct version turned[3];
		for (size_t k = 0; k < cases[i].num; k++) {
			turned[k] = cases[i].versions[cases[i].num - 1 - k];
		}
		for (int turn = 0; turn < 2; turn++) {
			struct err err;
			err_clear(&err);
			enum lists_basis basis;
			struct ctp_lists *lists =
				make_lists(turn ? turned : cases[i].versions,
					cases[i].num, false, &err);
			CHECK_CODE(&err, CODE_NONE, "%s", cases[i].comment);
			if (lists) {
				CHECK_INT(lists_num(lists), cases[i].want_num, "%s",
					cases[i].comment);
				CHECK_INT(
					lists_in_force(lists, NULL, C, &basis)->sha256[0],
					cases[i].want, "%s, turn %d", cases[i].comment,
					turn);
			}
			lists_unref(lists);
		}
	}
}

// What ended after the time of check is undone, with an extrapolated list only; approvals
// are not.
static void test_standing(void)
{
	static const struct {
		enum log_state state;
		enum lists_basis basis;
		int64_t at_ms;
		enum log_state want;
	} cases[] = {
		{LOG_RETIRED, BASIS_EXTRAPOLATED, B - 1, LOG_USABLE},
		{LOG_RETIRED, BASIS_EXTRAPOLATED, B, LOG_RETIRED},
		{LOG_RETIRED, BASIS_EXTRAPOLATED, B + 1, LOG_RETIRED},
		{LOG_READONLY, BASIS_EXTRAPOLATED, B - 1, LOG_USABLE},
		{LOG_READONLY, BASIS_EXTRAPOLATED, B, LOG_READONLY},
		{LOG_REJECTED, BASIS_EXTRAPOLATED, B - 1, LOG_USABLE},
		{LOG_REJECTED, BASIS_EXTRAPOLATED, B, LOG_REJECTED},
		{LOG_USABLE, BASIS_EXTRAPOLATED, B - 1, LOG_USABLE},
		{LOG_QUALIFIED, BASIS_EXTRAPOLATED, B - 1, LOG_QUALIFIED},
		{LOG_PENDING, BASIS_EXTRAPOLATED, B - 1, LOG_PENDING},
		{LOG_NO_STATE, BASIS_EXTRAPOLATED, B - 1, LOG_NO_STATE},
		{LOG_RETIRED, BASIS_EXACT, B - 1, LOG_RETIRED},
		{LOG_REJECTED, BASIS_GIVEN, B - 1, LOG_REJECTED},
		{LOG_READONLY, BASIS_GIVEN, B - 1, LOG_READONLY},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ct_log log = {.state = cases[i].state, .since_ms = B};
		struct log_standing got =
			lists_standing(&log, cases[i].basis, cases[i].at_ms);
		bool undone = cases[i].want != cases[i].state;
		CHECK_INT(got.state, cases[i].want, "case %zu", i);
		CHECK_INT(got.extrapolated, undone, "case %zu: marked", i);
		CHECK_INT(got.since_ms, undone ? 0 : B, "case %zu: since", i);
	}
}

static void test_covers(void)
{
	struct ct_log log = {.has_interval = true, .start_ms = A, .end_ms = B};
	CHECK(!log_covers(&log, A - 1), "a ms before the start");
	CHECK(log_covers(&log, A), "at the start");
	CHECK(log_covers(&log, B - 1), "a ms before the end");
	CHECK(!log_covers(&log, B), "at the end");
	log.has_interval = false;
	CHECK(log_covers(&log, B), "without an interval");
}

static void test_names(void)
{
	for (size_t i = 0; i < NUM_LOG_STATES; i++) {
		enum log_state got = NUM_LOG_STATES;
		const char *name = log_state_name((enum log_state)i);
		CHECK(log_state_from_name(bytes_of_text(name), &got) && got == i, "%s",
			name);
	}
	enum log_state state;
	CHECK(!log_state_from_name(BYTES_LITERAL("frozen"), &state), "no such state");
	CHECK(!log_state_from_name(BYTES_NONE, &state), "no name");
	CHECK_TEXT(log_api_name(LOG_STATIC), "static", "name");
	CHECK_TEXT(log_api_name(LOG_RFC6962), "rfc6962", "name");
}

static void test_find(void)
{
	enum { NUM = 37 };
	struct ct_log logs[NUM];
	struct loglist list = {.logs = logs, .num_logs = NUM};
	uint8_t id[LOG_ID_LEN] = {0};
	memset(logs, 0, sizeof(logs));
	for (size_t i = 0; i < NUM; i++) {
		logs[i].id[0] = (uint8_t)(2 * i + 1);
	}
	for (unsigned byte = 0; byte < 2 * NUM + 1; byte++) {
		id[0] = (uint8_t)byte;
		const struct ct_log *got = loglist_find(&list, id);
		CHECK(byte % 2 ? got == &logs[byte / 2] : !got, "log %u", byte);
	}
	list.num_logs = 0;
	CHECK(!loglist_find(&list, id), "an empty list");
}

static void test_limits(void)
{
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	CHECK(lists && !lists_freeze(lists, false, &err), "nothing in it");
	CHECK_CODE(&err, CODE_LOG_LIST_EMPTY, "nothing in it");
	lists_unref(lists);
	err_clear(&err);
	lists = lists_new(&err);
	bool good = lists != NULL;
	struct loglist list = {.name = "test", .schema = "", .version = ""};
	for (size_t i = 0; i < LISTS_MAX && good; i++) {
		good = lists_add(lists, &list, &err);
	}
	CHECK(good, "as many as there may be");
	CHECK(!lists_add(lists, &list, &err), "one more");
	CHECK_CODE(&err, CODE_TOO_LARGE, "one more");
	lists_unref(lists_ref(lists));
	lists_unref(lists);
	lists_unref(NULL);
}

// One key of a set is one object, however many lists have it.
static void test_keys(void)
{
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	uint8_t spki[300][4] = {{0}};
	struct pubkey *keys[300] = {NULL};
	for (size_t i = 0; lists && i < 300; i++) {
		spki[i][0] = (uint8_t)i;
		spki[i][1] = (uint8_t)(i >> 8);
		keys[i] = lists_key(lists, bytes_of(spki[i], 4), &err);
	}
	for (size_t i = 0; lists && i < 300; i += 37) {
		CHECK(keys[i] && lists_key(lists, bytes_of(spki[i], 4), &err) == keys[i],
			"key %zu", i);
	}
	CHECK_CODE(&err, CODE_NONE, "keys");
	lists_unref(lists);
}

// The bundled history: sorted, every list with logs, usable at any time.
static void test_bundled(void)
{
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = bundled_lists("apple", &err);
	CHECK_CODE(&err, CODE_NONE, "the bundled history");
	for (size_t i = 0; lists && i < lists_num(lists); i++) {
		const struct loglist *list = lists_at(lists, i);
		CHECK(list->num_logs > 0 && list->num_operators > 0, "list %zu has logs",
			i);
		CHECK(i == 0 ||
				lists_at(lists, i - 1)->published_ms <=
					list->published_ms,
			"list %zu is newer", i);
		enum lists_basis basis;
		const struct loglist *got =
			lists_in_force(lists, NULL, list->published_ms, &basis);
		CHECK_INT(basis, BASIS_EXACT, "list %zu", i);
		CHECK_INT(got->published_ms, list->published_ms, "list %zu", i);
	}
	lists_unref(lists);
}

static void test_not_a_list(void)
{
	static const char *const files[] = {
		"", "{}", "[]", "hello", "{\"operators\":[]}"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct err err;
		err_clear(&err);
		CHECK(!lists_from_file(bytes_of_text(files[i]), &err), "\"%s\"",
			files[i]);
		CHECK(err.code != CODE_NONE && err.text[0], "\"%s\"", files[i]);
		test_produced(err.code);
	}
}

static struct ctp_lists *three_lists(bool pinned, int64_t since_ms)
{
	static const struct version versions[] = {
		{"1", A, 1, -1, 1},
		{"2", B, 2, -1, 2},
		{"3", C, 3, -1, 3},
	};
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	for (size_t i = 0; lists && i < 3; i++) {
		struct loglist list = {.name = "test",
			.schema = "",
			.version = versions[i].version,
			.published_ms = versions[i].published_ms,
			.sha256 = {versions[i].sha256}};
		CHECK(lists_add(lists, &list, &err), "a list");
	}
	if (pinned) {
		lists_pin(lists, (const uint8_t[32]){2}, since_ms);
	}
	CHECK(lists && lists_freeze(lists, false, &err), "three lists");
	return lists;
}

// The operator went back to the second of three.
static void test_pinned(void)
{
	static const struct {
		int64_t since_ms, at_ms;
		const char *want;
		int64_t want_next_ms; // 0: none
	} cases[] = {
		{C + 10, INT64_MIN, "1", A},
		{C + 10, A, "1", B},
		{C + 10, B, "2", C},
		{C + 10, C, "3", C + 10},
		{C + 10, C + 9, "3", C + 10},
		{C + 10, C + 10, "2", 0},
		{C + 10, INT64_MAX, "2", 0},
		{C - 10, B, "2", C - 10},
		{C - 10, C - 11, "2", C - 10},
		{C - 10, C - 10, "2", 0},
		{C - 10, C, "2", 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_lists *lists = three_lists(true, cases[i].since_ms);
		enum lists_basis basis;
		int64_t next_ms = 0;
		bool has_next = lists_next_change(lists, NULL, cases[i].at_ms, &next_ms);
		CHECK_TEXT(lists_in_force(lists, NULL, cases[i].at_ms, &basis)->version,
			cases[i].want, "case %zu", i);
		CHECK_INT(has_next ? next_ms : 0, cases[i].want_next_ms, "case %zu", i);
		lists_unref(lists);
	}
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	struct loglist list = {.name = "test", .schema = "", .version = "1"};
	enum lists_basis basis;
	lists_pin(lists, (const uint8_t[32]){9}, 0);
	CHECK(lists_add(lists, &list, &err) && lists_freeze(lists, false, &err), "one");
	CHECK_TEXT(
		lists_in_force(lists, NULL, 5, &basis)->version, "1", "a pin of no list");
	lists_unref(lists);
}

// The age is since the publication, or since it was last known to be the newest.
static void test_fetched(void)
{
	static const struct {
		int64_t first_ms, last_ms, at_ms;
		int64_t want_age_ms, want_fetched_ms;
	} cases[] = {
		{0, 0, A, 0, 0},
		{0, 0, A + 7, 7, 0},
		{0, 0, A - 7, -7, 0},
		{A + 10, A + 50, A + 9, 9, 0},
		{A + 10, A + 50, A + 10, 0, A + 50},
		{A + 10, A + 50, A + 30, 0, A + 50},
		{A + 10, A + 50, A + 50, 0, A + 50},
		{A + 10, A + 50, A + 51, 1, A + 50},
		{A - 9, A - 5, A + 3, 3, A - 5}, // published after it was fetched
		{A - 9, A - 5, A - 2, -2, A - 5},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct loglist list = {.published_ms = A,
			.fetched_first_ms = cases[i].first_ms,
			.fetched_last_ms = cases[i].last_ms};
		CHECK_INT(lists_age_ms(&list, cases[i].at_ms), cases[i].want_age_ms,
			"case %zu", i);
		CHECK_INT(lists_fetched_ms(&list, cases[i].at_ms),
			cases[i].want_fetched_ms, "case %zu", i);
	}
}

static void fingerprint(struct ctp_lists *lists, uint8_t out[DIGEST_SHA256_LEN])
{
	struct err err;
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	CHECK(lists_fingerprint(lists, digest, out), "a fingerprint");
	digest_free(digest);
	lists_unref(lists);
}

// Whatever changes a report changes it.
static void test_fingerprint(void)
{
	uint8_t one[DIGEST_SHA256_LEN];
	uint8_t other[DIGEST_SHA256_LEN];
	fingerprint(three_lists(false, 0), one);
	fingerprint(three_lists(false, 0), other);
	CHECK(memcmp(one, other, sizeof(one)) == 0, "the same lists");
	fingerprint(three_lists(true, A), other);
	CHECK(memcmp(one, other, sizeof(one)) != 0, "a pinned one");
	fingerprint(three_lists(true, A + 1), one);
	CHECK(memcmp(one, other, sizeof(one)) != 0, "pinned later");
	struct ctp_lists *lists = three_lists(true, A + 1);
	lists_note_fetched(lists, (const uint8_t[32]){1}, A, B);
	fingerprint(lists, other);
	CHECK(memcmp(one, other, sizeof(one)) != 0, "fetched");
}

void test_lists(void)
{
	test_pinned();
	test_fetched();
	test_fingerprint();
	test_in_force();
	test_given();
	test_ties();
	test_standing();
	test_covers();
	test_names();
	test_find();
	test_limits();
	test_keys();
	test_bundled();
	test_not_a_list();
}

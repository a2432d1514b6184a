// SPDX-License-Identifier: Apache-2.0
#include "serve/query.h"

#include "tests/unit/test.h"

void test_query(void);

static const char *const names[] = {"at", "id", "policies", NULL};

static void test_decoding(void)
{
	static const struct {
		const char *in;
		const char *want; // NULL: refused
		size_t want_offset;
	} cases[] = {
		{"", "", 0},
		{"abc", "abc", 0},
		{"a%20b%2Bc%2bd", "a b+c+d", 0},
		{"2026-06-01T12:00:00+02:00", "2026-06-01T12:00:00+02:00", 0},
		{"%2525", "%25", 0}, // undone once
		{"%C3%A9", "\xc3\xa9", 0},
		{"\xc3\xa9", "\xc3\xa9", 0},
		{"%7E~", "~~", 0},
		{"%", NULL, 0},
		{"ab%", NULL, 2},
		{"ab%4", NULL, 2},
		{"%4g", NULL, 0},
		{"%%41", NULL, 0},
		{"a% 41", NULL, 1},
		{"a%00b", NULL, 0}, // a NUL
		{"%0A", NULL, 0},
		{"%1f", NULL, 0},
		{"%7f", NULL, 0},
		{"\x01", NULL, 0},
		{"%C3", NULL, 0}, // half a character
		{"%C0%80", NULL, 0}, // a NUL in two bytes
		{"%ED%A0%80", NULL, 0}, // a surrogate
		{"%FF", NULL, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct bytes out = BYTES_NONE;
		struct err err;
		err_clear(&err);
		bool done =
			percent_decode(bytes_of_text(cases[i].in), &arena, &out, &err);
		CHECK_INT(done, cases[i].want != NULL, "'%s'", cases[i].in);
		CHECK_CODE(
			&err, done ? CODE_NONE : CODE_BAD_PARAMETER, "'%s'", cases[i].in);
		if (done) {
			CHECK_TEXT((const char *)out.data, cases[i].want, "'%s'",
				cases[i].in);
			CHECK_INT(out.len, strlen(cases[i].want), "'%s'", cases[i].in);
		} else {
			CHECK_INT(err.offset, cases[i].want_offset, "'%s'", cases[i].in);
		}
		arena_clear(&arena);
	}
}

static void check_value(const struct parameters *got, const char *name, const char *want,
	const char *query)
{
	struct bytes value = query_value(got, name);
	CHECK_TEXT((const char *)value.data, want, "'%s': %s", query, name);
	CHECK_INT(value.len, want ? strlen(want) : 0, "'%s': %s", query, name);
}

static void test_queries(void)
{
	static const struct {
		const char *query;
		const char *want_at, *want_id, *want_policies; // NULL: not given
	} cases[] = {
		{"", NULL, NULL, NULL},
		{"&", NULL, NULL, NULL},
		{"at=1", "1", NULL, NULL},
		{"at=1&id=2&policies=3", "1", "2", "3"},
		{"policies=a,b&&id=x&", NULL, "x", "a,b"},
		{"at", "", NULL, NULL}, // without a value
		{"at=", "", NULL, NULL},
		{"id==a=b", NULL, "=a=b", NULL}, // of the first = on
		{"%61t=1", "1", NULL, NULL}, // a name may be encoded too
		{"id=a%26at%3D1", NULL, "a&at=1", NULL}, // no separators
		{"id=a;at=1", NULL, "a;at=1", NULL}, // nor is that one
		{"id=+", NULL, "+", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *query = cases[i].query;
		struct arena arena = {0};
		struct parameters got;
		struct err err;
		err_clear(&err);
		CHECK(query_read(bytes_of_text(query), names, &arena, &got, &err), "'%s'",
			query);
		CHECK_CODE(&err, CODE_NONE, "'%s'", query);
		check_value(&got, "at", cases[i].want_at, query);
		check_value(&got, "id", cases[i].want_id, query);
		check_value(&got, "policies", cases[i].want_policies, query);
		check_value(&got, "AT", NULL, query);
		arena_clear(&arena);
	}
}

static void check_refused(const char *query, const char *const *known, enum code want,
	const char *want_field, const char *want_text)
{
	struct arena arena = {0};
	struct parameters got;
	struct err err;
	err_clear(&err);
	CHECK(!query_read(bytes_of_text(query), known, &arena, &got, &err), "'%s'",
		query);
	CHECK_CODE(&err, want, "'%s'", query);
	CHECK_TEXT(err.field, want_field, "'%s'", query);
	CHECK(strstr(err.text, want_text) != NULL, "'%s': %s", query, err.text);
	arena_clear(&arena);
}

static void test_refused(void)
{
	static const char *const none[] = {NULL};
	check_refused("at=1&at=1", names, CODE_BAD_PARAMETER, "at", "twice");
	check_refused("at&at", names, CODE_BAD_PARAMETER, "at", "twice");
	check_refused("at=1&%61t=2", names, CODE_BAD_PARAMETER, "at", "twice");
	check_refused("at=%", names, CODE_BAD_PARAMETER, "at", "hex digits");
	check_refused("at=%FF", names, CODE_BAD_PARAMETER, "at", "UTF-8");
	check_refused("%=1", names, CODE_BAD_PARAMETER, "", "hex digits");
	check_refused("at=1&policy=apple", names, CODE_UNKNOWN_PARAMETER, "policy",
		"nearest is \"policies\"");
	check_refused("At=1", names, CODE_UNKNOWN_PARAMETER, "At", "no parameter \"At\"");
	check_refused("=1", names, CODE_UNKNOWN_PARAMETER, "", "no parameter \"\"");
	check_refused("at=1", none, CODE_UNKNOWN_PARAMETER, "at", "takes no parameters");
}

// More names than there is room for.
static void test_many(void)
{
	static const char *const many[] = {
		"a", "b", "c", "d", "e", "f", "g", "h", "i", NULL};
	struct arena arena = {0};
	struct parameters got;
	struct err err;
	err_clear(&err);
	CHECK(query_read(BYTES_LITERAL("a&b&c&d&e&f&g&h"), many, &arena, &got, &err),
		"%s", err.text);
	CHECK_INT(got.num, QUERY_MAX_PARAMETERS, "all of them");
	CHECK(!query_read(BYTES_LITERAL("a&b&c&d&e&f&g&h&i"), many, &arena, &got, &err),
		"one more");
	CHECK_CODE(&err, CODE_BAD_PARAMETER, "one more");
	CHECK_INT(got.num, QUERY_MAX_PARAMETERS, "no more than there is room for");
	arena_clear(&arena);
}

void test_query(void)
{
	test_decoding();
	test_queries();
	test_refused();
	test_many();
}

// SPDX-License-Identifier: Apache-2.0
#include "sct/sct_json.h"

#include "base/text.h"
#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_sct_json(void);

#define ID "\"id\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""
#define TIME "\"timestamp\":1700000000123"
#define REST "\"extensions\":\"\",\"signature\":\"BAMAAqq7\""
#define WHOLE "{\"sct_version\":0," ID "," TIME "," REST "}"

static struct bytes serialized(struct out *o)
{
	derw_put_uint(o, 0, 1);
	for (uint64_t i = 0; i < SCT_LOG_ID_LEN; i++) {
		derw_put_uint(o, i, 1);
	}
	derw_put_uint(o, UINT64_C(1700000000123), 8);
	derw_put(o, "\x00\x00\x04\x03\x00\x02\xaa\xbb", 8);
	return bytes_of(o->data, o->len);
}

// All three forms, and the JSON in every order and spacing: the same SCT.
static void test_good(void)
{
	struct out o = {0};
	struct bytes want = serialized(&o);
	struct out base64 = {0};
	pki_base64(&base64, want.data, want.len);
	struct out url = {0};
	for (size_t i = 0; i < base64.len; i++) {
		char c = (char)base64.data[i];
		char u = c == '+' ? '-' : c == '/' ? '_' : c;
		if (c != '=') {
			derw_put(&url, &u, 1);
		}
	}
	const struct {
		const char *name;
		struct bytes in;
	} cases[] = {
		{"serialized", want},
		{"base64", bytes_of(base64.data, base64.len)},
		{"base64url", bytes_of(url.data, url.len)},
		{"JSON", BYTES_LITERAL(WHOLE)},
		{"JSON with space around it", BYTES_LITERAL("\r\n " WHOLE " \t\n")},
		{"another order",
			BYTES_LITERAL("{" REST "," TIME "," ID ",\"sct_version\":0}")},
		{"spaces",
			BYTES_LITERAL("{ \"sct_version\" : 0 ,\n" ID "\t," TIME " , " REST
				      " }")},
		{"no padding",
			BYTES_LITERAL(
				"{\"sct_version\":0,"
				"\"id\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"," TIME
				"," REST "}")},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct bytes got = BYTES_NONE;
		struct err err;
		err_clear(&err);
		CHECK(sct_from_any_form(cases[i].in, &arena, &got, &err), "%s",
			cases[i].name);
		CHECK_CODE(&err, CODE_NONE, "%s", cases[i].name);
		CHECK(bytes_equal(got, want), "%s", cases[i].name);
		arena_clear(&arena);
	}
	derw_clear(&url);
	derw_clear(&base64);
	derw_clear(&o);
}

// "\/" is how some JSON writers put a slash, and "\u003d" how others put the padding.
static void test_escapes(void)
{
	static const char *const ids[] = {
		"\\/\\/ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"\\u002f\\u002FECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\\u003d",
	};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		char text[512];
		struct arena arena = {0};
		struct bytes got = BYTES_NONE;
		struct err err;
		err_clear(&err);
		(void)snprintf(text, sizeof(text),
			"{\"sct_version\":0,\"id\":\"%s\"," TIME "," REST "}", ids[i]);
		CHECK(sct_from_any_form(bytes_of_text(text), &arena, &got, &err),
			"%s: %s", ids[i], err.text);
		CHECK(got.len == 49 && got.data[1] == 0xff && got.data[2] == 0xf1, "%s",
			ids[i]);
		arena_clear(&arena);
	}
}

static const struct bad_case {
	const char *name;
	const char *in;
	size_t want_offset;
	const char *want_text;
} bad_cases[] = {
	{"nothing", "", 0, "empty"},
	{"white space", " \n", 0, "empty"},
	{"no base64", "AAE*", 3, "neither"},
	{"no base64, behind spaces", "  AAE*", 5, "neither"},
	{"an empty object", "{}", 1, "'\"' belongs here"},
	{"no end", "{\"sct_version\":0", 16, "belongs here"},
	{"an array in it", "{\"sct_version\":[0]}", 15, "a number belongs"},
	{"a negative version", "{\"sct_version\":-1}", 15, "a number belongs"},
	{"a version as text", "{\"sct_version\":\"0\"}", 15, "a number belongs"},
	{"a fraction", "{\"timestamp\":1.5}", 14, "'}' belongs"},
	{"an exponent", "{\"timestamp\":1e3}", 14, "'}' belongs"},
	{"an id as number", "{\"id\":5}", 6, "'\"' belongs"},
	{"null", "{\"id\":null}", 6, "'\"' belongs"},
	{"no colon", "{\"id\" \"AA\"}", 6, "':' belongs"},
	{"a comma at the end", "{\"sct_version\":0,}", 17, "'\"' belongs"},
	{"no closing quote", "{\"id\":\"AAEC", 11, "belongs here"},
	{"a backslash at the very end", "{\"id\":\"AAEC\\", 12, "belongs here"},
	{"a line end in a string", "{\"id\":\"AA\nEC\"}", 9, "control character"},
	{"an unknown field", "{\"sct_version\":0,\"extra\":1}", 25, "does not know"},
	{"a name in escapes", "{\"\\u0069d\":\"\"}", 11, "does not know"},
	{"a field twice", "{\"sct_version\":0,\"sct_version\":0}", 31, "stands twice"},
	{"bytes behind it", WHOLE "x", sizeof(WHOLE) - 1, "left over"},
	{"two objects", WHOLE "{}", sizeof(WHOLE) - 1, "left over"},
	{"no version", "{" ID "," TIME "," REST "}", 0, "lacks \"sct_version\""},
	{"no id", "{\"sct_version\":0," TIME "," REST "}", 0, "lacks \"id\""},
	{"no timestamp", "{\"sct_version\":0," ID "," REST "}", 0, "lacks \"timestamp\""},
	{"no extensions", "{\"sct_version\":0," ID "," TIME ",\"signature\":\"\"}", 0,
		"lacks \"extensions\""},
	{"no signature", "{\"sct_version\":0," ID "," TIME ",\"extensions\":\"\"}", 0,
		"lacks \"signature\""},
	{"a short id", "{\"sct_version\":0,\"id\":\"AAEC\"," TIME "," REST "}", 0,
		"id is not 32 bytes"},
	{"an id that is no base64",
		"{\"sct_version\":0,\"id\":\"A*EC\"," TIME "," REST "}", 23,
		"not base64"},
	{"another escape", "{\"sct_version\":0,\"id\":\"\\u0141AEC\"," TIME "," REST "}",
		23, "not base64"},
	{"a version of 256", "{\"sct_version\":256," ID "," TIME "," REST "}", 15,
		"number is too large"},
	{"a time of 2^64",
		"{\"sct_version\":0," ID ",\"timestamp\":18446744073709551616," REST "}",
		81, "number is too large"},
	{"a time of forty digits",
		"{\"sct_version\":0," ID
		",\"timestamp\":9999999999999999999999999999999999999999," REST "}",
		81, "number is too large"},
};

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
		const struct bad_case *c = &bad_cases[i];
		struct arena arena = {0};
		struct bytes got = BYTES_NONE;
		struct err err;
		err_clear(&err);
		CHECK(!sct_from_any_form(bytes_of_text(c->in), &arena, &got, &err), "%s",
			c->name);
		CHECK_CODE(&err, CODE_BAD_SCT, "%s", c->name);
		CHECK_INT(err.offset, c->want_offset, "%s: %s", c->name, err.text);
		CHECK(strstr(err.text, c->want_text), "%s: %s", c->name, err.text);
		arena_clear(&arena);
	}
	// Cut short at every byte, it is nothing.
	for (size_t len = 1; len < sizeof(WHOLE) - 1; len++) {
		struct arena arena = {0};
		struct bytes got = BYTES_NONE;
		struct err err;
		err_clear(&err);
		CHECK(!sct_from_any_form(bytes_of(WHOLE, len), &arena, &got, &err), "%zu",
			len);
		CHECK_CODE(&err, CODE_BAD_SCT, "%zu bytes", len);
		CHECK(err.offset <= len, "%zu bytes", len);
		arena_clear(&arena);
	}
}

// The largest numbers that do fit, and a log's true answer.
static void test_limits(void)
{
	static const char largest[] = "{\"sct_version\":255," ID
				      ",\"timestamp\":18446744073709551615," REST "}";
	struct arena arena = {0};
	struct bytes got = BYTES_NONE;
	struct err err;
	err_clear(&err);
	CHECK(sct_from_any_form(bytes_of_text(largest), &arena, &got, &err), "%s",
		err.text);
	CHECK(got.len == 49 && got.data[0] == 255, "version 255");
	CHECK(got.len == 49 &&
			memcmp(got.data + 33, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0,
		"2^64 - 1");

	struct pki_world *world = pki_world_new("sct_json");
	struct out tbs = {0};
	struct out sct = {0};
	struct out json = {0};
	derw_put(&tbs, "tbs", 3);
	struct pki_entry entry = pki_entry_precert(world->ca_key, &tbs);
	struct pki_sct_spec spec =
		pki_world_sct(world, "AlderTiled2026h2", 1780272000000);
	pki_sct(&spec, &entry, &sct);
	pki_sct_json(&sct, &json);
	CHECK(sct_from_any_form(bytes_of(json.data, json.len), &arena, &got, &err), "%s",
		err.text);
	CHECK(bytes_equal(got, bytes_of(sct.data, sct.len)), "a static log's answer");
	derw_clear(&tbs);
	derw_clear(&sct);
	derw_clear(&json);
	pki_world_free(world);
	arena_clear(&arena);
}

void test_sct_json(void)
{
	test_good();
	test_escapes();
	test_bad();
	test_limits();
}

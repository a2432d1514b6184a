// SPDX-License-Identifier: Apache-2.0
// The strict reader of JSON: a table of faults with their places, and Jansson's own reader as
// the oracle over mutations of real text.
#include <jansson.h>

#include "loglist/json_load.h"
#include "tests/unit/test.h"

void test_json_load(void);

// What is well-formed, and how Jansson writes it again.
static const struct {
	const char *text;
	const char *want;
} good_cases[] = {
	{"{}", "{}"},
	{"[]", "[]"},
	{" \t\r\n[ ] \n", "[]"},
	{"[1,-1,0,-0]", "[1,-1,0,0]"},
	{"[9223372036854775807,-9223372036854775808]",
		"[9223372036854775807,-9223372036854775808]"},
	{"[1.5,-0.25,1e3,1E+3,12e-1,0.0]", "[1.5,-0.25,1000.0,1000.0,1.2,0.0]"},
	{"[1e-999,0e999999999999]", "[0.0,0.0]"},
	{"[true,false,null]", "[true,false,null]"},
	{"[\"\",\"a\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
		"[\"\",\"a\",\"\\\"\\\\/\\b\\f\\n\\r\\t\"]"},
	{"[\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"]",
		"[\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"]"},
	{"[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"]",
		"[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"]"},
	{"{\"a\":{\"b\":[{\"c\":\"d\"},2]},\"e\":3}",
		"{\"a\":{\"b\":[{\"c\":\"d\"},2]},\"e\":3}"},
	{"{\"\":1,\"\\u0061\":2}", "{\"\":1,\"a\":2}"},
};

static void test_good(void)
{
	for (size_t i = 0; i < sizeof(good_cases) / sizeof(good_cases[0]); i++) {
		struct json_fault fault;
		json_t *root = json_load(bytes_of_text(good_cases[i].text), &fault);
		char *text = root ? json_dump(root, JSON_COMPACT) : NULL;
		CHECK_TEXT(text, good_cases[i].want, "%s: %s", good_cases[i].text,
			root ? "read" : fault.text);
		free(text);
		json_decref(root);
	}
}

// Where the fault is, counted from 0.
static const struct {
	const char *text;
	size_t offset;
} bad_cases[] = {
	{"", 0},
	{"  ", 2},
	{"7", 0},
	{"\"x\"", 0},
	{"null", 0},
	{"\xef\xbb\xbf{}", 0},
	{"[", 1},
	{"{", 1},
	{"[1", 2},
	{"[1,", 3},
	{"[1,]", 3},
	{"[,1]", 1},
	{"[1 2]", 3},
	{"[1}", 2},
	{"{]", 1},
	{"{\"a\"}", 4},
	{"{\"a\":}", 5},
	{"{\"a\":1,}", 7},
	{"{\"a\" 1}", 5},
	{"{a:1}", 1},
	{"{'a':1}", 1},
	{"{1:1}", 1},
	{"{\"a\":1 \"b\":2}", 7},
	{"{\"a\":1, \"a\":2}", 8},
	{"{\"a\":1,\"\\u0061\":2}", 7},
	{"[] []", 3},
	{"{}x", 2},
	{"[tru]", 1},
	{"[True]", 1},
	{"[NaN]", 1},
	{"[Infinity]", 1},
	{"[-]", 2},
	{"[+1]", 1},
	{"[.5]", 1},
	{"[1.]", 3},
	{"[1.e5]", 3},
	{"[1e]", 3},
	{"[1e+]", 4},
	{"[01]", 1},
	{"[-01]", 2},
	{"[0x10]", 2},
	{"[9223372036854775808]", 1},
	{"[-9223372036854775809]", 1},
	{"[1e999]", 1},
	{"[-1e999]", 1},
	{"[\"a]", 4},
	{"[\"a\\", 4},
	{"[\"a\nb\"]", 3},
	{"[\"a\x01\"]", 3},
	{"[\"\\x41\"]", 3},
	{"[\"\\u004\"]", 4},
	{"[\"\\u004g\"]", 4},
	{"[\"\\u0000\"]", 8},
	{"[\"\\ud800\"]", 8},
	{"[\"\\ud800x\"]", 8},
	{"[\"\\ud800\\u0041\"]", 14},
	{"[\"\\udc00\"]", 8},
	{"[\"\xff\"]", 2},
	{"[\"\xc0\xaf\"]", 2},
	{"[\"\xed\xa0\x80\"]", 2},
	{"[\"\xf4\x90\x80\x80\"]", 2},
	{"[\"\xe2\x82\"]", 2},
	{"[1]//", 3},
};

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
		struct json_fault fault;
		json_t *root = json_load(bytes_of_text(bad_cases[i].text), &fault);
		if (!CHECK(!root, "%s", bad_cases[i].text)) {
			json_decref(root);
			continue;
		}
		CHECK(!fault.no_memory && fault.text[0], "%s: a reason",
			bad_cases[i].text);
		CHECK_INT(fault.offset, bad_cases[i].offset, "%s: %s", bad_cases[i].text,
			fault.text);
	}
}

static void test_places(void)
{
	struct json_fault fault;
	json_t *root = json_load(BYTES_LITERAL("{\n \"a\": [\n\t\xc3\xa9"), &fault);
	CHECK(!root, "text that breaks off");
	CHECK_INT(fault.line, 3, "line");
	CHECK_INT(fault.column, 2, "column");
	root = json_load(BYTES_LITERAL("[\"\xc3\xa9\", x]"), &fault);
	CHECK(!root, "a word");
	CHECK_INT(fault.line, 1, "line");
	CHECK_INT(fault.column, 8, "columns count bytes");
	root = json_load(BYTES_LITERAL("[\0]"), &fault);
	CHECK(!root && fault.offset == 1, "a NUL in the middle");
	root = json_load(BYTES_LITERAL("[]\0"), &fault);
	CHECK(!root && fault.offset == 2, "a NUL behind the end");
	root = json_load(BYTES_NONE, &fault);
	CHECK(!root && fault.offset == 0, "no bytes at all");
}

// What is no JSON at all is named, where it can be.
static void test_others(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", "it is empty"},
		{" \n", "it is empty"},
		{"\xef\xbb\xbf{}",
			"a byte order mark stands before it: save it as UTF-8 without "
			"one"},
		{"\xff\xfe{", "it looks like UTF-16: save it as UTF-8"},
		{"\xfe\xff", "it looks like UTF-16: save it as UTF-8"},
		{"\x1f\x8b\x08", "it is compressed by gzip: unpack it"},
		{"\n<html>", "it looks like HTML or XML"},
		{"-----BEGIN CERTIFICATE-----", "it is PEM"},
		{"-----BEGIN", "an object or an array belongs here"},
		{"7", "an object or an array belongs here"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_fault fault;
		CHECK(!json_load(bytes_of_text(cases[i].text), &fault), "%s",
			cases[i].text);
		CHECK_TEXT(fault.text, cases[i].want, "%s", cases[i].text);
	}
}

// Of the members around a fault the innermost is named, printable, where there is room.
static void test_members(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"{\"a\":{\"b\":[1,\"\\u0000\"]}}", "b"},
		{"{\"a\":{\"b\":1},\"c\":nil}", "c"},
		{"{\"a\":1,}", ""},
		{"[nil]", ""},
		{"{\"\":nil}", ""},
		{"{\"a\":{\"\":nil}}", "a"},
		{"{\"\\u001b[2J\":nil}", "\\1B[2J"},
		{"{\"a2345678901234567890123456789012345678901\":nil}", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_fault fault;
		json_t *root = json_load(bytes_of_text(cases[i].text), &fault);
		CHECK(!root, "%s", cases[i].text);
		CHECK_TEXT(fault.member, cases[i].want, "%s", cases[i].text);
	}
}

static json_t *load_nested(char open, char close, size_t depth, struct json_fault *fault)
{
	char text[2 * JSON_MAX_DEPTH + 4];
	memset(text, open, depth);
	memset(text + depth, close, depth);
	return json_load(bytes_of(text, 2 * depth), fault);
}

static void test_limits(void)
{
	struct json_fault fault;
	json_t *root = load_nested('[', ']', JSON_MAX_DEPTH, &fault);
	CHECK(root, "as deep as allowed: %s", fault.text);
	json_decref(root);
	root = load_nested('[', ']', JSON_MAX_DEPTH + 1, &fault);
	CHECK(!root && fault.offset == JSON_MAX_DEPTH, "one deeper");
	char number[140] = "[1.";
	memset(number + 3, '3', 126);
	memcpy(number + 129, "]", 2);
	root = json_load(bytes_of_text(number), &fault);
	CHECK(root, "a number of 128 characters: %s", fault.text);
	json_decref(root);
	memcpy(number + 129, "3]", 3);
	root = json_load(bytes_of_text(number), &fault);
	CHECK(!root && fault.offset == 1, "a number of 129");
}

// A few bytes of `text` changed, taken away or doubled.
static size_t mutate(uint8_t *text, size_t len, size_t room, uint64_t *seed)
{
	static const char bytes[] = "{}[]\",:\\u0e-.1\n \x80\xc3\xff\x01n";
	for (uint64_t n = 1 + test_random(seed) % 3; n > 0; n--) {
		size_t at = (size_t)(test_random(seed) % len);
		size_t span = (size_t)(test_random(seed) % 20);
		span = span < len - at ? span : len - at;
		uint8_t byte = (uint8_t)bytes[test_random(seed) % (sizeof(bytes) - 1)];
		switch (test_random(seed) % 4) {
		case 0:
			text[at] = byte;
			break;
		case 1:
			memmove(text + at, text + at + span, len - at - span);
			len -= span < len ? span : 0;
			break;
		case 2:
			if (len + span <= room) {
				memmove(text + at + span, text + at, len - at);
				len += span;
			}
			break;
		default:
			text[at] = (uint8_t)(text[at] ^ (1U << test_random(seed) % 8));
		}
		len = len ? len : 1;
	}
	return len;
}

static bool agree(struct bytes text)
{
	struct json_fault fault;
	json_error_t error;
	json_t *ours = json_load(text, &fault);
	json_t *theirs = json_loadb(
		(const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	bool same =
		(ours != NULL) == (theirs != NULL) && (!ours || json_equal(ours, theirs));
	if (!same) {
		printf("ours: %s; Jansson: %s\n%.*s\n", ours ? "read" : fault.text,
			theirs ? "read" : error.text, (int)text.len,
			(const char *)text.data);
	}
	json_decref(ours);
	json_decref(theirs);
	return same;
}

static void test_oracle(void)
{
	static const char seed_text[] =
		"{\"operators\":[{\"name\":\"A\\u00e9\\n\",\"email\":[\"a@b\"],\"logs\":[{"
		"\"key\":\"MFkw+/==\",\"mmd\":86400,\"x\":-1.25e-3,\"ok\":true,\"no\":null,"
		"\"state\":{\"usable\":{\"timestamp\":\"2026-01-01T00:00:00Z\"}}},{\"\":[]}]}],\n"
		" \"version\" : \"5\\\\\\\"\xc3\xa9\xf0\x9f\x98\x80\", \"n\":[0,1,22,-333,4.5]}";
	uint8_t text[2 * sizeof(seed_text)];
	uint64_t seed = 7;
	size_t num_agreed = 0;
	size_t num_read = 0;
	size_t num_inside = 0;
	enum { ROUNDS = 50000 };
	for (size_t i = 0; i < ROUNDS; i++) {
		memcpy(text, seed_text, sizeof(seed_text) - 1);
		size_t len = mutate(text, sizeof(seed_text) - 1, sizeof(text), &seed);
		struct json_fault fault;
		json_t *root = json_load(bytes_of(text, len), &fault);
		num_read += root != NULL;
		num_inside += root || fault.offset <= len;
		json_decref(root);
		num_agreed += agree(bytes_of(text, len));
	}
	CHECK_INT(num_inside, ROUNDS, "the fault is in the text");
	CHECK_INT(num_agreed, ROUNDS, "ours and Jansson's reader agree");
	CHECK(num_read > ROUNDS / 50 && num_read < ROUNDS / 2, "%zu were read", num_read);
}

void test_json_load(void)
{
	test_good();
	test_bad();
	test_places();
	test_others();
	test_members();
	test_limits();
	test_oracle();
}

// SPDX-License-Identifier: Apache-2.0
#include "base/plain.h"
#include "base/text.h"
#include "tests/unit/test.h"

void test_text(void);

static void test_base64(void)
{
	static const struct {
		const char *text;
		bool want;
		const char *want_hex;
		size_t want_offset;
	} cases[] = {
		{"", true, "", 0},
		{"AA==", true, "00", 0},
		{"AA", true, "00", 0},
		{"AAE=", true, "0001", 0},
		{"AAE", true, "0001", 0},
		{"AAEC", true, "000102", 0},
		{" A A\r\nE C\t", true, "000102", 0},
		{"+/+/", true, "fbffbf", 0},
		{"-_-_", true, "fbffbf", 0},
		{"+_+_", false, "", 1}, // the two alphabets mixed
		{"AB==", false, "", 4}, // unused bits set
		{"AAF=", false, "", 4},
		{"A", false, "", 1},
		{"A===", false, "", 1},
		{"AA=", false, "", 3},
		{"AA=A", false, "", 3},
		{"AAEC=", false, "", 4},
		{"AA==AA==", false, "", 4},
		{"AA*A", false, "", 2},
		{"\xc3\xa4", false, "", 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t out[32];
		char hex[65];
		size_t len = 0;
		bool got = text_unbase64(bytes_of_text(cases[i].text), out, &len);
		CHECK_INT(got, cases[i].want, "\"%s\"", cases[i].text);
		if (got) {
			text_hex(bytes_of(out, len), hex);
			CHECK_TEXT(hex, cases[i].want_hex, "\"%s\"", cases[i].text);
		} else {
			CHECK_INT(len, cases[i].want_offset, "\"%s\" offset",
				cases[i].text);
		}
	}
}

static void test_round_trip(void)
{
	uint64_t seed = 1;
	bool good = true;
	for (size_t len = 0; len < 300; len++) {
		uint8_t in[300], out[303];
		char text[TEXT_BASE64_ROOM(300)], hex[601];
		size_t out_len = 0;
		for (size_t i = 0; i < len; i++) {
			in[i] = (uint8_t)test_random(&seed);
		}
		text_base64(bytes_of(in, len), text);
		good = good && strlen(text) + 1 == TEXT_BASE64_ROOM(len) &&
			text_unbase64(bytes_of_text(text), out, &out_len) &&
			bytes_equal(bytes_of(in, len), bytes_of(out, out_len));
		text_hex(bytes_of(in, len), hex);
		good = good && text_unhex(bytes_of_text(hex), out, len) &&
			bytes_equal(bytes_of(in, len), bytes_of(out, len));
	}
	CHECK(good, "base64 and hex of 0 to 299 bytes go there and back");
}

static void test_utf8(void)
{
	static const struct {
		const char *bytes;
		size_t want_len;
		uint32_t want_char;
	} cases[] = {
		{"A", 1, 'A'},
		{"\xc3\xa4", 2, 0xe4},
		{"\xe2\x82\xac", 3, 0x20ac},
		{"\xf0\x9f\x98\x80", 4, 0x1f600},
		{"\xc0\x80", 0, 0}, // not shortest
		{"\xe0\x80\x80", 0, 0},
		{"\xed\xa0\x80", 0, 0}, // a surrogate
		{"\xf4\x90\x80\x80", 0, 0}, // beyond U+10FFFF
		{"\x80", 0, 0},
		{"\xe2\x82", 0, 0}, // cut short
		{"\xff", 0, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t c = 0;
		size_t len = text_utf8_decode(bytes_of_text(cases[i].bytes), &c);
		CHECK_INT(len, cases[i].want_len, "case %zu", i);
		if (len) {
			uint8_t again[4];
			CHECK_INT(c, cases[i].want_char, "case %zu", i);
			CHECK_INT(text_utf8_encode(c, again), len, "case %zu encodes", i);
		}
		CHECK_INT(text_is_utf8(bytes_of_text(cases[i].bytes)),
			len > 0 && len == strlen(cases[i].bytes), "case %zu whole", i);
	}
}

static void test_escaping(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"plain", "plain"},
		{"\x1b[31m", "\\1B[31m"},
		{"a\\b", "a\\5Cb"},
		{"line\nfeed", "line\\0Afeed"},
		{"\xe2\x80\xae"
		 "evil",
			"\\E2\\80\\AEevil"}, // right-to-left override
		{"\xff", "\\FF"},
		{"\xc3\xa4", "\xc3\xa4"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out;
		buffer_init(&out, 100);
		text_put_escaped(&out, bytes_of_text(cases[i].in));
		CHECK(bytes_equal(buffer_bytes(&out), bytes_of_text(cases[i].want)),
			"case %zu", i);
		uint8_t back[64];
		CHECK(out.len <= sizeof(back) &&
				bytes_equal(
					bytes_of(back,
						text_unescape(buffer_bytes(&out), back)),
					bytes_of_text(cases[i].in)),
			"case %zu and back", i);
		CHECK(text_is_utf8(buffer_bytes(&out)), "case %zu is UTF-8", i);
		buffer_clear(&out);
	}
}

static void test_distance(void)
{
	CHECK_INT(text_distance("apple", "apple"), 0, "same");
	CHECK_INT(text_distance("aplpe", "apple"), 1, "neighbours swapped");
	CHECK_INT(text_distance("aple", "apple"), 1, "one missing");
	CHECK_INT(text_distance("appple", "apple"), 1, "one too many");
	CHECK_INT(text_distance("", "apple"), 5, "empty");
	CHECK_INT(text_distance("chrome", "apple"), 5, "another word");
}

// A slip of the hand is answered by what was meant, another word by nothing.
static void test_nearest(void)
{
	static const char *const names[] = {"url", "listen", "policies", "none", NULL};
	static const struct {
		const char *word, *want;
	} cases[] = {{"lisen", "listen"}, {"policy", "policies"}, {"lis", "listen"},
		{"ulr", "url"}, {"port", NULL}, {"good", NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = text_nearest(cases[i].word, names);
		CHECK(got == cases[i].want ||
				(got && cases[i].want && strcmp(got, cases[i].want) == 0),
			"%s: %s", cases[i].word, got ? got : "nothing");
	}
}

// Every byte at every place of a text of some blocks, words and bytes.
static void test_plain(void)
{
	uint8_t text[2 * PLAIN_BLOCK + PLAIN_WORD + 3];
	for (unsigned c = 0; c < 256; c++) {
		bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
		for (size_t i = 0; i < sizeof(text); i++) {
			memset(text, i % 2 ? ' ' : '~', sizeof(text));
			text[i] = (uint8_t)c;
			CHECK_INT(plain_len(bytes_of(text, sizeof(text))),
				plain ? sizeof(text) : i, "byte %02x at %zu", c, i);
		}
	}
	CHECK_INT(plain_len(BYTES_NONE), 0, "nothing");
}

static void test_shell_word(void)
{
	static const struct {
		const char *word, *want;
	} cases[] = {{"mail.example.org:25", "mail.example.org:25"}, {"", "''"},
		{"a b", "'a b'"}, {"[::1]:25", "'[::1]:25'"}, {"it's", "'it'\\''s'"},
		{"$(x)", "'$(x)'"}, {"../ca-1_2.pem", "../ca-1_2.pem"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out;
		buffer_init(&out, 100);
		text_put_shell_word(&out, cases[i].word);
		buffer_put_char(&out, '\0');
		CHECK_TEXT((const char *)out.data, cases[i].want, "case %zu", i);
		buffer_clear(&out);
	}
}

void test_text(void)
{
	test_shell_word();
	test_plain();
	test_base64();
	test_round_trip();
	test_utf8();
	test_escaping();
	test_distance();
	test_nearest();
}

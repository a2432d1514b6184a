// SPDX-License-Identifier: Apache-2.0
#include "x509/der.h"

#include "tests/pki/der_write.h"
#include "tests/unit/test.h"

void test_der(void);

#define IN(text) BYTES_LITERAL(text)

static struct reader begin(struct bytes in, struct err *err)
{
	err_clear(err);
	return reader_init(in, CODE_BAD_CERTIFICATE, err);
}

// Any element: header rules of X.690 10.1.
static void test_headers(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		enum code want;
		size_t want_offset;
		size_t want_len;
	} cases[] = {
		{"empty value", IN("\x05\x00"), CODE_NONE, 0, 0},
		{"one byte", IN("\x02\x01\x07"), CODE_NONE, 0, 1},
		{"nothing", IN(""), CODE_BAD_CERTIFICATE, 0, 0},
		{"a tag alone", IN("\x30"), CODE_BAD_CERTIFICATE, 1, 0},
		{"indefinite length", IN("\x30\x80\x00\x00"), CODE_BAD_CERTIFICATE, 1, 0},
		{"length of five bytes", IN("\x30\x85\x00\x00\x00\x00\x01\x00"),
			CODE_BAD_CERTIFICATE, 1, 0},
		{"length of 127 bytes", IN("\x30\xff\x01"), CODE_BAD_CERTIFICATE, 1, 0},
		{"length cut short", IN("\x30\x82\x01"), CODE_BAD_CERTIFICATE, 3, 0},
		{"length 5 in the long form", IN("\x04\x81\x05\x01\x02\x03\x04\x05"),
			CODE_BAD_CERTIFICATE, 1, 0},
		{"length 127 in the long form", IN("\x04\x81\x7f"), CODE_BAD_CERTIFICATE,
			1, 0},
		{"a leading zero in the length", IN("\x04\x82\x00\x80"),
			CODE_BAD_CERTIFICATE, 1, 0},
		{"length beyond the end", IN("\x04\x03\x01\x02"), CODE_BAD_CERTIFICATE, 0,
			0},
		{"length of 4 GB", IN("\x04\x84\xff\xff\xff\xff"), CODE_BAD_CERTIFICATE,
			0, 0},
		{"a tag of two bytes", IN("\x1f\x81\x00"), CODE_BAD_CERTIFICATE, 0, 0},
		{"a long tag of class 3", IN("\xff\x01\x00"), CODE_BAD_CERTIFICATE, 0, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		struct reader r = begin(cases[i].in, &err);
		struct der_element element = der_any(&r, "thing");
		CHECK_CODE(&err, cases[i].want, "%s", cases[i].name);
		if (cases[i].want == CODE_NONE) {
			CHECK_INT(element.value.len, cases[i].want_len, "%s",
				cases[i].name);
			CHECK_INT(
				element.whole.len, cases[i].in.len, "%s", cases[i].name);
		} else {
			CHECK_INT(err.offset, cases[i].want_offset, "%s", cases[i].name);
			CHECK_INT(element.tag, 0, "%s: no tag", cases[i].name);
			CHECK(element.whole.data == NULL, "%s: no bytes", cases[i].name);
		}
	}
}

// Writer and reader of headers agree at every length where the form changes.
static void test_header_writer(void)
{
	static const size_t lens[] = {0, 1, 127, 128, 255, 256, 65535, 65536, 1048576};
	uint8_t *room = calloc(1, 1048576 + 6);
	for (size_t i = 0; room && i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct err err;
		size_t num = der_header(DER_OCTET_STRING, lens[i], room);
		struct reader r = begin(bytes_of(room, num + lens[i]), &err);
		struct der_element element = der_expect(&r, DER_OCTET_STRING, "thing");
		CHECK_CODE(&err, CODE_NONE, "length %zu", lens[i]);
		CHECK_INT(element.value.len, lens[i], "length %zu", lens[i]);
		CHECK(reader_done(&r), "length %zu", lens[i]);
	}
	free(room);
}

static void test_expect(void)
{
	struct err err;
	struct reader r = begin(IN("\x04\x01\x61\x02\x01\x05"), &err);
	CHECK(der_next_is(&r, DER_OCTET_STRING) && !der_next_is(&r, DER_INTEGER), "next");
	CHECK(bytes_equal(der_expect(&r, DER_OCTET_STRING, "s").value, IN("a")),
		"the value");
	(void)der_expect(&r, DER_OCTET_STRING, "wanted");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "another tag");
	CHECK_INT(err.offset, 3, "at the tag");
	CHECK_TEXT(
		err.text, "wanted: tag 0x02 where 0x04 belongs", "both tags are named");
	CHECK(!der_next_is(&r, DER_INTEGER), "nothing is next after a failure");
	r = begin(IN(""), &err);
	(void)der_enter(&r, DER_SEQUENCE, "list");
	CHECK_TEXT(err.text, "list: missing", "at the end");
	CHECK(!der_next_is(&r, DER_SEQUENCE), "nothing is next at the end");
}

// Nested readers: each level adds two bytes to the offset; depth costs no stack.
static void test_nesting(void)
{
	enum { DEPTH = 60 };
	uint8_t in[2 * DEPTH];
	for (size_t i = 0; i < DEPTH; i++) {
		in[2 * i] = DER_SEQUENCE;
		in[2 * i + 1] = (uint8_t)(2 * (DEPTH - 1 - i));
	}
	struct err err;
	struct reader r = begin(bytes_of(in, sizeof(in)), &err);
	for (size_t i = 0; i < DEPTH; i++) {
		r = der_enter(&r, DER_SEQUENCE, "level");
	}
	CHECK_CODE(&err, CODE_NONE, "all levels");
	CHECK_INT(reader_offset(&r), (int64_t)sizeof(in), "at the innermost end");
	in[DEPTH + 1]++; // a length in the middle goes beyond its parent
	r = begin(bytes_of(in, sizeof(in)), &err);
	for (size_t i = 0; i < DEPTH; i++) {
		r = der_enter(&r, DER_SEQUENCE, "level");
	}
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "longer than its parent");
	CHECK_INT(err.offset, DEPTH, "where");
}

static void test_integers(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		bool want;
		size_t want_len;
	} cases[] = {
		{"zero", IN("\x02\x01\x00"), true, 1},
		{"-1", IN("\x02\x01\xff"), true, 1},
		{"128", IN("\x02\x02\x00\x80"), true, 2},
		{"-129", IN("\x02\x02\xff\x7f"), true, 2},
		{"127 with a zero before it", IN("\x02\x02\x00\x7f"), false, 0},
		{"-128 with ff before it", IN("\x02\x02\xff\x80"), false, 0},
		{"two zeros", IN("\x02\x02\x00\x00"), false, 0},
		{"no contents", IN("\x02\x00"), false, 0},
		{"another type", IN("\x04\x01\x00"), false, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		struct reader r = begin(cases[i].in, &err);
		struct bytes value = der_integer(&r, "number");
		CHECK_CODE(&err, cases[i].want ? CODE_NONE : CODE_BAD_CERTIFICATE, "%s",
			cases[i].name);
		CHECK_INT(value.len, cases[i].want_len, "%s", cases[i].name);
		if (!cases[i].want) {
			CHECK_INT(err.offset, 0, "%s", cases[i].name);
		}
	}
}

static void test_small_types(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		enum code want;
		bool want_value;
	} booleans[] = {
		{"TRUE", IN("\x01\x01\xff"), CODE_NONE, true},
		{"TRUE as real certificates have it", IN("\x01\x01\x01"), CODE_NONE,
			true},
		{"FALSE", IN("\x01\x01\x00"), CODE_NONE, false},
		{"no byte", IN("\x01\x00"), CODE_BAD_CERTIFICATE, false},
		{"two bytes", IN("\x01\x02\xff\xff"), CODE_BAD_CERTIFICATE, false},
	};
	struct err err;
	for (size_t i = 0; i < sizeof(booleans) / sizeof(booleans[0]); i++) {
		struct reader r = begin(booleans[i].in, &err);
		CHECK_INT(der_boolean(&r, "b"), booleans[i].want_value, "%s",
			booleans[i].name);
		CHECK_CODE(&err, booleans[i].want, "%s", booleans[i].name);
	}
	struct reader r = begin(IN("\x03\x03\x00\xaa\xbb"), &err);
	CHECK(bytes_equal(der_octet_bits(&r, "bits"), IN("\xaa\xbb")), "whole bytes");
	r = begin(IN("\x03\x01\x00"), &err);
	CHECK(der_octet_bits(&r, "bits").len == 0 && err.code == CODE_NONE, "no bits");
	r = begin(IN("\x03\x02\x01\xaa"), &err);
	CHECK(der_octet_bits(&r, "bits").data == NULL, "an unused bit");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "an unused bit");
	r = begin(IN("\x03\x00"), &err);
	(void)der_octet_bits(&r, "bits");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "not even the count of unused bits");
}

struct time_case {
	uint8_t tag;
	const char *text;
	bool want;
	bool want_odd;
	int64_t want_seconds;
};

#define UTC DERW_UTC_TIME
#define GEN DERW_GENERALIZED_TIME

static const struct time_case time_cases[] = {
	{UTC, "210421000000Z", true, false, 1618963200},
	{UTC, "700101000000Z", true, false, 0},
	{UTC, "500101000000Z", true, false, -631152000}, // 1950
	{UTC, "491231235959Z", true, false, 2524607999}, // 2049
	{GEN, "20500101000000Z", true, false, 2524608000},
	{GEN, "19491231235959Z", true, false, -631152001},
	{GEN, "20210421000000Z", true, false, 1618963200},
	{GEN, "99991231235959Z", true, false, 253402300799},
	{GEN, "00000101000000Z", true, false, -62167219200},
	{UTC, "000229000000Z", true, false, 951782400},
	// odd, yet X.680 allows them and old certificates hold them
	{UTC, "2104210000Z", true, true, 1618963200},
	{UTC, "210421020000+0200", true, true, 1618963200},
	{UTC, "2104201900-0500", true, true, 1618963200},
	{UTC, "210421000000+0000", true, true, 1618963200},
	{GEN, "202104210000Z", true, true, 1618963200},
	{GEN, "20210421000000.9Z", true, true, 1618963200},
	{GEN, "20210421000000,123456Z", true, true, 1618963200},
	{GEN, "20210421053000.5+0530", true, true, 1618963200},
	{GEN, "99991231225959-0100", true, true, 253402300799},
	{GEN, "99991231235959-0100", false, false, 0}, // beyond the year 9999
	{GEN, "00000101000000+0100", false, false, 0},
	// none
	{UTC, "", false, false, 0},
	{UTC, "Z", false, false, 0},
	{UTC, "210421000000", false, false, 0}, // no zone
	{UTC, "210421000060Z", false, false, 0},
	{UTC, "210421006000Z", false, false, 0},
	{UTC, "210421240000Z", false, false, 0},
	{UTC, "210431000000Z", false, false, 0},
	{UTC, "211321000000Z", false, false, 0},
	{UTC, "210021000000Z", false, false, 0},
	{UTC, "210400000000Z", false, false, 0},
	{UTC, "210229000000Z", false, false, 0},
	{UTC, "21042100000Z", false, false, 0},
	{UTC, "210421000000z", false, false, 0},
	{UTC, "210421000000ZZ", false, false, 0},
	{UTC, "210421000000Z\n", false, false, 0},
	{UTC, "210421000000.5Z", false, false, 0}, // no fraction in UTCTime
	{UTC, "210421000000+02", false, false, 0},
	{UTC, "210421000000+1300", false, false, 0},
	{UTC, "210421000000+0260", false, false, 0},
	{UTC, "210421000000 0200", false, false, 0},
	{UTC, "2104210000-1Z", false, false, 0},
	{UTC, " 10421000000Z", false, false, 0},
	{GEN, "210421000000Z", false, false, 0}, // two digits of year
	{GEN, "20210421000000", false, false, 0},
	{GEN, "20210421000000.Z", false, false, 0},
	{GEN, "20210421000000.5", false, false, 0},
	{GEN, "20210421Z", false, false, 0},
	{GEN, "2021042100Z", false, false, 0},
	{GEN, "21000229000000Z", false, false, 0},
	{DERW_IA5_STRING, "210421000000Z", false, false, 0},
};

static void test_times(void)
{
	for (size_t i = 0; i < sizeof(time_cases) / sizeof(time_cases[0]); i++) {
		const struct time_case *c = &time_cases[i];
		struct out der = {0};
		struct err err;
		bool odd = false;
		derw_put(&der, "\x05\x00", 2);
		derw_text(&der, c->tag, c->text);
		struct reader r = begin(bytes_of(der.data, der.len), &err);
		(void)der_any(&r, "something before");
		int64_t seconds = der_time(&r, &odd, "time");
		CHECK_CODE(&err, c->want ? CODE_NONE : CODE_BAD_CERTIFICATE, "%02x %s",
			c->tag, c->text);
		CHECK_INT(seconds, c->want_seconds, "%02x %s", c->tag, c->text);
		CHECK_INT(odd, c->want_odd, "%02x %s", c->tag, c->text);
		if (!c->want) {
			CHECK_INT(err.offset, 2, "%02x %s", c->tag, c->text);
		}
		derw_clear(&der);
	}
}

void test_der(void)
{
	test_headers();
	test_header_writer();
	test_expect();
	test_nesting();
	test_integers();
	test_small_types();
	test_times();
}

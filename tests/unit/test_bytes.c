// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"
#include "tests/unit/test.h"

void test_bytes(void);

static const uint8_t sample[] = {0x01, 0x02, 0x03, 0x00, 0x02, 0xaa, 0xbb, 0x09, 0x08,
	0x07, 0x06, 0x05, 0x04, 0x03, 0x02};

static void test_reads(void)
{
	struct err err;
	err_clear(&err);
	struct reader r =
		reader_init(bytes_of(sample, sizeof(sample)), CODE_BAD_SCT, &err);
	CHECK_INT(reader_u8(&r, "a"), 1, "one byte");
	CHECK_INT(reader_u16(&r, "b"), 0x0203, "two bytes, big-endian");
	CHECK(bytes_equal(reader_vector16(&r, "c"), BYTES_LITERAL("\xaa\xbb")),
		"a vector");
	CHECK_INT(reader_offset(&r), 7, "offset");
	CHECK_INT(reader_left(&r), 8, "left");
	CHECK_INT(reader_rest(&r).len, 8, "rest");
	CHECK(reader_u64(&r, "d") == UINT64_C(0x0908070605040302), "eight bytes");
	CHECK(reader_done(&r) && reader_finish(&r, "all"), "all is read");
	CHECK_CODE(&err, CODE_NONE, "no error");
}

// After the first failure: zero, no bytes, the offset of the fault, the first cause.
static void test_sticky(void)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(bytes_of(sample, 4), CODE_BAD_SCT, &err);
	(void)reader_u16(&r, "first");
	CHECK(reader_u64(&r, "too much") == 0, "a failed number is zero");
	CHECK_CODE(&err, CODE_BAD_SCT, "the reader's code");
	CHECK_INT(err.offset, 2, "the offset of the fault");
	CHECK_TEXT(err.text, "too much: needs 8 bytes, but only 2 are left", "the text");
	CHECK_INT(reader_u8(&r, "later"), 0, "later reads");
	CHECK(reader_take(&r, 1, "later").data == NULL, "later bytes");
	CHECK(reader_take(&r, 0, "later").data == NULL, "later empty bytes");
	CHECK_INT(reader_offset(&r), 2, "the offset stays");
	CHECK_INT(reader_left(&r), 0, "nothing is left after a failure");
	reader_fail(&r, "another cause");
	CHECK(!reader_finish(&r, "end"), "finish fails");
	CHECK_INT(err.offset, 2, "the first cause wins");
	CHECK(reader_done(&r) && reader_failed(&r), "a loop ends");
}

static void test_leftover(void)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(bytes_of(sample, 5), CODE_BAD_SCT, &err);
	(void)reader_u16(&r, "x");
	CHECK(!reader_finish(&r, "thing"), "bytes are left over");
	CHECK_INT(err.offset, 2, "where they begin");
	CHECK_TEXT(err.text, "thing: 3 bytes left over after its last field", "how many");
}

static void test_nested(void)
{
	struct err err;
	err_clear(&err);
	struct reader r =
		reader_init(bytes_of(sample, sizeof(sample)), CODE_BAD_SCT, &err);
	(void)reader_take(&r, 3, "head");
	struct reader inner = reader_nested(&r, reader_vector16(&r, "vector"));
	CHECK_INT(reader_offset(&inner), 5, "offsets count from the same origin");
	struct reader none = reader_nested(&r, BYTES_NONE);
	CHECK(reader_done(&none), "a reader of nothing is at its end");
	(void)reader_u16(&inner, "in");
	(void)reader_u8(&inner, "beyond");
	CHECK(reader_failed(&r), "the error is shared");
	CHECK_INT(err.offset, 7, "at the inner end");
}

static void test_empty(void)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(BYTES_NONE, CODE_BAD_SCT, &err);
	CHECK(reader_done(&r) && reader_finish(&r, "nothing"), "nothing is complete");
	(void)reader_u8(&r, "x");
	CHECK_INT(err.offset, 0, "a read of nothing fails at 0");
	CHECK(bytes_equal(BYTES_NONE, bytes_of(sample, 0)), "empty slices are equal");
	CHECK(!bytes_equal(bytes_of(sample, 1), bytes_of(sample + 1, 1)), "1 is not 2");
}

static void test_buffer(void)
{
	struct buffer b = {0};
	buffer_put_char(&b, 'x');
	CHECK(b.failed && b.len == 0, "a zero buffer has no room and says so");
	buffer_clear(&b);
	buffer_init(&b, 600);
	buffer_put_text(&b, "abc");
	buffer_printf(&b, "%d", 42);
	CHECK(bytes_equal(buffer_bytes(&b), BYTES_LITERAL("abc42")), "text and numbers");
	CHECK(buffer_extend(&b, 595) != NULL, "to the very limit, by growing");
	CHECK(!b.failed, "the limit is no failure");
	buffer_put_char(&b, 'y');
	CHECK(b.failed && b.len == 600, "one byte more is");
	buffer_put_text(&b, "");
	CHECK(b.failed, "the failure stays");
	buffer_clear(&b);
	CHECK(!b.failed && b.max == 600 && b.data == NULL, "cleared, with its limit");
	buffer_printf(&b, "%600s", "");
	CHECK(b.failed, "a line longer than 511 characters");
	buffer_clear(&b);
}

static void test_err(void)
{
	struct err err;
	err_clear(&err);
	(void)err_in_field(&err, "early");
	CHECK_TEXT(err.field, "", "no field without an error");
	CHECK(!err_set(&err, CODE_BAD_TIME, 7, "first %d", 1), "false, for return");
	(void)err_in_field(&err, "at");
	(void)err_in_field(&err, "later");
	CHECK_TEXT(err.field, "at", "the first field wins");
	CHECK(!err_no_memory(&err), "false too");
	CHECK_CODE(&err, CODE_BAD_TIME, "the first cause wins");
	CHECK_TEXT(err.text, "first 1", "its text");
	CHECK_TEXT(severity_name(SEVERITY_INFO), "info", "severities have names");
	err_clear(&err);
	(void)err_set(&err, CODE_BAD_TIME, 0,
		"a\033[2Jb\xff"
		"c \xe2\x80\xae \xc3\x89");
	CHECK_TEXT(err.text, "a?[2Jb?c ??? \xc3\x89", "a text is printable UTF-8");
	err_clear(&err);
	(void)err_set(&err, CODE_BAD_TIME, 0, "%254s\xc3\x89", "x");
	CHECK(strlen(err.text) == 255 && err.text[254] == '?', "cut in a character");
	err_clear(&err);
	(void)err_no_memory(&err);
	CHECK(err.code == CODE_OUT_OF_MEMORY && err.offset == ERR_NO_OFFSET, "no place");
}

void test_bytes(void)
{
	test_reads();
	test_sticky();
	test_leftover();
	test_nested();
	test_empty();
	test_buffer();
	test_err();
}

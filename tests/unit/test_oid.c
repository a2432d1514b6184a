// SPDX-License-Identifier: Apache-2.0
#include "x509/oid.h"

#include "tests/unit/test.h"

void test_oid(void);

void test_oid(void)
{
	static const struct {
		struct bytes in;
		const char *want;
	} cases[] = {
		{BYTES_LITERAL("\x00"), "0.0"},
		{BYTES_LITERAL("\x27"), "0.39"},
		{BYTES_LITERAL("\x28"), "1.0"},
		{BYTES_LITERAL("\x4f"), "1.39"},
		{BYTES_LITERAL("\x50"), "2.0"},
		{BYTES_LITERAL("\x88\x37"), "2.999"},
		{BYTES_LITERAL("\x55\x1d\x11"), "2.5.29.17"},
		{OID_EMBEDDED_SCTS, "1.3.6.1.4.1.11129.2.4.2"},
		{OID_P256, "1.2.840.10045.3.1.7"},
		// an arc of nine bytes: 2^63 - 1
		{BYTES_LITERAL("\x2a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
			"1.2.9223372036854775807"},
		// no OIDs: empty, an arc without end, a leading 0x80, an arc of ten bytes
		{BYTES_LITERAL(""), "?"},
		{BYTES_LITERAL("\x2a\x86"), "?2a86"},
		{BYTES_LITERAL("\x2a\x80\x01"), "?2a8001"},
		{BYTES_LITERAL("\x80\x01"), "?8001"},
		{BYTES_LITERAL("\x2a\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
			"?2a818080808080808080"
			"00"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out;
		buffer_init(&out, 1000);
		oid_put_text(&out, cases[i].in);
		buffer_put_char(&out, '\0');
		CHECK_TEXT((const char *)out.data, cases[i].want, "case %zu", i);
		buffer_clear(&out);
	}
}

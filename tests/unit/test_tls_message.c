// SPDX-License-Identifier: Apache-2.0
#include "live/tls_message.h"
#include "tests/unit/test.h"

void test_tls_message(void);

#define MAX 2
#define TEXT(literal) BYTES_LITERAL(literal)

static const struct {
	const char *name;
	bool is_1_3;
	struct bytes in;
	size_t want; // certificates; 0 with an error, unless `want_none`
	bool want_none;
} cases[] = {
	{"one", false,
		TEXT("\x0b\0\0\x08\0\0\x05\0\0\x02"
		     "ab"),
		1, false},
	{"three", false, TEXT("\x0b\0\0\x0f\0\0\x0c\0\0\1a\0\0\1b\0\0\1c"), 3, false},
	{"none", false, TEXT("\x0b\0\0\x03\0\0\0"), 0, true},
	{"one of 1.3", true, TEXT("\x0b\0\0\x0a\0\0\0\x06\0\0\1a\0\0"), 1, false},
	{"with extensions", true, TEXT("\x0b\0\0\x0e\0\0\0\x0a\0\0\1a\0\4\0\x12\0\0"), 1,
		false},
	{"with a context", true, TEXT("\x0b\0\0\x0b\1x\0\0\x06\0\0\1a\0\0"), 1, false},
	{"another message", false, TEXT("\x0c\0\0\x03\0\0\0"), 0, false},
	{"cut", false,
		TEXT("\x0b\0\0\x08\0\0\x05\0\0\x02"
		     "a"),
		0, false},
	{"more behind it", false, TEXT("\x0b\0\0\x03\0\0\0x"), 0, false},
	{"more in it", false, TEXT("\x0b\0\0\x04\0\0\0x"), 0, false},
	{"a length too large", false,
		TEXT("\x0b\0\0\x08\0\0\x05\0\0\x03"
		     "ab"),
		0, false},
	{"1.2 read as 1.3", true,
		TEXT("\x0b\0\0\x08\0\0\x05\0\0\x02"
		     "ab"),
		0, false},
	{"empty", false, {(const uint8_t *)"", 0}, 0, false},
};

void test_tls_message(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes certs[MAX];
		struct err err;
		size_t num = 0;
		bool good = cases[i].want > 0 || cases[i].want_none;
		err_clear(&err);
		CHECK_INT(tls_message_read_chain(
				  cases[i].in, cases[i].is_1_3, certs, MAX, &num, &err),
			good, "%s", cases[i].name);
		CHECK_CODE(&err, good ? CODE_NONE : CODE_TLS_FAILED, "%s", cases[i].name);
		CHECK_INT(num, cases[i].want, "%s", cases[i].name);
		CHECK(num == 0 || certs[0].data[0] == 'a', "%s: the first",
			cases[i].name);
	}
}

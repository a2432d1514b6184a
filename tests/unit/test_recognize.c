// SPDX-License-Identifier: Apache-2.0
#include "x509/recognize.h"

#include "tests/unit/test.h"

void test_recognize(void);

// Certificate { tbs { version, serial, algorithm { OID }, ... } }, cut down.
#define OBJECT(contents) BYTES_LITERAL("\x30" contents)

void test_recognize(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		const char *want; // how it begins; NULL: nothing known
	} cases[] = {
		{"nothing", BYTES_LITERAL(""), NULL},
		{"words", BYTES_LITERAL("# a heading"), NULL},
		{"a byte order mark", BYTES_LITERAL("\xef\xbb\xbfMAMC"),
			"text behind a byte"},
		{"UTF-16", BYTES_LITERAL("\xff\xfe-\0"), "UTF-16"},
		{"UTF-16, the other end first", BYTES_LITERAL("\xfe\xff\0-"), "UTF-16"},
		{"an array", BYTES_LITERAL("[]"), "a JSON array"},
		{"an object", BYTES_LITERAL("{}"), "a JSON object"},
		{"a page", BYTES_LITERAL("<html>"), "HTML"},
		{"ZIP", BYTES_LITERAL("PK\x03\x04"), "a ZIP"},
		{"half of ZIP's beginning", BYTES_LITERAL("PK"), NULL},
		{"gzip", BYTES_LITERAL("\x1f\x8b\x08"), "a gzip"},
		{"a Java key store", BYTES_LITERAL("\xfe\xed\xfe\xed\0\0\0\2"),
			"a Java key store"},
		{"an OCSP response", OBJECT("\x03\x0a\x01\x06"), "an OCSP response"},
		{"a key", OBJECT("\x05\x02\x01\x00\x30\x00"), "a private key"},
		{"an EC key", OBJECT("\x05\x02\x01\x01\x04\x00"), "a private key"},
		{"PKCS #12", OBJECT("\x05\x02\x01\x03\x30\x00"), "a PKCS #12"},
		{"a serial number of its own", OBJECT("\x03\x02\x01\x09"), NULL},
		{"a long serial number", OBJECT("\x04\x02\x02\x01\x00"), NULL},
		{"PKCS #7", OBJECT("\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
			"a PKCS #7"},
		{"another OID",
			OBJECT("\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"), NULL},
		{"a public key", OBJECT("\x05\x30\x00\x03\x01\x00"), "a bare public key"},
		{"a request", OBJECT("\x07\x30\x05\x02\x01\x00\x30\x00"),
			"a certificate request"},
		{"a request with a subject",
			OBJECT("\x0b\x30\x09\x02\x01\x00\x30\x04\x31\x02\x30\x00"),
			"a certificate request"},
		{"a certificate with serial number 0",
			OBJECT("\x0a\x30\x08\x02\x01\x00\x30\x03\x06\x01\x2a"), NULL},
		{"a list of revoked ones",
			OBJECT("\x15\x30\x13\x30\x00\x30\x00\x17\x0d"
			       "250101000000Z"),
			"a certificate revocation list"},
		{"the same of version 2",
			OBJECT("\x18\x30\x16\x02\x01\x01\x30\x00\x30\x00\x17\x0d"
			       "250101000000Z"),
			"a certificate revocation list"},
		{"two objects", BYTES_LITERAL("\x30\x02\x30\x00\x30\x02\x30\x00"),
			"several DER objects"},
		{"cut short", OBJECT("\x7f\x30\x03\x02"), NULL},
		{"a SET", BYTES_LITERAL("\x31\x00"), NULL},
		{"an empty SEQUENCE", OBJECT("\x00"), NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = recognize(cases[i].in);
		const char *want = cases[i].want;
		CHECK(want ? got && strncmp(got, want, strlen(want)) == 0 : !got,
			"%s: %s", cases[i].name, got ? got : "nothing");
	}
}

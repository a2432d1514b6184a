// SPDX-License-Identifier: Apache-2.0
#include "x509/alt_names.h"

#include "base/text.h"
#include "tests/unit/test.h"
#include "x509/oid.h"

void test_alt_names(void);

#define DNS(text, len) "\x82" len text
#define IP4(bytes) "\x87\x04" bytes
#define IP6(bytes) "\x87\x10" bytes
#define ZERO4 "\0\0\0\0"

static void test_lists(void)
{
	static const struct {
		const char *name;
		struct bytes names; // inside the SEQUENCE
		const char *want_names, *want_addresses;
		size_t want_num_names, want_num_addresses;
	} cases[] = {
		{"none", BYTES_LITERAL(""), "", "", 0, 0},
		{"one of each", BYTES_LITERAL(DNS("a.b", "\x03") IP4("\300\0\2\7")),
			"a.b", "192.0.2.7", 1, 1},
		{"an escape", BYTES_LITERAL(DNS("\x1b[m", "\x03")), "\\1B[m", "", 1, 0},
		{"five", BYTES_LITERAL("\x82\1a\x82\1b\x82\1c\x82\1d\x82\1e"),
			"a, b, c, d and 1 more", "", 5, 0},
		{"unspecified", BYTES_LITERAL(IP6(ZERO4 ZERO4 ZERO4 ZERO4)), "", "::", 0,
			1},
		{"loopback", BYTES_LITERAL(IP6(ZERO4 ZERO4 ZERO4 "\0\0\0\1")), "", "::1",
			0, 1},
		{"at the end", BYTES_LITERAL(IP6("\x20\1\x0d\xb8" ZERO4 ZERO4 ZERO4)), "",
			"2001:db8::", 0, 1},
		// RFC 5952 4.2.2, 4.2.3.
		{"one group alone",
			BYTES_LITERAL(IP6("\x20\1\x0d\xb8\0\0\0\1"
					  "\0\1\0\1\0\1\0\1")),
			"", "2001:db8:0:1:1:1:1:1", 0, 1},
		{"the longer gap",
			BYTES_LITERAL(IP6("\x20\1\0\0\0\0\0\1" ZERO4 "\0\0\0\1")), "",
			"2001:0:0:1::1", 0, 1},
		{"the first of two",
			BYTES_LITERAL(IP6("\x20\1\x0d\xb8" ZERO4 "\0\1\0\0"
					  "\0\0\0\1")),
			"", "2001:db8::1:0:0:1", 0, 1},
		{"no address", BYTES_LITERAL("\x87\x03xyz"), "", "(3 bytes)", 0, 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t san[128] = {DER_SEQUENCE, (uint8_t)cases[i].names.len};
		struct cert cert = {.num_extensions = 0};
		struct buffer names;
		struct buffer addresses;
		buffer_init(&names, 1000);
		buffer_init(&addresses, 1000);
		bytes_copy(san + 2, cases[i].names);
		cert.subject_alt_name = bytes_of(san, cases[i].names.len + 2);
		CHECK_INT(alt_names_put(&names, &cert, text_put_escaped_ascii),
			cases[i].want_num_names, "%s", cases[i].name);
		CHECK_INT(alt_names_put_addresses(&addresses, &cert),
			cases[i].want_num_addresses, "%s", cases[i].name);
		CHECK(bytes_equal(
			      buffer_bytes(&names), bytes_of_text(cases[i].want_names)),
			"%s: names \"%.*s\"", cases[i].name, (int)names.len,
			(const char *)names.data);
		CHECK(bytes_equal(buffer_bytes(&addresses),
			      bytes_of_text(cases[i].want_addresses)),
			"%s: addresses \"%.*s\"", cases[i].name, (int)addresses.len,
			(const char *)addresses.data);
		buffer_clear(&names);
		buffer_clear(&addresses);
	}
}

// In a line of their own, and what is said where there are none.
static void test_line(void)
{
	static const struct {
		const char *name;
		struct bytes san; // data NULL: no such extension
		struct bytes subject;
		const char *want_line, *want_lack;
	} cases[] = {
		{"both", BYTES_LITERAL("\x30\x0b" DNS("a.b", "\x03") IP4("\300\0\2\7")),
			BYTES_LITERAL("\x30\0"), "a.b, 192.0.2.7", NULL},
		{"a name", BYTES_LITERAL("\x30\x05" DNS("a.b", "\x03")),
			BYTES_LITERAL("\x30\0"), "a.b", NULL},
		{"an address", BYTES_LITERAL("\x30\x06" IP4("\300\0\2\7")),
			BYTES_LITERAL("\x30\0"), "192.0.2.7", NULL},
		{"mail alone",
			BYTES_LITERAL("\x30\x05\x81\x03"
				      "a@b"),
			BYTES_LITERAL("\x30\0"),
			"none: its subjectAltName has neither names nor addresses",
			"its subjectAltName has neither names nor addresses"},
		{"a common name", {NULL, 0},
			BYTES_LITERAL(
				"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x"),
			"none: no subjectAltName",
			"it has no subjectAltName; clients do not read the common name (CN=x)"},
		{"another attribute", {NULL, 0},
			BYTES_LITERAL(
				"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x0c\x01x"),
			"none: no subjectAltName",
			"it has no subjectAltName; clients do not read the common name"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cert cert = {
			.subject_alt_name = cases[i].san, .subject = cases[i].subject};
		struct buffer out;
		buffer_init(&out, 1000);
		alt_names_put_line(&out, &cert, text_put_escaped_ascii);
		buffer_put_char(&out, '\0');
		CHECK_TEXT(
			(const char *)out.data, cases[i].want_line, "%s", cases[i].name);
		out.len = 0;
		alt_names_put_lack(&out, &cert);
		buffer_put_char(&out, '\0');
		CHECK(!cases[i].want_lack ||
				strcmp((const char *)out.data, cases[i].want_lack) == 0,
			"%s: %s", cases[i].name, (const char *)out.data);
		buffer_clear(&out);
	}
}

// RFC 7633: the feature status_request, among others; what cannot be read asks for nothing.
static void test_must_staple(void)
{
	static const struct {
		const char *name;
		struct bytes oid, value;
		bool want;
	} cases[] = {
		{"status_request", OID_TLS_FEATURE, BYTES_LITERAL("\x30\3\2\1\5"), true},
		{"the second of two", OID_TLS_FEATURE,
			BYTES_LITERAL("\x30\6\2\1\x11\2\1\5"), true},
		{"status_request_v2", OID_TLS_FEATURE, BYTES_LITERAL("\x30\3\2\1\x11"),
			false},
		{"5 in two bytes", OID_TLS_FEATURE, BYTES_LITERAL("\x30\4\2\2\0\5"),
			false},
		{"nothing", OID_TLS_FEATURE, BYTES_LITERAL("\x30\0"), false},
		{"cut", OID_TLS_FEATURE, BYTES_LITERAL("\x30\6\2\1\5\2\3\1"), false},
		{"no sequence", OID_TLS_FEATURE, BYTES_LITERAL("\2\1\5"), false},
		{"another extension", OID_KEY_USAGE, BYTES_LITERAL("\x30\3\2\1\5"),
			false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cert cert = {.num_extensions = 1};
		cert.extensions[0] = (struct cert_extension){
			.oid = cases[i].oid, .value = cases[i].value};
		CHECK_INT(cert_must_staple(&cert), cases[i].want, "%s", cases[i].name);
	}
}

void test_alt_names(void)
{
	test_lists();
	test_line();
	test_must_staple();
}

// SPDX-License-Identifier: Apache-2.0
#include "x509/pem.h"

#include "tests/unit/test.h"
#include "x509/cert.h"

void test_pem(void);

// Two small DER objects stand for certificates: SEQUENCE { INTEGER 5 } and { 6 }.
#define ONE BYTES_LITERAL("\x30\x03\x02\x01\x05")
#define TWO BYTES_LITERAL("\x30\x03\x02\x01\x06")
#define BEGIN(label) "-----BEGIN " label "-----\n"
#define END(label) "-----END " label "-----\n"
#define PEM_ONE BEGIN("CERTIFICATE") "MAMCAQU=\n" END("CERTIFICATE")
#define PEM_TWO BEGIN("CERTIFICATE") "MAMCAQY=\n" END("CERTIFICATE")
#define PEM_KEY BEGIN("PRIVATE KEY") "MAMCAQc=\n" END("PRIVATE KEY")

struct ders {
	struct bytes der[PEM_MAX_CERTIFICATES];
	size_t num;
};

// Every certificate of an input.
static bool read_chain(
	struct bytes in, struct arena *arena, struct ders *out, struct err *err)
{
	struct pem_chain chain;
	out->num = 0;
	if (!pem_find_chain(in, &chain, err)) {
		return false;
	}
	for (size_t i = 0; i < chain.num; i++) {
		if (!pem_chain_der(&chain, i, arena, &out->der[i], err)) {
			return false;
		}
		out->num++;
	}
	return true;
}

static void test_good(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		size_t want;
	} cases[] = {
		{"one", BYTES_LITERAL(PEM_ONE), 1},
		{"two", BYTES_LITERAL(PEM_ONE PEM_TWO), 2},
		{"text before, between and behind",
			BYTES_LITERAL(
				"subject=a\n" PEM_ONE " 1 s:b\n---\n" PEM_TWO "bye"),
			2},
		{"CRLF",
			BYTES_LITERAL("-----BEGIN CERTIFICATE-----\r\nMAMC\r\nAQU=\r\n"
				      "-----END CERTIFICATE-----\r\n"),
			1},
		{"no line ends",
			BYTES_LITERAL("-----BEGIN CERTIFICATE-----MAMCAQU="
				      "-----END CERTIFICATE-----"),
			1},
		{"X509 CERTIFICATE",
			BYTES_LITERAL(BEGIN("X509 CERTIFICATE") "MAMCAQU=\n" END(
				"X509 CERTIFICATE")),
			1},
		{"TRUSTED CERTIFICATE",
			BYTES_LITERAL(BEGIN("TRUSTED CERTIFICATE") "MAMCAQUwAA==\n" END(
				"TRUSTED CERTIFICATE")),
			1},
		{"headers",
			BYTES_LITERAL(
				BEGIN("CERTIFICATE") "X-Note: a\nX-More: b\n\nMAMCAQU=\n" END(
					"CERTIFICATE")),
			1},
		{"headers, CRLF",
			BYTES_LITERAL(
				BEGIN("CERTIFICATE") "X-Note: a\r\n\r\nMAMCAQU=\r\n" END(
					"CERTIFICATE")),
			1},
		{"a key before it", BYTES_LITERAL(PEM_KEY PEM_ONE), 1},
		{"a key behind it", BYTES_LITERAL(PEM_ONE PEM_KEY), 1},
		{"DER", ONE, 1},
		{"base64", BYTES_LITERAL("MAMCAQU="), 1},
		{"base64 in lines", BYTES_LITERAL("\n MAMC\r\n AQU=\n"), 1},
		{"base64url without padding", BYTES_LITERAL("MAMCAQU"), 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct ders chain;
		struct err err;
		err_clear(&err);
		bool read = read_chain(cases[i].in, &arena, &chain, &err);
		CHECK(read, "%s", cases[i].name);
		CHECK_CODE(&err, CODE_NONE, "%s", cases[i].name);
		CHECK_INT(chain.num, cases[i].want, "%s", cases[i].name);
		CHECK(read && bytes_equal(chain.der[0], ONE), "%s", cases[i].name);
		CHECK(chain.num < 2 || bytes_equal(chain.der[1], TWO), "%s",
			cases[i].name);
		arena_clear(&arena);
	}
}

static void test_bad(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		size_t want_offset;
		const char *want_text; // a part of it
	} cases[] = {
		{"empty", BYTES_LITERAL(""), 0, "empty"},
		{"white space", BYTES_LITERAL(" \r\n\t"), 0, "empty"},
		{"some text", BYTES_LITERAL("hello, world"), 5, "not base64"},
		{"base64 cut short", BYTES_LITERAL("MAMCAQUxx"), 9, "middle of a group"},
		{"mixed alphabets", BYTES_LITERAL("MA+_"), 3, "not base64"},
		{"no END", BYTES_LITERAL("x\n" BEGIN("CERTIFICATE") "MAMCAQU=\n"), 2,
			"without its -----END line"},
		{"a BEGIN in a block",
			BYTES_LITERAL(BEGIN("CERTIFICATE") "MAMC\n" PEM_ONE), 0,
			"without its -----END line"},
		{"another END",
			BYTES_LITERAL(BEGIN("CERTIFICATE") "MAMCAQU=\n" END("CERT")), 37,
			"does not match -----BEGIN CERTIFICATE-----"},
		{"END without dashes",
			BYTES_LITERAL(
				BEGIN("CERTIFICATE") "MAMCAQU=\n-----END CERTIFICATE"),
			37, "does not match"},
		{"BEGIN without dashes",
			BYTES_LITERAL("-----BEGIN CERTIFICATE\nMAMCAQU=\n"), 0,
			"closing dashes"},
		{"a BEGIN line of 65 characters",
			BYTES_LITERAL(BEGIN(
				"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				"AAAAAAAA") "MAMC\n"),
			0, "closing dashes"},
		{"a character that is not base64",
			BYTES_LITERAL(
				BEGIN("CERTIFICATE") "MAMC*QU=\n" END("CERTIFICATE")),
			32, "not base64"},
		{"line ends as JSON writes them",
			BYTES_LITERAL(
				BEGIN("CERTIFICATE") "MAMC\\nAQU=\\n" END("CERTIFICATE")),
			32, "write line ends as such"},
		{"a broken second one",
			BYTES_LITERAL(PEM_ONE BEGIN("CERTIFICATE") "MAMCA\n" END(
				"CERTIFICATE")),
			97, "middle of a group"},
		{"a request",
			BYTES_LITERAL(BEGIN("CERTIFICATE REQUEST") "MAMCAQU=\n" END(
				"CERTIFICATE REQUEST")),
			0, "a certificate request; the certificate that the CA"},
		{"a key", BYTES_LITERAL(PEM_KEY), 0,
			"a private key, which is not needed here"},
		{"no label", BYTES_LITERAL(BEGIN("") END("")), 0,
			"but a PEM block without a label"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct ders chain;
		struct err err;
		err_clear(&err);
		CHECK(!read_chain(cases[i].in, &arena, &chain, &err), "%s",
			cases[i].name);
		CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "%s", cases[i].name);
		CHECK_INT(err.offset, cases[i].want_offset, "%s: %s", cases[i].name,
			err.text);
		CHECK(strstr(err.text, cases[i].want_text), "%s: %s", cases[i].name,
			err.text);
		arena_clear(&arena);
	}
}

// A label is the input's text: it must not reach a terminal as it is.
static void test_label_is_escaped(void)
{
	static const char *const texts[] = {
		"-----BEGIN \033[2J-----\nMAMCAQU=\n-----END \033[2J-----\n",
		"-----BEGIN \033[2J-----\nMAMCAQU=\n",
		"-----BEGIN \033[2J-----\nMAMCAQU=\n-----END X-----\n",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct arena arena = {0};
		struct ders chain;
		struct err err;
		err_clear(&err);
		CHECK(!read_chain(bytes_of_text(texts[i]), &arena, &chain, &err),
			"label %zu", i);
		CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "label %zu", i);
		CHECK(!strchr(err.text, '\033'), "label %zu: no escape in the text", i);
		arena_clear(&arena);
	}
}

static void test_limits(void)
{
	for (size_t num = PEM_MAX_CERTIFICATES; num <= PEM_MAX_CERTIFICATES + 1; num++) {
		struct arena arena = {0};
		struct ders chain;
		struct buffer text;
		struct err err;
		err_clear(&err);
		buffer_init(&text, 100000);
		for (size_t i = 0; i < num; i++) {
			buffer_put_text(&text, PEM_ONE);
		}
		bool fits = num <= PEM_MAX_CERTIFICATES;
		CHECK_INT(read_chain(buffer_bytes(&text), &arena, &chain, &err), fits,
			"%zu certificates", num);
		CHECK_CODE(
			&err, fits ? CODE_NONE : CODE_TOO_LARGE, "%zu certificates", num);
		CHECK(fits || err.offset == PEM_MAX_CERTIFICATES * strlen(PEM_ONE),
			"where");
		buffer_clear(&text);
		arena_clear(&arena);
	}
	struct arena arena = {0};
	struct ders chain;
	struct err err;
	err_clear(&err);
	size_t len = 2 * CERT_MAX_LEN + 1;
	char *text = malloc(len);
	if (text) {
		memset(text, 'A', len);
		CHECK(!read_chain(bytes_of(text, len), &arena, &chain, &err), "2 MB");
		CHECK_CODE(&err, CODE_TOO_LARGE, "2 MB of base64");
	}
	free(text);
	arena_clear(&arena);
}

static void test_object(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		enum code want;
	} cases[] = {
		{"DER", ONE, CODE_NONE},
		{"base64", BYTES_LITERAL("MAMCAQU="), CODE_NONE},
		{"any block",
			BYTES_LITERAL(
				BEGIN("OCSP RESPONSE") "MAMCAQU=\n" END("OCSP RESPONSE")),
			CODE_NONE},
		{"nothing", BYTES_LITERAL(""), CODE_OCSP_UNREADABLE},
		{"no END", BYTES_LITERAL(BEGIN("OCSP RESPONSE") "MAMCAQU=\n"),
			CODE_OCSP_UNREADABLE},
		{"no base64", BYTES_LITERAL("?"), CODE_OCSP_UNREADABLE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct bytes der = BYTES_NONE;
		struct err err;
		err_clear(&err);
		bool read = pem_read_object(
			cases[i].in, CODE_OCSP_UNREADABLE, &arena, &der, &err);
		CHECK_CODE(&err, cases[i].want, "%s", cases[i].name);
		CHECK_INT(read, cases[i].want == CODE_NONE, "%s", cases[i].name);
		CHECK(!read || bytes_equal(der, ONE), "%s", cases[i].name);
		arena_clear(&arena);
	}
}

// What is written is read again, whatever its length; no line is longer than 64 characters.
static void test_put(void)
{
	uint8_t der[200];
	for (size_t i = 0; i < sizeof(der); i++) {
		der[i] = (uint8_t)(i * 7);
	}
	for (size_t len = 1; len <= sizeof(der); len++) {
		struct arena arena = {0};
		struct buffer text;
		struct pem_block block;
		struct bytes again;
		struct err err;
		size_t at = 0;
		size_t column = 0;
		err_clear(&err);
		buffer_init(&text, 4096);
		pem_put(&text, "X509 CRL", bytes_of(der, len));
		CHECK(pem_next(buffer_bytes(&text), &at, CODE_BAD_CERTIFICATE, &block,
			      &err) &&
				pem_decode(&block, buffer_bytes(&text),
					CODE_BAD_CERTIFICATE, &arena, &again, &err) &&
				bytes_equal(again, bytes_of(der, len)) &&
				bytes_equal(block.label, BYTES_LITERAL("X509 CRL")),
			"%zu bytes: %s", len, err.text);
		for (size_t i = 0; i < text.len; i++) {
			column = text.data[i] == '\n' ? 0 : column + 1;
			CHECK(column <= 64, "%zu bytes: a line is too long", len);
		}
		CHECK_INT(column, 0, "%zu bytes: a whole line", len);
		buffer_clear(&text);
		arena_clear(&arena);
	}
}

void test_pem(void)
{
	test_put();
	test_good();
	test_bad();
	test_label_is_escaped();
	test_limits();
	test_object();
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/given.h"

#include "base/text.h"
#include "tests/unit/test.h"
#include "x509/private_key.h"

void test_given(void);

// What the program's own samples are taken for.
static void test_samples_of(void)
{
	static const struct {
		const char *file;
		size_t certs, scts;
		bool tls, ocsp;
	} cases[] = {
		{"compliant.pem", 2, 0, false, false},
		{"precertificate.pem", 2, 0, false, false},
		{"tbs.der", 1, 0, false, false},
		{"ocsp.der", 0, 0, false, true},
		{"tls_scts.bin", 0, 0, true, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[512];
		struct arena arena = {0};
		struct err err;
		(void)snprintf(
			path, sizeof(path), "%s/%s", test_samples(), cases[i].file);
		struct bytes file = test_read_file(path);
		struct given *given = arena_take(&arena, sizeof(*given));
		given->arena = &arena;
		err_clear(&err);
		CHECK(file.data &&
				given_take(given, GIVEN_ANYWHERE,
					bytes_of_text(cases[i].file), file, &err),
			"%s", cases[i].file);
		CHECK_INT(given->num_certs, cases[i].certs, "%s", cases[i].file);
		CHECK_INT(given->num_scts, cases[i].scts, "%s", cases[i].file);
		CHECK_INT(
			given->tls_scts.data != NULL, cases[i].tls, "%s", cases[i].file);
		CHECK_INT(given->ocsp.data != NULL, cases[i].ocsp, "%s", cases[i].file);
		CHECK_INT(given->num_faults, 0, "%s", cases[i].file);
		CHECK(!given->has_private_key, "%s", cases[i].file);
		// Twice is once.
		CHECK(given_take(given, GIVEN_ISSUER, BYTES_NONE, file, &err), "again");
		CHECK_INT(given->num_certs, cases[i].certs, "%s twice", cases[i].file);
		free((void *)(uintptr_t)file.data);
		arena_clear(&arena);
	}
}

static void test_faults(void)
{
	static const struct {
		const char *piece;
		const char *want; // a part of what it is called
	} cases[] = {
		{"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----",
			"certificate request"},
		{"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----",
			"revocation list"},
		{"-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----", "openssl pkcs7"},
		{"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", ""},
		{"-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----",
			"base64"},
		{"-----BEGIN CERTIFICATE-----\nMAA=", ""},
		{"MAUCAQMwAA==", "PKCS #12"},
		{"hello, world", "BEGIN CERTIFICATE"},
		{"{\"certificate\":\"x\"}", "/v1/evaluate"},
		{"<html>", "HTML"},
		{"PK\x03\x04zip", "ZIP"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct err err;
		struct given *given = arena_take(&arena, sizeof(*given));
		given->arena = &arena;
		err_clear(&err);
		CHECK(given_take(given, GIVEN_ANYWHERE, BYTES_NONE,
			      bytes_of_text(cases[i].piece), &err),
			"'%s'", cases[i].piece);
		CHECK_INT(given->num_certs, 0, "'%s'", cases[i].piece);
		CHECK(!given->has_private_key, "'%s'", cases[i].piece);
		if (CHECK_INT(given->num_faults, 1, "'%s'", cases[i].piece)) {
			CHECK(strstr(given->faults[0].text, cases[i].want) != NULL,
				"'%s' is called '%s'", cases[i].piece,
				given->faults[0].text);
		}
		arena_clear(&arena);
	}
}

static void test_keys(void)
{
	static const struct {
		struct bytes piece;
		bool want;
	} cases[] = {
		{BYTES_LITERAL(
			 "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----"),
			true},
		{BYTES_LITERAL("-----BEGIN RSA PRIVATE KEY-----\n"), true},
		{BYTES_LITERAL("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), true},
		{BYTES_LITERAL("-----BEGIN OPENSSH PRIVATE KEY-----\n"), true},
		{BYTES_LITERAL("-----BEGIN PGP PRIVATE KEY BLOCK-----\n"), true},
		{BYTES_LITERAL("text before\n-----BEGIN EC PRIVATE KEY-----\n"), true},
		{BYTES_LITERAL("PuTTY-User-Key-File-3: ssh-ed25519\n"), true},
		{BYTES_LITERAL("{\"kty\":\"EC\",\"d\":\"x\"}"), true},
		{BYTES_LITERAL("{\"kty\":\"EC\",\"x\":\"x\"}"), false},
		// PKCS #8, and its base64.
		{BYTES_LITERAL("\x30\x05\x02\x01\x00\x30\x00"), true},
		{BYTES_LITERAL("MAUCAQAwAA=="), true},
		// SEC 1.
		{BYTES_LITERAL("\x30\x06\x02\x01\x01\x04\x01\x05"), true},
		// UTF-16.
		{BYTES_LITERAL("P\0R\0I\0V\0A\0T\0E\0 \0K\0E\0Y\0-\0-\0-\0-\0-\0"), true},
		// Java's key stores, and their base64.
		{BYTES_LITERAL("\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1"), true},
		{BYTES_LITERAL("\xce\xce\xce\xce\0\0\0\2\0\0\0\1"), true},
		{BYTES_LITERAL("/u3+7QAAAAIAAAAB"), true},
		// PKCS #8, encrypted; behind another object; in a string of JSON.
		{BYTES_LITERAL("\x30\x07\x30\x03\x06\x01\x2a\x04\x00"), true},
		{BYTES_LITERAL("\x30\x00\x30\x05\x02\x01\x00\x30\x00"), true},
		{BYTES_LITERAL(
			 "{\"a\":\"MCYCAQAwIQQfAAAAAAAAAAAAAAAA\\nAAAAAAAAAAAAAAAAAAAAA"
			 "AAAAA==\"}"),
			true},
		{BYTES_LITERAL(
			 "{\"a\":\"MCYCAQMwIQQfAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			 "A\"}"),
			false},
		{BYTES_LITERAL("-----BEGIN CERTIFICATE-----"), false},
		{BYTES_LITERAL("-----BEGIN PUBLIC KEY-----"), false},
		{BYTES_LITERAL("my private key is elsewhere"), false},
		// PKCS #12 has a version 3.
		{BYTES_LITERAL("\x30\x05\x02\x01\x03\x30\x00"), false},
		{BYTES_LITERAL(""), false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		CHECK_INT(private_key_is_in(cases[i].piece, &arena), cases[i].want,
			"case %zu", i);
		arena_clear(&arena);
	}
}

// What logs answered, in one piece, as the field "scts" takes it.
static void test_answers(void)
{
#define ANSWER                                                                        \
	"{\"sct_version\":0,\"id\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"," \
	"\"timestamp\":1780272180125,\"extensions\":\"\",\"signature\":\"BAMAAQA=\"}"
#define LINE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABnn+kkl0AAAQDAAEA"
	static const struct {
		const char *piece;
		size_t scts;
		const char *want; // of the fault; NULL: none
	} cases[] = {
		{ANSWER, 1, NULL},
		{ANSWER "\n" ANSWER "\n", 2, NULL},
		{"[" ANSWER ",\n" ANSWER "," ANSWER "]", 3, NULL},
		{"[\"" LINE "\"]", 1, NULL},
		{LINE, 1, NULL},
		{LINE "\n" LINE "\r\n" LINE, 3, NULL},
		{"[]", 0, "no SCT"},
		{"[" ANSWER, 0, "JSON"},
		{"[{\"a\":1}]", 0, "which RFC 6962 4.1 does not know"},
		{ANSWER "\n{\"sct_version\":0}", 0, "lacks"},
		{ANSWER "\nhello", 0, ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct err err;
		struct given *given = arena_take(&arena, sizeof(*given));
		given->arena = &arena;
		err_clear(&err);
		CHECK(given_take(given, GIVEN_ANYWHERE, BYTES_NONE,
			      bytes_of_text(cases[i].piece), &err),
			"case %zu", i);
		CHECK_INT(given->num_scts, cases[i].scts, "case %zu", i);
		if (CHECK_INT(given->num_faults, cases[i].want ? 1 : 0, "case %zu: %s", i,
			    given->num_faults ? given->faults[0].text : "") &&
			cases[i].want) {
			CHECK(strstr(given->faults[0].text, cases[i].want) != NULL,
				"case %zu: %s", i, given->faults[0].text);
		}
		arena_clear(&arena);
	}
}

// One more than there is room for is told; so is a second one of what there is one of.
static void test_too_many(void)
{
	struct arena arena = {0};
	struct err err;
	struct given *given = arena_take(&arena, sizeof(*given));
	char first[] = "\x30\x03\x0a\x01\x00";
	char second[] = "\x30\x03\x0a\x01\x01";
	struct form form = {
		.parts = {{BYTES_LITERAL("files"), BYTES_LITERAL("a"),
				  bytes_of(first, 5)},
			{BYTES_LITERAL("files"), BYTES_LITERAL("again"),
				bytes_of(first, 5)},
			{BYTES_LITERAL("files"), BYTES_LITERAL("b"), bytes_of(second, 5)},
			{BYTES_LITERAL("ocsp"), BYTES_NONE, BYTES_LITERAL("MAMKAQE=")}},
		.num = 4};
	given->arena = &arena;
	err_clear(&err);
	CHECK(given_take_form(given, &form, &err), "a form");
	CHECK(bytes_equal(given->ocsp, bytes_of(first, 5)), "the first one is used");
	if (CHECK_INT(given->num_faults, 2, "two more")) {
		CHECK(bytes_equal(given->faults[0].name, BYTES_LITERAL("b")), "a file");
		CHECK(bytes_equal(given->faults[1].name, BYTES_LITERAL("ocsp")),
			"a field");
		CHECK(strstr(given->faults[0].text, "second OCSP response") != NULL, "%s",
			given->faults[0].text);
	}
	for (size_t i = 0; i <= GIVEN_MAX_SCTS; i++) {
		CHECK(!given->has_more_scts, "%zu SCTs", i);
		CHECK(given_take(given, GIVEN_ANYWHERE, BYTES_NONE, bytes_of_text(LINE),
			      &err),
			"%zu SCTs", i);
	}
	CHECK_INT(given->num_scts, GIVEN_MAX_SCTS, "as many as there is room for");
	CHECK(given->has_more_scts, "and more");
	for (size_t i = 0; i < GIVEN_MAX_FAULTS; i++) {
		given_add_fault(given, BYTES_NONE, "x");
	}
	CHECK_INT(given->num_more_faults, 2, "what is not told is counted");
	arena_clear(&arena);
}

// In whatever field, but the one for a token.
static void test_form_keys(void)
{
	static const struct {
		const char *name;
		bool want;
	} cases[] = {{"at", true}, {"policies", true}, {"day", true}, {"survive", true},
		{"nobody knows", true}, {"scts", true}, {"tls_scts", true},
		{"ocsp", true}, {"certificate", true}, {"issuer", true},
		{"token", false}};
	static const struct bytes keys[] = {
		BYTES_LITERAL("-----BEGIN EC PRIVATE KEY-----"),
		BYTES_LITERAL("\x30\x06\x02\x01\x01\x04\x01\x0a")}; // ends like a line
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct err err;
		struct given *given = arena_take(&arena, sizeof(*given));
		struct form form = {.parts = {{bytes_of_text(cases[i / 2].name),
					    BYTES_NONE, keys[i % 2]}},
			.num = 1};
		given->arena = &arena;
		err_clear(&err);
		CHECK(given_take_form(given, &form, &err), "%s", cases[i / 2].name);
		CHECK_INT(given->has_private_key, cases[i / 2].want, "%s",
			cases[i / 2].name);
		arena_clear(&arena);
	}
}

void test_given(void)
{
	test_answers();
	test_too_many();
	test_form_keys();
	test_samples_of();
	test_faults();
	test_keys();
}

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

void test_given(void)
{
	test_samples_of();
	test_faults();
	test_keys();
}

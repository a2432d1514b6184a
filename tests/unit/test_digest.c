// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include "base/text.h"
#include "tests/unit/test.h"

void test_digest(void);

#define SHA256_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OID_SHA(last) BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02" last)

static void test_parts(struct digest *digest)
{
	static const struct bytes parts[] = {
		BYTES_LITERAL("a"), {NULL, 0}, BYTES_LITERAL("bc")};
	uint8_t out[DIGEST_SHA256_LEN];
	char hex[2 * DIGEST_SHA256_LEN + 1];
	for (int i = 0; i < 3; i++) {
		CHECK(digest_sha256(digest, parts, 3, out), "in parts");
		text_hex(bytes_of(out, sizeof(out)), hex);
		CHECK_TEXT(hex, SHA256_ABC, "FIPS 180-4, abc in parts, time %d", i);
	}
	CHECK(digest_sha256(digest, NULL, 0, out), "no part");
	text_hex(bytes_of(out, sizeof(out)), hex);
	CHECK_TEXT(hex,
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"none");
}

// By OID: what a CertID of OCSP may name. More than digest.c keeps, twice, in turn.
static void test_oids(struct digest *digest)
{
	static const struct {
		const char *name;
		struct bytes oid;
		enum digest_result want;
		size_t want_len;
		const char *want_hex; // its beginning
	} cases[] = {
		{"SHA-1", BYTES_LITERAL("\x2b\x0e\x03\x02\x1a"), DIGEST_DONE, 20,
			"a9993e36"},
		{"SHA-256", OID_SHA("\x01"), DIGEST_DONE, 32, "ba7816bf"},
		{"SHA-384", OID_SHA("\x02"), DIGEST_DONE, 48, "cb00753f"},
		{"SHA-512", OID_SHA("\x03"), DIGEST_DONE, 64, "ddaf35a1"},
		{"SHA-224", OID_SHA("\x04"), DIGEST_DONE, 28, "23097d22"},
		{"SHA-512/224", OID_SHA("\x05"), DIGEST_DONE, 28, "4634270f"},
		{"SHA-512/256", OID_SHA("\x06"), DIGEST_DONE, 32, "53048e26"},
		{"SHA3-224", OID_SHA("\x07"), DIGEST_DONE, 28, "e642824c"},
		{"SHA3-256", OID_SHA("\x08"), DIGEST_DONE, 32, "3a985da7"},
		{"SHA3-384", OID_SHA("\x09"), DIGEST_DONE, 48, "ec01498288"},
		{"SHA3-512", OID_SHA("\x0a"), DIGEST_DONE, 64, "b751850b"},
		{"MD5", BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x02\x05"), DIGEST_DONE,
			16, "90015098"},
		// what OpenSSL has a name for, but no hash: no lack of memory
		{"SHA-0", BYTES_LITERAL("\x2b\x0e\x03\x02\x12"), DIGEST_UNKNOWN, 0, ""},
		{"sha256WithRSAEncryption",
			BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"),
			DIGEST_UNKNOWN, 0, ""},
		{"commonName", BYTES_LITERAL("\x55\x04\x03"), DIGEST_UNKNOWN, 0, ""},
		{"unknown", BYTES_LITERAL("\x2a\x03\x04\x05\x06"), DIGEST_UNKNOWN, 0, ""},
		{"no OID", BYTES_LITERAL("\x80"), DIGEST_UNKNOWN, 0, ""},
		{"empty", BYTES_LITERAL(""), DIGEST_UNKNOWN, 0, ""},
		{"63 bytes",
			BYTES_LITERAL(
				"123456789012345678901234567890123456789012345678901234567890123"),
			DIGEST_UNKNOWN, 0, ""},
	};
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		size_t k = i % (sizeof(cases) / sizeof(cases[0]));
		uint8_t out[DIGEST_MAX_LEN];
		char hex[2 * DIGEST_MAX_LEN + 1];
		size_t len = 0;
		enum digest_result got = digest_by_oid(
			digest, cases[k].oid, BYTES_LITERAL("abc"), out, &len);
		CHECK_INT(got, cases[k].want, "%s", cases[k].name);
		CHECK_INT(len, cases[k].want_len, "%s", cases[k].name);
		text_hex(bytes_of(out, got == DIGEST_DONE ? len : 0), hex);
		CHECK(strncmp(hex, cases[k].want_hex, strlen(cases[k].want_hex)) == 0,
			"%s: %s", cases[k].name, hex);
	}
}

static void test_names(struct digest *digest)
{
	uint8_t out[DIGEST_MAX_LEN];
	size_t len = 0;
	CHECK_INT(digest_named(digest, "SHA384", BYTES_NONE, out, &len), DIGEST_DONE,
		"SHA384");
	CHECK_INT(len, 48, "SHA384 of nothing");
	CHECK_INT(digest_named(digest, "no-such-hash", BYTES_NONE, out, &len),
		DIGEST_UNKNOWN, "an unknown name");
}

void test_digest(void)
{
	struct err err;
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	CHECK_CODE(&err, CODE_NONE, "a digest");
	if (!digest) {
		return;
	}
	test_parts(digest);
	test_oids(digest);
	test_names(digest);
	digest_free(digest);
	digest_free(NULL);
}

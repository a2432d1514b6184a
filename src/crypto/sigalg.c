// SPDX-License-Identifier: Apache-2.0
#include "crypto/sigalg.h"

#define PKCS1(last) BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01" last)
#define ECDSA_SHA2(last) BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x04\x03" last)
#define SHA2(last) BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02" last)

enum { ROW_ECDSA_SHA256, ROW_RSA_SHA256 };

// RFC 8017 A.2.4, RFC 5758, RFC 8410.
static const struct sigalg table[] = {
	[ROW_ECDSA_SHA256] = {"ecdsa-with-SHA256", ECDSA_SHA2("\x02"), KEY_EC, "SHA256",
		false, true},
	[ROW_RSA_SHA256] = {"sha256WithRSAEncryption", PKCS1("\x0b"), KEY_RSA, "SHA256",
		false, true},
	{"sha384WithRSAEncryption", PKCS1("\x0c"), KEY_RSA, "SHA384", false, true},
	{"sha512WithRSAEncryption", PKCS1("\x0d"), KEY_RSA, "SHA512", false, true},
	{"sha224WithRSAEncryption", PKCS1("\x0e"), KEY_RSA, "SHA224", false, true},
	{"sha1WithRSAEncryption", PKCS1("\x05"), KEY_RSA, "SHA1", false, false},
	{"md5WithRSAEncryption", PKCS1("\x04"), KEY_RSA, "MD5", false, false},
	{"ecdsa-with-SHA384", ECDSA_SHA2("\x03"), KEY_EC, "SHA384", false, true},
	{"ecdsa-with-SHA512", ECDSA_SHA2("\x04"), KEY_EC, "SHA512", false, true},
	{"ecdsa-with-SHA224", ECDSA_SHA2("\x01"), KEY_EC, "SHA224", false, true},
	{"ecdsa-with-SHA1", BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x04\x01"), KEY_EC, "SHA1",
		false, false},
	{"Ed25519", BYTES_LITERAL("\x2b\x65\x70"), KEY_ED25519, NULL, false, true},
	{"Ed448", BYTES_LITERAL("\x2b\x65\x71"), KEY_ED448, NULL, false, false},
	{"id-RSASSA-PSS", PKCS1("\x0a"), KEY_RSA, NULL, true, false},
};

// Here `oid` is the hash's.
static const struct sigalg pss_table[] = {
	{"id-RSASSA-PSS", SHA2("\x01"), KEY_RSA, "SHA256", true, true},
	{"id-RSASSA-PSS", SHA2("\x02"), KEY_RSA, "SHA384", true, true},
	{"id-RSASSA-PSS", SHA2("\x03"), KEY_RSA, "SHA512", true, true},
	{"id-RSASSA-PSS", BYTES_LITERAL("\x2b\x0e\x03\x02\x1a"), KEY_RSA, "SHA1", true,
		false},
};

static const struct sigalg *find(
	const struct sigalg *rows, size_t num_rows, struct bytes oid)
{
	for (size_t i = 0; i < num_rows; i++) {
		if (bytes_equal(rows[i].oid, oid)) {
			return &rows[i];
		}
	}
	return NULL;
}

const struct sigalg *sigalg_by_oid(struct bytes oid)
{
	return find(table, sizeof(table) / sizeof(table[0]), oid);
}

const struct sigalg *sigalg_pss(struct bytes hash_oid)
{
	return find(pss_table, sizeof(pss_table) / sizeof(pss_table[0]), hash_oid);
}

const struct sigalg *sigalg_sct_ecdsa(void)
{
	return &table[ROW_ECDSA_SHA256];
}

const struct sigalg *sigalg_sct_rsa(void)
{
	return &table[ROW_RSA_SHA256];
}

const char *key_type_name(enum key_type type)
{
	static const char *const names[] = {
		[KEY_OTHER] = "other",
		[KEY_RSA] = "rsa",
		[KEY_RSA_PSS] = "rsa-pss",
		[KEY_EC] = "ec",
		[KEY_ED25519] = "ed25519",
		[KEY_ED448] = "ed448",
		[KEY_DSA] = "dsa",
	};
	return names[type];
}

// SPDX-License-Identifier: Apache-2.0
#include "pki_local.h"

#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <stdlib.h>
#include <string.h>

static const struct key_kind {
	int nid; /* of the curve; 0 is RSA */
	const char *curve_oid; /* RFC 5480 2.1.1.1 */
	size_t len; /* of a scalar, or of the modulus, in bytes */
	const char *name; /* goes into the derivation: do not change it */
} key_kinds[] = {
	[PKI_P256] = {NID_X9_62_prime256v1, "1.2.840.10045.3.1.7", 32, "P-256"},
	[PKI_P384] = {NID_secp384r1, "1.3.132.0.34", 48, "P-384"},
	[PKI_RSA2048] = {0, NULL, 256, "RSA-2048"},
	[PKI_RSA1024] = {0, NULL, 128, "RSA-1024"},
};

/* HMAC-SHA-256(seed, label 0 kind 0 part 0 counter), as many blocks as are asked for. */
static void derive(const char *seed, const char *label, const struct key_kind *kind,
	const char *part, uint8_t *bytes, size_t len)
{
	struct out message = {0};

	derw_put(&message, label, strlen(label) + 1);
	derw_put(&message, kind->name, strlen(kind->name) + 1);
	derw_put(&message, part, strlen(part) + 1);
	size_t prefix_len = message.len;
	for (size_t at = 0; at < len; at += PKI_SHA256_LEN) {
		uint8_t block[PKI_SHA256_LEN];
		size_t want = len - at < sizeof(block) ? len - at : sizeof(block);
		message.len = prefix_len;
		derw_put_uint(&message, at / sizeof(block), 4);
		derw_need(HMAC(EVP_sha256(), seed, (int)strlen(seed), message.data,
				  message.len, block, NULL) != NULL,
			"HMAC");
		memcpy(bytes + at, block, want);
	}
	derw_clear(&message);
}

static BIGNUM *new_number(void)
{
	BIGNUM *number = BN_new();

	derw_need(number != NULL, "out of memory");
	return number;
}

/* ---- EC ---- */

/* AlgorithmIdentifier of the key, not of a signature. */
static void put_key_algorithm(struct out *o, const struct key_kind *kind)
{
	size_t start = o->len;

	if (kind->nid == 0) {
		derw_oid(o, "1.2.840.113549.1.1.1");
		derw_null(o);
	} else {
		derw_oid(o, "1.2.840.10045.2.1");
		derw_oid(o, kind->curve_oid);
	}
	derw_wrap(o, start, DERW_SEQUENCE);
}

static void set_public_point(struct pki_key *key)
{
	uint8_t bytes[1 + 2 * 48];
	EC_POINT *point = EC_POINT_new(key->group);

	derw_need(point != NULL &&
			EC_POINT_mul(key->group, point, key->d, NULL, NULL, NULL) == 1,
		"EC_POINT_mul");
	size_t len = EC_POINT_point2oct(key->group, point, POINT_CONVERSION_UNCOMPRESSED,
		bytes, sizeof(bytes), NULL);
	derw_need(len > 0, "EC_POINT_point2oct");
	derw_put(&key->point, bytes, len);
	EC_POINT_free(point);
}

/* d = 1 + (stream mod n-1), with 64 bits more than n has, so that the bias is nothing. */
static void derive_scalar(struct pki_key *key, const char *seed, const char *label)
{
	const struct key_kind *kind = &key_kinds[key->type];
	uint8_t bytes[48 + 8];
	BIGNUM *limit = BN_dup(EC_GROUP_get0_order(key->group));
	BN_CTX *ctx = BN_CTX_new();

	derive(seed, label, kind, "d", bytes, kind->len + 8);
	derw_need(limit != NULL && ctx != NULL && BN_sub_word(limit, 1) == 1 &&
			BN_bin2bn(bytes, (int)kind->len + 8, key->d) != NULL &&
			BN_mod(key->d, key->d, limit, ctx) == 1 &&
			BN_add_word(key->d, 1) == 1,
		"EC key");
	BN_CTX_free(ctx);
	BN_free(limit);
}

/* ---- RSA ---- */

/*
 * The first prime from a derived start on, counting by twos; p-1 shares no factor with
 * e.
 */
static void find_prime(
	const uint8_t *start, size_t len, const BIGNUM *e, BIGNUM *prime, BN_CTX *ctx)
{
	BIGNUM *rest = BN_CTX_get(ctx);
	int answer = 0;

	/* The two upper bits, so that the product of two such primes has full length. */
	derw_need(rest != NULL && BN_bin2bn(start, (int)len, prime) != NULL &&
			BN_set_bit(prime, (int)len * 8 - 1) == 1 &&
			BN_set_bit(prime, (int)len * 8 - 2) == 1 &&
			BN_set_bit(prime, 0) == 1 && BN_sub_word(prime, 2) == 1,
		"RSA prime");
	while (answer != 1) {
		derw_need(BN_add_word(prime, 2) == 1, "RSA prime");
		/* e is prime: no common factor, unless p mod e is 1. */
		derw_need(BN_mod(rest, prime, e, ctx) == 1, "RSA prime");
		if (!BN_is_one(rest)) {
			/* The witnesses are random. The answer for a prime does not hang
			 * on them; for a composite with a chance below 2^-128. */
			answer = BN_check_prime(prime, ctx, NULL);
			derw_need(answer >= 0, "BN_check_prime");
		}
	}
}

static void derive_primes(
	struct pki_key *key, const char *seed, const char *label, BN_CTX *ctx)
{
	const struct key_kind *kind = &key_kinds[key->type];
	uint8_t start[128];
	size_t len = kind->len / 2;

	derive(seed, label, kind, "p", start, len);
	find_prime(start, len, key->e, key->p, ctx);
	derive(seed, label, kind, "q", start, len);
	find_prime(start, len, key->e, key->q, ctx);
	derw_need(BN_cmp(key->p, key->q) != 0, "RSA primes are equal");
	if (BN_cmp(key->p, key->q) < 0) {
		BN_swap(key->p, key->q);
	}
}

static void put_number(struct out *o, const BIGNUM *number)
{
	uint8_t bytes[256];

	derw_need(BN_num_bytes(number) <= (int)sizeof(bytes), "number too long");
	derw_integer_bytes(o, bytes, (size_t)BN_bn2bin(number, bytes));
}

static void derive_rsa(struct pki_key *key, const char *seed, const char *label)
{
	BN_CTX *ctx = BN_CTX_new();

	derw_need(ctx != NULL, "out of memory");
	BN_CTX_start(ctx);
	BIGNUM *p1 = BN_CTX_get(ctx), *q1 = BN_CTX_get(ctx), *phi = BN_CTX_get(ctx);
	derw_need(phi != NULL && BN_set_word(key->e, 65537) == 1, "RSA key");
	derive_primes(key, seed, label, ctx);
	derw_need(BN_sub(p1, key->p, BN_value_one()) == 1 &&
			BN_sub(q1, key->q, BN_value_one()) == 1 &&
			BN_mul(phi, p1, q1, ctx) == 1 &&
			BN_mul(key->n, key->p, key->q, ctx) == 1 &&
			BN_mod_inverse(key->d, key->e, phi, ctx) != NULL &&
			BN_mod(key->dp, key->d, p1, ctx) == 1 &&
			BN_mod(key->dq, key->d, q1, ctx) == 1 &&
			BN_mod_inverse(key->qinv, key->q, key->p, ctx) != NULL,
		"RSA key");
	put_number(&key->point, key->n);
	put_number(&key->point, key->e);
	derw_wrap(&key->point, 0, DERW_SEQUENCE);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
}

/* ---- the key as a whole ---- */

static struct pki_key *new_empty(enum pki_key_type type)
{
	struct pki_key *key = calloc(1, sizeof(*key));

	derw_need(key != NULL, "out of memory");
	key->type = type;
	key->d = new_number();
	if (key_kinds[type].nid != 0) {
		key->group = EC_GROUP_new_by_curve_name(key_kinds[type].nid);
		derw_need(key->group != NULL, "EC group");
		return key;
	}
	BIGNUM **numbers[] = {
		&key->n, &key->e, &key->p, &key->q, &key->dp, &key->dq, &key->qinv};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		*numbers[i] = new_number();
	}
	return key;
}

static void set_spki(struct pki_key *key)
{
	put_key_algorithm(&key->spki, &key_kinds[key->type]);
	derw_bit_string(&key->spki, key->point.data, key->point.len);
	derw_wrap(&key->spki, 0, DERW_SEQUENCE);
	pki_digest(PKI_SHA256, key->spki.data, key->spki.len, key->sha256);
	pki_digest(PKI_SHA1, key->point.data, key->point.len, key->id);
}

struct pki_key *pki_key_new(const char *seed, enum pki_key_type type, const char *label)
{
	struct pki_key *key = new_empty(type);

	if (pki_key_is_rsa(key)) {
		derive_rsa(key, seed, label);
	} else {
		derive_scalar(key, seed, label);
		set_public_point(key);
	}
	set_spki(key);
	return key;
}

struct pki_key *pki_key_new_ec(enum pki_key_type type, const uint8_t *scalar, size_t len)
{
	derw_need(key_kinds[type].nid != 0, "not an EC key");
	struct pki_key *key = new_empty(type);
	derw_need(BN_bin2bn(scalar, (int)len, key->d) != NULL, "scalar");
	set_public_point(key);
	set_spki(key);
	return key;
}

void pki_key_free(struct pki_key *key)
{
	if (key == NULL) {
		return;
	}
	BIGNUM *numbers[] = {
		key->d, key->n, key->e, key->p, key->q, key->dp, key->dq, key->qinv};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		BN_free(numbers[i]);
	}
	EC_GROUP_free(key->group);
	derw_clear(&key->point);
	derw_clear(&key->spki);
	free(key);
}

enum pki_key_type pki_key_type(const struct pki_key *key)
{
	return key->type;
}

bool pki_key_is_rsa(const struct pki_key *key)
{
	return key_kinds[key->type].nid == 0;
}

const struct out *pki_key_spki(const struct pki_key *key)
{
	return &key->spki;
}

const uint8_t *pki_key_sha256(const struct pki_key *key)
{
	return key->sha256;
}

const uint8_t *pki_key_id(const struct pki_key *key)
{
	return key->id;
}

/* RSAPrivateKey (RFC 8017 A.1.2) */
static void put_rsa_private(const struct pki_key *key, struct out *o)
{
	const BIGNUM *numbers[] = {
		key->n, key->e, key->d, key->p, key->q, key->dp, key->dq, key->qinv};
	size_t start = o->len;

	derw_integer(o, 0);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		put_number(o, numbers[i]);
	}
	derw_wrap(o, start, DERW_SEQUENCE);
}

/* ECPrivateKey (RFC 5915 3) */
static void put_ec_private(const struct pki_key *key, struct out *o)
{
	size_t start = o->len;
	uint8_t scalar[48];
	int len = (int)key_kinds[key->type].len;

	derw_need(BN_bn2binpad(key->d, scalar, len) == len, "scalar");
	derw_integer(o, 1);
	derw_tlv(o, DERW_OCTET_STRING, scalar, (size_t)len);
	size_t point = o->len;
	derw_bit_string(o, key->point.data, key->point.len);
	derw_wrap(o, point, DERW_CONTEXT_CONSTRUCTED | 1);
	derw_wrap(o, start, DERW_SEQUENCE);
}

void pki_key_private(const struct pki_key *key, struct out *o)
{
	size_t start = o->len;

	derw_integer(o, 0);
	put_key_algorithm(o, &key_kinds[key->type]);
	size_t inner = o->len;
	if (pki_key_is_rsa(key)) {
		put_rsa_private(key, o);
	} else {
		put_ec_private(key, o);
	}
	derw_wrap(o, inner, DERW_OCTET_STRING);
	derw_wrap(o, start, DERW_SEQUENCE);
}

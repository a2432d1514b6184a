// SPDX-License-Identifier: Apache-2.0
#include "pki_local.h"

#include <openssl/hmac.h>
#include <string.h>

static const struct hash_kind {
	const EVP_MD *(*md)(void);
	const char *oid;
	const char *ecdsa_oid, *rsa_oid;
} hash_kinds[] = {
	[PKI_SHA1] = {EVP_sha1, "1.3.14.3.2.26", "1.2.840.10045.4.1",
		"1.2.840.113549.1.1.5"},
	[PKI_SHA256] = {EVP_sha256, "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2",
		"1.2.840.113549.1.1.11"},
	[PKI_SHA384] = {EVP_sha384, "2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.3",
		"1.2.840.113549.1.1.12"},
	[PKI_SHA512] = {EVP_sha512, "2.16.840.1.101.3.4.2.3", "1.2.840.10045.4.3.4",
		"1.2.840.113549.1.1.13"},
};

static const struct hash_kind *hash_kind(enum pki_hash hash)
{
	return &hash_kinds[hash == PKI_HASH_DEFAULT ? PKI_SHA256 : hash];
}

const EVP_MD *pki_hash_md(enum pki_hash hash)
{
	return hash_kind(hash)->md();
}

size_t pki_digest(enum pki_hash hash, const void *data, size_t len, uint8_t *md)
{
	unsigned md_len = 0;

	derw_need(EVP_Digest(data, len, md, &md_len, pki_hash_md(hash), NULL) == 1,
		"digest");
	return md_len;
}

void pki_hash_algorithm(enum pki_hash hash, struct out *o)
{
	size_t start = o->len;

	derw_oid(o, hash_kind(hash)->oid);
	derw_null(o);
	derw_wrap(o, start, DERW_SEQUENCE);
}

void pki_key_algorithm(const struct pki_key *key, enum pki_hash hash, struct out *o)
{
	size_t start = o->len;

	if (pki_key_is_rsa(key)) {
		derw_oid(o, hash_kind(hash)->rsa_oid);
		derw_null(o);
	} else {
		derw_oid(o, hash_kind(hash)->ecdsa_oid);
	}
	derw_wrap(o, start, DERW_SEQUENCE);
}

/* ---- RFC 6979 ---- */

struct nonces {
	const EVP_MD *md;
	size_t hash_len;
	uint8_t k[PKI_HASH_MAX], v[PKI_HASH_MAX];
};

/* V = HMAC_K(V) */
static void next_v(struct nonces *n)
{
	uint8_t v[PKI_HASH_MAX];

	derw_need(HMAC(n->md, n->k, (int)n->hash_len, n->v, n->hash_len, v, NULL) != NULL,
		"HMAC");
	memcpy(n->v, v, n->hash_len);
}

/* K = HMAC_K(V || step || more), V = HMAC_K(V): 3.2 d to g, and h.3 */
static void mix(struct nonces *n, uint8_t step, const struct out *more)
{
	struct out message = {0};
	uint8_t k[PKI_HASH_MAX];

	derw_put(&message, n->v, n->hash_len);
	derw_put_uint(&message, step, 1);
	derw_put_out(&message, more);
	derw_need(HMAC(n->md, n->k, (int)n->hash_len, message.data, message.len, k,
			  NULL) != NULL,
		"HMAC");
	memcpy(n->k, k, n->hash_len);
	next_v(n);
	derw_clear(&message);
}

/* bits2int: the leftmost bits of the bytes, as many as the order has (2.3.2) */
static void bits_to_int(
	const uint8_t *bytes, size_t len, const BIGNUM *order, BIGNUM *number)
{
	int surplus = (int)len * 8 - BN_num_bits(order);

	derw_need(BN_bin2bn(bytes, (int)len, number) != NULL, "bits2int");
	derw_need(surplus <= 0 || BN_rshift(number, number, surplus) == 1, "bits2int");
}

static void put_octets(struct out *o, const BIGNUM *number, const BIGNUM *order)
{
	uint8_t bytes[PKI_HASH_MAX];
	int len = BN_num_bytes(order);

	derw_need(BN_bn2binpad(number, bytes, len) == len, "int2octets");
	derw_put(o, bytes, (size_t)len);
}

/* z is the hash as a number below the order. */
static void nonces_init(
	struct nonces *n, const struct pki_key *key, enum pki_hash hash, const BIGNUM *z)
{
	const BIGNUM *order = EC_GROUP_get0_order(key->group);
	struct out seed = {0};

	n->md = pki_hash_md(hash);
	n->hash_len = (size_t)EVP_MD_get_size(n->md);
	memset(n->v, 1, sizeof(n->v));
	memset(n->k, 0, sizeof(n->k));
	put_octets(&seed, key->d, order);
	put_octets(&seed, z, order);
	mix(n, 0, &seed);
	mix(n, 1, &seed);
	derw_clear(&seed);
}

/* The next candidate that is from 1 to order-1 (3.2 h). */
static void next_nonce(struct nonces *n, const BIGNUM *order, BIGNUM *k)
{
	static const struct out nothing = {0};
	struct out t = {0};

	do {
		t.len = 0;
		while (t.len < (size_t)BN_num_bytes(order)) {
			next_v(n);
			derw_put(&t, n->v, n->hash_len);
		}
		bits_to_int(t.data, t.len, order, k);
		mix(n, 0, &nothing); /* for the next one; this one is already taken */
	} while (BN_is_zero(k) || BN_cmp(k, order) >= 0);
	derw_clear(&t);
}

/* ---- ECDSA ---- */

/* r = x(kG) mod order, s = (z + r d) / k mod order; false when one of them is zero. */
static bool sign_with_nonce(const struct pki_key *key, const BIGNUM *z, const BIGNUM *k,
	BIGNUM *r, BIGNUM *s, BN_CTX *ctx)
{
	const BIGNUM *order = EC_GROUP_get0_order(key->group);
	EC_POINT *point = EC_POINT_new(key->group);
	BIGNUM *inverse = BN_CTX_get(ctx);

	derw_need(point != NULL && inverse != NULL &&
			EC_POINT_mul(key->group, point, k, NULL, NULL, ctx) == 1 &&
			EC_POINT_get_affine_coordinates(
				key->group, point, r, NULL, ctx) == 1 &&
			BN_nnmod(r, r, order, ctx) == 1 &&
			BN_mod_mul(s, r, key->d, order, ctx) == 1 &&
			BN_mod_add(s, s, z, order, ctx) == 1 &&
			BN_mod_inverse(inverse, k, order, ctx) != NULL &&
			BN_mod_mul(s, s, inverse, order, ctx) == 1,
		"ECDSA");
	EC_POINT_free(point);
	return !BN_is_zero(r) && !BN_is_zero(s);
}

static void put_coordinate(struct out *o, const BIGNUM *number)
{
	uint8_t bytes[48];

	derw_need(BN_num_bytes(number) <= (int)sizeof(bytes), "number too long");
	derw_integer_bytes(o, bytes, (size_t)BN_bn2bin(number, bytes));
}

static void sign_ecdsa(const struct pki_key *key, enum pki_hash hash, const uint8_t *md,
	size_t md_len, struct out *o)
{
	const BIGNUM *order = EC_GROUP_get0_order(key->group);
	BN_CTX *ctx = BN_CTX_new();
	struct nonces nonces;
	size_t start = o->len;

	derw_need(ctx != NULL, "out of memory");
	BN_CTX_start(ctx);
	BIGNUM *z = BN_CTX_get(ctx), *k = BN_CTX_get(ctx);
	BIGNUM *r = BN_CTX_get(ctx), *s = BN_CTX_get(ctx);
	derw_need(s != NULL, "out of memory");
	bits_to_int(md, md_len, order, z);
	derw_need(BN_nnmod(z, z, order, ctx) == 1, "ECDSA");
	nonces_init(&nonces, key, hash, z);
	do {
		next_nonce(&nonces, order, k);
	} while (!sign_with_nonce(key, z, k, r, s, ctx));
	put_coordinate(o, r);
	put_coordinate(o, s);
	derw_wrap(o, start, DERW_SEQUENCE);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
}

/* ---- RSA ---- */

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2) */
static void put_padded_digest(struct out *o, enum pki_hash hash, const uint8_t *md,
	size_t md_len, size_t want_len)
{
	struct out info = {0};

	pki_hash_algorithm(hash, &info);
	derw_tlv(&info, DERW_OCTET_STRING, md, md_len);
	derw_wrap(&info, 0, DERW_SEQUENCE);
	derw_need(info.len + 11 <= want_len, "RSA key too short for the hash");
	derw_put_uint(o, 1, 2);
	while (o->len < want_len - info.len - 1) {
		derw_put_uint(o, 0xff, 1);
	}
	derw_put_uint(o, 0, 1);
	derw_put_out(o, &info);
	derw_clear(&info);
}

/* s = m^d mod n, by the two primes (RFC 8017 5.2.1). */
static void power(const struct pki_key *key, const BIGNUM *m, BIGNUM *s, BN_CTX *ctx)
{
	BIGNUM *m1 = BN_CTX_get(ctx), *m2 = BN_CTX_get(ctx);

	derw_need(m2 != NULL && BN_mod_exp(m1, m, key->dp, key->p, ctx) == 1 &&
			BN_mod_exp(m2, m, key->dq, key->q, ctx) == 1 &&
			BN_mod_sub(m1, m1, m2, key->p, ctx) == 1 &&
			BN_mod_mul(m1, m1, key->qinv, key->p, ctx) == 1 &&
			BN_mul(s, m1, key->q, ctx) == 1 && BN_add(s, s, m2) == 1,
		"RSA");
}

static void sign_rsa(const struct pki_key *key, enum pki_hash hash, const uint8_t *md,
	size_t md_len, struct out *o)
{
	struct out padded = {0};
	uint8_t bytes[256];
	int len = BN_num_bytes(key->n);
	BN_CTX *ctx = BN_CTX_new();

	derw_need(ctx != NULL && len <= (int)sizeof(bytes), "RSA");
	BN_CTX_start(ctx);
	BIGNUM *m = BN_CTX_get(ctx), *s = BN_CTX_get(ctx);
	put_padded_digest(&padded, hash, md, md_len, (size_t)len);
	derw_need(s != NULL && BN_bin2bn(padded.data, len, m) != NULL, "RSA");
	power(key, m, s, ctx);
	derw_need(BN_bn2binpad(s, bytes, len) == len, "RSA");
	derw_put(o, bytes, (size_t)len);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	derw_clear(&padded);
}

void pki_key_sign(const struct pki_key *key, enum pki_hash hash, const void *data,
	size_t len, struct out *o)
{
	uint8_t md[PKI_HASH_MAX];
	size_t md_len = pki_digest(hash, data, len, md);

	if (pki_key_is_rsa(key)) {
		sign_rsa(key, hash, md, md_len, o);
	} else {
		sign_ecdsa(key, hash, md, md_len, o);
	}
}

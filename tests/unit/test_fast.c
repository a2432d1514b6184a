// SPDX-License-Identifier: Apache-2.0
// The fast backend itself, before the reference has another look: what it accepts, when a
// key gets its table, and signatures that no signer makes.
#include "crypto/fast.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "crypto/ecdsa.h"
#include "crypto/verifier.h"
#include "tests/pki/der_write.h"
#include "tests/unit/test.h"
#include "tests/verifiers/pairs.h"

void test_fast(void);

#define OID_P256 BYTES_LITERAL("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_P384 BYTES_LITERAL("\x06\x05\x2b\x81\x04\x00\x22")

// Beside the 20,000 of `num_differ`, both kinds must be there in number.
static void test_pairs(void)
{
	struct pairs_result p256 = {0};
	struct pairs_result p384 = {0};
	pairs_run("P-256", 10000, 1, &p256);
	pairs_run("P-384", 500, 2, &p384);
	CHECK_INT(p256.num, 20000, "random ones and near misses");
	CHECK_INT(p256.num_differ, 0, "P-256");
	CHECK_INT(p256.num_unsigned, 0, "P-256");
	CHECK(p256.num_valid > 10000 && p256.num_valid < 13000, "%zu", p256.num_valid);
	CHECK_INT(p384.num, 1000, "random ones and near misses");
	CHECK_INT(p384.num_differ, 0, "P-384");
	CHECK(p384.num_valid > 500 && p384.num_valid < 650, "%zu", p384.num_valid);
}

struct scene {
	const struct curve *curve;
	struct bytes oid; // of the curve, DER
	EC_GROUP *group;
	const BIGNUM *order;
	BN_CTX *ctx;
	struct digest *digest;
	struct verifier *reference;
	struct curve_sums *sums;
	struct fast *fast;
};

static struct pubkey *key_of_point(struct scene *s, const EC_POINT *point)
{
	static const char header[] = "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
	uint8_t octets[1 + 2 * 48];
	size_t len = EC_POINT_point2oct(s->group, point, POINT_CONVERSION_UNCOMPRESSED,
		octets, sizeof(octets), s->ctx);
	struct out o = {0};
	struct err err;
	err_clear(&err);
	derw_put(&o, header, sizeof(header) - 1);
	derw_put(&o, s->oid.data, s->oid.len);
	derw_wrap(&o, 0, DERW_SEQUENCE);
	size_t at = o.len;
	derw_put(&o, "\x00", 1);
	derw_put(&o, octets, len);
	derw_wrap(&o, at, 0x03);
	derw_wrap(&o, 0, DERW_SEQUENCE);
	struct pubkey *key = pubkey_new(bytes_of(o.data, o.len), s->digest, &err);
	derw_clear(&o);
	return key;
}

// Both backends on one signature.
static void check_both(struct scene *s, const char *name, struct pubkey *key,
	const uint8_t *digest, const BIGNUM *r, const BIGNUM *t, bool want)
{
	// ecdsa-with-SHA256 or SHA384, whose digest is as long as the curve's numbers.
	char oid[] = "\x2a\x86\x48\xce\x3d\x04\x03\x02";
	oid[sizeof(oid) - 2] = s->curve == &curves[CURVE_P256] ? 2 : 3;
	uint8_t der[256];
	uint8_t *pos = der;
	ECDSA_SIG *signature = ECDSA_SIG_new();
	ECDSA_SIG_set0(signature, BN_dup(r), BN_dup(t));
	int len = i2d_ECDSA_SIG(signature, &pos);
	struct verify_job job = {.key = key,
		.alg = sigalg_by_oid(bytes_of((const uint8_t *)oid, sizeof(oid) - 1)),
		.digest = bytes_of(digest, curve_len(s->curve)),
		.signature = bytes_of(der, (size_t)len)};
	fast_run(s->fast, s->sums, &(struct verify_job *){&job}, 1);
	CHECK_INT(
		job.result == VERIFY_VALID, want, "%s, %s: fast", s->curve->group, name);
	verifier_run(s->reference, &(struct verify_job *){&job}, 1);
	CHECK_INT(job.result == VERIFY_VALID, want, "%s, %s: reference", s->curve->group,
		name);
	ECDSA_SIG_free(signature);
}

// The key for which r and t sign the digest, where R is what it is: (t R - e G) / r.
static struct pubkey *key_for(struct scene *s, const EC_POINT *R, const uint8_t *digest,
	const BIGNUM *r, const BIGNUM *t)
{
	BIGNUM *e = BN_bin2bn(digest, (int)curve_len(s->curve), NULL);
	BIGNUM *inverse = BN_mod_inverse(NULL, r, s->order, s->ctx);
	BIGNUM *u = BN_new();
	BIGNUM *v = BN_new();
	EC_POINT *q = EC_POINT_new(s->group);
	BN_mod_mul(u, t, inverse, s->order, s->ctx);
	BN_mod_mul(v, e, inverse, s->order, s->ctx);
	BN_mod_sub(v, BN_value_one(), v, s->order, s->ctx); // 1 - e/r
	BN_sub_word(v, 1);
	BN_nnmod(v, v, s->order, s->ctx);
	CHECK(EC_POINT_mul(s->group, q, v, R, u, s->ctx) == 1, "a key");
	struct pubkey *key = key_of_point(s, q);
	BN_free(e);
	BN_free(inverse);
	BN_free(u);
	BN_free(v);
	EC_POINT_free(q);
	return key;
}

// The point with the least x from `x` on, which becomes that x.
static EC_POINT *point_from(struct scene *s, BIGNUM *x)
{
	EC_POINT *point = EC_POINT_new(s->group);
	while (EC_POINT_set_compressed_coordinates(s->group, point, x, 0, s->ctx) != 1) {
		BN_add_word(x, 1);
	}
	return point;
}

// Signatures with one R, for every digest and s that stand at an edge.
static void test_edges_of_r(struct scene *s, const char *name, BIGNUM *x)
{
	enum { ZEROS, ONES, ORDER, ONE, NUM_DIGESTS };
	uint8_t digests[NUM_DIGESTS][48] = {{0}};
	size_t len = curve_len(s->curve);
	memset(digests[ONES], 0xff, len);
	BN_bn2binpad(s->order, digests[ORDER], (int)len);
	digests[ONE][len - 1] = 1;
	EC_POINT *R = point_from(s, x);
	BIGNUM *r = BN_new();
	BIGNUM *high = BN_new();
	BIGNUM *other = BN_new();
	BN_nnmod(r, x, s->order, s->ctx);
	BN_sub(high, s->order, BN_value_one());
	const BIGNUM *s_values[] = {BN_value_one(), high};
	for (size_t i = 0; i < NUM_DIGESTS; i++) {
		for (size_t k = 0; k < 2; k++) {
			const BIGNUM *t = s_values[k];
			struct pubkey *key = key_for(s, R, digests[i], r, t);
			check_both(s, name, key, digests[i], r, t, true);
			BN_sub(other, s->order, t); // of -R, whose x is the same
			check_both(s, "s and n - s", key, digests[i], r, other, true);
			BN_add(other, t, s->order);
			check_both(s, "s + n", key, digests[i], r, other, false);
			BN_add(other, r, s->order);
			check_both(s, "r + n", key, digests[i], other, t, false);
			BN_copy(other, r);
			BN_add_word(other, 1);
			check_both(s, "r + 1", key, digests[i], other, t, false);
			BN_zero(other);
			check_both(s, "r = 0", key, digests[i], other, t, false);
			check_both(s, "s = 0", key, digests[i], r, other, false);
			check_both(s, "r = n", key, digests[i], s->order, t, false);
			check_both(s, "s = n", key, digests[i], r, s->order, false);
			pubkey_unref(key);
		}
	}
	BN_free(r);
	BN_free(high);
	BN_free(other);
	EC_POINT_free(R);
}

// e G + r Q = 0: the key is -e/r G.
static void test_infinity(struct scene *s)
{
	uint8_t digest[48];
	memset(digest, 0x5a, sizeof(digest));
	BIGNUM *r = BN_new();
	BIGNUM *zero = BN_new();
	BN_set_word(r, 12345);
	BN_zero(zero);
	EC_POINT *any = EC_POINT_dup(EC_GROUP_get0_generator(s->group), s->group);
	struct pubkey *key = key_for(s, any, digest, r, zero);
	check_both(s, "R at infinity", key, digest, r, BN_value_one(), false);
	pubkey_unref(key);
	EC_POINT_free(any);
	BN_free(r);
	BN_free(zero);
}

static void test_edges(const struct curve *curve, int nid, struct bytes oid)
{
	struct err err;
	err_clear(&err);
	struct scene s = {.curve = curve,
		.oid = oid,
		.group = EC_GROUP_new_by_curve_name(nid),
		.ctx = BN_CTX_new(),
		.digest = digest_new(&err),
		.reference = verifier_new(NULL, &err),
		.sums = curve_sums_new(),
		.fast = fast_new(1, &err)};
	BIGNUM *x = BN_new();
	s.order = EC_GROUP_get0_order(s.group);
	BN_one(x);
	test_edges_of_r(&s, "r small", x);
	BN_copy(x, s.order);
	BN_add_word(x, 1);
	test_edges_of_r(&s, "R.x above n", x); // and r + n below p
	BN_copy(x, s.order);
	BN_rshift1(x, x);
	test_edges_of_r(&s, "r in the middle", x);
	test_infinity(&s);
	BN_free(x);
	fast_unref(s.fast);
	curve_sums_free(s.sums);
	verifier_free(s.reference);
	digest_free(s.digest);
	BN_CTX_free(s.ctx);
	EC_GROUP_free(s.group);
}

static void test_by_name(void)
{
	static const char *const names[] = {"auto", "fast", "reference"};
	struct fast *fast = NULL;
	struct err err;
	err_clear(&err);
	for (size_t i = 0; i < 3; i++) {
		CHECK(fast_by_name(names[i], &fast, &err), "%s", names[i]);
		CHECK_INT(fast != NULL, i < 2, "%s", names[i]);
		CHECK_INT(
			fast && fast_bytes(fast) > 0, i == 1, "%s has tested", names[i]);
		fast_unref(fast);
	}
	CHECK(!fast_by_name("slow", &fast, &err), "an unknown name");
	CHECK_CODE(&err, CODE_BAD_OPTION, "an unknown name");
	fast_unref(NULL);
}

// A key gets its table at the use that was asked for, and keys beyond the room for tables
// are left to the reference.
static void test_tables(void)
{
	struct err err;
	err_clear(&err);
	struct fast *fast = fast_new(3, &err);
	struct curve_sums *sums = curve_sums_new();
	struct digest *digest = digest_new(&err);
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	struct scene s = {.curve = &curves[CURVE_P256],
		.oid = OID_P256,
		.group = group,
		.digest = digest};
	size_t before = 0;
	size_t num_tables = 0;
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *k = BN_new();
	for (size_t i = 1; i < 260; i++) {
		BN_set_word(k, i);
		EC_POINT_mul(group, point, k, NULL, NULL, NULL);
		struct pubkey *key = key_of_point(&s, point);
		struct verify_job job = {.key = key,
			.alg = sigalg_sct_ecdsa(),
			.digest = BYTES_LITERAL("12345678901234567890123456789012"),
			.signature = BYTES_LITERAL("\x30\x06\x02\x01\x01\x02\x01\x01")};
		for (size_t use = 1; use <= 4; use++) {
			size_t bytes = fast_bytes(fast);
			fast_run(fast, sums, &(struct verify_job *){&job}, 1);
			CHECK(use == 3 || fast_bytes(fast) == bytes, "key %zu, use %zu",
				i, use);
		}
		num_tables += fast_bytes(fast) > before;
		before = fast_bytes(fast);
		pubkey_unref(key);
	}
	CHECK(num_tables > 180 && num_tables < 240, "%zu tables", num_tables);
	CHECK(before <= FAST_MAX_BYTES, "%zu bytes", before);
	BN_free(k);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	digest_free(digest);
	curve_sums_free(sums);
	fast_unref(fast);
}

void test_fast(void)
{
	test_by_name();
	test_edges(&curves[CURVE_P256], NID_X9_62_prime256v1, OID_P256);
	test_edges(&curves[CURVE_P384], NID_secp384r1, OID_P384);
	test_tables();
	test_pairs();
}

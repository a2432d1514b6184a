// SPDX-License-Identifier: Apache-2.0
// Our arithmetic on P-256 and P-384 against OpenSSL's, at random places and at every edge.
#include "crypto/curve.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "tests/unit/test.h"

void test_curve(void);

struct scene {
	const struct curve *curve;
	EC_GROUP *group;
	BN_CTX *ctx;
	struct curve_sums *sums;
	uint64_t seed;
};

static BIGNUM *number_of(const struct scene *s, const uint64_t *limbs)
{
	return BN_lebin2bn((const uint8_t *)limbs, (int)curve_len(s->curve), NULL);
}

static void limbs_of(const struct scene *s, const BIGNUM *number, uint64_t *out)
{
	CHECK(BN_bn2lebinpad(number, (uint8_t *)out, (int)curve_len(s->curve)) > 0,
		"a number of %s", s->curve->group);
}

// Below m, and often near its ends or near a power of two.
static void random_below(struct scene *s, const struct modulus *m, uint64_t *out)
{
	size_t n = s->curve->num_limbs;
	do {
		uint64_t kind = test_random(&s->seed) % 8;
		for (size_t i = 0; i < n; i++) {
			uint64_t limb = test_random(&s->seed);
			out[i] = kind == 0 ? 0 : kind == 1 ? m->m[i] : limb;
			out[i] = kind == 2 && limb % 2 ? 0 : out[i];
			out[i] = kind == 3 && limb % 2 ? UINT64_MAX : out[i];
		}
		if (kind < 2) {
			out[0] += kind == 0
				? test_random(&s->seed) % 200
				: (uint64_t)0 - 1 - test_random(&s->seed) % 200;
		}
	} while (!mont_less(n, out, m->m));
}

static void check_number(const struct scene *s, const struct modulus *m,
	const uint64_t *got, const BIGNUM *want, const char *what)
{
	uint64_t number[MONT_MAX_LIMBS] = {0};
	uint64_t wanted[MONT_MAX_LIMBS] = {0};
	mont_to_number(m, s->curve->num_limbs, got, number);
	limbs_of(s, want, wanted);
	CHECK(memcmp(number, wanted, sizeof(number)) == 0, "%s: %s", s->curve->group,
		what);
}

static void check_arithmetic(struct scene *s, const struct modulus *m)
{
	size_t n = s->curve->num_limbs;
	uint64_t a[MONT_MAX_LIMBS] = {0};
	uint64_t b[MONT_MAX_LIMBS] = {0};
	uint64_t out[MONT_MAX_LIMBS] = {0};
	random_below(s, m, a);
	random_below(s, m, b);
	BIGNUM *modulus = number_of(s, m->m);
	BIGNUM *x = number_of(s, a);
	BIGNUM *y = number_of(s, b);
	BIGNUM *want = BN_new();
	mont_from_number(m, n, a, a);
	mont_from_number(m, n, b, b);
	mont_mul(m, n, a, b, out);
	BN_mod_mul(want, x, y, modulus, s->ctx);
	check_number(s, m, out, want, "product");
	mont_add(m, n, a, b, out);
	BN_mod_add(want, x, y, modulus, s->ctx);
	check_number(s, m, out, want, "sum");
	mont_sub(m, n, a, b, out);
	BN_mod_sub(want, x, y, modulus, s->ctx);
	check_number(s, m, out, want, "difference");
	if (!BN_is_zero(x)) {
		mont_inverse(m, n, a, out);
		CHECK(BN_mod_inverse(want, x, modulus, s->ctx) != NULL, "an inverse");
		check_number(s, m, out, want, "inverse");
	}
	BN_free(modulus);
	BN_free(x);
	BN_free(y);
	BN_free(want);
}

// One inversion for many is the same as many.
static void check_inverse_all(struct scene *s)
{
	enum { NUM = 9 };
	size_t n = s->curve->num_limbs;
	uint64_t all[NUM * MONT_MAX_LIMBS];
	uint64_t each[NUM * MONT_MAX_LIMBS];
	uint64_t room[NUM * MONT_MAX_LIMBS];
	for (size_t num = 0; num <= NUM; num++) {
		for (size_t i = 0; i < num; i++) {
			do {
				random_below(s, &s->curve->p, &all[i * n]);
			} while (mont_is_zero(n, &all[i * n]));
			mont_inverse(&s->curve->p, n, &all[i * n], &each[i * n]);
		}
		mont_inverse_all(&s->curve->p, n, all, num, room);
		CHECK(memcmp(all, each, num * n * sizeof(*all)) == 0, "%zu inverses",
			num);
	}
}

static struct curve_table *table_of(const struct scene *s, const EC_POINT *point)
{
	uint64_t xy[2][MONT_MAX_LIMBS] = {{0}};
	BIGNUM *x = BN_new();
	BIGNUM *y = BN_new();
	CHECK(EC_POINT_get_affine_coordinates(s->group, point, x, y, s->ctx) == 1,
		"a point");
	limbs_of(s, x, xy[0]);
	limbs_of(s, y, xy[1]);
	BN_free(x);
	BN_free(y);
	return curve_table_new(s->curve, xy[0], xy[1], s->sums);
}

// One sum of the batch against OpenSSL's a G + b Q; `q` NULL: a G alone.
static void check_sum(struct scene *s, size_t index, const uint64_t *a, const EC_POINT *q,
	const uint64_t *b)
{
	BIGNUM *x = BN_new();
	BIGNUM *u = number_of(s, a);
	BIGNUM *v = number_of(s, b);
	EC_POINT *sum = EC_POINT_new(s->group);
	CHECK(EC_POINT_mul(s->group, sum, u, q, q ? v : NULL, s->ctx) == 1, "a sum");
	const uint64_t *got = curve_sums_x(s->sums, index);
	if (EC_POINT_is_at_infinity(s->group, sum)) {
		CHECK(!got, "%s: the point at infinity", s->curve->group);
	} else if (CHECK(got != NULL, "%s: a point", s->curve->group)) {
		EC_POINT_get_affine_coordinates(s->group, sum, x, NULL, s->ctx);
		check_number(s, &s->curve->p, got, x, "x of a sum");
	}
	BN_free(x);
	BN_free(u);
	BN_free(v);
	EC_POINT_free(sum);
}

static void check_sums(struct scene *s, const struct curve_table *g, const EC_POINT *q,
	const struct curve_table *of_q)
{
	uint64_t a[CURVE_BATCH][MONT_MAX_LIMBS] = {{0}};
	uint64_t b[CURVE_BATCH][MONT_MAX_LIMBS] = {{0}};
	size_t n = s->curve->num_limbs;
	curve_sums_begin(s->sums, s->curve);
	for (size_t i = 0; i < CURVE_BATCH; i++) {
		random_below(s, &s->curve->n, a[i]);
		random_below(s, &s->curve->n, b[i]);
		if (i % 4 == 1) { // both the same, or one the other's negative
			memcpy(b[i], a[i], sizeof(b[i]));
		} else if (i % 4 == 2 && !mont_is_zero(n, a[i])) {
			(void)mont_subtract(n, s->curve->n.m, a[i], b[i]);
		}
		curve_sums_add(s->sums, i, g, a[i]);
		curve_sums_add(s->sums, i, of_q, b[i]);
	}
	curve_sums_finish(s->sums);
	for (size_t i = 0; i < CURVE_BATCH; i++) {
		check_sum(s, i, a[i], q, b[i]);
	}
}

// Every power of two and its neighbours: all windows, and all carries between them.
static void check_powers(struct scene *s, const struct curve_table *g)
{
	const uint64_t zero[MONT_MAX_LIMBS] = {0};
	size_t num_bits = 64 * s->curve->num_limbs;
	for (size_t bit = 0; bit < num_bits; bit++) {
		for (uint64_t less = 0; less < 2; less++) {
			uint64_t a[MONT_MAX_LIMBS] = {0};
			const uint64_t by[MONT_MAX_LIMBS] = {less};
			a[bit / 64] = (uint64_t)1 << bit % 64;
			(void)mont_subtract(s->curve->num_limbs, a, by, a);
			curve_sums_begin(s->sums, s->curve);
			curve_sums_add(s->sums, 0, g, a);
			curve_sums_finish(s->sums);
			check_sum(s, 0, a, NULL, zero);
		}
	}
}

static void test_not_on_curve(struct scene *s)
{
	size_t n = s->curve->num_limbs;
	uint64_t x[MONT_MAX_LIMBS];
	uint64_t y[MONT_MAX_LIMBS];
	const uint64_t zero[MONT_MAX_LIMBS] = {0};
	mont_to_number(&s->curve->p, n, s->curve->gx, x);
	mont_to_number(&s->curve->p, n, s->curve->gy, y);
	struct curve_table *table = curve_table_new(s->curve, x, y, s->sums);
	CHECK(table != NULL, "the generator is on the curve");
	curve_table_free(table);
	CHECK(!curve_table_new(s->curve, y, x, s->sums), "exchanged");
	CHECK(!curve_table_new(s->curve, zero, zero, s->sums), "0, 0");
	y[0] ^= 1;
	CHECK(!curve_table_new(s->curve, x, y, s->sums), "another y");
	y[0] ^= 1;
	CHECK(!curve_table_new(s->curve, s->curve->p.m, y, s->sums), "x = p");
	memset(y, 0xff, sizeof(y));
	CHECK(!curve_table_new(s->curve, x, y, s->sums), "y above p");
}

static void test_one(const struct curve *curve, int nid)
{
	struct scene s = {curve, EC_GROUP_new_by_curve_name(nid), BN_CTX_new(),
		curve_sums_new(), 7};
	struct curve_table *g = curve_table_of_generator(curve, s.sums);
	for (size_t i = 0; i < 2000; i++) {
		check_arithmetic(&s, i % 2 ? &curve->p : &curve->n);
	}
	check_inverse_all(&s);
	check_powers(&s, g);
	check_sums(&s, g, EC_GROUP_get0_generator(s.group), g);
	for (size_t i = 0; i < 3; i++) {
		uint64_t k[MONT_MAX_LIMBS] = {0};
		EC_POINT *q = EC_POINT_new(s.group);
		random_below(&s, &curve->n, k);
		k[0] |= 1;
		BIGNUM *number = number_of(&s, k);
		EC_POINT_mul(s.group, q, number, NULL, NULL, s.ctx);
		struct curve_table *of_q = table_of(&s, q);
		check_sums(&s, g, q, of_q);
		curve_table_free(of_q);
		EC_POINT_free(q);
		BN_free(number);
	}
	test_not_on_curve(&s);
	curve_table_free(g);
	curve_sums_free(s.sums);
	EC_GROUP_free(s.group);
	BN_CTX_free(s.ctx);
}

void test_curve(void)
{
	test_one(&curves[CURVE_P256], NID_X9_62_prime256v1);
	test_one(&curves[CURVE_P384], NID_secp384r1);
}

// SPDX-License-Identifier: Apache-2.0
// Arithmetic modulo a prime of 256 or 384 bits, on little-endian limbs of 64 bits in
// Montgomery form (x times 2^(64 n) modulo m, for n limbs).
//
// For public values only: its time depends on them. `n` is 4 or 6, and a constant wherever
// it comes from, so that the compiler unrolls every loop. Inputs are below m, and so are
// outputs, which may be inputs too.
#ifndef CRYPTO_MONT_H
#define CRYPTO_MONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "crypto/limbs.h"

#define MONT_MAX_LIMBS 6
#define MONT_INLINE LIMBS_INLINE

// Which way leads from a product to a number below m.
enum mont_reduction {
	MONT_ANY,
	MONT_P256, // m = 2^256 - 2^224 + 2^192 + 2^96 - 1: shifts do for products
};

struct modulus {
	enum mont_reduction reduction;
	uint64_t m[MONT_MAX_LIMBS]; // odd, its highest bit set
	uint64_t one[MONT_MAX_LIMBS]; // 2^(64 n) modulo m
	uint64_t two[MONT_MAX_LIMBS]; // 2^(128 n) modulo m
	uint64_t m_inverse; // -1/m modulo 2^64
};

// Limb by limb: what was just written in limbs is slow to read in larger pieces.
MONT_INLINE void mont_copy(size_t n, const uint64_t *a, uint64_t *out)
{
	for (size_t i = 0; i < n; i++) {
		out[i] = a[i];
	}
}

MONT_INLINE bool mont_is_zero(size_t n, const uint64_t *a)
{
	uint64_t any = 0;
	for (size_t i = 0; i < n; i++) {
		any |= a[i];
	}
	return any == 0;
}

MONT_INLINE bool mont_equal(size_t n, const uint64_t *a, const uint64_t *b)
{
	uint64_t any = 0;
	for (size_t i = 0; i < n; i++) {
		any |= a[i] ^ b[i];
	}
	return any == 0;
}

// out = a - b, and 1 where b was greater.
MONT_INLINE uint64_t mont_subtract(
	size_t n, const uint64_t *a, const uint64_t *b, uint64_t *out)
{
	uint64_t less[MONT_MAX_LIMBS];
	mont_copy(n, a, less);
	uint64_t borrow = limbs_subtract_from(n, less, b);
	mont_copy(n, less, out);
	return borrow;
}

MONT_INLINE bool mont_less(size_t n, const uint64_t *a, const uint64_t *b)
{
	uint64_t ignored[MONT_MAX_LIMBS];
	return mont_subtract(n, a, b, ignored) != 0;
}

// From a number below 2 m, its bit 64 n in `carry`, to one below m.
MONT_INLINE void mont_reduce(const struct modulus *m, size_t n, const uint64_t *a,
	uint64_t carry, uint64_t *out)
{
	uint64_t less[MONT_MAX_LIMBS];
	uint64_t keep = (uint64_t)0 - (carry < mont_subtract(n, a, m->m, less));
	for (size_t i = 0; i < n; i++) {
		out[i] = (a[i] & keep) | (less[i] & ~keep);
	}
}

MONT_INLINE void mont_add(const struct modulus *m, size_t n, const uint64_t *a,
	const uint64_t *b, uint64_t *out)
{
	uint64_t sum[MONT_MAX_LIMBS];
	mont_copy(n, a, sum);
	uint64_t carry = limbs_add_to(n, sum, b);
	mont_reduce(m, n, sum, carry, out);
}

MONT_INLINE void mont_sub(const struct modulus *m, size_t n, const uint64_t *a,
	const uint64_t *b, uint64_t *out)
{
	uint64_t less[MONT_MAX_LIMBS];
	uint64_t back[MONT_MAX_LIMBS];
	mont_copy(n, a, less);
	uint64_t mask = (uint64_t)0 - limbs_subtract_from(n, less, b);
	for (size_t i = 0; i < n; i++) {
		back[i] = m->m[i] & mask;
	}
	(void)limbs_add_to(n, less, back);
	mont_copy(n, less, out);
}

// For any m, column by column, each made a multiple of 2^64 by adding m.
MONT_INLINE void mont_mul_any(const struct modulus *m, size_t n, const uint64_t *a,
	const uint64_t *b, uint64_t *out)
{
	uint64_t quotient[MONT_MAX_LIMBS];
	uint64_t result[MONT_MAX_LIMBS] = {0};
	struct limbs_sum sum = {0, 0, 0};
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			limbs_accumulate(&sum, a[j], b[i - j]);
			limbs_accumulate(&sum, quotient[j], m->m[i - j]);
		}
		limbs_accumulate(&sum, a[i], b[0]);
		quotient[i] = sum.low * m->m_inverse;
		limbs_accumulate(&sum, quotient[i], m->m[0]);
		(void)limbs_shift_out(&sum);
	}
	for (size_t i = n; i < 2 * n; i++) {
		for (size_t j = i - n + 1; j < n; j++) {
			limbs_accumulate(&sum, a[j], b[i - j]);
			limbs_accumulate(&sum, quotient[j], m->m[i - j]);
		}
		result[i - n] = limbs_shift_out(&sum);
	}
	mont_reduce(m, n, result, sum.low, out);
}

// For the prime of P-256: the whole product; then its lowest limb q, four times, is taken
// out by adding q m, which is q 2^96 + q (2^64 - 2^32 + 1) 2^192 - q.
MONT_INLINE void mont_mul_p256(
	const struct modulus *m, const uint64_t *a, const uint64_t *b, uint64_t *out)
{
	uint64_t t[8] = {0};
#pragma GCC unroll 4
	for (size_t i = 0; i < 4; i++) {
		uint64_t lows[4];
		uint64_t highs[4];
#pragma GCC unroll 4
		for (size_t j = 0; j < 4; j++) {
			limbs_wide product = (limbs_wide)a[i] * b[j];
			lows[j] = (uint64_t)product;
			highs[j] = (uint64_t)(product >> 64);
		}
		t[i + 4] = limbs_add_to(4, t + i, lows);
		(void)limbs_add_to(4, t + i + 1, highs);
	}
	uint64_t low[4] = {t[0], t[1], t[2], t[3]};
#pragma GCC unroll 4
	for (size_t i = 0; i < 4; i++) {
		uint64_t q = low[0];
		uint64_t times = q << 32;
		uint64_t above = q >> 32;
		const uint64_t add[4] = {
			times, above, q - times, q - above - (q < times)};
		low[0] = low[1];
		low[1] = low[2];
		low[2] = low[3];
		low[3] = 0;
		(void)limbs_add_to(4, low, add);
	}
	uint64_t carry = limbs_add_to(4, low, t + 4);
	mont_reduce(m, 4, low, carry, out);
}

// out = a b / 2^(64 n).
MONT_INLINE void mont_mul(const struct modulus *m, size_t n, const uint64_t *a,
	const uint64_t *b, uint64_t *out)
{
	if (m->reduction == MONT_P256) {
		mont_mul_p256(m, a, b, out);
	} else {
		mont_mul_any(m, n, a, b, out);
	}
}

// Into Montgomery form, and out of it.
MONT_INLINE void mont_from_number(
	const struct modulus *m, size_t n, const uint64_t *a, uint64_t *out)
{
	mont_mul(m, n, a, m->two, out);
}

MONT_INLINE void mont_to_number(
	const struct modulus *m, size_t n, const uint64_t *a, uint64_t *out)
{
	const uint64_t one[MONT_MAX_LIMBS] = {1};
	mont_mul(m, n, a, one, out);
}

MONT_INLINE void mont_shift_right(size_t n, uint64_t *a, unsigned by)
{
	for (size_t i = 0; i + 1 < n; i++) {
		a[i] = a[i] >> by | a[i + 1] << (64 - by);
	}
	a[n - 1] >>= by;
}

MONT_INLINE void mont_shift_left(size_t n, uint64_t *a, unsigned by)
{
	for (size_t i = n - 1; i > 0; i--) {
		a[i] = a[i] << by | a[i - 1] >> (64 - by);
	}
	a[0] <<= by;
}

// 1/a, which must not be 0. Kaliski's "almost inverse" by binary steps, without branches
// on which of the two is greater: with u = m and v = a at first, s a = v 2^k and
// r a = -u 2^k modulo m all along, or both with the other sign; and u s + v r = m, so
// that r and s never outgrow m.
MONT_INLINE void mont_inverse(
	const struct modulus *m, size_t n, const uint64_t *a, uint64_t *out)
{
	uint64_t u[MONT_MAX_LIMBS];
	uint64_t v[MONT_MAX_LIMBS];
	uint64_t r[MONT_MAX_LIMBS] = {0};
	uint64_t s[MONT_MAX_LIMBS] = {1};
	uint64_t swapped = 0;
	unsigned k = 0;
	mont_copy(n, m->m, u);
	mont_copy(n, a, v);
	while (!mont_is_zero(n, v)) {
		// In steps below 64, which shifts by more do not allow.
		unsigned zeros = v[0] ? (unsigned)__builtin_ctzll(v[0]) : 63;
		if (zeros) {
			mont_shift_right(n, v, zeros);
			mont_shift_left(n, r, zeros);
			k += zeros;
		}
		if (!(v[0] & 1)) {
			continue;
		}
		uint64_t difference[MONT_MAX_LIMBS];
		uint64_t swap = (uint64_t)0 - mont_subtract(n, v, u, difference);
		uint64_t carry = 0;
		uint64_t negate = swap & 1;
		swapped ^= swap;
		for (size_t i = 0; i < n; i++) {
			limbs_wide sum = (limbs_wide)r[i] + s[i] + carry;
			u[i] = (v[i] & swap) | (u[i] & ~swap);
			r[i] = (s[i] & swap) | (r[i] & ~swap);
			s[i] = (uint64_t)sum;
			carry = (uint64_t)(sum >> 64);
			limbs_wide v_now = (limbs_wide)(difference[i] ^ swap) + negate;
			v[i] = (uint64_t)v_now;
			negate = (uint64_t)(v_now >> 64);
		}
	}
	// u is 1: r = 2^k/a with its sign. In Montgomery form a is x R, and 1/x is to be
	// R/x: r R^2 / 2^k, by one product with 2^(128 n - k).
	if (!swapped) {
		(void)mont_subtract(n, m->m, r, r);
	}
	uint64_t power[MONT_MAX_LIMBS] = {0};
	unsigned exponent = (unsigned)(128 * n) - k;
	if (exponent >= 64 * n) {
		mont_add(m, n, r, r, r); // k is one bit less than m has, or as many
		exponent--;
	}
	if (exponent >= 64 * n) {
		mont_copy(n, m->one, power);
	} else {
		power[exponent / 64] = (uint64_t)1 << exponent % 64;
	}
	mont_from_number(m, n, power, power);
	mont_mul(m, n, r, power, out);
}

// 1/a[i] for each of `num` numbers, none of them 0, in place, by one inversion for all of
// them. `room` for as many again.
MONT_INLINE void mont_inverse_all(
	const struct modulus *m, size_t n, uint64_t *a, size_t num, uint64_t *room)
{
	uint64_t inverse[MONT_MAX_LIMBS];
	if (num == 0) {
		return;
	}
	mont_copy(n, a, room);
	for (size_t i = 1; i < num; i++) {
		mont_mul(m, n, &room[(i - 1) * n], &a[i * n], &room[i * n]);
	}
	mont_inverse(m, n, &room[(num - 1) * n], inverse);
	for (size_t i = num - 1; i > 0; i--) {
		uint64_t here[MONT_MAX_LIMBS];
		mont_mul(m, n, inverse, &room[(i - 1) * n], here);
		mont_mul(m, n, inverse, &a[i * n], inverse);
		mont_copy(n, here, &a[i * n]);
	}
	mont_copy(n, inverse, a);
}

#endif

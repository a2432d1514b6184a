// SPDX-License-Identifier: Apache-2.0
#include "crypto/ecdsa.h"

// One INTEGER at *at: minimal, not negative, at least one byte. Lengths below 128 suffice
// up to P-521; a longer one is a signature of no curve that OpenSSL verifies.
static bool read_integer(struct bytes in, size_t *at, struct bytes *out)
{
	if (in.len - *at < 3 || in.data[*at] != 0x02) {
		return false;
	}
	size_t len = in.data[*at + 1];
	const uint8_t *value = in.data + *at + 2;
	if (len == 0 || len > 127 || len > in.len - *at - 2 || (value[0] & 0x80) ||
		(len > 1 && value[0] == 0 && !(value[1] & 0x80))) {
		return false;
	}
	*at += 2 + len;
	bool padded = len > 1 && value[0] == 0;
	*out = bytes_of(value + padded, len - padded);
	return true;
}

bool ecdsa_read(struct bytes der, struct ecdsa_signature *out)
{
	struct ecdsa_signature read;
	if (der.len < 8 || der.data[0] != 0x30) {
		return false;
	}
	size_t at = 2;
	size_t len = der.data[1];
	if (len == 0x81) {
		len = der.data[2];
		at = 3;
		if (len < 128) {
			return false;
		}
	} else if (len > 127) {
		return false;
	}
	if (len != der.len - at || !read_integer(der, &at, &read.r) ||
		!read_integer(der, &at, &read.s) || at != der.len) {
		return false;
	}
	*out = read;
	return true;
}

// The numbers of a batch, in the limbs of its curve.
struct numbers {
	size_t num;
	size_t places[CURVE_BATCH]; // of the checks whose r and s are from 1 to n - 1
	uint64_t r[CURVE_BATCH][MONT_MAX_LIMBS];
	uint64_t s[CURVE_BATCH * MONT_MAX_LIMBS]; // then 1/s, both in Montgomery form
	uint64_t room[CURVE_BATCH * MONT_MAX_LIMBS];
};

MONT_INLINE bool read_number(
	const struct curve *curve, size_t n, struct bytes in, uint64_t *out)
{
	if (in.len > n * sizeof(*out)) {
		return false;
	}
	curve_limbs(curve, in, out);
	return !mont_is_zero(n, out) && mont_less(n, out, curve->n.m);
}

MONT_INLINE void read_numbers(const struct curve *curve, size_t n,
	struct ecdsa_check *checks, size_t num, struct numbers *out)
{
	out->num = 0;
	for (size_t i = 0; i < num; i++) {
		const struct ecdsa_signature *signature = &checks[i].signature;
		uint64_t *s = &out->s[out->num * n];
		checks[i].valid = false;
		if (read_number(curve, n, signature->r, out->r[out->num]) &&
			read_number(curve, n, signature->s, s)) {
			mont_from_number(&curve->n, n, s, s);
			out->places[out->num++] = i;
		}
	}
}

// The digest's leftmost bits as a number, modulo the order: both curves' orders have
// whole limbs, so that bits are bytes here.
MONT_INLINE void read_digest(
	const struct curve *curve, size_t n, struct bytes digest, uint64_t *out)
{
	uint64_t number[MONT_MAX_LIMBS];
	digest.len = digest.len < n * sizeof(*out) ? digest.len : n * sizeof(*out);
	curve_limbs(curve, digest, number);
	mont_reduce(&curve->n, n, number, 0, out);
}

// x modulo n = r. Both x and r are below p, and p is below 2 n.
MONT_INLINE bool is_r(const struct curve *curve, size_t n, const uint64_t *x, uint64_t *r)
{
	uint64_t form[MONT_MAX_LIMBS];
	mont_from_number(&curve->p, n, r, form);
	if (mont_equal(n, x, form)) {
		return true;
	}
	uint64_t room_above[MONT_MAX_LIMBS]; // how far r + n may go
	(void)mont_subtract(n, curve->p.m, curve->n.m, room_above);
	if (!mont_less(n, r, room_above)) {
		return false;
	}
	mont_add(&curve->p, n, r, curve->n.m, r);
	mont_from_number(&curve->p, n, r, form);
	return mont_equal(n, x, form);
}

MONT_INLINE void verify(const struct curve *curve, size_t n, struct curve_sums *sums,
	const struct curve_table *generator, struct ecdsa_check *checks, size_t num)
{
	struct numbers numbers;
	read_numbers(curve, n, checks, num, &numbers);
	mont_inverse_all(&curve->n, n, numbers.s, numbers.num, numbers.room);
	curve_sums_begin(sums, curve);
	for (size_t i = 0; i < numbers.num; i++) {
		const struct ecdsa_check *check = &checks[numbers.places[i]];
		uint64_t u[MONT_MAX_LIMBS];
		read_digest(curve, n, check->digest, u);
		mont_mul(&curve->n, n, u, &numbers.s[i * n], u);
		curve_sums_add(sums, i, generator, u);
		mont_mul(&curve->n, n, numbers.r[i], &numbers.s[i * n], u);
		curve_sums_add(sums, i, check->key, u);
	}
	curve_sums_finish(sums);
	for (size_t i = 0; i < numbers.num; i++) {
		const uint64_t *x = curve_sums_x(sums, i);
		checks[numbers.places[i]].valid = x && is_r(curve, n, x, numbers.r[i]);
	}
}

void ecdsa_verify(const struct curve *curve, struct curve_sums *sums,
	const struct curve_table *generator, struct ecdsa_check *checks, size_t num)
{
	if (curve->num_limbs == 4) {
		verify(curve, 4, sums, generator, checks, num);
	} else {
		verify(curve, 6, sums, generator, checks, num);
	}
}

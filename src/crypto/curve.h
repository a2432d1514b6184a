// SPDX-License-Identifier: Apache-2.0
// P-256 and P-384 (FIPS 186-4 D.1.2): tables of one point's multiples, and sums of such
// multiples, many at a time. For verifying only: time depends on the values.
//
// A scalar is cut into signed digits of 7 bits (10 for the generator); a table holds each
// digit's multiple of each power, so that k P is a sum of 37 points (55 on P-384; 26 and 39
// for the generator), without a doubling. The
// points of all sums are added in pairs, level by level, in affine coordinates: the one
// inversion that an addition needs is shared by all additions of a level.
#ifndef CRYPTO_CURVE_H
#define CRYPTO_CURVE_H

#include "base/bytes.h"
#include "crypto/mont.h"

// Sums at a time: their points stay in the second-level cache.
#define CURVE_BATCH 32

struct curve {
	const char *group; // OpenSSL's name
	size_t num_limbs;
	struct modulus p; // of the coordinates
	struct modulus n; // of the scalars: the order
	uint64_t b[MONT_MAX_LIMBS]; // y^2 = x^3 - 3 x + b, in Montgomery form
	uint64_t gx[MONT_MAX_LIMBS];
	uint64_t gy[MONT_MAX_LIMBS];
};

enum curve_id { CURVE_P256, CURVE_P384, NUM_CURVES };
extern const struct curve curves[NUM_CURVES];

// Bytes of a coordinate.
static inline size_t curve_len(const struct curve *curve)
{
	return curve->num_limbs * sizeof(uint64_t);
}

// A big-endian number of at most num_limbs limbs.
void curve_limbs(const struct curve *curve, struct bytes number, uint64_t *out);

// Sums under way; one thread's. NULL: no memory.
struct curve_sums;
struct curve_sums *curve_sums_new(void);
void curve_sums_free(struct curve_sums *sums);

// Frozen once built, so that threads may share it.
struct curve_table;
// Of the point with these coordinates (limbs, no Montgomery form); NULL: it is not on the
// curve, or no memory. `sums` is scratch.
struct curve_table *curve_table_new(const struct curve *curve, const uint64_t *x,
	const uint64_t *y, struct curve_sums *sums);
// Of the curve's generator.
struct curve_table *curve_table_of_generator(
	const struct curve *curve, struct curve_sums *sums);
void curve_table_free(struct curve_table *table);
// Bytes of a key's table, and of the generator's.
size_t curve_table_size(const struct curve *curve);
size_t curve_generator_size(const struct curve *curve);

// Begins CURVE_BATCH sums, each of nothing.
void curve_sums_begin(struct curve_sums *sums, const struct curve *curve);
// Adds a multiple to the sum at `index`, twice at most; `scalar` is below the order.
void curve_sums_add(struct curve_sums *sums, size_t index,
	const struct curve_table *table, const uint64_t *scalar);
void curve_sums_finish(struct curve_sums *sums);
// The x of a finished sum, in Montgomery form; NULL: the sum is the point at infinity.
const uint64_t *curve_sums_x(const struct curve_sums *sums, size_t index);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "crypto/curve.h"

#include <stdlib.h>

// Bits of a digit: of keys, which are many, and of the generator, of which there is one
// table a curve.
#define KEY_WINDOW 7
#define GENERATOR_WINDOW 10
#define MAX_WINDOWS 55
#define MAX_POINTS ((size_t)2 * MAX_WINDOWS) // of one sum, of two tables
#define POINT_LIMBS ((size_t)2 * MONT_MAX_LIMBS)

// Least significant limbs first.
// clang-format off
const struct curve curves[NUM_CURVES] = {
	[CURVE_P256] = {
		.group = "prime256v1",
		.num_limbs = 4,
		.p = {
			.reduction = MONT_P256,
			.m = {0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000,
				0xffffffff00000001},
			.one = {0x0000000000000001, 0xffffffff00000000, 0xffffffffffffffff,
				0x00000000fffffffe},
			.two = {0x0000000000000003, 0xfffffffbffffffff, 0xfffffffffffffffe,
				0x00000004fffffffd},
			.m_inverse = 0x0000000000000001,
		},
		.n = {
			.m = {0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff,
				0xffffffff00000000},
			.one = {0x0c46353d039cdaaf, 0x4319055258e8617b, 0x0000000000000000,
				0x00000000ffffffff},
			.two = {0x83244c95be79eea2, 0x4699799c49bd6fa6, 0x2845b2392b6bec59,
				0x66e12d94f3d95620},
			.m_inverse = 0xccd1c8aaee00bc4f,
		},
		.b = {0xd89cdf6229c4bddf, 0xacf005cd78843090, 0xe5a220abf7212ed6,
			0xdc30061d04874834},
		.gx = {0x79e730d418a9143c, 0x75ba95fc5fedb601, 0x79fb732b77622510,
			0x18905f76a53755c6},
		.gy = {0xddf25357ce95560a, 0x8b4ab8e4ba19e45c, 0xd2e88688dd21f325,
			0x8571ff1825885d85},
	},
	[CURVE_P384] = {
		.group = "secp384r1",
		.num_limbs = 6,
		.p = {
			.m = {0x00000000ffffffff, 0xffffffff00000000, 0xfffffffffffffffe,
				0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff},
			.one = {0xffffffff00000001, 0x00000000ffffffff, 0x0000000000000001},
			.two = {0xfffffffe00000001, 0x0000000200000000, 0xfffffffe00000000,
				0x0000000200000000, 0x0000000000000001},
			.m_inverse = 0x0000000100000001,
		},
		.n = {
			.m = {0xecec196accc52973, 0x581a0db248b0a77a, 0xc7634d81f4372ddf,
				0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff},
			.one = {0x1313e695333ad68d, 0xa7e5f24db74f5885, 0x389cb27e0bc8d220},
			.two = {0x2d319b2419b409a9, 0xff3d81e5df1aa419, 0xbc3e483afcb82947,
				0xd40d49174aab1cc5, 0x3fb05b7a28266895, 0x0c84ee012b39bf21},
			.m_inverse = 0x6ed46089e88fdc45,
		},
		.b = {0x081188719d412dcc, 0xf729add87a4c32ec, 0x77f2209b1920022e,
			0xe3374bee94938ae2, 0xb62b21f41f022094, 0xcd08114b604fbff9},
		.gx = {0x3dd0756649c0b528, 0x20e378e2a0d6ce38, 0x879c3afc541b4d6e,
			0x6454868459a30eff, 0x812ff723614ede2b, 0x4d3aadc2299e1513},
		.gy = {0x23043dad4b03a4fe, 0xa1bfa8bf7bb4a9ac, 0x8bade7562e83b050,
			0xc6c3521968f4ffd9, 0xdd8002263969a840, 0x2b78abc25a15c5e9},
	},
};
// clang-format on

// One addition. A point is x and y, n limbs each in Montgomery form; x = y = 0, which is
// on neither curve, stands for the point at infinity.
struct addition {
	const uint64_t *a;
	const uint64_t *b;
	uint64_t *out; // may be a or b
};

#define MAX_ADDITIONS (CURVE_BATCH * MAX_POINTS / 2)

struct curve_sums {
	const struct curve *curve;
	size_t num_points[CURVE_BATCH];
	struct addition additions[MAX_ADDITIONS];
	uint64_t denominators[MAX_ADDITIONS * MONT_MAX_LIMBS];
	uint64_t room[MAX_ADDITIONS * MONT_MAX_LIMBS];
	uint64_t points[CURVE_BATCH * MAX_POINTS * POINT_LIMBS];
};

struct curve_table {
	const struct curve *curve;
	unsigned window; // bits of a digit
	size_t num_windows;
	size_t multiples; // 1 to this; the others are their negatives
	// points[(i * multiples + multiple - 1) * 2 n]; a point of P-256 is a cache line.
	_Alignas(64) uint64_t points[];
};

// Every function on points is compiled twice, with all of its curve as constants.
#define FOR_CURVE(curve, function, ...)                                                 \
	((curve) == &curves[CURVE_P256] ? function(&curves[CURVE_P256], 4, __VA_ARGS__) \
					: function(&curves[CURVE_P384], 6, __VA_ARGS__))

void curve_limbs(const struct curve *curve, struct bytes number, uint64_t *out)
{
	memset(out, 0, curve_len(curve));
	for (size_t i = 0; i < number.len; i++) {
		out[i / 8] |= (uint64_t)number.data[number.len - 1 - i] << i % 8 * 8;
	}
}

struct curve_sums *curve_sums_new(void)
{
	return calloc(1, sizeof(struct curve_sums));
}

void curve_sums_free(struct curve_sums *sums)
{
	free(sums);
}

MONT_INLINE bool is_infinity(size_t n, const uint64_t *point)
{
	return mont_is_zero(2 * n, point);
}

// The slope's denominator where there is one: x2 - x1, or 2 y for a doubling. Otherwise
// the sum is known at once, and written.
MONT_INLINE bool needs_slope(const struct curve *curve, size_t n,
	const struct addition *addition, uint64_t *out_denominator)
{
	const uint64_t *a = addition->a;
	const uint64_t *b = addition->b;
	mont_sub(&curve->p, n, b, a, out_denominator);
	if (is_infinity(n, b)) {
		memmove(addition->out, a, 2 * n * sizeof(*a));
		return false;
	}
	if (is_infinity(n, a)) {
		memmove(addition->out, b, 2 * n * sizeof(*a));
		return false;
	}
	if (!mont_is_zero(n, out_denominator)) {
		return true;
	}
	if (!mont_equal(n, a + n, b + n)) {
		memset(addition->out, 0, 2 * n * sizeof(*a));
		return false;
	}
	mont_add(&curve->p, n, a + n, a + n, out_denominator);
	return true;
}

// The slope's numerator: y2 - y1, or 3 x^2 - 3 for a doubling.
MONT_INLINE void numerator(const struct curve *curve, size_t n,
	const struct addition *addition, uint64_t *out)
{
	const struct modulus *p = &curve->p;
	const uint64_t *a = addition->a;
	if (!mont_equal(n, a, addition->b)) {
		mont_sub(p, n, addition->b + n, a + n, out);
		return;
	}
	uint64_t less[MONT_MAX_LIMBS];
	mont_mul(p, n, a, a, out);
	mont_sub(p, n, out, p->one, out);
	mont_add(p, n, out, out, less);
	mont_add(p, n, out, less, out);
}

MONT_INLINE void add_by_slope(const struct curve *curve, size_t n,
	const struct addition *addition, const uint64_t *inverse)
{
	const struct modulus *p = &curve->p;
	uint64_t slope[MONT_MAX_LIMBS];
	uint64_t x[MONT_MAX_LIMBS];
	uint64_t y[MONT_MAX_LIMBS];
	numerator(curve, n, addition, slope);
	mont_mul(p, n, slope, inverse, slope);
	mont_mul(p, n, slope, slope, x);
	mont_sub(p, n, x, addition->a, x);
	mont_sub(p, n, x, addition->b, x);
	mont_sub(p, n, addition->a, x, y);
	mont_mul(p, n, slope, y, y);
	mont_sub(p, n, y, addition->a + n, addition->out + n);
	mont_copy(n, x, addition->out);
}

// All additions of `sums`, none of which reads what another writes.
MONT_INLINE void add_all(
	const struct curve *curve, size_t n, struct curve_sums *sums, size_t num)
{
	size_t num_slopes = 0;
	for (size_t i = 0; i < num; i++) {
		struct addition addition = sums->additions[i];
		sums->additions[num_slopes] = addition;
		num_slopes += needs_slope(
			curve, n, &addition, &sums->denominators[num_slopes * n]);
	}
	mont_inverse_all(&curve->p, n, sums->denominators, num_slopes, sums->room);
	for (size_t i = 0; i < num_slopes; i++) {
		add_by_slope(curve, n, &sums->additions[i], &sums->denominators[i * n]);
	}
}

static uint64_t *point_of(
	struct curve_sums *sums, size_t num_limbs, size_t index, size_t place)
{
	return &sums->points[(index * MAX_POINTS + place) * 2 * num_limbs];
}

void curve_sums_begin(struct curve_sums *sums, const struct curve *curve)
{
	sums->curve = curve;
	memset(sums->num_points, 0, sizeof(sums->num_points));
}

// Digits from 1 - multiples to multiples: what is more is taken from the next one.
static int next_digit(const struct curve_table *table, const uint64_t *scalar,
	size_t num_limbs, size_t index, int *carry)
{
	size_t at = index * table->window;
	uint64_t bits = scalar[at / 64] >> at % 64;
	if (at % 64 > 64 - table->window && at / 64 + 1 < num_limbs) {
		bits |= scalar[at / 64 + 1] << (64 - at % 64);
	}
	int digit = (int)(bits & (2 * table->multiples - 1)) + *carry;
	*carry = digit > (int)table->multiples;
	return *carry ? digit - (int)(2 * table->multiples) : digit;
}

// A table is larger than the caches near the processor: every point is asked for before the
// first is copied.
MONT_INLINE void add_multiple(const struct curve *curve, size_t n,
	struct curve_sums *sums, size_t index, const struct curve_table *table,
	const uint64_t *scalar)
{
	const uint64_t *points[MAX_WINDOWS];
	bool negative[MAX_WINDOWS];
	size_t num = 0;
	int carry = 0;
	const uint64_t *row = table->points;
	for (size_t i = 0; i < table->num_windows; i++, row += table->multiples * 2 * n) {
		int digit = next_digit(table, scalar, n, i, &carry);
		if (digit != 0) {
			size_t multiple = (size_t)(digit < 0 ? -digit : digit);
			points[num] = &row[(multiple - 1) * 2 * n];
			negative[num] = digit < 0;
			__builtin_prefetch(points[num]);
			__builtin_prefetch(points[num] + 2 * n - 1);
			num++;
		}
	}
	for (size_t i = 0; i < num; i++) {
		uint64_t *out = point_of(sums, n, index, sums->num_points[index]++);
		mont_copy(2 * n, points[i], out);
		if (negative[i]) {
			(void)mont_subtract(n, curve->p.m, out + n, out + n);
		}
	}
}

void curve_sums_add(struct curve_sums *sums, size_t index,
	const struct curve_table *table, const uint64_t *scalar)
{
	FOR_CURVE(sums->curve, add_multiple, sums, index, table, scalar);
}

// One level: of each sum the later half of the points is added to the earlier.
MONT_INLINE bool halve(const struct curve *curve, size_t n, struct curve_sums *sums)
{
	size_t num = 0;
	for (size_t i = 0; i < CURVE_BATCH; i++) {
		size_t half = (sums->num_points[i] + 1) / 2;
		for (size_t k = 0; half + k < sums->num_points[i]; k++) {
			uint64_t *a = point_of(sums, n, i, k);
			sums->additions[num++] =
				(struct addition){a, point_of(sums, n, i, half + k), a};
		}
		sums->num_points[i] = half;
	}
	add_all(curve, n, sums, num);
	return num > 0;
}

MONT_INLINE void finish(const struct curve *curve, size_t n, struct curve_sums *sums)
{
	while (halve(curve, n, sums)) {
	}
}

void curve_sums_finish(struct curve_sums *sums)
{
	FOR_CURVE(sums->curve, finish, sums);
}

const uint64_t *curve_sums_x(const struct curve_sums *sums, size_t index)
{
	size_t n = sums->curve->num_limbs;
	const uint64_t *point = &sums->points[index * MAX_POINTS * 2 * n];
	return sums->num_points[index] == 0 || is_infinity(n, point) ? NULL : point;
}

// y^2 = x^3 - 3 x + b, both below p.
MONT_INLINE bool is_on_curve(const struct curve *curve, size_t n, const uint64_t *point)
{
	const struct modulus *p = &curve->p;
	const uint64_t *y = point + n;
	uint64_t left[MONT_MAX_LIMBS];
	uint64_t right[MONT_MAX_LIMBS];
	mont_mul(p, n, point, point, right);
	mont_sub(p, n, right, p->one, right);
	mont_sub(p, n, right, p->one, right);
	mont_sub(p, n, right, p->one, right);
	mont_mul(p, n, right, point, right);
	mont_add(p, n, right, curve->b, right);
	mont_mul(p, n, y, y, left);
	return mont_equal(n, left, right);
}

// A point in Jacobian coordinates, x/z^2 and y/z^3, which needs no inversion to be doubled.
struct jacobian {
	uint64_t x[MONT_MAX_LIMBS];
	uint64_t y[MONT_MAX_LIMBS];
	uint64_t z[MONT_MAX_LIMBS];
};

MONT_INLINE void multiply_by(const struct modulus *p, size_t n, unsigned factor,
	const uint64_t *a, uint64_t *out)
{
	for (mont_copy(n, a, out); factor > 1; factor /= 2) {
		mont_add(p, n, out, out, out);
	}
}

// For curves with a = -3 (EFD, "dbl-2001-b").
MONT_INLINE void double_jacobian(const struct modulus *p, size_t n, struct jacobian *at)
{
	uint64_t delta[MONT_MAX_LIMBS];
	uint64_t gamma[MONT_MAX_LIMBS];
	uint64_t beta[MONT_MAX_LIMBS];
	uint64_t alpha[MONT_MAX_LIMBS];
	uint64_t t[MONT_MAX_LIMBS];
	mont_mul(p, n, at->z, at->z, delta);
	mont_mul(p, n, at->y, at->y, gamma);
	mont_mul(p, n, at->x, gamma, beta);
	mont_sub(p, n, at->x, delta, t);
	mont_add(p, n, at->x, delta, alpha);
	mont_mul(p, n, t, alpha, t);
	mont_add(p, n, t, t, alpha);
	mont_add(p, n, alpha, t, alpha); // 3 (x - z^2) (x + z^2)
	mont_add(p, n, at->y, at->z, t);
	mont_mul(p, n, t, t, t);
	mont_sub(p, n, t, gamma, t);
	mont_sub(p, n, t, delta, at->z); // 2 y z
	mont_mul(p, n, alpha, alpha, at->x);
	multiply_by(p, n, 8, beta, t);
	mont_sub(p, n, at->x, t, at->x);
	multiply_by(p, n, 4, beta, t);
	mont_sub(p, n, t, at->x, t);
	mont_mul(p, n, alpha, t, at->y);
	mont_mul(p, n, gamma, gamma, t);
	multiply_by(p, n, 8, t, t);
	mont_sub(p, n, at->y, t, at->y);
}

// x and y of a point of which 1/z is known.
MONT_INLINE void make_affine(
	const struct modulus *p, size_t n, uint64_t *point, const uint64_t *inverse)
{
	uint64_t power[MONT_MAX_LIMBS];
	mont_mul(p, n, inverse, inverse, power);
	mont_mul(p, n, point, power, point);
	mont_mul(p, n, power, inverse, power);
	mont_mul(p, n, point + n, power, point + n);
}

// The windows' first multiples: each is the one before, doubled once a bit.
MONT_INLINE void fill_first(const struct curve *curve, size_t n, struct curve_sums *sums,
	struct curve_table *table)
{
	const struct modulus *p = &curve->p;
	uint64_t *points = table->points;
	size_t row = table->multiples * 2 * n;
	struct jacobian at;
	mont_copy(n, points, at.x);
	mont_copy(n, points + n, at.y);
	mont_copy(n, p->one, at.z);
	for (size_t i = 1; i < table->num_windows; i++) {
		for (unsigned k = 0; k < table->window; k++) {
			double_jacobian(p, n, &at);
		}
		mont_copy(n, at.x, points + i * row);
		mont_copy(n, at.y, points + i * row + n);
		mont_copy(n, at.z, &sums->denominators[(i - 1) * n]);
	}
	mont_inverse_all(p, n, sums->denominators, table->num_windows - 1, sums->room);
	for (size_t i = 1; i < table->num_windows; i++) {
		make_affine(p, n, points + i * row, &sums->denominators[(i - 1) * n]);
	}
}

// From the multiples 1 to k those to 2 k, of as many windows at once as there is room for.
MONT_INLINE void fill_next(const struct curve *curve, size_t n, struct curve_sums *sums,
	struct curve_table *table, size_t k)
{
	size_t num = 0;
	for (size_t i = 0; i < table->num_windows; i++) {
		uint64_t *first = table->points + i * table->multiples * 2 * n;
		uint64_t *last = first + (k - 1) * 2 * n;
		for (size_t j = 0; j < k; j++) {
			sums->additions[num++] = (struct addition){
				first + j * 2 * n, last, last + (j + 1) * 2 * n};
		}
		if (num + k > MAX_ADDITIONS || i + 1 == table->num_windows) {
			add_all(curve, n, sums, num);
			num = 0;
		}
	}
}

MONT_INLINE void fill(const struct curve *curve, size_t n, struct curve_sums *sums,
	struct curve_table *table)
{
	fill_first(curve, n, sums, table);
	for (size_t k = 1; k < table->multiples; k *= 2) {
		fill_next(curve, n, sums, table, k);
	}
}

_Static_assert(1 << (GENERATOR_WINDOW - 2) <= MAX_ADDITIONS, "a level of a table fits");

// One bit more than the scalar has, for the carry.
static size_t windows_of(const struct curve *curve, unsigned window)
{
	return (64 * curve->num_limbs + window) / window;
}

static size_t size_of(const struct curve *curve, unsigned window)
{
	size_t num_points = windows_of(curve, window) << (window - 1);
	return sizeof(struct curve_table) + num_points * 2 * curve_len(curve);
}

size_t curve_table_size(const struct curve *curve)
{
	return size_of(curve, KEY_WINDOW);
}

size_t curve_generator_size(const struct curve *curve)
{
	return size_of(curve, GENERATOR_WINDOW);
}

// Of coordinates in Montgomery form.
static struct curve_table *table_of_point(const struct curve *curve, unsigned window,
	const uint64_t *x, const uint64_t *y, struct curve_sums *sums)
{
	size_t len = curve_len(curve);
	struct curve_table *table = aligned_alloc(64, size_of(curve, window));
	if (!table) {
		return NULL;
	}
	table->curve = curve;
	table->window = window;
	table->num_windows = windows_of(curve, window);
	table->multiples = (size_t)1 << (window - 1);
	memcpy(table->points, x, len);
	memcpy(table->points + curve->num_limbs, y, len);
	if (!FOR_CURVE(curve, is_on_curve, table->points)) {
		free(table);
		return NULL;
	}
	FOR_CURVE(curve, fill, sums, table);
	return table;
}

struct curve_table *curve_table_new(const struct curve *curve, const uint64_t *x,
	const uint64_t *y, struct curve_sums *sums)
{
	size_t n = curve->num_limbs;
	uint64_t point[POINT_LIMBS];
	if (!mont_less(n, x, curve->p.m) || !mont_less(n, y, curve->p.m)) {
		return NULL;
	}
	mont_from_number(&curve->p, n, x, point);
	mont_from_number(&curve->p, n, y, point + n);
	return table_of_point(curve, KEY_WINDOW, point, point + n, sums);
}

struct curve_table *curve_table_of_generator(
	const struct curve *curve, struct curve_sums *sums)
{
	return table_of_point(curve, GENERATOR_WINDOW, curve->gx, curve->gy, sums);
}

void curve_table_free(struct curve_table *table)
{
	free(table);
}

// SPDX-License-Identifier: Apache-2.0
// Numbers of n limbs of 64 bits, least significant first: the steps that carry.
//
// Compilers know no carry flag. On x86-64, where it counts, the steps for 4 and 6 limbs are
// written in its instructions (all of the baseline, so that any x86-64 has them); elsewhere,
// and for any other n, in C. The unit tests hold both against OpenSSL. Every output is marked
// as written early: inputs are still read behind the first of them.
#ifndef CRYPTO_LIMBS_H
#define CRYPTO_LIMBS_H

#include <stddef.h>
#include <stdint.h>

#define LIMBS_INLINE static inline __attribute__((always_inline))

__extension__ typedef unsigned __int128 limbs_wide;

#if defined(__x86_64__) && !defined(CTPOLICY_PORTABLE_LIMBS)
#define LIMBS_X86_64 1
#else
#define LIMBS_X86_64 0
#endif

// A sum of products, of three limbs.
struct limbs_sum {
	uint64_t low;
	uint64_t middle;
	uint64_t high;
};

// sum += a b
LIMBS_INLINE void limbs_accumulate(struct limbs_sum *sum, uint64_t a, uint64_t b)
{
#if LIMBS_X86_64
	uint64_t high;
	__asm__("mulq %[b]" : "+a"(a), "=d"(high) : [b] "rm"(b) : "cc");
	__asm__("addq %[a], %[low]\n\t"
		"adcq %[high], %[middle]\n\t"
		"adcq $0, %[top]"
		:
		[low] "+&r"(sum->low), [middle] "+&r"(sum->middle), [top] "+&r"(sum->high)
		: [a] "r"(a), [high] "r"(high)
		: "cc");
#else
	limbs_wide product = (limbs_wide)a * b;
	limbs_wide low = ((limbs_wide)sum->middle << 64 | sum->low) + product;
	sum->high += low < product;
	sum->low = (uint64_t)low;
	sum->middle = (uint64_t)(low >> 64);
#endif
}

LIMBS_INLINE uint64_t limbs_shift_out(struct limbs_sum *sum)
{
	uint64_t out = sum->low;
	*sum = (struct limbs_sum){sum->middle, sum->high, 0};
	return out;
}

// a += b, with the carry.
LIMBS_INLINE uint64_t limbs_add_to(size_t n, uint64_t *a, const uint64_t *b)
{
	uint64_t carry = 0;
#if LIMBS_X86_64
	if (n == 4) {
		__asm__("addq %[b0], %[a0]\n\t"
			"adcq %[b1], %[a1]\n\t"
			"adcq %[b2], %[a2]\n\t"
			"adcq %[b3], %[a3]\n\t"
			"adcq $0, %[carry]"
			: [a0] "+&r"(a[0]), [a1] "+&r"(a[1]), [a2] "+&r"(a[2]),
			[a3] "+&r"(a[3]), [carry] "+&r"(carry)
			:
			[b0] "rm"(b[0]), [b1] "rm"(b[1]), [b2] "rm"(b[2]), [b3] "rm"(b[3])
			: "cc");
		return carry;
	}
	if (n == 6) {
		__asm__("addq %[b0], %[a0]\n\t"
			"adcq %[b1], %[a1]\n\t"
			"adcq %[b2], %[a2]\n\t"
			"adcq %[b3], %[a3]\n\t"
			"adcq %[b4], %[a4]\n\t"
			"adcq %[b5], %[a5]\n\t"
			"adcq $0, %[carry]"
			: [a0] "+&r"(a[0]), [a1] "+&r"(a[1]), [a2] "+&r"(a[2]),
			[a3] "+&r"(a[3]), [a4] "+&r"(a[4]), [a5] "+&r"(a[5]),
			[carry] "+&r"(carry)
			: [b0] "m"(b[0]), [b1] "m"(b[1]), [b2] "m"(b[2]), [b3] "m"(b[3]),
			[b4] "m"(b[4]), [b5] "m"(b[5])
			: "cc");
		return carry;
	}
#endif
	for (size_t i = 0; i < n; i++) {
		limbs_wide x = (limbs_wide)a[i] + b[i] + carry;
		a[i] = (uint64_t)x;
		carry = (uint64_t)(x >> 64);
	}
	return carry;
}

// a -= b, with 1 where b was greater.
LIMBS_INLINE uint64_t limbs_subtract_from(size_t n, uint64_t *a, const uint64_t *b)
{
	uint64_t borrow = 0;
#if LIMBS_X86_64
	if (n == 4) {
		__asm__("subq %[b0], %[a0]\n\t"
			"sbbq %[b1], %[a1]\n\t"
			"sbbq %[b2], %[a2]\n\t"
			"sbbq %[b3], %[a3]\n\t"
			"adcq $0, %[borrow]"
			: [a0] "+&r"(a[0]), [a1] "+&r"(a[1]), [a2] "+&r"(a[2]),
			[a3] "+&r"(a[3]), [borrow] "+&r"(borrow)
			:
			[b0] "rm"(b[0]), [b1] "rm"(b[1]), [b2] "rm"(b[2]), [b3] "rm"(b[3])
			: "cc");
		return borrow;
	}
	if (n == 6) {
		__asm__("subq %[b0], %[a0]\n\t"
			"sbbq %[b1], %[a1]\n\t"
			"sbbq %[b2], %[a2]\n\t"
			"sbbq %[b3], %[a3]\n\t"
			"sbbq %[b4], %[a4]\n\t"
			"sbbq %[b5], %[a5]\n\t"
			"adcq $0, %[borrow]"
			: [a0] "+&r"(a[0]), [a1] "+&r"(a[1]), [a2] "+&r"(a[2]),
			[a3] "+&r"(a[3]), [a4] "+&r"(a[4]), [a5] "+&r"(a[5]),
			[borrow] "+&r"(borrow)
			: [b0] "m"(b[0]), [b1] "m"(b[1]), [b2] "m"(b[2]), [b3] "m"(b[3]),
			[b4] "m"(b[4]), [b5] "m"(b[5])
			: "cc");
		return borrow;
	}
#endif
	for (size_t i = 0; i < n; i++) {
		limbs_wide x = (limbs_wide)a[i] - b[i] - borrow;
		a[i] = (uint64_t)x;
		borrow = (uint64_t)(x >> 64) & 1;
	}
	return borrow;
}

#endif

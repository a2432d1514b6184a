// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdalign.h>

#include "tests/unit/test.h"

void test_arena(void);

static bool is_aligned(const void *p)
{
	return (uintptr_t)p % alignof(max_align_t) == 0;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i]) {
			return false;
		}
	}
	return true;
}

// Every piece is aligned, zero, and its own, also after memory was used before.
static void test_pieces(void)
{
	static const size_t sizes[] = {0, 1, 7, 16, 17, 1000, 65536, 70000, 200000, 3};
	struct arena arena = {0};
	for (int round = 0; round < 3; round++) {
		uint8_t *pieces[10];
		for (size_t i = 0; i < 10; i++) {
			pieces[i] = arena_take(&arena, sizes[i]);
			CHECK(pieces[i] && is_aligned(pieces[i]), "piece %zu", i);
			CHECK(is_zero(pieces[i], sizes[i]), "piece %zu is zero", i);
			memset(pieces[i], 0x40 + (int)i, sizes[i]);
		}
		for (size_t i = 0; i < 10; i++) {
			bool own = true;
			for (size_t k = 0; k < sizes[i]; k++) {
				own = own && pieces[i][k] == 0x40 + i;
			}
			CHECK(own, "piece %zu is no other's", i);
		}
		arena_reset(&arena);
	}
	arena_clear(&arena);
	CHECK(arena.first == NULL && arena.current == NULL, "cleared");
	arena_clear(&arena);
}

// The hundredth certificate costs no new block.
static void test_reuse(void)
{
	struct arena arena = {0};
	void *first = arena_take(&arena, 100);
	void *big = arena_take(&arena, 100000);
	for (int i = 0; i < 100; i++) {
		arena_reset(&arena);
		CHECK(arena_take(&arena, 100) == first, "the same first block");
		CHECK(arena_take(&arena, 100000) == big, "the same big block");
	}
	arena_clear(&arena);
}

// What is taken in a turn is there again for the next one, also across blocks.
static void test_marks(void)
{
	struct arena arena = {0};
	struct arena_mark empty = arena_mark(&arena);
	uint8_t *kept = arena_take(&arena, 100);
	struct arena_mark mark = arena_mark(&arena);
	uint8_t *small = arena_take(&arena, 100);
	uint8_t *big = arena_take(&arena, 100000);
	kept[99] = 7;
	for (int i = 0; i < 100; i++) {
		small[0] = big[0] = 9;
		arena_rewind(&arena, mark);
		CHECK(arena_take(&arena, 100) == small, "the same place");
		CHECK(arena_take(&arena, 100000) == big, "the same block");
		CHECK(small[0] == 0 && big[0] == 0, "zero again");
	}
	CHECK_INT(kept[99], 7, "what was taken before stays");
	arena_rewind(&arena, empty);
	CHECK(arena_take(&arena, 100) == kept, "from when it was empty");
	arena_clear(&arena);
}

static void test_limits(void)
{
	struct arena arena = {0};
	CHECK(arena_take(&arena, SIZE_MAX) == NULL, "no such memory");
	CHECK(arena_take_array(&arena, SIZE_MAX / 2, 4) == NULL, "an overflow");
	CHECK(arena_take_array(&arena, SIZE_MAX, 0) != NULL, "things of no size");
	CHECK(arena_take_array(&arena, 3, 5) != NULL, "three things of five bytes");
	struct bytes copy = arena_copy(&arena, BYTES_LITERAL("abc"));
	CHECK(bytes_equal(copy, BYTES_LITERAL("abc")) && copy.data[3] == 0,
		"a copy, with NUL");
	copy = arena_copy(&arena, BYTES_NONE);
	CHECK(copy.data && copy.len == 0 && copy.data[0] == 0, "a copy of nothing");
	arena_clear(&arena);
}

void test_arena(void)
{
	test_pieces();
	test_reuse();
	test_marks();
	test_limits();
}

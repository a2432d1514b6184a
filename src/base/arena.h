// SPDX-License-Identifier: Apache-2.0
// Scratch memory of one thread: taken piece by piece, given back all at once.
//
// After arena_reset the blocks stay, so that the hundredth certificate costs no malloc.
// What it lends lives until the next arena_reset or arena_clear. A struct set to zero is
// an empty arena. Not thread-safe: one thread, one arena.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/bytes.h"

struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *current;
};

// Aligned for any type and set to zero; NULL when memory is out. Size 0 is allowed.
void *arena_take(struct arena *arena, size_t size);
// The same for `num` things of `size` bytes each, overflow checked.
void *arena_take_array(struct arena *arena, size_t num, size_t size);
// A copy with a NUL after it (not counted); data is NULL when memory is out.
struct bytes arena_copy(struct arena *arena, struct bytes in);
// One block of at least `size` bytes, before anything else is taken, so that taking up to
// that much allocates nothing. Without memory false.
bool arena_reserve(struct arena *arena, size_t size);
void arena_reset(struct arena *arena);
// Gives back all that was taken since the mark, so that a loop needs the memory of one turn.
struct arena_mark {
	struct arena_block *block;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);
void arena_clear(struct arena *arena);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

// One block holds the work of an ordinary certificate (3 SCTs, 2 policies: about 20 KB).
#define BLOCK_SIZE ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t cap;
	size_t used;
	alignas(max_align_t) uint8_t data[];
};

static struct arena_block *block_new(size_t size)
{
	size_t cap = size > BLOCK_SIZE ? size : BLOCK_SIZE;
	struct arena_block *block = malloc(sizeof(*block) + cap);
	if (block) {
		block->next = NULL;
		block->cap = cap;
		block->used = 0;
	}
	return block;
}

// The block after the current one that has room, or a new one behind the current one.
static struct arena_block *next_block(struct arena *arena, size_t size)
{
	struct arena_block *at = arena->current;
	while (at && at->next && at->next->cap < size) {
		at = at->next;
	}
	if (at && at->next) {
		return at->next;
	}
	struct arena_block *block = block_new(size);
	if (block && at) {
		at->next = block;
	} else if (block) {
		arena->first = block;
	}
	return block;
}

void *arena_take(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2) {
		return NULL;
	}
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct arena_block *block = arena->current;
	if (!block || size > block->cap - block->used) {
		block = next_block(arena, size);
		if (!block) {
			return NULL;
		}
		block->used = 0;
		arena->current = block;
	}
	void *out = block->data + block->used;
	block->used += size;
	memset(out, 0, size);
	return out;
}

void *arena_take_array(struct arena *arena, size_t num, size_t size)
{
	if (size != 0 && num > SIZE_MAX / 4 / size) {
		return NULL;
	}
	return arena_take(arena, num * size);
}

struct bytes arena_copy(struct arena *arena, struct bytes in)
{
	uint8_t *out = arena_take(arena, in.len + 1);
	if (!out) {
		return BYTES_NONE;
	}
	bytes_copy(out, in);
	return bytes_of(out, in.len);
}

bool arena_reserve(struct arena *arena, size_t size)
{
	arena->first = arena->first ? arena->first : block_new(size);
	arena->current = arena->first;
	return arena->first != NULL;
}

void arena_reset(struct arena *arena)
{
	arena->current = arena->first;
	if (arena->first) {
		arena->first->used = 0;
	}
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){
		arena->current, arena->current ? arena->current->used : 0};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	if (!mark.block) {
		arena_reset(arena);
		return;
	}
	arena->current = mark.block;
	mark.block->used = mark.used;
}

void arena_clear(struct arena *arena)
{
	struct arena_block *block = arena->first;
	while (block) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
	*arena = (struct arena){NULL, NULL};
}

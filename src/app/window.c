// SPDX-License-Identifier: Apache-2.0
#include "app/window.h"

#include <stdlib.h>

#define PIECE ((size_t)64 * 1024)

void window_init(struct window *window, struct stream *stream, size_t max)
{
	*window = (struct window){.stream = stream, .max = max};
	err_clear(&window->err);
}

void window_clear(struct window *window)
{
	free(window->data);
	window->data = NULL;
}

struct bytes window_bytes(const struct window *window)
{
	return window->data
		? bytes_of(window->data + window->start, window->end - window->start)
		: BYTES_LITERAL("");
}

static bool fail_memory(struct window *window)
{
	window->at_end = true;
	return err_no_memory(&window->err);
}

// Room for another piece behind `end`.
static bool make_room(struct window *window)
{
	size_t len = window->end - window->start;
	if (window->cap - window->end >= PIECE) {
		return true;
	}
	if (window->cap >= 2 * (len + PIECE)) {
		memmove(window->data, window->data + window->start, len);
	} else {
		size_t cap = 2 * (len + PIECE);
		uint8_t *grown = malloc(cap);
		if (!grown) {
			return fail_memory(window);
		}
		if (len) {
			memcpy(grown, window->data + window->start, len);
		}
		free(window->data);
		window->data = grown;
		window->cap = cap;
	}
	window->start = 0;
	window->end = len;
	return true;
}

bool window_more(struct window *window)
{
	size_t len = 0;
	if (window->at_end || window->end - window->start >= window->max ||
		!make_room(window)) {
		return false;
	}
	if (!stream_read(window->stream, window->data + window->end, PIECE, &len,
		    &window->err) ||
		len == 0) {
		window->at_end = true;
		return false;
	}
	window->end += len;
	return true;
}

bool window_fill(struct window *window, size_t need)
{
	while (window->end - window->start < need) {
		if (!window_more(window)) {
			return false;
		}
	}
	return true;
}

void window_take(struct window *window, size_t len)
{
	window->start += len;
	window->offset += len;
}

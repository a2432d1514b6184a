// SPDX-License-Identifier: Apache-2.0
// A stream seen through a window that grows as far as its reader needs and no farther.
#ifndef APP_WINDOW_H
#define APP_WINDOW_H

#include "app/stream.h"

struct window {
	struct stream *stream; // lent
	uint8_t *data; // owned
	size_t cap;
	size_t max; // bytes that may be looked at together
	size_t start;
	size_t end;
	bool at_end; // of the stream, or of what can be read of it
	uint64_t offset; // of `start` in the stream
	struct err err; // why the stream ended early
};

void window_init(struct window *window, struct stream *stream, size_t max);
void window_clear(struct window *window);
// What is in it.
struct bytes window_bytes(const struct window *window);
// Reads on until there are `need` bytes, at most `max`. False: there are fewer, because the
// stream has ended or window->err is set, or `need` is above `max`.
bool window_fill(struct window *window, size_t need);
// Reads some more, where there is more and room for it.
bool window_more(struct window *window);
// Forgets the first bytes.
void window_take(struct window *window, size_t len);

#endif

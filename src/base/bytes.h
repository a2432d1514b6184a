// SPDX-License-Identifier: Apache-2.0
// Bytes as values: a slice, a reader with a sticky error, a capped growing buffer.
//
// A slice lends: it never owns what it points to. All parsing of untrusted bytes goes
// through `struct reader`: after the first failure every read yields zero and no bytes,
// the error keeps the offset of the fault, and the caller asks once, at the end. Nested
// readers share the error and count offsets from the same origin.
// Not thread-safe; no globals. Includes libc only.
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct bytes {
	const uint8_t *data;
	size_t len;
};

#define BYTES_NONE ((struct bytes){NULL, 0})
// A slice of a string literal, without its closing NUL.
#define BYTES_LITERAL(text) ((struct bytes){(const uint8_t *)(text), sizeof(text) - 1})

static inline struct bytes bytes_of(const void *data, size_t len)
{
	return (struct bytes){(const uint8_t *)data, len};
}

static inline struct bytes bytes_of_text(const char *text)
{
	return bytes_of(text, strlen(text));
}

// No bytes may be anywhere, at NULL too, which memcpy does not allow.
static inline void bytes_copy(uint8_t *to, struct bytes from)
{
	if (from.len) {
		memcpy(to, from.data, from.len);
	}
}

// The offset of `needle`, which is not empty, in `hay` from `at` on; hay.len: none.
size_t bytes_find(struct bytes hay, size_t at, struct bytes needle);

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	// The last byte first: object identifiers of one length differ there.
	return a.len == b.len &&
		(a.len == 0 ||
			(a.data[a.len - 1] == b.data[a.len - 1] &&
				memcmp(a.data, b.data, a.len) == 0));
}

struct reader {
	const uint8_t *origin; // offsets count from here
	const uint8_t *pos;
	const uint8_t *end;
	struct err *err; // sticky, shared with nested readers
	enum code code; // what a failed read is called
};

// Reads `in`; failures are reported into `err` as `code`.
struct reader reader_init(struct bytes in, enum code code, struct err *err);
// A reader over `in`, which lies inside what `parent` reads: same origin, error and code.
static inline struct reader reader_nested(const struct reader *parent, struct bytes in)
{
	const uint8_t *start = in.data ? in.data : parent->pos;
	return (struct reader){
		parent->origin, start, start + in.len, parent->err, parent->code};
}

static inline bool reader_failed(const struct reader *r)
{
	return r->err->code != CODE_NONE;
}

// True where a loop ends: nothing left, or a failure.
static inline bool reader_done(const struct reader *r)
{
	return r->pos == r->end || reader_failed(r);
}

static inline size_t reader_offset(const struct reader *r)
{
	return (size_t)(r->pos - r->origin);
}

static inline size_t reader_left(const struct reader *r)
{
	return reader_failed(r) ? 0 : (size_t)(r->end - r->pos);
}

struct bytes reader_rest(const struct reader *r);
// Marks the reader as failed at its present offset; the first cause wins.
void reader_fail(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void reader_fail_at(struct reader *r, size_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

uint8_t reader_u8(struct reader *r, const char *what);
uint16_t reader_u16(struct reader *r, const char *what);
uint64_t reader_u64(struct reader *r, const char *what);
struct bytes reader_take(struct reader *r, size_t len, const char *what);
// A 2-byte big-endian length and that many bytes (RFC 8446 3.4, opaque<0..2^16-1>).
struct bytes reader_vector16(struct reader *r, const char *what);
// Everything is consumed, or an error that says how many bytes are left over.
bool reader_finish(struct reader *r, const char *what);

// A buffer that grows up to `max` bytes and then fails, stickily: later writes are
// dropped and `failed` says so. Set to zero it is empty, with max 0; free with
// buffer_clear.
struct buffer {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max;
	bool failed;
};

void buffer_init(struct buffer *b, size_t max);
void buffer_clear(struct buffer *b);
// Makes room for `len` more bytes; false, and the buffer has failed, where it cannot.
bool buffer_grow(struct buffer *b, size_t len);

// Room for `len` more bytes at the end, counted as written; NULL on failure.
static inline uint8_t *buffer_extend(struct buffer *b, size_t len)
{
	if (b->failed || (len > b->cap - b->len && !buffer_grow(b, len))) {
		return NULL;
	}
	uint8_t *out = b->data + b->len;
	b->len += len;
	return out;
}

static inline void buffer_put(struct buffer *b, struct bytes in)
{
	uint8_t *out = in.len ? buffer_extend(b, in.len) : NULL;
	if (out) {
		bytes_copy(out, in);
	}
}

static inline void buffer_put_text(struct buffer *b, const char *text)
{
	buffer_put(b, bytes_of_text(text));
}

static inline void buffer_put_char(struct buffer *b, char c)
{
	uint8_t *out = buffer_extend(b, 1);
	if (out) {
		*out = (uint8_t)c;
	}
}

// The number in decimal digits.
void buffer_put_unsigned(struct buffer *b, uint64_t value);
void buffer_printf(struct buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline struct bytes buffer_bytes(const struct buffer *b)
{
	return bytes_of(b->data, b->len);
}

#endif

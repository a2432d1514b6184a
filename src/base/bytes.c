// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct reader reader_init(struct bytes in, enum code code, struct err *err)
{
	static const uint8_t nothing[1];
	const uint8_t *start = in.data ? in.data : nothing;
	return (struct reader){start, start, start + in.len, err, code};
}

struct bytes reader_rest(const struct reader *r)
{
	return bytes_of(r->pos, reader_left(r));
}

void reader_fail(struct reader *r, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	err_vset(r->err, r->code, reader_offset(r), format, args);
	va_end(args);
}

void reader_fail_at(struct reader *r, size_t offset, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	err_vset(r->err, r->code, offset, format, args);
	va_end(args);
}

struct bytes reader_take(struct reader *r, size_t len, const char *what)
{
	if (reader_failed(r)) {
		return BYTES_NONE;
	}
	if (len > (size_t)(r->end - r->pos)) {
		reader_fail(r, "%s: needs %zu bytes, but only %zu are left", what, len,
			reader_left(r));
		return BYTES_NONE;
	}
	struct bytes out = bytes_of(r->pos, len);
	r->pos += len;
	return out;
}

static uint64_t read_big_endian(struct reader *r, size_t len, const char *what)
{
	struct bytes in = reader_take(r, len, what);
	uint64_t value = 0;
	for (size_t i = 0; i < in.len; i++) {
		value = value << 8 | in.data[i];
	}
	return value;
}

uint8_t reader_u8(struct reader *r, const char *what)
{
	return (uint8_t)read_big_endian(r, 1, what);
}

uint16_t reader_u16(struct reader *r, const char *what)
{
	return (uint16_t)read_big_endian(r, 2, what);
}

uint64_t reader_u64(struct reader *r, const char *what)
{
	return read_big_endian(r, 8, what);
}

struct bytes reader_vector16(struct reader *r, const char *what)
{
	uint16_t len = reader_u16(r, what);
	return reader_take(r, len, what);
}

bool reader_finish(struct reader *r, const char *what)
{
	if (!reader_failed(r) && r->pos != r->end) {
		size_t left = reader_left(r);
		reader_fail(r, "%s: %zu byte%s left over after its last field", what,
			left, left == 1 ? "" : "s");
	}
	return !reader_failed(r);
}

void buffer_init(struct buffer *b, size_t max)
{
	*b = (struct buffer){.max = max};
}

void buffer_clear(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){.max = b->max};
}

bool buffer_grow(struct buffer *b, size_t len)
{
	b->failed = b->failed || len > b->max - b->len;
	if (b->failed) {
		return false;
	}
	size_t cap = b->cap ? b->cap : 256;
	while (cap < b->len + len) {
		cap *= 2;
	}
	cap = cap < b->max ? cap : b->max; // buffer_extend asks for the room alone
	uint8_t *data = realloc(b->data, cap);
	b->failed = !data;
	if (data) {
		b->data = data;
		b->cap = cap;
	}
	return data != NULL;
}

void buffer_put_unsigned(struct buffer *b, uint64_t value)
{
	char digits[20]; // of UINT64_MAX
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	buffer_put(b, bytes_of(digits + at, sizeof(digits) - at));
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	// Long enough for every line that is made of our own words and numbers; free text
	// goes through buffer_put.
	char line[512];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(line)) {
		b->failed = true;
		return;
	}
	buffer_put(b, bytes_of(line, (size_t)len));
}

size_t bytes_find(struct bytes hay, size_t at, struct bytes needle)
{
	while (at + needle.len <= hay.len) {
		const uint8_t *hit = memchr(
			hay.data + at, needle.data[0], hay.len - at - needle.len + 1);
		if (!hit) {
			return hay.len;
		}
		at = (size_t)(hit - hay.data);
		if (memcmp(hit, needle.data, needle.len) == 0) {
			return at;
		}
		at++;
	}
	return hay.len;
}

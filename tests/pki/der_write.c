// SPDX-License-Identifier: Apache-2.0
#include "der_write.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void derw_need(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "tests/pki: %s\n", what);
		abort();
	}
}

void derw_clear(struct out *o)
{
	free(o->data);
	*o = (struct out){0};
}

static void reserve(struct out *o, size_t more)
{
	derw_need(more <= SIZE_MAX / 4 - o->len, "buffer too large");
	if (o->len + more <= o->cap) {
		return;
	}
	size_t cap = 2 * (o->len + more) + 64;
	uint8_t *data = realloc(o->data, cap);
	derw_need(data != NULL, "out of memory");
	o->data = data;
	o->cap = cap;
}

void derw_insert(struct out *o, size_t at, const void *data, size_t len)
{
	derw_need(at <= o->len, "insertion past the end");
	if (len == 0) {
		return;
	}
	reserve(o, len);
	memmove(o->data + at + len, o->data + at, o->len - at);
	memcpy(o->data + at, data, len);
	o->len += len;
}

void derw_put(struct out *o, const void *data, size_t len)
{
	derw_insert(o, o->len, data, len);
}

void derw_put_out(struct out *o, const struct out *more)
{
	derw_put(o, more->data, more->len);
}

void derw_put_uint(struct out *o, uint64_t value, size_t width)
{
	derw_need(width >= 1 && width <= 8, "width of a number");
	for (size_t i = width; i > 0; i--) {
		uint8_t byte = (uint8_t)(value >> (8 * (i - 1)));
		derw_put(o, &byte, 1);
	}
}

void derw_printf(struct out *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int want = vsnprintf(NULL, 0, format, args);
	va_end(args);
	derw_need(want >= 0, "bad format");
	reserve(o, (size_t)want + 1);
	va_start(args, format);
	vsnprintf((char *)o->data + o->len, (size_t)want + 1, format, args);
	va_end(args);
	o->len += (size_t)want;
}

const char *derw_str(struct out *o)
{
	reserve(o, 1);
	o->data[o->len] = 0;
	return (const char *)o->data;
}

bool derw_equal(const struct out *a, const struct out *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

void derw_wrap(struct out *o, size_t start, uint8_t tag)
{
	derw_need(start <= o->len, "wrap past the end");
	size_t len = o->len - start;
	uint8_t head[2 + sizeof(len)] = {tag};
	size_t num_bytes = 0;

	while (num_bytes < sizeof(len) && (len >> (8 * num_bytes)) != 0) {
		num_bytes++;
	}
	if (len < 0x80) {
		head[1] = (uint8_t)len;
		derw_insert(o, start, head, 2);
		return;
	}
	head[1] = (uint8_t)(0x80 | num_bytes);
	for (size_t i = 0; i < num_bytes; i++) {
		head[2 + i] = (uint8_t)(len >> (8 * (num_bytes - 1 - i)));
	}
	derw_insert(o, start, head, 2 + num_bytes);
}

void derw_tlv(struct out *o, uint8_t tag, const void *data, size_t len)
{
	size_t start = o->len;

	derw_put(o, data, len);
	derw_wrap(o, start, tag);
}

void derw_text(struct out *o, uint8_t tag, const char *text)
{
	derw_tlv(o, tag, text, strlen(text));
}

/* One arc in base 128, the highest bit set in all but the last byte (X.690 8.19). */
static void put_arc(struct out *o, uint64_t arc)
{
	int shift = 63;

	while (shift > 0 && (arc >> shift) == 0) {
		shift -= 7;
	}
	for (; shift > 0; shift -= 7) {
		derw_put_uint(o, 0x80 | ((arc >> shift) & 0x7f), 1);
	}
	derw_put_uint(o, arc & 0x7f, 1);
}

static uint64_t read_arc(const char **text)
{
	const char *p = *text;
	uint64_t arc = 0;

	derw_need(*p >= '0' && *p <= '9', "bad object identifier");
	for (; *p >= '0' && *p <= '9'; p++) {
		arc = 10 * arc + (uint64_t)(*p - '0');
	}
	derw_need(*p == '.' || *p == 0, "bad object identifier");
	*text = *p == '.' ? p + 1 : p;
	return arc;
}

void derw_oid(struct out *o, const char *dotted)
{
	size_t start = o->len;
	uint64_t first = read_arc(&dotted);

	put_arc(o, 40 * first + read_arc(&dotted));
	while (*dotted != 0) {
		put_arc(o, read_arc(&dotted));
	}
	derw_wrap(o, start, DERW_OID);
}

void derw_integer(struct out *o, uint64_t value)
{
	struct out bytes = {0};

	derw_put_uint(&bytes, value, 8);
	derw_integer_bytes(o, bytes.data, bytes.len);
	derw_clear(&bytes);
}

void derw_integer_bytes(struct out *o, const uint8_t *data, size_t len)
{
	size_t start = o->len;

	while (len > 0 && data[0] == 0) {
		data++;
		len--;
	}
	if (len == 0 || data[0] >= 0x80) {
		derw_put_uint(o, 0, 1);
	}
	derw_put(o, data, len);
	derw_wrap(o, start, DERW_INTEGER);
}

void derw_true(struct out *o)
{
	derw_tlv(o, DERW_BOOLEAN, "\xff", 1);
}

void derw_null(struct out *o)
{
	derw_tlv(o, DERW_NULL, NULL, 0);
}

void derw_bit_string(struct out *o, const void *data, size_t len)
{
	size_t start = o->len;

	derw_put_uint(o, 0, 1);
	derw_put(o, data, len);
	derw_wrap(o, start, DERW_BIT_STRING);
}

/*
 * Days since 1970 of the first of March of that year, which begins a year with its leap
 * day last.
 */
static int64_t days_of_march_first(int64_t year)
{
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t in_era = year - 400 * era;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 - 719468;
}

/* Days from the first of March to the first of this month. */
static int64_t days_from_march(int month)
{
	return (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
}

int64_t derw_seconds(const struct derw_date *date)
{
	int64_t year = date->month > 2 ? date->year : date->year - 1;
	int64_t days =
		days_of_march_first(year) + days_from_march(date->month) + date->day - 1;

	return ((days * 24 + date->hour) * 60 + date->minute) * 60 + date->second;
}

struct derw_date derw_date(int64_t seconds)
{
	int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	int64_t rest = seconds - 86400 * days;
	int64_t year = 1970 + days / 365 + 1;
	struct derw_date date = {.hour = (int)(rest / 3600),
		.minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60)};

	while (days_of_march_first(year) > days) {
		year--;
	}
	int month = 2;
	int64_t in_year = days - days_of_march_first(year);
	for (int next = 3; next <= 14; next++) {
		int name = next > 12 ? next - 12 : next;
		if (days_from_march(name) <= in_year) {
			month = name;
		}
	}
	date.year = month > 2 ? year : year + 1;
	date.month = month;
	date.day = (int)(in_year - days_from_march(month)) + 1;
	return date;
}

void derw_generalized_time(struct out *o, int64_t seconds)
{
	struct derw_date d = derw_date(seconds);
	size_t start = o->len;

	derw_need(d.year >= 0 && d.year <= 9999, "year does not fit a GeneralizedTime");
	derw_printf(o, "%04d%02d%02d%02d%02d%02dZ", (int)d.year, d.month, d.day, d.hour,
		d.minute, d.second);
	derw_wrap(o, start, DERW_GENERALIZED_TIME);
}

void derw_time(struct out *o, int64_t seconds)
{
	struct derw_date d = derw_date(seconds);
	size_t start = o->len;

	if (d.year < 1950 || d.year > 2049) {
		derw_generalized_time(o, seconds);
		return;
	}
	derw_printf(o, "%02d%02d%02d%02d%02d%02dZ", (int)(d.year % 100), d.month, d.day,
		d.hour, d.minute, d.second);
	derw_wrap(o, start, DERW_UTC_TIME);
}

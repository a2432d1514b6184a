// SPDX-License-Identifier: Apache-2.0
/*
 * der_write: a growing buffer, and DER written into it.
 *
 * Test code: it includes nothing from src/, so that it can judge it. Every function
 * aborts the program when memory runs out or when it is used wrongly; none of them fails
 * otherwise.
 *
 * A `struct out` set to zero is empty and safe to clear. All writers append. A
 * constructed value is written content first and wrapped afterwards:
 *
 *	size_t start = o->len;
 *	derw_oid(o, "2.5.4.3");
 *	derw_text(o, DERW_UTF8_STRING, "name");
 *	derw_wrap(o, start, DERW_SEQUENCE);
 */
#ifndef TESTS_PKI_DER_WRITE_H
#define TESTS_PKI_DER_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum derw_tag {
	DERW_BOOLEAN = 0x01,
	DERW_INTEGER = 0x02,
	DERW_BIT_STRING = 0x03,
	DERW_OCTET_STRING = 0x04,
	DERW_NULL = 0x05,
	DERW_OID = 0x06,
	DERW_ENUMERATED = 0x0a,
	DERW_UTF8_STRING = 0x0c,
	DERW_PRINTABLE_STRING = 0x13,
	DERW_T61_STRING = 0x14,
	DERW_IA5_STRING = 0x16,
	DERW_UTC_TIME = 0x17,
	DERW_GENERALIZED_TIME = 0x18,
	DERW_UNIVERSAL_STRING = 0x1c,
	DERW_BMP_STRING = 0x1e,
	DERW_SEQUENCE = 0x30,
	DERW_SET = 0x31,
	DERW_CONTEXT = 0x80, /* [n] IMPLICIT of a primitive type: add n */
	DERW_CONTEXT_CONSTRUCTED =
		0xa0, /* [n] EXPLICIT, or IMPLICIT of a constructed one */
};

struct out {
	uint8_t *data;
	size_t len, cap;
};

/* Prints `what` to standard error and aborts, unless `ok`. */
void derw_need(bool ok, const char *what);

/* Frees the bytes and makes `o` empty again. */
void derw_clear(struct out *o);

/* Appends bytes, which must not lie in `o` itself. */
void derw_put(struct out *o, const void *data, size_t len);
void derw_put_out(struct out *o, const struct out *more);

/* Puts bytes in at offset `at` (<= o->len). */
void derw_insert(struct out *o, size_t at, const void *data, size_t len);

/* Appends the lowest `width` (1 to 8) bytes of a number, most significant first. */
void derw_put_uint(struct out *o, uint64_t value, size_t width);

/* Appends text without its NUL; printf's rules. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void derw_printf(struct out *o, const char *format, ...);

/*
 * The bytes as a C string: a NUL is kept after the end. Lent, until `o` is next changed.
 */
const char *derw_str(struct out *o);

bool derw_equal(const struct out *a, const struct out *b);

/* Makes everything from offset `start` to the end the content of one value. */
void derw_wrap(struct out *o, size_t start, uint8_t tag);

/* One value with this content. */
void derw_tlv(struct out *o, uint8_t tag, const void *data, size_t len);
void derw_text(struct out *o, uint8_t tag, const char *text);

/* OBJECT IDENTIFIER from "1.2.840..."; arcs to 2^64-1. */
void derw_oid(struct out *o, const char *dotted);

/*
 * INTEGER, never negative: from a number, or from big-endian bytes (leading zeros
 * dropped).
 */
void derw_integer(struct out *o, uint64_t value);
void derw_integer_bytes(struct out *o, const uint8_t *data, size_t len);

void derw_true(struct out *o);
void derw_null(struct out *o);

/* BIT STRING with no unused bits. */
void derw_bit_string(struct out *o, const void *data, size_t len);

/* A date in UTC, of the proleptic Gregorian calendar. */
struct derw_date {
	int64_t year;
	int month, day, hour, minute, second;
};

/* Seconds since 1970, and back. */
struct derw_date derw_date(int64_t seconds);
int64_t derw_seconds(const struct derw_date *date);

/* UTCTime for 1950 to 2049 and GeneralizedTime otherwise (RFC 5280 4.1.2.5). */
void derw_time(struct out *o, int64_t seconds);

/* GeneralizedTime, whatever the year. */
void derw_generalized_time(struct out *o, int64_t seconds);

#endif

// SPDX-License-Identifier: Apache-2.0
// DER (X.690) over struct reader: one function a construct, so that a parser reads like
// the ASN.1 module it follows. Lengths are definite and minimal, or the read fails with
// its offset. Tags of one byte cover all of X.509; a longer one is an error.
#ifndef X509_DER_H
#define X509_DER_H

#include "base/bytes.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_NUMERIC_STRING = 0x12,
	DER_PRINTABLE_STRING = 0x13,
	DER_TELETEX_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_VISIBLE_STRING = 0x1a,
	DER_UNIVERSAL_STRING = 0x1c,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};

// Context-specific tags: [n] primitive and constructed.
#define DER_CONTEXT(n) (0x80U | (n))
#define DER_CONTEXT_CONSTRUCTED(n) (0xa0U | (n))

struct der_element {
	uint8_t tag;
	struct bytes whole; // tag, length and value
	struct bytes value;
};

// The path that nearly every element takes stands here, to be inlined: a certificate has
// a hundred of them.

// The length of tag and length octets at the front, with *out_len for what they announce
// and the reader holds. 0 where they are of a rare form, or wrong.
static inline size_t der_usual_header(const struct reader *r, size_t *out_len)
{
	const uint8_t *at = r->pos;
	size_t left = reader_left(r);
	if (left < 2 || (at[0] & 0x1f) == 0x1f) {
		return 0;
	}
	size_t head = 2;
	size_t len = at[1];
	if (len == 0x81 && left > 2 && at[2] >= 0x80) {
		head = 3;
		len = at[2];
	} else if (len == 0x82 && left > 3 && at[2] > 0) {
		head = 4;
		len = (size_t)at[2] << 8 | at[3];
	} else if (len >= 0x80) {
		return 0;
	}
	*out_len = len;
	return len <= left - head ? head : 0;
}

static inline struct der_element der_element_of(
	const uint8_t *at, size_t head, size_t len)
{
	return (struct der_element){
		.tag = at[0],
		.whole = bytes_of(at, head + len),
		.value = bytes_of(at + head, len),
	};
}

// The same element step by step, with words for what is wrong.
struct der_element der_any_slowly(struct reader *r, const char *what);
// Fails the reader: `tag` is not what stands next.
void der_fail_tag(struct reader *r, unsigned tag, const char *what);

// True where the next byte is `tag`; false at the end and after a failure.
static inline bool der_next_is(const struct reader *r, unsigned tag)
{
	return !reader_done(r) && *r->pos == tag;
}

// Any element. `what` names it in the error.
static inline struct der_element der_any(struct reader *r, const char *what)
{
	size_t len = 0;
	size_t head = der_usual_header(r, &len);
	if (head == 0) {
		return der_any_slowly(r, what);
	}
	const uint8_t *at = r->pos;
	r->pos += head + len;
	return der_element_of(at, head, len);
}

// The element must bear `tag`.
static inline struct der_element der_expect(
	struct reader *r, unsigned tag, const char *what)
{
	if (!der_next_is(r, tag)) {
		der_fail_tag(r, tag, what);
	}
	return der_any(r, what);
}

// A reader over the contents of the element, which must bear `tag`.
static inline struct reader der_enter(struct reader *r, unsigned tag, const char *what)
{
	return reader_nested(r, der_expect(r, tag, what).value);
}

// BOOLEAN; TRUE is any byte but 0 (real certificates hold 0x01).
bool der_boolean(struct reader *r, const char *what);
// Contents of an INTEGER, minimal, two's complement, at least one byte.
struct bytes der_integer(struct reader *r, const char *what);
// The bits of a BIT STRING without unused ones (keys, signatures).
struct bytes der_octet_bits(struct reader *r, const char *what);
// UTCTime or GeneralizedTime to seconds since 1970. RFC 5280 4.1.2.5's forms, and what
// X.680 allows beyond and old certificates hold: no seconds, a zone, a fraction (cut);
// *out_odd is set for these.
int64_t der_time(struct reader *r, bool *out_odd, const char *what);

// Length of the header (tag and length) for contents of `len` bytes, and the header
// itself into `out` (at least 6 bytes). For cutting and re-wrapping.
size_t der_header(uint8_t tag, size_t len, uint8_t *out);

#endif

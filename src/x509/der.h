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

// True where the next byte is `tag`; false at the end and after a failure.
bool der_next_is(const struct reader *r, unsigned tag);
// Any element. `what` names it in the error.
struct der_element der_any(struct reader *r, const char *what);
// The element must bear `tag`.
struct der_element der_expect(struct reader *r, unsigned tag, const char *what);
// A reader over the contents of the element, which must bear `tag`.
struct reader der_enter(struct reader *r, unsigned tag, const char *what);
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

// SPDX-License-Identifier: Apache-2.0
// Distinguished names (RFC 5280 4.1.2.4): read, and written as RFC 4514 text.
#ifndef X509_NAME_H
#define X509_NAME_H

#include "x509/der.h"

// Relative distinguished names in one name; the longest real ones have about 15.
#define NAME_MAX_RDNS 128

struct name_attribute {
	struct bytes type; // OID contents
	struct der_element value; // any string type, or anything else
	bool first_in_rdn;
};

// Walks the attributes of a Name: name_next gives false at the end or on failure.
struct name_walk {
	struct reader rdns;
	struct reader set;
};
struct name_walk name_walk_init(struct bytes name, enum code code, struct err *err);
bool name_next(struct name_walk *walk, struct name_attribute *out);

// Reads a Name and checks its structure; the whole element, lent from the input.
struct bytes name_read(struct reader *r, const char *what);

// RFC 4514: last RDN first, attribute names from RFC 4519 and the usual ones of X.509,
// values as UTF-8 whatever their string type (T61 as Latin-1, what everybody means by
// it), special characters escaped, and so is everything that could fool a terminal or a
// log. A value that is no string, or whose bytes do not fit its type, becomes #hex.
// `name` is what name_read gave.
void name_put_text(struct buffer *out, struct bytes name);
// The first common name in it, in the same form: "CN=mail.example.org". False where there is
// none, and nothing is appended.
bool name_put_common_name(struct buffer *out, struct bytes name);

// RFC 5280 7.1 in short: the same text, whatever string types and ASCII letter case.
bool name_same(struct bytes a, struct bytes b);

#endif

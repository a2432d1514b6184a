// SPDX-License-Identifier: Apache-2.0
// What a certificate's key is for, by its extended key usage (RFC 5280 4.2.1.12).
#ifndef X509_KEY_PURPOSE_H
#define X509_KEY_PURPOSE_H

#include "x509/cert.h"

// Walks the purposes: key_purposes begins, key_purpose_next gives the next OID's contents,
// false at the end.
struct reader key_purposes(const struct cert *cert, struct err *err);
bool key_purpose_next(struct reader *purposes, struct bytes *out_oid);

struct key_purpose {
	struct bytes oid;
	const char *name; // as in the RFCs
	const char *holder; // who has such a certificate: "e-mail (S/MIME)"
};
// NULL where it is none that we know.
const struct key_purpose *key_purpose_find(struct bytes oid);

#endif

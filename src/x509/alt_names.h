// SPDX-License-Identifier: Apache-2.0
// The names of a certificate (subjectAltName, RFC 5280 4.2.1.6) for people: the first few, and
// how many more there are.
#ifndef X509_ALT_NAMES_H
#define X509_ALT_NAMES_H

#include "x509/cert.h"

// Appends the dNSNames, as `put` writes each; how many there are in all.
size_t alt_names_put(struct buffer *out, const struct cert *cert,
	void (*put)(struct buffer *out, struct bytes name));
// The same of the iPAddresses, as numbers (RFC 5952).
size_t alt_names_put_addresses(struct buffer *out, const struct cert *cert);
// One of them.
void alt_names_put_address(struct buffer *out, struct bytes address);

// "mail.test, 192.0.2.1": both, in one line; where there are neither, "none: " and why.
void alt_names_put_line(struct buffer *out, const struct cert *cert,
	void (*put)(struct buffer *out, struct bytes name));
// Why it is for no name at all: "it has no subjectAltName; clients do not read the common name
// (CN=mail.test)".
void alt_names_put_lack(struct buffer *out, const struct cert *cert);

#endif

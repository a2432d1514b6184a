// SPDX-License-Identifier: Apache-2.0
// A server's name, or its address, against the subjectAltName of a certificate (RFC 9525,
// which took the place of RFC 6125). The common name never counts (RFC 9525 2). Pure.
//
// What is taken, where the RFCs leave room:
// - a name is compared as ASCII without regard to case; an international one is its A-labels
//   (xn--...), and a dot at the end of the name asked for says nothing (RFC 9525 6.3);
// - a wildcard is the whole leftmost label, and stands for exactly one label (RFC 9525 6.3),
//   whatever that is, an A-label too; partial ones (f*.example.org) match nothing;
// - behind it there are at least two labels: "*.com" matches nothing, as in browsers and in
//   OpenSSL. Which of the longer names are registries' (*.co.uk) is known to the public
//   suffix list alone, which is not looked at;
// - an address is held against iPAddress by its bytes, never against dNSName, and no
//   wildcard matches it (RFC 9525 6.5).
#ifndef X509_HOST_MATCH_H
#define X509_HOST_MATCH_H

#include "x509/cert.h"

// RFC 1035 2.3.4.
#define HOST_MATCH_MAX_NAME 253
#define HOST_MATCH_MAX_LABEL 63
#define HOST_MATCH_MAX_ADDRESS 16
// An IPv6 address as text, with its NUL.
#define HOST_MATCH_ADDRESS_ROOM 40

struct wanted_host {
	// As given, in lower case, without the dot at its end.
	char name[HOST_MATCH_MAX_NAME + 1];
	uint8_t address[HOST_MATCH_MAX_ADDRESS];
	size_t address_len; // 4, 16; 0: it is a name
};

// Reads a name or an address as one writes it. False with `err` (bad_hostname, field
// "hostname") that says what is wrong: no name, NUL, space, wildcard, port, URL, not ASCII,
// an empty label, or one that is too long.
bool wanted_host_read(
	struct bytes text, struct wanted_host *out, struct err *err) MUST_CHECK;

// Does one dNSName of a certificate stand for this name? False for an address.
bool host_match_name(const struct wanted_host *host, struct bytes dns_name);
// The first entry of the certificate's subjectAltName that stands for it: its content, lent.
// False: none does.
bool host_match(
	const struct wanted_host *host, const struct cert *cert, struct bytes *out);

#endif

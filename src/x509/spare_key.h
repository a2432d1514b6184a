// SPDX-License-Identifier: Apache-2.0
// A public key that has no certificate yet: a bare SubjectPublicKeyInfo (RFC 5280 4.1), or that
// of a certificate request (RFC 2986). People pin it before they need it. Pure.
#ifndef X509_SPARE_KEY_H
#define X509_SPARE_KEY_H

#include "x509/cert.h"
#include "x509/pem.h"

// Slices of the caller's bytes.
struct spare_key {
	struct bytes spki; // SubjectPublicKeyInfo element
	struct cert_key key;
	bool is_request;
	struct bytes subject; // Name element of a request
};

// Is a PEM block of this label one?
bool spare_key_is_label(struct bytes label);
// Reads the one or the other, whichever the bytes are. A request's signature is not looked at,
// for a pin says nothing about who has the key. False with `err` (bad_certificate) where they
// are neither, and then *out means nothing.
bool spare_key_read(struct bytes der, struct spare_key *out, struct err *err) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// From what people have (PEM, DER, base64, base64url) to DER. Recognized by content.
#ifndef X509_PEM_H
#define X509_PEM_H

#include "base/arena.h"

// Certificates in one chain; the longest real chains have 5.
#define PEM_MAX_CERTIFICATES 16

// Does a BEGIN line stand in it?
bool pem_is_text(struct bytes in);

// One PEM block (RFC 7468): label and the text between the boundaries.
struct pem_block {
	struct bytes label;
	struct bytes body;
	size_t offset; // of its BEGIN line
};

// The next block of `text` from *at on, which moves behind it; text between blocks is
// skipped (RFC 7468 5.2). False at the end, or with `err` set (as `code`) where a BEGIN
// has no END.
bool pem_next(struct bytes text, size_t *at, enum code code, struct pem_block *out,
	struct err *err) MUST_CHECK;
// The DER of a block's body into the arena; RFC 1421 headers before it are skipped.
bool pem_decode(const struct pem_block *block, struct bytes text, enum code code,
	struct arena *arena, struct bytes *out, struct err *err) MUST_CHECK;

// "CERTIFICATE", "X509 CERTIFICATE" or "TRUSTED CERTIFICATE".
bool pem_is_certificate(const struct pem_block *block);
// A TRUSTED CERTIFICATE's DER without OpenSSL's trust settings behind it; others as is.
struct bytes pem_without_trust(struct bytes der, const struct pem_block *block);

// Certificates (or one bare TBSCertificate) as they stand in an input: PEM blocks, or one
// in DER, base64 or base64url.
struct pem_chain {
	struct bytes input;
	struct pem_block blocks[PEM_MAX_CERTIFICATES]; // in the order of the input
	size_t num;
	bool is_pem; // else there is one block, whose body is the whole input
	bool has_key; // a private key stands beside them
};

// Finds them: "CERTIFICATE", "X509 CERTIFICATE" and "TRUSTED CERTIFICATE" blocks. All is
// lent from `in`. False with `err` (bad_certificate, or too_large) that says what the
// input is instead.
bool pem_find_chain(struct bytes in, struct pem_chain *out, struct err *err) MUST_CHECK;
// The DER of one of them: lent from the input where that is DER, else in the arena; of a
// TRUSTED CERTIFICATE without OpenSSL's trust settings.
bool pem_chain_der(const struct pem_chain *chain, size_t index, struct arena *arena,
	struct bytes *out, struct err *err) MUST_CHECK;

// Appends DER as a block of that label, in lines of 64 characters (RFC 7468 2).
void pem_put(struct buffer *out, const char *label, struct bytes der);

// Any DER object: as it is, or from base64, base64url, or the first PEM block, which is no
// certificate unless `code` (of errors) is bad_certificate.
bool pem_read_object(struct bytes in, enum code code, struct arena *arena,
	struct bytes *out, struct err *err) MUST_CHECK;

#endif

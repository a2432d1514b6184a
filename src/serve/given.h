// SPDX-License-Identifier: Apache-2.0
// What people drop, pick or paste on the page, recognized by its bytes: certificates, SCTs, OCSP
// responses; and what is something else, by its name.
#ifndef SERVE_GIVEN_H
#define SERVE_GIVEN_H

#include "base/arena.h"
#include "serve/form.h"
#include "x509/cert.h"

// Certificates that one form may bring, and things that are something else.
#define GIVEN_MAX_CERTS 256
#define GIVEN_MAX_FAULTS 20
#define GIVEN_MAX_SCTS 64

// Where a piece came from decides what its certificates may be.
enum given_place {
	GIVEN_ANYWHERE, // text or file: told by what they are
	GIVEN_ISSUER, // the field of the issuer
};

struct given_cert {
	const struct cert *cert;
	bool is_issuer; // by its place
};

struct given_fault {
	struct bytes name; // of the file; or empty
	const char *text; // "a certificate request; ..."
};

// Set to zero it is empty. All of it lends from the pieces, or lives in the arena.
struct given {
	struct arena *arena;
	struct given_cert certs[GIVEN_MAX_CERTS]; // none twice
	size_t num_certs;
	bool has_more_certs; // than that
	struct bytes
		tls_scts; // SignedCertificateTimestampList, or its base64; data NULL: none
	struct bytes ocsp; // DER, or its base64
	struct bytes scts[GIVEN_MAX_SCTS]; // as if embedded; in any form of sct_json.h
	size_t num_scts;
	bool has_more_scts; // than that
	struct given_fault faults[GIVEN_MAX_FAULTS];
	size_t num_faults;
	size_t num_more_faults; // for which there was no room
	bool has_private_key; // then the rest means nothing
	bool has_unread_cert; // what looks like one, and is among the faults
};

// Adds what a piece is. False with `err` where memory runs out: what cannot be read is a fault.
bool given_take(struct given *given, enum given_place place, struct bytes name,
	struct bytes piece, struct err *err) MUST_CHECK;
// Adds what is in a form: files and the fields "certificate", "issuer", "tls_scts" and "ocsp".
// Every other field, but for "token", is looked at for a private key. False with `err` as above.
bool given_take_form(
	struct given *given, const struct form *form, struct err *err) MUST_CHECK;
// None but CA certificates can be read, and the one that was meant is likely among the faults.
bool given_lacks_leaf(const struct given *given);
// What was given and is not used, and why; the text outlives it.
void given_add_fault(struct given *given, struct bytes name, const char *text);

#endif

// SPDX-License-Identifier: Apache-2.0
// Signatures that are not SCTs': the issuer's over the certificate, and the responder's
// over an OCSP response. They are reported; no SCT counts or falls by them.
#ifndef EVAL_SIGNATURES_H
#define EVAL_SIGNATURES_H

#include "eval/evaluation.h"

// Adds the job for the issuer's signature, where it can be verified; once it has run, sets
// record->issuer_signature.
bool begin_issuer(struct evaluation *e) MUST_CHECK;
bool finish_issuer(struct evaluation *e) MUST_CHECK;
// Adds findings about the response's signature.
bool check_ocsp(struct evaluation *e) MUST_CHECK;

// Does this certificate's key verify the leaf's signature? False also where that cannot
// be said, with e->err set where memory ran out.
bool is_signed_by(
	struct evaluation *e, const struct cert *leaf, const struct cert *issuer);

// True where nothing shows that the issuer, or the key hash, that was given is the right
// one: neither its signature nor a single embedded SCT (one that verifies proves the key
// right). Then SCTs that fail say nothing about their logs.
bool issuer_is_doubtful(const struct record *record);

#endif

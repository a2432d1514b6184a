// SPDX-License-Identifier: Apache-2.0
// A chain by its keys: where each certificate stands in it, its SPKI SHA-256, and which pins
// it answers to.
#ifndef EVAL_PINS_H
#define EVAL_PINS_H

#include "crypto/digest.h"
#include "eval/context.h"
#include "x509/cert.h"
#include "x509/pem.h"
#include "x509/pin.h"

// Certificates of one chain: of the two fields that carry them, and one from a pool.
#define CHAIN_MAX (2 * PEM_MAX_CERTIFICATES + 1)

enum chain_place {
	CHAIN_LEAF, // the first one, whatever it is
	CHAIN_INTERMEDIATE,
	CHAIN_ROOT, // issued by itself
	CHAIN_OTHER, // no certificate of the chain: it issued none that is
};

struct chain_cert {
	const struct cert *cert;
	enum chain_place place;
	uint8_t spki_sha256[DIGEST_SHA256_LEN];
	size_t pin; // in the set; set->num where its key is not pinned, or no pins were given
};

struct chain {
	size_t num;
	struct chain_cert certs[CHAIN_MAX];
};

// What pins come to, of the certificates that are of the chain.
struct pins_record {
	const struct pin_set *set;
	struct chain chain;
	bool matches; // a key of the chain is pinned
	bool leaf_only; // it is, and no other than the leaf's
	bool has_backup; // a pin is of no key of the chain
	// What it comes to, the weightiest first; nothing where no pins were given.
	struct pins_finding {
		enum code code;
		const char *message;
	} findings[2];
	size_t num_findings;
};

// "leaf", "intermediate", "root", "other".
const char *chain_place_name(enum chain_place place);
// A certificate that issued one of the chain is of it: by name and signature, and where that
// cannot be verified by key identifiers. `num` is 1 to CHAIN_MAX; `pins` may be NULL;
// `is_live`: the chain is what a server sends. Sentences live in the context's arena. False with
// `err`: out of memory.
bool pins_hold(struct ctp_context *context, const struct cert *const *certs, size_t num,
	const struct pin_set *pins, bool is_live, struct pins_record *out,
	struct err *err) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// Verifying signatures, in batches, behind one interface; the reference backend is
// OpenSSL's EVP_PKEY_verify.
//
// A `struct verifier` is one thread's: it keeps a context for each key it has met (at
// most VERIFIER_MAX_KEYS, then it forgets them all), so that a signature costs no lock
// and no allocation of ours. Keys (struct pubkey) are shared by threads.
#ifndef CRYPTO_VERIFIER_H
#define CRYPTO_VERIFIER_H

#include "crypto/pubkey.h"

// A thread meets a few dozen log keys and the issuers of its batch; a context is 1 KB.
#define VERIFIER_MAX_KEYS 512

enum verify_result {
	VERIFY_PENDING,
	VERIFY_VALID,
	VERIFY_INVALID,
	VERIFY_WRONG_KEY_TYPE, // another type of key, or the key forbids it
	VERIFY_BAD_KEY, // the key does not decode
	VERIFY_NO_MEMORY, // nothing can be said about the signature
};

struct verify_job {
	struct pubkey *key; // lent
	const struct sigalg *alg;
	struct bytes
		digest; // of the message, by alg->md; the message itself if md is NULL
	struct bytes signature;
	enum verify_result result;
};

struct verifier;

// Static strings; NULL-terminated list for usage messages.
extern const char *const verifier_names[];
// `name`: "auto" or one of verifier_names. NULL with `err` set.
struct verifier *verifier_new(const char *name, struct err *err);
void verifier_free(struct verifier *verifier);
const char *verifier_name(const struct verifier *verifier);
// Sets the result of each job.
void verifier_run(struct verifier *verifier, struct verify_job *jobs, size_t num_jobs);

// An ECDSA-Sig-Value (RFC 3279 2.2.3) in DER: two minimal INTEGERs that are not negative,
// and nothing else. What is not cannot verify.
bool verifier_ecdsa_well_formed(struct bytes signature);

#endif

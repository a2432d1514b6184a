// SPDX-License-Identifier: Apache-2.0
// Verifying signatures, in batches, behind one interface. The reference backend is
// OpenSSL's EVP_PKEY_verify; the fast one (crypto/fast.h) goes before it where it can, and
// what it does not find valid the reference decides.
//
// A `struct verifier` is one thread's: it keeps a context for each key it has met (at
// most VERIFIER_MAX_KEYS, then it forgets them all), so that a signature costs no lock
// and no allocation of ours. Keys (struct pubkey) are shared by threads.
#ifndef CRYPTO_VERIFIER_H
#define CRYPTO_VERIFIER_H

#include "crypto/fast.h"
#include "crypto/verify_job.h"

// A thread meets a few dozen log keys and the issuers of its batch; a context is 1 KB.
#define VERIFIER_MAX_KEYS 512

struct verifier;

// `fast`: shared with other verifiers, a reference of its own is taken; NULL: the
// reference alone. NULL with `err` set: no memory.
struct verifier *verifier_new(struct fast *fast, struct err *err);
void verifier_free(struct verifier *verifier);
// Another reference to what verifier_new was given.
struct fast *verifier_fast(const struct verifier *verifier);
// Sets the result of each job.
void verifier_run(
	struct verifier *verifier, struct verify_job *const *jobs, size_t num_jobs);

#endif

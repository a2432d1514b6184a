// SPDX-License-Identifier: Apache-2.0
// One signature to verify, as all backends take it.
#ifndef CRYPTO_VERIFY_JOB_H
#define CRYPTO_VERIFY_JOB_H

#include "crypto/pubkey.h"

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

#endif

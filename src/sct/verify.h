// SPDX-License-Identifier: Apache-2.0
// From an SCT, its log's key and the signed entry to a job for the verifier.
#ifndef SCT_VERIFY_H
#define SCT_VERIFY_H

#include "crypto/verifier.h"
#include "sct/signed_entry.h"

// True where the SCT's algorithm bytes are SHA-256 and the type of the log's own key
// (RFC 6962 2.1.4: SHA-256 with ECDSA or RSA).
bool sct_algorithm_fits(const struct sct *sct, struct pubkey *key);
// "ecdsa-sha256", "rsa-sha256", or "hash 5, signature 3" for others (RFC 5246 7.4.1.4.1).
#define SCT_ALGORITHM_ROOM 32
void sct_algorithm_text(const struct sct *sct, char out[SCT_ALGORITHM_ROOM]);

// Fills *out, lending `digest_room` (32 bytes) for the hash of the entry. False: no
// memory.
bool sct_verify_job(const struct sct *sct, struct pubkey *key,
	const struct signed_entry *entry, struct digest *digest, uint8_t *digest_room,
	struct verify_job *out) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// What a log's signature covers (RFC 6962 3.2), as parts for hashing, never assembled.
#ifndef SCT_SIGNED_ENTRY_H
#define SCT_SIGNED_ENTRY_H

#include "crypto/digest.h"
#include "sct/sct.h"
#include "x509/tbs.h"

enum signed_entry_type { ENTRY_X509 = 0, ENTRY_PRECERT = 1 };

struct signed_entry {
	struct bytes parts[TBS_MAX_PARTS + 2]; // from entry_type's contents on
	size_t num_parts;
	enum signed_entry_type type;
	uint8_t length[3];
};

// x509_entry: the certificate as it is. *out lends from `der` and points into itself.
void signed_entry_x509(struct bytes der, struct signed_entry *out);
// precert_entry: the issuer's key hash (32 bytes, lent) and the cut TBSCertificate
// (lent).
void signed_entry_precert(const uint8_t *issuer_key_hash, const struct tbs_cut *tbs,
	struct signed_entry *out);

// SHA-256 of the digitally-signed struct for this SCT. False: no memory.
bool signed_entry_digest(const struct signed_entry *entry, const struct sct *sct,
	struct digest *digest, uint8_t out[DIGEST_SHA256_LEN]) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// AlgorithmIdentifiers, and what one of a signature means, parameters included.
#ifndef X509_ALGORITHM_H
#define X509_ALGORITHM_H

#include "base/bytes.h"
#include "crypto/sigalg.h"

// Reads an AlgorithmIdentifier (RFC 5280 4.1.1.2): its OID, its parameters as they stand
// (at most one element, of any type). Returns the whole element.
struct bytes algorithm_read(struct reader *r, struct bytes *out_oid,
	struct bytes *out_params, const char *what);

// NULL where the algorithm, or its parameters, are none that we verify. RSASSA-PSS
// (RFC 4055 3.1): one hash for the message and its mask, which is what CAs use.
const struct sigalg *algorithm_find(struct bytes oid, struct bytes params);
// Is what was signed hashed by SHA-2? Also of algorithms that we do not verify.
bool algorithm_hashes_by_sha2(struct bytes oid, struct bytes params);

#endif

// SPDX-License-Identifier: Apache-2.0
// ECDSA (FIPS 186-4 6.4) by tables of multiples: the equation, and the signature's DER.
#ifndef CRYPTO_ECDSA_H
#define CRYPTO_ECDSA_H

#include "crypto/curve.h"

// Big-endian and minimal; one byte 0 where the number is 0.
struct ecdsa_signature {
	struct bytes r;
	struct bytes s;
};

// An ECDSA-Sig-Value (RFC 3279 2.2.3) in DER: two minimal INTEGERs that are not negative,
// and nothing else. False for what is not: it cannot verify. *out lends from `der`.
bool ecdsa_read(struct bytes der, struct ecdsa_signature *out);

struct ecdsa_check {
	const struct curve_table *key; // lent
	struct bytes digest; // of the message; its leftmost bits count
	struct ecdsa_signature signature;
	bool valid; // the result
};

// At most CURVE_BATCH checks of one curve, whose keys and generator are its tables.
void ecdsa_verify(const struct curve *curve, struct curve_sums *sums,
	const struct curve_table *generator, struct ecdsa_check *checks, size_t num);

#endif

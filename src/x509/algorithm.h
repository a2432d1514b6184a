// SPDX-License-Identifier: Apache-2.0
// What an AlgorithmIdentifier of a signature means, parameters included.
#ifndef X509_ALGORITHM_H
#define X509_ALGORITHM_H

#include "crypto/sigalg.h"

// NULL where the algorithm, or its parameters, are none that we verify. RSASSA-PSS
// (RFC 4055 3.1): one hash for the message and its mask, which is what CAs use.
const struct sigalg *algorithm_find(struct bytes oid, struct bytes params);

#endif

// SPDX-License-Identifier: Apache-2.0
// Known answers, by which the fast backend tests itself before it is used.
#ifndef CRYPTO_FAST_ANSWERS_H
#define CRYPTO_FAST_ANSWERS_H

#include "base/bytes.h"

struct fast_answer {
	struct bytes spki; // DER
	struct bytes digest;
	struct bytes signature; // DER
	bool valid;
};

extern const struct fast_answer fast_answers[];
extern const size_t fast_num_answers;

#endif

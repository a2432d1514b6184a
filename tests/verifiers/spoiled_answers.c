// SPDX-License-Identifier: Apache-2.0
// In place of src/crypto/fast_answers.c: an answer that cannot hold, as if the arithmetic
// were wrong here.
#include "crypto/fast_answers.h"

const struct fast_answer fast_answers[] = {
	{.spki = BYTES_LITERAL("no key"), .valid = true},
};

const size_t fast_num_answers = 1;

// SPDX-License-Identifier: Apache-2.0
// What a certificate itself lacks to meet a policy, in a few words: for a first line.
#ifndef EVAL_LACKS_H
#define EVAL_LACKS_H

#include "base/bytes.h"
#include "policy/policy.h"

// "no name in the subjectAltName, 3650 days instead of 825 at most": the requirements on the
// certificate that the policy's main route has, and that are not met. One that signed itself
// is its own issuer, and is told so once. Returns how many.
size_t lacks_put(
	struct buffer *out, const struct policy_result *result, bool self_signed);

#endif

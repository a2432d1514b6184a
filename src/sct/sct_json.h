// SPDX-License-Identifier: Apache-2.0
// An SCT in the forms in which a log's answer reaches a CA: serialized, its base64, or
// the JSON object of add-pre-chain (RFC 6962 4.1).
#ifndef SCT_SCT_JSON_H
#define SCT_SCT_JSON_H

#include "base/arena.h"
#include "sct/sct.h"

// The serialized SCT, lent from `in` or living in the arena. False with `err` (bad_sct
// and an offset) where `in` is none of the three.
bool sct_from_any_form(struct bytes in, struct arena *arena, struct bytes *out,
	struct err *err) MUST_CHECK;

#endif

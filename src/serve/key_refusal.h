// SPDX-License-Identifier: Apache-2.0
// A private key in a request: it is refused, and nothing of the request is logged.
#ifndef SERVE_KEY_REFUSAL_H
#define SERVE_KEY_REFUSAL_H

#include "base/arena.h"
#include "eval/record.h"

// What its sender is told; the code is private_key.
extern const char key_refusal_text[];

// Is there a key in what came? Of a request that was judged, only findings that a key causes
// make it worth a look at all of the bytes; `record` is NULL where it was refused anyway.
bool key_refusal_is_due(
	const struct record *record, struct bytes body, struct arena *arena);

#endif

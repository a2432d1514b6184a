// SPDX-License-Identifier: Apache-2.0
// The query of a request's target (RFC 3986 3.4): "at=...&policies=...".
//
// Percent-encoding is undone once; "+" is itself, for it stands in times (+02:00) and in
// base64.
#ifndef SERVE_QUERY_H
#define SERVE_QUERY_H

#include "base/arena.h"

#define QUERY_MAX_PARAMETERS 8

struct parameters {
	struct {
		const char *name; // UTF-8, in the arena
		struct bytes value; // UTF-8 without controls of ASCII, a NUL behind it
	} items[QUERY_MAX_PARAMETERS];
	size_t num;
};

// Percent-decoded text in the arena. False with `err` (bad_parameter, out_of_memory): an
// encoding that is none, what is no UTF-8, and controls of ASCII; the offset counts in
// `in`.
bool percent_decode(struct bytes in, struct arena *arena, struct bytes *out,
	struct err *err) MUST_CHECK;
// `names`: those that the call knows, NULL-terminated. False with `err` (bad_parameter for
// one that is there twice or not well formed, unknown_parameter, out_of_memory).
bool query_read(struct bytes query, const char *const *names, struct arena *arena,
	struct parameters *out, struct err *err) MUST_CHECK;
// Data NULL: not given.
struct bytes query_value(const struct parameters *parameters, const char *name);

#endif

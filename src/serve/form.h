// SPDX-License-Identifier: Apache-2.0
// What a browser sends when a form is posted: application/x-www-form-urlencoded (WHATWG URL 5)
// or multipart/form-data (RFC 7578).
#ifndef SERVE_FORM_H
#define SERVE_FORM_H

#include "base/arena.h"

// Fields and files of one form; the page has a dozen, and files may be picked by the score.
#define FORM_MAX_PARTS 256

struct form_part {
	struct bytes name;
	struct bytes file_name; // data NULL: no file
	struct bytes value;
};

struct form {
	struct form_part parts[FORM_MAX_PARTS]; // in the order in which they came
	size_t num;
};

// Reads a body of that Content-Type, which is one of the two. Bytes lend from `body`, or live in
// the arena. False with `err` (bad_request and an offset in the body, too_large for more than
// FORM_MAX_PARTS, out_of_memory).
bool form_read(const char *content_type, struct bytes body, struct arena *arena,
	struct form *out, struct err *err) MUST_CHECK;
// The value of the first field of that name; data NULL: there is none.
struct bytes form_value(const struct form *form, const char *name);

#endif

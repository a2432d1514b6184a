// SPDX-License-Identifier: Apache-2.0
// The reading of a JSON request, whatever it asks for: an object whose fields are the rows of
// a table, each of which says how its value is read. Unknown fields, duplicate keys and wrong
// types are errors that name the field.
#ifndef APP_REQUEST_JSON_H
#define APP_REQUEST_JSON_H

#include <jansson.h>

#include "base/arena.h"
#include "eval/request.h"

struct request_reader {
	struct arena *arena; // holds the texts
	struct ctp_request *request; // what every request has
	void *more; // what only one of its kind has
	struct err *err;
};

struct request_row {
	const char *name;
	// Of the value of the field `name`. False with r->err.
	bool (*read)(struct request_reader *r, const char *name, const json_t *value);
};

#define REQUEST_MAX_ROWS 16

struct request_kind {
	const char *what; // "a request"
	const struct request_row *rows; // the first one is read first
	size_t num_rows; // at most REQUEST_MAX_ROWS
};

// Reads one request over what the reader points to, which holds the defaults. Any thread.
bool request_json_read(struct request_reader *r, const struct request_kind *kind,
	struct bytes json) MUST_CHECK;

// What rows are made of.

// bad_request in that field; always false.
bool request_json_fail(struct request_reader *r, const char *field, const char *what);
// The text of a string, lent.
struct bytes request_json_text(const json_t *value);
// A text, copied into the arena.
bool request_json_copy(struct request_reader *r, const char *name, const json_t *value,
	struct bytes *out) MUST_CHECK;
// Any value as compact JSON in the arena.
bool request_json_dump(
	struct request_reader *r, const json_t *value, struct bytes *out) MUST_CHECK;
// The row of "policies".
bool request_json_policies(
	struct request_reader *r, const char *name, const json_t *value) MUST_CHECK;

#endif

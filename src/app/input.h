// SPDX-License-Identifier: Apache-2.0
// From a file's bytes to requests: a certificate file, a JSON request, or NDJSON.
#ifndef APP_INPUT_H
#define APP_INPUT_H

#include "base/arena.h"
#include "eval/request.h"

// Bytes of one input file; a request carries a chain, SCTs and an OCSP response in
// base64.
#define INPUT_MAX ((size_t)16 * 1024 * 1024)

// True where the bytes are JSON: a request, or requests a line.
bool input_is_json(struct bytes in);

// Walks the requests of a JSON input: one object that spans lines, or one a line.
struct input_lines {
	struct bytes rest;
	size_t line; // of the request that was given last, from 1
};
struct input_lines input_lines_init(struct bytes in);
bool input_next(struct input_lines *lines, struct bytes *out);

// Reads one JSON request (INTERFACE.md) over *out, which holds the defaults; texts lend
// from `json` or live in the arena: both have to outlive the request. Unknown fields,
// duplicate keys and wrong types are errors that name the field. Even then
// out->fields[REQUEST_ID] is set where an id could be read.
//
// Takes the short way (short_request.h) where it can, else input_load_request().
bool input_read_request(struct bytes json, struct arena *arena, struct ctp_request *out,
	struct err *err) MUST_CHECK;
// The long way alone, which knows all of JSON and words the errors. Texts live in the arena.
bool input_load_request(struct bytes json, struct arena *arena, struct ctp_request *out,
	struct err *err) MUST_CHECK;

// A JSON array of SCTs, or SCTs one after another (base64 a line each), into out->scts.
bool input_read_scts(struct bytes in, struct arena *arena, struct ctp_request *out,
	struct err *err) MUST_CHECK;

// Text as a JSON string in the arena, for an id; data NULL when memory is out.
struct bytes input_text_id(const char *text, struct arena *arena);

#endif

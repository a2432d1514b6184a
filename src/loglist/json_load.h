// SPDX-License-Identifier: Apache-2.0
// JSON text into Jansson's values, and back.
//
// Jansson's own reader drops a byte of a string where memory runs out, and may then write
// beyond the string's end; its writer drops keys. So the reading is done here, strictly
// (RFC 8259), and what is written is compared with a second writing.
#ifndef LOGLIST_JSON_LOAD_H
#define LOGLIST_JSON_LOAD_H

#include "base/bytes.h"
#include "base/err.h"

// Values inside one another.
#define JSON_MAX_DEPTH 256

struct json_t;

struct json_fault {
	bool no_memory; // the text is sound as far as it was read
	size_t offset; // of the byte at fault
	size_t line; // the same, from 1
	size_t column; // in bytes, from 1
	char text[80]; // "a comma or ']' belongs here"
	char member[40]; // the innermost one whose value it is in, printable; "": none
};

// An object or an array, to be freed with json_decref(). UTF-8 without \u0000, no key
// twice in an object, no NaN. NULL with the fault.
struct json_t *json_load(struct bytes text, struct json_fault *out_fault);
// The same; NULL with `err`: no memory, or `code`, the fault's byte, and "WHAT: line L, column C:
// fault, in "member"".
struct json_t *json_load_as(
	struct bytes text, enum code code, const char *what, struct err *err);
// json_dumps(); NULL where memory ran out.
char *json_dump(const struct json_t *value, size_t flags);

#endif

// SPDX-License-Identifier: Apache-2.0
// Fields of JSON objects that are written and read by one description: the same function
// names each field once, and either puts its value or takes it.
//
// Reading is strict: every field must be there, be of its type and within its bounds, and
// no other may be. The first fault is kept in `err` as bad_request, with the field's path
// ("issuers[12].judged"); after it nothing is read any more.
// Internal to report/.
#ifndef REPORT_JSON_FIELDS_H
#define REPORT_JSON_FIELDS_H

#include <jansson.h>

#include "report/json_write.h"

// Objects inside one another, arrays counted too.
#define JSON_FIELDS_DEPTH 6
// Larger integers are none for half of the readers of JSON (RFC 8259 6).
#define JSON_FIELDS_MAX_COUNT (UINT64_C(1) << 53)

struct json_level {
	const char *key; // of this value in its parent; NULL: an item
	size_t index; // of an item
	const json_t *value; // an object or an array, NULL after a fault
	size_t num_taken;
	const char *taken[32];
};

struct json_fields {
	struct json json; // json.out NULL: reading
	struct err *err;
	size_t depth;
	struct json_level levels[JSON_FIELDS_DEPTH];
};

struct json_fields json_fields_writer(struct buffer *out);
// `root` is lent; an object.
struct json_fields json_fields_reader(const json_t *root, struct err *err);

static inline bool json_fields_reading(const struct json_fields *f)
{
	return f->json.out == NULL;
}

// A fault of the value of that key, or of the object itself where `key` is NULL.
void json_fields_fail(struct json_fields *f, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool json_fields_failed(const struct json_fields *f);

// What follows begins a line of its own.
void json_fields_line(struct json_fields *f);
// `key` NULL: the next item of the array, whose number is `index`.
void json_fields_open(struct json_fields *f, const char *key, size_t index);
// Read: nothing else may be in the object.
void json_fields_close(struct json_fields *f);
// Returns the number of items that there are to read; 0 where writing.
size_t json_fields_open_array(struct json_fields *f, const char *key);
void json_fields_close_array(struct json_fields *f);
// The value where reading, as it is; NULL where writing, or where it is null.
const json_t *json_fields_peek(struct json_fields *f, const char *key);

void json_fields_count(struct json_fields *f, const char *key, uint64_t *value);
// `*value` == none stands for null; ms since 1970.
void json_fields_time(
	struct json_fields *f, const char *key, int64_t *value, int64_t none);
// Milliseconds, as seconds with three decimals.
void json_fields_seconds(struct json_fields *f, const char *key, uint64_t *value);
// Printable text that fits into `room` bytes with a NUL; "" stands for null where
// `nullable`.
void json_fields_text(
	struct json_fields *f, const char *key, char *text, size_t room, bool nullable);
void json_fields_hex(struct json_fields *f, const char *key, uint8_t *value, size_t len);
void json_fields_base64(
	struct json_fields *f, const char *key, uint8_t *value, size_t len);
// A reason code by its name.
void json_fields_code(struct json_fields *f, const char *key, enum code *code);
// {"expired":3}: counts by reason code, NUM_CODES of them, without those that are 0.
void json_fields_codes(struct json_fields *f, const char *key, uint64_t *counts);

#endif

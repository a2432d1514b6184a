// SPDX-License-Identifier: Apache-2.0
// An append writer of compact JSON (RFC 8259): commas are its business, order the
// caller's.
#ifndef REPORT_JSON_WRITE_H
#define REPORT_JSON_WRITE_H

#include "base/bytes.h"

struct json {
	struct buffer *out;
	bool comma; // the next value of this level needs one before it
	size_t text; // where the text begins that json_begin_text opened
};

struct json json_init(struct buffer *out);
// `key` NULL: an item of an array, or the top.
void json_put_open(struct json *json, const char *key, char bracket);
void json_put_close(struct json *json, char bracket);
// A word of our own, which needs no escaping; so are all keys. NULL writes null.
void json_put_word(struct json *json, const char *key, const char *word);
// Text must be UTF-8; NULL writes null.
void json_put_text(struct json *json, const char *key, const char *text);
void json_put_bytes(struct json *json, const char *key, struct bytes text);
// Text that the caller appends to json->out between the two calls.
void json_begin_text(struct json *json, const char *key);
void json_end_text(struct json *json);
// A key that is free text; the value follows, with key NULL.
void json_put_key(struct json *json, const char *key);
void json_put_integer(struct json *json, const char *key, int64_t value);
void json_put_unsigned(struct json *json, const char *key, uint64_t value);
void json_put_bool(struct json *json, const char *key, bool value);
void json_put_null(struct json *json, const char *key);
void json_put_hex(struct json *json, const char *key, struct bytes value);
void json_put_base64(struct json *json, const char *key, struct bytes value);
// RFC 3339 from ms since 1970.
void json_put_time(struct json *json, const char *key, int64_t ms);
// Milliseconds, not below 0, as days with two decimals, cut.
void json_put_age(struct json *json, const char *key, int64_t ms);
// Bytes that are JSON already.
void json_put_raw(struct json *json, const char *key, struct bytes value);

#endif

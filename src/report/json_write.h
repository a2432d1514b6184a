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
void json_put_close(struct json *json, char bracket);
// A key that is free text; the value follows, with key NULL.
void json_put_key(struct json *json, const char *key);
// Ends the text that json_begin_text opened.
void json_end_text(struct json *json);

// Values alone. Not called by these names, but with their keys by those below.
void json_value_word(struct json *json, const char *word);
void json_value_text(struct json *json, const char *text);
void json_value_bytes(struct json *json, struct bytes text);
void json_value_integer(struct json *json, int64_t value);
void json_value_unsigned(struct json *json, uint64_t value);
void json_value_null(struct json *json);
void json_value_hex(struct json *json, struct bytes value);
void json_value_base64(struct json *json, struct bytes value);
void json_value_time(struct json *json, int64_t ms);
void json_value_age(struct json *json, int64_t ms);
void json_value_raw(struct json *json, struct bytes value);
void json_value_begin_text(struct json *json);

// The comma and the key before a value of `value_len` bytes, whose place is returned; NULL on
// failure. A key that is NULL is an item of an array, or the top. Inline, as what follows is,
// so that a literal key is written by a few instructions.
static inline uint8_t *json_member(struct json *json, const char *key, size_t value_len)
{
	size_t len = key ? strlen(key) : 0;
	size_t room = json->comma + (key ? len + 3 : 0) + value_len;
	uint8_t *at = room ? buffer_extend(json->out, room) : NULL;
	if (at && json->comma) {
		*at++ = ',';
	}
	if (at && key) {
		at[0] = '"';
		memcpy(at + 1, key, len);
		at[1 + len] = '"';
		at[2 + len] = ':';
		at += len + 3;
	}
	json->comma = true;
	return at;
}

static inline void json_begin(struct json *json, const char *key)
{
	(void)json_member(json, key, 0);
}

static inline void json_put_open(struct json *json, const char *key, char bracket)
{
	uint8_t *at = json_member(json, key, 1);
	if (at) {
		*at = (uint8_t)bracket;
	}
	json->comma = false;
}

// A word of our own, which needs no escaping; so are all keys. NULL writes null.
static inline void json_put_word(struct json *json, const char *key, const char *word)
{
	size_t len = word ? strlen(word) : 2;
	uint8_t *at = json_member(json, key, len + 2);
	if (at && word) {
		at[0] = '"';
		memcpy(at + 1, word, len);
		at[1 + len] = '"';
	} else if (at) {
		memcpy(at, "null", 4);
	}
}

// Text must be UTF-8; NULL writes null.
static inline void json_put_text(struct json *json, const char *key, const char *text)
{
	json_begin(json, key);
	json_value_text(json, text);
}

static inline void json_put_bytes(struct json *json, const char *key, struct bytes text)
{
	json_begin(json, key);
	json_value_bytes(json, text);
}

static inline void json_put_integer(struct json *json, const char *key, int64_t value)
{
	json_begin(json, key);
	json_value_integer(json, value);
}

static inline void json_put_unsigned(struct json *json, const char *key, uint64_t value)
{
	if (value > 9) {
		json_begin(json, key);
		json_value_unsigned(json, value);
		return;
	}
	uint8_t *at = json_member(json, key, 1);
	if (at) {
		*at = (uint8_t)('0' + value);
	}
}

static inline void json_put_bool(struct json *json, const char *key, bool value)
{
	uint8_t *at = json_member(json, key, value ? 4 : 5);
	if (at && value) {
		memcpy(at, "true", 4);
	} else if (at) {
		memcpy(at, "false", 5);
	}
}

static inline void json_put_null(struct json *json, const char *key)
{
	uint8_t *at = json_member(json, key, 4);
	if (at) {
		memcpy(at, "null", 4);
	}
}

static inline void json_put_hex(struct json *json, const char *key, struct bytes value)
{
	json_begin(json, key);
	json_value_hex(json, value);
}

static inline void json_put_base64(struct json *json, const char *key, struct bytes value)
{
	json_begin(json, key);
	json_value_base64(json, value);
}

// RFC 3339 from ms since 1970.
static inline void json_put_time(struct json *json, const char *key, int64_t ms)
{
	json_begin(json, key);
	json_value_time(json, ms);
}
// The same; 0 is not known, null.
static inline void json_put_known_time(struct json *json, const char *key, int64_t ms)
{
	if (ms) {
		json_put_time(json, key, ms);
	} else {
		json_put_null(json, key);
	}
}

// Milliseconds, not below 0, as days with two decimals, cut.
static inline void json_put_age(struct json *json, const char *key, int64_t ms)
{
	json_begin(json, key);
	json_value_age(json, ms);
}

// Bytes that are JSON already.
static inline void json_put_raw(struct json *json, const char *key, struct bytes value)
{
	json_begin(json, key);
	json_value_raw(json, value);
}

// Text that the caller appends to json->out before json_end_text.
static inline void json_begin_text(struct json *json, const char *key)
{
	json_begin(json, key);
	json_value_begin_text(json);
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include "report/json_write.h"

#include "base/datetime.h"
#include "base/text.h"

struct json json_init(struct buffer *out)
{
	return (struct json){.out = out};
}

// The comma, the key, and room for `len` bytes of the value, which the caller fills; NULL
// where there is no memory.
static uint8_t *begin_value(struct json *json, const char *key, size_t len)
{
	bool comma = json->comma;
	size_t key_len = key ? strlen(key) : 0;
	uint8_t *at = buffer_extend(json->out, comma + (key ? key_len + 3 : 0) + len);
	json->comma = true;
	if (!at) {
		return NULL;
	}
	if (comma) {
		*at++ = ',';
	}
	if (key) {
		*at++ = '"';
		memcpy(at, key, key_len);
		at += key_len;
		*at++ = '"';
		*at++ = ':';
	}
	return at;
}

static void put_value(struct json *json, const char *key, struct bytes value)
{
	uint8_t *at = begin_value(json, key, value.len);
	if (at) {
		bytes_copy(at, value);
	}
}

void json_put_open(struct json *json, const char *key, char bracket)
{
	put_value(json, key, bytes_of(&bracket, 1));
	json->comma = false;
}

void json_put_close(struct json *json, char bracket)
{
	buffer_put_char(json->out, bracket);
	json->comma = true;
}

void json_put_word(struct json *json, const char *key, const char *word)
{
	if (!word) {
		json_put_null(json, key);
		return;
	}
	size_t len = strlen(word);
	uint8_t *at = begin_value(json, key, len + 2);
	if (at) {
		at[0] = '"';
		memcpy(at + 1, word, len);
		at[1 + len] = '"';
	}
}

void json_begin_text(struct json *json, const char *key)
{
	put_value(json, key, BYTES_LITERAL("\""));
	json->text = json->out->len;
}

// What escaping adds to a character: \u00XX, a backslash, or nothing.
#define ESCAPES8 5, 5, 5, 5, 5, 5, 5, 5
static const uint8_t escape_len[256] = {
	ESCAPES8, ESCAPES8, ESCAPES8, ESCAPES8, ['"'] = 1, ['\\'] = 1, [0x7f] = 5};

// The text grows by `extra` bytes in its place, from its end on.
static void escape(struct buffer *out, size_t extra)
{
	static const char hex_digits[] = "0123456789abcdef";
	size_t from = out->len;
	if (!buffer_extend(out, extra)) {
		return;
	}
	for (size_t to = out->len; to > from;) {
		uint8_t c = out->data[--from];
		to -= 1 + (size_t)escape_len[c];
		uint8_t *at = out->data + to;
		if (escape_len[c] == 5) {
			memcpy(at, "\\u00", 4);
			at[4] = (uint8_t)('0' + (c >> 4));
			at[5] = (uint8_t)hex_digits[c & 15];
		} else {
			at[0] = '\\';
			at[escape_len[c]] = c;
		}
	}
}

void json_end_text(struct json *json)
{
	struct buffer *out = json->out;
	size_t extra = 0;
	for (size_t i = json->text; i < out->len; i++) {
		extra += escape_len[out->data[i]];
	}
	if (extra) {
		escape(out, extra);
	}
	buffer_put_char(out, '"');
}

void json_put_bytes(struct json *json, const char *key, struct bytes text)
{
	json_begin_text(json, key);
	buffer_put(json->out, text);
	json_end_text(json);
}

void json_put_text(struct json *json, const char *key, const char *text)
{
	if (text) {
		json_put_bytes(json, key, bytes_of_text(text));
	} else {
		json_put_null(json, key);
	}
}

void json_put_key(struct json *json, const char *key)
{
	json_put_text(json, NULL, key);
	buffer_put_char(json->out, ':');
	json->comma = false;
}

// The digits of `value` at the end of `digits`.
static struct bytes to_decimal(uint64_t value, char digits[20])
{
	size_t at = 20;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return bytes_of(digits + at, 20 - at);
}

void json_put_unsigned(struct json *json, const char *key, uint64_t value)
{
	char digits[20];
	put_value(json, key, to_decimal(value, digits));
}

void json_put_integer(struct json *json, const char *key, int64_t value)
{
	char digits[1 + 20];
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	size_t len = to_decimal(size, digits + 1).len;
	char *start = digits + sizeof(digits) - len;
	if (value < 0) {
		*--start = '-';
		len++;
	}
	put_value(json, key, bytes_of(start, len));
}

void json_put_bool(struct json *json, const char *key, bool value)
{
	put_value(json, key, value ? BYTES_LITERAL("true") : BYTES_LITERAL("false"));
}

void json_put_null(struct json *json, const char *key)
{
	put_value(json, key, BYTES_LITERAL("null"));
}

void json_put_hex(struct json *json, const char *key, struct bytes value)
{
	char *at = (char *)begin_value(json, key, 2 * value.len + 2);
	if (at) {
		*at++ = '"';
		text_hex(value, at);
		at[2 * value.len] = '"';
	}
}

void json_put_base64(struct json *json, const char *key, struct bytes value)
{
	size_t len = TEXT_BASE64_ROOM(value.len);
	char *at = (char *)begin_value(json, key, len + 1);
	if (at) {
		*at++ = '"';
		text_base64(value, at);
		at[len - 1] = '"';
	}
}

void json_put_time(struct json *json, const char *key, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	json_put_word(json, key, text);
}

void json_put_age(struct json *json, const char *key, int64_t ms)
{
	uint64_t hundredths = (uint64_t)ms / 864000;
	char digits[20];
	put_value(json, key, to_decimal(hundredths / 100, digits));
	buffer_put_char(json->out, '.');
	buffer_put_char(json->out, (char)('0' + hundredths / 10 % 10));
	buffer_put_char(json->out, (char)('0' + hundredths % 10));
}

void json_put_raw(struct json *json, const char *key, struct bytes value)
{
	put_value(json, key, value);
}

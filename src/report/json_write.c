// SPDX-License-Identifier: Apache-2.0
#include "report/json_write.h"

#include "base/datetime.h"
#include "base/plain.h"
#include "base/text.h"

struct json json_init(struct buffer *out)
{
	return (struct json){.out = out};
}

void json_put_close(struct json *json, char bracket)
{
	buffer_put_char(json->out, bracket);
	json->comma = true;
}

void json_value_word(struct json *json, const char *word)
{
	if (!word) {
		json_value_null(json);
		return;
	}
	size_t len = strlen(word);
	uint8_t *at = buffer_extend(json->out, len + 2);
	if (at) {
		at[0] = '"';
		memcpy(at + 1, word, len);
		at[1 + len] = '"';
	}
}

void json_value_begin_text(struct json *json)
{
	buffer_put(json->out, BYTES_LITERAL("\""));
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
	size_t plain = plain_len(bytes_of(out->data + json->text, out->len - json->text));
	for (size_t i = json->text + plain; i < out->len; i++) {
		extra += escape_len[out->data[i]];
	}
	if (extra) {
		escape(out, extra);
	}
	buffer_put_char(out, '"');
}

void json_value_bytes(struct json *json, struct bytes text)
{
	json_value_begin_text(json);
	buffer_put(json->out, text);
	json_end_text(json);
}

void json_value_text(struct json *json, const char *text)
{
	if (text) {
		json_value_bytes(json, bytes_of_text(text));
	} else {
		json_value_null(json);
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

void json_value_unsigned(struct json *json, uint64_t value)
{
	buffer_put_unsigned(json->out, value);
}

void json_value_integer(struct json *json, int64_t value)
{
	char digits[1 + 20];
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	size_t len = to_decimal(size, digits + 1).len;
	char *start = digits + sizeof(digits) - len;
	if (value < 0) {
		*--start = '-';
		len++;
	}
	buffer_put(json->out, bytes_of(start, len));
}

void json_value_null(struct json *json)
{
	buffer_put(json->out, BYTES_LITERAL("null"));
}

void json_value_hex(struct json *json, struct bytes value)
{
	char *at = (char *)buffer_extend(json->out, 2 * value.len + 2);
	if (at) {
		*at++ = '"';
		text_hex(value, at);
		at[2 * value.len] = '"';
	}
}

void json_value_base64(struct json *json, struct bytes value)
{
	size_t len = TEXT_BASE64_ROOM(value.len);
	char *at = (char *)buffer_extend(json->out, len + 1);
	if (at) {
		*at++ = '"';
		text_base64(value, at);
		at[len - 1] = '"';
	}
}

void json_value_time(struct json *json, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	json_value_word(json, text);
}

void json_value_age(struct json *json, int64_t ms)
{
	uint64_t hundredths = (uint64_t)ms / 864000;
	buffer_put_unsigned(json->out, hundredths / 100);
	buffer_put_char(json->out, '.');
	buffer_put_char(json->out, (char)('0' + hundredths / 10 % 10));
	buffer_put_char(json->out, (char)('0' + hundredths % 10));
}

void json_value_raw(struct json *json, struct bytes value)
{
	buffer_put(json->out, value);
}

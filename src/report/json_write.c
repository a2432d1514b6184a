// SPDX-License-Identifier: Apache-2.0
#include "report/json_write.h"

#include "base/datetime.h"
#include "base/text.h"

struct json json_init(struct buffer *out)
{
	return (struct json){out, false};
}

static void put_quoted(struct buffer *out, struct bytes text)
{
	buffer_put_char(out, '"');
	size_t start = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) {
			continue;
		}
		buffer_put(out, bytes_of(text.data + start, i - start));
		if (c == '"' || c == '\\') {
			buffer_put_char(out, '\\');
			buffer_put_char(out, (char)c);
		} else {
			buffer_printf(out, "\\u%04x", c);
		}
		start = i + 1;
	}
	buffer_put(out, bytes_of(text.data + start, text.len - start));
	buffer_put_char(out, '"');
}

// The comma and the key, whatever follows.
static void begin(struct json *json, const char *key)
{
	if (json->comma) {
		buffer_put_char(json->out, ',');
	}
	json->comma = true;
	if (key) {
		put_quoted(json->out, bytes_of_text(key));
		buffer_put_char(json->out, ':');
	}
}

void json_put_open(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	buffer_put_char(json->out, bracket);
	json->comma = false;
}

void json_put_close(struct json *json, char bracket)
{
	buffer_put_char(json->out, bracket);
	json->comma = true;
}

void json_put_bytes(struct json *json, const char *key, struct bytes text)
{
	begin(json, key);
	put_quoted(json->out, text);
}

void json_put_text(struct json *json, const char *key, const char *text)
{
	if (text) {
		json_put_bytes(json, key, bytes_of_text(text));
	} else {
		json_put_null(json, key);
	}
}

void json_put_unsigned(struct json *json, const char *key, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	begin(json, key);
	buffer_put(json->out, bytes_of(digits + at, sizeof(digits) - at));
}

void json_put_integer(struct json *json, const char *key, int64_t value)
{
	if (value >= 0) {
		json_put_unsigned(json, key, (uint64_t)value);
		return;
	}
	begin(json, key);
	buffer_put_char(json->out, '-');
	json->comma = false;
	json_put_unsigned(json, NULL, 0 - (uint64_t)value);
}

void json_put_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	buffer_put_text(json->out, value ? "true" : "false");
}

void json_put_null(struct json *json, const char *key)
{
	begin(json, key);
	buffer_put(json->out, BYTES_LITERAL("null"));
}

void json_put_hex(struct json *json, const char *key, struct bytes value)
{
	begin(json, key);
	buffer_put_char(json->out, '"');
	char *at = (char *)buffer_extend(json->out, 2 * value.len + 1);
	if (at) {
		text_hex(value, at);
		at[2 * value.len] = '"';
	}
}

void json_put_base64(struct json *json, const char *key, struct bytes value)
{
	begin(json, key);
	buffer_put_char(json->out, '"');
	size_t len = TEXT_BASE64_ROOM(value.len);
	char *at = (char *)buffer_extend(json->out, len);
	if (at) {
		text_base64(value, at);
		at[len - 1] = '"';
	}
}

void json_put_time(struct json *json, const char *key, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	json_put_text(json, key, text);
}

void json_put_age(struct json *json, const char *key, int64_t ms)
{
	int64_t hundredths = ms / INT64_C(864000);
	begin(json, key);
	buffer_printf(json->out, "%lld.%02d", (long long)(hundredths / 100),
		(int)(hundredths % 100));
}

void json_put_raw(struct json *json, const char *key, struct bytes value)
{
	begin(json, key);
	buffer_put(json->out, value);
}

// SPDX-License-Identifier: Apache-2.0
#include "loglist/lines.h"

#include "base/datetime.h"
#include "base/text.h"

bool lines_next(struct bytes *text, struct bytes *out)
{
	if (text->len == 0) {
		return false;
	}
	const uint8_t *end = memchr(text->data, '\n', text->len);
	size_t len = end ? (size_t)(end - text->data) : text->len;
	size_t skip = end ? len + 1 : len;
	*out = bytes_of(text->data, len);
	*text = bytes_of(text->data + skip, text->len - skip);
	return true;
}

struct bytes lines_next_word(struct bytes *text)
{
	size_t len = 0;
	while (len < text->len && text->data[len] != ' ') {
		len++;
	}
	struct bytes word = bytes_of(text->data, len);
	size_t skip = len < text->len ? len + 1 : len;
	*text = bytes_of(text->data + skip, text->len - skip);
	return word;
}

bool lines_take_integer(struct bytes text, int64_t *out)
{
	int64_t value = 0;
	if (text.len == 0) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		int digit = text.data[i] - '0';
		if (!text_is_digit(text.data[i]) || value > (INT64_MAX - digit) / 10) {
			return false;
		}
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool lines_take_time(struct bytes text, int64_t *out)
{
	return datetime_parse_rfc3339(text, false, out);
}

void lines_put_time(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	buffer_put_text(out, text);
}

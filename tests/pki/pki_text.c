// SPDX-License-Identifier: Apache-2.0
#include "pki.h"

#include <string.h>

void pki_base64(struct out *o, const void *data, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *bytes = data;

	for (size_t at = 0; at < len; at += 3) {
		size_t have = len - at < 3 ? len - at : 3;
		uint32_t group = 0;
		char text[4];
		for (size_t i = 0; i < 3; i++) {
			group = group << 8 | (i < have ? bytes[at + i] : 0U);
		}
		for (size_t i = 0; i < 4; i++) {
			text[i] = i <= have ? digits[group >> (6 * (3 - i)) & 63] : '=';
		}
		derw_put(o, text, sizeof(text));
	}
}

void pki_hex(struct out *o, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++) {
		derw_printf(o, "%02x", bytes[i]);
	}
}

void pki_pem(struct out *o, const char *label, const struct out *der)
{
	struct out text = {0};

	pki_base64(&text, der->data, der->len);
	derw_printf(o, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < text.len; at += 64) {
		size_t len = text.len - at < 64 ? text.len - at : 64;
		derw_put(o, text.data + at, len);
		derw_put(o, "\n", 1);
	}
	derw_printf(o, "-----END %s-----\n", label);
	derw_clear(&text);
}

void pki_json_string(struct out *o, const char *text, size_t len)
{
	derw_put(o, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '\n') {
			derw_put(o, "\\n", 2);
		} else if (c < 0x20) {
			derw_printf(o, "\\u%04x", c);
		} else {
			derw_put(o, "\\", c == '"' || c == '\\' ? 1 : 0);
			derw_put(o, &c, 1);
		}
	}
	derw_put(o, "\"", 1);
}

static int digits(const char *text, size_t num_digits)
{
	int value = 0;

	for (size_t i = 0; i < num_digits; i++) {
		derw_need(text[i] >= '0' && text[i] <= '9', "bad RFC 3339 time");
		value = 10 * value + (text[i] - '0');
	}
	return value;
}

int64_t pki_seconds(const char *rfc3339)
{
	const char *t = rfc3339;

	derw_need(strlen(t) == strlen("2026-06-01T00:00:00Z") && t[19] == 'Z',
		"bad RFC 3339 time");
	struct derw_date date = {.year = digits(t, 4),
		.month = digits(t + 5, 2),
		.day = digits(t + 8, 2),
		.hour = digits(t + 11, 2),
		.minute = digits(t + 14, 2),
		.second = digits(t + 17, 2)};
	return derw_seconds(&date);
}

void pki_rfc3339(struct out *o, int64_t seconds)
{
	struct derw_date d = derw_date(seconds);

	derw_printf(o, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)d.year, d.month, d.day,
		d.hour, d.minute, d.second);
}

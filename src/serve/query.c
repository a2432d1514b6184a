// SPDX-License-Identifier: Apache-2.0
#include "serve/query.h"

#include "base/text.h"

static bool is_text(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
			return false;
		}
	}
	return text_is_utf8(text);
}

bool percent_decode(
	struct bytes in, struct arena *arena, struct bytes *out, struct err *err)
{
	uint8_t *text = arena_take(arena, in.len + 1);
	size_t len = 0;
	if (!text) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < in.len; i++) {
		text[len] = in.data[i];
		if (in.data[i] == '%') {
			if (in.len - i < 3 ||
				!text_unhex(
					bytes_of(in.data + i + 1, 2), text + len, 1)) {
				return err_set(err, CODE_BAD_PARAMETER, i,
					"a percent sign without two hex digits behind it");
			}
			i += 2;
		}
		len++;
	}
	*out = bytes_of(text, len);
	return is_text(*out) ||
		err_set(err, CODE_BAD_PARAMETER, 0,
			"not UTF-8, or a control character in it");
}

static bool is_known(const char *name, const char *const *names)
{
	for (size_t i = 0; names[i]; i++) {
		if (strcmp(names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static bool unknown(const char *name, const char *const *names, struct err *err)
{
	err_set(err, CODE_UNKNOWN_PARAMETER, ERR_NO_OFFSET,
		names[0] ? "this call knows no parameter \"%.40s\""
			 : "this call takes no parameters, and \"%.40s\" is one",
		name);
	if (names[0]) {
		(void)err_add_choice(err, name, names);
	}
	return err_in_field(err, name);
}

// "name=value", or "name" alone, which is one without a value.
static bool read_one(struct bytes text, const char *const *names, struct arena *arena,
	struct parameters *out, struct err *err)
{
	const uint8_t *equals = memchr(text.data, '=', text.len);
	size_t name_len = equals ? (size_t)(equals - text.data) : text.len;
	size_t skip = equals ? name_len + 1 : name_len;
	struct bytes name;
	struct bytes value;
	if (!percent_decode(bytes_of(text.data, name_len), arena, &name, err)) {
		return false;
	}
	if (!is_known((const char *)name.data, names)) {
		return unknown((const char *)name.data, names, err);
	}
	if (!percent_decode(
		    bytes_of(text.data + skip, text.len - skip), arena, &value, err)) {
		return err_in_field(err, (const char *)name.data);
	}
	if (query_value(out, (const char *)name.data).data ||
		out->num == QUERY_MAX_PARAMETERS) {
		err_set(err, CODE_BAD_PARAMETER, ERR_NO_OFFSET,
			"stands there twice; give it once, several values between commas");
		return err_in_field(err, (const char *)name.data);
	}
	out->items[out->num].name = (const char *)name.data;
	out->items[out->num++].value = value;
	return true;
}

bool query_read(struct bytes query, const char *const *names, struct arena *arena,
	struct parameters *out, struct err *err)
{
	out->num = 0;
	for (size_t at = 0; at < query.len;) {
		const uint8_t *end = memchr(query.data + at, '&', query.len - at);
		size_t len = end ? (size_t)(end - query.data) - at : query.len - at;
		if (len > 0 &&
			!read_one(
				bytes_of(query.data + at, len), names, arena, out, err)) {
			return false;
		}
		at += len + 1;
	}
	return true;
}

struct bytes query_value(const struct parameters *parameters, const char *name)
{
	for (size_t i = 0; i < parameters->num; i++) {
		if (strcmp(parameters->items[i].name, name) == 0) {
			return parameters->items[i].value;
		}
	}
	return BYTES_NONE;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/form.h"

#include <strings.h>

#include "base/text.h"
#include "serve/media.h"

#define MAX_BOUNDARY 70 // RFC 2046 5.1.1
#define LINE_END BYTES_LITERAL("\r\n")

static struct form_part *add_part(struct form *form, struct err *err)
{
	if (form->num == FORM_MAX_PARTS) {
		err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"the form has more than %d fields and files", FORM_MAX_PARTS);
		return NULL;
	}
	struct form_part *part = &form->parts[form->num++];
	*part = (struct form_part){.name = BYTES_NONE};
	return part;
}

// application/x-www-form-urlencoded: "+" is a blank, and a percent sign without two digits
// stands for itself, as browsers have it.
static bool undo_encoding(
	struct bytes in, struct arena *arena, struct bytes *out, struct err *err)
{
	uint8_t *text = arena_take(arena, in.len + 1);
	size_t len = 0;
	if (!text) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < in.len; i++, len++) {
		text[len] = in.data[i] == '+' ? ' ' : in.data[i];
		if (in.data[i] == '%' && in.len - i > 2 &&
			text_unhex(bytes_of(in.data + i + 1, 2), text + len, 1)) {
			i += 2;
		}
	}
	*out = bytes_of(text, len);
	return true;
}

static bool read_pair(
	struct bytes pair, struct arena *arena, struct form *out, struct err *err)
{
	const uint8_t *equals = memchr(pair.data, '=', pair.len);
	size_t len = equals ? (size_t)(equals - pair.data) : pair.len;
	size_t skip = equals ? len + 1 : len;
	struct form_part *part = add_part(out, err);
	return part && undo_encoding(bytes_of(pair.data, len), arena, &part->name, err) &&
		undo_encoding(bytes_of(pair.data + skip, pair.len - skip), arena,
			&part->value, err);
}

static bool read_pairs(
	struct bytes body, struct arena *arena, struct form *out, struct err *err)
{
	for (size_t at = 0; at < body.len;) {
		const uint8_t *end = memchr(body.data + at, '&', body.len - at);
		size_t len = end ? (size_t)(end - body.data) - at : body.len - at;
		if (len > 0 &&
			!read_pair(bytes_of(body.data + at, len), arena, out, err)) {
			return false;
		}
		at += len + 1;
	}
	return true;
}

// multipart/form-data.

// A parameter of a header's value (`; name=value`, `; name="value"`), as it stands there; data NULL:
// there is none.
static struct bytes parameter(struct bytes header, const char *name)
{
	size_t name_len = strlen(name);
	size_t at = 0;
	while (at < header.len) {
		bool quoted = false;
		size_t end = at;
		for (; end < header.len && (quoted || header.data[end] != ';'); end++) {
			quoted = quoted != (header.data[end] == '"');
		}
		struct bytes one = text_trim(bytes_of(header.data + at, end - at));
		if (one.len > name_len && one.data[name_len] == '=' &&
			strncasecmp((const char *)one.data, name, name_len) == 0) {
			one = bytes_of(one.data + name_len + 1, one.len - name_len - 1);
			bool in_quotes = one.len > 1 && one.data[0] == '"' &&
				one.data[one.len - 1] == '"';
			return in_quotes ? bytes_of(one.data + 1, one.len - 2) : one;
		}
		at = end + 1;
	}
	return BYTES_NONE;
}

// "\r\n--boundary"
static bool make_delimiter(
	const char *content_type, struct arena *arena, struct bytes *out, struct err *err)
{
	struct bytes boundary = parameter(bytes_of_text(content_type), "boundary");
	if (boundary.len == 0 || boundary.len > MAX_BOUNDARY) {
		return err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET,
			"Content-Type names no boundary between the parts of the form");
	}
	uint8_t *text = arena_take(arena, boundary.len + 4);
	if (!text) {
		return err_no_memory(err);
	}
	memcpy(text, "\r\n--", 4);
	memcpy(text + 4, boundary.data, boundary.len);
	*out = bytes_of(text, boundary.len + 4);
	return true;
}

// The header fields of a part, up to the empty line, of which one is looked at.
static bool read_fields(
	struct bytes body, size_t *at, struct form_part *part, struct err *err)
{
	static const struct bytes wanted = {(const uint8_t *)"Content-Disposition:", 20};
	for (;;) {
		size_t end = bytes_find(body, *at, LINE_END);
		if (end == body.len) {
			return err_set(err, CODE_BAD_REQUEST, *at,
				"a part of the form ends within its head");
		}
		struct bytes line = bytes_of(body.data + *at, end - *at);
		*at = end + 2;
		if (line.len == 0) {
			return part->name.data != NULL ||
				err_set(err, CODE_BAD_REQUEST, end,
					"a part of the form has no name");
		}
		if (line.len > wanted.len &&
			strncasecmp((const char *)line.data, (const char *)wanted.data,
				wanted.len) == 0) {
			part->name = parameter(line, "name");
			part->file_name = parameter(line, "filename");
		}
	}
}

static bool read_parts(
	struct bytes body, struct bytes delimiter, struct form *out, struct err *err)
{
	struct bytes first = bytes_of(delimiter.data + 2, delimiter.len - 2);
	size_t at = 0;
	if (body.len < first.len || memcmp(body.data, first.data, first.len) != 0) {
		at = bytes_find(body, 0, delimiter) + 2;
	}
	if (at >= body.len) {
		return err_set(err, CODE_BAD_REQUEST, 0,
			"the boundary that Content-Type names is not in the body");
	}
	for (at += first.len;;) {
		struct bytes rest = bytes_of(body.data + at, body.len - at);
		if (rest.len >= 2 && memcmp(rest.data, "--", 2) == 0) {
			return true;
		}
		size_t line = bytes_find(body, at, LINE_END);
		struct form_part *part = line == body.len ? NULL : add_part(out, err);
		if (!part) {
			return err_set(err, CODE_BAD_REQUEST, at,
				"the form has no end: its last boundary is missing");
		}
		at = line + 2;
		if (!read_fields(body, &at, part, err)) {
			return false;
		}
		size_t end = bytes_find(body, at, delimiter);
		if (end == body.len) {
			return err_set(err, CODE_BAD_REQUEST, at,
				"the form has no end: its last boundary is missing");
		}
		part->value = bytes_of(body.data + at, end - at);
		at = end + delimiter.len;
	}
}

bool form_read(const char *content_type, struct bytes body, struct arena *arena,
	struct form *out, struct err *err)
{
	struct bytes delimiter = BYTES_NONE;
	out->num = 0;
	if (!media_is(content_type, "multipart/form-data")) {
		return read_pairs(body, arena, out, err);
	}
	return make_delimiter(content_type, arena, &delimiter, err) &&
		read_parts(body, delimiter, out, err);
}

struct bytes form_value(const struct form *form, const char *name)
{
	struct bytes wanted = bytes_of_text(name);
	for (size_t i = 0; i < form->num; i++) {
		if (bytes_equal(form->parts[i].name, wanted)) {
			return form->parts[i].value;
		}
	}
	return BYTES_NONE;
}

// SPDX-License-Identifier: Apache-2.0
#include "x509/private_key.h"

#include "base/text.h"
#include "x509/der.h"
#include "x509/recognize.h"

// Shorter strings of JSON are no key in base64.
#define MIN_TEXT 32

static bool has(struct bytes in, struct bytes word)
{
	return bytes_find(in, 0, word) != in.len;
}

static bool ends_in(struct bytes in, struct bytes end)
{
	return in.len >= end.len &&
		memcmp(in.data + in.len - end.len, end.data, end.len) == 0;
}

bool private_key_is_label(struct bytes label)
{
	return ends_in(label, BYTES_LITERAL("PRIVATE KEY")) ||
		ends_in(label, BYTES_LITERAL("PRIVATE KEY BLOCK"));
}

// Java's own formats (JKS, JCEKS), which are there to hold keys.
static bool is_key_store(struct bytes in)
{
	static const struct bytes marks[] = {
		BYTES_LITERAL("\xfe\xed\xfe\xed"), BYTES_LITERAL("\xce\xce\xce\xce")};
	return in.len > 4 &&
		(memcmp(in.data, marks[0].data, 4) == 0 ||
			memcmp(in.data, marks[1].data, 4) == 0);
}

// PKCS #8, PKCS #1 and SEC 1 alike begin with a version; one of several objects may be it.
static bool is_key_der(struct bytes in)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader r = reader_init(in, CODE_BAD_CERTIFICATE, &ignored);
	while (!reader_failed(&r) && r.pos < r.end && *r.pos == DER_SEQUENCE) {
		const char *known = recognize(der_any(&r, "object").whole);
		if (known && has(bytes_of_text(known), BYTES_LITERAL("private key"))) {
			return true;
		}
	}
	return false;
}

// The same text in UTF-16: every other byte is 0.
static struct bytes without_zeros(struct bytes in, struct arena *arena)
{
	uint8_t *out = arena_take(arena, in.len + 1);
	size_t len = 0;
	for (size_t i = 0; out && i < in.len; i++) {
		out[len] = in.data[i];
		len += in.data[i] != 0;
	}
	return bytes_of(out, len);
}

static bool is_key_text(struct bytes in)
{
	bool is_jwk =
		has(in, BYTES_LITERAL("\"kty\"")) && has(in, BYTES_LITERAL("\"d\""));
	return has(in, BYTES_LITERAL("PRIVATE KEY-----")) ||
		has(in, BYTES_LITERAL("PRIVATE KEY BLOCK-----")) ||
		has(in, BYTES_LITERAL("PuTTY-User-Key-File-")) || is_jwk;
}

static bool is_key_base64(struct bytes text, struct arena *arena)
{
	size_t len = 0;
	if (!text_is_base64(text)) {
		return false;
	}
	uint8_t *room = arena_take(arena, text.len / 4 * 3 + 3);
	return room && text_unbase64(text, room, &len) &&
		(is_key_der(bytes_of(room, len)) || is_key_store(bytes_of(room, len)));
}

// A string of JSON: "\n" in base64 is a line's end, "\/" a slash.
static bool is_key_string(struct bytes in, struct arena *arena)
{
	uint8_t *out = in.len < MIN_TEXT ? NULL : arena_take(arena, in.len);
	size_t len = 0;
	for (size_t i = 0; out && i < in.len; i++) {
		bool is_escape = in.data[i] == '\\' && i + 1 < in.len;
		uint8_t next = is_escape ? in.data[++i] : in.data[i];
		bool is_end = is_escape && (next == 'n' || next == 'r' || next == 't');
		out[len++] = is_end ? '\n' : next;
	}
	return out && is_key_base64(text_trim(bytes_of(out, len)), arena);
}

static bool is_in_strings(struct bytes in, struct arena *arena)
{
	for (size_t at = 0; at < in.len;) {
		size_t end = bytes_find(in, at, BYTES_LITERAL("\""));
		if (is_key_string(bytes_of(in.data + at, end - at), arena)) {
			return true;
		}
		at = end + 1;
	}
	return false;
}

bool private_key_is_in(struct bytes piece, struct arena *arena)
{
	struct bytes text = text_trim(text_without_mark(piece));
	if (piece.len == 0) {
		return false;
	}
	if (is_key_der(piece) || is_key_store(piece) || is_key_text(piece)) {
		return true;
	}
	if (memchr(piece.data, 0, piece.len) &&
		is_key_text(without_zeros(piece, arena))) {
		return true;
	}
	return is_key_base64(text, arena) ||
		(has(text, BYTES_LITERAL("\"")) && is_in_strings(text, arena));
}

// SPDX-License-Identifier: Apache-2.0
#include "sct/sct_json.h"

#include "base/text.h"

// The answer is a flat object of plain strings and numbers; anything else is no answer of
// a log.
struct answer {
	struct bytes version;
	struct bytes id;
	struct bytes timestamp;
	struct bytes extensions;
	struct bytes signature;
};

struct answer_field {
	const char *name;
	size_t offset;
	bool is_text;
};

static const struct answer_field answer_fields[] = {
	{"sct_version", offsetof(struct answer, version), false},
	{"id", offsetof(struct answer, id), true},
	{"timestamp", offsetof(struct answer, timestamp), false},
	{"extensions", offsetof(struct answer, extensions), true},
	{"signature", offsetof(struct answer, signature), true},
};

#define NUM_FIELDS (sizeof(answer_fields) / sizeof(answer_fields[0]))

static uint8_t peek(struct reader *r)
{
	while (r->pos < r->end && text_is_space(*r->pos)) {
		r->pos++;
	}
	return r->pos < r->end && !reader_failed(r) ? *r->pos : 0;
}

static void expect(struct reader *r, char c)
{
	if (peek(r) != (uint8_t)c) {
		reader_fail(r, "the log's answer: '%c' belongs here", c);
	}
	(void)reader_take(r, 1, "the log's answer");
}

static struct bytes read_string(struct reader *r)
{
	expect(r, '"');
	const uint8_t *start = r->pos;
	while (!reader_done(r) && *r->pos != '"') {
		if (*r->pos < 0x20) {
			reader_fail(
				r, "the log's answer: a control character in a string");
		}
		// Base64 needs no escapes, and may have them (take_character).
		r->pos += *r->pos == '\\' && r->pos + 1 < r->end ? 2 : 1;
	}
	struct bytes text = bytes_of(start, (size_t)(r->pos - start));
	expect(r, '"');
	return text;
}

static struct bytes read_number(struct reader *r)
{
	(void)peek(r);
	const uint8_t *start = r->pos;
	while (!reader_done(r) && text_is_digit(*r->pos)) {
		r->pos++;
	}
	if (r->pos == start) {
		reader_fail(r, "the log's answer: a number belongs here");
	}
	return bytes_of(start, (size_t)(r->pos - start));
}

static void read_member(struct reader *r, struct answer *out)
{
	struct bytes name = read_string(r);
	expect(r, ':');
	for (size_t i = 0; i < NUM_FIELDS; i++) {
		const struct answer_field *field = &answer_fields[i];
		struct bytes *value =
			(struct bytes *)(void *)((char *)out + field->offset);
		if (!bytes_equal(bytes_of_text(field->name), name)) {
			continue;
		}
		if (value->data) {
			reader_fail(
				r, "the log's answer: \"%s\" stands twice", field->name);
		}
		*value = field->is_text ? read_string(r) : read_number(r);
		return;
	}
	reader_fail(r,
		"the log's answer has a field \"%.*s\", which RFC 6962 4.1 does not know",
		name.len < 40 ? (int)name.len : 40, (const char *)name.data);
}

static void read_answer(struct reader *r, struct answer *out)
{
	expect(r, '{');
	do {
		read_member(r, out);
	} while (peek(r) == ',' && reader_take(r, 1, ",").len);
	expect(r, '}');
	(void)peek(r);
	(void)reader_finish(r, "the log's answer");
	for (size_t i = 0; i < NUM_FIELDS && !reader_failed(r); i++) {
		const struct answer_field *field = &answer_fields[i];
		if (!((struct bytes *)(void *)((char *)out + field->offset))->data) {
			reader_fail_at(
				r, 0, "the log's answer lacks \"%s\"", field->name);
		}
	}
}

static uint64_t to_number(struct reader *r, struct bytes digits, uint64_t max)
{
	uint64_t value = 0;
	for (size_t i = 0; i < digits.len; i++) {
		uint64_t digit = (uint64_t)(digits.data[i] - '0');
		if (value > (max - digit) / 10) {
			reader_fail_at(r, (size_t)(digits.data - r->origin),
				"the log's answer: a number is too large");
			return 0;
		}
		value = value * 10 + digit;
	}
	return value;
}

// One of base64's, which may be written as an escape: "\/", or "\u003d" as careful encoders
// write "=".
static uint8_t take_character(struct bytes text, size_t *at)
{
	const uint8_t *c = text.data + *at;
	size_t left = text.len - *at;
	uint8_t code[2];
	if (left >= 6 && c[0] == '\\' && c[1] == 'u' &&
		text_unhex(bytes_of(c + 2, 4), code, sizeof(code)) && code[0] == 0) {
		*at += 6;
		return code[1];
	}
	bool is_slash = left >= 2 && c[0] == '\\' && c[1] == '/';
	*at += is_slash ? 2 : 1;
	return c[is_slash];
}

static struct bytes to_bytes(struct reader *r, struct bytes text, struct arena *arena)
{
	uint8_t *plain = arena_take(arena, text.len + 1);
	uint8_t *out = arena_take(arena, text.len / 4 * 3 + 3);
	size_t len = 0;
	size_t out_len = 0;
	if (!plain || !out) {
		err_no_memory(r->err);
		return BYTES_NONE;
	}
	for (size_t i = 0; i < text.len;) {
		plain[len++] = take_character(text, &i);
	}
	if (!text_unbase64(bytes_of(plain, len), out, &out_len)) {
		reader_fail_at(r, (size_t)(text.data - r->origin),
			"the log's answer: not base64");
		return BYTES_NONE;
	}
	return bytes_of(out, out_len);
}

static bool serialize(struct reader *r, const struct answer *answer, struct arena *arena,
	struct bytes *out)
{
	uint64_t version = to_number(r, answer->version, 255);
	uint64_t timestamp = to_number(r, answer->timestamp, UINT64_MAX);
	struct bytes id = to_bytes(r, answer->id, arena);
	struct bytes extensions = to_bytes(r, answer->extensions, arena);
	struct bytes signature = to_bytes(r, answer->signature, arena);
	if (!reader_failed(r) && (id.len != SCT_LOG_ID_LEN || extensions.len > 65535)) {
		reader_fail_at(r, 0, "the log's answer: %s",
			id.len != SCT_LOG_ID_LEN ? "id is not 32 bytes"
						 : "extensions too long");
	}
	if (reader_failed(r)) {
		return false;
	}
	uint8_t *at = arena_take(arena, 43 + extensions.len + signature.len);
	if (!at) {
		return err_no_memory(r->err);
	}
	*out = bytes_of(at, 43 + extensions.len + signature.len);
	*at++ = (uint8_t)version;
	memcpy(at, id.data, SCT_LOG_ID_LEN);
	at += SCT_LOG_ID_LEN;
	for (size_t i = 0; i < 8; i++) {
		*at++ = (uint8_t)(timestamp >> (8 * (7 - i)));
	}
	*at++ = (uint8_t)(extensions.len >> 8);
	*at++ = (uint8_t)extensions.len;
	bytes_copy(at, extensions);
	bytes_copy(at + extensions.len, signature);
	return true;
}

bool sct_from_any_form(
	struct bytes in, struct arena *arena, struct bytes *out, struct err *err)
{
	struct bytes text = text_trim(in);
	if (text.len == 0) {
		return err_set(err, CODE_BAD_SCT, 0, "an empty SCT");
	}
	if (text.data[0] == '{') {
		struct reader r = reader_init(text, CODE_BAD_SCT, err);
		struct answer answer = {0};
		read_answer(&r, &answer);
		return !reader_failed(&r) && serialize(&r, &answer, arena, out);
	}
	if (in.data[0] < 0x20 && !text_is_space(in.data[0])) {
		*out = in; // a version byte, which no text begins with
		return true;
	}
	uint8_t *raw = arena_take(arena, text.len / 4 * 3 + 3);
	size_t len = 0;
	if (!raw) {
		return err_no_memory(err);
	}
	if (!text_unbase64(text, raw, &len)) {
		return err_set(err, CODE_BAD_SCT, (size_t)(text.data - in.data) + len,
			"neither a serialized SCT, nor its base64, nor a log's JSON "
			"answer");
	}
	*out = bytes_of(raw, len);
	return true;
}

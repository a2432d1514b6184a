// SPDX-License-Identifier: Apache-2.0
#include "app/short_request.h"

#include "base/plain.h"
#include "base/text.h"

struct short_reader {
	struct bytes rest;
	struct arena *arena;
	struct ctp_request request;
	unsigned seen; // a bit for each of short_fields
};

static void skip(struct short_reader *r, size_t len)
{
	r->rest = bytes_of(r->rest.data + len, r->rest.len - len);
}

// The next byte that is no white space (RFC 8259 2); 0 at the end.
static uint8_t peek(struct short_reader *r)
{
	while (r->rest.len > 0) {
		uint8_t c = r->rest.data[0];
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
			return c;
		}
		skip(r, 1);
	}
	return 0;
}

static bool take(struct short_reader *r, char c)
{
	if (peek(r) != (uint8_t)c) {
		return false;
	}
	skip(r, 1);
	return true;
}

// Strings.

// The length of a string up to its quote, which no odd number of backslashes precedes;
// in.len where there is none.
static size_t string_len(struct bytes in)
{
	size_t at = 0;
	const uint8_t *quote;
	while ((quote = memchr(in.data + at, '"', in.len - at)) != NULL) {
		at = (size_t)(quote - in.data);
		size_t before = at;
		while (before > 0 && in.data[before - 1] == '\\') {
			before--;
		}
		if ((at - before) % 2 == 0) {
			return at;
		}
		at++;
	}
	return in.len;
}

// What the character behind a backslash means; 0 where it is for the long way.
static uint8_t meaning_of(uint8_t c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '"':
	case '\\':
	case '/':
		return c;
	default:
		return 0;
	}
}

#define DEL 0x7f // stands for itself, though it is not plain

// Copies some of what stands for itself at the front: how many bytes, 0 where there are
// none.
static size_t copy_plain(struct bytes in, uint8_t *to)
{
	if (in.len >= PLAIN_BLOCK && plain_is_block(in.data)) {
		memcpy(to, in.data, PLAIN_BLOCK);
		return PLAIN_BLOCK;
	}
	if (in.len >= PLAIN_WORD && !plain_odd_word(in.data)) {
		memcpy(to, in.data, PLAIN_WORD);
		return PLAIN_WORD;
	}
	*to = in.data[0];
	return plain_is_char(in.data[0]) || in.data[0] == DEL;
}

// `in` is a string without its quotes.
static bool decode(struct bytes in, uint8_t *to, size_t *out_len)
{
	uint8_t *start = to;
	while (in.len > 0) {
		size_t len = 0;
		size_t num = 0;
		if (in.data[0] == '\\') {
			*to = in.len > 1 ? meaning_of(in.data[1]) : 0;
			num = *to != 0;
			len = 2;
		} else {
			num = len = copy_plain(in, to);
		}
		if (num == 0) {
			return false;
		}
		to += num;
		in = bytes_of(in.data + len, in.len - len);
	}
	*out_len = (size_t)(to - start);
	return true;
}

static bool take_escaped(struct short_reader *r, struct bytes *out)
{
	struct bytes raw = bytes_of(r->rest.data, string_len(r->rest));
	uint8_t *text = raw.len < r->rest.len ? arena_take(r->arena, raw.len) : NULL;
	size_t len = 0;
	if (!text || !decode(raw, text, &len)) {
		return false;
	}
	*out = bytes_of(text, len);
	skip(r, raw.len + 1);
	return true;
}

static bool take_string(struct short_reader *r, struct bytes *out)
{
	if (!take(r, '"')) {
		return false;
	}
	size_t len = plain_len(r->rest);
	if (len == r->rest.len || r->rest.data[len] != '"') {
		return take_escaped(r, out);
	}
	*out = bytes_of(r->rest.data, len);
	skip(r, len + 1);
	return true;
}

// Fields.

static bool take_text(struct short_reader *r, enum request_field field)
{
	return take_string(r, &r->request.fields[field]);
}

static size_t num_digits(struct bytes in)
{
	size_t len = 0;
	while (len < in.len && len <= SHORT_REQUEST_MAX_DIGITS &&
		text_is_digit(in.data[len])) {
		len++;
	}
	return len;
}

// Of a number without a sign, a fraction or zeros in front; 0 where none is next.
static size_t number_len(struct short_reader *r)
{
	(void)peek(r);
	size_t len = num_digits(r->rest);
	bool plain = len <= SHORT_REQUEST_MAX_DIGITS &&
		(len == 1 || (len > 1 && r->rest.data[0] != '0'));
	return plain ? len : 0;
}

// The id goes into the report as JSON: as it stands here, which is how the long way writes
// it where nothing is escaped and no number begins with 0.
static bool take_id(struct short_reader *r, enum request_field field)
{
	size_t len;
	if (peek(r) == '"') {
		len = plain_len(bytes_of(r->rest.data + 1, r->rest.len - 1)) + 2;
		if (len > r->rest.len || r->rest.data[len - 1] != '"') {
			return false;
		}
	} else {
		len = number_len(r);
		if (len == 0) {
			return false;
		}
	}
	r->request.fields[field] = bytes_of(r->rest.data, len);
	skip(r, len);
	return true;
}

static bool take_time(struct short_reader *r, enum request_field ignored)
{
	struct bytes text;
	struct err err;
	(void)ignored;
	err_clear(&err);
	return take_string(r, &text) && request_set_time(&r->request, text, &err);
}

static bool take_policies(struct short_reader *r, enum request_field ignored)
{
	struct bytes name;
	struct err err;
	(void)ignored;
	err_clear(&err);
	r->request.num_policies = 0;
	if (!take(r, '[')) {
		return false;
	}
	do {
		if (!take_string(r, &name) ||
			!request_add_policy(&r->request, name, &err)) {
			return false;
		}
	} while (take(r, ','));
	return take(r, ']');
}

static bool take_client_age(struct short_reader *r, enum request_field ignored)
{
	struct err err;
	size_t len = number_len(r);
	(void)ignored;
	err_clear(&err);
	if (!request_set_client_age(&r->request, bytes_of(r->rest.data, len), &err)) {
		return false;
	}
	skip(r, len);
	return true;
}

static bool take_private_root(struct short_reader *r, enum request_field ignored)
{
	static const struct bytes words[] = {
		BYTES_LITERAL("true"), BYTES_LITERAL("false")};
	(void)ignored;
	(void)peek(r);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct bytes word = words[i];
		if (r->rest.len >= word.len &&
			memcmp(r->rest.data, word.data, word.len) == 0) {
			struct err err;
			err_clear(&err);
			skip(r, word.len);
			return request_set_private_root(&r->request, word, &err);
		}
	}
	return false;
}

static bool take_scts(struct short_reader *r, enum request_field ignored)
{
	struct bytes scts[SHORT_REQUEST_MAX_SCTS];
	size_t num = 0;
	(void)ignored;
	if (!take(r, '[')) {
		return false;
	}
	do {
		if (num == SHORT_REQUEST_MAX_SCTS || !take_string(r, &scts[num++])) {
			return false;
		}
	} while (take(r, ','));
	struct bytes *kept = arena_take_array(r->arena, num, sizeof(*kept));
	if (!kept || !take(r, ']')) {
		return false;
	}
	memcpy(kept, scts, num * sizeof(*kept));
	r->request.scts = kept;
	r->request.num_scts = num;
	return true;
}

// NUM_REQUEST_FIELDS: a field that struct ctp_request keeps in a form of its own.
static const struct {
	struct bytes name;
	enum request_field field;
	bool (*take)(struct short_reader *r, enum request_field field);
} short_fields[] = {
	{BYTES_LITERAL("id"), REQUEST_ID, take_id},
	{BYTES_LITERAL("certificate"), REQUEST_CERTIFICATE, take_text},
	{BYTES_LITERAL("issuer"), REQUEST_ISSUER, take_text},
	{BYTES_LITERAL("issuer_key_sha256"), REQUEST_ISSUER_KEY_SHA256, take_text},
	{BYTES_LITERAL("tls_scts"), REQUEST_TLS_SCTS, take_text},
	{BYTES_LITERAL("ocsp"), REQUEST_OCSP, take_text},
	{BYTES_LITERAL("at"), NUM_REQUEST_FIELDS, take_time},
	{BYTES_LITERAL("policies"), NUM_REQUEST_FIELDS, take_policies},
	{BYTES_LITERAL("scts"), NUM_REQUEST_FIELDS, take_scts},
	{BYTES_LITERAL("client_age_days"), NUM_REQUEST_FIELDS, take_client_age},
	{BYTES_LITERAL("precertificate"), REQUEST_PRECERTIFICATE, take_text},
	{BYTES_LITERAL("private_root"), NUM_REQUEST_FIELDS, take_private_root},
};

#define NUM_SHORT_FIELDS (sizeof(short_fields) / sizeof(short_fields[0]))

// The index of the field whose name, and its quote, is next; NUM_SHORT_FIELDS for none.
static size_t find_field(struct bytes rest)
{
	size_t i = 0;
	for (; i < NUM_SHORT_FIELDS; i++) {
		struct bytes name = short_fields[i].name;
		if (rest.len > name.len && rest.data[name.len] == '"' &&
			memcmp(rest.data, name.data, name.len) == 0) {
			break;
		}
	}
	return i;
}

static bool take_member(struct short_reader *r)
{
	if (!take(r, '"')) {
		return false;
	}
	size_t i = find_field(r->rest);
	if (i == NUM_SHORT_FIELDS || (r->seen & 1U << i)) {
		return false;
	}
	r->seen |= 1U << i;
	skip(r, short_fields[i].name.len + 1);
	return take(r, ':') && short_fields[i].take(r, short_fields[i].field);
}

static bool take_object(struct short_reader *r)
{
	if (!take(r, '{')) {
		return false;
	}
	do {
		if (!take_member(r)) {
			return false;
		}
	} while (take(r, ','));
	return take(r, '}') && peek(r) == 0 && r->rest.len == 0;
}

bool short_request_read(struct bytes line, struct arena *arena, struct ctp_request *out)
{
	struct short_reader r = {.rest = line, .arena = arena, .request = *out};
	if (!take_object(&r)) {
		return false;
	}
	*out = r.request;
	return true;
}

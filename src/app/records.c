// SPDX-License-Identifier: Apache-2.0
#include "app/records.h"

#include <stdlib.h>

#include "app/records_csv.h"
#include "app/records_der.h"
#include "app/window.h"
#include "base/text.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "x509/pem.h"
#include "x509/private_key.h"
#include "x509/recognize.h"

#define BEGIN BYTES_LITERAL("-----BEGIN ")
#define DASHES BYTES_LITERAL("-----")
#define END BYTES_LITERAL("-----END ")
// Text before the first block, as `openssl x509 -text` writes it.
#define MAX_PREAMBLE ((size_t)64 * 1024)
// An END line with a label of 64 letters; what stands behind it is text.
#define MAX_END_LINE ((size_t)128)

const char *const records_format_names[] = {"auto", "pem", "der", "ndjson", "csv", NULL};

struct records {
	struct stream *stream;
	struct window window;
	enum records_format format;
	struct csv_columns columns;
	uint64_t number; // of records so far
	uint64_t line; // at the window's beginning
	size_t pending; // bytes of the record that was given last
	bool is_over; // nothing behind this can be told apart
	bool beside_key; // a private key stands near the present record
	char other[32]; // PEM: what the first block is that is no certificate
	struct arena arena; // for a look into certificates
};

static void take(struct records *r, size_t len)
{
	const uint8_t *at = window_bytes(&r->window).data;
	for (size_t left = len; r->format != RECORDS_DER && left > 0;) {
		const uint8_t *end = memchr(at, '\n', left);
		if (!end) {
			break;
		}
		r->line++;
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	window_take(&r->window, len);
}

static bool is_json(struct bytes in)
{
	struct bytes text = text_trim(text_without_mark(in));
	return text.len > 0 && text.data[0] == '{';
}

// All up to the line with the first BEGIN; the same however the bytes come in pieces.
static struct bytes preamble(struct records *r)
{
	for (;;) {
		struct bytes in = window_bytes(&r->window);
		in.len = in.len < MAX_PREAMBLE ? in.len : MAX_PREAMBLE;
		size_t begin = bytes_find(in, 0, BEGIN);
		size_t end = bytes_find(in, begin, BYTES_LITERAL("\n"));
		if (end < in.len || in.len == MAX_PREAMBLE || !window_more(&r->window)) {
			return bytes_of(in.data, end);
		}
	}
}

// What a file is, from its first bytes.
static enum records_format format_of(struct records *r)
{
	(void)window_fill(&r->window, 4);
	struct bytes in = window_bytes(&r->window);
	if (in.len > 1 && in.data[0] == 0x30 && (in.data[1] & 0x80)) {
		return RECORDS_DER;
	}
	if (is_json(in)) {
		return RECORDS_NDJSON; // without waiting for more
	}
	in = preamble(r);
	if (is_json(in)) {
		return RECORDS_NDJSON;
	}
	if (csv_looks_like(text_trim(text_without_mark(in)))) {
		return RECORDS_CSV;
	}
	return bytes_find(in, 0, BEGIN) < in.len ? RECORDS_PEM : RECORDS_AUTO;
}

struct records *records_open(
	const char *path, const struct records_options *options, struct err *err)
{
	struct stream *stream = stream_open(path, err);
	return stream ? records_of_stream(stream, options, err) : NULL;
}

struct records *records_of_stream(
	struct stream *stream, const struct records_options *options, struct err *err)
{
	struct records *r = calloc(1, sizeof(*r));
	if (!r) {
		stream_close(stream);
		err_no_memory(err);
		return NULL;
	}
	r->stream = stream;
	window_init(&r->window, r->stream, RECORDS_MAX_LEN + 4096);
	r->line = 1;
	r->format = options->format == RECORDS_AUTO ? format_of(r) : options->format;
	if (r->format != RECORDS_DER) {
		(void)window_fill(&r->window, 3);
		struct bytes in = window_bytes(&r->window);
		window_take(&r->window, in.len - text_without_mark(in).len);
	}
	if (r->format == RECORDS_CSV) {
		r->columns = csv_columns_init(options->column);
		r->window.max = CSV_MAX_ROW;
	}
	return r;
}

// A line end or an END line in the window is a record's; one at its very end is that of the
// record that was given last.
bool records_are_ready(const struct records *records)
{
	struct bytes in = window_bytes(&records->window);
	struct bytes end = records->format == RECORDS_PEM ? END : BYTES_LITERAL("\n");
	return records->window.at_end || bytes_find(in, records->pending, end) < in.len ||
		stream_is_ready(records->stream);
}

bool records_have_chains(const struct records *records)
{
	return records->format == RECORDS_PEM || records->format == RECORDS_DER;
}

uint64_t records_consumed(const struct records *records)
{
	return stream_consumed(records->stream);
}

bool records_tell_absence(const struct records *records, struct err *err)
{
	if (stream_offset(records->stream) == 0) {
		bool is_plain = strcmp(stream_kind(records->stream), "plain") == 0;
		err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			is_plain ? "the file is empty"
				 : "there is nothing in it: it is empty when it is "
				   "decompressed");
		return true;
	}
	if (records->format != RECORDS_PEM || records->number > 0) {
		return false;
	}
	const char *known = recognize_label(bytes_of_text(records->other));
	bool is_other = records->other[0] != '\0';
	err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET, "no certificate in it%s%s",
		is_other ? ", but " : "", known ? known : records->other);
	return true;
}

void records_close(struct records *records)
{
	if (records) {
		window_clear(&records->window);
		stream_close(records->stream);
		arena_clear(&records->arena);
		free(records);
	}
}

// A place in the window: from `begin` to before `end`.
struct span {
	size_t begin;
	size_t end;
};

static void set_place(struct records *r, size_t begin, struct found *out)
{
	take(r, begin);
	r->pending -= r->pending < begin ? r->pending : begin;
	*out = (struct found){.number = ++r->number,
		.line = r->format == RECORDS_DER ? 0 : r->line,
		.offset = r->window.offset};
}

// The stream broke: one bad record, and then the end.
static enum records_result end_of_stream(
	struct records *r, struct found *out, struct err *err)
{
	if (r->window.err.code == CODE_NONE) {
		return RECORDS_END;
	}
	set_place(r, 0, out);
	*err = r->window.err;
	r->is_over = true;
	return RECORDS_BAD;
}

static enum records_result bad(struct records *r, struct span span, enum code code,
	const char *what, struct err *err)
{
	err_set(err, code, ERR_NO_OFFSET, "%s", what);
	r->pending = span.end;
	return RECORDS_BAD;
}

// Reads on until `needle` stands behind `at`. False: it does not, within the limits.
static bool find_reading(struct records *r, size_t at, struct bytes needle, size_t *out)
{
	for (;;) {
		struct bytes in = window_bytes(&r->window);
		*out = bytes_find(in, at, needle);
		if (*out < in.len) {
			return true;
		}
		at = in.len > at + needle.len ? in.len - needle.len : at;
		if (!window_more(&r->window)) {
			return false;
		}
	}
}

// The next BEGIN or END line from `at` on, whichever comes first: where there are many of
// one and none of the other, looking for each by itself would take for ever.
static bool find_edge(struct records *r, size_t at, size_t *out, bool *out_is_end)
{
	while (find_reading(r, at, DASHES, out)) {
		(void)window_fill(&r->window, *out + BEGIN.len);
		struct bytes in = window_bytes(&r->window);
		struct bytes here = bytes_of(in.data + *out, in.len - *out);
		*out_is_end =
			here.len >= END.len && memcmp(here.data, END.data, END.len) == 0;
		if (*out_is_end ||
			(here.len >= BEGIN.len &&
				memcmp(here.data, BEGIN.data, BEGIN.len) == 0)) {
			return true;
		}
		at = *out + 1;
	}
	return false;
}

// Of a block from out->begin on: what is wrong with it, where its END line, or another
// block's BEGIN line, begins at `end`.
static enum records_result check_block(struct records *r, size_t end, bool ended,
	bool again, struct span *out, struct err *err)
{
	struct bytes in = window_bytes(&r->window);
	if (again) {
		out->end = end;
		return bad(r, *out, CODE_BAD_CERTIFICATE,
			"a BEGIN line is followed by another one, without an END line",
			err);
	}
	if (end - out->begin > RECORDS_MAX_LEN - MAX_END_LINE) {
		out->end = ended ? end : in.len - END.len;
		return bad(r, *out, CODE_TOO_LARGE,
			"a block of more than 1 MB, or without its END line", err);
	}
	if (ended) {
		return RECORDS_FOUND;
	}
	if (r->window.err.code != CODE_NONE) {
		return RECORDS_END; // a part of a block is none
	}
	out->end = in.len;
	return bad(
		r, *out, CODE_BAD_CERTIFICATE, "a BEGIN line without an END line", err);
}

// The next block from `at` on. With `drop`, from 0 on, the text before it is forgotten, so
// that it may be of any length.
static enum records_result next_block(
	struct records *r, size_t at, bool drop, struct span *out, struct err *err)
{
	while (!find_reading(r, at, BEGIN, &out->begin)) {
		size_t len = window_bytes(&r->window).len;
		if (!drop || r->window.at_end) {
			return RECORDS_END;
		}
		take(r, len - BEGIN.len);
	}
	if (drop) {
		take(r, out->begin);
		out->begin = 0;
	}
	size_t end;
	bool is_end = false;
	bool ended = find_edge(r, out->begin + BEGIN.len, &end, &is_end);
	enum records_result result =
		check_block(r, end, ended && is_end, ended && !is_end, out, err);
	if (result != RECORDS_FOUND) {
		return result;
	}
	ended = find_reading(r, end, BYTES_LITERAL("\n"), &out->end);
	if (!ended && r->window.err.code != CODE_NONE) {
		struct bytes in = window_bytes(&r->window);
		if (bytes_find(in, end + END.len, DASHES) == in.len) {
			return RECORDS_END; // in the middle of the END line
		}
	}
	// Files that were put together may have a BEGIN in the line of an END.
	size_t next = bytes_find(window_bytes(&r->window), end, BEGIN);
	out->end = next < out->end ? next : out->end + ended;
	out->end = out->end < end + MAX_END_LINE ? out->end : end + MAX_END_LINE;
	return RECORDS_FOUND;
}

enum content { NOT_A_CERTIFICATE, CA_CERTIFICATE, OTHER_CERTIFICATE };

// What cannot be read is judged, and so refused with its reason, as any other.
static enum content look_into(struct records *r, struct span span)
{
	struct pem_block block;
	struct bytes der;
	struct cert cert;
	struct err ignored;
	size_t at = 0;
	struct bytes in = window_bytes(&r->window);
	struct bytes text = bytes_of(in.data + span.begin, span.end - span.begin);
	err_clear(&ignored);
	arena_reset(&r->arena);
	if (!pem_next(text, &at, CODE_BAD_CERTIFICATE, &block, &ignored)) {
		return OTHER_CERTIFICATE;
	}
	if (!pem_is_certificate(&block)) {
		r->beside_key = r->beside_key || private_key_is_label(block.label);
		return NOT_A_CERTIFICATE;
	}
	bool read = pem_decode(&block, text, CODE_BAD_CERTIFICATE, &r->arena, &der,
			    &ignored) &&
		cert_read(pem_without_trust(der, &block), &cert, &ignored);
	return read && cert.is_ca ? CA_CERTIFICATE : OTHER_CERTIFICATE;
}

// Behind the last of the CA certificates that follow a certificate; a key may stand between.
static size_t end_of_chain(struct records *r, struct span leaf)
{
	size_t end = leaf.end;
	struct span next = leaf;
	struct err ignored;
	err_clear(&ignored);
	while (next_block(r, next.end, false, &next, &ignored) == RECORDS_FOUND &&
		next.end - leaf.begin <= RECORDS_MAX_LEN) {
		enum content content = look_into(r, next);
		if (content == OTHER_CERTIFICATE) {
			break;
		}
		end = content == CA_CERTIFICATE ? next.end : end;
	}
	return end;
}

// The label of the block, which no one else will speak of.
static void note_other(struct records *r, struct span span)
{
	struct bytes in = bytes_of(window_bytes(&r->window).data, span.end);
	size_t at = span.begin + BEGIN.len;
	size_t end = bytes_find(in, at, DASHES);
	if (!r->other[0] && end < in.len) {
		(void)snprintf(r->other, sizeof(r->other), "%.*s", (int)(end - at),
			(const char *)in.data + at);
	}
}

static enum records_result next_pem(struct records *r, struct found *out, struct err *err)
{
	struct span span;
	enum content content = NOT_A_CERTIFICATE;
	enum records_result result = RECORDS_END;
	r->beside_key = false;
	while (content == NOT_A_CERTIFICATE) {
		result = next_block(r, 0, true, &span, err);
		if (result == RECORDS_END) {
			return end_of_stream(r, out, err);
		}
		if (result == RECORDS_BAD) {
			set_place(r, span.begin, out);
			return result;
		}
		content = look_into(r, span);
		if (content == NOT_A_CERTIFICATE) {
			note_other(r, span);
			take(r, span.end);
		}
	}
	size_t end = content == OTHER_CERTIFICATE ? end_of_chain(r, span) : span.end;
	r->pending = end;
	set_place(r, span.begin, out);
	out->data = bytes_of(window_bytes(&r->window).data, end - span.begin);
	out->is_ca = content == CA_CERTIFICATE;
	out->beside_key = r->beside_key;
	out->has_chain = end > span.end;
	return RECORDS_FOUND;
}

static bool read_at(struct records *r, size_t at, size_t len, struct cert *out)
{
	struct err ignored;
	err_clear(&ignored);
	return cert_read(
		bytes_of(window_bytes(&r->window).data + at, len), out, &ignored);
}

// The CA certificates behind a certificate are swallowed with it; the one that bears the
// name of its issuer goes with it.
static size_t swallow_chain(
	struct records *r, size_t len, const struct cert *leaf, struct span *out_issuer)
{
	size_t end = len;
	size_t next_len = 0;
	struct cert cert;
	struct err ignored;
	// The window may move: the name is kept.
	struct bytes wanted = arena_copy(&r->arena, leaf->issuer);
	err_clear(&ignored);
	while (wanted.data &&
		records_der_element(&r->window, end, &next_len, &ignored) ==
			RECORDS_FOUND &&
		end + next_len <= RECORDS_MAX_LEN && read_at(r, end, next_len, &cert) &&
		cert.is_ca) {
		if (!out_issuer->end && name_same(cert.subject, wanted)) {
			*out_issuer = (struct span){end, end + next_len};
		}
		end += next_len;
	}
	return end;
}

static enum records_result next_der(struct records *r, struct found *out, struct err *err)
{
	size_t len = 0;
	struct cert cert;
	struct span issuer = {0, 0};
	enum records_result result = records_der_element(&r->window, 0, &len, err);
	if (result == RECORDS_END) {
		return end_of_stream(r, out, err);
	}
	set_place(r, 0, out);
	if (result == RECORDS_BAD) {
		r->is_over = true;
		if (r->window.err.code != CODE_NONE) {
			*err = r->window.err;
		}
		err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"the file ends in the middle of a certificate");
		return RECORDS_BAD;
	}
	arena_reset(&r->arena);
	bool read = read_at(r, 0, len, &cert);
	out->is_ca = read && cert.is_ca;
	r->pending = read && !cert.is_ca ? swallow_chain(r, len, &cert, &issuer) : len;
	const uint8_t *data = window_bytes(&r->window).data;
	out->data = bytes_of(data, len);
	out->issuer = issuer.end
		? bytes_of(data + issuer.begin, issuer.end - issuer.begin)
		: BYTES_NONE;
	return RECORDS_FOUND;
}

// Forgets the rest of a line that is too long.
static void skip_line(struct records *r)
{
	size_t end;
	while (!find_reading(r, 0, BYTES_LITERAL("\n"), &end) && !r->window.at_end) {
		take(r, window_bytes(&r->window).len);
	}
	end = end < window_bytes(&r->window).len ? end + 1 : end;
	take(r, end);
}

static enum records_result next_line(
	struct records *r, struct found *out, struct err *err)
{
	for (;;) {
		size_t end;
		bool ended = find_reading(r, 0, BYTES_LITERAL("\n"), &end);
		struct bytes line = bytes_of(window_bytes(&r->window).data, end);
		if (!ended && line.len == 0) {
			return end_of_stream(r, out, err);
		}
		if (line.len > RECORDS_MAX_LEN) {
			set_place(r, 0, out);
			skip_line(r);
			return bad(r, (struct span){0, 0}, CODE_TOO_LARGE,
				"a line of more than 1 MB", err);
		}
		if (!ended && r->window.err.code != CODE_NONE) {
			return end_of_stream(r, out, err); // a part of a line is none
		}
		if (text_trim(line).len > 0) {
			set_place(r, 0, out);
			r->pending = end + ended;
			out->is_request = true;
			out->data = bytes_of(window_bytes(&r->window).data, end);
			return RECORDS_FOUND;
		}
		take(r, end + ended);
	}
}

// Does the stream break in the middle of the row?
static bool is_cut(const struct records *r)
{
	size_t len;
	return r->window.err.code != CODE_NONE &&
		!csv_row_len(window_bytes(&r->window), false, &len);
}

static enum records_result next_row(struct records *r, struct found *out, struct err *err)
{
	for (;;) {
		size_t len = csv_find_row(&r->columns, &r->window);
		if (len == 0 || (is_cut(r) && len <= RECORDS_MAX_LEN)) {
			return end_of_stream(r, out, err);
		}
		if (len > RECORDS_MAX_LEN) {
			set_place(r, 0, out);
			bool ended = window_bytes(&r->window).data[len - 1] == '\n';
			if (len == CSV_MAX_ROW && !ended) {
				skip_line(r);
				len = 0;
			}
			return bad(r, (struct span){0, len}, CODE_TOO_LARGE,
				"a row of more than 1 MB", err);
		}
		struct bytes row = bytes_of(window_bytes(&r->window).data, len);
		struct bytes value;
		switch (csv_column(&r->columns, row, &value, err)) {
		case CSV_VALUE:
			r->pending = len;
			set_place(r, 0, out);
			out->data = value;
			return RECORDS_FOUND;
		case CSV_BAD:
			set_place(r, 0, out);
			r->pending = len;
			return RECORDS_BAD;
		case CSV_BAD_FILE:
			set_place(r, 0, out);
			r->is_over = true;
			return RECORDS_BAD;
		case CSV_SKIP:
			take(r, len);
		}
	}
}

// Bytes that are none of the formats: one record, of base64, or a bad one for all of them.
static enum records_result nothing_known(
	struct records *r, struct found *out, struct err *err)
{
	while (window_more(&r->window)) {
	}
	struct bytes in = window_bytes(&r->window);
	if (in.len == 0 || r->window.err.code != CODE_NONE) {
		return end_of_stream(r, out, err);
	}
	set_place(r, 0, out);
	r->is_over = true;
	if (in.len <= RECORDS_MAX_LEN && text_is_base64(in)) {
		out->data = in;
		return RECORDS_FOUND;
	}
	err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
		"neither PEM, DER, NDJSON nor CSV with a certificate in its first row; where "
		"it is one of them, say so by --input-format");
	return RECORDS_BAD;
}

enum records_result records_next(
	struct records *records, struct found *out, struct err *err)
{
	static enum records_result (*const readers[])(
		struct records *, struct found *, struct err *) = {
		[RECORDS_AUTO] = nothing_known,
		[RECORDS_PEM] = next_pem,
		[RECORDS_DER] = next_der,
		[RECORDS_NDJSON] = next_line,
		[RECORDS_CSV] = next_row,
	};
	take(records, records->pending);
	records->pending = 0;
	*out = (struct found){.number = records->number};
	return records->is_over ? RECORDS_END
				: readers[records->format](records, out, err);
}

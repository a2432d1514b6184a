// SPDX-License-Identifier: Apache-2.0
// records_of_stream, records_next, over a file whose format and size of pieces the input's
// first byte chooses.
//
// Property: there are no more records than bytes, each within the limits, and their numbers
// go up by one. No record begins within the one before; its line is that of its offset, and
// its bytes stand there (in CSV: behind it). In PEM every BEGIN line of a certificate lies in
// a record, or in what an error is about. The same bytes in pieces of another size give the
// same records and errors.
#include <zlib.h>

#include "app/records.h"
#include "tests/fuzz/fuzz.h"

#define MAX_TEXT ((size_t)1 << 20)
#define BEGIN_CERTIFICATE BYTES_LITERAL("-----BEGIN CERTIFICATE-----")

struct one {
	enum records_result result;
	struct found found; // without its bytes
	size_t len;
	uLong sums[2]; // of data and issuer
	enum code code;
};

struct list {
	struct one *ones;
	size_t num;
};

static const size_t piece_lens[] = {1, 2, 3, 7, 19, 64, 257, 4000};

// The bytes of the input as they are read, and how they end.
static struct buffer decompress(struct bytes in, struct err *err)
{
	static uint8_t piece[65536];
	struct buffer out;
	size_t len = 1;
	buffer_init(&out, MAX_TEXT + sizeof(piece));
	err_clear(err);
	struct stream *s = stream_of_bytes(in, err);
	fuzz_need_done(s != NULL, err, "a stream");
	while (len > 0 && out.len < MAX_TEXT &&
		stream_read(s, piece, sizeof(piece), &len, err)) {
		buffer_put(&out, bytes_of(piece, len));
	}
	stream_close(s);
	fuzz_need(!out.failed, "out of memory");
	return out;
}

static void put_number(struct buffer *out, uLong number, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		buffer_put_char(out, (char)(number >> 8 * i & 0xff));
	}
}

// Each piece a gzip member of its own, stored (RFC 1951 3.2.4): a stream gives no more than
// one at a time.
static void put_pieces(struct bytes text, size_t piece_len, bool cut, struct buffer *out)
{
	static const uint8_t header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1};
	for (size_t at = 0; at < text.len || at == 0; at += piece_len) {
		size_t len = text.len - at < piece_len ? text.len - at : piece_len;
		struct bytes piece = bytes_of(text.data + at, len);
		buffer_put(out, bytes_of(header, sizeof(header)));
		put_number(out, len, 2);
		put_number(out, ~len, 2);
		buffer_put(out, piece);
		put_number(out, crc32(0, piece.data, (uInt)len), 4);
		put_number(out, len, 4);
	}
	buffer_put(out, bytes_of(header, cut ? 3 : 0));
	fuzz_need(!out->failed, "out of memory");
}

static uLong sum(struct bytes in)
{
	return crc32(0, in.len ? in.data : (const uint8_t *)"", (uInt)in.len);
}

static void check_one(const struct one *one, struct bytes text, struct bytes data,
	enum records_format format)
{
	const struct found *found = &one->found;
	size_t offset = (size_t)found->offset;
	uint64_t line = 1;
	fuzz_need(found->offset <= text.len, "an offset of %zu in %zu bytes", offset,
		text.len);
	for (size_t i = 0; i < offset; i++) {
		line += text.data[i] == '\n';
	}
	fuzz_need(found->line == line ||
			(found->line == 0 &&
				(format == RECORDS_DER || format == RECORDS_AUTO)),
		"line %zu at offset %zu, which is line %zu", (size_t)found->line, offset,
		(size_t)line);
	if (one->result == RECORDS_BAD || data.len == 0) {
		return;
	}
	bool may_be_csv = format == RECORDS_CSV || format == RECORDS_AUTO;
	fuzz_need(data.len <= RECORDS_MAX_LEN, "a record of %zu bytes", data.len);
	fuzz_need(data.len <= text.len - offset, "a record beyond the end");
	fuzz_need(may_be_csv ? bytes_find(text, offset, data) < text.len
			     : memcmp(text.data + offset, data.data, data.len) == 0,
		"other bytes than at offset %zu", offset);
}

static void check_order(const struct list *list, enum records_format format)
{
	for (size_t i = 0; i < list->num; i++) {
		const struct one *one = &list->ones[i];
		const struct one *before = i ? one - 1 : NULL;
		fuzz_need(one->found.number == i + 1, "record %zu has number %zu", i + 1,
			(size_t)one->found.number);
		bool in_row = format == RECORDS_CSV || format == RECORDS_AUTO;
		fuzz_need(!before ||
				one->found.offset >=
					before->found.offset + (in_row ? 0 : before->len),
			"record %zu begins within the one before", i + 1);
	}
}

static struct list read_records(
	struct bytes in, struct bytes text, const struct records_options *options)
{
	struct list list = {.ones = malloc((text.len + 2) * sizeof(*list.ones))};
	struct err err;
	err_clear(&err);
	struct stream *s = stream_of_bytes(in, &err);
	fuzz_need_done(list.ones && s, &err, "a stream");
	struct records *records = records_of_stream(s, options, &err);
	fuzz_need_done(records != NULL, &err, "records");
	for (;;) {
		struct one one = {.code = CODE_NONE};
		err_clear(&err);
		one.result = records_next(records, &one.found, &err);
		if (one.result == RECORDS_END) {
			break;
		}
		fuzz_need((one.result == RECORDS_BAD) == (err.code != CODE_NONE),
			"a bad record without an error, or a good one with it");
		fuzz_need(list.num <= text.len, "more records than bytes");
		check_one(&one, text, one.found.data, options->format);
		one.len = one.found.data.len;
		one.sums[0] = sum(one.found.data);
		one.sums[1] = sum(one.found.issuer);
		one.code = err.code;
		one.found.data = one.found.issuer = BYTES_NONE;
		list.ones[list.num++] = one;
	}
	fuzz_need(records_next(records, &(struct found){0}, &err) == RECORDS_END,
		"records behind the end");
	records_close(records);
	check_order(&list, options->format);
	return list;
}

static void check_same(const struct list *a, const struct list *b)
{
	for (size_t i = 0; i < a->num && i < b->num; i++) {
		const struct one *x = &a->ones[i];
		const struct one *y = &b->ones[i];
		fuzz_need(x->result == y->result && x->code == y->code &&
				x->len == y->len && x->sums[0] == y->sums[0] &&
				x->sums[1] == y->sums[1] &&
				x->found.is_request == y->found.is_request &&
				x->found.is_ca == y->found.is_ca &&
				x->found.has_chain == y->found.has_chain &&
				x->found.line == y->found.line &&
				x->found.offset == y->found.offset,
			"record %zu is another one in pieces of another size", i + 1);
	}
	fuzz_need(a->num == b->num, "%zu records, or %zu in pieces of another size",
		a->num, b->num);
}

// The last record that begins at or before each BEGIN line holds it, or is bad.
static void check_all_found(const struct list *list, struct bytes text)
{
	size_t at = bytes_find(text, 0, BEGIN_CERTIFICATE);
	size_t next = 0;
	while (at < text.len) {
		while (next < list->num && list->ones[next].found.offset <= at) {
			next++;
		}
		const struct one *last = next ? &list->ones[next - 1] : NULL;
		fuzz_need(last &&
				(last->result == RECORDS_BAD ||
					at - last->found.offset < last->len),
			"the certificate at offset %zu is in no record", at);
		at = bytes_find(text, at + 1, BEGIN_CERTIFICATE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0) {
		return 0;
	}
	struct records_options options = {
		.format = (enum records_format)(data[0] % (RECORDS_CSV + 1)),
		.column = data[0] & 0x80 ? (data[0] & 0x40 ? "2" : "pem") : NULL};
	size_t piece_len = piece_lens[data[0] >> 3 & 7];
	struct bytes in = bytes_of(data + 1, len - 1);
	struct err err;
	struct buffer text = decompress(in, &err);
	if (text.len < MAX_TEXT) {
		struct bytes plain = bytes_of(text.len ? text.data : data, text.len);
		struct buffer pieces;
		buffer_init(&pieces, 32 * MAX_TEXT);
		put_pieces(plain, piece_len, err.code != CODE_NONE, &pieces);
		struct list one = read_records(in, plain, &options);
		struct list two = read_records(buffer_bytes(&pieces), plain, &options);
		check_same(&one, &two);
		if (options.format == RECORDS_PEM) {
			check_all_found(&one, plain);
		}
		free(one.ones);
		free(two.ones);
		buffer_clear(&pieces);
	}
	buffer_clear(&text);
	return 0;
}

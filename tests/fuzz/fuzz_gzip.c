// SPDX-License-Identifier: Apache-2.0
// gzip_reader_take, gzip_reader_end, gzip_decode, gzip_encode.
//
// Property: pieces and rooms of any size give the same bytes, and the same end or error; what
// is not used of a piece stands at its end; a reader stops before the end of a piece for
// want of room alone. A whole body is taken at a limit of exactly its length, and too large
// one below it. What we write of the input, in pieces, is read as the input.
#include "serve/gzip.h"
#include "tests/fuzz/fuzz.h"

#define MAX_TEXT ((size_t)1 << 21)

// Sizes go through a sequence that `seed` begins; 0: as much as there is.
static size_t next_size(uint32_t *seed, size_t most)
{
	if (*seed == 0) {
		return most;
	}
	*seed = *seed * 1664525 + 1013904223;
	size_t size = 1 + (*seed >> 8) % (*seed >> 30 ? 40 : 20000);
	return size < most ? size : most;
}

struct result {
	struct buffer out;
	struct err err;
};

static bool take(
	struct gzip_reader *reader, struct bytes *rest, uint32_t *seed, struct result *r)
{
	size_t most = next_size(seed, MAX_TEXT);
	struct bytes before = *rest;
	size_t len = r->out.len;
	bool done = gzip_reader_take(reader, rest, most, &r->out, &r->err);
	fuzz_need(rest->data + rest->len == before.data + before.len, "another rest");
	fuzz_need(!done || rest->len == 0 || r->out.len - len >= most,
		"it stops, and there is room");
	fuzz_need(done == (r->err.code == CODE_NONE), "an error, or none");
	return done;
}

static struct result read_all(struct bytes in, uint32_t seed)
{
	struct result r;
	bool done = true;
	buffer_init(&r.out, MAX_TEXT);
	err_clear(&r.err);
	struct gzip_reader *reader = gzip_reader_new(&r.err);
	fuzz_need_done(reader != NULL, &r.err, "a reader");
	for (size_t at = 0; at < in.len && done;) {
		size_t len = next_size(&seed, in.len - at);
		struct bytes rest = bytes_of(in.data + at, len);
		while (rest.len > 0 && done) {
			done = take(reader, &rest, &seed, &r);
		}
		at += len;
	}
	done = done && gzip_reader_end(reader, &r.err);
	fuzz_need(done == (r.err.code == CODE_NONE), "an error, or none");
	gzip_reader_free(reader);
	return r;
}

static void check_limit(struct bytes in, size_t max, enum code want)
{
	struct buffer out;
	struct err err;
	buffer_init(&out, max);
	err_clear(&err);
	(void)!gzip_decode(in, &out, &err);
	fuzz_need(err.code == want, "%s at a limit of %zu: %s", code_info(err.code)->name,
		max, err.text);
	fuzz_need(out.len <= max, "%zu bytes of %zu", out.len, max);
	buffer_clear(&out);
}

static void check_written(struct bytes text, uint32_t seed)
{
	struct buffer gzip;
	struct err err;
	err_clear(&err);
	buffer_init(&gzip, 4 * MAX_TEXT);
	struct gzip_writer *writer = gzip_writer_new(&err);
	fuzz_need_done(writer != NULL, &err, "a writer");
	for (size_t at = 0; at < text.len;) {
		size_t len = next_size(&seed, text.len - at);
		gzip_writer_put(
			writer, bytes_of(text.data + at, len), len % 2, false, &gzip);
		at += len;
	}
	gzip_writer_put(writer, BYTES_NONE, false, true, &gzip);
	fuzz_need(!gzip.failed, "out of memory");
	gzip_writer_free(writer);
	struct result r = read_all(buffer_bytes(&gzip), seed);
	fuzz_need_done(r.err.code == CODE_NONE, &r.err, "what we write");
	fuzz_need(bytes_equal(buffer_bytes(&r.out), text), "another text");
	buffer_clear(&r.out);
	buffer_clear(&gzip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len < MAX_TEXT ? len : MAX_TEXT);
	struct result one = read_all(in, 0);
	struct result two = read_all(in, (uint32_t)len * 2 + 1);
	fuzz_need(one.err.code == two.err.code, "\"%s\", or in pieces \"%s\"",
		one.err.text, two.err.text);
	fuzz_need(bytes_equal(buffer_bytes(&one.out), buffer_bytes(&two.out)),
		"%zu bytes, or in pieces %zu", one.out.len, two.out.len);
	check_limit(in, MAX_TEXT, one.err.code);
	if (one.err.code == CODE_NONE) {
		check_limit(in, one.out.len, CODE_NONE);
		if (one.out.len > 0) {
			check_limit(in, one.out.len - 1, CODE_TOO_LARGE);
		}
	}
	check_written(in, (uint32_t)len * 2 + 1);
	buffer_clear(&one.out);
	buffer_clear(&two.out);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/gzip.h"

#include "tests/unit/test.h"

void test_gzip(void);

#define MAX ((size_t)8 * 1024 * 1024)

// Texts of all kinds: nothing, what compresses by a thousand, and what does not at all.
static struct buffer make_text(size_t len, bool is_random)
{
	struct buffer out;
	uint64_t seed = 7;
	buffer_init(&out, MAX);
	for (size_t i = 0; i < len; i++) {
		buffer_put_char(&out, is_random ? (char)(test_random(&seed) >> 16) : 'a');
	}
	CHECK(!out.failed, "a text");
	return out;
}

static struct buffer compress(struct bytes text)
{
	struct buffer out;
	buffer_init(&out, MAX);
	CHECK(gzip_encode(text, &out), "compressed");
	return out;
}

// Decodes a whole body with this limit.
static void check_decode(struct bytes in, size_t max, struct bytes want,
	enum code want_code, const char *name)
{
	struct buffer out;
	struct err err;
	buffer_init(&out, max);
	err_clear(&err);
	bool done = gzip_decode(in, &out, &err);
	CHECK_INT(done, want_code == CODE_NONE, "%s: %s", name, err.text);
	CHECK_CODE(&err, want_code, "%s", name);
	CHECK(!done || bytes_equal(buffer_bytes(&out), want), "%s: %zu bytes", name,
		out.len);
	CHECK(out.len <= max && out.cap <= max, "%s: the limit", name);
	buffer_clear(&out);
}

// Through a reader, in pieces of `piece` bytes and rooms of `most`.
static void check_pieces(struct bytes in, size_t piece, size_t most, struct bytes want)
{
	struct buffer out;
	struct err err;
	bool done = true;
	size_t num_wrong = 0;
	buffer_init(&out, MAX);
	err_clear(&err);
	struct gzip_reader *reader = gzip_reader_new(&err);
	CHECK(reader != NULL, "%s", err.text);
	for (size_t at = 0; at < in.len && done; at += piece) {
		struct bytes rest =
			bytes_of(in.data + at, in.len - at < piece ? in.len - at : piece);
		while (rest.len > 0 && done) {
			struct bytes before = rest;
			size_t len = out.len;
			done = gzip_reader_take(reader, &rest, most, &out, &err);
			// It stops for want of room alone, and what it leaves is the end.
			num_wrong += rest.len > 0 && out.len < len + most;
			num_wrong += rest.data + rest.len != before.data + before.len;
		}
	}
	done = done && gzip_reader_end(reader, &err);
	CHECK(done, "pieces of %zu, rooms of %zu: %s", piece, most, err.text);
	CHECK_INT(num_wrong, 0, "pieces of %zu, rooms of %zu", piece, most);
	CHECK(bytes_equal(buffer_bytes(&out), want), "pieces of %zu, rooms of %zu", piece,
		most);
	gzip_reader_free(reader);
	buffer_clear(&out);
}

static void test_whole(void)
{
	static const size_t lens[] = {0, 1, 100, 16383, 16384, 16385, 32768, 300000};
	for (size_t i = 0; i < 2 * sizeof(lens) / sizeof(lens[0]); i++) {
		struct buffer text = make_text(lens[i / 2], i % 2);
		struct buffer gzip = compress(buffer_bytes(&text));
		struct bytes want = buffer_bytes(&text);
		struct bytes in = buffer_bytes(&gzip);
		size_t len = text.len;
		check_decode(in, MAX, want, CODE_NONE, "far from the limit");
		check_decode(in, len + 1, want, CODE_NONE, "one under");
		check_decode(in, len, want, CODE_NONE, "exactly");
		if (len > 0) {
			check_decode(in, len - 1, want, CODE_TOO_LARGE, "one over");
			check_decode(in, 0, want, CODE_TOO_LARGE, "no room");
		}
		check_pieces(in, in.len, MAX, want);
		check_pieces(in, 4096, 100000, want);
		check_pieces(in, 7, 64, want);
		buffer_clear(&text);
		buffer_clear(&gzip);
	}
}

// Every beginning of a body is one that was cut, and every room gives the same bytes.
static void test_cut(void)
{
	struct buffer text = make_text(2000, false);
	buffer_put_text(&text, "and something else at the end");
	struct buffer gzip = compress(buffer_bytes(&text));
	for (size_t len = 0; len < gzip.len; len++) {
		check_decode(bytes_of(gzip.data, len), MAX, BYTES_NONE, CODE_BAD_ENCODING,
			"cut");
	}
	for (size_t most = 1; most < 2100; most += most < 20 ? 1 : 97) {
		check_pieces(buffer_bytes(&gzip), 1, most, buffer_bytes(&text));
		check_pieces(buffer_bytes(&gzip), gzip.len, most, buffer_bytes(&text));
	}
	buffer_clear(&text);
	buffer_clear(&gzip);
}

// As much as can be known of a body that was cut comes out, whatever the room.
static void test_held_back(void)
{
	struct buffer text = make_text(100000, false);
	struct buffer gzip = compress(buffer_bytes(&text));
	for (size_t len = 12; len < gzip.len; len++) {
		struct buffer outs[2];
		for (size_t i = 0; i < 2; i++) {
			struct bytes in = bytes_of(gzip.data, len);
			struct err err;
			err_clear(&err);
			buffer_init(&outs[i], MAX);
			struct gzip_reader *reader = gzip_reader_new(&err);
			while (in.len > 0 &&
				gzip_reader_take(
					reader, &in, i ? MAX / 2 : 1, &outs[i], &err)) {
			}
			CHECK_CODE(&err, CODE_NONE, "%zu bytes", len);
			CHECK(!gzip_reader_end(reader, &err), "%zu bytes", len);
			CHECK_CODE(&err, CODE_BAD_ENCODING, "%zu bytes", len);
			gzip_reader_free(reader);
		}
		CHECK_INT(outs[0].len, outs[1].len, "%zu bytes", len);
		buffer_clear(&outs[0]);
		buffer_clear(&outs[1]);
	}
	buffer_clear(&text);
	buffer_clear(&gzip);
}

static void test_members(void)
{
	struct buffer text = make_text(1000, true);
	struct buffer none = compress(BYTES_NONE);
	struct buffer in = compress(buffer_bytes(&text));
	struct buffer want;
	buffer_init(&want, MAX);
	buffer_put(&want, buffer_bytes(&text));
	buffer_put(&in, buffer_bytes(&none));
	check_decode(buffer_bytes(&in), 1000, buffer_bytes(&want), CODE_NONE,
		"an empty one behind the limit");
	buffer_put(&in, bytes_of(in.data, in.len));
	buffer_put(&want, buffer_bytes(&text));
	check_decode(buffer_bytes(&in), MAX, buffer_bytes(&want), CODE_NONE, "four");
	check_decode(buffer_bytes(&in), 2000, buffer_bytes(&want), CODE_NONE, "exactly");
	check_decode(buffer_bytes(&in), 1999, BYTES_NONE, CODE_TOO_LARGE, "one over");
	check_decode(buffer_bytes(&in), 1000, BYTES_NONE, CODE_TOO_LARGE, "two at once");
	check_pieces(buffer_bytes(&in), 1, 1, buffer_bytes(&want));
	check_pieces(buffer_bytes(&in), in.len, 999, buffer_bytes(&want));
	size_t whole = in.len;
	buffer_put(&in, bytes_of(none.data, 5));
	check_decode(buffer_bytes(&in), MAX, BYTES_NONE, CODE_BAD_ENCODING, "a cut one");
	in.len = whole;
	buffer_put_char(&in, '\0');
	check_decode(buffer_bytes(&in), MAX, BYTES_NONE, CODE_BAD_ENCODING, "a zero");
	in.len = whole;
	buffer_put_text(&in, "{\"id\":1}");
	check_decode(buffer_bytes(&in), MAX, BYTES_NONE, CODE_BAD_ENCODING, "text");
	buffer_clear(&text);
	buffer_clear(&none);
	buffer_clear(&in);
	buffer_clear(&want);
}

static void test_damaged(void)
{
	struct buffer text = make_text(100, true);
	struct buffer gzip = compress(buffer_bytes(&text));
	struct {
		size_t at;
		const char *name;
	} places[] = {
		{0, "magic"},
		{2, "method"},
		{3, "flags that are none"},
		{gzip.len - 20, "data"},
		{gzip.len - 8, "checksum"},
		{gzip.len - 4, "length"},
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		gzip.data[places[i].at] ^= 0xe0;
		check_decode(buffer_bytes(&gzip), MAX, BYTES_NONE, CODE_BAD_ENCODING,
			places[i].name);
		gzip.data[places[i].at] ^= 0xe0;
	}
	check_decode(BYTES_NONE, MAX, BYTES_NONE, CODE_BAD_ENCODING, "nothing");
	check_decode(
		BYTES_LITERAL("{\"id\":1}"), MAX, BYTES_NONE, CODE_BAD_ENCODING, "text");
	check_decode(BYTES_LITERAL("\x78\x9c\x03\0\0\0\0\1"), MAX, BYTES_NONE,
		CODE_BAD_ENCODING, "zlib's own form");
	buffer_clear(&text);
	buffer_clear(&gzip);
	gzip_reader_free(NULL);
	gzip_writer_free(NULL);
}

// What was put before a flush can be read before the end.
static void test_writer(void)
{
	struct buffer text = make_text(50000, true);
	struct buffer gzip, out;
	struct err err;
	err_clear(&err);
	buffer_init(&gzip, MAX);
	buffer_init(&out, MAX);
	struct gzip_writer *writer = gzip_writer_new(&err);
	struct gzip_reader *reader = gzip_reader_new(&err);
	CHECK(writer && reader, "%s", err.text);
	for (size_t at = 0; at < text.len; at += 10000) {
		struct bytes piece = bytes_of(text.data + at, 10000);
		gzip.len = 0;
		gzip_writer_put(writer, piece, true, false, &gzip);
		gzip_writer_put(writer, BYTES_NONE, true, false, &gzip);
		struct bytes in = buffer_bytes(&gzip);
		CHECK(gzip_reader_take(reader, &in, MAX / 2, &out, &err), "%s", err.text);
		CHECK_INT(out.len, at + 10000, "all of it");
	}
	gzip.len = 0;
	gzip_writer_put(writer, BYTES_NONE, false, true, &gzip);
	struct bytes in = buffer_bytes(&gzip);
	CHECK(gzip_reader_take(reader, &in, MAX / 2, &out, &err) &&
			gzip_reader_end(reader, &err),
		"%s", err.text);
	CHECK(bytes_equal(buffer_bytes(&out), buffer_bytes(&text)), "the same");
	gzip_writer_free(writer);
	gzip_reader_free(reader);
	buffer_clear(&gzip);
	buffer_init(&gzip, 100); // no room for its piece
	CHECK(!gzip_encode(buffer_bytes(&text), &gzip) && gzip.failed, "no room");
	buffer_clear(&gzip);
	buffer_clear(&out);
	buffer_clear(&text);
}

void test_gzip(void)
{
	test_whole();
	test_cut();
	test_held_back();
	test_members();
	test_damaged();
	test_writer();
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define PIECE ((size_t)16 * 1024)
// 32 KB of window, and gzip's own head and end.
#define GZIP_WINDOW (15 + 16)
// Reports are long and alike: the first level takes them to a sixth.
#define LEVEL 1

struct gzip_reader {
	z_stream z;
	bool is_between; // behind the end of a member
	bool has_begun;
};

struct gzip_writer {
	z_stream z;
};

struct gzip_reader *gzip_reader_new(struct err *err)
{
	struct gzip_reader *reader = calloc(1, sizeof(*reader));
	if (!reader || inflateInit2(&reader->z, GZIP_WINDOW) != Z_OK) {
		free(reader);
		err_no_memory(err);
		return NULL;
	}
	return reader;
}

void gzip_reader_free(struct gzip_reader *reader)
{
	if (reader) {
		(void)inflateEnd(&reader->z);
		free(reader);
	}
}

static bool inflate_failed(int result, struct err *err)
{
	return result == Z_MEM_ERROR
		? err_no_memory(err)
		: err_set(err, CODE_BAD_ENCODING, ERR_NO_OFFSET,
			  "the body is not gzip, as its Content-Encoding says");
}

// One piece: as much as `room` bytes.
static bool inflate_piece(struct gzip_reader *reader, struct bytes *in, size_t room,
	struct buffer *out, struct err *err)
{
	z_stream *z = &reader->z;
	uint8_t beyond; // at the limit a byte more tells whether there is one
	bool is_full = out->len == out->max;
	uint8_t *to = is_full ? &beyond : buffer_extend(out, room);
	room = is_full ? 1 : room;
	if (!to) {
		return err_no_memory(err);
	}
	if (reader->is_between && inflateReset(z) != Z_OK) {
		return err_no_memory(err);
	}
	reader->is_between = false;
	reader->has_begun = true;
	z->next_in = in->data;
	z->avail_in = in->len < UINT_MAX ? (unsigned)in->len : UINT_MAX;
	z->next_out = to;
	z->avail_out = (unsigned)room;
	size_t before = z->avail_in;
	int result = inflate(z, Z_NO_FLUSH);
	size_t used = before - z->avail_in;
	*in = bytes_of(in->data + used, in->len - used);
	if (is_full && z->avail_out == 0) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"decompressed it has more than %zu bytes", out->max);
	}
	out->len -= is_full ? 0 : z->avail_out;
	reader->is_between = result == Z_STREAM_END;
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ||
		inflate_failed(result, err);
}

bool gzip_reader_take(struct gzip_reader *reader, struct bytes *in, size_t most,
	struct buffer *out, struct err *err)
{
	size_t until = out->len + most;
	bool was_full = true;
	// What zlib has still to give of input that is used up comes out at once: nobody would
	// ask for it, were that the end.
	while (in->len > 0 ? out->len < until : was_full) {
		size_t left = out->max - out->len;
		size_t room = out->len < until ? until - out->len : PIECE;
		size_t before = out->len;
		room = room < PIECE ? room : PIECE;
		room = room < left ? room : left;
		if (in->len == 0 && reader->is_between) {
			return true;
		}
		if (!inflate_piece(reader, in, room, out, err)) {
			return false;
		}
		was_full = room > 0 && out->len - before == room;
	}
	return true;
}

bool gzip_reader_end(const struct gzip_reader *reader, struct err *err)
{
	return (reader->has_begun && reader->is_between) ||
		err_set(err, CODE_BAD_ENCODING, ERR_NO_OFFSET,
			"the gzip body ends before its end: it was cut");
}

struct gzip_writer *gzip_writer_new(struct err *err)
{
	struct gzip_writer *writer = calloc(1, sizeof(*writer));
	if (!writer ||
		deflateInit2(&writer->z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
			Z_DEFAULT_STRATEGY) != Z_OK) {
		free(writer);
		err_no_memory(err);
		return NULL;
	}
	return writer;
}

void gzip_writer_free(struct gzip_writer *writer)
{
	if (writer) {
		(void)deflateEnd(&writer->z);
		free(writer);
	}
}

void gzip_writer_put(struct gzip_writer *writer, struct bytes in, bool flush, bool last,
	struct buffer *out)
{
	z_stream *z = &writer->z;
	z->next_in = in.data;
	z->avail_in = (unsigned)in.len;
	do {
		uint8_t *to = buffer_extend(out, PIECE);
		if (!to) {
			return;
		}
		z->next_out = to;
		z->avail_out = (unsigned)PIECE;
		(void)deflate(z, last ? Z_FINISH : flush ? Z_SYNC_FLUSH : Z_NO_FLUSH);
		out->len -= z->avail_out;
	} while (z->avail_out == 0);
}

bool gzip_decode(struct bytes in, struct buffer *out, struct err *err)
{
	struct gzip_reader *reader = gzip_reader_new(err);
	bool done = reader != NULL;
	while (done && in.len > 0) {
		done = gzip_reader_take(reader, &in, SIZE_MAX / 4, out, err);
	}
	done = done && gzip_reader_end(reader, err);
	gzip_reader_free(reader);
	return done;
}

bool gzip_encode(struct bytes in, struct buffer *out)
{
	struct err ignored;
	err_clear(&ignored);
	struct gzip_writer *writer = gzip_writer_new(&ignored);
	if (writer) {
		gzip_writer_put(writer, in, true, true, out);
		gzip_writer_free(writer);
	}
	return writer && !out->failed;
}

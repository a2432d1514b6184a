// SPDX-License-Identifier: Apache-2.0
// Bodies in gzip (RFC 1952), both ways, whole and in pieces.
#ifndef SERVE_GZIP_H
#define SERVE_GZIP_H

#include "base/bytes.h"

// Pieces one after another. Not thread-safe.
struct gzip_reader;
struct gzip_writer;

struct gzip_reader *gzip_reader_new(struct err *err);
void gzip_reader_free(struct gzip_reader *reader);
// Decompresses from the front of *in, which becomes what is left of it, until `out` has
// `most` bytes more or all of *in is used. Then all that can be known of it is in `out`,
// which may be a few KB more than `most`. False with `err` (bad_encoding, too_large where
// `out` is full, out_of_memory).
bool gzip_reader_take(struct gzip_reader *reader, struct bytes *in, size_t most,
	struct buffer *out, struct err *err) MUST_CHECK;
// At the end of the input: false with `err` (bad_encoding) where it was cut.
bool gzip_reader_end(const struct gzip_reader *reader, struct err *err) MUST_CHECK;

struct gzip_writer *gzip_writer_new(struct err *err);
void gzip_writer_free(struct gzip_writer *writer);
// Appends to `out`, which says itself when it failed; `last` ends the stream, and what was
// put before is all in `out` then. Without it, `flush` makes all of it readable.
void gzip_writer_put(struct gzip_writer *writer, struct bytes in, bool flush, bool last,
	struct buffer *out);

// A whole body. `out` is empty and has its limit. False with `err`, as above.
bool gzip_decode(struct bytes in, struct buffer *out, struct err *err) MUST_CHECK;
// False: no memory.
bool gzip_encode(struct bytes in, struct buffer *out) MUST_CHECK;

#endif

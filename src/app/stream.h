// SPDX-License-Identifier: Apache-2.0
// The bytes of one input, decompressed as they are read, in constant memory.
//
// gzip (RFC 1952, members one after another, zero bytes behind the last) and zstd (RFC
// 8878, frames one after another, skippable ones too) are recognized by their first
// bytes; anything else comes out as it is. The ratio is not limited: memory is bounded
// whatever an archive says, and stream_offset lets a caller bound the bytes. A stream is
// used by one thread at a time; two streams share nothing.
#ifndef APP_STREAM_H
#define APP_STREAM_H

#include "base/bytes.h"

// 2^23 bytes: what RFC 8878 3.1.1.1.2 asks every decoder for, and what the levels up to
// 19 need. It is the memory that a zstd frame may claim.
#define STREAM_MAX_WINDOW_LOG 23

struct stream;

// Opens the file `path`, or standard input for "-", and reads its first bytes, for which
// it waits. NULL with `err` (unreadable_input, out_of_memory) where it cannot be read or
// is a folder. The caller closes it with stream_close; `path` is not used any more.
struct stream *stream_open(const char *path, struct err *err) MUST_CHECK;

// The same over bytes in memory, which are lent: they live longer than the stream does.
struct stream *stream_of_bytes(struct bytes in, struct err *err) MUST_CHECK;

// The next bytes, at least one and up to `room` (which is not 0), into `out`; *out_len
// is 0 only at the end. False with `err` (unreadable_input, out_of_memory) where the
// file cannot be read, is cut short, is corrupt, has a wrong checksum, something behind
// its end, or a window above the limit; the offset counts bytes of the file as it is
// stored, and points at the fault or shortly before it. All that was decompressed before
// the fault came out by then, and every further read fails in the same way. What comes
// out does not depend on `room`.
bool stream_read(struct stream *stream, uint8_t *out, size_t room, size_t *out_len,
	struct err *err) MUST_CHECK;

// How many bytes stream_read has given so far.
uint64_t stream_offset(const struct stream *stream);

// How many bytes of the file, as it is stored, that took.
uint64_t stream_consumed(const struct stream *stream);

// "plain", "gzip" or "zstd"; lives for ever.
const char *stream_kind(const struct stream *stream);

// False where the next read would wait for another program.
bool stream_is_ready(const struct stream *stream);

// All of a file, decompressed, behind what is in `out`; up to out->max bytes. False with
// `err`, as of stream_open and stream_read, and too_large.
bool stream_read_file(const char *path, struct buffer *out, struct err *err) MUST_CHECK;
// The same of what was read already.
bool stream_read_bytes(struct bytes in, struct buffer *out, struct err *err) MUST_CHECK;

// Closes the file, standard input excepted, and frees the stream. NULL is fine.
void stream_close(struct stream *stream);

#endif

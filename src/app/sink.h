// SPDX-License-Identifier: Apache-2.0
// Where the results of an audit go: plain, or compressed as the name's end says (".gz":
// gzip, ".zst": zstd, in lower case), into an unfinished file beside the one that is
// named, which takes its place when it is complete. It can be cut into pieces that are
// complete by themselves, and an interrupted run goes on behind the last of them.
//
// The same bytes with the same cuts give the same file, however they are split into
// writes (with the same versions of zlib and libzstd). After a failure every further
// write, cut and finish fails in the same way; the caller then keeps or discards.
// SIGPIPE is the caller's business: a closed pipe is an error here. A sink is used by
// one thread at a time; two sinks share nothing.
#ifndef APP_SINK_H
#define APP_SINK_H

#include "base/bytes.h"

struct sink;

// `path` NULL or "-" is standard output, plain; a device or a pipe is written to as it
// is. False with `err` (output_failed, out_of_memory). On success *out is the caller's,
// who ends it by one of sink_finish, sink_discard, sink_keep; `path` is not used any
// more.
bool sink_open(const char *path, struct sink **out, struct err *err) MUST_CHECK;

// Goes on with `partial`, the unfinished file of a sink that was opened for the same
// `path` and whose last sink_cut gave `len` (or 0: from the beginning). What the file
// has behind `len` bytes is cut off. False with `err` (output_failed, out_of_memory)
// where it is no file, or is shorter; it is left as it is then.
bool sink_reopen(const char *path, const char *partial, uint64_t len, struct sink **out,
	struct err *err) MUST_CHECK;

// The name of the unfinished file, for sink_reopen; NULL for standard output, devices and
// pipes. Lives as long as the sink.
const char *sink_partial(const struct sink *sink);

// Takes all the bytes; they may wait in memory until there are more of them, or a cut.
// False with `err` (output_failed with the system's reason, out_of_memory).
bool sink_write(struct sink *sink, struct bytes in, struct err *err) MUST_CHECK;

// Ends the present gzip member or zstd frame, where one has begun, and writes
// everything: to the disk, where it is a file. *out_len is the file's length then (or
// how much went to standard output, a device or a pipe): up to there it is complete by
// itself. The next write begins a new member. Errors as of sink_write; *out_len is set
// on success only.
bool sink_cut(struct sink *sink, uint64_t *out_len, struct err *err) MUST_CHECK;

// The last cut; the file gets its name, and the sink is freed. A compressed file to which
// nothing was written has one empty member. On failure, as of sink_write, the sink
// is still there, to be kept or discarded.
bool sink_finish(struct sink *sink, struct err *err) MUST_CHECK;

// Removes the unfinished file and frees the sink. NULL is fine.
void sink_discard(struct sink *sink);

// Frees the sink and leaves the unfinished file for sink_reopen. What was written since
// the last cut is lost. False where there is no such file; NULL is fine.
bool sink_keep(struct sink *sink);

#endif

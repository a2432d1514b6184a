// SPDX-License-Identifier: Apache-2.0
// The lines of a batch (INTERFACE.md, POST /v1/evaluate/batch) on their way through: bytes
// in, reports out, in order, in bounded memory. Knows nothing of sockets.
#ifndef SERVE_REQUEST_STREAM_H
#define SERVE_REQUEST_STREAM_H

#include "eval/evaluate.h"
#include "serve/metrics.h"

struct request_stream;

// `defaults` is copied; what it lends stays lent. `is_now`: its time of check is the moment at
// which a line is judged. `in_gzip`: the bytes that come in are;
// `out_gzip`: those that go out shall be. NULL with `err`: no memory.
struct request_stream *request_stream_new(const struct ctp_request *defaults, bool is_now,
	bool in_gzip, bool out_gzip, struct err *err);
void request_stream_free(struct request_stream *stream);

// Takes from the front of *in, which becomes what there is no room for until lines have
// been judged. What cannot be decompressed ends the stream with an error record.
void request_stream_take(struct request_stream *stream, struct bytes *in);
// Nothing more will come.
void request_stream_end(struct request_stream *stream);
// The service ends: so does the stream, with an error record, behind what it has.
void request_stream_stop(struct request_stream *stream);
// A line waits, or the end is to be written.
bool request_stream_has_work(const struct request_stream *stream);
// Adds what became of its lines so far: by result, and those that have no report.
struct access_outcome;
void request_stream_count(
	const struct request_stream *stream, struct access_outcome *out);
// Bytes of memory that it holds at least.
size_t request_stream_held(const struct request_stream *stream);
// Everything has been written to an `out`.
bool request_stream_is_done(const struct request_stream *stream);
// Judges up to EVALUATE_MAX of the lines that wait and appends a report, or an error, for
// each to `out`, fewer where they exceed 256 KB; and at the end what ends it. `now_ms`: since
// 1970. False: memory ran out.
bool request_stream_judge(struct request_stream *stream, struct ctp_context *context,
	const struct ctp_lists *lists, int64_t now_ms, struct metrics *metrics,
	struct buffer *out) MUST_CHECK;

#endif

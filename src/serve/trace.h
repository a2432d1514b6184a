// SPDX-License-Identifier: Apache-2.0
// Which request is this? The ids of W3C Trace Context, so that an answer, a line of our log
// and the trace of whoever asked can be put together.
// Source: W3C Trace Context 3.2 (header traceparent, version 00).
#ifndef SERVE_TRACE_H
#define SERVE_TRACE_H

#include "base/bytes.h"

#define TRACE_ID_HEX 32
#define TRACE_SPAN_HEX 16

struct trace {
	char trace_id[TRACE_ID_HEX + 1]; // the client's, or a new one; lower-case hex
	// Of this request alone, always new: the parent-id of our traceparent, and what
	// X-Request-Id and the log call the request.
	char span_id[TRACE_SPAN_HEX + 1];
	bool is_given; // trace_id is the client's
	bool is_sampled; // the client keeps the trace
};

// From the value of a traceparent header; one of another version than 00, not of exactly its
// form, or absent (BYTES_NONE) gives a new trace id. Never fails. Any thread.
void trace_read(struct bytes header, struct trace *out);

// The value of the answer's traceparent header, NUL-terminated.
#define TRACE_HEADER_LEN ((size_t)55)
void trace_format(const struct trace *trace, char out[TRACE_HEADER_LEN + 1]);

#endif

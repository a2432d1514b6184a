// SPDX-License-Identifier: Apache-2.0
// The service's log: a line for each request, and one for what happens to the service itself.
//
// Text (logfmt: key=value, a space between) or JSON, one object a line. Of a request's
// content it has nothing: its body as a SHA-256, no path, no query, no header but the trace
// id. A line is made without a lock or a malloc, and leaves in one write(2) of fewer bytes than
// PIPE_BUF, so that lines of threads and processes do not mix. Where it cannot be written it
// is lost, which is counted; the log itself says how many were ("log_lines_lost") in front
// of the next line that can be written. Any thread.
#ifndef SERVE_ACCESS_LOG_H
#define SERVE_ACCESS_LOG_H

#include <stdatomic.h>

#include "eval/record.h"
#include "serve/calls.h"
#include "serve/trace.h"

enum log_format { LOG_TEXT, LOG_JSON };

// "text" or "json" (--log-format); false on any other word.
bool log_format_find(const char *name, enum log_format *out) MUST_CHECK;

struct access_log {
	int fd; // standard error; the caller's
	int own_fd; // the same pipe, which does not wait for its reader; 0: `fd` is no pipe
	bool is_socket; // as the journal's is
	enum log_format format;
	atomic_uint_least64_t num_lost; // lines, since the start
	bool is_borrowed_pipe; // one that may not be opened anew: it is asked for room first
	atomic_uint_least64_t num_untold; // of these, those that the log has not told of
};

// A line that a pipe or socket does not take at once is lost from now on, so that nobody who
// reads the log can stop the service. access_log_close ends it.
void access_log_open(struct access_log *log);
void access_log_close(struct access_log *log);
// Tells of lines that were lost, where it can be written now: when no other line comes.
void access_log_catch_up(struct access_log *log);

#define ACCESS_MAX_POLICIES REQUEST_MAX_POLICIES

// What came of a request. Set to zero: nothing to say.
struct access_outcome {
	bool is_judged;
	enum result result;
	size_t num_policies; // the first ACCESS_MAX_POLICIES that were asked for
	struct {
		const struct policy *policy;
		enum verdict verdict;
	} policies[ACCESS_MAX_POLICIES];
	enum code code; // of an error, or CODE_NONE
	bool is_batch; // then how many of its lines
	uint64_t passed, failed, unknown, unread;
};

// Keeps nothing of the record.
struct access_outcome access_outcome_of(const struct record *record);

struct access_entry {
	int64_t at_ms; // when the request began, since 1970
	const struct trace *trace;
	enum call call;
	const char
		*method; // as the client wrote it; one that is not of RFC 9110 is "other"
	unsigned
		status; // of HTTP; 0: the client went away, or was cut off, before an answer
	int64_t duration_us; // not below 0
	uint64_t bytes_in; // of the bodies
	uint64_t bytes_out;
	const uint8_t *body_sha256; // 32 bytes, of what came; NULL: no body
	const char *client; // its address, or "unix"
	struct access_outcome outcome;
};

void access_log_write(struct access_log *log, const struct access_entry *entry);

enum access_level { ACCESS_INFO, ACCESS_WARNING, ACCESS_ERROR };

// What happens to the service: `event` is a word for programs ("started", "list_swapped",
// "refresh_failed", "stopping"), the text a sentence for people, escaped and cut where it
// exceeds 1,000 bytes. The time is now.
void access_log_event(struct access_log *log, enum access_level level, const char *event,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif

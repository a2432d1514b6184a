// SPDX-License-Identifier: Apache-2.0
// What the service counts, and the text in which Prometheus reads it.
//
// Counting takes no lock and allocates nothing: any thread, at any time. The counters never go
// back and are relaxed atomics, so that a scrape sees each of them as it was at some moment of
// the scrape, and not all at the same one.
// Source: Prometheus, "Exposition formats", text format 0.0.4, and "Metric and label naming".
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "app/refresh.h"
#include "loglist/bundled.h"
#include "eval/record.h"
#include "serve/calls.h"

struct metrics;

// All counters 0; metrics_free frees them. NULL with `err` (out_of_memory).
struct metrics *metrics_new(struct err *err);
// When no thread counts any more. NULL is fine.
void metrics_free(struct metrics *m);

// A request has ended. `status`: the HTTP status, 0 where the client went away or was cut off
// before an answer; its duration is not in the histogram then. `duration_us`: from its
// first byte to the answer's last, not below 0. Bytes are those of the bodies.
void metrics_answered(struct metrics *m, enum call call, unsigned status,
	int64_t duration_us, uint64_t bytes_in, uint64_t bytes_out);

// An evaluation gave this record: its result, each policy's verdict, and every reason code
// that stands in it (findings, why, applies_because), as often as it does.
void metrics_judged(struct metrics *m, const struct record *record);
// It gave an error record with this code.
void metrics_not_judged(struct metrics *m, enum code code);

enum refusal {
	REFUSED_CONNECTIONS, // there are as many connections as may be
	REFUSED_ADDRESS, // one address has as many as it may have
	REFUSED_OVERLOAD, // a request shed, because too many are under way
	REFUSED_SLOW_SENDER, // the request did not arrive in time
	REFUSED_SLOW_READER, // the answer was not taken in time
	NUM_REFUSALS,
};
void metrics_refused(struct metrics *m, enum refusal why);
// How many there were so far.
uint64_t metrics_num_refused(const struct metrics *m, enum refusal why);

// A refresh ended, at so many ms since 1970.
void metrics_refreshed(struct metrics *m, enum refresh_outcome outcome, int64_t at_ms);

// What the service reads at its start and on SIGHUP; the lists after a refresh, too.
enum reading { READING_LISTS, READING_TOKENS, READING_ROOTS, NUM_READINGS };
// It was read, or could not be, and what was in force stays.
void metrics_read(struct metrics *m, enum reading what, bool done);
// Did the last reading fail? False before the first.
bool metrics_reading_failed(const struct metrics *m, enum reading what);
// Another log list came into force, at so many ms since 1970.
void metrics_swapped(struct metrics *m, int64_t at_ms);

// A number that is not known; its line is left out.
#define METRICS_UNKNOWN INT64_C(-1)

// What the service knows at the moment of a scrape. Texts are lent; NULL: not known.
struct metrics_gauges {
	int64_t connections; // open now
	int64_t requests; // under way now
	int64_t waiting; // of them, those that wait to be judged
	int64_t batches; // of them, batches
	int64_t held_bytes; // of requests that come in and answers that go out
	int64_t threads; // that answer requests
	const char *list_name; // of the newest list in force; NULL: there is none
	const char *list_version;
	int64_t list_published_ms; // since 1970
	int64_t list_fetched_ms; // since 1970
	int64_t list_age_ms; // not below 0
	bool list_stale;
	struct {
		const char *name; // "apple", ...
		int64_t age_ms; // not below 0
		bool is_stale;
	} sources[NUM_SOURCES]; // each source's newest in force
	size_t num_sources;
	const char *verifier; // "fast" or "reference"
	int64_t table_bytes; // of the verifier's tables
	int64_t log_lines_lost; // since the start
	int64_t started_ms; // the service, since 1970
	const char *openssl; // version of the library that runs
	const char *libmicrohttpd; // the same
};

// Appends all of it. What the process takes of the machine it finds out itself. Series that
// never counted are left out, but for those that alerts are made of. A text that is not
// printable UTF-8 has '?' in such places, and is cut to 127 bytes. Any thread; where memory
// runs out, or `out` may not grow to it, `out` has failed.
void metrics_put(
	const struct metrics *m, const struct metrics_gauges *gauges, struct buffer *out);

#endif

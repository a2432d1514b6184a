// SPDX-License-Identifier: Apache-2.0
// The refresh worker: a thread that refreshes the state folder now and then (app/refresh.h),
// and exchanges the lists in force when there are new ones.
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include "app/refresh.h"

struct serve;
struct worker;

// What the worker last did; `at_ms` 0: nothing yet.
struct worker_state {
	bool can_refresh; // there is a state folder to write, and a place to fetch from
	bool is_running;
	int64_t at_ms; // of the last refresh that ended
	int64_t last_success_ms;
	int64_t next_ms; // 0: none is planned
	enum refresh_outcome outcome; // REFRESH_FAILED where any source's did
	char error[256]; // of the first that failed
};

// `interval_ms` 0: only when worker_refresh_now asks. `requests`, one a source, are run one after
// another and lent until worker_stop; none: there is nothing to refresh. Starts the thread. NULL
// with `err`.
struct worker *worker_start(struct serve *serve, const struct refresh_request *requests,
	size_t num_requests, int64_t interval_ms, struct err *err);
// Ends a refresh that is under way, soon, without counting it as failed; no other begins.
void worker_cancel(struct worker *worker);
// The same, and the thread. NULL is allowed.
void worker_stop(struct worker *worker);

// Any thread. False where one is under way already, or none is possible.
bool worker_refresh_now(struct worker *worker);
void worker_state(struct worker *worker, struct worker_state *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// The counters themselves: metrics.c counts them, metrics_put.c prints them.
#ifndef SERVE_METRICS_LOCAL_H
#define SERVE_METRICS_LOCAL_H

#include <stdatomic.h>

#include "serve/metrics.h"

typedef atomic_uint_least64_t metrics_counter;

// HTTP statuses are below; 0 is "no answer".
#define METRICS_STATUSES 600
// Of policies; test_metrics.c holds that there are no more.
#define METRICS_POLICIES 16
#define METRICS_VERDICTS 3
// pass, fail, unknown, and behind them: could not be judged.
#define METRICS_RESULTS 4
#define METRICS_NOT_JUDGED 3
#define METRICS_OUTCOMES 3

struct metrics_bucket {
	int64_t until_us; // inclusive
	const char *seconds; // the same as a label says it
};

#define METRICS_BUCKETS 16
extern const struct metrics_bucket metrics_buckets[METRICS_BUCKETS];

struct call_counters {
	metrics_counter status[METRICS_STATUSES];
	metrics_counter bucket[METRICS_BUCKETS + 1]; // the last: slower than all
	metrics_counter duration_us;
	metrics_counter bytes_in;
	metrics_counter bytes_out;
};

struct metrics {
	struct call_counters calls[NUM_CALLS];
	metrics_counter refused[NUM_REFUSALS];
	metrics_counter results[METRICS_RESULTS];
	metrics_counter verdicts[METRICS_POLICIES][METRICS_VERDICTS];
	metrics_counter codes[NUM_CODES];
	metrics_counter refreshes[METRICS_OUTCOMES];
	metrics_counter failed_readings[NUM_READINGS];
	atomic_bool last_reading_failed[NUM_READINGS];
	metrics_counter swaps;
	atomic_int_least64_t refreshed_ms; // METRICS_UNKNOWN: never
	atomic_int_least64_t refreshed_well_ms;
	atomic_int_least64_t swapped_ms;
};

#endif

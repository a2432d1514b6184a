// SPDX-License-Identifier: Apache-2.0
// The options of `ctpolicy serve` as numbers.
#ifndef SERVE_SETTINGS_H
#define SERVE_SETTINGS_H

#include "app/options.h"

struct serve_settings {
	size_t threads;
	size_t max_body; // bytes, decompressed too
	size_t max_connections;
	size_t max_connections_of_address; // 0: SERVE_OF_ADDRESS, and none for loopback
	size_t max_in_flight; // requests that are there as a whole, and wait to be judged
	size_t max_batches;
	int64_t request_timeout_ms; // for a request to come in, and for its answer to go out
	int64_t idle_timeout_ms; // for the next request of a connection to begin
	int64_t drain_timeout_ms; // for what is under way at the end
	int64_t refresh_interval_ms; // 0: none
	int64_t fetch_timeout_ms; // of one try
};

// Where it is not given.
#define SERVE_OF_ADDRESS 256

// From the command line. False with `err` (bad_option).
bool settings_read(const struct options *options, struct serve_settings *out,
	struct err *err) MUST_CHECK;
// Raises the limit of descriptors as far as the connections need and the system lets us, and
// lowers the connections to what it comes to.
void settings_fit_descriptors(struct serve_settings *settings);

#endif

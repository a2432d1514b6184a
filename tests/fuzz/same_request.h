// SPDX-License-Identifier: Apache-2.0
// The two ways to read a request held against each other, for the unit test and the fuzz
// target short_request.
#ifndef TESTS_FUZZ_SAME_REQUEST_H
#define TESTS_FUZZ_SAME_REQUEST_H

#include "base/arena.h"
#include "eval/request.h"

// NULL where this holds, else what is broken: what short_request_read() takes,
// input_load_request() reads over the same defaults as the same request; nothing is copied
// where nothing is escaped; what it does not take leaves the defaults as they were.
// *out_taken: whether it took the line. Resets the arena.
const char *request_ways_differ(struct bytes line, const struct ctp_request *defaults,
	struct arena *arena, bool *out_taken);

#endif

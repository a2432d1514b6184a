// SPDX-License-Identifier: Apache-2.0
#include "app/clock.h"
#include "app/pause.h"
#include "tests/unit/test.h"

void test_pause(void);

static void test_jitter(void)
{
	int64_t least = INT64_MAX;
	int64_t most = 0;
	for (int i = 0; i < 1000; i++) {
		int64_t ms = pause_with_jitter(1000);
		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	CHECK(least >= 750 && most <= 1250, "%" PRId64 " to %" PRId64, least, most);
	CHECK(least < 900 && most > 1100, "%" PRId64 " to %" PRId64, least, most);
	CHECK_INT(pause_with_jitter(0), 0, "of nothing");
}

void test_pause(void)
{
	atomic_bool stop = false;
	int64_t began_ms = clock_monotonic_ms();
	CHECK(pause_for(120, &stop), "to its end");
	CHECK(clock_monotonic_ms() - began_ms >= 120, "not shorter");
	CHECK(pause_for(0, NULL) && pause_for(-1, NULL), "none");
	CHECK(!pause_told_to_stop(NULL) && !pause_told_to_stop(&stop), "goes on");
	atomic_store(&stop, true);
	CHECK(pause_told_to_stop(&stop), "told to stop");
	CHECK(!pause_for(INT64_C(3600000), &stop), "does not begin");
	test_jitter();
}

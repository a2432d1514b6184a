// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench.h"

#include <time.h>

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;
	must(clock_gettime(clock, &now) == 0, "no such clock");
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t cpu_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t wall_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

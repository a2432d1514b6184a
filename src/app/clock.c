// SPDX-License-Identifier: Apache-2.0
#include "app/clock.h"

static int64_t read_us(clockid_t clock)
{
	struct timespec now = {0};
	if (clock_gettime(clock, &now) != 0) {
		return 0; // POSIX: not for these clocks
	}
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t read_ms(clockid_t clock)
{
	return read_us(clock) / 1000;
}

int64_t clock_now_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_cpu_ms(void)
{
	return read_ms(CLOCK_PROCESS_CPUTIME_ID);
}

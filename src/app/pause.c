// SPDX-License-Identifier: Apache-2.0
#include "app/pause.h"

#include <poll.h>
#include <sys/random.h>

#include "app/clock.h"
#include "app/stop.h"

bool pause_told_to_stop(const atomic_bool *stop)
{
	return stop_signal() != 0 || (stop && atomic_load(stop));
}

bool pause_for(int64_t ms, const atomic_bool *stop)
{
	int64_t until_ms = clock_monotonic_ms() + ms;
	int64_t left_ms = ms;
	while (left_ms > 0 && !pause_told_to_stop(stop)) {
		bool is_long = left_ms > PAUSE_STOP_CHECK_MS;
		(void)poll(NULL, 0, is_long ? PAUSE_STOP_CHECK_MS : (int)left_ms);
		left_ms = until_ms - clock_monotonic_ms();
	}
	return !pause_told_to_stop(stop);
}

int64_t pause_with_jitter(int64_t ms)
{
	uint16_t chance = UINT16_MAX / 2;
	// Without chance it is `ms`.
	(void)!getrandom(&chance, sizeof(chance), GRND_NONBLOCK);
	return ms * 3 / 4 + ms * chance / 2 / UINT16_MAX;
}

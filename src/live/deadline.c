// SPDX-License-Identifier: Apache-2.0
#include "live/deadline.h"

#include <poll.h>

#include "app/clock.h"
#include "app/pause.h"

int64_t deadline_in(int64_t ms)
{
	return clock_monotonic_ms() + ms;
}

int64_t deadline_left(int64_t deadline_ms)
{
	int64_t left_ms = deadline_ms - clock_monotonic_ms();
	return left_ms < 0 ? 0 : left_ms;
}

enum waited deadline_wait(int fd, bool to_write, int64_t deadline_ms)
{
	struct pollfd one = {.fd = fd, .events = to_write ? POLLOUT : POLLIN};
	for (;;) {
		int64_t left_ms = deadline_left(deadline_ms);
		bool is_long = left_ms > PAUSE_STOP_CHECK_MS;
		if (pause_told_to_stop(NULL)) {
			return WAITED_STOPPED;
		}
		if (left_ms == 0) {
			return WAITED_LATE;
		}
		if (poll(&one, 1, is_long ? PAUSE_STOP_CHECK_MS : (int)left_ms) > 0) {
			return WAITED_READY;
		}
	}
}

bool deadline_fail(enum waited waited, const char *stage, struct err *err)
{
	if (waited == WAITED_STOPPED) {
		return err_set(err, CODE_CONNECT_STOPPED, ERR_NO_OFFSET,
			"told to stop while it waited for %s", stage);
	}
	return err_set(err, CODE_CONNECT_TIMEOUT, ERR_NO_OFFSET,
		"no time is left while it waited for %s", stage);
}

bool deadline_condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes) != 0) {
		return false;
	}
	bool done = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
		pthread_cond_init(condition, &attributes) == 0;
	(void)pthread_condattr_destroy(&attributes);
	return done;
}

void deadline_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t ms)
{
	int64_t until_ms = deadline_in(ms);
	const struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
		.tv_nsec = (long)(until_ms % 1000) * 1000000};
	(void)pthread_cond_timedwait(condition, lock, &until);
}

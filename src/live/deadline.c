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
		"no time is left (--timeout) while it waited for %s", stage);
}

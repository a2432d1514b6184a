// SPDX-License-Identifier: Apache-2.0
#include "app/clock.h"

int64_t clock_now_ms(void)
{
	struct timespec now = {0};
	if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
		return 0; // POSIX: not for this clock
	}
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// SPDX-License-Identifier: Apache-2.0
// A library for LD_PRELOAD that gives a process another time of day.
//
//   CTPOLICY_TEST_CLOCK=N   seconds since 1970 at which its clock stands still, so that a slow
//                           machine comes to no later time (absent: the true time)
//
// What measures how long something takes (CLOCK_MONOTONIC) is left as it is.
#define _DEFAULT_SOURCE // syscall
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

// Since 1970; below 0: the true time. Written once, before there is a second thread.
static int64_t standing_s = -1;

// Past libc, whose function of that name is this one.
static int true_time(clockid_t clock, struct timespec *out)
{
	return (int)syscall(SYS_clock_gettime, clock, out);
}

__attribute__((constructor)) static void set_clock(void)
{
	const char *text = getenv("CTPOLICY_TEST_CLOCK");
	if (text) {
		standing_s = strtoll(text, NULL, 10);
	}
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *out)
{
	int status = true_time(clock, out);
	if (status == 0 && clock == CLOCK_REALTIME && standing_s >= 0) {
		*out = (struct timespec){.tv_sec = (time_t)standing_s};
	}
	return status;
}

EXPORT int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now = {0};
	(void)zone;
	int status = clock_gettime(CLOCK_REALTIME, &now);
	out->tv_sec = now.tv_sec;
	out->tv_usec = now.tv_nsec / 1000;
	return status;
}

EXPORT time_t time(time_t *out)
{
	struct timespec now = {0};
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out) {
		*out = now.tv_sec;
	}
	return now.tv_sec;
}

// SPDX-License-Identifier: Apache-2.0
// The time that one server has, whatever it does: every wait of src/live/ ends by it, or when
// the program is told to stop.
#ifndef LIVE_DEADLINE_H
#define LIVE_DEADLINE_H

#include "base/err.h"

#include <pthread.h>
#include <stdint.h>

enum waited { WAITED_READY, WAITED_LATE, WAITED_STOPPED };

// In ms of the monotonic clock.
int64_t deadline_in(int64_t ms);
// How much is left, at least 0.
int64_t deadline_left(int64_t deadline_ms);
// Until the descriptor can be read (or written), has failed, or the time is over.
enum waited deadline_wait(int fd, bool to_write, int64_t deadline_ms);
// Sets `err` for what was waited for: connect_timeout, connect_stopped. Always false.
bool deadline_fail(enum waited waited, const char *stage, struct err *err);

// A condition whose waits are by the clock that never goes back. False: no memory.
bool deadline_condition_init(pthread_cond_t *condition) MUST_CHECK;
// Waits for a change, `ms` at most.
void deadline_condition_wait(
	pthread_cond_t *condition, pthread_mutex_t *lock, int64_t ms);

#endif

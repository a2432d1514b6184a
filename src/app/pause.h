// SPDX-License-Identifier: Apache-2.0
// Waiting that ends when the program, or a thread of it, is told to stop.
#ifndef APP_PAUSE_H
#define APP_PAUSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// How late a stop may be seen, in ms.
#define PAUSE_STOP_CHECK_MS 50

// A signal came that app/stop.h waits for, or `stop` is not NULL and true. Any thread.
bool pause_told_to_stop(const atomic_bool *stop);
// True when `ms` are over, false when told to stop before.
bool pause_for(int64_t ms, const atomic_bool *stop);
// `ms`, a quarter more or less by chance, so that those who failed together do not come again
// together.
int64_t pause_with_jitter(int64_t ms);

#endif

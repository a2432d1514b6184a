// SPDX-License-Identifier: Apache-2.0
// The only room with a clock.
#ifndef APP_CLOCK_H
#define APP_CLOCK_H

#include <stdint.h>

// Milliseconds since 1970-01-01T00:00:00Z.
int64_t clock_now_ms(void);
// Milliseconds since some moment; never goes back.
int64_t clock_monotonic_ms(void);
// The same in microseconds.
int64_t clock_monotonic_us(void);
// Milliseconds of CPU that this process has used.
int64_t clock_cpu_ms(void);

#endif

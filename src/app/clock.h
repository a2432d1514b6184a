// SPDX-License-Identifier: Apache-2.0
// The only room with a clock.
#ifndef APP_CLOCK_H
#define APP_CLOCK_H

#include <stdint.h>

// Milliseconds since 1970.
int64_t clock_now_ms(void);

#endif

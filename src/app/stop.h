// SPDX-License-Identifier: Apache-2.0
// SIGINT and SIGTERM: the first one asks a long run to end in order, a second one ends the
// program at once.
#ifndef APP_STOP_H
#define APP_STOP_H

void stop_watch(void);
// The signal that asks to stop; 0: none has come. Any thread.
int stop_signal(void);

#endif

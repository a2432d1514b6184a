// SPDX-License-Identifier: Apache-2.0
// A command of the operator's that is run after a change, with what changed on its
// standard input. No shell reads it, unless it names one.
#ifndef APP_HOOK_H
#define APP_HOOK_H

#include "base/bytes.h"

// Seconds after which it is ended.
#define HOOK_TIMEOUT_S 600

// Runs `command`, split at spaces outside of quotes ('...', "...", \x), and waits for it.
// What it prints goes where ours goes. False with `err` (hook_failed, out_of_memory): it
// could not be run, failed, or did not end.
bool hook_run(const char *command, struct bytes input, struct err *err);

#endif

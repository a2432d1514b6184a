// SPDX-License-Identifier: Apache-2.0
// Looks whether the index of the state folder is another one than before: a refresh by
// another process (a timer, cron, another host) replaces it as a whole (app/state.h).
#ifndef SERVE_WATCH_H
#define SERVE_WATCH_H

#include "app/state.h"

// What is known of the file; set to zero: nothing yet.
struct watch {
	bool is_begun;
	uint64_t inode;
	int64_t size; // -1: there is no such file
	int64_t changed_s;
	int64_t changed_ns;
};

// False the first time, where nothing has changed since the last time, and where --log-list
// names what is judged by.
bool watch_has_changed(struct watch *watch, const struct options *options);

#endif

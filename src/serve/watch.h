// SPDX-License-Identifier: Apache-2.0
// Looks whether an index of the state folder is another one than before: a refresh by
// another process (a timer, cron, another host) replaces it as a whole (app/state.h).
#ifndef SERVE_WATCH_H
#define SERVE_WATCH_H

#include "app/state.h"
#include "loglist/bundled.h"

// What is known of an index.
struct watched {
	uint64_t inode;
	int64_t size; // -1: there is no such file
	int64_t changed_s;
	int64_t changed_ns;
};

// Of each source's; set to zero: nothing yet.
struct watch {
	bool is_begun;
	struct watched files[NUM_SOURCES];
};

// False the first time, where nothing has changed since the last time, and where --log-list
// names what is judged by.
bool watch_has_changed(struct watch *watch, const struct options *options);

#endif

// SPDX-License-Identifier: Apache-2.0
// What this process takes of the machine (Linux: /proc/self, proc(5)).
#ifndef SERVE_PROCESS_H
#define SERVE_PROCESS_H

#include <stdint.h>

// Each is -1 where it cannot be known.
struct process_usage {
	int64_t resident_bytes;
	int64_t open_fds;
	int64_t max_fds; // how many there may be, RLIMIT_NOFILE
	int64_t cpu_ms; // user and system, since it began
};

// Any thread. Opens files for the moment.
void process_usage_read(struct process_usage *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// How far a long run has come, on standard error: a bar on a terminal, a line every ten
// seconds elsewhere.
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include "app/batch.h"

enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct progress {
	bool is_on;
	bool is_terminal;
	bool is_shown; // a bar stands on the present line
	int64_t began_ms;
	int64_t shown_ms;
	uint64_t total; // bytes of all inputs; 0: not known
	const uint64_t *done; // of them, lent; read without a lock
};

// Auto: on a terminal.
void progress_init(struct progress *progress, enum progress_mode mode);
void progress_show(struct progress *progress, const struct batch_counts *counts);
// Leaves a clean line.
void progress_end(struct progress *progress);

#endif

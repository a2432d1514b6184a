// SPDX-License-Identifier: Apache-2.0
// How far a long run has come, on standard error: a bar on a terminal, a line every ten
// seconds elsewhere.
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include "app/batch.h"
#include "app/sizes.h"

enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct progress {
	bool is_on;
	bool is_terminal;
	bool is_always;
	bool is_shown; // something stands on the present line
	int64_t shown_ms;
	// Where this run began to judge: another one may have come so far before it.
	int64_t began_ms;
	uint64_t records_before;
	uint64_t bytes_before;
	struct sizes *sizes; // owned; NULL: the whole is not known
};

// Auto: on a terminal.
void progress_init(struct progress *progress, enum progress_mode mode);
// On a terminal: what is done before anything is judged.
void progress_say(struct progress *progress, const char *what);
// The judging begins, behind so many records and bytes of the inputs, which are lent.
void progress_begin(struct progress *progress, const struct audit_inputs *inputs,
	uint64_t records, uint64_t bytes);
// So many were judged, up to so many bytes of the inputs.
void progress_show(
	struct progress *progress, const struct batch_counts *counts, uint64_t bytes);
// All is done: with --progress always its last line stays, all of it.
void progress_finish(struct progress *progress, const struct batch_counts *counts);
// Leaves a clean line; more may be shown behind it.
void progress_end(struct progress *progress);
// Ends, and frees what progress_begin took.
void progress_clear(struct progress *progress);

// What is shown, as numbers.
struct progress_view {
	struct batch_counts counts; // of the whole
	uint64_t records_now; // of this run
	uint64_t bytes, bytes_before, total; // total 0: not known
	int64_t ms; // since this run began to judge
};

// One line without its end. `width`: of the terminal, where a bar takes what the numbers
// leave and the line never reaches the last column; 0: no terminal.
void progress_put(const struct progress_view *view, size_t width, struct buffer *out);

#endif

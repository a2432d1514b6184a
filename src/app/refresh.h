// SPDX-License-Identifier: Apache-2.0
// One refresh of a log list: got from where it is, believed nothing, held against the one
// in hand, and taken into the state folder, or not. `log-list refresh` runs it, and the
// service does in a thread: it prints nothing but what the state folder has to say.
#ifndef APP_REFRESH_H
#define APP_REFRESH_H

#include <stdatomic.h>

#include "app/state.h"
#include "loglist/list_guard.h"

struct refresh_request {
	char *state_dir; // the caller's
	const char *source; // its name (source.def)
	const char *const *urls; // tried in order: https, http to loopback, a file
	size_t num_urls;
	bool from_stdin; // instead of them
	// URL or file; NULL: none is asked for, or of a source whose publisher signs, the one
	// beside the list (list_signature.h).
	const char *signature;
	const char *public_key; // file; NULL: the publisher's
	const char *cacert; // NULL: the system's store
	int64_t timeout_ms; // of one try
	bool force; // despite what guards refuse
	const atomic_bool *stop; // NULL, or ends it soon
};

enum refresh_outcome {
	REFRESH_TAKEN, // a list that was not in hand
	REFRESH_UNCHANGED, // the list in hand is still the one
	REFRESH_FAILED, // the list in hand stays, if there is one
};

#define REFRESH_MAX_FAILURES OPTIONS_MAX_REPEATED

struct refresh {
	enum refresh_outcome outcome;
	int64_t at_ms;
	struct ctp_lists *before; // of the list that was in hand; NULL: there was none
	struct ctp_lists
		*bundled; // the lists in the program; NULL: of that source it has none
	struct ctp_lists *after; // of the list that is; NULL after a failure without one
	enum archive_taken taken;
	// Of TAKEN, and of the list that stays after FAILED: older than others that are known,
	// so in force by this alone.
	bool is_pinned;
	// CODE_NONE, or why the disk may lose what was taken if the machine stops now.
	struct err unsure;
	struct guard_doubts doubts; // about the list that was taken, or refused last
	char from[256]; // where it came from, without name and password
	// Why each place that was tried gave nothing, or why what came could not be kept; after
	// REFRESH_FAILED there is one at least.
	struct err failures[REFRESH_MAX_FAILURES];
	size_t num_failures;
	bool is_open; // the state folder was, so that `before` is what it has
	int64_t failing_since_ms; // after REFRESH_FAILED: of the first in a row
	int64_t num_failing; // refreshes in a row that failed, this one included
	struct arena arena; // of the doubts
};

// Fills *out, which refresh_clear frees. One process at a time: another one's refresh is
// a failure (state_busy).
void refresh_run(const struct refresh_request *request, struct refresh *out);
void refresh_clear(struct refresh *refresh);

// The list at the first place, and what there would be to say of it, without taking it: into
// `after` and `doubts`. False: a failure says why it cannot be read at all.
bool refresh_verify(
	const struct refresh_request *request, struct refresh *out) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// One log over all lists of a source: finding it by what a person knows of it, and its states.
//
// Pure; what it gives lends from the lists and lives in the caller's arena.
#ifndef LOGLIST_LOG_HISTORY_H
#define LOGLIST_LOG_HISTORY_H

#include "loglist/list_diff.h"
#include "loglist/lists.h"

// Letters of a log id, hex or base64, that are enough to ask for it.
#define LOG_ID_MIN_PREFIX 6

// A list that says something else about the log than the one before.
struct log_step {
	const struct loglist *list;
	const struct ct_log
		*log; // NULL: the list does not have it, and the one before has
	unsigned facts; // 1 << enum log_fact; 0 where it is listed anew or no longer
};

struct log_history {
	const struct loglist *first; // list that has it
	const struct loglist *last;
	const struct ct_log *log; // as the last one says
	size_t num_lists; // that have it
	struct log_step *steps; // by list, the first one is `first`
	size_t num_steps;
};

// The logs that `text` may mean, as the newest list with each says, by description: the id
// in hex, base64 or base64url or the beginning of it, a part of a description or address in
// any list, letter case and blanks aside. Those that are meant whole leave out the others.
// False where memory runs out.
bool log_history_find(const struct ctp_lists *lists, const char *source,
	struct bytes text, struct arena *arena, const struct ct_log ***out_logs,
	size_t *out_num, struct err *err) MUST_CHECK;
// Of a log that one of the lists has.
bool log_history_make(const struct ctp_lists *lists, const char *source,
	const uint8_t *id, struct arena *arena, struct log_history *out,
	struct err *err) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// Is a list that came in fit to take the place of the one in hand? What the reader
// (loglist_json.c) takes may still be an old list, a wrong one or a broken one. Pure.
#ifndef LOGLIST_LIST_GUARD_H
#define LOGLIST_LIST_GUARD_H

#include "base/arena.h"
#include "loglist/loglist.h"

// What the operator is told of one list; more are counted only.
#define LIST_GUARD_MAX 100
// A list may speak of what comes; Apple's clock and this machine's may differ.
#define LIST_GUARD_FUTURE_MS (24 * INT64_C(3600000))

// How far a doubt goes.
enum guard_weight {
	GUARD_WARNING, // the list is taken, and this is said
	GUARD_REFUSED, // it is not, unless the operator insists (--force)
	GUARD_UNUSABLE, // it is not, whatever is asked
};

struct guard_doubt {
	enum code code;
	enum guard_weight weight;
	const char *text; // a sentence; UTF-8, in the arena
};

struct guard_doubts {
	struct guard_doubt items[LIST_GUARD_MAX]; // the gravest kinds first
	size_t num;
	size_t num_more; // that did not fit
	enum guard_weight worst; // GUARD_WARNING where there is none
};

struct guard_question {
	const struct loglist *list; // the one that came in
	const struct loglist *in_hand; // NULL: none yet
	const struct loglist *bundled; // the newest in the program, or NULL
	const char *source; // whose list it ought to be (source.def)
	int64_t now_ms;
};

// All doubts. False: no memory.
bool list_guard(const struct guard_question *question, struct arena *arena,
	struct guard_doubts *out) MUST_CHECK;

#endif

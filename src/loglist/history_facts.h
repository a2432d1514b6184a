// SPDX-License-Identifier: Apache-2.0
// What a history says about a log, fact by fact: the table of their names, writers and
// readers. Internal to history.c.
#ifndef LOGLIST_HISTORY_FACTS_H
#define LOGLIST_HISTORY_FACTS_H

#include "loglist/lists.h"

// A fact about a log, as text: its writer and its reader side by side.
struct fact {
	const char *name;
	// False where the log has no such fact.
	bool (*put)(const struct fact *, const struct loglist *, const struct ct_log *,
		struct buffer *);
	// An empty value takes the fact away. False: the text is not this fact.
	bool (*take)(const struct fact *, struct bytes, struct ct_log *, struct arena *);
	enum log_text text;
};

// In the order in which they are written; the operator is the first.
extern const struct fact history_facts[];
extern const size_t history_num_facts;
// NULL where no fact has this name.
const struct fact *history_find_fact(struct bytes name);

#endif

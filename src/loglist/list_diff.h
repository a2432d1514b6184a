// SPDX-License-Identifier: Apache-2.0
// What differs between two versions of a log list, as facts, and what that means for
// certificates (POLICY.md 3).
//
// Pure: reads two lists, which must live as long as the result, and takes its memory from the
// caller's arena, no more than a fixed amount a log and operator. The same two lists give the
// same result in the same order, wherever they were read from.
#ifndef LOGLIST_LIST_DIFF_H
#define LOGLIST_LIST_DIFF_H

#include "base/arena.h"
#include "loglist/loglist.h"

// What may change about a log; bits of `facts` are 1 << enum log_fact.
enum log_fact {
	LOG_FACT_STATE, // or since when
	LOG_FACT_OPERATOR, // by name
	LOG_FACT_INTERVAL,
	LOG_FACT_API,
	LOG_FACT_MMD,
	LOG_FACT_STATE_ORIGIN, // the version that brought the state
	LOG_FACT_TREE_HEAD,
	LOG_FACT_TLS_ONLY,
	LOG_FACT_PREVIOUS, // its previous operators
	LOG_FACT_TEXTS, // that of enum log_text 0; the others follow in their order
	NUM_LOG_FACTS = LOG_FACT_TEXTS + NUM_LOG_TEXTS,
};

// "state", "operator", "temporal_interval", ...
const char *log_fact_name(enum log_fact fact);
// Those in which two versions of a log differ, of list `a` and of list `b`.
unsigned log_facts_changed(const struct loglist *a, const struct ct_log *before,
	const struct loglist *b, const struct ct_log *after);

// What the change of a log means; bits are 1 << enum list_effect. Each has its mirror image
// beside it: what it would mean to go back.
enum list_effect {
	EFFECT_NEW_STOP, // SCTs that it signs from now on do not count
	EFFECT_NEW_START,
	EFFECT_EARLIER_STOP, // no SCT of it counts, whenever it was signed
	EFFECT_EARLIER_START,
	EFFECT_EMBEDDED_ONLY, // was current, now "once": only embedded, beside a current one
	EFFECT_IN_FULL,
	EFFECT_NARROWED, // certificates that it took are outside of its interval now
	EFFECT_WIDENED,
	EFFECT_CUT_EARLIER, // read-only or retired as before, since an earlier moment
	EFFECT_CUT_LATER,
	NUM_LIST_EFFECTS,
};

// "new_scts_stop" and so on.
const char *list_effect_name(enum list_effect effect);
// Does an SCT count that a log in this state signs now? (qualified, usable)
bool log_state_signs(enum log_state state);

struct log_change {
	const struct ct_log *before; // NULL: added
	const struct ct_log *after; // NULL: removed
	unsigned facts; // 0 where it was added or removed
	unsigned effects;
	// Its interval ended before the newer list was published: every certificate that it
	// took is expired.
	bool expired;
	// Added and removed: the one removed or added with the same address or, failing that,
	// the same description: one log that changed its key. Else NULL.
	const struct ct_log *twin;
};

// Logs whose new SCTs count, and their operators.
struct usable_count {
	size_t logs;
	size_t operators;
};

// Logs that take certificates which end in a year, at some time of it at least.
struct year_count {
	int year;
	struct usable_count before;
	struct usable_count after;
};

// Years from the first on that are counted: an interval may reach to the year 9999.
#define LIST_DIFF_MAX_YEARS 32

// What changed about the list itself; bits.
enum head_fact {
	HEAD_NAME,
	HEAD_VERSION,
	HEAD_ASSET_VERSION,
	HEAD_ASSET_VERSION_V2,
	HEAD_SCHEMA,
	HEAD_PUBLISHED,
	NUM_HEAD_FACTS,
};
const char *head_fact_name(enum head_fact fact);

struct list_diff {
	const struct loglist *a; // from
	const struct loglist *b; // to
	unsigned head; // 1 << enum head_fact
	// By description, then by id: that of `after` where there is one.
	struct log_change *logs;
	size_t num_logs;
	size_t num_added;
	size_t num_removed;
	// By name; operators without a log are none.
	const char **new_operators;
	size_t num_new_operators;
	const char **gone_operators;
	size_t num_gone_operators;
	struct usable_count before; // whatever the certificate's end
	struct usable_count after;
	// Each year that the interval of a log counted touches, from that in which the older
	// list was published (what ended before is expired). Ascending.
	struct year_count *years;
	size_t num_years;
};

// False with `err` where memory runs out.
bool list_diff_make(const struct loglist *a, const struct loglist *b, struct arena *arena,
	struct list_diff *out, struct err *err) MUST_CHECK;
// Nothing that the lists say differs. Their bytes may: e-mail addresses, spacing.
bool list_diff_is_empty(const struct list_diff *diff);

#endif

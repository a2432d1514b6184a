// SPDX-License-Identifier: Apache-2.0
// What the reports about several lists share. Internal to report/.
#ifndef REPORT_REPORT_DIFF_LOCAL_H
#define REPORT_REPORT_DIFF_LOCAL_H

#include "report/json_write.h"
#include "report/report_diff.h"

static inline bool has_bit(unsigned bits, unsigned number)
{
	return (bits & 1u << number) != 0;
}

// "SCTs from these 3 logs no longer count for certificates issued from now on"
void report_put_effect(struct buffer *out, const struct list_diff *diff,
	enum list_effect effect, size_t num);
// Is the effect said of this log? That earlier SCTs count goes without saying where new ones
// begin to, and that new ones do not where none does.
bool report_says_effect(const struct log_change *change, enum list_effect effect);

// An object with the list's version, hash and so on.
void report_put_list_json(struct json *json, const char *key, const struct loglist *list);
// An array of the names of the facts.
void report_put_facts_json(struct json *json, unsigned facts);
// A whole log as an object; NULL: null.
void report_put_log_json(struct json *json, const char *key, const struct loglist *list,
	const struct ct_log *log);

// The description, escaped; a log without one is called by its id.
void report_put_log_name(struct buffer *out, const struct ct_log *log);
// Those that people want to see: what comes with a state says no more than it.
unsigned report_facts_shown(unsigned facts);
// "old -> new", of a log in two lists.
void report_put_fact_change(struct buffer *out, enum log_fact fact,
	const struct loglist *a, const struct ct_log *before, const struct loglist *b,
	const struct ct_log *after);

// Prints the line from `column` on, wrapped to `indent`, and empties it.
void report_end_line(
	struct buffer *out, struct buffer *line, size_t column, size_t indent);

#endif

// SPDX-License-Identifier: Apache-2.0
// A log list for people and programs: the object of GET /v1/log-list with its logs.
#ifndef REPORT_REPORT_LISTS_H
#define REPORT_REPORT_LISTS_H

#include "loglist/archive.h"
#include "loglist/lists.h"

#define REPORT_LISTS_MAX ((size_t)64 * 1024 * 1024)

// Which logs to show; what is not set selects nothing away.
struct lists_selection {
	bool has_state;
	enum log_state state;
	const char *operator_name; // NULL: all; letter case is ignored
	bool has_covers;
	int64_t covers_ms;
};

struct lists_view {
	const struct loglist *list;
	enum lists_basis basis;
	int64_t at_ms;
	const char *source; // where it is from: "bundled", a URL, or the file's name
	const struct archive *archive; // of the state folder: its last refresh; or NULL
	struct lists_selection selection;
};

void report_list_text(const struct lists_view *view, struct buffer *out);
// One line as Nagios and its like read it: state, words, and behind a bar the age in days
// with the limit.
void report_list_check(const struct lists_view *view, uint64_t max_days, bool is_old,
	struct buffer *out);
void report_list_json(const struct lists_view *view, struct buffer *out);
// The same without its logs, and one of the logs alone.
void report_list_head_json(const struct lists_view *view, struct buffer *out);
void report_log_json(
	const struct lists_view *view, const struct ct_log *log, struct buffer *out);

// What the reports about several lists share with these.

struct json;

// "  usable    2026-01-29  2027-01-01..2027-07-01  description": one log of the view's list.
void report_put_log_line(
	const struct lists_view *view, const struct ct_log *log, struct buffer *out);
// "2027-01-01..2027-07-01", or "any end".
void report_put_interval(struct buffer *out, const struct ct_log *log);
// "Google until 2025-06-01, ...": its operators before the present one; nothing where it had none.
void report_put_previous(struct buffer *out, const struct ct_log *log);
// "log_list": the list that a verdict or a plan of that time is by.
void report_put_list_member(struct json *json, const struct lists_view *view,
	int64_t list_age_ms, bool stale);
// The members of a log's object, from log_id on; `state` as it counts there.
void report_put_log_members(struct json *json, const struct loglist *list,
	const struct ct_log *log, enum log_state state, int64_t since_ms);

#endif

// SPDX-License-Identifier: Apache-2.0
// A log list for people and programs: the object of GET /v1/log-list with its logs.
#ifndef REPORT_REPORT_LISTS_H
#define REPORT_REPORT_LISTS_H

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
	const char *source; // where it is from: "bundled", or the file's name
	struct lists_selection selection;
};

void report_list_text(const struct lists_view *view, struct buffer *out);
void report_list_json(const struct lists_view *view, struct buffer *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// What differs between two log lists, and the history of one log: for people and programs.
#ifndef REPORT_REPORT_DIFF_H
#define REPORT_REPORT_DIFF_H

#include "loglist/list_diff.h"
#include "loglist/log_history.h"

// In lines of 80 columns: the two lists, what the change means for certificates, and then
// every fact that changed.
void report_diff_text(const struct list_diff *diff, struct buffer *out);
// One line (schemas/log-list-diff.v1.json).
void report_diff_json(const struct list_diff *diff, struct buffer *out);

// `num_lists`: of the set that the history is about.
void report_log_history_text(
	const struct log_history *history, size_t num_lists, struct buffer *out);
// One line (schemas/log-history.v1.json).
void report_log_history_json(
	const struct log_history *history, size_t num_lists, struct buffer *out);

#endif

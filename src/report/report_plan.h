// SPDX-License-Identifier: Apache-2.0
// A plan for people and programs: what a certificate needs, the logs that take it, and the
// smallest sets of them. Prints, decides nothing.
#ifndef REPORT_REPORT_PLAN_H
#define REPORT_REPORT_PLAN_H

#include "eval/plan.h"
#include "report/report.h"

// Bytes of one plan: all the logs of the longest list that is read fit.
#define REPORT_PLAN_MAX ((size_t)64 * 1024 * 1024)

// The object of POST /v1/plan (schemas/plan.v1.json), without a newline: the same bytes
// through every door.
void report_plan_json(const struct plan_record *plan, struct buffer *out);
// The same for people, in lines of 80 columns.
void report_plan_text(const struct report_options *options,
	const struct plan_record *plan, struct buffer *out);

// What both forms, and pages, say in the same words.

// "chrome and android", for which nothing is planned.
void report_plan_put_left_out(struct buffer *out, const struct plan_record *plan);
// What the plan's reader has to know beside it; at most PLAN_MAX_REMARKS, returned.
#define PLAN_MAX_REMARKS 6
size_t report_plan_remarks(
	const struct plan_record *plan, enum code out[PLAN_MAX_REMARKS]);
// Its sentence, with its numbers and what to do.
void report_plan_put_remark(
	struct buffer *out, const struct plan_record *plan, enum code code);
// "no SCTs are needed: a CA certificate", where no policy applies.
void report_plan_put_exempt(struct buffer *out, const struct plan_record *plan);
// "90 days (90 x 86400 seconds, ...)" where a lifetime was asked for, else nothing.
void report_plan_put_lifetime(struct buffer *out, const struct plan_record *plan);
// "2 SCTs, of one log operator at most 1, 1 from an RFC 6962 log".
void report_plan_put_needed(struct buffer *out, const struct plan_policy *policy);
// "2 operators with 1 RFC 6962 log each, 1 operator with 1 static log"
void report_plan_put_pattern(struct buffer *out, const struct plan_pattern *pattern);
// A sentence: what is needed, and what all logs together come to.
void report_plan_put_failure(struct buffer *out, const struct plan_failure *failure);
// A sentence: with which other notAfter the kind of sets could be had.
void report_plan_put_nearest(
	struct buffer *out, const struct plan_record *plan, const struct plan_sets *sets);
// "usable by apple's list alone", of a log that not all lists have.
void report_plan_put_lists(
	struct buffer *out, const struct plan_record *plan, const struct plan_log *log);
// Where certificates go; NULL where the list does not say.
const char *report_plan_submit_to(const struct ct_log *log);

#endif

// SPDX-License-Identifier: Apache-2.0
// What the files of the report for people share. Internal to report/.
#ifndef REPORT_REPORT_TEXT_H
#define REPORT_REPORT_TEXT_H

#include "report/report.h"

// Columns of the forms for people.
#define REPORT_WIDTH 80

enum colour { PLAIN, BOLD, GOOD, BAD, DOUBT, FAINT };

// Without colour where the options say so.
void report_put_coloured(struct buffer *out, const struct report_options *options,
	enum colour colour, const char *text);
// A result in four letters, and its colour.
struct report_word {
	const char *text;
	enum colour colour;
};
struct report_word report_word_of(enum result result);
// Text that begins at `column`, in lines of REPORT_WIDTH, the later ones from `indent` on.
void report_put_wrapped(
	struct buffer *out, struct bytes text, size_t column, size_t indent);
// "1 day", "12 days"
void report_put_days(struct buffer *out, int64_t days);
// ", 12 days old", or by how much the list is later than `at_ms`.
void report_put_age(struct buffer *out, const struct loglist *list, int64_t at_ms);
// "2026-06-01", of milliseconds since 1970.
void report_put_day(struct buffer *out, int64_t ms);
// "2026-06-01 00:05:01Z"
void report_put_instant(struct buffer *out, int64_t ms);

// " 511"; nothing where the list bears no version (Mozilla's, BIMI's).
void report_put_version(struct buffer *out, const struct loglist *list);

// The table of SCTs: two lines or more each.
void report_put_scts(struct buffer *out, const struct report_options *options,
	const struct record *record);

#endif

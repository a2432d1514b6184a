// SPDX-License-Identifier: Apache-2.0
// What the files of the service's page share. Internal to report/.
#ifndef REPORT_PAGE_WRITE_H
#define REPORT_PAGE_WRITE_H

#include "report/html_write.h"
#include "report/page.h"

// "2026-06-01 00:05:01 UTC" and "2026-06-01", each a <time>.
void page_put_instant(struct buffer *out, int64_t ms);
void page_put_day(struct buffer *out, int64_t ms);
// A word in a coloured frame, with a mark before it, so that colour never stands alone.
enum page_mark { MARK_GOOD, MARK_BAD, MARK_DOUBT, MARK_PLAIN, NUM_PAGE_MARKS };
void page_put_mark(struct buffer *out, enum page_mark mark, const char *text);
enum page_mark page_mark_of(const struct policy_record *policy);
// The log's description, or its id in base64; what an SCT's row is called.
void page_put_log_name(struct buffer *out, const struct ct_log *log);
void page_put_sct_name(struct buffer *out, const struct sct_record *sct);
// Which notAfter it takes: "2026-07-01 to before 2027-01-01", or "any".
void page_put_ends(struct buffer *out, const struct ct_log *log);
// Bytes as hex in groups of two digits, which may break anywhere.
void page_put_hex(struct buffer *out, struct bytes bytes);
// A table whose rows become blocks on a narrow screen; cells carry their heading.
void page_begin_table(struct buffer *out, const char *attributes, const char *caption,
	const char *const *headings);
void page_end_table(struct buffer *out);
// "<td data-label=...>" of that column.
void page_begin_cell(struct buffer *out, const char *label);

// Where a moment stands on a time line, in thousandths of a percent, 0 to 100,000.
struct page_scale {
	int64_t from_ms, to_ms;
};
unsigned page_place(const struct page_scale *scale, int64_t ms);
// "12.345%"
void page_put_place(struct buffer *out, unsigned place);
// The ticks of months or years under or over a time line.
void page_put_axis(struct buffer *out, const struct page_scale *scale);

// The sections.
void page_put_models(const struct record *record, struct buffer *out);
void page_put_timeline(
	const struct page_answer *answer, struct arena *arena, struct buffer *out);
void page_put_scts(const struct record *record, struct arena *arena, struct buffer *out);
// What the logs of its embedded SCTs signed, byte for byte.
void page_put_entry(const struct record *record, struct arena *arena, struct buffer *out);
// The rows of the digitally-signed struct of one SCT.
void page_put_signed(
	const struct record *record, const struct sct_record *sct, struct buffer *out);
void page_put_diff(const struct list_diff *diff, struct buffer *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// The page of plans, as HTML: what a certificate needs, the smallest sets of logs that can give it,
// and the logs. Prints, decides nothing; every byte of others is escaped.
#ifndef REPORT_PAGE_PLAN_H
#define REPORT_PAGE_PLAN_H

#include "eval/plan.h"

struct page_plan {
	const struct plan_record *plan;
	// What stands in the query of further plans beside the times: "policies=...&survive=...".
	const char *tail;
	const char *link; // the address of this plan
	const char *curl; // a command that gives the same plan
};

void page_put_plan(const struct page_plan *page, struct buffer *out);
// Links to plans of certificates from notBefore (seconds) on, of the lifetimes that are usual.
void page_put_lifetimes(int64_t not_before, const char *tail, struct buffer *out);

// What the two files of it share. Internal to report/.

// "/plan?not_before=...", escaped.
void page_put_plan_address(
	struct buffer *out, int64_t not_before, int64_t not_after, const char *tail);
// Links to what is nearest to a kind of sets that is not possible.
void page_put_plan_nearest(
	const struct page_plan *page, const struct plan_sets *sets, struct buffer *out);
void page_put_plan_failures(const struct plan_sets *sets, struct buffer *out);
// "2 operators".
void page_put_plan_count(struct buffer *out, uint64_t num, const char *thing);
// The kind whose lack is what has to be told: the first one that is not possible; NULL: all are.
const struct plan_sets *page_plan_lack(const struct plan_record *plan);
// The three kinds of smallest sets, side by side.
void page_put_plan_kinds(const struct page_plan *page, struct buffer *out);
// The picture of the logs' intervals, and their table.
void page_put_plan_logs(const struct page_plan *page, struct buffer *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// The parts of the service's page, as HTML: what became of one certificate, many of them, and the
// log lists. Prints, decides nothing; every byte of others is escaped.
//
// Style and script are files of their own (src/serve/page/): nothing here is inline, so that the
// page's Content-Security-Policy allows none.
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "eval/record.h"
#include "loglist/list_diff.h"

// Bytes of one page, as REPORT_MAX.
#define REPORT_PAGE_MAX ((size_t)32 * 1024 * 1024)

// From a moment of the certificate's life on, the verdicts are these.
struct page_span {
	int64_t from_ms;
	const struct loglist *list; // in force then
	enum verdict
		verdicts[REQUEST_MAX_POLICIES]; // in the order of the record's policies
	bool applies[REQUEST_MAX_POLICIES];
};

struct page_answer {
	const struct record *record; // of at least two policies: both models
	const struct ctp_lists *lists;
	int64_t now_ms;
	const struct page_span *spans; // over the life, the first one at its beginning
	size_t num_spans; // 0: not looked at
	const char *curl; // a command that gives the same report; NULL: none
	const char *link; // the address that carries the time and the policies
};

// The whole answer about one certificate: verdict, models, time line, SCTs, what was signed. The
// arena is for scratch.
void page_put_answer(
	const struct page_answer *answer, struct arena *arena, struct buffer *out);

// One row of a table of many certificates.
struct page_row {
	size_t number; // from 1
	const struct cert *cert;
	const struct record *record; // NULL: it could not be judged, and `err` says why
	const struct err *err;
};
void page_begin_rows(size_t num, struct buffer *out);
void page_put_row(const struct page_row *row, struct buffer *out);
void page_end_rows(struct buffer *out);

// The list in force: its logs, which of them take a certificate that ends on a day, and what
// changed between two lists.
struct page_lists {
	const struct ctp_lists *lists;
	const struct loglist *list; // the one shown
	enum lists_basis basis;
	int64_t at_ms;
	int64_t day_ms; // notAfter asked about
	// The list's logs by operator, those in use first, then by name; page_put_lists' own.
	const struct ct_log **sorted;
	const struct list_diff *diff; // or NULL
	const char *hidden; // further fields of its forms, in HTML
	const char *method; // of its forms: "get" or "post"
};
void page_put_lists(const struct page_lists *view, struct buffer *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// The summary of an audit as one HTML page that needs nothing else: no other file, no
// network, and no script but for sorting a table. For screens of every width, and paper.
#ifndef REPORT_REPORT_HTML_H
#define REPORT_REPORT_HTML_H

#include "report/summary.h"

// Bytes of one page: 1,000 failing certificates have about 2 MB.
#define REPORT_HTML_MAX ((size_t)32 * 1024 * 1024)

// Appends the page: HTML5 in UTF-8, the same bytes for the same summary. Whatever comes
// from certificates, requests and log lists is escaped. `out` says itself when it failed.
void report_html(const struct summary *summary, struct buffer *out);

#endif

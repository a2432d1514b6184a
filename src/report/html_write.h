// SPDX-License-Identifier: Apache-2.0
// What the files of the HTML page share: escaping, numbers, tables, bars. Internal to
// report/.
#ifndef REPORT_HTML_WRITE_H
#define REPORT_HTML_WRITE_H

#include "report/summary_words.h"

// Text of ours: only the characters of HTML are escaped.
void html_put_text(struct buffer *out, const char *text);
// The same, with a capital letter first.
void html_put_sentence(struct buffer *out, const char *text);
// Text of others: escaped, made printable, and kept from turning the direction of what
// stands around it.
void html_put_foreign(struct buffer *out, struct bytes text);
// An issuer's name (RFC 4514) by its CN and O, "R3 (Let's Encrypt)", where it has a CN; the whole
// of it is the title.
void html_put_issuer(struct buffer *out, struct bytes name);
// A name of ours in snake_case; where it is wider than its cell it breaks behind a part.
void html_put_code(struct buffer *out, const char *name);
// <time> of a day (ms since 1970).
void html_put_day(struct buffer *out, int64_t ms);
// <section> with its heading; closed by "</section>\n".
void html_begin_section(struct buffer *out, const char *id, const char *heading);
// A paragraph of ours under a heading.
void html_put_note(struct buffer *out, const char *text);

// Columns of a table: a heading, and how its cells stand.
enum html_column { COLUMN_TEXT, COLUMN_NUMBER };
struct html_heading {
	const char *text; // NULL: the end
	enum html_column kind;
};
// Up to <tbody>; `attributes` is put into <table>, or "".
void html_begin_table(struct buffer *out, const char *attributes, const char *caption,
	const struct html_heading *headings);
void html_end_table(struct buffer *out);
// A cell of a number; red where `bad` and it is not 0.
void html_put_number(struct buffer *out, uint64_t number, bool bad);
// A cell of a percentage; a dash where the whole is nothing.
void html_put_share(struct buffer *out, uint64_t part, uint64_t whole);
// <details>, closed: a table of the numbers behind a chart; closed by "</details>\n".
void html_begin_details(struct buffer *out, const char *summary);

// Rows of a table of names; the JSON has them all.
#define HTML_MAX_ROWS 500

// A chart of bars lying, in a figure.
void html_begin_bars(struct buffer *out, const char *caption);
void html_end_bars(struct buffer *out);
// One row of it: a name, a bar of `whole` on a scale that ends at
// `scale`, in it `part` marked, and a text of the caller's, who goes on with it up to
// html_end_bar.
struct html_bar {
	struct bytes name;
	uint64_t whole, part, scale;
	bool bad; // the part is what fails
	bool is_issuer; // the name is one's (html_put_issuer)
};
void html_begin_bar(struct buffer *out, const struct html_bar *bar);
void html_end_bar(struct buffer *out);

// The sections, in the order of the page.
void html_put_failing(struct buffer *out, const struct summary *summary);
void html_put_months(struct buffer *out, const struct summary *summary);
void html_put_issuers(struct buffer *out, const struct summary *summary);
void html_put_operators(struct buffer *out, const struct summary *summary);
void html_put_logs(struct buffer *out, const struct summary *summary);
void html_put_losses(struct buffer *out, const struct summary *summary);
void html_put_lifetimes(struct buffer *out, const struct summary *summary);
void html_put_unread(struct buffer *out, const struct summary *summary);

// Style sheet and script (report_html_style.c).
extern const char *const html_style[]; // lines, NULL at the end
extern const char html_script[];

#endif

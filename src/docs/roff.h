// SPDX-License-Identifier: Apache-2.0
// Manual pages in the macros of man(7), written into a buffer. Text is taken as it is:
// whatever roff would read as a request is escaped, `so` becomes bold, and no hyphen is
// made typographic, so that options can be copied from the page.
#ifndef DOCS_ROFF_H
#define DOCS_ROFF_H

#include "base/bytes.h"

// What is the same on every page of a build.
struct roff_release {
	const char *version; // "0.1.0"
	const char *
		date; // "2026-11-22": the release's, so that every build gives the same page
};

// Begins the page `name`(`section`); the title is its name in capitals.
void roff_begin(struct buffer *out, const char *name, int section,
	const struct roff_release *release);
// Ends it: long lines of text are broken at spaces.
void roff_end(struct buffer *out);
void roff_section(struct buffer *out, const char *title);
void roff_subsection(struct buffer *out, const char *title);
// Text in the line, without a break.
void roff_put(struct buffer *out, struct bytes text);
// Paragraphs, with an empty line between; lines that are indented stay as they are.
void roff_paragraphs(struct buffer *out, const char *text);
// What follows, up to the end of its line or paragraphs, is said of a term: its first
// part bold, the second, which may be NULL, in italics.
void roff_term(struct buffer *out, const char *bold, const char *italic);
// Lines as they are.
void roff_literal(struct buffer *out, struct bytes lines);
// "name(section)", bold and plain, with what comes behind it.
void roff_reference(
	struct buffer *out, const char *name, int section, const char *behind);

#endif

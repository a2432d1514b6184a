// SPDX-License-Identifier: Apache-2.0
// Whose log lists there are: one row a source (source.def), and nowhere else a word of them.
#ifndef LOGLIST_SOURCE_H
#define LOGLIST_SOURCE_H

#include "base/bytes.h"

// By what a list's file shows whose it is; nothing else in it says so.
enum list_form {
	LIST_FORM_APPLE, // it has an assetVersion
	LIST_FORM_V3, // Google's v3, with a version
	LIST_FORM_V3_BARE, // ... without one
};
// What a list of the last form calls itself: a form, and nobody's name.
#define LIST_NAME_BARE "v3"

struct source {
	const char *name; // "apple"
	const char *title; // "Apple"
	enum list_form form;
	const char *url; // NULL: its publisher keeps none in this form
	const char *key; // PEM, NULL: its publisher does not sign
	const uint8_t
		*history; // loglists/NAME.history, as it was when the program was built
	const size_t *history_len;
};

// How many there are.
enum {
	NUM_SOURCES = 0
#define SOURCE(...) +1
#include "loglist/source.def"
#undef SOURCE
};

// The source that is meant where none is named: the first.
#define SOURCE_MAIN (source_names[0])

// Their names in that order, and NULL.
extern const char *const source_names[NUM_SOURCES + 1];
// The same, "|apple|chrome|mozilla", for who shows what there is to choose from.
extern const char source_choices[];

const struct source *source_at(size_t index);
// NULL where there is none of that name.
const struct source *source_find(struct bytes name);
// The place of a source; of others' lists (BIMI's), of those that have their form.
size_t source_index(const char *name);
// Whose lists have that form.
const struct source *source_of_form(enum list_form form);
// What "ctpolicy log-list refresh" is to be given for that source: " --source mozilla --url
// URL", where its publisher has no address of its own; for the main one nothing, unless
// `is_named`.
void source_put_refresh(struct buffer *out, const char *name, bool is_named);
// What a sentence calls it: "Chrome".
const char *source_title(const char *name);

#endif

// SPDX-License-Identifier: Apache-2.0
// Where the log lists that a command judges by are from (open_kept_lists): --log-list, or else the
// state folder and the program, each source's for itself.
#ifndef APP_KEPT_LISTS_H
#define APP_KEPT_LISTS_H

#include "loglist/archive.h"
#include "loglist/bundled.h"

// Where the lists of a set are from, by the place of their source (source_index).
struct kept_lists {
	struct archive archives[NUM_SOURCES]; // what the state folder says of them
	const char *paths[NUM_SOURCES]; // of --log-list, lent; NULL: not from there
};

void kept_lists_init(struct kept_lists *kept);
void kept_lists_clear(struct kept_lists *kept);
// What the state folder says of that source's lists, nothing where it has none.
const struct archive *kept_archive(const struct kept_lists *kept, const char *source);
// Where a list is from: a URL, a word ("imported"), the path of --log-list, or "bundled". Lent.
const char *kept_place(const struct kept_lists *kept, const struct loglist *list);

#endif

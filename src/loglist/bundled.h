// SPDX-License-Identifier: Apache-2.0
// Lists from where they are: built into the program, or a file of any supported kind.
#ifndef LOGLIST_BUNDLED_H
#define LOGLIST_BUNDLED_H

#include "loglist/lists.h"
#include "loglist/source.h"

// loglists/SOURCE.history as it was when the program was built; of all sources where `source` is
// NULL. NULL with `err` set.
struct ctp_lists *bundled_lists(const char *source, struct err *err);
// The same into a set that is being filled; none of a source that has no such file.
bool bundled_add(struct ctp_lists *into, const char *source, struct err *err) MUST_CHECK;
// Adds what `file` holds, a JSON list or a history, to a set that is being filled.
bool lists_add_file(
	struct ctp_lists *into, struct bytes file, struct err *err) MUST_CHECK;
// A frozen set of what the user named: a JSON list is in force whatever the time, a
// history offers its lists. NULL with `err` set.
struct ctp_lists *lists_from_file(struct bytes file, struct err *err);

#endif

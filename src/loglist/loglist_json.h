// SPDX-License-Identifier: Apache-2.0
// The JSON of log lists, Apple's schema v3 to v5 and the v3 lists of Chrome, Mozilla and
// BIMI: the only reader of it, and its writer (POLICY.md 9).
#ifndef LOGLIST_LOGLIST_JSON_H
#define LOGLIST_LOGLIST_JSON_H

#include "loglist/lists.h"

// Adds the list in `text` to a set that is being filled. Read strictly: a key that is not
// what its log_id says, a second log of one id, a state that nobody knows, a missing or
// mistyped field is an error with line and column; fields that nobody needs are ignored.
bool loglist_json_read(
	struct bytes text, struct ctp_lists *into, struct err *err) MUST_CHECK;

// The list in Apple's form (tiled_logs only where there are any), indented. What the
// facts do not hold (e-mail addresses) is an empty array.
bool loglist_json_write(
	const struct loglist *list, struct buffer *out, struct err *err) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// Reading, writing and comparing log lists, for the targets log_list and history.
#ifndef TESTS_FUZZ_SAME_LIST_H
#define TESTS_FUZZ_SAME_LIST_H

#include "loglist/lists.h"
#include "tests/fuzz/fuzz.h"

// A frozen set from JSON or a history, or NULL with `err` set.
struct ctp_lists *lists_from(struct bytes text, struct err *err);
// The same; aborts where that fails.
struct ctp_lists *lists_again(const struct buffer *text, const char *what);
// Aborts unless both hold the same facts about the same logs. Operators without a log are
// no fact about one. `with_hash`: the SHA-256 of the published file is the same, too.
void need_same_list(const struct loglist *a, const struct loglist *b, bool with_hash,
	const char *what);

#endif

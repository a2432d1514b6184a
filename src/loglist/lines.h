// SPDX-License-Identifier: Apache-2.0
// What the text forms of this folder (history.c, archive.c) have in common: a fact a line,
// a name, a space, a value.
#ifndef LOGLIST_LINES_H
#define LOGLIST_LINES_H

#include "base/bytes.h"

// The next line without its end; *text moves behind it. False where there is none.
bool lines_next(struct bytes *text, struct bytes *out);
// The word up to the next space; *text moves behind it.
struct bytes lines_next_word(struct bytes *text);
// Digits only, below 2^63; RFC 3339 with a zone, in ms.
bool lines_take_integer(struct bytes text, int64_t *out) MUST_CHECK;
bool lines_take_time(struct bytes text, int64_t *out_ms) MUST_CHECK;
void lines_put_time(struct buffer *out, int64_t ms);

#endif

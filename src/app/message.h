// SPDX-License-Identifier: Apache-2.0
// What is said on standard error: a line each, with nothing in it that could fool a terminal
// or a log.
#ifndef APP_MESSAGE_H
#define APP_MESSAGE_H

#include "base/err.h"

// "ctpolicy: ..." on standard error, escaped, in one line.
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
// From now on messages go to `take`, which may be called by any thread, instead; NULL: to
// standard error again. Before threads begin, and after they ended.
void message_to(void (*take)(void *context, const char *text), void *context);
// The same of an error; `about`: a file's name in front of it, or "".
void message_err(const char *about, const struct err *err);
// Names the file of an error that is set: as its field where it has room, else in the text,
// the end of the path rather than its beginning. Always returns false.
bool err_in_file(struct err *err, const char *path);

#endif

// SPDX-License-Identifier: Apache-2.0
// Standard input, so that it can be read more than once.
#ifndef APP_SPOOL_H
#define APP_SPOOL_H

#include "base/err.h"

// Copies what is left of it to a file without a name in $TMPDIR, or /tmp, which takes its
// place; one that is a file already stays. False with `err`.
bool spool_standard_input(struct err *err) MUST_CHECK;
// Back to its beginning.
bool spool_rewind(struct err *err) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// Standard input, so that it can be read more than once.
#ifndef APP_SPOOL_H
#define APP_SPOOL_H

#include <sys/types.h>

#include "base/err.h"

// Copies what is left of it to a file without a name in $TMPDIR, or /tmp, which takes its
// place; one that is a file already stays. *out_start is where its bytes begin: what stands
// before was read by somebody else. False with `err`.
bool spool_standard_input(off_t *out_start, struct err *err) MUST_CHECK;
// Back to there.
bool spool_rewind(off_t start, struct err *err) MUST_CHECK;

#endif

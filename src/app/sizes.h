// SPDX-License-Identifier: Apache-2.0
// How many bytes an audit's inputs have, as they are stored: counted in the background by
// a look at each file's size, while the audit itself is under way already. Its memory is
// the same for any number of files.
#ifndef APP_SIZES_H
#define APP_SIZES_H

#include "app/record_walk.h"

struct sizes;

// Begins to count; lends `inputs`. NULL where nobody can know (standard input is a pipe,
// no memory, no thread).
struct sizes *sizes_start(const struct audit_inputs *inputs);
// 0: not known, or not yet. Any thread; NULL is fine.
uint64_t sizes_total(const struct sizes *sizes);
// Waits until all are counted.
void sizes_wait(struct sizes *sizes);
// Stops where it is. NULL is fine.
void sizes_free(struct sizes *sizes);

#endif

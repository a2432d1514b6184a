// SPDX-License-Identifier: Apache-2.0
// An audit's reading side: all inputs, one after another, into batches. Its callers take
// turns: one at a time fills a batch, whose contents do not hang on who that is.
#ifndef APP_AUDIT_READER_H
#define APP_AUDIT_READER_H

#include "app/batch.h"
#include "app/dedupe.h"
#include "app/record_walk.h"

struct audit_reader;

// Lends both. With `dedupe`, which has counted the same inputs, equal certificates come
// once; NULL: each as often as it stands there. With `hash` the batches say what was read.
// NULL with `err` set.
struct audit_reader *audit_reader_new(const struct audit_inputs *inputs,
	struct dedupe *dedupe, bool hash, struct err *err);
void audit_reader_free(struct audit_reader *reader);
// Fills an empty batch. False at the end of all inputs (the batch is empty then), and with
// batch->err set where memory ran out.
bool audit_reader_fill(struct audit_reader *reader, struct batch *batch) MUST_CHECK;
// Bytes of the inputs, as they are stored, that were read so far.
uint64_t audit_reader_bytes_done(const struct audit_reader *reader);
// As record_walk_met.
bool audit_reader_met(const struct audit_reader *reader, size_t index);
// Records read so far, of all shards, equal ones counted each.
uint64_t audit_reader_num_records(const struct audit_reader *reader);

#endif

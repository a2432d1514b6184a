// SPDX-License-Identifier: Apache-2.0
// An audit's writing side: batches come back from the workers in any order and go out in
// the order of their numbers, into results and summary. It also lends the batches, so that
// nobody reads farther ahead than the writing allows. All of it may be called by any
// thread.
#ifndef APP_AUDIT_WRITER_H
#define APP_AUDIT_WRITER_H

#include "app/batch.h"
#include "app/checkpoint.h"
#include "app/progress.h"
#include "app/sink.h"
#include "report/report.h"
#include "report/summary.h"

struct audit_output {
	const struct report_format *format;
	struct report_options report;
	struct sink *sink; // lent, as all of these
	bool cut; // compressed results: in members that begin at the same records each time
	struct summary *summary; // NULL: none is asked for
	struct checkpoint *checkpoint; // NULL: none is asked for
	struct progress *progress;
	struct checkpoint_place
		before; // where the run goes on; its beginning, or further
};

struct audit_writer;

// NULL with `err` set.
struct audit_writer *audit_writer_new(
	const struct audit_output *output, size_t num_batches, struct err *err);
void audit_writer_free(struct audit_writer *writer);
// An empty batch, for which it waits. NULL: the run ends.
struct batch *audit_writer_lend(struct audit_writer *writer);
// Takes a judged batch, and writes what is due.
void audit_writer_take(struct audit_writer *writer, struct batch *batch);
// Takes an unused one back.
void audit_writer_return(struct audit_writer *writer, struct batch *batch);
// No more batches are lent; those that are out are still written.
void audit_writer_stop(struct audit_writer *writer);
// Stops because of what went wrong; the first cause stays.
void audit_writer_fail(struct audit_writer *writer, const struct err *err);

// What follows is for one thread, when all others are done.

// True where nothing went wrong so far.
bool audit_writer_is_sound(const struct audit_writer *writer);
// Writes the checkpoint, where there is one to write, and here may be one.
bool audit_writer_checkpoint(struct audit_writer *writer, struct err *err) MUST_CHECK;
// After the last batch: what stands behind reports. False with `err`, also of what went
// wrong before.
bool audit_writer_finish(struct audit_writer *writer, struct err *err) MUST_CHECK;

// Behind that, when the sink has all results: the checkpoint says so, where there is one.
bool audit_writer_complete(struct audit_writer *writer, struct err *err) MUST_CHECK;

// Of what has been written.
const struct batch_counts *audit_writer_counts(const struct audit_writer *writer);
// The first one that could not be read, of this run; NULL: none.
const struct batch_unread *audit_writer_first_unread(const struct audit_writer *writer);
enum exit_status audit_writer_status(const struct audit_writer *writer);

#endif

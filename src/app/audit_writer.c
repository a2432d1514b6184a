// SPDX-License-Identifier: Apache-2.0
#include "app/audit_writer.h"

#include <pthread.h>
#include <stdlib.h>

// Batches between two cuts of compressed results, and so between checkpoints: about 4,000
// records, some megabytes, half a second.
#define CUT_EVERY 128

struct audit_writer {
	const struct audit_output *output;
	pthread_mutex_t lock; // of all that follows
	pthread_cond_t changed;
	struct batch **idle;
	size_t num_idle;
	struct batch **done; // by number, modulo the number of batches
	size_t num_batches;
	uint64_t num_out; // lent, and not back
	bool stopped;
	struct err err; // the first thing that went wrong
	struct checkpoint_place place; // behind the last batch that was written
	bool has_unread;
	struct batch_unread first_unread;
	struct buffer edge; // what stands before and behind reports
};

struct audit_writer *audit_writer_new(
	const struct audit_output *output, size_t num_batches, struct err *err)
{
	struct audit_writer *writer = calloc(1, sizeof(*writer));
	if (!writer) {
		err_no_memory(err);
		return NULL;
	}
	err_clear(&writer->err);
	writer->output = output;
	writer->place = output->before;
	writer->idle = calloc(num_batches, sizeof(struct batch *));
	writer->done = calloc(num_batches, sizeof(struct batch *));
	buffer_init(&writer->edge, 4096);
	bool ready = writer->idle && writer->done &&
		pthread_mutex_init(&writer->lock, NULL) == 0 &&
		pthread_cond_init(&writer->changed, NULL) == 0;
	while (ready && writer->num_batches < num_batches) {
		struct batch *batch = batch_new(err);
		ready = batch != NULL;
		if (ready) {
			writer->idle[writer->num_idle++] = batch;
			writer->num_batches++;
		}
	}
	if (!ready) {
		audit_writer_free(writer);
		err_no_memory(err);
		return NULL;
	}
	return writer;
}

void audit_writer_free(struct audit_writer *writer)
{
	if (!writer) {
		return;
	}
	for (size_t i = 0; i < writer->num_idle; i++) {
		batch_free(writer->idle[i]);
	}
	for (size_t i = 0; i < writer->num_batches; i++) {
		batch_free(writer->done[i]);
	}
	free(writer->idle);
	free(writer->done);
	buffer_clear(&writer->edge);
	free(writer);
}

struct batch *audit_writer_lend(struct audit_writer *writer)
{
	struct batch *batch = NULL;
	(void)pthread_mutex_lock(&writer->lock);
	while (writer->num_idle == 0 && !writer->stopped) {
		(void)pthread_cond_wait(&writer->changed, &writer->lock);
	}
	if (!writer->stopped) {
		batch = writer->idle[--writer->num_idle];
		batch_clear(batch);
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return batch;
}

void audit_writer_return(struct audit_writer *writer, struct batch *batch)
{
	(void)pthread_mutex_lock(&writer->lock);
	writer->idle[writer->num_idle++] = batch;
	(void)pthread_cond_broadcast(&writer->changed);
	(void)pthread_mutex_unlock(&writer->lock);
}

void audit_writer_stop(struct audit_writer *writer)
{
	(void)pthread_mutex_lock(&writer->lock);
	writer->stopped = true;
	(void)pthread_cond_broadcast(&writer->changed);
	(void)pthread_mutex_unlock(&writer->lock);
}

// What stands before the first report of all, or between reports: every batch begins as if
// something stood before it.
static bool put_beginning(struct audit_writer *writer, struct bytes *results)
{
	const struct audit_output *output = writer->output;
	static const struct bytes separator = BYTES_LITERAL(",\n");
	if (!writer->place.is_first) {
		return true;
	}
	bool separated = strcmp(output->format->name, "json") == 0;
	if (results->len == 0) {
		return true;
	}
	if (separated) {
		*results = bytes_of(
			results->data + separator.len, results->len - separator.len);
	}
	writer->place.is_first = false;
	writer->edge.len = 0;
	output->format->begin(&output->report, &writer->edge);
	return sink_write(output->sink, buffer_bytes(&writer->edge), &writer->err);
}

static void add_counts(struct batch_counts *to, const struct batch_counts *from)
{
	to->records += from->records;
	to->passed += from->passed;
	to->failed += from->failed;
	to->unknown += from->unknown;
	to->unread += from->unread;
	to->left_out += from->left_out;
}

// What was written so far stands for itself.
static bool cut(struct audit_writer *writer)
{
	const struct audit_output *output = writer->output;
	uint64_t ignored;
	if (output->checkpoint && checkpoint_is_due(output->checkpoint)) {
		return checkpoint_write(output->checkpoint, &writer->place, &writer->err);
	}
	return !output->cut || sink_cut(output->sink, &ignored, &writer->err);
}

static bool write_batch(struct audit_writer *writer, struct batch *batch)
{
	const struct audit_output *output = writer->output;
	struct bytes results = buffer_bytes(&batch->out);
	if (batch->err.code != CODE_NONE) {
		writer->err = batch->err;
		return false;
	}
	if (!put_beginning(writer, &results) ||
		!sink_write(output->sink, results, &writer->err) ||
		(output->summary &&
			!summary_add_rows(output->summary, buffer_bytes(&batch->rows),
				&writer->err))) {
		return false;
	}
	add_counts(&writer->place.counts, &batch->counts);
	if (batch->counts.unread > 0 && !writer->has_unread) {
		writer->has_unread = true;
		writer->first_unread = batch->first_unread;
	}
	writer->place.status = exit_worse(writer->place.status, batch->status);
	progress_show(output->progress, &writer->place.counts, batch->bytes_done);
	writer->place.next_seq = batch->seq + 1;
	writer->place.next_position = batch->next_position;
	memcpy(writer->place.input_hash, batch->input_hash, sizeof(batch->input_hash));
	if (batch->is_waited_for && !output->cut) {
		uint64_t ignored;
		return sink_cut(output->sink, &ignored, &writer->err);
	}
	return writer->place.next_seq % CUT_EVERY != 0 || cut(writer);
}

void audit_writer_take(struct audit_writer *writer, struct batch *batch)
{
	(void)pthread_mutex_lock(&writer->lock);
	size_t num = writer->num_batches;
	writer->done[batch->seq % num] = batch;
	for (;;) {
		struct batch **due = &writer->done[writer->place.next_seq % num];
		if (!*due) {
			break;
		}
		// After a failure nothing more is written: the results end where they are.
		if (writer->err.code == CODE_NONE && !write_batch(writer, *due)) {
			writer->stopped = true;
		}
		writer->place.next_seq = (*due)->seq + 1;
		writer->idle[writer->num_idle++] = *due;
		*due = NULL;
	}
	(void)pthread_cond_broadcast(&writer->changed);
	(void)pthread_mutex_unlock(&writer->lock);
}

void audit_writer_fail(struct audit_writer *writer, const struct err *err)
{
	(void)pthread_mutex_lock(&writer->lock);
	if (writer->err.code == CODE_NONE) {
		writer->err = *err;
	}
	(void)pthread_mutex_unlock(&writer->lock);
	audit_writer_stop(writer);
}

bool audit_writer_is_sound(const struct audit_writer *writer)
{
	return writer->err.code == CODE_NONE;
}

bool audit_writer_checkpoint(struct audit_writer *writer, struct err *err)
{
	struct checkpoint *checkpoint = writer->output->checkpoint;
	// Compressed results are cut at the same records each time, so that their bytes are
	// the same: the checkpoint before this place stands.
	bool may_cut = !writer->output->cut || writer->place.next_seq % CUT_EVERY == 0;
	return !checkpoint || !may_cut ||
		checkpoint_write(checkpoint, &writer->place, err);
}

bool audit_writer_finish(struct audit_writer *writer, struct err *err)
{
	const struct audit_output *output = writer->output;
	writer->edge.len = 0;
	if (writer->place.is_first) {
		output->format->begin(&output->report, &writer->edge);
	}
	output->format->end(&output->report, &writer->edge);
	if (writer->err.code == CODE_NONE &&
		sink_write(output->sink, buffer_bytes(&writer->edge), &writer->err)) {
		return true;
	}
	*err = writer->err;
	return false;
}

bool audit_writer_complete(struct audit_writer *writer, struct err *err)
{
	struct checkpoint *checkpoint = writer->output->checkpoint;
	writer->place.is_complete = true;
	return !checkpoint || checkpoint_write(checkpoint, &writer->place, err);
}

const struct batch_counts *audit_writer_counts(const struct audit_writer *writer)
{
	return &writer->place.counts;
}

const struct batch_unread *audit_writer_first_unread(const struct audit_writer *writer)
{
	return writer->has_unread ? &writer->first_unread : NULL;
}

enum exit_status audit_writer_status(const struct audit_writer *writer)
{
	return writer->place.status;
}

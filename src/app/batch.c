// SPDX-License-Identifier: Apache-2.0
#include "app/batch.h"

#include <stdlib.h>

#include "app/records.h"
#include "report/report.h"

struct batch *batch_new(struct err *err)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	if (!batch) {
		err_no_memory(err);
		return NULL;
	}
	// A record may be the last one that still fits, with its file's name.
	buffer_init(&batch->in, BATCH_BYTES + 2 * RECORDS_MAX_LEN);
	buffer_init(&batch->out, REPORT_MAX);
	buffer_init(&batch->rows, REPORT_MAX);
	err_clear(&batch->err);
	return batch;
}

void batch_free(struct batch *batch)
{
	if (batch) {
		buffer_clear(&batch->in);
		buffer_clear(&batch->out);
		buffer_clear(&batch->rows);
		free(batch);
	}
}

static void empty(struct buffer *buffer)
{
	size_t max = buffer->max;
	if (buffer->cap > BATCH_KEEP) {
		buffer_clear(buffer);
		buffer_init(buffer, max);
	}
	buffer->len = 0;
	buffer->failed = false;
}

void batch_clear(struct batch *batch)
{
	empty(&batch->in);
	empty(&batch->out);
	empty(&batch->rows);
	batch->num = 0;
	batch->is_waited_for = false;
	batch->counts = (struct batch_counts){0};
	batch->status = EXIT_PASS;
	err_clear(&batch->err);
}

bool batch_is_full(const struct batch *batch)
{
	return batch->num == BATCH_RECORDS || batch->in.len >= BATCH_BYTES;
}

struct bytes batch_bytes(const struct batch *batch, size_t at, size_t len)
{
	return bytes_of(batch->in.data + at, len);
}

// SPDX-License-Identifier: Apache-2.0
#include "app/audit_reader.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"

struct audit_reader {
	const struct audit_inputs *inputs;
	struct record_walk *walk;
	struct dedupe *dedupe; // lent; NULL: without
	uint64_t position; // of the next record
	uint64_t seq; // of the next batch
	struct digest *digest; // NULL unless the inputs are hashed
	uint8_t hash[DIGEST_SHA256_LEN];
};

struct audit_reader *audit_reader_new(const struct audit_inputs *inputs,
	struct dedupe *dedupe, bool hash, struct err *err)
{
	struct audit_reader *reader = calloc(1, sizeof(*reader));
	if (!reader) {
		err_no_memory(err);
		return NULL;
	}
	reader->inputs = inputs;
	reader->dedupe = dedupe;
	reader->walk = record_walk_new(inputs, false, err);
	reader->digest = hash ? digest_new(err) : NULL;
	if (!reader->walk || (hash && !reader->digest)) {
		audit_reader_free(reader);
		return NULL;
	}
	return reader;
}

void audit_reader_free(struct audit_reader *reader)
{
	if (reader) {
		record_walk_free(reader->walk);
		digest_free(reader->digest);
		free(reader);
	}
}

static size_t put(struct batch *batch, struct bytes in)
{
	size_t at = batch->in.len;
	buffer_put(&batch->in, in);
	return at;
}

// The next record of the run, unless it belongs to another shard, or stood there before.
static void add(struct audit_reader *reader, struct batch *batch, const char *path,
	const struct found *found, const struct err *err)
{
	const struct audit_inputs *inputs = reader->inputs;
	uint64_t position = reader->position++;
	uint64_t times = 0;
	if (reader->dedupe && err->code == CODE_NONE) {
		times = dedupe_take(reader->dedupe, found);
	}
	bool is_again = reader->dedupe && err->code == CODE_NONE && times == 0;
	if (is_again || position % inputs->num_shards != inputs->shard - 1) {
		return;
	}
	struct batch_record *record = &batch->records[batch->num++];
	*record = (struct batch_record){.position = position,
		.number = found->number,
		.line = found->line,
		.offset = found->offset,
		.times = times,
		.is_request = found->is_request,
		.beside_key = found->beside_key,
		.data_len = found->data.len,
		.issuer_len = found->issuer.len,
		.err = *err};
	record->path = put(batch, bytes_of(path, strlen(path) + 1));
	record->data = put(batch, found->data);
	record->issuer = put(batch, found->issuer);
}

static bool read_one(struct audit_reader *reader, struct batch *batch)
{
	const char *path = NULL;
	struct found found;
	struct err err;
	err_clear(&err);
	switch (record_walk_next(reader->walk, &path, &found, &err)) {
	case RECORD_WALK_FOUND:
	case RECORD_WALK_BAD:
		add(reader, batch, path, &found, &err);
		return true;
	case RECORD_WALK_END:
		return false;
	case RECORD_WALK_NO_MEMORY:
		break;
	}
	return err_no_memory(&batch->err);
}

// The hash of the batches before, and of this one's bytes; with --dedupe of their numbers
// too: what was added to the inputs behind it counts here, and nowhere else.
static bool hash(struct audit_reader *reader, struct batch *batch)
{
	uint64_t times[BATCH_RECORDS];
	for (size_t i = 0; i < batch->num; i++) {
		times[i] = batch->records[i].times;
	}
	const struct bytes parts[] = {bytes_of(reader->hash, sizeof(reader->hash)),
		buffer_bytes(&batch->in),
		bytes_of(times, reader->dedupe ? batch->num * sizeof(times[0]) : 0)};
	if (reader->digest && !digest_sha256(reader->digest, parts, 3, reader->hash)) {
		return err_no_memory(&batch->err);
	}
	memcpy(batch->input_hash, reader->hash, sizeof(reader->hash));
	return true;
}

bool audit_reader_fill(struct audit_reader *reader, struct batch *batch)
{
	bool more = true;
	// Whoever writes a line and waits for its answer gets it; a run that may be gone on
	// with has the same batches each time.
	while (more && !batch_is_full(batch) &&
		(batch->num == 0 || reader->digest ||
			record_walk_is_ready(reader->walk))) {
		more = read_one(reader, batch);
	}
	if (batch->in.failed) {
		return err_no_memory(&batch->err);
	}
	batch->is_waited_for = more && !batch_is_full(batch);
	batch->seq = reader->seq;
	batch->next_position = reader->position;
	batch->bytes_done = record_walk_done(reader->walk);
	if (batch->num == 0 || batch->err.code != CODE_NONE || !hash(reader, batch)) {
		return false;
	}
	reader->seq++;
	return true;
}

uint64_t audit_reader_bytes_done(const struct audit_reader *reader)
{
	return record_walk_done(reader->walk);
}

bool audit_reader_met(const struct audit_reader *reader, size_t index)
{
	return record_walk_met(reader->walk, index);
}

uint64_t audit_reader_num_records(const struct audit_reader *reader)
{
	return reader->position;
}

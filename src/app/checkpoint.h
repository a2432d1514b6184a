// SPDX-License-Identifier: Apache-2.0
// --checkpoint: how far an audit has come, so that it can be gone on with as if nothing had
// happened. The file is replaced as a whole; it stands for results that are on the disk.
#ifndef APP_CHECKPOINT_H
#define APP_CHECKPOINT_H

#include "app/batch.h"
#include "app/sink.h"
#include "report/summary.h"

// What must be the same when a run goes on, by name: options, inputs, program, log lists.
struct checkpoint_fact {
	const char *name;
	const char *value; // UTF-8; NULL: not given
};
#define CHECKPOINT_MAX_FACTS 40

struct checkpoint {
	const char *path;
	const struct checkpoint_fact *facts; // lent
	size_t num_facts;
	int64_t at_ms; // the time of check of records that name none
	struct sink *sink; // lent
	const struct summary *summary; // lent; may be NULL
	int64_t written_ms; // monotonic
	int64_t took_ms;
};

// How far the results go.
struct checkpoint_place {
	uint64_t next_seq; // of the batches
	uint64_t next_position; // of the records
	uint8_t input_hash[32]; // of all batches before
	struct batch_counts counts;
	enum exit_status status;
	bool is_first; // nothing has been written yet
	// All results are written, what stands behind reports included: the output gets its
	// name, the summary's files follow, and the checkpoint goes.
	bool is_complete;
};

// Where a run stood.
struct checkpoint_state {
	struct checkpoint_place place;
	uint64_t output_len; // bytes of `partial` that are results
	char *partial; // the unfinished file; owned
	int64_t at_ms;
	struct summary *summary; // owned; NULL: it had none
};

bool checkpoint_is_due(const struct checkpoint *checkpoint);
// What has been written is brought to the disk first.
bool checkpoint_write(struct checkpoint *checkpoint, const struct checkpoint_place *place,
	struct err *err) MUST_CHECK;

enum checkpoint_result {
	CHECKPOINT_NONE, // there is no such file: a run from the start
	CHECKPOINT_READ,
	CHECKPOINT_FAILED, // `err`: unreadable, or of another run, and in what it differs
};
enum checkpoint_result checkpoint_read(const struct checkpoint *checkpoint,
	struct checkpoint_state *out, struct err *err);
void checkpoint_state_clear(struct checkpoint_state *state);

#endif

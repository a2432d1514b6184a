// SPDX-License-Identifier: Apache-2.0
// Some records of an audit on their way from the reader over a worker to the writer. Its
// memory is used again and again.
#ifndef APP_BATCH_H
#define APP_BATCH_H

#include "app/exits.h"
#include "base/bytes.h"
#include "base/err.h"
#include "eval/evaluate.h"

// As many as are evaluated together; or, of large ones, as many as this holds.
#define BATCH_RECORDS EVALUATE_MAX
#define BATCH_BYTES ((size_t)256 * 1024)
// Memory that a batch gives back once it is written, so that a few huge records do not
// count for ever. The reports of an ordinary batch by all policies fit.
#define BATCH_KEEP ((size_t)2 * 1024 * 1024)

struct batch_record {
	uint64_t position; // in the whole input, from 0
	uint64_t number; // in its file, from 1
	uint64_t line; // from 1; 0: `offset` says where
	uint64_t offset; // decompressed bytes
	uint64_t times; // how often it stood in the input; 0: nobody counted
	bool is_request;
	bool beside_key; // a private key was seen near it
	size_t path; // where in batch->in; NUL-terminated
	size_t data, data_len;
	size_t issuer, issuer_len; // 0: none
	struct err err; // code CODE_NONE: it could be read
};

struct batch_counts {
	uint64_t records, passed, failed, unknown, unread, left_out;
};

// One that could not be read or judged, for people.
struct batch_unread {
	char place[352]; // its file, and its line or byte there
	struct err err;
};

struct batch {
	uint64_t seq; // from 0, without a gap
	struct buffer in;
	struct batch_record records[BATCH_RECORDS];
	size_t num;
	bool is_waited_for; // more was not to be had at once: whoever gave it may wait
	uint64_t next_position; // in the whole input, behind this batch
	uint64_t bytes_done; // of the inputs as they are stored, behind this batch
	uint8_t input_hash
		[32]; // of all batches up to this one and their `times`, if asked for
	// The worker's results.
	struct buffer out;
	struct buffer rows; // for the summary
	struct batch_counts counts;
	struct batch_unread first_unread; // where counts.unread is not 0
	enum exit_status status;
	struct err err; // what ends the run: no memory
};

struct batch *batch_new(struct err *err);
void batch_free(struct batch *batch);
// Empty again.
void batch_clear(struct batch *batch);
bool batch_is_full(const struct batch *batch);
// The slice of batch->in.
struct bytes batch_bytes(const struct batch *batch, size_t at, size_t len);

#endif

// SPDX-License-Identifier: Apache-2.0
// All records of all inputs of an audit, one after another, file by file.
#ifndef APP_RECORD_WALK_H
#define APP_RECORD_WALK_H

#include <sys/stat.h>

#include "app/records.h"

// Results, summary, report, checkpoint.
#define RECORD_WALK_WRITTEN 4
#define RECORD_WALK_CHECKPOINT 3

struct audit_inputs {
	char *const *paths;
	size_t num_paths; // 0: standard input
	struct records_options records;
	// The K-th of N parts of the records: those whose position is K - 1 modulo N.
	uint64_t shard; // from 1
	uint64_t num_shards; // 1: all
	// What the run writes, and which is passed over where it stands in a folder of the
	// inputs: its unfinished results, and the files that its options name. NULL: none.
	const char *results;
	const char *written[RECORD_WALK_WRITTEN];
};

struct record_walk;

enum record_walk_result {
	RECORD_WALK_FOUND,
	RECORD_WALK_BAD, // a record, file or folder that cannot be read, and `err` says why
	RECORD_WALK_END,
	RECORD_WALK_NO_MEMORY,
};

// Lends `inputs`. With `chains`, for a first look at them, only what CA certificates can
// stand in, PEM and DER, and what can be read more than once, which are files; what is
// wrong with paths is passed over. NULL with `err` set.
struct record_walk *record_walk_new(
	const struct audit_inputs *inputs, bool chains, struct err *err);
void record_walk_free(struct record_walk *walk);
// The next record and its file, lent until the next call. found->number is 0 where it is
// the file itself that cannot be read.
enum record_walk_result record_walk_next(struct record_walk *walk, const char **out_path,
	struct found *out, struct err *err);
// False where the next record may have to be waited for.
bool record_walk_is_ready(const struct record_walk *walk);
// Bytes of the regular files, as they are stored, that lie behind: of those that were left
// out or could not be read, all.
uint64_t record_walk_done(const struct record_walk *walk);

// Was the file that written[index] names found among the inputs, and passed over?
bool record_walk_met(const struct record_walk *walk, size_t index);

// Is it what the run itself writes?
bool record_walk_is_own(const struct audit_inputs *inputs, const struct stat *info);
// Bytes of a regular file, also as standard input ("-"); 0 of anything else.
uint64_t record_walk_size(const char *path);

#endif

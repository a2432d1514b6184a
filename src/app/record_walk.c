// SPDX-License-Identifier: Apache-2.0
#include "app/record_walk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.h"
#include "app/walk.h"

struct record_walk {
	const struct audit_inputs *inputs;
	bool chains;
	struct walk *walk;
	struct records *records; // of the present file; NULL: the next one is due
	char *path; // of the present file; owned
	uint64_t size; // of the present file
	uint64_t done; // bytes of those before it
	bool met[RECORD_WALK_WRITTEN]; // that were passed over
};

static char standard_input[] = "-";
static char *const only_standard_input[] = {standard_input};

struct record_walk *record_walk_new(
	const struct audit_inputs *inputs, bool chains, struct err *err)
{
	struct record_walk *walk = calloc(1, sizeof(*walk));
	if (!walk) {
		err_no_memory(err);
		return NULL;
	}
	walk->inputs = inputs;
	walk->chains = chains;
	walk->walk = inputs->num_paths ? walk_new(inputs->paths, inputs->num_paths, err)
				       : walk_new(only_standard_input, 1, err);
	if (!walk->walk) {
		record_walk_free(walk);
		return NULL;
	}
	return walk;
}

void record_walk_free(struct record_walk *walk)
{
	if (walk) {
		records_close(walk->records);
		walk_free(walk->walk);
		free(walk->path);
		free(walk);
	}
}

bool record_walk_is_ready(const struct record_walk *walk)
{
	return !walk->records || records_are_ready(walk->records);
}

static void skip(struct record_walk *walk)
{
	records_close(walk->records);
	walk->records = NULL;
	walk->done += walk->size;
	walk->size = 0;
}

uint64_t record_walk_done(const struct record_walk *walk)
{
	uint64_t here = walk->records ? records_consumed(walk->records) : 0;
	return walk->done + (here < walk->size ? here : walk->size);
}

static bool is_file(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_same_file(const struct stat *info, const char *path)
{
	struct stat other;
	return path && stat(path, &other) == 0 && other.st_dev == info->st_dev &&
		other.st_ino == info->st_ino;
}

bool record_walk_is_own(const struct audit_inputs *inputs, const struct stat *info)
{
	bool is_own = S_ISREG(info->st_mode) && is_same_file(info, inputs->results);
	for (size_t i = 0; i < RECORD_WALK_WRITTEN && S_ISREG(info->st_mode); i++) {
		is_own = is_own || is_same_file(info, inputs->written[i]);
	}
	return is_own;
}

bool record_walk_met(const struct record_walk *walk, size_t index)
{
	return walk->met[index];
}

uint64_t record_walk_size(const char *path)
{
	struct stat info;
	int found =
		strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &info) : stat(path, &info);
	return found == 0 && S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
}

static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool folder_of(const char *path, struct stat *out)
{
	char folder[4096] = ".";
	size_t len = folder_len(path);
	if (len >= sizeof(folder)) {
		return false;
	}
	memcpy(folder, len ? path : ".", len ? len : 1);
	return stat(folder, out) == 0;
}

// By its name: it comes and goes while the run writes one checkpoint after another.
static bool is_unfinished_checkpoint(const char *path, const char *checkpoint)
{
	struct stat here;
	struct stat there;
	const char *name = path + folder_len(path);
	const char *whole = checkpoint ? checkpoint + folder_len(checkpoint) : "";
	size_t len = strlen(whole);
	return len > 0 && strncmp(name, whole, len) == 0 &&
		strcmp(name + len, OUTPUT_NEW) == 0 && folder_of(path, &here) &&
		folder_of(checkpoint, &there) && here.st_dev == there.st_dev &&
		here.st_ino == there.st_ino;
}

// Read, its own results would never end.
static bool is_own(struct record_walk *walk, const char *path)
{
	struct stat info;
	const struct audit_inputs *inputs = walk->inputs;
	if (strcmp(path, "-") == 0) {
		return false;
	}
	if (is_unfinished_checkpoint(path, inputs->written[RECORD_WALK_CHECKPOINT])) {
		return true;
	}
	if (stat(path, &info) != 0 || !record_walk_is_own(inputs, &info)) {
		return false;
	}
	for (size_t i = 0; i < RECORD_WALK_WRITTEN; i++) {
		walk->met[i] = walk->met[i] || is_same_file(&info, inputs->written[i]);
	}
	return true;
}

static bool is_standard_output(const char *path)
{
	struct stat info;
	struct stat other;
	return strcmp(path, "-") != 0 && stat(path, &info) == 0 &&
		S_ISREG(info.st_mode) && fstat(STDOUT_FILENO, &other) == 0 &&
		other.st_dev == info.st_dev && other.st_ino == info.st_ino;
}

// RECORD_WALK_FOUND: the next file is open, or was passed over.
static enum record_walk_result open_next(
	struct record_walk *walk, const char **out_path, struct err *err)
{
	switch (walk_next(walk->walk, out_path, err)) {
	case WALK_END:
		return RECORD_WALK_END;
	case WALK_NO_MEMORY:
		return RECORD_WALK_NO_MEMORY;
	case WALK_BAD:
		if (is_unfinished_checkpoint(
			    *out_path, walk->inputs->written[RECORD_WALK_CHECKPOINT])) {
			err_clear(err); // gone already
			return RECORD_WALK_FOUND;
		}
		return RECORD_WALK_BAD;
	case WALK_FILE:
		break;
	}
	if ((walk->chains && !is_file(*out_path)) || is_own(walk, *out_path)) {
		return RECORD_WALK_FOUND;
	}
	if (is_standard_output(*out_path)) {
		err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"%.120s is not read: the results are written to it", *out_path);
		return RECORD_WALK_BAD;
	}
	free(walk->path);
	walk->path = strdup(*out_path);
	if (!walk->path) {
		return RECORD_WALK_NO_MEMORY;
	}
	walk->size = record_walk_size(walk->path);
	walk->records = records_open(walk->path, &walk->inputs->records, err);
	if (walk->records) {
		if (walk->chains && !records_have_chains(walk->records)) {
			skip(walk);
		}
		return RECORD_WALK_FOUND;
	}
	skip(walk);
	return err->code == CODE_OUT_OF_MEMORY ? RECORD_WALK_NO_MEMORY : RECORD_WALK_BAD;
}

// A file that holds nothing is no audit's wish. Standard input may be a pipe that had
// nothing to give, as of a part without records: the run itself says when that was all.
static bool is_missing(const struct record_walk *walk, struct err *err)
{
	bool is_silent =
		strcmp(walk->path, "-") == 0 && records_consumed(walk->records) == 0;
	return !walk->chains && !is_silent && records_tell_absence(walk->records, err);
}

enum record_walk_result record_walk_next(struct record_walk *walk, const char **out_path,
	struct found *out, struct err *err)
{
	for (;;) {
		*out = (struct found){.number = 0};
		while (!walk->records) {
			enum record_walk_result opened = open_next(walk, out_path, err);
			if (opened == RECORD_WALK_BAD && walk->chains) {
				err_clear(err);
			} else if (opened != RECORD_WALK_FOUND) {
				return opened;
			}
		}
		*out_path = walk->path;
		switch (records_next(walk->records, out, err)) {
		case RECORDS_FOUND:
			return RECORD_WALK_FOUND;
		case RECORDS_BAD:
			return err->code == CODE_OUT_OF_MEMORY ? RECORD_WALK_NO_MEMORY
							       : RECORD_WALK_BAD;
		case RECORDS_END:
			if (is_missing(walk, err)) {
				skip(walk);
				*out = (struct found){.number = 0};
				return RECORD_WALK_BAD;
			}
			skip(walk);
		}
	}
}

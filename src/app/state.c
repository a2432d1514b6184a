// SPDX-License-Identifier: Apache-2.0
// The reader; the writer is state_write.c.
#include "app/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.h"
#include "app/message.h"
#include "app/state_files.h"
#include "app/stream.h"
#include "base/text.h"
#include "loglist/bundled.h"
#include "loglist/history.h"
#include "loglist/loglist_json.h"

#define SYSTEM_DIR "/var/lib/ctpolicy"

char *state_join(const char *folder, const char *name, struct err *err)
{
	size_t room = strlen(folder) + strlen(name) + 2;
	char *path = malloc(room);
	if (path) {
		(void)snprintf(path, room, "%s/%s", folder, name);
	} else {
		err_no_memory(err);
	}
	return path;
}

char *state_list_path(const char *folder, const uint8_t sha256[32], struct err *err)
{
	char name[6 + 2 * DIGEST_SHA256_LEN + sizeof(STATE_LIST_END)] = "lists/";
	text_hex(bytes_of(sha256, DIGEST_SHA256_LEN), name + 6);
	memcpy(name + 6 + 2 * DIGEST_SHA256_LEN, STATE_LIST_END, sizeof(STATE_LIST_END));
	return state_join(folder, name, err);
}

bool state_read_file(
	const char *folder, const char *name, struct buffer *out, struct err *err)
{
	char *path = state_join(folder, name, err);
	bool done = path && file_read(path, out, err);
	free(path);
	return done;
}

bool state_hash_is(struct digest *digest, struct bytes data, const uint8_t want[32])
{
	uint8_t got[DIGEST_SHA256_LEN];
	return digest_sha256(digest, &data, 1, got) &&
		memcmp(got, want, sizeof(got)) == 0;
}

static bool unpack(const char *path, struct bytes file, const uint8_t sha256[32],
	struct digest *digest, struct buffer *out, struct err *err)
{
	struct err why;
	err_clear(&why);
	bool done = stream_read_bytes(file, out, &why) &&
		state_hash_is(digest, buffer_bytes(out), sha256);
	if (why.code == CODE_OUT_OF_MEMORY) {
		return err_no_memory(err);
	}
	return done ||
		err_set(err, CODE_STATE_DAMAGED, ERR_NO_OFFSET,
			"%.150s is not what its name says", path);
}

bool state_read_list(const char *folder, const uint8_t sha256[32], struct digest *digest,
	struct buffer *out, struct err *err)
{
	struct buffer file;
	buffer_init(&file, LISTS_MAX_FILE);
	char *path = state_list_path(folder, sha256, err);
	bool done = path && file_read(path, &file, err) &&
		unpack(path, buffer_bytes(&file), sha256, digest, out, err);
	buffer_clear(&file);
	free(path);
	return done;
}

bool state_is_safe(const char *folder, struct err *err)
{
	struct stat info;
	if (stat(folder, &info) != 0) {
		return file_fail(err, CODE_UNREADABLE_INPUT, "look at", folder);
	}
	if (!S_ISDIR(info.st_mode)) {
		return err_set(err, CODE_STATE_UNSAFE, ERR_NO_OFFSET,
			"%.150s is no folder", folder);
	}
	return !(info.st_mode & (S_IWGRP | S_IWOTH)) ||
		err_set(err, CODE_STATE_UNSAFE, ERR_NO_OFFSET,
			"others than its owner may write to %.120s, and so choose the "
			"list: chmod go-w it",
			folder);
}

bool state_has_file(const char *folder, const char *name, struct err *err)
{
	struct stat info;
	char *path = state_join(folder, name, err);
	bool found =
		path && (stat(path, &info) == 0 || (errno != ENOENT && errno != ENOTDIR));
	free(path);
	return found;
}

// READ, NONE, DAMAGED or FAILED.
static enum state_index read_one_index(const char *folder, const char *name,
	struct digest *digest, struct archive *out, struct err *err)
{
	struct buffer file;
	buffer_init(&file, ARCHIVE_MAX_FILE);
	archive_init(out);
	bool done = state_read_file(folder, name, &file, err) &&
		archive_read(buffer_bytes(&file), digest, out, err);
	buffer_clear(&file);
	if (done) {
		return STATE_INDEX_READ;
	}
	archive_clear(out);
	if (err->code == CODE_UNREADABLE_INPUT && !state_has_file(folder, name, err)) {
		return STATE_INDEX_NONE;
	}
	return err->code == CODE_STATE_DAMAGED ? STATE_INDEX_DAMAGED : STATE_INDEX_FAILED;
}

enum state_index state_read_index(const char *folder, enum state_use use,
	struct digest *digest, struct archive *out, struct err *err)
{
	struct err why;
	err_clear(&why);
	enum state_index got = read_one_index(folder, "index", digest, out, err);
	if (got == STATE_INDEX_READ ||
		(got == STATE_INDEX_FAILED &&
			(use == STATE_WRITING || err->code == CODE_OUT_OF_MEMORY))) {
		return got;
	}
	enum state_index before =
		read_one_index(folder, "index.previous", digest, out, &why);
	if (before == STATE_INDEX_READ) {
		message("warning: %s: %s; the one before it is used", folder, err->text);
		err_clear(err);
		return STATE_INDEX_PREVIOUS;
	}
	if (before == STATE_INDEX_FAILED || got == STATE_INDEX_NONE) {
		*err = why;
		return before;
	}
	return got;
}

// Reading.

bool state_is_there(const char *dir, const char *source)
{
	struct err ignored;
	err_clear(&ignored);
	char *folder = state_join(dir, source, &ignored);
	bool found = folder &&
		(state_has_file(folder, "index", &ignored) ||
			state_has_file(folder, "index.previous", &ignored));
	free(folder);
	return found;
}

bool state_read(const char *dir, const char *source, struct archive *out, struct err *err)
{
	archive_init(out);
	if (!state_is_there(dir, source)) {
		return true;
	}
	struct digest *digest = digest_new(err);
	char *folder = digest ? state_join(dir, source, err) : NULL;
	enum state_index got =
		folder && state_is_safe(dir, err) && state_is_safe(folder, err)
		? state_read_index(folder, STATE_READING, digest, out, err)
		: STATE_INDEX_FAILED;
	free(folder);
	digest_free(digest);
	return got == STATE_INDEX_READ || got == STATE_INDEX_PREVIOUS;
}

static bool add_history(const char *folder, const struct archive *archive,
	struct ctp_lists *into, struct err *err)
{
	struct buffer file;
	struct err ignored;
	err_clear(&ignored);
	buffer_init(&file, LISTS_MAX_FILE);
	bool is_good = archive->has_history &&
		state_read_file(folder, "history", &file, &ignored) &&
		state_hash_is(lists_digest(into), buffer_bytes(&file), archive->history);
	bool done = is_good && history_read(buffer_bytes(&file), into, err);
	buffer_clear(&file);
	return done;
}

// Without the history, which is being replaced, or damaged. A list that cannot be read is
// passed over and counted.
static bool add_each(const char *folder, const struct archive *archive, bool is_last_try,
	struct ctp_lists *into, size_t *out_num_missing, struct err *err)
{
	*out_num_missing = 0;
	for (size_t i = 0; i < archive->num_entries; i++) {
		struct buffer file;
		struct err why;
		err_clear(&why);
		buffer_init(&file, LISTS_MAX_FILE);
		bool done = state_read_list(folder, archive->entries[i].sha256,
				    lists_digest(into), &file, &why) &&
			loglist_json_read(buffer_bytes(&file), into, &why);
		buffer_clear(&file);
		if (why.code == CODE_OUT_OF_MEMORY) {
			return err_no_memory(err);
		}
		*out_num_missing += !done;
		if (!done && is_last_try) {
			message_err("warning: a list that was kept is passed over", &why);
		}
	}
	return true;
}

static void note(const struct archive *archive, struct ctp_lists *into)
{
	for (size_t i = 0; i < archive->num_entries; i++) {
		const struct archive_entry *entry = &archive->entries[i];
		lists_note_fetched(into, entry->sha256, entry->fetched_first_ms,
			entry->fetched_last_ms);
	}
	if (archive->has_in_hand && archive->pinned_ms) {
		lists_pin(into, archive->in_hand, archive->pinned_ms);
	}
}

// A writer that prunes may have removed what the index that was read a moment ago speaks
// of: the one that stands there now does not.
#define MAX_TRIES 3

bool state_read_lists(const char *dir, const char *source, struct archive *out,
	struct ctp_lists *into, struct err *err)
{
	char *folder = state_join(dir, source, err);
	size_t num_missing = folder ? 1 : 0;
	archive_init(out);
	lists_expect(into, source);
	for (int i = 1; i <= MAX_TRIES && num_missing > 0; i++) {
		archive_clear(out);
		num_missing = 0;
		if (!state_read(dir, source, out, err) || out->num_entries == 0 ||
			add_history(folder, out, into, err) || err->code != CODE_NONE ||
			!add_each(folder, out, i == MAX_TRIES, into, &num_missing, err)) {
			break;
		}
	}
	free(folder);
	lists_expect(into, NULL);
	note(out, into);
	return err->code == CODE_NONE;
}

bool state_read_in_hand(
	const char *dir, const char *source, struct buffer *out, struct err *err)
{
	struct archive archive;
	struct digest *digest = digest_new(err);
	char *folder = digest ? state_join(dir, source, err) : NULL;
	archive_init(&archive);
	bool done = folder && state_read(dir, source, &archive, err) &&
		(!archive_in_hand(&archive) ||
			state_read_list(folder, archive.in_hand, digest, out, err));
	archive_clear(&archive);
	free(folder);
	digest_free(digest);
	return done;
}

// Where it is.

static bool may_write(const char *dir)
{
	return faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0;
}

// Or may make it.
static bool may_use_system_dir(void)
{
	struct stat info;
	return may_write(SYSTEM_DIR) ||
		(stat(SYSTEM_DIR, &info) != 0 && errno == ENOENT &&
			may_write("/var/lib"));
}

static char *own_dir(struct err *err)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	if (state && state[0] == '/') {
		return state_join(state, "ctpolicy", err);
	}
	if (home && home[0] == '/') {
		return state_join(home, ".local/state/ctpolicy", err);
	}
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"no state folder: " SYSTEM_DIR " cannot be written to, and HOME is not "
		"set; name one with --state-dir");
	return NULL;
}

static char *copy(const char *text, struct err *err)
{
	char *out = strdup(text);
	if (!out) {
		err_no_memory(err);
	}
	return out;
}

static bool has_source(const char *dir, const char *source)
{
	bool found = source && state_is_there(dir, source);
	for (size_t i = 0; i < NUM_SOURCES && !source; i++) {
		found = found || state_is_there(dir, source_names[i]);
	}
	return found;
}

char *state_dir(const struct options *options, enum state_use use, const char *source,
	struct err *err)
{
	const char *named = options->values[OPTION_STATE_DIR];
	if (named && !named[0]) { // "/apple" would be the folder
		err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--state-dir has no name; name a folder");
		return NULL;
	}
	if (named) {
		return copy(named, err);
	}

	if (may_use_system_dir()) {
		return copy(SYSTEM_DIR, err);
	}
	char *dir = own_dir(err);
	bool is_found = use == STATE_WRITING || err->code == CODE_OUT_OF_MEMORY ||
		(dir && has_source(dir, source));
	if (!is_found) {
		free(dir);
		err_clear(err); // who only reads needs no place of his own
		dir = copy(SYSTEM_DIR, err);
	}
	return dir;
}

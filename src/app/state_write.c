// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/files.h"
#include "app/message.h"
#include "app/sink.h"
#include "app/state_files.h"
#include "base/text.h"
#include "loglist/history.h"
#include "loglist/lines.h"
#include "loglist/loglist_json.h"

#define HASH_TEXT_LEN ((size_t)2 * DIGEST_SHA256_LEN)

// Folders and the lock.

// It may be there already.
static bool make_folder(const char *path, struct err *err)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST ||
		file_fail(err, CODE_OUTPUT_FAILED, "make", path);
}

// To the folders above it, and then to itself.
static bool each_folder(const char *path,
	bool (*act)(const char *folder, struct err *err), struct err *err)
{
	char *part = strdup(path);
	bool done = part || err_no_memory(err);
	for (char *slash = part; done && (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		done = act(part, err);
		*slash = '/';
	}
	free(part);
	return done && act(path, err);
}

// Who holds the lock wrote so into it.
static bool say_busy(int fd, const char *path, struct err *err)
{
	char holder[64] = "another process";
	ssize_t got = pread(fd, holder, sizeof(holder) - 1, 0);
	if (got > 0) {
		holder[strcspn(holder, "\n") < (size_t)got ? strcspn(holder, "\n")
							   : (size_t)got] = '\0';
	}
	return err_set(err, CODE_STATE_BUSY, ERR_NO_OFFSET,
		"%.60s writes to the state folder and holds %.120s; wait until it ends",
		holder, path);
}

static bool sign_lock(int fd, const char *path, struct err *err)
{
	struct buffer text;
	buffer_init(&text, 64);
	buffer_printf(&text, "process %ld since ", (long)getpid());
	lines_put_time(&text, clock_now_ms() / 1000 * 1000);
	buffer_put_char(&text, '\n');
	bool done = !text.failed && ftruncate(fd, 0) == 0 &&
		pwrite(fd, text.data, text.len, 0) == (ssize_t)text.len;
	buffer_clear(&text);
	return done || file_fail(err, CODE_OUTPUT_FAILED, "write to", path);
}

static bool take_lock(struct state *state, struct err *err)
{
	char *path = state_join(state->path, "lock", err);
	if (!path) {
		return false;
	}
	bool done = false;
	state->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (state->lock < 0) {
		file_fail(err, CODE_OUTPUT_FAILED, "open", path);
	} else if (flock(state->lock, LOCK_EX | LOCK_NB) == 0) {
		done = sign_lock(state->lock, path, err);
	} else if (errno == EWOULDBLOCK) {
		say_busy(state->lock, path, err);
	} else {
		file_fail(err, CODE_OUTPUT_FAILED, "lock", path);
	}
	free(path);
	return done;
}

// What is to be written there is by the owner alone.
static bool is_own(const char *folder, struct err *err)
{
	struct stat info;
	if (!state_is_safe(folder, err)) {
		return false;
	}
	bool is_own = stat(folder, &info) == 0 &&
		(info.st_uid == geteuid() || info.st_uid == 0);
	return is_own ||
		err_set(err, CODE_STATE_UNSAFE, ERR_NO_OFFSET,
			"%.120s belongs to another user (%lu), who may write to it; run "
			"this as that user",
			folder, (unsigned long)info.st_uid);
}

static bool make_lists_folder(const struct state *state, struct err *err)
{
	char *path = state_join(state->path, "lists", err);
	bool done = path && make_folder(path, err) && is_own(path, err);
	free(path);
	return done;
}

// Damage.

static void put_aside(struct state *state, const char *name, const char *why)
{
	struct err err;
	err_clear(&err);
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	char *from = state_join(state->path, name, &err);
	char *folder = state_join(state->path, "damaged", &err);
	char *to = folder ? state_join(folder, base, &err) : NULL;
	bool done = from && to && make_folder(folder, &err) && rename(from, to) == 0;
	message("warning: %s; %s", why,
		done ? "it was put aside, into damaged/" : "it cannot be put aside");
	free(to);
	free(folder);
	free(from);
}

// A list that the index does not know, which was lost or is the one before. It is whole, so
// it is kept.
static bool adopt(struct state *state, struct bytes text, struct err *err)
{
	struct err why;
	err_clear(&why);
	struct ctp_lists *lists = lists_new(err);
	if (!lists) {
		return false;
	}
	lists_expect(lists, state->source);
	bool done = loglist_json_read(text, lists, &why);
	if (done) {
		struct archive_entry entry =
			archive_entry_of(lists_at(lists, 0), TAKEN_RECOVERED);
		done = archive_put(&state->archive, &entry, err);
		state->has_new_lists = true;
	}
	lists_unref(lists);
	return done || (why.code == CODE_OUT_OF_MEMORY && err_no_memory(err));
}

// A list that is damaged goes; one that the disk does not give right now may be sound.
static bool take_damage(struct state *state, const char *name, const uint8_t sha256[32],
	const struct err *why, struct err *err)
{
	if (why->code == CODE_UNREADABLE_INPUT) {
		*err = *why;
		return err_add(err, "; if that does not pass, move that file away");
	}
	if (why->code == CODE_OUT_OF_MEMORY) {
		return err_no_memory(err);
	}
	put_aside(state, name, why->text);
	archive_remove(&state->archive, sha256);
	state->has_new_lists = true;
	state->num_damaged++;
	return true;
}

// One file of lists/.
static bool look_at_list(struct state *state, const char *name, struct err *err)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	char path[6 + HASH_TEXT_LEN + sizeof(STATE_LIST_END)];
	struct buffer text;
	struct err why;
	err_clear(&why);
	(void)snprintf(path, sizeof(path), "lists/%s", name);
	if (!text_unhex(bytes_of(name, HASH_TEXT_LEN), sha256, sizeof(sha256))) {
		return true; // no list of ours
	}
	bool is_known = archive_find(&state->archive, sha256) != NULL;
	if (!is_known && !state->is_index_lost) {
		return state_remove(state, sha256, err); // of who did not come to the end
	}
	buffer_init(&text, LISTS_MAX_FILE);
	bool done = true;
	if (!state_read_list(state->path, sha256, state->digest, &text, &why)) {
		done = take_damage(state, path, sha256, &why, err);
	} else if (!is_known && !adopt(state, buffer_bytes(&text), err) &&
		err->code == CODE_NONE) {
		put_aside(state, path, "a file of lists/ is no log list");
	}
	buffer_clear(&text);
	return done && err->code == CODE_NONE;
}

static bool is_list_name(const char *name)
{
	return strlen(name) == HASH_TEXT_LEN + strlen(STATE_LIST_END) &&
		strcmp(name + HASH_TEXT_LEN, STATE_LIST_END) == 0;
}

// What a writer that was interrupted left: the unfinished file of a list, and below those of
// the files that are replaced.
static bool is_leftover(const char *name)
{
	return strncmp(name + strcspn(name, "."), STATE_LIST_END ".",
		       strlen(STATE_LIST_END) + 1) == 0;
}

static bool look_at_file(
	struct state *state, const char *folder, const char *name, struct err *err)
{
	if (is_list_name(name)) {
		return look_at_list(state, name, err);
	}
	char *path = is_leftover(name) ? state_join(folder, name, err) : NULL;
	if (path && unlink(path) != 0) {
		file_fail(err, CODE_OUTPUT_FAILED, "remove", path);
	}
	free(path);
	return err->code == CODE_NONE;
}

static bool clear_unfinished(const struct state *state, struct err *err)
{
	static const char *const names[] = {
		"index" OUTPUT_NEW, "index.previous" OUTPUT_NEW, "history" OUTPUT_NEW};
	bool done = true;
	for (size_t i = 0; done && i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = state_join(state->path, names[i], err);
		done = path && file_remove(path, err);
		free(path);
	}
	return done;
}

static bool look_at_lists(struct state *state, struct err *err)
{
	char *folder = state_join(state->path, "lists", err);
	DIR *dir = folder ? opendir(folder) : NULL;
	if (folder && !dir) {
		file_fail(err, CODE_UNREADABLE_INPUT, "read", folder);
	}
	while (dir && err->code == CODE_NONE) {
		errno = 0;
		const struct dirent *entry = readdir(dir);
		if (!entry && errno != 0) {
			file_fail(err, CODE_UNREADABLE_INPUT, "read", folder);
		}
		if (!entry || !look_at_file(state, folder, entry->d_name, err)) {
			break;
		}
	}
	if (dir) {
		(void)closedir(dir);
	}
	free(folder);
	return err->code == CODE_NONE;
}

// An entry whose file is gone says nothing any more.
static bool drop_missing(struct state *state, struct err *err)
{
	for (size_t i = state->archive.num_entries; i-- > 0;) {
		const struct archive_entry *entry = &state->archive.entries[i];
		char *path = state_list_path(state->path, entry->sha256, err);
		if (!path) {
			return false;
		}
		if (access(path, F_OK) != 0 && errno == ENOENT) {
			message("warning: %.200s is gone; the state folder goes on "
				"without that list",
				path);
			archive_remove(&state->archive, entry->sha256);
			state->has_new_lists = true;
			state->num_damaged++;
		}
		free(path);
	}
	return true;
}

void state_choose_in_hand(struct state *state)
{
	struct archive *archive = &state->archive;
	bool is_chosen =
		archive_in_hand(archive) && (archive->pinned_ms || !state->has_new_lists);
	if (is_chosen) {
		return;
	}
	archive->pinned_ms = 0;
	archive->has_in_hand = archive->num_entries > 0;
	if (archive->has_in_hand) {
		memcpy(archive->in_hand,
			archive->entries[archive->num_entries - 1].sha256,
			sizeof(archive->in_hand));
	}
}

static bool read_index(struct state *state, struct err *err)
{
	struct err why;
	err_clear(&why);
	enum state_index got = state_read_index(
		state->path, STATE_WRITING, state->digest, &state->archive, &why);
	if (got == STATE_INDEX_FAILED) {
		*err = why;
		return false;
	}
	state->is_index_lost = got != STATE_INDEX_READ;
	state->has_new_lists = state->is_index_lost;
	if (got != STATE_INDEX_READ && got != STATE_INDEX_NONE &&
		state_has_file(state->path, "index", &why)) {
		put_aside(state, "index",
			why.code == CODE_NONE ? "the index is damaged" : why.text);
	}
	if (got == STATE_INDEX_DAMAGED &&
		state_has_file(state->path, "index.previous", &why)) {
		put_aside(state, "index.previous", "so is the index before it");
	}
	return true;
}

static void say_recovered(const struct state *state)
{
	size_t num = 0;
	for (size_t i = 0; i < state->archive.num_entries; i++) {
		num += state->archive.entries[i].taken == TAKEN_RECOVERED;
	}
	if (state->is_index_lost && num > 0) {
		message("warning: the index was lost; %zu lists in %.200s are taken up again",
			num, state->path);
	}
}

// An index in place of the one that is lost: of what was recovered, or of no lists, so that
// from now on it is seen whether it is lost or has none yet. Whoever finds it need not flush
// the names of the folders again; those that an interrupted writer made are flushed here too.
static bool begin(struct state *state, struct err *err)
{
	return each_folder(state->path, file_sync_name, err) && state_commit(state, err);
}

bool state_open(const char *dir, const char *source, struct state *out, struct err *err)
{
	*out = (struct state){.lock = -1, .source = source};
	archive_init(&out->archive);
	out->digest = digest_new(err);
	out->path = out->digest ? state_join(dir, source, err) : NULL;
	if (!out->path || !each_folder(out->path, make_folder, err) ||
		!is_own(dir, err) || !is_own(out->path, err) ||
		!make_lists_folder(out, err) || !take_lock(out, err) ||
		!read_index(out, err) || !clear_unfinished(out, err) ||
		!look_at_lists(out, err) || !drop_missing(out, err)) {
		return false;
	}
	say_recovered(out);
	state_choose_in_hand(out);
	return !out->is_index_lost || begin(out, err);
}

void state_close(struct state *state)
{
	if (state->lock >= 0) {
		(void)close(state->lock);
	}
	archive_clear(&state->archive);
	digest_free(state->digest);
	free(state->path);
	*state = (struct state){.lock = -1};
}

// Lists.

bool state_load(const struct state *state, const uint8_t sha256[32], struct buffer *out,
	struct err *err)
{
	return state_read_list(state->path, sha256, state->digest, out, err);
}

static bool write_list(const char *path, struct bytes list, struct err *err)
{
	struct sink *sink = NULL;
	if (!sink_open(path, &sink, err)) {
		return false;
	}
	if (sink_write(sink, list, err) && sink_finish(sink, err)) {
		return true;
	}
	sink_discard(sink);
	return false;
}

bool state_put(struct state *state, const struct archive_entry *entry, struct bytes list,
	struct err *err)
{
	bool is_kept = archive_find(&state->archive, entry->sha256) != NULL;
	char *path = is_kept ? NULL : state_list_path(state->path, entry->sha256, err);
	bool done = is_kept || (path && write_list(path, list, err));
	free(path);
	state->has_new_lists = state->has_new_lists || !is_kept;
	return done && archive_put(&state->archive, entry, err);
}

bool state_remove(const struct state *state, const uint8_t sha256[32], struct err *err)
{
	char *path = state_list_path(state->path, sha256, err);
	bool done = path && file_remove(path, err);
	free(path);
	return done;
}

// Files that are replaced as a whole.

static bool replace(
	const struct state *state, const char *name, struct bytes in, struct err *err)
{
	char *path = state_join(state->path, name, err);
	struct output output = {.fd = -1};
	// The mode of the one that stands there is not to be trusted: readers are others.
	bool done = path && output_open_new(path, &output, err) &&
		(fchmod(output.fd, 0644) == 0 ||
			file_fail(err, CODE_OUTPUT_FAILED, "set the mode of", path)) &&
		output_write(&output, in, err) && output_finish(&output, err);
	if (!done) {
		output_discard(&output);
	}
	free(path);
	return done;
}

static struct ctp_lists *read_kept(const struct state *state, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	bool done = lists != NULL;
	if (done) {
		lists_expect(lists, state->source);
	}
	for (size_t i = 0; i < state->archive.num_entries && done; i++) {
		struct buffer text;
		buffer_init(&text, LISTS_MAX_FILE);
		done = state_load(state, state->archive.entries[i].sha256, &text, err) &&
			loglist_json_read(buffer_bytes(&text), lists, err);
		buffer_clear(&text);
	}
	if (done && lists_freeze(lists, false, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

// Is the history on the disk the one that the index names?
static bool has_history(const struct state *state)
{
	struct buffer file;
	struct err ignored;
	err_clear(&ignored);
	buffer_init(&file, LISTS_MAX_FILE);
	bool is_good = state->archive.has_history &&
		state_read_file(state->path, "history", &file, &ignored) &&
		state_hash_is(state->digest, buffer_bytes(&file), state->archive.history);
	buffer_clear(&file);
	return is_good;
}

static bool write_history(struct state *state, struct err *err)
{
	struct archive *archive = &state->archive;
	if (archive->num_entries == 0 || (!state->has_new_lists && has_history(state))) {
		return true;
	}
	struct buffer text;
	buffer_init(&text, LISTS_MAX_FILE);
	struct ctp_lists *lists = read_kept(state, err);
	struct bytes whole = BYTES_NONE;
	bool done = lists && history_write(lists, &text, err);
	if (done) {
		whole = buffer_bytes(&text);
		archive->has_history = true;
		done = (digest_sha256(state->digest, &whole, 1, archive->history) ||
			       err_no_memory(err)) &&
			replace(state, "history", whole, err);
	}
	lists_unref(lists);
	buffer_clear(&text);
	return done;
}

// The index that stands there is kept, if it is whole.
static bool keep_previous(const struct state *state, struct err *err)
{
	struct buffer file;
	struct archive old;
	struct err ignored;
	err_clear(&ignored);
	buffer_init(&file, ARCHIVE_MAX_FILE);
	archive_init(&old);
	bool is_whole = state_read_file(state->path, "index", &file, &ignored) &&
		archive_read(buffer_bytes(&file), state->digest, &old, &ignored);
	bool done =
		!is_whole || replace(state, "index.previous", buffer_bytes(&file), err);
	archive_clear(&old);
	buffer_clear(&file);
	return done;
}

// It stands under its name, though the disk did not say that it keeps that.
static bool is_index(const struct state *state, struct bytes text)
{
	struct buffer file;
	struct err ignored;
	err_clear(&ignored);
	buffer_init(&file, ARCHIVE_MAX_FILE);
	bool is_it = text.len > 0 &&
		state_read_file(state->path, "index", &file, &ignored) &&
		bytes_equal(buffer_bytes(&file), text);
	buffer_clear(&file);
	return is_it;
}

bool state_commit(struct state *state, struct err *err)
{
	struct buffer text;
	buffer_init(&text, ARCHIVE_MAX_FILE);
	bool done = write_history(state, err) &&
		archive_write(&state->archive, state->digest, &text, err) &&
		keep_previous(state, err) &&
		replace(state, "index", buffer_bytes(&text), err);
	state->has_new_lists = state->has_new_lists && !done;
	state->is_seen = done || is_index(state, buffer_bytes(&text));
	buffer_clear(&text);
	return done;
}

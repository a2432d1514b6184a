// SPDX-License-Identifier: Apache-2.0
// The lists that a command judges by: those of --log-list, or else those of the state folder and
// of the program, each source's for itself.
#include <stdlib.h>
#include <sys/stat.h>

#include "app/commands.h"
#include "app/files.h"
#include "app/state.h"
#include "app/stream.h"
#include "eval/sources.h"
#include "loglist/history.h"

// Those of --log-list.

static bool is_folder(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool add_folder(const char *path, struct kept_lists *kept, struct ctp_lists *into,
	struct err *err)
{
	bool done = true;
	size_t num = lists_num(into);
	for (size_t i = 0; i < NUM_SOURCES && done; i++) {
		if (state_is_there(path, source_names[i])) {
			archive_clear(&kept->archives[i]);
			done = state_read_lists(
				path, source_names[i], &kept->archives[i], into, err);
		}
	}
	if (done && lists_num(into) == num) {
		err_set(err, CODE_LOG_LIST_EMPTY, ERR_NO_OFFSET,
			"no log list in this folder");
		return err_in_file(err, path);
	}
	return done;
}

static bool add_file(const char *path, struct ctp_lists *into, struct err *err)
{
	struct buffer file;
	size_t num = lists_num(into);
	buffer_init(&file, LISTS_MAX_FILE);
	bool done = stream_read_file(path, &file, err) &&
		(lists_add_file(into, buffer_bytes(&file), err) ||
			err_in_file(err, path));
	if (done && !history_recognize(buffer_bytes(&file))) {
		lists_give(into, loglist_source(lists_at(into, num)));
	}
	buffer_clear(&file);
	return done;
}

// One place a source: two would be one history.
static bool note_place(const char *path, const struct ctp_lists *lists, size_t first,
	struct kept_lists *kept, struct err *err)
{
	for (size_t i = first; i < lists_num(lists); i++) {
		const char *source = loglist_source(lists_at(lists, i));
		const char **known = &kept->paths[source_index(source)];
		if (*known && *known != path) {
			return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				"--log-list %.80s and --log-list %.80s both have %s's "
				"lists; name one of them",
				*known, path, source);
		}
		*known = path;
	}
	return true;
}

static struct ctp_lists *read_named(
	const struct options *options, struct kept_lists *kept, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	bool done = lists != NULL;
	for (size_t i = 0; i < options->log_lists.num && done; i++) {
		const char *path = options->log_lists.values[i];
		size_t first = lists_num(lists);
		done = (is_folder(path) ? add_folder(path, kept, lists, err)
					: add_file(path, lists, err)) &&
			note_place(path, lists, first, kept, err);
	}
	if (done && lists_freeze(lists, false, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

// Those of the state folder and of the program.

// *out_source is the one whose folder cannot be read, where that is what failed.
static struct ctp_lists *read_kept(const char *dir, const bool without[NUM_SOURCES],
	struct kept_lists *kept, size_t *out_source, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	bool done = lists && bundled_add(lists, NULL, err);
	*out_source = NUM_SOURCES;
	for (size_t i = 0; i < NUM_SOURCES && done; i++) {
		archive_clear(&kept->archives[i]);
		if (!without[i] &&
			!state_read_lists(
				dir, source_names[i], &kept->archives[i], lists, err)) {
			*out_source = i;
			done = false;
		}
	}
	if (done && lists_freeze(lists, false, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

// What keeps a source's folder from being read is said, and the lists of it in the program have
// to do; but not in place of a folder that others may write, who want just that.
static struct ctp_lists *read_state(
	const char *dir, struct kept_lists *kept, struct err *err)
{
	bool without[NUM_SOURCES] = {false};
	for (;;) {
		size_t source;
		struct ctp_lists *lists = read_kept(dir, without, kept, &source, err);
		if (lists || source == NUM_SOURCES || err->code == CODE_STATE_UNSAFE ||
			err->code == CODE_OUT_OF_MEMORY) {
			return lists;
		}
		message("warning: the state folder %.150s cannot be used for %s's lists, "
			"only those in the program are: %s [%s]",
			dir, source_names[source], err->text, code_info(err->code)->name);
		err_clear(err);
		without[source] = true;
	}
}

struct ctp_lists *open_kept_lists(
	const struct options *options, struct kept_lists *out, struct err *err)
{
	struct stat info;
	kept_lists_init(out);
	if (options->log_lists.num > 0) {
		return read_named(options, out, err);
	}
	char *dir = state_dir(options, STATE_READING, NULL, err);
	if (dir && options->values[OPTION_STATE_DIR] && stat(dir, &info) != 0) {
		message("warning: there is no state folder %.200s (ctpolicy log-list "
			"refresh makes it)",
			dir);
	}
	struct ctp_lists *lists = dir ? read_state(dir, out, err) : NULL;
	free(dir);
	return lists;
}

struct ctp_lists *open_lists(const struct options *options, struct err *err)
{
	struct kept_lists kept;
	struct ctp_lists *lists = open_kept_lists(options, &kept, err);
	kept_lists_clear(&kept);
	return lists;
}

struct ctp_lists *open_policy_lists(
	const struct options *options, const struct ctp_request *request, struct err *err)
{
	const char *source;
	struct err why;
	err_clear(&why);
	struct ctp_lists *lists = open_lists(options, err);
	if (!lists || sources_choose(request, lists, &source, &why)) {
		return lists;
	}
	err_set(err, why.code, ERR_NO_OFFSET,
		"--log-list %.100s: %s; name that list too, or ask for another --policy",
		options->log_lists.num ? options->log_lists.values[0] : "", why.text);
	lists_unref(lists);
	return NULL;
}

bool choose_source(const struct options *options, const struct ctp_lists *lists,
	const char **out, struct err *err)
{
	size_t num;
	*out = lists_main_source(lists);
	if (!options->values[OPTION_SOURCE]) {
		return true;
	}
	return read_source(options, out, err) &&
		(lists_of(lists, *out, &num) ||
			err_set(err, CODE_LOG_LIST_MISSING, ERR_NO_OFFSET,
				"no list of %s's is at hand: get one with log-list "
				"refresh --source %s, or name one with --log-list",
				*out, *out));
}

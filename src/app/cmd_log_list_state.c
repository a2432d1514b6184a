// SPDX-License-Identifier: Apache-2.0
// ctpolicy log-list import | prune: what is kept, by hand.
#include <stdlib.h>
#include <sys/stat.h>

#include "app/clock.h"
#include "app/commands.h"
#include "app/files.h"
#include "app/stream.h"
#include "loglist/bundled.h"
#include "loglist/history.h"
#include "loglist/list_guard.h"
#include "loglist/loglist_json.h"
#include "report/report_lists.h"
#include "report/report_text.h"

// Importing into a history.

// Adds every file to the set; the message names the one that cannot be.
static bool add_files(
	const struct options *options, struct ctp_lists *lists, struct err *err)
{
	for (size_t i = 0; i < options->num_args; i++) {
		struct buffer file;
		buffer_init(&file, LISTS_MAX_FILE);
		bool done = stream_read_file(options->args[i], &file, err) &&
			lists_add_file(lists, buffer_bytes(&file), err);
		buffer_clear(&file);
		if (!done) {
			err_in_file(err, options->args[i]);
			message_err("", err);
			return false;
		}
	}
	if (!lists_freeze(lists, false, err)) {
		message_err("", err);
		return false;
	}
	return true;
}

static int import_into_history(const struct options *options)
{
	struct err err;
	int status = EXIT_LISTS;
	struct buffer out;
	err_clear(&err);
	const char *source = NULL;
	if (!read_source(options, &source, &err)) {
		return usage_error(&err);
	}
	struct ctp_lists *lists = lists_new(&err);
	if (!lists) {
		message_err("", &err);
		return EXIT_LISTS;
	}
	lists_expect(lists, options->values[OPTION_SOURCE] ? source : NULL);
	buffer_init(&out, REPORT_LISTS_MAX);
	if (add_files(options, lists, &err)) {
		if (history_write(lists, &out, &err)) {
			status = write_results(options, buffer_bytes(&out));
		} else {
			message_err("", &err);
		}
	}
	buffer_clear(&out);
	lists_unref(lists);
	return status;
}

// Importing into the state folder.

// A list as it was published.
static struct ctp_lists *read_list(
	const struct state *state, struct bytes text, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	if (lists) {
		lists_expect(lists, state->source);
	}
	if (lists && loglist_json_read(text, lists, err) &&
		lists_freeze(lists, true, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

// The list in hand that refreshes brought, which a later one would take the place of. NULL
// without `err`: there is none.
static struct ctp_lists *load_fetched(const struct state *state, struct err *err)
{
	const struct archive_entry *entry = archive_in_hand(&state->archive);
	struct ctp_lists *lists = NULL;
	struct buffer text;
	if (!entry || !entry->fetched_first_ms) {
		return NULL;
	}
	buffer_init(&text, LISTS_MAX_FILE);
	if (state_load(state, entry->sha256, &text, err)) {
		lists = read_list(state, buffer_bytes(&text), err);
	}
	buffer_clear(&text);
	return lists;
}

// May it be kept as one of the source's lists? One that is older than the list in hand is
// history, whatever it looks like; a later one would be in force.
static bool is_fit(const struct options *options, const struct loglist *list,
	const struct ctp_lists *in_hand, struct err *err)
{
	struct arena arena = {NULL, NULL};
	struct guard_doubts doubts;
	struct guard_question question = {.list = list, .now_ms = clock_now_ms()};
	if (in_hand && lists_compare(list, lists_at(in_hand, 0)) > 0) {
		question.in_hand = lists_at(in_hand, 0);
	}
	bool done = read_source(options, &question.source, err) &&
		(list_guard(&question, &arena, &doubts) || err_no_memory(err));
	enum guard_weight limit =
		options->values[OPTION_FORCE] ? GUARD_UNUSABLE : GUARD_REFUSED;
	for (size_t i = 0; done && i < doubts.num; i++) {
		if (doubts.items[i].weight >= limit) {
			done = err_set(err, doubts.items[i].code, ERR_NO_OFFSET, "%s%s",
				doubts.items[i].text,
				doubts.items[i].weight == GUARD_REFUSED
					? " If that is right: --force"
					: "");
		}
	}
	arena_clear(&arena);
	return done;
}

static bool import_list(const struct options *options, struct state *state,
	const struct ctp_lists *in_hand, struct bytes text, struct err *err)
{
	if (history_recognize(text)) {
		return err_set(err, CODE_LOG_LIST_INVALID, ERR_NO_OFFSET,
			"a history has no list as it was published, which the state "
			"folder keeps; name the lists themselves, or write a history "
			"with --output FILE");
	}
	struct ctp_lists *lists = read_list(state, text, err);
	const struct loglist *list = lists ? lists_at(lists, 0) : NULL;
	bool done = lists && is_fit(options, list, in_hand, err);
	if (done && !archive_find(&state->archive, list->sha256)) {
		struct archive_entry entry = archive_entry_of(list, TAKEN_IMPORTED);
		done = state_put(state, &entry, text, err);
	}
	lists_unref(lists);
	return done;
}

static bool import_each(const struct options *options, struct state *state,
	const struct ctp_lists *in_hand, struct err *err)
{
	for (size_t i = 0; i < options->num_args; i++) {
		struct buffer file;
		buffer_init(&file, LISTS_MAX_FILE);
		bool done = stream_read_file(options->args[i], &file, err) &&
			import_list(options, state, in_hand, buffer_bytes(&file), err);
		buffer_clear(&file);
		if (!done) {
			return err_in_file(err, options->args[i]);
		}
	}
	return true;
}

// All of them or none: nothing counts before it is committed.
static bool import_files(
	const struct options *options, struct state *state, struct err *err)
{
	struct ctp_lists *in_hand = load_fetched(state, err);
	bool done = err->code == CODE_NONE && import_each(options, state, in_hand, err);
	lists_unref(in_hand);
	if (done) {
		state_choose_in_hand(state);
		done = state_commit(state, err);
	}
	if (!done) {
		message_err("", err);
	}
	return done;
}

static void say_imported(const struct state *state, size_t num_before)
{
	size_t num = state->archive.num_entries - num_before;
	const struct archive_entry *entry = archive_in_hand(&state->archive);
	message("%zu list%s imported, %zu kept now, in %.200s; in hand: %s", num,
		num == 1 ? "" : "s", state->archive.num_entries, state->path,
		entry ? entry->version : "none");
}

// The state folder, open for writing; said why where it is not.
static bool open_state(const struct options *options, struct state *out, struct err *err)
{
	const char *source = NULL;
	char *dir = read_source(options, &source, err)
		? state_dir(options, STATE_WRITING, source, err)
		: NULL;
	(void)umask(022); // readers are others
	bool done = dir && state_open(dir, source, out, err);
	if (!done) {
		message_err("", err);
	}
	free(dir);
	return done;
}

static int import_into_state(const struct options *options)
{
	struct err err;
	struct state state = {.lock = -1};
	int status = EXIT_LISTS;
	err_clear(&err);
	if (open_state(options, &state, &err)) {
		size_t before = state.archive.num_entries;
		if (import_files(options, &state, &err)) {
			say_imported(&state, before);
			status = EXIT_PASS;
		}
	}
	state_close(&state);
	return err.code == CODE_BAD_OPTION ? EXIT_USAGE : status;
}

static int run_import(const struct options *options)
{
	if (options->num_args == 0) {
		message("name the lists to import (see: ctpolicy log-list import "
			"--help)");
		return EXIT_USAGE;
	}
	return options->values[OPTION_OUTPUT] ? import_into_history(options)
					      : import_into_state(options);
}

// Pruning.

#define MAX_KEEP_DAYS 36500

// The oldest entry that a time of check from `from_ms` on could need: the one in force
// then. Those in the program do not matter: they are there whatever is removed.
static size_t first_needed(const struct archive *archive, int64_t from_ms)
{
	size_t first = 0;
	for (size_t i = 0; i < archive->num_entries; i++) {
		if (archive->entries[i].published_ms <= from_ms) {
			first = i;
		}
	}
	return first;
}

static void put_removed(const struct archive_entry *entry, struct buffer *out)
{
	buffer_printf(
		out, "removed: %s log list %s, published ", entry->name, entry->version);
	report_put_day(out, entry->published_ms);
	buffer_put_char(out, '\n');
}

// The index forgets them first: what is interrupted then is only in the way.
static bool prune(
	struct state *state, int64_t from_ms, struct buffer *out, struct err *err)
{
	struct archive *archive = &state->archive;
	size_t num = first_needed(archive, from_ms);
	uint8_t(*gone)[DIGEST_SHA256_LEN] = calloc(num + 1, sizeof(*gone));
	size_t num_gone = 0;
	if (!gone) {
		return err_no_memory(err);
	}
	for (size_t i = num; i-- > 0;) {
		const struct archive_entry *entry = &archive->entries[i];
		if (entry != archive_in_hand(archive)) {
			put_removed(entry, out);
			memcpy(gone[num_gone++], entry->sha256, sizeof(gone[0]));
			archive_remove(archive, gone[num_gone - 1]);
		}
	}
	state->has_new_lists = state->has_new_lists || num_gone > 0;
	bool done = state_commit(state, err);
	for (size_t i = 0; i < num_gone && done; i++) {
		done = state_remove(state, gone[i], err);
	}
	free(gone);
	return done;
}

static int run_prune(const struct options *options)
{
	struct err err;
	struct state state = {.lock = -1};
	struct buffer out;
	uint64_t days = 0;
	const char *text = options->values[OPTION_KEEP_DAYS];
	err_clear(&err);
	if (!text || !read_number(bytes_of_text(text), &days) || days > MAX_KEEP_DAYS) {
		err_set(&err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"say how many days of --at shall stay possible: --keep-days N, 0 "
			"to %d",
			MAX_KEEP_DAYS);
		return usage_error(&err);
	}
	if (options->num_args > 0) {
		message("log-list prune takes no file name");
		return EXIT_USAGE;
	}
	int status = EXIT_LISTS;
	buffer_init(&out, REPORT_LISTS_MAX);
	if (open_state(options, &state, &err)) {
		int64_t from_ms = clock_now_ms() - (int64_t)days * DATETIME_DAY_MS;
		if (prune(&state, from_ms, &out, &err)) {
			status = write_buffer(options, &out);
		} else {
			message_err("", &err);
		}
	}
	buffer_clear(&out);
	state_close(&state);
	return err.code == CODE_BAD_OPTION ? EXIT_USAGE : status;
}

const struct command command_log_list_import = {
	.name = "log-list import",
	.summary = "keep lists that are at hand, or make a history of them",
	.arguments = "[options] FILE...",
	.text = "Takes log lists (JSON, also gzip) into the state folder: all of them, or\n"
		"none where one cannot be read. With --output it writes one history of\n"
		"them instead, and of histories: every fact once, then its changes list by\n"
		"list. The same lists in any order give the same bytes.\n",
	.examples = "  ctpolicy log-list import lists/*.json\n"
		    "  ctpolicy log-list import lists/*.json --output apple.history\n"
		    "  ctpolicy log-list import apple.history new.json --output "
		    "apple.history\n",
	.options = OPTIONS(OPTION_STATE_DIR, OPTION_SOURCE, OPTION_FORCE, OPTION_OUTPUT),
	.run = run_import,
};

const struct command command_log_list_prune = {
	.name = "log-list prune",
	.summary = "remove lists that no time of check needs any more",
	.arguments = "--keep-days N [options]",
	.text = "Removes lists from the state folder that no --at in the last N days could\n"
		"need, and says which. The one in force N days ago stays, and the one in\n"
		"hand always does. With --client-age, add those days to N.\n",
	.examples = "  ctpolicy log-list prune --keep-days 1826\n",
	.options =
		OPTIONS(OPTION_STATE_DIR, OPTION_SOURCE, OPTION_KEEP_DAYS, OPTION_OUTPUT),
	.run = run_prune,
};

// SPDX-License-Identifier: Apache-2.0
// ctpolicy log-list diff | history: what changed between two lists, and about one log.
#include <unistd.h>

#include "app/commands.h"
#include "app/files.h"
#include "app/stream.h"
#include "base/datetime.h"
#include "base/text.h"
#include "loglist/bundled.h"
#include "loglist/history.h"
#include "report/report_diff.h"
#include "report/report_lists.h"

// Candidates that a message names, of versions and of logs.
#define MAX_LISTS_NAMED 6
#define MAX_LOGS_NAMED 20
// Hex digits of a list's hash that are enough to ask for it, and those that messages show.
#define MIN_HASH_DIGITS 6
#define HASH_DIGITS_SHOWN 8

static int fail(const struct err *err)
{
	message_err("", err);
	return err->code == CODE_BAD_OPTION ? EXIT_USAGE : EXIT_LISTS;
}

static int write_report(const struct options *options, struct buffer *out)
{
	int status = EXIT_INPUT;
	if (out->failed) {
		message("out of memory");
	} else {
		status = write_results(options, buffer_bytes(out));
	}
	buffer_clear(out);
	return status;
}

// The lists of one source, oldest first.
struct history {
	const struct ctp_lists *set;
	const char *source;
	const struct loglist *lists;
	size_t num;
};

static bool open_history(const struct options *options, const struct ctp_lists *set,
	struct history *out, struct err *err)
{
	out->set = set;
	if (!choose_source(options, set, &out->source, err)) {
		return false;
	}
	out->lists = lists_of(set, out->source, &out->num);
	return true;
}

// Choosing a list by a word: a version, the beginning of its hash, a time, or a file.

struct chosen {
	const struct loglist *list;
	struct ctp_lists *own; // of a file; NULL: the list is lent
};

static bool has_version(const struct loglist *list, const char *word)
{
	return word[0] && strcmp(list->version, word) == 0;
}

static bool has_hash(const struct loglist *list, const char *word)
{
	char hex[2 * sizeof(list->sha256) + 1];
	size_t len = strlen(word);
	text_hex(bytes_of(list->sha256, sizeof(list->sha256)), hex);
	for (size_t i = 0; i < len; i++) {
		char digit = word[i] >= 'A' && word[i] <= 'F' ? (char)(word[i] | 0x20)
							      : word[i];
		if (i >= sizeof(hex) - 1 || hex[i] != digit) {
			return false;
		}
	}
	return len >= MIN_HASH_DIGITS;
}

static void add_list_name(const struct loglist *list, const char *before, struct err *err)
{
	char hash[2 * sizeof(list->sha256) + 1];
	char day[DATETIME_ROOM];
	text_hex(bytes_of(list->sha256, sizeof(list->sha256)), hash);
	datetime_format_ms(list->published_ms, day);
	err_add(err, "%s%.*s (%.10s)", before, HASH_DIGITS_SHOWN, hash, day);
}

// The only list that `has` finds; *out stays NULL where there is none. False where there are
// several, with their hashes in `err`.
static bool find_only(const struct history *history, const char *word,
	bool (*has)(const struct loglist *, const char *), const struct loglist **out,
	struct err *err)
{
	size_t num = 0;
	for (size_t i = 0; i < history->num; i++) {
		const struct loglist *list = &history->lists[i];
		if (has(list, word)) {
			*out = list;
			num++;
		}
	}
	if (num < 2) {
		return true;
	}
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"\"%.40s\" is %zu lists; give the beginning of the SHA-256 of one:", word,
		num);
	size_t num_named = 0;
	for (size_t i = 0; i < history->num && num_named < MAX_LISTS_NAMED; i++) {
		const struct loglist *list = &history->lists[i];
		if (has(list, word)) {
			add_list_name(list, num_named++ ? ", " : " ", err);
		}
	}
	return false;
}

// The list in force then; no list is taken back to an earlier time here.
static bool find_time(const struct history *history, int64_t at_ms,
	const struct loglist **out, struct err *err)
{
	enum lists_basis basis;
	const struct loglist *list =
		lists_in_force(history->set, history->source, at_ms, &basis);
	if (basis != BASIS_EXTRAPOLATED) {
		*out = list;
		return true;
	}
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"no list is known from so early; the oldest is");
	add_list_name(&history->lists[0], " ", err);
	return false;
}

static bool read_list_file(const char *path, struct chosen *out, struct err *err)
{
	struct buffer file;
	bool done = false;
	buffer_init(&file, LISTS_MAX_FILE);
	if (!stream_read_file(path, &file, err)) {
		done = false;
	} else if (history_recognize(buffer_bytes(&file))) {
		err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"%.100s is a history of many lists; give it with --log-list, and "
			"name two of its lists",
			path);
	} else {
		out->own = lists_from_file(buffer_bytes(&file), err);
		done = out->own != NULL || err_in_file(err, path);
	}
	buffer_clear(&file);
	out->list = done ? lists_at(out->own, 0) : NULL;
	return done;
}

static bool looks_like_path(const char *word)
{
	return strcmp(word, "-") == 0 || strpbrk(word, "/.") || access(word, F_OK) == 0;
}

// The versions on both sides of a number.
static void add_nearest(const struct history *history, uint64_t number, struct err *err)
{
	const struct loglist *below = NULL;
	const struct loglist *above = NULL;
	for (size_t i = 0; i < history->num; i++) {
		const struct loglist *list = &history->lists[i];
		uint64_t version;
		if (!read_number(bytes_of_text(list->version), &version)) {
			continue;
		}
		if (version < number) {
			below = list;
		} else if (version > number && !above) {
			above = list;
		}
	}
	if (below || above) {
		err_add(err, "; the nearest %s %.20s%s%.20s",
			below && above ? "are" : "is",
			below ? below->version : above->version,
			below && above ? " and " : "",
			below && above ? above->version : "");
	}
}

static bool no_such_list(const struct history *history, const char *word, struct err *err)
{
	uint64_t number;
	if (read_number(bytes_of_text(word), &number)) {
		err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"no list has the version %.40s", word);
		add_nearest(history, number, err);
		return false;
	}
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"\"%.40s\" is no list; name a version (%.20s), 6 or more hex digits of a "
		"SHA-256, a day or time, or a file",
		word, history->lists[history->num - 1].version);
}

static bool choose_list(const struct history *history, const char *word,
	struct chosen *out, struct err *err)
{
	struct err unused;
	int64_t at_ms;
	err_clear(&unused);
	if (!find_only(history, word, has_version, &out->list, err)) {
		return false;
	}
	if (!out->list && !find_only(history, word, has_hash, &out->list, err)) {
		return false;
	}
	if (out->list) {
		return true;
	}
	if (read_time(word, "at", &at_ms, &unused)) {
		return find_time(history, at_ms, &out->list, err);
	}
	return looks_like_path(word) ? read_list_file(word, out, err)
				     : no_such_list(history, word, err);
}

// The two lists: default the last two, and the newest as the second one. After a going back
// that is the last change: from the newest to the one in force.
static bool choose_lists(const struct options *options, const struct ctp_lists *set,
	struct chosen chosen[2], struct err *err)
{
	struct history lists;
	enum lists_basis basis;
	if (!open_history(options, set, &lists, err)) {
		return false;
	}
	const struct loglist *newest = &lists.lists[lists.num - 1];
	const struct loglist *last = lists_in_force(set, lists.source, INT64_MAX, &basis);
	if (options->num_args == 0 && lists.num < 2) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"there is only one list to show a difference of; name another");
	}
	if (options->num_args == 0) {
		chosen[0].list = last == newest ? newest - 1 : newest;
	} else if (!choose_list(&lists, options->args[0], &chosen[0], err)) {
		return false;
	}
	if (options->num_args < 2) {
		chosen[1].list = last;
		return true;
	}
	return choose_list(&lists, options->args[1], &chosen[1], err);
}

static int write_diff(
	const struct options *options, const char *format, const struct chosen chosen[2])
{
	struct err err;
	struct arena arena = {NULL, NULL};
	struct list_diff diff;
	struct buffer out;
	err_clear(&err);
	if (!list_diff_make(chosen[0].list, chosen[1].list, &arena, &diff, &err)) {
		arena_clear(&arena);
		return fail(&err);
	}
	buffer_init(&out, REPORT_LISTS_MAX);
	if (strcmp(format, "json") == 0) {
		report_diff_json(&diff, &out);
	} else {
		report_diff_text(&diff, &out);
	}
	arena_clear(&arena);
	return write_report(options, &out);
}

static int run_diff(const struct options *options)
{
	struct err err;
	struct chosen chosen[2] = {{NULL, NULL}, {NULL, NULL}};
	err_clear(&err);
	const char *format = read_format(options, &err);
	if (!format) {
		return fail(&err);
	}
	if (options->num_args > 2) {
		message("log-list diff compares two lists (see: ctpolicy log-list diff "
			"--help)");
		return EXIT_USAGE;
	}
	struct ctp_lists *lists = open_lists(options, &err);
	if (!lists) {
		return fail(&err);
	}
	int status = choose_lists(options, lists, chosen, &err)
		? write_diff(options, format, chosen)
		: fail(&err);
	lists_unref(chosen[0].own);
	lists_unref(chosen[1].own);
	lists_unref(lists);
	return status;
}

// The history of one log.

static int name_candidates(const char *word, const struct ct_log **logs, size_t num)
{
	struct err err;
	err_clear(&err);
	if (num == 0) {
		err_set(&err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"no log \"%.60s\" in any list; give a part of its description or "
			"URL, or 6 or more letters of its id (see: ctpolicy log-list "
			"show)",
			word);
		return fail(&err);
	}
	err_set(&err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"\"%.60s\" may be %zu logs; give one's id, or more of its name", word,
		num);
	int status = fail(&err);
	for (size_t i = 0; i < num && i < MAX_LOGS_NAMED; i++) {
		char id[TEXT_BASE64_ROOM(LOG_ID_LEN)];
		const char *name = logs[i]->text[LOG_DESCRIPTION];
		text_base64(bytes_of(logs[i]->id, LOG_ID_LEN), id);
		message("  %.12s  %.200s", id, name ? name : "(no description)");
	}
	if (num > MAX_LOGS_NAMED) {
		message("  and %zu more", num - MAX_LOGS_NAMED);
	}
	return status;
}

static int write_history(const struct options *options, const char *format,
	const struct ctp_lists *set, struct arena *arena)
{
	struct err err;
	struct history lists;
	struct log_history history;
	const struct ct_log **logs = NULL;
	size_t num = 0;
	err_clear(&err);
	const char *word = options->args[0];
	if (!open_history(options, set, &lists, &err) ||
		!log_history_find(set, lists.source, bytes_of_text(word), arena, &logs,
			&num, &err)) {
		return fail(&err);
	}
	if (num != 1) {
		return name_candidates(word, logs, num);
	}
	if (!log_history_make(set, lists.source, logs[0]->id, arena, &history, &err)) {
		return fail(&err);
	}
	struct buffer out;
	buffer_init(&out, REPORT_LISTS_MAX);
	if (strcmp(format, "json") == 0) {
		report_log_history_json(&history, lists.num, &out);
	} else {
		report_log_history_text(&history, lists.num, &out);
	}
	return write_report(options, &out);
}

static int run_history(const struct options *options)
{
	struct err err;
	struct arena arena = {NULL, NULL};
	err_clear(&err);
	const char *format = read_format(options, &err);
	if (!format) {
		return fail(&err);
	}
	if (options->num_args != 1) {
		message("log-list history takes one log: its id, or a part of its "
			"description or URL");
		return EXIT_USAGE;
	}
	struct ctp_lists *lists = open_lists(options, &err);
	if (!lists) {
		return fail(&err);
	}
	int status = write_history(options, format, lists, &arena);
	arena_clear(&arena);
	lists_unref(lists);
	return status;
}

static const char *const formats[] = {"text", "json", NULL};

const struct command command_log_list_diff = {
	.name = "log-list diff",
	.summary = "what changed between two lists, and what it means",
	.arguments = "[options] [A] [B]",
	.text = "Shows the logs, states, operators and intervals that differ from list A "
		"to\n"
		"list B, and what that means for certificates. Without B: from A to the\n"
		"newest list; without A: between the last two.\n\n"
		"A list is named by its version (511), by 6 or more hex digits of its\n"
		"SHA-256, by a time (the list in force then), or by a file (./511.json).\n"
		"The exit status is 0 whether or not they differ.\n",
	.examples = "  ctpolicy log-list diff\n"
		    "  ctpolicy log-list diff 497 511\n"
		    "  ctpolicy log-list diff 2025-01-01 now\n"
		    "  ctpolicy log-list diff 511 ./new.json --format json | jq "
		    ".meaning\n",
	.formats = formats,
	.options = OPTIONS(OPTION_SOURCE, OPTION_LOG_LIST, OPTION_STATE_DIR,
		OPTION_FORMAT, OPTION_OUTPUT),
	.run = run_diff,
};

const struct command command_log_list_history = {
	.name = "log-list history",
	.summary = "one log's states over all lists",
	.arguments = "[options] LOG",
	.text = "Shows what each list said of one log that the list before did not say:\n"
		"its state and since when, its operator, its temporal interval.\n\n"
		"LOG is its id (hex or base64, or 6 or more letters of the beginning), "
		"or a\npart of its description or URL; letter case and blanks are ignored.\n",
	.examples = "  ctpolicy log-list history argon2024\n"
		    "  ctpolicy log-list history \"Google 'Xenon 2025H2' log\"\n"
		    "  ctpolicy log-list history 7s3QZNXbGs7F --format json\n",
	.formats = formats,
	.options = OPTIONS(OPTION_SOURCE, OPTION_LOG_LIST, OPTION_STATE_DIR,
		OPTION_FORMAT, OPTION_OUTPUT),
	.run = run_history,
};

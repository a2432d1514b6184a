// SPDX-License-Identifier: Apache-2.0
// ctpolicy log-list refresh | verify: a list from outside, taken or only looked at.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/fetch.h"
#include "app/files.h"
#include "app/hook.h"
#include "app/refresh.h"
#include "app/refresh_sources.h"
#include "app/stop.h"
#include "base/text.h"
#include "loglist/list_diff.h"
#include "loglist/list_signature.h"
#include "report/report_diff.h"
#include "report/report_lists.h"
#include "report/report_text.h"

static bool read_timeout(const struct options *options, int64_t *out_ms, struct err *err)
{
	const char *text = options->values[OPTION_TIMEOUT];
	uint64_t seconds = 0;
	*out_ms = FETCH_DEFAULT_TIMEOUT_MS;
	if (!text) {
		return true;
	}
	if (!read_number(bytes_of_text(text), &seconds) || seconds < 1 ||
		seconds > FETCH_MAX_TIMEOUT_MS / 1000) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--timeout %.40s: seconds, 1 to %d", text,
			(int)(FETCH_MAX_TIMEOUT_MS / 1000));
	}
	*out_ms = (int64_t)seconds * 1000;
	return true;
}

// The places of one source: "mozilla=https://..." where several are asked for.
static bool read_places(const struct options *options, const struct sources *sources,
	struct places *places, struct refresh_request *out, struct err *err)
{
	out->from_stdin = options->values[OPTION_FROM_STDIN] != NULL;
	out->urls = places->urls;
	out->num_urls = sources_places(options, sources, out->source, places->urls);
	if (out->from_stdin && options->urls.num > 0) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--from-stdin and --url: the list comes from one of them");
	}
	if (!out->from_stdin && out->num_urls == 0) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"nobody publishes a list of %s at an address of its own; name "
			"yours with --url",
			out->source);
	}
	return true;
}

static bool read_request(const struct options *options, enum state_use use,
	const char *source, struct refresh_request *out, struct err *err)
{
	*out = (struct refresh_request){.source = source,
		.signature = options->values[OPTION_SIGNATURE],
		.public_key = options->values[OPTION_PUBLIC_KEY],
		.cacert = options->values[OPTION_CACERT],
		.force = options->values[OPTION_FORCE] != NULL};
	if (!read_timeout(options, &out->timeout_ms, err)) {
		return false;
	}
	if (!source_at(source_index(source))->key &&
		!out->signature != !out->public_key) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--signature and --public-key need each other");
	}
	out->state_dir = state_dir(options, use, out->source, err);
	return out->state_dir != NULL;
}

// What is said.

static void say_doubts(const struct refresh *refresh)
{
	for (size_t i = 0; i < refresh->doubts.num; i++) {
		const struct guard_doubt *doubt = &refresh->doubts.items[i];
		message("%s: %s [%s]",
			doubt->weight == GUARD_WARNING ? "warning" : "taken all the same",
			doubt->text, code_info(doubt->code)->name);
	}
	if (refresh->doubts.num_more) {
		message("warning: and %zu more like these", refresh->doubts.num_more);
	}
}

// "apple log list 511, published 2026-03-30"
static void put_name(const struct loglist *list, struct buffer *out)
{
	buffer_printf(out, "%s log list", list->name);
	report_put_version(out, list);
	buffer_put_text(out, ", published ");
	report_put_day(out, list->published_ms);
}

// A list that is kept may be older than the program's own, as after an update of the program;
// which a clock that stands before its publication does not know yet.
static bool is_in_force(const struct refresh *refresh)
{
	const struct loglist *bundled = lists_newest(refresh->bundled, NULL);
	return refresh->is_pinned || !bundled || bundled->published_ms > refresh->at_ms ||
		lists_compare(lists_newest(refresh->after, NULL), bundled) >= 0;
}

static void put_what_stays(const struct refresh *refresh, struct buffer *out)
{
	if (!refresh->is_open) {
		buffer_put_text(out, "; nothing was changed");
		return;
	}
	if (!refresh->after) {
		buffer_put_text(out,
			"; no list is in the state folder yet: the one in the program "
			"stays in force");
		return;
	}
	if (is_in_force(refresh)) {
		buffer_put_text(out, "; the ");
		put_name(lists_newest(refresh->after, NULL), out);
		buffer_put_text(out, ", stays in force");
	} else {
		buffer_put_text(out,
			"; the one in the program stays in force, being newer than the ");
		put_name(lists_newest(refresh->after, NULL), out);
	}
	if (refresh->num_failing > 1) {
		char since[DATETIME_ROOM];
		datetime_format_ms(refresh->failing_since_ms, since);
		buffer_printf(out, " (%lld refreshes in a row failed, since %.10s)",
			(long long)refresh->num_failing, since);
	}
}

// A line each place that gave nothing; where all of them did, the last one says what stays.
static void say_failures(const struct refresh *refresh)
{
	bool failed = refresh->outcome == REFRESH_FAILED;
	for (size_t i = 0; i < refresh->num_failures; i++) {
		const struct err *err = &refresh->failures[i];
		struct buffer stays;
		buffer_init(&stays, 1024);
		if (failed && i + 1 == refresh->num_failures) {
			put_what_stays(refresh, &stays);
		}
		message("%s: %s%s%s%.*s [%s]",
			failed ? "refresh failed" : "warning: the next place was asked",
			err->field, err->field[0] ? ": " : "", err->text, (int)stays.len,
			stays.data ? (const char *)stays.data : "",
			code_info(err->code)->name);
		buffer_clear(&stays);
	}
}

// What changed, as text to the results and as JSON to the hook.

static void put_taken(const struct refresh *refresh, struct buffer *out)
{
	buffer_put_text(
		out, refresh->taken == TAKEN_FORCED ? "Taken by force: " : "Taken: ");
	put_name(lists_newest(refresh->after, NULL), out);
	buffer_put_text(out, ", from ");
	text_put_escaped(out, bytes_of_text(refresh->from));
	buffer_put_text(out,
		refresh->is_pinned
			? ".\nIt is older than others that are known, and in force from now on "
			  "all the same.\n"
			: ".\n");
}

static int write_change(const struct options *options, const struct refresh *refresh,
	const struct list_diff *diff)
{
	struct buffer text;
	buffer_init(&text, REPORT_LISTS_MAX);
	put_taken(refresh, &text);
	if (diff) {
		buffer_put_char(&text, '\n');
		report_diff_text(diff, &text);
	}
	return write_buffer(options, &text);
}

static void run_hook(
	const struct options *options, const struct list_diff *diff, struct err *err)
{
	struct buffer json;
	const char *hook = options->values[OPTION_HOOK];
	if (!hook || !diff) {
		return;
	}
	buffer_init(&json, REPORT_LISTS_MAX);
	report_diff_json(diff, &json);
	if (json.failed) {
		err_no_memory(err);
	} else {
		(void)hook_run(hook, buffer_bytes(&json), err);
	}
	buffer_clear(&json);
}

// The list is taken by now, whatever becomes of the report.
static int report_change(const struct options *options, const struct refresh *refresh)
{
	struct arena arena = {NULL, NULL};
	struct list_diff diff;
	struct err err;
	err_clear(&err);
	const struct loglist *before =
		lists_newest(refresh->before ? refresh->before : refresh->bundled, NULL);
	// A first list that is older than the program's is not in force (POLICY.md 3).
	bool has_diff = before &&
		(refresh->before || refresh->is_pinned ||
			lists_newest(refresh->after, NULL)->published_ms >=
				before->published_ms) &&
		list_diff_make(
			before, lists_newest(refresh->after, NULL), &arena, &diff, &err);
	int status = write_change(options, refresh, has_diff ? &diff : NULL);
	run_hook(options, has_diff ? &diff : NULL, &err);
	if (err.code != CODE_NONE) {
		message_err("warning: the list is taken, but", &err);
	}
	arena_clear(&arena);
	return err.code == CODE_OUT_OF_MEMORY ? (int)EXIT_INPUT : status;
}

static int report_unchanged(const struct refresh *refresh)
{
	struct buffer line;
	if (!isatty(STDOUT_FILENO)) {
		return EXIT_PASS; // cron shall have nothing to mail
	}
	buffer_init(&line, 1024);
	buffer_put_text(&line, "Nothing new: the ");
	put_name(lists_newest(refresh->after, NULL), &line);
	(void)printf("%.*s, is still the present one.\n", (int)line.len,
		(const char *)line.data);
	buffer_clear(&line);
	return EXIT_PASS;
}

static int report_outcome(const struct options *options, const struct refresh *refresh)
{
	say_failures(refresh);
	switch (refresh->outcome) {
	case REFRESH_TAKEN:
		say_doubts(refresh);
		return report_change(options, refresh);
	case REFRESH_UNCHANGED:
		return report_unchanged(refresh);
	case REFRESH_FAILED:
		break;
	}
	return EXIT_LISTS;
}

static int report(const struct options *options, const struct refresh *refresh)
{
	int status = report_outcome(options, refresh);
	if (refresh->unsure.code == CODE_NONE) {
		return status;
	}
	message("the state folder is up to date, but may not be after a power cut: %s; look "
		"after the disk, and refresh again [%s]",
		refresh->unsure.text, code_info(refresh->unsure.code)->name);
	return EXIT_LISTS;
}

// What is about one list, and several were asked for.
static bool check_several(
	const struct options *options, const struct sources *sources, struct err *err)
{
	static const enum option single[] = {
		OPTION_FROM_STDIN, OPTION_SIGNATURE, OPTION_PUBLIC_KEY, OPTION_OUTPUT};
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]) && sources->num > 1;
		i++) {
		if (options->values[single[i]]) {
			return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				"--%s is about one list; name one --source with it",
				option_name(single[i]));
		}
	}
	return sources_check_places(options, sources, err);
}

static int refresh_one(
	const struct options *options, const struct refresh_request *request)
{
	struct refresh refresh;
	refresh_run(request, &refresh);
	int status = report(options, &refresh);
	refresh_clear(&refresh);
	return status;
}

static bool read_requests(const struct options *options, const struct sources *sources,
	struct places places[NUM_SOURCES], struct refresh_request requests[NUM_SOURCES],
	struct err *err)
{
	bool done = check_several(options, sources, err) &&
		output_check(options->values[OPTION_OUTPUT], err);
	for (size_t i = 0; i < sources->num && done; i++) {
		done = read_request(options, STATE_WRITING, sources->names[i],
			       &requests[i], err) &&
			read_places(options, sources, &places[i], &requests[i], err);
	}
	return done;
}

static int run_refresh(const struct options *options)
{
	struct err err;
	struct sources sources;
	struct places places[NUM_SOURCES];
	struct refresh_request requests[NUM_SOURCES] = {{.state_dir = NULL}};
	int status = EXIT_PASS;
	err_clear(&err);
	if (options->num_args > 0) {
		message("log-list refresh takes no file name; name a file with --url FILE");
		return EXIT_USAGE;
	}
	if (!sources_read(options, &sources, &err) ||
		!read_requests(options, &sources, places, requests, &err)) {
		(void)usage_error(&err);
		status = err.code == CODE_OUTPUT_FAILED ? EXIT_INPUT : EXIT_USAGE;
	} else {
		(void)umask(022); // readers are others
		stop_watch();
		for (size_t i = 0; i < sources.num; i++) {
			status = (int)exit_worse((enum exit_status)status,
				(enum exit_status)refresh_one(options, &requests[i]));
		}
	}
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		free(requests[i].state_dir);
	}
	return status;
}

// Verifying.

// Taken, and yet no verdict of today would be by it.
static bool stays_out(const struct refresh *refresh)
{
	for (size_t i = 0; i < refresh->doubts.num; i++) {
		if (refresh->doubts.items[i].code == CODE_LOG_LIST_OLDER_THAN_BUNDLED) {
			return true;
		}
	}
	return false;
}

static int report_verified(
	const struct options *options, const struct refresh *refresh, bool force)
{
	struct buffer text;
	const struct loglist *list = lists_newest(refresh->after, NULL);
	bool is_fit = refresh->doubts.worst < (force ? GUARD_UNUSABLE : GUARD_REFUSED);
	buffer_init(&text, 4096);
	put_name(list, &text);
	buffer_printf(&text, ": %zu logs of %zu operators, %s%s\n", list->num_logs,
		list->num_operators, is_fit ? "would be taken" : "would be refused",
		is_fit && stays_out(refresh)
			? ", and stay out of force: the one in the program is later"
			: "");
	for (size_t i = 0; i < refresh->doubts.num; i++) {
		const struct guard_doubt *doubt = &refresh->doubts.items[i];
		message("%s: %s [%s]",
			doubt->weight == GUARD_WARNING ? "warning" : "refused",
			doubt->text, code_info(doubt->code)->name);
	}
	int status = write_buffer(options, &text);
	return status != EXIT_PASS ? status : is_fit ? EXIT_PASS : EXIT_LISTS;
}

static int run_verify(const struct options *options)
{
	struct err err;
	struct refresh refresh;
	struct refresh_request request = {.state_dir = NULL};
	const char *source;
	err_clear(&err);
	if (options->num_args != 1) {
		message("name one list to verify (see: ctpolicy log-list verify --help)");
		return EXIT_USAGE;
	}
	if (!read_source(options, &source, &err) ||
		!read_request(options, STATE_READING, source, &request, &err)) {
		free(request.state_dir);
		return usage_error(&err);
	}
	const char *place = options->args[0];
	request.urls = &place;
	request.num_urls = 1;
	request.from_stdin = strcmp(place, "-") == 0;
	int status = EXIT_LISTS;
	if (refresh_verify(&request, &refresh)) {
		status = report_verified(options, &refresh, request.force);
	} else {
		err_in_file(&refresh.failures[0], refresh.from);
		message_err("", &refresh.failures[0]);
	}
	refresh_clear(&refresh);
	free(request.state_dir);
	return status;
}

const struct command command_log_list_refresh = {
	.name = "log-list refresh",
	.summary = "fetch the log list, check it, and keep it",
	.arguments = "[options]",
	.text = "Fetches the log list, believes nothing of it, and takes it into the state\n"
		"folder, where every version is kept. Whatever goes wrong, the last good\n"
		"list stays in force (exit status 4). Prints what changed; nothing where\n"
		"nothing did.\n",
	.examples = "  ctpolicy log-list refresh\n"
		    "  ctpolicy log-list refresh --source all\n"
		    "  ctpolicy log-list refresh --source apple,mozilla \\\n"
		    "    --url mozilla=https://a.example/list.json\n"
		    "  ctpolicy log-list refresh --url https://a.example/list.json "
		    "--url list.json\n"
		    "  ctpolicy log-list refresh --hook /usr/local/bin/tell-the-team\n",
	.options = OPTIONS(OPTION_STATE_DIR, OPTION_SOURCE, OPTION_URL, OPTION_FROM_STDIN,
		OPTION_TIMEOUT, OPTION_CACERT, OPTION_SIGNATURE, OPTION_PUBLIC_KEY,
		OPTION_HOOK, OPTION_FORCE, OPTION_OUTPUT),
	.run = run_refresh,
};

const struct command command_log_list_verify = {
	.name = "log-list verify",
	.summary = "would refresh take this list? without taking it",
	.arguments = "[options] FILE",
	.text = "Checks a list as refresh does, against the one in hand, and takes "
		"nothing.\nExit status 0: refresh would take it; 4: it would not.\n",
	.examples =
		"  ctpolicy log-list verify new.json\n"
		"  ctpolicy log-list verify --source chrome all_logs_list.json \\\n"
		"    --signature all_logs_list.sig --public-key log_list_pubkey.pem\n",
	.options = OPTIONS(OPTION_STATE_DIR, OPTION_SOURCE, OPTION_TIMEOUT, OPTION_CACERT,
		OPTION_SIGNATURE, OPTION_PUBLIC_KEY, OPTION_FORCE, OPTION_OUTPUT),
	.run = run_verify,
};

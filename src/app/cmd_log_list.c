// SPDX-License-Identifier: Apache-2.0
// ctpolicy log-list show | import | export: log lists as files and as history.
#include "app/commands.h"
#include "app/files.h"
#include "base/datetime.h"
#include "loglist/bundled.h"
#include "loglist/history.h"
#include "loglist/loglist_json.h"
#include "report/report_lists.h"

static int usage_error(const struct err *err)
{
	message_err("", err);
	return EXIT_USAGE;
}

static bool read_selection(
	const struct options *options, struct lists_selection *out, struct err *err)
{
	const char *state = options->values[OPTION_STATE];
	const char *covers = options->values[OPTION_COVERS];
	out->operator_name = options->values[OPTION_OPERATOR];
	out->has_state = state != NULL;
	out->has_covers = covers != NULL;
	if (state && !log_state_from_name(bytes_of_text(state), &out->state)) {
		static const char *const names[] = {"pending", "qualified", "usable",
			"readonly", "retired", "rejected", "none", NULL};
		err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--state %.40s: no such state", state);
		return err_add_choice(err, state, names);
	}
	return !covers || read_time(covers, "covers", &out->covers_ms, err);
}

static int write_view(
	const struct options *options, const char *format, struct lists_view *view)
{
	struct buffer out;
	buffer_init(&out, REPORT_LISTS_MAX);
	if (strcmp(format, "json") == 0) {
		report_list_json(view, &out);
	} else {
		report_list_text(view, &out);
	}
	int status = EXIT_INPUT;
	if (out.failed) {
		message("out of memory");
	} else {
		status = write_results(options, buffer_bytes(&out));
	}
	buffer_clear(&out);
	return status;
}

static int run_show(const struct options *options)
{
	struct err err;
	struct lists_view view = {.list = NULL};
	err_clear(&err);
	const char *format = read_format(options, &err);
	if (!format || !read_at(options, &view.at_ms, &err) ||
		!read_selection(options, &view.selection, &err)) {
		return usage_error(&err);
	}
	if (options->num_args > 0) {
		message("log-list show takes no file name; name a list with --log-list "
			"FILE");
		return EXIT_USAGE;
	}
	struct ctp_lists *lists = open_lists(options, &err);
	if (!lists) {
		message_err("", &err);
		return EXIT_LISTS;
	}
	const char *path = options->values[OPTION_LOG_LIST];
	view.source = path ? path : "bundled";
	view.list = lists_in_force(lists, view.at_ms, &view.basis);
	int status = write_view(options, format, &view);
	lists_unref(lists);
	return status;
}

// Adds every file to the set; the message names the one that cannot be.
static bool add_files(
	const struct options *options, struct ctp_lists *lists, struct err *err)
{
	for (size_t i = 0; i < options->num_args; i++) {
		struct buffer file;
		buffer_init(&file, LISTS_MAX_FILE);
		bool done = file_read(options->args[i], &file, err) &&
			lists_add_file(lists, buffer_bytes(&file), err);
		buffer_clear(&file);
		if (!done) {
			message_err(options->args[i], err);
			return false;
		}
	}
	if (!lists_freeze(lists, false, err)) {
		message_err("", err);
		return false;
	}
	return true;
}

static int run_import(const struct options *options)
{
	struct err err;
	err_clear(&err);
	if (options->num_args == 0) {
		message("name the lists to import (see: ctpolicy log-list import "
			"--help)");
		return EXIT_USAGE;
	}
	struct ctp_lists *lists = lists_new(&err);
	if (!lists) {
		message_err("", &err);
		return EXIT_LISTS;
	}
	int status = EXIT_LISTS;
	struct buffer out;
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

static void say_oldest(const struct loglist *list, enum lists_basis basis)
{
	char published[DATETIME_ROOM];
	if (basis == BASIS_EXTRAPOLATED) {
		datetime_format_ms(list->published_ms, published);
		message("no list is known from before %s; this is the oldest one",
			published);
	}
}

static int run_export(const struct options *options)
{
	struct err err;
	int64_t at_ms = 0;
	enum lists_basis basis;
	err_clear(&err);
	if (!read_at(options, &at_ms, &err)) {
		return usage_error(&err);
	}
	if (options->num_args > 0) {
		message("log-list export takes no file name; name a history with "
			"--log-list FILE");
		return EXIT_USAGE;
	}
	struct ctp_lists *lists = open_lists(options, &err);
	if (!lists) {
		message_err("", &err);
		return EXIT_LISTS;
	}
	int status = EXIT_INPUT;
	struct buffer out;
	buffer_init(&out, REPORT_LISTS_MAX);
	const struct loglist *list = lists_in_force(lists, at_ms, &basis);
	if (loglist_json_write(list, &out, &err)) {
		say_oldest(list, basis);
		status = write_results(options, buffer_bytes(&out));
	} else {
		message_err("", &err);
	}
	buffer_clear(&out);
	lists_unref(lists);
	return status;
}

static const char *const formats[] = {"text", "json", NULL};

const struct command command_log_list_show = {
	.name = "log-list show",
	.summary = "the log list in force, with its age",
	.arguments = "[options]",
	.text = "Shows the log list in force at a time, its age, and its logs by "
		"operator.\n",
	.examples = "  ctpolicy log-list show --state usable --covers 2027-06-30\n"
		    "  ctpolicy log-list show --at 2024-01-01 --operator Google\n"
		    "  ctpolicy log-list show --format json | jq .counts\n",
	.formats = formats,
	.options = OPTION_BIT(OPTION_AT) | OPTION_BIT(OPTION_STATE) |
		OPTION_BIT(OPTION_OPERATOR) | OPTION_BIT(OPTION_COVERS) |
		OPTION_BIT(OPTION_LOG_LIST) | OPTION_BIT(OPTION_FORMAT) |
		OPTION_BIT(OPTION_OUTPUT),
	.run = run_show,
};

const struct command command_log_list_import = {
	.name = "log-list import",
	.summary = "make or extend a history of lists",
	.arguments = "[options] FILE...",
	.text = "Reads log lists (JSON) and histories and writes one history of all of "
		"them:\n"
		"every fact once, then its changes list by list. The same lists in any "
		"order\ngive the same bytes.\n",
	.examples = "  ctpolicy log-list import lists/*.json --output apple.history\n"
		    "  ctpolicy log-list import apple.history new.json --output "
		    "apple.history\n",
	.options = OPTION_BIT(OPTION_OUTPUT),
	.run = run_import,
};

const struct command command_log_list_export = {
	.name = "log-list export",
	.summary = "a list of the history as JSON in Apple's form",
	.arguments = "[options]",
	.text = "Writes the log list in force at a time as JSON in Apple's form.\n",
	.examples = "  ctpolicy log-list export --at 2024-01-01 --output list.json\n",
	.options = OPTION_BIT(OPTION_AT) | OPTION_BIT(OPTION_LOG_LIST) |
		OPTION_BIT(OPTION_OUTPUT),
	.run = run_export,
};

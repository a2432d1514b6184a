// SPDX-License-Identifier: Apache-2.0
// ctpolicy log-list show | export: the list in force at a time.
#include "app/commands.h"
#include "app/files.h"
#include "base/datetime.h"
#include "loglist/bundled.h"
#include "loglist/loglist_json.h"
#include "report/report_lists.h"

// A century.
#define MAX_AGE_DAYS 36500

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
	return write_buffer(options, &out);
}

// For a monitoring system: one line, and 4 where the list is too old.
static int show_age(
	const struct options *options, struct lists_view *view, uint64_t max_days)
{
	struct buffer line;
	buffer_init(&line, 2048);
	bool is_old = lists_age_ms(view->list, view->at_ms) >
		(int64_t)max_days * DATETIME_DAY_MS;
	report_list_check(view, max_days, is_old, &line);
	int status = write_buffer(options, &line);
	return is_old ? (int)EXIT_LISTS : status;
}

static bool read_max_age(const struct options *options, uint64_t *out, struct err *err)
{
	const char *text = options->values[OPTION_MAX_AGE];
	return !text || (read_number(bytes_of_text(text), out) && *out <= MAX_AGE_DAYS) ||
		err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--max-age %.40s: days, 0 to %d", text, MAX_AGE_DAYS);
}

static int show(const struct options *options, const struct ctp_lists *lists,
	const struct kept_lists *kept, struct lists_view *view, const char *format,
	uint64_t max_days)
{
	struct err err;
	const char *source;
	err_clear(&err);
	if (!choose_source(options, lists, &source, &err)) {
		message_err("", &err);
		return err.code == CODE_BAD_OPTION ? EXIT_USAGE : EXIT_LISTS;
	}
	view->list = lists_in_force(lists, source, view->at_ms, &view->basis);
	view->archive = kept_archive(kept, source);
	view->source = kept_place(kept, view->list);
	return options->values[OPTION_MAX_AGE] ? show_age(options, view, max_days)
					       : write_view(options, format, view);
}

static int run_show(const struct options *options)
{
	struct err err;
	struct kept_lists kept;
	struct lists_view view = {.list = NULL};
	uint64_t max_days = 0;
	err_clear(&err);
	const char *format = read_format(options, &err);
	if (!format || !read_at(options, &view.at_ms, &err) ||
		!read_max_age(options, &max_days, &err) ||
		!read_selection(options, &view.selection, &err)) {
		return usage_error(&err);
	}
	if (options->num_args > 0) {
		message("log-list show takes no file name; name a list with --log-list "
			"FILE");
		return EXIT_USAGE;
	}
	struct ctp_lists *lists = open_kept_lists(options, &kept, &err);
	int status = err.code == CODE_BAD_OPTION ? EXIT_USAGE : EXIT_LISTS;
	if (lists) {
		status = show(options, lists, &kept, &view, format, max_days);
	} else {
		message_err("", &err);
	}
	kept_lists_clear(&kept);
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

static int export(
	const struct options *options, const struct ctp_lists *lists, int64_t at_ms)
{
	struct err err;
	const char *source;
	enum lists_basis basis;
	struct buffer out;
	int status = EXIT_INPUT;
	err_clear(&err);
	if (!choose_source(options, lists, &source, &err)) {
		message_err("", &err);
		return err.code == CODE_BAD_OPTION ? EXIT_USAGE : EXIT_LISTS;
	}
	buffer_init(&out, REPORT_LISTS_MAX);
	const struct loglist *list = lists_in_force(lists, source, at_ms, &basis);
	if (loglist_json_write(list, &out, &err)) {
		say_oldest(list, basis);
		status = write_results(options, buffer_bytes(&out));
	} else {
		message_err("", &err);
	}
	buffer_clear(&out);
	return status;
}

static int run_export(const struct options *options)
{
	struct err err;
	int64_t at_ms = 0;
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
		return err.code == CODE_BAD_OPTION ? EXIT_USAGE : EXIT_LISTS;
	}
	int status = export(options, lists, at_ms);
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
		    "  ctpolicy log-list show --format json | jq .counts\n"
		    "  ctpolicy log-list show --max-age 3\n",
	.formats = formats,
	.options = OPTIONS(OPTION_SOURCE, OPTION_AT, OPTION_STATE, OPTION_OPERATOR,
		OPTION_COVERS, OPTION_LOG_LIST, OPTION_STATE_DIR, OPTION_MAX_AGE,
		OPTION_FORMAT, OPTION_OUTPUT),
	.run = run_show,
};

const struct command command_log_list_export = {
	.name = "log-list export",
	.summary = "a list of the history as JSON in its source's form",
	.arguments = "[options]",
	.text = "Writes the log list in force at a time as JSON: Apple's list in Apple's\n"
		"form, those of Chrome and Mozilla in Chrome's.\n",
	.examples = "  ctpolicy log-list export --at 2024-01-01 --output list.json\n"
		    "  ctpolicy log-list export --source chrome --output chrome.json\n",
	.options = OPTIONS(OPTION_SOURCE, OPTION_AT, OPTION_LOG_LIST, OPTION_STATE_DIR,
		OPTION_OUTPUT),
	.run = run_export,
};

// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/audit_pool.h"
#include "app/files.h"
#include "app/issuer_files.h"
#include "base/text.h"

static bool bad_number(
	struct err *err, const char *option, const char *text, const char *what)
{
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET, "--%s %.40s: %s", option,
		text, what);
}

static bool read_jobs(struct audit *a)
{
	const char *text = audit_value(a, OPTION_JOBS);
	uint64_t num = 0;
	if (text &&
		(!read_number(bytes_of_text(text), &num) || num < 1 || num > MAX_JOBS)) {
		return bad_number(a->err, "jobs", text, "a number from 1 to 64");
	}
	a->num_jobs = text ? (size_t)num : num_processors(MAX_JOBS);
	return true;
}

// K/N
static bool read_shard(struct audit *a)
{
	const char *text = audit_value(a, OPTION_SHARD);
	const char *slash = text ? strchr(text, '/') : NULL;
	a->inputs.shard = 1;
	a->inputs.num_shards = 1;
	if (!text) {
		return true;
	}
	return (slash &&
		       read_number(bytes_of(text, (size_t)(slash - text)),
			       &a->inputs.shard) &&
		       read_number(bytes_of_text(slash + 1), &a->inputs.num_shards) &&
		       a->inputs.shard >= 1 && a->inputs.shard <= a->inputs.num_shards) ||
		bad_number(a->err, "shard", text, "K/N with K from 1 to N, as in 2/16");
}

static bool read_input_format(struct audit *a)
{
	const char *text = audit_value(a, OPTION_INPUT_FORMAT);
	const char *column = audit_value(a, OPTION_COLUMN);
	uint64_t number = 1;
	a->inputs.records.column = column;
	if (column && read_number(bytes_of_text(column), &number) && number == 0) {
		return bad_number(a->err, "column", column, "columns count from 1");
	}
	for (size_t i = 0; records_format_names[i]; i++) {
		if (!text || strcmp(text, records_format_names[i]) == 0) {
			a->inputs.records.format = (enum records_format)i;
			return true;
		}
	}
	err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--input-format %.40s: no such format", text);
	return err_add_choice(a->err, text, records_format_names);
}

static bool read_selection(struct audit *a)
{
	const char *from = audit_value(a, OPTION_ISSUED_FROM);
	const char *until = audit_value(a, OPTION_ISSUED_UNTIL);
	a->selection = (struct selection){.from_ms = INT64_MIN,
		.until_ms = INT64_MAX,
		.issuer = audit_value(a, OPTION_ISSUER_NAME),
		.leaves_only = audit_value(a, OPTION_LEAVES_ONLY) != NULL};
	if (from || until || a->selection.issuer || a->selection.leaves_only) {
		a->rules.defaults.selection = &a->selection;
	}
	return (!from || read_time(from, "issued-from", &a->selection.from_ms, a->err)) &&
		(!until ||
			read_time(until, "issued-until", &a->selection.until_ms, a->err));
}

static bool read_progress(struct audit *a)
{
	static const char *const names[] = {"auto", "always", "never", NULL};
	const char *text = audit_value(a, OPTION_PROGRESS);
	// Where results come on the same terminal, the two would mix.
	bool mixes =
		isatty(STDOUT_FILENO) == 1 && is_standard(audit_value(a, OPTION_OUTPUT));
	for (size_t i = 0; names[i]; i++) {
		if (!text || strcmp(text, names[i]) == 0) {
			i = i == PROGRESS_AUTO && mixes ? PROGRESS_NEVER : i;
			progress_init(&a->progress, (enum progress_mode)i);
			return true;
		}
	}
	err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--progress %.40s: no such choice", text);
	return err_add_choice(a->err, text, names);
}

static const enum option written[] = {
	OPTION_OUTPUT, OPTION_SUMMARY, OPTION_REPORT, OPTION_CHECKPOINT};
#define NUM_WRITTEN (sizeof(written) / sizeof(written[0]))

// Each file that is written is another one.
static bool check_paths(struct audit *a)
{
	for (size_t i = 0; i < NUM_WRITTEN; i++) {
		const char *path = audit_value(a, written[i]);
		for (size_t j = 0; path && j < i; j++) {
			const char *other = audit_value(a, written[j]);
			bool both_standard = is_standard(path) &&
				(j == 0 ? is_standard(other)
					: other && is_standard(other));
			bool both_files = other && !is_standard(path) &&
				!is_standard(other) &&
				(strcmp(path, other) == 0 || file_same(path, other));
			if (both_standard || both_files) {
				return err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
					"--%s %.60s: --%s is written there already",
					option_name(written[i]), path,
					option_name(written[j]));
			}
		}
		if (!check_not_read(a->options, written[i], a->err)) {
			return false;
		}
	}
	return true;
}

static bool check_checkpoint(struct audit *a)
{
	struct stat info;
	const char *output = audit_value(a, OPTION_OUTPUT);
	if (!audit_value(a, OPTION_CHECKPOINT)) {
		return true;
	}
	if (is_standard(output)) {
		return err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--checkpoint needs --output FILE: only a file's results can be gone "
			"on with");
	}
	return stat(output, &info) != 0 || S_ISREG(info.st_mode) ||
		err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--checkpoint needs --output FILE, and %.80s is none: only a file's "
			"results can be gone on with",
			output);
}

bool audit_read_usage(struct audit *a)
{
	const char *format = read_format(a->options, a->err);
	if (!format || !read_check_time(a->options, &a->rules.defaults, a->err) ||
		!read_policies(a->options, &a->rules.defaults, a->err) ||
		!read_client_age(a->options, &a->rules.defaults, a->err) ||
		!read_jobs(a) || !read_shard(a) || !read_input_format(a) ||
		!read_selection(a) || !read_progress(a)) {
		return false;
	}
	if (!check_checkpoint(a) || !check_paths(a)) {
		return false;
	}
	a->rules.format = report_find_batch_format(format);
	a->rules.report =
		(struct report_options){.colour = wants_colour(a->options), .many = true};
	a->rules.fail_only = audit_value(a, OPTION_FAIL_ONLY) != NULL;
	a->rules.strict = audit_value(a, OPTION_STRICT) != NULL;
	a->rules.summarize = audit_value(a, OPTION_SUMMARY) ||
		audit_value(a, OPTION_REPORT) || strcmp(format, "text") == 0;
	a->inputs.paths = a->options->args;
	a->inputs.num_paths = a->options->num_args;
	for (size_t i = 0; i < NUM_WRITTEN; i++) {
		const char *path = audit_value(a, written[i]);
		a->inputs.written[i] = is_standard(path) ? NULL : path;
	}
	return true;
}

bool audit_choose_verifier(struct audit *a)
{
	struct err reason;
	err_clear(&reason);
	if (!open_verifier(a->options, &a->fast, a->err)) {
		return false;
	}
	if (a->fast && !fast_test(a->fast, &reason)) {
		message("%s; going on with the reference", reason.text);
		fast_unref(a->fast);
		a->fast = NULL;
	}
	return true;
}

bool audit_read_lists(struct audit *a)
{
	a->lists = open_policy_lists(a->options, &a->rules.defaults, a->err);
	a->rules.lists = a->lists;
	return a->lists != NULL;
}

bool audit_check_outputs(struct audit *a)
{
	for (size_t i = 0; i < NUM_WRITTEN; i++) {
		if (!output_check(audit_value(a, written[i]), a->err)) {
			return false;
		}
	}
	return true;
}

bool audit_read_issuers(struct audit *a)
{
	const char *path = audit_value(a, OPTION_ISSUERS);
	struct err full;
	err_clear(&full);
	a->issuers = issuers_new(a->err);
	bool broken = false;
	if (!a->issuers ||
		(path &&
			!issuer_files_add(
				a->issuers, path, "issuers", &broken, a->err))) {
		return false;
	}
	a->status = exit_worse(a->status, broken ? EXIT_INPUT : EXIT_PASS);
	progress_say(&a->progress, "looking for issuers in the inputs");
	bool added = audit_pool_add(a->issuers, &a->inputs, &full);
	progress_end(&a->progress);
	if (!added) {
		*a->err = full;
		return false;
	}
	if (full.code != CODE_NONE) {
		message_err("not all CA certificates of the inputs are among the issuers",
			&full);
	}
	issuers_freeze(a->issuers);
	a->rules.defaults.issuers = a->issuers;
	return issuer_files_set_roots(a->options, &a->rules.defaults, &a->roots, a->err);
}

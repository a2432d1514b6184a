// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/commands.h"
#include "app/files.h"
#include "base/datetime.h"
#include "base/text.h"

int usage_error(const struct err *err)
{
	message_err("", err);
	return EXIT_USAGE;
}

bool read_source(const struct options *options, const char **out, struct err *err)
{
	const char *asked = options->values[OPTION_SOURCE];
	const struct source *source =
		source_find(bytes_of_text(asked ? asked : SOURCE_MAIN));
	if (source) {
		*out = source->name;
		return true;
	}
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET, "--source %.40s: no such source",
		asked);
	return err_add_choice(err, asked, source_names);
}

size_t num_processors(size_t most)
{
	long num = sysconf(_SC_NPROCESSORS_ONLN);
	return num < 1 ? 1 : (size_t)num > most ? most : (size_t)num;
}

bool open_verifier(const struct options *options, struct fast **out, struct err *err)
{
	const char *name = options->values[OPTION_VERIFIER];
	return fast_by_name(name ? name : "auto", out, err) ||
		(err->code == CODE_VERIFIER_UNUSABLE &&
			err_add(err, "; leave --verifier out, or say reference"));
}

bool read_time(const char *text, const char *option, int64_t *out_ms, struct err *err)
{
	if (strcmp(text, "now") == 0) {
		*out_ms = clock_now_ms();
		return true;
	}
	return datetime_parse_moment(bytes_of_text(text), out_ms) ||
		err_set(err, CODE_BAD_TIME, ERR_NO_OFFSET,
			"--%s %.40s: not a time; write 2026-11-01T12:00:00Z, 2026-11-01 or now",
			option, text);
}

bool read_at(const struct options *options, int64_t *out_ms, struct err *err)
{
	const char *text = options->values[OPTION_AT];
	return read_time(text ? text : "now", "at", out_ms, err);
}

bool read_check_time(
	const struct options *options, struct ctp_request *out, struct err *err)
{
	const char *at = options->values[OPTION_AT];
	if (at && strcmp(at, "issuance") == 0) {
		out->time_of_check = TIME_ISSUANCE;
		return true;
	}
	out->time_of_check = TIME_GIVEN;
	return read_at(options, &out->at_ms, err) || err_add(err, "; or issuance");
}

bool read_policies(
	const struct options *options, struct ctp_request *out, struct err *err)
{
	const char *names = options->values[OPTION_POLICY];
	while (names) {
		size_t len = strcspn(names, ",");
		if (!request_add_policy(out, bytes_of(names, len), err)) {
			return false;
		}
		names = names[len] == ',' ? names + len + 1 : NULL;
	}
	return true;
}

bool read_client_age(
	const struct options *options, struct ctp_request *out, struct err *err)
{
	const char *text = options->values[OPTION_CLIENT_AGE];
	struct err reason;
	err_clear(&reason);
	return !text || request_set_client_age(out, bytes_of_text(text), &reason) ||
		err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET, "--client-age %.40s: %s",
			text, reason.text);
}

bool read_number(struct bytes text, uint64_t *out)
{
	uint64_t number = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9') {
			return false;
		}
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	*out = number;
	return text.len > 0 && text.len <= 18;
}

const char *read_format(const struct options *options, struct err *err)
{
	const char *const *names = options->command->formats;
	const char *asked = options->values[OPTION_FORMAT];
	for (size_t i = 0; names[i]; i++) {
		if (!asked || strcmp(names[i], asked) == 0) {
			return names[i];
		}
	}
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--format %.40s: no such format here", asked);
	err_add_choice(err, asked, names);
	return NULL;
}

static bool refuse(const struct options *options, enum option option, const char *what,
	struct err *err)
{
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--%s %.60s: %s, and would be overwritten; name another file",
		option_name(option), options->values[option], what);
}

static bool refuse_file_of(const struct options *options, enum option option,
	enum option other, struct err *err)
{
	char what[64];
	(void)snprintf(
		what, sizeof(what), "that is the file of --%s", option_name(other));
	return refuse(options, option, what, err);
}

bool check_not_read(const struct options *options, enum option option, struct err *err)
{
	static const enum option read[] = {OPTION_ISSUER, OPTION_ISSUERS, OPTION_ROOTS,
		OPTION_SCTS, OPTION_TLS_SCTS, OPTION_OCSP, OPTION_PRECERTIFICATE,
		OPTION_HOSTS, OPTION_CACERT, OPTION_PINS};
	const char *path = options->values[option];
	if (!path || strcmp(path, "-") == 0) {
		return true;
	}
	for (size_t i = 0; i < options->num_args; i++) {
		if (file_same(path, options->args[i])) {
			return refuse(options, option, "that is an input", err);
		}
	}
	if (options->num_args == 0 && file_same(path, "-")) {
		return refuse(options, option, "that is standard input", err);
	}
	for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++) {
		const char *other = options->values[read[i]];
		if (other && file_same(path, other)) {
			return refuse_file_of(options, option, read[i], err);
		}
	}
	for (size_t i = 0; i < options->log_lists.num; i++) {
		if (file_same(path, options->log_lists.values[i])) {
			return refuse_file_of(options, option, OPTION_LOG_LIST, err);
		}
	}
	return true;
}

int write_results(const struct options *options, struct bytes results)
{
	struct err err;
	struct output output;
	err_clear(&err);
	if (!output_open(options->values[OPTION_OUTPUT], &output, &err) ||
		!output_write(&output, results, &err) || !output_finish(&output, &err)) {
		message_err("", &err);
		output_discard(&output);
		return EXIT_INPUT;
	}
	return EXIT_PASS;
}

int write_buffer(const struct options *options, struct buffer *results)
{
	int status = EXIT_INPUT;
	if (results->failed) {
		struct err err;
		err_clear(&err);
		err_no_memory(&err);
		message_err("", &err);
	} else {
		status = write_results(options, buffer_bytes(results));
	}
	buffer_clear(results);
	return status;
}

bool wants_colour(const struct options *options)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	return !options->values[OPTION_OUTPUT] && isatty(STDOUT_FILENO) &&
		!(no_colour && no_colour[0]) && term && strcmp(term, "dumb") != 0;
}

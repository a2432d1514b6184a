// SPDX-License-Identifier: Apache-2.0
// ctpolicy check: one report, or one error, for each certificate named.
#include <unistd.h>

#include "app/clock.h"
#include "app/commands.h"
#include "app/files.h"
#include "app/input.h"
#include "app/issuer_files.h"
#include "base/text.h"
#include "eval/evaluate.h"
#include "report/report.h"

struct check {
	const struct options *options;
	const struct report_format *format;
	struct report_options report_options;
	struct ctp_lists *lists;
	struct fast *fast; // NULL: the reference alone
	struct ctp_context *context;
	struct issuers *issuers;
	struct ctp_request defaults; // from the options
	struct buffer side[NUM_REQUEST_FIELDS]; // files behind --issuer and the like
	struct buffer scts;
	struct arena arena; // of the whole run: what the defaults need
	struct arena one; // of the present file
	struct output output;
	struct buffer out;
	size_t index; // reports and errors so far
	enum exit_status status;
	struct err *err;
};

static void worsen(struct check *c, enum exit_status status)
{
	c->status = exit_worse(c->status, status);
}

static bool flush(struct check *c)
{
	if (c->out.failed) {
		return err_no_memory(c->err);
	}
	struct bytes ready = buffer_bytes(&c->out);
	c->out.len = 0;
	return output_write(&c->output, ready, c->err);
}

// Only now is it known whether more than one report follows.
static void begin(struct check *c)
{
	if (c->index == 0) {
		c->format->begin(&c->report_options, &c->out);
	}
}

// The file behind an option, where the error is about its content.
static const char *side_file_of(const struct check *c, const struct err *err)
{
	static const struct {
		const char *field;
		enum option option;
	} sides[] = {{"issuer", OPTION_ISSUER}, {"tls_scts", OPTION_TLS_SCTS},
		{"ocsp", OPTION_OCSP}, {"scts", OPTION_SCTS},
		{"precertificate", OPTION_PRECERTIFICATE}};
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		const char *path = c->options->values[sides[i].option];
		size_t len = strlen(sides[i].field);
		if (path && strncmp(err->field, sides[i].field, len) == 0 &&
			(err->field[len] == '\0' || err->field[len] == '[')) {
			return path;
		}
	}
	return NULL;
}

// An input that cannot be evaluated: an error in its place, and the others go on.
static bool report_error(
	struct check *c, struct bytes id, const char *name, struct err *err)
{
	bool seen = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) &&
		c->format == &report_formats[0] && !c->output.path;
	const char *side = side_file_of(c, err);
	if (side) {
		message_err(side, err);
	} else if (!seen) {
		message_err(name, err);
	}
	begin(c);
	c->format->error(&c->report_options, c->index++, id, err, &c->out);
	worsen(c, EXIT_INPUT);
	return flush(c);
}

// What --strict does not let pass; NULL where it has nothing to say.
static const char *strict_reason(const struct record *record)
{
	if (record->result == RESULT_UNKNOWN) {
		return "the verdict is open";
	}
	if (record->stale) {
		return "the log list is stale";
	}
	return record_is_extrapolated(record)
		? "the log list is taken back to the time of check"
		: NULL;
}

static enum exit_status status_of(
	const struct check *c, const struct record *record, const char *name)
{
	bool strict = c->options->values[OPTION_STRICT] != NULL;
	if (record->result == RESULT_FAIL) {
		return EXIT_FAIL;
	}
	if (strict && strict_reason(record)) {
		message("%s: counts as a failure by --strict: %s", name,
			strict_reason(record));
		return EXIT_FAIL;
	}
	return record->result == RESULT_UNKNOWN ? EXIT_UNKNOWN : EXIT_PASS;
}

static bool judge(struct check *c, const struct ctp_request *request, const char *name)
{
	struct err err;
	const struct record *record = NULL;
	err_clear(&err);
	if (!evaluate(c->context, request, c->lists, &record, &err)) {
		return report_error(c, request->fields[REQUEST_ID], name, &err);
	}
	worsen(c, status_of(c, record, name));
	begin(c);
	c->format->record(&c->report_options, c->index++, record, &c->out);
	return flush(c);
}

static bool set_default_id(struct check *c, struct ctp_request *request, const char *name)
{
	if (!request->fields[REQUEST_ID].data) {
		request->fields[REQUEST_ID] = input_text_id(name, &c->one);
	}
	return request->fields[REQUEST_ID].data || err_no_memory(c->err);
}

// "requests.ndjson:12"; NULL with the error set.
static const char *name_of_line(struct check *c, const char *path, size_t line)
{
	size_t room = strlen(path) + 24;
	char *name = arena_take(&c->one, room);
	if (!name || snprintf(name, room, "%s:%zu", path, line) < 0) {
		err_no_memory(c->err);
		return NULL;
	}
	return name;
}

static bool check_requests(struct check *c, const char *path, struct bytes file)
{
	struct input_lines lines = input_lines_init(file);
	struct bytes line;
	c->report_options.many = c->report_options.many ||
		(input_next(&lines, &line) && input_next(&lines, &line));
	lines = input_lines_init(file);
	while (input_next(&lines, &line)) {
		struct ctp_request request = c->defaults;
		struct err err;
		arena_reset(&c->one);
		err_clear(&err);
		const char *name = name_of_line(c, path, lines.line);
		bool read = input_read_request(line, &c->one, &request, &err);
		if (!name || !set_default_id(c, &request, name)) {
			return false;
		}
		if (read ? !judge(c, &request, name)
			 : !report_error(c, request.fields[REQUEST_ID], name, &err)) {
			return false;
		}
	}
	return true;
}

static bool check_file(struct check *c, const char *path)
{
	struct ctp_request request = c->defaults;
	struct buffer file;
	struct err err;
	bool done;
	err_clear(&err);
	arena_reset(&c->one);
	buffer_init(&file, INPUT_MAX);
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	if (!file_read(path, &file, &err)) {
		done = set_default_id(c, &request, name) &&
			report_error(c, request.fields[REQUEST_ID], name, &err);
	} else if (strcmp(path, "-") == 0 && file.len == 0) {
		err_set(&err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"nothing came: the command before the pipe gave nothing");
		done = set_default_id(c, &request, name) &&
			report_error(c, request.fields[REQUEST_ID], name, &err);
	} else if (input_is_json(text_without_mark(buffer_bytes(&file)))) {
		done = check_requests(c, name, text_without_mark(buffer_bytes(&file)));
	} else {
		request.fields[REQUEST_CERTIFICATE] = buffer_bytes(&file);
		done = set_default_id(c, &request, name) && judge(c, &request, name);
	}
	buffer_clear(&file);
	return done;
}

// What the options say, before the first file.

static bool read_side_file(struct check *c, enum option option, enum request_field field)
{
	const char *path = c->options->values[option];
	if (!path) {
		return true;
	}
	if (!file_read(path, &c->side[field], c->err)) {
		return false;
	}
	c->defaults.fields[field] = buffer_bytes(&c->side[field]);
	return true;
}

static bool read_scts_file(struct check *c)
{
	const char *path = c->options->values[OPTION_SCTS];
	return !path ||
		(file_read(path, &c->scts, c->err) &&
			input_read_scts(
				buffer_bytes(&c->scts), &c->arena, &c->defaults, c->err));
}

static bool read_issuers(struct check *c)
{
	const char *path = c->options->values[OPTION_ISSUERS];
	if (!path) {
		return true;
	}
	c->issuers = issuers_new(c->err);
	bool broken = false;
	if (!c->issuers || !issuer_files_add(c->issuers, path, &broken, c->err)) {
		return false;
	}
	worsen(c, broken ? EXIT_INPUT : EXIT_PASS);
	issuers_freeze(c->issuers);
	c->defaults.issuers = c->issuers;
	return true;
}

static bool read_usage(struct check *c)
{
	const char *format = read_format(c->options, c->err);
	if (!format || !check_not_read(c->options, OPTION_OUTPUT, c->err) ||
		!read_check_time(c->options, &c->defaults, c->err) ||
		!read_policies(c->options, &c->defaults, c->err) ||
		!read_client_age(c->options, &c->defaults, c->err)) {
		return false;
	}
	c->format = report_find_format(format);
	if (!open_verifier(c->options, &c->fast, c->err)) {
		return false;
	}
	c->context = context_new(c->fast, c->err);
	c->report_options = (struct report_options){
		.colour = wants_colour(c->options), .many = c->options->num_args > 1};
	return c->context != NULL;
}

static bool read_lists(struct check *c)
{
	c->lists = open_lists(c->options, c->err);
	return c->lists != NULL;
}

static bool read_side_files(struct check *c)
{
	return read_side_file(c, OPTION_ISSUER, REQUEST_ISSUER) &&
		read_side_file(c, OPTION_TLS_SCTS, REQUEST_TLS_SCTS) &&
		read_side_file(c, OPTION_OCSP, REQUEST_OCSP) &&
		read_side_file(c, OPTION_PRECERTIFICATE, REQUEST_PRECERTIFICATE) &&
		read_scts_file(c) && read_issuers(c);
}

static bool check_files(struct check *c)
{
	if (!output_open(c->options->values[OPTION_OUTPUT], &c->output, c->err)) {
		return false;
	}
	for (size_t i = 0; i < c->options->num_args; i++) {
		if (!check_file(c, c->options->args[i])) {
			return false;
		}
	}
	begin(c); // where there was none, an empty output
	c->format->end(&c->report_options, &c->out);
	return flush(c) && output_finish(&c->output, c->err);
}

static void run_steps(struct check *c)
{
	// In the order in which failures rank.
	static const struct {
		bool (*step)(struct check *c);
		enum exit_status failure;
		const char *what;
	} steps[] = {
		{read_usage, EXIT_USAGE, ""},
		{read_lists, EXIT_LISTS, "no usable log list"},
		{read_side_files, EXIT_INPUT, ""},
		{check_files, EXIT_INPUT, ""},
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!steps[i].step(c)) {
			bool no_memory = c->err->code == CODE_OUT_OF_MEMORY;
			worsen(c,
				no_memory && steps[i].failure == EXIT_USAGE
					? EXIT_INPUT
					: steps[i].failure);
			message_err(steps[i].what, c->err);
			return;
		}
	}
}

static int run(const struct options *options)
{
	struct err err;
	err_clear(&err);
	struct check c = {
		.options = options, .err = &err, .output = {.fd = STDOUT_FILENO}};
	if (options->num_args == 0) {
		message("name a certificate to check, or - for standard input (see: "
			"ctpolicy check --help)");
		return EXIT_USAGE;
	}
	buffer_init(&c.out, REPORT_MAX);
	buffer_init(&c.scts, INPUT_MAX);
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		buffer_init(&c.side[i], INPUT_MAX);
	}
	run_steps(&c);
	output_discard(&c.output);
	context_free(c.context);
	fast_unref(c.fast);
	issuers_free(c.issuers);
	lists_unref(c.lists);
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		buffer_clear(&c.side[i]);
	}
	buffer_clear(&c.scts);
	buffer_clear(&c.out);
	arena_clear(&c.arena);
	arena_clear(&c.one);
	return (int)c.status;
}

static const char *const formats[] = {"text", "json", "ndjson", "csv", NULL};

const struct command command_check = {
	.name = "check",
	.summary = "judge certificates, one report each",
	.arguments = "[options] FILE...",
	.text = "Judges each FILE by Apple's Certificate Transparency policy and says "
		"why.\n"
		"FILE is a certificate, precertificate or TBSCertificate in PEM (with "
		"its chain\n"
		"behind it), DER or base64, or a request in JSON; \"-\" is standard "
		"input.\nWhat a request says itself overrides the options.\n\n"
		"Exit status: 0 all pass; 1 one fails; 2 wrong usage; 3 an input could "
		"not be\nread; 4 no usable log list; 5 a verdict is open (the issuer is "
		"missing).\n",
	.examples = "  ctpolicy check chain.pem\n"
		    "  ctpolicy check --policy all --at 2026-06-01T12:00:00Z chain.pem\n"
		    "  ctpolicy check --issuer ca.pem --scts answers.json "
		    "precertificate.pem\n"
		    "  ctpolicy check --precertificate precertificate.pem chain.pem\n"
		    "  ctpolicy check --tls-scts scts.bin --ocsp ocsp.der chain.pem\n"
		    "  ctpolicy check --format ndjson *.pem | jq .result\n",
	.formats = formats,
	.takes_issuance = true,
	.options = OPTIONS(OPTION_ISSUER, OPTION_ISSUERS, OPTION_SCTS, OPTION_TLS_SCTS,
		OPTION_OCSP, OPTION_PRECERTIFICATE, OPTION_AT, OPTION_POLICY,
		OPTION_LOG_LIST, OPTION_STATE_DIR, OPTION_VERIFIER, OPTION_FORMAT,
		OPTION_OUTPUT, OPTION_STRICT, OPTION_CLIENT_AGE),
	.run = run,
};

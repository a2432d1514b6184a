// SPDX-License-Identifier: Apache-2.0
#include "app/check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "app/input.h"
#include "app/issuer_files.h"
#include "loglist/source.h"

void check_worsen(struct check *c, enum exit_status status)
{
	c->status = exit_worse(c->status, status);
}

bool check_flush(struct check *c)
{
	if (c->out.failed) {
		return err_no_memory(c->err);
	}
	struct bytes ready = buffer_bytes(&c->out);
	c->out.len = 0;
	return output_write(&c->output, ready, c->err);
}

// Only now is it known whether more than one report follows.
void check_begin(struct check *c)
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

// Do reports and messages come to the same terminal or file? Then once is enough.
static bool is_one_place(void)
{
	struct stat out, err;
	return fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &err) == 0 &&
		out.st_dev == err.st_dev && out.st_ino == err.st_ino;
}

// An input that cannot be evaluated: an error in its place, and the others go on.
bool check_report_error(
	struct check *c, struct bytes id, const char *name, struct err *err)
{
	bool seen = !c->output.path && is_one_place();
	const char *side = side_file_of(c, err);
	if (side) {
		message_err(side, err);
	} else if (!seen) {
		message_err(name, err);
	}
	check_begin(c);
	c->format->error(&c->report_options, c->index++, id, err, &c->out);
	check_worsen(c, err->code == CODE_LOG_LIST_OF_OTHERS ? EXIT_LISTS : EXIT_INPUT);
	return check_flush(c);
}

// What --strict does not let pass; of several lists, which one. "": nothing.
static void strict_reason(const struct record *record, char out[CHECK_WHY_ROOM])
{
	static const char *const words[] = {
		[DOUBT_NONE] = "",
		[DOUBT_OPEN] = "the verdict is open",
		[DOUBT_STALE] = "log list is stale",
		[DOUBT_EXTRAPOLATED] = "log list is taken back to the time of check",
	};
	const struct list_view *list;
	enum doubt doubt = record_doubt(record, &list);
	bool is_named = list && record_has_sources(record);
	(void)snprintf(out, CHECK_WHY_ROOM, "%s%s%s",
		is_named       ? source_title(list->source)
			: list ? "the "
			       : "",
		is_named ? "'s " : "", words[doubt]);
}

enum exit_status check_status_of(
	const struct check *c, const struct record *record, char out_why[CHECK_WHY_ROOM])
{
	char why[CHECK_WHY_ROOM] = "";
	enum exit_status refused = record->connection && !connection_is_accepted(record)
		? EXIT_INPUT
		: EXIT_PASS;
	if (c->options->values[OPTION_STRICT] && record->result != RESULT_FAIL) {
		strict_reason(record, why);
	}
	memcpy(out_why, why, sizeof(why));
	if (record->result == RESULT_FAIL || why[0]) {
		return exit_worse(refused, EXIT_FAIL);
	}
	return exit_worse(
		refused, record->result == RESULT_UNKNOWN ? EXIT_UNKNOWN : EXIT_PASS);
}

bool check_set_id(struct check *c, struct ctp_request *request, const char *name)
{
	if (!request->fields[REQUEST_ID].data) {
		request->fields[REQUEST_ID] = input_text_id(name, &c->one);
	}
	return request->fields[REQUEST_ID].data || err_no_memory(c->err);
}

bool check_judge(struct check *c, const struct ctp_request *request, const char *name)
{
	struct err err;
	const struct record *record = NULL;
	err_clear(&err);
	if (!evaluate(c->context, request, c->lists, &record, &err)) {
		return check_report_error(c, request->fields[REQUEST_ID], name, &err);
	}
	char why[CHECK_WHY_ROOM];
	check_worsen(c, check_status_of(c, record, why));
	if (why[0]) {
		message("%s: counts as a failure by --strict: %s", name, why);
	}
	check_begin(c);
	c->format->record(&c->report_options, c->index++, record, &c->out);
	return check_flush(c);
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

// What is odd in it is for OpenSSL to judge, which reads it again.
static bool read_cacert(struct check *c, const char *path)
{
	struct err why;
	bool broken = false;
	char reason[FILE_REASON_ROOM];
	struct stat info;
	err_clear(&why);
	if (stat(path, &info) != 0) {
		file_reason(reason);
		err_set(&why, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET, "%.120s: %s", path,
			reason);
	} else if (S_ISDIR(info.st_mode)) {
		err_set(&why, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"%.120s: a folder; name a file of certificates in PEM", path);
	} else if (issuer_files_add(c->issuers, path, "issuers", &broken, &why)) {
		return true;
	}
	if (why.code == CODE_OUT_OF_MEMORY) {
		return err_no_memory(c->err);
	}
	return err_set(c->err, why.code, ERR_NO_OFFSET, "--cacert %s%s%s", why.field,
		why.field[0] ? ": " : "", why.text);
}

static bool read_issuers(struct check *c)
{
	const char *path = c->options->values[OPTION_ISSUERS];
	// An authority that is trusted may have issued the leaf itself.
	const char *cacert = c->options->values[OPTION_CACERT];
	if (!path && !cacert) {
		return true;
	}
	c->issuers = issuers_new(c->err);
	bool broken = false;
	if (!c->issuers ||
		(path &&
			!issuer_files_add(
				c->issuers, path, "issuers", &broken, c->err)) ||
		(cacert && !read_cacert(c, cacert))) {
		return false;
	}
	check_worsen(c, broken ? EXIT_INPUT : EXIT_PASS);
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
		!read_client_age(c->options, &c->defaults, c->err) ||
		!read_hostname(c->options, &c->arena, &c->defaults, c->err) ||
		!read_pins(c->options, &c->arena, &c->defaults, c->err)) {
		return false;
	}
	c->format = report_find_format(format);
	if (!open_verifier(c->options, &c->fast, c->err)) {
		return false;
	}
	c->context = context_new(c->fast, c->err);
	c->report_options = (struct report_options){
		.colour = wants_colour(c->options), .many = c->options->num_args > 1};
	return c->context != NULL && (!c->kind->read_usage || c->kind->read_usage(c));
}

static bool read_lists(struct check *c)
{
	c->lists = open_policy_lists(c->options, &c->defaults, c->err);
	return c->lists != NULL;
}

// What the user calls the CA.
static void note_ca_file(struct check *c)
{
	const char *cacert = c->options->values[OPTION_CACERT];
	c->defaults.ca_file = cacert ? cacert : c->options->values[OPTION_ISSUER];
}

static bool read_side_files(struct check *c)
{
	note_ca_file(c);
	return read_side_file(c, OPTION_ISSUER, REQUEST_ISSUER) &&
		read_side_file(c, OPTION_TLS_SCTS, REQUEST_TLS_SCTS) &&
		read_side_file(c, OPTION_OCSP, REQUEST_OCSP) &&
		read_side_file(c, OPTION_PRECERTIFICATE, REQUEST_PRECERTIFICATE) &&
		read_scts_file(c) && read_issuers(c) &&
		issuer_files_set_roots(c->options, &c->defaults, &c->roots, c->err) &&
		read_pins_file(c->options, &c->arena, &c->defaults, c->err);
}

static bool examine(struct check *c)
{
	if (!output_open(c->options->values[OPTION_OUTPUT], &c->output, c->err) ||
		!c->kind->examine(c)) {
		return false;
	}
	check_begin(c); // where there was none, an empty output
	c->format->end(&c->report_options, &c->out);
	return check_flush(c) && output_finish(&c->output, c->err);
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
		{examine, EXIT_INPUT, ""},
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!steps[i].step(c)) {
			bool no_memory = c->err->code == CODE_OUT_OF_MEMORY;
			bool is_usage = c->err->code == CODE_BAD_OPTION;
			check_worsen(c,
				no_memory && steps[i].failure == EXIT_USAGE ? EXIT_INPUT
					: is_usage                          ? EXIT_USAGE
						   : steps[i].failure);
			message_err(steps[i].what, c->err);
			return;
		}
	}
}

int check_run(const struct options *options, const struct check_kind *kind, void *context)
{
	struct err err;
	err_clear(&err);
	struct check c = {.options = options,
		.kind = kind,
		.context_of_kind = context,
		.err = &err,
		.output = {.fd = STDOUT_FILENO}};
	buffer_init(&c.out, REPORT_MAX);
	buffer_init(&c.scts, INPUT_MAX);
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		buffer_init(&c.side[i], INPUT_MAX);
	}
	run_steps(&c);
	output_discard(&c.output);
	context_free(c.context);
	fast_unref(c.fast);
	issuers_unref(c.issuers);
	issuers_unref(c.roots);
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

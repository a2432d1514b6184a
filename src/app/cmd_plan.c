// SPDX-License-Identifier: Apache-2.0
// ctpolicy plan: how many SCTs a certificate needs, and which logs can give them.
#include <unistd.h>

#include "app/commands.h"
#include "app/files.h"
#include "app/input.h"
#include "app/plan_request.h"
#include "base/datetime.h"
#include "report/report_plan.h"

struct plan_run {
	const struct options *options;
	const char *format;
	struct plan_request request;
	struct buffer file;
	struct arena arena;
	struct err *err;
};

// notBefore and notAfter have no fractions.
static bool read_end(const struct plan_run *p, enum option option, bool *out_has,
	int64_t *out, struct err *err)
{
	const char *text = p->options->values[option];
	int64_t ms = 0;
	if (!text) {
		return true;
	}
	if (!read_time(text, option_name(option), &ms, err)) {
		return false;
	}
	*out_has = true;
	*out = datetime_floor_seconds(ms);
	return true;
}

static bool read_not_after(struct plan_run *p, struct err *err)
{
	struct plan_request *request = &p->request;
	const char *text = p->options->values[OPTION_NOT_AFTER];
	if (text && plan_request_lifetime(bytes_of_text(text), &request->lifetime_days)) {
		return true;
	}
	return read_end(p, OPTION_NOT_AFTER, &request->has_not_after, &request->not_after,
		       err) ||
		err_add(err, ", or a lifetime (90d)");
}

// Of two wrong times both are told.
static bool read_times(struct plan_run *p)
{
	struct err second;
	err_clear(&second);
	bool first = read_end(p, OPTION_NOT_BEFORE, &p->request.has_not_before,
		&p->request.not_before, p->err);
	if (read_not_after(p, &second)) {
		return first;
	}
	if (first) {
		*p->err = second;
		return false;
	}
	return err_add(p->err, "; %s", second.text);
}

static bool read_survive(struct plan_run *p)
{
	const char *text = p->options->values[OPTION_SURVIVE];
	struct err ignored;
	err_clear(&ignored);
	if (!text ||
		survive_from_name(bytes_of_text(text), &p->request.survive, &ignored)) {
		return true;
	}
	err_set(p->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--survive %.40s: no such promise", text);
	return err_add_choice(p->err, text, survive_names);
}

// `plan 2026-12-01 2027-03-01`.
static bool has_bare_time(const struct options *options)
{
	int64_t ms = 0;
	struct err ignored;
	err_clear(&ignored);
	return options->num_args > 0 && access(options->args[0], F_OK) != 0 &&
		read_time(options->args[0], "", &ms, &ignored);
}

static bool check_arguments(struct plan_run *p)
{
	const struct options *options = p->options;
	if (has_bare_time(options)) {
		return err_set(p->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"%.40s: a time; say which: --not-before TIME --not-after TIME",
			options->args[0]);
	}
	if (options->num_args > 1) {
		return err_set(p->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"a plan is for one certificate; name one file, or none");
	}
	if (options->num_args == 1) {
		return check_not_read(options, OPTION_OUTPUT, p->err);
	}
	bool has_end = p->request.has_not_after || p->request.lifetime_days > 0;
	if (!p->request.has_not_before || !has_end) {
		return err_set(p->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"give --not-before and --not-after, or a certificate that has "
			"them (see: ctpolicy plan --help)");
	}
	return true;
}

static bool read_usage(struct plan_run *p)
{
	struct ctp_request *common = &p->request.common;
	p->format = read_format(p->options, p->err);
	common->time_of_check = TIME_GIVEN;
	return p->format && read_at(p->options, &common->at_ms, p->err) &&
		read_policies(p->options, common, p->err) && read_times(p) &&
		read_survive(p) && check_arguments(p);
}

static bool read_file(struct plan_run *p)
{
	if (p->options->num_args == 0) {
		return true;
	}
	if (!file_read(p->options->args[0], &p->file, p->err)) {
		return false;
	}
	p->request.common.fields[REQUEST_CERTIFICATE] = buffer_bytes(&p->file);
	return true;
}

// What the options say is wrong usage, what the certificate says cannot be evaluated.
static int status_of(const struct err *err)
{
	bool is_usage =
		err->code == CODE_BAD_VALIDITY && strcmp(err->field, "certificate") != 0;
	return is_usage ? EXIT_USAGE : EXIT_INPUT;
}

static int write_plan(const struct plan_run *p, const struct plan_record *plan)
{
	struct report_options options = {.colour = wants_colour(p->options)};
	struct buffer out;
	buffer_init(&out, REPORT_PLAN_MAX);
	if (strcmp(p->format, "json") == 0) {
		report_plan_json(plan, &out);
		buffer_put_char(&out, '\n');
	} else {
		report_plan_text(&options, plan, &out);
	}
	int status = write_buffer(p->options, &out);
	if (status == EXIT_PASS && !plan_is_possible(plan)) {
		return EXIT_FAIL;
	}
	return status == EXIT_PASS && plan->num_left_out ? EXIT_UNKNOWN : status;
}

// For programs the error stands where the plan would have stood.
static int write_error(const struct plan_run *p)
{
	struct buffer out;
	buffer_init(&out, REPORT_PLAN_MAX);
	if (strcmp(p->format, "json") == 0 && p->err->code != CODE_OUT_OF_MEMORY) {
		report_error_json(BYTES_NONE, p->err, &out);
		buffer_put_char(&out, '\n');
		(void)write_buffer(p->options, &out);
	}
	buffer_clear(&out);
	return EXIT_INPUT;
}

static int make_plan(struct plan_run *p, const struct ctp_lists *lists)
{
	const struct plan_record *plan = NULL;
	const char *name = p->options->num_args ? p->options->args[0] : "";
	if (read_file(p) && plan_make(&p->request, lists, &p->arena, &plan, p->err)) {
		return write_plan(p, plan);
	}
	message_err(p->err->code == CODE_UNREADABLE_INPUT ? "" : name, p->err);
	return status_of(p->err) == EXIT_USAGE ? EXIT_USAGE : write_error(p);
}

static int run(const struct options *options)
{
	struct err err;
	struct plan_run p = {.options = options, .err = &err};
	err_clear(&err);
	if (!read_usage(&p)) {
		return usage_error(&err);
	}
	struct ctp_lists *lists = open_policy_lists(options, &p.request.common, &err);
	if (!lists) {
		message_err("no usable log list", &err);
		return err.code == CODE_BAD_OPTION ? EXIT_USAGE : EXIT_LISTS;
	}
	buffer_init(&p.file, INPUT_MAX);
	int status = make_plan(&p, lists);
	buffer_clear(&p.file);
	arena_clear(&p.arena);
	lists_unref(lists);
	return status;
}

static const char *const formats[] = {"text", "json", NULL};

const struct command command_plan = {
	.name = "plan",
	.summary = "before issuance: how many SCTs, and which logs can give them",
	.arguments = "[options] [FILE]",
	.text = "Says, before issuance, how many SCTs a certificate needs, which usable "
		"logs take\nit, and the smallest sets of logs that satisfy every policy "
		"asked for.\n"
		"FILE is a certificate, precertificate or TBSCertificate whose validity "
		"is taken;\n\"-\" is standard input. Else give --not-before and "
		"--not-after.\n\n"
		"Exit status: 0 the plan can be met; 1 it cannot, and what is nearest is "
		"said; 2\nwrong usage; 3 the certificate could not be read; 4 no usable "
		"log list; 5 it\ncan, and a policy is left out for want of a list of its "
		"logs.\n",
	.examples = "  ctpolicy plan --not-before now --not-after 2027-02-01\n"
		    "  ctpolicy plan --not-before 2026-12-01 --not-after 90d\n"
		    "  ctpolicy plan --policy all --survive operator precertificate.pem\n"
		    "  ctpolicy plan --format json tbs.der | jq '.plans[0].sets[0]'\n",
	.formats = formats,
	.options = OPTIONS(OPTION_NOT_BEFORE, OPTION_NOT_AFTER, OPTION_AT, OPTION_POLICY,
		OPTION_SURVIVE, OPTION_LOG_LIST, OPTION_STATE_DIR, OPTION_FORMAT,
		OPTION_OUTPUT),
	.run = run,
};

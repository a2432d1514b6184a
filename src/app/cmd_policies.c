// SPDX-License-Identifier: Apache-2.0
// ctpolicy policies: the rules in words, with their dates and sources.
#include "app/commands.h"
#include "report/report_policies.h"

static int run(const struct options *options)
{
	struct ctp_request chosen = {.num_policies = 0};
	struct err err;
	err_clear(&err);
	const char *format = read_format(options, &err);
	bool good = format != NULL;
	for (size_t i = 0; i < options->num_args && good; i++) {
		good = request_add_policy(&chosen, bytes_of_text(options->args[i]), &err);
	}
	if (!good ||
		(options->num_args == 0 &&
			!request_add_policy(&chosen, BYTES_LITERAL("all"), &err))) {
		message_err("", &err);
		return EXIT_USAGE;
	}
	struct buffer out;
	buffer_init(&out, REPORT_POLICIES_MAX);
	if (strcmp(format, "json") == 0) {
		report_policies_json(chosen.policies, chosen.num_policies, &out);
	} else {
		report_policies_text(chosen.policies, chosen.num_policies, &out);
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

static const char *const formats[] = {"text", "json", NULL};

const struct command command_policies = {
	.name = "policies",
	.summary = "the rules in words, with their dates and sources",
	.arguments = "[options] [NAME...]",
	.text = "Prints what each policy asks for, since when, and where that is "
		"published.\nWithout a NAME, or with \"all\", every policy.\n",
	.examples = "  ctpolicy policies\n"
		    "  ctpolicy policies apple --format json\n",
	.formats = formats,
	.options = OPTIONS(OPTION_FORMAT, OPTION_OUTPUT),
	.run = run,
};

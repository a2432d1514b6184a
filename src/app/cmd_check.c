// SPDX-License-Identifier: Apache-2.0
// ctpolicy check: one report, or one error, for each certificate named.
#include "app/check.h"
#include "app/input.h"
#include "base/text.h"

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
		if (!name || !check_set_id(c, &request, name)) {
			return false;
		}
		if (read ? !check_judge(c, &request, name)
			 : !check_report_error(
				   c, request.fields[REQUEST_ID], name, &err)) {
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
		done = check_set_id(c, &request, name) &&
			check_report_error(c, request.fields[REQUEST_ID], name, &err);
	} else if (strcmp(path, "-") == 0 && file.len == 0) {
		err_set(&err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"nothing came: the command before the pipe gave nothing");
		done = check_set_id(c, &request, name) &&
			check_report_error(c, request.fields[REQUEST_ID], name, &err);
	} else if (input_is_json(text_without_mark(buffer_bytes(&file)))) {
		done = check_requests(c, name, text_without_mark(buffer_bytes(&file)));
	} else {
		request.fields[REQUEST_CERTIFICATE] = buffer_bytes(&file);
		done = check_set_id(c, &request, name) && check_judge(c, &request, name);
	}
	buffer_clear(&file);
	return done;
}

static bool check_files(struct check *c)
{
	for (size_t i = 0; i < c->options->num_args; i++) {
		if (!check_file(c, c->options->args[i])) {
			return false;
		}
	}
	return true;
}

static int run(const struct options *options)
{
	static const struct check_kind files = {.examine = check_files};
	if (check_live_is_asked(options)) {
		return check_live(options);
	}
	if (options->num_args == 0) {
		message("name a certificate to check, - for standard input, or a server "
			"by --connect (see: ctpolicy check --help)");
		return EXIT_USAGE;
	}
	return check_run(options, &files, NULL);
}

static const char *const formats[] = {"text", "json", "ndjson", "csv", NULL};

const struct command command_check = {
	.name = "check",
	.summary = "judge certificates, one report each",
	.arguments = "[options] FILE... | --connect HOST[:PORT] | --hosts FILE",
	.text = "Judges each FILE by Apple's Certificate Transparency policy, or those of "
		"Chrome,\nMozilla and Android and Apple's demands on TLS servers (--policy), "
		"and says why.\n"
		"FILE is a certificate, precertificate or TBSCertificate in PEM (with "
		"its chain\n"
		"behind it), DER or base64, or a request in JSON; \"-\" is standard "
		"input.\nWhat a request says itself overrides the options.\n"
		"--connect judges what a live TLS server shows: its chain, the SCTs of "
		"the TLS\n"
		"extension and the stapled OCSP response. --hosts does so for many.\n\n"
		"Exit status: 0 all pass; 1 one fails; 2 wrong usage; 3 an input could "
		"not be\nread, a server not be examined, or clients refuse it whatever its "
		"SCTs (chain,\nname, handshake); 4 no usable log list; 5 a verdict is open (the "
		"issuer is\nmissing).\n",
	.examples = "  ctpolicy check chain.pem\n"
		    "  ctpolicy check --policy all --at 2026-06-01T12:00:00Z chain.pem\n"
		    "  ctpolicy check --issuer ca.pem --scts answers.json "
		    "precertificate.pem\n"
		    "  ctpolicy check --precertificate precertificate.pem chain.pem\n"
		    "  ctpolicy check --tls-scts scts.bin --ocsp ocsp.der chain.pem\n"
		    "  ctpolicy check --hostname www.example.org --pins pins.txt "
		    "chain.pem\n"
		    "  ctpolicy check --format ndjson *.pem | jq .result\n"
		    "  ctpolicy check --connect www.example.org\n"
		    "  ctpolicy check --connect mail.example.org:25 --starttls smtp\n"
		    "  ctpolicy check --hosts servers.txt\n",
	.formats = formats,
	.takes_issuance = true,
	.options = OPTIONS(OPTION_ISSUER, OPTION_ISSUERS, OPTION_ROOTS,
		OPTION_PRIVATE_ROOT, OPTION_SCTS, OPTION_TLS_SCTS, OPTION_OCSP,
		OPTION_PRECERTIFICATE, OPTION_HOSTNAME, OPTION_PIN, OPTION_PINS,
		OPTION_AT, OPTION_POLICY, OPTION_LOG_LIST, OPTION_STATE_DIR,
		OPTION_VERIFIER, OPTION_FORMAT, OPTION_OUTPUT, OPTION_STRICT,
		OPTION_CLIENT_AGE, OPTION_CONNECT, OPTION_STARTTLS, OPTION_SERVERNAME,
		OPTION_HOSTS, OPTION_TIMEOUT, OPTION_CACERT, OPTION_JOBS),
	.run = run,
};

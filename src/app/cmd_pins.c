// SPDX-License-Identifier: Apache-2.0
// ctpolicy pins: the SPKI pins of a chain, in the forms that clients use, and pins held
// against it.
#include "app/commands.h"
#include "app/files.h"
#include "app/input.h"
#include "base/datetime.h"
#include "report/report_pin_forms.h"
#include "x509/pem.h"

struct pins_run {
	const struct options *options;
	const char *format;
	int64_t at_ms;
	struct ctp_request request; // --hostname and the pins
	struct ctp_context *context;
	struct arena arena;
	const struct cert *certs[CHAIN_MAX];
	size_t num_certs;
	struct pins_record record;
	struct err *err;
};

static bool read_usage(struct pins_run *run)
{
	run->format = read_format(run->options, run->err);
	if (run->options->num_args == 0) {
		return err_set(run->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"name the files of a chain, or - for standard input (see: ctpolicy "
			"pins --help)");
	}
	return run->format && read_at(run->options, &run->at_ms, run->err) &&
		check_not_read(run->options, OPTION_OUTPUT, run->err) &&
		read_hostname(run->options, &run->arena, &run->request, run->err) &&
		read_pins(run->options, &run->arena, &run->request, run->err);
}

static bool read_cert(struct pins_run *run, const struct pem_chain *chain, size_t index)
{
	struct bytes der;
	struct cert *cert = arena_take(&run->arena, sizeof(*cert));
	if (!cert) {
		return err_no_memory(run->err);
	}
	if (run->num_certs == CHAIN_MAX) {
		return err_set(run->err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"more than %d certificates; a chain has up to 5", CHAIN_MAX);
	}
	if (!pem_chain_der(chain, index, &run->arena, &der, run->err) ||
		!cert_read(der, cert, run->err)) {
		return false;
	}
	run->certs[run->num_certs++] = cert;
	return true;
}

// All the files together are one chain.
static bool read_file(struct pins_run *run, const char *path)
{
	struct buffer file;
	struct pem_chain chain;
	buffer_init(&file, INPUT_MAX);
	bool done = file_read(path, &file, run->err);
	struct bytes text =
		done ? arena_copy(&run->arena, buffer_bytes(&file)) : BYTES_NONE;
	buffer_clear(&file);
	if (done && !text.data) {
		return err_no_memory(run->err);
	}
	if (done && input_is_json(text)) {
		done = err_set(run->err, CODE_BAD_CERTIFICATE, 0,
			"JSON; give the certificates themselves, in PEM or DER");
	}
	done = done && pem_find_chain(text, &chain, run->err);
	for (size_t i = 0; done && i < chain.num; i++) {
		done = read_cert(run, &chain, i);
	}
	return done || err_in_file(run->err, path);
}

static bool read_files(struct pins_run *run)
{
	for (size_t i = 0; i < run->options->num_args; i++) {
		if (!read_file(run, run->options->args[i])) {
			return false;
		}
	}
	return read_pins_file(run->options, &run->arena, &run->request, run->err);
}

// Pins for a name that the leaf is not for would pin nothing, or the wrong keys.
static void warn_of_host(const struct pins_run *run)
{
	const struct wanted_host *host = run->request.host;
	struct bytes ignored;
	if (host && run->certs[0]->subject_alt_name.len > 0 &&
		!host_match(host, run->certs[0], &ignored)) {
		message("warning: the first certificate is not for %s", host->name);
	}
}

// Android's pin-set ends with the certificate, on the day of its end.
static void warn_of_end(const struct pins_run *run)
{
	int64_t end_ms = run->certs[0]->not_after * 1000;
	bool has_set =
		strcmp(run->format, "android") == 0 || strcmp(run->format, "text") == 0;
	char day[DATETIME_ROOM];
	datetime_format_ms(end_ms, day);
	if (has_set && run->at_ms >= end_ms - end_ms % DATETIME_DAY_MS) {
		message("warning: the first certificate ends on %.10s, and with it Android's "
			"pin-set: it pins nothing any more; make it of the certificate that "
			"came after it",
			day);
	}
}

static void say_findings(const struct pins_run *run)
{
	for (size_t i = 0; i < run->record.num_findings; i++) {
		const struct pins_finding *finding = &run->record.findings[i];
		const struct code_info *info = code_info(finding->code);
		message("%s: %s [%s]", severity_name(info->severity), finding->message,
			info->name);
	}
}

static bool hold(struct pins_run *run)
{
	const struct wanted_host *host = run->request.host;
	const struct pins_asked asked = {.set = run->request.pins,
		.host = host ? host->name : NULL,
		.at_ms = run->at_ms};
	run->context = context_new(NULL, run->err);
	return run->context &&
		pins_hold(run->context, run->certs, run->num_certs, &asked, &run->record,
			run->err);
}

static enum exit_status print(struct pins_run *run)
{
	struct pin_report report = {.pins = &run->record,
		.has_pins = run->request.pins != NULL,
		.host = run->request.host};
	struct buffer out;
	buffer_init(&out, REPORT_PINS_MAX);
	if (!report_pin_form(run->format, &report, &out, run->err)) {
		buffer_clear(&out);
		return EXIT_USAGE;
	}
	bool is_told =
		strcmp(run->format, "text") == 0 || strcmp(run->format, "json") == 0;
	if (report.has_pins && !is_told) {
		say_findings(run);
	}
	warn_of_host(run);
	warn_of_end(run);
	enum exit_status status = (enum exit_status)write_buffer(run->options, &out);
	return exit_worse(
		status, report.has_pins && !run->record.matches ? EXIT_FAIL : EXIT_PASS);
}

// In the order in which failures rank; what failed is in run->err.
static enum exit_status run_steps(struct pins_run *run)
{
	if (!read_usage(run)) {
		return run->err->code == CODE_OUT_OF_MEMORY ? EXIT_INPUT : EXIT_USAGE;
	}
	return read_files(run) && hold(run) ? print(run) : EXIT_INPUT;
}

static int run_command(const struct options *options)
{
	struct err err;
	err_clear(&err);
	struct pins_run run = {.options = options, .err = &err};
	enum exit_status status = run_steps(&run);
	if (err.code != CODE_NONE) {
		message_err("", &err);
	}
	context_free(run.context);
	arena_clear(&run.arena);
	return (int)status;
}

const struct command command_pins = {
	.name = "pins",
	.summary = "SPKI pins of a chain in the forms that clients use",
	.arguments = "[options] FILE...",
	.text = "Prints the SHA-256 of the public key (SubjectPublicKeyInfo) of each "
		"certificate\n"
		"of a chain as clients pin it: hex, base64, for curl, for iOS "
		"(NSPinnedDomains),\n"
		"for Android (network security configuration) and for TrustKit. All "
		"FILEs\n"
		"together are one chain, the leaf first, in PEM or DER; \"-\" is standard "
		"input.\n"
		"The forms for clients are for the names of the leaf, or for "
		"--hostname.\n\n"
		"With --pin or --pins the chain is held against these pins: which "
		"certificate\n"
		"they match, and whether only the leaf is pinned, or no spare key is.\n\n"
		"Exit status: 0 done, and a pin matches; 1 none does; 2 wrong usage, or "
		"no\ndomain to pin keys for; 3 an input could not be read.\n",
	.examples =
		"  ctpolicy pins chain.pem\n"
		"  ctpolicy pins --format android --hostname www.example.org "
		"chain.pem\n"
		"  ctpolicy pins --format curl leaf.pem\n"
		"  ctpolicy pins --pins Info.plist leaf.pem intermediate.pem root.pem\n",
	.formats = report_pin_forms,
	.options = OPTIONS(OPTION_FORMAT, OPTION_OUTPUT, OPTION_HOSTNAME, OPTION_PIN,
		OPTION_PINS, OPTION_AT),
	.run = run_command,
};

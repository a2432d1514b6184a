// SPDX-License-Identifier: Apache-2.0
// ctpolicy pins: the SPKI pins of a chain, in the forms that clients use, and pins held
// against it.
#include "app/commands.h"
#include "app/files.h"
#include "app/input.h"
#include "base/datetime.h"
#include "report/report_pin_forms.h"
#include "x509/pem.h"
#include "x509/private_key.h"
#include "x509/spare_key.h"

#define MAX_SPARES 8

struct pins_run {
	const struct options *options;
	const char *format;
	int64_t at_ms;
	struct ctp_request request; // --hostname and the pins
	struct ctp_context *context;
	struct arena arena;
	const struct cert *certs[CHAIN_MAX];
	size_t num_certs;
	struct pin_spare spares[MAX_SPARES];
	size_t num_spares;
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

// A spare key.
static bool add_spare(struct pins_run *run, const struct spare_key *key)
{
	if (run->num_spares == MAX_SPARES) {
		return err_set(run->err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"more than %d spare keys; one or two are enough", MAX_SPARES);
	}
	run->spares[run->num_spares++].from = *key;
	return true;
}

// Which kinds of PEM blocks there are.
struct spares_in {
	bool has_cert, has_spare, has_private;
};

static struct spares_in spares_in(struct bytes text)
{
	struct spares_in in = {.has_cert = false};
	struct pem_block block;
	struct err ignored;
	size_t at = 0;
	err_clear(&ignored);
	while (pem_next(text, &at, CODE_BAD_CERTIFICATE, &block, &ignored)) {
		in.has_cert = in.has_cert || pem_is_certificate(&block);
		in.has_spare = in.has_spare || spare_key_is_label(block.label);
		in.has_private = in.has_private || private_key_is_label(block.label);
	}
	return in;
}

// Those of PEM that stand beside no private key.
static bool read_spare_blocks(struct pins_run *run, struct bytes text)
{
	struct pem_block block;
	size_t at = 0;
	while (pem_next(text, &at, CODE_BAD_CERTIFICATE, &block, run->err)) {
		struct bytes der;
		struct spare_key key;
		if (!spare_key_is_label(block.label)) {
			continue;
		}
		if (!pem_decode(&block, text, CODE_BAD_CERTIFICATE, &run->arena, &der,
			    run->err) ||
			!spare_key_read(der, &key, run->err) || !add_spare(run, &key)) {
			return false;
		}
	}
	return run->err->code == CODE_NONE;
}

// Is the whole file, which is no PEM, a spare key?
static bool read_spare_der(struct pins_run *run, struct bytes text)
{
	struct pem_chain whole;
	struct spare_key key;
	struct bytes der;
	struct err ignored;
	err_clear(&ignored);
	return pem_find_chain(text, &whole, &ignored) && !whole.is_pem &&
		pem_chain_der(&whole, 0, &run->arena, &der, &ignored) &&
		spare_key_read(der, &key, &ignored) && add_spare(run, &key);
}

static bool read_certs(struct pins_run *run, struct bytes text)
{
	struct pem_chain chain;
	bool done = pem_find_chain(text, &chain, run->err);
	for (size_t i = 0; done && i < chain.num; i++) {
		done = read_cert(run, &chain, i);
	}
	return done;
}

// What a file that is no JSON holds: certificates of the chain, spare keys, or both.
static bool read_text(struct pins_run *run, struct bytes text)
{
	struct spares_in in = spares_in(text);
	if (read_spare_der(run, text) || run->err->code != CODE_NONE) {
		return run->err->code == CODE_NONE;
	}
	if (in.has_spare && !in.has_private && !read_spare_blocks(run, text)) {
		return false;
	}
	bool spares_alone = in.has_spare && !in.has_private && !in.has_cert;
	return spares_alone || read_certs(run, text);
}

// All the files together are one chain.
static bool read_file(struct pins_run *run, const char *path)
{
	struct buffer file;
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
	done = done && read_text(run, text);
	return done || err_in_file(run->err, path);
}

static bool read_files(struct pins_run *run)
{
	for (size_t i = 0; i < run->options->num_args; i++) {
		if (!read_file(run, run->options->args[i])) {
			return false;
		}
	}
	if (run->num_certs == 0 &&
		(run->request.pins || run->options->values[OPTION_PINS])) {
		return err_set(run->err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"spare keys alone; give the chain too, to hold the pins against");
	}
	return read_pins_file(run->options, &run->arena, &run->request, run->err);
}

// Pins for a name that the leaf is not for would pin nothing, or the wrong keys.
static void warn_of_host(const struct pins_run *run)
{
	const struct wanted_host *host = run->request.host;
	struct bytes ignored;
	if (host && run->num_certs > 0 && run->certs[0]->subject_alt_name.len > 0 &&
		!host_match(host, run->certs[0], &ignored)) {
		message("warning: the first certificate is not for %s", host->name);
	}
}

// Android's pin-set ends with the certificate, on the day of its end.
static void warn_of_end(const struct pins_run *run)
{
	if (run->num_certs == 0) {
		return;
	}
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

// A key of the chain is no spare: both are lost at once.
static void warn_of_spares(const struct pins_run *run)
{
	for (size_t i = 0; i < run->num_spares; i++) {
		const struct pin_spare *one = &run->spares[i];
		bool is_used = false;
		for (size_t k = 0; k < run->record.chain.num; k++) {
			is_used = is_used ||
				memcmp(run->record.chain.certs[k].spki_sha256,
					one->spki_sha256, PIN_LEN) == 0;
		}
		if (is_used) {
			message("warning: spare key %zu is a key of the chain itself, and "
				"so no spare",
				i + 1);
		}
	}
	if (run->num_spares > 0) {
		message("note: among the pins %s (a public key, or a request's)",
			run->num_spares == 1 ? "is a spare key" : "are spare keys");
	}
}

static bool hash_spares(struct pins_run *run)
{
	for (size_t i = 0; i < run->num_spares; i++) {
		struct pin_spare *one = &run->spares[i];
		if (!digest_sha256(
			    run->context->digest, &one->from.spki, 1, one->spki_sha256)) {
			return err_no_memory(run->err);
		}
	}
	return true;
}

static bool hold(struct pins_run *run)
{
	const struct wanted_host *host = run->request.host;
	const struct pins_asked asked = {.set = run->request.pins,
		.host = host ? host->name : NULL,
		.at_ms = run->at_ms};
	run->context = context_new(NULL, run->err);
	return run->context && hash_spares(run) &&
		pins_hold(run->context, run->certs, run->num_certs, &asked, &run->record,
			run->err);
}

static enum exit_status print(struct pins_run *run)
{
	struct pin_report report = {.pins = &run->record,
		.spares = run->spares,
		.num_spares = run->num_spares,
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
	warn_of_spares(run);
	enum exit_status status = (enum exit_status)write_buffer(run->options, &out);
	return exit_worse(status, run->record.matches ? EXIT_PASS : EXIT_FAIL);
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
		"A public key (PEM, DER) or a certificate request among them is a spare\n"
		"key, which every form pins too; spare keys alone will do.\n"
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
		"  ctpolicy pins --format curl leaf.pem spare.pub\n"
		"  ctpolicy pins --pins Info.plist leaf.pem intermediate.pem root.pem\n",
	.formats = report_pin_forms,
	.options = OPTIONS(OPTION_FORMAT, OPTION_OUTPUT, OPTION_HOSTNAME, OPTION_PIN,
		OPTION_PINS, OPTION_AT),
	.run = run_command,
};

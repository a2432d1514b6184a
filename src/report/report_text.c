// SPDX-License-Identifier: Apache-2.0
// The report for people: the verdict in words first, then what led to it, then what to
// do. 80 columns; colours only where the options say so.
#include "report/report_text.h"

#include "base/datetime.h"
#include "base/text.h"
#include "report/exemption_words.h"
#include "report/report_connection.h"
#include "report/report_hostname.h"
#include "report/report_pins.h"
#include "report/report_repair.h"
#include "report/report_verdict.h"
#include "x509/alt_names.h"
#include "x509/name.h"

void report_put_coloured(struct buffer *out, const struct report_options *options,
	enum colour colour, const char *text)
{
	static const char *const codes[] = {
		[PLAIN] = "",
		[BOLD] = "\033[1m",
		[GOOD] = "\033[1;32m",
		[BAD] = "\033[1;31m",
		[DOUBT] = "\033[1;33m",
		[FAINT] = "\033[2m",
	};
	bool coloured = options->colour && colour != PLAIN;
	buffer_put_text(out, coloured ? codes[colour] : "");
	buffer_put_text(out, text);
	buffer_put_text(out, coloured ? "\033[0m" : "");
}

void report_put_wrapped(
	struct buffer *out, struct bytes text, size_t column, size_t indent)
{
	text_put_wrapped(out, text, column, indent, REPORT_WIDTH);
}

#define LABEL_WIDTH 13

// "label        text", wrapped under the text.
static void put_labelled(struct buffer *out, const struct report_options *options,
	const char *label, struct bytes text)
{
	report_put_coloured(out, options, FAINT, label);
	text_put_spaces(out, LABEL_WIDTH - strlen(label));
	report_put_wrapped(out, text, LABEL_WIDTH, LABEL_WIDTH);
}

// The first line: the verdict in words.

// Do all the policies that apply count SCTs?
static bool is_about_scts(const struct record *record)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->num_applies_because == 0 && !policy->result.policy->list) {
			return false;
		}
		num += policy->num_applies_because == 0;
	}
	return num > 0;
}

// It never passes where a name is wrong.
static void put_by_policies(struct buffer *out, const struct record *record)
{
	static const char *const words[] = {
		[RESULT_PASS] = "passes",
		[RESULT_FAIL] = "fails, too",
		[RESULT_UNKNOWN] = "is open",
	};
	bool passes = record->policies_result == RESULT_PASS;
	const char *by = is_about_scts(record) ? "its SCTs"
		: record->num_policies > 1     ? "the policies"
					       : "the policy";
	if (record_refusals(record) & REFUSED_BY_HOST) {
		buffer_put_text(out, ". It fails: "); // and why is what follows
	} else if (passes && !record->connection->name_matches) {
		buffer_printf(out, ". Apart from that, by %s: ", by);
	} else {
		buffer_printf(out, ". By %s it %s: ", by, words[record->policies_result]);
	}
}

// What decides the exit status stands first, with all that clients refuse; what the policies
// come to is said beside it.
static void put_refusal(struct buffer *out, const struct record *record)
{
	enum code why[CONNECTION_MAX_REFUSALS];
	size_t num = connection_refusals(record, why);
	buffer_put_text(out, "clients refuse this server: ");
	for (size_t i = 0; i < num; i++) {
		buffer_put_text(out, i ? "; " : "");
		buffer_put_text(out, code_info(why[i])->sentence);
	}
	if (record->minimum) {
		buffer_printf(out, "; %s also refuse its certificate: %s",
			record->minimum->policy->refused_by, record->minimum->lacks);
	}
	put_by_policies(out, record);
}

static void put_verdict(struct buffer *out, const struct report_options *options,
	const struct record *record)
{
	static const char *const words[] = {
		[RESULT_PASS] = "PASS",
		[RESULT_FAIL] = "FAIL",
		[RESULT_UNKNOWN] = "UNKNOWN",
	};
	static const enum colour colours[] = {
		[RESULT_PASS] = GOOD,
		[RESULT_FAIL] = BAD,
		[RESULT_UNKNOWN] = DOUBT,
	};
	const char *word = words[record->result];
	enum colour colour = colours[record->result];
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	if (report_is_refused(record)) {
		word = "REFUSED";
		colour = BAD;
		put_refusal(&line, record);
	}
	report_put_verdict(record, &line);
	// A live server is asked about as it is now.
	if (report_is_out_of_time(&record->policies[0]) && !record->connection) {
		buffer_put_text(&line, " To judge it as of its issuance: --at issuance.");
	}
	report_put_coloured(out, options, colour, word);
	buffer_put_text(out, ": ");
	report_put_wrapped(out, buffer_bytes(&line), strlen(word) + 2, 0);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

// The certificate and the list.

static void put_hex(struct buffer *out, struct bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		buffer_printf(out, "%02x", value.data[i]);
	}
}

#define DAY_SECONDS (DATETIME_DAY_MS / 1000)

static void put_lifetime(struct buffer *out, const struct record *record)
{
	report_put_instant(out, record->cert->not_before * 1000);
	buffer_put_text(out, " to ");
	report_put_instant(out, record->cert->not_after * 1000);
	buffer_put_text(out, ", ");
	if (record->lifetime.seconds <= DAY_SECONDS ||
		record->lifetime.seconds % DAY_SECONDS != 1) {
		report_put_days(out, record->lifetime.days);
		return;
	}
	report_put_days(out, record->lifetime.days - 1);
	buffer_put_text(out, " and a second, as the last one counts: who rounds up has ");
	report_put_days(out, record->lifetime.days);
	buffer_put_text(out, " (RFC 5280 4.1.2.5)");
}

static void put_issuer(struct buffer *out, const struct record *record)
{
	static const char *const words[] = {
		[ISSUER_NOT_GIVEN] = "not checked: not given",
		[ISSUER_VALID] = "its signature is valid",
		[ISSUER_INVALID] = "the issuer given did not sign it",
		[ISSUER_WRONG_NAME] = "the issuer given has another name",
		[ISSUER_UNSUPPORTED_ALGORITHM] = "not checked: unsupported algorithm",
	};
	bool unsigned_tbs = record->cert->kind == CERT_TBS &&
		record->issuer_signature == ISSUER_NOT_GIVEN;
	name_put_text(out, record->cert->issuer);
	if (record->self_signed) {
		buffer_put_text(out, " (it signed itself)");
		return;
	}
	buffer_printf(out, " (%s)",
		unsigned_tbs ? "a TBSCertificate carries no signature"
			     : words[record->issuer_signature]);
}

static void put_list(struct buffer *out, const struct record *record)
{
	static const char *const bases[] = {
		[BASIS_GIVEN] = "as given",
		[BASIS_EXACT] = "the newest at hand then",
		[BASIS_EXTRAPOLATED] = "the oldest at hand, taken back to that time",
	};
	buffer_put_text(out, record->list->name);
	report_put_version(out, record->list);
	buffer_put_text(out, " of ");
	report_put_day(out, record->list->published_ms);
	buffer_printf(out, ", %s", bases[record->basis]);
	report_put_age(out, record->list, record->at_ms);
}

static void put_client_lists(struct buffer *out, const struct client_age *age)
{
	static const char *const bases[] = {
		[BASIS_GIVEN] = ": the one that was given",
		[BASIS_EXACT] = "",
		[BASIS_EXTRAPOLATED] = ", the oldest at hand, taken back to that time",
	};
	buffer_printf(out, "%zu, in force in the ", age->num_lists);
	report_put_days(out, age->days);
	buffer_put_text(out, " before, from");
	report_put_version(out, age->oldest);
	buffer_put_text(out, " of ");
	report_put_day(out, age->oldest->published_ms);
	buffer_put_text(out, " on");
	buffer_put_text(out, bases[age->oldest_basis]);
}

static void put_precert(struct buffer *out, const struct precert_record *precert)
{
	if (precert->diff.difference == TBS_SAME) {
		buffer_put_text(out, "what was logged is what was signed");
	} else {
		buffer_put_text(out, "another TBSCertificate, from ");
		tbs_diff_put_field(&precert->diff, out);
		buffer_put_text(out, " on");
	}
}

static void put_connection(struct buffer *out, const struct report_options *options,
	const struct record *record, struct buffer *text)
{
	report_put_server(text, record->connection);
	put_labelled(out, options, "server", buffer_bytes(text));
	text->len = 0;
	report_put_delivered(text, record);
	put_labelled(out, options, "delivered", buffer_bytes(text));
	text->len = 0;
}

// What else was asked about.
static void put_held(struct buffer *out, const struct report_options *options,
	const struct record *record, struct buffer *text)
{
	if (record->host) {
		text->len = 0;
		report_put_hostname_text(text, record->host);
		put_labelled(out, options, "hostname", buffer_bytes(text));
	}
	if (record->pins) {
		text->len = 0;
		report_put_pins_text(text, record->pins);
		put_labelled(out, options, "pins", buffer_bytes(text));
	}
}

static void put_certificate(struct buffer *out, const struct report_options *options,
	const struct record *record)
{
	static const char *const kinds[] = {
		[CERT_CERTIFICATE] = "certificate",
		[CERT_PRECERTIFICATE] = "precert",
		[CERT_TBS] = "TBS",
	};
	const struct cert *cert = record->cert;
	struct buffer text;
	buffer_init(&text, REPORT_MAX);
	if (record->connection) {
		put_connection(out, options, record, &text);
	}
	name_put_text(&text, cert->subject);
	put_labelled(out, options, kinds[cert->kind], buffer_bytes(&text));
	text.len = 0;
	alt_names_put_line(&text, cert, text_put_escaped_ascii);
	put_labelled(out, options, "names", buffer_bytes(&text));
	text.len = 0;
	put_issuer(&text, record);
	put_labelled(out, options, "issuer", buffer_bytes(&text));
	text.len = 0;
	put_lifetime(&text, record);
	put_labelled(out, options, "valid", buffer_bytes(&text));
	text.len = 0;
	put_hex(&text, bytes_of(record->sha256, DIGEST_SHA256_LEN));
	put_labelled(out, options, "SHA-256", buffer_bytes(&text));
	if (record->precert) {
		text.len = 0;
		put_precert(&text, record->precert);
		put_labelled(out, options, "precert", buffer_bytes(&text));
	}
	put_held(out, options, record, &text);
	text.len = 0;
	report_put_instant(&text, record->at_ms);
	put_labelled(out, options, "checked at", buffer_bytes(&text));
	text.len = 0;
	put_list(&text, record);
	put_labelled(out, options, "log list", buffer_bytes(&text));
	if (record->client_age.days) {
		text.len = 0;
		put_client_lists(&text, &record->client_age);
		put_labelled(out, options, "all lists", buffer_bytes(&text));
	}
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

// Needed against got, a policy at a time.

// `hopeless`: it stays unmet whatever may yet turn out valid.
static void put_requirement(struct buffer *out, const struct report_options *options,
	const struct requirement_result *r, bool hopeless)
{
	if (!r->in_force) {
		return;
	}
	const char *unmet = r->requirement->is_advice ? "ADVICE "
		: hopeless                            ? "UNMET  "
						      : "OPEN   ";
	char needed[16];
	char got[16] = "?";
	(void)snprintf(needed, sizeof(needed), "%s%u",
		r->requirement->at_most ? "<=" : "", r->needed);
	if (!r->open || r->got) {
		(void)snprintf(got, sizeof(got), "%u", r->got);
	}
	buffer_printf(out, "    %6s %4s  ", needed, got);
	if (r->met) {
		report_put_coloured(out, options, GOOD, "met    ");
	} else {
		report_put_coloured(out, options,
			hopeless && !r->requirement->is_advice ? BAD : DOUBT, unmet);
	}
	report_put_wrapped(out, bytes_of_text(r->requirement->text), 24, 24);
}

static void put_route(struct buffer *out, const struct report_options *options,
	const struct policy_record *policy, size_t index)
{
	const struct route_result *route = &policy->result.routes[index];
	buffer_printf(out, "  by %s\n", route->route->text);
	report_put_coloured(out, options, FAINT, "    needed  got\n");
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		put_requirement(
			out, options, &route->results[i], policy->hopeless[index][i]);
	}
}

// The route that holds; where none does, each that something was brought along for.
static void put_routes(struct buffer *out, const struct report_options *options,
	const struct record *record, const struct policy_record *policy)
{
	const struct policy_result *result = &policy->result;
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		if (result->routes[i].holds) {
			put_route(out, options, policy, i);
			return;
		}
	}
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		if (i == 0 || record_tries_route(record, result->policy, i)) {
			put_route(out, options, policy, i);
		} else {
			const struct route *route = result->routes[i].route;
			buffer_printf(out, "  by %s\n    ", route->text);
			report_put_untried(record, route, result->policy, out);
			buffer_put_char(out, '\n');
		}
	}
}

static void put_view(
	struct buffer *out, const struct record *record, const struct list_view *view)
{
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	buffer_put_text(&line, "  ");
	report_put_view(&line, record, view);
	report_put_wrapped(out, buffer_bytes(&line), 0, 4);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

static void put_policy(struct buffer *out, const struct report_options *options,
	const struct record *record, const struct policy_record *policy)
{
	const struct policy_result *result = &policy->result;
	static const enum colour colours[] = {
		[VERDICT_COMPLIANT] = GOOD,
		[VERDICT_NON_COMPLIANT] = BAD,
		[VERDICT_INDETERMINATE] = DOUBT,
	};
	report_put_coloured(out, options, BOLD, result->policy->name);
	buffer_put_text(out, ": ");
	report_put_coloured(out, options,
		policy->num_applies_because ? PLAIN : colours[policy->verdict],
		verdict_name(policy->verdict));
	struct buffer rest;
	buffer_init(&rest, REPORT_MAX);
	buffer_put_text(&rest, report_is_by_older(policy) ? " by an older list" : "");
	buffer_put_text(&rest, policy->num_applies_because ? ", but does not apply" : "");
	buffer_printf(&rest, " (rule %s/%s", result->table->name, result->row->name);
	if (result->row->cap_per_operator) {
		buffer_printf(
			&rest, ", at most %u an operator", result->row->cap_per_operator);
	}
	buffer_put_char(&rest, ')');
	size_t column =
		strlen(result->policy->name) + 2 + strlen(verdict_name(policy->verdict));
	report_put_wrapped(out, buffer_bytes(&rest), column, 4);
	out->failed = out->failed || rest.failed;
	buffer_clear(&rest);
	if (policy->view->scts != record->scts) {
		put_view(out, record, policy->view);
	}
	if (policy->num_applies_because == 0) {
		put_routes(out, options, record, policy);
	}
}

// "error (apple): sentence [code]"
static void put_finding(struct buffer *out, const struct report_options *options,
	const struct finding *finding, const char *policy)
{
	static const enum colour colours[] = {
		[SEVERITY_ERROR] = BAD,
		[SEVERITY_WARNING] = DOUBT,
		[SEVERITY_INFO] = PLAIN,
	};
	const struct code_info *info = code_info(finding->code);
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	text_put_spaces(out, 2);
	report_put_coloured(
		out, options, colours[info->severity], severity_name(info->severity));
	if (policy) {
		buffer_printf(&line, "(%s) ", policy);
	}
	buffer_put_text(&line, finding->message);
	buffer_printf(&line, " [%s]", info->name);
	buffer_put_text(out, ": ");
	report_put_wrapped(
		out, buffer_bytes(&line), 4 + strlen(severity_name(info->severity)), 4);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

static bool is_same_finding(const struct finding *a, const struct finding *b)
{
	return a->code == b->code && strcmp(a->message, b->message) == 0;
}

static bool has_finding(const struct policy_record *policy, const struct finding *finding)
{
	for (size_t i = 0; i < policy->findings.num; i++) {
		if (is_same_finding(&policy->findings.items[i], finding)) {
			return true;
		}
	}
	return false;
}

// What a policy that does not apply would ask for is no advice.
static bool is_advised(const struct policy_record *policy)
{
	return policy->num_applies_because == 0;
}

// Every policy that says the same, once: the first one says it for all.
static void put_policy_finding(struct buffer *out, const struct report_options *options,
	const struct record *record, size_t index, const struct finding *finding)
{
	struct buffer names;
	buffer_init(&names, 1024);
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (!is_advised(policy) || !has_finding(policy, finding)) {
			continue;
		}
		if (i < index) {
			buffer_clear(&names);
			return;
		}
		buffer_put_text(&names, i > index ? ", " : "");
		buffer_put_text(&names, policy->result.policy->name);
	}
	buffer_put_char(&names, '\0');
	if (names.failed) {
		out->failed = true;
	} else {
		put_finding(out, options, finding,
			record->num_policies > 1 ? (const char *)names.data : NULL);
	}
	buffer_clear(&names);
}

// An open verdict asks for the issuer already.
static bool is_said_already(const struct record *record, const struct finding *finding)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (finding->code == CODE_ISSUER_MISSING && is_advised(policy) &&
			policy->verdict == VERDICT_INDETERMINATE) {
			return true;
		}
	}
	return false;
}

static void put_findings(struct buffer *out, const struct report_options *options,
	const struct record *record)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct findings *findings = &record->policies[i].findings;
		for (size_t k = 0; is_advised(&record->policies[i]) && k < findings->num;
			k++) {
			put_policy_finding(out, options, record, i, &findings->items[k]);
		}
	}
	for (size_t i = 0; i < record->findings.num; i++) {
		const struct finding *finding = &record->findings.items[i];
		if (!is_said_already(record, finding)) {
			put_finding(out, options, finding, NULL);
		}
	}
}

static void put_advice(struct buffer *out, const struct report_options *options,
	const struct record *record)
{
	struct buffer findings;
	buffer_init(&findings, REPORT_MAX);
	put_findings(&findings, options, record);
	if (findings.len > 0) {
		buffer_put_char(out, '\n');
		report_put_coloured(out, options, BOLD, "What to know and what to do\n");
		buffer_put(out, buffer_bytes(&findings));
	}
	out->failed = out->failed || findings.failed;
	buffer_clear(&findings);
}

static void put_heading(struct buffer *out, const struct report_options *options,
	size_t index, struct bytes id)
{
	if (index > 0) {
		buffer_put_char(out, '\n');
	}
	if (options->many && id.len > 0) {
		buffer_put_text(out, "== ");
		report_put_id(out, id);
		buffer_put_char(out, '\n');
	}
}

void report_text(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out)
{
	put_heading(out, options, index, record->id);
	put_verdict(out, options, record);
	buffer_put_char(out, '\n');
	put_certificate(out, options, record);
	buffer_put_char(out, '\n');
	report_put_scts(out, options, record);
	buffer_put_char(out, '\n');
	for (size_t i = 0; i < record->num_policies; i++) {
		put_policy(out, options, record, &record->policies[i]);
	}
	put_advice(out, options, record);
	if (record->repair) {
		report_put_repair_text(out, options, record->repair);
	}
}

void report_text_error(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out)
{
	put_heading(out, options, index, id);
	report_put_coloured(out, options, BAD, "ERROR");
	buffer_put_text(out, ": ");
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	err_put_line(err, &line);
	report_put_wrapped(out, buffer_bytes(&line), 7, 7);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

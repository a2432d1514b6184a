// SPDX-License-Identifier: Apache-2.0
// The report for people: the verdict in words first, then what led to it, then what to
// do. 80 columns; colours only where the options say so.
#include "report/report.h"

#include "base/datetime.h"
#include "base/text.h"
#include "x509/name.h"

#define WIDTH 80

enum colour { PLAIN, BOLD, GOOD, BAD, DOUBT, FAINT };

static void put_coloured(struct buffer *out, const struct report_options *options,
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

static void put_wrapped(
	struct buffer *out, struct bytes text, size_t column, size_t indent)
{
	text_put_wrapped(out, text, column, indent, WIDTH);
}

#define LABEL_WIDTH 13

// "label        text", wrapped under the text.
static void put_labelled(struct buffer *out, const struct report_options *options,
	const char *label, struct bytes text)
{
	put_coloured(out, options, FAINT, label);
	text_put_spaces(out, LABEL_WIDTH - strlen(label));
	put_wrapped(out, text, LABEL_WIDTH, LABEL_WIDTH);
}

static void put_day(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	buffer_put(out, bytes_of(text, 10));
}

// "2026-06-01 00:05:01Z"
static void put_instant(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms - ms % 1000, text);
	text[10] = ' ';
	buffer_put_text(out, text);
}

// The first line: the verdict in words.

static void put_reasons(struct buffer *out, const struct policy_record *policy)
{
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		buffer_put_text(out, i ? "; " : "");
		buffer_put_text(out, code_info(policy->applies_because[i])->sentence);
	}
}

static const char *joint(const struct record *record, size_t index)
{
	if (index == 0) {
		return "";
	}
	if (record->policies[index].verdict != record->policies[index - 1].verdict) {
		return ", but ";
	}
	return index + 1 == record->num_policies ? " and " : ", ";
}

static void put_verdicts(struct buffer *out, const struct record *record)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		buffer_put_text(out, joint(record, i));
		buffer_put_text(out, policy->result.policy->says[policy->verdict]);
	}
}

static bool has_expired(const struct policy_record *policy)
{
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		if (policy->applies_because[i] == CODE_EXPIRED) {
			return true;
		}
	}
	return false;
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
	const struct policy_record *first = &record->policies[0];
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	if (first->num_applies_because) {
		buffer_put_text(&line, "the policy does not apply: ");
		put_reasons(&line, first);
		buffer_put_text(&line, ". By its SCTs alone the certificate ");
	} else {
		buffer_put_text(&line, "this certificate ");
	}
	put_verdicts(&line, record);
	buffer_put_char(&line, '.');
	if (has_expired(first)) {
		buffer_put_text(&line, " To judge it as of its issuance: --at issuance.");
	}
	put_coloured(out, options, colours[record->result], words[record->result]);
	buffer_put_text(out, ": ");
	put_wrapped(out, buffer_bytes(&line), strlen(words[record->result]) + 2, 0);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

// The certificate and the list.

static void put_names(struct buffer *out, const struct cert *cert)
{
	enum { SHOWN = 4 };
	struct err ignored;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	struct bytes name;
	size_t num = 0;
	while (cert_next_alt_name(&names, DER_CONTEXT(2), &name)) {
		if (num < SHOWN) {
			buffer_put_text(out, num ? ", " : "");
			text_put_escaped_ascii(out, name);
		}
		num++;
	}
	if (num > SHOWN) {
		buffer_printf(out, " and %zu more", num - SHOWN);
	}
}

static void put_hex(struct buffer *out, struct bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		buffer_printf(out, "%02x", value.data[i]);
	}
}

static void put_lifetime(struct buffer *out, const struct record *record)
{
	put_instant(out, record->cert->not_before * 1000);
	buffer_put_text(out, " to ");
	put_instant(out, record->cert->not_after * 1000);
	buffer_printf(out, ", %lld day%s", (long long)record->lifetime.days,
		record->lifetime.days == 1 ? "" : "s");
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
	buffer_printf(out, " (%s)",
		unsigned_tbs ? "a TBSCertificate carries no signature"
			     : words[record->issuer_signature]);
}

// "12 days old", or how far the list is ahead of the time of check.
static void put_age(struct buffer *out, const struct record *record)
{
	int64_t age_ms = lists_age_ms(record->list, record->at_ms);
	if (age_ms < 0) {
		buffer_printf(out, ", published %lld days after that time",
			(long long)((DATETIME_DAY_MS - 1 - age_ms) / DATETIME_DAY_MS));
	} else {
		buffer_printf(
			out, ", %lld days old", (long long)(age_ms / DATETIME_DAY_MS));
	}
}

static void put_list(struct buffer *out, const struct record *record)
{
	static const char *const bases[] = {
		[BASIS_GIVEN] = "as given",
		[BASIS_EXACT] = "in force then",
		[BASIS_EXTRAPOLATED] = "the oldest at hand, extrapolated back",
	};
	buffer_printf(out, "%s ", record->list->name);
	text_put_escaped(out, bytes_of_text(record->list->version));
	buffer_put_text(out, " of ");
	put_day(out, record->list->published_ms);
	buffer_printf(out, ", %s", bases[record->basis]);
	put_age(out, record);
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
	name_put_text(&text, cert->subject);
	put_labelled(out, options, kinds[cert->kind], buffer_bytes(&text));
	text.len = 0;
	put_names(&text, cert);
	if (text.len) {
		put_labelled(out, options, "names", buffer_bytes(&text));
	}
	text.len = 0;
	put_issuer(&text, record);
	put_labelled(out, options, "issuer", buffer_bytes(&text));
	text.len = 0;
	put_lifetime(&text, record);
	put_labelled(out, options, "valid", buffer_bytes(&text));
	text.len = 0;
	put_hex(&text, bytes_of(record->sha256, DIGEST_SHA256_LEN));
	put_labelled(out, options, "SHA-256", buffer_bytes(&text));
	text.len = 0;
	put_instant(&text, record->at_ms);
	put_labelled(out, options, "checked at", buffer_bytes(&text));
	text.len = 0;
	put_list(&text, record);
	put_labelled(out, options, "log list", buffer_bytes(&text));
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

// The table of SCTs.

struct column {
	const char *title;
	size_t width;
};

static void put_cell(struct buffer *out, struct bytes text, size_t width)
{
	size_t used = text_width(text);
	if (used > width) {
		size_t len = 0;
		size_t columns = 0;
		while (columns + 2 < width) {
			uint32_t c = 0;
			size_t step = text_utf8_decode(
				bytes_of(text.data + len, text.len - len), &c);
			columns += text_width(bytes_of(text.data + len, step));
			len += step;
		}
		buffer_put(out, bytes_of(text.data, len));
		buffer_put_text(out, "\xe2\x80\xa6"); // an ellipsis
		used = text_width(bytes_of(text.data, len)) + 1;
	} else {
		buffer_put(out, text);
	}
	text_put_spaces(out, width > used ? width - used : 0);
}

static void put_text_cell(struct buffer *out, const char *text, size_t width)
{
	struct buffer safe;
	buffer_init(&safe, REPORT_MAX);
	text_put_escaped(&safe, bytes_of_text(text));
	put_cell(out, buffer_bytes(&safe), width);
	out->failed = out->failed || safe.failed;
	buffer_clear(&safe);
}

enum { COL_SOURCE = 10, COL_LOG = 27, COL_OPERATOR = 14, COL_TIME = 21 };

static bool is_about_state(enum code why)
{
	static const enum code codes[] = {CODE_LOG_REJECTED, CODE_LOG_RETIRED,
		CODE_LOG_PENDING, CODE_AFTER_READONLY, CODE_AFTER_RETIREMENT,
		CODE_ONCE_APPROVED_ONLY};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i] == why) {
			return true;
		}
	}
	return false;
}

static void put_why(struct buffer *out, const struct sct_record *sct, enum code why)
{
	buffer_put_text(out, code_info(why)->sentence);
	if (is_about_state(why) && sct->standing.since_ms) {
		buffer_printf(out, " (%s since ", log_state_name(sct->standing.state));
		put_day(out, sct->standing.since_ms);
		buffer_put_char(out, ')');
	}
	if (why == CODE_INVALID_SIGNATURE && sct->undecided) {
		buffer_put_text(out, " and the issuer given, which may be the wrong one");
	}
}

static void put_sct_why(struct buffer *out, const struct sct_record *sct)
{
	struct buffer text;
	buffer_init(&text, REPORT_MAX);
	buffer_put_text(&text, "does not count: ");
	for (size_t i = 0; i < sct->num_why; i++) {
		buffer_put_text(&text, i ? "; " : "");
		put_why(&text, sct, sct->why[i]);
	}
	if (sct->sct.parse == SCT_MALFORMED) {
		buffer_put_text(&text, ": ");
		buffer_put_text(&text, sct->sct.malformed.text);
	}
	text_put_spaces(out, 4);
	put_wrapped(out, buffer_bytes(&text), 4, 4);
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static void put_sct_time(struct buffer *out, const struct sct_record *sct)
{
	struct buffer when;
	buffer_init(&when, 64);
	if (sct->sct.parse == SCT_PARSED && sct->sct.timestamp <= DATETIME_MAX_MS) {
		put_instant(&when, (int64_t)sct->sct.timestamp);
	} else {
		buffer_put_text(&when, "-");
	}
	put_cell(out, buffer_bytes(&when), COL_TIME);
	out->failed = out->failed || when.failed;
	buffer_clear(&when);
}

// What the list calls the log, else its id; that one is told in full, to look it up by.
static void put_sct_row(struct buffer *out, const struct report_options *options,
	const struct sct_record *sct)
{
	const char *name = "?";
	if (sct->sct.log_id.len) {
		name = "(log id below)";
	}
	if (sct->log && sct->log->text[LOG_DESCRIPTION]) {
		name = sct->log->text[LOG_DESCRIPTION];
	}
	enum colour uncounted = sct->status == STATUS_VALID ? DOUBT : BAD;
	text_put_spaces(out, 2);
	put_text_cell(out, sct_source_name(sct->source), COL_SOURCE);
	put_text_cell(out, name, COL_LOG);
	put_text_cell(out, sct->operator_name ? sct->operator_name : "-", COL_OPERATOR);
	put_sct_time(out, sct);
	put_coloured(out, options, sct->counted ? GOOD : uncounted,
		sct->counted ? "yes" : "no");
	buffer_put_char(out, '\n');
}

static void put_sct_details(struct buffer *out, const struct sct_record *sct)
{
	text_put_spaces(out, 4);
	buffer_printf(out, "%s, approval %s", sct_status_name(sct->status),
		approval_name(sct->approval));
	if (sct->log) {
		buffer_printf(out, ", log %s%s", log_state_name(sct->standing.state),
			sct->standing.extrapolated ? " (taken back to the time of check)"
						   : "");
		buffer_printf(out, ", %s", log_api_name(sct->log->api));
	}
	if (sct->sct.has_leaf_index) {
		buffer_printf(out, ", leaf index %llu",
			(unsigned long long)sct->sct.leaf_index);
	}
	buffer_put_char(out, '\n');
	if (sct->sct.log_id.len && !(sct->log && sct->log->text[LOG_DESCRIPTION])) {
		char id[TEXT_BASE64_ROOM(SCT_LOG_ID_LEN)];
		text_base64(sct->sct.log_id, id);
		buffer_printf(out, "    log id %s\n", id);
	}
}

static void put_sct(struct buffer *out, const struct report_options *options,
	const struct sct_record *sct)
{
	put_sct_row(out, options, sct);
	put_sct_details(out, sct);
	if (!sct->counted && sct->num_why) {
		put_sct_why(out, sct);
	}
}

static void put_scts(struct buffer *out, const struct report_options *options,
	const struct record *record)
{
	if (record->num_scts == 0) {
		put_coloured(out, options, BOLD, "SCTs: none\n");
		return;
	}
	put_coloured(out, options, BOLD, "SCTs\n");
	text_put_spaces(out, 2);
	put_text_cell(out, "source", COL_SOURCE);
	put_text_cell(out, "log", COL_LOG);
	put_text_cell(out, "operator", COL_OPERATOR);
	put_text_cell(out, "time", COL_TIME);
	buffer_put_text(out, "counts\n");
	for (size_t i = 0; i < record->num_scts; i++) {
		put_sct(out, options, &record->scts[i]);
	}
}

// Needed against got, a policy at a time.

static void put_requirement(struct buffer *out, const struct report_options *options,
	const struct requirement_result *r)
{
	if (!r->in_force) {
		return;
	}
	buffer_printf(out, "    %6u %4u  ", r->needed, r->got);
	put_coloured(out, options, r->met ? GOOD : BAD, r->met ? "met   " : "UNMET ");
	put_wrapped(out, bytes_of_text(r->requirement->text), 23, 23);
}

static void put_route(struct buffer *out, const struct report_options *options,
	const struct route_result *route)
{
	buffer_printf(out, "  by %s\n", route->route->text);
	put_coloured(out, options, FAINT, "    needed  got\n");
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		put_requirement(out, options, &route->results[i]);
	}
}

// The route that holds; where none does, each that something was brought along for.
static void put_routes(struct buffer *out, const struct report_options *options,
	const struct record *record, const struct policy_result *result)
{
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		if (result->routes[i].holds) {
			put_route(out, options, &result->routes[i]);
			return;
		}
	}
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		if (i == 0 || record_tries_route(record, result->policy, i)) {
			put_route(out, options, &result->routes[i]);
		} else {
			buffer_printf(out, "  by %s\n    none were given\n",
				result->routes[i].route->text);
		}
	}
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
	put_coloured(out, options, BOLD, result->policy->name);
	buffer_put_text(out, ": ");
	put_coloured(out, options,
		policy->num_applies_because ? PLAIN : colours[policy->verdict],
		verdict_name(policy->verdict));
	struct buffer rest;
	buffer_init(&rest, REPORT_MAX);
	buffer_put_text(&rest, policy->num_applies_because ? ", but does not apply" : "");
	buffer_printf(&rest, " (rule %s/%s", result->table->name, result->row->name);
	if (result->row->cap_per_operator) {
		buffer_printf(
			&rest, ", at most %u an operator", result->row->cap_per_operator);
	}
	buffer_put_char(&rest, ')');
	size_t column =
		strlen(result->policy->name) + 2 + strlen(verdict_name(policy->verdict));
	put_wrapped(out, buffer_bytes(&rest), column, 4);
	out->failed = out->failed || rest.failed;
	buffer_clear(&rest);
	put_routes(out, options, record, result);
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
	put_coloured(
		out, options, colours[info->severity], severity_name(info->severity));
	if (policy) {
		buffer_printf(&line, "(%s) ", policy);
	}
	buffer_put_text(&line, finding->message);
	buffer_printf(&line, " [%s]", info->name);
	buffer_put_text(out, ": ");
	put_wrapped(
		out, buffer_bytes(&line), 4 + strlen(severity_name(info->severity)), 4);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

static bool is_advised(const struct policy_record *policy)
{
	return policy->num_applies_because == 0;
}

static size_t num_findings(const struct record *record)
{
	size_t num = record->findings.num;
	for (size_t i = 0; i < record->num_policies; i++) {
		num += is_advised(&record->policies[i]) ? record->policies[i].findings.num
							: 0;
	}
	return num;
}

// What a policy that does not apply would ask for is no advice.
static void put_advice(struct buffer *out, const struct report_options *options,
	const struct record *record)
{
	if (num_findings(record) == 0) {
		return;
	}
	buffer_put_char(out, '\n');
	put_coloured(out, options, BOLD, "What to know and what to do\n");
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		const char *name =
			record->num_policies > 1 ? policy->result.policy->name : NULL;
		for (size_t k = 0; is_advised(policy) && k < policy->findings.num; k++) {
			put_finding(out, options, &policy->findings.items[k], name);
		}
	}
	for (size_t i = 0; i < record->findings.num; i++) {
		put_finding(out, options, &record->findings.items[i], NULL);
	}
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
	put_scts(out, options, record);
	buffer_put_char(out, '\n');
	for (size_t i = 0; i < record->num_policies; i++) {
		put_policy(out, options, record, &record->policies[i]);
	}
	put_advice(out, options, record);
}

void report_text_error(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out)
{
	put_heading(out, options, index, id);
	put_coloured(out, options, BAD, "ERROR");
	buffer_put_text(out, ": ");
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	if (err->field[0]) {
		buffer_printf(&line, "%s: ", err->field);
	}
	text_put_escaped(&line, bytes_of_text(err->text));
	if (err->offset != ERR_NO_OFFSET) {
		buffer_printf(&line, ", at byte %zu", err->offset);
	}
	buffer_printf(&line, " [%s]", code_info(err->code)->name);
	put_wrapped(out, buffer_bytes(&line), 7, 7);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

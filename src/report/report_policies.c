// SPDX-License-Identifier: Apache-2.0
#include "report/report_policies.h"

#include "base/datetime.h"
#include "base/text.h"
#include "report/json_write.h"

#define WIDTH 80

static void put_wrapped(struct buffer *out, struct bytes text, size_t indent)
{
	text_put_spaces(out, indent);
	text_put_wrapped(out, text, indent, indent, WIDTH);
}

static void put_source(struct buffer *out, const char *source, size_t indent)
{
	struct buffer line;
	buffer_init(&line, 1024);
	buffer_put_text(&line, "Source: ");
	buffer_put_text(&line, source);
	put_wrapped(out, buffer_bytes(&line), indent);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

static void put_bound(struct buffer *out, const struct lifetime_row *row)
{
	long long limit = (long long)row->limit;
	switch (row->bound) {
	case LIFETIME_DAYS:
		buffer_printf(out, "%lld days or less, the last second included", limit);
		return;
	case LIFETIME_SECONDS:
		buffer_printf(out, "notAfter - notBefore of %lld x 86,400 s or less",
			limit / 86400);
		return;
	case LIFETIME_BELOW_MONTHS:
		buffer_printf(out, "less than %lld months", limit);
		return;
	case LIFETIME_MONTHS:
		buffer_printf(out, "%lld months exactly, or less", limit);
		return;
	case LIFETIME_WHOLE_MONTHS:
		buffer_printf(out, "%lld whole months or less, what is left over ignored",
			limit);
		return;
	case LIFETIME_ANY:
		buffer_put_text(out, "any longer lifetime");
	}
}

static void put_instant(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	buffer_put_text(out, text);
}

static void put_row(struct buffer *out, const struct lifetime_row *row)
{
	struct buffer line;
	buffer_init(&line, 1024);
	buffer_printf(&line, "%u SCTs", row->scts);
	if (row->cap_per_operator) {
		buffer_printf(
			&line, ", at most %u of one log operator", row->cap_per_operator);
	}
	buffer_put_text(&line, ": ");
	put_bound(&line, row);
	buffer_printf(&line, " (%s)", row->name);
	if (row->remark != CODE_NONE) {
		buffer_printf(&line, "; more than %lld days are remarked on (%s)",
			(long long)row->remark_beyond_days, code_info(row->remark)->name);
	}
	put_wrapped(out, buffer_bytes(&line), 6);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

static void put_table(struct buffer *out, const struct lifetime_table *table)
{
	buffer_put_text(out, "    Certificates with notBefore");
	if (table->from != INT64_MIN) {
		buffer_put_text(out, " from ");
		put_instant(out, table->from * 1000);
	}
	if (table->until != INT64_MAX) {
		buffer_put_text(out, " before ");
		put_instant(out, table->until * 1000);
	}
	buffer_printf(out, " (%s)\n", table->name);
	for (size_t i = 0; i < LIFETIME_MAX_ROWS && table->rows[i].name; i++) {
		put_row(out, &table->rows[i]);
	}
	put_source(out, table->source, 6);
}

static void put_requirement(struct buffer *out, const struct requirement *requirement)
{
	struct buffer line;
	buffer_init(&line, 2048);
	buffer_put_text(&line, requirement->text);
	const char *axis =
		requirement->axis == AXIS_NOT_BEFORE ? "notBefore" : "times of check";
	if (!requirement->by_lifetime && requirement_counts_scts(requirement)) {
		buffer_printf(&line, " (at least %u)", requirement->needed);
	}
	if (requirement->from_ms != INT64_MIN) {
		buffer_printf(&line, "; for %s from ", axis);
		put_instant(&line, requirement->from_ms);
	}
	if (requirement->until_ms != INT64_MAX) {
		buffer_printf(&line, "; for %s before ", axis);
		put_instant(&line, requirement->until_ms);
	}
	buffer_put_text(&line,
		requirement->once_before_retirement
			? "; one from a log that has retired counts only if the "
			  "certificate was issued before that"
			: "");
	buffer_put_text(&line, requirement->is_advice ? "; a warning" : "");
	buffer_printf(&line, ". [%s; else %s]", requirement->name,
		code_info(requirement->code)->name);
	put_wrapped(out, buffer_bytes(&line), 6);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
	put_source(out, requirement->source, 8);
}

// A line of words at an indent, made by `say`.
static void put_line(struct buffer *out, size_t indent, const struct policy *policy,
	void (*say)(struct buffer *, const struct policy *))
{
	struct buffer line;
	buffer_init(&line, 2048);
	say(&line, policy);
	if (line.len > 0) {
		put_wrapped(out, buffer_bytes(&line), indent);
	}
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

// What bits of a policy mean: their names in JSON, and their words.
struct meaning {
	unsigned bit;
	const char *name, *text;
};

static const struct meaning leniencies[] = {
	{LENIENT_INTERVAL, "temporal_interval", "the temporal interval of a log"},
	{LENIENT_READONLY, "readonly_since", "since when a log is readonly"},
	{LENIENT_RETIRING, "coming_retirement", "a retirement that is to come"},
};

static const struct meaning exemptions[] = {
	{EXEMPT_NO_SERVER, "no_server", "certificates that are for no TLS server"},
	{EXEMPT_NEVER_SERVER, "no_server_unless_shown",
		"those for no TLS server, unless a server shows them"},
	{EXEMPT_CA, "ca", "CA certificates"},
	{EXEMPT_ONLY_CA, "ca_unless_shown",
		"CA certificates, unless a server shows them or they are made for one"},
	{EXEMPT_OUTSIDE_VALIDITY, "outside_validity",
		"expired ones and those not valid yet"},
	{EXEMPT_PRECERT_SIGNING, "precertificate_signing",
		"Precertificate Signing Certificates"},
	{EXEMPT_SELF_SIGNED, "self_signed", "those that signed themselves"},
	{EXEMPT_NOT_PUBLIC, "private_root", "those under a private root"},
	{EXEMPT_REDACTED, "redacted", "redacted precertificates"},
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

// Those that are set, in a row; nothing where none is.
static void say_meanings(struct buffer *line, const char *begin, unsigned bits,
	const struct meaning *meanings, size_t num)
{
	const char *before = begin;
	for (size_t i = 0; i < num; i++) {
		if (bits & meanings[i].bit) {
			buffer_put_text(line, before);
			buffer_put_text(line, meanings[i].text);
			before = ", ";
		}
	}
	buffer_put_text(line, before == begin ? "" : ".");
}

static void say_list(struct buffer *line, const struct policy *policy)
{
	if (!policy->list) {
		return;
	}
	// Days and a millisecond: not off yet when they are over to the instant.
	bool beyond = policy->list_off_ms % DATETIME_DAY_MS != 0;
	buffer_printf(line,
		"Judged by the log list of %s; off when that is %s%lld days old%s.",
		policy->list, beyond ? "more than " : "",
		(long long)(policy->list_off_ms / DATETIME_DAY_MS),
		beyond ? "" : " or more");
	if (policy->list_forgets) {
		buffer_put_text(line,
			" It leaves out logs that have ended: one from after the time of "
			"check says nothing of a log that it does not know.");
	}
	say_meanings(
		line, " Not looked at: ", policy->leniency, leniencies, NUM(leniencies));
}

static void say_exemptions(struct buffer *line, const struct policy *policy)
{
	say_meanings(line, "Does not apply to ", policy->exemptions, exemptions,
		NUM(exemptions));
}

static void say_verdicts(struct buffer *line, const struct policy *policy)
{
	buffer_printf(line, "In words: it %s, or %s, or %s.",
		policy->says[VERDICT_COMPLIANT], policy->says[VERDICT_NON_COMPLIANT],
		policy->says[VERDICT_INDETERMINATE]);
	if (policy->refused_by) {
		buffer_printf(line,
			" %s refuse what does not meet it, whatever policies are asked for.",
			policy->refused_by);
	}
}

static void put_route_window(struct buffer *out, const struct route *route)
{
	if (route->from_ms != INT64_MIN) {
		buffer_put_text(out, "      For times of check from ");
		put_instant(out, route->from_ms);
		buffer_put_text(out, "\n");
	}
	if (route->until_ms != INT64_MAX) {
		buffer_put_text(out, "      For times of check before ");
		put_instant(out, route->until_ms);
		buffer_put_text(out, "\n");
	}
}

static void put_policy(struct buffer *out, const struct policy *policy)
{
	buffer_printf(out, "%s: %s\n", policy->name, policy->title);
	put_wrapped(out, bytes_of_text(policy->text), 2);
	put_source(out, policy->source, 2);
	put_line(out, 2, policy, say_list);
	put_line(out, 2, policy, say_exemptions);
	put_line(out, 2, policy, say_verdicts);
	if (policy->enforced_from != INT64_MIN) {
		buffer_put_text(out, "  For certificates issued from ");
		put_instant(out, policy->enforced_from * 1000);
		buffer_put_text(out, " on.\n");
	}
	if (policy->enforced_since_ms != INT64_MIN) {
		buffer_put_text(out, "  For times of check from ");
		put_instant(out, policy->enforced_since_ms);
		buffer_put_text(out, " on.\n");
	}
	buffer_put_text(out,
		"\n  A certificate is compliant if it meets all requirements of one "
		"route:\n");
	for (size_t i = 0; i < policy->num_routes; i++) {
		buffer_printf(out, "\n    Route \"%s\"\n", policy->routes[i].name);
		put_wrapped(out, bytes_of_text(policy->routes[i].text), 6);
		put_route_window(out, &policy->routes[i]);
		for (size_t k = 0; k < policy->routes[i].num_requirements; k++) {
			put_requirement(out, &policy->routes[i].requirements[k]);
		}
	}
	if (!policy_asks_by_lifetime(policy)) {
		return;
	}
	buffer_put_text(out, "\n  How many embedded SCTs a lifetime asks for:\n");
	for (size_t i = 0; i < policy->num_tables; i++) {
		buffer_put_char(out, '\n');
		put_table(out, &policy->tables[i]);
	}
}

void report_policies_text(
	const struct policy *const *policies, size_t num, struct buffer *out)
{
	for (size_t i = 0; i < num; i++) {
		buffer_put_text(out, i ? "\n" : "");
		put_policy(out, policies[i]);
	}
}

static void put_instant_json(struct json *json, const char *key, int64_t ms)
{
	if (ms != INT64_MIN && ms != INT64_MAX) {
		json_put_time(json, key, ms);
	} else {
		json_put_null(json, key);
	}
}

static void put_window(struct json *json, const char *from_key, int64_t from,
	const char *until_key, int64_t until)
{
	put_instant_json(json, from_key, from);
	put_instant_json(json, until_key, until);
}

static int64_t to_ms(int64_t seconds)
{
	return seconds == INT64_MIN || seconds == INT64_MAX ? seconds : seconds * 1000;
}

static void put_row_json(struct json *json, const struct lifetime_row *row)
{
	struct buffer words;
	buffer_init(&words, 256);
	put_bound(&words, row);
	json_put_open(json, NULL, '{');
	json_put_text(json, "name", row->name);
	json_put_bytes(json, "lifetime", buffer_bytes(&words));
	json_put_unsigned(json, "scts", row->scts);
	if (row->cap_per_operator) {
		json_put_unsigned(json, "max_per_operator", row->cap_per_operator);
	} else {
		json_put_null(json, "max_per_operator");
	}
	json_put_text(json, "remark", row->remark ? code_info(row->remark)->name : NULL);
	if (row->remark) {
		json_put_integer(json, "remark_beyond_days", row->remark_beyond_days);
	} else {
		json_put_null(json, "remark_beyond_days");
	}
	json_put_close(json, '}');
	json->out->failed = json->out->failed || words.failed;
	buffer_clear(&words);
}

static void put_table_json(struct json *json, const struct lifetime_table *table)
{
	json_put_open(json, NULL, '{');
	json_put_text(json, "name", table->name);
	put_window(json, "not_before_from", to_ms(table->from), "not_before_until",
		to_ms(table->until));
	json_put_text(json, "source", table->source);
	json_put_open(json, "rows", '[');
	for (size_t i = 0; i < LIFETIME_MAX_ROWS && table->rows[i].name; i++) {
		put_row_json(json, &table->rows[i]);
	}
	json_put_close(json, ']');
	json_put_close(json, '}');
}

static void put_bits(
	struct json *json, const char *key, unsigned bits, const char *const names[3])
{
	json_put_open(json, key, '[');
	for (size_t i = 0; i < 3; i++) {
		if (bits & 1U << i) {
			json_put_text(json, NULL, names[i]);
		}
	}
	json_put_close(json, ']');
}

static void put_requirement_json(struct json *json, const struct requirement *requirement)
{
	static const char *const sources[] = {"embedded", "tls", "ocsp"};
	static const char *const approvals[] = {"none", "once", "current"};
	static const char *const measures[] = {
		[MEASURE_LOGS] = "logs",
		[MEASURE_OPERATORS] = "operators",
		[MEASURE_RSA_BITS] = "rsa_bits",
		[MEASURE_KEY_TYPE] = "key_type",
		[MEASURE_SHA2] = "sha2_signature",
		[MEASURE_NAMES] = "names",
		[MEASURE_SERVER_AUTH] = "server_auth",
		[MEASURE_DAYS] = "days",
		[MEASURE_DAYS_BETWEEN] = "days_between",
	};
	bool by_issuance = requirement->axis == AXIS_NOT_BEFORE;
	json_put_open(json, NULL, '{');
	json_put_text(json, "name", requirement->name);
	json_put_text(json, "text", requirement->text);
	json_put_text(json, "source", requirement->source);
	json_put_text(json, "counts", measures[requirement->measure]);
	put_bits(json, "sct_sources", requirement->sources, sources);
	put_bits(json, "approvals", requirement->approvals, approvals);
	json_put_bool(json, "rfc6962_only", requirement->rfc6962_only);
	json_put_bool(json, "by_lifetime", requirement->by_lifetime);
	json_put_unsigned(json, "needed", requirement->needed);
	put_window(json, "checked_from", by_issuance ? INT64_MIN : requirement->from_ms,
		"checked_until", by_issuance ? INT64_MAX : requirement->until_ms);
	put_window(json, "not_before_from",
		by_issuance ? requirement->from_ms : INT64_MIN, "not_before_until",
		by_issuance ? requirement->until_ms : INT64_MAX);
	json_put_text(json, "subject",
		requirement->subject == SUBJECT_LEAF ? "leaf" : "issuer");
	json_put_text(json, "compare", requirement_comparison(requirement));
	json_put_bool(json, "advice", requirement->is_advice);
	json_put_bool(json, "system_roots_only", requirement->system_roots_only);
	json_put_bool(
		json, "once_before_retirement", requirement->once_before_retirement);
	json_put_text(json, "code", code_info(requirement->code)->name);
	json_put_close(json, '}');
}

static void put_meanings(struct json *json, const char *key, unsigned bits,
	const struct meaning *meanings, size_t num)
{
	json_put_open(json, key, '[');
	for (size_t i = 0; i < num; i++) {
		if (bits & meanings[i].bit) {
			json_put_word(json, NULL, meanings[i].name);
		}
	}
	json_put_close(json, ']');
}

// Which list it is about, and how it is read; of a policy about none, nothing.
static void put_list_json(struct json *json, const struct policy *policy)
{
	json_put_text(json, "log_list", policy->list);
	if (policy->list) {
		json_put_integer(json, "log_list_off_ms", policy->list_off_ms);
	} else {
		json_put_null(json, "log_list_off_ms");
	}
	json_put_bool(json, "log_list_forgets", policy->list_forgets);
	put_meanings(
		json, "not_looked_at", policy->leniency, leniencies, NUM(leniencies));
	put_meanings(json, "exemptions", policy->exemptions, exemptions, NUM(exemptions));
}

static void put_says_json(struct json *json, const struct policy *policy)
{
	json_put_open(json, "says", '{');
	json_put_text(json, "compliant", policy->says[VERDICT_COMPLIANT]);
	json_put_text(json, "non_compliant", policy->says[VERDICT_NON_COMPLIANT]);
	json_put_text(json, "indeterminate", policy->says[VERDICT_INDETERMINATE]);
	json_put_close(json, '}');
}

static void put_policy_json(struct json *json, const struct policy *policy)
{
	json_put_open(json, NULL, '{');
	json_put_text(json, "name", policy->name);
	json_put_text(json, "title", policy->title);
	json_put_text(json, "text", policy->text);
	json_put_text(json, "source", policy->source);
	put_instant_json(json, "enforced_from", to_ms(policy->enforced_from));
	put_instant_json(json, "enforced_since", policy->enforced_since_ms);
	put_list_json(json, policy);
	put_says_json(json, policy);
	json_put_text(json, "refused_by", policy->refused_by);
	json_put_open(json, "routes", '[');
	for (size_t i = 0; i < policy->num_routes; i++) {
		json_put_open(json, NULL, '{');
		json_put_text(json, "name", policy->routes[i].name);
		json_put_text(json, "text", policy->routes[i].text);
		put_window(json, "open_from", policy->routes[i].from_ms, "open_until",
			policy->routes[i].until_ms);
		json_put_open(json, "requirements", '[');
		for (size_t k = 0; k < policy->routes[i].num_requirements; k++) {
			put_requirement_json(json, &policy->routes[i].requirements[k]);
		}
		json_put_close(json, ']');
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
	json_put_open(json, "lifetimes", '[');
	for (size_t i = 0; i < policy->num_tables; i++) {
		put_table_json(json, &policy->tables[i]);
	}
	json_put_close(json, ']');
	json_put_close(json, '}');
}

void report_policies_json(
	const struct policy *const *policies, size_t num, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '[');
	for (size_t i = 0; i < num; i++) {
		put_policy_json(&json, policies[i]);
	}
	json_put_close(&json, ']');
	buffer_put_char(out, '\n');
}

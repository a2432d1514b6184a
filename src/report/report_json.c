// SPDX-License-Identifier: Apache-2.0
// The report and the error object of INTERFACE.md ("Evaluation report").
#include "report/report.h"

#include "base/datetime.h"
#include "base/text.h"
#include "report/json_write.h"
#include "report/report_connection.h"
#include "report/report_lists.h"
#include "report/report_hostname.h"
#include "report/report_pins.h"
#include "report/report_repair.h"
#include "sct/verify.h"
#include "x509/name.h"

static void put_name(struct json *json, const char *key, struct bytes name)
{
	json_begin_text(json, key);
	name_put_text(json->out, name);
	json_end_text(json);
}

static void put_dns_names(struct json *json, const struct cert *cert)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	struct bytes name;
	json_put_open(json, "dns_names", '[');
	while (cert_next_alt_name(&names, DER_CONTEXT(2), &name)) {
		json_begin_text(json, NULL);
		text_put_escaped_ascii(json->out, name);
		json_end_text(json);
	}
	json_put_close(json, ']');
}

static void put_optional_hex(struct json *json, const char *key, struct bytes value)
{
	if (value.data) {
		json_put_hex(json, key, value);
	} else {
		json_put_null(json, key);
	}
}

static void put_lifetime(struct json *json, const struct lifetime *lifetime)
{
	json_put_open(json, "lifetime", '{');
	json_put_integer(json, "seconds", lifetime->seconds);
	json_put_integer(json, "days", lifetime->days);
	json_put_integer(json, "months", lifetime->months);
	json_put_bool(json, "months_exact", lifetime->months_exact);
	json_put_close(json, '}');
}

static void put_key(struct json *json, const struct cert_key *key)
{
	json_put_open(json, "key", '{');
	json_put_word(json, "type", key_type_name(key->type));
	json_put_unsigned(json, "bits", key->bits);
	json_put_word(json, "curve", key->curve);
	json_put_close(json, '}');
}

static void put_certificate(struct json *json, const struct record *record)
{
	const struct cert *cert = record->cert;
	const struct sigalg *alg = sigalg_by_oid(cert->signature_oid);
	json_put_open(json, "certificate", '{');
	json_put_word(json, "kind", cert_kind_name(cert->kind));
	json_put_hex(json, "sha256", bytes_of(record->sha256, DIGEST_SHA256_LEN));
	json_put_hex(json, "serial", cert->serial);
	put_name(json, "subject", cert->subject);
	put_name(json, "issuer", cert->issuer);
	put_dns_names(json, cert);
	json_put_time(json, "not_before", cert->not_before * 1000);
	json_put_time(json, "not_after", cert->not_after * 1000);
	put_lifetime(json, &record->lifetime);
	json_put_hex(
		json, "spki_sha256", bytes_of(record->spki_sha256, DIGEST_SHA256_LEN));
	put_optional_hex(json, "issuer_key_sha256",
		record->has_issuer_key_hash
			? bytes_of(record->issuer_key_sha256, DIGEST_SHA256_LEN)
			: BYTES_NONE);
	json_put_word(json, "issuer_signature",
		issuer_signature_name(record->issuer_signature));
	put_key(json, &cert->key);
	json_put_word(json, "signature_algorithm", alg ? alg->name : NULL);
	put_optional_hex(json, "subject_key_id", cert->subject_key_id);
	put_optional_hex(json, "authority_key_id", cert->authority_key_id);
	json_put_bool(json, "is_ca", cert->is_ca);
	json_put_close(json, '}');
}

static void put_place(struct json *json, const char *key, const struct tbs_place *place)
{
	if (!place->found) {
		json_put_null(json, key);
		return;
	}
	json_put_open(json, key, '{');
	json_put_unsigned(json, "offset", place->offset);
	json_put_unsigned(json, "length", place->len);
	json_put_close(json, '}');
}

static void put_precertificate(struct json *json, const struct precert_record *precert)
{
	const struct tbs_diff *diff = &precert->diff;
	json_put_open(json, "precertificate", '{');
	json_put_word(json, "kind", cert_kind_name(precert->cert->kind));
	json_put_hex(json, "sha256", bytes_of(precert->sha256, DIGEST_SHA256_LEN));
	json_put_bool(json, "same_tbs", diff->difference == TBS_SAME);
	if (diff->difference != TBS_SAME) {
		json_begin_text(json, "field");
		tbs_diff_put_field(diff, json->out);
		json_end_text(json);
		json_put_word(json, "difference", tbs_difference_name(diff->difference));
		put_place(json, "certificate", &diff->certificate);
		put_place(json, "precertificate", &diff->precertificate);
	}
	json_put_close(json, '}');
}

static void put_version(struct json *json, const struct loglist *list)
{
	json_put_text(json, "version", list->version[0] ? list->version : NULL);
	json_put_time(json, "published_at", list->published_ms);
}

static void put_client_lists(struct json *json, const struct client_age *age)
{
	json_put_open(json, "client_lists", '{');
	json_put_unsigned(json, "client_age_days", age->days);
	json_put_unsigned(json, "num", age->num_lists);
	json_put_open(json, "oldest", '{');
	put_version(json, age->oldest);
	json_put_word(json, "basis", lists_basis_name(age->oldest_basis));
	json_put_hex(json, "sha256",
		bytes_of(age->oldest->sha256, sizeof(age->oldest->sha256)));
	json_put_close(json, '}');
	json_put_close(json, '}');
}

static void put_log(struct json *json, const struct sct_record *sct)
{
	const struct ct_log *log = sct->log;
	if (sct->sct.log_id.len) {
		json_put_base64(json, "log_id", sct->sct.log_id);
	} else {
		json_put_null(json, "log_id");
	}
	json_put_text(json, "log", log ? log->text[LOG_DESCRIPTION] : NULL);
	json_put_text(json, "operator", sct->operator_name);
	json_put_word(json, "log_api", log ? log_api_name(log->api) : NULL);
	json_put_word(
		json, "log_state", log ? log_state_name(sct->standing.state) : NULL);
	if (log && sct->standing.since_ms) {
		json_put_time(json, "log_state_since", sct->standing.since_ms);
	} else {
		json_put_null(json, "log_state_since");
	}
	json_put_bool(json, "log_state_extrapolated", sct->standing.extrapolated);
}

static void put_timestamp(struct json *json, const struct sct *sct)
{
	if (sct->parse != SCT_PARSED) {
		json_put_null(json, "timestamp");
		json_put_null(json, "timestamp_ms");
		return;
	}
	// Beyond the year 9999 there is no RFC 3339 text.
	if (sct->timestamp <= DATETIME_MAX_MS) {
		json_put_time(json, "timestamp", (int64_t)sct->timestamp);
	} else {
		json_put_null(json, "timestamp");
	}
	// Most readers of JSON have integers of 64 bits with a sign, and refuse larger
	// ones.
	if (sct->timestamp <= INT64_MAX) {
		json_put_unsigned(json, "timestamp_ms", sct->timestamp);
	} else {
		json_put_null(json, "timestamp_ms");
	}
}

static void put_sct(struct json *json, const struct sct_record *record)
{
	const struct sct *sct = &record->sct;
	bool parsed = sct->parse == SCT_PARSED;
	char algorithm[SCT_ALGORITHM_ROOM];
	json_put_open(json, NULL, '{');
	json_put_word(json, "source", sct_source_name(record->source));
	json_put_unsigned(json, "index", record->index);
	json_put_word(json, "status", sct_status_name(record->status));
	json_put_word(json, "approval", approval_name(record->approval));
	json_put_bool(json, "counted", record->counted);
	json_put_open(json, "why", '[');
	for (size_t i = 0; i < record->num_why; i++) {
		json_put_word(json, NULL, code_info(record->why[i])->name);
	}
	json_put_close(json, ']');
	json_put_unsigned(json, "version", (uint64_t)sct->version + 1);
	put_log(json, record);
	put_timestamp(json, sct);
	put_optional_hex(json, "extensions", parsed ? sct->extensions : BYTES_NONE);
	if (sct->has_leaf_index) {
		json_put_unsigned(json, "leaf_index", sct->leaf_index);
	} else {
		json_put_null(json, "leaf_index");
	}
	sct_algorithm_text(sct, algorithm);
	json_put_word(json, "algorithm", parsed ? algorithm : NULL);
	json_put_text(json, "malformed",
		sct->parse == SCT_MALFORMED ? sct->malformed.text : NULL);
	json_put_close(json, '}');
}

static void put_findings(struct json *json, const struct findings *findings)
{
	json_put_open(json, "findings", '[');
	for (size_t i = 0; i < findings->num; i++) {
		const struct finding *finding = &findings->items[i];
		const struct code_info *info = code_info(finding->code);
		json_put_open(json, NULL, '{');
		json_put_word(json, "code", info->name);
		json_put_word(json, "severity", severity_name(info->severity));
		json_put_text(json, "message", finding->message);
		if (finding->field) {
			json_put_word(json, "field", finding->field);
		}
		if (finding->offset != ERR_NO_OFFSET) {
			json_put_unsigned(json, "offset", finding->offset);
		}
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
}

static void put_required(struct json *json, const struct policy_record *policy)
{
	struct policy_needs needs = policy_needs(&policy->result);
	json_put_open(json, "required", '{');
	json_put_unsigned(json, "scts", needs.scts);
	if (needs.cap_per_operator) {
		json_put_unsigned(json, "max_per_operator", needs.cap_per_operator);
	} else {
		json_put_null(json, "max_per_operator");
	}
	json_put_unsigned(json, "current", needs.current);
	json_put_unsigned(json, "rfc6962", needs.rfc6962);
	json_put_close(json, '}');
}

// Operators in the order of their first counted SCT.
static void put_operators(
	struct json *json, size_t num_scts, const struct policy_record *policy)
{
	const bool *counted = policy_main_route(&policy->result)->counted;
	const struct sct_record *scts = policy->view->scts;
	json_put_open(json, "operators", '{');
	for (size_t i = 0; i < num_scts; i++) {
		uint64_t num = 0;
		bool first = counted[i];
		for (size_t k = 0; k < num_scts && first; k++) {
			if (counted[k] &&
				strcmp(scts[k].operator_name, scts[i].operator_name) ==
					0) {
				first = k >= i;
				num++;
			}
		}
		if (first) {
			json_put_key(json, scts[i].operator_name);
			json_put_unsigned(json, NULL, num);
		}
	}
	json_put_close(json, '}');
}

static void put_found(struct json *json, const struct record *record,
	const struct policy_record *policy)
{
	json_put_open(json, "found", '{');
	json_put_unsigned(json, "counted", policy->found_counted);
	json_put_unsigned(json, "current", policy->found_current);
	json_put_unsigned(json, "once", policy->found_once);
	json_put_unsigned(json, "rfc6962", policy->found_rfc6962);
	put_operators(json, record->num_scts, policy);
	json_put_close(json, '}');
}

static void put_requirement(struct json *json, const struct route_result *route,
	const struct requirement_result *r)
{
	json_put_open(json, NULL, '{');
	json_put_word(json, "route", route->route->name);
	json_put_word(json, "requirement", r->requirement->name);
	json_put_bool(json, "in_force", r->in_force);
	json_put_unsigned(json, "needed", r->needed);
	json_put_unsigned(json, "got", r->got);
	json_put_bool(json, "met", r->met);
	json_put_word(json, "compare", requirement_comparison(r->requirement));
	json_put_bool(json, "open", r->open);
	json_put_word(json, "why", r->requirement->text);
	json_put_word(json, "source", r->requirement->source);
	json_put_close(json, '}');
}

static void put_requirements(struct json *json, const struct policy_result *result)
{
	json_put_open(json, "requirements", '[');
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		const struct route_result *route = &result->routes[i];
		for (size_t k = 0; k < route->route->num_requirements; k++) {
			put_requirement(json, route, &route->results[k]);
		}
	}
	json_put_close(json, ']');
}

// What another source's list makes of the SCTs, in the order of the report's.
static void put_view(
	struct json *json, const struct record *record, const struct list_view *view)
{
	if (!view->list) {
		json_put_null(json, "log_list");
		return;
	}
	report_put_list_member(json,
		&(struct lists_view){
			.list = view->list, .basis = view->basis, .at_ms = record->at_ms},
		view->age_ms, view->stale);
	json_put_open(json, "scts", '[');
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &view->scts[i];
		const struct ct_log *log = sct->log;
		json_put_open(json, NULL, '{');
		json_put_word(json, "status", sct_status_name(sct->status));
		json_put_word(json, "approval", approval_name(sct->approval));
		json_put_bool(json, "counted", sct->counted);
		json_put_open(json, "why", '[');
		for (size_t k = 0; k < sct->num_why; k++) {
			json_put_word(json, NULL, code_info(sct->why[k])->name);
		}
		json_put_close(json, ']');
		json_put_text(json, "log", log ? log->text[LOG_DESCRIPTION] : NULL);
		json_put_text(json, "operator", sct->operator_name);
		json_put_word(json, "log_state",
			log ? log_state_name(sct->standing.state) : NULL);
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
}

static void put_policy(struct json *json, const struct record *record,
	const struct policy_record *policy)
{
	const struct policy_result *result = &policy->result;
	json_put_open(json, NULL, '{');
	json_put_word(json, "policy", result->policy->name);
	json_put_word(json, "verdict", verdict_name(policy->verdict));
	json_put_bool(json, "applies", policy->num_applies_because == 0);
	json_put_open(json, "applies_because", '[');
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		json_put_word(json, NULL, code_info(policy->applies_because[i])->name);
	}
	json_put_close(json, ']');
	json_begin_text(json, "rule");
	buffer_put_text(json->out, result->table->name);
	buffer_put_char(json->out, '/');
	buffer_put_text(json->out, result->row->name);
	json_end_text(json);
	json_put_open(json, "routes", '[');
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		if (result->routes[i].holds) {
			json_put_word(json, NULL, result->routes[i].route->name);
		}
	}
	json_put_close(json, ']');
	put_required(json, policy);
	put_found(json, record, policy);
	put_requirements(json, result);
	if (policy->view->scts != record->scts) {
		put_view(json, record, policy->view);
	}
	if (policy->safe_list) {
		json_put_time(json, "safe_from", policy->safe_from_ms);
	}
	put_findings(json, &policy->findings);
	json_put_close(json, '}');
}

static void put_id(struct json *json, struct bytes id)
{
	if (id.data) {
		json_put_raw(json, "id", id);
	} else {
		json_put_null(json, "id");
	}
}

void report_json(const struct record *record, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "schema", "ctpolicy.report.v1");
	put_id(&json, record->id);
	json_put_word(&json, "result", result_name(record->result));
	json_put_time(&json, "evaluated_at", record->at_ms);
	if (record->times) {
		json_put_unsigned(&json, "occurrences", record->times);
	}
	if (record->connection) {
		report_put_connection(&json, record);
	}
	put_certificate(&json, record);
	if (record->precert) {
		put_precertificate(&json, record->precert);
	}
	if (record->host) {
		report_put_hostname(&json, record->host);
	}
	if (record->pins) {
		report_put_pins(&json, record->pins);
	}
	report_put_list_member(&json,
		&(struct lists_view){.list = record->list,
			.basis = record->basis,
			.at_ms = record->at_ms},
		record->age_ms, record->stale);
	if (record->client_age.days) {
		put_client_lists(&json, &record->client_age);
	}
	json_put_open(&json, "scts", '[');
	for (size_t i = 0; i < record->num_scts; i++) {
		put_sct(&json, &record->scts[i]);
	}
	json_put_close(&json, ']');
	json_put_open(&json, "policies", '[');
	for (size_t i = 0; i < record->num_policies; i++) {
		put_policy(&json, record, &record->policies[i]);
	}
	json_put_close(&json, ']');
	put_findings(&json, &record->findings);
	if (record->repair) {
		report_put_repair(&json, record->repair);
	}
	json_put_close(&json, '}');
}

void report_error_json(struct bytes id, const struct err *err, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "schema", "ctpolicy.error.v1");
	put_id(&json, id);
	json_put_open(&json, "error", '{');
	json_put_word(&json, "code", code_info(err->code)->name);
	json_put_text(&json, "message", err->text);
	if (err->field[0]) {
		json_put_text(&json, "field", err->field);
	}
	if (err->offset != ERR_NO_OFFSET) {
		json_put_unsigned(&json, "offset", err->offset);
	}
	json_put_close(&json, '}');
	json_put_close(&json, '}');
}

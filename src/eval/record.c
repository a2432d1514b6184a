// SPDX-License-Identifier: Apache-2.0
#include "eval/record.h"

bool record_is_exempt(const struct record *record)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		if (record->policies[i].num_applies_because == 0) {
			return false;
		}
	}
	return record->num_policies > 0;
}

bool list_view_is_extrapolated(const struct list_view *view)
{
	return view->basis == BASIS_EXTRAPOLATED ||
		view->client_age.oldest_basis == BASIS_EXTRAPOLATED;
}

enum doubt record_doubt(const struct record *record, const struct list_view **out_list)
{
	*out_list = NULL;
	if (record->result == RESULT_UNKNOWN) {
		return DOUBT_OPEN;
	}
	const struct list_view *taken_back = NULL;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct list_view *view = record->policies[i].view;
		if (view->stale) {
			*out_list = view;
			return DOUBT_STALE;
		}
		if (!taken_back && list_view_is_extrapolated(view)) {
			taken_back = view;
		}
	}
	*out_list = taken_back;
	return taken_back ? DOUBT_EXTRAPOLATED : DOUBT_NONE;
}

bool record_has_sources(const struct record *record)
{
	for (size_t i = 1; i < record->num_policies; i++) {
		if (record->policies[i].view != record->policies[0].view) {
			return true;
		}
	}
	return false;
}

bool record_has_source(const struct record *record, unsigned sources)
{
	for (size_t i = 0; i < record->num_scts; i++) {
		if ((unsigned)record->scts[i].source & sources) {
			return true;
		}
	}
	return false;
}

unsigned record_refusals(const struct record *record)
{
	unsigned refusals = 0;
	if (record->host && !record->host->matches) {
		refusals |= REFUSED_BY_HOST;
	}
	if (record->pins && !record->pins->matches) {
		refusals |= REFUSED_BY_PINS;
	}
	return refusals;
}

bool finding_refuses(const struct finding *finding)
{
	return finding->code == CODE_HOSTNAME_MISMATCH ||
		finding->code == CODE_PINS_MISMATCH;
}

bool record_is_only_exempt(const struct record *record)
{
	return record_is_exempt(record) && !record_refusals(record);
}

bool record_tries_route(
	const struct record *record, const struct policy *policy, size_t route)
{
	for (size_t i = 0; i < record->num_scts; i++) {
		if (policy_route_for(policy, record->scts[i].source, record->at_ms) ==
			route) {
			return true;
		}
	}
	return false;
}

const char *issuer_signature_name(enum issuer_signature value)
{
	static const char *const names[] = {
		[ISSUER_NOT_GIVEN] = "not_given",
		[ISSUER_VALID] = "valid",
		[ISSUER_INVALID] = "invalid",
		[ISSUER_WRONG_NAME] = "wrong_name",
		[ISSUER_UNSUPPORTED_ALGORITHM] = "unsupported_algorithm",
	};
	return names[value];
}

const char *sct_source_name(enum sct_source source)
{
	switch (source) {
	case SOURCE_EMBEDDED:
		return "embedded";
	case SOURCE_TLS:
		return "tls";
	case SOURCE_OCSP:
		break;
	}
	return "ocsp";
}

const char *sct_status_name(enum sct_status status)
{
	static const char *const names[] = {
		[STATUS_UNSUPPORTED_VERSION] = "unsupported_version",
		[STATUS_MALFORMED] = "malformed",
		[STATUS_UNKNOWN_LOG] = "unknown_log",
		[STATUS_UNVERIFIED] = "unverified",
		[STATUS_INVALID_SIGNATURE] = "invalid_signature",
		[STATUS_FUTURE_TIMESTAMP] = "future_timestamp",
		[STATUS_VALID] = "valid",
	};
	return names[status];
}

const char *approval_name(enum approval approval)
{
	switch (approval) {
	case APPROVAL_CURRENT:
		return "current";
	case APPROVAL_ONCE:
		return "once";
	case APPROVAL_NONE:
		break;
	}
	return "none";
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_COMPLIANT] = "compliant",
		[VERDICT_NON_COMPLIANT] = "non_compliant",
		[VERDICT_INDETERMINATE] = "indeterminate",
	};
	return names[verdict];
}

const char *result_name(enum result result)
{
	static const char *const names[] = {
		[RESULT_PASS] = "pass",
		[RESULT_FAIL] = "fail",
		[RESULT_UNKNOWN] = "unknown",
	};
	return names[result];
}

const char *cert_kind_name(enum cert_kind kind)
{
	static const char *const names[] = {
		[CERT_CERTIFICATE] = "certificate",
		[CERT_PRECERTIFICATE] = "precertificate",
		[CERT_TBS] = "tbs_certificate",
	};
	return names[kind];
}

void sct_record_look_up(struct sct_record *sct, const struct loglist *list,
	enum lists_basis basis, int64_t at_ms)
{
	sct->num_why = 0;
	sct->operator_name = NULL;
	sct->standing = (struct log_standing){LOG_NO_STATE, 0, false};
	// A malformed one may still say whose it was meant to be.
	if (sct->sct.log_id.len == 0) {
		return;
	}
	sct->log = loglist_find(list, sct->sct.log_id.data);
	if (sct->log) {
		sct->standing = lists_standing(sct->log, basis, at_ms);
		sct->operator_name = loglist_operator_at(list, sct->log,
			sct->sct.timestamp <= DATETIME_MAX_MS
				? (int64_t)sct->sct.timestamp
				: DATETIME_MAX_MS);
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "policy/facts.h"

// SCT timestamps are unsigned, other instants may lie before 1970.
static bool is_at_or_before(uint64_t timestamp_ms, int64_t instant_ms)
{
	return instant_ms >= 0 && timestamp_ms <= (uint64_t)instant_ms;
}

static enum code why_without_approval(
	const struct facts *facts, const struct sct_facts *sct)
{
	int64_t not_after_ms = facts->not_after * 1000;
	if (sct->has_interval &&
		(not_after_ms < sct->start_ms || not_after_ms >= sct->end_ms)) {
		return CODE_OUTSIDE_TEMPORAL_INTERVAL;
	}
	switch (sct->state) {
	case LOG_QUALIFIED:
	case LOG_USABLE:
		return CODE_NONE;
	case LOG_READONLY:
		return is_at_or_before(sct->timestamp_ms, sct->since_ms)
			? CODE_NONE
			: CODE_AFTER_READONLY;
	case LOG_RETIRED:
		if (sct->source != SOURCE_EMBEDDED) {
			return CODE_LOG_RETIRED;
		}
		return is_at_or_before(sct->timestamp_ms, sct->since_ms - 1)
			? CODE_NONE
			: CODE_AFTER_RETIREMENT;
	case LOG_PENDING:
		return CODE_LOG_PENDING;
	case LOG_REJECTED:
		return CODE_LOG_REJECTED;
	case LOG_NO_STATE:
	case NUM_LOG_STATES:
		break;
	}
	return CODE_LOG_WITHOUT_STATE;
}

void approval_judge(const struct facts *facts, struct sct_facts *sct, bool optimistic)
{
	sct->approval = APPROVAL_NONE;
	sct->why = CODE_NONE;
	if (sct->status != STATUS_VALID && !(optimistic && sct->undecided)) {
		return;
	}
	sct->why = why_without_approval(facts, sct);
	if (sct->why == CODE_NONE) {
		sct->approval =
			sct->state == LOG_RETIRED ? APPROVAL_ONCE : APPROVAL_CURRENT;
	}
}

size_t applies_reasons(const struct facts *facts, unsigned exemptions,
	int64_t enforced_from, enum code *out)
{
	int64_t not_after_ms = facts->not_after * 1000;
	int64_t not_before_ms = facts->not_before * 1000;
	bool no_server =
		facts->has_key_purposes && !facts->server_auth && !facts->any_purpose;
	bool only_ca = facts->is_ca && (facts->has_key_usage || !facts->self_signed);
	const struct {
		bool holds;
		unsigned exemption; // 0: of every policy
		enum code code;
	} reasons[NUM_APPLIES_REASONS] = {
		{no_server, EXEMPT_NO_SERVER, CODE_NOT_SERVER_AUTH},
		{no_server && !facts->serves, EXEMPT_NEVER_SERVER, CODE_NOT_SERVER_AUTH},
		{facts->is_ca, EXEMPT_CA, CODE_CA_CERTIFICATE},
		{only_ca && !facts->serves, EXEMPT_ONLY_CA, CODE_CA_CERTIFICATE},
		{facts->at_ms > not_after_ms, EXEMPT_OUTSIDE_VALIDITY, CODE_EXPIRED},
		{facts->at_ms < not_before_ms, EXEMPT_OUTSIDE_VALIDITY,
			CODE_NOT_YET_VALID},
		{facts->not_before < enforced_from, 0, CODE_ISSUED_BEFORE_ENFORCEMENT},
		{facts->precert_signing, EXEMPT_PRECERT_SIGNING,
			CODE_PRECERTIFICATE_SIGNING_CERTIFICATE},
		{facts->self_signed, EXEMPT_SELF_SIGNED, CODE_SELF_SIGNED},
		{facts->not_public, EXEMPT_NOT_PUBLIC, CODE_NOT_PUBLICLY_TRUSTED},
		{facts->redacted, EXEMPT_REDACTED, CODE_REDACTED_PRECERTIFICATE},
	};
	size_t num = 0;
	for (size_t i = 0; i < NUM_APPLIES_REASONS; i++) {
		bool asked = !reasons[i].exemption || (reasons[i].exemption & exemptions);
		if (asked && reasons[i].holds) {
			out[num++] = reasons[i].code;
		}
	}
	return num;
}

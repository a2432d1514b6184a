// SPDX-License-Identifier: Apache-2.0
#include "policy/facts.h"

// SCT timestamps are unsigned, other instants may lie before 1970.
static bool is_at_or_before(uint64_t timestamp_ms, int64_t instant_ms)
{
	return instant_ms >= 0 && timestamp_ms <= (uint64_t)instant_ms;
}

// Its log's state as the policy takes it at the time of check.
static enum log_state state_at(
	const struct facts *facts, unsigned leniency, const struct sct_facts *sct)
{
	bool retires_later = sct->state == LOG_RETIRED && sct->since_ms > facts->at_ms;
	return retires_later && (leniency & LENIENT_RETIRING) ? LOG_USABLE : sct->state;
}

static enum code why_without_approval(
	const struct facts *facts, unsigned leniency, const struct sct_facts *sct)
{
	int64_t not_after_ms = facts->not_after * 1000;
	if (sct->has_interval && !(leniency & LENIENT_INTERVAL) &&
		(not_after_ms < sct->start_ms || not_after_ms >= sct->end_ms)) {
		return CODE_OUTSIDE_TEMPORAL_INTERVAL;
	}
	switch (state_at(facts, leniency, sct)) {
	case LOG_QUALIFIED:
	case LOG_USABLE:
		return CODE_NONE;
	case LOG_READONLY:
		return (leniency & LENIENT_READONLY) ||
				is_at_or_before(sct->timestamp_ms, sct->since_ms)
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

void approval_judge(const struct facts *facts, unsigned leniency, struct sct_facts *sct,
	bool optimistic)
{
	sct->approval = APPROVAL_NONE;
	sct->why = CODE_NONE;
	if (sct->status != STATUS_VALID && !(optimistic && sct->undecided)) {
		return;
	}
	sct->why = why_without_approval(facts, leniency, sct);
	if (sct->why == CODE_NONE) {
		sct->approval = state_at(facts, leniency, sct) == LOG_RETIRED
			? APPROVAL_ONCE
			: APPROVAL_CURRENT;
	}
}

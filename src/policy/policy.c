// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.h"

#include <string.h>

#include "base/datetime.h"

#define DAY_SECONDS INT64_C(86400)

struct lifetime lifetime_of(int64_t not_before, int64_t not_after)
{
	struct lifetime l = {.seconds = not_after - not_before + 1};
	l.days = l.seconds > 0 ? (l.seconds + DAY_SECONDS - 1) / DAY_SECONDS : 0;
	l.months = datetime_months_between(not_before, not_after, &l.months_exact);
	return l;
}

static bool row_holds(const struct lifetime_row *row, const struct lifetime *lifetime)
{
	switch (row->bound) {
	case LIFETIME_DAYS:
		return lifetime->days <= row->limit;
	case LIFETIME_SECONDS:
		return lifetime->seconds - 1 <= row->limit;
	case LIFETIME_BELOW_MONTHS:
		return lifetime->months < row->limit;
	case LIFETIME_MONTHS:
		return lifetime->months < row->limit ||
			(lifetime->months == row->limit && lifetime->months_exact);
	case LIFETIME_WHOLE_MONTHS:
		return lifetime->months <= row->limit;
	case LIFETIME_ANY:
		break;
	}
	return true;
}

// Tables cover all of time between them, and each ends in a row for any lifetime: the
// tests hold every policy to that.
static void find_row(
	const struct policy *policy, const struct facts *facts, struct policy_result *out)
{
	struct lifetime lifetime = lifetime_of(facts->not_before, facts->not_after);
	size_t i = 0;
	while (i + 1 < policy->num_tables &&
		(facts->not_before < policy->tables[i].from ||
			facts->not_before >= policy->tables[i].until)) {
		i++;
	}
	const struct lifetime_table *table = &policy->tables[i];
	size_t k = 0;
	while (k + 1 < LIFETIME_MAX_ROWS && !row_holds(&table->rows[k], &lifetime)) {
		k++;
	}
	const struct lifetime_row *row = &table->rows[k];
	out->table = table;
	out->row = row;
	out->remark = lifetime.days > row->remark_beyond_days ? row->remark : CODE_NONE;
}

// trustd: the earliest timestamp of any SCT with current approval, else the time of
// check.
static uint64_t issuance_time_ms(const struct facts *facts)
{
	uint64_t earliest = (uint64_t)facts->at_ms;
	bool found = false;
	for (size_t i = 0; i < facts->num_scts; i++) {
		const struct sct_facts *sct = &facts->scts[i];
		if (sct->approval == APPROVAL_CURRENT &&
			(!found || sct->timestamp_ms < earliest)) {
			earliest = sct->timestamp_ms;
			found = true;
		}
	}
	return earliest;
}

static bool is_eligible(const struct requirement *requirement, const struct facts *facts,
	const struct sct_facts *sct)
{
	if (!((unsigned)sct->source & requirement->sources) ||
		!((unsigned)sct->approval & requirement->approvals) ||
		(requirement->rfc6962_only && sct->api != LOG_RFC6962)) {
		return false;
	}
	return !requirement->once_before_retirement || sct->approval != APPROVAL_ONCE ||
		issuance_time_ms(facts) < (uint64_t)sct->since_ms;
}

// Where a cap or a second SCT of one log forces a choice, RFC 6962 logs come before
// static ones and current before once, so that what is counted serves every requirement
// best, in whatever order the SCTs stand.
static bool is_of_rank(const struct sct_facts *sct, unsigned rank)
{
	enum log_api api = rank < 2 ? LOG_RFC6962 : LOG_STATIC;
	enum approval approval = rank % 2 ? APPROVAL_ONCE : APPROVAL_CURRENT;
	return sct->api == api && sct->approval == approval;
}

static unsigned count(const struct requirement *requirement, const struct facts *facts,
	unsigned cap, const struct policy_scratch *scratch)
{
	unsigned num_logs = 0;
	unsigned num_operators = 0;
	for (size_t i = 0; i < facts->num_scts; i++) {
		scratch->log_taken[i] = false;
		scratch->operator_taken[i] = 0;
		scratch->chosen[i] = false;
	}
	for (unsigned rank = 0; rank < 4; rank++) {
		for (size_t i = 0; i < facts->num_scts; i++) {
			const struct sct_facts *sct = &facts->scts[i];
			if (!is_of_rank(sct, rank) ||
				!is_eligible(requirement, facts, sct) ||
				scratch->log_taken[sct->log] ||
				(cap && scratch->operator_taken[sct->op] >= cap)) {
				continue;
			}
			scratch->log_taken[sct->log] = true;
			scratch->chosen[i] = true;
			num_logs++;
			num_operators += scratch->operator_taken[sct->op]++ == 0;
		}
	}
	return requirement->count == COUNT_OPERATORS ? num_operators : num_logs;
}

static void judge_requirement(const struct requirement *requirement,
	const struct facts *facts, const struct lifetime_row *row,
	const struct policy_scratch *scratch, struct requirement_result *out)
{
	out->requirement = requirement;
	out->in_force = facts->at_ms >= requirement->from_ms &&
		facts->at_ms < requirement->until_ms;
	out->needed = requirement->by_lifetime ? row->scts : requirement->needed;
	out->got = count(requirement, facts,
		requirement->by_lifetime ? row->cap_per_operator : 0, scratch);
	out->met = !out->in_force || out->got >= out->needed;
}

static void judge_route(const struct route *route, const struct facts *facts,
	const struct lifetime_row *row, const struct policy_scratch *scratch,
	struct route_result *out)
{
	out->route = route;
	out->holds = true;
	for (size_t i = 0; i < route->num_requirements; i++) {
		const struct requirement *requirement = &route->requirements[i];
		judge_requirement(requirement, facts, row, scratch, &out->results[i]);
		out->holds = out->holds && out->results[i].met;
		if (i == 0 && facts->num_scts) {
			memcpy(out->counted, scratch->chosen,
				facts->num_scts * sizeof(*out->counted));
		}
	}
}

size_t policy_route_for(const struct policy *policy, enum sct_source source)
{
	size_t i = 0;
	while (i + 1 < policy->num_routes &&
		!((unsigned)source & policy->routes[i].requirements[0].sources)) {
		i++;
	}
	return i;
}

const struct route_result *policy_main_route(const struct policy_result *result)
{
	return &result->routes[0];
}

void policy_judge(const struct policy *policy, const struct facts *facts,
	const struct policy_scratch *scratch, struct policy_result *out)
{
	out->policy = policy;
	out->verdict = VERDICT_NON_COMPLIANT;
	find_row(policy, facts, out);
	for (size_t i = 0; i < policy->num_routes; i++) {
		judge_route(
			&policy->routes[i], facts, out->row, scratch, &out->routes[i]);
		if (out->routes[i].holds) {
			out->verdict = VERDICT_COMPLIANT;
		}
	}
}

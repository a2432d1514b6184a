// SPDX-License-Identifier: Apache-2.0
// Facts by hand, for tests of everything below the waist: SCTs as short words, times as
// RFC 3339 text.
#ifndef TESTS_UNIT_FACTS_BUILD_H
#define TESTS_UNIT_FACTS_BUILD_H

#include "base/datetime.h"
#include "policy/policy.h"
#include "tests/unit/test.h"

#define FACTS_MAX 16
#define FACTS_DAY INT64_C(86400)

// All logs of facts_scts are in their present state since then, and signed a week before.
#define FACTS_STATE_SINCE "2026-03-01T00:00:00Z"
#define FACTS_AT "2026-06-01T12:00:00Z"

static inline int64_t when_ms(const char *text)
{
	int64_t ms = 0;
	if (!datetime_parse_rfc3339(bytes_of_text(text), false, &ms)) {
		CHECK(false, "%s is a time", text);
	}
	return ms;
}

static inline int64_t when(const char *text)
{
	return when_ms(text) / 1000;
}

// Numbers for what the facts compare: the index of the first SCT with the same name.
static inline void facts_number(struct sct_facts *scts, size_t num)
{
	size_t logs[FACTS_MAX];
	size_t ops[FACTS_MAX];
	for (size_t i = 0; i < num; i++) {
		logs[i] = scts[i].log;
		ops[i] = scts[i].op;
		scts[i].log = i;
		scts[i].op = i;
		for (size_t k = i; k-- > 0;) {
			scts[i].log = logs[k] == logs[i] ? k : scts[i].log;
			scts[i].op = ops[k] == ops[i] ? k : scts[i].op;
		}
	}
}

static inline void facts_apply_flag(struct sct_facts *sct, char flag)
{
	switch (flag) {
	case 's':
		sct->api = LOG_STATIC;
		return;
	case 't':
		sct->source = SOURCE_TLS;
		return;
	case 'o':
		sct->source = SOURCE_OCSP;
		return;
	case 'r':
		sct->state = LOG_RETIRED;
		return;
	case 'q':
		sct->state = LOG_QUALIFIED;
		return;
	case 'p':
		sct->state = LOG_PENDING;
		return;
	case 'x':
		sct->state = LOG_REJECTED;
		return;
	case 'i':
		sct->status = STATUS_INVALID_SIGNATURE;
		return;
	default:
		CHECK(false, "no flag %c", flag);
	}
}

// "A1 A2s B1rt": log operator, its log, and flags: s static-ct-api, t by TLS, o by OCSP,
// r retired, q qualified, p pending, x rejected, i an invalid signature; without them an
// embedded, valid SCT of a usable RFC 6962 log. Returns how many.
static inline size_t facts_scts(const char *words, struct sct_facts *out)
{
	size_t num = 0;
	for (const char *at = words; *at && num < FACTS_MAX; num++) {
		int64_t since_ms = when_ms(FACTS_STATE_SINCE);
		out[num] = (struct sct_facts){.source = SOURCE_EMBEDDED,
			.status = STATUS_VALID,
			.timestamp_ms = (uint64_t)(since_ms - 7 * FACTS_DAY * 1000),
			.op = (size_t)at[0],
			.log = (size_t)at[0] * 16 + (size_t)(at[1] - '0'),
			.state = LOG_USABLE,
			.since_ms = since_ms};
		for (at += 2; *at && *at != ' '; at++) {
			facts_apply_flag(&out[num], *at);
		}
		at += *at == ' ';
	}
	facts_number(out, num);
	return num;
}

// A verdict with the memory that it needs.
struct judged {
	struct policy_result result;
	bool counted[POLICY_MAX_ROUTES][FACTS_MAX];
};

static inline void facts_judge(
	const struct policy *policy, struct facts *facts, struct judged *out)
{
	bool log_taken[FACTS_MAX];
	unsigned operator_taken[FACTS_MAX];
	bool chosen[FACTS_MAX];
	struct policy_scratch scratch = {log_taken, operator_taken, chosen};
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < POLICY_MAX_ROUTES; i++) {
		out->result.routes[i].counted = out->counted[i];
	}
	for (size_t i = 0; i < facts->num_scts; i++) {
		approval_judge(facts, policy->leniency, &facts->scts[i], false);
	}
	policy_judge(policy, facts, &scratch, &out->result);
}

// "embedded", "delivered", "both" or "neither".
static inline const char *facts_routes(const struct judged *judged)
{
	bool first = judged->result.routes[0].holds;
	bool second =
		judged->result.policy->num_routes > 1 && judged->result.routes[1].holds;
	return first && second ? "both"
		: first        ? judged->result.routes[0].route->name
		: second       ? judged->result.routes[1].route->name
			       : "neither";
}

#endif

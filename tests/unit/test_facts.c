// SPDX-License-Identifier: Apache-2.0
// POLICY.md 3 and 7: approvals to the millisecond, and whether the policy applies.
#include "tests/unit/facts_build.h"

void test_facts(void);

#define R INT64_C(1772323200000) // 2026-03-01T00:00:00Z, in ms

// `ts` against the time since when a log has its state.
static void test_states(void)
{
	static const struct {
		const char *comment;
		enum sct_source source;
		enum log_state state;
		int64_t ts;
		enum approval want;
		enum code want_why;
	} cases[] = {
		{"usable", SOURCE_EMBEDDED, LOG_USABLE, R + 1, APPROVAL_CURRENT,
			CODE_NONE},
		{"usable, signed before", SOURCE_EMBEDDED, LOG_USABLE, R - 1,
			APPROVAL_CURRENT, CODE_NONE},
		{"qualified, by TLS", SOURCE_TLS, LOG_QUALIFIED, R, APPROVAL_CURRENT,
			CODE_NONE},
		{"qualified, by OCSP", SOURCE_OCSP, LOG_QUALIFIED, 0, APPROVAL_CURRENT,
			CODE_NONE},
		{"read-only, a ms before", SOURCE_EMBEDDED, LOG_READONLY, R - 1,
			APPROVAL_CURRENT, CODE_NONE},
		{"read-only, at it", SOURCE_EMBEDDED, LOG_READONLY, R, APPROVAL_CURRENT,
			CODE_NONE},
		{"read-only, a ms after", SOURCE_EMBEDDED, LOG_READONLY, R + 1,
			APPROVAL_NONE, CODE_AFTER_READONLY},
		{"read-only at it, TLS", SOURCE_TLS, LOG_READONLY, R, APPROVAL_CURRENT,
			CODE_NONE},
		{"read-only after, OCSP", SOURCE_OCSP, LOG_READONLY, R + 1, APPROVAL_NONE,
			CODE_AFTER_READONLY},
		{"retired, a ms before", SOURCE_EMBEDDED, LOG_RETIRED, R - 1,
			APPROVAL_ONCE, CODE_NONE},
		{"retired, at it", SOURCE_EMBEDDED, LOG_RETIRED, R, APPROVAL_NONE,
			CODE_AFTER_RETIREMENT},
		{"retired, a ms after", SOURCE_EMBEDDED, LOG_RETIRED, R + 1,
			APPROVAL_NONE, CODE_AFTER_RETIREMENT},
		{"retired before, by TLS", SOURCE_TLS, LOG_RETIRED, R - 1, APPROVAL_NONE,
			CODE_LOG_RETIRED},
		{"retired before, by OCSP", SOURCE_OCSP, LOG_RETIRED, R - 1,
			APPROVAL_NONE, CODE_LOG_RETIRED},
		{"retired, from 1970", SOURCE_EMBEDDED, LOG_RETIRED, 0, APPROVAL_ONCE,
			CODE_NONE},
		{"pending", SOURCE_EMBEDDED, LOG_PENDING, R - 1, APPROVAL_NONE,
			CODE_LOG_PENDING},
		{"rejected", SOURCE_EMBEDDED, LOG_REJECTED, R - 1, APPROVAL_NONE,
			CODE_LOG_REJECTED},
		{"no state", SOURCE_EMBEDDED, LOG_NO_STATE, R - 1, APPROVAL_NONE,
			CODE_LOG_WITHOUT_STATE},
	};
	struct facts facts = {.at_ms = R + 1000, .not_after = R / 1000};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct_facts sct = {.source = cases[i].source,
			.status = STATUS_VALID,
			.timestamp_ms = (uint64_t)cases[i].ts,
			.state = cases[i].state,
			.since_ms = R};
		approval_judge(&facts, 0, &sct, false);
		CHECK_INT(sct.approval, cases[i].want, "%s", cases[i].comment);
		CHECK_INT(sct.why, cases[i].want_why, "%s", cases[i].comment);
	}
}

// A log that stopped before 1970, or whose state has no time: nothing was signed before.
static void test_odd_instants(void)
{
	struct facts facts = {.at_ms = R};
	struct sct_facts sct = {.source = SOURCE_EMBEDDED,
		.status = STATUS_VALID,
		.state = LOG_RETIRED,
		.since_ms = -1};
	approval_judge(&facts, 0, &sct, false);
	CHECK_INT(sct.approval, APPROVAL_NONE, "retired before 1970");
	sct.since_ms = 0;
	approval_judge(&facts, 0, &sct, false);
	CHECK_INT(sct.approval, APPROVAL_NONE, "retired at 0, signed at 0");
	sct.state = LOG_READONLY;
	approval_judge(&facts, 0, &sct, false);
	CHECK_INT(sct.approval, APPROVAL_CURRENT, "read-only at 0, signed at 0");
	sct.timestamp_ms = UINT64_MAX;
	approval_judge(&facts, 0, &sct, false);
	CHECK_INT(sct.approval, APPROVAL_NONE,
		"the largest timestamp is not before anything");
}

// start_inclusive <= notAfter < end_exclusive, in milliseconds, whatever the state.
static void test_intervals(void)
{
	static const struct {
		const char *comment;
		int64_t start_ms, end_ms;
		enum log_state state;
		enum approval want;
		enum code want_why;
	} cases[] = {
		{"starts a ms after", R + 1, R + 9000, LOG_USABLE, APPROVAL_NONE,
			CODE_OUTSIDE_TEMPORAL_INTERVAL},
		{"starts at it", R, R + 9000, LOG_USABLE, APPROVAL_CURRENT, CODE_NONE},
		{"ends a ms after", R - 9000, R + 1, LOG_USABLE, APPROVAL_CURRENT,
			CODE_NONE},
		{"ends at it", R - 9000, R, LOG_USABLE, APPROVAL_NONE,
			CODE_OUTSIDE_TEMPORAL_INTERVAL},
		{"ended a second before", R - 9000, R - 1000, LOG_USABLE, APPROVAL_NONE,
			CODE_OUTSIDE_TEMPORAL_INTERVAL},
		{"retired and outside", R + 1, R + 9000, LOG_RETIRED, APPROVAL_NONE,
			CODE_OUTSIDE_TEMPORAL_INTERVAL},
		{"retired and inside", R, R + 1, LOG_RETIRED, APPROVAL_ONCE, CODE_NONE},
		{"read-only and outside", R - 1, R, LOG_READONLY, APPROVAL_NONE,
			CODE_OUTSIDE_TEMPORAL_INTERVAL},
		{"an empty interval", R, R, LOG_USABLE, APPROVAL_NONE,
			CODE_OUTSIDE_TEMPORAL_INTERVAL},
	};
	struct facts facts = {.at_ms = R, .not_after = R / 1000};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct_facts sct = {.source = SOURCE_EMBEDDED,
			.status = STATUS_VALID,
			.timestamp_ms = (uint64_t)R - 1,
			.state = cases[i].state,
			.since_ms = R,
			.has_interval = true,
			.start_ms = cases[i].start_ms,
			.end_ms = cases[i].end_ms};
		approval_judge(&facts, 0, &sct, false);
		CHECK_INT(sct.approval, cases[i].want, "%s", cases[i].comment);
		CHECK_INT(sct.why, cases[i].want_why, "%s", cases[i].comment);
		sct.has_interval = false;
		approval_judge(&facts, 0, &sct, false);
		CHECK(sct.approval != APPROVAL_NONE, "%s: without an interval",
			cases[i].comment);
	}
}

// Only valid SCTs are approved; an undecided one where the hopeful view asks.
static void test_statuses(void)
{
	struct facts facts = {.at_ms = R};
	for (int status = STATUS_UNSUPPORTED_VERSION; status <= STATUS_VALID; status++) {
		for (int bits = 0; bits < 4; bits++) {
			bool undecided = bits & 1;
			bool optimistic = bits & 2;
			struct sct_facts sct = {.source = SOURCE_EMBEDDED,
				.status = (enum sct_status)status,
				.undecided = undecided,
				.state = LOG_USABLE,
				.approval = APPROVAL_ONCE,
				.why = CODE_LOG_REJECTED};
			approval_judge(&facts, 0, &sct, optimistic);
			bool want = status == STATUS_VALID || (undecided && optimistic);
			CHECK_INT(sct.approval, want ? APPROVAL_CURRENT : APPROVAL_NONE,
				"status %d, undecided %d, optimistic %d", status,
				undecided, optimistic);
			CHECK_INT(sct.why, CODE_NONE, "status %d: why is written anew",
				status);
		}
	}
}

#define ENFORCED INT64_C(1539648000) // 2018-10-16T00:00:00Z
#define FROM INT64_C(1700000000)
#define UNTIL (FROM + 90 * 86400)
#define SERVER .has_key_purposes = true, .server_auth = true

static const struct applies_case {
	const char *comment;
	struct facts facts;
	size_t want_num;
	enum code want[NUM_APPLIES_REASONS];
} applies_cases[] = {
	{"a server's certificate",
		{.at_ms = FROM * 1000, .not_before = FROM, .not_after = UNTIL, SERVER}, 0,
		{0}},
	{"no EKU extension",
		{.at_ms = FROM * 1000, .not_before = FROM, .not_after = UNTIL}, 0, {0}},
	{"another purpose alone",
		{.at_ms = FROM * 1000,
			.not_before = FROM,
			.not_after = UNTIL,
			.has_key_purposes = true},
		1, {CODE_NOT_SERVER_AUTH}},
	{"anyExtendedKeyUsage",
		{.at_ms = FROM * 1000,
			.not_before = FROM,
			.not_after = UNTIL,
			.has_key_purposes = true,
			.any_purpose = true},
		0, {0}},
	{"a CA",
		{.at_ms = FROM * 1000,
			.not_before = FROM,
			.not_after = UNTIL,
			.is_ca = true,
			SERVER},
		1, {CODE_CA_CERTIFICATE}},
	{"T is notAfter",
		{.at_ms = UNTIL * 1000, .not_before = FROM, .not_after = UNTIL, SERVER},
		0, {0}},
	{"T is a ms after notAfter",
		{.at_ms = UNTIL * 1000 + 1,
			.not_before = FROM,
			.not_after = UNTIL,
			SERVER},
		1, {CODE_EXPIRED}},
	{"T is a ms before notBefore",
		{.at_ms = FROM * 1000 - 1,
			.not_before = FROM,
			.not_after = UNTIL,
			SERVER},
		1, {CODE_NOT_YET_VALID}},
	{"notBefore is 2018-10-16T00:00:00Z",
		{.at_ms = ENFORCED * 1000,
			.not_before = ENFORCED,
			.not_after = ENFORCED + 1,
			SERVER},
		0, {0}},
	{"notBefore is a second earlier",
		{.at_ms = ENFORCED * 1000,
			.not_before = ENFORCED - 1,
			.not_after = ENFORCED + 1,
			SERVER},
		1, {CODE_ISSUED_BEFORE_ENFORCEMENT}},
	{"a Precertificate Signing Certificate",
		{.at_ms = FROM * 1000,
			.not_before = FROM,
			.not_after = UNTIL,
			.is_ca = true,
			.has_key_purposes = true,
			.precert_signing = true},
		3,
		{CODE_NOT_SERVER_AUTH, CODE_CA_CERTIFICATE,
			CODE_PRECERTIFICATE_SIGNING_CERTIFICATE}},
	{"upside down: never valid",
		{.at_ms = FROM * 1000,
			.not_before = FROM + 100,
			.not_after = FROM - 100,
			.has_key_purposes = true,
			.any_purpose = true},
		2, {CODE_EXPIRED, CODE_NOT_YET_VALID}},
	{"everything at once",
		{.at_ms = FROM * 1000,
			.not_before = 0,
			.not_after = 1,
			.is_ca = true,
			.has_key_purposes = true,
			.precert_signing = true},
		5,
		{CODE_NOT_SERVER_AUTH, CODE_CA_CERTIFICATE, CODE_EXPIRED,
			CODE_ISSUED_BEFORE_ENFORCEMENT,
			CODE_PRECERTIFICATE_SIGNING_CERTIFICATE}},
};

static void test_applies(void)
{
	for (size_t i = 0; i < sizeof(applies_cases) / sizeof(applies_cases[0]); i++) {
		const struct applies_case *c = &applies_cases[i];
		enum code got[NUM_APPLIES_REASONS] = {CODE_NONE};
		size_t num = policy_exempts(policy_at(0), &c->facts, got);
		CHECK_INT(num, c->want_num, "%s", c->comment);
		for (size_t k = 0; k < num && k < c->want_num; k++) {
			CHECK_INT(got[k], c->want[k], "%s: reason %zu", c->comment, k);
		}
	}
}

void test_facts(void)
{
	CHECK_INT(R, when_ms("2026-03-01T00:00:00Z"), "R");
	CHECK_INT(ENFORCED, when("2018-10-16T00:00:00Z"), "enforcement");
	test_states();
	test_odd_instants();
	test_intervals();
	test_statuses();
	test_applies();
}

// SPDX-License-Identifier: Apache-2.0
// POLICY.md 4 to 6: lifetimes, how many SCTs, caps, routes, and where the two models part.
#include "tests/unit/facts_build.h"

void test_policy(void);

// Each line: what a lifetime asks for in both models.
static const struct lifetime_case {
	const char *comment;
	const char *from, *to;
	int64_t seconds_more; // added to `to`
	unsigned want, want_cap; // apple
	unsigned want_enforced;
	int64_t want_days;
	int64_t want_months;
	bool want_exact;
} lifetime_cases[] = {
	// The split second: 181 days ask for 3 after it, less than 15 months for 2 before.
	{"at the split", "2021-04-21T00:00:00Z", "2021-10-19T00:00:00Z", 0, 3, 2, 3, 182,
		5, false},
	{"a second before the split", "2021-04-20T23:59:59Z", "2021-10-19T00:00:00Z", 0,
		2, 0, 2, 182, 5, false},
	// 180 days to the second. The published text counts the last second, trustd does not.
	{"180 days less 2 s", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", -2, 2, 1, 2,
		180, 5, false},
	{"180 days inclusive", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", -1, 2, 1,
		2, 180, 5, false},
	{"180 x 86,400 s", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", 0, 3, 2, 2,
		181, 5, false},
	{"180 x 86,400 s and one", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", 1, 3,
		2, 3, 181, 5, false},
	{"181 days inclusive", "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z", -1, 3, 2,
		3, 181, 5, false},
	{"182 days", "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z", 0, 3, 2, 3, 182, 6,
		true},
	{"one second", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 0, 2, 1, 2, 1, 0,
		true},
	{"upside down", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", 0, 2, 1, 2, 0, -1,
		false},
	// 398 and 825 days.
	{"398 days", "2026-01-01T00:00:00Z", "2027-02-03T00:00:00Z", -1, 3, 2, 3, 398, 13,
		false},
	{"399 days", "2026-01-01T00:00:00Z", "2027-02-03T00:00:00Z", 0, 3, 2, 3, 399, 13,
		false},
	{"825 x 86,400 s", "2022-01-01T00:00:00Z", "2024-04-05T00:00:00Z", 0, 3, 2, 3,
		826, 27, false},
	{"825 x 86,400 s and one", "2022-01-01T00:00:00Z", "2024-04-05T00:00:00Z", 1, 3,
		2, 4, 826, 27, false},
	{"900 days", "2022-01-01T00:00:00Z", "2024-06-19T00:00:00Z", 0, 3, 2, 4, 901, 29,
		false},
	// 15 months: fewer ask for 2, 15 exactly for 3.
	{"15 months less a second", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", -1, 2,
		0, 2, 455, 14, false},
	{"15 months, month end", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", 0, 3, 0,
		3, 456, 15, true},
	{"15 months and a day", "2019-01-15T10:00:00Z", "2020-04-16T10:00:00Z", 0, 3, 0,
		3, 458, 15, false},
	{"15 months to 29 February less 1 s", "2018-11-29T00:00:00Z",
		"2020-02-29T00:00:00Z", -1, 2, 0, 2, 457, 14, false},
	{"15 months to 29 February", "2018-11-29T00:00:00Z", "2020-02-29T00:00:00Z", 0, 3,
		0, 3, 458, 15, true},
	{"15 months to 28 February, no leap year", "2017-11-30T00:00:00Z",
		"2019-02-28T00:00:00Z", 0, 3, 0, 3, 456, 15, true},
	// 27 months: exactly ask for 3; a second more for 4, and for 3 in trustd.
	{"27 months less a second", "2019-01-01T00:00:00Z", "2021-04-01T00:00:00Z", -1, 3,
		0, 3, 821, 26, false},
	{"27 months", "2019-01-01T00:00:00Z", "2021-04-01T00:00:00Z", 0, 3, 0, 3, 822, 27,
		true},
	{"27 months and a second", "2019-01-01T00:00:00Z", "2021-04-01T00:00:00Z", 1, 4,
		0, 3, 822, 27, false},
	{"27 months and a day", "2019-01-01T00:00:00Z", "2021-04-02T00:00:00Z", 0, 4, 0,
		3, 823, 27, false},
	{"27 months from 30 November", "2018-11-30T12:00:00Z", "2021-02-28T12:00:00Z", 0,
		3, 0, 3, 822, 27, true},
	{"... and a second", "2018-11-30T12:00:00Z", "2021-02-28T12:00:00Z", 1, 4, 0, 3,
		822, 27, false},
	{"27 months from 29 February", "2016-02-29T00:00:00Z", "2018-05-29T00:00:00Z", 0,
		3, 0, 3, 821, 27, true},
	{"28 months less a second", "2019-01-01T00:00:00Z", "2021-05-01T00:00:00Z", -1, 4,
		0, 3, 851, 27, false},
	{"28 months", "2019-01-01T00:00:00Z", "2021-05-01T00:00:00Z", 0, 4, 0, 4, 852, 28,
		true},
	// 39 months: exactly ask for 4; a second more for 5, and for 4 in trustd.
	{"39 months less a second", "2017-08-31T23:59:59Z", "2020-11-30T23:59:59Z", -1, 4,
		0, 4, 1187, 38, false},
	{"39 months", "2017-08-31T23:59:59Z", "2020-11-30T23:59:59Z", 0, 4, 0, 4, 1188,
		39, true},
	{"39 months and a second", "2017-08-31T23:59:59Z", "2020-11-30T23:59:59Z", 1, 5,
		0, 4, 1188, 39, false},
	{"39 months and a day", "2017-08-31T23:59:59Z", "2020-12-01T23:59:59Z", 0, 5, 0,
		4, 1189, 39, false},
	{"40 months less a second", "2017-03-01T00:00:00Z", "2020-07-01T00:00:00Z", -1, 5,
		0, 4, 1218, 39, false},
	{"40 months", "2017-03-01T00:00:00Z", "2020-07-01T00:00:00Z", 0, 5, 0, 5, 1219,
		40, true},
	{"ten years", "2015-03-01T00:00:00Z", "2025-03-01T00:00:00Z", -1, 5, 0, 5, 3653,
		119, false},
};

static void test_lifetimes(void)
{
	const struct policy *apple = policy_find("apple");
	const struct policy *enforced = policy_find("apple-enforced");
	for (size_t i = 0; i < sizeof(lifetime_cases) / sizeof(lifetime_cases[0]); i++) {
		const struct lifetime_case *c = &lifetime_cases[i];
		struct facts facts = {.at_ms = when_ms(c->from),
			.not_before = when(c->from),
			.not_after = when(c->to) + c->seconds_more};
		struct judged got;
		facts_judge(apple, &facts, &got);
		CHECK_INT(got.result.row->scts, c->want, "apple: %s", c->comment);
		CHECK_INT(got.result.row->cap_per_operator, c->want_cap, "cap: %s",
			c->comment);
		CHECK_INT(got.result.remark,
			c->want_cap && c->want_days > 398 ? CODE_LIFETIME_BEYOND_TABLE
							  : CODE_NONE,
			"remark: %s", c->comment);
		facts_judge(enforced, &facts, &got);
		CHECK_INT(got.result.row->scts, c->want_enforced, "enforced: %s",
			c->comment);
		CHECK_INT(got.result.row->cap_per_operator, 0, "enforced, cap: %s",
			c->comment);
		CHECK_INT(
			got.result.remark, CODE_NONE, "enforced, remark: %s", c->comment);
		struct lifetime l = lifetime_of(facts.not_before, facts.not_after);
		CHECK_INT(l.seconds, facts.not_after - facts.not_before + 1, "%s",
			c->comment);
		CHECK_INT(l.days, c->want_days, "days: %s", c->comment);
		CHECK_INT(l.months, c->want_months, "months: %s", c->comment);
		CHECK_INT(l.months_exact, c->want_exact, "exact: %s", c->comment);
	}
}

#define PASS VERDICT_COMPLIANT
#define FAIL VERDICT_NON_COMPLIANT

// SCTs (facts_build.h) of a certificate of so many days, at 2026-06-01T12:00:00Z.
static const struct verdict_case {
	const char *comment;
	const char *scts;
	int days;
	enum verdict want, want_enforced;
	const char *want_routes; // of apple
	const char *want_counted; // by apple's route of embedded SCTs, one digit an SCT
} verdict_cases[] = {
	{"nothing", "", 90, FAIL, FAIL, "neither", ""},
	{"one", "A1", 90, FAIL, FAIL, "neither", "1"},
	{"two operators", "A1 B1", 90, PASS, PASS, "embedded", "11"},
	// The cap of one.
	{"two logs of one operator", "A1 A2", 90, FAIL, PASS, "neither", "10"},
	{"one log twice", "A1 A1", 90, FAIL, FAIL, "neither", "10"},
	{"one log twice and another operator", "A1 A1 B1", 90, PASS, PASS, "embedded",
		"101"},
	{"two of one, one of another", "A1 A2 B1", 90, PASS, PASS, "embedded", "101"},
	{"five of one operator", "A1 A2 A3 A4 A5", 90, FAIL, PASS, "neither", "10000"},
	// 180 days and over: three, and a cap of two.
	{"two for 180 days", "A1 B1", 180, PASS, PASS, "embedded", "11"},
	{"two for 181 days", "A1 B1", 181, FAIL, FAIL, "neither", "11"},
	{"three of three operators", "A1 B1 C1", 181, PASS, PASS, "embedded", "111"},
	{"two of one operator, one of another", "A1 A2 B1", 181, PASS, PASS, "embedded",
		"111"},
	{"three of one operator", "A1 A2 A3", 181, FAIL, PASS, "neither", "110"},
	{"three of one and one of another", "A1 A2 A3 B1", 181, PASS, PASS, "embedded",
		"1101"},
	{"two, one of them twice", "A1 B1 B1", 181, FAIL, FAIL, "neither", "110"},
	{"two of A and two of B", "A1 A2 B1 B2", 398, PASS, PASS, "embedded", "1111"},
	{"three for 900 days", "A1 B1 C1", 900, PASS, FAIL, "embedded", "111"},
	{"four for 900 days", "A1 B1 C1 A2", 900, PASS, PASS, "embedded", "1111"},
	// What does not count.
	{"an invalid one", "A1 B1i", 90, FAIL, FAIL, "neither", "10"},
	{"a rejected log", "A1 B1x", 90, FAIL, FAIL, "neither", "10"},
	{"a pending log", "A1 B1p", 90, FAIL, FAIL, "neither", "10"},
	{"qualified logs", "A1q B1q", 90, PASS, PASS, "embedded", "11"},
	// Once and current.
	{"one current, one once", "A1 B1r", 90, PASS, PASS, "embedded", "11"},
	{"both once", "A1r B1r", 90, FAIL, FAIL, "neither", "11"},
	{"once for the cap's place, current over it", "A1r A2 B1", 90, PASS, PASS,
		"embedded", "011"},
	{"one current, two once", "A1 B1r C1r", 398, PASS, PASS, "embedded", "111"},
	{"current is no RFC 6962 log, once is one", "A1s B1r", 90, PASS, PASS, "embedded",
		"11"},
	// The RFC 6962 clause.
	{"two static", "A1s B1s", 90, FAIL, PASS, "neither", "11"},
	{"three static", "A1s B1s C1s", 398, FAIL, PASS, "neither", "111"},
	{"static and RFC 6962", "A1s B1", 90, PASS, PASS, "embedded", "11"},
	{"the RFC 6962 log takes the operator's place", "A1s A2 B1s", 90, PASS, PASS,
		"embedded", "011"},
	{"... also when it is once", "A1s A2r B1s", 90, PASS, PASS, "embedded", "011"},
	{"the only RFC 6962 log is rejected", "A1s B1s C1x", 90, FAIL, PASS, "neither",
		"110"},
	{"the only RFC 6962 SCT is by TLS, once no route", "A1s B1s C1ti", 90, FAIL, PASS,
		"neither", "110"},
	// Delivered.
	{"two by TLS", "A1t B1t", 398, PASS, PASS, "delivered", "00"},
	{"two by OCSP", "A1o B1o", 398, PASS, PASS, "delivered", "00"},
	{"one by each", "A1t B1o", 398, PASS, PASS, "delivered", "00"},
	{"two logs of one operator by TLS", "A1t A2t", 90, PASS, PASS, "delivered", "00"},
	{"one log by both ways", "A1t A1o", 90, FAIL, FAIL, "neither", "00"},
	{"one embedded, one by TLS", "A1 B1t", 398, PASS, PASS, "delivered", "10"},
	{"the same log embedded and by TLS", "A1 A1t", 90, FAIL, FAIL, "neither", "10"},
	{"two embedded for 398 days, one of the logs by TLS too", "A1 B1 B1t", 398, PASS,
		PASS, "delivered", "110"},
	{"once embedded, one by TLS", "A1r B1t", 90, FAIL, FAIL, "neither", "10"},
	{"a retired log by TLS", "A1t B1tr", 90, FAIL, FAIL, "neither", "00"},
	{"TLS invalid", "A1 B1ti", 90, FAIL, FAIL, "neither", "10"},
	{"two static by TLS", "A1ts B1ts", 90, FAIL, PASS, "neither", "00"},
	{"static by TLS, embedded RFC 6962", "A1ts B1", 398, PASS, PASS, "delivered",
		"01"},
	{"three static by TLS, one RFC 6962 by OCSP", "A1ts B1ts C1ts D1o", 90, PASS,
		PASS, "delivered", "0000"},
	// Both.
	{"both routes", "A1 B1 C1t", 90, PASS, PASS, "both", "110"},
	{"embedded holds, delivered lacks an RFC 6962 log", "A1s B1r C1ts", 90, PASS,
		PASS, "embedded", "110"},
};

static struct facts facts_of(const struct verdict_case *c, struct sct_facts *scts)
{
	int64_t at_ms = when_ms(FACTS_AT);
	struct facts facts = {.at_ms = at_ms, .not_before = at_ms / 1000 - FACTS_DAY};
	facts.not_after = facts.not_before + c->days * FACTS_DAY - 1;
	facts.scts = scts;
	facts.num_scts = facts_scts(c->scts, scts);
	return facts;
}

static void test_verdicts(void)
{
	const struct policy *apple = policy_find("apple");
	const struct policy *enforced = policy_find("apple-enforced");
	for (size_t i = 0; i < sizeof(verdict_cases) / sizeof(verdict_cases[0]); i++) {
		const struct verdict_case *c = &verdict_cases[i];
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = facts_of(c, scts);
		struct judged got;
		facts_judge(apple, &facts, &got);
		CHECK_INT(got.result.verdict, c->want, "%s: %s", c->comment, c->scts);
		CHECK_TEXT(facts_routes(&got), c->want_routes, "%s", c->comment);
		char counted[FACTS_MAX + 1] = "";
		unsigned num = 0;
		for (size_t k = 0; k < facts.num_scts; k++) {
			counted[k] = got.counted[0][k] ? '1' : '0';
			num += got.counted[0][k];
		}
		CHECK_TEXT(counted, c->want_counted, "%s", c->comment);
		CHECK_INT(
			got.result.routes[0].results[0].got, num, "got: %s", c->comment);
		facts_judge(enforced, &facts, &got);
		CHECK_INT(
			got.result.verdict, c->want_enforced, "enforced: %s", c->comment);
	}
}

// The clause of 2025-04-21 by the time of check, on both routes.
static void test_rfc6962_clause(void)
{
	static const struct {
		const char *scts;
		int64_t ms_more;
		enum verdict want;
	} cases[] = {
		{"A1s B1s", -1, PASS},
		{"A1s B1s", 0, FAIL},
		{"A1s B1s", 1, FAIL},
		{"A1s B1", 0, PASS},
		{"A1ts B1ts", -1, PASS},
		{"A1ts B1ts", 0, FAIL},
		{"A1ts B1t", 0, PASS},
	};
	int64_t from_ms = when_ms("2025-04-21T00:00:00Z");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {.at_ms = from_ms + cases[i].ms_more,
			.not_before = from_ms / 1000 - FACTS_DAY,
			.not_after = from_ms / 1000 + 80 * FACTS_DAY,
			.scts = scts};
		struct judged got;
		facts.num_scts = facts_scts(cases[i].scts, scts);
		facts_judge(policy_find("apple"), &facts, &got);
		CHECK_INT(got.result.verdict, cases[i].want, "%s, %d ms", cases[i].scts,
			(int)cases[i].ms_more);
		CHECK_INT(got.result.routes[0].results[2].in_force, cases[i].ms_more >= 0,
			"in force at %d ms", (int)cases[i].ms_more);
		facts_judge(policy_find("apple-enforced"), &facts, &got);
		CHECK_INT(got.result.verdict, PASS, "enforced: %s", cases[i].scts);
	}
}

// trustd counts a retired log only if the issuance time is before its retirement.
static void test_issuance_time(void)
{
	static const struct {
		const char *comment;
		int64_t current_ms, other_ms; // against B's retirement, two current SCTs
		const char *scts;
		enum verdict want; // apple passes all of them
	} cases[] = {
		{"a ms before", -1, 9999, "A1 B1r", PASS},
		{"at it", 0, 9999, "A1 B1r", FAIL},
		{"a ms after", 1, 9999, "A1 B1r", FAIL},
		{"the earliest of two speaks", 1, -1, "A1 B1r C1t", PASS},
		{"... and both are after", 1, 0, "A1 B1r A2 C1t", PASS},
		{"... one by TLS, of the same log", 1, -1, "A1 B1r A1t", PASS},
		{"... which comes after as well", 1, 0, "A1 B1r A1t", FAIL},
		{"a rejected log's does not speak", 1, -1, "A1 B1r C1x", FAIL},
	};
	int64_t retired_ms = when_ms(FACTS_STATE_SINCE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {.at_ms = when_ms(FACTS_AT), .scts = scts};
		struct judged got;
		facts.not_before = facts.at_ms / 1000 - FACTS_DAY;
		facts.not_after = facts.not_before + 90 * FACTS_DAY - 1;
		facts.num_scts = facts_scts(cases[i].scts, scts);
		scts[0].timestamp_ms = (uint64_t)(retired_ms + cases[i].current_ms);
		scts[1].timestamp_ms = (uint64_t)(retired_ms - 1);
		for (size_t k = 2; k < facts.num_scts; k++) {
			scts[k].timestamp_ms = (uint64_t)(retired_ms + cases[i].other_ms);
		}
		facts_judge(policy_find("apple-enforced"), &facts, &got);
		CHECK_INT(got.result.verdict, cases[i].want, "%s", cases[i].comment);
		facts_judge(policy_find("apple"), &facts, &got);
		CHECK_INT(got.result.verdict, PASS, "apple: %s", cases[i].comment);
	}
}

// Without any current SCT, T is the issuance time.
static void test_issuance_time_without_current(void)
{
	int64_t retired_ms = when_ms(FACTS_STATE_SINCE);
	for (int64_t late = -1; late <= 1; late++) {
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {.at_ms = retired_ms + late, .scts = scts};
		struct judged got;
		facts.not_before = facts.at_ms / 1000 - FACTS_DAY;
		facts.not_after = facts.not_before + 90 * FACTS_DAY - 1;
		facts.num_scts = facts_scts("A1r B1r", scts);
		facts_judge(policy_find("apple-enforced"), &facts, &got);
		CHECK_INT(got.result.routes[0].results[0].got, late < 0 ? 2 : 0,
			"T %d ms after", (int)late);
		CHECK_INT(got.result.verdict, FAIL, "none is current");
	}
}

// POLICY.md 5, before the split: no cap, and 2 to 5 SCTs by months.
static void test_before_the_split(void)
{
	static const struct {
		const char *scts, *to;
		enum verdict want;
	} cases[] = {
		{"A1 A2", "2020-04-01T00:00:00Z", FAIL}, // 15 months
		{"A1 A2", "2020-03-31T23:59:59Z", PASS},
		{"A1 A2 A3", "2020-04-01T00:00:00Z", PASS},
		{"A1 A2 A3", "2021-04-01T00:00:00Z", PASS},
		{"A1 A2 A3", "2021-04-01T00:00:01Z", FAIL}, // over 27
		{"A1 A2 A3 A4", "2022-04-01T00:00:00Z", PASS},
		{"A1 A2 A3 A4", "2022-04-01T00:00:01Z", FAIL}, // over 39
		{"A1 A2 A3 A4 A5", "2022-04-01T00:00:01Z", PASS},
		{"A1 A2r A3r A4r A5r", "2022-04-01T00:00:01Z", PASS},
		{"A1r A2r A3r A4r A5r", "2022-04-01T00:00:01Z", FAIL},
		{"A1s A2s A3s A4s A5s", "2022-04-01T00:00:01Z", FAIL}, // T is in 2026
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {.at_ms = when_ms(FACTS_AT),
			.not_before = when("2019-01-01T00:00:00Z"),
			.not_after = when(cases[i].to),
			.scts = scts};
		struct judged got;
		facts.num_scts = facts_scts(cases[i].scts, scts);
		facts_judge(policy_find("apple"), &facts, &got);
		CHECK_INT(got.result.verdict, cases[i].want, "%s until %s", cases[i].scts,
			cases[i].to);
	}
}

void test_policy(void)
{
	test_lifetimes();
	test_verdicts();
	test_rfc6962_clause();
	test_issuance_time();
	test_issuance_time_without_current();
	test_before_the_split();
}

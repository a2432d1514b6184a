// SPDX-License-Identifier: Apache-2.0
// Each row of each policy on both sides of each of its dates and numbers. Dates and numbers
// are written out here, not taken from the tables; at the end, every requirement of every
// policy must have been met and not met, in force and not in force.
#include "tests/unit/facts_build.h"

void test_rows(void);

#define PASS VERDICT_COMPLIANT
#define FAIL VERDICT_NON_COMPLIANT
#define OPEN VERDICT_INDETERMINATE
#define MAX_POLICIES 16

// What was seen of each requirement.
struct seen {
	bool met, unmet, in_force, not_in_force;
};

struct tally {
	struct seen of[MAX_POLICIES][POLICY_MAX_ROUTES][ROUTE_MAX_REQUIREMENTS];
};

static void take(struct tally *tally, const struct judged *got)
{
	const struct policy *policy = got->result.policy;
	for (size_t p = 0; p < policy_num() && p < MAX_POLICIES; p++) {
		for (size_t i = 0; policy_at(p) == policy && i < policy->num_routes;
			i++) {
			const struct route_result *route = &got->result.routes[i];
			for (size_t k = 0; k < route->route->num_requirements; k++) {
				const struct requirement_result *r = &route->results[k];
				struct seen *seen = &tally->of[p][i][k];
				seen->in_force |= r->in_force;
				seen->not_in_force |= !r->in_force;
				seen->met |= r->in_force && r->met;
				seen->unmet |= r->in_force && !r->met && !r->open;
			}
		}
	}
}

// How many SCTs a lifetime asks for: from notBefore to so many seconds after `to`.
static const struct lifetime_case {
	const char *policy, *from, *to;
	int64_t more;
	unsigned want, want_cap;
} lifetime_cases[] = {
	// Before 2021-04-21: fewer than 15 months, 27, 39; trustd ignores what is left over.
	{"apple", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", -1, 2, 0},
	{"apple", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", 0, 3, 0},
	{"apple", "2019-01-01T00:00:00Z", "2021-04-01T00:00:00Z", 0, 3, 0},
	{"apple", "2019-01-01T00:00:00Z", "2021-04-01T00:00:00Z", 1, 4, 0},
	{"apple", "2019-01-01T00:00:00Z", "2022-04-01T00:00:00Z", 0, 4, 0},
	{"apple", "2019-01-01T00:00:00Z", "2022-04-01T00:00:00Z", 1, 5, 0},
	{"apple-enforced", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", -1, 2, 0},
	{"apple-enforced", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", 0, 3, 0},
	{"apple-enforced", "2019-01-01T00:00:00Z", "2021-05-01T00:00:00Z", -1, 3, 0},
	{"apple-enforced", "2019-01-01T00:00:00Z", "2021-05-01T00:00:00Z", 0, 4, 0},
	{"apple-enforced", "2019-01-01T00:00:00Z", "2022-05-01T00:00:00Z", -1, 4, 0},
	{"apple-enforced", "2019-01-01T00:00:00Z", "2022-05-01T00:00:00Z", 0, 5, 0},
	// From then on: 180 days, of which apple counts the last second; 181 of them.
	{"apple", "2021-04-20T23:59:59Z", "2021-10-18T23:59:59Z", 0, 2, 0},
	{"apple", "2021-04-21T00:00:00Z", "2021-10-18T00:00:00Z", -1, 2, 1},
	{"apple", "2021-04-21T00:00:00Z", "2021-10-18T00:00:00Z", 0, 3, 2},
	{"apple-enforced", "2021-04-20T23:59:59Z", "2021-10-18T23:59:59Z", 0, 2, 0},
	{"apple-enforced", "2021-04-21T00:00:00Z", "2021-10-18T00:00:00Z", 0, 2, 0},
	{"apple-enforced", "2021-04-21T00:00:00Z", "2021-10-18T00:00:00Z", 1, 3, 0},
	{"apple-enforced", "2022-01-01T00:00:00Z", "2024-04-05T00:00:00Z", 0, 3, 0},
	{"apple-enforced", "2022-01-01T00:00:00Z", "2024-04-05T00:00:00Z", 1, 4, 0},
	// Chrome's table of before 2022-04-15.
	{"chrome", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", -1, 2, 0},
	{"chrome", "2019-01-31T00:00:00Z", "2020-04-30T00:00:00Z", 0, 3, 0},
	{"chrome", "2019-01-01T00:00:00Z", "2021-04-01T00:00:00Z", 0, 3, 0},
	{"chrome", "2019-01-01T00:00:00Z", "2021-04-01T00:00:00Z", 1, 4, 0},
	{"chrome", "2019-01-01T00:00:00Z", "2022-04-01T00:00:00Z", 0, 4, 0},
	{"chrome", "2019-01-01T00:00:00Z", "2022-04-01T00:00:00Z", 1, 5, 0},
	// ... and since: 180 x 86,400 s between the two times.
	{"chrome", "2022-04-14T23:59:59Z", "2022-10-12T00:00:01Z", 0, 2, 0},
	{"chrome", "2022-04-15T00:00:00Z", "2022-10-12T00:00:00Z", 0, 2, 0},
	{"chrome", "2022-04-15T00:00:00Z", "2022-10-12T00:00:00Z", 1, 3, 0},
	{"mozilla", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", 0, 2, 0},
	{"mozilla", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", 1, 3, 0},
	{"mozilla", "2017-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 0, 3, 0},
	{"android", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", 0, 2, 0},
	{"android", "2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z", 1, 3, 0},
	{"android", "2017-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 0, 3, 0},
	// No SCTs at all, whatever the lifetime.
	{"apple-tls", "2017-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 0, 0, 0},
};

static void test_lifetimes(void)
{
	for (size_t i = 0; i < sizeof(lifetime_cases) / sizeof(lifetime_cases[0]); i++) {
		const struct lifetime_case *c = &lifetime_cases[i];
		struct facts facts = {.at_ms = when_ms(c->from),
			.not_before = when(c->from),
			.not_after = when(c->to) + c->more};
		struct judged got;
		facts_judge(policy_find(c->policy), &facts, &got);
		CHECK_INT(got.result.row->scts, c->want, "%s: %s to %s and %d s",
			c->policy, c->from, c->to, (int)c->more);
		CHECK_INT(got.result.row->cap_per_operator, c->want_cap,
			"%s: the cap, %s to %s and %d s", c->policy, c->from, c->to,
			(int)c->more);
	}
}

// 398 days with the last second get no remark, a second more does; apple alone says so.
static void test_remark(void)
{
	for (size_t i = 0; i < policy_num(); i++) {
		bool apple = strcmp(policy_at(i)->name, "apple") == 0;
		struct facts facts = {.not_before = when("2026-01-01T00:00:00Z")};
		struct judged got;
		facts.not_after = facts.not_before + 398 * 86400 - 1;
		facts_judge(policy_at(i), &facts, &got);
		CHECK_INT(got.result.remark, CODE_NONE, "%s: 398", policy_at(i)->name);
		facts.not_after++;
		facts_judge(policy_at(i), &facts, &got);
		CHECK_INT(got.result.remark,
			apple ? CODE_LIFETIME_BEYOND_TABLE : CODE_NONE, "%s: 399",
			policy_at(i)->name);
	}
}

// SCTs (facts_build.h) of a certificate of 2026 of so many days, a millisecond before the
// time of check and at it; NULL: FACTS_AT, where both are the same.
static const struct scts_case {
	const char *policy, *at, *scts;
	int days;
	enum verdict want_before, want;
} scts_cases[] = {
	// How many, of how many operators, one of them current.
	{"apple", NULL, "A1", 90, FAIL, FAIL},
	{"apple", NULL, "A1 A2", 90, FAIL, FAIL},
	{"apple", NULL, "A1 B1", 90, PASS, PASS},
	{"apple", NULL, "A1 B1", 200, FAIL, FAIL},
	{"apple", NULL, "A1 A2 A3", 200, FAIL, FAIL},
	{"apple", NULL, "A1 A2 B1", 200, PASS, PASS},
	{"apple", NULL, "A1r B1r", 90, FAIL, FAIL},
	{"apple", NULL, "A1r B1", 90, PASS, PASS},
	{"apple-enforced", NULL, "A1", 90, FAIL, FAIL},
	{"apple-enforced", NULL, "A1 A2", 90, PASS, PASS},
	{"apple-enforced", NULL, "A1 A2", 200, FAIL, FAIL},
	{"apple-enforced", NULL, "A1 A2 A3", 200, PASS, PASS},
	{"apple-enforced", NULL, "A1r B1r", 90, FAIL, FAIL},
	{"apple-enforced", NULL, "A1r B1", 90, PASS, PASS},
	{"chrome", NULL, "A1", 90, FAIL, FAIL},
	{"chrome", NULL, "A1 A2", 90, FAIL, FAIL},
	{"chrome", NULL, "A1 B1", 90, PASS, PASS},
	{"chrome", NULL, "A1 B1", 200, FAIL, FAIL},
	{"chrome", NULL, "A1 A2 B1", 200, PASS, PASS},
	{"chrome", NULL, "A1r B1r", 90, FAIL, FAIL},
	{"chrome", NULL, "A1r B1", 90, PASS, PASS},
	{"mozilla", NULL, "A1", 90, FAIL, FAIL},
	{"mozilla", NULL, "A1 A2", 90, FAIL, FAIL},
	{"mozilla", NULL, "A1 B1", 90, PASS, PASS},
	{"mozilla", NULL, "A1 B1", 200, FAIL, FAIL},
	{"mozilla", NULL, "A1 A2 B1", 200, PASS, PASS},
	{"mozilla", NULL, "A1r B1r", 90, FAIL, FAIL},
	{"mozilla", NULL, "A1r B1", 90, PASS, PASS},
	{"android", NULL, "A1", 90, FAIL, FAIL},
	{"android", NULL, "A1 A2", 90, FAIL, FAIL},
	{"android", NULL, "A1 B1", 90, PASS, PASS},
	{"android", NULL, "A1 B1", 200, FAIL, FAIL},
	{"android", NULL, "A1 A2 B1", 200, PASS, PASS},
	{"android", NULL, "A1r B1r", 90, FAIL, FAIL},
	{"android", NULL, "A1r B1", 90, PASS, PASS},
	// Delivered: Apple counts embedded ones with them, the others do not.
	{"apple", NULL, "A1t", 90, FAIL, FAIL},
	{"apple", NULL, "A1t A2t", 90, PASS, PASS},
	{"apple", NULL, "A1t B1rt", 90, FAIL, FAIL},
	{"apple", NULL, "A1 A2t", 90, PASS, PASS},
	{"apple-enforced", NULL, "A1t", 90, FAIL, FAIL},
	{"apple-enforced", NULL, "A1 A2", 900, FAIL, FAIL},
	{"apple-enforced", NULL, "A1 A2t", 900, PASS, PASS},
	{"chrome", NULL, "A1t", 90, FAIL, FAIL},
	{"chrome", NULL, "A1 B1t", 90, FAIL, FAIL},
	{"chrome", NULL, "A1t A2t", 90, FAIL, FAIL},
	{"chrome", NULL, "A1t B1t", 900, PASS, PASS},
	{"chrome", NULL, "A1t B1rt", 900, FAIL, FAIL},
	{"mozilla", NULL, "A1t", 90, FAIL, FAIL},
	{"mozilla", NULL, "A1 B1t", 90, FAIL, FAIL},
	{"mozilla", NULL, "A1t B1o", 900, PASS, PASS},
	{"mozilla", NULL, "A1t B1rt", 900, FAIL, FAIL},
	{"android", NULL, "A1t", 90, FAIL, FAIL},
	{"android", NULL, "A1 B1t", 90, FAIL, FAIL},
	{"android", NULL, "A1o A2o", 90, FAIL, FAIL},
	{"android", NULL, "A1o B1o", 900, PASS, PASS},
	{"android", NULL, "A1o B1ro", 900, FAIL, FAIL},
	// One RFC 6962 log: Apple from 2025-04-21 on.
	{"apple", "2025-04-21T00:00:00Z", "A1s B1s", 90, PASS, FAIL},
	{"apple", "2025-04-21T00:00:00Z", "A1s B1", 90, PASS, PASS},
	{"apple", "2025-04-21T00:00:00Z", "A1st B1st", 90, PASS, FAIL},
	{"apple", "2025-04-21T00:00:00Z", "A1st B1t", 90, PASS, PASS},
	{"apple-enforced", "2025-04-21T00:00:00Z", "A1s B1s", 90, PASS, PASS},
	// Chrome from 2025-03-04 until 2026-04-15.
	{"chrome", "2025-03-04T00:00:00Z", "A1s B1s", 90, PASS, FAIL},
	{"chrome", "2025-03-04T00:00:00Z", "A1s B1", 90, PASS, PASS},
	{"chrome", "2025-03-04T00:00:00Z", "A1st B1so", 90, PASS, FAIL},
	{"chrome", "2025-03-04T00:00:00Z", "A1st B1o", 90, PASS, PASS},
	{"chrome", "2026-04-15T00:00:00Z", "A1s B1s", 90, FAIL, PASS},
	{"chrome", "2026-04-15T00:00:00Z", "A1st B1so", 90, FAIL, PASS},
	// Mozilla until 2026-02-10, Android never.
	{"mozilla", "2026-02-10T00:00:00Z", "A1s B1s", 90, FAIL, PASS},
	{"mozilla", "2026-02-10T00:00:00Z", "A1s B1", 90, PASS, PASS},
	{"mozilla", "2026-02-10T00:00:00Z", "A1st B1so", 90, FAIL, PASS},
	{"mozilla", "2026-02-10T00:00:00Z", "A1st B1o", 90, PASS, PASS},
	{"android", "2025-06-10T00:00:00Z", "A1s B1s", 90, PASS, PASS},
	{"android", "2026-02-10T00:00:00Z", "A1so B1so", 90, PASS, PASS},
	// OCSP: Chrome takes it until 2026-05-05, TLS before and after.
	{"chrome", "2026-05-05T00:00:00Z", "A1o B1o", 90, PASS, FAIL},
	{"chrome", "2026-05-05T00:00:00Z", "A1t B1o", 90, PASS, FAIL},
	{"chrome", "2026-05-05T00:00:00Z", "A1t B1t", 90, PASS, PASS},
	{"chrome", "2026-05-05T00:00:00Z", "A1t A2t", 90, FAIL, FAIL},
	{"android", "2026-05-05T00:00:00Z", "A1o B1o", 90, PASS, PASS},
};

static void test_scts(struct tally *tally)
{
	for (size_t i = 0; i < sizeof(scts_cases) / sizeof(scts_cases[0]); i++) {
		const struct scts_case *c = &scts_cases[i];
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {.scts = scts};
		struct judged got;
		int64_t at_ms = when_ms(c->at ? c->at : FACTS_AT);
		facts.not_before = when("2026-01-01T00:00:00Z");
		facts.not_after = facts.not_before + c->days * FACTS_DAY - 1;
		facts.num_scts = facts_scts(c->scts, scts);
		for (int before = 1; before >= 0; before--) {
			facts.at_ms = at_ms - before;
			facts_judge(policy_find(c->policy), &facts, &got);
			take(tally, &got);
			CHECK_INT(got.result.verdict, before ? c->want_before : c->want,
				"%s: \"%s\", %d days, %s%s", c->policy, c->scts, c->days,
				c->at ? c->at : FACTS_AT, before ? " less 1 ms" : "");
		}
	}
}

// trustd counts an SCT of a retired log where the certificate was issued before that: a
// millisecond before, by the earliest SCT that is current.
static void test_retirement(struct tally *tally)
{
	for (int i = 0; i < 2; i++) {
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {.at_ms = when_ms(FACTS_AT), .scts = scts};
		struct judged got;
		facts.not_before = when("2026-01-01T00:00:00Z");
		facts.not_after = facts.not_before + 90 * FACTS_DAY - 1;
		facts.num_scts = facts_scts("A1r B1", scts);
		scts[1].timestamp_ms = (uint64_t)scts[0].since_ms - 1 + (uint64_t)i;
		facts_judge(policy_find("apple-enforced"), &facts, &got);
		take(tally, &got);
		CHECK_INT(got.result.verdict, i ? FAIL : PASS, "%d ms after", i - 1);
		facts_judge(policy_find("apple"), &facts, &got);
		CHECK_INT(got.result.verdict, PASS, "apple looks at the SCT itself");
	}
}

// A certificate that meets apple-tls: `days` from notBefore, the last second included.
static struct facts good_server(const char *not_before, int64_t days)
{
	static const struct key_facts key = {
		.known = true, .is_rsa = true, .bits = 2048, .signed_with_sha2 = true};
	struct facts facts = {.not_before = when(not_before),
		.has_key_purposes = true,
		.server_auth = true,
		.num_names = 1,
		.leaf = key,
		.issuer = key,
		.root = ROOT_OF_SYSTEM};
	facts.not_after = facts.not_before + days * FACTS_DAY - 1;
	facts.at_ms = facts.not_before * 1000;
	return facts;
}

static void check_tls(struct tally *tally, struct facts facts, const char *row,
	bool in_force, bool met, enum verdict want, const char *comment)
{
	struct judged got;
	bool found = false;
	facts_judge(policy_find("apple-tls"), &facts, &got);
	take(tally, &got);
	CHECK_INT(got.result.verdict, want, "%s: verdict", comment);
	for (size_t i = 0; i < got.result.policy->routes[0].num_requirements; i++) {
		const struct requirement_result *r = &got.result.routes[0].results[i];
		if (strcmp(r->requirement->name, row) != 0) {
			continue;
		}
		found = true;
		CHECK_INT(r->in_force, in_force, "%s: in force", comment);
		CHECK_INT(r->met, met, "%s: met", comment);
		CHECK_INT(r->open, want == OPEN, "%s: open", comment);
	}
	CHECK(found, "%s: a row %s", comment, row);
}

static void test_tls_keys(struct tally *tally)
{
	for (int i = 0; i < 2; i++) {
		struct facts facts = good_server("2026-01-01T00:00:00Z", 90);
		struct key_facts *key = i ? &facts.issuer : &facts.leaf;
		const char *bits = i ? "issuer_rsa_bits" : "leaf_rsa_bits";
		const char *sha2 = i ? "issuer_sha2" : "leaf_sha2";
		check_tls(tally, facts, bits, true, true, PASS, "2048 bits");
		key->bits = 2047;
		check_tls(tally, facts, bits, true, false, FAIL, "2047 bits");
		key->is_rsa = false;
		key->bits = 256;
		check_tls(tally, facts, bits, false, true, PASS, "no RSA key");
		check_tls(tally, facts, sha2, true, true, PASS, "SHA-2");
		key->signed_with_sha2 = false;
		check_tls(tally, facts, sha2, true, false, FAIL, "not SHA-2");
		key->is_anchor = true;
		check_tls(tally, facts, sha2, !i, i, i ? PASS : FAIL, "an anchor");
		*key = (struct key_facts){.known = false};
		check_tls(tally, facts, sha2, true, false, OPEN, "not given");
		check_tls(tally, facts, bits, true, false, OPEN, "not given");
	}
}

// A warning, and no more; no issuer is asked.
static void test_tls_key_type(struct tally *tally)
{
	struct facts facts = good_server("2026-01-01T00:00:00Z", 90);
	facts.leaf.is_rsa = false;
	check_tls(tally, facts, "leaf_key_type", true, true, PASS, "a common key");
	facts.issuer.is_unusual = true;
	check_tls(tally, facts, "leaf_key_type", true, true, PASS, "the issuer's");
	facts.leaf.is_unusual = true;
	check_tls(tally, facts, "leaf_key_type", true, false, PASS, "another one");
	facts.leaf = (struct key_facts){.known = false};
	check_tls(tally, facts, "leaf_key_type", true, false, OPEN, "not given");
}

static void test_tls_names(struct tally *tally)
{
	struct facts facts = good_server("2016-01-01T00:00:00Z", 90);
	check_tls(tally, facts, "names", true, true, PASS, "a name");
	facts.num_names = 0;
	check_tls(tally, facts, "names", true, false, FAIL, "no name");
	facts = good_server("2019-06-30T23:59:59Z", 90);
	facts.server_auth = false;
	facts.any_purpose = true;
	check_tls(tally, facts, "server_auth", false, true, PASS, "before 2019-07-01");
	facts = good_server("2019-07-01T00:00:00Z", 90);
	check_tls(tally, facts, "server_auth", true, true, PASS, "serverAuth");
	facts.server_auth = false;
	facts.any_purpose = true;
	check_tls(tally, facts, "server_auth", true, false, FAIL, "any purpose");
	facts.has_key_purposes = facts.any_purpose = false;
	check_tls(tally, facts, "server_auth", true, false, FAIL, "no EKU");
}

// 825 days from notBefore to notAfter, 398 with the last second: `more` seconds after.
static const struct days_case {
	const char *row, *from;
	int64_t days, more;
	enum root root;
	bool in_force, met;
	enum verdict want;
} days_cases[] = {
	{"days_825", "2019-06-30T23:59:59Z", 825, 1, ROOT_ADDED, false, true, PASS},
	{"days_825", "2019-07-01T00:00:00Z", 825, 0, ROOT_ADDED, true, true, PASS},
	{"days_825", "2019-07-01T00:00:00Z", 825, 1, ROOT_ADDED, true, false, FAIL},
	{"days_825", "2019-07-01T00:00:00Z", 825, 1, ROOT_OF_SYSTEM, true, false, FAIL},
	{"days_398", "2020-08-31T23:59:59Z", 398, 0, ROOT_OF_SYSTEM, false, true, PASS},
	{"days_398", "2020-08-31T23:59:59Z", 825, 0, ROOT_OF_SYSTEM, false, true, PASS},
	{"days_398", "2020-09-01T00:00:00Z", 398, -1, ROOT_OF_SYSTEM, true, true, PASS},
	{"days_398", "2020-09-01T00:00:00Z", 398, 0, ROOT_OF_SYSTEM, true, false, FAIL},
	{"days_398", "2020-09-01T00:00:00Z", 398, 0, ROOT_ADDED, false, true, PASS},
	{"days_398", "2020-09-01T00:00:00Z", 398, -1, ROOT_UNKNOWN, true, true, PASS},
	{"days_398", "2020-09-01T00:00:00Z", 398, 0, ROOT_UNKNOWN, true, false, OPEN},
	{"days_398", "2020-08-31T23:59:59Z", 398, 0, ROOT_UNKNOWN, false, true, PASS},
	// Advice: not met, and the verdict stays.
	{"scheduled_200_days", "2026-03-14T23:59:59Z", 200, 0, ROOT_OF_SYSTEM, false,
		true, PASS},
	{"scheduled_200_days", "2026-03-15T00:00:00Z", 200, -1, ROOT_OF_SYSTEM, true,
		true, PASS},
	{"scheduled_200_days", "2026-03-15T00:00:00Z", 200, 0, ROOT_OF_SYSTEM, true,
		false, PASS},
	{"scheduled_200_days", "2026-03-15T00:00:00Z", 200, 0, ROOT_ADDED, false, true,
		PASS},
	{"scheduled_200_days", "2027-03-14T23:59:59Z", 200, 0, ROOT_OF_SYSTEM, true,
		false, PASS},
	{"scheduled_200_days", "2027-03-15T00:00:00Z", 200, 0, ROOT_OF_SYSTEM, false,
		true, PASS},
	{"scheduled_100_days", "2027-03-14T23:59:59Z", 100, 0, ROOT_OF_SYSTEM, false,
		true, PASS},
	{"scheduled_100_days", "2027-03-15T00:00:00Z", 100, -1, ROOT_OF_SYSTEM, true,
		true, PASS},
	{"scheduled_100_days", "2027-03-15T00:00:00Z", 100, 0, ROOT_OF_SYSTEM, true,
		false, PASS},
	{"scheduled_100_days", "2027-03-15T00:00:00Z", 100, 0, ROOT_ADDED, false, true,
		PASS},
	{"scheduled_100_days", "2029-03-14T23:59:59Z", 100, 0, ROOT_OF_SYSTEM, true,
		false, PASS},
	{"scheduled_100_days", "2029-03-15T00:00:00Z", 100, 0, ROOT_OF_SYSTEM, false,
		true, PASS},
	{"scheduled_47_days", "2029-03-14T23:59:59Z", 47, 0, ROOT_OF_SYSTEM, false, true,
		PASS},
	{"scheduled_47_days", "2029-03-15T00:00:00Z", 47, -1, ROOT_OF_SYSTEM, true, true,
		PASS},
	{"scheduled_47_days", "2029-03-15T00:00:00Z", 47, 0, ROOT_OF_SYSTEM, true, false,
		PASS},
	{"scheduled_47_days", "2029-03-15T00:00:00Z", 47, 0, ROOT_ADDED, false, true,
		PASS},
	{"scheduled_47_days", "2099-03-15T00:00:00Z", 47, 0, ROOT_OF_SYSTEM, true, false,
		PASS},
};

static void test_tls_days(struct tally *tally)
{
	for (size_t i = 0; i < sizeof(days_cases) / sizeof(days_cases[0]); i++) {
		const struct days_case *c = &days_cases[i];
		char comment[96];
		struct facts facts = good_server(c->from, c->days);
		facts.not_after += 1 + c->more;
		facts.root = c->root;
		(void)snprintf(comment, sizeof(comment), "%s: %s, %d days and %d s, %d",
			c->row, c->from, (int)c->days, (int)c->more, (int)c->root);
		check_tls(tally, facts, c->row, c->in_force, c->met, c->want, comment);
	}
	// What is to come is open where the root is not known, and no verdict hangs on it.
	struct facts facts = good_server("2026-03-15T00:00:00Z", 201);
	struct judged got;
	facts.root = ROOT_UNKNOWN;
	facts_judge(policy_find("apple-tls"), &facts, &got);
	CHECK_INT(got.result.verdict, PASS, "advice under an unknown root");
	CHECK(got.result.routes[0].results[8].open, "... is open");
}

// A row that no case above has on both sides is a row without a test.
static void check_tally(const struct tally *tally)
{
	CHECK(policy_num() <= MAX_POLICIES, "room for every policy");
	for (size_t p = 0; p < policy_num() && p < MAX_POLICIES; p++) {
		const struct policy *policy = policy_at(p);
		for (size_t i = 0; i < policy->num_routes; i++) {
			const struct route *route = &policy->routes[i];
			for (size_t k = 0; k < route->num_requirements; k++) {
				const struct requirement *r = &route->requirements[k];
				const struct seen *seen = &tally->of[p][i][k];
				bool bounded = r->from_ms != INT64_MIN ||
					r->until_ms != INT64_MAX;
				CHECK(seen->met && seen->unmet,
					"%s/%s/%s: met, and not met", policy->name,
					route->name, r->name);
				CHECK(seen->in_force && (!bounded || seen->not_in_force),
					"%s/%s/%s: in force, and not", policy->name,
					route->name, r->name);
			}
		}
	}
}

void test_rows(void)
{
	struct tally tally;
	memset(&tally, 0, sizeof(tally));
	test_lifetimes();
	test_remark();
	test_scts(&tally);
	test_retirement(&tally);
	test_tls_keys(&tally);
	test_tls_key_type(&tally);
	test_tls_names(&tally);
	test_tls_days(&tally);
	check_tally(&tally);
}

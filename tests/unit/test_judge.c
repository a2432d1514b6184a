// SPDX-License-Identifier: Apache-2.0
// From facts back into the record: why an SCT does not count, what a policy finds, whether
// it applies, and the result of several policies.
#include "tests/unit/eval_build.h"

void test_judge(void);

// A certificate with these embedded and these by TLS; apple is asked first, or last.
static const struct why_case {
	const char *comment, *embedded, *tls;
	int64_t seconds;
	bool enforced_first;
	const char *want_counted; // a digit an SCT, embedded ones first
	enum code want_why[EVAL_MAX_SCTS];
} why_cases[] = {
	{"all count", "Ar Bt", "", EVAL_90_DAYS, false, "11", {0}},
	{"one log twice", "Ar Ar Bt", "", EVAL_90_DAYS, false, "101",
		{0, CODE_DUPLICATE_LOG}},
	{"the cap of one", "Ar At Bt", "", EVAL_90_DAYS, false, "101",
		{0, CODE_OPERATOR_CAP_REACHED}},
	{"the cap of one, the RFC 6962 log goes first", "At Ar Bt", "", EVAL_90_DAYS,
		false, "011", {CODE_OPERATOR_CAP_REACHED}},
	{"trustd has no cap", "Ar At Bt", "", EVAL_90_DAYS, true, "111", {0}},
	{"a read-only log counts", "Do Bt", "", EVAL_90_DAYS, false, "11", {0}},
	{"a retired log counts", "Co Ar", "", EVAL_90_DAYS, false, "11", {0}},
	{"... not in trustd, where the first current SCT came later", "Co Ar", "",
		EVAL_90_DAYS, true, "01", {CODE_ISSUED_AFTER_RETIREMENT}},
	{"... nor where the others are enough", "Co Ar Bt", "", EVAL_90_DAYS, true, "011",
		{CODE_ISSUED_AFTER_RETIREMENT}},
	{"... it counts there beside one that came before", "Co Do", "", EVAL_90_DAYS,
		true, "11", {0}},
	{"a retired log under the cap", "Co Ct Ar", "", EVAL_90_DAYS, false, "101",
		{0, CODE_OPERATOR_CAP_REACHED}},
	{"by TLS", "", "Ar Bt", EVAL_90_DAYS, false, "11", {0}},
	{"by TLS, one log twice", "", "Ar Bt Ar", EVAL_90_DAYS, false, "110",
		{0, 0, CODE_DUPLICATE_LOG}},
	{"by both ways, all of them", "Ar Bt", "Ct", EVAL_90_DAYS, false, "111", {0}},
	{"by both ways, the same logs", "Ar Bt", "Ar", EVAL_90_DAYS, false, "110",
		{0, 0, CODE_DUPLICATE_LOG}},
	{"a retired log, where only TLS is enough", "Co", "Ar Bt", EVAL_90_DAYS, false,
		"011", {CODE_ONCE_APPROVED_ONLY}},
	{"... in trustd", "Co", "Do Ar", EVAL_90_DAYS, true, "011",
		{CODE_ONCE_APPROVED_ONLY}},
	{"embedded is enough, TLS lacks an RFC 6962 log", "Co Bt", "Ct", EVAL_90_DAYS,
		false, "110", {0, 0, CODE_ROUTE_NOT_USED}},
	{"two logs of one operator, one of them by TLS too: the other route", "Ar At",
		"Ar", EVAL_90_DAYS, false, "110", {0, 0, CODE_DUPLICATE_LOG}},
	{"nothing is enough: each source has its own route", "Ar Co", "Ar",
		180 * INT64_C(86400), false, "110", {0, 0, CODE_DUPLICATE_LOG}},
	{"nothing is enough, one log twice", "Ar Ar", "", EVAL_90_DAYS, false, "10",
		{0, CODE_DUPLICATE_LOG}},
	{"nothing is enough, over the cap", "Ar At", "", EVAL_90_DAYS, false, "10",
		{0, CODE_OPERATOR_CAP_REACHED}},
	{"nothing is enough, three of one for 181 days", "Ar At Ar", "",
		180 * INT64_C(86400), false, "110", {0, 0, CODE_DUPLICATE_LOG}},
	{"a log of another year", "A7 Bt", "", EVAL_90_DAYS, false, "01",
		{CODE_OUTSIDE_TEMPORAL_INTERVAL}},
};

static void test_why(struct eval_bench *b)
{
	for (size_t i = 0; i < sizeof(why_cases) / sizeof(why_cases[0]); i++) {
		const struct why_case *c = &why_cases[i];
		struct pki_cert_spec spec = eval_leaf(b, c->seconds);
		struct out leaf = {0};
		struct out tls = {0};
		eval_issue(b, &spec, c->embedded, &leaf);
		eval_tls_list(b, &leaf, c->tls, &tls);
		struct ctp_request request = eval_request(b, &leaf);
		if (c->tls[0]) {
			request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
		}
		if (c->enforced_first) {
			request.policies[0] = policy_find("apple-enforced");
			request.policies[1] = policy_find("apple");
		}
		const struct record *r = eval_run(b, &request);
		for (size_t k = 0; k < r->num_scts && c->want_counted[k]; k++) {
			CHECK_INT(r->scts[k].counted, c->want_counted[k] == '1',
				"%s: SCT %zu", c->comment, k);
			enum code got =
				r->scts[k].num_why ? r->scts[k].why[0] : CODE_NONE;
			CHECK_TEXT(code_info(got)->name, code_info(c->want_why[k])->name,
				"%s: SCT %zu", c->comment, k);
		}
		derw_clear(&leaf);
		derw_clear(&tls);
	}
}

// The SCT by TLS of a log whose embedded SCT is over the cap: it is the same log twice.
static void test_why_beyond_cap(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct out tls = {0};
	eval_issue(b, &spec, "At", &leaf);
	eval_tls_list(b, &leaf, "At", &tls);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->result, RESULT_FAIL, "one log by both ways");
	CHECK(eval_has_why(&r->scts[1], CODE_DUPLICATE_LOG), "is one log");
	derw_clear(&leaf);
	derw_clear(&tls);
	eval_issue(b, &spec, "Ar At", &leaf);
	eval_tls_list(b, &leaf, "At", &tls);
	request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	r = eval_run(b, &request);
	CHECK_INT(r->result, RESULT_PASS, "two logs, one of them by TLS");
	CHECK_INT(r->scts[2].counted + r->scts[1].counted, 1, "one of the two");
	derw_clear(&leaf);
	derw_clear(&tls);
}

// No route holds, as all logs are static-ct-api logs, here of one operator: the SCT by TLS is
// the second of a log, not one that another route made needless.
static void test_why_static_beyond_cap(struct eval_bench *b)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list merged = b->world->list;
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out json = {0};
	struct out leaf = {0};
	struct out tls = {0};
	struct err err;
	err_clear(&err);
	memcpy(logs, b->world->logs, sizeof(logs));
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		logs[i].operator_name = "Everyone";
	}
	merged.logs = logs;
	pki_list_json(&merged, &json);
	struct ctp_lists *lists = lists_from_file(eval_bytes(&json), &err);
	CHECK_CODE(&err, CODE_NONE, "a list with one operator");
	eval_issue(b, &spec, "At Bt", &leaf);
	eval_tls_list(b, &leaf, "Bt", &tls);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	const struct record *r = lists ? eval_run_with(b, &request, lists, &err) : NULL;
	CHECK(r && r->policies[0].verdict == VERDICT_NON_COMPLIANT, "no route holds");
	CHECK(r && eval_has_why(&r->scts[1], CODE_OPERATOR_CAP_REACHED), "over the cap");
	CHECK(r && eval_has_why(&r->scts[2], CODE_DUPLICATE_LOG), "the same log by TLS");
	lists_unref(lists);
	derw_clear(&json);
	derw_clear(&leaf);
	derw_clear(&tls);
}

// What each policy finds, and what is said about their difference.
static const struct finding_case {
	const char *comment, *embedded, *tls;
	int64_t seconds;
	enum verdict want, want_enforced;
	enum code want_codes[3]; // of apple, in order
	const char *want_message; // part of the first one
	const char *want_difference; // part of it; NULL: none
} finding_cases[] = {
	{"compliant", "Ar Bt", "", EVAL_90_DAYS, VERDICT_COMPLIANT, VERDICT_COMPLIANT,
		{0}, "", NULL},
	{"none", "", "", EVAL_90_DAYS, VERDICT_NON_COMPLIANT, VERDICT_NON_COMPLIANT,
		{CODE_TOO_FEW_SCTS}, "2 SCTs from 2 different", NULL},
	{"one", "Ar", "", EVAL_90_DAYS, VERDICT_NON_COMPLIANT, VERDICT_NON_COMPLIANT,
		{CODE_TOO_FEW_SCTS}, "one more SCT from a log operator other than Alder",
		NULL},
	{"two of one operator", "Ar At", "", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_COMPLIANT, {CODE_TOO_FEW_SCTS}, "other than Alder.",
		"at most 1 SCT of one log operator"},
	{"static alone", "At Bt", "", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_COMPLIANT, {CODE_NO_RFC6962_SCT}, "RFC 6962 log", "RFC 6962 log"},
	{"static alone by TLS", "", "At Bt", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_COMPLIANT, {CODE_NO_RFC6962_SCT}, "RFC 6962 log", "RFC 6962 log"},
	{"retired alone", "Co", "", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_NON_COMPLIANT, {CODE_TOO_FEW_SCTS, CODE_NO_CURRENT_SCT},
		"one more SCT", NULL},
	{"180 x 86,400 s", "Ar Bt", "", 180 * INT64_C(86400), VERDICT_NON_COMPLIANT,
		VERDICT_COMPLIANT, {CODE_TOO_FEW_SCTS}, "Needs 3 embedded SCTs",
		"asks for 3 SCTs"},
	{"issued after the retirement", "Co Ar", "", EVAL_90_DAYS, VERDICT_COMPLIANT,
		VERDICT_NON_COMPLIANT, {0}, "", "retired log"},
	{"one by TLS", "", "Ar", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_NON_COMPLIANT, {CODE_TOO_FEW_DELIVERED_SCTS},
		"let the server deliver more", NULL},
	{"two embedded for 181 days, none of TLS counts", "Ar Bt", "Co",
		180 * INT64_C(86400), VERDICT_NON_COMPLIANT, VERDICT_COMPLIANT,
		{CODE_TOO_FEW_SCTS, CODE_NO_DELIVERED_SCT}, "Needs 3", "asks for 3 SCTs"},
};

static void check_findings(const struct finding_case *c, const struct record *r)
{
	const struct findings *got = &r->policies[0].findings;
	size_t num = 0;
	for (; num < 3 && c->want_codes[num] != CODE_NONE; num++) {
		CHECK(num < got->num && got->items[num].code == c->want_codes[num],
			"%s: finding %zu is %s", c->comment, num,
			num < got->num ? code_info(got->items[num].code)->name
				       : "missing");
	}
	CHECK_INT(got->num, num, "%s: findings", c->comment);
	CHECK(got->num == 0 || strstr(got->items[0].message, c->want_message), "%s: %s",
		c->comment, got->num ? got->items[0].message : "");
	const struct finding *differ = eval_finding(&r->findings, CODE_POLICIES_DIFFER);
	CHECK_INT(differ != NULL, c->want_difference != NULL, "%s: a difference",
		c->comment);
	CHECK(!differ || !c->want_difference ||
			strstr(differ->message, c->want_difference),
		"%s: %s", c->comment, differ ? differ->message : "");
}

static void test_findings(struct eval_bench *b)
{
	for (size_t i = 0; i < sizeof(finding_cases) / sizeof(finding_cases[0]); i++) {
		const struct finding_case *c = &finding_cases[i];
		struct pki_cert_spec spec = eval_leaf(b, c->seconds);
		struct out leaf = {0};
		struct out tls = {0};
		eval_issue(b, &spec, c->embedded, &leaf);
		eval_tls_list(b, &leaf, c->tls, &tls);
		struct ctp_request request = eval_request(b, &leaf);
		if (c->tls[0]) {
			request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
		}
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->policies[0].verdict, c->want, "%s", c->comment);
		CHECK_INT(r->policies[1].verdict, c->want_enforced, "%s", c->comment);
		check_findings(c, r);
		derw_clear(&leaf);
		derw_clear(&tls);
	}
}

// The lifetime beyond the table, by apple alone, whatever the verdict.
static void test_beyond_table(struct eval_bench *b)
{
	for (int days = 398; days <= 399; days++) {
		for (int enough = 0; enough < 2; enough++) {
			struct pki_cert_spec spec = eval_leaf(b, days * PKI_DAY - 1);
			struct out leaf = {0};
			eval_issue(b, &spec, enough ? "A7 Do A7" : "A7", &leaf);
			struct ctp_request request = eval_request(b, &leaf);
			const struct record *r = eval_run(b, &request);
			CHECK_INT(eval_finding(&r->policies[0].findings,
					  CODE_LIFETIME_BEYOND_TABLE) != NULL,
				days == 399, "%d days", days);
			CHECK(!eval_finding(&r->policies[1].findings,
				      CODE_LIFETIME_BEYOND_TABLE),
				"not trustd's");
			CHECK_INT(r->lifetime.days, days, "days");
			derw_clear(&leaf);
		}
	}
}

static const struct applies_case {
	const char *comment;
	const char *eku; // NULL: a server's; "": no EKU extension
	bool is_ca;
	const char *not_before, *at;
	enum code want; // CODE_NONE: it applies
} applies_cases[] = {
	{"a server", NULL, false, PKI_WORLD_NOT_BEFORE, PKI_WORLD_AT, CODE_NONE},
	{"no EKU", "", false, PKI_WORLD_NOT_BEFORE, PKI_WORLD_AT, CODE_NONE},
	{"any purpose", "2.5.29.37.0", false, PKI_WORLD_NOT_BEFORE, PKI_WORLD_AT,
		CODE_NONE},
	{"a client", PKI_OID_CLIENT_AUTH, false, PKI_WORLD_NOT_BEFORE, PKI_WORLD_AT,
		CODE_NOT_SERVER_AUTH},
	{"an OCSP responder", PKI_OID_OCSP_SIGNING, false, PKI_WORLD_NOT_BEFORE,
		PKI_WORLD_AT, CODE_NOT_SERVER_AUTH},
	{"a CA", NULL, true, PKI_WORLD_NOT_BEFORE, PKI_WORLD_AT, CODE_CA_CERTIFICATE},
	{"a signing certificate", PKI_OID_PRECERT_SIGNING, true, PKI_WORLD_NOT_BEFORE,
		PKI_WORLD_AT, CODE_PRECERTIFICATE_SIGNING_CERTIFICATE},
	{"at its end", NULL, false, "2026-03-03T12:00:01Z", PKI_WORLD_AT, CODE_NONE},
	{"a second later", NULL, false, "2026-03-03T12:00:00Z", PKI_WORLD_AT,
		CODE_EXPIRED},
	{"at its beginning", NULL, false, PKI_WORLD_AT, PKI_WORLD_AT, CODE_NONE},
	{"a millisecond before", NULL, false, PKI_WORLD_AT, "2026-06-01T11:59:59.999Z",
		CODE_NOT_YET_VALID},
	{"enforced", NULL, false, "2018-10-16T00:00:00Z", "2018-11-01T00:00:00Z",
		CODE_NONE},
	{"a second earlier", NULL, false, "2018-10-15T23:59:59Z", "2018-11-01T00:00:00Z",
		CODE_ISSUED_BEFORE_ENFORCEMENT},
};

// None of them has an SCT: where the policy applies it fails, else it passes, and the
// verdict is the same.
static void test_applies(struct eval_bench *b)
{
	for (size_t i = 0; i < sizeof(applies_cases) / sizeof(applies_cases[0]); i++) {
		const struct applies_case *c = &applies_cases[i];
		int64_t not_before = pki_seconds(c->not_before);
		struct pki_cert_spec spec = pki_world_leaf(b->world, "unit.example",
			not_before, not_before + 90 * PKI_DAY - 1);
		struct out leaf = {0};
		struct err err;
		err_clear(&err);
		spec.basic_constraints = c->is_ca ? PKI_BC_CA : PKI_BC_LEAF;
		spec.ekus = c->eku ? &c->eku : spec.ekus;
		spec.num_ekus = c->eku && !c->eku[0] ? 0 : 1;
		pki_cert(&spec, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		CHECK(request_set_time(&request, bytes_of_text(c->at), &err), "%s",
			c->comment);
		const struct record *r = eval_run(b, &request);
		const struct policy_record *policy = &r->policies[0];
		CHECK_INT(policy->num_applies_because == 0, c->want == CODE_NONE, "%s",
			c->comment);
		CHECK(c->want == CODE_NONE || eval_applies_because(policy, c->want), "%s",
			c->comment);
		CHECK_INT(policy->verdict, VERDICT_NON_COMPLIANT, "%s: a verdict",
			c->comment);
		CHECK_INT(r->result, c->want == CODE_NONE ? RESULT_FAIL : RESULT_PASS,
			"%s", c->comment);
		derw_clear(&leaf);
	}
}

// The result of two policies, by the issuer that is given or not.
static void test_results(struct eval_bench *b)
{
	static const struct {
		const char *comment, *scts;
		int64_t seconds;
		bool issuer, expired;
		enum result want;
	} cases[] = {
		{"both compliant", "Ar Bt", EVAL_90_DAYS, true, false, RESULT_PASS},
		{"one is not", "Ar At", EVAL_90_DAYS, true, false, RESULT_FAIL},
		{"the other is not", "Co Ar", EVAL_90_DAYS, true, false, RESULT_FAIL},
		{"neither is", "Ar", EVAL_90_DAYS, true, false, RESULT_FAIL},
		{"both indeterminate", "Ar Bt", EVAL_90_DAYS, false, false,
			RESULT_UNKNOWN},
		{"non-compliant and indeterminate", "Ar At", EVAL_90_DAYS, false, false,
			RESULT_FAIL},
		{"indeterminate and non-compliant", "Co Ar", EVAL_90_DAYS, false, false,
			RESULT_FAIL},
		{"not compliant, does not apply", "Ar", EVAL_90_DAYS, true, true,
			RESULT_PASS},
		{"indeterminate, does not apply", "Ar Bt", EVAL_90_DAYS, false, true,
			RESULT_PASS},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_cert_spec spec = eval_leaf(b, cases[i].seconds);
		struct out leaf = {0};
		eval_issue(b, &spec, cases[i].scts, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		if (!cases[i].issuer) {
			request.fields[REQUEST_ISSUER] = BYTES_NONE;
		}
		request.at_ms += cases[i].expired ? 91 * INT64_C(1000) * PKI_DAY : 0;
		CHECK_INT(eval_run(b, &request)->result, cases[i].want, "%s",
			cases[i].comment);
		// The order in which they are asked changes nothing.
		request.policies[0] = policy_find("apple-enforced");
		request.policies[1] = policy_find("apple");
		CHECK_INT(eval_run(b, &request)->result, cases[i].want, "%s, turned",
			cases[i].comment);
		derw_clear(&leaf);
	}
}

// Without policies, apple; and what is odd about a certificate is said.
static void test_default_and_odd(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar At", &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	request.num_policies = 0;
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->num_policies, 1, "the default");
	CHECK_TEXT(r->policies[0].result.policy->name, "apple", "the default");
	CHECK_INT(r->result, RESULT_FAIL, "the default");
	derw_clear(&leaf);

	spec.not_after = spec.not_before - 1;
	eval_issue(b, &spec, "", &leaf);
	request = eval_request(b, &leaf);
	r = eval_run(b, &request);
	CHECK(eval_finding(&r->findings, CODE_VALIDITY_UPSIDE_DOWN), "upside down");
	CHECK(eval_applies_because(&r->policies[0], CODE_EXPIRED), "never valid");
	derw_clear(&leaf);

	spec = eval_leaf(b, EVAL_90_DAYS);
	spec.algorithm_oid = "1.2.840.113549.1.1.11";
	eval_issue(b, &spec, "Ar Bt", &leaf);
	// The last one is the outer algorithm: its OID ends in 11, sha256WithRSAEncryption.
	size_t at = leaf.len;
	while (at > 9 &&
		memcmp(leaf.data + at - 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9)) {
		at--;
	}
	leaf.data[at - 1] = 12;
	request = eval_request(b, &leaf);
	r = eval_run(b, &request);
	CHECK(eval_finding(&r->findings, CODE_ALGORITHM_MISMATCH), "inside and outside");
	derw_clear(&leaf);
}

// RFC 5280 4.1.2.5: GeneralizedTime from 2050 on, and not before.
static void test_odd_times(struct eval_bench *b)
{
	static const struct {
		struct pki_raw_time time;
		bool want_odd;
	} cases[] = {
		{{DERW_GENERALIZED_TIME, "20491231235959Z"}, true},
		{{DERW_GENERALIZED_TIME, "20500101000000Z"}, false},
		{{DERW_UTC_TIME, "491231235959Z"}, false},
		{{DERW_UTC_TIME, "2612312359Z"}, true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
		struct out leaf = {0};
		spec.raw_not_after = cases[i].time;
		eval_issue(b, &spec, "", &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		const struct record *r = eval_run(b, &request);
		CHECK_INT(eval_finding(&r->findings, CODE_ODD_TIME) != NULL,
			cases[i].want_odd, "%s", cases[i].time.text);
		derw_clear(&leaf);
	}
}

void test_judge(void)
{
	struct eval_bench *b = eval_bench_new();
	test_why(b);
	test_why_beyond_cap(b);
	test_why_static_beyond_cap(b);
	test_findings(b);
	test_beyond_table(b);
	test_applies(b);
	test_results(b);
	test_default_and_odd(b);
	test_odd_times(b);
	eval_bench_free(b);
}

// SPDX-License-Identifier: Apache-2.0
// Whole evaluations: statuses, approvals, the time of check, the list in force.
#include "eval/evaluate.h"

#include "tests/unit/eval_build.h"

void test_evaluate(void);

#define DAY_MS (INT64_C(1000) * PKI_DAY)

static const char *json_of(struct eval_bench *b)
{
	buffer_put_char(&b->json, '\0');
	return b->json.data ? (const char *)b->json.data : "";
}

// Every damage that the generator knows, on an ECDSA and on an RSA log.
static void test_damage(struct eval_bench *b)
{
	static const struct {
		unsigned damage;
		bool forged;
		enum sct_status want;
		enum code want_why;
	} cases[] = {
		{0, false, STATUS_VALID, CODE_NONE},
		{0, true, STATUS_INVALID_SIGNATURE, CODE_INVALID_SIGNATURE},
		{PKI_SCT_BAD_VERSION, false, STATUS_UNSUPPORTED_VERSION,
			CODE_UNSUPPORTED_VERSION},
		{PKI_SCT_BAD_SIGNATURE, false, STATUS_INVALID_SIGNATURE,
			CODE_INVALID_SIGNATURE},
		{PKI_SCT_BAD_HASH, false, STATUS_INVALID_SIGNATURE, CODE_WRONG_ALGORITHM},
		{PKI_SCT_BAD_KEY_TYPE, false, STATUS_INVALID_SIGNATURE,
			CODE_WRONG_ALGORITHM},
		{PKI_SCT_TRAILING_BYTE, false, STATUS_MALFORMED, CODE_SCT_MALFORMED},
		{PKI_SCT_SHORT, false, STATUS_MALFORMED, CODE_SCT_MALFORMED},
		{PKI_SCT_BAD_LOG_ID, false, STATUS_UNKNOWN_LOG, CODE_UNKNOWN_LOG},
		{PKI_SCT_OTHER_TIMESTAMP, false, STATUS_INVALID_SIGNATURE,
			CODE_INVALID_SIGNATURE},
		// The first that holds.
		{PKI_SCT_BAD_VERSION | PKI_SCT_SHORT, false, STATUS_UNSUPPORTED_VERSION,
			CODE_UNSUPPORTED_VERSION},
		{PKI_SCT_BAD_LOG_ID | PKI_SCT_TRAILING_BYTE, false, STATUS_MALFORMED,
			CODE_SCT_MALFORMED},
		{PKI_SCT_BAD_LOG_ID | PKI_SCT_BAD_HASH, false, STATUS_UNKNOWN_LOG,
			CODE_UNKNOWN_LOG},
	};
	static const char *const words[] = {"Ar Bt", "Br At"};
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		size_t c = i / 2;
		struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
		struct pki_sct_spec specs[EVAL_MAX_SCTS];
		struct out leaf = {0};
		size_t num = eval_scts(b, words[i % 2], specs);
		specs[0].damage = cases[c].damage;
		// The forger signs with ECDSA, so only an ECDSA log is forged well.
		specs[0].forger = cases[c].forged ? b->world->forger : NULL;
		pki_issue(&spec, specs, num, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		const struct record *r = eval_run(b, &request);
		bool good = cases[c].want == STATUS_VALID;
		CHECK_INT(r->scts[0].status, cases[c].want, "damage %u, %s",
			cases[c].damage, words[i % 2]);
		CHECK_INT(r->scts[0].num_why, good ? 0 : 1, "damage %u", cases[c].damage);
		CHECK(good || r->scts[0].why[0] == cases[c].want_why, "damage %u: %s",
			cases[c].damage, code_info(r->scts[0].why[0])->name);
		CHECK_INT(r->scts[1].status, STATUS_VALID, "the other one is judged");
		CHECK_INT(r->policies[0].verdict,
			good ? VERDICT_COMPLIANT : VERDICT_NON_COMPLIANT, "damage %u",
			cases[c].damage);
		CHECK_INT(r->result, good ? RESULT_PASS : RESULT_FAIL, "damage %u",
			cases[c].damage);
		derw_clear(&leaf);
	}
}

// One SCT of a log by a certificate that ends then: its approval, from bytes to report.
static const struct approval_case {
	const char *comment, *log;
	const char *not_before, *not_after;
	const char *signed_at;
	int ms_more;
	bool by_tls;
	enum approval want;
	enum code want_why; // alone with this SCT nothing is compliant, yet all count
} approval_cases[] = {
	{"usable", "Alder2026h2", "2026-06-01T00:00:00Z", "2026-08-29T23:59:59Z",
		"2026-06-01T00:01:00Z", 0, false, APPROVAL_CURRENT, CODE_NONE},
	{"qualified", "CedarTiled2027h1", "2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z",
		"2026-06-01T00:01:00Z", 0, false, APPROVAL_CURRENT, CODE_NONE},
	{"a second before its interval", "CedarTiled2027h1", "2026-06-01T00:00:00Z",
		"2026-12-31T23:59:59Z", "2026-06-01T00:01:00Z", 0, false, APPROVAL_NONE,
		CODE_OUTSIDE_TEMPORAL_INTERVAL},
	{"the last second of the interval", "CedarTiled2027h1", "2026-06-01T00:00:00Z",
		"2027-06-30T23:59:59Z", "2026-06-01T00:01:00Z", 0, false,
		APPROVAL_CURRENT, CODE_NONE},
	{"at its end", "CedarTiled2027h1", "2026-06-01T00:00:00Z", "2027-07-01T00:00:00Z",
		"2026-06-01T00:01:00Z", 0, false, APPROVAL_NONE,
		CODE_OUTSIDE_TEMPORAL_INTERVAL},
	{"at the read-only millisecond", "Dogwood2026", "2026-03-01T00:00:00Z",
		"2026-08-01T00:00:00Z", "2026-03-02T18:00:00Z", 0, false,
		APPROVAL_CURRENT, CODE_NONE},
	{"a millisecond later", "Dogwood2026", "2026-03-01T00:00:00Z",
		"2026-08-01T00:00:00Z", "2026-03-02T18:00:00Z", 1, false, APPROVAL_NONE,
		CODE_AFTER_READONLY},
	{"a millisecond before retirement", "Cedar2026", "2026-04-01T00:00:00Z",
		"2026-08-01T00:00:00Z", "2026-04-14T09:30:00Z", -1, false, APPROVAL_ONCE,
		CODE_NONE},
	{"at retirement", "Cedar2026", "2026-04-01T00:00:00Z", "2026-08-01T00:00:00Z",
		"2026-04-14T09:30:00Z", 0, false, APPROVAL_NONE, CODE_AFTER_RETIREMENT},
	{"before retirement, by TLS", "Cedar2026", "2026-04-01T00:00:00Z",
		"2026-08-01T00:00:00Z", "2026-04-14T09:30:00Z", -1, true, APPROVAL_NONE,
		CODE_LOG_RETIRED},
	{"rejected", "Dogwood2025", "2025-10-01T00:00:00Z", "2025-12-31T23:59:59Z",
		"2025-10-01T00:00:00Z", 0, false, APPROVAL_NONE, CODE_LOG_REJECTED},
	{"pending", "DogwoodTiled2027h2", "2026-06-01T00:00:00Z", "2027-07-01T00:00:00Z",
		"2026-06-01T00:00:00Z", 0, false, APPROVAL_NONE, CODE_LOG_PENDING},
};

static void test_approvals(struct eval_bench *b)
{
	for (size_t i = 0; i < sizeof(approval_cases) / sizeof(approval_cases[0]); i++) {
		const struct approval_case *c = &approval_cases[i];
		struct pki_cert_spec spec = pki_world_leaf(b->world, "unit.example",
			pki_seconds(c->not_before), pki_seconds(c->not_after));
		struct pki_sct_spec sct = pki_world_sct(b->world, c->log,
			(uint64_t)(pki_seconds(c->signed_at) * 1000 + c->ms_more));
		struct out leaf = {0};
		struct out tls = {0};
		if (c->by_tls) {
			pki_cert(&spec, &leaf);
		} else {
			pki_issue(&spec, &sct, 1, &leaf);
		}
		struct pki_entry entry = pki_entry_x509(&leaf);
		pki_sign_list(&sct, 1, &entry, &tls);
		struct ctp_request request = eval_request(b, &leaf);
		if (c->by_tls) {
			request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
		}
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->num_scts, 1, "%s", c->comment);
		CHECK_INT(r->scts[0].status, STATUS_VALID, "%s", c->comment);
		CHECK_INT(r->scts[0].approval, c->want, "%s", c->comment);
		CHECK_INT(r->scts[0].num_why ? r->scts[0].why[0] : CODE_NONE, c->want_why,
			"%s", c->comment);
		derw_clear(&leaf);
		derw_clear(&tls);
	}
}

// The same list, as if it were another source's; it lends from the first set.
static struct ctp_lists *renamed(const struct ctp_lists *lists, const char *name)
{
	struct err err;
	err_clear(&err);
	struct loglist list = *lists_at(lists, 0);
	struct ctp_lists *out = lists_new(&err);
	list.name = name;
	CHECK(out && lists_add(out, &list, &err) && lists_freeze(out, true, &err),
		"a list of %s", name);
	return out;
}

// A policy asks for the list of its source; without it, the other ones do not serve.
static void test_of_others(struct eval_bench *b)
{
	static const char *const names[] = {"chrome", "mozilla", "other"};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct err err;
	err_clear(&err);
	eval_issue(b, &spec, "Ar Bt", &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	struct ctp_lists *chrome = renamed(b->lists, "chrome");
	const struct record *record = NULL;
	CHECK(!evaluate(b->context, &request, chrome, &record, &err), "Chrome's alone");
	CHECK_CODE(&err, CODE_LOG_LIST_OF_OTHERS, "Chrome's alone");
	CHECK_TEXT(err.field, "log_list", "Chrome's alone");
	CHECK(strstr(err.text, "chrome's, and the policy apple is about apple's") != NULL,
		"both are named: %s", err.text);
	lists_unref(chrome);
	struct loglist list = *lists_at(b->lists, 0);
	struct ctp_lists *others = lists_new(&err);
	err_clear(&err);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		list.name = names[i];
		CHECK(lists_add(others, &list, &err), "%s", names[i]);
	}
	CHECK(lists_freeze(others, true, &err), "several");
	CHECK(!evaluate(b->context, &request, others, &record, &err), "several");
	CHECK(strstr(err.text, "chrome's, mozilla's and other's, and") != NULL,
		"all are named: %s", err.text);
	lists_unref(others);
	derw_clear(&leaf);
}

// One operator's SCTs by both ways: each says of its own what to do.
static void test_operators_by_route(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct out tls = {0};
	struct err err;
	err_clear(&err);
	eval_issue(b, &spec, "Ar At", &leaf);
	eval_tls_list(b, &leaf, "At Ar", &tls);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	request.policies[0] = policy_find("chrome");
	request.num_policies = 1;
	struct ctp_lists *chrome = renamed(b->lists, "chrome");
	const struct record *record = NULL;
	CHECK(evaluate(b->context, &request, chrome, &record, &err), "%s", err.text);
	const struct findings *findings = &record->policies[0].findings;
	CHECK_INT(findings->num, 2, "a finding a route");
	static const char *const begins[] = {"The embedded SCTs that count are of 1 log ",
		"The SCTs that the server delivers and that count are of 1 log "};
	static const char *const has[] = {
		"issue the certificate again with one of another operator. ",
		"let the server deliver one of another operator too."};
	for (size_t i = 0; i < 2 && i < findings->num; i++) {
		const char *message = findings->items[i].message;
		CHECK_INT(findings->items[i].code, CODE_TOO_FEW_OPERATORS, "%zu", i);
		CHECK(strncmp(message, begins[i], strlen(begins[i])) == 0, "%s", message);
		CHECK(strstr(message, has[i]), "%s", message);
		CHECK(strstr(message, "each as of the SCT's time, and 2 are needed: "),
			"%s", message);
	}
	lists_unref(chrome);
	derw_clear(&leaf);
	derw_clear(&tls);
}

// A log without a state.
static void test_without_state(struct eval_bench *b)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list odd = b->world->list;
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct out json = {0};
	struct err err;
	err_clear(&err);
	memcpy(logs, b->world->logs, sizeof(logs));
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		logs[i].state =
			strcmp(logs[i].description, "Alder2026h2") ? logs[i].state : NULL;
	}
	odd.logs = logs;
	pki_list_json(&odd, &json);
	derw_str(&json);
	CHECK(!lists_from_file(eval_bytes(&json), &err), "Apple's lists have states");
	CHECK_CODE(&err, CODE_LOG_STATE_INVALID, "Apple's lists have states");
	err_clear(&err);
	// Chrome's need not, and have no assetVersion.
	char *asset = strstr((char *)json.data, "\"assetVersion\"");
	derw_need(asset != NULL, "an assetVersion");
	asset[1] = '_';
	struct ctp_lists *lists = lists_from_file(eval_bytes(&json), &err);
	CHECK_CODE(&err, CODE_NONE, "a log without a state");
	eval_issue(b, &spec, "Ar Bt", &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	struct ctp_lists *as_apples = lists ? renamed(lists, "apple") : NULL;
	const struct record *r =
		as_apples ? eval_run_with(b, &request, as_apples, &err) : NULL;
	CHECK(r && eval_has_why(&r->scts[0], CODE_LOG_WITHOUT_STATE), "no state");
	CHECK(r && r->scts[0].approval == APPROVAL_NONE, "no state, no approval");
	CHECK(r && r->scts[1].counted, "the other one counts");
	lists_unref(as_apples);
	lists_unref(lists);
	derw_clear(&json);
	derw_clear(&leaf);
}

// A list whose only log has a key that OpenSSL cannot use; the log's id is right.
static void test_unusable_key(struct eval_bench *b)
{
	static const uint8_t spki[] = {0x30, 0x0b, 0x30, 0x03, 0x06, 0x01, 0x2a, 0x03,
		0x04, 0x00, 0x01, 0x02, 0x03};
	uint8_t id[PKI_HASH_MAX];
	struct out json = {0};
	struct out leaf = {0};
	struct out sct = {0};
	struct err err;
	err_clear(&err);
	(void)pki_digest(PKI_SHA256, spki, sizeof(spki), id);
	derw_printf(&json,
		"{\"version\":\"1\",\"assetVersion\":1,"
		"\"operators\":[{\"name\":\"X\",\"email\":[],"
		"\"logs\":[{\"description\":\"x\",\"key\":\"");
	pki_base64(&json, spki, sizeof(spki));
	derw_printf(&json, "\",\"log_id\":\"");
	pki_base64(&json, id, PKI_SHA256_LEN);
	derw_printf(&json,
		"\",\"mmd\":86400,\"url\":\"https://x.example/\",\"state\":"
		"{\"usable\":{\"timestamp\":\"2026-05-30T00:00:00Z\"}}}]}]}");
	struct ctp_lists *lists = lists_from_file(eval_bytes(&json), &err);
	CHECK_CODE(&err, CODE_NONE, "a list with an unusable key: %s", err.text);
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec sct_spec = pki_world_sct(b->world, "Alder2026h2", 1);
	spec.kind = PKI_PRECERTIFICATE;
	pki_cert(&spec, &leaf);
	struct pki_entry entry = pki_entry_x509(&leaf);
	pki_sct(&sct_spec, &entry, &sct);
	memcpy(sct.data + 1, id, PKI_SHA256_LEN);
	struct ctp_request request = eval_request(b, &leaf);
	struct bytes scts = eval_bytes(&sct);
	request.scts = &scts;
	request.num_scts = 1;
	const struct record *r = lists ? eval_run_with(b, &request, lists, &err) : NULL;
	CHECK(r && r->scts[0].status == STATUS_INVALID_SIGNATURE, "cannot verify");
	CHECK(r && eval_has_why(&r->scts[0], CODE_LOG_KEY_UNUSABLE), "and says why");
	lists_unref(lists);
	derw_clear(&json);
	derw_clear(&leaf);
	derw_clear(&sct);
}

// future_timestamp to the millisecond, and "issuance".
static void test_times(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	struct err err;
	size_t num = eval_scts(b, "Ar Bt", specs);
	specs[1].timestamp_ms += 777;
	pki_issue(&spec, specs, num, &leaf);
	int64_t last_ms = (int64_t)specs[1].timestamp_ms;
	for (int64_t more = -1; more <= 1; more++) {
		struct ctp_request request = eval_request(b, &leaf);
		request.at_ms = last_ms + more;
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->scts[0].status, STATUS_VALID, "the earlier one");
		CHECK_INT(r->scts[1].status,
			more < 0 ? STATUS_FUTURE_TIMESTAMP : STATUS_VALID,
			"T %d ms after", (int)more);
		CHECK_INT(eval_has_why(&r->scts[1], CODE_FUTURE_TIMESTAMP), more < 0,
			"why");
		CHECK_INT(r->policies[0].verdict,
			more < 0 ? VERDICT_NON_COMPLIANT : VERDICT_COMPLIANT, "T %d ms",
			(int)more);
	}
	struct ctp_request request = eval_request(b, &leaf);
	request.time_of_check = TIME_ISSUANCE;
	CHECK_INT(eval_run(b, &request)->at_ms, last_ms, "the latest embedded SCT");
	request.time_of_check = TIME_NOT_GIVEN;
	CHECK(!eval_run_with(b, &request, b->lists, &err), "no time");
	CHECK_CODE(&err, CODE_NO_TIME, "no time");
	CHECK_TEXT(err.field, "at", "no time");
	derw_clear(&leaf);
	for (size_t i = 0; i < num; i++) {
		specs[i].timestamp_ms = (uint64_t)(b->not_before - 1) * 1000;
	}
	pki_issue(&spec, specs, num, &leaf);
	request = eval_request(b, &leaf);
	request.time_of_check = TIME_ISSUANCE;
	CHECK_INT(
		eval_run(b, &request)->at_ms, b->not_before * 1000, "notBefore is later");
	derw_clear(&leaf);
}

// An SCT that does not verify does not tell when the certificate was issued: with its
// timestamp a certificate could be judged as of a time that suits it.
static void test_forged_issuance(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	size_t num = eval_scts(b, "Ar Bt", specs);
	specs[1].timestamp_ms += UINT64_C(30) * 86400000;
	specs[1].damage = PKI_SCT_BAD_SIGNATURE;
	pki_issue(&spec, specs, num, &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	request.time_of_check = TIME_ISSUANCE;
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->at_ms, (int64_t)specs[0].timestamp_ms, "the one that verifies");
	CHECK_INT(r->scts[0].status, STATUS_VALID, "the one that verifies");
	CHECK_INT(r->scts[1].status, STATUS_INVALID_SIGNATURE, "the forged one");
	CHECK_INT(r->scts[1].num_why, 1, "judged twice, said once");
	derw_clear(&leaf);
	specs[1].damage = 0;
	specs[1].timestamp_ms = (uint64_t)(spec.not_after + 1) * 1000;
	pki_issue(&spec, specs, num, &leaf);
	request = eval_request(b, &leaf);
	request.time_of_check = TIME_ISSUANCE;
	r = eval_run(b, &request);
	CHECK_INT(
		r->at_ms, (int64_t)specs[0].timestamp_ms, "after notAfter: no issuance");
	CHECK_INT(r->scts[1].status, STATUS_FUTURE_TIMESTAMP, "after notAfter");
	derw_clear(&leaf);
}

// With a wrong issuer no SCT verifies, and it is open which of them are good: they tell the
// time all the same, and the verdict stays open.
static void test_wrong_issuer_issuance(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	pki_issue(&spec, specs, eval_scts(b, "Ar Bt", specs), &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	request.time_of_check = TIME_ISSUANCE;
	int64_t at_ms = eval_run(b, &request)->at_ms;
	request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->root_der);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->at_ms, at_ms, "as with the right issuer");
	CHECK_INT(r->scts[0].status, STATUS_INVALID_SIGNATURE, "nothing verifies");
	CHECK_INT(r->result, RESULT_UNKNOWN, "open");
	derw_clear(&leaf);
}

// 30, 45 and 60 days, a millisecond before and at it.
static void test_ages(struct eval_bench *b)
{
	static const struct {
		int days;
		int ms_more;
		enum code want; // CODE_NONE: no finding about age
		bool want_stale;
	} cases[] = {
		{0, 0, CODE_NONE, false},
		{0, -1, CODE_NONE, false}, // given, so in force before it was published
		{30, -1, CODE_NONE, false},
		{30, 0, CODE_LOG_LIST_AT_RISK, false},
		{45, -1, CODE_LOG_LIST_AT_RISK, false},
		{45, 0, CODE_LOG_LIST_AGEING, false},
		{60, -1, CODE_LOG_LIST_AGEING, false},
		{60, 0, CODE_LOG_LIST_STALE, true},
		{400, 0, CODE_LOG_LIST_STALE, true},
	};
	static const enum code codes[] = {
		CODE_LOG_LIST_AT_RISK, CODE_LOG_LIST_AGEING, CODE_LOG_LIST_STALE};
	int64_t published_ms = lists_at(b->lists, 0)->published_ms;
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	CHECK_INT(published_ms, pki_seconds("2026-05-20T16:00:00Z") * 1000,
		"published when the newest state began");
	eval_issue(b, &spec, "Ar Bt", &leaf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_request request = eval_request(b, &leaf);
		request.at_ms = published_ms + cases[i].days * DAY_MS + cases[i].ms_more;
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->stale, cases[i].want_stale, "%d days", cases[i].days);
		for (size_t k = 0; k < sizeof(codes) / sizeof(codes[0]); k++) {
			CHECK_INT(eval_finding(&r->findings, codes[k]) != NULL,
				codes[k] == cases[i].want, "%d days %d ms: %s",
				cases[i].days, cases[i].ms_more,
				code_info(codes[k])->name);
		}
		CHECK(r->age_ms >= 0, "no age below 0");
		CHECK(strstr(json_of(b),
			      cases[i].want_stale ? "\"stale\":true" : "\"stale\":false"),
			"in the report");
	}
	derw_clear(&leaf);
}

// Two archived lists: the later one rejects Alder2026h2 and retires CedarTiled2026h2.
static struct ctp_lists *two_lists(struct eval_bench *b)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list later = b->world->list;
	struct out files[2] = {{0}, {0}};
	struct err err;
	err_clear(&err);
	memcpy(logs, b->world->logs, sizeof(logs));
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		bool rejected = strcmp(logs[i].description, "Alder2026h2") == 0;
		if (rejected || strcmp(logs[i].description, "CedarTiled2026h2") == 0) {
			logs[i].state = rejected ? "rejected" : "retired";
			logs[i].state_since = pki_seconds("2026-06-10T00:00:00Z");
		}
	}
	later.logs = logs;
	later.version = "681";
	pki_list_json(&b->world->list, &files[0]);
	pki_list_json(&later, &files[1]);
	struct ctp_lists *lists = lists_new(&err);
	for (size_t i = 0; i < 2; i++) {
		if (lists && !lists_add_file(lists, eval_bytes(&files[i]), &err)) {
			break;
		}
		derw_clear(&files[i]);
	}
	if (!lists || !lists_freeze(lists, false, &err)) {
		CHECK_CODE(&err, CODE_NONE, "two lists");
		abort();
	}
	return lists;
}

static void test_list_in_force(struct eval_bench *b)
{
	int64_t first_ms = pki_seconds("2026-05-20T16:00:00Z") * 1000;
	int64_t second_ms = pki_seconds("2026-06-10T00:00:00Z") * 1000;
	const struct {
		int64_t at_ms;
		const char *want_version;
		enum lists_basis want_basis;
		enum verdict want;
	} cases[] = {
		{first_ms - 1, "680", BASIS_EXTRAPOLATED, VERDICT_COMPLIANT},
		{first_ms, "680", BASIS_EXACT, VERDICT_COMPLIANT},
		{second_ms - 1, "680", BASIS_EXACT, VERDICT_COMPLIANT},
		{second_ms, "681", BASIS_EXACT, VERDICT_NON_COMPLIANT},
	};
	struct ctp_lists *lists = two_lists(b);
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	struct err err;
	size_t num = eval_scts(b, "Ar Ct", specs);
	specs[0].timestamp_ms = (uint64_t)first_ms - 1;
	specs[1].timestamp_ms = (uint64_t)first_ms - 1;
	pki_issue(&spec, specs, num, &leaf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_request request = eval_request(b, &leaf);
		request.at_ms = cases[i].at_ms;
		const struct record *r = eval_run_with(b, &request, lists, &err);
		bool before = cases[i].want_basis == BASIS_EXTRAPOLATED;
		CHECK_CODE(&err, CODE_NONE, "case %zu", i);
		CHECK_TEXT(r ? r->list->version : NULL, cases[i].want_version, "case %zu",
			i);
		CHECK(r && r->basis == cases[i].want_basis, "case %zu: basis", i);
		CHECK(r && r->policies[0].verdict == cases[i].want, "case %zu: verdict",
			i);
		CHECK(r &&
				(eval_finding(&r->findings, CODE_LOG_LIST_EXTRAPOLATED) !=
					NULL) == before,
			"case %zu: said", i);
	}
	derw_clear(&leaf);
	lists_unref(lists);
}

// Only the later list is at hand: before it, what it ended is undone, and marked.
static void test_extrapolated(struct eval_bench *b)
{
	struct ctp_lists *both = two_lists(b);
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	struct loglist later = *lists_at(both, 1);
	if (!lists || !lists_add(lists, &later, &err) ||
		!lists_freeze(lists, false, &err)) {
		abort();
	}
	int64_t since_ms = pki_seconds("2026-06-10T00:00:00Z") * 1000;
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Ct", &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	request.at_ms = since_ms - 1;
	const struct record *r = eval_run_with(b, &request, lists, &err);
	CHECK(r && r->basis == BASIS_EXTRAPOLATED, "before it");
	CHECK(r && r->scts[0].standing.extrapolated && r->scts[1].standing.extrapolated,
		"each log so treated is marked");
	CHECK(r && r->scts[0].standing.state == LOG_USABLE, "rejected is undone");
	CHECK(r && r->policies[0].verdict == VERDICT_COMPLIANT, "both count");
	CHECK(strstr(json_of(b), "\"log_state_extrapolated\":true"), "in the report");
	CHECK(strstr(json_of(b), "\"basis\":\"extrapolated\""), "in the report");
	request.at_ms = since_ms;
	r = eval_run_with(b, &request, lists, &err);
	CHECK(r && r->basis == BASIS_EXACT, "from it on");
	CHECK(r && eval_has_why(&r->scts[0], CODE_LOG_REJECTED), "rejected");
	CHECK(r && r->scts[1].approval == APPROVAL_ONCE, "retired");
	derw_clear(&leaf);
	lists_unref(lists);
	lists_unref(both);
}

void test_evaluate(void)
{
	struct eval_bench *b = eval_bench_new();
	test_damage(b);
	test_approvals(b);
	test_of_others(b);
	test_operators_by_route(b);
	test_without_state(b);
	test_unusable_key(b);
	test_times(b);
	test_forged_issuance(b);
	test_wrong_issuer_issuance(b);
	test_ages(b);
	test_list_in_force(b);
	test_extrapolated(b);
	eval_bench_free(b);
}

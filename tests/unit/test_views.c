// SPDX-License-Identifier: Apache-2.0
// The same SCTs by the lists of several sources: what one list knows and another does not.
#include "base/datetime.h"
#include "tests/unit/eval_build.h"

void test_views(void);

#define MAX_PARTS 4

// Lists of several sources in one set; each is read in a set of its own.
struct sources {
	struct ctp_lists *parts[MAX_PARTS];
	size_t num;
	struct ctp_lists *all;
	bool frozen;
};

// The world's list as that source's, published so many days before the time of check (after
// it where negative), with two logs as they are told: "absent", or a state.
static void add_source(const struct eval_bench *b, struct sources *to, const char *source,
	int days, const char *const changes[4])
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list list = b->world->list;
	struct out json = {0};
	struct err err;
	size_t num = 0;
	err_clear(&err);
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		const char *state = b->world->logs[i].state;
		for (size_t k = 0; changes && k < 4; k += 2) {
			if (changes[k] &&
				strcmp(b->world->logs[i].description, changes[k]) == 0) {
				state = changes[k + 1];
			}
		}
		if (!state || strcmp(state, "absent") != 0) {
			logs[num] = b->world->logs[i];
			logs[num++].state = state;
		}
	}
	list.logs = logs;
	list.num_logs = num;
	pki_list_json(&list, &json);
	struct ctp_lists *part = lists_new(&err);
	CHECK(part && lists_add_file(part, eval_bytes(&json), &err) &&
			lists_freeze(part, true, &err),
		"a list of %s: %s", source, err.text);
	struct loglist copy = *lists_at(part, 0);
	copy.name = source;
	copy.published_ms = b->at_ms - days * DATETIME_DAY_MS;
	CHECK(lists_add(to->all, &copy, &err), "added: %s", err.text);
	to->parts[to->num++] = part;
	derw_clear(&json);
}

static struct sources sources_new(void)
{
	struct err err;
	err_clear(&err);
	return (struct sources){.all = lists_new(&err)};
}

static void sources_clear(struct sources *sources)
{
	lists_unref(sources->all);
	for (size_t i = 0; i < sources->num; i++) {
		lists_unref(sources->parts[i]);
	}
}

static const struct record *run(struct eval_bench *b, struct sources *sources,
	struct ctp_request *request, const char *first, const char *second)
{
	struct err err;
	err_clear(&err);
	request->policies[0] = policy_find(first);
	request->policies[1] = second ? policy_find(second) : NULL;
	request->num_policies = second ? 2 : 1;
	if (!sources->frozen) {
		sources->frozen = lists_freeze(sources->all, false, &err);
		CHECK(sources->frozen, "frozen: %s", err.text);
	}
	const struct record *r = eval_run_with(b, request, sources->all, &err);
	CHECK_CODE(&err, CODE_NONE, "%s", first);
	return r;
}

// Chrome's newest list has dropped a log that its older one needs, and Apple's knows it: its
// SCT is valid by the older list too.
static void test_dropped(struct eval_bench *b)
{
	static const char *const older[4] = {"Alder2026h2", "pending"};
	static const char *const newer[4] = {"Dogwood2026h2", "absent"};
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Dr Ar Bt", &leaf);
	add_source(b, &sources, "apple", 100, NULL);
	add_source(b, &sources, "chrome", 100, older);
	add_source(b, &sources, "chrome", 20, newer);
	struct ctp_request request = eval_request(b, &leaf);
	request.client_age_days = 60;
	const struct record *r = run(b, &sources, &request, "apple", "chrome");
	CHECK_INT(r ? r->policies[1].verdict : VERDICT_INDETERMINATE, VERDICT_COMPLIANT,
		"met by each of Chrome's lists");
	derw_clear(&leaf);
	sources_clear(&sources);
}

// Valid by Apple's list, of an unknown log by Chrome's, which says so.
static void test_unknown(struct eval_bench *b)
{
	static const char *const chrome[4] = {"Alder2026h2", "absent"};
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 10, chrome);
	struct ctp_request request = eval_request(b, &leaf);
	const struct record *r = run(b, &sources, &request, "apple", "chrome");
	const struct sct_record *scts = r ? r->policies[1].view->scts : NULL;
	CHECK_INT(r ? r->policies[1].verdict : 0, VERDICT_NON_COMPLIANT, "one is left");
	CHECK(scts && scts[0].status == STATUS_UNKNOWN_LOG, "the log is unknown");
	CHECK(scts && scts[0].num_why == 1 && scts[0].why[0] == CODE_UNKNOWN_LOG,
		"... which is why it does not count");
	CHECK(r && r->scts[0].status == STATUS_VALID && r->scts[0].num_why == 0,
		"not so by Apple's");
	derw_clear(&leaf);
	sources_clear(&sources);
}

// An SCT that verifies shows the issuer's key to be right, whichever list knows its log: the
// others are forged, by Chrome's list too.
static void test_issuer_shown(struct eval_bench *b)
{
	static const char *const chrome[4] = {"Alder2026h2", "absent"};
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	size_t num = eval_scts(b, "Ar Br Ct", specs);
	specs[1].forger = specs[2].forger = b->world->forger;
	pki_issue(&spec, specs, num, &leaf);
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 10, chrome);
	struct ctp_request request = eval_request(b, &leaf);
	char hash[2 * DIGEST_SHA256_LEN + 1] = "";
	const struct record *r = run(b, &sources, &request, "apple", "chrome");
	for (size_t i = 0; r && i < DIGEST_SHA256_LEN; i++) {
		(void)snprintf(hash + 2 * i, 3, "%02x", r->issuer_key_sha256[i]);
	}
	request.fields[REQUEST_ISSUER] = BYTES_NONE;
	request.fields[REQUEST_ISSUER_KEY_SHA256] = bytes_of_text(hash);
	r = run(b, &sources, &request, "apple", "chrome");
	CHECK(r && !r->issuer_confirmed, "the hash alone shows nothing");
	for (size_t i = 0; r && i < 2; i++) {
		CHECK_INT(r->policies[i].verdict, VERDICT_NON_COMPLIANT, "%s",
			r->policies[i].result.policy->name);
	}
	r = run(b, &sources, &request, "chrome", "apple");
	for (size_t i = 0; r && i < 2; i++) {
		CHECK_INT(r->policies[i].verdict, VERDICT_NON_COMPLIANT, "%s, turned",
			r->policies[i].result.policy->name);
	}
	CHECK(r && !eval_finding(&r->findings, CODE_ISSUER_DOUBTFUL), "no doubt");
	derw_clear(&leaf);
	sources_clear(&sources);
}

// As of its issuance, which a forged SCT from later says wrongly: the lists of every source are
// found again, as of the right time.
static void test_issuance(struct eval_bench *b)
{
	static const char *const older[4] = {"Alder2026h2", "pending"};
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	size_t num = eval_scts(b, "Ar Bt Ct", specs);
	specs[2].forger = b->world->forger;
	specs[2].timestamp_ms += 30 * DATETIME_DAY_MS;
	pki_issue(&spec, specs, num, &leaf);
	add_source(b, &sources, "apple", 100, NULL);
	add_source(b, &sources, "apple", -20, older);
	add_source(b, &sources, "chrome", 100, older);
	add_source(b, &sources, "chrome", 10, NULL);
	struct ctp_request request = eval_request(b, &leaf);
	request.time_of_check = TIME_ISSUANCE;
	for (unsigned days = 0; days <= 60; days += 60) {
		request.client_age_days = days;
		const struct record *r = run(b, &sources, &request, "apple", "chrome");
		CHECK_INT(r ? r->at_ms : 0, (b->not_before + 60) * 1000, "its own time");
		CHECK_INT(r ? r->policies[0].verdict : VERDICT_INDETERMINATE,
			VERDICT_COMPLIANT, "apple");
		CHECK_INT(r ? r->policies[1].verdict : VERDICT_INDETERMINATE,
			days ? VERDICT_NON_COMPLIANT : VERDICT_COMPLIANT, "chrome");
		CHECK(r && (r->policies[1].safe_list != NULL) == (days > 0), "safe from");
		CHECK(r && r->policies[0].view->list->published_ms <= r->at_ms,
			"a list of that time");
	}
	derw_clear(&leaf);
	sources_clear(&sources);
}

// Who has no command line is not told to use it.
static void check_forgotten_words(
	struct eval_bench *b, struct sources *sources, struct ctp_request *request)
{
	for (int page = 0; page < 2; page++) {
		request->on_page = page;
		const struct record *r = run(b, sources, request, "chrome", NULL);
		const struct finding *finding =
			r ? eval_finding(&r->policies[0].findings, CODE_UNDECIDED) : NULL;
		CHECK(finding &&
				(strstr(finding->message, "--log-list") == NULL) ==
					(page != 0),
			"%s", finding ? finding->message : "no finding");
	}
}

// Two SCTs of one log that a list of later may have left out are SCTs of one log.
static void test_forgotten_twice(struct eval_bench *b)
{
	static const char *const chrome[4] = {
		"Alder2026h2", "absent", "Birch2026h2", "absent"};
	static const struct {
		const char *scts;
		enum verdict want;
	} cases[] = {{"Ar Ar", VERDICT_NON_COMPLIANT}, {"Ar Br", VERDICT_INDETERMINATE}};
	struct sources sources = sources_new();
	add_source(b, &sources, "chrome", -10, chrome);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
		struct out leaf = {0};
		eval_issue(b, &spec, cases[i].scts, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		const struct record *r = run(b, &sources, &request, "chrome", NULL);
		CHECK_INT(r ? r->policies[0].verdict : VERDICT_COMPLIANT, cases[i].want,
			"%s", cases[i].scts);
		if (cases[i].want == VERDICT_INDETERMINATE) {
			check_forgotten_words(b, &sources, &request);
		}
		derw_clear(&leaf);
	}
	sources_clear(&sources);
}

// What counts is said by the first policy about logs, not by one about the certificate.
static void test_order(struct eval_bench *b)
{
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	add_source(b, &sources, "apple", 10, NULL);
	struct ctp_request request = eval_request(b, &leaf);
	const struct record *r = run(b, &sources, &request, "apple-tls", "apple");
	for (size_t i = 0; r && i < r->num_scts; i++) {
		CHECK(r->scts[i].counted && r->scts[i].num_why == 0, "SCT %zu", i);
	}
	derw_clear(&leaf);
	sources_clear(&sources);
}

// Chrome goes on with a list of 60 days, and stops at 70.
static void test_age(struct eval_bench *b)
{
	static const struct {
		const char *policy, *source;
		int days;
		enum code want;
	} cases[] = {{"apple", "apple", 59, CODE_LOG_LIST_AGEING},
		{"apple", "apple", 60, CODE_LOG_LIST_STALE},
		{"chrome", "chrome", 60, CODE_LOG_LIST_AGEING},
		{"chrome", "chrome", 69, CODE_LOG_LIST_AGEING},
		{"chrome", "chrome", 70, CODE_LOG_LIST_STALE}};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sources sources = sources_new();
		add_source(b, &sources, cases[i].source, cases[i].days, NULL);
		struct ctp_request request = eval_request(b, &leaf);
		const struct record *r =
			run(b, &sources, &request, cases[i].policy, NULL);
		CHECK(r && eval_finding(&r->findings, cases[i].want), "%s, %d days",
			cases[i].policy, cases[i].days);
		CHECK(r && r->stale == (cases[i].want == CODE_LOG_LIST_STALE),
			"%s, %d days: stale", cases[i].policy, cases[i].days);
		sources_clear(&sources);
	}
	derw_clear(&leaf);
}

// The main list is young, and Chrome's is not: it is said of Chrome's policy, to the
// millisecond at which it goes off, and Android's a millisecond later.
static void test_age_of_other(struct eval_bench *b)
{
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 70, NULL);
	for (int ms = -1; ms <= 1; ms++) {
		struct ctp_request request = eval_request(b, &leaf);
		request.at_ms += ms;
		const struct record *r = run(b, &sources, &request, "apple", "chrome");
		CHECK(r && !eval_finding(&r->findings, CODE_LOG_LIST_STALE), "apple's");
		CHECK_INT(
			r && eval_finding(&r->policies[1].findings, CODE_LOG_LIST_STALE),
			ms >= 0, "chrome, 70 days and %d ms", ms);
		r = run(b, &sources, &request, "apple", "android");
		CHECK_INT(
			r && eval_finding(&r->policies[1].findings, CODE_LOG_LIST_STALE),
			ms >= 1, "android, 70 days and %d ms", ms);
	}
	derw_clear(&leaf);
	sources_clear(&sources);
}

void test_views(void)
{
	struct eval_bench *b = eval_bench_new();
	test_dropped(b);
	test_unknown(b);
	test_issuer_shown(b);
	test_issuance(b);
	test_forgotten_twice(b);
	test_order(b);
	test_age(b);
	test_age_of_other(b);
	eval_bench_free(b);
}

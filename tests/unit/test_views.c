// SPDX-License-Identifier: Apache-2.0
// The same SCTs by the lists of several sources: what one list knows and another does not.
#include "base/datetime.h"
#include "eval/repair.h"
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

// Chrome's newest list has dropped a log that its older one needs, and Apple's knows it, or
// does not: its SCT is valid by the older list too.
static void test_dropped(struct eval_bench *b, const char *const apple[4])
{
	static const char *const older[4] = {"Alder2026h2", "pending"};
	static const char *const newer[4] = {"Dogwood2026h2", "absent"};
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Dr Ar Bt", &leaf);
	add_source(b, &sources, "apple", 100, apple);
	add_source(b, &sources, "chrome", 100, older);
	add_source(b, &sources, "chrome", 20, newer);
	struct ctp_request request = eval_request(b, &leaf);
	request.client_age_days = 60;
	const struct record *r = run(b, &sources, &request, "apple", "chrome");
	CHECK_INT(r ? r->policies[1].verdict : VERDICT_INDETERMINATE, VERDICT_COMPLIANT,
		"met by each of Chrome's lists%s",
		apple ? ", of which one knows it" : "");
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

// What no list can tell is the same by any: an SCT of another version is of no unknown log. And
// where a policy has no list, nothing of it is lost yet.
static void test_of_no_list(struct eval_bench *b)
{
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct bytes tls = BYTES_LITERAL("\x00\x03\x00\x01\x01");
	struct out leaf = {0};
	pki_cert(&spec, &leaf);
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 10, NULL);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = tls;
	const struct record *r = run(b, &sources, &request, "apple", "chrome");
	const struct sct_record *sct = r ? &r->policies[1].view->scts[0] : NULL;
	CHECK(sct && sct->status == STATUS_UNSUPPORTED_VERSION, "of another version");
	CHECK(r && r->policies[1].hopeless[0][0], "not met by Chrome's list");
	r = run(b, &sources, &request, "apple", "mozilla");
	CHECK(r && r->policies[0].hopeless[0][0], "not met by Apple's");
	CHECK(r && !r->policies[1].hopeless[0][0], "open without a list");
	derw_clear(&leaf);
	sources_clear(&sources);
}

static void put_issuer_hash(
	const struct record *record, char out[2 * DIGEST_SHA256_LEN + 1])
{
	for (size_t i = 0; record && i < DIGEST_SHA256_LEN; i++) {
		(void)snprintf(out + 2 * i, 3, "%02x", record->issuer_key_sha256[i]);
	}
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
	put_issuer_hash(r, hash);
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

// An SCT by TLS says nothing about the issuer, and one from later shows it too. An SCT that the
// issuer leaves open is of an unknown log where the list does not have it, and no more.
static void test_issuer_not_shown(struct eval_bench *b)
{
	static const char *const chrome[4] = {"Alder2026h2", "absent"};
	static const struct {
		const char *comment, *tls;
		bool forged;
		enum verdict want;
	} cases[] = {{"all forged", NULL, true, VERDICT_INDETERMINATE},
		{"one by TLS", "Ar", true, VERDICT_INDETERMINATE},
		{"one from later", NULL, false, VERDICT_NON_COMPLIANT}};
	struct sources sources = sources_new();
	char hash[2 * DIGEST_SHA256_LEN + 1] = "";
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 10, chrome);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
		struct pki_sct_spec specs[EVAL_MAX_SCTS];
		struct out leaf = {0};
		struct out tls = {0};
		size_t num = eval_scts(b, "Ar Br Ct", specs);
		specs[0].forger = cases[i].forged ? b->world->forger : NULL;
		specs[0].timestamp_ms =
			(uint64_t)b->at_ms - 1 + (cases[i].forged ? 0 : 2);
		specs[1].forger = specs[2].forger = b->world->forger;
		pki_issue(&spec, specs, num, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		if (cases[i].tls) {
			eval_tls_list(b, &leaf, cases[i].tls, &tls);
			request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
		}
		const struct record *r = run(b, &sources, &request, "apple", "chrome");
		put_issuer_hash(r, hash);
		request.fields[REQUEST_ISSUER] = BYTES_NONE;
		request.fields[REQUEST_ISSUER_KEY_SHA256] = bytes_of_text(hash);
		r = run(b, &sources, &request, "apple", "chrome");
		for (size_t k = 0; r && k < 2; k++) {
			CHECK_INT(r->policies[k].verdict, cases[i].want, "%s: %s",
				cases[i].comment, k ? "chrome" : "apple");
		}
		CHECK(r && !r->policies[1].view->scts[0].undecided, "%s: not by Chrome's",
			cases[i].comment);
		CHECK(r && r->scts[0].undecided == cases[i].forged, "%s: by Apple's",
			cases[i].comment);
		derw_clear(&leaf);
		derw_clear(&tls);
	}
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
		CHECK(r && !r->repair == (cases[i].want == VERDICT_INDETERMINATE),
			"%s: another certificate would not bring a list", cases[i].scts);
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

// Is that said of a list, in words that have `part`?
static bool is_said(const struct record *r, enum code code, const char *part)
{
	for (size_t i = 0; r && i < r->findings.num; i++) {
		const struct finding *finding = &r->findings.items[i];
		if (finding->code == code && strstr(finding->message, part)) {
			return true;
		}
	}
	return false;
}

// The main list is young, and Chrome's is not: it is said of Chrome's list, to the millisecond
// at which Chrome goes off, which Android judges by as well.
static void test_age_of_other(struct eval_bench *b)
{
	static const char *const policies[] = {"chrome", "android"};
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 70, NULL);
	for (int i = 0; i < 4; i++) {
		struct ctp_request request = eval_request(b, &leaf);
		const char *policy = policies[i / 2];
		bool is_old = i % 2 == 1;
		request.at_ms -= !is_old;
		const struct record *r = run(b, &sources, &request, "apple", policy);
		CHECK(r && !r->stale && !r->policies[0].view->stale, "not Apple's");
		CHECK(r && r->policies[1].view->stale == is_old, "%s: stale", policy);
		CHECK_INT(is_said(r, CODE_LOG_LIST_STALE, "The log list of Chrome is 70"),
			is_old, "%s: said", policy);
		CHECK_INT(is_said(r, CODE_LOG_LIST_STALE, "refresh --source chrome;"),
			is_old, "%s: what to do", policy);
		CHECK_INT(is_said(r, CODE_LOG_LIST_AGEING, "of Chrome is 69"), !is_old,
			"%s: it grows old", policy);
		CHECK(r && r->findings.num == 1 && r->policies[1].findings.num == 0,
			"%s: once", policy);
	}
	derw_clear(&leaf);
	sources_clear(&sources);
}

// What is said of a list is the same whether its policy is asked for alone or as the second:
// there, it says which list it is about.
static void test_said_of_each(struct eval_bench *b)
{
	static const struct {
		int days;
		bool given;
		unsigned client_age;
		enum code want;
		const char *first_words;
	} cases[] = {
		{10, false, 60, CODE_HISTORY_TOO_SHORT,
			"The lists of Chrome of the 60 days"},
		{10, true, 60, CODE_NO_HISTORY,
			"There are no older lists of Chrome to judge"},
		{-10, false, 0, CODE_LOG_LIST_EXTRAPOLATED,
			"The time of check is before the oldest list of Chrome at hand"},
		{-10, true, 0, CODE_LOG_LIST_NEWER,
			"The log list of Chrome given is later"},
		{44, false, 0, CODE_LOG_LIST_AT_RISK,
			"The log list of Chrome is 44 days"},
		{45, false, 0, CODE_LOG_LIST_AGEING, "The log list of Chrome is 45 days"},
	};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sources sources = sources_new();
		add_source(b, &sources, "apple", 100, NULL);
		add_source(b, &sources, "apple", 5, NULL);
		add_source(b, &sources, "chrome", cases[i].days, NULL);
		if (cases[i].given) {
			lists_give(sources.all, "chrome");
		}
		struct ctp_request request = eval_request(b, &leaf);
		request.client_age_days = cases[i].client_age;
		const struct record *r = run(b, &sources, &request, "apple", "chrome");
		CHECK(is_said(r, cases[i].want, cases[i].first_words), "case %zu: second",
			i);
		CHECK_INT(r ? r->findings.num : 0, 1, "case %zu: and no more", i);
		r = run(b, &sources, &request, "chrome", "apple");
		CHECK(is_said(r, cases[i].want, cases[i].first_words), "case %zu: first",
			i);
		r = run(b, &sources, &request, "chrome", NULL);
		CHECK(is_said(r, cases[i].want, ""), "case %zu: alone", i);
		CHECK(!is_said(r, cases[i].want, "Chrome"), "case %zu: no name", i);
		sources_clear(&sources);
	}
	derw_clear(&leaf);
}

// Advice points to the gap of the list that it is by: that is said, whichever source's it is.
static void test_gap(struct eval_bench *b)
{
	static const char *const older[4] = {"Alder2026h2", "absent"};
	static const char *const pairs[][2] = {
		{"apple", "chrome"}, {"chrome", "apple"}, {"chrome", NULL}};
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 10, older);
	add_source(b, &sources, "chrome", -10, NULL);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct ctp_request request = eval_request(b, &leaf);
		const struct record *r =
			run(b, &sources, &request, pairs[i][0], pairs[i][1]);
		const struct policy_record *chrome = r ? &r->policies[i == 0] : NULL;
		const struct finding *advice = chrome
			? eval_finding(&chrome->findings, CODE_TOO_FEW_SCTS)
			: NULL;
		CHECK(advice && strstr(advice->message, "first see [log_known_later]"),
			"%zu: the advice points there", i);
		CHECK(is_said(r, CODE_LOG_KNOWN_LATER, "at the time of check, chrome"),
			"%zu: to what is said", i);
		CHECK_INT(r ? r->findings.num : 0, pairs[i][1] ? 2 : 1, "%zu: once", i);
	}
	derw_clear(&leaf);
	sources_clear(&sources);
}

static bool advises(const struct record *record, size_t policy, const char *part)
{
	const struct finding *finding = record
		? eval_finding(&record->policies[policy].findings, CODE_TOO_FEW_SCTS)
		: NULL;
	return finding && strstr(finding->message, part);
}

// Whom to ask: logs of operators that have given one too, as long as one other is enough, and
// logs whose SCT came by TLS.
static void test_supply(struct eval_bench *b)
{
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, 2 * EVAL_90_DAYS + 100);
	struct out leaf = {0};
	struct out tls = {0};
	eval_issue(b, &spec, "Ar", &leaf);
	eval_tls_list(b, &leaf, "Br", &tls);
	add_source(b, &sources, "apple", 10, NULL);
	add_source(b, &sources, "chrome", 10, NULL);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	const struct record *r = run(b, &sources, &request, "chrome", "apple");
	CHECK(advises(r, 0, "5 usable logs of 4 operators"), "all but that one");
	CHECK(r && r->repair && !r->repair->changes[REPAIR_LIFETIME] &&
			r->repair->not_after == r->cert->not_after,
		"a little shorter is not enough, and not proposed");
	derw_clear(&leaf);
	derw_clear(&tls);
	sources_clear(&sources);
}

// The latest of its own SCTs, wherever it stands, and not one that a server may leave out.
static void test_too_early(struct eval_bench *b)
{
	struct sources sources = sources_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	struct out tls = {0};
	char text[DATETIME_ROOM];
	size_t num = eval_scts(b, "Ar Bt", specs);
	int64_t first_ms = (int64_t)specs[0].timestamp_ms;
	specs[0].timestamp_ms += 2000;
	specs[1].timestamp_ms += 1000;
	pki_issue(&spec, specs, num, &leaf);
	struct pki_entry entry = pki_entry_x509(&leaf);
	(void)eval_scts(b, "Ct", specs);
	specs[0].timestamp_ms += 3000;
	pki_sign_list(specs, 1, &entry, &tls);
	add_source(b, &sources, "apple", 100, NULL);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	request.at_ms = first_ms;
	const struct record *r = run(b, &sources, &request, "apple", NULL);
	datetime_format_ms(first_ms + 2000, text);
	CHECK(advises(r, 0, text), "%s", text);
	derw_clear(&leaf);
	derw_clear(&tls);
	sources_clear(&sources);
}

void test_views(void)
{
	struct eval_bench *b = eval_bench_new();
	test_dropped(b, NULL);
	test_dropped(b, (const char *const[4]){"Dogwood2026h2", "absent"});
	test_unknown(b);
	test_of_no_list(b);
	test_issuer_shown(b);
	test_issuer_not_shown(b);
	test_issuance(b);
	test_forgotten_twice(b);
	test_order(b);
	test_age(b);
	test_age_of_other(b);
	test_said_of_each(b);
	test_gap(b);
	test_supply(b);
	test_too_early(b);
	eval_bench_free(b);
}

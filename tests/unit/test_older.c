// SPDX-License-Identifier: Apache-2.0
// client_age_days: by which lists a certificate is judged, on both sides of every boundary,
// and what is said where an older one does not accept it.
#include "base/datetime.h"
#include "report/report.h"
#include "tests/unit/eval_build.h"

void test_older(void);

#define MAX_CHANGES 3

// What a list changes that is published so many days before the time of check.
struct change {
	const char *log;
	const char *state; // "absent": not in the list; "@Name": usable, of that operator
	int days;
};

struct story {
	const char *comment;
	const char *first[2]; // a log and its state in the first list; NULL: usable
	struct change changes[MAX_CHANGES];
	unsigned days; // client_age_days
	int ms_more; // of the time of check
	enum verdict want; // by apple
	enum verdict want_enforced;
	const char
		*want_safe; // the version of the list that is safe, NULL: no such finding
	size_t want_num; // lists
	const char *want_text; // a part of the finding
};

#define FIRST_DAY "2025-01-01T00:00:00Z"
#define YES VERDICT_COMPLIANT
#define NO VERDICT_NON_COMPLIANT

// The certificate has an SCT of Alder2026h2 and one of BirchTiled2026h2, and needs both.
static const struct story stories[] = {
	{"61 days ago", {"Alder2026h2", "pending"}, {{"Alder2026h2", "usable", 61}}, 60,
		0, YES, YES, NULL, 1, NULL},
	{"60 days ago: nobody has an older one", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 60}}, 60, 0, YES, YES, NULL, 1, NULL},
	{"a millisecond more than that", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 60}}, 60, 1, YES, YES, NULL, 1, NULL},
	{"a millisecond less", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 60}}, 60, -1, NO, NO, "101", 2,
		": SCTs of Alder2026h2 count from list 101 of 2026-04-02T12:00:00Z on. "
		"Safe from 2026-06-01T12:00:00Z on, 60 days after list 101"},
	{"59 days ago", {"Alder2026h2", "pending"}, {{"Alder2026h2", "usable", 59}}, 60,
		0, NO, NO, "101", 2,
		"use SCTs of logs that were usable 60 days ago already: ctpolicy log-list "
		"show --state usable --at 2026-04-02T12:00:00Z."},
	{"59 of 59", {"Alder2026h2", "pending"}, {{"Alder2026h2", "usable", 59}}, 59, 0,
		YES, YES, NULL, 1, NULL},
	{"at the time of check", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 0}}, 60, 0, NO, NO, "101", 2,
		"Safe from 2026-07-31T12:00:00Z on"},
	{"a millisecond later: no by the newest", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 0}}, 60, -1, NO, NO, NULL, 1, NULL},
	{"a millisecond before", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 0}}, 60, 1, NO, NO, "101", 2, NULL},
	{"one day", {"Alder2026h2", "pending"}, {{"Alder2026h2", "usable", 0}}, 1, 0, NO,
		NO, "101", 2, NULL},
	{"no days at all", {"Alder2026h2", "pending"}, {{"Alder2026h2", "usable", 0}}, 0,
		0, YES, YES, NULL, 0, NULL},
	{"not in the older list", {"Alder2026h2", "absent"},
		{{"Alder2026h2", "usable", 5}}, 60, 0, NO, NO, "101", 2, NULL},
	{"qualified is approved", {"Alder2026h2", "qualified"},
		{{"Alder2026h2", "usable", 5}}, 60, 0, YES, YES, NULL, 2, NULL},
	{"absent, pending, qualified, usable", {"Alder2026h2", "absent"},
		{{"Alder2026h2", "pending", 50}, {"Alder2026h2", "qualified", 40},
			{"Alder2026h2", "usable", 30}},
		60, 0, NO, NO, "102", 4, "count from list 102 of 2026-04-22T12:00:00Z"},
	{"... long ago", {"Alder2026h2", "absent"},
		{{"Alder2026h2", "pending", 90}, {"Alder2026h2", "qualified", 60},
			{"Alder2026h2", "usable", 30}},
		60, 0, YES, YES, NULL, 2, NULL},
	{"what another log does", {NULL, NULL},
		{{"Alder2027", "rejected", 20}, {"Alder2027", "usable", 10}}, 60, 0, YES,
		YES, NULL, 3, NULL},
	{"accepted, rejected for a while", {NULL, NULL},
		{{"Alder2026h2", "rejected", 20}, {"Alder2026h2", "usable", 10}}, 60, 0,
		NO, NO, "102", 3, "count from list 102"},
	{"rejected now: no by the newest", {NULL, NULL},
		{{"Alder2026h2", "rejected", 10}}, 60, 0, NO, NO, NULL, 2, NULL},
	{"read-only since: it signed before", {NULL, NULL},
		{{"Alder2026h2", "readonly", 0}}, 60, 0, YES, YES, NULL, 2, NULL},
	{"read-only once: it signed after", {NULL, NULL},
		{{"Alder2026h2", "readonly", 20}, {"Alder2026h2", "usable", 10}}, 60, 0,
		NO, NO, "102", 3, NULL},
	{"retired since: approved once", {NULL, NULL}, {{"Alder2026h2", "retired", 0}},
		60, 0, YES, YES, NULL, 2, NULL},
	{"one log after the other", {"BirchTiled2026h2", "absent"},
		{{"Alder2026h2", "pending", 70}, {"Alder2026h2", "usable", 40},
			{"BirchTiled2026h2", "usable", 20}},
		60, 0, NO, NO, "103", 3,
		": SCTs of Alder2026h2 count from list 102 of 2026-04-22T12:00:00Z on, of "
		"BirchTiled2026h2 count from list 103 of 2026-05-12T12:00:00Z on. Safe "
		"from 2026-07-11T12:00:00Z on, 60 days after list 103"},
	// Two SCTs of one operator are one for apple, and two for devices.
	{"another operator", {"BirchTiled2026h2", "@Alder"},
		{{"BirchTiled2026h2", "@Birch", 10}}, 60, 0, NO, YES, "101", 2,
		"which devices may still have. Safe from"},
	{"after the certificate's end", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 10}}, 365, 0, NO, NO, "101", 2,
		"365 days after list 101 of 2026-05-22T12:00:00Z, when this certificate has "
		"ended."},
	{"before all history", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 10}}, 3650, 0, NO, NO, "101", 2, NULL},
	{"... with what an extrapolation undoes", {"Alder2026h2", "retired"},
		{{"Alder2026h2", "usable", 10}}, 3650, 0, NO, NO, "101", 2, NULL},
};

static void change_log(struct pki_list *list, struct pki_log *logs, const char *name,
	const char *state, int64_t since)
{
	for (size_t i = 0; i < list->num_logs; i++) {
		if (strcmp(logs[i].description, name) != 0) {
			continue;
		}
		logs[i].state = state[0] == '@' ? "usable" : state;
		logs[i].state_since = since;
		if (state[0] == '@') {
			logs[i].operator_name = state + 1;
		}
	}
}

// Without the logs that are absent; published when its newest state began.
static void add_list(struct ctp_lists *lists, struct pki_list list, struct err *err)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct out json = {0};
	size_t num = 0;
	for (size_t i = 0; i < list.num_logs; i++) {
		if (!list.logs[i].state || strcmp(list.logs[i].state, "absent") != 0) {
			logs[num++] = list.logs[i];
		}
	}
	list.logs = logs;
	list.num_logs = num;
	pki_list_json(&list, &json);
	if (!lists_add_file(lists, eval_bytes(&json), err)) {
		CHECK_CODE(err, CODE_NONE, "a list");
	}
	derw_clear(&json);
}

static struct ctp_lists *history_of(const struct eval_bench *b, const struct story *story)
{
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list list = b->world->list;
	struct err err;
	err_clear(&err);
	struct ctp_lists *lists = lists_new(&err);
	memcpy(logs, b->world->logs, sizeof(logs));
	list.logs = logs;
	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		logs[i].state_since = pki_seconds(FIRST_DAY);
	}
	if (story->first[0]) {
		change_log(&list, logs, story->first[0], story->first[1],
			pki_seconds(FIRST_DAY));
	}
	list.version = "100";
	add_list(lists, list, &err);
	for (size_t i = 0; i < MAX_CHANGES && story->changes[i].log; i++) {
		static const char *const versions[] = {"101", "102", "103"};
		const struct change *change = &story->changes[i];
		int64_t since = b->at_ms / 1000 - change->days * PKI_DAY;
		change_log(&list, logs, change->log, change->state, since);
		list.version = versions[i];
		list.asset_version++;
		add_list(lists, list, &err);
	}
	if (!lists || !lists_freeze(lists, false, &err)) {
		CHECK_CODE(&err, CODE_NONE, "a history");
		abort();
	}
	return lists;
}

static void check_finding(
	const struct story *story, const struct record *r, const struct policy_record *p)
{
	const struct finding *finding =
		eval_finding(&p->findings, CODE_NOT_YET_EVERYWHERE);
	bool want = story->want_safe && p->verdict == NO;
	CHECK_INT(finding != NULL, want, "%s: said", story->comment);
	CHECK_INT(p->safe_list != NULL, want, "%s: a safe list", story->comment);
	if (!finding || !p->safe_list) {
		return;
	}
	CHECK_TEXT(p->safe_list->version, story->want_safe, "%s", story->comment);
	CHECK_INT(p->safe_from_ms,
		p->safe_list->published_ms + story->days * DATETIME_DAY_MS,
		"%s: safe from", story->comment);
	CHECK_INT(p->findings.num, 1, "%s: nothing else", story->comment);
	CHECK(!story->want_text || strstr(finding->message, story->want_text), "%s: %s",
		story->comment, finding->message);
	CHECK_INT(r->result, RESULT_FAIL, "%s: the result", story->comment);
}

static void check_story(
	struct eval_bench *b, const struct story *story, struct ctp_request request)
{
	struct err err;
	struct ctp_lists *lists = history_of(b, story);
	request.client_age_days = story->days;
	request.at_ms += story->ms_more;
	const struct record *r = eval_run_with(b, &request, lists, &err);
	CHECK_CODE(&err, CODE_NONE, "%s", story->comment);
	if (r) {
		int64_t from_ms = request.at_ms - story->days * DATETIME_DAY_MS;
		bool short_history = from_ms < pki_seconds(FIRST_DAY) * 1000;
		CHECK_INT(r->policies[0].verdict, story->want, "%s", story->comment);
		CHECK_INT(r->policies[1].verdict, story->want_enforced, "%s: enforced",
			story->comment);
		CHECK_INT(r->client_age.days, story->days, "%s: days", story->comment);
		CHECK_INT(r->client_age.num_lists, story->want_num, "%s: lists",
			story->comment);
		CHECK_INT(eval_finding(&r->findings, CODE_HISTORY_TOO_SHORT) != NULL,
			short_history, "%s: the history", story->comment);
		CHECK_INT(list_view_is_extrapolated(r->policies[0].view), short_history,
			"%s", story->comment);
		check_finding(story, r, &r->policies[0]);
		check_finding(story, r, &r->policies[1]);
	}
	lists_unref(lists);
}

static void test_stories(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		check_story(b, &stories[i], eval_request(b, &leaf));
	}
	derw_clear(&leaf);
}

// The same SCTs by TLS, and one of them by OCSP. A retired log's do not count then, and no
// operator has a cap.
static void test_delivered(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0}, tls = {0}, list = {0}, ocsp = {0};
	eval_issue(b, &spec, "", &leaf);
	eval_tls_list(b, &leaf, "Ar Bt", &tls);
	eval_tls_list(b, &leaf, "Ar", &list);
	struct pki_ocsp_single single = {
		.cert = &spec, .this_update = b->not_before, .sct_list = &list};
	struct pki_ocsp_spec response = {.singles = &single,
		.num_singles = 1,
		.signer = b->world->ca_key,
		.produced_at = b->not_before};
	pki_ocsp(&response, &ocsp);
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		struct story story = stories[i];
		struct ctp_request request = eval_request(b, &leaf);
		request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
		if (strstr(story.comment, "retired") ||
			strstr(story.comment, "operator")) {
			continue;
		}
		check_story(b, &story, request);
		derw_clear(&list);
		eval_tls_list(b, &leaf, "Bt", &list);
		request.fields[REQUEST_TLS_SCTS] = eval_bytes(&list);
		request.fields[REQUEST_OCSP] = eval_bytes(&ocsp);
		story.want_text = NULL; // the same, in another order
		check_story(b, &story, request);
	}
	derw_clear(&leaf);
	derw_clear(&tls);
	derw_clear(&list);
	derw_clear(&ocsp);
}

// The newest list has dropped a log that an older one needs: its SCT is verified for that.
static void test_dropped(struct eval_bench *b)
{
	static const struct story yes = {"dropped", {"Alder2026h2", "pending"},
		{{"Alder2026h2", "usable", 20}, {"Dogwood2026h2", "absent", 20}}, 60, 0,
		YES, YES, NULL, 2, NULL};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out leaf = {0};
	size_t num = eval_scts(b, "Dr Ar Bt", specs);
	pki_issue(&spec, specs, num, &leaf);
	check_story(b, &yes, eval_request(b, &leaf));
	derw_clear(&leaf);
	specs[0].forger = b->world->forger;
	pki_issue(&spec, specs, num, &leaf);
	struct story no = yes;
	no.want = no.want_enforced = NO;
	no.want_safe = "102";
	no.want_text = ": SCTs of Alder2026h2 count from list 102";
	check_story(b, &no, eval_request(b, &leaf));
	derw_clear(&leaf);
}

// Each certificate as of its own time: the latest of its SCTs.
static void test_issuance(struct eval_bench *b)
{
	static const struct {
		int days; // since the log is usable, at the time of check of the stories
		enum verdict want;
	} cases[] = {{61, YES}, {60, NO}, {59, NO}};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct err err;
	eval_issue(b, &spec, "Ar Bt", &leaf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story story = {.first = {"Alder2026h2", "pending"},
			.changes = {{"Alder2026h2", "usable", cases[i].days}}};
		struct ctp_lists *lists = history_of(b, &story);
		struct ctp_request request = eval_request(b, &leaf);
		request.time_of_check = TIME_ISSUANCE;
		request.client_age_days = 60;
		const struct record *r = eval_run_with(b, &request, lists, &err);
		// 11 hours and 59 minutes before the stories' time.
		CHECK(r && r->at_ms == (b->not_before + 60) * 1000, "its own time");
		CHECK(r && r->policies[0].verdict == cases[i].want, "%d days",
			cases[i].days);
		lists_unref(lists);
	}
	derw_clear(&leaf);
}

// Without the issuer: open stays what nobody can tell, and a no stays a no.
static void test_open(struct eval_bench *b)
{
	static const struct story story = {.first = {"Alder2026h2", "pending"},
		.changes = {{"Alder2026h2", "usable", 20}}};
	struct ctp_lists *lists = history_of(b, &story);
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0}, tls = {0};
	struct err err;
	eval_issue(b, &spec, "At Ct", &leaf);
	eval_tls_list(b, &leaf, "Ar Br", &tls);
	struct ctp_request request = eval_request(b, &leaf);
	request.policies[0] = policy_find("apple-enforced");
	request.num_policies = 1;
	request.fields[REQUEST_ISSUER] = BYTES_NONE;
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	request.client_age_days = 60;
	const struct record *r = eval_run_with(b, &request, lists, &err);
	CHECK(r && r->policies[0].result.verdict == YES, "by TLS now");
	CHECK(r && r->policies[0].verdict == VERDICT_INDETERMINATE, "open by the older");
	const struct finding *open =
		r ? eval_finding(&r->policies[0].findings, CODE_UNDECIDED) : NULL;
	CHECK(open && strstr(open->message, "by older lists hangs on SCTs"), "said");
	CHECK(r && r->result == RESULT_UNKNOWN, "the result");
	derw_clear(&leaf);
	eval_issue(b, &spec, "Ar Bt", &leaf);
	request.fields[REQUEST_CERTIFICATE] = eval_bytes(&leaf);
	request.fields[REQUEST_TLS_SCTS] = BYTES_NONE;
	r = eval_run_with(b, &request, lists, &err);
	const struct finding *no = r
		? eval_finding(&r->policies[0].findings, CODE_NOT_YET_EVERYWHERE)
		: NULL;
	CHECK(r && r->policies[0].verdict == NO, "open now, and a no by the older");
	CHECK(no && strstr(no->message, "SCTs of Alder2026h2 count from list 101"), "%s",
		no ? no->message : "");
	CHECK(no && strstr(no->message, "right issuer turn out valid."), "what is open");
	derw_clear(&leaf);
	derw_clear(&tls);
	lists_unref(lists);
}

// With a list that was named there is only that one; and a policy that does not apply passes.
static void test_given(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct err err;
	eval_issue(b, &spec, "Ar Bt", &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	request.client_age_days = 60;
	const struct record *r = eval_run(b, &request);
	CHECK(eval_finding(&r->findings, CODE_NO_HISTORY), "said");
	CHECK_INT(r->policies[0].verdict, YES, "by that list");
	CHECK_INT(r->client_age.num_lists, 1, "one list");
	CHECK(!list_view_is_extrapolated(r->policies[0].view), "as it stands");
	struct ctp_lists *lists = history_of(b, &stories[4]);
	request.at_ms = (spec.not_after + 1) * 1000;
	request.client_age_days = 365;
	r = eval_run_with(b, &request, lists, &err);
	CHECK(r && eval_applies_because(&r->policies[0], CODE_EXPIRED), "expired");
	CHECK(r && r->policies[0].verdict == NO && r->result == RESULT_PASS, "passes");
	lists_unref(lists);
	derw_clear(&leaf);
}

// Many at once come out as one by one, with the option and without.
static void test_batch(struct eval_bench *b)
{
	struct evaluated items[EVALUATE_MAX];
	struct ctp_request requests[EVALUATE_MAX];
	struct out leaves[3] = {{0}, {0}, {0}};
	static const char *const words[] = {"Ar Bt", "Ct Bt Ar", "Co Ar"};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct ctp_lists *lists = history_of(b, &stories[13]);
	struct buffer all[EVALUATE_MAX];
	struct err err;
	for (size_t i = 0; i < 3; i++) {
		eval_issue(b, &spec, words[i], &leaves[i]);
	}
	for (size_t i = 0; i < EVALUATE_MAX; i++) {
		requests[i] = eval_request(b, &leaves[i % 3]);
		requests[i].client_age_days = (unsigned)(i % 4) * 20;
		items[i] = (struct evaluated){.request = &requests[i]};
	}
	evaluate_all(b->context, lists, items, EVALUATE_MAX);
	for (size_t i = 0; i < EVALUATE_MAX; i++) {
		buffer_init(&all[i], REPORT_MAX);
		CHECK(items[i].record != NULL, "item %zu", i);
		if (items[i].record) {
			report_json(items[i].record, &all[i]);
		}
	}
	for (size_t i = 0; i < EVALUATE_MAX; i++) {
		(void)eval_run_with(b, &requests[i], lists, &err);
		CHECK(bytes_equal(buffer_bytes(&all[i]), buffer_bytes(&b->json)),
			"item %zu alone", i);
		buffer_clear(&all[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		derw_clear(&leaves[i]);
	}
	lists_unref(lists);
}

void test_older(void)
{
	struct eval_bench *b = eval_bench_new();
	test_stories(b);
	test_delivered(b);
	test_dropped(b);
	test_issuance(b);
	test_open(b);
	test_given(b);
	test_batch(b);
	eval_bench_free(b);
}

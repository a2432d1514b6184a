// SPDX-License-Identifier: Apache-2.0
// The summary: every counter on both sides of its condition, sums of parts, maxima.
#include "report/summary_local.h"
#include "tests/unit/eval_build.h"
#include "tests/unit/summary_build.h"

void test_summary(void);

static struct made_world world;

static bool has(const char *json, const char *piece)
{
	return strstr(json, piece) != NULL;
}

// A row of that record, counted alone, has these pieces in its JSON; or lacks them, where
// they begin with '!'.
static const struct {
	const char *comment;
	struct made_spec spec;
	uint64_t times;
	const char *want[4];
} count_cases[] = {
	{"passes", {.result = RESULT_PASS}, 1,
		{"\"read\":1,\"judged\":1,\"pass\":1,\"fail\":0,\"unknown\":0,\"unreadable\":0",
			"\"failing\":[],",
			"\"compliant\":1,\"non_compliant\":0,\"indeterminate\":0,"
			"\"does_not_apply\":0,\"applies_because\":{}",
			"{\"month\":\"2026-06\",\"judged\":1,\"pass\":1"}},
	{"fails", {.result = RESULT_FAIL, .verdict = VERDICT_NON_COMPLIANT}, 1,
		{"\"judged\":1,\"pass\":0,\"fail\":1,\"unknown\":0",
			"\"non_compliant\":1",
			"\"failing\":[\n{\"position\":7,\"id\":null,\"times\":1,",
			"\"reasons\":[],"}},
	{"unknown", {.result = RESULT_UNKNOWN, .verdict = VERDICT_INDETERMINATE}, 1,
		{"\"pass\":0,\"fail\":0,\"unknown\":1", "\"indeterminate\":1",
			"\"failing\":[],"}},
	{"does not apply: its verdict is not counted",
		{.verdict = VERDICT_NON_COMPLIANT, .applies_because = CODE_EXPIRED}, 1,
		{"\"compliant\":0,\"non_compliant\":0,\"indeterminate\":0,"
		 "\"does_not_apply\":1,\"applies_because\":{\"expired\":1}"}},
	{"two policies", {.both_policies = true, .verdict = VERDICT_INDETERMINATE}, 1,
		{"{\"policy\":\"apple\",\"compliant\":0,",
			"{\"policy\":\"apple-enforced\",\"compliant\":1,"}},
	{"one policy", {.both_policies = false}, 1,
		{"{\"policy\":\"apple\"", "!{\"policy\":\"apple-enforced\""}},
	{"three times", {.result = RESULT_FAIL, .finding = CODE_TOO_FEW_SCTS}, 3,
		{"\"read\":3,\"judged\":3,\"pass\":0,\"fail\":3", "\"times\":3",
			"{\"code\":\"too_few_scts\",\"certificates\":3,\"failing\":3,"
			"\"scts\":0}",
			"{\"issuer\":\"CN=CA\",\"judged\":3,"}},
	{"a code of a certificate that passes", {.record_finding = CODE_ODD_TIME}, 1,
		{"{\"code\":\"odd_time\",\"certificates\":1,\"failing\":0,\"scts\":0}"}},
	{"a code twice in one certificate",
		{.record_finding = CODE_UNDECIDED, .finding = CODE_UNDECIDED}, 1,
		{"{\"code\":\"undecided\",\"certificates\":1,\"failing\":0,\"scts\":0}"}},
	{"the last second of a month", {.not_before = "2026-06-30T23:59:59Z"}, 1,
		{"{\"month\":\"2026-06\""}},
	{"the first of the next", {.not_before = "2026-07-01T00:00:00Z"}, 1,
		{"{\"month\":\"2026-07\""}},
	{"180 days", {.lifetime_days = 180, .found = 2}, 1,
		{"\"rule\":\"2021-04-21/180-days\",\"required\":2,\"judged\":1",
			"\"2\":1,\"3\":0"}},
	{"181 days", {.lifetime_days = 181, .found = 3}, 1,
		{"\"rule\":\"2021-04-21/over-180-days\",\"required\":3,\"judged\":1",
			"\"2\":0,\"3\":1"}},
	{"no SCT counts", {.found = 0}, 1, {"\"counted_scts\":{\"0\":1,\"1\":0"}},
	{"four", {.found = 4}, 1, {"\"4\":1,\"5+\":0}"}},
	{"five", {.found = 5}, 1, {"\"4\":0,\"5+\":1}"}},
	{"nine", {.found = 9}, 1, {"\"4\":0,\"5+\":1}"}},
	{"the first DNS name", {.result = RESULT_FAIL, .dns_name = "a.example"}, 1,
		{"\"name\":\"a.example\""}},
	{"the subject", {.result = RESULT_FAIL, .subject = "Device, 7"}, 1,
		{"\"name\":\"CN=Device\\\\, 7\""}},
	{"an id", {.result = RESULT_FAIL, .id = "\"a\\u202eb\""}, 1,
		{"\"id\":\"a\\\\E2\\\\80\\\\AEb\""}},
	{"a number as id", {.result = RESULT_FAIL, .id = "12"}, 1, {"\"id\":\"12\""}},
};

static void test_counts(void)
{
	for (size_t i = 0; i < sizeof(count_cases) / sizeof(count_cases[0]); i++) {
		struct buffer rows;
		buffer_init(&rows, 1 << 20);
		made_row(&world, &count_cases[i].spec, 7, count_cases[i].times, &rows);
		struct summary *summary = made_summary(&rows);
		char *json = made_json(summary);
		for (size_t k = 0; k < 4 && count_cases[i].want[k]; k++) {
			const char *want = count_cases[i].want[k];
			bool absent = want[0] == '!';
			CHECK(has(json, want + absent) != absent, "%s: %s in %s",
				count_cases[i].comment, want, json);
		}
		free(json);
		summary_free(summary);
		buffer_clear(&rows);
	}
}

// Four SCTs: one counts, one is valid and does not, one is of an unknown log, one has no
// log id.
static void test_scts(void)
{
	struct made_spec spec = {.result = RESULT_FAIL,
		.num_scts = 4,
		.scts = {{&world.logs[0], "Alder", false, STATUS_VALID, true, {0}},
			{&world.logs[8], "Alder", false, STATUS_VALID, false,
				{CODE_OPERATOR_CAP_REACHED, CODE_DUPLICATE_LOG}},
			{NULL, NULL, false, STATUS_UNKNOWN_LOG, false,
				{CODE_UNKNOWN_LOG}},
			{NULL, NULL, true, STATUS_MALFORMED, false,
				{CODE_SCT_MALFORMED}}}};
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	made_row(&world, &spec, 0, 2, &rows);
	spec.scts[1] = spec.scts[0];
	spec.num_scts = 2;
	made_row(&world, &spec, 1, 1, &rows);
	struct summary *summary = made_summary(&rows);
	char *json = made_json(summary);
	static const char *const want[] = {
		"\"scts\":{\"scts\":10,\"valid\":6,\"counted\":4,\"without_log_id\":2}",
		"\"log\":\"Alder 2017 'h1'\",\"operator\":\"Alder\",\"state\":\"usable\","
		"\"as_of\":\"2026-03-30T00:00:00Z\",\"scts\":4,\"valid\":4,\"counted\":4,"
		"\"why\":{}}",
		"\"scts\":2,\"valid\":2,\"counted\":0,"
		"\"why\":{\"duplicate_log\":2,\"operator_cap_reached\":2}}",
		"\"log\":null,\"operator\":null,\"state\":null,\"as_of\":null,\"scts\":2,"
		"\"valid\":0,\"counted\":0,\"why\":{\"unknown_log\":2}}",
		"{\"operator\":\"Alder\",\"certificates\":3,\"scts\":6,\"counted\":4}",
		"{\"code\":\"malformed\",\"certificates\":2,\"failing\":2,\"scts\":2}",
		"{\"code\":\"unknown_log\",\"certificates\":2,\"failing\":2,\"scts\":2}",
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		CHECK(has(json, want[i]), "SCTs: %s in %s", want[i], json);
	}
	free(json);
	summary_free(summary);
	buffer_clear(&rows);
}

// What a log is called is of the newest list, whatever the order.
static void test_newest_list(void)
{
	for (size_t turn = 0; turn < 2; turn++) {
		struct made_world worlds[2];
		struct buffer rows;
		struct made_spec spec = {.num_scts = 1};
		buffer_init(&rows, 1 << 20);
		for (size_t i = 0; i < 2; i++) {
			size_t which = turn ? 1 - i : i;
			made_world_init(&worlds[which]);
			worlds[which].list.published_ms += (int64_t)which;
			worlds[which].list.sha256[1] = (uint8_t)which;
			worlds[which].logs[0].state = which ? LOG_RETIRED : LOG_READONLY;
			spec.scts[0] = (struct made_sct){
				.log = &worlds[which].logs[0], .operator_name = "Alder"};
			made_row(&worlds[which], &spec, i, 1 + which, &rows);
		}
		struct summary *summary = made_summary(&rows);
		char *json = made_json(summary);
		CHECK(has(json, "\"state\":\"retired\"") && !has(json, "\"readonly\""),
			"the newest state: %s", json);
		CHECK(has(json,
			      "\"version\":\"511\",\"published_at\":"
			      "\"2026-03-30T00:00:00.001Z\",\"sha256\":\"ab01") &&
				has(json, "\"sha256\":\"ab00"),
			"both lists: %s", json);
		free(json);
		summary_free(summary);
		buffer_clear(&rows);
	}
}

static void test_errors(void)
{
	struct buffer rows;
	struct err err;
	buffer_init(&rows, 1 << 20);
	err_clear(&err);
	err_set(&err, CODE_BAD_TIME, 3, "no \x1b time");
	err_in_field(&err, "at");
	summary_put_error_row(bytes_of_text("\"x\""), &err, 5, 1, &rows);
	err_clear(&err);
	err_set(&err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "no request");
	summary_put_error_row(BYTES_NONE, &err, 4, 3, &rows);
	struct summary *summary = made_summary(&rows);
	char *json = made_json(summary);
	CHECK(has(json,
		      "\"read\":4,\"judged\":0,\"pass\":0,\"fail\":0,\"unknown\":0,"
		      "\"unreadable\":4,\"errors\":{\"bad_time\":1,\"bad_request\":3}"),
		"%s", json);
	CHECK(has(json,
		      "\"unreadable\":[\n{\"position\":4,\"id\":null,"
		      "\"code\":\"bad_request\",\"message\":\"no request\"},\n"
		      "{\"position\":5,\"id\":\"x\",\"code\":\"bad_time\","
		      "\"message\":\"at: no ? time\"}],"),
		"%s", json);
	CHECK(has(json, "\"evaluated_at\":{\"first\":null,\"last\":null}"), "%s", json);
	CHECK_INT(summary_num_unread(summary), 4, "unread");
	CHECK_INT(summary_num_judged(summary), 0, "judged");
	free(json);
	summary_free(summary);
	buffer_clear(&rows);
}

// Two sentences at most, of different codes, of errors of policies that fail.
static void test_needs(void)
{
	struct made_spec spec = {.result = RESULT_FAIL,
		.verdict = VERDICT_NON_COMPLIANT,
		.both_policies = true};
	static const enum code codes[] = {CODE_LIFETIME_BEYOND_TABLE, CODE_TOO_FEW_SCTS,
		CODE_TOO_FEW_SCTS, CODE_NO_CURRENT_SCT, CODE_NO_RFC6962_SCT};
	struct made_record *made = made_record_new(&world, NULL, &spec);
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	for (size_t p = 0; p < 2; p++) {
		struct policy_record *policy = &made_record(made)->policies[p];
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
			policy->findings.items[policy->findings.num++] =
				(struct finding){.code = codes[i],
					.message = p ? "enforced" : "published"};
		}
	}
	summary_put_row(made_record(made), 0, 1, &rows);
	made_record(made)->policies[0].verdict = VERDICT_COMPLIANT;
	made_record(made)->policies[1].verdict = VERDICT_NON_COMPLIANT;
	summary_put_row(made_record(made), 1, 1, &rows);
	made_record(made)->policies[1].num_applies_because = 1;
	made_record(made)->policies[1].applies_because[0] = CODE_EXPIRED;
	summary_put_row(made_record(made), 2, 1, &rows);
	struct summary *summary = made_summary(&rows);
	char *json = made_json(summary);
	CHECK(has(json,
		      "\"needs\":[{\"code\":\"too_few_scts\",\"message\":\"published\"},"
		      "{\"code\":\"no_current_sct\",\"message\":\"published\"}]"),
		"the first policy: %s", json);
	CHECK(has(json,
		      "\"needs\":[{\"code\":\"too_few_scts\",\"message\":\"enforced\"},"),
		"the other one: %s", json);
	CHECK(has(json, "\"needs\":[]"), "it does not apply: %s", json);
	free(json);
	summary_free(summary);
	made_record_free(made);
	buffer_clear(&rows);
}

// However rows are divided and added up, the bytes are the same.
static void check_divided(const struct buffer *rows, const char *want, uint64_t *seed)
{
	enum { PARTS = 5 };
	struct err err;
	err_clear(&err);
	struct summary *parts[PARTS];
	struct summary_run run = {.wall_ms = 12345 / PARTS, .jobs = 2};
	for (size_t i = 0; i < PARTS; i++) {
		parts[i] = summary_new(&err);
		summary_set_run(parts[i], &run);
	}
	for (size_t at = 0; at < rows->len;) {
		uint64_t size = 0;
		memcpy(&size, rows->data + at, sizeof(size));
		struct summary *part = parts[test_random(seed) % PARTS];
		CHECK(summary_add_rows(
			      part, bytes_of(rows->data + at, (size_t)size), &err),
			"a row");
		at += (size_t)size;
	}
	for (size_t num = PARTS; num > 1; num--) {
		size_t from = test_random(seed) % num;
		size_t into = (from + 1 + test_random(seed) % (num - 1)) % num;
		CHECK(summary_merge(parts[into], parts[from], &err), "merged");
		summary_free(parts[from]);
		parts[from] = parts[num - 1];
	}
	char *got = made_json(parts[0]);
	CHECK(strcmp(got, want) == 0, "the parts make up the whole");
	free(got);
	summary_free(parts[0]);
}

static void test_divided(uint64_t num)
{
	uint64_t seed = num;
	struct buffer rows;
	struct summary_run run = {.wall_ms = 12345 / 5 * 5, .jobs = 2};
	buffer_init(&rows, (size_t)1 << 28);
	for (uint64_t i = 0; i < num; i++) {
		made_audit_row(&world, i, &rows);
	}
	struct summary *summary = made_summary(&rows);
	summary_set_run(summary, &run);
	char *want = made_json(summary);
	for (int turn = 0; turn < 3; turn++) {
		check_divided(&rows, want, &seed);
	}
	free(want);
	summary_free(summary);
	buffer_clear(&rows);
}

static size_t count_pieces(const char *json, const char *piece)
{
	size_t num = 0;
	for (const char *at = strstr(json, piece); at; at = strstr(at + 1, piece)) {
		num++;
	}
	return num;
}

// More names than there is room for: the rest stand together, and nothing is lost.
static void test_many_issuers(void)
{
	uint64_t seed = 9;
	struct buffer rows;
	buffer_init(&rows, (size_t)1 << 28);
	for (unsigned i = 0; i < SUMMARY_MAX_ISSUERS + 5000; i++) {
		char issuer[32];
		(void)snprintf(issuer, sizeof(issuer), "CA %u", i);
		struct made_spec spec = {.issuer = issuer, .result = RESULT_FAIL};
		made_row(&world, &spec, i, 1, &rows);
	}
	struct summary *summary = made_summary(&rows);
	struct summary_run run = {.wall_ms = 12345 / 5 * 5, .jobs = 2};
	summary_set_run(summary, &run);
	char *json = made_json(summary);
	CHECK_INT(count_pieces(json, "\n{\"issuer\":"), SUMMARY_MAX_ISSUERS, "issuers");
	CHECK(has(json, "\"other_issuers\":{\"judged\":5000,"), "the other issuers");
	CHECK_INT(count_pieces(json, "\n{\"position\":"), SUMMARY_MAX_FAILING, "failing");
	CHECK(has(json, "\"position\":999,") && !has(json, "\"position\":1000,"),
		"the first failing ones");
	check_divided(&rows, json, &seed);
	free(json);
	summary_free(summary);
	buffer_clear(&rows);
}

// Below, at and above a maximum: logs that nobody knows, months of the far future.
static void test_maxima(void)
{
	static const unsigned nums[] = {SUMMARY_MAX_LOGS - 1, SUMMARY_MAX_LOGS,
		SUMMARY_MAX_LOGS + 1, SUMMARY_MAX_LOGS * 2};
	for (size_t n = 0; n < sizeof(nums) / sizeof(nums[0]); n++) {
		struct summary *summary = NULL;
		struct buffer rows;
		buffer_init(&rows, (size_t)1 << 26);
		struct ct_log log = {.state = LOG_USABLE};
		for (unsigned i = 0; i < nums[n]; i++) {
			char date[32];
			(void)snprintf(date, sizeof(date), "%04u-%02u-01T00:00:00Z",
				2100 + i / 12, 1 + i % 12);
			struct made_spec spec = {.not_before = date, .num_scts = 1};
			log.id[0] = (uint8_t)i;
			log.id[1] = (uint8_t)(i >> 8);
			spec.scts[0] = (struct made_sct){.log = &log};
			made_row(&world, &spec, i, 1, &rows);
		}
		summary = made_summary(&rows);
		char *json = made_json(summary);
		unsigned others =
			nums[n] > SUMMARY_MAX_LOGS ? nums[n] - SUMMARY_MAX_LOGS : 0;
		char want[64] = "\"other_logs\":null";
		if (others) {
			(void)snprintf(want, sizeof(want), "\"other_logs\":{\"scts\":%u,",
				others);
		}
		CHECK(has(json, want), "%u logs: %s", nums[n], want);
		CHECK_INT(count_pieces(json, "\n{\"log_id\":"), nums[n] - others, "logs");
		CHECK_INT(count_pieces(json, "\n{\"month\":"), SUMMARY_MAX_MONTHS,
			"months");
		free(json);
		summary_free(summary);
		buffer_clear(&rows);
	}
}

// Names and messages that are too long are cut where a character ends.
static void test_long_text(void)
{
	char name[901], message[1601];
	for (size_t i = 0; i < 300; i++) {
		memcpy(name + 3 * i, "\xe4\xb8\xad", 4);
	}
	memset(message, 'x', 1600);
	message[1600] = '\0';
	struct made_spec spec = {.issuer = name,
		.subject = name,
		.result = RESULT_FAIL,
		.verdict = VERDICT_NON_COMPLIANT,
		.finding = CODE_TOO_FEW_SCTS,
		.message = message};
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	made_row(&world, &spec, 0, 1, &rows);
	struct summary *summary = made_summary(&rows);
	const struct exhibit *exhibit = summary->failing.items[0];
	CHECK_INT(exhibit_text(exhibit, EXHIBIT_NAME).len, 3 + 84 * 3, "a name");
	CHECK_INT(exhibit_text(exhibit, EXHIBIT_ISSUER).len, 3 + 84 * 3, "an issuer");
	CHECK_INT(exhibit_text(exhibit, EXHIBIT_MESSAGE).len, 480, "a message");
	summary_free(summary);
	buffer_clear(&rows);
}

static void test_runs(void)
{
	struct summary_run a = made_run();
	struct summary_run b = {.started_ms = a.started_ms - 5,
		.ended_ms = a.ended_ms - 1,
		.wall_ms = 5,
		.cpu_ms = 6,
		.jobs = 8};
	struct summary_run none = {0};
	summary_words_add(&b.verifiers, "fast");
	summary_words_add(&b.verifiers, "");
	summary_words_add(&b.verifiers, "a\x1b");
	summary_run_add(&a, &b);
	summary_run_add(&a, &none);
	CHECK_INT(a.started_ms, b.started_ms, "the first start");
	CHECK_INT(a.ended_ms, made_run().ended_ms, "the last end");
	CHECK_INT(a.wall_ms, 12350, "seconds");
	CHECK_INT(a.cpu_ms, 23462, "seconds of the processor");
	CHECK_INT(a.jobs, 8, "the most jobs");
	CHECK_INT(a.verifiers.num, 2, "verifiers");
	CHECK_TEXT(a.verifiers.items[0], "a\\1B", "by alphabet");
	struct summary_words words = {0};
	for (int i = 20; i > 0; i--) {
		char word[16];
		(void)snprintf(word, sizeof(word), "%02d", i);
		summary_words_add(&words, word);
	}
	summary_words_add(&words, "99");
	CHECK_INT(words.num, SUMMARY_MAX_WORDS, "words");
	CHECK_TEXT(words.items[0], "01", "the first by alphabet");
	CHECK_TEXT(words.items[SUMMARY_MAX_WORDS - 1], "08", "the last that stays");
}

// Records as evaluate() makes them.
static void test_evaluated(void)
{
	static const char *const words[] = {"Ar Bt", "Ar", "Ar Dx", ""};
	static const char *const want[] = {
		"\"read\":4,\"judged\":4,\"pass\":1,\"fail\":3",
		"{\"policy\":\"apple\",\"compliant\":1,\"non_compliant\":3,",
		"{\"policy\":\"apple-enforced\",\"compliant\":1,\"non_compliant\":3,",
		"{\"code\":\"too_few_scts\",\"certificates\":3,\"failing\":3,\"scts\":0}",
		"\"why\":{\"outside_temporal_interval\":1}}",
		"\"rule\":\"2021-04-21/180-days\",\"required\":2,\"judged\":4,",
		"\"counted_scts\":{\"0\":1,\"1\":2,\"2\":1,",
		"\"name\":\"unit.example\",",
		"\"needs\":[{\"code\":\"too_few_scts\",\"message\":\"",
	};
	struct eval_bench *bench = eval_bench_new();
	struct buffer rows;
	buffer_init(&rows, 1 << 20);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct pki_cert_spec spec = eval_leaf(bench, EVAL_90_DAYS);
		struct out leaf = {0};
		eval_issue(bench, &spec, words[i], &leaf);
		struct ctp_request request = eval_request(bench, &leaf);
		summary_put_row(eval_run(bench, &request), i, 1, &rows);
		derw_clear(&leaf);
	}
	struct summary *summary = made_summary(&rows);
	char *json = made_json(summary);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		CHECK(has(json, want[i]), "evaluated: %s in %s", want[i], json);
	}
	free(json);
	summary_free(summary);
	buffer_clear(&rows);
	eval_bench_free(bench);
}

void test_summary(void)
{
	made_world_init(&world);
	CHECK(policy_num() <= SUMMARY_MAX_POLICIES, "room for every policy");
	test_counts();
	test_scts();
	test_evaluated();
	test_newest_list();
	test_errors();
	test_needs();
	test_divided(0);
	test_divided(300);
	test_divided(20000);
	test_many_issuers();
	test_maxima();
	test_long_text();
	test_runs();
	summary_free(NULL);
}

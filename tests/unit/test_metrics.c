// SPDX-License-Identifier: Apache-2.0
#include "serve/metrics.h"

#include <pthread.h>

#include "serve/metrics_local.h"
#include "tests/unit/test.h"

void test_metrics(void);

#define TEXT_MAX_LEN ((size_t)1024 * 1024)

static const struct metrics_gauges gauges = {
	.connections = 3,
	.requests = 2,
	.waiting = 1,
	.batches = 5,
	.held_bytes = 70000,
	.threads = 4,
	.list_name = "apple",
	.list_version = "511",
	.list_published_ms = INT64_C(1774828800123),
	.list_fetched_ms = METRICS_UNKNOWN,
	.list_age_ms = 1050,
	.verifier = "fast",
	.table_bytes = 148000,
	.log_lines_lost = 3,
	.started_ms = 1000,
	.openssl = "OpenSSL 3.0.17",
	.libmicrohttpd = "0.9.75",
};

static struct metrics *new_metrics(void)
{
	struct err err;
	err_clear(&err);
	struct metrics *m = metrics_new(&err);
	CHECK(m != NULL, "%s", err.text);
	return m;
}

// The text, NUL-terminated, to be freed.
static char *text_of(const struct metrics *m, const struct metrics_gauges *g)
{
	struct buffer out;
	buffer_init(&out, TEXT_MAX_LEN);
	metrics_put(m, g, &out);
	buffer_put_char(&out, '\0');
	CHECK(!out.failed && out.data, "written");
	return (char *)out.data;
}

// Does the text have this line?
static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);
	for (const char *at = strstr(text, line); at; at = strstr(at + 1, line)) {
		if ((at == text || at[-1] == '\n') && at[len] == '\n') {
			return true;
		}
	}
	return false;
}

static void check_lines(const char *text, const char *const *lines, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		CHECK(has_line(text, lines[i]), "%s", lines[i]);
	}
}
#define CHECK_LINES(text, lines) \
	check_lines((text), (lines), sizeof(lines) / sizeof((lines)[0]))

// Before anything happened: what alerts need, and nothing of what has no number yet.
static void test_nothing(void)
{
	static const char *const lines[] = {
		"ctpolicy_http_requests_total{call=\"evaluate\",code=\"200\"} 0",
		"ctpolicy_http_requests_total{call=\"evaluate\",code=\"500\"} 0",
		"ctpolicy_http_requests_total{call=\"batch\",code=\"503\"} 0",
		"ctpolicy_http_request_duration_seconds_bucket{call=\"evaluate\",le=\"+Inf\"} 0",
		"ctpolicy_http_request_duration_seconds_sum{call=\"evaluate\"} 0.000000",
		"ctpolicy_http_refused_total{reason=\"overload\"} 0",
		"ctpolicy_evaluations_total{result=\"error\"} 0",
		"ctpolicy_verdicts_total{policy=\"apple\",verdict=\"non_compliant\"} 0",
		"ctpolicy_refresh_total{outcome=\"failed\"} 0",
		"ctpolicy_log_list_swaps_total 0",
		"ctpolicy_last_reload_successful{of=\"lists\"} 1",
		"ctpolicy_last_reload_successful{of=\"tokens\"} 1",
		"ctpolicy_last_reload_successful{of=\"roots\"} 1",
		"ctpolicy_reload_failures_total{of=\"tokens\"} 0",
	};
	static const char *const absent[] = {"livez", "code=\"404\"",
		"ctpolicy_reason_codes_total{", "ctpolicy_refresh_last",
		"ctpolicy_log_list", "ctpolicy_verifier_info", "ctpolicy_threads"};
	static const struct metrics_gauges none = {.threads = METRICS_UNKNOWN};
	struct metrics *m = new_metrics();
	char *text = text_of(m, &none);
	CHECK_LINES(text, lines);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		const char *at = strstr(text, absent[i]);
		// The counter of swaps is there.
		while (at && strncmp(at, "ctpolicy_log_list_swaps", 23) == 0) {
			at = strstr(at + 1, absent[i]);
		}
		CHECK(!at, "%.60s", at ? at : "");
	}
	free(text);
	metrics_free(m);
	metrics_free(NULL);
}

static void test_requests(void)
{
	static const char *const lines[] = {
		"ctpolicy_http_requests_total{call=\"evaluate\",code=\"200\"} 3",
		"ctpolicy_http_requests_total{call=\"evaluate\",code=\"none\"} 2",
		"ctpolicy_http_requests_total{call=\"other\",code=\"404\"} 1",
		"ctpolicy_http_requests_total{call=\"livez\",code=\"599\"} 1",
		// Until its bound, inclusive.
		"ctpolicy_http_request_duration_seconds_bucket{call=\"evaluate\",le=\"0.0001\"} 1",
		"ctpolicy_http_request_duration_seconds_bucket{call=\"evaluate\",le=\"0.00025\"} 2",
		"ctpolicy_http_request_duration_seconds_bucket{call=\"evaluate\",le=\"10\"} 2",
		"ctpolicy_http_request_duration_seconds_bucket{call=\"evaluate\",le=\"+Inf\"} 3",
		"ctpolicy_http_request_duration_seconds_sum{call=\"evaluate\"} 10.000202",
		"ctpolicy_http_request_duration_seconds_count{call=\"evaluate\"} 3",
		"ctpolicy_http_request_duration_seconds_sum{call=\"other\"} 0.000000",
		"ctpolicy_http_request_body_bytes_total{call=\"evaluate\"} 4012",
		"ctpolicy_http_response_body_bytes_total{call=\"evaluate\"} 30",
	};
	struct metrics *m = new_metrics();
	metrics_answered(m, CALL_EVALUATE, 200, 100, 1000, 10);
	metrics_answered(m, CALL_EVALUATE, 200, 101, 1000, 10);
	metrics_answered(m, CALL_EVALUATE, 200, 10000001, 2000, 10);
	metrics_answered(m, CALL_EVALUATE, 0, 7000000, 12, 0);
	metrics_answered(m, CALL_EVALUATE, 600, 7000000, 0, 0); // no status
	metrics_answered(m, CALL_OTHER, 404, -5, 0, 0);
	metrics_answered(m, CALL_LIVEZ, 599, 1, 0, 0);
	char *text = text_of(m, &gauges);
	CHECK_LINES(text, lines);
	CHECK(!strstr(text, "code=\"600\""), "600");
	free(text);
	metrics_free(m);
}

static void test_judged(void)
{
	static const char *const lines[] = {
		"ctpolicy_evaluations_total{result=\"fail\"} 2",
		"ctpolicy_evaluations_total{result=\"error\"} 1",
		"ctpolicy_verdicts_total{policy=\"apple\",verdict=\"non_compliant\"} 2",
		"ctpolicy_verdicts_total{policy=\"apple\",verdict=\"compliant\"} 0",
		"ctpolicy_verdicts_total{policy=\"apple-enforced\",verdict=\"compliant\"} 2",
		"ctpolicy_reason_codes_total{code=\"policies_differ\"} 2",
		"ctpolicy_reason_codes_total{code=\"too_few_scts\"} 2",
		"ctpolicy_reason_codes_total{code=\"log_rejected\"} 4", // two SCTs
		"ctpolicy_reason_codes_total{code=\"malformed\"} 2",
		"ctpolicy_reason_codes_total{code=\"expired\"} 2",
		"ctpolicy_reason_codes_total{code=\"bad_certificate\"} 1",
	};
	struct sct_record scts[] = {
		{.why = {CODE_LOG_REJECTED, CODE_SCT_MALFORMED}, .num_why = 2},
		{.why = {CODE_LOG_REJECTED}, .num_why = 1},
		{.num_why = 0},
	};
	struct policy_record policies[] = {
		{.result = {.policy = policy_find("apple")},
			.verdict = VERDICT_NON_COMPLIANT,
			.findings = {.items = {{.code = CODE_TOO_FEW_SCTS}}, .num = 1}},
		{.result = {.policy = policy_find("apple-enforced")},
			.verdict = VERDICT_COMPLIANT,
			.applies_because = {CODE_EXPIRED},
			.num_applies_because = 1},
	};
	struct record record = {
		.result = RESULT_FAIL,
		.scts = scts,
		.num_scts = 3,
		.policies = policies,
		.num_policies = 2,
		.findings = {.items = {{.code = CODE_POLICIES_DIFFER}}, .num = 1},
	};
	struct metrics *m = new_metrics();
	metrics_judged(m, &record);
	metrics_judged(m, &record);
	metrics_not_judged(m, CODE_BAD_CERTIFICATE);
	char *text = text_of(m, &gauges);
	CHECK_LINES(text, lines);
	CHECK(policy_num() <= METRICS_POLICIES, "room for every policy");
	free(text);
	metrics_free(m);
}

static void test_events(void)
{
	static const char *const lines[] = {
		"ctpolicy_http_refused_total{reason=\"connections\"} 1",
		"ctpolicy_http_refused_total{reason=\"address\"} 1",
		"ctpolicy_http_refused_total{reason=\"overload\"} 1",
		"ctpolicy_http_refused_total{reason=\"slow_sender\"} 1",
		"ctpolicy_http_refused_total{reason=\"slow_reader\"} 1",
		"ctpolicy_refresh_total{outcome=\"taken\"} 1",
		"ctpolicy_refresh_total{outcome=\"unchanged\"} 1",
		"ctpolicy_refresh_total{outcome=\"failed\"} 1",
		"ctpolicy_refresh_last_timestamp_seconds 3.003",
		"ctpolicy_refresh_last_success_timestamp_seconds 2.002",
		"ctpolicy_log_list_swaps_total 1",
		"ctpolicy_log_list_last_swap_timestamp_seconds 1.001",
		"ctpolicy_log_list_info{name=\"apple\",version=\"511\"} 1",
		"ctpolicy_log_list_age_seconds 1.050",
		"ctpolicy_log_list_stale 0",
		"ctpolicy_log_list_published_timestamp_seconds 1774828800.123",
		"ctpolicy_http_connections 3",
		"ctpolicy_http_requests_in_flight 2",
		"ctpolicy_http_requests_waiting 1",
		"ctpolicy_http_batches 5",
		"ctpolicy_http_held_bytes 70000",
		"ctpolicy_threads 4",
		"ctpolicy_verifier_info{verifier=\"fast\"} 1",
		"ctpolicy_verifier_table_bytes 148000",
		"ctpolicy_log_lines_lost_total 3",
		"process_start_time_seconds 1.000",
	};
	struct metrics *m = new_metrics();
	for (int i = 0; i < NUM_REFUSALS; i++) {
		metrics_refused(m, (enum refusal)i);
	}
	CHECK_INT(metrics_num_refused(m, REFUSED_ADDRESS), 1, "once");
	metrics_refreshed(m, REFRESH_TAKEN, 1001);
	metrics_swapped(m, 1001);
	metrics_refreshed(m, REFRESH_UNCHANGED, 2002);
	metrics_refreshed(m, REFRESH_FAILED, 3003);
	char *text = text_of(m, &gauges);
	CHECK_LINES(text, lines);
	CHECK(!strstr(text, "ctpolicy_log_list_fetched"), "not known");
	CHECK(strstr(text, "\nprocess_resident_memory_bytes "), "of the process");
	CHECK(strstr(text, "openssl=\"OpenSSL 3.0.17\",libmicrohttpd=\"0.9.75\"} 1\n"),
		"build");
	free(text);
	metrics_free(m);
}

static void test_readings(void)
{
	static const char *const failed[] = {
		"ctpolicy_last_reload_successful{of=\"lists\"} 1",
		"ctpolicy_last_reload_successful{of=\"tokens\"} 0",
		"ctpolicy_reload_failures_total{of=\"lists\"} 1",
		"ctpolicy_reload_failures_total{of=\"tokens\"} 2",
	};
	static const char *const mended[] = {
		"ctpolicy_last_reload_successful{of=\"tokens\"} 1",
		"ctpolicy_reload_failures_total{of=\"tokens\"} 2",
	};
	struct metrics *m = new_metrics();
	CHECK(!metrics_reading_failed(m, READING_LISTS), "before the first");
	metrics_read(m, READING_LISTS, false);
	CHECK(metrics_reading_failed(m, READING_LISTS), "failed");
	CHECK(!metrics_reading_failed(m, READING_TOKENS), "each on its own");
	metrics_read(m, READING_LISTS, true);
	metrics_read(m, READING_TOKENS, false);
	metrics_read(m, READING_TOKENS, false);
	char *text = text_of(m, &gauges);
	CHECK_LINES(text, failed);
	free(text);
	metrics_read(m, READING_TOKENS, true);
	CHECK(!metrics_reading_failed(m, READING_TOKENS), "mended");
	text = text_of(m, &gauges);
	CHECK_LINES(text, mended);
	free(text);
	metrics_free(m);
}

static void test_labels(void)
{
	char longest[200];
	struct metrics_gauges g = gauges;
	struct metrics *m = new_metrics();
	g.list_name = "a\"b\\c\nd\xff";
	g.list_version = NULL;
	g.list_stale = true;
	char *text = text_of(m, &g);
	CHECK(has_line(text,
		      "ctpolicy_log_list_info{name=\"a\\\"b\\\\c?d?\",version=\"\"} 1"),
		"escaped");
	CHECK(has_line(text, "ctpolicy_log_list_stale 1"), "stale");
	free(text);
	memset(longest, '"', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	g.list_name = longest;
	text = text_of(m, &g);
	CHECK(strstr(text, "\\\"\",version"), "cut, and all escapes whole");
	free(text);
	struct buffer small;
	buffer_init(&small, 1000);
	metrics_put(m, &g, &small);
	CHECK(small.failed, "no room");
	buffer_clear(&small);
	metrics_free(m);
}

#define TURNS 20000

static void *count_many(void *of)
{
	for (int i = 0; i < TURNS; i++) {
		metrics_answered(of, CALL_EVALUATE, 200, i, 1, 2);
		metrics_not_judged(of, CODE_BAD_CERTIFICATE);
	}
	return NULL;
}

// Nothing is lost between threads, and a scrape amid them is sound.
static void test_threads(void)
{
	static const char *const lines[] = {
		"ctpolicy_http_requests_total{call=\"evaluate\",code=\"200\"} 80000",
		"ctpolicy_http_request_duration_seconds_count{call=\"evaluate\"} 80000",
		"ctpolicy_http_request_duration_seconds_sum{call=\"evaluate\"} 799.960000",
		"ctpolicy_http_response_body_bytes_total{call=\"evaluate\"} 160000",
		"ctpolicy_reason_codes_total{code=\"bad_certificate\"} 80000",
	};
	pthread_t threads[4];
	struct metrics *m = new_metrics();
	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(
			pthread_create(&threads[i], NULL, count_many, m), 0, "a thread");
	}
	free(text_of(m, &gauges));
	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(pthread_join(threads[i], NULL), 0, "a thread");
	}
	char *text = text_of(m, &gauges);
	CHECK_LINES(text, lines);
	free(text);
	metrics_free(m);
}

void test_metrics(void)
{
	for (int i = 0; i < NUM_CALLS; i++) {
		CHECK(call_name((enum call)i)[0] != '\0', "call %d has a name", i);
	}
	test_nothing();
	test_requests();
	test_judged();
	test_events();
	test_readings();
	test_labels();
	test_threads();
}

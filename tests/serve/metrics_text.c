// SPDX-License-Identifier: Apache-2.0
// Prints the metrics of a service that has seen everything once: each call, each refusal, each
// outcome, every reason code, and names with all that a label has to escape.
#include <stdio.h>

#include "app/clock.h"
#include "serve/metrics.h"

// Of all series.
#define TEXT_MAX_LEN ((size_t)1024 * 1024)

static void count_requests(struct metrics *m)
{
	static const unsigned statuses[] = {
		0, 200, 400, 401, 404, 405, 408, 413, 415, 422, 429, 500, 503};
	int64_t duration_us = 50;
	for (int call = 0; call < NUM_CALLS; call++) {
		for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
			metrics_answered(
				m, (enum call)call, statuses[i], duration_us, 4000, 3000);
			duration_us = duration_us > 20000000 ? 50 : duration_us * 2;
		}
	}
	for (int i = 0; i < NUM_REFUSALS; i++) {
		metrics_refused(m, (enum refusal)i);
	}
}

static void count_verdicts(struct metrics *m)
{
	struct policy_record policy = {0};
	struct record record = {.policies = &policy, .num_policies = 1};
	for (size_t i = 0; i < policy_num(); i++) {
		policy.result.policy = policy_at(i);
		for (int k = 0; k < 3; k++) {
			policy.verdict = (enum verdict)k;
			record.result = (enum result)k;
			metrics_judged(m, &record);
		}
	}
	for (int i = 1; i < NUM_CODES; i++) {
		metrics_not_judged(m, (enum code)i);
	}
}

static void count_refreshes(struct metrics *m, int64_t now_ms)
{
	metrics_refreshed(m, REFRESH_TAKEN, now_ms - 7000);
	metrics_refreshed(m, REFRESH_UNCHANGED, now_ms - 6000);
	metrics_refreshed(m, REFRESH_FAILED, now_ms - 5000);
	metrics_read(m, READING_LISTS, true);
	metrics_read(m, READING_TOKENS, false);
	metrics_swapped(m, now_ms - 7000);
}

static void put(const struct metrics *m, int64_t now_ms, struct buffer *out)
{
	const struct metrics_gauges gauges = {
		.sources = {{"apple", 3600000, false}, {"chrome", 7200000, true}},
		.num_sources = 2,
		.connections = 7,
		.requests = 3,
		.waiting = 2,
		.batches = 1,
		.held_bytes = 4096,
		.threads = 4,
		.list_name = "apple",
		.list_version = "5\"1\\1\n\xc3\xa9",
		.list_published_ms = now_ms - 86400000,
		.list_fetched_ms = now_ms - 6000,
		.list_age_ms = 6000,
		.verifier = "fast",
		.table_bytes = 148000 * 18,
		.log_lines_lost = 2,
		.started_ms = now_ms - 10000,
		.openssl = "OpenSSL 3.0.0",
		.libmicrohttpd = "0.9.75",
	};
	metrics_put(m, &gauges, out);
}

int main(void)
{
	struct err err;
	struct buffer out;
	int64_t now_ms = clock_now_ms();
	err_clear(&err);
	struct metrics *m = metrics_new(&err);
	if (!m) {
		return 1;
	}
	count_requests(m);
	count_verdicts(m);
	count_refreshes(m, now_ms);
	buffer_init(&out, TEXT_MAX_LEN);
	put(m, now_ms, &out);
	bool done = !out.failed && fwrite(out.data, 1, out.len, stdout) == out.len;
	buffer_clear(&out);
	metrics_free(m);
	return done && fflush(stdout) == 0 ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
// The text format of Prometheus, version 0.0.4: families in a fixed order, each with HELP and
// TYPE, in base units (seconds, bytes).
#include "serve/metrics_local.h"

#include <inttypes.h>

#include "base/text.h"
#include "ctpolicy.h"
#include "serve/process.h"

#if defined(__clang__)
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

struct label {
	const char *name;
	const char *value;
};

static uint64_t read_counter(const metrics_counter *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static int64_t read_time(const atomic_int_least64_t *when)
{
	return atomic_load_explicit(when, memory_order_relaxed);
}

static void put_head(
	struct buffer *out, const char *name, const char *type, const char *help)
{
	buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

// A value of a label: backslash, quote and newline have an escape, and nothing else has.
static void put_label_value(struct buffer *out, const char *value)
{
	char text[128];
	(void)snprintf(text, sizeof(text), "%s", value ? value : "");
	text_make_printable(text);
	for (const char *c = text; *c; c++) {
		if (*c == '\\' || *c == '"') {
			buffer_put_char(out, '\\');
		}
		buffer_put_char(out, *c);
	}
}

// "name{a="b",...} ": what stands before the number.
static void put_series(
	struct buffer *out, const char *name, const struct label *labels, size_t num)
{
	buffer_put_text(out, name);
	for (size_t i = 0; i < num; i++) {
		buffer_put_char(out, i ? ',' : '{');
		buffer_put_text(out, labels[i].name);
		buffer_put_text(out, "=\"");
		put_label_value(out, labels[i].value);
		buffer_put_char(out, '"');
	}
	buffer_put_text(out, num ? "} " : " ");
}

static void put_count(struct buffer *out, const char *name, const struct label *labels,
	size_t num, uint64_t value)
{
	put_series(out, name, labels, num);
	buffer_printf(out, "%" PRIu64 "\n", value);
}

static void put_us(struct buffer *out, const char *name, const struct label *labels,
	size_t num, uint64_t us)
{
	put_series(out, name, labels, num);
	buffer_printf(out, "%" PRIu64 ".%06" PRIu64 "\n", us / 1000000, us % 1000000);
}

// Statuses that alerts divide by: there from the start, for both calls that judge.
static bool is_shown_at_zero(enum call call, unsigned status)
{
	bool judges = call == CALL_EVALUATE || call == CALL_BATCH;
	return judges && (status == 200 || status == 500 || status == 503);
}

static void put_requests(const struct metrics *m, struct buffer *out)
{
	static const char name[] = "ctpolicy_http_requests_total";
	put_head(out, name, "counter",
		"Requests by call and HTTP status; code \"none\": the client went away, or "
		"was cut off, before an answer.");
	for (size_t i = 0; i < NUM_CALLS; i++) {
		for (unsigned status = 0; status < METRICS_STATUSES; status++) {
			uint64_t num = read_counter(&m->calls[i].status[status]);
			if (num == 0 && !is_shown_at_zero((enum call)i, status)) {
				continue;
			}
			char code[16] = "none";
			if (status != 0) {
				(void)snprintf(code, sizeof(code), "%u", status);
			}
			struct label labels[] = {
				{"call", call_name((enum call)i)}, {"code", code}};
			put_count(out, name, labels, 2, num);
		}
	}
}

// The count is the last bucket's, so that a scrape amid counting is consistent.
static void put_durations_of(const struct metrics *m, enum call call, struct buffer *out)
{
	const struct call_counters *c = &m->calls[call];
	uint64_t num = 0;
	for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
		num += read_counter(&c->bucket[i]);
	}
	if (num == 0 && !is_shown_at_zero(call, 200)) {
		return;
	}
	struct label labels[] = {{"call", call_name(call)}, {"le", "+Inf"}};
	num = 0;
	for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
		num += read_counter(&c->bucket[i]);
		labels[1].value =
			i < METRICS_BUCKETS ? metrics_buckets[i].seconds : "+Inf";
		put_count(out, "ctpolicy_http_request_duration_seconds_bucket", labels, 2,
			num);
	}
	put_us(out, "ctpolicy_http_request_duration_seconds_sum", labels, 1,
		read_counter(&c->duration_us));
	put_count(out, "ctpolicy_http_request_duration_seconds_count", labels, 1, num);
}

static void put_durations(const struct metrics *m, struct buffer *out)
{
	put_head(out, "ctpolicy_http_request_duration_seconds", "histogram",
		"From the first byte of a request to the last of its answer; of answered "
		"requests.");
	for (size_t i = 0; i < NUM_CALLS; i++) {
		put_durations_of(m, (enum call)i, out);
	}
}

static void put_bytes(const struct metrics *m, struct buffer *out)
{
	static const char *const names[] = {"ctpolicy_http_request_body_bytes_total",
		"ctpolicy_http_response_body_bytes_total"};
	static const char *const helps[] = {
		"Bytes of the bodies of requests.", "Bytes of the bodies of answers."};
	for (size_t k = 0; k < 2; k++) {
		put_head(out, names[k], "counter", helps[k]);
		for (size_t i = 0; i < NUM_CALLS; i++) {
			const struct call_counters *c = &m->calls[i];
			uint64_t num = read_counter(k ? &c->bytes_out : &c->bytes_in);
			struct label label = {"call", call_name((enum call)i)};
			if (num != 0 || is_shown_at_zero((enum call)i, 200)) {
				put_count(out, names[k], &label, 1, num);
			}
		}
	}
}

// A counter by one label, each value there from the start.
static void put_all(struct buffer *out, const char *name, const char *help,
	const char *label, const char *const *values, const metrics_counter *counters,
	size_t num)
{
	put_head(out, name, "counter", help);
	for (size_t i = 0; i < num; i++) {
		struct label one = {label, values[i]};
		put_count(out, name, &one, 1, read_counter(&counters[i]));
	}
}

static void put_verdicts(const struct metrics *m, struct buffer *out)
{
	static const char name[] = "ctpolicy_verdicts_total";
	put_head(out, name, "counter",
		"Verdicts by policy, also where the policy does not apply.");
	for (size_t i = 0; i < policy_num() && i < METRICS_POLICIES; i++) {
		for (size_t k = 0; k < METRICS_VERDICTS; k++) {
			struct label labels[] = {{"policy", policy_at(i)->name},
				{"verdict", verdict_name((enum verdict)k)}};
			put_count(out, name, labels, 2, read_counter(&m->verdicts[i][k]));
		}
	}
}

static void put_codes(const struct metrics *m, struct buffer *out)
{
	static const char name[] = "ctpolicy_reason_codes_total";
	put_head(out, name, "counter",
		"Reason codes in reports and errors, as often as they stand there.");
	for (size_t i = 1; i < NUM_CODES; i++) {
		uint64_t num = read_counter(&m->codes[i]);
		struct label label = {"code", code_info((enum code)i)->name};
		if (num != 0) {
			put_count(out, name, &label, 1, num);
		}
	}
}

// As Prometheus says it of its own configuration.
static void put_readings(const struct metrics *m, struct buffer *out)
{
	static const char *const names[NUM_READINGS] = {
		[READING_LISTS] = "lists",
		[READING_TOKENS] = "tokens",
		[READING_ROOTS] = "roots",
	};
	static const char name[] = "ctpolicy_last_reload_successful";
	put_head(out, name, "gauge",
		"1 where the last reading went well; 0: what was in force before stays.");
	for (size_t i = 0; i < NUM_READINGS; i++) {
		struct label label = {"of", names[i]};
		put_count(out, name, &label, 1,
			metrics_reading_failed(m, (enum reading)i) ? 0 : 1);
	}
	put_all(out, "ctpolicy_reload_failures_total",
		"Readings of log lists, tokens and roots that failed.", "of", names,
		m->failed_readings, NUM_READINGS);
}

static void put_counters(const struct metrics *m, struct buffer *out)
{
	static const char *const refusals[NUM_REFUSALS] = {
		[REFUSED_CONNECTIONS] = "connections",
		[REFUSED_ADDRESS] = "address",
		[REFUSED_OVERLOAD] = "overload",
		[REFUSED_SLOW_SENDER] = "slow_sender",
		[REFUSED_SLOW_READER] = "slow_reader",
	};
	static const char *const outcomes[METRICS_OUTCOMES] = {
		[REFRESH_TAKEN] = "taken",
		[REFRESH_UNCHANGED] = "unchanged",
		[REFRESH_FAILED] = "failed",
	};
	const char *results[METRICS_RESULTS] = {
		[RESULT_PASS] = result_name(RESULT_PASS),
		[RESULT_FAIL] = result_name(RESULT_FAIL),
		[RESULT_UNKNOWN] = result_name(RESULT_UNKNOWN),
		[METRICS_NOT_JUDGED] = "error",
	};
	put_all(out, "ctpolicy_http_refused_total",
		"Connections and requests that were turned away or cut off, by reason.",
		"reason", refusals, m->refused, NUM_REFUSALS);
	put_all(out, "ctpolicy_evaluations_total",
		"Certificates by result; error: could not be judged.", "result", results,
		m->results, METRICS_RESULTS);
	put_verdicts(m, out);
	put_codes(m, out);
	put_all(out, "ctpolicy_refresh_total", "Refreshes of the log list, by outcome.",
		"outcome", outcomes, m->refreshes, METRICS_OUTCOMES);
	put_readings(m, out);
	put_head(out, "ctpolicy_log_list_swaps_total", "counter",
		"How often a reading brought another log list into force.");
	put_count(out, "ctpolicy_log_list_swaps_total", NULL, 0, read_counter(&m->swaps));
}

// A family of one number; METRICS_UNKNOWN leaves it out.
struct value {
	const char *name;
	const char *type;
	const char *help;
	int64_t value;
	int64_t per_unit; // 1, or 1,000 where `value` is in ms and the unit a second
};

static void put_values(struct buffer *out, const struct value *values, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		const struct value *v = &values[i];
		if (v->value < 0) {
			continue;
		}
		put_head(out, v->name, v->type, v->help);
		put_series(out, v->name, NULL, 0);
		buffer_printf(out, "%" PRId64, v->value / v->per_unit);
		if (v->per_unit == 1000) {
			buffer_printf(out, ".%03" PRId64, v->value % 1000);
		}
		buffer_put_char(out, '\n');
	}
}

static void put_sources(const struct metrics_gauges *g, struct buffer *out)
{
	if (g->num_sources == 0) {
		return;
	}
	put_head(out, "ctpolicy_log_list_source_age_seconds", "gauge",
		"Age of the newest log list in force, of each source.");
	for (size_t i = 0; i < g->num_sources; i++) {
		struct label label = {"source", g->sources[i].name};
		put_count(out, "ctpolicy_log_list_source_age_seconds", &label, 1,
			(uint64_t)(g->sources[i].age_ms / 1000));
	}
	put_head(out, "ctpolicy_log_list_source_stale", "gauge",
		"1 where that list is so old that devices stop enforcing.");
	for (size_t i = 0; i < g->num_sources; i++) {
		struct label label = {"source", g->sources[i].name};
		put_count(out, "ctpolicy_log_list_source_stale", &label, 1,
			g->sources[i].is_stale);
	}
}

static void put_list(
	const struct metrics *m, const struct metrics_gauges *g, struct buffer *out)
{
	bool has_list = g->list_name != NULL;
	const struct value values[] = {
		{"ctpolicy_log_list_age_seconds", "gauge",
			"Age of the newest log list in force: since its publication, or since "
			"it was last seen to be the present one.",
			has_list ? g->list_age_ms : METRICS_UNKNOWN, 1000},
		{"ctpolicy_log_list_stale", "gauge",
			"1 where that list is so old that devices stop enforcing.",
			has_list ? g->list_stale : METRICS_UNKNOWN, 1},
		{"ctpolicy_log_list_published_timestamp_seconds", "gauge",
			"When that list was published.",
			has_list ? g->list_published_ms : METRICS_UNKNOWN, 1000},
		{"ctpolicy_log_list_fetched_timestamp_seconds", "gauge",
			"When that list was last fetched, where that is known.",
			has_list ? g->list_fetched_ms : METRICS_UNKNOWN, 1000},
		{"ctpolicy_log_list_last_swap_timestamp_seconds", "gauge",
			"When a reading last brought another log list into force.",
			read_time(&m->swapped_ms), 1000},
		{"ctpolicy_refresh_last_timestamp_seconds", "gauge",
			"When the last refresh of this service ended.",
			read_time(&m->refreshed_ms), 1000},
		{"ctpolicy_refresh_last_success_timestamp_seconds", "gauge",
			"When the last one ended that did not fail.",
			read_time(&m->refreshed_well_ms), 1000},
	};
	if (has_list) {
		struct label labels[] = {
			{"name", g->list_name}, {"version", g->list_version}};
		put_head(out, "ctpolicy_log_list_info", "gauge",
			"The newest log list in force.");
		put_count(out, "ctpolicy_log_list_info", labels, 2, 1);
	}
	put_sources(g, out);
	put_values(out, values, sizeof(values) / sizeof(values[0]));
}

static void put_service(const struct metrics_gauges *g, struct buffer *out)
{
	const struct value values[] = {
		{"ctpolicy_http_connections", "gauge", "Connections that are open.",
			g->connections, 1},
		{"ctpolicy_http_requests_in_flight", "gauge",
			"Requests that are under way.", g->requests, 1},
		{"ctpolicy_http_requests_waiting", "gauge",
			"Requests that wait to be judged (--max-in-flight).", g->waiting,
			1},
		{"ctpolicy_http_batches", "gauge",
			"Batches that are under way (--max-batches).", g->batches, 1},
		{"ctpolicy_http_held_bytes", "gauge",
			"Memory of requests that come in and answers that go out.",
			g->held_bytes, 1},
		{"ctpolicy_threads", "gauge", "Threads that answer requests.", g->threads,
			1},
		{"ctpolicy_verifier_table_bytes", "gauge",
			"Memory of the verifier's tables.", g->table_bytes, 1},
		{"ctpolicy_log_lines_lost_total", "counter",
			"Lines of the service's log that could not be written.",
			g->log_lines_lost, 1},
	};
	struct label verifier = {"verifier", g->verifier};
	struct label build[] = {
		{"version", CTP_VERSION},
		{"compiler", COMPILER},
		{"openssl", g->openssl},
		{"libmicrohttpd", g->libmicrohttpd},
	};
	put_head(out, "ctpolicy_build_info", "gauge", "What runs here.");
	put_count(out, "ctpolicy_build_info", build, 4, 1);
	if (g->verifier) {
		put_head(out, "ctpolicy_verifier_info", "gauge",
			"Which verifier looks at signatures.");
		put_count(out, "ctpolicy_verifier_info", &verifier, 1, 1);
	}
	put_values(out, values, sizeof(values) / sizeof(values[0]));
}

// By the names that Prometheus's own client libraries have for them.
static void put_process(int64_t started_ms, struct buffer *out)
{
	struct process_usage usage;
	process_usage_read(&usage);
	const struct value values[] = {
		{"process_cpu_seconds_total", "counter", "CPU time of user and system.",
			usage.cpu_ms, 1000},
		{"process_max_fds", "gauge", "How many descriptors may be open.",
			usage.max_fds, 1},
		{"process_open_fds", "gauge", "Descriptors that are open.",
			usage.open_fds, 1},
		{"process_resident_memory_bytes", "gauge", "Resident memory.",
			usage.resident_bytes, 1},
		{"process_start_time_seconds", "gauge", "When the process began.",
			started_ms, 1000},
	};
	put_values(out, values, sizeof(values) / sizeof(values[0]));
}

void metrics_put(
	const struct metrics *m, const struct metrics_gauges *gauges, struct buffer *out)
{
	put_service(gauges, out);
	put_requests(m, out);
	put_durations(m, out);
	put_bytes(m, out);
	put_counters(m, out);
	put_list(m, gauges, out);
	put_process(gauges->started_ms, out);
}

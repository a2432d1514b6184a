// SPDX-License-Identifier: Apache-2.0
#include "serve/metrics_local.h"

const struct metrics_bucket metrics_buckets[METRICS_BUCKETS] = {
	{100, "0.0001"},
	{250, "0.00025"},
	{500, "0.0005"},
	{1000, "0.001"},
	{2500, "0.0025"},
	{5000, "0.005"},
	{10000, "0.01"},
	{25000, "0.025"},
	{50000, "0.05"},
	{100000, "0.1"},
	{250000, "0.25"},
	{500000, "0.5"},
	{1000000, "1"},
	{2500000, "2.5"},
	{5000000, "5"},
	{10000000, "10"},
};

struct metrics *metrics_new(struct err *err)
{
	struct metrics *m = calloc(1, sizeof(*m));
	if (!m) {
		err_no_memory(err);
		return NULL;
	}
	atomic_init(&m->refreshed_ms, METRICS_UNKNOWN);
	atomic_init(&m->refreshed_well_ms, METRICS_UNKNOWN);
	atomic_init(&m->swapped_ms, METRICS_UNKNOWN);
	return m;
}

void metrics_free(struct metrics *m)
{
	free(m);
}

static void add(metrics_counter *counter, uint64_t more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static void note_time(atomic_int_least64_t *when, int64_t at_ms)
{
	atomic_store_explicit(when, at_ms, memory_order_relaxed);
}

static size_t bucket_of(int64_t duration_us)
{
	size_t i = 0;
	while (i < METRICS_BUCKETS && duration_us > metrics_buckets[i].until_us) {
		i++;
	}
	return i;
}

void metrics_answered(struct metrics *m, enum call call, unsigned status,
	int64_t duration_us, uint64_t bytes_in, uint64_t bytes_out)
{
	struct call_counters *c = &m->calls[call];
	status = status < METRICS_STATUSES ? status : 0;
	add(&c->status[status], 1);
	add(&c->bytes_in, bytes_in);
	add(&c->bytes_out, bytes_out);
	if (status != 0) {
		add(&c->bucket[bucket_of(duration_us)], 1);
		add(&c->duration_us, duration_us > 0 ? (uint64_t)duration_us : 0);
	}
}

static void add_findings(struct metrics *m, const struct findings *findings)
{
	for (size_t i = 0; i < findings->num; i++) {
		add(&m->codes[findings->items[i].code], 1);
	}
}

static void add_codes(struct metrics *m, const enum code *codes, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		add(&m->codes[codes[i]], 1);
	}
}

static void add_verdict(struct metrics *m, const struct policy_record *record)
{
	for (size_t i = 0; i < policy_num() && i < METRICS_POLICIES; i++) {
		if (policy_at(i) == record->result.policy) {
			add(&m->verdicts[i][record->verdict], 1);
		}
	}
}

void metrics_judged(struct metrics *m, const struct record *record)
{
	add(&m->results[record->result], 1);
	add_findings(m, &record->findings);
	for (size_t i = 0; i < record->num_scts; i++) {
		add_codes(m, record->scts[i].why, record->scts[i].num_why);
	}
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		add_verdict(m, policy);
		add_findings(m, &policy->findings);
		add_codes(m, policy->applies_because, policy->num_applies_because);
	}
}

void metrics_not_judged(struct metrics *m, enum code code)
{
	add(&m->results[METRICS_NOT_JUDGED], 1);
	add(&m->codes[code], 1);
}

void metrics_refused(struct metrics *m, enum refusal why)
{
	add(&m->refused[why], 1);
}

uint64_t metrics_num_refused(const struct metrics *m, enum refusal why)
{
	return atomic_load_explicit(&m->refused[why], memory_order_relaxed);
}

void metrics_refreshed(struct metrics *m, enum refresh_outcome outcome, int64_t at_ms)
{
	add(&m->refreshes[outcome], 1);
	note_time(&m->refreshed_ms, at_ms);
	if (outcome != REFRESH_FAILED) {
		note_time(&m->refreshed_well_ms, at_ms);
	}
}

void metrics_read(struct metrics *m, enum reading what, bool done)
{
	add(&m->failed_readings[what], done ? 0 : 1);
	atomic_store_explicit(&m->last_reading_failed[what], !done, memory_order_relaxed);
}

bool metrics_reading_failed(const struct metrics *m, enum reading what)
{
	return atomic_load_explicit(&m->last_reading_failed[what], memory_order_relaxed);
}

void metrics_swapped(struct metrics *m, int64_t at_ms)
{
	add(&m->swaps, 1);
	note_time(&m->swapped_ms, at_ms);
}

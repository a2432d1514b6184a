// SPDX-License-Identifier: Apache-2.0
// One round of measurements, as lines "name value" for run.py:
//
//	benchmark round         everything that repeats
//	benchmark allocations   heap allocations, which need no second look
//	benchmark startup       what one `ctpolicy check` does, step by step
//	benchmark profile       the path without cryptography, for perf
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "eval/evaluation.h"
#include "loglist/bundled.h"
#include "report/report.h"

#define PASSES 9 // of each certificate within a round; their median counts

struct judge judge_new(const struct samples *samples, struct fast *fast)
{
	struct err err;
	err_clear(&err);
	struct judge judge = {.samples = samples};
	judge.context = context_new(fast, &err);
	must(judge.context != NULL, err.text);
	buffer_init(&judge.out, REPORT_MAX);
	return judge;
}

void judge_free(struct judge *judge)
{
	context_free(judge->context);
	buffer_clear(&judge->out);
}

static struct ctp_request request_of(const struct sample *sample, enum form form)
{
	struct ctp_request request = {.time_of_check = TIME_ISSUANCE};
	request.fields[REQUEST_CERTIFICATE] =
		form == FORM_PEM ? sample->leaf_pem : sample->leaf_der;
	request.fields[REQUEST_ISSUER] =
		form == FORM_PEM ? sample->issuer_pem : sample->issuer_der;
	return request;
}

const struct record *judge_one(
	struct judge *judge, size_t index, enum form form, bool write)
{
	struct err err;
	err_clear(&err);
	const struct record *record = NULL;
	struct ctp_request request = request_of(&judge->samples->items[index], form);
	must(evaluate(judge->context, &request, judge->samples->lists, &record, &err),
		err.text);
	if (write) {
		probe_enter(PROBE_WRITE);
		judge->out.len = 0;
		report_json(record, &judge->out);
		probe_leave(PROBE_WRITE);
	}
	return record;
}

static void judge_all(struct judge *judge, enum form form, bool write)
{
	for (size_t i = 0; i < judge->samples->num; i++) {
		(void)judge_one(judge, i, form, write);
	}
}

static size_t num_valid(const struct record *record)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num += record->scts[i].status == STATUS_VALID;
	}
	return num;
}

static size_t num_unknown(const struct record *record)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num += record->scts[i].status == STATUS_UNKNOWN_LOG;
	}
	return num;
}

void say(const char *name, double value)
{
	printf("%s %.6g\n", name, value);
}

static void say_of(const char *prefix, const char *name, double value)
{
	printf("%s.%s %.6g\n", prefix, name, value);
}

// ---- b: evaluate() against OpenSSL's way ----

// Microseconds of CPU a certificate, over all of them.
static double evaluate_us(struct judge *judge, enum probe_mode mode)
{
	probe_set_mode(mode);
	judge_all(judge, FORM_DER, false);
	int64_t before = cpu_ns();
	judge_all(judge, FORM_DER, false);
	int64_t took = cpu_ns() - before;
	probe_set_mode(PROBES_OFF);
	return (double)took / 1e3 / (double)judge->samples->num;
}

static void measure_openssl(
	struct judge *judge, struct openssl_way *way, bool issuer_too, const char *name)
{
	const struct samples *samples = judge->samples;
	int64_t took = 0;
	int64_t validate_ns = 0;
	for (size_t i = 0; i < samples->num; i++) {
		const struct record *record = judge_one(judge, i, FORM_DER, false);
		int64_t before = cpu_ns();
		size_t valid = openssl_way_judge(
			way, &samples->items[i], record->at_ms, issuer_too, &validate_ns);
		took += cpu_ns() - before;
		// OpenSSL was given the logs of every list, the record has those in force.
		must(valid == num_valid(record) + num_unknown(record),
			"OpenSSL finds other SCTs valid");
	}
	say_of(name, "us", (double)took / 1e3 / (double)samples->num);
	say_of(name, "validate_us", (double)validate_ns / 1e3 / (double)samples->num);
}

static void measure_scts(struct judge *judge)
{
	size_t num_scts = 0;
	size_t p256 = 0;
	for (size_t i = 0; i < judge->samples->num; i++) {
		const struct record *record = judge_one(judge, i, FORM_DER, false);
		num_scts += num_valid(record);
		for (size_t k = 0; k < record->num_scts; k++) {
			p256 += record->scts[k].log && is_p256(record->scts[k].log->key);
		}
	}
	say("valid_scts", (double)num_scts);
	say("p256_scts", (double)p256);
}

// ---- c: what is neither hashing nor verifying ----

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int64_t median(int64_t *values)
{
	qsort(values, PASSES, sizeof(*values), by_time);
	return values[PASSES / 2];
}

// times[certificate][probe][pass], from the probes of one mode.
typedef int64_t pass_times[NUM_PROBES][PASSES];

static pass_times *run_passes(
	struct judge *judge, enum probe_mode mode, enum form form, bool write)
{
	double cost = probe_cost_ns();
	size_t num = judge->samples->num;
	pass_times *times = calloc(num, sizeof(*times));
	must(times != NULL, "no memory");
	for (size_t pass = 0; pass < PASSES; pass++) {
		for (size_t i = 0; i < num; i++) {
			int64_t self_ns[NUM_PROBES];
			probe_set_mode(mode);
			probe_begin();
			(void)judge_one(judge, i, form, write);
			int64_t entered = probe_end(self_ns);
			// The instrument's own time; that of nested probes is spread out.
			self_ns[PROBE_REST] -= mode == PROBES_CRYPTO
				? (int64_t)((double)entered * cost)
				: 0;
			for (size_t k = 0; k < NUM_PROBES; k++) {
				times[i][k][pass] = self_ns[k];
			}
		}
	}
	probe_set_mode(PROBES_OFF);
	return times;
}

// The mean over the certificates of the median over the passes, in microseconds.
static double rest_us(struct judge *judge, enum form form, bool write)
{
	pass_times *times = run_passes(judge, PROBES_CRYPTO, form, write);
	int64_t sum = 0;
	for (size_t i = 0; i < judge->samples->num; i++) {
		sum += median(times[i][PROBE_REST]);
	}
	free(times);
	return (double)sum / 1e3 / (double)judge->samples->num;
}

// The same with hashing and verifying taken out altogether, so that no timer is inside and
// the caches are warm: a lower bound.
static double stubbed_us(const struct samples *samples, enum form form, bool write)
{
	struct judge judge =
		judge_new(samples, NULL); // what stubs leave in it is not to be used
	judge_all(&judge, form, write);
	int64_t took[PASSES];
	probe_set_mode(PROBES_STUB);
	for (size_t pass = 0; pass < PASSES; pass++) {
		int64_t before = cpu_ns();
		judge_all(&judge, form, write);
		took[pass] = cpu_ns() - before;
	}
	probe_set_mode(PROBES_OFF);
	judge_free(&judge);
	return (double)median(took) / 1e3 / (double)samples->num;
}

static void measure_parts(struct judge *judge, const char *set)
{
	pass_times *times = run_passes(judge, PROBES_ALL, FORM_PEM, true);
	for (size_t k = 0; k < NUM_PROBES; k++) {
		char name[64];
		int64_t sum = 0;
		for (size_t i = 0; i < judge->samples->num; i++) {
			sum += median(times[i][k]);
		}
		(void)snprintf(name, sizeof(name), "%s.part.%s", set, probe_names[k]);
		say(name, (double)sum / 1e3 / (double)judge->samples->num);
	}
	free(times);
}

static void measure_rest(struct judge *judge, const char *set)
{
	static const struct {
		enum form form;
		bool write;
		const char *name;
	} rows[] = {
		{FORM_DER, false, "der"},
		{FORM_PEM, false, "pem"},
		{FORM_DER, true, "der_json"},
		{FORM_PEM, true, "pem_json"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[64];
		(void)snprintf(name, sizeof(name), "%s.rest.%s", set, rows[i].name);
		say(name, rest_us(judge, rows[i].form, rows[i].write));
		(void)snprintf(name, sizeof(name), "%s.stubbed.%s", set, rows[i].name);
		say(name, stubbed_us(judge->samples, rows[i].form, rows[i].write));
	}
	measure_parts(judge, set);
}

static void run_round(void)
{
	struct samples mixed = samples_mixed();
	struct judge judge = judge_new(&mixed, NULL);
	judge_all(&judge, FORM_DER, false);
	measure_verifications(&judge);
	measure_batches(&judge);
	struct openssl_way *way = openssl_way_new(mixed.lists);
	say("evaluate_us", evaluate_us(&judge, PROBES_OFF));
	measure_openssl(&judge, way, false, "openssl");
	say("evaluate_no_issuer_us", evaluate_us(&judge, PROBES_NO_ISSUER));
	measure_openssl(&judge, way, true, "openssl_issuer");
	openssl_way_free(way);
	measure_scts(&judge);
	say("probe_ns", probe_cost_ns());
	measure_rest(&judge, "mixed");
	say("mixed.num", (double)mixed.num);
	say("real", mixed.real);
	judge_free(&judge);
	struct samples bulk = samples_bulk();
	if (bulk.num) {
		bulk.num = bulk.num < 500 ? bulk.num : 500;
		judge = judge_new(&bulk, NULL);
		judge_all(&judge, FORM_DER, false);
		measure_rest(&judge, "bulk");
		judge_free(&judge);
	}
	say("bulk.num", (double)bulk.num);
}

// ---- d: allocations ----

static bool same_key(const struct sample *a, const struct sample *b)
{
	struct cert x;
	struct cert y;
	struct err err;
	err_clear(&err);
	return bytes_equal(a->issuer_der, b->issuer_der) ||
		(cert_read(a->issuer_der, &x, &err) &&
			cert_read(b->issuer_der, &y, &err) &&
			bytes_equal(x.spki, y.spki));
}

// Issuers whose key the context meets behind the first hundred certificates: it keeps each.
static size_t num_new_issuers(const struct samples *samples)
{
	size_t num = 0;
	for (size_t i = 100; i < samples->num; i++) {
		bool is_new = true;
		for (size_t k = 0; k < i && is_new; k++) {
			is_new = !same_key(&samples->items[k], &samples->items[i]);
		}
		num += is_new;
	}
	return num;
}

static void count_allocations(const struct samples *samples, const char *set)
{
	struct judge judge = judge_new(samples, NULL);
	uint64_t before = probe_allocations();
	uint64_t after_hundred = before;
	for (size_t i = 0; i < samples->num; i++) {
		uint64_t now = probe_allocations();
		after_hundred = i == 100 ? now : after_hundred;
		(void)judge_one(&judge, i, i % 2 ? FORM_PEM : FORM_DER, true);
	}
	say_of(set, "num", (double)samples->num);
	say_of(set, "first_hundred", (double)(after_hundred - before));
	say_of(set, "later", (double)(probe_allocations() - after_hundred));
	say_of(set, "new_issuers", (double)num_new_issuers(samples));
	before = probe_allocations();
	judge_all(&judge, FORM_PEM, true);
	say_of(set, "second_pass", (double)(probe_allocations() - before));
	judge_free(&judge);
}

static void run_allocations(void)
{
	struct samples mixed = samples_mixed();
	struct samples bulk = samples_bulk();
	count_allocations(&mixed, "mixed");
	if (bulk.num > 100) {
		count_allocations(&bulk, "bulk");
	}
}

// ---- e: the steps of a start ----

static void run_startup(void)
{
	struct samples mixed = {.num = 0};
	struct err err;
	err_clear(&err);
	int64_t at[6];
	at[0] = cpu_ns();
	struct digest *digest = digest_new(&err);
	at[1] = cpu_ns();
	mixed.lists = bundled_lists("apple", &err);
	at[2] = cpu_ns();
	struct judge judge = judge_new(&mixed, NULL);
	at[3] = cpu_ns();
	must(digest && mixed.lists, err.text);
	struct samples samples = samples_mixed();
	judge.samples = &samples;
	at[3] = cpu_ns() - at[3];
	int64_t before = cpu_ns();
	(void)judge_one(&judge, 0, FORM_PEM, true);
	at[4] = cpu_ns() - before;
	before = cpu_ns();
	(void)judge_one(&judge, 0, FORM_PEM, true);
	at[5] = cpu_ns() - before;
	say("start.openssl_ms", (double)(at[1] - at[0]) / 1e6);
	say("start.lists_ms", (double)(at[2] - at[1]) / 1e6);
	say("start.first_ms", (double)at[4] / 1e6);
	say("start.second_ms", (double)at[5] / 1e6);
	digest_free(digest);
	judge_free(&judge);
}

// Nothing but what is neither hashing nor verifying, again and again: for perf, callgrind.
static void run_profile(void)
{
	struct samples mixed = samples_mixed();
	struct judge judge = judge_new(&mixed, NULL);
	judge_all(&judge, FORM_PEM, true);
	probe_set_mode(PROBES_STUB);
	for (size_t pass = 0; pass < 400; pass++) {
		judge_all(&judge, FORM_PEM, true);
	}
	probe_set_mode(PROBES_OFF);
	judge_free(&judge);
	samples_clear(&mixed);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} commands[] = {
		{"round", run_round},
		{"allocations", run_allocations},
		{"startup", run_startup},
		{"profile", run_profile},
	};
	for (size_t i = 0; argc == 2 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0) {
			commands[i].run();
			return 0;
		}
	}
	(void)fprintf(stderr, "usage: benchmark round|allocations|startup|profile\n");
	return 2;
}

// SPDX-License-Identifier: Apache-2.0
// Every set that a plan names, issued and judged: engine [DATES [SEED]].
//
// At random times of check the list in force of the bundled history is built again with keys
// of our own. For each set that the plan names there is a certificate with SCTs of these
// logs, and the whole evaluation, signatures and all, has to call it compliant by every
// policy asked for: as the list is, and with each log (or all logs of each operator) of the
// set retired or rejected since, where the plan promised that.
#include <stdio.h>
#include <stdlib.h>

#include "eval/evaluate.h"
#include "eval/plan.h"
#include "loglist/bundled.h"
#include "tests/pki/pki_world.h"

#define MAX_LOGS 256
#define HOUR 3600

enum outcome { RETIRED, REJECTED, NUM_OUTCOMES };

struct bench {
	struct pki_world *world;
	struct pki_key *keys[MAX_LOGS]; // made when they are needed
	struct ctp_lists *history;
	struct ctp_context *context;
	struct arena arena;
	uint64_t random;
	size_t passed, failed;
	// Of the present date.
	struct plan_request request;
	struct pki_log logs[MAX_LOGS];
	char names[MAX_LOGS][2][32];
	size_t num_logs;
	struct ctp_lists *lists;
	// Without that log, or all logs of its operator.
	struct ctp_lists *without[MAX_LOGS][NUM_OUTCOMES][NUM_SURVIVES];
};

// splitmix64, as its author has put it into the public domain.
static uint64_t next_random(struct bench *b)
{
	uint64_t x = b->random += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static int64_t below(struct bench *b, int64_t limit)
{
	return (int64_t)(next_random(b) % (uint64_t)limit);
}

static void need(bool good, const char *what, const struct err *err)
{
	if (!good) {
		printf("FAILED plan-engine: %s: %s\n", what, err ? err->text : "");
		exit(1);
	}
}

static int64_t at_seconds(const struct bench *b)
{
	return b->request.common.at_ms / 1000;
}

static struct ctp_lists *read_list(const struct bench *b)
{
	struct pki_list list = {.version = "1",
		.asset_version = 1,
		.logs = b->logs,
		.num_logs = b->num_logs};
	struct out json = {0};
	struct err err;
	err_clear(&err);
	pki_list_json(&list, &json);
	struct ctp_lists *lists = lists_from_file(bytes_of(json.data, json.len), &err);
	need(lists != NULL, "the list that was made", &err);
	derw_clear(&json);
	return lists;
}

static struct pki_key *key_of(struct bench *b, size_t index)
{
	char label[32];
	if (!b->keys[index]) {
		(void)snprintf(label, sizeof(label), "plan-log-%zu", index);
		b->keys[index] = pki_key_new(PKI_WORLD_SEED, PKI_P256, label);
	}
	return b->keys[index];
}

static void add_log(struct bench *b, const struct loglist *list, const struct ct_log *log,
	const struct log_standing *standing)
{
	size_t index = b->num_logs++;
	int64_t since = standing->since_ms ? standing->since_ms / 1000
					   : at_seconds(b) - 100 * PKI_DAY;
	need(index < MAX_LOGS, "too many logs", NULL);
	(void)snprintf(b->names[index][0], sizeof(b->names[0][0]), "Log %zu", index);
	(void)snprintf(b->names[index][1], sizeof(b->names[0][0]), "log%zu.test", index);
	b->logs[index] = (struct pki_log){
		.key = key_of(b, index),
		.operator_name = list->operators[log->op],
		.description = b->names[index][0],
		.host = b->names[index][1],
		.tiled = log->api == LOG_STATIC,
		.mmd = PKI_DAY,
		.start = log->has_interval ? log->start_ms / 1000 : 0,
		.end = log->has_interval ? log->end_ms / 1000 : 0,
		.state = log_state_name(standing->state),
		.state_since = since,
		.state_version = "1",
		.tree_size = 1,
	};
}

// The list in force, without what is rejected already.
static void build_list(struct bench *b)
{
	enum lists_basis basis;
	int64_t at_ms = b->request.common.at_ms;
	const struct loglist *list = lists_in_force(b->history, NULL, at_ms, &basis);
	b->num_logs = 0;
	for (size_t i = 0; i < list->num_logs; i++) {
		struct log_standing standing =
			lists_standing(&list->logs[i], basis, at_ms);
		if (standing.state != LOG_REJECTED && standing.state != LOG_NO_STATE) {
			add_log(b, list, &list->logs[i], &standing);
		}
	}
	b->lists = read_list(b);
}

static bool is_lost_with(
	const struct bench *b, enum survive kind, size_t log, size_t lost)
{
	return kind == SURVIVE_LOG
		? log == lost
		: strcmp(b->logs[log].operator_name, b->logs[lost].operator_name) == 0;
}

static const struct ctp_lists *lists_without(
	struct bench *b, enum survive kind, size_t lost, enum outcome outcome)
{
	static const char *const states[] = {"retired", "rejected"};
	struct ctp_lists **out = &b->without[lost][outcome][kind];
	struct pki_log before[MAX_LOGS];
	if (*out) {
		return *out;
	}
	memcpy(before, b->logs, sizeof(before));
	for (size_t i = 0; i < b->num_logs; i++) {
		if (is_lost_with(b, kind, i, lost)) {
			b->logs[i].state = states[outcome];
			b->logs[i].state_since = at_seconds(b) - HOUR;
		}
	}
	*out = read_list(b);
	memcpy(b->logs, before, sizeof(before));
	return *out;
}

static void forget_lists(struct bench *b)
{
	lists_unref(b->lists);
	for (size_t i = 0; i < MAX_LOGS; i++) {
		for (size_t k = 0; k < NUM_OUTCOMES * NUM_SURVIVES; k++) {
			lists_unref(b->without[i][k / NUM_SURVIVES][k % NUM_SURVIVES]);
		}
	}
	memset(b->without, 0, sizeof(b->without));
}

static size_t find_log(const struct bench *b, const struct plan_log *log)
{
	size_t i = 0;
	while (i < b->num_logs &&
		memcmp(pki_log_id(&b->logs[i]), log->log->id, LOG_ID_LEN) != 0) {
		i++;
	}
	need(i < b->num_logs, "a set has a log that is in no list", NULL);
	return i;
}

static void issue(struct bench *b, const size_t *set, size_t size, struct out *out)
{
	struct pki_sct_spec scts[PLAN_MAX_SET];
	struct pki_cert_spec leaf = pki_world_leaf(
		b->world, "plan.test", b->request.not_before, b->request.not_after);
	for (size_t i = 0; i < size; i++) {
		scts[i] = (struct pki_sct_spec){.log = &b->logs[set[i]],
			.timestamp_ms = (uint64_t)(at_seconds(b) - 2 * HOUR) * 1000,
			.has_leaf_index = b->logs[set[i]].tiled,
			.leaf_index = 7};
	}
	pki_issue(&leaf, scts, size, out);
}

static void judge(struct bench *b, const struct out *leaf, const struct ctp_lists *lists,
	const char *what)
{
	const struct record *record = NULL;
	struct ctp_request request = b->request.common;
	struct err err;
	bool good = true;
	err_clear(&err);
	request.fields[REQUEST_CERTIFICATE] = bytes_of(leaf->data, leaf->len);
	request.fields[REQUEST_ISSUER] =
		bytes_of(b->world->ca_der.data, b->world->ca_der.len);
	need(evaluate(b->context, &request, lists, &record, &err), "evaluation", &err);
	for (size_t i = 0; i < record->num_policies; i++) {
		good = good && record->policies[i].verdict == VERDICT_COMPLIANT;
	}
	b->passed += good;
	b->failed += !good;
	if (!good && b->failed < 20) {
		printf("FAILED plan-engine: %s: not compliant at %lld, %lld to %lld\n",
			what, (long long)at_seconds(b), (long long)b->request.not_before,
			(long long)b->request.not_after);
	}
}

static void judge_set(struct bench *b, const struct plan_sets *sets, size_t index)
{
	size_t set[PLAN_MAX_SET];
	struct out leaf = {0};
	for (size_t i = 0; i < sets->size; i++) {
		set[i] = find_log(b, sets->named[index][i]);
	}
	issue(b, set, sets->size, &leaf);
	judge(b, &leaf, b->lists, survive_name(sets->survive));
	for (size_t i = 0; i < sets->size && sets->survive != SURVIVE_NONE; i++) {
		judge(b, &leaf, lists_without(b, sets->survive, set[i], RETIRED),
			"after a retirement");
		judge(b, &leaf, lists_without(b, sets->survive, set[i], REJECTED),
			"after a rejection");
	}
	derw_clear(&leaf);
}

static void choose_request(struct bench *b)
{
	static const int64_t lengths[] = {90 * PKI_DAY - 1, 180 * PKI_DAY - 1,
		180 * PKI_DAY, 397 * PKI_DAY, 820 * PKI_DAY, 1180 * PKI_DAY};
	static const char *const policies[] = {"apple", "apple-enforced"};
	struct ctp_request *common = &b->request.common;
	struct err err;
	err_clear(&err);
	int64_t first = pki_seconds("2019-03-01T00:00:00Z");
	int64_t at = first + below(b, pki_seconds("2026-12-01T00:00:00Z") - first);
	b->request = (struct plan_request){.has_not_before = true, .has_not_after = true};
	common->time_of_check = TIME_GIVEN;
	common->at_ms = at * 1000;
	b->request.not_before = at + below(b, 20 * PKI_DAY) - 10 * PKI_DAY;
	b->request.not_after = b->request.not_before +
		(below(b, 2) ? lengths[below(b, 6)] : below(b, 400 * PKI_DAY));
	int64_t which = below(b, 3); // one of them, or both
	for (int64_t i = which < 2 ? which : 0; i < 2 && (i == which || which == 2);
		i++) {
		need(request_add_policy(common, bytes_of_text(policies[i]), &err),
			"policies", &err);
	}
}

static void run_date(struct bench *b)
{
	const struct plan_record *plan = NULL;
	struct err err;
	err_clear(&err);
	arena_reset(&b->arena);
	choose_request(b);
	build_list(b);
	need(plan_make(&b->request, b->lists, &b->arena, &plan, &err), "plan", &err);
	for (size_t kind = 0; kind < NUM_SURVIVES; kind++) {
		for (size_t i = 0; i < plan->sets[kind].num_named; i++) {
			judge_set(b, &plan->sets[kind], i);
		}
	}
	forget_lists(b);
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct err err;
	err_clear(&err);
	long dates = argc > 1 ? strtol(argv[1], NULL, 10) : 100;
	b.random = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	b.world = pki_world_new(PKI_WORLD_SEED);
	b.history = bundled_lists("apple", &err);
	b.context = context_new(NULL, &err);
	need(b.history && b.context, "the bench", &err);
	for (long i = 0; i < dates; i++) {
		run_date(&b);
	}
	context_free(b.context);
	lists_unref(b.history);
	pki_world_free(b.world);
	arena_clear(&b.arena);
	for (size_t i = 0; i < MAX_LOGS; i++) {
		pki_key_free(b.keys[i]);
	}
	printf("plan-engine: %zu passed, %zu failed, 0 skipped\n", b.passed, b.failed);
	return b.failed > 0 || b.passed == 0;
}

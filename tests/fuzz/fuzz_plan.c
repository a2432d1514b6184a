// SPDX-License-Identifier: Apache-2.0
// plan_request_read, plan_make and both reports, on the history in the program.
//
// Property: a request that reads gives the same plan twice, byte for byte. A plan either has
// sets, whose patterns add up to their number and which have logs of the list that take the
// certificate, no log twice; or it says what is lacking, and a nearest notAfter that is not
// the one asked for. What survives more is no smaller. The JSON reads, the text is plain.
#include <jansson.h>

#include "app/plan_request.h"
#include "loglist/bundled.h"
#include "report/report_plan.h"
#include "tests/fuzz/fuzz.h"

static const struct ctp_lists *the_lists(void)
{
	static struct ctp_lists *lists;
	struct err err;
	if (!lists) {
		err_clear(&err);
		lists = bundled_lists("apple", &err);
		fuzz_need_done(lists != NULL, &err, "the lists");
	}
	return lists;
}

static bool read_request(struct bytes in, struct arena *arena, struct plan_request *out)
{
	struct err err;
	err_clear(&err);
	*out = (struct plan_request){
		.common = {.at_ms = INT64_C(1780315200000)}}; // 2026-06-01T12:00:00Z
	if (plan_request_read(in, arena, out, &err)) {
		return true;
	}
	fuzz_need_error(&err, in.len, "plan_request_read");
	fuzz_need(err.code == CODE_BAD_REQUEST || err.code == CODE_UNKNOWN_FIELD ||
			err.code == CODE_BAD_TIME || err.code == CODE_UNKNOWN_POLICY,
		"a request fails with %s", code_info(err.code)->name);
	return false;
}

static const struct plan_record *make(
	const struct plan_request *request, struct arena *arena)
{
	const struct plan_record *plan = NULL;
	struct err err;
	err_clear(&err);
	if (plan_make(request, the_lists(), arena, &plan, &err)) {
		return plan;
	}
	fuzz_need_plain(bytes_of_text(err.text), false, "the error's text");
	fuzz_need(err.code == CODE_BAD_VALIDITY || err.code == CODE_BAD_CERTIFICATE ||
			err.code == CODE_TOO_LARGE || err.code == CODE_LOG_LIST_OF_OTHERS,
		"a plan fails with %s", code_info(err.code)->name);
	return NULL;
}

static void check_set(const struct plan_record *plan, const struct plan_sets *sets,
	const struct plan_log *const *set)
{
	for (size_t i = 0; i < sets->size; i++) {
		fuzz_need(set[i]->standing.state == LOG_USABLE &&
				log_covers(set[i]->log, plan->not_after * 1000),
			"a set has a log that does not take it");
		for (size_t k = 0; k < i; k++) {
			fuzz_need(set[i] != set[k], "a set has a log twice");
		}
	}
}

static void check_sets(const struct plan_record *plan, const struct plan_sets *sets)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < sets->num_patterns; i++) {
		sum += sets->patterns[i].num_sets;
	}
	if (!sets->possible) {
		fuzz_need(sets->size == 0 && sets->num_failures > 0,
			"nothing is lacking, and nothing is possible");
		fuzz_need(!sets->earlier.found ||
				(sets->earlier.not_after < plan->not_after &&
					sets->earlier.not_after >= plan->not_before),
			"an earlier end that is none");
		fuzz_need(!sets->later.found || sets->later.not_after > plan->not_after,
			"a later end that is none");
		return;
	}
	fuzz_need(sets->num_named > 0 && sets->num_named <= sets->num_sets,
		"%zu sets are named", sets->num_named);
	fuzz_need(sets->patterns_cut || sum == sets->num_sets, "patterns and sets");
	for (size_t i = 0; i < sets->num_named; i++) {
		check_set(plan, sets, sets->named[i]);
	}
}

static void check_promises(const struct plan_record *plan)
{
	const struct plan_sets *sets = plan->sets;
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		check_sets(plan, &sets[i]);
		fuzz_need(i == 0 || !sets[i].possible ||
				(sets[i - 1].possible &&
					sets[i - 1].size <= sets[i].size),
			"what survives more is smaller");
	}
}

static void check_forms(const struct plan_record *plan, const struct plan_record *again)
{
	struct report_options options = {.colour = false};
	struct buffer json[2];
	struct buffer text;
	buffer_init(&text, REPORT_PLAN_MAX);
	for (size_t i = 0; i < 2; i++) {
		buffer_init(&json[i], REPORT_PLAN_MAX);
		report_plan_json(i ? again : plan, &json[i]);
	}
	report_plan_text(&options, plan, &text);
	fuzz_need(!text.failed && !json[0].failed && !json[1].failed, "memory");
	fuzz_need(bytes_equal(buffer_bytes(&json[0]), buffer_bytes(&json[1])),
		"the same request, another plan");
	json_t *root = json_loadb(
		(const char *)json[0].data, json[0].len, JSON_REJECT_DUPLICATES, NULL);
	fuzz_need(json_is_object(root), "the plan is no JSON");
	json_decref(root);
	fuzz_need_plain(buffer_bytes(&text), true, "the text");
	buffer_clear(&json[0]);
	buffer_clear(&json[1]);
	buffer_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena arena = {0};
	struct plan_request request;
	const struct plan_record *plan = NULL;
	if (read_request(bytes_of(data, len), &arena, &request)) {
		plan = make(&request, &arena);
	}
	if (plan) {
		check_promises(plan);
		check_forms(plan, make(&request, &arena));
	}
	arena_clear(&arena);
	return 0;
}

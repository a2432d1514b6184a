// SPDX-License-Identifier: Apache-2.0
// The object of POST /v1/plan (schemas/plan.v1.json).
#include "report/report_plan.h"

#include "eval/record.h"
#include "report/json_write.h"
#include "report/report_lists.h"

static void put_certificate(struct json *json, const struct plan_record *plan)
{
	json_put_open(json, "certificate", '{');
	json_put_word(json, "kind", plan->cert ? cert_kind_name(plan->cert->kind) : NULL);
	json_put_time(json, "not_before", plan->not_before * 1000);
	json_put_time(json, "not_after", plan->not_after * 1000);
	json_put_open(json, "lifetime", '{');
	json_put_integer(json, "seconds", plan->lifetime.seconds);
	json_put_integer(json, "days", plan->lifetime.days);
	json_put_integer(json, "months", plan->lifetime.months);
	json_put_bool(json, "months_exact", plan->lifetime.months_exact);
	json_put_close(json, '}');
	json_put_close(json, '}');
}

static void put_shorter(
	struct json *json, const struct plan_record *plan, const struct shorter *shorter)
{
	if (!shorter->row) {
		json_put_null(json, "shorter");
		return;
	}
	json_put_open(json, "shorter", '{');
	json_put_time(json, "not_after", (plan->not_after - shorter->seconds) * 1000);
	json_put_integer(json, "seconds_earlier", shorter->seconds);
	json_put_integer(json, "days", shorter->days);
	json_put_unsigned(json, "scts", shorter->row->scts);
	json_begin_text(json, "message");
	shorter_put(shorter, json->out);
	json_end_text(json);
	json_put_close(json, '}');
}

static void put_policy(struct json *json, const struct plan_record *plan,
	const struct plan_policy *policy)
{
	json_put_open(json, NULL, '{');
	json_put_word(json, "policy", policy->policy->name);
	json_put_bool(json, "applies", policy->num_applies_because == 0);
	json_put_open(json, "applies_because", '[');
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		json_put_word(json, NULL, code_info(policy->applies_because[i])->name);
	}
	json_put_close(json, ']');
	json_begin_text(json, "rule");
	buffer_printf(json->out, "%s/%s", policy->table->name, policy->row->name);
	json_end_text(json);
	json_put_open(json, "required", '{');
	json_put_unsigned(json, "scts", policy->row->scts);
	if (policy->row->cap_per_operator) {
		json_put_unsigned(
			json, "max_per_operator", policy->row->cap_per_operator);
	} else {
		json_put_null(json, "max_per_operator");
	}
	json_put_unsigned(json, "min_operators", policy->min_operators);
	json_put_unsigned(json, "current", policy->current);
	json_put_unsigned(json, "rfc6962", policy->rfc6962);
	json_put_close(json, '}');
	put_shorter(json, plan, &policy->shorter);
	json_put_close(json, '}');
}

// Where not all have it.
static void put_sources(
	struct json *json, const struct plan_record *plan, const struct plan_log *log)
{
	if (!log->lacking) {
		return;
	}
	json_put_open(json, "sources", '[');
	for (size_t i = 0; i <= plan->num_others; i++) {
		const struct plan_list *by = i ? &plan->others[i - 1] : &plan->main_list;
		if (!(log->lacking >> i & 1)) {
			json_put_word(json, NULL, loglist_source(by->list));
		}
	}
	json_put_close(json, ']');
}

static void put_log(
	struct json *json, const struct plan_record *plan, const struct plan_log *log)
{
	json_put_open(json, NULL, '{');
	report_put_log_members(
		json, log->list, log->log, log->standing.state, log->standing.since_ms);
	json_put_bool(json, "state_extrapolated", log->standing.extrapolated);
	json_put_bool(json, "in_sets", log->standing.state == LOG_USABLE);
	json_put_bool(json, "known_to_all_clients", log->known_to_all);
	json_put_known_time(json, "known_to_all_clients_from",
		log->standing.state == LOG_USABLE ? log->known_from_ms : 0);
	json_put_text(json, "submit_to", report_plan_submit_to(log->log));
	put_sources(json, plan, log);
	json_put_close(json, '}');
}

static void put_counts(struct json *json, const struct plan_record *plan)
{
	json_put_open(json, "counts", '{');
	json_put_unsigned(json, "usable", plan->num_usable);
	json_put_unsigned(json, "qualified", plan->num_logs - plan->num_usable);
	json_put_unsigned(json, "operators", plan->num_operators);
	json_put_close(json, '}');
	json_put_open(json, "not_taking", '{');
	json_put_unsigned(json, "outside_temporal_interval", plan->num_outside);
	for (size_t i = 0; i < NUM_LOG_STATES; i++) {
		if (i != LOG_USABLE && i != LOG_QUALIFIED) {
			json_put_unsigned(json, log_state_name((enum log_state)i),
				plan->num_in_state[i]);
		}
	}
	json_put_close(json, '}');
}

static void put_pattern(struct json *json, const struct plan_pattern *pattern)
{
	json_put_open(json, NULL, '{');
	json_put_open(json, "operators", '[');
	for (size_t i = 0; i < pattern->num_parts; i++) {
		json_put_open(json, NULL, '{');
		json_put_unsigned(json, "rfc6962", pattern->parts[i].rfc6962);
		json_put_unsigned(json, "static", pattern->parts[i].tiled);
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
	json_put_unsigned(json, "num_sets", pattern->num_sets);
	json_put_close(json, '}');
}

static void put_set(struct json *json, const struct plan_log *const *set, size_t size)
{
	bool known = true;
	json_put_open(json, NULL, '{');
	json_put_open(json, "log_ids", '[');
	for (size_t i = 0; i < size; i++) {
		json_put_base64(json, NULL, bytes_of(set[i]->log->id, LOG_ID_LEN));
		known = known && set[i]->known_to_all;
	}
	json_put_close(json, ']');
	json_put_open(json, "operators", '[');
	for (size_t i = 0; i < size; i++) {
		json_put_text(json, NULL, set[i]->operator_name);
	}
	json_put_close(json, ']');
	json_put_bool(json, "known_to_all_clients", known);
	json_put_close(json, '}');
}

static void put_failure(struct json *json, const struct plan_failure *failure)
{
	const struct requirement_result *result = &failure->result;
	json_put_open(json, NULL, '{');
	json_put_word(json, "policy", failure->policy->name);
	json_put_word(json, "requirement", result->requirement->name);
	json_put_word(json, "code", code_info(result->requirement->code)->name);
	json_put_unsigned(json, "needed", result->needed);
	json_put_unsigned(json, "possible", result->got);
	json_put_text(json, "lost_operator", failure->lost_operator);
	json_put_word(json, "lost_log_api",
		failure->lost_operator && !failure->lost_all
			? log_api_name(failure->lost_api)
			: NULL);
	json_begin_text(json, "message");
	report_plan_put_failure(json->out, failure);
	json_end_text(json);
	json_put_close(json, '}');
}

static void put_nearest(
	struct json *json, const char *key, const struct plan_nearest *nearest)
{
	if (nearest->found) {
		json_put_time(json, key, nearest->not_after * 1000);
	} else {
		json_put_null(json, key);
	}
}

static void put_possible(struct json *json, const struct plan_sets *sets)
{
	json_put_unsigned(json, "size", sets->size);
	json_put_unsigned(json, "min_operators", sets->min_operators);
	json_put_unsigned(json, "max_operators", sets->max_operators);
	json_put_unsigned(json, "num_sets", sets->num_sets);
	json_put_bool(json, "num_sets_exact", plan_sets_are_all(sets));
	json_put_open(json, "patterns", '[');
	for (size_t i = 0; i < sets->num_patterns; i++) {
		put_pattern(json, &sets->patterns[i]);
	}
	json_put_close(json, ']');
	json_put_bool(json, "patterns_cut", sets->patterns_cut);
	json_put_open(json, "sets", '[');
	for (size_t i = 0; i < sets->num_named; i++) {
		put_set(json, sets->named[i], sets->size);
	}
	json_put_close(json, ']');
	json_put_bool(json, "sets_cut", sets->num_named < sets->num_sets);
}

static void put_impossible(
	struct json *json, const struct plan_record *plan, const struct plan_sets *sets)
{
	json_put_open(json, "failures", '[');
	for (size_t i = 0; i < sets->num_failures; i++) {
		put_failure(json, &sets->failures[i]);
	}
	json_put_close(json, ']');
	json_put_open(json, "nearest", '{');
	put_nearest(json, "earlier_not_after", &sets->earlier);
	put_nearest(json, "later_not_after", &sets->later);
	json_begin_text(json, "message");
	report_plan_put_nearest(json->out, plan, sets);
	json_end_text(json);
	json_put_close(json, '}');
}

static void put_sets(
	struct json *json, const struct plan_record *plan, const struct plan_sets *sets)
{
	json_put_open(json, NULL, '{');
	json_put_word(json, "survive", survive_name(sets->survive));
	json_put_bool(json, "possible", sets->possible);
	if (sets->possible) {
		put_possible(json, sets);
	} else {
		put_impossible(json, plan, sets);
	}
	json_put_close(json, '}');
}

static void put_remarks(struct json *json, const struct plan_record *plan)
{
	enum code codes[PLAN_MAX_REMARKS];
	size_t num = report_plan_remarks(plan, codes);
	json_put_open(json, "findings", '[');
	for (size_t i = 0; i < num; i++) {
		const struct code_info *info = code_info(codes[i]);
		json_put_open(json, NULL, '{');
		json_put_word(json, "code", info->name);
		json_put_word(json, "severity", severity_name(info->severity));
		json_begin_text(json, "message");
		report_plan_put_remark(json->out, plan, codes[i]);
		json_end_text(json);
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
}

void report_plan_json(const struct plan_record *plan, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "schema", "ctpolicy.plan.v1");
	json_put_word(&json, "survive", survive_name(plan->survive));
	json_put_bool(&json, "possible", plan_is_possible(plan));
	json_put_bool(&json, "exempt", plan->is_exempt);
	json_put_time(&json, "evaluated_at", plan->at_ms);
	put_certificate(&json, plan);
	report_put_list_member(&json,
		&(struct lists_view){
			.list = plan->list, .basis = plan->basis, .at_ms = plan->at_ms},
		plan->main_list.age_ms, plan->main_list.stale);
	json_put_open(&json, "policies", '[');
	for (size_t i = 0; i < plan->num_policies; i++) {
		put_policy(&json, plan, &plan->policies[i]);
	}
	json_put_close(&json, ']');
	json_put_open(&json, "plans", '[');
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		put_sets(&json, plan, &plan->sets[i]);
	}
	json_put_close(&json, ']');
	json_put_open(&json, "left_out", '[');
	for (size_t i = 0; i < plan->num_left_out; i++) {
		json_put_word(&json, NULL, plan->left_out[i]->name);
	}
	json_put_close(&json, ']');
	put_counts(&json, plan);
	json_put_open(&json, "logs", '[');
	for (size_t i = 0; i < plan->num_logs; i++) {
		put_log(&json, plan, &plan->logs[i]);
	}
	json_put_close(&json, ']');
	put_remarks(&json, plan);
	json_put_close(&json, '}');
}

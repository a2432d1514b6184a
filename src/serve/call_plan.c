// SPDX-License-Identifier: Apache-2.0
// POST /v1/plan: what a certificate would need, and which logs could give it.
#include "app/plan_request.h"
#include "report/report_plan.h"
#include "serve/evaluation.h"
#include "serve/key_refusal.h"
#include "serve/media.h"
#include "serve/serve.h"

static const char *const plan_types[] = {"application/json", "text/plain", NULL};

// What stands behind the question mark: defaults, which a request in JSON overrides.
static bool read_parameters(struct exchange *x, struct plan_request *out, struct err *err)
{
	struct bytes at = query_value(&x->parameters, "at");
	struct bytes policies = query_value(&x->parameters, "policies");
	struct bytes survive = query_value(&x->parameters, "survive");
	*out = (struct plan_request){
		.common = {.time_of_check = TIME_GIVEN, .at_ms = x->begun_ms}};
	return (!at.data || plan_request_time(at, "at", &out->common.at_ms, err)) &&
		(!policies.data ||
			evaluation_read_policies(policies, &out->common, err)) &&
		(!survive.data || survive_from_name(survive, &out->survive, err));
}

static bool read_request(struct exchange *x, struct plan_request *out, struct err *err)
{
	const char *type = x->headers[HEADER_CONTENT_TYPE];
	struct bytes body;
	if (!read_parameters(x, out, err) || !evaluation_read_body(x, &body, err)) {
		return false;
	}
	if (media_is(type, "application/json")) {
		return plan_request_read(body, &x->arena, out, err);
	}
	out->common.fields[REQUEST_CERTIFICATE] = body;
	return evaluation_check_type(type, body, err);
}

static void put_plan(struct exchange *x, const struct plan_record *plan)
{
	struct report_options options = {.colour = false};
	if (x->wants_text) {
		report_plan_text(&options, plan, &x->answer.body);
	} else {
		report_plan_json(plan, &x->answer.body);
		buffer_put_char(&x->answer.body, '\n');
	}
	x->answer.status = 200;
	x->answer.type = x->wants_text ? "text/plain; charset=utf-8" : plan_types[0];
}

// Read and made in its turn, as evaluations are; there is nothing left to be judged.
bool plan_prepare(struct exchange *x)
{
	struct plan_request request;
	const struct plan_record *plan = NULL;
	struct err err;
	err_clear(&err);
	const char *type = media_choose(x->headers[HEADER_ACCEPT], plan_types);
	if (!type) {
		return answer_fail(x, 406, CODE_NOT_ACCEPTABLE,
			"a plan is application/json or text/plain");
	}
	x->wants_text = type == plan_types[1];
	if (!x->snapshot || !x->snapshot->lists) {
		return answer_unavailable(x, CODE_LOG_LIST_MISSING,
			"there is no log list to plan with; see /readyz");
	}
	if (!read_request(x, &request, &err)) {
		return evaluation_refuse(x, &err, false);
	}
	if (!plan_make(&request, x->snapshot->lists, &x->arena, &plan, &err)) {
		return evaluation_refuse(x, &err, true);
	}
	if (plan->beside_key) {
		return evaluation_refuse_key(x);
	}
	put_plan(x, plan);
	return false;
}

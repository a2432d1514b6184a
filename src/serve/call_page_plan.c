// SPDX-License-Identifier: Apache-2.0
// GET and POST /plan: log sets for a certificate that is not issued yet, by its dates.
#include "app/plan_request.h"
#include "base/datetime.h"
#include "base/text.h"
#include "report/page.h"
#include "serve/evaluation.h"
#include "serve/form.h"
#include "serve/page_frame.h"
#include "serve/serve.h"

#define USUAL_DAYS 90

static struct bytes value_of(
	const struct exchange *x, const struct form *form, const char *name)
{
	struct bytes value = form ? text_trim(form_value(form, name)) : BYTES_NONE;
	return value.len ? value : query_value(&x->parameters, name);
}

// A day, of which `clock` is the moment, or a time as RFC 3339 has it; in seconds.
static bool read_end(struct bytes text, const char *name, const char *clock, int64_t *out,
	struct err *err)
{
	char instant[40];
	int64_t ms = 0;
	if (text.len == 0) {
		return true;
	}
	(void)snprintf(instant, sizeof(instant), "%.*s%s",
		(int)(text.len < 30 ? text.len : 30), (const char *)text.data,
		text.len == 10 ? clock : "");
	if (!plan_request_time(bytes_of_text(instant), name, &ms, err)) {
		return false;
	}
	*out = ms / 1000 - (ms % 1000 < 0);
	return true;
}

static bool read_request(struct exchange *x, const struct form *form,
	struct plan_request *out, struct err *err)
{
	int64_t today = x->begun_ms / DATETIME_DAY_MS * 86400;
	struct bytes survive = value_of(x, form, "survive");
	struct bytes at = value_of(x, form, "at");
	*out = (struct plan_request){
		.common = {.time_of_check = TIME_GIVEN, .at_ms = x->begun_ms},
		.has_not_before = true,
		.has_not_after = true,
		.not_before = today,
		.not_after = today + USUAL_DAYS * 86400 - 1};
	int64_t at_s = x->begun_ms / 1000;
	bool done = read_end(at, "at", "T00:00:00Z", &at_s, err);
	out->common.at_ms = at.len ? at_s * 1000 : x->begun_ms;
	return done &&
		read_end(value_of(x, form, "not_before"), "not_before", "T00:00:00Z",
			&out->not_before, err) &&
		read_end(value_of(x, form, "not_after"), "not_after", "T23:59:59Z",
			&out->not_after, err) &&
		(!survive.len || survive_from_name(survive, &out->survive, err)) &&
		request_add_policy(&out->common, BYTES_LITERAL("apple"), err) &&
		request_add_policy(&out->common, BYTES_LITERAL("apple-enforced"), err);
}

static void answer(struct exchange *x, const struct form *form)
{
	struct plan_request request;
	const struct plan_record *plan = NULL;
	struct err err;
	bool has_tokens = page_has_tokens(x);
	err_clear(&err);
	if (!x->snapshot || !x->snapshot->lists) {
		(void)answer_unavailable(x, CODE_LOG_LIST_MISSING,
			"there is no log list to plan with; see /readyz");
		return;
	}
	if (!read_request(x, form, &request, &err)) {
		(void)answer_problem(x, 400, &err);
		return;
	}
	if (!plan_make(&request, x->snapshot->lists, &x->arena, &plan, &err)) {
		(void)answer_problem(x, evaluation_status(err.code, true), &err);
		return;
	}
	struct page_plan view = {.plan = plan,
		.not_before = request.not_before,
		.not_after = request.not_after,
		.survive = request.survive,
		.hidden = has_tokens ? page_token_field : "",
		.method = has_tokens ? "post" : "get"};
	page_begin_other(x);
	page_put_plan(&view, &x->answer.body);
	page_end(x, 200);
}

void page_plan(struct exchange *x)
{
	if (page_lacks_token(x, BYTES_NONE)) {
		page_ask_for_token(x);
	} else {
		answer(x, NULL);
	}
}

bool page_plan_prepare(struct exchange *x)
{
	const struct form *form = page_read_form(x);
	if (form) {
		answer(x, form);
	}
	return false;
}

// SPDX-License-Identifier: Apache-2.0
// GET and POST /plan: what `ctpolicy plan` says, for people. Times are no secret and may stand in
// the query, so that a plan has an address; a certificate comes in a form alone, and what is taken
// from it are its times, its kind and its purposes.
#include "app/plan_request.h"
#include "base/datetime.h"
#include "base/text.h"
#include "report/page_plan.h"
#include "report/report_plan.h"
#include "serve/evaluation.h"
#include "serve/page_request.h"
#include "serve/serve.h"

// Bytes of an address or a command of ours.
#define MAX_TEXT 4096

struct plan_page {
	struct exchange *x;
	struct form form; // empty where nothing was posted
	struct given given;
	struct page_fields fields;
	struct plan_request request;
	bool has_at;
};

// From the form, or else the query.
static struct bytes value_of(const struct plan_page *page, const char *name)
{
	struct bytes value = text_trim(form_value(&page->form, name));
	return value.len ? value : text_trim(query_value(&page->x->parameters, name));
}

static const char *keep(struct buffer *text, struct arena *arena)
{
	struct bytes out =
		text->failed ? BYTES_NONE : arena_copy(arena, buffer_bytes(text));
	buffer_clear(text);
	return out.data ? (const char *)out.data : "";
}

// A time as RFC 3339 has it, a day, which is its first second, or "now"; empty leaves *out_ms.
static bool read_moment(const struct plan_page *page, const char *name,
	struct bytes value, int64_t *out_ms, struct err *err)
{
	if (value.len == 0) {
		return true;
	}
	if (bytes_equal(value, BYTES_LITERAL("now"))) {
		*out_ms = page->x->begun_ms;
		return true;
	}
	if (plan_request_time(value, name, out_ms, err)) {
		return true;
	}
	return err_add(err, ", or now");
}

// What was written, which the form shows again whatever is wrong with it.
static void read_fields(struct plan_page *page)
{
	page->fields.not_before = value_of(page, "not_before");
	page->fields.not_after = value_of(page, "not_after");
	page->fields.at = value_of(page, "at");
	page->fields.policies = value_of(page, "policies");
	page->fields.survive = value_of(page, "survive");
}

static bool read_times(struct plan_page *page, struct err *err)
{
	struct plan_request *request = &page->request;
	int64_t from_ms = 0;
	int64_t to_ms = 0;
	request->common.time_of_check = TIME_GIVEN;
	request->common.at_ms = page->x->begun_ms;
	struct bytes end = page->fields.not_after;
	bool is_lifetime = plan_request_lifetime(end, &request->lifetime_days);
	if (!read_moment(page, "not_before", page->fields.not_before, &from_ms, err) ||
		(!is_lifetime && !read_moment(page, "not_after", end, &to_ms, err)) ||
		!read_moment(page, "at", page->fields.at, &request->common.at_ms, err)) {
		return false;
	}
	page->has_at = page->fields.at.len > 0;
	request->has_not_before = page->fields.not_before.len > 0;
	request->has_not_after = end.len > 0 && !is_lifetime;
	request->not_before = datetime_floor_seconds(from_ms);
	request->not_after = datetime_floor_seconds(to_ms);
	return true;
}

static bool has_policy(const struct plan_page *page, const char *name)
{
	const struct ctp_request *common = &page->request.common;
	for (size_t i = 0; i < common->num_policies; i++) {
		if (strcmp(common->policies[i]->name, name) == 0) {
			return true;
		}
	}
	return false;
}

// Both models where none is named; the form shows which.
static bool read_conditions(struct plan_page *page, struct err *err)
{
	static const char both[] = "apple,apple-enforced";
	struct bytes policies = page->fields.policies;
	struct bytes survive = page->fields.survive;
	if (!evaluation_read_policies(policies.len ? policies : bytes_of_text(both),
		    &page->request.common, err)) {
		return false;
	}
	page->fields.policies =
		bytes_of_text(page->request.common.num_policies == policy_num() ? "all"
				: !has_policy(page, "apple-enforced")           ? "apple"
				: has_policy(page, "apple")                     ? both
							    : "apple-enforced");
	return survive.len == 0 ||
		survive_from_name(survive, &page->request.survive, err) ||
		err_in_field(err, "survive");
}

// The certificate.

// The first one that is no CA; where there is none, the first.
static void take_leaf(struct plan_page *page)
{
	const struct given *given = &page->given;
	const struct cert *leaf = given->num_certs ? given->certs[0].cert : NULL;
	for (size_t i = given->num_certs; i-- > 0;) {
		leaf = given->certs[i].cert->is_ca ? leaf : given->certs[i].cert;
	}
	if (leaf) {
		page->request.common.fields[REQUEST_CERTIFICATE] = leaf->der;
		page->request.has_not_before = page->request.has_not_after = false;
		page->request.lifetime_days = 0;
	}
}

static bool read_form(struct plan_page *page, struct err *err)
{
	struct exchange *x = page->x;
	struct bytes body;
	if (!x->endpoint->body_types) {
		return true;
	}
	if (!evaluation_decode_body(x, &body, err) ||
		!form_read(x->headers[HEADER_CONTENT_TYPE], body, &x->arena, &page->form,
			err)) {
		return false;
	}
	page->given.arena = &x->arena;
	return given_take_form(&page->given, &page->form, err);
}

// Answers.

static const char *tail_of(const struct plan_page *page)
{
	const struct plan_request *request = &page->request;
	struct buffer text;
	buffer_init(&text, MAX_TEXT);
	buffer_put_text(&text, "policies=");
	buffer_put(&text, page->fields.policies);
	buffer_printf(&text, "&survive=%s", survive_name(request->survive));
	if (page->has_at) {
		char at[DATETIME_ROOM];
		datetime_format_ms(request->common.at_ms, at);
		buffer_printf(&text, "&at=%s", at);
	}
	return keep(&text, &page->x->arena);
}

static const char *link_of(
	const struct plan_page *page, const struct plan_record *plan, const char *tail)
{
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	struct buffer text;
	datetime_format_seconds(plan->not_before, from);
	datetime_format_seconds(plan->not_after, to);
	buffer_init(&text, MAX_TEXT);
	buffer_printf(&text, "/plan?not_before=%s&not_after=%s&%s", from, to, tail);
	return keep(&text, &page->x->arena);
}

// A command that asks for the same plan, in JSON.
static const char *curl_of(const struct plan_page *page, const struct plan_record *plan)
{
	struct buffer text;
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	char at[DATETIME_ROOM];
	datetime_format_seconds(plan->not_before, from);
	datetime_format_seconds(plan->not_after, to);
	datetime_format_ms(plan->at_ms, at);
	buffer_init(&text, MAX_TEXT);
	buffer_printf(&text,
		"curl -H 'Content-Type: application/json' %s\\\n    --data-binary @- "
		"'%s/v1/plan' <<'END'\n{\"not_before\":\"%s\",\"not_after\":\"%s\","
		"\"at\":\"%s\",\n \"policies\":[",
		page_has_tokens(page->x) ? "-H \"Authorization: Bearer $TOKEN\" " : "",
		page_origin(page->x), from, to, at);
	for (size_t i = 0; i < plan->num_policies; i++) {
		buffer_printf(
			&text, "%s\"%s\"", i ? "," : "", plan->policies[i].policy->name);
	}
	buffer_printf(&text, "],\"survive\":\"%s\"}\nEND\n", survive_name(plan->survive));
	return keep(&text, &page->x->arena);
}

// The form alone, with what the address says or else a suggestion.
static bool put_form(struct plan_page *page, bool lacks_token)
{
	struct exchange *x = page->x;
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	int64_t today_ms = x->begun_ms - x->begun_ms % DATETIME_DAY_MS;
	datetime_format_ms(today_ms, from);
	datetime_format_ms(today_ms + PAGE_USUAL_LIFE_MS - 1000, to);
	if (page->fields.not_before.len == 0) {
		page->fields.not_before = bytes_of(from, 10);
	}
	if (page->fields.not_after.len == 0) {
		page->fields.not_after = bytes_of_text(to);
	}
	page_begin_plan(x, &page->fields, NULL);
	if (lacks_token) {
		buffer_put_text(&x->answer.body,
			"<p class=\"note\">This service answers to who has a token: give it "
			"in the field Token.</p>\n");
		x->answer.code = CODE_UNAUTHORIZED;
		x->answer.asks_for_token = true;
	} else {
		page_put_lifetimes(today_ms / 1000, tail_of(page), &x->answer.body);
	}
	page_end(x, lacks_token ? 401 : 200);
	return false;
}

// The form again holds what the plan is about.
static bool put_plan(struct plan_page *page, const struct plan_record *plan)
{
	struct exchange *x = page->x;
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	const char *tail = tail_of(page);
	struct page_plan view = {
		plan, tail, link_of(page, plan, tail), curl_of(page, plan)};
	datetime_format_seconds(plan->not_before, from);
	datetime_format_seconds(plan->not_after, to);
	page->fields.not_before = bytes_of_text(from);
	page->fields.not_after = bytes_of_text(to);
	page_begin_plan(x, &page->fields, NULL);
	page_put_plan(&view, &x->answer.body);
	page_put_unused(&page->given, &x->answer.body);
	page_end(x, 200);
	return false;
}

static bool put_json(struct exchange *x, const struct plan_record *plan)
{
	report_plan_json(plan, &x->answer.body);
	buffer_put_char(&x->answer.body, '\n');
	x->answer.status = 200;
	x->answer.type = "application/json";
	x->answer.file_name = "ctpolicy-plan.json";
	return false;
}

// No certificate in what came, although something did.
static bool refuse_rest(struct plan_page *page)
{
	struct exchange *x = page->x;
	struct buffer *out = &x->answer.body;
	struct err err;
	err_clear(&err);
	bool unread = page->given.has_unread_cert;
	err_set(&err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET, "%s",
		unread ? "the certificate cannot be read"
		       : "no certificate: this is something else");
	err_in_field(&err, "certificate");
	page->fields.certificate = form_value(&page->form, "certificate");
	page_begin_plan(x, &page->fields, &err);
	buffer_put_text(out,
		"<section id=\"verdict\" class=\"verdict bad\" role=\"alert\">\n<p class=\"word\">"
		"<span class=\"sign\" aria-hidden=\"true\"></span>Not planned</p>\n<h2 "
		"tabindex=\"-1\">");
	buffer_put_text(out,
		unread ? "The certificate cannot be read."
		       : "No certificate: this is something else.");
	buffer_put_text(out, "</h2>\n<ul class=\"findings\">\n");
	page_put_faults(&page->given, out);
	buffer_put_text(out, "</ul>\n</section>\n");
	x->answer.code = CODE_BAD_CERTIFICATE;
	page_end(x, 422);
	return false;
}

static bool answer(struct plan_page *page)
{
	struct exchange *x = page->x;
	const struct plan_record *plan = NULL;
	struct err err;
	err_clear(&err);
	if (!x->snapshot || !x->snapshot->lists) {
		return answer_unavailable(x, CODE_LOG_LIST_MISSING,
			"there is no log list to plan with; see /readyz");
	}
	if ((page->given.num_certs == 0 && page->given.num_faults) ||
		given_lacks_leaf(&page->given)) {
		return refuse_rest(page);
	}
	take_leaf(page);
	if (!plan_make(&page->request, x->snapshot->lists, &x->arena, &plan, &err)) {
		return evaluation_refuse(x, &err, true);
	}
	return bytes_equal(form_value(&page->form, "go"), BYTES_LITERAL("json"))
		? put_json(x, plan)
		: put_plan(page, plan);
}

// An address without times is about the form.
static bool is_question(const struct plan_page *page)
{
	return page->x->endpoint->body_types || page->fields.not_before.len ||
		page->fields.not_after.len;
}

bool page_plan_prepare(struct exchange *x)
{
	struct plan_page *page = arena_take(&x->arena, sizeof(*page));
	struct err err;
	err_clear(&err);
	if (!page) {
		return answer_unavailable(x, CODE_OUT_OF_MEMORY, "memory ran out");
	}
	page->x = x;
	if (!read_form(page, &err)) {
		return evaluation_refuse(x, &err, false);
	}
	if (page->given.has_private_key) {
		return evaluation_refuse_key(x);
	}
	read_fields(page);
	x->fields = &page->fields;
	if (!read_times(page, &err) || !read_conditions(page, &err)) {
		return evaluation_refuse(x, &err, false);
	}
	bool lacks_token = page_lacks_token(x, form_value(&page->form, "token"));
	if (lacks_token && x->endpoint->body_types) {
		x->answer.asks_for_token = true;
		return answer_fail(x, 401, CODE_UNAUTHORIZED,
			"This service answers to who has a token: give it in the field "
			"Token.");
	}
	return lacks_token || !is_question(page) ? put_form(page, lacks_token)
						 : answer(page);
}

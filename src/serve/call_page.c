// SPDX-License-Identifier: Apache-2.0
// GET / and POST /: the page. A form in, a page with the verdict out; a script asks for the answer
// alone (?part=answer). The page judges by itself, in its turn, for an answer takes several
// evaluations: one for each leaf, or one for each time at which the verdict may change.
#include "base/datetime.h"
#include "report/html_write.h"
#include "report/page.h"
#include "report/report.h"
#include "serve/evaluation.h"
#include "serve/metrics.h"
#include "serve/page_request.h"
#include "serve/resources.h"
#include "serve/serve.h"

// Times of a certificate's life that are looked at, and signatures that are verified for it: what
// one call may cost.
#define MAX_SPANS 48
#define MAX_SIGNATURES 600
// Rows of a table; each is one evaluation.
#define MAX_LEAVES 100

void page_put_faults(const struct given *given, struct buffer *out)
{
	for (size_t i = 0; i < given->num_faults; i++) {
		const struct given_fault *fault = &given->faults[i];
		buffer_put_text(out, "<li class=\"doubt\"><p>");
		if (fault->name.len) {
			html_put_foreign(out, fault->name);
			buffer_put_text(out, ": ");
		}
		html_put_text(out, fault->text);
		buffer_put_text(out, "</p></li>\n");
	}
	if (given->num_more_faults) {
		buffer_printf(out, "<li class=\"doubt\"><p>And %zu more.</p></li>\n",
			given->num_more_faults);
	}
}

// No certificate in what came.
static bool refuse_rest(struct exchange *x, const struct given *given)
{
	struct buffer *out = &x->answer.body;
	page_begin(x, x->fields);
	buffer_put_text(out,
		"<section id=\"verdict\" class=\"verdict bad\" role=\"alert\">\n<p class=\"word\">"
		"<span class=\"sign\" aria-hidden=\"true\"></span>Not checked</p>\n<h2 "
		"tabindex=\"-1\">");
	if (given->has_unread_cert) {
		buffer_put_text(out, "The certificate cannot be read.");
	} else if (given->num_faults == 1) {
		buffer_put_text(out, "No certificate: this is something else.");
	} else {
		buffer_put_text(out,
			given->num_faults ? "No certificate is among these."
					  : "A certificate is needed.");
	}
	buffer_put_text(out, "</h2>\n<ul class=\"findings\">\n");
	page_put_faults(given, out);
	if (given->num_faults == 0) {
		buffer_put_text(out,
			"<li><p>Paste it in PEM, from -----BEGIN CERTIFICATE----- to "
			"-----END CERTIFICATE-----, or pick its file.</p></li>\n");
	}
	buffer_put_text(out, "</ul>\n</section>\n");
	metrics_not_judged(x->serve->metrics, CODE_BAD_CERTIFICATE);
	x->answer.code = CODE_BAD_CERTIFICATE;
	page_end(x, 422);
	return false;
}

void page_put_unused(const struct given *given, struct buffer *out)
{
	if (given->num_faults == 0 && !given->has_more_certs && !given->has_more_scts) {
		return;
	}
	buffer_put_text(out,
		"<section id=\"unused\">\n<h2>Also given, and not used</h2>\n<ul "
		"class=\"findings\">\n");
	page_put_faults(given, out);
	if (given->has_more_certs) {
		buffer_printf(out,
			"<li class=\"doubt\"><p>More than %d certificates: the rest was not "
			"looked at. An audit of many is what ctpolicy audit is for.</p></li>\n",
			GIVEN_MAX_CERTS);
	}
	if (given->has_more_scts) {
		buffer_printf(out,
			"<li class=\"doubt\"><p>More than %d SCTs in files: the rest was not "
			"looked at.</p></li>\n",
			GIVEN_MAX_SCTS);
	}
	buffer_put_text(out, "</ul>\n</section>\n");
}

// The verdicts over the life.

static bool add_span(struct exchange *x, const struct ctp_request *base, int64_t at_ms,
	int64_t from_ms, struct page_span *out)
{
	struct ctp_request request = *base;
	const struct record *record = NULL;
	struct err err;
	err_clear(&err);
	request.time_of_check = TIME_GIVEN;
	request.at_ms = at_ms;
	if (!evaluate(x->context, &request, x->snapshot->lists, &record, &err)) {
		return false;
	}
	*out = (struct page_span){.from_ms = from_ms, .list = record->list};
	for (size_t i = 0; i < record->num_policies; i++) {
		out->verdicts[i] = record->policies[i].verdict;
		out->applies[i] = record->policies[i].num_applies_because == 0;
	}
	return true;
}

// A certificate's life, and the times in it at which SCTs of servers were signed.
struct life {
	int64_t from_ms, issued_ms, to_ms;
	size_t num_scts;
	int64_t signed_ms[MAX_SPANS];
	size_t num_signed;
};

static void take_earlier(int64_t candidate_ms, int64_t at_ms, bool *any, int64_t *out_ms)
{
	if (candidate_ms > at_ms && (!*any || candidate_ms < *out_ms)) {
		*out_ms = candidate_ms;
		*any = true;
	}
}

// The next time after `at_ms` at which the verdict may change: another list, another rule, another
// SCT.
static bool next_change(
	const struct exchange *x, const struct life *life, int64_t at_ms, int64_t *out_ms)
{
	bool any = lists_next_change(x->snapshot->lists, NULL, at_ms, out_ms);
	for (size_t i = 0; i < policy_num(); i++) {
		const struct policy *policy = policy_at(i);
		for (size_t k = 0; k < policy->num_routes; k++) {
			for (size_t n = 0; n < policy->routes[k].num_requirements; n++) {
				take_earlier(policy->routes[k].requirements[n].from_ms,
					at_ms, &any, out_ms);
			}
		}
	}
	for (size_t i = 0; i < life->num_signed; i++) {
		take_earlier(life->signed_ms[i], at_ms, &any, out_ms);
	}
	return any;
}

// From its issuance on: before its latest embedded SCT was signed, nobody had the certificate.
static struct life life_of(const struct record *record)
{
	struct life out = {.from_ms = record->cert->not_before * 1000,
		.issued_ms = record->cert->not_before * 1000,
		.to_ms = record->cert->not_after * 1000,
		.num_scts = record->num_scts};
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		if (sct->sct.parse != SCT_PARSED || out.to_ms < 0 ||
			sct->sct.timestamp > (uint64_t)out.to_ms) {
			continue;
		}
		int64_t ms = (int64_t)sct->sct.timestamp;
		if (sct->source != SOURCE_EMBEDDED && out.num_signed < MAX_SPANS) {
			out.signed_ms[out.num_signed++] = ms;
		} else if (sct->source == SOURCE_EMBEDDED && ms > out.issued_ms) {
			out.issued_ms = ms;
		}
	}
	return out;
}

static size_t find_spans(struct exchange *x, const struct ctp_request *request,
	const struct life *life, struct page_span out[MAX_SPANS])
{
	size_t num = 0;
	int64_t at_ms = life->issued_ms;
	int64_t from_ms = life->from_ms;
	while (num < MAX_SPANS && at_ms <= life->to_ms &&
		(num + 1) * (life->num_scts + 1) <= MAX_SIGNATURES) {
		if (!add_span(x, request, at_ms, from_ms, &out[num])) {
			return 0;
		}
		num++;
		if (!next_change(x, life, at_ms, &at_ms)) {
			return num;
		}
		from_ms = at_ms;
	}
	return at_ms > life->to_ms ? num : 0;
}

// Answers.

static bool answer_one(struct exchange *x, struct page_request *page, size_t index)
{
	struct ctp_request request;
	struct page_span *spans = arena_take_array(&x->arena, MAX_SPANS, sizeof(*spans));
	const struct record *record = NULL;
	struct err err;
	err_clear(&err);
	if (!spans || !page_request_of(page, index, &request, &err) ||
		!evaluate(x->context, &request, x->snapshot->lists, &record, &err)) {
		return evaluation_refuse(x, &err, true);
	}
	struct life life = life_of(record);
	struct page_answer answer = {.lists = x->snapshot->lists,
		.now_ms = x->begun_ms,
		.spans = spans,
		.num_spans = find_spans(x, &request, &life, spans),
		.curl = page_request_curl(
			page, &request, page_origin(x), page_has_tokens(x))};
	// The record lives until the next evaluation: this one is last.
	if (!evaluate(x->context, &request, x->snapshot->lists, &record, &err)) {
		return evaluation_refuse(x, &err, true);
	}
	metrics_judged(x->serve->metrics, record);
	x->outcome = access_outcome_of(record);
	answer.record = record;
	answer.link = page_request_link(page, &request, record->at_ms);
	page_begin(x, x->fields);
	page_put_answer(&answer, &x->arena, &x->answer.body);
	page_put_unused(&page->given, &x->answer.body);
	page_end(x, 200);
	return false;
}

static void put_row(struct exchange *x, struct page_request *page, size_t index)
{
	struct ctp_request request;
	struct err err;
	struct page_row row = {
		.number = index + 1, .cert = page->leaves[index], .err = &err};
	err_clear(&err);
	if (page_request_of(page, index, &request, &err) &&
		evaluate(x->context, &request, x->snapshot->lists, &row.record, &err)) {
		metrics_judged(x->serve->metrics, row.record);
	} else {
		metrics_not_judged(x->serve->metrics, err.code);
	}
	page_put_row(&row, &x->answer.body);
}

static bool answer_many(struct exchange *x, struct page_request *page)
{
	struct buffer *out = &x->answer.body;
	size_t num = page->num_leaves < MAX_LEAVES ? page->num_leaves : MAX_LEAVES;
	page_begin(x, x->fields);
	page_begin_rows(page->num_leaves, out);
	for (size_t i = 0; i < num; i++) {
		put_row(x, page, i);
	}
	page_end_rows(out);
	if (num < page->num_leaves) {
		buffer_printf(out,
			"<p class=\"note\">The first %zu of them are judged here; ctpolicy audit "
			"takes any number.</p>\n",
			num);
	}
	page_put_unused(&page->given, &x->answer.body);
	page_end(x, 200);
	return false;
}

static bool answer_json(
	struct exchange *x, struct page_request *page, size_t first, size_t num)
{
	for (size_t i = first; i < first + num; i++) {
		struct ctp_request request;
		const struct record *record = NULL;
		struct err err;
		err_clear(&err);
		// The bytes that every other way gives.
		page->base.on_page = false;
		if (!page_request_of(page, i, &request, &err) ||
			!evaluate(x->context, &request, x->snapshot->lists, &record,
				&err)) {
			report_error_json(BYTES_NONE, &err, &x->answer.body);
		} else {
			report_json(record, &x->answer.body);
			metrics_judged(x->serve->metrics, record);
			x->outcome = access_outcome_of(record);
		}
		buffer_put_char(&x->answer.body, '\n');
	}
	x->answer.status = 200;
	x->answer.type = num == 1 ? "application/json" : "application/x-ndjson";
	x->answer.file_name =
		num == 1 ? "ctpolicy-report.json" : "ctpolicy-reports.ndjson";
	return false;
}

// The leaf that was picked from the table; num_leaves: none was.
static size_t picked(const struct page_request *page)
{
	struct bytes text = form_value(&page->form, "pick");
	size_t number = 0;
	for (size_t i = 0; i < text.len && i < 4; i++) {
		if (text.data[i] < '0' || text.data[i] > '9') {
			return page->num_leaves;
		}
		number = number * 10 + (size_t)(text.data[i] - '0');
	}
	return number > 0 && number <= page->num_leaves ? number - 1 : page->num_leaves;
}

static bool answer_page(struct exchange *x, struct page_request *page)
{
	size_t one = page->num_leaves == 1 ? 0 : picked(page);
	if (bytes_equal(form_value(&page->form, "go"), BYTES_LITERAL("json"))) {
		bool all = one == page->num_leaves;
		size_t num =
			page->num_leaves < MAX_LEAVES ? page->num_leaves : MAX_LEAVES;
		return answer_json(x, page, all ? 0 : one, all ? num : 1);
	}
	return one < page->num_leaves ? answer_one(x, page, one) : answer_many(x, page);
}

static bool check_token(struct exchange *x, const struct form *form)
{
	if (!page_lacks_token(x, form_value(form, "token"))) {
		return true;
	}
	x->answer.asks_for_token = true;
	return answer_fail(x, 401, CODE_UNAUTHORIZED,
		"This service answers to who has a token: give it in the field Token.");
}

bool page_prepare(struct exchange *x)
{
	struct page_request *page = arena_take(&x->arena, sizeof(*page));
	struct bytes body;
	struct err err;
	err_clear(&err);
	if (!page) {
		return answer_unavailable(x, CODE_OUT_OF_MEMORY, "memory ran out");
	}
	page->arena = &x->arena;
	if (!evaluation_defaults(x)) {
		return false;
	}
	page->base = x->request;
	page->base.on_page = true;
	if (!evaluation_decode_body(x, &body, &err) ||
		!form_read(x->headers[HEADER_CONTENT_TYPE], body, &x->arena, &page->form,
			&err)) {
		return evaluation_refuse(x, &err, false);
	}
	if (!check_token(x, &page->form)) {
		return false;
	}
	bool done = page_request_read(page, &err);
	if (page->given.has_private_key) {
		return evaluation_refuse_key(x);
	}
	page_request_refill(page);
	x->fields = &page->fields;
	if (!done) {
		return evaluation_refuse(x, &err, false);
	}
	return page->num_leaves ? answer_page(x, page) : refuse_rest(x, &page->given);
}

void page_form(struct exchange *x)
{
	struct page_fields fields = {.at = query_value(&x->parameters, "at"),
		.policies = query_value(&x->parameters, "policies")};
	page_begin(x, &fields);
	page_end(x, 200);
}

void page_file(struct exchange *x)
{
	static const struct {
		struct bytes name;
		const char *type;
	} files[] = {
		{BYTES_LITERAL("page.css"), "text/css; charset=utf-8"},
		{BYTES_LITERAL("page.js"), "text/javascript; charset=utf-8"},
		{BYTES_LITERAL("icon.svg"), "image/svg+xml"},
	};
	size_t skip = strlen(x->endpoint->path);
	struct bytes name = bytes_of(x->path.data + skip, x->path.len - skip);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (bytes_equal(name, files[i].name)) {
			answer_resource(x, name, files[i].type);
			return;
		}
	}
	(void)answer_fail(x, 404, CODE_NOT_FOUND, "no such file");
}

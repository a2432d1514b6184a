// SPDX-License-Identifier: Apache-2.0
// POST /v1/evaluate: one request, one report.
#include "app/input.h"
#include "base/text.h"
#include "report/report.h"
#include "serve/evaluation.h"
#include "serve/gzip.h"
#include "serve/key_refusal.h"
#include "serve/media.h"
#include "serve/metrics.h"
#include "serve/serve.h"
#include "x509/recognize.h"

static const char *const report_types[] = {"application/json", "text/plain", NULL};

bool evaluation_read_policies(struct bytes text, struct ctp_request *out, struct err *err)
{
	for (size_t at = 0; at <= text.len;) {
		const uint8_t *end = memchr(text.data + at, ',', text.len - at);
		size_t len = end ? (size_t)(end - text.data) - at : text.len - at;
		if (!request_add_policy(
			    out, text_trim(bytes_of(text.data + at, len)), err)) {
			return err_in_field(err, "policies");
		}
		at += len + 1;
	}
	return true;
}

static bool read_parameters(struct exchange *x, struct err *err)
{
	struct ctp_request *request = &x->request;
	struct bytes at = query_value(&x->parameters, "at");
	struct bytes policies = query_value(&x->parameters, "policies");
	struct bytes days = query_value(&x->parameters, "client_age_days");
	struct bytes host = query_value(&x->parameters, "hostname");
	struct bytes pins = query_value(&x->parameters, "pins");
	struct bytes root = query_value(&x->parameters, "private_root");
	struct bytes id = query_value(&x->parameters, "id");
	if (id.data) {
		request->fields[REQUEST_ID] =
			input_text_id((const char *)id.data, &x->arena);
		if (!request->fields[REQUEST_ID].data) {
			return err_no_memory(err);
		}
	}
	return (!at.data || request_set_time(request, at, err)) &&
		(!policies.data || evaluation_read_policies(policies, request, err)) &&
		(!days.data || request_set_client_age(request, days, err)) &&
		(!root.data || request_set_private_root(request, root, err)) &&
		(!host.data || request_set_host(request, host, &x->arena, err)) &&
		(!pins.data || request_add_pins_text(request, pins, &x->arena, err));
}

bool evaluation_defaults(struct exchange *x)
{
	struct err err;
	err_clear(&err);
	if (!x->snapshot || !x->snapshot->lists) {
		return answer_unavailable(x, CODE_LOG_LIST_MISSING,
			"there is no log list to judge by; see /readyz");
	}
	x->request = (struct ctp_request){.time_of_check = TIME_GIVEN,
		.at_ms = x->begun_ms,
		.issuers = x->serve->issuers,
		.roots = x->roots,
		.private_root = x->serve->options->values[OPTION_PRIVATE_ROOT] != NULL,
		.refreshed = x->serve->sources.names,
		.num_refreshed = x->serve->refreshes ? x->serve->sources.num : 0};
	return read_parameters(x, &err) ||
		answer_problem(x, err.code == CODE_OUT_OF_MEMORY ? 503 : 400, &err);
}

bool evaluation_decode_body(struct exchange *x, struct bytes *out, struct err *err)
{
	const char *coding = x->headers[HEADER_CONTENT_ENCODING];
	*out = buffer_bytes(&x->body);
	if (!coding || media_is(coding, "identity")) {
		return true;
	}
	if (!gzip_decode(*out, &x->decoded, err)) {
		return false;
	}
	*out = buffer_bytes(&x->decoded);
	return true;
}

// What people send where a body belongs, and do not see that they did.
static bool check_body(struct bytes body, struct err *err)
{
	if (body.len == 0) {
		return err_set(err, CODE_BAD_REQUEST, 0,
			"the body is empty (of curl: is there the file that stands behind the @?)");
	}
	if (body.len > 1 && body.data[0] == 0x1f && body.data[1] == 0x8b) {
		return err_set(err, CODE_BAD_REQUEST, 0,
			"the body is gzip: say so, Content-Encoding: gzip");
	}
	return true;
}

bool evaluation_read_body(struct exchange *x, struct bytes *out, struct err *err)
{
	if (!evaluation_decode_body(x, out, err)) {
		return false;
	}
	*out = text_without_mark(*out); // as check and audit do
	return check_body(*out, err);
}

bool evaluation_check_type(const char *type, struct bytes body, struct err *err)
{
	static const struct bytes mark = {(const uint8_t *)"-----BEGIN ", 11};
	bool is_der = media_is(type, "application/pkix-cert") ||
		media_is(type, "application/x-x509-ca-cert");
	bool is_pem = bytes_find(body, 0, mark) != body.len;
	const char *known = is_der || is_pem ? NULL : recognize(body);
	if (known) {
		return err_set(err, CODE_BAD_REQUEST, 0, "the body looks like %s", known);
	}
	if (is_der && body.data[0] != 0x30) {
		return err_set(err, CODE_BAD_REQUEST, 0,
			"Content-Type says that the body is a certificate in DER, and it is %s",
			is_pem ? "PEM (application/x-pem-file)" : "none");
	}
	if (!is_der && !is_pem) {
		return err_set(err, CODE_BAD_REQUEST, 0,
			"Content-Type says that the body is PEM, and there is no block in it (DER "
			"is application/pkix-cert)");
	}
	return true;
}

static void wipe(struct buffer *buffer)
{
	if (buffer->data) {
		memset(buffer->data, 0, buffer->cap);
	}
	buffer->len = 0;
}

bool evaluation_refuse_key(struct exchange *x)
{
	struct err err;
	err_clear(&err);
	err_set(&err, CODE_PRIVATE_KEY, ERR_NO_OFFSET, "%s", key_refusal_text);
	metrics_not_judged(x->serve->metrics, err.code);
	x->fields = NULL;
	x->request.fields[REQUEST_ID] = BYTES_NONE; // it may be the key
	wipe(&x->body);
	wipe(&x->decoded);
	return answer_problem(x, 422, &err);
}

// What came, without its content coding.
static struct bytes body_of(const struct exchange *x)
{
	return buffer_bytes(x->decoded.len ? &x->decoded : &x->body);
}

static bool read_request(struct exchange *x, struct err *err)
{
	const char *type = x->headers[HEADER_CONTENT_TYPE];
	struct bytes body;
	if (!evaluation_read_body(x, &body, err)) {
		return false;
	}
	if (media_is(type, "application/json")) {
		return input_read_request(body, &x->arena, &x->request, err);
	}
	x->request.fields[REQUEST_CERTIFICATE] = body;
	return evaluation_check_type(type, body, err);
}

unsigned evaluation_status(enum code code, bool was_read)
{
	switch ((int)code) {
	case CODE_OUT_OF_MEMORY:
		return 503;
	case CODE_TOO_LARGE:
		return 413;
	default:
		return was_read ? 422 : 400;
	}
}

bool evaluation_refuse(struct exchange *x, const struct err *err, bool was_read)
{
	unsigned status = evaluation_status(err->code, was_read);
	if (key_refusal_is_due(NULL, body_of(x), &x->arena)) {
		return evaluation_refuse_key(x);
	}
	if (x->endpoint->call == CALL_EVALUATE || x->endpoint->call == CALL_PAGE) {
		metrics_not_judged(
			x->serve->metrics, err->code); // of plans nothing is judged
	}
	if (status == 503) {
		return answer_unavailable(x, err->code, err->text);
	}
	return answer_problem(x, status, err);
}

bool evaluate_prepare(struct exchange *x)
{
	struct err err;
	err_clear(&err);
	const char *type = media_choose(x->headers[HEADER_ACCEPT], report_types);
	if (!type) {
		return answer_fail(x, 406, CODE_NOT_ACCEPTABLE,
			"a report is application/json or text/plain");
	}
	x->wants_text = type == report_types[1];
	if (!evaluation_defaults(x)) {
		return false;
	}
	if (!read_request(x, &err)) {
		return evaluation_refuse(x, &err, false);
	}
	// The report in JSON is that of every other way, byte for byte.
	x->request.on_page = x->request.by_fields = x->wants_text;
	return true;
}

void evaluate_finish(struct exchange *x, const struct evaluated *item)
{
	struct answer *answer = &x->answer;
	if (!item->record) {
		(void)evaluation_refuse(x, &item->err, true);
		return;
	}
	if (key_refusal_is_due(item->record, body_of(x), &x->arena)) {
		(void)evaluation_refuse_key(x);
		return;
	}
	metrics_judged(x->serve->metrics, item->record);
	if (x->wants_text) {
		struct report_options options = {.colour = false};
		report_text(&options, 0, item->record, &answer->body);
	} else {
		report_json(item->record, &answer->body);
		buffer_put_char(&answer->body, '\n');
	}
	answer->status = 200;
	answer->type = x->wants_text ? "text/plain; charset=utf-8" : report_types[0];
	x->outcome = access_outcome_of(item->record);
}

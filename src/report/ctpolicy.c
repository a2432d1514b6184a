// SPDX-License-Identifier: Apache-2.0
// The public functions of include/ctpolicy.h: thin, over the layers below.
#include "ctpolicy.h"

#include "base/datetime.h"
#include "base/text.h"
#include "eval/evaluate.h"
#include "loglist/bundled.h"
#include "report/json_write.h"
#include "report/report.h"
#include "report/report_plan.h"

// The request with what it owns.
struct owned_request {
	struct ctp_request request;
	struct bytes *scts;
	size_t cap_scts;
	struct buffer id; // as JSON
	bool has_client_age;
	size_t num_pin_texts;
	struct arena arena; // the hostname and the pins
};

static struct err err_none(void)
{
	struct err err;
	err_clear(&err);
	return err;
}

static bool give(const struct err *err, struct ctp_error *out)
{
	if (!out) {
		return false;
	}
	// All texts of struct err fit: its arrays are not longer than the public ones.
	(void)snprintf(out->code, sizeof(out->code), "%s", code_info(err->code)->name);
	(void)snprintf(out->field, sizeof(out->field), "%s", err->field);
	(void)snprintf(out->message, sizeof(out->message), "%s", err->text);
	out->offset = err->offset;
	return false;
}

const char *ctp_version(void)
{
	return CTP_VERSION;
}

struct ctp_lists *ctp_lists_bundled(struct ctp_error *error)
{
	struct err err = err_none();
	struct ctp_lists *lists = bundled_lists(NULL, &err);
	if (!lists) {
		give(&err, error);
	}
	return lists;
}

struct ctp_lists *ctp_lists_read(const void *data, size_t len, struct ctp_error *error)
{
	struct err err = err_none();
	struct ctp_lists *lists = lists_from_file(bytes_of(data, len), &err);
	if (!lists) {
		give(&err, error);
	}
	return lists;
}

struct ctp_lists *ctp_lists_join(
	struct ctp_lists *lists, struct ctp_lists *others, struct ctp_error *error)
{
	struct err err = err_none();
	struct ctp_lists *joined = lists_join(lists, others, &err);
	if (!joined) {
		give(&err, error);
	}
	return joined;
}

struct ctp_lists *ctp_lists_ref(struct ctp_lists *lists)
{
	return lists ? lists_ref(lists) : NULL;
}

void ctp_lists_unref(struct ctp_lists *lists)
{
	lists_unref(lists);
}

struct ctp_context *ctp_context_new(const char *verifier, struct ctp_error *error)
{
	struct err err = err_none();
	struct fast *fast = NULL;
	struct ctp_context *context =
		fast_by_name(verifier, &fast, &err) ? context_new(fast, &err) : NULL;
	fast_unref(fast);
	if (!context) {
		give(&err, error);
	}
	return context;
}

struct ctp_context *ctp_context_another(
	const struct ctp_context *context, struct ctp_error *error)
{
	struct err err = err_none();
	struct fast *fast = verifier_fast(context->verifier);
	struct ctp_context *another = context_new(fast, &err);
	fast_unref(fast);
	if (!another) {
		give(&err, error);
	}
	return another;
}

void ctp_context_free(struct ctp_context *context)
{
	context_free(context);
}

struct ctp_request *ctp_request_new(struct ctp_error *error)
{
	struct owned_request *owned = calloc(1, sizeof(*owned));
	if (!owned) {
		struct err err = err_none();
		err_no_memory(&err);
		give(&err, error);
		return NULL;
	}
	buffer_init(&owned->id, REPORT_MAX);
	return &owned->request;
}

static struct owned_request *owner_of(struct ctp_request *request)
{
	return (struct owned_request *)(void *)request;
}

void ctp_request_free(struct ctp_request *request)
{
	if (!request) {
		return;
	}
	struct owned_request *owned = owner_of(request);
	free(owned->scts);
	buffer_clear(&owned->id);
	arena_clear(&owned->arena);
	free(owned);
}

void ctp_request_clear(struct ctp_request *request)
{
	struct owned_request *owned = owner_of(request);
	owned->request = (struct ctp_request){.num_scts = 0};
	owned->has_client_age = false;
	owned->num_pin_texts = 0;
	arena_reset(&owned->arena);
}

static bool set_bytes(struct ctp_request *request, enum request_field field,
	struct bytes value, struct err *err)
{
	static const uint8_t empty[1];
	if (request->fields[field].data) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "given twice");
		return err_in_field(err, request_field_name(field));
	}
	request->fields[field] = value.data ? value : bytes_of(empty, 0);
	return true;
}

static bool add_sct(struct owned_request *owned, struct bytes value, struct err *err)
{
	struct ctp_request *request = &owned->request;
	if (request->num_scts == SCT_MAX) {
		err_set(err, CODE_TOO_MANY_SCTS, ERR_NO_OFFSET,
			"more than %d SCTs; that is the limit for one certificate",
			SCT_MAX);
		return err_in_field(err, "scts");
	}
	if (request->num_scts == owned->cap_scts) {
		size_t cap = owned->cap_scts ? 2 * owned->cap_scts : 16;
		struct bytes *scts = realloc(owned->scts, cap * sizeof(*scts));
		if (!scts) {
			return err_no_memory(err);
		}
		owned->scts = scts;
		owned->cap_scts = cap;
	}
	owned->scts[request->num_scts++] = value;
	request->scts = owned->scts;
	return true;
}

static bool set_id(struct owned_request *owned, struct bytes value, struct err *err)
{
	struct buffer safe;
	if (owned->request.fields[REQUEST_ID].data) {
		return set_bytes(&owned->request, REQUEST_ID, value, err); // twice
	}
	owned->id.len = 0;
	owned->id.failed = false;
	buffer_init(&safe, REPORT_MAX);
	text_put_escaped(&safe, value);
	struct json json = json_init(&owned->id);
	json_put_bytes(&json, NULL, buffer_bytes(&safe));
	bool failed = safe.failed || owned->id.failed;
	buffer_clear(&safe);
	if (failed) {
		return err_no_memory(err);
	}
	return set_bytes(&owned->request, REQUEST_ID, buffer_bytes(&owned->id), err);
}

static bool set_time(struct ctp_request *request, struct bytes value, struct err *err)
{
	if (request->time_of_check != TIME_NOT_GIVEN) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "given twice");
		return err_in_field(err, "at");
	}
	return request_set_time(request, value, err);
}

static bool set_client_age(
	struct owned_request *owned, struct bytes value, struct err *err)
{
	if (owned->has_client_age) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "given twice");
		return err_in_field(err, "client_age_days");
	}
	owned->has_client_age = request_set_client_age(&owned->request, value, err);
	return owned->has_client_age;
}

static bool set_host(struct owned_request *owned, struct bytes value, struct err *err)
{
	if (owned->request.host) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "given twice");
		return err_in_field(err, "hostname");
	}
	return request_set_host(&owned->request, value, &owned->arena, err);
}

static bool add_pin(struct owned_request *owned, struct bytes value, struct err *err)
{
	if (!request_add_pins(
		    &owned->request, value, owned->num_pin_texts, &owned->arena, err)) {
		return false;
	}
	owned->num_pin_texts++;
	return true;
}

static bool set(struct ctp_request *request, enum ctp_field field, struct bytes value,
	struct err *err)
{
	switch (field) {
	case CTP_CERTIFICATE:
		return set_bytes(request, REQUEST_CERTIFICATE, value, err);
	case CTP_ISSUER:
		return set_bytes(request, REQUEST_ISSUER, value, err);
	case CTP_ISSUER_KEY_SHA256:
		return set_bytes(request, REQUEST_ISSUER_KEY_SHA256, value, err);
	case CTP_SCT:
		return add_sct(owner_of(request), value, err);
	case CTP_TLS_SCTS:
		return set_bytes(request, REQUEST_TLS_SCTS, value, err);
	case CTP_OCSP:
		return set_bytes(request, REQUEST_OCSP, value, err);
	case CTP_PRECERTIFICATE:
		return set_bytes(request, REQUEST_PRECERTIFICATE, value, err);
	case CTP_AT:
		return set_time(request, value, err);
	case CTP_POLICY:
		return request_add_policy(request, value, err) ||
			err_in_field(err, "policies");
	case CTP_ID:
		return set_id(owner_of(request), value, err);
	case CTP_CLIENT_AGE_DAYS:
		return set_client_age(owner_of(request), value, err);
	case CTP_HOSTNAME:
		return set_host(owner_of(request), value, err);
	case CTP_PIN:
		return add_pin(owner_of(request), value, err);
	}
	return err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "no such field");
}

bool ctp_request_set(struct ctp_request *request, enum ctp_field field, const void *data,
	size_t len, struct ctp_error *error)
{
	struct err err = err_none();
	return set(request, field, bytes_of(data, len), &err) || give(&err, error);
}

// Roots are a pool of issuers, behind an opaque name.
static struct issuers *pool_of(struct ctp_roots *roots)
{
	return (struct issuers *)(void *)roots;
}

struct ctp_roots *ctp_roots_read(const void *data, size_t len, struct ctp_error *error)
{
	struct err err = err_none();
	struct issuers *pool = issuers_new(&err);
	if (!pool || !issuers_add(pool, bytes_of(data, len), &err)) {
		issuers_unref(pool);
		give(&err, error);
		return NULL;
	}
	issuers_freeze(pool);
	return (struct ctp_roots *)(void *)pool;
}

struct ctp_roots *ctp_roots_ref(struct ctp_roots *roots)
{
	(void)issuers_ref(pool_of(roots));
	return roots;
}

void ctp_roots_unref(struct ctp_roots *roots)
{
	issuers_unref(pool_of(roots));
}

void ctp_request_set_roots(struct ctp_request *request, const struct ctp_roots *roots)
{
	request->roots = (const struct issuers *)(const void *)roots;
}

void ctp_request_set_private_root(struct ctp_request *request, bool is_private)
{
	request->private_root = is_private;
}

// The public evaluation is the record itself, behind an opaque name.
static const struct record *record_of(const struct ctp_evaluation *evaluation)
{
	return (const struct record *)(const void *)evaluation;
}

bool ctp_evaluate(struct ctp_context *context, const struct ctp_request *request,
	struct ctp_lists *lists, const struct ctp_evaluation **evaluation,
	struct ctp_error *error)
{
	struct err err = err_none();
	const struct record *record = NULL;
	if (!evaluate(context, request, lists, &record, &err)) {
		return give(&err, error);
	}
	*evaluation = (const struct ctp_evaluation *)(const void *)record;
	return true;
}

enum ctp_result ctp_evaluation_result(const struct ctp_evaluation *evaluation)
{
	switch (record_of(evaluation)->result) {
	case RESULT_PASS:
		return CTP_PASS;
	case RESULT_FAIL:
		return CTP_FAIL;
	case RESULT_UNKNOWN:
		break;
	}
	return CTP_UNKNOWN;
}

bool ctp_evaluation_verdict(const struct ctp_evaluation *evaluation, const char *policy,
	enum ctp_verdict *verdict, bool *applies)
{
	static const enum ctp_verdict verdicts[] = {
		[VERDICT_COMPLIANT] = CTP_COMPLIANT,
		[VERDICT_NON_COMPLIANT] = CTP_NON_COMPLIANT,
		[VERDICT_INDETERMINATE] = CTP_INDETERMINATE,
	};
	const struct record *record = record_of(evaluation);
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *found = &record->policies[i];
		if (strcmp(found->result.policy->name, policy) != 0) {
			continue;
		}
		*verdict = verdicts[found->verdict];
		if (applies) {
			*applies = found->num_applies_because == 0;
		}
		return true;
	}
	return false;
}

static char *give_text(struct buffer *out, size_t *len)
{
	buffer_put_char(out, '\0');
	if (out->failed) {
		buffer_clear(out);
		return NULL;
	}
	if (len) {
		*len = out->len - 1;
	}
	return (char *)out->data;
}

char *ctp_evaluation_print(
	const struct ctp_evaluation *evaluation, enum ctp_format format, size_t *len)
{
	struct buffer out;
	buffer_init(&out, REPORT_MAX);
	struct report_options options = {.colour = false};
	if (format == CTP_TEXT) {
		report_text(&options, 0, record_of(evaluation), &out);
	} else {
		report_json(record_of(evaluation), &out);
	}
	return give_text(&out, len);
}

// Plans.

static bool read_end(
	const char *text, const char *field, bool *out_has, int64_t *out, struct err *err)
{
	int64_t ms = 0;
	if (!text) {
		return true;
	}
	if (!datetime_parse_rfc3339(bytes_of_text(text), false, &ms)) {
		err_set(err, CODE_BAD_TIME, ERR_NO_OFFSET,
			"not a time: write 2026-11-01T12:00:00Z (RFC 3339, with a zone)");
		return err_in_field(err, field);
	}
	*out_has = true;
	*out = datetime_floor_seconds(ms);
	return true;
}

static bool fill_plan(const struct ctp_request *request, const char *not_before,
	const char *not_after, enum ctp_survive survive, struct plan_request *out,
	struct err *err)
{
	static const enum survive promises[] = {
		[CTP_SURVIVE_NONE] = SURVIVE_NONE,
		[CTP_SURVIVE_LOG] = SURVIVE_LOG,
		[CTP_SURVIVE_OPERATOR] = SURVIVE_OPERATOR,
	};
	if ((size_t)survive >= sizeof(promises) / sizeof(promises[0])) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "no such promise");
		return err_in_field(err, "survive");
	}
	*out = (struct plan_request){.common = *request, .survive = promises[survive]};
	if (request->time_of_check != TIME_GIVEN) {
		err_set(err, CODE_NO_TIME, ERR_NO_OFFSET,
			"a plan needs a time of check, and that is no issuance");
		return err_in_field(err, "at");
	}
	return read_end(not_before, "not_before", &out->has_not_before, &out->not_before,
		       err) &&
		read_end(not_after, "not_after", &out->has_not_after, &out->not_after,
			err);
}

// The public plan is the record itself, as an evaluation is.
static const struct plan_record *plan_of(const struct ctp_plan *plan)
{
	return (const struct plan_record *)(const void *)plan;
}

bool ctp_plan_make(struct ctp_context *context, const struct ctp_request *request,
	const char *not_before, const char *not_after, enum ctp_survive survive,
	struct ctp_lists *lists, const struct ctp_plan **plan, struct ctp_error *error)
{
	struct err err = err_none();
	struct plan_request asked;
	const struct plan_record *record = NULL;
	arena_reset(&context->arena);
	if (!fill_plan(request, not_before, not_after, survive, &asked, &err) ||
		!plan_make(&asked, lists, &context->arena, &record, &err)) {
		return give(&err, error);
	}
	*plan = (const struct ctp_plan *)(const void *)record;
	return true;
}

bool ctp_plan_possible(const struct ctp_plan *plan)
{
	return plan_is_possible(plan_of(plan));
}

char *ctp_plan_print(const struct ctp_plan *plan, enum ctp_format format, size_t *len)
{
	struct buffer out;
	buffer_init(&out, REPORT_PLAN_MAX);
	struct report_options options = {.colour = false};
	if (format == CTP_TEXT) {
		report_plan_text(&options, plan_of(plan), &out);
	} else {
		report_plan_json(plan_of(plan), &out);
	}
	return give_text(&out, len);
}

void ctp_free(void *memory)
{
	free(memory);
}

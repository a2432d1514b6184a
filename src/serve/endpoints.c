// SPDX-License-Identifier: Apache-2.0
#include "serve/endpoints.h"

static const char *const none[] = {NULL};
static const char *const of_source[] = {"source", "at", NULL};
static const char *const selection[] = {
	"source", "state", "operator", "covers", "at", NULL};
const char *const evaluate_parameters[] = {"at", "policies", "client_age_days",
	"hostname", "pins", "private_root", "id", NULL};
static const char *const plan_parameters[] = {"at", "policies", "survive", NULL};

// A chain in PEM has several names, a certificate in DER two.
static const char *const evaluate_types[] = {"application/json", "application/x-pem-file",
	"application/pem-certificate-chain", "application/pkix-cert",
	"application/x-x509-ca-cert", NULL};
static const char *const form_types[] = {
	"multipart/form-data", "application/x-www-form-urlencoded", NULL};
static const char *const page_parameters[] = {"at", "policies", NULL};
static const char *const answer_parameters[] = {"at", "policies", "part", NULL};
static const char *const plan_page_parameters[] = {
	"not_before", "not_after", "at", "policies", "survive", "part", NULL};
static const char *const lists_parameters[] = {"source", "at", "day", "from", "to", NULL};
static const char *const batch_types[] = {
	"application/x-ndjson", "application/ndjson", "application/jsonl", NULL};

#define READING "GET, HEAD"

static const struct endpoint endpoints[] = {
	{CALL_EVALUATE, "/v1/evaluate", "POST", ACCESS_TOKEN, false, evaluate_parameters,
		evaluate_types, .prepare = evaluate_prepare, .finish = evaluate_finish},
	{CALL_BATCH, "/v1/evaluate/batch", "POST", ACCESS_TOKEN, false,
		evaluate_parameters, batch_types, .begin = batch_begin},
	{CALL_PLAN, "/v1/plan", "POST", ACCESS_TOKEN, false, plan_parameters,
		evaluate_types, .prepare = plan_prepare},
	{CALL_LOG_LIST, "/v1/log-list", READING, ACCESS_TOKEN, false, of_source, NULL,
		.answer = answer_log_list},
	{CALL_LOGS, "/v1/logs", READING, ACCESS_TOKEN, false, selection, NULL,
		.answer = answer_logs},
	{CALL_LOG, "/v1/logs/", READING, ACCESS_TOKEN, false, of_source, NULL,
		.answer = answer_log},
	{CALL_REFRESH, "/v1/log-list/refresh", "POST", ACCESS_ADMIN, false, none, NULL,
		.answer = answer_refresh},
	{CALL_LIVEZ, "/livez", READING, ACCESS_OPEN, false, none, NULL,
		.answer = answer_livez},
	{CALL_READYZ, "/readyz", READING, ACCESS_OPEN, false, none, NULL,
		.answer = answer_readyz},
	{CALL_METRICS, "/metrics", READING, ACCESS_OPEN, false, none, NULL,
		.answer = answer_metrics},
	{CALL_VERSION, "/version", READING, ACCESS_OPEN, false, none, NULL,
		.answer = answer_version},
	{CALL_OPENAPI, "/openapi.json", READING, ACCESS_OPEN, false, none, NULL,
		.answer = answer_openapi},
	{CALL_SCHEMA, "/schema/", READING, ACCESS_OPEN, false, none, NULL,
		.answer = answer_schema},
	{CALL_PAGE, "/", READING, ACCESS_OPEN, true, page_parameters, NULL,
		.answer = page_form},
	{CALL_PAGE, "/", "POST", ACCESS_FORM, true, answer_parameters, form_types,
		.prepare = page_prepare},
	{CALL_PAGE_PLAN, "/plan", READING, ACCESS_FORM, true, plan_page_parameters, NULL,
		.prepare = page_plan_prepare},
	{CALL_PAGE_PLAN, "/plan", "POST", ACCESS_FORM, true, plan_page_parameters,
		form_types, .prepare = page_plan_prepare},
	{CALL_PAGE_LISTS, "/lists", READING, ACCESS_FORM, true, lists_parameters, NULL,
		.answer = page_lists},
	{CALL_PAGE_LISTS, "/lists", "POST", ACCESS_FORM, true, lists_parameters,
		form_types, .prepare = page_lists_prepare},
	{CALL_PAGE_FILE, "/page/", READING, ACCESS_OPEN, true, none, NULL,
		.answer = page_file},
};

static bool is_of(const struct endpoint *endpoint, struct bytes path)
{
	size_t len = strlen(endpoint->path);
	if (len > 1 && endpoint->path[len - 1] == '/') {
		return path.len > len && memcmp(path.data, endpoint->path, len) == 0;
	}
	return bytes_equal(path, bytes_of_text(endpoint->path));
}

const struct endpoint *endpoints_find(struct bytes path, const char *method)
{
	const struct endpoint *first = NULL;
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
		if (!is_of(&endpoints[i], path)) {
			continue;
		}
		if (method && endpoint_allows(&endpoints[i], method)) {
			return &endpoints[i];
		}
		first = first ? first : &endpoints[i];
	}
	return first;
}

const char *endpoint_methods(const struct endpoint *endpoint)
{
	// A page answers to whom reads it, and to whom sends its form.
	return endpoint->is_page && endpoint->call != CALL_PAGE_FILE ? "GET, HEAD, POST"
								     : endpoint->allow;
}

bool endpoint_allows(const struct endpoint *endpoint, const char *method)
{
	const char *at_word = endpoint->allow;
	size_t len = strlen(method);
	for (; *at_word; at_word += strspn(at_word, ", ")) {
		size_t word = strcspn(at_word, ",");
		if (word == len && memcmp(at_word, method, len) == 0) {
			return true;
		}
		at_word += word;
	}
	return false;
}

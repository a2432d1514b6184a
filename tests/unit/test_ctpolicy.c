// SPDX-License-Identifier: Apache-2.0
// The public header's functions, as a user of the library calls them: in the wrong order,
// twice, with nothing.
#include "ctpolicy.h"

#include "tests/unit/eval_build.h"

void test_ctpolicy(void);

static bool set_text(struct ctp_request *request, enum ctp_field field, const char *text)
{
	struct ctp_error error = {0};
	return ctp_request_set(request, field, text, strlen(text), &error);
}

static bool set_cert(struct eval_bench *b, struct ctp_request *request, struct out *leaf)
{
	struct ctp_error error = {0};
	return ctp_request_set(request, CTP_CERTIFICATE, leaf->data, leaf->len, &error) &&
		ctp_request_set(request, CTP_ISSUER, b->world->ca_der.data,
			b->world->ca_der.len, &error) &&
		set_text(request, CTP_AT, "2026-06-15T00:00:00Z");
}

// Every field but SCTs and policies is set once; what was there stays.
static void test_twice(struct eval_bench *b, struct out *leaf)
{
	static const enum ctp_field once[] = {CTP_CERTIFICATE, CTP_ISSUER,
		CTP_ISSUER_KEY_SHA256, CTP_TLS_SCTS, CTP_OCSP, CTP_AT, CTP_ID,
		CTP_PRECERTIFICATE};
	struct ctp_error error = {0};
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		struct ctp_request *request = ctp_request_new(&error);
		const char *text = "2026-06-15T00:00:00Z";
		CHECK(set_text(request, once[i], text), "field %d", once[i]);
		CHECK(!ctp_request_set(request, once[i], text, strlen(text), &error),
			"field %d twice", once[i]);
		CHECK_TEXT(error.code, "bad_request", "field %d twice", once[i]);
		ctp_request_clear(request);
		CHECK(set_text(request, once[i], text), "field %d again", once[i]);
		ctp_request_free(request);
	}
	struct ctp_request *request = ctp_request_new(&error);
	const struct ctp_evaluation *evaluation = NULL;
	char id[5000];
	memset(id, 'a', sizeof(id));
	CHECK(set_cert(b, request, leaf) && set_text(request, CTP_ID, "mine"), "set");
	CHECK(!ctp_request_set(request, CTP_ID, id, sizeof(id), &error), "a long one");
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	char *report = ctp_evaluation_print(evaluation, CTP_JSON, NULL);
	CHECK(report && strstr(report, "\"id\":\"mine\""), "the first one stays");
	ctp_free(report);
	ctp_request_free(request);
}

static void test_long_id(void)
{
	struct ctp_error error = {0};
	struct ctp_request *request = ctp_request_new(&error);
	size_t len = (size_t)64 * 1024 * 1024;
	char *id = calloc(1, len);
	CHECK(id && !ctp_request_set(request, CTP_ID, id, len, &error), "a huge id");
	CHECK(set_text(request, CTP_ID, "short"), "and then another");
	ctp_request_clear(request);
	CHECK(set_text(request, CTP_ID, "short"), "and another");
	ctp_request_free(request);
	free(id);
}

static void test_client_age(struct eval_bench *b, struct out *leaf)
{
	struct ctp_error error = {0};
	struct ctp_request *request = ctp_request_new(&error);
	const struct ctp_evaluation *evaluation = NULL;
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(!ctp_request_set(request, CTP_CLIENT_AGE_DAYS, "4000", 4, &error), "4000");
	CHECK_TEXT(error.field, "client_age_days", "%s", error.message);
	CHECK(set_text(request, CTP_CLIENT_AGE_DAYS, "60"), "60");
	CHECK(!ctp_request_set(request, CTP_CLIENT_AGE_DAYS, "0", 1, &error), "twice");
	CHECK_TEXT(error.message, "given twice", "twice");
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	char *report = ctp_evaluation_print(evaluation, CTP_JSON, NULL);
	CHECK(report && strstr(report, "\"client_lists\":{\"client_age_days\":60,"),
		"reported");
	ctp_free(report);
	ctp_request_clear(request);
	CHECK(set_text(request, CTP_CLIENT_AGE_DAYS, "0"), "again");
	ctp_request_free(request);
}

static void test_held(struct eval_bench *b, struct out *leaf)
{
	struct ctp_error error = {0};
	struct ctp_request *request = ctp_request_new(&error);
	const struct ctp_evaluation *evaluation = NULL;
	static const char zeros[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(!ctp_request_set(request, CTP_HOSTNAME, "a\0b", 3, &error), "a NUL");
	CHECK_TEXT(error.code, "bad_hostname", "%s", error.message);
	CHECK_TEXT(error.field, "hostname", "%s", error.message);
	CHECK(set_text(request, CTP_HOSTNAME, "no.example"), "a name");
	CHECK(!ctp_request_set(request, CTP_HOSTNAME, "x", 1, &error), "twice");
	CHECK_TEXT(error.message, "given twice", "twice");
	CHECK(set_text(request, CTP_PIN, zeros), "a pin");
	CHECK(!ctp_request_set(request, CTP_PIN, "AAAA", 4, &error), "no pin");
	CHECK_TEXT(error.field, "pins[1]", "%s", error.message);
	CHECK_TEXT(error.code, "bad_pin", "%s", error.message);
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	CHECK_INT(ctp_evaluation_result(evaluation), CTP_FAIL, "neither matches");
	char *report = ctp_evaluation_print(evaluation, CTP_JSON, NULL);
	CHECK(report &&
			strstr(report,
				"\"hostname\":{\"name\":\"no.example\",\"matches\":false,"
				"\"matched_by\":null},\"pins\":{\"matches\":false,"),
		"reported");
	ctp_free(report);
	ctp_request_clear(request);
	// As of a request in JSON, curl's form is a pin like any other, and all of them are one set.
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(set_text(request, CTP_PIN,
		      "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
		"curl's form");
	CHECK(set_text(request, CTP_PIN,
		      "sha256//ERERERERERERERERERERERERERERERERERERERERERE="),
		"again");
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	report = ctp_evaluation_print(evaluation, CTP_JSON, NULL);
	CHECK(report && strstr(report, "\"any\":[0,1],\"leaf\":[],"),
		"one set of any key");
	ctp_free(report);
	ctp_request_clear(request);
	// The text of a file may be gone by the time of the evaluation.
	char file[] = "<domain-config><domain>o.example</domain><pin-set><pin "
		      "digest=\"SHA-256\">AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
		      "</pin></pin-set></domain-config>";
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(set_text(request, CTP_PIN, file), "a file of pins");
	memset(file, 'x', sizeof(file) - 1);
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	CHECK_INT(ctp_evaluation_result(evaluation), CTP_FAIL, "no name, so it is held");
	report = ctp_evaluation_print(evaluation, CTP_JSON, NULL);
	CHECK(report && strstr(report, "\"domains\":[{\"name\":\"o.example\","),
		"its domain");
	ctp_free(report);
	ctp_request_clear(request);
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	CHECK_INT(ctp_evaluation_result(evaluation), CTP_PASS, "neither is asked about");
	ctp_request_free(request);
}

static void test_policies(struct eval_bench *b, struct out *leaf)
{
	struct ctp_error error = {0};
	const struct ctp_evaluation *evaluation = NULL;
	struct ctp_request *request = ctp_request_new(&error);
	enum ctp_verdict verdict = CTP_INDETERMINATE;
	bool applies = false;
	CHECK(!ctp_request_set(request, CTP_POLICY, "apple\0junk", 10, &error),
		"a name with a NUL");
	CHECK_TEXT(error.code, "unknown_policy", "a name with a NUL");
	CHECK(!ctp_request_set(request, CTP_POLICY, NULL, 0, NULL), "no error wanted");
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(set_text(request, CTP_POLICY, "apple-enforced"), "one");
	CHECK(set_text(request, CTP_POLICY, "apple-enforced"), "the same again");
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	CHECK_INT(ctp_evaluation_result(evaluation), CTP_PASS, "result");
	CHECK(ctp_evaluation_verdict(evaluation, "apple-enforced", &verdict, &applies),
		"asked for");
	CHECK(verdict == CTP_COMPLIANT && applies, "the verdict");
	CHECK(!ctp_evaluation_verdict(evaluation, "apple", &verdict, &applies),
		"not asked for");
	size_t len = 0;
	char *text = ctp_evaluation_print(evaluation, CTP_TEXT, &len);
	CHECK(text && strlen(text) == len && strncmp(text, "PASS", 4) == 0, "as text");
	ctp_free(text);
	ctp_request_free(request);
}

// Policies of several sources, one of which the caller has a list of.
static void test_joined_lists(struct eval_bench *b, struct out *leaf)
{
	struct ctp_error error = {0};
	struct ctp_lists *bundled = ctp_lists_bundled(&error);
	struct ctp_lists *joined = ctp_lists_join(b->lists, bundled, &error);
	struct ctp_request *request = ctp_request_new(&error);
	const struct ctp_evaluation *evaluation = NULL;
	enum ctp_verdict verdict = CTP_INDETERMINATE;
	CHECK(joined, "%s", error.message);
	ctp_lists_unref(bundled); // the joined set keeps what it needs
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(set_text(request, CTP_POLICY, "all"), "set");
	CHECK(ctp_evaluate(b->context, request, joined, &evaluation, &error), "%s",
		error.message);
	CHECK(ctp_evaluation_verdict(evaluation, "apple", &verdict, NULL), "asked for");
	CHECK_INT(verdict, CTP_COMPLIANT, "by the caller's list");
	CHECK(ctp_evaluation_verdict(evaluation, "chrome", &verdict, NULL), "asked for");
	CHECK_INT(verdict, CTP_INDETERMINATE, "Chrome's list is of later");
	char *report = ctp_evaluation_print(evaluation, CTP_JSON, NULL);
	CHECK(report && !strstr(report, "no_list_of_source"), "but there is one");
	ctp_free(report);
	CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error), "%s",
		error.message);
	report = ctp_evaluation_print(evaluation, CTP_JSON, NULL);
	CHECK(report && strstr(report, "no_list_of_source"), "else there is none");
	ctp_free(report);
	ctp_request_clear(request);
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(set_text(request, CTP_POLICY, "chrome"), "set");
	CHECK(!ctp_evaluate(b->context, request, b->lists, &evaluation, &error),
		"nothing to judge by");
	CHECK_TEXT(error.code, "log_list_of_others", "%s", error.message);
	ctp_lists_unref(joined);
	ctp_request_free(request);
}

// What hangs on the root is decided by what the caller says of it.
static void test_roots(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, (int64_t)400 * 86400);
	struct out leaf = {0};
	struct ctp_error error = {0};
	struct ctp_request *request = ctp_request_new(&error);
	const struct ctp_evaluation *evaluation = NULL;
	enum ctp_verdict verdict = CTP_COMPLIANT;
	bool applies = true;
	eval_issue(b, &spec, "Ar Bt", &leaf);
	struct ctp_roots *roots =
		ctp_roots_read(b->world->ca_der.data, b->world->ca_der.len, &error);
	CHECK(roots && ctp_roots_ref(roots) == roots, "%s", error.message);
	ctp_roots_unref(roots);
	static const struct {
		const char *name;
		bool roots, is_private;
		enum ctp_verdict want;
		bool want_scts;
	} cases[] = {
		{"not known", false, false, CTP_INDETERMINATE, true},
		{"of the system", true, false, CTP_NON_COMPLIANT, true},
		{"added", false, true, CTP_COMPLIANT, false},
		{"not known again", false, false, CTP_INDETERMINATE, true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ctp_request_clear(request);
		CHECK(set_cert(b, request, &leaf), "set");
		CHECK(set_text(request, CTP_POLICY, "apple-tls"), "set");
		CHECK(set_text(request, CTP_POLICY, "apple"), "set");
		if (cases[i].roots) {
			ctp_request_set_roots(request, roots);
		}
		if (cases[i].is_private) {
			ctp_request_set_private_root(request, true);
		}
		CHECK(ctp_evaluate(b->context, request, b->lists, &evaluation, &error),
			"%s", error.message);
		CHECK(ctp_evaluation_verdict(evaluation, "apple-tls", &verdict, NULL),
			"asked for");
		CHECK_INT(verdict, cases[i].want, "%s", cases[i].name);
		CHECK(ctp_evaluation_verdict(evaluation, "apple", &verdict, &applies),
			"asked for");
		CHECK_INT(applies, cases[i].want_scts, "%s", cases[i].name);
	}
	CHECK(!ctp_roots_read("none", 4, &error), "no certificate");
	CHECK_TEXT(error.code, "bad_certificate", "no certificate");
	CHECK(!ctp_roots_read("", 0, NULL), "no error wanted");
	ctp_roots_unref(NULL);
	ctp_roots_unref(roots);
	ctp_request_free(request);
	derw_clear(&leaf);
}

static void test_nothing(struct eval_bench *b)
{
	struct ctp_error error = {0};
	const struct ctp_evaluation *evaluation = NULL;
	struct ctp_request *request = ctp_request_new(&error);
	CHECK(!ctp_evaluate(b->context, request, b->lists, &evaluation, &error),
		"an empty request");
	CHECK_TEXT(error.field, "certificate", "an empty request");
	CHECK(set_text(request, CTP_CERTIFICATE, ""), "an empty certificate");
	CHECK(!ctp_evaluate(b->context, request, b->lists, &evaluation, &error),
		"an empty certificate");
	CHECK_TEXT(error.code, "bad_certificate", "an empty certificate");
	CHECK(!evaluation, "nothing is given");
	ctp_request_free(request);
	ctp_request_free(NULL);
	ctp_context_free(NULL);
	ctp_lists_unref(NULL);
	ctp_free(NULL);
	CHECK(!ctp_lists_read("", 0, &error), "an empty list");
	CHECK(error.code[0], "an empty list");
	CHECK(!ctp_lists_read("[]", 2, NULL), "no error wanted");
	CHECK(!ctp_context_new("slow", &error), "an unknown verifier");
	CHECK(ctp_version()[0], "a version");
}

static bool plan_fails(struct eval_bench *b, const struct ctp_request *request,
	const char *not_before, const char *not_after, const char *code)
{
	struct ctp_error error = {0};
	const struct ctp_plan *plan = NULL;
	return !ctp_plan_make(b->context, request, not_before, not_after, CTP_SURVIVE_LOG,
		       b->lists, &plan, &error) &&
		!plan && strcmp(error.code, code) == 0;
}

// No set of logs takes it, and none is needed: the library says what the plan says.
static void test_plan_without_need(
	struct eval_bench *b, const struct ctp_request *request)
{
	struct ctp_error error = {0};
	const struct ctp_plan *plan = NULL;
	CHECK(ctp_plan_make(b->context, request, "2018-01-01T00:00:00Z",
		      "2018-06-01T00:00:00Z", CTP_SURVIVE_NONE, b->lists, &plan, &error),
		"%s", error.message);
	char *json = ctp_plan_print(plan, CTP_JSON, NULL);
	CHECK(json && strstr(json, "\"possible\":true"), "is exempt");
	CHECK(json && strstr(json, "\"possible\":false"), "no sets");
	CHECK(ctp_plan_possible(plan), "none is needed");
	ctp_free(json);
}

static void test_plan_of(struct eval_bench *b, struct out *leaf)
{
	struct ctp_error error = {0};
	const struct ctp_plan *plan = NULL;
	struct ctp_request *request = ctp_request_new(&error);
	const char *from = "2026-06-15T00:00:00Z";
	CHECK(plan_fails(b, request, from, from, "no_time"), "no time of check");
	CHECK(set_text(request, CTP_AT, from), "set");
	CHECK(plan_fails(b, request, NULL, from, "bad_validity"), "no notBefore");
	CHECK(plan_fails(b, request, from, "2026-06-16", "bad_time"), "a day");
	CHECK(plan_fails(b, request, from, "2026-06-14T00:00:00Z", "bad_validity"),
		"reversed");
	CHECK(ctp_plan_make(b->context, request, from, "2026-08-15T00:00:00.9Z",
		      CTP_SURVIVE_OPERATOR, b->lists, &plan, &error),
		"%s", error.message);
	CHECK(ctp_plan_possible(plan), "by its times");
	test_plan_without_need(b, request);
	ctp_request_clear(request);
	CHECK(set_cert(b, request, leaf), "set");
	CHECK(ctp_plan_make(b->context, request, NULL, NULL, CTP_SURVIVE_NONE, b->lists,
		      &plan, &error),
		"%s", error.message);
	size_t len = 0;
	char *json = ctp_plan_print(plan, CTP_JSON, &len);
	char *text = ctp_plan_print(plan, CTP_TEXT, NULL);
	CHECK(json && strlen(json) == len && strstr(json, "ctpolicy.plan.v1"), "as JSON");
	CHECK(text && strncmp(text, "PLAN: 2 SCTs", 12) == 0, "as text");
	ctp_free(json);
	ctp_free(text);
	CHECK(!ctp_plan_make(b->context, request, NULL, NULL, (enum ctp_survive)3,
		      b->lists, &plan, &error),
		"no such promise");
	CHECK_TEXT(error.code, "bad_request", "no such promise");
	ctp_request_free(request);
}

void test_ctpolicy(void)
{
	struct eval_bench *b = eval_bench_new();
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	test_twice(b, &leaf);
	test_long_id();
	test_policies(b, &leaf);
	test_client_age(b, &leaf);
	test_held(b, &leaf);
	test_plan_of(b, &leaf);
	test_roots(b);
	test_joined_lists(b, &leaf);
	test_nothing(b);
	derw_clear(&leaf);
	eval_bench_free(b);
}

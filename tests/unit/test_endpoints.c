// SPDX-License-Identifier: Apache-2.0
#include "serve/endpoints.h"

#include "tests/unit/test.h"

void test_endpoints(void);

// The table alone is looked at: what it points to is not called.
#define ANSWER(name)                           \
	void answer_##name(struct exchange *x) \
	{                                      \
		(void)x;                       \
	}
ANSWER(log_list)
ANSWER(logs)
ANSWER(log)
ANSWER(refresh)
ANSWER(livez)
ANSWER(readyz)
ANSWER(metrics)
ANSWER(version)
ANSWER(openapi)
ANSWER(schema)
#undef ANSWER
#define PAGE(name)                    \
	void name(struct exchange *x) \
	{                             \
		(void)x;              \
	}
PAGE(page_form)
PAGE(page_lists)
PAGE(page_file)
#undef PAGE

void page_problem(struct exchange *x, unsigned status, const struct err *err);
void page_problem(struct exchange *x, unsigned status, const struct err *err)
{
	(void)x;
	(void)status;
	(void)err;
}

bool page_prepare(struct exchange *x)
{
	return x != NULL;
}

bool page_plan_prepare(struct exchange *x)
{
	return x != NULL;
}

bool page_lists_prepare(struct exchange *x)
{
	return x != NULL;
}

bool evaluate_prepare(struct exchange *x)
{
	return x != NULL;
}

void evaluate_finish(struct exchange *x, const struct evaluated *item)
{
	(void)x;
	(void)item;
}

bool plan_prepare(struct exchange *x)
{
	(void)x;
	return false;
}

bool batch_begin(struct exchange *x)
{
	return x != NULL;
}

static void test_paths(void)
{
	static const struct {
		const char *path;
		enum call want; // CALL_OTHER: there is none
	} cases[] = {
		{"/v1/evaluate", CALL_EVALUATE},
		{"/v1/evaluate/batch", CALL_BATCH},
		{"/v1/plan", CALL_PLAN},
		{"/v1/log-list", CALL_LOG_LIST},
		{"/v1/log-list/refresh", CALL_REFRESH},
		{"/v1/logs", CALL_LOGS},
		{"/v1/logs/x", CALL_LOG},
		{"/v1/logs/a/b+c==", CALL_LOG}, // base64 has slashes
		{"/v1/logs//", CALL_LOG},
		{"/livez", CALL_LIVEZ},
		{"/readyz", CALL_READYZ},
		{"/metrics", CALL_METRICS},
		{"/version", CALL_VERSION},
		{"/openapi.json", CALL_OPENAPI},
		{"/schema/report.v1.json", CALL_SCHEMA},
		{"", CALL_OTHER},
		{"/", CALL_PAGE},
		{"/plan", CALL_PAGE_PLAN},
		{"/plan/", CALL_OTHER},
		{"/lists", CALL_PAGE_LISTS},
		{"/lists/", CALL_OTHER},
		{"/page/page.css", CALL_PAGE_FILE},
		{"/page/", CALL_OTHER},
		{"/page", CALL_OTHER},
		{"*", CALL_OTHER},
		{"//livez", CALL_OTHER},
		{"livez", CALL_OTHER},
		{"/Livez", CALL_OTHER},
		{"/live", CALL_OTHER},
		{"/livezz", CALL_OTHER},
		{"/livez/", CALL_OTHER},
		{"/v1", CALL_OTHER},
		{"/v1/evaluate/", CALL_OTHER},
		{"/v1/evaluate/batch/", CALL_OTHER},
		{"/v1/logs/", CALL_OTHER}, // a name is missing
		{"/schema/", CALL_OTHER},
		{"/schema", CALL_OTHER},
		{"/v1/../livez", CALL_OTHER},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct endpoint *got =
			endpoints_find(bytes_of_text(cases[i].path), NULL);
		CHECK_INT(got ? got->call : CALL_OTHER, cases[i].want, "'%s'",
			cases[i].path);
	}
	CHECK(!endpoints_find(BYTES_NONE, NULL), "no path");
	CHECK(!endpoints_find(BYTES_LITERAL("/livez\0"), NULL), "a NUL behind it");
	CHECK(!endpoints_find(BYTES_LITERAL("/livez\0x"), NULL), "a NUL in it");
}

static void test_methods(void)
{
	static const struct {
		const char *path, *method;
		bool want;
	} cases[] = {
		{"/v1/evaluate", "POST", true},
		{"/v1/evaluate", "GET", false},
		{"/v1/evaluate", "HEAD", false},
		{"/v1/evaluate/batch", "POST", true},
		{"/v1/log-list/refresh", "POST", true},
		{"/v1/log-list/refresh", "GET", false},
		{"/v1/logs", "GET", true},
		{"/v1/logs", "HEAD", true},
		{"/v1/logs", "POST", false},
		{"/v1/logs", "get", false},
		{"/v1/logs", "", false},
		{"/v1/logs", "GE", false},
		{"/v1/logs", "GETS", false},
		{"/v1/logs", "GET, HEAD", false},
		{"/v1/logs", ", HEAD", false},
		{"/v1/logs", "OPTIONS", false},
		{"/", "GET", true},
		{"/", "HEAD", true},
		{"/", "POST", true},
		{"/", "PUT", false},
		{"/plan", "GET", true},
		{"/plan", "HEAD", true},
		{"/plan", "POST", true},
		{"/plan", "PUT", false},
		{"/lists", "POST", true},
		{"/page/page.js", "POST", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct endpoint *endpoint =
			endpoints_find(bytes_of_text(cases[i].path), cases[i].method);
		CHECK(endpoint &&
				endpoint_allows(endpoint, cases[i].method) ==
					cases[i].want,
			"%s %s", cases[i].method, cases[i].path);
	}
}

// What holds for every row.
static void check_row(const char *path, const char *method, enum access want_access)
{
	const struct endpoint *e = endpoints_find(bytes_of_text(path), method);
	if (!CHECK(e != NULL, "%s", path)) {
		return;
	}
	bool posts = endpoint_allows(e, "POST");
	int ways = (e->answer != NULL) + (e->prepare != NULL) + (e->begin != NULL);
	CHECK_INT(ways, 1, "%s: one way to answer", path);
	CHECK(e->prepare || !e->finish, "%s: what is finished was prepared", path);
	CHECK_INT(e->access, want_access, "%s", path);
	CHECK(e->parameters != NULL, "%s", path);
	CHECK(!e->body_types || posts, "%s: a body, by POST alone", path);
	CHECK_INT(endpoint_allows(e, "GET"), !posts, "%s", path);
	CHECK_INT(endpoint_allows(e, "HEAD"), !posts, "%s: as GET", path);
	CHECK(strncmp(path, "/v1/", 4) == 0 || e->access == ACCESS_OPEN ||
			e->access == ACCESS_FORM,
		"%s", path);
}

static void test_rows(void)
{
	static const struct {
		const char *path;
		enum access want;
		const char *method; // NULL: the only one
	} rows[] = {
		{"/v1/evaluate", ACCESS_TOKEN, NULL},
		{"/v1/evaluate/batch", ACCESS_TOKEN, NULL},
		{"/v1/plan", ACCESS_TOKEN, NULL},
		{"/v1/log-list", ACCESS_TOKEN, NULL},
		{"/v1/log-list/refresh", ACCESS_ADMIN, NULL},
		{"/v1/logs", ACCESS_TOKEN, NULL},
		{"/v1/logs/x", ACCESS_TOKEN, NULL},
		{"/livez", ACCESS_OPEN, NULL},
		{"/readyz", ACCESS_OPEN, NULL},
		{"/metrics", ACCESS_OPEN, NULL},
		{"/version", ACCESS_OPEN, NULL},
		{"/openapi.json", ACCESS_OPEN, NULL},
		{"/schema/x", ACCESS_OPEN, NULL},
		{"/", ACCESS_OPEN, "GET"},
		{"/", ACCESS_FORM, "POST"},
		{"/plan", ACCESS_FORM, "GET"},
		{"/plan", ACCESS_FORM, "POST"},
		{"/lists", ACCESS_FORM, "GET"},
		{"/lists", ACCESS_FORM, "POST"},
		{"/page/x", ACCESS_OPEN, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(rows[i].path, rows[i].method, rows[i].want);
	}
	// Three of them have a row for each method.
	CHECK_INT(sizeof(rows) / sizeof(rows[0]), CALL_OTHER + 3, "every call");
}

void test_endpoints(void)
{
	test_paths();
	test_methods();
	test_rows();
}

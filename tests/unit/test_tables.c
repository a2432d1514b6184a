// SPDX-License-Identifier: Apache-2.0
// Every policy table is sound, and an invented one runs through the same engine.
#include "base/datetime.h"
#include "eval/request.h"
#include "loglist/bundled.h"
#include "tests/unit/facts_build.h"

void test_tables(void);

#define MAX_SCTS_ASKED 10

static bool is_stable_name(const char *name)
{
	size_t len = name ? strlen(name) : 0;
	return len > 0 && len < 32 &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static bool is_text(const char *text)
{
	return text && strlen(text) > 2;
}

// Tables cover all of time, each second once.
static void check_windows(const struct policy *policy)
{
	CHECK(policy->num_tables >= 1 && policy->num_tables <= POLICY_MAX_TABLES,
		"%s: tables", policy->name);
	CHECK_INT(policy->tables[0].from, INT64_MIN, "%s: from the beginning",
		policy->name);
	for (size_t i = 0; i < policy->num_tables; i++) {
		const struct lifetime_table *table = &policy->tables[i];
		bool last = i + 1 == policy->num_tables;
		CHECK(table->from < table->until, "%s/%s: a window", policy->name,
			table->name);
		CHECK_INT(table->until, last ? INT64_MAX : policy->tables[i + 1].from,
			"%s/%s: neither gap nor overlap", policy->name, table->name);
		CHECK(is_stable_name(table->name), "%s: a table's name", policy->name);
		CHECK(is_text(table->source), "%s/%s: a source", policy->name,
			table->name);
	}
}

// Where a bound counts what a smaller limit of another bound counts too, only order helps:
// limits ascend, and so do the SCTs asked for.
static size_t check_rows(const char *policy, const struct lifetime_table *table)
{
	size_t num = 0;
	while (num < LIFETIME_MAX_ROWS && table->rows[num].bound != LIFETIME_ANY) {
		num++;
	}
	CHECK(num < LIFETIME_MAX_ROWS, "%s/%s: ends in a row for any lifetime", policy,
		table->name);
	for (size_t i = 0; i <= num && num < LIFETIME_MAX_ROWS; i++) {
		const struct lifetime_row *row = &table->rows[i];
		CHECK(is_stable_name(row->name), "%s/%s: row %zu", policy, table->name,
			i);
		CHECK(row->scts <= MAX_SCTS_ASKED, "%s: SCTs", row->name);
		CHECK((row->remark == CODE_NONE) == (row->remark_beyond_days == 0),
			"%s: a remark has its days", row->name);
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(row->name, table->rows[k].name) != 0, "%s twice",
				row->name);
			CHECK(row->bound == LIFETIME_ANY ||
					row->limit > table->rows[k].limit,
				"%s: in ascending order", row->name);
			CHECK(row->scts >= table->rows[k].scts, "%s: longer asks no less",
				row->name);
		}
	}
	for (size_t i = num + 1; i < LIFETIME_MAX_ROWS; i++) {
		CHECK(!table->rows[i].name, "%s/%s: nothing behind it", policy,
			table->name);
	}
	return num;
}

static void check_requirement(const struct policy *policy, const struct requirement *r)
{
	const char *name = r->name ? r->name : "(unnamed)";
	CHECK(is_stable_name(r->name), "%s/%s: a name", policy->name, name);
	CHECK(is_text(r->text), "%s/%s: a text", policy->name, name);
	CHECK(is_text(r->source), "%s/%s: a source", policy->name, name);
	CHECK(r->code > CODE_NONE && r->code < NUM_CODES, "%s/%s: a code", policy->name,
		name);
	if (requirement_counts_scts(r)) {
		CHECK(r->sources && !(r->sources & ~7U), "%s/%s: sources", policy->name,
			name);
		CHECK(r->approvals && !(r->approvals & ~6U), "%s/%s: approvals",
			policy->name, name);
		CHECK(!r->at_most && !r->is_advice && !r->system_roots_only &&
				r->subject == SUBJECT_LEAF,
			"%s/%s: counts SCTs", policy->name, name);
	} else {
		CHECK(!r->sources && !r->approvals && !r->by_lifetime &&
				!r->rfc6962_only && !r->once_before_retirement,
			"%s/%s: measures the certificate", policy->name, name);
	}
	CHECK(r->by_lifetime != (r->needed > 0), "%s/%s: one number", policy->name, name);
	CHECK(r->from_ms < r->until_ms, "%s/%s: a window", policy->name, name);
}

static void check_route(const struct policy *policy, const struct route *route)
{
	CHECK(is_stable_name(route->name) && is_text(route->text), "%s: a route",
		policy->name);
	CHECK(route->num_requirements >= 1 &&
			route->num_requirements <= ROUTE_MAX_REQUIREMENTS,
		"%s/%s: requirements", policy->name, route->name);
	for (size_t i = 0; i < route->num_requirements; i++) {
		check_requirement(policy, &route->requirements[i]);
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(route->requirements[i].name,
				      route->requirements[k].name) != 0,
				"%s/%s: %s twice", policy->name, route->name,
				route->requirements[i].name);
		}
	}
	const struct requirement *counting = &route->requirements[0];
	CHECK(counting->from_ms == INT64_MIN && counting->until_ms == INT64_MAX,
		"%s/%s: what counts always counts", policy->name, route->name);
}

static void check_policy(const struct policy *policy)
{
	CHECK(is_stable_name(policy->name), "a policy's name");
	CHECK(is_text(policy->title) && is_text(policy->text) && is_text(policy->source),
		"%s: title, text and source", policy->name);
	check_windows(policy);
	for (size_t i = 0; i < policy->num_tables && i < POLICY_MAX_TABLES; i++) {
		(void)check_rows(policy->name, &policy->tables[i]);
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(policy->tables[i].name, policy->tables[k].name) != 0,
				"%s: table %s twice", policy->name,
				policy->tables[i].name);
		}
	}
	CHECK(policy->num_routes >= 1 && policy->num_routes <= POLICY_MAX_ROUTES,
		"%s: routes", policy->name);
	for (size_t i = 0; i < policy->num_routes && i < POLICY_MAX_ROUTES; i++) {
		check_route(policy, &policy->routes[i]);
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(policy->routes[i].name, policy->routes[k].name) != 0,
				"%s: route %s twice", policy->name,
				policy->routes[i].name);
		}
	}
}

// How long clients use a list of a source: the policies' shortest, which every source has.
static void check_list_off(void)
{
	static const struct {
		const char *source;
		int64_t want_ms;
	} cases[] = {{"apple", INT64_C(5184000000)}, {"chrome", INT64_C(6048000000)},
		{"mozilla", INT64_C(6048000001)}};
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		CHECK(policy_list_off_ms(source_names[i]) < 100 * DATETIME_DAY_MS,
			"%s: a policy is about its lists", source_names[i]);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *source = cases[i].source;
		CHECK_INT(policy_list_off_ms(source), cases[i].want_ms, "%s", source);
		CHECK(!policy_list_is_stale(source, cases[i].want_ms - 1), "%s: before",
			source);
		CHECK(policy_list_is_stale(source, cases[i].want_ms), "%s: stale",
			source);
	}
	CHECK(!policy_list_is_stale("v3", 10000 * DATETIME_DAY_MS), "nobody's");
}

static void test_all_policies(void)
{
	CHECK(policy_num() <= REQUEST_MAX_POLICIES, "a request has room for all");
	CHECK_TEXT(policy_default()->name, "apple", "the default");
	CHECK_TEXT(policy_default()->list, SOURCE_MAIN, "by the main lists");
	check_list_off();
	CHECK(!policy_find("nobody"), "no such policy");
	CHECK(!policy_find(""), "no name");
	CHECK(!policy_find("all"), "\"all\" is no policy's name");
	for (size_t i = 0; i < policy_num(); i++) {
		check_policy(policy_at(i));
		const struct requirement *first =
			&policy_at(i)->routes[0].requirements[0];
		CHECK(policy_counts_scts(policy_at(i)) == (policy_at(i)->list != NULL),
			"%s: SCTs are of a list's logs", policy_at(i)->name);
		CHECK(!requirement_counts_scts(first) ||
				first->sources == SOURCE_EMBEDDED,
			"%s: the first route is the one of embedded SCTs",
			policy_at(i)->name);
		CHECK(policy_find(policy_at(i)->name) == policy_at(i), "%s is found",
			policy_at(i)->name);
	}
}

#define JULY INT64_C(1782864000000) // 2026-07-01T00:00:00Z, in ms

// Mars asks for operators instead of logs, has one route over all sources, three rows of two
// kinds, a clause that ends and one that begins.
static const struct policy mars = {
	.name = "mars",
	.title = "An invented policy",
	.text = "For this test alone.",
	.source = "nowhere",
	.enforced_from = INT64_MIN,
	.tables = {{.name = "always",
		.from = INT64_MIN,
		.until = INT64_MAX,
		.source = "nowhere",
		.rows = {{"10-days", LIFETIME_DAYS, 10, 1, 0, 0, 0},
			{"30-months", LIFETIME_MONTHS, 30, 2, 0, 0, 0},
			{"longer", LIFETIME_ANY, 0, 4, 3, CODE_LIFETIME_BEYOND_TABLE,
				1000}}}},
	.num_tables = 1,
	.routes = {{.name = "any",
		.text = "SCTs from wherever they come",
		.requirements =
			{{.name = "operators",
				 .text = "as many operators as the lifetime asks for",
				 .source = "nowhere",
				 .code = CODE_TOO_FEW_SCTS,
				 .measure = MEASURE_OPERATORS,
				 .sources = SOURCE_EMBEDDED | SOURCE_TLS | SOURCE_OCSP,
				 .approvals = APPROVAL_CURRENT | APPROVAL_ONCE,
				 .by_lifetime = true,
				 .from_ms = INT64_MIN,
				 .until_ms = INT64_MAX},
				{.name = "two_logs_until_july",
					.text = "two logs by OCSP",
					.source = "nowhere",
					.code = CODE_NO_CURRENT_SCT,
					.sources = SOURCE_OCSP,
					.approvals = APPROVAL_CURRENT,
					.needed = 2,
					.from_ms = INT64_MIN,
					.until_ms = JULY},
				{.name = "rfc6962_from_july",
					.text = "two operators of RFC 6962 logs",
					.source = "nowhere",
					.code = CODE_NO_RFC6962_SCT,
					.measure = MEASURE_OPERATORS,
					.sources = SOURCE_EMBEDDED | SOURCE_TLS,
					.approvals = APPROVAL_CURRENT,
					.rfc6962_only = true,
					.needed = 2,
					.from_ms = JULY,
					.until_ms = INT64_MAX}},
		.num_requirements = 3,
		.from_ms = INT64_MIN,
		.until_ms = INT64_MAX}},
	.num_routes = 1,
};

static void test_invented(void)
{
	static const struct {
		const char *comment, *scts;
		int days;
		int64_t at_ms;
		enum verdict want;
		unsigned want_got[3];
	} cases[] = {
		{"until July", "A1o A2o", 10, JULY - 1, VERDICT_COMPLIANT, {1, 2, 0}},
		{"in July", "A1o A2o", 10, JULY, VERDICT_NON_COMPLIANT, {1, 2, 0}},
		{"an operator is missing", "A1o A2o A3", 11, JULY - 1,
			VERDICT_NON_COMPLIANT, {1, 2, 1}},
		{"two operators", "A1o A2o B1r", 11, JULY - 1, VERDICT_COMPLIANT,
			{2, 2, 0}},
		{"... but OCSP gives one log", "A1o A1o B1", 11, JULY - 1,
			VERDICT_NON_COMPLIANT, {2, 1, 1}},
		{"RFC 6962 logs of one operator", "A1 A2 B1s", 90, JULY,
			VERDICT_NON_COMPLIANT, {2, 0, 1}},
		{"of two", "A1 A2t B1t", 90, JULY, VERDICT_COMPLIANT, {2, 0, 2}},
		{"four operators", "A1 B1t C1s D1o", 2000, JULY, VERDICT_COMPLIANT,
			{4, 1, 2}},
		{"three operators, six logs", "A1 A2 A3 B1t B2t C1", 2000, JULY,
			VERDICT_NON_COMPLIANT, {3, 0, 3}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {.at_ms = cases[i].at_ms, .scts = scts};
		struct judged got;
		facts.not_before = facts.at_ms / 1000;
		facts.not_after = facts.not_before + cases[i].days * FACTS_DAY - 1;
		facts.num_scts = facts_scts(cases[i].scts, scts);
		facts_judge(&mars, &facts, &got);
		CHECK_INT(got.result.verdict, cases[i].want, "%s", cases[i].comment);
		for (size_t k = 0; k < 3; k++) {
			CHECK_INT(got.result.routes[0].results[k].got,
				cases[i].want_got[k], "%s: %s", cases[i].comment,
				got.result.routes[0].route->requirements[k].name);
		}
		CHECK_INT(got.result.remark,
			cases[i].days > 1000 ? CODE_LIFETIME_BEYOND_TABLE : CODE_NONE,
			"%s: remark", cases[i].comment);
	}
}

// Its cap of three: the fourth log of an operator is not counted.
static void test_invented_cap(void)
{
	struct sct_facts scts[FACTS_MAX];
	struct facts facts = {.at_ms = JULY, .not_before = JULY / 1000, .scts = scts};
	struct judged got;
	facts.not_after = facts.not_before + 2000 * FACTS_DAY;
	facts.num_scts = facts_scts("A1 A2 A3 A4 B1", scts);
	facts_judge(&mars, &facts, &got);
	CHECK(got.counted[0][2] && !got.counted[0][3] && got.counted[0][4],
		"a cap of three");
	facts.not_after = facts.not_before + 20 * FACTS_DAY;
	facts_judge(&mars, &facts, &got);
	CHECK(got.counted[0][3], "no cap for shorter ones");
}

// What it asks for, of how many operators; and with one requirement, by logs and its cap.
static void test_invented_needs(void)
{
	struct policy alone = mars;
	struct facts facts = {.at_ms = JULY, .not_before = JULY / 1000};
	struct judged got;
	facts.not_after = facts.not_before + 2000 * FACTS_DAY;
	facts_judge(&mars, &facts, &got);
	CHECK_INT(policy_needs(&got.result).operators, 4, "as many as the lifetime asks");
	alone.routes[0].num_requirements = 1;
	alone.routes[0].requirements[0].measure = MEASURE_LOGS;
	facts_judge(&alone, &facts, &got);
	CHECK_INT(policy_needs(&got.result).scts, 4, "SCTs");
	CHECK_INT(policy_needs(&got.result).operators, 2, "of which one may give three");
}

// Of requirements that are not in force none counts, and a closed route leaves nothing open.
static void test_invented_windows(void)
{
	for (int64_t ms = JULY - 1; ms <= JULY; ms++) {
		struct policy venus = mars;
		struct requirement *first = &venus.routes[0].requirements[0];
		struct sct_facts scts[FACTS_MAX];
		struct facts facts = {
			.at_ms = ms, .not_before = JULY / 1000 - 1, .scts = scts};
		struct judged got;
		facts.not_after = facts.not_before + 20 * FACTS_DAY;
		facts.num_scts = facts_scts("A1s B1", scts);
		first->until_ms = JULY;
		facts_judge(&venus, &facts, &got);
		CHECK_INT(got.counted[0][0], ms < JULY, "a static log's, %d ms",
			(int)(ms - JULY));
		CHECK(got.counted[0][1], "the other one, %d ms", (int)(ms - JULY));
		first->until_ms = INT64_MAX;
		first->measure = MEASURE_RSA_BITS;
		venus.routes[0].num_requirements = 1;
		venus.routes[0].until_ms = JULY;
		facts_judge(&venus, &facts, &got);
		CHECK_INT(got.result.verdict,
			ms < JULY ? VERDICT_INDETERMINATE : VERDICT_NON_COMPLIANT,
			"a key that is not known, %d ms", (int)(ms - JULY));
	}
}

void test_tables(void)
{
	test_all_policies();
	check_policy(&mars);
	test_invented();
	test_invented_cap();
	test_invented_needs();
	test_invented_windows();
}

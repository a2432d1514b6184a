// SPDX-License-Identifier: Apache-2.0
#include "eval/request.h"

#include "tests/unit/facts_build.h"

void test_request(void);

static void test_policies(void)
{
	struct ctp_request request = {0};
	struct err err;
	err_clear(&err);
	CHECK(request_add_policy(&request, BYTES_LITERAL("apple-enforced"), &err), "one");
	CHECK_INT(request.num_policies, 1, "one");
	CHECK(request_add_policy(&request, BYTES_LITERAL("apple-enforced"), &err),
		"twice");
	CHECK_INT(request.num_policies, 1, "twice is once");
	CHECK(request_add_policy(&request, BYTES_LITERAL("all"), &err), "all");
	CHECK_INT(request.num_policies, policy_num(), "all of them, each once");
	CHECK(request.policies[0] == policy_find("apple-enforced"),
		"in the order of asking");
	CHECK_CODE(&err, CODE_NONE, "no error");
}

static void test_unknown_policies(void)
{
	static const struct {
		const char *name, *want; // the nearest, or all
	} cases[] = {
		{"aple", "\"apple\""},
		{"Apple", "\"apple\""},
		{"apple_enforced", "\"apple-enforced\""},
		{"", "there is apple, apple-enforced, "},
		{"al", "\"all\""},
		{"apple ", "\"apple\""},
		{"apple-enforcedapple-enforcedapple-enforced",
			"there is apple, apple-enforced, "},
		{"\x1b[31mapple", "there is apple, apple-enforced, "},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_request request = {0};
		struct err err;
		err_clear(&err);
		CHECK(!request_add_policy(&request, bytes_of_text(cases[i].name), &err),
			"%s", cases[i].want);
		CHECK_CODE(&err, CODE_UNKNOWN_POLICY, "%s", cases[i].want);
		CHECK(strstr(err.text, cases[i].want), "%s in: %s", cases[i].want,
			err.text);
		CHECK(!strchr(err.text, 0x1b), "safe for a terminal: %s", err.text);
		CHECK_INT(request.num_policies, 0, "%s", cases[i].want);
	}
}

static void test_times(void)
{
	static const struct {
		const char *text;
		enum request_time want;
		int64_t want_ms;
	} cases[] = {
		{"2026-06-01T12:00:00Z", TIME_GIVEN, INT64_C(1780315200000)},
		{"2026-06-01T12:00:00.007Z", TIME_GIVEN, INT64_C(1780315200007)},
		{"2026-06-01T14:00:00+02:00", TIME_GIVEN, INT64_C(1780315200000)},
		{"issuance", TIME_ISSUANCE, 0},
		{"Issuance", TIME_NOT_GIVEN, 0},
		{"now", TIME_NOT_GIVEN, 0},
		{"2026-06-01", TIME_GIVEN, INT64_C(1780272000000)},
		{"2026-06-31", TIME_NOT_GIVEN, 0},
		{"2026-6-001", TIME_NOT_GIVEN, 0},
		{"2026-06-01T12:00:00", TIME_NOT_GIVEN, 0},
		{"", TIME_NOT_GIVEN, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_request request = {0};
		struct err err;
		err_clear(&err);
		bool good =
			request_set_time(&request, bytes_of_text(cases[i].text), &err);
		bool want = cases[i].want != TIME_NOT_GIVEN;
		CHECK_INT(good, want, "%s", cases[i].text);
		CHECK_CODE(&err, want ? CODE_NONE : CODE_BAD_TIME, "%s", cases[i].text);
		CHECK_INT(request.time_of_check, cases[i].want, "%s", cases[i].text);
		CHECK_TEXT(err.field, want ? "" : "at", "%s", cases[i].text);
		if (cases[i].want == TIME_GIVEN) {
			CHECK_INT(request.at_ms, cases[i].want_ms, "%s", cases[i].text);
		}
	}
}

static void test_client_age(void)
{
	static const struct {
		const char *text;
		int want; // -1: refused
	} cases[] = {{"0", 0}, {"1", 1}, {"60", 60}, {"060", 60}, {"3650", 3650},
		{"3651", -1}, {"4294967356", -1}, {"99999999999999999999", -1}, {"", -1},
		{"-1", -1}, {"+1", -1}, {" 1", -1}, {"1 ", -1}, {"6.0", -1}, {"x", -1}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_request request = {.client_age_days = 7};
		struct err err;
		bool want = cases[i].want >= 0;
		err_clear(&err);
		CHECK_INT(request_set_client_age(
				  &request, bytes_of_text(cases[i].text), &err),
			want, "%s", cases[i].text);
		CHECK_CODE(
			&err, want ? CODE_NONE : CODE_BAD_REQUEST, "%s", cases[i].text);
		CHECK_TEXT(err.field, want ? "" : "client_age_days", "%s", cases[i].text);
		CHECK_INT(request.client_age_days, want ? cases[i].want : 7, "%s",
			cases[i].text);
	}
}

static void test_private_root(void)
{
	static const struct {
		const char *text;
		int want; // -1: refused
	} cases[] = {{"true", 1}, {"false", 0}, {"", -1}, {"True", -1}, {"1", -1},
		{"yes", -1}, {"true ", -1}, {"truefalse", -1}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_request request = {.private_root = cases[i].want != 1};
		struct err err;
		bool want = cases[i].want >= 0;
		err_clear(&err);
		CHECK_INT(request_set_private_root(
				  &request, bytes_of_text(cases[i].text), &err),
			want, "%s", cases[i].text);
		CHECK_CODE(
			&err, want ? CODE_NONE : CODE_BAD_REQUEST, "%s", cases[i].text);
		CHECK_TEXT(err.field, want ? "" : "private_root", "%s", cases[i].text);
		CHECK_INT(request.private_root, want ? cases[i].want : 1, "%s",
			cases[i].text);
		CHECK_INT(request.says_private_root, want, "%s", cases[i].text);
	}
}

static void test_fields(void)
{
	static const char *const want[NUM_REQUEST_FIELDS] = {"certificate", "issuer",
		"issuer_key_sha256", "tls_scts", "ocsp", "id", "precertificate"};
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		CHECK_TEXT(request_field_name((enum request_field)i), want[i],
			"field %zu", i);
	}
}

void test_request(void)
{
	test_policies();
	test_unknown_policies();
	test_times();
	test_client_age();
	test_private_root();
	test_fields();
}

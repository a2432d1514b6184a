// SPDX-License-Identifier: Apache-2.0
// The summary's JSON: what is read back is written as the same bytes, and everything else
// is refused with the field's name.
#include "base/text.h"
#include "report/summary_local.h"
#include "tests/unit/summary_build.h"

void test_summary_json(void);

static struct made_world world;

static struct summary *audit_of(uint64_t num)
{
	struct buffer rows;
	struct summary_run run = made_run();
	buffer_init(&rows, (size_t)1 << 28);
	for (uint64_t i = 0; i < num; i++) {
		made_audit_row(&world, i, &rows);
	}
	struct summary *summary = made_summary(&rows);
	if (num > 0) {
		summary_set_run(summary, &run);
	}
	buffer_clear(&rows);
	return summary;
}

static void test_again(void)
{
	static const uint64_t nums[] = {0, 1, 500, 3000, 60000};
	for (size_t i = 0; i < sizeof(nums) / sizeof(nums[0]); i++) {
		struct err err;
		err_clear(&err);
		struct summary *summary = audit_of(nums[i]);
		char *json = made_json(summary);
		struct summary *again = summary_read_json(bytes_of_text(json), &err);
		CHECK_CODE(&err, CODE_NONE, "%s", err.field);
		if (again) {
			char *json_again = made_json(again);
			CHECK(strcmp(json, json_again) == 0, "the same bytes again");
			free(json_again);
		}
		summary_free(again);
		summary_free(summary);
		free(json);
	}
}

// From a checkpoint on: the summary that was read counts further rows as the first one
// would have, even where it has more names than room.
static void test_checkpoint(void)
{
	struct err err;
	struct buffer rows;
	err_clear(&err);
	buffer_init(&rows, (size_t)1 << 28);
	size_t half = 0;
	for (unsigned i = 0; i < SUMMARY_MAX_ISSUERS * 2; i++) {
		char issuer[32];
		(void)snprintf(issuer, sizeof(issuer), "CA %u", i % 23456);
		half = i == SUMMARY_MAX_ISSUERS * 6 / 5 ? rows.len : half;
		struct made_spec spec = {.issuer = issuer, .result = RESULT_FAIL};
		made_row(&world, &spec, i, 1, &rows);
	}
	struct summary *whole = made_summary(&rows);
	struct summary *part = summary_new(&err);
	CHECK(summary_add_rows(part, bytes_of(rows.data, half), &err), "a half");
	char *json = made_json(part);
	struct summary *again = summary_read_json(bytes_of_text(json), &err);
	CHECK_CODE(&err, CODE_NONE, "%s", err.field);
	CHECK(again &&
			summary_add_rows(
				again, bytes_of(rows.data + half, rows.len - half), &err),
		"the other half");
	char *want = made_json(whole);
	char *got = made_json(again);
	CHECK(strcmp(want, got) == 0, "the same as without a break");
	free(want);
	free(got);
	free(json);
	summary_free(whole);
	summary_free(part);
	summary_free(again);
	buffer_clear(&rows);
}

// The JSON of 600 records, with the first occurrence of a piece put as another one.
static const struct {
	const char *comment, *piece, *instead, *want_field;
} refused[] = {
	{"no JSON", "{", "", ""},
	{"the end is missing", "\n}\n", "", ""},
	{"another schema", "summary.v1", "summary.v2", "schema"},
	{"an unknown field",
		"\"evaluated_at\":", "\"colour\":1,\"evaluated_at\":", "colour"},
	{"an unknown field that is no word",
		"\"evaluated_at\":", "\"\xe2\x82\xac\":1,\"evaluated_at\":", "?"},
	{"a missing field", "\"pass\":", "\"passed\":", "certificates.pass"},
	{"an unknown field inside",
		"\"first\":", "\"zero\":1,\"first\":", "evaluated_at.zero"},
	{"no number", "\"judged\":599", "\"judged\":\"599\"", "certificates.judged"},
	{"a fraction", "\"judged\":599", "\"judged\":599.0", "certificates.judged"},
	{"below 0", "\"judged\":599", "\"judged\":-1", "certificates.judged"},
	{"a wrong sum", "\"judged\":599", "\"judged\":600", "certificates.judged"},
	{"a wrong sum of all", "\"read\":600", "\"read\":601", "certificates.read"},
	{"a wrong sum of errors", "\"bad_certificate\":1", "\"bad_certificate\":2",
		"certificates.unreadable"},
	{"an unknown error", "\"bad_certificate\":1", "\"bad_day\":1",
		"certificates.errors"},
	{"too large", "\"without_log_id\":0", "\"without_log_id\":9007199254740993",
		"scts.without_log_id"},
	{"no time", "\"first\":\"2017", "\"first\":\"17", "evaluated_at.first"},
	{"no array", "\"policies\":[", "\"policies\":{}, \"x\":[", "policies"},
	{"an unknown policy", "\"policy\":\"apple\"", "\"policy\":\"pear\"",
		"policies[0].policy"},
	{"an unknown code", "\"code\":\"too_few", "\"code\":\"two_few", "reasons["},
	{"an unknown rule", "under-15-months", "under-16-months", "lifetimes[0].rule"},
	{"another number of SCTs", "\"required\":2", "\"required\":3",
		"lifetimes[0].rule"},
	{"an issuer that cannot be printed", "\"issuer\":\"CN=", "\"issuer\":\"\\u202e",
		"issuers[0].issuer"},
	{"an issuer without certificates", "\"other_issuers\":null",
		"\"other_issuers\":{\"judged\":1,\"pass\":1,\"fail\":0,\"unknown\":0}",
		"issuers"},
	{"no month", "\"month\":\"2017-01", "\"month\":\"2017-13", "months[0].month"},
	{"a month twice", "\"month\":\"2017-02", "\"month\":\"2017-01", "months[1]"},
	{"no log id", "\"log_id\":\"", "\"log_id\":\"AAAA", "logs[0].log_id"},
	{"no hash", "\"sha256\":\"ab", "\"sha256\":\"ax", "log_lists[0].sha256"},
	{"needs that are none", "\"needs\":[{", "\"needs\":[1,{", "failing[0].needs[0]"},
	{"words out of order", "\"verifiers\":[\"fast\"]", "\"verifiers\":[\"b\",\"a\"]",
		"run.verifiers"},
	{"no seconds", "\"seconds\":12.345", "\"seconds\":-1", "run.seconds"},
	{"a run before 1970", "\"ended_at\":\"2026", "\"ended_at\":\"1926",
		"run.ended_at"},
	{"something behind the end", "\n}\n", "\n}\nx", ""},
};

static void check_refused(size_t i, const char *json)
{
	struct err err;
	struct buffer text;
	const char *at = strstr(json, refused[i].piece);
	CHECK(at != NULL, "%s: the piece is there", refused[i].comment);
	if (!at) {
		return;
	}
	err_clear(&err);
	buffer_init(&text, SUMMARY_MAX_JSON);
	buffer_put(&text, bytes_of(json, (size_t)(at - json)));
	buffer_put_text(&text, refused[i].instead);
	buffer_put_text(&text, at + strlen(refused[i].piece));
	struct summary *summary = summary_read_json(buffer_bytes(&text), &err);
	CHECK(summary == NULL, "%s: refused", refused[i].comment);
	CHECK_CODE(&err, CODE_BAD_REQUEST, "%s", refused[i].comment);
	size_t len = strlen(refused[i].want_field);
	CHECK(strncmp(err.field, refused[i].want_field, len) == 0 &&
			(err.field[len] == '\0' || refused[i].want_field[len - 1] == '['),
		"%s: field %s, want %s (%s)", refused[i].comment, err.field,
		refused[i].want_field, err.text);
	summary_free(summary);
	buffer_clear(&text);
}

static void test_refused(void)
{
	struct summary *summary = audit_of(600);
	char *json = made_json(summary);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		check_refused(i, json);
	}
	free(json);
	summary_free(summary);
}

// Whatever a byte becomes: read or refused, and what is read is written as it stands.
static void test_damaged(void)
{
	uint64_t seed = 3;
	struct summary *summary = audit_of(100);
	char *json = made_json(summary);
	size_t len = strlen(json);
	for (int turn = 0; turn < 2000; turn++) {
		struct err err;
		err_clear(&err);
		size_t at = test_random(&seed) % len;
		char before = json[at];
		json[at] = (char)(test_random(&seed) % 8 ? ' ' + test_random(&seed) % 95
							 : test_random(&seed));
		struct summary *again = summary_read_json(bytes_of(json, len), &err);
		CHECK((again == NULL) == (err.code != CODE_NONE), "one of both");
		summary_free(again);
		json[at] = before;
	}
	free(json);
	summary_free(summary);
}

// The line of the run is the only one that two runs over the same input do not share.
static void test_run_line(void)
{
	struct summary *summary = audit_of(100);
	char *with = made_json(summary);
	struct summary_run none = {0};
	summary_set_run(summary, &none);
	char *without = made_json(summary);
	char *a = strstr(with, "\n\"run\":");
	char *b = strstr(without, "\n\"run\":");
	CHECK(a && b && a - with == b - without &&
			memcmp(with, without, (size_t)(a - with)) == 0,
		"the same up to the run");
	CHECK_TEXT(a ? strchr(a + 1, '\n') : NULL, "\n}\n", "and behind it");
	CHECK(strstr(without,
		      "\"run\":{\"started_at\":null,\"ended_at\":null,"
		      "\"seconds\":0.000,"),
		"an unknown run");
	free(with);
	free(without);
	summary_free(summary);
}

void test_summary_json(void)
{
	made_world_init(&world);
	test_again();
	test_checkpoint();
	test_refused();
	test_damaged();
	test_run_line();
}

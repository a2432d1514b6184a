// SPDX-License-Identifier: Apache-2.0
#include "base/datetime.h"
#include "tests/unit/test.h"

void test_datetime(void);

static int64_t at(const char *text)
{
	int64_t ms = 0;
	CHECK(datetime_parse_rfc3339(bytes_of_text(text), false, &ms), "%s reads", text);
	return ms;
}

static void test_rfc3339(void)
{
	static const struct {
		const char *text;
		bool zone_optional;
		bool want;
		int64_t want_ms;
	} cases[] = {
		{"1970-01-01T00:00:00Z", false, true, 0},
		{"1969-12-31T23:59:59Z", false, true, -1000},
		{"2021-04-21T00:00:00Z", false, true, INT64_C(1618963200000)},
		{"2021-04-21t00:00:00z", false, true, INT64_C(1618963200000)},
		{"2021-04-21T02:00:00+02:00", false, true, INT64_C(1618963200000)},
		{"2021-04-20T19:00:00-05:00", false, true, INT64_C(1618963200000)},
		{"2021-04-21T00:00:00.1234Z", false, true, INT64_C(1618963200123)},
		{"2024-02-29T00:00:00Z", false, true, INT64_C(1709164800000)},
		{"2023-02-29T00:00:00Z", false, false, 0},
		{"2100-02-29T00:00:00Z", false, false, 0},
		{"2000-02-29T00:00:00Z", false, true, INT64_C(951782400000)},
		{"2019-05-16T19:32:41", true, true, INT64_C(1558035161000)},
		{"2019-05-16T19:32:41", false, false, 0},
		{"2019-05-16T19:32:60Z", false, false, 0},
		{"2019-05-16T24:00:00Z", false, false, 0},
		{"2019-13-16T00:00:00Z", false, false, 0},
		{"2019-05-16T19:32:41.Z", false, false, 0},
		{"2019-05-16T19:32:41Zx", false, false, 0},
		{"2019-05-16", false, false, 0},
		// a zone leads to the ends of the years 0 to 9999, and beyond them
		{"9999-12-31T23:59:59.999Z", false, true, DATETIME_MAX_MS},
		{"9999-12-31T23:59:59-00:01", false, false, 0},
		{"0000-01-01T00:00:00Z", false, true, INT64_C(-62167219200000)},
		{"0000-01-01T00:00:00+00:01", false, false, 0},
		{"", false, false, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = 0;
		bool got = datetime_parse_rfc3339(
			bytes_of_text(cases[i].text), cases[i].zone_optional, &ms);
		CHECK_INT(got, cases[i].want, "%s", cases[i].text);
		if (got) {
			CHECK_INT(ms, cases[i].want_ms, "%s", cases[i].text);
		}
	}
}

// Every day of 400 years goes there and back.
static void test_days(void)
{
	bool good = true;
	for (int64_t day = -146097; day < 146097; day++) {
		struct datetime t = datetime_from_seconds(day * 86400 + 86399);
		good = good && datetime_valid(&t) && t.hour == 23 && t.second == 59 &&
			datetime_to_seconds(&t) == day * 86400 + 86399;
	}
	CHECK(good, "days of the eras 1570 to 2370");
	char text[DATETIME_ROOM];
	datetime_format_ms(INT64_C(1618963200007), text);
	CHECK_TEXT(text, "2021-04-21T00:00:00.007Z", "milliseconds");
	datetime_format_ms(-1, text);
	CHECK_TEXT(text, "1969-12-31T23:59:59.999Z", "before 1970");
}

static void test_months(void)
{
	static const struct {
		const char *from, *to;
		int64_t want;
		bool want_exact;
	} cases[] = {
		{"2020-01-01T00:00:00Z", "2021-04-01T00:00:00Z", 15, true},
		{"2020-01-01T00:00:00Z", "2021-03-31T23:59:59Z", 14, false},
		{"2020-01-01T00:00:00Z", "2021-04-01T00:00:01Z", 15, false},
		// the month's end stands in for a day that the month lacks
		{"2018-11-30T00:00:00Z", "2020-02-29T00:00:00Z", 15, true},
		{"2018-11-30T00:00:00Z", "2020-02-28T23:59:59Z", 14, false},
		{"2018-10-31T12:00:00Z", "2019-02-28T12:00:00Z", 4, true},
		{"2020-02-29T00:00:00Z", "2021-02-28T00:00:00Z", 12, true},
		{"2020-02-29T00:00:00Z", "2022-05-29T00:00:00Z", 27, true},
		{"2020-02-29T00:00:00Z", "2022-05-30T00:00:00Z", 27, false},
		{"2020-05-05T00:00:00Z", "2020-05-05T00:00:00Z", 0, true},
		{"2020-05-05T00:00:00Z", "2020-04-05T00:00:00Z", -1, true},
		{"2020-05-05T00:00:00Z", "2020-04-04T00:00:00Z", -2, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool exact = false;
		int64_t months = datetime_months_between(
			at(cases[i].from) / 1000, at(cases[i].to) / 1000, &exact);
		CHECK_INT(months, cases[i].want, "%s to %s", cases[i].from, cases[i].to);
		CHECK_INT(exact, cases[i].want_exact, "%s to %s", cases[i].from,
			cases[i].to);
	}
}

static void test_floor(void)
{
	static const int64_t cases[][2] = {{0, 0}, {999, 0}, {1000, 1}, {-1, -1},
		{-1000, -1}, {-1001, -2}, {DATETIME_MAX_MS, DATETIME_MAX_MS / 1000}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(datetime_floor_seconds(cases[i][0]), cases[i][1],
			"%" PRId64 " ms", cases[i][0]);
	}
}

void test_datetime(void)
{
	test_rfc3339();
	test_days();
	test_months();
	test_floor();
}

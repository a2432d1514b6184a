// SPDX-License-Identifier: Apache-2.0
#include "app/validator.h"
#include "tests/unit/test.h"

void test_validator(void);

static void test_etags(void)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{"\"1\"", true},
		{"\"\"", true},
		{"W/\"1\"", true},
		{"W/\"\"", true},
		{"\"!#~'/\\\"", true},
		{"", false},
		{"\"", false},
		{"W/\"", false},
		{"W/", false},
		{"w/\"1\"", false},
		{"1", false},
		{"\"1", false},
		{"1\"", false},
		{"\"a\"b\"", false},
		{"\"a b\"", false},
		{"\"a\r\nb\"", false},
		{"\"a\x7f\"", false},
		{"\"a\xc3\xa4\"", false},
		{"\"1\" ", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(validator_is_etag(cases[i].text), cases[i].want, "ETag %s",
			cases[i].text);
	}
}

static void test_length(void)
{
	char longest[VALIDATOR_ROOM + 1];
	memset(longest, 'a', sizeof(longest));
	longest[0] = longest[VALIDATOR_ROOM - 2] = '"';
	longest[VALIDATOR_ROOM - 1] = '\0';
	CHECK(validator_is_etag(longest), "%zu characters", strlen(longest));
	longest[VALIDATOR_ROOM - 2] = 'a';
	longest[VALIDATOR_ROOM - 1] = '"';
	longest[VALIDATOR_ROOM] = '\0';
	CHECK(!validator_is_etag(longest), "%zu characters", strlen(longest));
}

static void test_dates(void)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{"Sun, 06 Nov 1994 08:49:37 GMT", true},
		{"Sunday, 06-Nov-94 08:49:37 GMT", false},
		{"Sun Nov  6 08:49:37 1994", false},
		{"Sun, 06 Nov 1994 08:49:37 UTC", false},
		{"Sun, 6 Nov 1994 08:49:37 GMT", false},
		{"Sun, 06 Nov 1994 08:49:37 GMT ", false},
		{"Sun, 06 Nov 1994 08:49:37 GM", false},
		{"Sun, 06 N\nv 1994 08:49:37 GMT", false},
		{"Sun, 0x Nov 1994 08:49:37 GMT", false},
		{"", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(validator_is_date(cases[i].text), cases[i].want, "date %s",
			cases[i].text);
	}
}

void test_validator(void)
{
	test_etags();
	test_length();
	test_dates();
}

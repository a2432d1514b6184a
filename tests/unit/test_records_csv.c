// SPDX-License-Identifier: Apache-2.0
#include "app/records_csv.h"

#include "tests/unit/test.h"

void test_records_csv(void);

#define TEN "ABCDEFGHIJ"
// The first 110 letters of a certificate, more than CSV is recognized by.
#define CERT "MIIBojCCAU" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define PEM "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

static void test_row_len(void)
{
	static const struct {
		const char *in;
		bool is_all;
		bool want;
		size_t want_len;
	} cases[] = {
		{"", true, true, 0},
		{"", false, false, 0},
		{"\n", false, true, 1},
		{"a,b\nc\n", false, true, 4},
		{"a,b\r\nc\n", false, true, 5},
		{"a,b", false, false, 3},
		{"a,b", true, true, 3},
		{"\"a\nb\",c\nd\n", false, true, 8},
		{"x,\"a\nb\"\nd\n", false, true, 8},
		{"x,\"a\n\"\"b\n\"\"\",c\nd\n", false, true, 15},
		{"x,\"a\nb", false, false, 6},
		{"x,\"a\nb", true, true, 5},
		{"x,\"a\"", false, false, 5},
		{"\"\"\n\"\n", false, true, 3},
		// Quotes that open no field are letters.
		{"5\",6\n7\",8\n", false, true, 5},
		{"a, \"b\nc\"\n", false, true, 6},
		{"\"a\"b\"\nc\"\n", false, true, 6},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = 99;
		struct bytes in = bytes_of_text(cases[i].in);
		CHECK_INT(csv_row_len(in, cases[i].is_all, &len), cases[i].want, "%s",
			cases[i].in);
		CHECK_INT(len, cases[i].want_len, "%s", cases[i].in);
	}
}

// What a row is: its value, "-" to skip it, "!" bad, "!!" the whole file.
static void check_row(struct csv_columns *columns, const char *row, const char *want)
{
	struct bytes value = BYTES_NONE;
	struct err err;
	char got[256] = "";
	err_clear(&err);
	switch (csv_column(columns, bytes_of_text(row), &value, &err)) {
	case CSV_VALUE:
		(void)snprintf(got, sizeof(got), "%.*s", (int)value.len,
			(const char *)value.data);
		break;
	case CSV_SKIP:
		(void)snprintf(got, sizeof(got), "-");
		break;
	case CSV_BAD:
		(void)snprintf(got, sizeof(got), "!");
		break;
	case CSV_BAD_FILE:
		(void)snprintf(got, sizeof(got), "!!");
		break;
	}
	CHECK_TEXT(got, want, "row %s", row);
	CHECK((got[0] == '!') == (err.code != CODE_NONE), "row %s: %s", row, err.text);
}

static void test_columns(void)
{
	static const struct {
		const char *column;
		const char *rows[4];
		const char *want[4];
	} cases[] = {
		{NULL, {"a," CERT "\n", "b,x\n"}, {CERT, "x"}},
		{NULL, {"\n", " \r\n", CERT "\r\n"}, {"-", "-", CERT}},
		{NULL, {"id,CERT\n", "1,y\n", "2\n", "3,\n"}, {"-", "y", "!", ""}},
		{NULL, {"a,b\n"}, {"!!"}},
		{NULL, {"1,\"" PEM "\"\n"},
			{"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"}},
		{"b", {"a,b\n", "1,\"x, y\"\n", "1,\"x\"\"y\"\n"},
			{"-", "x, y", "x\"\"y"}},
		{"B", {"a,\" B \"\n", "1,x\n"}, {"-", "x"}},
		{"c", {"a,b\n"}, {"!!"}},
		{"2", {"a,b\n", "1,x\n", "1\n"}, {"-", "x", "!"}},
		{"2", {"\n", "1," CERT "\n", "1,x\n"}, {"-", CERT, "x"}},
		{"0", {"a,b\n"}, {"!!"}},
		{"-1", {"a,b\n"}, {"!!"}},
		{"2x", {"2x,b\n", "1,b\n"}, {"-", "1"}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct csv_columns columns = csv_columns_init(cases[i].column);
		for (size_t k = 0; k < 4 && cases[i].rows[k]; k++) {
			check_row(&columns, cases[i].rows[k], cases[i].want[k]);
		}
	}
}

static void test_looks_like(void)
{
	static const struct {
		const char *in;
		bool want;
	} cases[] = {
		{"", false},
		{"a,b,c\n", false},
		{CERT, true},
		{CERT "\n" CERT "\n", true},
		{"id,cert\n1," CERT, true},
		{"id,cert\n1,\"" PEM "\"\n", true},
		{"id,cert\n1,\"-----BEGIN ", true},
		{PEM, false},
		{"a\nb\n" CERT "\n", false},
		{"subject=" CERT "\n" PEM, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(csv_looks_like(bytes_of_text(cases[i].in)), cases[i].want, "%s",
			cases[i].in);
	}
}

void test_records_csv(void)
{
	test_row_len();
	test_columns();
	test_looks_like();
}

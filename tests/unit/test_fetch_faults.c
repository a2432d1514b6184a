// SPDX-License-Identifier: Apache-2.0
#include "app/fetch_faults.h"
#include "tests/unit/test.h"

void test_fetch_faults(void);

// A row for each, and what to do in each; NULL in a row would not get this far.
static void test_rows(void)
{
	for (int fault = FAULT_STOPPED; fault < NUM_FAULTS; fault++) {
		struct err err;
		err_clear(&err);
		fetch_fault_report((enum fetch_fault)fault, "host", "detail", 1, &err);
		CHECK(err.code != CODE_NONE, "fault %d has a code", fault);
		CHECK(strncmp(err.text, "host ", 5) == 0 && !strstr(err.text, "(null)"),
			"fault %d: %s", fault, err.text);
		const char *advice = strstr(err.text, " detail; ");
		CHECK(advice && strlen(advice) > 15, "fault %d: %s", fault, err.text);
	}
}

static void test_lines(void)
{
	struct err err;
	err_clear(&err);
	fetch_fault_report(FAULT_STATUS_LATER, "list.example", "503", 3, &err);
	CHECK_INT(err.code, CODE_FETCH_STATUS, "5xx");
	CHECK_TEXT(err.text, "list.example answered 503 (tried 3 times); try again later",
		"tried again");
	err_clear(&err);
	fetch_fault_report(FAULT_NO_ADDRESS, "list.example", "", 1, &err);
	CHECK_TEXT(err.text,
		"list.example has no address; check the name and this machine's DNS",
		"no detail");
	err_clear(&err);
	fetch_fault_report(FAULT_NO_MEMORY, "list.example", "", 1, &err);
	CHECK_INT(err.code, CODE_OUT_OF_MEMORY, "no memory");
	CHECK(!fetch_fault_may_pass(FAULT_NO_MEMORY) &&
			!fetch_fault_may_pass(FAULT_NONE) &&
			fetch_fault_may_pass(FAULT_CUT),
		"what is tried again");
}

void test_fetch_faults(void)
{
	test_rows();
	test_lines();
}

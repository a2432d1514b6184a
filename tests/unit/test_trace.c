// SPDX-License-Identifier: Apache-2.0
#include "serve/trace.h"

#include "tests/unit/test.h"

void test_trace(void);

#define TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static void check_id(const char *id, size_t len, const char *name)
{
	CHECK_INT(strlen(id), len, "%s: %s", name, id);
	CHECK_INT(strspn(id, "0123456789abcdef"), len, "%s: %s", name, id);
	CHECK_INT(id[strspn(id, "0")] != '\0', true, "%s: %s is not zero", name, id);
}

static void check_header(const char *header, bool want_given, bool want_sampled)
{
	struct trace trace;
	char out[TRACE_HEADER_LEN + 1];
	trace_read(bytes_of_text(header), &trace);
	CHECK_INT(trace.is_given, want_given, "%s", header);
	CHECK_INT(trace.is_sampled, want_sampled, "%s", header);
	CHECK_INT(strcmp(trace.trace_id, TRACE_ID) == 0, want_given, "%s", header);
	check_id(trace.trace_id, TRACE_ID_HEX, header);
	check_id(trace.span_id, TRACE_SPAN_HEX, header);
	CHECK(strcmp(trace.span_id, SPAN) != 0, "%s: a span of our own", header);
	trace_format(&trace, out);
	CHECK_INT(strlen(out), TRACE_HEADER_LEN, "%s", out);
	CHECK(strncmp(out, "00-", 3) == 0, "%s", out);
	CHECK(strncmp(out + 3, trace.trace_id, TRACE_ID_HEX) == 0, "%s", out);
	CHECK(strncmp(out + 36, trace.span_id, TRACE_SPAN_HEX) == 0, "%s", out);
	CHECK_TEXT(out + 52, want_sampled ? "-01" : "-00", "%s", out);
}

static void test_headers(void)
{
	static const struct {
		const char *header;
		bool want_given, want_sampled;
	} cases[] = {
		{"00-" TRACE_ID "-" SPAN "-01", true, true},
		{"00-" TRACE_ID "-" SPAN "-00", true, false},
		{"00-" TRACE_ID "-" SPAN "-ff", true, true},
		{"00-" TRACE_ID "-" SPAN "-02", true, false}, // a flag of later levels
		{"", false, false},
		{"01-" TRACE_ID "-" SPAN "-01", false, false}, // another version
		{"ff-" TRACE_ID "-" SPAN "-01", false, false}, // a forbidden one
		{"00-" TRACE_ID "-" SPAN "-0", false, false}, // too short
		{"00-" TRACE_ID "-" SPAN "-01-", false, false}, // too long
		{"00-" TRACE_ID "-" SPAN "-01 ", false, false},
		{" 00-" TRACE_ID "-" SPAN "-01", false, false},
		{"00_" TRACE_ID "-" SPAN "-01", false, false},
		{"00-" TRACE_ID "_" SPAN "-01", false, false},
		{"00-" TRACE_ID "-" SPAN "_01", false, false},
		{"00-" TRACE_ID "-" SPAN "-0g", false, false},
		{"00-" TRACE_ID "-" SPAN "-0A", false, false}, // upper case
		{"00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", false, false},
		{"00-" TRACE_ID "-00F067AA0BA902B7-01", false, false},
		{"00-4bf92f3577b34da6a3ce929d0e0e473g-" SPAN "-01", false, false},
		{"00-00000000000000000000000000000000-" SPAN "-01", false, false},
		{"00-" TRACE_ID "-0000000000000000-01", false, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_header(cases[i].header, cases[i].want_given, cases[i].want_sampled);
	}
}

void test_trace(void)
{
	struct trace a, b;
	test_headers();
	trace_read(BYTES_NONE, &a);
	trace_read(BYTES_NONE, &b);
	CHECK(strcmp(a.trace_id, b.trace_id) != 0, "another trace");
	CHECK(strcmp(a.span_id, b.span_id) != 0, "another span");
	CHECK(strncmp(a.trace_id, a.span_id, TRACE_SPAN_HEX) != 0, "independent");
}

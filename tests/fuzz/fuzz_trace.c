// SPDX-License-Identifier: Apache-2.0
// trace_read, trace_format.
//
// Property: a header whose trace id is taken is, but for its parent id and the flags that we
// do not know, what we write again; what we write is taken, as the same trace; and ids are
// lower-case hex, and not zero, whatever came.
#include "serve/trace.h"
#include "tests/fuzz/fuzz.h"

static void need_id(const char *id, size_t len)
{
	fuzz_need(strspn(id, "0123456789abcdef") == len && id[len] == '\0', "id %s", id);
	fuzz_need(strspn(id, "0") < len, "id %s", id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct trace trace, again;
	char text[TRACE_HEADER_LEN + 1];
	trace_read(bytes_of(data, len), &trace);
	need_id(trace.trace_id, TRACE_ID_HEX);
	need_id(trace.span_id, TRACE_SPAN_HEX);
	trace_format(&trace, text);
	fuzz_need(strlen(text) == TRACE_HEADER_LEN, "header %s", text);
	fuzz_need(!trace.is_given ||
			(len == TRACE_HEADER_LEN && memcmp(data, text, 36) == 0),
		"another trace than what came: %s", text);
	fuzz_need(trace.is_given || !trace.is_sampled, "sampled, by nobody");
	trace_read(bytes_of_text(text), &again);
	fuzz_need(again.is_given && strcmp(again.trace_id, trace.trace_id) == 0 &&
			again.is_sampled == trace.is_sampled,
		"what we write is not taken: %s", text);
	fuzz_need(strcmp(again.span_id, trace.span_id) != 0, "one span twice");
	return 0;
}

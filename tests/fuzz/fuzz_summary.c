// SPDX-License-Identifier: Apache-2.0
// summary_read_json.
//
// Property: what it reads is written as bytes that it reads again, and that are written
// as the same bytes; added to nothing it stays what it is; as text it can fool no
// terminal. What it refuses has an error with a code and a text.
#include "report/report_html.h"
#include "tests/fuzz/fuzz.h"

static void put_json(const struct summary *summary, struct buffer *out)
{
	buffer_init(out, SUMMARY_MAX_JSON);
	summary_put_json(summary, out);
	fuzz_need(!out->failed, "what was read cannot be written");
}

static void need_same(const struct summary *summary, struct bytes want, const char *what)
{
	struct buffer json;
	put_json(summary, &json);
	fuzz_need(bytes_equal(buffer_bytes(&json), want), "%s is another summary", what);
	buffer_clear(&json);
}

static void need_again(struct bytes json)
{
	struct err err;
	err_clear(&err);
	struct summary *again = summary_read_json(json, &err);
	fuzz_need_done(again != NULL, &err, err.field);
	need_same(again, json, "what is read again");
	summary_free(again);
}

static void need_sum(const struct summary *summary, struct bytes json)
{
	struct err err;
	err_clear(&err);
	struct summary *sum = summary_new(&err);
	fuzz_need_done(
		sum && summary_merge(sum, summary, &err), &err, "added to nothing");
	need_same(sum, json, "the sum with nothing");
	summary_free(sum);
}

static void need_pages(const struct summary *summary)
{
	struct buffer out;
	buffer_init(&out, REPORT_HTML_MAX);
	summary_put_text(summary, false, &out);
	fuzz_need_printable(buffer_bytes(&out), true, "the text");
	report_html(summary, &out);
	fuzz_need(!out.failed, "what was read cannot be shown");
	buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct err err;
	struct buffer json;
	err_clear(&err);
	struct summary *summary = summary_read_json(bytes_of(data, len), &err);
	if (!summary) {
		fuzz_need_error(&err, len, "summary_read_json");
		return 0;
	}
	put_json(summary, &json);
	need_again(buffer_bytes(&json));
	need_sum(summary, buffer_bytes(&json));
	need_pages(summary);
	buffer_clear(&json);
	summary_free(summary);
	return 0;
}

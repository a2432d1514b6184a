// SPDX-License-Identifier: Apache-2.0
// history_read, history_write.
//
// Property: write(read(x)) is a fixed point: written, read again and written again, a history
// is the same bytes, and holds the same lists with the same facts. It is plain text: UTF-8
// without control characters but for newlines. An error's text is plain, too.
#include "loglist/history.h"
#include "tests/fuzz/same_list.h"

static void write_history(const struct ctp_lists *lists, struct buffer *out)
{
	struct err err;
	err_clear(&err);
	buffer_init(out, LISTS_MAX_FILE);
	fuzz_need_done(history_write(lists, out, &err), &err, "the history");
	fuzz_need_printable(buffer_bytes(out), true, "the history");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	struct buffer text;
	struct buffer text_again;
	struct err err;
	err_clear(&err);
	if (!history_recognize(in)) {
		return 0;
	}
	struct ctp_lists *lists = lists_from(in, &err);
	if (!lists) {
		fuzz_need_error(&err, len, "history_read");
		fuzz_need_printable(bytes_of_text(err.text), false, "the error's text");
		return 0;
	}
	write_history(lists, &text);
	struct ctp_lists *again = lists_again(&text, "the history");
	fuzz_need(lists_num(lists) == lists_num(again), "%zu lists, %zu again",
		lists_num(lists), lists_num(again));
	for (size_t i = 0; i < lists_num(lists); i++) {
		need_same_list(
			lists_at(lists, i), lists_at(again, i), true, "the history");
	}
	write_history(again, &text_again);
	fuzz_need(bytes_equal(buffer_bytes(&text), buffer_bytes(&text_again)),
		"a history, read and written, is another one");
	buffer_clear(&text);
	buffer_clear(&text_again);
	lists_unref(again);
	lists_unref(lists);
	return 0;
}

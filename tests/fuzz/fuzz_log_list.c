// SPDX-License-Identifier: Apache-2.0
// loglist_json_read, loglist_json_write; history_write and history_read of the same list.
//
// Property: a list that reads, exported and read again, has the same facts, and so it has
// after a way through our history; the export of an export is the same bytes. Every log is
// found by its id, none stands there twice, and its id is the hash of its key. An error has
// an offset in the input, and a text without control characters.
#include "loglist/history.h"
#include "loglist/loglist_json.h"
#include "tests/fuzz/same_list.h"

static void check_logs(const struct loglist *list)
{
	fuzz_need(list->num_logs > 0, "a list without a log");
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct ct_log *log = &list->logs[i];
		fuzz_need(loglist_find(list, log->id) == log, "a log is not found");
		fuzz_need(memcmp(log->id, pubkey_id(log->key), LOG_ID_LEN) == 0,
			"a wrong log id");
		fuzz_need(!log->has_interval || log->start_ms < log->end_ms,
			"an empty interval");
		fuzz_need(log->state != LOG_NO_STATE || log->since_ms == 0,
			"since without state");
	}
}

static void export_list(const struct loglist *list, struct buffer *out)
{
	struct err err;
	err_clear(&err);
	buffer_init(out, LISTS_MAX_FILE);
	fuzz_need_done(loglist_json_write(list, out, &err), &err, "export");
}

static void check_export(const struct loglist *list)
{
	struct buffer text;
	struct buffer text_again;
	export_list(list, &text);
	struct ctp_lists *again = lists_again(&text, "the export");
	need_same_list(list, lists_at(again, 0), false, "the export");
	export_list(lists_at(again, 0), &text_again);
	fuzz_need(bytes_equal(buffer_bytes(&text), buffer_bytes(&text_again)),
		"the export of an export is another one");
	buffer_clear(&text);
	buffer_clear(&text_again);
	lists_unref(again);
}

static void check_history(const struct ctp_lists *lists)
{
	struct buffer text;
	struct err err;
	err_clear(&err);
	buffer_init(&text, LISTS_MAX_FILE);
	fuzz_need_done(history_write(lists, &text, &err), &err, "the history");
	struct ctp_lists *again = lists_again(&text, "the history");
	need_same_list(lists_at(lists, 0), lists_at(again, 0), true, "the history");
	check_export(lists_at(again, 0));
	buffer_clear(&text);
	lists_unref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	struct err err;
	err_clear(&err);
	if (history_recognize(in)) {
		return 0;
	}
	struct ctp_lists *lists = lists_from(in, &err);
	if (!lists) {
		fuzz_need_error(&err, len, "loglist_json_read");
		fuzz_need_printable(bytes_of_text(err.text), false, "the error's text");
		return 0;
	}
	check_logs(lists_at(lists, 0));
	check_export(lists_at(lists, 0));
	check_history(lists);
	lists_unref(lists);
	return 0;
}

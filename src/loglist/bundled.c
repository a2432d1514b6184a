// SPDX-License-Identifier: Apache-2.0
#include "loglist/bundled.h"

#include "loglist/history.h"
#include "loglist/loglist_json.h"

bool lists_add_file(struct ctp_lists *into, struct bytes file, struct err *err)
{
	return history_recognize(file) ? history_read(file, into, err)
				       : loglist_json_read(file, into, err);
}

static struct ctp_lists *read_all(struct bytes file, bool given, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	if (lists && lists_add_file(lists, file, err) &&
		lists_freeze(lists, given, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

bool bundled_add(struct ctp_lists *into, const char *source, struct err *err)
{
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		const struct source *row = source_at(i);
		if ((!source || strcmp(row->name, source) == 0) &&
			!history_read(
				bytes_of(row->history, *row->history_len), into, err)) {
			return false;
		}
	}
	return true;
}

struct ctp_lists *bundled_lists(const char *source, struct err *err)
{
	struct ctp_lists *lists = lists_new(err);
	if (lists && bundled_add(lists, source, err) && lists_freeze(lists, false, err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

struct ctp_lists *lists_from_file(struct bytes file, struct err *err)
{
	return read_all(file, !history_recognize(file), err);
}

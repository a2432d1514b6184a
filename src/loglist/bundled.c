// SPDX-License-Identifier: Apache-2.0
#include "loglist/bundled.h"

#include "loglist/history.h"
#include "loglist/loglist_json.h"

// Made by the Makefile from loglists/apple.history.
extern const uint8_t bundled_history[];
extern const size_t bundled_history_len;

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

bool bundled_add(struct ctp_lists *into, struct err *err)
{
	return history_read(bytes_of(bundled_history, bundled_history_len), into, err);
}

struct ctp_lists *bundled_lists(struct err *err)
{
	return read_all(bytes_of(bundled_history, bundled_history_len), false, err);
}

struct ctp_lists *lists_from_file(struct bytes file, struct err *err)
{
	return read_all(file, !history_recognize(file), err);
}

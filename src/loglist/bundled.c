// SPDX-License-Identifier: Apache-2.0
#include "loglist/bundled.h"

#include "loglist/history.h"
#include "loglist/loglist_json.h"

// Made by the Makefile from loglists/*.history.
extern const uint8_t bundled_apple[];
extern const size_t bundled_apple_len;
extern const uint8_t bundled_chrome[];
extern const size_t bundled_chrome_len;
extern const uint8_t bundled_mozilla[];
extern const size_t bundled_mozilla_len;

static const struct {
	const char *source;
	const uint8_t *text;
	const size_t *len;
} bundled[BUNDLED_NUM_SOURCES] = {
	{"apple", bundled_apple, &bundled_apple_len},
	{"chrome", bundled_chrome, &bundled_chrome_len},
	{"mozilla", bundled_mozilla, &bundled_mozilla_len},
};

const char *bundled_source(size_t index)
{
	return bundled[index].source;
}

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
	for (size_t i = 0; i < BUNDLED_NUM_SOURCES; i++) {
		if ((!source || strcmp(bundled[i].source, source) == 0) &&
			!history_read(
				bytes_of(bundled[i].text, *bundled[i].len), into, err)) {
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

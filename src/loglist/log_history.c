// SPDX-License-Identifier: Apache-2.0
#include "loglist/log_history.h"

#include <stdlib.h>

#include "base/text.h"

// How well a log fits what was asked for.
enum fit { FIT_NOT, FIT_PART, FIT_WHOLE };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool begins(struct bytes whole, struct bytes part, bool any_case)
{
	for (size_t i = 0; i < part.len; i++) {
		char x = i < whole.len ? (char)whole.data[i] : '\0';
		char y = (char)part.data[i];
		if (i >= whole.len || (x != y && (!any_case || lower(x) != lower(y)))) {
			return false;
		}
	}
	return true;
}

static enum fit fit_begin(struct bytes whole, struct bytes part, bool any_case)
{
	if (!begins(whole, part, any_case)) {
		return FIT_NOT;
	}
	return whole.len == part.len ? FIT_WHOLE : FIT_PART;
}

// The offset of the next byte that is no blank, or the end.
static size_t skip_blanks(struct bytes text, size_t at)
{
	while (at < text.len && text.data[at] == ' ') {
		at++;
	}
	return at;
}

// The same without blanks and letter case: publishers write "Argon2026h1", "Argon 2026H1".
static enum fit fit_here(struct bytes whole, size_t at, struct bytes part)
{
	bool from_start = skip_blanks(whole, 0) >= at;
	for (size_t i = skip_blanks(part, 0); i < part.len;
		i = skip_blanks(part, i + 1)) {
		at = skip_blanks(whole, at);
		if (at == whole.len ||
			lower((char)whole.data[at]) != lower((char)part.data[i])) {
			return FIT_NOT;
		}
		at++;
	}
	return from_start && skip_blanks(whole, at) == whole.len ? FIT_WHOLE : FIT_PART;
}

static enum fit fit_inside(struct bytes whole, struct bytes part)
{
	enum fit fit = FIT_NOT;
	for (size_t at = 0; at < whole.len && !fit; at++) {
		fit = fit_here(whole, at, part);
	}
	return fit;
}

static enum fit better(enum fit a, enum fit b)
{
	return a > b ? a : b;
}

static enum fit fit_id(const uint8_t *id, struct bytes text)
{
	char hex[2 * LOG_ID_LEN + 1];
	char base64[TEXT_BASE64_ROOM(LOG_ID_LEN)];
	if (text.len < LOG_ID_MIN_PREFIX) {
		return FIT_NOT;
	}
	text_hex(bytes_of(id, LOG_ID_LEN), hex);
	text_base64(bytes_of(id, LOG_ID_LEN), base64);
	enum fit fit = better(fit_begin(bytes_of_text(hex), text, true),
		fit_begin(bytes_of_text(base64), text, false));
	for (char *c = base64; *c; c++) {
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	}
	fit = better(fit, fit_begin(bytes_of_text(base64), text, false));
	// Without the padding it is whole as well.
	return fit && text.len == sizeof(base64) - 2 ? FIT_WHOLE : fit;
}

static enum fit fit_log(const struct ct_log *log, struct bytes text)
{
	static const enum log_text texts[] = {
		LOG_DESCRIPTION, LOG_URL, LOG_SUBMISSION_URL, LOG_MONITORING_URL};
	enum fit fit = fit_id(log->id, text);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *said = log->text[texts[i]];
		fit = said ? better(fit, fit_inside(bytes_of_text(said), text)) : fit;
	}
	return fit;
}

struct found {
	const struct ct_log *log; // in the newest list that has it
	enum fit fit; // the best in any list
	size_t place; // of that list
};

static int by_id(const void *a, const void *b)
{
	const struct found *x = a;
	const struct found *y = b;
	int order = memcmp(x->log->id, y->log->id, LOG_ID_LEN);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_description(const void *a, const void *b)
{
	const struct ct_log *const *x = a;
	const struct ct_log *const *y = b;
	const char *x_name = (*x)->text[LOG_DESCRIPTION];
	const char *y_name = (*y)->text[LOG_DESCRIPTION];
	int order = strcmp(x_name ? x_name : "", y_name ? y_name : "");
	return order ? order : memcmp((*x)->id, (*y)->id, LOG_ID_LEN);
}

// One for each log that fits, sorted by id.
static size_t find_all(const struct loglist *lists, size_t num_lists, struct bytes text,
	struct found *out)
{
	size_t num = 0;
	size_t num_logs = 0;
	for (size_t i = 0; i < num_lists; i++) {
		const struct loglist *list = &lists[i];
		for (size_t k = 0; k < list->num_logs; k++) {
			out[num++] = (struct found){
				&list->logs[k], fit_log(&list->logs[k], text), i};
		}
	}
	if (num) {
		qsort(out, num, sizeof(*out), by_id);
	}
	for (size_t i = 0; i < num; i++) {
		struct found one = out[i];
		while (i + 1 < num &&
			memcmp(out[i + 1].log->id, one.log->id, LOG_ID_LEN) == 0) {
			i++;
			one.log = out[i].log;
			one.fit = better(one.fit, out[i].fit);
		}
		if (one.fit) {
			out[num_logs++] = one;
		}
	}
	return num_logs;
}

// Only those that fit best.
static size_t keep_best(const struct found *found, size_t num, const struct ct_log **out)
{
	enum fit best = FIT_NOT;
	size_t num_kept = 0;
	for (size_t i = 0; i < num; i++) {
		best = better(best, found[i].fit);
	}
	for (size_t i = 0; i < num; i++) {
		if (found[i].fit == best) {
			out[num_kept++] = found[i].log;
		}
	}
	if (num_kept) {
		qsort(out, num_kept, sizeof(struct ct_log *), by_description);
	}
	return num_kept;
}

bool log_history_find(const struct ctp_lists *lists, const char *source,
	struct bytes text, struct arena *arena, const struct ct_log ***out_logs,
	size_t *out_num, struct err *err)
{
	size_t num = 0;
	*out_num = 0;
	text = text_trim(text);
	if (text.len == 0) {
		return true;
	}
	size_t num_lists;
	const struct loglist *all = lists_of(lists, source, &num_lists);
	for (size_t i = 0; i < num_lists; i++) {
		num += all[i].num_logs;
	}
	struct found *found = arena_take_array(arena, num, sizeof(*found));
	const struct ct_log **logs = arena_take_array(arena, num, sizeof(*logs));
	if (!found || !logs) {
		return err_no_memory(err);
	}
	*out_num = keep_best(found, find_all(all, num_lists, text, found), logs);
	*out_logs = logs;
	return true;
}

// The next list in which the log stands otherwise than in the one before.
static void add_step(struct log_history *out, const struct loglist *before,
	const struct ct_log *was, const struct loglist *list, const struct ct_log *now)
{
	struct log_step step = {.list = list, .log = now};
	if (was && now) {
		step.facts = log_facts_changed(before, was, list, now);
	}
	if (step.facts || !was != !now) {
		out->steps[out->num_steps++] = step;
	}
}

bool log_history_make(const struct ctp_lists *lists, const char *source,
	const uint8_t *id, struct arena *arena, struct log_history *out, struct err *err)
{
	const struct loglist *before = NULL;
	const struct ct_log *was = NULL;
	*out = (struct log_history){.num_lists = 0};
	size_t num_lists;
	const struct loglist *all = lists_of(lists, source, &num_lists);
	out->steps = arena_take_array(arena, num_lists, sizeof(*out->steps));
	if (!out->steps) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < num_lists; i++) {
		const struct loglist *list = &all[i];
		const struct ct_log *now = loglist_find(list, id);
		add_step(out, before, was, list, now);
		if (now) {
			out->first = out->first ? out->first : list;
			out->last = list;
			out->log = now;
			out->num_lists++;
		}
		before = list;
		was = now;
	}
	return true;
}

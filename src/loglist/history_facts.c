// SPDX-License-Identifier: Apache-2.0
#include "loglist/history_facts.h"

#include "base/text.h"
#include "loglist/lines.h"

static bool put_api(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)fact;
	(void)list;
	buffer_put_text(out, log_api_name(log->api));
	return true;
}

static bool take_api(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)fact;
	(void)arena;
	log->api = bytes_equal(value, bytes_of_text(log_api_name(LOG_STATIC)))
		? LOG_STATIC
		: LOG_RFC6962;
	return bytes_equal(value, bytes_of_text(log_api_name(log->api)));
}

static bool put_interval(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)fact;
	(void)list;
	if (log->has_interval) {
		lines_put_time(out, log->start_ms);
		buffer_put_char(out, ' ');
		lines_put_time(out, log->end_ms);
	}
	return log->has_interval;
}

static bool take_interval(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)fact;
	(void)arena;
	log->has_interval = value.len > 0;
	struct bytes start = lines_next_word(&value);
	return !log->has_interval ||
		(lines_take_time(start, &log->start_ms) &&
			lines_take_time(value, &log->end_ms) &&
			log->start_ms < log->end_ms);
}

static bool put_text(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)list;
	const char *text = log->text[fact->text];
	if (!text) {
		return false;
	}
	text_put_escaped(out, bytes_of_text(text));
	return true;
}

static bool take_text(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)arena;
	log->text[fact->text] = (const char *)value.data;
	return true;
}

static bool put_mmd(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)fact;
	(void)list;
	buffer_printf(out, "%lld", (long long)log->mmd);
	return true;
}

static bool take_mmd(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)fact;
	(void)arena;
	return lines_take_integer(value, &log->mmd);
}

static bool put_tls_only(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)fact;
	(void)list;
	buffer_put_text(out, log->tls_only ? "true" : "false");
	return log->has_tls_only;
}

static bool take_tls_only(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)fact;
	(void)arena;
	log->has_tls_only = value.len > 0;
	log->tls_only = bytes_equal(value, BYTES_LITERAL("true"));
	return value.len == 0 || log->tls_only ||
		bytes_equal(value, BYTES_LITERAL("false"));
}

// "usable 2018-06-15T02:30:13Z version 1 tree 20468368 <base64>"
static bool put_state(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)fact;
	(void)list;
	buffer_put_text(out, log_state_name(log->state));
	buffer_put_char(out, ' ');
	lines_put_time(out, log->since_ms);
	if (log->state_version[0]) {
		buffer_put_text(out, " version ");
		text_put_escaped(out, bytes_of_text(log->state_version));
	}
	if (log->has_tree_head) {
		buffer_printf(out, " tree %lld ", (long long)log->tree_size);
		text_put_escaped(out, bytes_of_text(log->tree_root));
	}
	return log->state != LOG_NO_STATE;
}

static bool take_state(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)fact;
	log->state = LOG_NO_STATE;
	log->since_ms = 0;
	log->state_version = "";
	log->has_tree_head = false;
	if (value.len == 0) {
		return true;
	}
	struct bytes name = lines_next_word(&value);
	struct bytes since = lines_next_word(&value);
	if (!log_state_from_name(name, &log->state) || log->state == LOG_NO_STATE ||
		!lines_take_time(since, &log->since_ms)) {
		return false;
	}
	while (value.len > 0) {
		struct bytes word = lines_next_word(&value);
		struct bytes number = lines_next_word(&value);
		struct bytes copy = {0};
		if (bytes_equal(word, BYTES_LITERAL("version"))) {
			copy = arena_copy(arena, number);
			log->state_version = (const char *)copy.data;
		} else if (bytes_equal(word, BYTES_LITERAL("tree")) &&
			lines_take_integer(number, &log->tree_size)) {
			copy = arena_copy(arena, lines_next_word(&value));
			log->tree_root = (const char *)copy.data;
			log->has_tree_head = true;
		}
		if (!copy.data) {
			return false;
		}
	}
	return true;
}

static bool put_operator(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)fact;
	text_put_escaped(out, bytes_of_text(list->operators[log->op]));
	return true;
}

// The operator's index depends on the list: the name waits in the reader (history.c).
static bool take_operator(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)fact;
	(void)log;
	(void)arena;
	return value.len > 0;
}

// "2025-06-01T00:00:00Z 6 Google", each: until when, how many bytes the name has, the name.
static bool put_previous(const struct fact *fact, const struct loglist *list,
	const struct ct_log *log, struct buffer *out)
{
	(void)fact;
	(void)list;
	for (size_t i = 0; i < log->num_previous; i++) {
		const struct log_operator *previous = &log->previous[i];
		buffer_put_text(out, i ? " " : "");
		lines_put_time(out, previous->end_ms);
		buffer_printf(out, " %zu ", strlen(previous->name));
		text_put_escaped(out, bytes_of_text(previous->name));
	}
	return log->num_previous > 0;
}

static bool next_previous(struct bytes *value, int64_t *out_ms, struct bytes *out_name)
{
	int64_t len = 0;
	struct bytes end = lines_next_word(value);
	if (!lines_take_time(end, out_ms) ||
		!lines_take_integer(lines_next_word(value), &len) || len == 0 ||
		(uint64_t)len > value->len) {
		return false;
	}
	*out_name = bytes_of(value->data, (size_t)len);
	*value = bytes_of(value->data + len, value->len - (size_t)len);
	if (value->len == 0) {
		return true;
	}
	bool more = value->data[0] == ' ' && value->len > 1;
	*value = bytes_of(value->data + 1, value->len - 1);
	return more;
}

static bool take_previous(const struct fact *fact, struct bytes value, struct ct_log *log,
	struct arena *arena)
{
	(void)fact;
	size_t num = 0;
	int64_t end_ms;
	struct bytes name;
	for (struct bytes rest = value; rest.len > 0; num++) {
		if (!next_previous(&rest, &end_ms, &name)) {
			return false;
		}
	}
	struct log_operator *all = arena_take_array(arena, num, sizeof(*all));
	for (size_t i = 0; i < num; i++) {
		if (!all || !next_previous(&value, &end_ms, &name)) {
			return false;
		}
		struct bytes copy = arena_copy(arena, name);
		all[i] = (struct log_operator){(const char *)copy.data, end_ms};
		if (!copy.data) {
			return false;
		}
	}
	log->previous = all;
	log->num_previous = num;
	return all != NULL;
}

const struct fact history_facts[] = {
	{"operator", put_operator, take_operator, NUM_LOG_TEXTS},
	{"api", put_api, take_api, NUM_LOG_TEXTS},
	{"interval", put_interval, take_interval, NUM_LOG_TEXTS},
	{"description", put_text, take_text, LOG_DESCRIPTION},
	{"url", put_text, take_text, LOG_URL},
	{"submission_url", put_text, take_text, LOG_SUBMISSION_URL},
	{"monitoring_url", put_text, take_text, LOG_MONITORING_URL},
	{"log_type", put_text, take_text, LOG_TYPE},
	{"mmd", put_mmd, take_mmd, NUM_LOG_TEXTS},
	{"tls_only", put_tls_only, take_tls_only, NUM_LOG_TEXTS},
	{"previous_operators", put_previous, take_previous, NUM_LOG_TEXTS},
	{"state", put_state, take_state, NUM_LOG_TEXTS},
};

const size_t history_num_facts = sizeof(history_facts) / sizeof(history_facts[0]);

const struct fact *history_find_fact(struct bytes name)
{
	for (size_t i = 0; i < history_num_facts; i++) {
		if (bytes_equal(bytes_of_text(history_facts[i].name), name)) {
			return &history_facts[i];
		}
	}
	return NULL;
}

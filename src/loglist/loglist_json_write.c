// SPDX-License-Identifier: Apache-2.0
// The writer of what loglist_json.c reads. Jansson keeps the order of insertion.
#include "loglist/loglist_json.h"

#include <jansson.h>

#include "base/datetime.h"
#include "base/text.h"
#include "loglist/json_load.h"

struct list_writer {
	const struct loglist *list;
	bool failed; // memory ran out, and something is missing
};

// Each takes `value`, which may be NULL.
static void put(struct list_writer *w, json_t *object, const char *name, json_t *value)
{
	w->failed = json_object_set_new(object, name, value) != 0 || w->failed;
}

static void append(struct list_writer *w, json_t *array, json_t *value)
{
	w->failed = json_array_append_new(array, value) != 0 || w->failed;
}

static json_t *time_json(int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	return json_string(text);
}

static json_t *state_json(struct list_writer *w, const struct ct_log *log)
{
	json_t *inner = json_object();
	if (log->has_tree_head) {
		json_t *head = json_object();
		put(w, head, "tree_size", json_integer(log->tree_size));
		put(w, head, "sha256_root_hash", json_string(log->tree_root));
		put(w, inner, "final_tree_head", head);
	}
	put(w, inner, "timestamp", time_json(log->since_ms));
	if (log->state_version[0]) {
		put(w, inner, "version", json_string(log->state_version));
	}
	json_t *outer = json_object();
	put(w, outer, log_state_name(log->state), inner);
	return outer;
}

static json_t *interval_json(struct list_writer *w, const struct ct_log *log)
{
	json_t *interval = json_object();
	put(w, interval, "end_exclusive", time_json(log->end_ms));
	put(w, interval, "start_inclusive", time_json(log->start_ms));
	return interval;
}

static json_t *base64_json(struct bytes in)
{
	char *text = malloc(TEXT_BASE64_ROOM(in.len));
	if (!text) {
		return NULL;
	}
	text_base64(in, text);
	json_t *value = json_string(text);
	free(text);
	return value;
}

static json_t *previous_json(struct list_writer *w, const struct ct_log *log)
{
	json_t *all = json_array();
	for (size_t i = 0; i < log->num_previous; i++) {
		json_t *one = json_object();
		put(w, one, "name", json_string(log->previous[i].name));
		put(w, one, "end_time", time_json(log->previous[i].end_ms));
		append(w, all, one);
	}
	return all;
}

static json_t *log_json(struct list_writer *w, const struct ct_log *log)
{
	json_t *object = json_object();
	for (size_t i = 0; i < NUM_LOG_TEXTS; i++) {
		if (log->text[i]) {
			put(w, object, log_text_name((enum log_text)i),
				json_string(log->text[i]));
		}
	}
	put(w, object, "key", base64_json(pubkey_spki(log->key)));
	put(w, object, "log_id", base64_json(bytes_of(log->id, LOG_ID_LEN)));
	put(w, object, "mmd", json_integer(log->mmd));
	if (log->num_previous) {
		put(w, object, "previous_operators", previous_json(w, log));
	}
	if (log->state != LOG_NO_STATE) {
		put(w, object, "state", state_json(w, log));
	}
	if (log->has_interval) {
		put(w, object, "temporal_interval", interval_json(w, log));
	}
	if (log->has_tls_only) {
		put(w, object, "tls_only", json_boolean(log->tls_only));
	}
	return object;
}

static json_t *logs_json(struct list_writer *w, size_t op, enum log_api api)
{
	json_t *logs = json_array();
	for (size_t i = 0; i < w->list->num_logs; i++) {
		const struct ct_log *log = &w->list->logs[i];
		if (log->op == op && log->api == api) {
			append(w, logs, log_json(w, log));
		}
	}
	return logs;
}

static json_t *operator_json(struct list_writer *w, size_t op, bool with_tiled)
{
	json_t *object = json_object();
	put(w, object, "name", json_string(w->list->operators[op]));
	put(w, object, "email", json_array());
	put(w, object, "logs", logs_json(w, op, LOG_RFC6962));
	if (with_tiled) {
		put(w, object, "tiled_logs", logs_json(w, op, LOG_STATIC));
	}
	return object;
}

static void put_head(struct list_writer *w, json_t *root)
{
	const struct loglist *list = w->list;
	if (list->schema[0]) {
		put(w, root, "$schema", json_string(list->schema));
	}
	bool is_apple = list->asset_version >= 0;
	if (list->version[0] || is_apple) {
		put(w, root, "version", json_string(list->version));
	}
	if (is_apple) {
		put(w, root, "assetVersion", json_integer(list->asset_version));
	}
	if (!is_apple || list->published_ms != loglist_newest_state_ms(list)) {
		put(w, root, "log_list_timestamp", time_json(list->published_ms));
	}
	if (list->asset_version_v2 >= 0) {
		put(w, root, "assetVersionV2", json_integer(list->asset_version_v2));
	}
}

static json_t *list_json(struct list_writer *w)
{
	bool with_tiled = false;
	for (size_t i = 0; i < w->list->num_logs; i++) {
		with_tiled = with_tiled || w->list->logs[i].api == LOG_STATIC;
	}
	json_t *root = json_object();
	put_head(w, root);
	json_t *operators = json_array();
	for (size_t i = 0; i < w->list->num_operators; i++) {
		append(w, operators, operator_json(w, i, with_tiled));
	}
	put(w, root, "operators", operators);
	return root;
}

bool loglist_json_write(const struct loglist *list, struct buffer *out, struct err *err)
{
	struct list_writer writer = {.list = list};
	json_t *root = list_json(&writer);
	char *text = root && !writer.failed ? json_dump(root, JSON_INDENT(1)) : NULL;
	json_decref(root);
	if (!text) {
		return err_no_memory(err);
	}
	buffer_put_text(out, text);
	buffer_put_char(out, '\n');
	free(text);
	return !out->failed || err_no_memory(err);
}

// SPDX-License-Identifier: Apache-2.0
// The reader; the writer of the same format is in loglist_json_write.c.
#include "loglist/loglist_json.h"

#include <jansson.h>

#include "base/datetime.h"
#include "base/text.h"
#include "loglist/json_load.h"
#include "loglist/json_place.h"
#include "loglist/source.h"
#include "x509/der.h"

// Steps from the top to the deepest value that is read:
// operators / 3 / logs / 2 / state / readonly / final_tree_head / tree_size.
#define MAX_STEPS 8

struct list_reader {
	struct bytes text;
	struct ctp_lists *lists;
	struct loglist list;
	size_t cap_logs;
	bool is_apple; // an Apple list: stricter about states
	struct json_step path[MAX_STEPS];
	size_t num_steps;
	struct err *err;
};

static bool fail_as(
	struct list_reader *r, enum code code, const char *name, const char *what)
{
	if (name && r->num_steps < MAX_STEPS) {
		r->path[r->num_steps++].name = name;
	}
	struct json_place place = json_place_find(r->text, r->path, r->num_steps);
	struct buffer where;
	buffer_init(&where, 160);
	for (size_t i = 0; i < r->num_steps; i++) {
		if (r->path[i].name) {
			buffer_printf(&where, "%s%s", i ? "." : "", r->path[i].name);
		} else {
			buffer_printf(&where, "[%zu]", r->path[i].index);
		}
	}
	err_set(r->err, code, place.offset, "line %zu, column %zu%s%.*s: %s", place.line,
		place.column, where.len ? ", " : "", (int)where.len,
		where.data ? (const char *)where.data : "", what);
	buffer_clear(&where);
	return false;
}

static bool fail(struct list_reader *r, const char *name, const char *what)
{
	return fail_as(r, CODE_LOG_LIST_INVALID, name, what);
}

static void enter_member(struct list_reader *r, const char *name)
{
	r->path[r->num_steps++] = (struct json_step){.name = name};
}

static void enter_item(struct list_reader *r, size_t index)
{
	r->path[r->num_steps++] = (struct json_step){.index = index};
}

static void leave(struct list_reader *r)
{
	r->num_steps--;
}

// Readers of one member each. A missing optional one leaves *out as it is.

static bool read_text(struct list_reader *r, json_t *object, const char *name,
	bool required, const char **out)
{
	json_t *value = json_object_get(object, name);
	if (!value || json_is_null(value)) {
		char what[64];
		(void)snprintf(what, sizeof(what),
			"the required text field \"%s\" is missing", name);
		return !required || fail(r, NULL, what);
	}
	if (!json_is_string(value)) {
		return fail(r, name, "must be text");
	}
	struct bytes copy = arena_copy(lists_arena(r->lists),
		bytes_of(json_string_value(value), json_string_length(value)));
	*out = (const char *)copy.data;
	return copy.data || err_no_memory(r->err);
}

// A text that our history writes among others in one line.
static bool read_word(struct list_reader *r, json_t *object, const char *name,
	bool required, const char **out)
{
	return read_text(r, object, name, required, out) &&
		(!strchr(*out, ' ') || fail(r, name, "must be one word, without spaces"));
}

static bool read_integer(
	struct list_reader *r, json_t *object, const char *name, int64_t *out)
{
	json_t *value = json_object_get(object, name);
	if (!value) {
		return true;
	}
	if (!json_is_integer(value) || json_integer_value(value) < 0) {
		return fail(r, name, "must be a whole number, not negative");
	}
	*out = json_integer_value(value);
	return true;
}

static bool read_time(
	struct list_reader *r, json_t *object, const char *name, int64_t *out)
{
	json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);
	if (!value) {
		return fail(r, NULL, "a required time is missing");
	}
	// A few timestamps of the oldest lists carry no zone; they mean UTC (POLICY.md
	// 9).
	if (!text || !datetime_parse_rfc3339(bytes_of_text(text), true, out)) {
		return fail(
			r, name, "must be an RFC 3339 time like 2026-01-31T00:00:00Z");
	}
	return true;
}

static bool read_base64(
	struct list_reader *r, json_t *object, const char *name, struct bytes *out)
{
	json_t *value = json_object_get(object, name);
	if (!json_is_string(value)) {
		return fail(r, value ? name : NULL, "a required base64 field is missing");
	}
	struct bytes text = bytes_of(json_string_value(value), json_string_length(value));
	uint8_t *data = arena_take(lists_arena(r->lists), text.len / 4 * 3 + 3);
	if (!data) {
		return err_no_memory(r->err);
	}
	size_t len = 0;
	if (!text_unbase64(text, data, &len)) {
		return fail(r, name, "is not base64");
	}
	*out = bytes_of(data, len);
	return true;
}

// Structure only: a key is decoded when it is first needed.
static bool looks_like_spki(struct bytes der)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(der, CODE_LOG_LIST_INVALID, &err);
	struct reader spki = der_enter(&r, DER_SEQUENCE, "key");
	(void)der_expect(&spki, DER_SEQUENCE, "key algorithm");
	(void)der_octet_bits(&spki, "key bits");
	return reader_finish(&spki, "key") && reader_finish(&r, "key");
}

static bool read_key(struct list_reader *r, json_t *object, struct ct_log *log)
{
	struct bytes spki;
	struct bytes id;
	if (!read_base64(r, object, "key", &spki) ||
		!read_base64(r, object, "log_id", &id)) {
		return false;
	}
	if (!looks_like_spki(spki)) {
		return fail_as(
			r, CODE_LOG_KEY_INVALID, "key", "is not a SubjectPublicKeyInfo");
	}
	log->key = lists_key(r->lists, spki, r->err);
	if (!log->key) {
		return false;
	}
	if (!bytes_equal(id, bytes_of(pubkey_id(log->key), LOG_ID_LEN))) {
		return fail_as(r, CODE_LOG_ID_MISMATCH, "log_id",
			"is not the SHA-256 of the key");
	}
	memcpy(log->id, id.data, LOG_ID_LEN);
	for (size_t i = 0; i < r->list.num_logs; i++) {
		if (memcmp(r->list.logs[i].id, log->id, LOG_ID_LEN) == 0) {
			return fail_as(r, CODE_LOG_LISTED_TWICE, "log_id",
				"stands in the list twice");
		}
	}
	return true;
}

static bool read_interval(struct list_reader *r, json_t *object, struct ct_log *log)
{
	json_t *interval = json_object_get(object, "temporal_interval");
	if (!interval || json_is_null(interval)) {
		return true;
	}
	if (!json_is_object(interval)) {
		return fail(r, "temporal_interval", "must be an object");
	}
	enter_member(r, "temporal_interval");
	if (!read_time(r, interval, "start_inclusive", &log->start_ms) ||
		!read_time(r, interval, "end_exclusive", &log->end_ms)) {
		return false;
	}
	if (log->end_ms <= log->start_ms) {
		return fail_as(
			r, CODE_LOG_INTERVAL_INVALID, NULL, "ends before it starts");
	}
	log->has_interval = true;
	leave(r);
	return true;
}

static bool read_tree_head(struct list_reader *r, json_t *state, struct ct_log *log)
{
	json_t *head = json_object_get(state, "final_tree_head");
	if (!head) {
		return true;
	}
	if (!json_is_object(head)) {
		return fail(r, "final_tree_head", "must be an object");
	}
	enter_member(r, "final_tree_head");
	log->has_tree_head = true;
	log->tree_root = "";
	if (!read_integer(r, head, "tree_size", &log->tree_size) ||
		!read_word(r, head, "sha256_root_hash", true, &log->tree_root)) {
		return false;
	}
	leave(r);
	return true;
}

static bool read_one_state(
	struct list_reader *r, const char *name, json_t *value, struct ct_log *log)
{
	enum log_state state;
	int64_t since = 0;
	if (!log_state_from_name(bytes_of_text(name), &state) || state == LOG_NO_STATE) {
		return fail_as(r, CODE_LOG_STATE_INVALID, name,
			"a state that is none of pending, qualified, usable, "
			"readonly, retired, rejected");
	}
	if (!json_is_object(value)) {
		return fail(r, name, "must be an object");
	}
	enter_member(r, name);
	if (!read_time(r, value, "timestamp", &since)) {
		return false;
	}
	// Mozilla's lists keep a log's earlier states: the latest one counts.
	if (log->state == LOG_NO_STATE || since >= log->since_ms) {
		log->state = state;
		log->since_ms = since;
		log->state_version = "";
		log->has_tree_head = false;
		if (!read_word(r, value, "version", false, &log->state_version) ||
			!read_tree_head(r, value, log)) {
			return false;
		}
	}
	leave(r);
	return true;
}

static bool read_state(struct list_reader *r, json_t *object, struct ct_log *log)
{
	json_t *state = json_object_get(object, "state");
	log->state_version = "";
	if (!state && !r->is_apple) {
		return true; // Chrome's lists have logs without one (POLICY.md 9)
	}
	if (!json_is_object(state) || (r->is_apple && json_object_size(state) != 1)) {
		return fail_as(r, CODE_LOG_STATE_INVALID, state ? "state" : NULL,
			"must have exactly one state");
	}
	enter_member(r, "state");
	const char *name;
	json_t *value;
	json_object_foreach(state, name, value)
	{
		if (!read_one_state(r, name, value, log)) {
			return false;
		}
	}
	leave(r);
	return true;
}

static bool read_texts(struct list_reader *r, json_t *object, struct ct_log *log)
{
	for (size_t i = 0; i < NUM_LOG_TEXTS; i++) {
		if (!read_text(r, object, log_text_name((enum log_text)i), false,
			    &log->text[i])) {
			return false;
		}
	}
	json_t *tls_only = json_object_get(object, "tls_only");
	log->has_tls_only = json_is_boolean(tls_only);
	log->tls_only = json_is_true(tls_only);
	return read_integer(r, object, "mmd", &log->mmd);
}

static bool read_one_previous(
	struct list_reader *r, json_t *object, struct log_operator *out)
{
	if (!json_is_object(object)) {
		return fail(r, NULL, "must be an object");
	}
	return read_text(r, object, "name", true, &out->name) &&
		(out->name[0] || fail(r, "name", "must not be empty")) &&
		read_time(r, object, "end_time", &out->end_ms);
}

static bool read_previous(struct list_reader *r, json_t *object, struct ct_log *log)
{
	json_t *all = json_object_get(object, "previous_operators");
	size_t num = json_array_size(all);
	if (all && !json_is_array(all)) {
		return fail(r, "previous_operators", "must be an array");
	}
	struct log_operator *out =
		arena_take_array(lists_arena(r->lists), num, sizeof(*out));
	if (!out) {
		return err_no_memory(r->err);
	}
	enter_member(r, "previous_operators");
	for (size_t i = 0; i < num; i++) {
		enter_item(r, i);
		if (!read_one_previous(r, json_array_get(all, i), &out[i])) {
			return false;
		}
		leave(r);
	}
	leave(r);
	log->previous = out;
	log->num_previous = num;
	return true;
}

static bool read_log(struct list_reader *r, json_t *object, size_t op, enum log_api api)
{
	if (!json_is_object(object)) {
		return fail(r, NULL, "must be an object");
	}
	struct ct_log log = {.op = op, .api = api};
	if (!read_key(r, object, &log) || !read_interval(r, object, &log) ||
		!read_state(r, object, &log) || !read_previous(r, object, &log) ||
		!read_texts(r, object, &log)) {
		return false;
	}
	r->list.logs[r->list.num_logs++] = log;
	return true;
}

static bool read_logs(struct list_reader *r, json_t *object, const char *name, size_t op,
	enum log_api api)
{
	json_t *logs = json_object_get(object, name);
	if (!logs) {
		return true;
	}
	if (!json_is_array(logs)) {
		return fail(r, name, "must be an array");
	}
	enter_member(r, name);
	for (size_t i = 0; i < json_array_size(logs); i++) {
		enter_item(r, i);
		if (!read_log(r, json_array_get(logs, i), op, api)) {
			return false;
		}
		leave(r);
	}
	leave(r);
	return true;
}

static size_t count_logs(json_t *operators)
{
	size_t num = 0;
	for (size_t i = 0; i < json_array_size(operators); i++) {
		json_t *op = json_array_get(operators, i);
		num += json_array_size(json_object_get(op, "logs")) +
			json_array_size(json_object_get(op, "tiled_logs"));
	}
	return num;
}

// The operator's index; two entries of one name are one operator, as a policy counts
// them.
static size_t place_operator(struct list_reader *r, const char *name)
{
	size_t op = 0;
	while (op < r->list.num_operators && strcmp(r->list.operators[op], name) != 0) {
		op++;
	}
	if (op == r->list.num_operators) {
		r->list.operators[r->list.num_operators++] = name;
	}
	return op;
}

static bool read_operator(struct list_reader *r, json_t *object)
{
	const char *name = NULL;
	if (!json_is_object(object)) {
		return fail(r, NULL, "must be an object");
	}
	if (!read_text(r, object, "name", true, &name)) {
		return false;
	}
	if (name[0] == '\0') {
		return fail(r, "name", "must not be empty");
	}
	size_t op = place_operator(r, name);
	return read_logs(r, object, "logs", op, LOG_RFC6962) &&
		read_logs(r, object, "tiled_logs", op, LOG_STATIC);
}

static bool read_operators(struct list_reader *r, json_t *root)
{
	json_t *operators = json_object_get(root, "operators");
	if (!json_is_array(operators)) {
		return fail(r, operators ? "operators" : NULL,
			"not a log list: it has no array \"operators\"");
	}
	size_t num = json_array_size(operators);
	size_t num_logs = count_logs(operators);
	if (num > LISTS_MAX_OPERATORS || num_logs > LISTS_MAX_LOGS) {
		return err_set(r->err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"%zu operators and %zu logs; the limit for one list is %d and %d",
			num, num_logs, LISTS_MAX_OPERATORS, LISTS_MAX_LOGS);
	}
	r->list.operators =
		arena_take_array(lists_arena(r->lists), num, sizeof(*r->list.operators));
	r->list.logs =
		arena_take_array(lists_arena(r->lists), num_logs, sizeof(*r->list.logs));
	if (!r->list.operators || !r->list.logs) {
		return err_no_memory(r->err);
	}
	enter_member(r, "operators");
	for (size_t i = 0; i < num; i++) {
		enter_item(r, i);
		if (!read_operator(r, json_array_get(operators, i))) {
			return false;
		}
		leave(r);
	}
	leave(r);
	return r->list.num_logs > 0 ||
		err_set(r->err, CODE_LOG_LIST_EMPTY, ERR_NO_OFFSET,
			"the list has no log in it");
}

static bool read_head(struct list_reader *r, json_t *root)
{
	r->list.schema = "";
	r->list.version = "";
	r->list.asset_version = -1;
	r->list.asset_version_v2 = -1;
	r->is_apple = json_object_get(root, "assetVersion") != NULL;
	if (!read_text(r, root, "$schema", false, &r->list.schema) ||
		!read_text(r, root, "version", r->is_apple, &r->list.version)) {
		return false;
	}
	enum list_form form = r->is_apple ? LIST_FORM_APPLE
		: r->list.version[0]      ? LIST_FORM_V3
					  : LIST_FORM_V3_BARE;
	r->list.name =
		form == LIST_FORM_V3_BARE ? LIST_NAME_BARE : source_of_form(form)->name;
	return read_integer(r, root, "assetVersion", &r->list.asset_version) &&
		read_integer(r, root, "assetVersionV2", &r->list.asset_version_v2);
}

// Apple's lists carry no publication time: the newest state timestamp stands for it.
static bool read_publication(struct list_reader *r, json_t *root)
{
	if (json_object_get(root, "log_list_timestamp")) {
		return read_time(r, root, "log_list_timestamp", &r->list.published_ms);
	}
	r->list.published_ms = loglist_newest_state_ms(&r->list);
	return true;
}

static bool read_root(struct list_reader *r, json_t *root)
{
	if (!json_is_object(root)) {
		return fail(r, NULL, "not a log list: the JSON is no object");
	}
	if (!digest_sha256(lists_digest(r->lists), &r->text, 1, r->list.sha256)) {
		return err_no_memory(r->err);
	}
	return read_head(r, root) && read_operators(r, root) &&
		read_publication(r, root) && lists_add(r->lists, &r->list, r->err);
}

bool loglist_json_read(struct bytes text, struct ctp_lists *into, struct err *err)
{
	if (text.len > LISTS_MAX_FILE) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"a log list of %zu bytes; the limit is 32 MB", text.len);
	}
	json_t *root = json_load_as(text, CODE_LOG_LIST_UNREADABLE, "not JSON", err);
	if (!root) {
		return false;
	}
	struct list_reader r = {.text = text, .lists = into, .err = err};
	bool done = read_root(&r, root);
	json_decref(root);
	return done;
}

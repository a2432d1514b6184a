// SPDX-License-Identifier: Apache-2.0
#include "app/request_json.h"

#include <assert.h>

#include "base/text.h"
#include "loglist/json_load.h"

bool request_json_fail(struct request_reader *r, const char *field, const char *what)
{
	err_set(r->err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "%s", what);
	return err_in_field(r->err, field);
}

struct bytes request_json_text(const json_t *value)
{
	return bytes_of(json_string_value(value), json_string_length(value));
}

bool request_json_copy(struct request_reader *r, const char *name, const json_t *value,
	struct bytes *out)
{
	if (!json_is_string(value)) {
		return request_json_fail(r, name, "must be text");
	}
	*out = arena_copy(r->arena, request_json_text(value));
	return out->data || err_no_memory(r->err);
}

bool request_json_dump(struct request_reader *r, const json_t *value, struct bytes *out)
{
	char *text = json_dump(value, JSON_ENCODE_ANY | JSON_COMPACT);
	if (!text) {
		return err_no_memory(r->err);
	}
	*out = arena_copy(r->arena, bytes_of_text(text));
	free(text);
	return out->data || err_no_memory(r->err);
}

bool request_json_policies(
	struct request_reader *r, const char *name, const json_t *value)
{
	if (!json_is_array(value) || json_array_size(value) == 0) {
		return request_json_fail(
			r, name, "must be an array of at least one policy's name");
	}
	r->request->num_policies = 0;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);
		if (!json_is_string(item)) {
			return request_json_fail(r, name, "must hold nothing but text");
		}
		if (!request_add_policy(r->request, request_json_text(item), r->err)) {
			return err_in_field(r->err, name);
		}
	}
	return true;
}

static bool is_of_log_list(const char *name)
{
	return strcmp(name, "operators") == 0 || strcmp(name, "$schema") == 0 ||
		strcmp(name, "assetVersion") == 0;
}

static bool unknown_field(
	struct request_reader *r, const struct request_kind *kind, const char *name)
{
	const char *names[REQUEST_MAX_ROWS + 1] = {NULL};
	for (size_t i = 0; i < kind->num_rows; i++) {
		names[i] = kind->rows[i].name;
	}
	struct buffer safe;
	buffer_init(&safe, 80);
	text_put_escaped(&safe, bytes_of_text(name));
	int len = safe.failed ? 0 : (int)safe.len;
	err_set(r->err, CODE_UNKNOWN_FIELD, ERR_NO_OFFSET,
		"this version knows no field \"%.*s\"", len,
		safe.data ? (const char *)safe.data : "");
	if (is_of_log_list(name)) {
		err_add(r->err, "; a log list goes to --log-list");
	} else {
		err_add_choice(r->err, name, names);
	}
	if (len > 0 && len < 48) {
		buffer_put_char(&safe, '\0');
		err_in_field(r->err, (const char *)safe.data);
	}
	buffer_clear(&safe);
	return false;
}

static bool read_field(struct request_reader *r, const struct request_kind *kind,
	const char *name, const json_t *value)
{
	for (size_t i = 0; i < kind->num_rows; i++) {
		if (strcmp(kind->rows[i].name, name) == 0) {
			return kind->rows[i].read(r, name, value);
		}
	}
	return unknown_field(r, kind, name);
}

static bool read_fields(
	struct request_reader *r, const struct request_kind *kind, json_t *root)
{
	const struct request_row *row = &kind->rows[0];
	const json_t *first = json_object_get(root, row->name);
	const char *name;
	json_t *value;
	if (!json_is_object(root)) {
		return err_set(
			r->err, CODE_BAD_REQUEST, 0, "%s is a JSON object", kind->what);
	}
	// An id, so that an error can be told whose it is.
	if (first && !row->read(r, row->name, first)) {
		return false;
	}
	json_object_foreach(root, name, value)
	{
		if (value != first && !read_field(r, kind, name, value)) {
			return false;
		}
	}
	return true;
}

bool request_json_read(
	struct request_reader *r, const struct request_kind *kind, struct bytes json)
{
	assert(kind->num_rows <= REQUEST_MAX_ROWS);
	json_t *root = json_load_as(json, CODE_BAD_REQUEST, "not JSON", r->err);
	if (!root) {
		return false;
	}
	bool done = read_fields(r, kind, root);
	json_decref(root);
	return done;
}

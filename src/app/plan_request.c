// SPDX-License-Identifier: Apache-2.0
#include "app/plan_request.h"

#include <jansson.h>

#include "base/datetime.h"
#include "base/text.h"
#include "loglist/json_load.h"

struct plan_reader {
	struct arena *arena;
	struct plan_request *request;
	struct err *err;
};

bool plan_request_time(
	struct bytes text, const char *field, int64_t *out_ms, struct err *err)
{
	if (datetime_parse_moment(text, out_ms)) {
		return true;
	}
	err_set(err, CODE_BAD_TIME, ERR_NO_OFFSET,
		"not a time: write 2026-11-01T12:00:00Z (RFC 3339, with a zone) or a day "
		"(2026-11-01, its first second)");
	return err_in_field(err, field);
}

static bool fail(struct plan_reader *r, const char *field, const char *what)
{
	err_set(r->err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "%s", what);
	return err_in_field(r->err, field);
}

static struct bytes text_of(const json_t *value)
{
	return bytes_of(json_string_value(value), json_string_length(value));
}

static bool read_time(
	struct plan_reader *r, const char *name, const json_t *value, int64_t *out_ms)
{
	if (!json_is_string(value)) {
		return fail(r, name, "must be text: an RFC 3339 time, or a day");
	}
	return plan_request_time(text_of(value), name, out_ms, r->err);
}

static bool read_second(struct plan_reader *r, const char *name, const json_t *value,
	bool *out_has, int64_t *out)
{
	int64_t ms = 0;
	*out_has = read_time(r, name, value, &ms);
	*out = datetime_floor_seconds(ms);
	return *out_has;
}

static bool read_not_before(struct plan_reader *r, const char *name, const json_t *value)
{
	return read_second(
		r, name, value, &r->request->has_not_before, &r->request->not_before);
}

static bool read_not_after(struct plan_reader *r, const char *name, const json_t *value)
{
	return read_second(
		r, name, value, &r->request->has_not_after, &r->request->not_after);
}

static bool read_at(struct plan_reader *r, const char *name, const json_t *value)
{
	return read_time(r, name, value, &r->request->common.at_ms);
}

static bool read_certificate(struct plan_reader *r, const char *name, const json_t *value)
{
	struct bytes *out = &r->request->common.fields[REQUEST_CERTIFICATE];
	if (!json_is_string(value)) {
		return fail(r, name, "must be text");
	}
	*out = arena_copy(r->arena, text_of(value));
	return out->data || err_no_memory(r->err);
}

static bool read_policies(struct plan_reader *r, const char *name, const json_t *value)
{
	if (!json_is_array(value) || json_array_size(value) == 0) {
		return fail(r, name, "must be an array of at least one policy's name");
	}
	r->request->common.num_policies = 0;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);
		if (!json_is_string(item)) {
			return fail(r, name, "must hold nothing but text");
		}
		if (!request_add_policy(&r->request->common, text_of(item), r->err)) {
			return err_in_field(r->err, name);
		}
	}
	return true;
}

static bool read_survive(struct plan_reader *r, const char *name, const json_t *value)
{
	if (!json_is_string(value)) {
		return fail(r, name, "must be text: none, log or operator");
	}
	return survive_from_name(text_of(value), &r->request->survive, r->err);
}

static const struct {
	const char *name;
	bool (*read)(struct plan_reader *r, const char *name, const json_t *value);
} plan_fields[] = {
	{"not_before", read_not_before},
	{"not_after", read_not_after},
	{"certificate", read_certificate},
	{"at", read_at},
	{"policies", read_policies},
	{"survive", read_survive},
};

#define NUM_FIELDS (sizeof(plan_fields) / sizeof(plan_fields[0]))

static bool unknown_field(struct plan_reader *r, const char *name)
{
	const char *names[NUM_FIELDS + 1] = {NULL};
	char field[48];
	for (size_t i = 0; i < NUM_FIELDS; i++) {
		names[i] = plan_fields[i].name;
	}
	(void)snprintf(field, sizeof(field), "%s", name);
	text_make_printable(field);
	err_set(r->err, CODE_UNKNOWN_FIELD, ERR_NO_OFFSET,
		"a plan request knows no field \"%s\"", field);
	err_add_choice(r->err, name, names);
	return err_in_field(r->err, field);
}

static bool read_field(struct plan_reader *r, const char *name, const json_t *value)
{
	for (size_t i = 0; i < NUM_FIELDS; i++) {
		if (strcmp(plan_fields[i].name, name) == 0) {
			return plan_fields[i].read(r, name, value);
		}
	}
	return unknown_field(r, name);
}

static bool read_fields(struct plan_reader *r, json_t *root)
{
	const char *name;
	json_t *value;
	if (!json_is_object(root)) {
		return err_set(
			r->err, CODE_BAD_REQUEST, 0, "a plan request is a JSON object");
	}
	json_object_foreach(root, name, value)
	{
		if (!read_field(r, name, value)) {
			return false;
		}
	}
	return true;
}

bool plan_request_read(
	struct bytes json, struct arena *arena, struct plan_request *out, struct err *err)
{
	struct plan_reader r = {arena, out, err};
	json_t *root = json_load_as(json, CODE_BAD_REQUEST, "not JSON", err);
	if (!root) {
		return false;
	}
	bool done = read_fields(&r, root);
	json_decref(root);
	return done;
}

// SPDX-License-Identifier: Apache-2.0
#include "app/plan_request.h"

#include "app/request_json.h"
#include "base/datetime.h"

bool plan_request_time(
	struct bytes text, const char *field, int64_t *out_ms, struct err *err)
{
	if (datetime_parse_moment(text, out_ms)) {
		return true;
	}
	err_set(err, CODE_BAD_TIME, ERR_NO_OFFSET,
		"not a time: write 2026-11-01T12:00:00Z (RFC 3339, with a zone) or a day "
		"(2026-11-01, its first second)%s",
		strcmp(field, "not_after") == 0 ? ", or a lifetime, 90d" : "");
	return err_in_field(err, field);
}

bool plan_request_lifetime(struct bytes text, unsigned *out_days)
{
	size_t at = text.len > 0 && text.data[0] == '+';
	unsigned days = 0;
	size_t end = text.len;
	if (end < at + 2 || end > at + 6 || text.data[end - 1] != 'd') {
		return false;
	}
	for (size_t i = at; i + 1 < end; i++) {
		if (text.data[i] < '0' || text.data[i] > '9') {
			return false;
		}
		days = days * 10 + (unsigned)(text.data[i] - '0');
	}
	*out_days = days;
	return days > 0 && days <= PLAN_MAX_LIFETIME_DAYS;
}

static struct plan_request *plan_of(struct request_reader *r)
{
	return r->more;
}

static bool read_time(
	struct request_reader *r, const char *name, const json_t *value, int64_t *out_ms)
{
	if (!json_is_string(value)) {
		return request_json_fail(
			r, name, "must be text: an RFC 3339 time, or a day");
	}
	return plan_request_time(request_json_text(value), name, out_ms, r->err);
}

static bool read_second(struct request_reader *r, const char *name, const json_t *value,
	bool *out_has, int64_t *out)
{
	int64_t ms = 0;
	*out_has = read_time(r, name, value, &ms);
	*out = datetime_floor_seconds(ms);
	return *out_has;
}

static bool read_not_before(
	struct request_reader *r, const char *name, const json_t *value)
{
	return read_second(
		r, name, value, &plan_of(r)->has_not_before, &plan_of(r)->not_before);
}

static bool read_not_after(
	struct request_reader *r, const char *name, const json_t *value)
{
	if (json_is_string(value) &&
		plan_request_lifetime(
			request_json_text(value), &plan_of(r)->lifetime_days)) {
		return true;
	}
	return read_second(
		r, name, value, &plan_of(r)->has_not_after, &plan_of(r)->not_after);
}

static bool read_at(struct request_reader *r, const char *name, const json_t *value)
{
	return read_time(r, name, value, &r->request->at_ms);
}

static bool read_certificate(
	struct request_reader *r, const char *name, const json_t *value)
{
	return request_json_copy(
		r, name, value, &r->request->fields[REQUEST_CERTIFICATE]);
}

static bool read_survive(struct request_reader *r, const char *name, const json_t *value)
{
	if (!json_is_string(value)) {
		err_set(r->err, CODE_BAD_REQUEST, ERR_NO_OFFSET, "must be text");
		err_add_choice(r->err, "", survive_names);
		return err_in_field(r->err, name);
	}
	return survive_from_name(request_json_text(value), &plan_of(r)->survive, r->err);
}

static const struct request_row plan_rows[] = {
	{"not_before", read_not_before},
	{"not_after", read_not_after},
	{"certificate", read_certificate},
	{"at", read_at},
	{"policies", request_json_policies},
	{"survive", read_survive},
};

static const struct request_kind plan = {
	"a plan request", plan_rows, sizeof(plan_rows) / sizeof(plan_rows[0])};

bool plan_request_read(
	struct bytes json, struct arena *arena, struct plan_request *out, struct err *err)
{
	struct request_reader r = {
		.arena = arena, .request = &out->common, .more = out, .err = err};
	return request_json_read(&r, &plan, json);
}

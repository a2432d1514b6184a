// SPDX-License-Identifier: Apache-2.0
// GET /v1/log-list, /v1/logs and /v1/logs/{log_id}, and POST /v1/log-list/refresh.
#include "app/commands.h"
#include "base/text.h"
#include "report/json_write.h"
#include "report/report_lists.h"
#include "serve/exchange.h"
#include "serve/media.h"
#include "serve/serve.h"
#include "serve/source.h"

static bool read_time_parameter(
	struct exchange *x, const char *name, int64_t *out_ms, struct err *err)
{
	struct bytes value = query_value(&x->parameters, name);
	struct err why;
	err_clear(&why);
	if (!value.data || read_time((const char *)value.data, name, out_ms, &why)) {
		return true;
	}
	err_set(err, CODE_BAD_PARAMETER, ERR_NO_OFFSET,
		"not a time as RFC 3339 has it (2026-11-01T12:00:00Z), and not a day");
	return err_in_field(err, name);
}

static bool read_selection(
	struct exchange *x, struct lists_selection *out, struct err *err)
{
	static const char *const names[] = {"pending", "qualified", "usable", "readonly",
		"retired", "rejected", "none", NULL};
	struct bytes state = query_value(&x->parameters, "state");
	struct bytes operator_name = query_value(&x->parameters, "operator");
	out->has_state = state.data != NULL;
	out->operator_name = (const char *)operator_name.data;
	out->has_covers = query_value(&x->parameters, "covers").data != NULL;
	if (state.data && !log_state_from_name(state, &out->state)) {
		err_set(err, CODE_BAD_PARAMETER, ERR_NO_OFFSET, "no such state");
		(void)err_add_choice(err, (const char *)state.data, names);
		return err_in_field(err, "state");
	}
	return read_time_parameter(x, "covers", &out->covers_ms, err);
}

// The list that the call asks for; false where it has answered.
static bool open_view(struct exchange *x, struct lists_view *out)
{
	struct err err;
	const char *source;
	err_clear(&err);
	*out = (struct lists_view){.at_ms = x->begun_ms};
	if (!x->snapshot || !x->snapshot->lists) {
		return answer_unavailable(x, CODE_LOG_LIST_MISSING,
			"there is no log list to show; see /readyz");
	}
	if (!read_time_parameter(x, "at", &out->at_ms, &err) ||
		!read_selection(x, &out->selection, &err)) {
		return answer_problem(x, 400, &err);
	}
	if (!source_read(x->snapshot->lists, query_value(&x->parameters, "source"),
		    &source, &err)) {
		return answer_problem(x, source_status(&err), &err);
	}
	out->list = lists_in_force(x->snapshot->lists, source, out->at_ms, &out->basis);
	out->archive = kept_archive(&x->snapshot->kept, source);
	out->source = kept_place(&x->snapshot->kept, out->list);
	return true;
}

// Weak: the age goes on, the list stays the same.
static void set_etag(struct exchange *x, const struct lists_view *view)
{
	char sha256[2 * DIGEST_SHA256_LEN + 1];
	text_hex(bytes_of(view->list->sha256, sizeof(view->list->sha256)), sha256);
	(void)snprintf(x->answer.etag, sizeof(x->answer.etag), "W/\"%.32s-%s%s-%llx\"",
		sha256, lists_basis_name(view->basis),
		policy_list_is_stale(
			loglist_source(view->list), lists_age_ms(view->list, view->at_ms))
			? "-stale"
			: "",
		(unsigned long long)(view->archive->refreshed_ms +
			view->archive->failed_ms));
}

static bool is_known(const struct exchange *x)
{
	return media_matches_etag(x->headers[HEADER_IF_NONE_MATCH], x->answer.etag);
}

static void answer_view(struct exchange *x, const struct lists_view *view,
	void (*put)(const struct lists_view *view, struct buffer *out))
{
	set_etag(x, view);
	x->answer.type = "application/json";
	put(view, &x->answer.body);
	// Of 304 only the body's length is sent (RFC 9110 8.6).
	x->answer.status = is_known(x) ? 304 : 200;
}

void answer_log_list(struct exchange *x)
{
	struct lists_view view;
	if (open_view(x, &view)) {
		answer_view(x, &view, report_list_head_json);
	}
}

void answer_logs(struct exchange *x)
{
	struct lists_view view;
	if (open_view(x, &view)) {
		answer_view(x, &view, report_list_json);
	}
}

// A log's id as lists have it (base64), or in base64url or hex.
static bool read_log_id(struct bytes text, uint8_t out[LOG_ID_LEN])
{
	uint8_t id[64 / 4 * 3 + 3];
	size_t len = 0;
	if (text.len == 2 * (size_t)LOG_ID_LEN) {
		return text_unhex(text, out, LOG_ID_LEN);
	}
	if (text.len > 64 || !text_unbase64(text, id, &len) || len != LOG_ID_LEN) {
		return false;
	}
	memcpy(out, id, LOG_ID_LEN);
	return true;
}

void answer_log(struct exchange *x)
{
	struct lists_view view;
	struct bytes name;
	struct err err;
	uint8_t id[LOG_ID_LEN];
	size_t skip = strlen(x->endpoint->path);
	err_clear(&err);
	if (!percent_decode(bytes_of(x->path.data + skip, x->path.len - skip), &x->arena,
		    &name, &err)) {
		(void)answer_problem(x, 400, &err);
		return;
	}
	if (!read_log_id(name, id)) {
		(void)answer_fail(x, 400, CODE_BAD_PARAMETER,
			"a log's id is 32 bytes in base64, base64url or hex");
		return;
	}
	if (!open_view(x, &view)) {
		return;
	}
	const struct ct_log *log = loglist_find(view.list, id);
	if (!log) {
		(void)answer_fail(x, 404, CODE_NOT_FOUND,
			"the list in force has no log with this id");
		return;
	}
	set_etag(x, &view);
	x->answer.type = "application/json";
	x->answer.status = is_known(x) ? 304 : 200;
	report_log_json(&view, log, &x->answer.body);
}

void answer_refresh(struct exchange *x)
{
	struct worker_state state;
	worker_state(x->serve->worker, &state);
	if (!state.can_refresh) {
		(void)answer_fail(x, 409, CODE_REFRESH_IMPOSSIBLE,
			"this service has no state folder to refresh: it was started with "
			"--log-list, or cannot write there");
		return;
	}
	bool begun = worker_refresh_now(x->serve->worker);
	struct json json = json_init(&x->answer.body);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "refresh", begun ? "started" : "under way");
	json_put_close(&json, '}');
	buffer_put_char(&x->answer.body, '\n');
	x->answer.type = "application/json";
	x->answer.status = 202;
}

// SPDX-License-Identifier: Apache-2.0
// What those ask who run the service: /livez, /readyz, /metrics, /version, /openapi.json and
// /schema/.
#include "ctpolicy.h"

#include "app/clock.h"
#include "crypto/digest.h"
#include "report/json_write.h"
#include "serve/exchange.h"
#include "serve/media.h"
#include "serve/resources.h"
#include "serve/serve.h"

static void put_json(struct exchange *x, struct json *json)
{
	json_put_close(json, '}');
	buffer_put_char(&x->answer.body, '\n');
	x->answer.type = "application/json";
	x->answer.status = 200;
}

void answer_livez(struct exchange *x)
{
	struct json json = json_init(&x->answer.body);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "status", "ok");
	put_json(x, &json);
}

// What a person should look at, though calls are answered: sentences with a semicolon between.
struct warnings {
	char text[512];
	size_t len;
};

static void warn(struct warnings *to, const char *about, const char *text)
{
	if (to->len < sizeof(to->text)) {
		to->len +=
			(size_t)snprintf(to->text + to->len, sizeof(to->text) - to->len,
				"%s%s%s", to->len ? "; " : "", about, text);
	}
}

// Of each list that is watched; where that is one alone, it needs no name.
static void warn_of_lists(const struct exchange *x, struct warnings *to)
{
	const struct ctp_lists *lists = x->snapshot->lists;
	size_t num = 0;
	for (size_t i = 0; i < lists_num_sources(lists); i++) {
		num += serve_watches(x->serve, x->snapshot, lists_source_at(lists, i));
	}
	for (size_t i = 0; i < lists_num_sources(lists); i++) {
		const char *source = lists_source_at(lists, i);
		char about[32] = "the";
		bool is_stale;
		(void)serve_list_now(x->snapshot, source, x->begun_ms, &is_stale);
		if (!is_stale || !serve_watches(x->serve, x->snapshot, source)) {
			continue;
		}
		if (num > 1) {
			(void)snprintf(
				about, sizeof(about), "%.20s's", source_title(source));
		}
		warn(to, about,
			" log list is stale: devices with one of this age enforce "
			"nothing");
	}
}

static void put_warnings(const struct exchange *x, struct warnings *to)
{
	const struct metrics *metrics = x->serve->metrics;
	struct worker_state state;
	worker_state(x->serve->worker, &state);
	const struct {
		bool is_due;
		const char *text;
	} warnings[] = {
		{state.at_ms && state.outcome == REFRESH_FAILED,
			"the last refresh of the log list failed, see /v1/log-list"},
		{metrics_reading_failed(metrics, READING_LISTS),
			"the log list could not be read anew, that in force stays: see "
			"the log"},
		{metrics_reading_failed(metrics, READING_TOKENS),
			"the tokens could not be read anew, those in force stay: see the "
			"log"},
		{metrics_reading_failed(metrics, READING_ROOTS),
			"the roots could not be read anew, those in force stay: see the "
			"log"},
	};
	warn_of_lists(x, to);
	for (size_t i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
		if (warnings[i].is_due) {
			warn(to, "", warnings[i].text);
		}
	}
}

void answer_readyz(struct exchange *x)
{
	struct json json = json_init(&x->answer.body);
	enum lists_basis basis;
	if (!x->snapshot || !x->snapshot->lists) {
		x->answer.retry_after_s = 10;
		(void)answer_fail(x, 503, CODE_LOG_LIST_MISSING, "no log list: %s",
			x->snapshot && x->snapshot->why.text[0] ? x->snapshot->why.text
								: "not read yet");
		return;
	}
	if (atomic_load(&x->serve->is_draining)) {
		x->answer.retry_after_s = 10;
		(void)answer_fail(
			x, 503, CODE_SERVICE_STOPPING, "the service is about to end");
		return;
	}
	const struct loglist *list =
		lists_in_force(x->snapshot->lists, NULL, x->begun_ms, &basis);
	struct warnings why = {.len = 0};
	put_warnings(x, &why);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "status", why.len ? "warning" : "ok");
	if (why.len) {
		json_put_text(&json, "warning", why.text);
	}
	json_put_open(&json, "log_list", '{');
	json_put_text(&json, "name", list->name);
	json_put_text(&json, "version", list->version[0] ? list->version : NULL);
	int64_t age_ms = lists_age_ms(list, x->begun_ms);
	json_put_age(&json, "age_days", age_ms > 0 ? age_ms : 0);
	json_put_close(&json, '}');
	put_json(x, &json);
}

static void put_sources(
	const struct ctp_lists *lists, int64_t at_ms, struct metrics_gauges *out)
{
	for (size_t i = 0; i < lists_num_sources(lists) && i < NUM_SOURCES; i++) {
		enum lists_basis basis;
		const char *source = lists_source_at(lists, i);
		int64_t age_ms =
			lists_age_ms(lists_in_force(lists, source, at_ms, &basis), at_ms);
		out->sources[i].name = source;
		out->sources[i].age_ms = age_ms > 0 ? age_ms : 0;
		out->sources[i].is_stale = policy_list_is_stale(source, age_ms);
		out->num_sources = i + 1;
	}
}

static struct metrics_gauges gauges_of(const struct exchange *x)
{
	const struct serve *serve = x->serve;
	struct metrics_gauges out = {
		.connections = (int64_t)atomic_load(&serve->num_connections),
		.requests = (int64_t)atomic_load(&serve->num_requests),
		.waiting = (int64_t)atomic_load(&serve->num_in_flight),
		.batches = (int64_t)atomic_load(&serve->num_batches),
		.held_bytes = (int64_t)atomic_load(&serve->num_held),
		.threads = (int64_t)serve->settings.threads,
		.list_published_ms = METRICS_UNKNOWN,
		.list_fetched_ms = METRICS_UNKNOWN,
		.list_age_ms = METRICS_UNKNOWN,
		.verifier = serve->fast ? "fast" : "reference",
		.table_bytes = serve->fast ? (int64_t)fast_bytes(serve->fast) : 0,
		.log_lines_lost = (int64_t)atomic_load(&serve->log->num_lost),
		.started_ms = serve->started_ms,
		.openssl = digest_library(),
		.libmicrohttpd = serve->http_version,
	};
	if (x->snapshot && x->snapshot->lists) {
		enum lists_basis basis;
		const struct loglist *list =
			lists_in_force(x->snapshot->lists, NULL, x->begun_ms, &basis);
		int64_t age_ms = lists_age_ms(list, x->begun_ms);
		int64_t fetched_ms = lists_fetched_ms(list, x->begun_ms);
		out.list_name = list->name;
		out.list_version = list->version;
		out.list_published_ms = list->published_ms;
		out.list_fetched_ms = fetched_ms ? fetched_ms : METRICS_UNKNOWN;
		out.list_age_ms = age_ms > 0 ? age_ms : 0;
		out.list_stale = policy_list_is_stale(loglist_source(list), age_ms);
		put_sources(x->snapshot->lists, x->begun_ms, &out);
	}
	return out;
}

void answer_metrics(struct exchange *x)
{
	struct metrics_gauges gauges = gauges_of(x);
	metrics_put(x->serve->metrics, &gauges, &x->answer.body);
	x->answer.type = "text/plain; version=0.0.4; charset=utf-8";
	x->answer.status = 200;
}

void answer_version(struct exchange *x)
{
	struct json json = json_init(&x->answer.body);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "name", "ctpolicy");
	json_put_word(&json, "version", CTP_VERSION);
	json_put_text(&json, "openssl", digest_library());
	json_put_text(&json, "libmicrohttpd", x->serve->http_version);
	json_put_word(&json, "verifier", x->serve->fast ? "fast" : "reference");
	put_json(x, &json);
}

void answer_resource(struct exchange *x, struct bytes name, const char *type)
{
	for (size_t i = 0; i < num_resources; i++) {
		const struct resource *resource = &resources[i];
		if (!bytes_equal(name, bytes_of_text(resource->name))) {
			continue;
		}
		(void)snprintf(x->answer.etag, sizeof(x->answer.etag), "W/\"%s\"",
			resource->hash);
		x->answer.type = type;
		x->answer.status = media_matches_etag(x->headers[HEADER_IF_NONE_MATCH],
					   x->answer.etag)
			? 304
			: 200;
		x->answer.fixed = bytes_of(resource->data, resource->len);
		x->answer.fixed_packed = bytes_of(resource->packed, resource->packed_len);
		return;
	}
	(void)answer_fail(x, 404, CODE_NOT_FOUND,
		"there is no such schema; /openapi.json names those that there are");
}

void answer_openapi(struct exchange *x)
{
	answer_resource(x, BYTES_LITERAL("openapi.json"), "application/json");
}

void answer_schema(struct exchange *x)
{
	static const struct bytes ending = {(const uint8_t *)".v1.json", 8};
	size_t skip = strlen(x->endpoint->path);
	struct bytes name = bytes_of(x->path.data + skip, x->path.len - skip);
	bool is_schema = bytes_find(name, 0, ending) + ending.len == name.len;
	answer_resource(x, is_schema ? name : BYTES_NONE, "application/json");
}

// SPDX-License-Identifier: Apache-2.0
// A call as it comes in: its head, then its body.
#include "serve/http_local.h"

#include <stdlib.h>
#include <strings.h>

#include "app/clock.h"
#include "base/text.h"
#include "serve/media.h"

// Bytes of all header fields together, and of the target (exchange.c).
#define HEAD_MAX ((size_t)16 * 1024)
// A body that is not wanted is read all the same, so that its sender sees the answer, unless
// it is that much larger than one may be.
#define DISCARD_FACTOR 16

static struct client *client_of(struct loop *loop, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = loop->mhd->get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static struct exchange *take_exchange(struct loop *loop)
{
	struct exchange *x = loop->free;
	if (!x) {
		return exchange_new(loop->serve);
	}
	loop->free = x->next;
	loop->num_free--;
	x->next = NULL;
	return x;
}

void *loop_on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	struct loop *loop = context;
	struct client *client = client_of(loop, connection);
	loop->num_vain = 0;
	if (!client || client->x) {
		return client;
	}
	struct exchange *x = take_exchange(loop);
	client->x = x;
	client->stage = STAGE_HEAD;
	client->since_us = clock_monotonic_us();
	client->discarded = 0;
	client->target = target;
	if (x) {
		(void)atomic_fetch_add(&loop->serve->num_requests, 1);
		x->client = client;
		x->begun_us = client->since_us;
		x->begun_ms = clock_now_ms();
		buffer_put_text(&x->target, target);
	}
	return client;
}

// What is looked for in the header fields.
struct head {
	struct exchange *x;
	size_t len;
	unsigned num_hosts;
	bool is_http_1_0;
	enum header twice; // NUM_HEADERS: none
	bool is_broken; // there are bytes in it that no field may have
	bool expects;
};

static bool has_control(struct bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		if ((value.data[i] < ' ' && value.data[i] != '\t') ||
			value.data[i] == 0x7f) {
			return true;
		}
	}
	return false;
}

static bool is_list(enum header header)
{
	return header == HEADER_ACCEPT || header == HEADER_ACCEPT_ENCODING ||
		header == HEADER_IF_NONE_MATCH;
}

// Lists may come in parts (RFC 9110 5.3); everything else comes once.
static const char *add_value(struct head *head, enum header header, const char *value)
{
	const char *before = head->x->headers[header];
	size_t room = before ? strlen(before) + strlen(value) + 3 : 0;
	char *both = before && is_list(header) ? arena_take(&head->x->arena, room) : NULL;
	if (both) {
		(void)snprintf(both, room, "%s, %s", before, value);
		return both;
	}
	head->twice = before ? header : head->twice;
	return value;
}

static void note_known(struct head *head, const char *name, const char *value)
{
	static const char *const names[] = {
#define NAME(symbol, text) text,
		EXCHANGE_HEADERS(NAME)
#undef NAME
	};
	head->num_hosts += strcasecmp(name, "Host") == 0;
	for (size_t i = 0; i < NUM_HEADERS; i++) {
		if (strcasecmp(names[i], name) == 0) {
			head->x->headers[i] = add_value(head, (enum header)i, value);
			return;
		}
	}
	head->expects = head->expects || strcasecmp(name, "Expect") == 0;
}

// No blank, no control character, and nothing beyond ASCII (RFC 9110 5.1 allows less).
static bool is_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] >= 0x7f) {
			return false;
		}
	}
	return len > 0;
}

static enum MHD_Result note_header(void *context, enum MHD_ValueKind kind,
	const char *name, size_t name_len, const char *value, size_t value_len)
{
	struct head *head = context;
	(void)kind;
	head->len += name_len + value_len + 4;
	if (!name || !is_name(name, name_len) ||
		has_control(bytes_of(value, value ? value_len : 0))) {
		head->is_broken = true;
	} else if (value) {
		note_known(head, name, value);
	}
	return MHD_YES;
}

// The body cannot be told from what follows it, so that the connection ends with this call.
static bool check_framing(struct exchange *x, const struct head *head)
{
	const char *length = x->headers[HEADER_CONTENT_LENGTH];
	const char *coding = x->headers[HEADER_TRANSFER_ENCODING];
	const char *fault = NULL;
	if (head->is_broken) {
		fault = "the head has a control character, a folded line or a field without "
			"a proper name";
	} else if (head->twice == HEADER_CONTENT_LENGTH ||
		head->twice == HEADER_TRANSFER_ENCODING) {
		fault = "the length of the body is given twice";
	} else if (length && coding) {
		fault = "Content-Length and Transfer-Encoding stand beside each other";
	} else if (coding && strcasecmp(coding, "chunked") != 0) {
		fault = "the one Transfer-Encoding that is known here is chunked";
	} else if (length && length[strspn(length, "0123456789")] != '\0') {
		fault = "Content-Length is no number";
	} else if (coding && head->is_http_1_0) {
		fault = "HTTP/1.0 knows no Transfer-Encoding";
	} else if (head->num_hosts > 1) {
		fault = "there is more than one Host";
	}
	if (fault) {
		x->answer.must_close = true;
		return answer_fail(x, 400, CODE_BAD_HTTP, "%s", fault);
	}
	return true;
}

static bool check_head(struct exchange *x, const struct head *head)
{
	if (head->len > HEAD_MAX) {
		x->answer.must_close = true;
		return answer_fail(x, 431, CODE_HEAD_TOO_LARGE,
			"the header fields have more than %zu bytes", HEAD_MAX);
	}
	if (x->target.failed) {
		x->answer.must_close = true;
		return answer_fail(x, 414, CODE_HEAD_TOO_LARGE,
			"the target of the request has more than %zu bytes",
			x->target.max);
	}
	if (!check_framing(x, head)) {
		return false;
	}
	return head->twice == NUM_HEADERS ||
		answer_fail(x, 400, CODE_BAD_HTTP,
			"a header field that may stand there once stands there twice");
}

// Without "http://host" in front, as a client writes it that takes us for a proxy
// (RFC 9112 3.2.2).
static struct bytes origin_form(struct bytes target)
{
	static const char scheme[] = "http://";
	size_t len = strlen(scheme);
	const uint8_t *slash = NULL;
	if (target.len > len &&
		strncasecmp((const char *)target.data, scheme, len) == 0) {
		slash = memchr(target.data + len, '/', target.len - len);
	}
	return slash ? bytes_of(slash, target.len - (size_t)(slash - target.data))
		     : target;
}

// "/path?query"
static bool divide_target(struct exchange *x)
{
	struct bytes target = origin_form(buffer_bytes(&x->target));
	const uint8_t *mark = memchr(target.data, '?', target.len);
	size_t len = mark ? (size_t)(mark - target.data) : target.len;
	x->path = bytes_of(target.data, len);
	x->query = mark ? bytes_of(mark + 1, target.len - len - 1) : BYTES_NONE;
	for (size_t i = 0; i < target.len; i++) {
		if (target.data[i] <= ' ' || target.data[i] >= 0x7f) {
			return answer_fail(x, 400, CODE_BAD_HTTP,
				"the target has a byte that must be percent-encoded");
		}
	}
	return len > 0 && target.data[0] == '/'
		? true
		: answer_fail(x, 400, CODE_BAD_HTTP,
			  "the target of a request begins with a slash");
}

static bool find_route(struct exchange *x)
{
	const struct endpoint *endpoint = endpoints_find(x->path, x->method);
	if (!endpoint) {
		return answer_fail(x, 404, CODE_NOT_FOUND,
			"no call has this path; GET /openapi.json describes all of them");
	}
	x->endpoint = endpoint;
	if (!endpoint_allows(endpoint, x->method)) {
		x->answer.allow = endpoint_methods(endpoint);
		return answer_fail(x, 405, CODE_METHOD_NOT_ALLOWED,
			"%s answers to %s alone", endpoint->path, x->answer.allow);
	}
	return true;
}

static bool check_tokens(struct exchange *x, const struct token_sets *tokens)
{
	struct bytes given = BYTES_NONE;
	enum access access = x->endpoint->access;
	if (access == ACCESS_TOKEN && !tokens->callers) {
		return true;
	}
	if (access == ACCESS_ADMIN && !tokens->admins) {
		return answer_fail(x, 403, CODE_FORBIDDEN,
			"this service has no admin's token: start it with "
			"--admin-token-file");
	}
	if (x->headers[HEADER_AUTHORIZATION]) {
		given = bytes_of_text(x->headers[HEADER_AUTHORIZATION]);
	}
	bool is_admin = tokens_know(tokens->admins, given);
	bool is_known = tokens_know(tokens->callers, given);
	if (is_admin || (is_known && access == ACCESS_TOKEN)) {
		return true;
	}
	if (is_known) {
		return answer_fail(
			x, 403, CODE_FORBIDDEN, "this call needs an admin's token");
	}
	x->answer.asks_for_token = true;
	return answer_fail(x, 401, CODE_UNAUTHORIZED, "%s",
		given.len
			? "what was sent is no bearer token of this service (Authorization: "
			  "Bearer TOKEN, and no other scheme)"
			: "this call needs a token: Authorization: Bearer ...");
}

static bool check_access(struct exchange *x)
{
	if (x->endpoint->access == ACCESS_OPEN || x->endpoint->access == ACCESS_FORM) {
		return true;
	}
	struct token_sets tokens = store_get_tokens(&x->serve->store);
	bool may = check_tokens(x, &tokens);
	token_sets_unref(&tokens);
	return may;
}

static bool check_parameters(struct exchange *x)
{
	struct err err;
	err_clear(&err);
	return query_read(x->query, x->endpoint->parameters, &x->arena, &x->parameters,
		       &err) ||
		answer_problem(x, err.code == CODE_OUT_OF_MEMORY ? 503 : 400, &err);
}

static bool check_coding(struct exchange *x)
{
	const char *coding = x->headers[HEADER_CONTENT_ENCODING];
	return !coding || media_is(coding, "gzip") || media_is(coding, "x-gzip") ||
		media_is(coding, "identity") ||
		answer_fail(x, 415, CODE_UNSUPPORTED_MEDIA_TYPE,
			"of the content codings only gzip is known here");
}

static bool check_body(struct exchange *x)
{
	const char *const *types = x->endpoint->body_types;
	const char *type = x->headers[HEADER_CONTENT_TYPE];
	struct buffer choice;
	if (!types) {
		return true; // one that comes all the same is dropped
	}
	for (size_t i = 0; type && types[i]; i++) {
		if (media_is(type, types[i])) {
			return check_coding(x);
		}
	}
	buffer_init(&choice, 256);
	text_put_choice(&choice, types);
	(void)answer_fail(x, 415, CODE_UNSUPPORTED_MEDIA_TYPE,
		"say with Content-Type what the body is: %.*s",
		choice.failed ? 0 : (int)choice.len, (const char *)choice.data);
	buffer_clear(&choice);
	return false;
}

static bool check_length(struct exchange *x)
{
	const char *text = x->headers[HEADER_CONTENT_LENGTH];
	uint64_t length = text ? strtoull(text, NULL, 10) : 0;
	if (x->endpoint->begin || length <= x->body.max) {
		return true;
	}
	return answer_fail(x, 413, CODE_TOO_LARGE,
		"the body has %llu bytes; a request may have %zu (--max-body)",
		(unsigned long long)length, x->body.max);
}

static bool begin_batch(struct exchange *x)
{
	struct serve *serve = x->serve;
	if (!x->endpoint->begin) {
		return true;
	}
	bool has_room =
		atomic_fetch_add(&serve->num_batches, 1) < serve->settings.max_batches;
	x->is_batch = has_room && x->endpoint->begin(x);
	if (!x->is_batch) {
		(void)atomic_fetch_sub(&serve->num_batches, 1);
	}
	if (!has_room) { // at once: its body may take hours
		metrics_refused(serve->metrics, REFUSED_OVERLOAD);
		client_cut(x->client, 503, CODE_OVERLOADED,
			"there are as many batches under way as may be; come again in a "
			"second");
	}
	return x->is_batch;
}

static bool read_head(struct exchange *x, const struct head *head, const char *method)
{
	(void)snprintf(x->method, sizeof(x->method), "%s", method);
	trace_read(x->headers[HEADER_TRACEPARENT]
			? bytes_of_text(x->headers[HEADER_TRACEPARENT])
			: BYTES_NONE,
		&x->trace);
	x->snapshot = store_get(&x->serve->store);
	x->roots = store_get_roots(&x->serve->store);
	return check_head(x, head) && divide_target(x) && find_route(x) &&
		check_access(x) && check_parameters(x) && check_body(x) &&
		check_length(x) && begin_batch(x);
}

// Answers at once where the body cannot be waited for, which ends the connection; else behind
// it, even where there is none: the library closes where it gets an answer before that.
static enum MHD_Result refuse(struct client *client, const struct head *head)
{
	struct exchange *x = client->x;
	const char *text = x->headers[HEADER_CONTENT_LENGTH];
	uint64_t length = text ? strtoull(text, NULL, 10) : 0;
	bool is_huge = length > DISCARD_FACTOR * (uint64_t)x->body.max;
	if (x->answer.must_close || is_huge || head->expects) {
		return answer_queue(client);
	}
	client->stage = STAGE_DISCARD;
	return MHD_YES;
}

static enum MHD_Result on_head(
	struct client *client, const char *method, const char *version)
{
	struct exchange *x = client->x;
	client->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
	struct head head = {
		.x = x, .twice = NUM_HEADERS, .is_http_1_0 = client->is_http_1_0};
	(void)client->loop->mhd->get_connection_values_n(
		client->connection, MHD_HEADER_KIND, note_header, &head);
	head.is_broken = head.is_broken || !head_is_whole(client, method, version);
	client->stage = STAGE_BODY;
	if (!read_head(x, &head, method)) {
		return client->stage == STAGE_CUT ? MHD_YES : refuse(client, &head);
	}
	if (x->stream) {
		stream_begin(client);
	}
	return MHD_YES;
}

static void take_body(struct client *client, struct bytes piece)
{
	struct exchange *x = client->x;
	bool is_too_large = piece.len > x->body.max - x->body.len;
	buffer_put(&x->body, piece);
	if (is_too_large) {
		(void)answer_fail(x, 413, CODE_TOO_LARGE,
			"the body has more than %zu bytes (--max-body)", x->body.max);
	} else if (x->body.failed) {
		(void)answer_unavailable(
			x, CODE_OUT_OF_MEMORY, "memory ran out; nothing was decided");
	}
	if (x->body.failed) {
		client->stage = STAGE_DISCARD;
		buffer_clear(&x->body);
	}
	limits_hold(client, 0);
}

static enum MHD_Result on_piece(struct client *client, const char *data, size_t *len)
{
	struct exchange *x = client->x;
	x->bytes_in += *len;
	client->discarded += *len;
	if (client->stage == STAGE_BODY && x->endpoint->body_types) {
		take_body(client, bytes_of(data, *len));
	}
	*len = 0;
	if (client->discarded > DISCARD_FACTOR * x->body.max) {
		unsigned status = client->stage == STAGE_DISCARD ? x->answer.status : 413;
		enum code code =
			client->stage == STAGE_DISCARD ? x->answer.code : CODE_TOO_LARGE;
		client_cut(client, status, code, "the body does not end");
	}
	return MHD_YES;
}

static enum MHD_Result on_whole(struct client *client)
{
	struct exchange *x = client->x;
	if (client->stage == STAGE_DISCARD) {
		return answer_queue(client);
	}
	if (x->endpoint->answer) {
		x->endpoint->answer(x);
		return answer_queue(client);
	}
	return judge_later(client) ? MHD_YES : answer_queue(client);
}

enum MHD_Result loop_on_request(void *context, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *data,
	size_t *len, void **request_context)
{
	struct loop *loop = context;
	struct client *client = client_of(loop, connection);
	loop->num_vain = 0;
	(void)url;
	(void)request_context;
	if (!client || !client->x) {
		return MHD_NO; // no memory
	}
	switch (client->stage) {
	case STAGE_HEAD:
		return on_head(client, method, version);
	case STAGE_BODY:
	case STAGE_DISCARD:
		return *len > 0 ? on_piece(client, data, len) : on_whole(client);
	case STAGE_STREAM:
		return stream_take(client, data, len);
	case STAGE_JUDGED:
		return answer_queue(client);
	case STAGE_WAITING:
		return MHD_YES;
	case STAGE_CUT:
		client->discarded += *len;
		if (*len > 0 &&
			client->discarded <= DISCARD_FACTOR * client->x->body.max) {
			*len = 0;
			return MHD_YES;
		}
		break;
	case STAGE_IDLE:
	case STAGE_REPLY:
		break;
	}
	return MHD_NO;
}

void loop_on_end(void *loop, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	(void)loop;
	(void)connection;
	struct client *client = *context;
	if (client) {
		client->loop->num_vain = 0;
		stream_end(client);
		request_end(client,
			code != MHD_REQUEST_TERMINATED_COMPLETED_OK &&
				!client->is_finished);
		client->is_finished = false;
	}
}

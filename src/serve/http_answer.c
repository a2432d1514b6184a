// SPDX-License-Identifier: Apache-2.0
// Answers on their way out, and what is said of them in the log.
#include "serve/http_local.h"

#include <stdlib.h>

#include "app/clock.h"
#include "serve/gzip.h"
#include "serve/media.h"

// Shorter ones gain nothing.
#define GZIP_MIN 1024
#define GZIP_SPARE ((size_t)64 * 1024) // what it is written in pieces of
#define FREE_MAX 64

// The library answers what is no HTTP itself, in HTML, and 0.9.75 does so with two heads. It
// answers through the function with which we do, which a program may have one of its own of: the
// one below, which the loader finds first, and which sends a problem and ends the connection.
// This is the loop that the thread runs; ours go past it.
static _Thread_local struct loop *present;

void answer_watch(struct loop *loop)
{
	present = loop;
}

static enum code code_of(unsigned status)
{
	switch (status) {
	case 413:
		return CODE_TOO_LARGE;
	case 414:
	case 431:
		return CODE_HEAD_TOO_LARGE;
	case 500:
	case 503:
		return CODE_OUT_OF_MEMORY;
	default:
		return CODE_BAD_HTTP;
	}
}

static const char *text_of(enum code code)
{
	switch ((int)code) {
	case CODE_TOO_LARGE:
		return "the body is larger than any may be";
	case CODE_HEAD_TOO_LARGE:
		return "the head of the request is larger than it may be";
	case CODE_OUT_OF_MEMORY:
		return "memory ran out; nothing was decided";
	default:
		return "what came is not HTTP/1.1 that can be read (RFC 9112)";
	}
}

// What was sent of a batch stands before whatever is said now: nothing can be.
__attribute__((visibility("default"))) enum MHD_Result MHD_queue_response(
	struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
	struct loop *loop = present;
	enum code code = code_of(status);
	const union MHD_ConnectionInfo *info = loop->mhd->get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;
	(void)response;
	if (!client) {
		return MHD_NO;
	}
	if (!client->x) {
		metrics_answered(loop->serve->metrics, CALL_OTHER, status, 0, 0, 0);
	}
	bool has_begun = client->stage == STAGE_STREAM && client->x->answer.status != 0;
	client_cut(client, has_begun ? 0 : status, code, text_of(code));
	return MHD_NO;
}

static void add(struct loop *loop, struct MHD_Response *response, const char *name,
	const char *value)
{
	(void)loop->mhd->add_response_header(response, name, value);
}

static void add_headers(struct client *client, struct MHD_Response *response)
{
	struct loop *loop = client->loop;
	const struct answer *answer = &client->x->answer;
	char text[TRACE_HEADER_LEN + 1];
	if (answer->type && answer->status != 304) {
		add(loop, response, "Content-Type", answer->type);
		add(loop, response, "X-Content-Type-Options", "nosniff");
	}
	if (answer->etag[0]) {
		add(loop, response, "ETag", answer->etag);
		add(loop, response, "Cache-Control", "no-cache");
	} else {
		add(loop, response, "Cache-Control", "no-store");
	}
	if (answer->allow) {
		add(loop, response, "Allow", answer->allow);
	}
	if (answer->retry_after_s) {
		(void)snprintf(text, sizeof(text), "%u", answer->retry_after_s);
		add(loop, response, "Retry-After", text);
	}
	if (answer->asks_for_token) {
		add(loop, response, "WWW-Authenticate", "Bearer realm=\"ctpolicy\"");
	}
	if (answer->must_close || atomic_load(&loop->serve->is_draining)) {
		add(loop, response, "Connection", "close");
	}
	if (client->x->trace.span_id[0]) {
		trace_format(&client->x->trace, text);
		add(loop, response, "Traceparent", text);
		add(loop, response, "X-Request-Id", client->x->trace.span_id);
	}
}

// The bytes that go out, in gzip where the client takes it and they gain by it; `scratch` is
// room for them.
static struct bytes pack(struct exchange *x, struct buffer *scratch, bool *is_packed)
{
	const struct answer *answer = &x->answer;
	bool is_fixed = answer->fixed.data;
	struct bytes body = is_fixed ? answer->fixed : buffer_bytes(&answer->body);
	*is_packed = body.len >= GZIP_MIN &&
		media_takes_gzip(x->headers[HEADER_ACCEPT_ENCODING]);
	if (!*is_packed) {
		return body;
	}
	if (is_fixed) {
		return answer->fixed_packed;
	}
	scratch->max = body.len + GZIP_SPARE;
	*is_packed = gzip_encode(body, scratch);
	return *is_packed ? buffer_bytes(scratch) : body;
}

// NULL: no memory.
static struct MHD_Response *make_response(struct client *client)
{
	struct exchange *x = client->x;
	bool is_fixed = x->answer.fixed.data;
	bool is_packed = false;
	struct buffer scratch;
	buffer_init(&scratch, 0);
	struct bytes body = pack(x, &scratch, &is_packed);
	x->bytes_out = body.len;
	loop_hold(client, is_fixed ? 0 : body.len);
	// A small body is copied, and its buffer stays for the next one.
	struct MHD_Response *response = client->loop->mhd->create_response_from_buffer(
		body.len, (void *)(uintptr_t)body.data,
		is_fixed ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
	buffer_clear(&scratch);
	if (response && is_packed) {
		add(client->loop, response, "Content-Encoding", "gzip");
	}
	if (response) {
		add(client->loop, response, "Vary", "Accept, Accept-Encoding");
	}
	return response;
}

enum MHD_Result answer_queue(struct client *client)
{
	struct exchange *x = client->x;
	struct loop *loop = client->loop;
	if (x->answer.body.failed) {
		(void)answer_unavailable(
			x, CODE_OUT_OF_MEMORY, "memory ran out; nothing was decided");
	}
	struct MHD_Response *response = make_response(client);
	client->stage = STAGE_REPLY;
	client->since_us = clock_monotonic_us();
	if (!response) {
		return MHD_NO;
	}
	add_headers(client, response);
	enum MHD_Result done =
		loop->mhd->queue_response(client->connection, x->answer.status, response);
	loop->mhd->destroy_response(response);
	return done;
}

static void log_request(struct client *client, int64_t duration_us)
{
	struct exchange *x = client->x;
	struct bytes body = buffer_bytes(&x->body);
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct access_entry entry = {.at_ms = x->begun_ms,
		.trace = &x->trace,
		.call = x->endpoint ? x->endpoint->call : CALL_OTHER,
		.method = x->method,
		.status = x->answer.status,
		.duration_us = duration_us,
		.bytes_in = x->bytes_in,
		.bytes_out = x->bytes_out,
		.client = client->address.text,
		.outcome = x->outcome};
	entry.outcome.code = x->answer.code;
	if (x->stream) {
		request_stream_count(x->stream, &entry.outcome);
	}
	if (!x->trace.span_id[0]) {
		trace_read(BYTES_NONE, &x->trace); // its head was never read
	}
	// What is refused for want of time shall take none.
	if (body.len > 0 && x->answer.code != CODE_OVERLOADED &&
		digest_sha256(client->loop->context->digest, &body, 1, sha256)) {
		entry.body_sha256 = sha256;
	}
	access_log_write(client->loop->serve->log, &entry);
}

void answer_end(struct client *client, bool is_cut)
{
	struct exchange *x = client->x;
	struct loop *loop = client->loop;
	struct serve *serve = loop->serve;
	if (!x) {
		return;
	}
	int64_t duration_us = clock_monotonic_us() - x->begun_us;
	if (is_cut && client->stage != STAGE_CUT) {
		x->answer.status = 0; // nobody knows how much of it arrived
	}
	metrics_answered(serve->metrics, x->endpoint ? x->endpoint->call : CALL_OTHER,
		x->answer.status, duration_us, x->bytes_in, x->bytes_out);
	if (serve->log) {
		log_request(client, duration_us);
	}
	(void)atomic_fetch_sub(&serve->num_requests, 1);
	(void)atomic_fetch_sub(&serve->num_batches, x->is_batch ? 1 : 0);
	loop->held -= x->held;
	exchange_clear(x);
	if (loop->num_free < FREE_MAX) {
		x->next = loop->free;
		loop->free = x;
		loop->num_free++;
	} else {
		exchange_free(x);
	}
	client->x = NULL;
	client->stage = client->stage == STAGE_CUT ? STAGE_CUT : STAGE_IDLE;
	client->since_us = clock_monotonic_us();
}

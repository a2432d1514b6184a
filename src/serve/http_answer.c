// SPDX-License-Identifier: Apache-2.0
// Answers on their way out.
#include "serve/http_local.h"

#include <stdlib.h>

#include "app/clock.h"
#include "serve/gzip.h"
#include "serve/media.h"

// Shorter ones gain nothing.
#define GZIP_MIN 1024
#define GZIP_SPARE ((size_t)64 * 1024) // what it is written in pieces of
#define COPY_MAX ((size_t)16 * 1024)

static void add(struct loop *loop, struct MHD_Response *response, const char *name,
	const char *value)
{
	(void)loop->mhd->add_response_header(response, name, value);
}

// Nothing from elsewhere, nothing inline, in no frame; and no other page learns where one was.
static void add_page_headers(struct loop *loop, struct MHD_Response *response)
{
	add(loop, response, "Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
		"connect-src 'self'; form-action 'self'; base-uri 'none'; "
		"frame-ancestors 'none'");
	add(loop, response, "Referrer-Policy", "no-referrer");
	add(loop, response, "X-Frame-Options", "DENY");
	add(loop, response, "Cross-Origin-Opener-Policy", "same-origin");
	add(loop, response, "Cross-Origin-Resource-Policy", "same-origin");
	add(loop, response, "Permissions-Policy",
		"camera=(), geolocation=(), microphone=(), payment=(), usb=()");
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
	if (client->x->endpoint && client->x->endpoint->is_page) {
		add_page_headers(loop, response);
	}
	if (answer->file_name) {
		char disposition[80];
		(void)snprintf(disposition, sizeof(disposition),
			"attachment; filename=\"%s\"", answer->file_name);
		add(loop, response, "Content-Disposition", disposition);
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

// In gzip where the client takes it and it gains by it.
static bool wants_packed(const struct exchange *x, size_t len)
{
	return len >= GZIP_MIN && media_takes_gzip(x->headers[HEADER_ACCEPT_ENCODING]);
}

// Of bytes that live for ever.
static struct MHD_Response *respond_fixed(
	struct client *client, struct bytes body, bool *is_packed)
{
	struct exchange *x = client->x;
	*is_packed = wants_packed(x, body.len);
	if (*is_packed) {
		body = x->answer.fixed_packed;
	}
	x->bytes_out = body.len;
	limits_hold(client, 0);
	return client->loop->mhd->create_response_from_buffer(
		body.len, (void *)(uintptr_t)body.data, MHD_RESPMEM_PERSISTENT);
}

// A small body is copied, and its buffer stays for the next one; the library takes the memory
// of a large one.
static struct MHD_Response *respond_body(struct client *client, bool *is_packed)
{
	struct exchange *x = client->x;
	struct buffer *body = &x->answer.body;
	struct buffer packed;
	buffer_init(&packed, body->len + GZIP_SPARE);
	*is_packed =
		wants_packed(x, body->len) && gzip_encode(buffer_bytes(body), &packed);
	if (*is_packed) {
		body = &packed;
	}
	x->bytes_out = body->len;
	bool is_large = body->len > COPY_MAX;
	struct MHD_Response *response =
		client->loop->mhd->create_response_from_buffer(body->len, body->data,
			is_large ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_MUST_COPY);
	if (is_large && response) {
		buffer_init(body, body->max);
	}
	buffer_clear(&packed);
	limits_hold(client, x->bytes_out);
	return response;
}

// NULL: no memory.
static struct MHD_Response *make_response(struct client *client)
{
	struct exchange *x = client->x;
	bool is_packed = false;
	struct MHD_Response *response = x->answer.fixed.data
		? respond_fixed(client, x->answer.fixed, &is_packed)
		: respond_body(client, &is_packed);
	if (strcmp(x->method, "HEAD") == 0 || x->answer.status == 304) {
		x->bytes_out = 0; // what was made tells the length alone
	}
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

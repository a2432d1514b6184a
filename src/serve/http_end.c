// SPDX-License-Identifier: Apache-2.0
// A request is over: what is said of it in the log and in the metrics, and what it held given back.
#include "serve/http_local.h"

#include "app/clock.h"
#include "x509/private_key.h"

#define FREE_MAX 64

// A key in what was refused before it was read, or cut off: its hash is something of it, too.
// What is in gzip and was not unpacked is not known.
static bool may_hold_key(struct exchange *x)
{
	bool is_packed = x->headers[HEADER_CONTENT_ENCODING] && x->decoded.len == 0;
	bool is_done = x->answer.status / 100 == 2;
	return !is_done &&
		(is_packed || private_key_is_in(buffer_bytes(&x->body), &x->arena) ||
			private_key_is_in(buffer_bytes(&x->decoded), &x->arena));
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
	bool is_page = x->endpoint && x->endpoint->is_page;
	// What is refused for want of time shall take none; and of what people give by mistake,
	// such as private keys, nothing is kept.
	if (body.len > 0 && !is_page && x->answer.code != CODE_OVERLOADED &&
		!may_hold_key(x) &&
		digest_sha256(client->loop->context->digest, &body, 1, sha256)) {
		entry.body_sha256 = sha256;
	}
	access_log_write(client->loop->serve->log, &entry);
}

void request_end(struct client *client, bool is_cut)
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
	limits_release(client);
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

// SPDX-License-Identifier: Apache-2.0
#include "serve/exchange.h"

#include <stdlib.h>

#include "report/report.h"
#include "serve/request_stream.h"
#include "serve/serve.h"

// What a usual call takes stays; a huge one gives its memory back.
#define KEEP ((size_t)16 * 1024)
#define MAX_TARGET ((size_t)8 * 1024)

struct exchange *exchange_new(struct serve *serve)
{
	struct exchange *x = calloc(1, sizeof(*x));
	if (x) {
		x->serve = serve;
		buffer_init(&x->target, MAX_TARGET);
		buffer_init(&x->body, serve->settings.max_body);
		buffer_init(&x->decoded, serve->settings.max_body);
		buffer_init(&x->answer.body, REPORT_MAX);
	}
	return x;
}

void exchange_free(struct exchange *x)
{
	if (x) {
		exchange_clear(x);
		buffer_clear(&x->target);
		buffer_clear(&x->body);
		buffer_clear(&x->decoded);
		buffer_clear(&x->answer.body);
		arena_clear(&x->arena);
		free(x);
	}
}

static struct buffer emptied(struct buffer *buffer)
{
	if (buffer->cap > KEEP) {
		size_t max = buffer->max;
		buffer_clear(buffer);
		buffer_init(buffer, max);
	}
	buffer->len = 0;
	buffer->failed = false;
	return *buffer;
}

void exchange_clear(struct exchange *x)
{
	struct exchange empty = {.serve = x->serve,
		.target = emptied(&x->target),
		.body = emptied(&x->body),
		.decoded = emptied(&x->decoded),
		.answer = {.body = emptied(&x->answer.body)},
		.arena = x->arena};
	snapshot_unref(x->snapshot);
	issuers_unref(x->roots);
	request_stream_free(x->stream);
	if (x->body.cap == 0 && x->arena.first) {
		arena_clear(&empty.arena); // a large call: its arena was large as well
	} else {
		arena_reset(&empty.arena);
	}
	*x = empty;
}

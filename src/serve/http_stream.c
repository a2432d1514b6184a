// SPDX-License-Identifier: Apache-2.0
// A batch on its connection. The library reads the body, and would begin to write only when
// all of it is there; so the answer is written here, straight to the socket, while the body
// comes in. The connection ends with it.
#include "serve/http_local.h"

#include <errno.h>

#include "app/clock.h"
#include "serve/media.h"

// Bytes a second, both ways together, below which a client does not read or send any more.
#define SLOW_RATE 100
// Bytes of a body that are read and dropped behind the end of the answer, so that its sender
// comes to read that.
#define AFTER_MAX ((size_t)64 * 1024 * 1024)
// What batches may take of a turn, so that others wait no longer.
#define TURN_MAX_US 5000
// A chunk's size in hex, and its line ends.
#define CHUNK_HEAD 10

void stream_begin(struct client *client)
{
	client->stage = STAGE_STREAM;
	client->moved = 0;
	client->body_ended = false;
	client->is_finished = false;
	client->out.len = 0;
	client->sent = 0;
}

static void put_date(struct buffer *out)
{
	static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t now = clock_now_ms() / 1000;
	struct datetime t = datetime_from_seconds(now);
	buffer_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
		days[now / 86400 % 7], t.day, months[t.month - 1], t.year, t.hour,
		t.minute, t.second);
}

static void put_head(struct client *client)
{
	struct exchange *x = client->x;
	char trace[TRACE_HEADER_LEN + 1];
	trace_format(&x->trace, trace);
	buffer_printf(&client->out,
		"HTTP/1.1 200 OK\r\nContent-Type: "
		"application/x-ndjson\r\n");
	put_date(&client->out);
	buffer_printf(&client->out,
		"Connection: close\r\nCache-Control: no-store\r\n"
		"X-Content-Type-Options: nosniff\r\nVary: Accept, Accept-Encoding\r\n"
		"Traceparent: %s\r\nX-Request-Id: %s\r\n%s%s\r\n",
		trace, x->trace.span_id,
		media_takes_gzip(x->headers[HEADER_ACCEPT_ENCODING])
			? "Content-Encoding: gzip\r\n"
			: "",
		client->is_http_1_0 ? "" : "Transfer-Encoding: chunked\r\n");
	x->answer.status = 200;
}

// False: the client is gone.
static bool flush(struct client *client)
{
	while (client->sent < client->out.len) {
		ssize_t num = send(client->fd, client->out.data + client->sent,
			client->out.len - client->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (num < 0 && errno != EAGAIN && errno != EINTR) {
			return false;
		}
		if (num < 0 && errno == EAGAIN) {
			client_watch(client, true);
			return true;
		}
		if (num > 0) {
			client->sent += (size_t)num;
			client->moved += (uint64_t)num;
		}
	}
	client->out.len = 0;
	client->sent = 0;
	client_watch(client, false);
	return true;
}

// The size of a chunk is known behind it: room is left for it in front.
static size_t open_chunk(struct client *client)
{
	size_t at = client->out.len;
	if (!client->is_http_1_0) {
		(void)buffer_extend(&client->out, CHUNK_HEAD);
	}
	return at;
}

static void close_chunk(struct client *client, size_t at)
{
	char head[CHUNK_HEAD + 1];
	size_t len = client->out.len - at - CHUNK_HEAD;
	if (client->is_http_1_0 || client->out.failed) {
		return;
	}
	if (len == 0) {
		client->out.len = at; // a chunk of no bytes would be the end
		return;
	}
	(void)snprintf(head, sizeof(head), "%08x\r\n", (unsigned)len);
	memcpy(client->out.data + at, head, CHUNK_HEAD);
	buffer_put_text(&client->out, "\r\n");
}

static bool judge(struct client *client)
{
	struct loop *loop = client->loop;
	struct exchange *x = client->x;
	if (x->answer.status == 0) {
		put_head(client);
	}
	size_t at = open_chunk(client);
	if (!request_stream_judge(x->stream, loop->context, x->snapshot->lists,
		    clock_now_ms(), loop->serve->metrics, &client->out)) {
		return false;
	}
	x->bytes_out += client->out.len - at - (client->is_http_1_0 ? 0 : CHUNK_HEAD);
	close_chunk(client, at);
	if (request_stream_is_done(x->stream) && !client->is_http_1_0) {
		buffer_put_text(&client->out, "0\r\n\r\n");
	}
	return !client->out.failed;
}

static void make_busy(struct client *client)
{
	struct loop *loop = client->loop;
	if (!client->is_busy) {
		client->is_busy = true;
		client->next_busy = loop->busy;
		loop->busy = client;
	}
}

void stream_wake(struct client *client)
{
	if (client->stage == STAGE_STREAM) {
		make_busy(client);
	} else {
		client_watch(client, false);
	}
}

static void note_held(struct client *client)
{
	limits_hold(client, request_stream_held(client->x->stream) + client->out.cap);
}

// One round: what waits is written, or some lines are judged.
static void step(struct client *client)
{
	struct exchange *x = client->x;
	if (client->stage != STAGE_STREAM) {
		return;
	}
	bool goes_on = flush(client);
	note_held(client);
	if (goes_on && client->out.len == 0 && request_stream_has_work(x->stream)) {
		goes_on = judge(client) && flush(client);
	}
	if (!goes_on) {
		client_cut(client, 0, CODE_NONE, "");
		return;
	}
	if (client->out.len > 0) {
		return; // stream_wake goes on
	}
	if (request_stream_is_done(x->stream)) {
		client->is_finished = true;
		(void)shutdown(client->fd, SHUT_WR);
	} else if (request_stream_has_work(x->stream)) {
		make_busy(client);
		return;
	}
	client_resume(client);
}

// Those that had no turn in time come first in the next round.
void stream_run(struct loop *loop)
{
	int64_t until_us = clock_monotonic_us() + TURN_MAX_US;
	struct client *busy = loop->busy;
	loop->busy = NULL;
	while (busy && clock_monotonic_us() < until_us) {
		struct client *client = busy;
		busy = client->next_busy;
		client->is_busy = false;
		step(client);
	}
	struct client **end = &busy;
	while (*end) {
		end = &(*end)->next_busy;
	}
	*end = loop->busy;
	loop->busy = busy;
}

void stream_stop(struct client *client)
{
	if (client->stage == STAGE_STREAM && !client->is_blocked &&
		!client->is_finished) {
		request_stream_stop(client->x->stream);
		make_busy(client);
	}
}

// All is said: what still comes of the body is of no use, and its end closes the connection.
static enum MHD_Result drop(struct client *client, size_t *len)
{
	client->moved += *len;
	client->discarded += *len;
	bool ends = client->body_ended || *len == 0 || client->discarded > AFTER_MAX;
	*len = 0;
	return ends ? MHD_NO : MHD_YES;
}

enum MHD_Result stream_take(struct client *client, const char *data, size_t *len)
{
	struct exchange *x = client->x;
	struct bytes in = bytes_of(data, *len);
	if (client->is_finished) {
		return drop(client, len);
	}
	if (*len > 0) {
		request_stream_take(x->stream, &in);
		client->moved += *len - in.len;
		x->bytes_in += *len - in.len;
		*len = in.len;
	} else {
		request_stream_end(x->stream);
		client->body_ended = true;
	}
	note_held(client);
	if (in.len > 0 || request_stream_has_work(x->stream)) {
		client_suspend(client);
		make_busy(client);
	}
	return MHD_YES;
}

bool stream_is_slow(struct client *client, int64_t now_us, int64_t limit_us)
{
	uint64_t least = (uint64_t)(limit_us / 1000000) * SLOW_RATE;
	bool is_slow = client->moved < least || client->moved == 0;
	client->moved = 0;
	client->since_us = now_us;
	return is_slow;
}

// Out of the loop's lists.
void stream_end(struct client *client)
{
	struct client **at = &client->loop->busy;
	while (*at && *at != client) {
		at = &(*at)->next_busy;
	}
	if (*at) {
		*at = client->next_busy;
	}
	client->is_busy = false;
	client_watch(client, false);
	client->out.len = 0;
	client->sent = 0;
	if (client->out.cap > 65536) {
		size_t max = client->out.max;
		buffer_clear(&client->out);
		buffer_init(&client->out, max);
	}
}

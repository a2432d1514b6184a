// SPDX-License-Identifier: Apache-2.0
// What clients may take of us: time, and memory while they are waited for.
#include "serve/http_local.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include "app/clock.h"

#define SWEEP_MS 250
#define SWEEP_LAST_MS 10 // at the end
// Where somebody has hung up: what such a connection holds is given back soon.
#define SWEEP_SOON_MS 20
// After the call to end, for requests that are in the sockets already.
#define GRACE_MS 300
// Before its end, for batches that go on: they are told to end. At most half of it.
#define STOP_MS 2000
// What a client still sends when it has been told that it is cut off is read for so long, for a
// close before that could take the words from him.
#define LINGER_US 1000000

static int64_t limit_us(const struct client *client)
{
	const struct serve_settings *settings = &client->loop->serve->settings;
	return 1000 *
		(client->stage == STAGE_IDLE ? settings->idle_timeout_ms
					     : settings->request_timeout_ms);
}

static bool has_unread(const struct client *client)
{
	int num = 0;
	return ioctl(client->fd, FIONREAD, &num) == 0 && num > 0;
}

static void sweep_one(struct client *client, int64_t now_us)
{
	struct metrics *metrics = client->loop->serve->metrics;
	int64_t limit = limit_us(client);
	if (client->stage == STAGE_WAITING || client->stage == STAGE_JUDGED ||
		now_us - client->since_us < limit) {
		return;
	}
	// After a long turn the rest of a request lies in the socket, and its sender is not slow.
	if (client->stage != STAGE_IDLE && now_us - client->since_us < 2 * limit &&
		has_unread(client)) {
		return;
	}
	switch ((int)client->stage) {
	case STAGE_IDLE:
		client_cut(client, 0, CODE_NONE, "");
		break;
	case STAGE_HEAD:
	case STAGE_BODY:
		metrics_refused(metrics, REFUSED_SLOW_SENDER);
		client_cut(client, 408, CODE_REQUEST_TIMEOUT,
			"the request did not come in within its time");
		break;
	case STAGE_DISCARD:
		metrics_refused(metrics, REFUSED_SLOW_SENDER);
		client_cut(client, client->x->answer.status, client->x->answer.code,
			"the request was refused, and its body did not end");
		break;
	case STAGE_STREAM:
		if (stream_is_slow(client, now_us, limit)) {
			metrics_refused(metrics,
				client->is_blocked ? REFUSED_SLOW_READER
						   : REFUSED_SLOW_SENDER);
			client_cut(client, 0, CODE_REQUEST_TIMEOUT, "");
		}
		break;
	case STAGE_REPLY:
		metrics_refused(metrics, REFUSED_SLOW_READER);
		client_cut(client, 0, CODE_REQUEST_TIMEOUT, "");
		break;
	default:
		break;
	}
}

// Nothing more comes of a request that is not there yet. What lies in the socket, or came right
// now, is left to the library first.
static bool is_gone(const struct client *client, int64_t now_us)
{
	uint8_t byte;
	bool waits = client->stage == STAGE_IDLE || client->stage == STAGE_HEAD ||
		client->stage == STAGE_BODY || client->stage == STAGE_DISCARD ||
		(client->stage == STAGE_STREAM && !client->body_ended &&
			!client->is_suspended);
	return client->has_hung_up && waits &&
		now_us - client->since_us > SWEEP_SOON_MS * 1000 &&
		recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

// In draining, connections without a request are closed, unless one is in the socket.
static bool is_at_rest(const struct client *client)
{
	return client->stage == STAGE_IDLE && !has_unread(client);
}

// How far the service is on its way to its end.
enum phase { PHASE_NONE, PHASE_GRACE, PHASE_REST, PHASE_STOP, PHASE_OVER };

// The deadline stands the drain timeout behind the call to end.
static enum phase phase_of(const struct loop *loop, int64_t now_ms, int64_t deadline_ms)
{
	int64_t timeout_ms = loop->serve->settings.drain_timeout_ms;
	int64_t stop_ms = timeout_ms / 2 < STOP_MS ? timeout_ms / 2 : STOP_MS;
	if (deadline_ms == 0) {
		return PHASE_NONE;
	}
	if (now_ms >= deadline_ms) {
		return PHASE_OVER;
	}
	if (now_ms >= deadline_ms - stop_ms) {
		return PHASE_STOP;
	}
	return now_ms >= deadline_ms - timeout_ms + GRACE_MS ? PHASE_REST : PHASE_GRACE;
}

// The time for what is under way is over.
static void end_client(struct client *client)
{
	if (client->stage == STAGE_WAITING) {
		return;
	}
	if (client->stage == STAGE_CUT) {
		client_leave(client);
		return;
	}
	client->loop->num_cut += client->stage != STAGE_IDLE;
	client_cut(client, client->stage == STAGE_BODY ? 503 : 0, CODE_SERVICE_STOPPING,
		"the service ends");
}

static void sweep_client(struct client *client, int64_t now_us, enum phase phase)
{
	if (phase == PHASE_OVER) {
		end_client(client);
	} else if (client->stage == STAGE_CUT) {
		if (now_us - client->since_us > LINGER_US) {
			client_leave(client);
		}
	} else if (is_gone(client, now_us) ||
		(phase >= PHASE_REST && is_at_rest(client))) {
		client_cut(client, 0, CODE_NONE, "");
	} else {
		if (phase == PHASE_STOP) {
			stream_stop(client);
		}
		sweep_one(client, now_us);
	}
}

void limits_sweep(struct loop *loop, int64_t now_ms, int64_t deadline_ms)
{
	int64_t now_us = clock_monotonic_us();
	enum phase phase = phase_of(loop, now_ms, deadline_ms);
	loop->swept_ms = now_ms;
	loop->sweeps_soon = false;
	struct client *next = NULL;
	for (struct client *client = loop->clients; client; client = next) {
		next = client->next;
		loop->sweeps_soon = loop->sweeps_soon || client->has_hung_up;
		sweep_client(client, now_us, phase);
	}
}

int limits_interval_ms(const struct loop *loop, int64_t deadline_ms)
{
	if (deadline_ms) {
		return SWEEP_LAST_MS;
	}
	return loop->sweeps_soon ? SWEEP_SOON_MS : SWEEP_MS;
}

void limits_hold(struct client *client, size_t more)
{
	struct exchange *x = client->x;
	size_t held = x->body.cap + x->decoded.cap + x->answer.body.cap + more;
	client->loop->held += held - x->held;
	(void)atomic_fetch_add(&client->loop->serve->num_held, held - x->held);
	x->held = held;
}

void limits_release(struct client *client)
{
	struct exchange *x = client->x;
	client->loop->held -= x->held;
	(void)atomic_fetch_sub(&client->loop->serve->num_held, x->held);
	x->held = 0;
}

static bool is_waited_for(const struct client *client)
{
	return client->stage == STAGE_BODY || client->stage == STAGE_DISCARD ||
		client->stage == STAGE_REPLY ||
		(client->stage == STAGE_STREAM && !client->is_busy);
}

// Of those whose clients are waited for, the one that has held most bytes for longest.
static struct client *find_burden(struct loop *loop)
{
	struct client *heaviest = NULL;
	uint64_t most = 0;
	int64_t now_us = clock_monotonic_us();
	for (struct client *client = loop->clients; client; client = client->next) {
		uint64_t burden = is_waited_for(client)
			? client->x->held * (uint64_t)(now_us - client->since_us + 1)
			: 0;
		if (burden > most) {
			most = burden;
			heaviest = client;
		}
	}
	return heaviest;
}

void limits_shed(struct loop *loop)
{
	struct client *client = NULL;
	while (loop->held > loop->max_held && (client = find_burden(loop))) {
		metrics_refused(loop->serve->metrics, REFUSED_OVERLOAD);
		limits_release(client);
		client_cut(client, client->stage == STAGE_BODY ? 503 : 0, CODE_OVERLOADED,
			"the service holds more of requests that come in slowly than it can");
	}
	loop->is_full = loop->held > loop->max_held;
}

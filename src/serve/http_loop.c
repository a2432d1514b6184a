// SPDX-License-Identifier: Apache-2.0
#include "serve/http_local.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/clock.h"

#define SWEEP_MS 250
#define SWEEP_LAST_MS 10 // at the end
// Where somebody has hung up: what such a connection holds is given back soon.
#define SWEEP_SOON_MS 20
// After the call to end, for requests that are in the sockets already.
#define GRACE_MS 300
#define EVENTS 64
// After so many turns for nothing the loop rests between two: libmicrohttpd 0.9.75 asks for
// another at once as long as a connection's memory is full, as with a chunk's endless extension.
#define VAIN_TURNS 16
#define VAIN_MS 10

// What comes.

static void take_given(struct loop *loop)
{
	uint64_t ignored;
	(void)!read(loop->wake, &ignored, sizeof(ignored));
	(void)pthread_mutex_lock(&loop->mutex);
	struct given *given = loop->given;
	size_t num = loop->num_given;
	loop->given = NULL;
	loop->num_given = 0;
	loop->cap_given = 0;
	(void)pthread_mutex_unlock(&loop->mutex);
	for (size_t i = 0; i < num; i++) {
		struct address from;
		size_t num_begun = loop->num_begun;
		if (loop->mhd->add_connection(loop->daemon, given[i].fd,
			    (const struct sockaddr *)&given[i].address,
			    given[i].len) != MHD_YES &&
			loop->num_begun == num_begun) { // else it has ended as well
			address_of(&given[i].address, &from);
			addresses_leave(loop->server->addresses, &from);
			(void)atomic_fetch_sub(&loop->serve->num_connections, 1);
		}
	}
	free(given);
}

// Memory.

void loop_hold(struct client *client, size_t answer_len)
{
	struct exchange *x = client->x;
	size_t held = x->body.cap + x->decoded.cap + x->answer.body.cap + answer_len;
	client->loop->held += held - x->held;
	x->held = held;
}

// Of those whose clients are waited for, the one that has held most bytes for longest.
static struct client *find_burden(struct loop *loop)
{
	struct client *heaviest = NULL;
	uint64_t most = 0;
	int64_t now_us = clock_monotonic_us();
	for (struct client *client = loop->clients; client; client = client->next) {
		bool waits = client->stage == STAGE_BODY ||
			client->stage == STAGE_DISCARD || client->stage == STAGE_REPLY;
		uint64_t burden = waits
			? client->x->held * (uint64_t)(now_us - client->since_us + 1)
			: 0;
		if (burden > most) {
			most = burden;
			heaviest = client;
		}
	}
	return heaviest;
}

// Where slow clients would have us hold more than may be, the heaviest of them go.
static void shed_burdens(struct loop *loop)
{
	while (loop->held > loop->max_held) {
		struct client *client = find_burden(loop);
		if (!client) {
			return;
		}
		metrics_refused(loop->serve->metrics, REFUSED_OVERLOAD);
		loop->held -= client->x->held;
		client->x->held = 0;
		client_cut(client, client->stage == STAGE_BODY ? 503 : 0, CODE_OVERLOADED,
			"the service holds more of requests that come in slowly than it can");
	}
}

// Time limits.

static int64_t limit_us(const struct client *client)
{
	const struct serve_settings *settings = &client->loop->serve->settings;
	return 1000 *
		(client->stage == STAGE_IDLE ? settings->idle_timeout_ms
					     : settings->request_timeout_ms);
}

static void sweep_one(struct client *client, int64_t now_us)
{
	struct metrics *metrics = client->loop->serve->metrics;
	int64_t limit = limit_us(client);
	if (client->stage == STAGE_WAITING || client->stage == STAGE_JUDGED ||
		now_us - client->since_us < limit) {
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
			metrics_refused(metrics, REFUSED_SLOW_READER);
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
	int waiting = 0;
	return client->stage == STAGE_IDLE &&
		(ioctl(client->fd, FIONREAD, &waiting) != 0 || waiting == 0);
}

static void sweep(struct loop *loop, int64_t now_ms, int64_t deadline_ms)
{
	int64_t now_us = clock_monotonic_us();
	bool is_over = deadline_ms && now_ms >= deadline_ms;
	// The deadline stands so many ms behind the call to end; grace is part of them.
	bool is_grace_over = deadline_ms &&
		now_ms >= deadline_ms - loop->serve->settings.drain_timeout_ms + GRACE_MS;
	loop->swept_ms = now_ms;
	loop->sweeps_soon = false;
	struct client *next = NULL;
	for (struct client *client = loop->clients; client; client = next) {
		next = client->next;
		loop->sweeps_soon = loop->sweeps_soon || client->has_hung_up;
		if (is_over && client->stage != STAGE_CUT &&
			client->stage != STAGE_WAITING) {
			loop->num_cut += client->stage != STAGE_IDLE;
			client_cut(client, client->stage == STAGE_BODY ? 503 : 0,
				CODE_SERVICE_STOPPING, "the service ends");
		} else if (is_gone(client, now_us) ||
			(is_grace_over && is_at_rest(client))) {
			client_cut(client, 0, CODE_NONE, "");
		} else {
			sweep_one(client, now_us);
		}
	}
}

static int sweep_interval_ms(const struct loop *loop, int64_t deadline_ms)
{
	if (deadline_ms) {
		return SWEEP_LAST_MS;
	}
	return loop->sweeps_soon ? SWEEP_SOON_MS : SWEEP_MS;
}

static int timeout_ms(struct loop *loop, int64_t deadline_ms)
{
	MHD_UNSIGNED_LONG_LONG wait = 0;
	if (loop->num_waiting || loop->busy || loop->has_resumed) {
		return 0;
	}
	if (loop->mhd->get_timeout(loop->daemon, &wait) == MHD_YES && wait == 0) {
		return ++loop->num_vain > VAIN_TURNS ? VAIN_MS : 0;
	}
	return sweep_interval_ms(loop, deadline_ms);
}

static void wait_for_events(struct loop *loop, int timeout)
{
	struct epoll_event events[EVENTS];
	int num = epoll_wait(loop->epoll, events, EVENTS, timeout);
	loop->num_vain = num > 0 ? 0 : loop->num_vain;
	for (int i = 0; i < num; i++) {
		struct client *client = events[i].data.ptr;
		if (!client) {
			continue; // the daemon's own, or `wake`
		}
		if (events[i].events & EPOLLRDHUP) {
			client->has_hung_up = true;
			client->loop->sweeps_soon = true;
		}
		if (client->is_blocked) {
			stream_wake(client);
		}
	}
}

void *loop_run(void *context)
{
	struct loop *loop = context;
	answer_watch(loop);
	for (;;) {
		int64_t deadline_ms = (int64_t)atomic_load(&loop->server->deadline_ms);
		wait_for_events(loop, timeout_ms(loop, deadline_ms));
		take_given(loop);
		loop->has_resumed = false;
		(void)loop->mhd->run(loop->daemon);
		judge_run(loop);
		stream_run(loop);
		shed_burdens(loop);
		int64_t now_ms = clock_monotonic_ms();
		atomic_store(&loop->beat_ms, now_ms);
		if (now_ms - loop->swept_ms >= sweep_interval_ms(loop, deadline_ms)) {
			sweep(loop, now_ms, deadline_ms);
		}
		if (deadline_ms && loop->num_waiting == 0 &&
			(!loop->clients || now_ms > deadline_ms + GRACE_MS)) {
			return NULL;
		}
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/http_local.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/clock.h"

#define EVENTS 64
// Behind the deadline of draining, for connections that were cut to be seen to end.
#define END_MS 300
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

static int timeout_ms(struct loop *loop, int64_t deadline_ms)
{
	MHD_UNSIGNED_LONG_LONG wait = 0;
	if (loop->num_waiting || loop->busy || loop->has_resumed) {
		return 0;
	}
	if (loop->mhd->get_timeout(loop->daemon, &wait) == MHD_YES && wait == 0) {
		return ++loop->num_vain > VAIN_TURNS ? VAIN_MS : 0;
	}
	return limits_interval_ms(loop, deadline_ms);
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
	library_watch(loop);
	for (;;) {
		int64_t deadline_ms = (int64_t)atomic_load(&loop->server->deadline_ms);
		wait_for_events(loop, timeout_ms(loop, deadline_ms));
		take_given(loop);
		loop->has_resumed = false;
		(void)loop->mhd->run(loop->daemon);
		judge_run(loop);
		stream_run(loop);
		limits_shed(loop);
		int64_t now_ms = clock_monotonic_ms();
		atomic_store(&loop->beat_ms, now_ms);
		if (now_ms - loop->swept_ms >= limits_interval_ms(loop, deadline_ms)) {
			limits_sweep(loop, now_ms, deadline_ms);
		}
		if (deadline_ms && loop->num_waiting == 0 &&
			(!loop->clients || now_ms > deadline_ms + END_MS)) {
			return NULL;
		}
	}
}

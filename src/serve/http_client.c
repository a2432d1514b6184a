// SPDX-License-Identifier: Apache-2.0
// A connection: from its beginning to its end, and what is done to it in between.
#include "serve/http_local.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "app/clock.h"

// Of a batch, what waits to be sent: 256 KB and a report of REPORT_MAX, with room to spare.
#define OUT_MAX ((size_t)128 * 1024 * 1024)

// The library hands over all chunks of a body that it has read, though the first one has
// made us suspend it, and its lists do not bear that twice.
void client_suspend(struct client *client)
{
	if (!client->is_suspended) {
		client->is_suspended = true;
		client->loop->mhd->suspend_connection(client->connection);
	}
}

void client_resume(struct client *client)
{
	if (client->is_suspended) {
		client->is_suspended = false;
		client->loop->has_resumed = true;
		client->loop->mhd->resume_connection(client->connection);
	}
}

// libmicrohttpd watches for the end of what a client sends as well, but 0.9.75 overlooks one that
// comes together with the last bytes.
void client_watch(struct client *client, bool blocked)
{
	struct epoll_event event = {
		.events = blocked ? EPOLLOUT : EPOLLRDHUP | EPOLLET, .data.ptr = client};
	if (blocked != client->is_blocked) {
		client->is_blocked = blocked;
		(void)epoll_ctl(client->loop->epoll, EPOLL_CTL_MOD, client->fd, &event);
	}
}

void client_cut(struct client *client, unsigned status, enum code code, const char *text)
{
	if (client->stage == STAGE_CUT) {
		return;
	}
	if (status) {
		struct buffer out;
		buffer_init(&out, 2048);
		problem_put_raw(status, code, text,
			client->x ? client->x->trace.span_id : "", &out);
		(void)!send(client->fd, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		buffer_clear(&out);
	}
	if (client->x && client->x->answer.status == 0) {
		client->x->answer.status = status;
	}
	if (client->x && client->x->answer.code == CODE_NONE) {
		client->x->answer.code = code;
	}
	client->stage = STAGE_CUT;
	client->since_us = clock_monotonic_us();
	(void)shutdown(client->fd, status ? SHUT_WR : SHUT_RDWR);
	client_resume(client); // so that the end of its socket is seen
}

void client_leave(struct client *client)
{
	(void)shutdown(client->fd, SHUT_RDWR);
}

// What comes and goes.

// Where a connection is from, also where it is gone already: the library knows it.
static void find_address(const struct microhttpd *mhd, struct MHD_Connection *connection,
	struct address *out)
{
	const struct sockaddr *from =
		mhd->get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
			->client_addr;
	struct sockaddr_storage address = {.ss_family = AF_UNIX};
	if (from && from->sa_family == AF_INET) {
		memcpy(&address, from, sizeof(struct sockaddr_in));
	} else if (from && from->sa_family == AF_INET6) {
		memcpy(&address, from, sizeof(struct sockaddr_in6));
	}
	address_of(&address, out);
}

static void uncount(struct loop *loop, const struct address *address)
{
	addresses_leave(loop->server->addresses, address);
	(void)atomic_fetch_sub(&loop->serve->num_connections, 1);
}

static void add_client(
	struct loop *loop, struct MHD_Connection *connection, void **context)
{
	struct client *client = calloc(1, sizeof(*client));
	struct address address;
	find_address(loop->mhd, connection, &address);
	loop->num_begun++;
	*context = client;
	if (!client) {
		uncount(loop, &address); // its requests are refused
		return;
	}
	const union MHD_ConnectionInfo *info = loop->mhd->get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	client->fd = info->connect_fd;
	client->address = address;
	client->loop = loop;
	client->connection = connection;
	client->since_us = clock_monotonic_us();
	buffer_init(&client->out, OUT_MAX);
	client->next = loop->clients;
	if (client->next) {
		client->next->previous = client;
	}
	loop->clients = client;
	struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = client};
	(void)epoll_ctl(loop->epoll, EPOLL_CTL_ADD, client->fd, &event);
}

static void remove_client(struct client *client)
{
	struct loop *loop = client->loop;
	if (client->previous) {
		client->previous->next = client->next;
	} else {
		loop->clients = client->next;
	}
	if (client->next) {
		client->next->previous = client->previous;
	}
	uncount(loop, &client->address);
	buffer_clear(&client->out);
	free(client);
}

void loop_on_connection(void *loop, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		add_client(loop, connection, context);
	} else if (*context) {
		remove_client(*context);
		*context = NULL;
	}
}

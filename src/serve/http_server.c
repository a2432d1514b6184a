// SPDX-License-Identifier: Apache-2.0
#include "serve/http_local.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/clock.h"

// A connection's memory for the head of a request, all of which is
// cleared after each request; above 32 KB it is mapped, and goes back to the system.
// The head itself may be HEAD_MAX of it (http_request.c).
#define CONNECTION_MEMORY ((size_t)36 * 1024)
// What all threads together may hold of requests that come in and answers that go out, and
// each of them some of the largest bodies, in bytes.
#define HELD_MAX ((size_t)256 * 1024 * 1024)
#define HELD_BODIES 2
// Connections that were refused are kept for so long.
#define LEAVE_MS 1000
#define LEAVE_READS 64

// What has come is read first: a close before that is a reset, and takes the client the answer.
static void leave(int fd)
{
	uint8_t ignored[4096];
	for (size_t i = 0;
		i < LEAVE_READS && recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT) > 0;
		i++) {
	}
	(void)close(fd);
}

static void leave_first(struct http_server *server)
{
	leave(server->leaving[server->first_leaving].fd);
	server->first_leaving = (server->first_leaving + 1) % MAX_LEAVING;
	server->num_leaving--;
}

void http_server_tend(struct http_server *server)
{
	int64_t now_ms = clock_monotonic_ms();
	while (server->num_leaving > 0 &&
		now_ms - server->leaving[server->first_leaving].since_ms >= LEAVE_MS) {
		leave_first(server);
	}
}

static bool start_daemon(struct loop *loop, struct err *err)
{
	const struct microhttpd *mhd = loop->mhd;
	loop->daemon = mhd->start_daemon(
		MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0,
		NULL, NULL, loop_on_request, loop, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)loop->serve->settings.max_connections + 1,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
		loop_on_connection, loop, MHD_OPTION_URI_LOG_CALLBACK, loop_on_target,
		loop, MHD_OPTION_NOTIFY_COMPLETED, loop_on_end, loop, MHD_OPTION_END);
	return loop->daemon ||
		err_set(err, CODE_HTTP_UNAVAILABLE, ERR_NO_OFFSET,
			"libmicrohttpd %s cannot be started with epoll",
			mhd->get_version());
}

static bool watch(int epoll, int fd, struct err *err)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 || err_no_memory(err);
}

static bool init_loop(struct http_server *server, struct loop *loop, struct err *err)
{
	loop->server = server;
	loop->serve = server->serve;
	loop->mhd = &server->mhd;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loop->context = context_new(server->serve->fast, err);
	loop->max_held = HELD_MAX / server->serve->settings.threads +
		HELD_BODIES * server->serve->settings.max_body;
	atomic_store(&loop->beat_ms, clock_monotonic_ms());
	(void)pthread_mutex_init(&loop->mutex, NULL);
	if (loop->epoll < 0 || loop->wake < 0) {
		return err_no_memory(err);
	}
	if (!loop->context || !start_daemon(loop, err)) {
		return false;
	}
	const union MHD_DaemonInfo *info =
		loop->mhd->get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return watch(loop->epoll, info->epoll_fd, err) &&
		watch(loop->epoll, loop->wake, err);
}

static bool start_loop(struct loop *loop, struct err *err)
{
	loop->is_started = pthread_create(&loop->thread, NULL, loop_run, loop) == 0;
	return loop->is_started ||
		err_set(err, CODE_OUT_OF_MEMORY, ERR_NO_OFFSET,
			"no thread can be started");
}

static void clear_loop(struct loop *loop)
{
	if (loop->daemon) {
		loop->mhd->stop_daemon(loop->daemon);
	}
	for (size_t i = 0; i < loop->num_given; i++) {
		(void)close(loop->given[i].fd);
	}
	while (loop->free) {
		struct exchange *x = loop->free;
		loop->free = x->next;
		exchange_free(x);
	}
	free(loop->given);
	context_free(loop->context);
	if (loop->epoll >= 0) {
		(void)close(loop->epoll);
	}
	if (loop->wake >= 0) {
		(void)close(loop->wake);
	}
	(void)pthread_mutex_destroy(&loop->mutex);
}

static void wake(struct loop *loop)
{
	uint64_t one = 1;
	(void)!write(loop->wake, &one, sizeof(one));
}

static size_t end(struct http_server *server)
{
	size_t num_cut = 0;
	for (size_t i = 0; i < server->num_loops; i++) {
		if (server->loops[i].is_started) {
			wake(&server->loops[i]);
			(void)pthread_join(server->loops[i].thread, NULL);
		}
		num_cut += server->loops[i].num_cut;
		clear_loop(&server->loops[i]);
	}
	while (server->num_leaving > 0) {
		leave_first(server);
	}
	addresses_free(server->addresses);
	free(server->loops);
	free(server);
	return num_cut;
}

struct http_server *http_server_start(struct serve *serve, struct err *err)
{
	struct http_server *server = calloc(1, sizeof(*server));
	if (!server) {
		err_no_memory(err);
		return NULL;
	}
	server->serve = serve;
	server->addresses = addresses_new(serve->settings.max_connections, err);
	server->loops = calloc(serve->settings.threads, sizeof(*server->loops));
	bool done = server->addresses && (server->loops || err_no_memory(err)) &&
		microhttpd_load(&server->mhd, err);
	while (done && server->num_loops < serve->settings.threads) {
		struct loop *loop = &server->loops[server->num_loops++];
		loop->epoll = -1;
		loop->wake = -1;
		done = init_loop(server, loop, err);
	}
	for (size_t i = 0; done && i < server->num_loops; i++) {
		done = start_loop(&server->loops[i], err);
	}
	if (!done) {
		atomic_store(&server->deadline_ms, 1);
		(void)end(server);
		return NULL;
	}
	serve->http_version = server->mhd.get_version();
	return server;
}

// It is closed when its client had time to read; the oldest one sooner where there are many.
static void linger(struct http_server *server, int fd)
{
	if (server->num_leaving == MAX_LEAVING) {
		leave_first(server);
	}
	size_t at = (server->first_leaving + server->num_leaving++) % MAX_LEAVING;
	server->leaving[at] =
		(struct leaving){.fd = fd, .since_ms = clock_monotonic_ms()};
}

// Few enough bytes for the socket to take them at once.
static void refuse(struct http_server *server, int fd, enum refusal why)
{
	struct buffer out;
	bool is_its_own = why == REFUSED_ADDRESS;
	buffer_init(&out, 2048);
	problem_put_raw(is_its_own ? 429 : 503, CODE_OVERLOADED,
		is_its_own ? "this address has too many connections"
			   : "there are too many connections",
		"", &out);
	(void)!send(fd, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	buffer_clear(&out);
	metrics_refused(server->serve->metrics, why);
	(void)shutdown(fd, SHUT_WR);
	linger(server, fd);
}

static size_t limit_of(const struct serve *serve, const struct address *address)
{
	if (address->is_unix) {
		return SIZE_MAX;
	}
	if (serve->settings.max_connections_of_address) {
		return serve->settings.max_connections_of_address;
	}
	// Behind a proxy all connections are its own.
	return address->is_loopback ? SIZE_MAX : SERVE_OF_ADDRESS;
}

static bool put_given(struct loop *loop, const struct given *given)
{
	if (loop->num_given == loop->cap_given) {
		size_t cap = loop->cap_given ? 2 * loop->cap_given : 16;
		struct given *more = realloc(loop->given, cap * sizeof(*more));
		if (!more) {
			return false;
		}
		loop->given = more;
		loop->cap_given = cap;
	}
	loop->given[loop->num_given++] = *given;
	return true;
}

void http_server_give(struct http_server *server, int fd,
	const struct sockaddr_storage *address, socklen_t len)
{
	struct serve *serve = server->serve;
	struct address from;
	address_of(address, &from);
	if (atomic_load(&serve->num_connections) >= serve->settings.max_connections) {
		refuse(server, fd, REFUSED_CONNECTIONS);
		return;
	}
	if (!addresses_enter(server->addresses, &from, limit_of(serve, &from))) {
		refuse(server, fd, REFUSED_ADDRESS);
		return;
	}
	(void)atomic_fetch_add(&serve->num_connections, 1);
	struct loop *loop = &server->loops[server->next++ % server->num_loops];
	struct given given = {.fd = fd, .len = len, .address = *address};
	(void)pthread_mutex_lock(&loop->mutex);
	bool done = put_given(loop, &given);
	(void)pthread_mutex_unlock(&loop->mutex);
	if (!done) {
		(void)atomic_fetch_sub(&serve->num_connections, 1);
		addresses_leave(server->addresses, &from);
		refuse(server, fd, REFUSED_CONNECTIONS);
		return;
	}
	wake(loop);
}

size_t http_server_stop(struct http_server *server, int64_t timeout_ms)
{
	atomic_store(&server->deadline_ms, clock_monotonic_ms() + timeout_ms);
	return end(server);
}

int64_t http_server_last_beat_ms(const struct http_server *server)
{
	int64_t oldest = INT64_MAX;
	for (size_t i = 0; i < server->num_loops; i++) {
		int64_t beat = (int64_t)atomic_load(&server->loops[i].beat_ms);
		oldest = beat < oldest ? beat : oldest;
	}
	return oldest;
}

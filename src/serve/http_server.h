// SPDX-License-Identifier: Apache-2.0
// The threads that speak HTTP/1.1 (libmicrohttpd), read calls, judge what they ask, and
// answer: each has connections of its own and an epoll loop.
#ifndef SERVE_HTTP_SERVER_H
#define SERVE_HTTP_SERVER_H

#include <sys/socket.h>

#include "serve/serve.h"

struct http_server;

// Starts the threads. NULL with `err` (http_unavailable, out_of_memory).
struct http_server *http_server_start(struct serve *serve, struct err *err);
// Takes the descriptor of a connection. One that is too many is told so (503, or 429 where its
// address has too many) and closed a second later, by http_server_tend.
void http_server_give(struct http_server *server, int fd,
	const struct sockaddr_storage *address, socklen_t len);
// To be called each second or so, by the thread that gives.
void http_server_tend(struct http_server *server);
// Waits until what is under way is answered, at most `timeout_ms`, closes what is left, ends
// the threads and frees everything. serve->is_draining is set. Returns how many requests
// were cut off.
size_t http_server_stop(struct http_server *server, int64_t timeout_ms);
// When the thread that was longest away from its loop was there, monotonic ms: for a
// watchdog.
int64_t http_server_last_beat_ms(const struct http_server *server);

#endif

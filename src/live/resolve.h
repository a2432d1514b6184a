// SPDX-License-Identifier: Apache-2.0
// Names to addresses, within a time. getaddrinfo itself can be neither limited nor ended, so
// it runs in a thread of its own; one that is late is left alone, and frees what it has when
// it comes back at last. No more than RESOLVER_MAX_THREADS of them are about, however many
// names hang.
#ifndef LIVE_RESOLVE_H
#define LIVE_RESOLVE_H

#include <sys/socket.h>

#include "live/deadline.h"

#define RESOLVER_MAX_THREADS 128
// Addresses that are tried, in the system's order (RFC 6724).
#define RESOLVE_MAX_ADDRESSES 8

struct resolved {
	struct sockaddr_storage addresses[RESOLVE_MAX_ADDRESSES];
	socklen_t lens[RESOLVE_MAX_ADDRESSES];
	size_t num; // at least 1
};

struct resolver;

// NULL with `err`: out_of_memory. Any number of threads may use one.
struct resolver *resolver_new(struct err *err);
// Lets go; threads that still hang keep what they need. NULL is fine.
void resolver_free(struct resolver *resolver);
// False with `err`: resolve_failed, connect_timeout, connect_stopped, out_of_memory.
bool resolve(struct resolver *resolver, const char *host, unsigned port,
	int64_t deadline_ms, struct resolved *out, struct err *err) MUST_CHECK;

#endif

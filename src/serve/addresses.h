// SPDX-License-Identifier: Apache-2.0
// How many connections each address has.
#ifndef SERVE_ADDRESSES_H
#define SERVE_ADDRESSES_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/bytes.h"

#define ADDRESS_ROOM INET6_ADDRSTRLEN

struct address {
	bool is_unix;
	bool is_loopback;
	uint8_t key[16]; // IPv4 as ::ffff:a.b.c.d; of IPv6 the first 64 bits, a network's
	char text[ADDRESS_ROOM]; // "unix" of a Unix socket
};

void address_of(const struct sockaddr_storage *from, struct address *out);

struct addresses;

// For `max` connections at once. NULL with `err`: no memory.
struct addresses *addresses_new(size_t max, struct err *err);
void addresses_free(struct addresses *addresses);
// Counts one more of that address, unless it has `limit` already. Any thread.
bool addresses_enter(
	struct addresses *addresses, const struct address *address, size_t limit);
void addresses_leave(struct addresses *addresses, const struct address *address);

#endif

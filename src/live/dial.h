// SPDX-License-Identifier: Apache-2.0
// A connection to a server by TCP: its addresses one after another, each with its share of
// the time that is left, so that one that is silent does not take it all.
#ifndef LIVE_DIAL_H
#define LIVE_DIAL_H

#include "live/resolve.h"

// An address as numbers, NUL-terminated, a zone included (INET6_ADDRSTRLEN and IF_NAMESIZE).
#define DIAL_ADDRESS_ROOM 72

// The descriptor of a connected socket that does not block, the caller's to close; its
// address in `out_address`; `port` is for messages. -1 with `err`: connect_failed with what each address came to,
// connect_timeout, connect_stopped.
int dial(const struct resolved *resolved, unsigned port, int64_t deadline_ms,
	char out_address[DIAL_ADDRESS_ROOM], struct err *err);

#endif

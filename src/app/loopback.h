// SPDX-License-Identifier: Apache-2.0
// Is an address one of this very machine, so that nobody stands between?
#ifndef APP_LOOPBACK_H
#define APP_LOOPBACK_H

#include <stdbool.h>
#include <sys/socket.h>

// 127.0.0.0/8 (RFC 1122 3.2.1.3), ::1 (RFC 4291 2.5.3), and the first written as the second
// (RFC 4291 2.5.5.2). `len`: how many bytes there are at `address`.
bool loopback_is(const struct sockaddr *address, size_t len);

#endif

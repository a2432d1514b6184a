// SPDX-License-Identifier: Apache-2.0
// Where the service listens: a TCP address, a Unix socket, or what systemd has opened.
#ifndef SERVE_LISTENER_H
#define SERVE_LISTENER_H

#include "base/err.h"

struct listener {
	int fd; // -1: not open; it does not block
	char name[160]; // "http://127.0.0.1:8080", "unix:/run/ctpolicy.sock"
	char path[112]; // of a Unix socket that is ours to remove; "" otherwise
};

// `where`: "ADDRESS:PORT" (an IPv6 address in brackets; port 0 picks one), or "unix:PATH".
// A Unix socket that is there already is replaced where nobody listens on it. False with
// `err`: bad_option, listen_failed.
bool listener_open(const char *where, struct listener *out, struct err *err) MUST_CHECK;
// A socket that listens already (socket activation).
bool listener_adopt(int fd, struct listener *out, struct err *err) MUST_CHECK;
// Nobody can connect any more. Always safe.
void listener_close(struct listener *listener);

#endif

// SPDX-License-Identifier: Apache-2.0
// Tells the service manager how the service is: one datagram a message to $NOTIFY_SOCKET.
//
// Without a manager that listens, nothing is sent and nothing is wrong. A message that cannot
// be sent is lost: the service does not depend on it.
// Source: sd_notify(3), sd_watchdog_enabled(3) of systemd.
#ifndef SERVE_NOTIFY_H
#define SERVE_NOTIFY_H

#include <sys/socket.h>
#include <sys/un.h>

#include "base/err.h"

struct notify {
	int fd; // -1: nobody listens
	struct sockaddr_un address;
	socklen_t address_len;
	int64_t watchdog_ms; // how often notify_watchdog is expected at least; 0: not at all
};

// Reads $NOTIFY_SOCKET (a path, or an abstract name behind '@'), $WATCHDOG_USEC and
// $WATCHDOG_PID; before threads begin, because of the environment. An address of another
// kind is taken as none. notify_close closes it.
void notify_open(struct notify *out);
void notify_close(struct notify *notify);

// Any thread, and each of them may block for as long as the manager's queue is full.
// The service answers requests, also after a reload.
void notify_ready(const struct notify *notify);
// A reload begins; notify_ready ends it.
void notify_reloading(const struct notify *notify);
// The service is ending.
void notify_stopping(const struct notify *notify);
// A line for people (`systemctl status`), cut to 500 bytes, of printable UTF-8.
void notify_status(const struct notify *notify, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// It is alive. To be sent twice as often as asked for.
void notify_watchdog(const struct notify *notify);

// ms within which the manager wants to hear from this process, from $WATCHDOG_USEC; 0: it
// does not, or means another process ($WATCHDOG_PID).
int64_t notify_watchdog_interval_ms(void);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "live/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "app/files.h"

static void put_address(
	const struct resolved *resolved, size_t index, char out[DIAL_ADDRESS_ROOM])
{
	const struct sockaddr *address =
		(const struct sockaddr *)&resolved->addresses[index];
	if (getnameinfo(address, resolved->lens[index], out, DIAL_ADDRESS_ROOM, NULL, 0,
		    NI_NUMERICHOST) != 0) {
		(void)snprintf(out, DIAL_ADDRESS_ROOM, "?");
	}
}

static bool set_up(int fd)
{
	int on = 1;
	int flags = fcntl(fd, F_GETFL);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
		fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

// 0, or what errno would be. *out: whether the time was enough.
static int finish(int fd, int64_t deadline_ms, enum waited *out)
{
	int error = 0;
	socklen_t len = sizeof(error);
	*out = deadline_wait(fd, true, deadline_ms);
	if (*out != WAITED_READY) {
		return ETIMEDOUT;
	}
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

// The descriptor, or -1 with *out_error.
static int dial_one(const struct resolved *resolved, size_t index, int64_t deadline_ms,
	enum waited *out_waited, int *out_error)
{
	const struct sockaddr *address =
		(const struct sockaddr *)&resolved->addresses[index];
	*out_waited = WAITED_READY;
	int fd = socket(address->sa_family, SOCK_STREAM, 0);
	if (fd < 0 || !set_up(fd)) {
		*out_error = errno;
	} else if (connect(fd, address, resolved->lens[index]) == 0) {
		*out_error = 0;
	} else if (errno == EINPROGRESS || errno == EINTR) {
		*out_error = finish(fd, deadline_ms, out_waited);
	} else {
		*out_error = errno;
	}
	if (*out_error == 0) {
		return fd;
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return -1;
}

// What the addresses came to, for the message.
struct failures {
	struct err err;
	size_t num;
	bool all_late;
	bool refused;
	bool unreachable;
};

// So many are told in full; a message has to have room for the next step.
#define MAX_TOLD 2

static void add_failure(
	struct failures *f, const char *address, enum waited waited, int error)
{
	char reason[FILE_REASON_ROOM];
	f->all_late = f->all_late && waited == WAITED_LATE;
	f->refused = f->refused || error == ECONNREFUSED;
	f->unreachable = f->unreachable || error == ENETUNREACH || error == EHOSTUNREACH;
	if (f->num++ < MAX_TOLD) {
		errno = error;
		file_reason(reason);
		err_add(&f->err, "%s%s: %s", f->num > 1 ? "; " : "", address, reason);
	}
}

static void tell_failures(
	const struct failures *f, const char *address, unsigned port, struct err *err)
{
	if (f->all_late) {
		(void)deadline_fail(WAITED_LATE, "a connection", err);
		err_add(err, " to %s port %u%s: does a firewall drop it?", address, port,
			f->num > 1 ? " and others" : "");
		return;
	}
	err_set(err, CODE_CONNECT_FAILED, ERR_NO_OFFSET, "%s", f->err.text);
	if (f->num > MAX_TOLD) {
		err_add(err, "; and %zu more", f->num - MAX_TOLD);
	}
	if (f->refused) {
		err_add(err,
			"; is the service running, is it this port, is a firewall "
			"between?");
	} else if (f->unreachable) {
		err_add(err,
			"; has this machine a way there, and the address family "
			"(IPv4, IPv6)?");
	}
}

int dial(const struct resolved *resolved, unsigned port, int64_t deadline_ms,
	char out_address[DIAL_ADDRESS_ROOM], struct err *err)
{
	struct failures failures = {.all_late = true};
	err_clear(&failures.err);
	err_set(&failures.err, CODE_CONNECT_FAILED, ERR_NO_OFFSET,
		"no connection to port %u: ", port);
	for (size_t i = 0; i < resolved->num; i++) {
		enum waited waited = WAITED_READY;
		int error = 0;
		int64_t share_ms =
			deadline_left(deadline_ms) / (int64_t)(resolved->num - i);
		put_address(resolved, i, out_address);
		int fd = dial_one(resolved, i, deadline_in(share_ms), &waited, &error);
		if (fd >= 0) {
			return fd;
		}
		if (waited == WAITED_STOPPED) {
			(void)deadline_fail(waited, "the connection", err);
			return -1;
		}
		add_failure(&failures, out_address, waited, error);
	}
	tell_failures(&failures, out_address, port, err);
	return -1;
}

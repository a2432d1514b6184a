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

int dial(const struct resolved *resolved, int64_t deadline_ms,
	char out_address[DIAL_ADDRESS_ROOM], struct err *err)
{
	struct err failed;
	bool all_late = true;
	err_clear(&failed);
	for (size_t i = 0; i < resolved->num; i++) {
		enum waited waited = WAITED_READY;
		int error = 0;
		char reason[FILE_REASON_ROOM];
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
		all_late = all_late && waited == WAITED_LATE;
		err_set(&failed, CODE_CONNECT_FAILED, ERR_NO_OFFSET, "no connection: ");
		errno = error;
		file_reason(reason);
		err_add(&failed, "%s%s: %s", i ? "; " : "", out_address, reason);
	}
	if (all_late) {
		(void)deadline_fail(WAITED_LATE, "a connection", err);
		err_add(err, " to %s%s: does a firewall drop it?", out_address,
			resolved->num > 1 ? " and others" : "");
	} else {
		err_set(err, CODE_CONNECT_FAILED, ERR_NO_OFFSET, "%s", failed.text);
	}
	return -1;
}

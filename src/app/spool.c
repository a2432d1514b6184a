// SPDX-License-Identifier: Apache-2.0
#include "app/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(struct err *err, const char *what)
{
	char reason[96] = "";
	if (strerror_r(errno, reason, sizeof(reason)) != 0) {
		(void)snprintf(reason, sizeof(reason), "error %d", errno);
	}
	return err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
		"cannot %s, which keeps standard input for a second reading: %s", what,
		reason);
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);
		if (put < 0 && errno != EINTR) {
			return false;
		}
		data += put < 0 ? 0 : put;
		len -= put < 0 ? 0 : (size_t)put;
	}
	return true;
}

static bool copy_to(int fd)
{
	char piece[16 * 1024];
	for (;;) {
		ssize_t got = read(STDIN_FILENO, piece, sizeof(piece));
		if (got == 0) {
			return true;
		}
		if ((got < 0 && errno != EINTR) ||
			(got > 0 && !write_all(fd, piece, (size_t)got))) {
			return false;
		}
	}
}

bool spool_standard_input(struct err *err)
{
	struct stat info;
	const char *folder = getenv("TMPDIR");
	char path[4096];
	if (fstat(STDIN_FILENO, &info) == 0 && S_ISREG(info.st_mode)) {
		return true;
	}
	int len = snprintf(path, sizeof(path), "%s/ctpolicy.XXXXXX",
		folder && folder[0] ? folder : "/tmp");
	int fd = len > 0 && (size_t)len < sizeof(path) ? mkstemp(path) : -1;
	if (fd < 0) {
		return fail(err, "create a file in TMPDIR");
	}
	(void)unlink(path);
	bool done = copy_to(fd) && dup2(fd, STDIN_FILENO) == STDIN_FILENO;
	if (!done) {
		fail(err, "write a file in TMPDIR");
	}
	(void)close(fd);
	return done && spool_rewind(err);
}

bool spool_rewind(struct err *err)
{
	return lseek(STDIN_FILENO, 0, SEEK_SET) == 0 || fail(err, "go back in a file");
}

// SPDX-License-Identifier: Apache-2.0
#include "app/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.h"

static bool fail(struct err *err, const char *what)
{
	char reason[FILE_REASON_ROOM];
	file_reason(reason);
	return err_set(
		err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET, "cannot %s: %s", what, reason);
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

static bool copy_to(int fd, struct err *err)
{
	char piece[16 * 1024];
	for (;;) {
		ssize_t got = read(STDIN_FILENO, piece, sizeof(piece));
		if (got == 0) {
			return true;
		}
		if (got < 0 && errno != EINTR) {
			return fail(err, "read standard input");
		}
		if (got > 0 && !write_all(fd, piece, (size_t)got)) {
			return fail(err,
				"write a file in TMPDIR, which keeps standard input for a "
				"second reading");
		}
	}
}

// Another process may have read a part of it: that is not ours.
static bool is_file(off_t *out_start)
{
	struct stat info;
	*out_start = 0;
	if (fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode)) {
		return false;
	}
	*out_start = lseek(STDIN_FILENO, 0, SEEK_CUR);
	return *out_start >= 0;
}

bool spool_standard_input(off_t *out_start, struct err *err)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	if (is_file(out_start)) {
		return true;
	}
	*out_start = 0;
	int len = snprintf(path, sizeof(path), "%s/ctpolicy.XXXXXX",
		folder && folder[0] ? folder : "/tmp");
	int fd = len > 0 && (size_t)len < sizeof(path) ? mkstemp(path) : -1;
	if (fd < 0) {
		return fail(err,
			"create a file in TMPDIR, which keeps standard input for a second "
			"reading");
	}
	(void)unlink(path);
	bool done = copy_to(fd, err) &&
		(dup2(fd, STDIN_FILENO) == STDIN_FILENO ||
			fail(err, "put a file in the place of standard input"));
	(void)close(fd);
	return done && spool_rewind(*out_start, err);
}

bool spool_rewind(off_t start, struct err *err)
{
	return lseek(STDIN_FILENO, start, SEEK_SET) == start ||
		fail(err, "go back in standard input");
}

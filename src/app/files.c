// SPDX-License-Identifier: Apache-2.0
#include "app/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(struct err *err, enum code code, const char *what, const char *path)
{
	char reason[96] = "";
	if (strerror_r(errno, reason, sizeof(reason)) != 0) {
		(void)snprintf(reason, sizeof(reason), "error %d", errno);
	}
	return err_set(
		err, code, ERR_NO_OFFSET, "cannot %s %.120s: %s", what, path, reason);
}

static bool read_all(int fd, const char *name, struct buffer *out, struct err *err)
{
	for (;;) {
		// A little more than the limit, to notice that a file goes beyond it.
		size_t before = out->len;
		size_t room = out->max - out->len < 65536 ? out->max - out->len : 65536;
		uint8_t extra[1];
		uint8_t *at = room ? buffer_extend(out, room) : extra;
		if (!at) {
			return err_no_memory(err);
		}
		ssize_t got = read(fd, at, room ? room : sizeof(extra));
		if (got < 0 && errno == EINTR) {
			got = 0;
			out->len = before;
			continue;
		}
		if (got < 0) {
			return fail(err, CODE_UNREADABLE_INPUT, "read", name);
		}
		if (!room && got > 0) {
			return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
				"%.120s is larger than the limit of %zu bytes", name,
				out->max);
		}
		out->len = room ? before + (size_t)got : before;
		if (got == 0) {
			return true;
		}
	}
}

bool file_read(const char *path, struct buffer *out, struct err *err)
{
	if (strcmp(path, "-") == 0) {
		return read_all(STDIN_FILENO, "standard input", out, err);
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return fail(err, CODE_UNREADABLE_INPUT, "open", path);
	}
	struct stat info;
	bool done = false;
	if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
		err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"%.120s is a folder; name the files in it", path);
	} else {
		done = read_all(fd, path, out, err);
	}
	(void)close(fd);
	return done;
}

bool output_open(const char *path, struct output *out, struct err *err)
{
	static const char suffix[] = ".XXXXXX";
	*out = (struct output){.fd = STDOUT_FILENO};
	if (!path || strcmp(path, "-") == 0) {
		return true;
	}
	size_t len = strlen(path);
	char *temporary = malloc(len + sizeof(suffix));
	if (!temporary) {
		return err_no_memory(err);
	}
	memcpy(temporary, path, len);
	memcpy(temporary + len, suffix, sizeof(suffix));
	int fd = mkstemp(temporary);
	if (fd < 0) {
		free(temporary);
		return fail(err, CODE_OUTPUT_FAILED, "create", path);
	}
	*out = (struct output){fd, path, temporary};
	mode_t mask = umask(0);
	(void)umask(mask);
	if (fchmod(fd, 0666 & ~mask) != 0) {
		fail(err, CODE_OUTPUT_FAILED, "set the mode of", path);
		output_discard(out);
		return false;
	}
	return true;
}

bool output_write(struct output *output, struct bytes in, struct err *err)
{
	while (in.len > 0) {
		ssize_t put = write(output->fd, in.data, in.len);
		if (put < 0 && errno != EINTR) {
			return fail(err, CODE_OUTPUT_FAILED, "write to",
				output->path ? output->path : "standard output");
		}
		size_t done = put < 0 ? 0 : (size_t)put;
		in = bytes_of(in.data + done, in.len - done);
	}
	return true;
}

bool output_finish(struct output *output, struct err *err)
{
	if (!output->path) {
		return true;
	}
	bool written = fsync(output->fd) == 0;
	written = close(output->fd) == 0 && written;
	output->fd = -1;
	if (!written || rename(output->temporary, output->path) != 0) {
		fail(err, CODE_OUTPUT_FAILED, "write to", output->path);
		output_discard(output);
		return false;
	}
	free(output->temporary);
	output->temporary = NULL;
	return true;
}

void output_discard(struct output *output)
{
	if (output->temporary) {
		if (output->fd >= 0) {
			(void)close(output->fd);
		}
		(void)unlink(output->temporary);
		free(output->temporary);
		output->temporary = NULL;
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "app/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(struct err *err, enum code code, const char *what, const char *path)
{
	char reason[96] = "";
	if (errno == ENOMEM) {
		return err_no_memory(err);
	}
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

// A new file beside `path`, which output_finish puts in its place; with the mode and the
// owner of the one that stands there now.
static bool open_beside(
	const char *path, const struct stat *old, struct output *out, struct err *err)
{
	static const char suffix[] = ".XXXXXX";
	size_t len = strlen(out->target);
	char *temporary = malloc(len + sizeof(suffix));
	if (!temporary) {
		return err_no_memory(err);
	}
	memcpy(temporary, out->target, len);
	memcpy(temporary + len, suffix, sizeof(suffix));
	out->fd = mkstemp(temporary);
	if (out->fd < 0) {
		free(temporary);
		return fail(err, CODE_OUTPUT_FAILED, "create", path);
	}
	out->temporary = temporary;
	mode_t mask = umask(0);
	(void)umask(mask);
	// Another owner than this user: only root can keep him.
	bool kept = !old || fchown(out->fd, old->st_uid, old->st_gid) == 0;
	mode_t mode = old ? old->st_mode & 0777 : 0666 & ~mask;
	return (fchmod(out->fd, kept ? mode : mode & 0700) == 0) ||
		fail(err, CODE_OUTPUT_FAILED, "set the mode of", path);
}

// A device or a pipe is written to as it is; a link leads to its file.
bool output_open(const char *path, struct output *out, struct err *err)
{
	struct stat info;
	*out = (struct output){.fd = STDOUT_FILENO};
	if (!path || strcmp(path, "-") == 0) {
		return true;
	}
	out->path = path;
	bool exists = stat(path, &info) == 0;
	if (exists && !S_ISREG(info.st_mode)) {
		out->fd = open(path, O_WRONLY | O_CLOEXEC);
		return out->fd >= 0 || fail(err, CODE_OUTPUT_FAILED, "write to", path);
	}
	out->target = exists ? realpath(path, NULL) : strdup(path);
	if (!out->target) {
		return fail(err, CODE_OUTPUT_FAILED, "write to", path);
	}
	if (!exists && lstat(path, &info) == 0) {
		err_set(err, CODE_OUTPUT_FAILED, ERR_NO_OFFSET,
			"cannot write to %.120s: it is a link to what does not exist",
			path);
	} else if (open_beside(path, exists ? &info : NULL, out, err)) {
		return true;
	}
	output_discard(out);
	return false;
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
	bool written = !output->temporary || fsync(output->fd) == 0;
	written = close(output->fd) == 0 && written;
	output->fd = -1;
	if (!written ||
		(output->temporary && rename(output->temporary, output->target) != 0)) {
		fail(err, CODE_OUTPUT_FAILED, "write to", output->path);
		output_discard(output);
		return false;
	}
	free(output->temporary);
	output->temporary = NULL;
	output_discard(output);
	return true;
}

void output_discard(struct output *output)
{
	if (output->path && output->fd >= 0) {
		(void)close(output->fd);
		output->fd = -1;
	}
	if (output->temporary) {
		(void)unlink(output->temporary);
	}
	free(output->temporary);
	free(output->target);
	output->temporary = NULL;
	output->target = NULL;
}

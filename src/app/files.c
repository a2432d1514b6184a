// SPDX-License-Identifier: Apache-2.0
#include "app/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

void file_reason(char out[FILE_REASON_ROOM])
{
	if (strerror_r(errno, out, FILE_REASON_ROOM) != 0) {
		(void)snprintf(out, FILE_REASON_ROOM, "error %d", errno);
	}
}

bool file_fail(struct err *err, enum code code, const char *what, const char *path)
{
	char reason[FILE_REASON_ROOM];
	if (errno == ENOMEM) {
		return err_no_memory(err);
	}
	file_reason(reason);
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
			return file_fail(err, CODE_UNREADABLE_INPUT, "read", name);
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
		return file_fail(err, CODE_UNREADABLE_INPUT, "open", path);
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

// The folder of a file, into `out`; false where its name is too long.
#define FOLDER_ROOM 4096

static bool folder_of(const char *path, char out[FOLDER_ROOM])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	if (len >= FOLDER_ROOM) {
		return false;
	}
	memcpy(out, slash ? path : ".", slash ? len : 1);
	out[slash ? len : 1] = '\0';
	return true;
}

static const char *name_in_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

bool file_same(const char *path, const char *other)
{
	struct stat one;
	struct stat two;
	char folder[FOLDER_ROOM];
	char other_folder[FOLDER_ROOM];
	bool is_standard = strcmp(other, "-") == 0;
	bool is_there = stat(path, &one) == 0;
	bool is_other_there =
		is_standard ? fstat(STDIN_FILENO, &two) == 0 : stat(other, &two) == 0;
	if (is_there || is_other_there || is_standard) {
		return is_there && is_other_there && S_ISREG(one.st_mode) &&
			is_same(&one, &two);
	}
	return strcmp(name_in_folder(path), name_in_folder(other)) == 0 &&
		folder_of(path, folder) && folder_of(other, other_folder) &&
		stat(folder, &one) == 0 && stat(other_folder, &two) == 0 &&
		is_same(&one, &two);
}

// A new file beside `path`, which output_finish puts in its place; with the mode and the
// owner of the one that stands there now.
static bool open_beside(const char *path, const struct stat *old, bool is_new,
	struct output *out, struct err *err)
{
	const char *suffix = is_new ? OUTPUT_NEW : ".XXXXXX";
	size_t len = strlen(out->target);
	char *temporary = malloc(len + strlen(suffix) + 1);
	if (!temporary) {
		return err_no_memory(err);
	}
	memcpy(temporary, out->target, len);
	memcpy(temporary + len, suffix, strlen(suffix) + 1);
	if (is_new) {
		(void)unlink(temporary);
		out->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} else {
		out->fd = mkstemp(temporary);
	}
	if (out->fd < 0) {
		free(temporary);
		return file_fail(err, CODE_OUTPUT_FAILED, "create", path);
	}
	out->temporary = temporary;
	mode_t mask = umask(0);
	(void)umask(mask);
	// Another owner than this user: only root can keep him.
	bool kept = !old || fchown(out->fd, old->st_uid, old->st_gid) == 0;
	mode_t mode = old ? old->st_mode & 0777 : 0666 & ~mask;
	return (fchmod(out->fd, kept ? mode : mode & 0700) == 0) ||
		file_fail(err, CODE_OUTPUT_FAILED, "set the mode of", path);
}

// A link leads to its file.
static bool set_target(const char *path, bool exists, struct output *out, struct err *err)
{
	struct stat info;
	if (!exists && lstat(path, &info) == 0) {
		return err_set(err, CODE_OUTPUT_FAILED, ERR_NO_OFFSET,
			"cannot write to %.120s: it is a link to what does not exist",
			path);
	}
	out->path = path;
	out->target = exists ? realpath(path, NULL) : strdup(path);
	return out->target || file_fail(err, CODE_OUTPUT_FAILED, "write to", path);
}

// A device or a pipe is written to as it is.
static bool open_output(
	const char *path, bool is_new, struct output *out, struct err *err)
{
	struct stat info;
	*out = (struct output){.fd = STDOUT_FILENO};
	if (!path || strcmp(path, "-") == 0) {
		return true;
	}
	bool exists = stat(path, &info) == 0;
	if (exists && !S_ISREG(info.st_mode)) {
		out->path = path;
		out->fd = open(path, O_WRONLY | O_CLOEXEC);
		return out->fd >= 0 ||
			file_fail(err, CODE_OUTPUT_FAILED, "write to", path);
	}
	if (set_target(path, exists, out, err) &&
		open_beside(path, exists ? &info : NULL, is_new, out, err)) {
		return true;
	}
	output_discard(out);
	return false;
}

bool output_check(const char *path, struct err *err)
{
	struct stat info;
	struct output file = {.fd = -1};
	char folder[FOLDER_ROOM];
	if (!path || strcmp(path, "-") == 0) {
		return true;
	}
	bool exists = stat(path, &info) == 0;
	if (exists && !S_ISREG(info.st_mode)) {
		bool is_folder = S_ISDIR(info.st_mode);
		errno = EISDIR;
		return (!is_folder && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0) ||
			file_fail(err, CODE_OUTPUT_FAILED, "write to", path);
	}
	bool done = set_target(path, exists, &file, err);
	if (done && folder_of(file.target, folder) &&
		faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0) {
		done = file_fail(err, CODE_OUTPUT_FAILED, "create", path);
	}
	free(file.target);
	return done;
}

bool output_open(const char *path, struct output *out, struct err *err)
{
	return open_output(path, false, out, err);
}

bool output_open_new(const char *path, struct output *out, struct err *err)
{
	return open_output(path, true, out, err);
}

// The unfinished file, to be written to behind its first `len` bytes.
static int open_partial(const char *partial, uint64_t len, struct err *err)
{
	struct stat info;
	int fd = open(partial, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &info) != 0) {
		file_fail(err, CODE_OUTPUT_FAILED, "open", partial);
	} else if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size < len) {
		err_set(err, CODE_OUTPUT_FAILED, ERR_NO_OFFSET,
			"%.120s is not what the interrupted run left: it needs to be a "
			"file of %" PRIu64 " bytes or more",
			partial, len);
	} else if (ftruncate(fd, (off_t)len) != 0 ||
		lseek(fd, (off_t)len, SEEK_SET) < 0) {
		file_fail(err, CODE_OUTPUT_FAILED, "write to", partial);
	} else {
		return fd;
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return -1;
}

bool output_reopen(const char *path, const char *partial, uint64_t len,
	struct output *out, struct err *err)
{
	struct stat info;
	bool exists = stat(path, &info) == 0;
	*out = (struct output){.fd = -1};
	if (exists && !S_ISREG(info.st_mode)) {
		return err_set(err, CODE_OUTPUT_FAILED, ERR_NO_OFFSET,
			"cannot go on with %.120s: it is no file", path);
	}
	char *temporary = strdup(partial);
	if (!temporary) {
		return err_no_memory(err);
	}
	if (set_target(path, exists, out, err)) {
		out->fd = open_partial(partial, len, err);
	}
	if (out->fd < 0) {
		free(temporary);
		output_discard(out);
		return false;
	}
	out->temporary = temporary;
	return true;
}

bool output_write(struct output *output, struct bytes in, struct err *err)
{
	while (in.len > 0) {
		ssize_t put = write(output->fd, in.data, in.len);
		if (put < 0 && errno == EPIPE) {
			return err_set(err, CODE_OUTPUT_FAILED, ERR_NO_OFFSET,
				OUTPUT_NO_READER "%.120s has gone",
				output->path ? output->path : "standard output");
		}
		if (put < 0 && errno != EINTR) {
			return file_fail(err, CODE_OUTPUT_FAILED, "write to",
				output->path ? output->path : "standard output");
		}
		size_t done = put < 0 ? 0 : (size_t)put;
		in = bytes_of(in.data + done, in.len - done);
	}
	return true;
}

// What a folder says of its files is written by itself (fsync(2), notes). Where that is
// not to be had, because of the file system or a folder that may not be read, the file
// system's own order has to do.
bool file_sync_name(const char *path, struct err *err)
{
	char folder
		[FOLDER_ROOM]; // without memory to ask for: the file has its name already
	if (!folder_of(path, folder)) {
		return true;
	}
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd < 0 || fsync(fd) == 0 || (errno != EIO && errno != ENOSPC) ||
		file_fail(err, CODE_OUTPUT_FAILED, "write to the folder of", path);
	if (fd >= 0) {
		(void)close(fd);
	}
	return done;
}

bool output_sync(struct output *output, struct err *err)
{
	if (!output->temporary) {
		return true;
	}
	if (fsync(output->fd) != 0) {
		return file_fail(err, CODE_OUTPUT_FAILED, "write to", output->path);
	}
	output->is_named = output->is_named || file_sync_name(output->temporary, err);
	return output->is_named;
}

bool file_remove(const char *path, struct err *err)
{
	if (unlink(path) != 0) {
		return errno == ENOENT ||
			file_fail(err, CODE_OUTPUT_FAILED, "remove", path);
	}
	return file_sync_name(path, err);
}

bool output_commit(struct output *output, struct err *err)
{
	if (!output->temporary) {
		return true;
	}
	output->is_named = true; // soon by its own
	if (!output_sync(output, err)) {
		return false;
	}
	if (rename(output->temporary, output->target) != 0) {
		return file_fail(err, CODE_OUTPUT_FAILED, "write to", output->path);
	}
	free(output->temporary);
	output->temporary = NULL;
	return file_sync_name(output->target, err);
}

bool output_finish(struct output *output, struct err *err)
{
	if (!output->path) {
		return true;
	}
	bool done = output_commit(output, err);
	// All of a file is on the disk, and has its name: close cannot take that back.
	if (close(output->fd) != 0 && done && !output->target) {
		done = file_fail(err, CODE_OUTPUT_FAILED, "write to", output->path);
	}
	output->fd = -1;
	output_discard(output);
	return done;
}

void output_keep(struct output *output)
{
	free(output->temporary);
	output->temporary = NULL;
	output_discard(output);
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

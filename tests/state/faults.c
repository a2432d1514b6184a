// SPDX-License-Identifier: Apache-2.0
// A library for LD_PRELOAD that makes one system call of a process fail: those that it makes
// through libc from main() on, counted from 1.
//
//   FAULTS_AT=N         the call that is meant (0 or absent: none)
//   FAULTS_MODE=fail    it fails with FAULTS_ERRNO, a number, and does nothing
//   FAULTS_MODE=short   of what it shall write, send, read or receive, half is done
//   FAULTS_MODE=full    the disk is full in the middle of it: of what it shall write to a
//                       file half is done, and whatever takes room fails from there on
//   FAULTS_MODE=kill    the process is killed before it
//   FAULTS_LOG=FILE     gets a line for each call: its name and what it is about; behind
//                       the one that was hit stands "!"
//   FAULTS_RECORD=FILE  gets what was done to files (record.c)
//   FAULTS_TIME=S       the clock stands still at S seconds since 1970
//
// What libc calls by itself (for stdio, memory, threads, names of hosts) is not reached.
#define _GNU_SOURCE // RTLD_NEXT
#undef _FORTIFY_SOURCE
#include "tests/state/faults.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

// The functions that stand before libc's, and here each one's pointer to that.
#define EACH(X)           \
	X(access);        \
	X(clock_gettime); \
	X(close);         \
	X(closedir);      \
	X(connect);       \
	X(faccessat);     \
	X(fchmod);        \
	X(fchown);        \
	X(fcntl);         \
	X(fdatasync);     \
	X(fdopendir);     \
	X(flock);         \
	X(fopen);         \
	X(fopen64);       \
	X(fstat);         \
	X(fstatat);       \
	X(fsync);         \
	X(ftruncate);     \
	X(getpeername);   \
	X(getrandom);     \
	X(getsockname);   \
	X(getsockopt);    \
	X(lseek);         \
	X(lstat);         \
	X(mkdir);         \
	X(mkstemp);       \
	X(open);          \
	X(open64);        \
	X(openat);        \
	X(opendir);       \
	X(poll);          \
	X(posix_spawnp);  \
	X(pread);         \
	X(pwrite);        \
	X(read);          \
	X(readdir);       \
	X(realpath);      \
	X(recv);          \
	X(rename);        \
	X(rmdir);         \
	X(send);          \
	X(setsockopt);    \
	X(socket);        \
	X(socketpair);    \
	X(stat);          \
	X(unlink);        \
	X(waitpid);       \
	X(write)

static struct {
#define POINTER(name) __typeof__(name) *name
	EACH(POINTER);
} next;

static struct {
	enum { MODE_FAIL, MODE_SHORT, MODE_FULL, MODE_KILL } mode;
	uint64_t at;
	int error;
	int log; // -1: none
	time_t time; // 0: the real one
	uint64_t calls;
	bool is_found;
	bool is_counting; // main() has begun
} faults = {.log = -1};

// dlsym() gives a void pointer for a function; C has no cast for that.
static void find(const char *name, void *function)
{
	void *symbol = dlsym(RTLD_NEXT, name);
	memcpy(function, &symbol, sizeof(symbol));
}

// At the first call, which may be one of another library's constructor.
static void find_all(void)
{
	if (!faults.is_found) {
#define FIND(name) find(#name, &next.name)
		EACH(FIND);
		faults.is_found = true;
	}
}

static uint64_t number_of(const char *name)
{
	const char *text = getenv(name);
	return text ? strtoull(text, NULL, 10) : 0;
}

static void read_environment(void)
{
	static const char *const modes[] = {"fail", "short", "full", "kill"};
	const char *mode = getenv("FAULTS_MODE");
	const char *log = getenv("FAULTS_LOG");
	for (size_t i = 0; mode && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i], mode) == 0) {
			faults.mode = (__typeof__(faults.mode))i;
		}
	}
	faults.at = number_of("FAULTS_AT");
	faults.error = (int)number_of("FAULTS_ERRNO");
	faults.time = (time_t)number_of("FAULTS_TIME");
	if (log) {
		faults.log = (int)syscall(
			SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
	}
	record_start(getenv("FAULTS_RECORD"));
}

// The constructors of all libraries have run by now, whose faults are none of the program's.
// A child of it (the hook) is another program.
EXPORT int __libc_start_main(int (*run)(int, char **, char **), int argc, char **argv,
	void (*init)(void), void (*fini)(void), void (*end)(void), void *stack);

EXPORT int __libc_start_main(int (*run)(int, char **, char **), int argc, char **argv,
	void (*init)(void), void (*fini)(void), void (*end)(void), void *stack)
{
	__typeof__(__libc_start_main) *start;
	find("__libc_start_main", &start);
	find_all();
	read_environment();
	(void)unsetenv("LD_PRELOAD");
	faults.is_counting = true;
	return start(run, argc, argv, init, fini, end, stack);
}

// What a call does that matters here.
enum { TAKES_ROOM = 1, IN_PIECES = 2 };
enum verdict { GO, HALF, FAIL };

static enum verdict judge_at(uint64_t call, int kind)
{
	bool is_it = call == faults.at;
	switch (faults.mode) {
	case MODE_FAIL:
		return is_it ? FAIL : GO;
	case MODE_SHORT:
		return is_it && (kind & IN_PIECES) ? HALF : GO;
	case MODE_FULL:
		if (!(kind & TAKES_ROOM) || call < faults.at) {
			return GO;
		}
		return is_it && (kind & IN_PIECES) ? HALF : FAIL;
	case MODE_KILL:
		if (is_it) {
			(void)kill(getpid(), SIGKILL);
		}
	}
	return GO;
}

static void put_log(const char *name, const char *what, bool is_hit)
{
	char line[5000];
	int len = snprintf(line, sizeof(line), "%s %s%s\n", name, what ? what : "",
		is_hit ? " !" : "");
	if (faults.log >= 0) {
		(void)syscall(SYS_write, faults.log, line, len);
	}
}

static enum verdict judge(const char *name, const char *what, int kind)
{
	find_all();
	if (!faults.is_counting) {
		return GO;
	}
	uint64_t call = __atomic_add_fetch(&faults.calls, 1, __ATOMIC_RELAXED);
	enum verdict verdict = faults.at ? judge_at(call, kind) : GO;
	put_log(name, what, verdict != GO);
	if (verdict == FAIL) {
		errno = faults.error;
	}
	return verdict;
}

static bool fails(const char *name, const char *what, int kind)
{
	return judge(name, what, kind) == FAIL;
}

// Only files have room to run out of.
static int kind_of(int fd)
{
	struct stat info;
	find_all();
	int saved = errno;
	bool is_file = next.fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
	errno = saved;
	return is_file ? TAKES_ROOM : 0;
}

static size_t half_of(size_t len)
{
	return len > 1 ? len / 2 : len;
}

// Calls that do nothing but succeed or fail.
#define PLAIN(type, failed, name, params, args, what)                     \
	EXPORT type name params                                           \
	{                                                                 \
		return fails(#name, what, 0) ? (failed) : next.name args; \
	}

PLAIN(int, -1, access, (const char *path, int mode), (path, mode), path)
PLAIN(int, -1, connect, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len),
	NULL)
PLAIN(int, -1, faccessat, (int dir, const char *path, int mode, int flags),
	(dir, path, mode, flags), path)
PLAIN(int, -1, fchown, (int fd, uid_t user, gid_t group), (fd, user, group), NULL)
PLAIN(DIR *, NULL, fdopendir, (int fd), (fd), NULL)
PLAIN(int, -1, flock, (int fd, int how), (fd, how), NULL)
PLAIN(FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode), path)
PLAIN(FILE *, NULL, fopen64, (const char *path, const char *mode), (path, mode), path)
PLAIN(int, -1, fstat, (int fd, struct stat *out), (fd, out), NULL)
PLAIN(int, -1, fstatat, (int dir, const char *path, struct stat *out, int flags),
	(dir, path, out, flags), path)
PLAIN(int, -1, getpeername, (int fd, struct sockaddr *out, socklen_t *len),
	(fd, out, len), NULL)
PLAIN(ssize_t, -1, getrandom, (void *out, size_t len, unsigned flags), (out, len, flags),
	NULL)
PLAIN(int, -1, getsockname, (int fd, struct sockaddr *out, socklen_t *len),
	(fd, out, len), NULL)
PLAIN(int, -1, getsockopt, (int fd, int level, int name, void *out, socklen_t *len),
	(fd, level, name, out, len), NULL)
PLAIN(off_t, -1, lseek, (int fd, off_t at, int from), (fd, at, from), NULL)
PLAIN(int, -1, lstat, (const char *path, struct stat *out), (path, out), path)
PLAIN(DIR *, NULL, opendir, (const char *path), (path), path)
PLAIN(int, -1, poll, (struct pollfd * wanted, nfds_t num, int ms), (wanted, num, ms),
	NULL)
PLAIN(int, faults.error, posix_spawnp,
	(pid_t * pid, const char *file, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attributes, char *const argv[],
		char *const envp[]),
	(pid, file, actions, attributes, argv, envp), file)
PLAIN(ssize_t, -1, pread, (int fd, void *out, size_t len, off_t at), (fd, out, len, at),
	NULL)
PLAIN(struct dirent *, NULL, readdir, (DIR * dir), (dir), NULL)
PLAIN(char *, NULL, realpath, (const char *path, char *out), (path, out), path)
PLAIN(int, -1, setsockopt,
	(int fd, int level, int name, const void *value, socklen_t len),
	(fd, level, name, value, len), NULL)
PLAIN(int, -1, socket, (int family, int type, int protocol), (family, type, protocol),
	NULL)
PLAIN(int, -1, socketpair, (int family, int type, int protocol, int out[2]),
	(family, type, protocol, out), NULL)
PLAIN(int, -1, stat, (const char *path, struct stat *out), (path, out), path)
PLAIN(pid_t, -1, waitpid, (pid_t pid, int *out, int how), (pid, out, how), NULL)

EXPORT int clock_gettime(clockid_t clock, struct timespec *out)
{
	find_all();
	if (faults.time && clock == CLOCK_REALTIME) {
		*out = (struct timespec){.tv_sec = faults.time};
		return 0;
	}
	return next.clock_gettime(clock, out);
}

// The descriptor is gone all the same, as in Linux.
EXPORT int close(int fd)
{
	bool fail = fails("close", NULL, 0);
	int saved = errno;
	int status = next.close(fd);
	errno = fail ? saved : errno;
	return fail ? -1 : status;
}

EXPORT int closedir(DIR *dir)
{
	bool fail = fails("closedir", NULL, 0);
	int saved = errno;
	int status = next.closedir(dir);
	errno = fail ? saved : errno;
	return fail ? -1 : status;
}

EXPORT int fcntl(int fd, int command, ...)
{
	va_list args;
	va_start(args, command);
	void *argument = va_arg(args, void *);
	va_end(args);
	return fails("fcntl", NULL, 0) ? -1 : next.fcntl(fd, command, argument);
}

// Files.

static int open_by(
	__typeof__(open) *by, const char *name, const char *path, int flags, mode_t mode)
{
	int kind = flags & O_CREAT ? TAKES_ROOM : 0;
	if (fails(name, path, kind)) {
		return -1;
	}
	struct stat info;
	bool is_new = (flags & O_CREAT) && next.lstat(path, &info) != 0;
	int fd = by(path, flags, mode);
	if (fd >= 0 && is_new) {
		record_made("create", path);
	}
	return fd;
}

static mode_t mode_of(int flags, va_list args)
{
	return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = mode_of(flags, args);
	va_end(args);
	find_all();
	return open_by(next.open, "open", path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = mode_of(flags, args);
	va_end(args);
	find_all();
	return open_by(next.open64, "open64", path, flags, mode);
}

EXPORT int openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = mode_of(flags, args);
	va_end(args);
	return fails("openat", path, flags & O_CREAT ? TAKES_ROOM : 0)
		? -1
		: next.openat(dir, path, flags, mode);
}

EXPORT int mkstemp(char *path)
{
	int fd = fails("mkstemp", path, TAKES_ROOM) ? -1 : next.mkstemp(path);
	if (fd >= 0) {
		record_made("create", path);
	}
	return fd;
}

EXPORT int mkdir(const char *path, mode_t mode)
{
	int status = fails("mkdir", path, TAKES_ROOM) ? -1 : next.mkdir(path, mode);
	if (status == 0) {
		record_made("mkdir", path);
	}
	return status;
}

EXPORT int rename(const char *from, const char *to)
{
	int status = fails("rename", to, TAKES_ROOM) ? -1 : next.rename(from, to);
	if (status == 0) {
		record_names("rename", from, to);
	}
	return status;
}

EXPORT int unlink(const char *path)
{
	int status = fails("unlink", path, 0) ? -1 : next.unlink(path);
	if (status == 0) {
		record_names("unlink", path, NULL);
	}
	return status;
}

EXPORT int rmdir(const char *path)
{
	int status = fails("rmdir", path, 0) ? -1 : next.rmdir(path);
	if (status == 0) {
		record_names("unlink", path, NULL);
	}
	return status;
}

EXPORT int fchmod(int fd, mode_t mode)
{
	int status = fails("fchmod", NULL, 0) ? -1 : next.fchmod(fd, mode);
	if (status == 0) {
		record_number("chmod", fd, mode);
	}
	return status;
}

EXPORT int ftruncate(int fd, off_t len)
{
	int status = fails("ftruncate", NULL, 0) ? -1 : next.ftruncate(fd, len);
	if (status == 0) {
		record_number("truncate", fd, (unsigned long)len);
	}
	return status;
}

EXPORT int fsync(int fd)
{
	int status = fails("fsync", NULL, kind_of(fd)) ? -1 : next.fsync(fd);
	if (status == 0) {
		record_fsync(fd);
	}
	return status;
}

EXPORT int fdatasync(int fd)
{
	int status = fails("fdatasync", NULL, kind_of(fd)) ? -1 : next.fdatasync(fd);
	if (status == 0) {
		record_fsync(fd);
	}
	return status;
}

// Bytes.

EXPORT ssize_t write(int fd, const void *data, size_t len)
{
	enum verdict verdict = judge(
		"write", fd == STDOUT_FILENO ? "stdout" : NULL, kind_of(fd) | IN_PIECES);
	if (verdict == FAIL) {
		return -1;
	}
	off_t at = kind_of(fd) ? next.lseek(fd, 0, SEEK_CUR) : 0;
	ssize_t done = next.write(fd, data, verdict == HALF ? half_of(len) : len);
	if (done > 0) {
		record_write(fd, at, data, (size_t)done);
	}
	return done;
}

EXPORT ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	enum verdict verdict = judge("pwrite", NULL, kind_of(fd) | IN_PIECES);
	if (verdict == FAIL) {
		return -1;
	}
	ssize_t done = next.pwrite(fd, data, verdict == HALF ? half_of(len) : len, at);
	if (done > 0) {
		record_write(fd, at, data, (size_t)done);
	}
	return done;
}

EXPORT ssize_t read(int fd, void *out, size_t len)
{
	enum verdict verdict = judge("read", NULL, IN_PIECES);
	return verdict == FAIL ? -1
			       : next.read(fd, out, verdict == HALF ? half_of(len) : len);
}

EXPORT ssize_t recv(int fd, void *out, size_t len, int flags)
{
	enum verdict verdict = judge("recv", NULL, IN_PIECES);
	return verdict == FAIL
		? -1
		: next.recv(fd, out, verdict == HALF ? half_of(len) : len, flags);
}

EXPORT ssize_t send(int fd, const void *data, size_t len, int flags)
{
	enum verdict verdict = judge("send", NULL, IN_PIECES);
	return verdict == FAIL
		? -1
		: next.send(fd, data, verdict == HALF ? half_of(len) : len, flags);
}

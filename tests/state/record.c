// SPDX-License-Identifier: Apache-2.0
// Writes down what a process does to files and folders, a line each, words set apart by tabs:
//
//   create INODE PATH MODE     mkdir INODE PATH MODE
//   write INODE OFFSET LENGTH  and behind the line so many bytes
//   truncate INODE LENGTH      chmod INODE MODE        fsync INODE
//   rename PATH PATH           unlink PATH
//
// INODE is device:number; test_cuts.py tells the state folder's from others. All through
// system calls of our own, so that they are not counted.
#define _GNU_SOURCE // syscall
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/state/faults.h"

static int record = -1;

void record_start(const char *to)
{
	if (to) {
		record = (int)syscall(
			SYS_openat, AT_FDCWD, to, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
	}
}

static void put(const char *line, int len, const void *data, size_t data_len)
{
	struct iovec parts[2] = {{.iov_base = (char *)(size_t)line},
		{.iov_base = (char *)(size_t)data, .iov_len = data_len}};
	parts[0].iov_len = (size_t)len;
	(void)syscall(SYS_writev, record, parts, 2);
}

static void put_inode(const struct statx *info, char out[64])
{
	(void)snprintf(out, 64, "%u.%u:%llu", info->stx_dev_major, info->stx_dev_minor,
		(unsigned long long)info->stx_ino);
}

// False for sockets, pipes and devices.
static bool name_inode(int fd, char out[64])
{
	struct statx info;
	if (record < 0 ||
		syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &info) !=
			0) {
		return false;
	}
	put_inode(&info, out);
	return S_ISREG(info.stx_mode) || S_ISDIR(info.stx_mode);
}

void record_made(const char *how, const char *path)
{
	struct statx info;
	char inode[64];
	char line[5000];
	if (record < 0 ||
		syscall(SYS_statx, AT_FDCWD, path, 0, STATX_BASIC_STATS, &info) != 0) {
		return;
	}
	put_inode(&info, inode);
	int len = snprintf(line, sizeof(line), "%s\t%s\t%s\t%o\n", how, inode, path,
		info.stx_mode & 07777U);
	put(line, len, NULL, 0);
}

void record_write(int fd, off_t at, const void *data, size_t data_len)
{
	char inode[64];
	char line[200];
	if (name_inode(fd, inode)) {
		int len = snprintf(line, sizeof(line), "write\t%s\t%lld\t%zu\n", inode,
			(long long)at, data_len);
		put(line, len, data, data_len);
	}
}

void record_number(const char *how, int fd, unsigned long number)
{
	char inode[64];
	char line[200];
	if (name_inode(fd, inode)) {
		int len =
			snprintf(line, sizeof(line), "%s\t%s\t%lu\n", how, inode, number);
		put(line, len, NULL, 0);
	}
}

void record_fsync(int fd)
{
	char inode[64];
	char line[200];
	if (name_inode(fd, inode)) {
		put(line, snprintf(line, sizeof(line), "fsync\t%s\n", inode), NULL, 0);
	}
}

void record_names(const char *how, const char *path, const char *other)
{
	char line[10000];
	if (record >= 0) {
		int len = snprintf(line, sizeof(line), "%s\t%s%s%s\n", how, path,
			other ? "\t" : "", other ? other : "");
		put(line, len, NULL, 0);
	}
}

// SPDX-License-Identifier: Apache-2.0
// The two halves of faults.so: faults.c fails calls, record.c writes down what they did.
#ifndef TESTS_STATE_FAULTS_H
#define TESTS_STATE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// What is recorded: called behind a call that went well, and silent without FAULTS_RECORD.
// A file or folder is known by its device and inode, so by a descriptor (`fd`) or by what a
// path names now.
void record_start(const char *to);
void record_made(const char *how, const char *path);
void record_write(int fd, off_t at, const void *data, size_t len);
void record_number(const char *how, int fd, unsigned long number);
void record_fsync(int fd);
void record_names(const char *how, const char *path, const char *other);

#endif

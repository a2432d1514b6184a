// SPDX-License-Identifier: Apache-2.0
// The files that an audit reads, one after another: those named, and all in the folders
// named, in the order of their names, byte by byte, a folder's own files and folders mixed.
#ifndef APP_WALK_H
#define APP_WALK_H

#include <stddef.h>

#include "base/err.h"

struct walk;

// Deeper trees than any file system's tools expect are not entered.
#define WALK_MAX_DEPTH 128

enum walk_result {
	WALK_FILE,
	WALK_BAD, // something that cannot be read as a file, and `err` says why; go on
	WALK_END,
	WALK_NO_MEMORY,
};

// `paths` are lent. NULL with `err` set: no memory.
struct walk *walk_new(char *const *paths, size_t num, struct err *err);
void walk_free(struct walk *walk);
// The next file, or what is wrong with *out_path, which is lent until the next call. Links
// are followed; one that leads back into a folder above it is bad.
enum walk_result walk_next(struct walk *walk, const char **out_path, struct err *err);

#endif

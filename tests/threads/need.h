// SPDX-License-Identifier: Apache-2.0
// What the programs of this folder have in common: what they need is there, or they end.
#ifndef TESTS_THREADS_NEED_H
#define TESTS_THREADS_NEED_H

#include <stdio.h>
#include <stdlib.h>

#define MAX_FILE ((size_t)1 << 20)

struct text {
	char *data;
	size_t len;
};

static inline void die(const char *what)
{
	fprintf(stderr, "tests/threads: %s\n", what);
	exit(1);
}

static inline void *need(void *made, const char *what)
{
	if (!made) {
		die(what);
	}
	return made;
}

static inline struct text read_text(const char *path)
{
	struct text out = {need(malloc(MAX_FILE), "out of memory"), 0};
	FILE *file = need(fopen(path, "rb"), path);
	out.len = fread(out.data, 1, MAX_FILE, file);
	(void)fclose(file);
	return out;
}

#endif

// SPDX-License-Identifier: Apache-2.0
// A library for LD_PRELOAD that makes one allocation of a process fail, or all from one on.
//
//   FAILMALLOC_AT=N       the N-th call of malloc, calloc, realloc, aligned_alloc, memalign
//                         or posix_memalign fails, counted from 1 (0 or absent: none)
//   FAILMALLOC_MODE=all   and every later one too
//   FAILMALLOC_COUNT=FILE a file of at least 16 bytes: the number of calls, then of failed
//                         calls, each a 64-bit number of the machine
//
// The calls go on to whatever allocator comes next, so it works with AddressSanitizer's.
#define _GNU_SOURCE // RTLD_NEXT
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT void *memalign(size_t alignment, size_t size);

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	void *(*aligned_alloc)(size_t, size_t);
	void *(*memalign)(size_t, size_t);
	int (*posix_memalign)(void **, size_t, size_t);
} next;

static struct {
	uint64_t at;
	bool all;
	uint64_t own[2];
	uint64_t *counts; // calls, failed calls; NULL before the environment can be read
	enum { FRESH, STARTING, READY } state;
} fail;

// What dlsym() itself allocates before the real allocator is known; never given back.
static _Alignas(16) char early[16384];
static size_t early_used;

static bool is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + sizeof(early);
}

static void *take_early(size_t size)
{
	size_t rounded = (size + 15) & ~(size_t)15;
	if (rounded < size || rounded > sizeof(early) - early_used) {
		return NULL;
	}
	early_used += rounded;
	return early + early_used - rounded;
}

// dlsym() gives a void pointer for a function; C has no cast for that.
static void find(const char *name, void *function)
{
	void *symbol = dlsym(RTLD_NEXT, name);
	memcpy(function, &symbol, sizeof(symbol));
}

static void open_counts(const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	fail.counts = fail.own;
	if (fd < 0) {
		return;
	}
	void *map = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED) {
		fail.counts = map;
	}
	(void)close(fd);
}

// At the first call, which may come before libc has started.
static void find_all(void)
{
	if (fail.state != FRESH) {
		return;
	}
	fail.state = STARTING;
	find("malloc", &next.malloc);
	find("calloc", &next.calloc);
	find("realloc", &next.realloc);
	find("free", &next.free);
	find("aligned_alloc", &next.aligned_alloc);
	find("memalign", &next.memalign);
	find("posix_memalign", &next.posix_memalign);
	fail.state = READY;
}

__attribute__((constructor)) static void start(void)
{
	const char *at = getenv("FAILMALLOC_AT");
	const char *mode = getenv("FAILMALLOC_MODE");
	find_all();
	fail.at = at ? strtoull(at, NULL, 10) : 0;
	fail.all = mode && strcmp(mode, "all") == 0;
	open_counts(getenv("FAILMALLOC_COUNT"));
}

static bool must_fail(void)
{
	if (!fail.counts) {
		return false;
	}
	uint64_t call = __atomic_add_fetch(&fail.counts[0], 1, __ATOMIC_RELAXED);
	bool hit = fail.at && (call == fail.at || (fail.all && call > fail.at));
	if (hit) {
		__atomic_add_fetch(&fail.counts[1], 1, __ATOMIC_RELAXED);
		errno = ENOMEM;
	}
	return hit;
}

EXPORT void *malloc(size_t size)
{
	find_all();
	if (fail.state != READY) {
		return take_early(size);
	}
	return must_fail() ? NULL : next.malloc(size);
}

EXPORT void *calloc(size_t num, size_t size)
{
	find_all();
	if (fail.state != READY) {
		return size && num > sizeof(early) / size ? NULL : take_early(num * size);
	}
	return must_fail() ? NULL : next.calloc(num, size);
}

EXPORT void *realloc(void *p, size_t size)
{
	find_all();
	if (fail.state == READY && !is_early(p)) {
		return must_fail() ? NULL : next.realloc(p, size);
	}
	void *moved = malloc(size);
	if (moved && p) {
		size_t room = (size_t)(early + sizeof(early) - (const char *)p);
		memcpy(moved, p, size < room ? size : room);
	}
	return moved;
}

EXPORT void free(void *p)
{
	if (p && !is_early(p) && fail.state == READY) {
		next.free(p);
	}
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	find_all();
	return must_fail() ? NULL : next.aligned_alloc(alignment, size);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
	find_all();
	return must_fail() ? NULL : next.memalign(alignment, size);
}

EXPORT int posix_memalign(void **out, size_t alignment, size_t size)
{
	find_all();
	return must_fail() ? ENOMEM : next.posix_memalign(out, alignment, size);
}

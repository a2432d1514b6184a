// SPDX-License-Identifier: Apache-2.0
#include "app/sizes.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/walk.h"

// A folder under way.
struct level {
	DIR *dir;
	dev_t device;
	ino_t inode;
};

struct sizes {
	const struct audit_inputs *inputs;
	pthread_t thread;
	bool joined;
	atomic_bool stopped;
	atomic_ullong total; // 0 until all are counted
	uint64_t sum;
	bool known; // that of a pipe is not
	struct level levels[WALK_MAX_DEPTH];
	size_t depth;
};

// As the walk does: a link that leads back into a folder above it is not entered.
static void enter(struct sizes *sizes, int fd)
{
	struct stat info;
	DIR *dir = NULL;
	bool good = fd >= 0 && sizes->depth < WALK_MAX_DEPTH && fstat(fd, &info) == 0;
	for (size_t i = 0; good && i < sizes->depth; i++) {
		good = sizes->levels[i].device != info.st_dev ||
			sizes->levels[i].inode != info.st_ino;
	}
	dir = good ? fdopendir(fd) : NULL;
	if (dir) {
		sizes->levels[sizes->depth++] =
			(struct level){dir, info.st_dev, info.st_ino};
	} else if (fd >= 0) {
		(void)close(fd);
	}
}

static void add(struct sizes *sizes, const struct stat *info)
{
	if (S_ISREG(info->st_mode) && !record_walk_is_own(sizes->inputs, info)) {
		sizes->sum += (uint64_t)info->st_size;
	}
}

#define FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static void count_folders(struct sizes *sizes)
{
	while (sizes->depth > 0 && !atomic_load(&sizes->stopped)) {
		DIR *dir = sizes->levels[sizes->depth - 1].dir;
		struct dirent *entry = readdir(dir);
		struct stat info;
		if (!entry) {
			(void)closedir(dir);
			sizes->depth--;
		} else if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0 ||
			fstatat(dirfd(dir), entry->d_name, &info, 0) != 0) {
			continue;
		} else if (S_ISDIR(info.st_mode)) {
			enter(sizes, openat(dirfd(dir), entry->d_name, FOLDER));
		} else {
			add(sizes, &info);
		}
	}
	while (sizes->depth > 0) {
		(void)closedir(sizes->levels[--sizes->depth].dir);
	}
}

static void count_path(struct sizes *sizes, const char *path)
{
	struct stat info;
	if (strcmp(path, "-") == 0) {
		sizes->sum += record_walk_size(path);
	} else if (stat(path, &info) != 0) {
		return;
	} else if (S_ISDIR(info.st_mode)) {
		enter(sizes, open(path, FOLDER));
		count_folders(sizes);
	} else {
		sizes->known = sizes->known && S_ISREG(info.st_mode);
		add(sizes, &info);
	}
}

static void *count(void *given)
{
	struct sizes *sizes = given;
	const struct audit_inputs *inputs = sizes->inputs;
	for (size_t i = 0; i < inputs->num_paths; i++) {
		count_path(sizes, inputs->paths[i]);
	}
	if (inputs->num_paths == 0) {
		count_path(sizes, "-");
	}
	if (sizes->known && !atomic_load(&sizes->stopped)) {
		atomic_store(&sizes->total, sizes->sum);
	}
	return NULL;
}

// A pipe's bytes are known by nobody.
static bool is_pipe(const struct audit_inputs *inputs)
{
	struct stat info;
	bool is_read = inputs->num_paths == 0;
	for (size_t i = 0; i < inputs->num_paths; i++) {
		is_read = is_read || strcmp(inputs->paths[i], "-") == 0;
	}
	return is_read && (fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode));
}

struct sizes *sizes_start(const struct audit_inputs *inputs)
{
	struct sizes *sizes = is_pipe(inputs) ? NULL : calloc(1, sizeof(*sizes));
	if (!sizes) {
		return NULL;
	}
	sizes->inputs = inputs;
	sizes->known = true;
	atomic_init(&sizes->stopped, false);
	atomic_init(&sizes->total, 0);
	if (pthread_create(&sizes->thread, NULL, count, sizes) != 0) {
		free(sizes);
		return NULL;
	}
	return sizes;
}

uint64_t sizes_total(const struct sizes *sizes)
{
	return sizes ? atomic_load(&sizes->total) : 0;
}

void sizes_wait(struct sizes *sizes)
{
	if (!sizes->joined) {
		(void)pthread_join(sizes->thread, NULL);
		sizes->joined = true;
	}
}

void sizes_free(struct sizes *sizes)
{
	if (sizes) {
		atomic_store(&sizes->stopped, true);
		sizes_wait(sizes);
		free(sizes);
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/watch.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "app/commands.h"
#include "app/state_files.h"

static struct watched look_at(const char *dir, const char *source)
{
	struct watched now = {.size = -1};
	struct stat info;
	struct err ignored;
	err_clear(&ignored);
	char *folder = state_join(dir, source, &ignored);
	char *path = folder ? state_join(folder, "index", &ignored) : NULL;
	if (path && stat(path, &info) == 0) {
		now.inode = (uint64_t)info.st_ino;
		now.size = (int64_t)info.st_size;
		now.changed_s = (int64_t)info.st_mtim.tv_sec;
		now.changed_ns = (int64_t)info.st_mtim.tv_nsec;
	}
	free(path);
	free(folder);
	return now;
}

static struct watch look(const struct options *options)
{
	struct watch now = {.is_begun = true};
	struct err err;
	err_clear(&err);
	char *dir = state_dir(options, STATE_READING, NULL, &err);
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		now.files[i] = dir ? look_at(dir, source_names[i])
				   : (struct watched){.size = -1};
	}
	free(dir);
	return now;
}

static bool is_same(const struct watched *a, const struct watched *b)
{
	return a->inode == b->inode && a->size == b->size &&
		a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

bool watch_has_changed(struct watch *watch, const struct options *options)
{
	if (options->log_lists.num > 0) {
		return false;
	}
	struct watch before = *watch;
	bool same = true;
	*watch = look(options);
	for (size_t i = 0; i < NUM_SOURCES; i++) {
		same = same && is_same(&before.files[i], &watch->files[i]);
	}
	return before.is_begun && !same;
}

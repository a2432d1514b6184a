// SPDX-License-Identifier: Apache-2.0
#include "serve/watch.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "app/commands.h"
#include "app/state_files.h"

static struct watch look(const struct options *options)
{
	struct watch now = {.is_begun = true, .size = -1};
	struct stat info;
	struct err err;
	err_clear(&err);
	char *dir = state_dir(options, STATE_READING, LIST_SOURCE, &err);
	char *path = dir ? state_join(dir, LIST_SOURCE "/index", &err) : NULL;
	if (path && stat(path, &info) == 0) {
		now.inode = (uint64_t)info.st_ino;
		now.size = (int64_t)info.st_size;
		now.changed_s = (int64_t)info.st_mtim.tv_sec;
		now.changed_ns = (int64_t)info.st_mtim.tv_nsec;
	}
	free(path);
	free(dir);
	return now;
}

bool watch_has_changed(struct watch *watch, const struct options *options)
{
	if (options->values[OPTION_LOG_LIST]) {
		return false;
	}
	struct watch before = *watch;
	*watch = look(options);
	return before.is_begun &&
		(before.inode != watch->inode || before.size != watch->size ||
			before.changed_s != watch->changed_s ||
			before.changed_ns != watch->changed_ns);
}

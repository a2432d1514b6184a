// SPDX-License-Identifier: Apache-2.0
#include "app/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/files.h"

// A folder under way: its names, sorted, and how far the walk has come.
struct folder {
	char **names;
	size_t num;
	size_t cap;
	size_t next;
	size_t path_len; // of the folder's own path in walk->path
	dev_t device;
	ino_t inode;
};

struct walk {
	char *const *paths;
	size_t num_paths;
	size_t next_path;
	struct folder folders[WALK_MAX_DEPTH];
	size_t depth;
	char *path;
	size_t path_cap;
};

struct walk *walk_new(char *const *paths, size_t num, struct err *err)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	if (!walk) {
		err_no_memory(err);
		return NULL;
	}
	walk->paths = paths;
	walk->num_paths = num;
	return walk;
}

static void folder_clear(struct folder *folder)
{
	for (size_t i = 0; i < folder->num; i++) {
		free(folder->names[i]);
	}
	free(folder->names);
	*folder = (struct folder){.names = NULL};
}

void walk_free(struct walk *walk)
{
	if (!walk) {
		return;
	}
	while (walk->depth > 0) {
		folder_clear(&walk->folders[--walk->depth]);
	}
	free(walk->path);
	free(walk);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_name(struct folder *folder, const char *name)
{
	if (folder->num == folder->cap) {
		size_t cap = folder->cap ? 2 * folder->cap : 64;
		char **grown = realloc(folder->names, cap * sizeof(*grown));
		if (!grown) {
			return false;
		}
		folder->names = grown;
		folder->cap = cap;
	}
	folder->names[folder->num] = strdup(name);
	return folder->names[folder->num] && ++folder->num;
}

static enum walk_result bad(const struct walk *walk, const char *what, struct err *err)
{
	err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET, "cannot read %.120s: %s",
		walk->path, what);
	return WALK_BAD;
}

static enum walk_result bad_by_errno(const struct walk *walk, struct err *err)
{
	char reason[FILE_REASON_ROOM];
	if (errno == ENOMEM) {
		return WALK_NO_MEMORY;
	}
	file_reason(reason);
	return bad(walk, reason, err);
}

// False with errno.
static bool read_names(DIR *dir, struct folder *folder)
{
	for (;;) {
		errno = 0;
		struct dirent *entry = readdir(dir);
		if (!entry) {
			return errno == 0;
		}
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			!add_name(folder, entry->d_name)) {
			errno = ENOMEM;
			return false;
		}
	}
}

// WALK_END: the folder was entered.
static enum walk_result enter(struct walk *walk, const struct stat *info, struct err *err)
{
	for (size_t i = 0; i < walk->depth; i++) {
		const struct folder *above = &walk->folders[i];
		if (above->device == info->st_dev && above->inode == info->st_ino) {
			return bad(walk, "a link that leads back into a folder above it",
				err);
		}
	}
	if (walk->depth == WALK_MAX_DEPTH) {
		return bad(walk, "too many folders in one another", err);
	}
	DIR *dir = opendir(walk->path);
	if (!dir) {
		return bad_by_errno(walk, err);
	}
	struct folder folder = {.path_len = strlen(walk->path),
		.device = info->st_dev,
		.inode = info->st_ino};
	bool read = read_names(dir, &folder);
	int error = errno;
	(void)closedir(dir);
	if (!read) {
		// A part of a folder would look like all of it.
		folder_clear(&folder);
		errno = error;
		return bad_by_errno(walk, err);
	}
	if (folder.num) {
		qsort(folder.names, folder.num, sizeof(*folder.names), by_name);
	}
	walk->folders[walk->depth++] = folder;
	return WALK_END;
}

// walk->path becomes its first `len` bytes, a slash where it needs one, and `name`.
static bool set_path(struct walk *walk, size_t len, const char *name)
{
	size_t need = len + strlen(name) + 2;
	if (need > walk->path_cap) {
		char *grown = realloc(walk->path, 2 * need);
		if (!grown) {
			return false;
		}
		walk->path = grown;
		walk->path_cap = 2 * need;
	}
	if (len > 0 && walk->path[len - 1] != '/') {
		walk->path[len++] = '/';
	}
	memcpy(walk->path + len, name, strlen(name) + 1);
	return true;
}

// The next name, of the innermost folder or of the command line. WALK_FILE: in walk->path.
static enum walk_result next_name(struct walk *walk, bool *out_named)
{
	while (walk->depth > 0) {
		struct folder *folder = &walk->folders[walk->depth - 1];
		if (folder->next < folder->num) {
			*out_named = false;
			return set_path(walk, folder->path_len,
				       folder->names[folder->next++])
				? WALK_FILE
				: WALK_NO_MEMORY;
		}
		folder_clear(folder);
		walk->depth--;
	}
	if (walk->next_path == walk->num_paths) {
		return WALK_END;
	}
	*out_named = true;
	return set_path(walk, 0, walk->paths[walk->next_path++]) ? WALK_FILE
								 : WALK_NO_MEMORY;
}

enum walk_result walk_next(struct walk *walk, const char **out_path, struct err *err)
{
	for (;;) {
		struct stat info;
		bool named = false;
		enum walk_result result = next_name(walk, &named);
		if (result != WALK_FILE) {
			return result;
		}
		*out_path = walk->path;
		if (named && strcmp(walk->path, "-") == 0) {
			return WALK_FILE;
		}
		if (stat(walk->path, &info) != 0) {
			return bad_by_errno(walk, err);
		}
		if (!S_ISDIR(info.st_mode)) {
			// A pipe that was named is meant; one that was found may block for ever.
			return named || S_ISREG(info.st_mode)
				? WALK_FILE
				: bad(walk, "neither a file nor a folder", err);
		}
		result = enter(walk, &info, err);
		if (result != WALK_END) {
			return result;
		}
	}
}

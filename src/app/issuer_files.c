// SPDX-License-Identifier: Apache-2.0
#include "app/issuer_files.h"

#include <sys/stat.h>

#include "app/commands.h"
#include "app/files.h"
#include "app/walk.h"

static bool add_file(struct issuers *issuers, const char *path, struct err *err)
{
	struct buffer file;
	buffer_init(&file, ISSUERS_MAX_FILE);
	bool done = file_read(path, &file, err);
	if (done && !issuers_add(issuers, buffer_bytes(&file), err)) {
		done = err_in_field(err, path);
	}
	buffer_clear(&file);
	return done;
}

// A folder may hold other things than certificates: they are named and left out.
static bool add_folder(struct issuers *issuers, const char *path, struct err *err)
{
	char *paths[] = {(char *)(uintptr_t)path};
	struct walk *walk = walk_new(paths, 1, err);
	bool done = walk != NULL;
	while (done) {
		const char *file = NULL;
		struct err reason;
		err_clear(&reason);
		enum walk_result result = walk_next(walk, &file, &reason);
		if (result == WALK_END) {
			break;
		}
		if (result == WALK_NO_MEMORY) {
			done = err_no_memory(err);
		} else if (result == WALK_BAD || !add_file(issuers, file, &reason)) {
			message_err("not among the issuers", &reason);
			done = reason.code != CODE_OUT_OF_MEMORY || err_no_memory(err);
		}
	}
	walk_free(walk);
	return done;
}

bool issuer_files_add(struct issuers *issuers, const char *path, struct err *err)
{
	struct stat info;
	bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
	return is_folder ? add_folder(issuers, path, err) : add_file(issuers, path, err);
}

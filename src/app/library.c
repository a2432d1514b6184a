// SPDX-License-Identifier: Apache-2.0
#include "app/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// POSIX, not C, says that a pointer to a function is as large as one to data.
bool library_load(const char *name, const struct library_function *functions, size_t num,
	void *out, char reason[LIBRARY_REASON_ROOM])
{
	void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		(void)snprintf(reason, LIBRARY_REASON_ROOM, "%s", dlerror());
		return false;
	}
	for (size_t i = 0; i < num; i++) {
		void *function = dlsym(library, functions[i].name);
		if (!function) {
			(void)snprintf(reason, LIBRARY_REASON_ROOM, "%s has no %s", name,
				functions[i].name);
			return false;
		}
		memcpy((char *)out + functions[i].offset, &function, sizeof(function));
	}
	return true;
}

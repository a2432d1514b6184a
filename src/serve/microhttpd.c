// SPDX-License-Identifier: Apache-2.0
#include "serve/microhttpd.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "libmicrohttpd.so.12"

static const struct {
	const char *name;
	size_t offset; // in struct microhttpd
} functions[] = {
#define ROW(name) {"MHD_" #name, offsetof(struct microhttpd, name)},
	MICROHTTPD_FUNCTIONS(ROW)
#undef ROW
};

static bool fail(const char *reason, struct err *err)
{
	return err_set(err, CODE_HTTP_UNAVAILABLE, ERR_NO_OFFSET,
		"the HTTP library cannot be loaded: %.120s; install Debian's package "
		"libmicrohttpd12, or libmicrohttpd12t64",
		reason);
}

// POSIX, not C, says that a pointer to a function is as large as one to data.
bool microhttpd_load(struct microhttpd *out, struct err *err)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		return fail(dlerror(), err);
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(library, functions[i].name);
		if (!function) {
			char why[64];
			(void)snprintf(why, sizeof(why), LIBRARY " has no %s",
				functions[i].name);
			return fail(why, err);
		}
		memcpy((char *)out + functions[i].offset, &function, sizeof(function));
	}
	return true;
}

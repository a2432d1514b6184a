// SPDX-License-Identifier: Apache-2.0
#include "serve/microhttpd.h"

#include "app/library.h"

#define LIBRARY "libmicrohttpd.so.12"

static const struct library_function functions[] = {
#define ROW(name) {"MHD_" #name, offsetof(struct microhttpd, name)},
	MICROHTTPD_FUNCTIONS(ROW)
#undef ROW
};

bool microhttpd_load(struct microhttpd *out, struct err *err)
{
	char reason[LIBRARY_REASON_ROOM];
	return library_load(LIBRARY, functions, sizeof(functions) / sizeof(functions[0]),
		       out, reason) ||
		err_set(err, CODE_HTTP_UNAVAILABLE, ERR_NO_OFFSET,
			"the HTTP library cannot be loaded: %s; install Debian's package "
			"libmicrohttpd12, or libmicrohttpd12t64",
			reason);
}

// SPDX-License-Identifier: Apache-2.0
// Shared libraries of others that are loaded when they are needed, and not linked.
#ifndef APP_LIBRARY_H
#define APP_LIBRARY_H

#include "base/err.h"

struct library_function {
	const char *name;
	size_t offset; // of the pointer to it, in the caller's struct
};

#define LIBRARY_REASON_ROOM 100

// Loads the library called `name` ("libcurl.so.4"), which stays for the life of the process,
// and puts a pointer to each function into *out. Any thread. False with why, cut to fit, in
// `reason`.
bool library_load(const char *name, const struct library_function *functions, size_t num,
	void *out, char reason[LIBRARY_REASON_ROOM]) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
#include "serve/environment.h"

#define MAX_DIGITS 18 // fit into an int64_t

bool environment_number(const char *name, int64_t *out)
{
	const char *text = getenv(name);
	size_t len = text ? strlen(text) : 0;
	if (len == 0 || len > MAX_DIGITS || strspn(text, "0123456789") != len) {
		return false;
	}
	*out = (int64_t)strtoll(text, NULL, 10);
	return true;
}

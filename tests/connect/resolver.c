// SPDX-License-Identifier: Apache-2.0
// A library for LD_PRELOAD that answers for the name servers, so that tests ask none:
//
//   CTPOLICY_TEST_ADDRESSES="good.test=127.0.0.1,::1 silent.test=hang busy.test=again"
//
// Addresses in numbers go to libc; a name that is not listed has no address.
#define _GNU_SOURCE // RTLD_NEXT
#include <dlfcn.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef int resolve(const char *node, const char *service, const struct addrinfo *hints,
	struct addrinfo **out);

// libc's, for addresses in numbers alone.
static int numbers(const char *node, const char *service, const struct addrinfo *hints,
	struct addrinfo **out)
{
	resolve *real = NULL;
	void *found = dlsym(RTLD_NEXT, "getaddrinfo");
	struct addrinfo changed = *hints;
	memcpy(&real, &found, sizeof(real));
	changed.ai_flags |= AI_NUMERICHOST;
	return real(node, service, &changed, out);
}

// What stands behind "NAME=", up to a space, into `out`; false: the name is not listed.
static bool find(const char *name, char *out, size_t room)
{
	const char *at = getenv("CTPOLICY_TEST_ADDRESSES");
	size_t len = strlen(name);
	while (at && *at) {
		size_t word = strcspn(at, " ");
		if (word > len && strncmp(at, name, len) == 0 && at[len] == '=') {
			(void)snprintf(
				out, room, "%.*s", (int)(word - len - 1), at + len + 1);
			return true;
		}
		at += word + strspn(at + word, " ");
	}
	return false;
}

static int join(char *list, const char *service, const struct addrinfo *hints,
	struct addrinfo **out)
{
	struct addrinfo **end = out;
	*out = NULL;
	while (*list) {
		size_t len = strcspn(list, ",");
		bool more = list[len] == ',';
		list[len] = '\0';
		int status = numbers(list, service, hints, end);
		if (status != 0) {
			return status;
		}
		end = &(*end)->ai_next;
		list += len + more;
	}
	return 0;
}

EXPORT int getaddrinfo(const char *node, const char *service,
	const struct addrinfo *hints, struct addrinfo **out)
{
	char list[512];
	int status = numbers(node, service, hints, out);
	if (status != EAI_NONAME) {
		return status;
	}
	if (!find(node, list, sizeof(list))) {
		return EAI_NONAME;
	}
	if (strcmp(list, "again") == 0) {
		return EAI_AGAIN;
	}
	while (strcmp(list, "hang") == 0) {
		(void)pause();
	}
	return join(list, service, hints, out);
}

// SPDX-License-Identifier: Apache-2.0
// libcurl, as far as this program needs it: its functions, and what its results mean.
//
// It is loaded when something is fetched, and not linked: it brings 27 shared libraries,
// which a program that fetches nothing would wait for at each start. Only app/fetch.c
// includes this.
#ifndef APP_LIBCURL_H
#define APP_LIBCURL_H

#include <curl/curl.h>

#include "app/fetch_faults.h"

// Without the curl_ that all of them begin with.
#define LIBCURL_FUNCTIONS(FUNCTION)   \
	FUNCTION(easy_cleanup)        \
	FUNCTION(easy_getinfo)        \
	FUNCTION(easy_header)         \
	FUNCTION(easy_init)           \
	FUNCTION(easy_reset)          \
	FUNCTION(easy_setopt)         \
	FUNCTION(easy_strerror)       \
	FUNCTION(free)                \
	FUNCTION(global_cleanup)      \
	FUNCTION(global_init)         \
	FUNCTION(multi_add_handle)    \
	FUNCTION(multi_cleanup)       \
	FUNCTION(multi_info_read)     \
	FUNCTION(multi_init)          \
	FUNCTION(multi_perform)       \
	FUNCTION(multi_poll)          \
	FUNCTION(multi_remove_handle) \
	FUNCTION(slist_append)        \
	FUNCTION(slist_free_all)      \
	FUNCTION(url)                 \
	FUNCTION(url_cleanup)         \
	FUNCTION(url_dup)             \
	FUNCTION(url_get)             \
	FUNCTION(url_set)             \
	FUNCTION(url_strerror)

// Each has the type that libcurl's own header gives it.
struct libcurl {
#define MEMBER(name) __typeof__(curl_##name) *name;
	LIBCURL_FUNCTIONS(MEMBER)
#undef MEMBER
};

// Loads and initialises it. Any thread may at any time: since 7.84 libcurl sees to that.
// False with `err`: fetch_unavailable, out_of_memory.
bool libcurl_load(struct libcurl *out, struct err *err) MUST_CHECK;
// Frees what libcurl_load took, as often as that was done.
void libcurl_unload(const struct libcurl *curl);

// What a result of an exchange means; FAULT_NOT_HTTP where there is no better word for it.
enum fetch_fault libcurl_fault(CURLcode result);
// The end of what libcurl says about TLS, which is what a person needs.
const char *libcurl_reason(const char *said);

#endif

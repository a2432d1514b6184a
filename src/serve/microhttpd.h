// SPDX-License-Identifier: Apache-2.0
// libmicrohttpd (0.9.75 and later), as far as the service needs it.
//
// It is loaded when the service starts, and not linked: with what it brings itself it would
// be waited for at each start of a program that serves nothing. Only this folder's http_*.c
// include this.
#ifndef SERVE_MICROHTTPD_H
#define SERVE_MICROHTTPD_H

#include <microhttpd.h>

#include "base/err.h"

// Without the MHD_ that all of them begin with.
#define MICROHTTPD_FUNCTIONS(FUNCTION)        \
	FUNCTION(add_connection)              \
	FUNCTION(add_response_header)         \
	FUNCTION(create_response_from_buffer) \
	FUNCTION(destroy_response)            \
	FUNCTION(get_connection_info)         \
	FUNCTION(get_connection_values_n)     \
	FUNCTION(get_daemon_info)             \
	FUNCTION(get_timeout)                 \
	FUNCTION(get_version)                 \
	FUNCTION(queue_response)              \
	FUNCTION(resume_connection)           \
	FUNCTION(run)                         \
	FUNCTION(start_daemon)                \
	FUNCTION(stop_daemon)                 \
	FUNCTION(suspend_connection)

// Each has the type that the library's own header gives it.
struct microhttpd {
#define MEMBER(name) __typeof__(MHD_##name) *name;
	MICROHTTPD_FUNCTIONS(MEMBER)
#undef MEMBER
};

// Loads it; it stays for the life of the process. False with `err` (http_unavailable).
bool microhttpd_load(struct microhttpd *out, struct err *err) MUST_CHECK;

#endif

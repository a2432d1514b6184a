// SPDX-License-Identifier: Apache-2.0
// All that can go wrong with a fetch, in a row each: its reason code, whether it may pass by
// itself, what happened, and what to do. Data and nothing else; app/fetch.c finds out which
// one it is.
#ifndef APP_FETCH_FAULTS_H
#define APP_FETCH_FAULTS_H

#include "base/err.h"

enum fetch_fault {
	FAULT_NONE,
	FAULT_NO_MEMORY,
	FAULT_NO_LIBRARY,
	FAULT_STOPPED,
	FAULT_URL_UNREADABLE,
	FAULT_URL_SCHEME,
	FAULT_URL_NOT_LOOPBACK,
	FAULT_NO_ADDRESS,
	FAULT_NO_PROXY_ADDRESS,
	FAULT_NO_CONNECTION,
	FAULT_PROXY_FAILED,
	FAULT_PROXY_STATUS_LATER, // 5xx
	FAULT_PROXY_STATUS,
	FAULT_CONNECTS_TOO_SLOWLY,
	FAULT_ANSWERS_TOO_SLOWLY,
	FAULT_SENDS_TOO_SLOWLY,
	FAULT_NO_TLS,
	FAULT_NOT_TRUSTED,
	FAULT_NO_TRUST_STORE,
	FAULT_STATUS_LATER, // 5xx and 429
	FAULT_STATUS_MUCH_LATER, // the same, and not before a time
	FAULT_STATUS,
	FAULT_REDIRECT_NOWHERE,
	FAULT_REDIRECT_AGAIN,
	FAULT_REDIRECT_UNREADABLE,
	FAULT_REDIRECT_SCHEME,
	FAULT_REDIRECT_NOT_LOOPBACK,
	FAULT_BODY_TOO_LARGE,
	FAULT_HEADERS_TOO_LARGE,
	FAULT_NOTHING,
	FAULT_BROKEN_OFF,
	FAULT_CUT,
	FAULT_ENCODING,
	FAULT_EMPTY,
	FAULT_NOT_ASKED,
	FAULT_NOT_HTTP,
	NUM_FAULTS,
};

// Worth another try.
bool fetch_fault_may_pass(enum fetch_fault fault);
// Sets `err` to what happened and what to do. `host`: the server, or "the URL"; `detail`: "",
// or what stands behind the row's own text.
void fetch_fault_report(enum fetch_fault fault, const char *host, const char *detail,
	unsigned num_tries, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// One log list over HTTP: asked for, checked on its way, tried again where that may help.
//
// What holds for every fetch:
// - https, or http where the connected socket's address is loopback (looked at for each
//   connection, so that no name and no redirect leads elsewhere, and never by a proxy);
// - TLS certificates are checked against the system's store or `cacert`;
// - at most FETCH_MAX_REDIRECTS redirects, none to another scheme; user and password of the
//   URL are sent to the place that it names, and to none that an answer names;
// - https goes through the proxy that https_proxy, all_proxy and no_proxy name;
// - up to FETCH_MAX_TRIES tries, the later ones only for what may pass: time-outs, failed
//   connections and lookups, answers cut in the middle, 5xx and 429. Between them are pauses
//   of about a 30th and four 30ths of `timeout_ms`, or what Retry-After asks for, which ends
//   the tries where it is more than `timeout_ms`;
// - nothing of a URL but host and port is ever printed, for it may carry a password.
//
// A body longer than its Content-Length is cut there (RFC 9112 6.3), and a compressed one may
// end early without libcurl's noticing: who reads the list sees that it is not whole.
//
// Any number of threads may fetch at once, by one fetcher, each with its own request and
// answer.
#ifndef APP_FETCH_H
#define APP_FETCH_H

#include <stdatomic.h>

#include "app/validator.h"
#include "base/bytes.h"

#define FETCH_MAX_TRIES 3
#define FETCH_MAX_REDIRECTS 3
#define FETCH_DEFAULT_TIMEOUT_MS INT64_C(60000)
#define FETCH_MAX_TIMEOUT_MS INT64_C(3600000)
// Apple's list has 0.2 MB.
#define FETCH_MAX_LIST ((size_t)32 << 20)

// The strings are lent until fetch returns.
struct fetch_request {
	const char *url;
	// What the answer with the list in hand bore; NULL or "": none, and so is what is not
	// well-formed. With neither of them the fetch is not conditional.
	const char *etag;
	const char *last_modified;
	const char *
		cacert; // a PEM file that is trusted instead of the system's store, or NULL
	int64_t timeout_ms; // of one try with its redirects; 1 to FETCH_MAX_TIMEOUT_MS
	size_t max_len; // bytes of the body, decompressed
	// NULL, or true from when the fetch shall end soon. So does it after a signal that
	// app/stop.h waits for.
	const atomic_bool *stop;
};

enum fetch_result {
	FETCH_DONE, // a body, not empty
	FETCH_NOT_MODIFIED, // what is in hand is what there is
	FETCH_FAILED,
};

struct fetch_answer {
	struct buffer body; // FETCH_DONE only
	// FETCH_DONE and FETCH_NOT_MODIFIED; "" where the answer bears none that is
	// well-formed (after FETCH_NOT_MODIFIED the one in hand stays good then).
	char etag[VALIDATOR_ROOM];
	char last_modified[VALIDATOR_ROOM];
	unsigned num_tries; // of any result
	int64_t retry_after_ms; // of FETCH_FAILED: 0, or how long the server asks to be left alone
};

// What fetches: libcurl, which is loaded when one is made, and not at each start of the
// program. Any thread may make one.
struct fetcher;

// NULL with `err`: fetch_unavailable (there is no libcurl), out_of_memory.
struct fetcher *fetcher_new(struct err *err) MUST_CHECK;
// Once no fetch runs any more.
void fetcher_free(struct fetcher *fetcher);

// Writes all of *out, which is then the caller's to clear whatever the result. FETCH_FAILED
// sets `err` to a line that says what happened and what to do: fetch_bad_url,
// fetch_unreachable, fetch_timed_out, fetch_tls_failed, fetch_status, fetch_redirect,
// fetch_too_large, fetch_broken, fetch_stopped, out_of_memory.
// SIGPIPE is the caller's business.
enum fetch_result fetch(const struct fetcher *fetcher,
	const struct fetch_request *request, struct fetch_answer *out,
	struct err *err) MUST_CHECK;
void fetch_answer_clear(struct fetch_answer *answer);

#endif

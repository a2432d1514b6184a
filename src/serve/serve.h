// SPDX-License-Identifier: Apache-2.0
// The service as a whole: what its threads share.
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "app/refresh_sources.h"
#include "crypto/fast.h"
#include "serve/access_log.h"
#include "serve/metrics.h"
#include "serve/settings.h"
#include "serve/store.h"
#include "serve/worker.h"

struct serve {
	const struct options *options;
	struct serve_settings settings;
	struct sources sources; // whose lists are refreshed
	bool refreshes; // by itself, from time to time; set before the first call
	struct store store;
	pthread_mutex_t loading; // so that what was read last is in force
	struct metrics *metrics; // there before anything is read
	struct access_log *log;
	struct fast *fast; // NULL: the reference alone
	struct worker *worker;
	struct issuers *issuers; // --issuers: frozen; or NULL
	const char *http_version; // of libmicrohttpd
	atomic_size_t num_connections;
	atomic_size_t num_requests; // under way, to their answer's end
	atomic_size_t num_in_flight; // of them, those that wait to be judged
	atomic_size_t num_batches;
	atomic_size_t num_held; // bytes, of requests that come in and answers that go out
	atomic_bool is_draining;
	int64_t started_ms;
};

// Reads the lists, as the options say, and exchanges the snapshot; the log says what is in
// force. At the first time there may be none; later, where they cannot be read, those that
// were in force stay. Any thread. False with `err`.
bool serve_load_lists(struct serve *serve, struct err *err) MUST_CHECK;
// The tokens in the same way. The main thread alone.
bool serve_load_tokens(struct serve *serve, struct err *err) MUST_CHECK;
// The roots of --roots in the same way, in which each certificate must be readable.
bool serve_load_roots(struct serve *serve, struct err *err) MUST_CHECK;
// Is it somebody's task to keep that source's list young: the main one's, one that --source or
// --log-list names, one that the state folder has? Of the others there is what the program
// brings, which grows old by itself: that is said of what is judged by it, and nowhere else.
bool serve_watches(
	const struct serve *serve, const struct snapshot *snapshot, const char *source);
// The list of a source that is in force now; *out_stale: clients with one that old enforce
// nothing.
const struct loglist *serve_list_now(const struct snapshot *snapshot, const char *source,
	int64_t now_ms, bool *out_stale);
// The same of a service that runs: what failed is in the log.
void serve_reload_lists(struct serve *serve);
// Tokens, roots, then lists, each on its own (SIGHUP).
void serve_reload(struct serve *serve);

#endif

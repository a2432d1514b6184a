// SPDX-License-Identifier: Apache-2.0
// The service as a whole: what its threads share.
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "app/options.h"
#include "crypto/fast.h"
#include "serve/access_log.h"
#include "serve/metrics.h"
#include "serve/settings.h"
#include "serve/store.h"
#include "serve/worker.h"

struct serve {
	const struct options *options;
	struct serve_settings settings;
	struct store store;
	pthread_mutex_t loading; // so that what was read last is in force
	struct metrics *metrics;
	struct access_log *log;
	struct fast *fast; // NULL: the reference alone
	struct worker *worker;
	struct issuers *issuers; // --issuers: frozen; or NULL
	const char *http_version; // of libmicrohttpd
	atomic_size_t num_connections;
	atomic_size_t num_in_flight;
	atomic_bool is_draining;
	int64_t started_ms;
};

// Reads lists and tokens, as the options say, and exchanges the snapshot; the log says what is
// in force. At the first time there may be no lists; later, where something cannot be read,
// what was in force stays. Any thread. False with `err`, which is about the options' files.
bool serve_load(struct serve *serve, struct err *err) MUST_CHECK;
// The same of a service that runs, with what failed in the log and a count in the metrics.
void serve_reload(struct serve *serve);

#endif

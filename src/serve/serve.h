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
	pthread_mutex_t
		reloading; // one reload at a time, so that the last read is the last in force
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

// Reads lists and tokens anew, as the options say, and exchanges the snapshot; where one of
// them cannot be read, the one before stays. Says in the log what changed and what failed.
// Any thread. False: something could not be read.
bool serve_reload(struct serve *serve);

#endif

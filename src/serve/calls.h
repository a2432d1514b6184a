// SPDX-License-Identifier: Apache-2.0
// The calls of the service, by the names that metrics and logs have for them.
#ifndef SERVE_CALLS_H
#define SERVE_CALLS_H

enum call {
	CALL_EVALUATE,
	CALL_BATCH,
	CALL_PLAN,
	CALL_LOG_LIST,
	CALL_LOGS,
	CALL_LOG,
	CALL_REFRESH,
	CALL_LIVEZ,
	CALL_READYZ,
	CALL_METRICS,
	CALL_VERSION,
	CALL_OPENAPI,
	CALL_SCHEMA,
	CALL_PAGE, // of people: the page and its answers
	CALL_PAGE_PLAN,
	CALL_PAGE_LISTS,
	CALL_PAGE_FILE,
	CALL_OTHER, // no call of ours: an unknown path, or a request that cannot be read
	NUM_CALLS,
};

// "evaluate", "log_list"; stable, for programs. Never NULL, lives for ever. Any thread.
const char *call_name(enum call call);

#endif

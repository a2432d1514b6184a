// SPDX-License-Identifier: Apache-2.0
#include "serve/calls.h"

const char *call_name(enum call call)
{
	static const char *const names[NUM_CALLS] = {
		[CALL_EVALUATE] = "evaluate",
		[CALL_BATCH] = "batch",
		[CALL_PLAN] = "plan",
		[CALL_LOG_LIST] = "log_list",
		[CALL_LOGS] = "logs",
		[CALL_LOG] = "log",
		[CALL_REFRESH] = "refresh",
		[CALL_LIVEZ] = "livez",
		[CALL_READYZ] = "readyz",
		[CALL_METRICS] = "metrics",
		[CALL_VERSION] = "version",
		[CALL_OPENAPI] = "openapi",
		[CALL_SCHEMA] = "schema",
		[CALL_PAGE] = "page",
		[CALL_PAGE_PLAN] = "page_plan",
		[CALL_PAGE_LISTS] = "page_lists",
		[CALL_PAGE_FILE] = "page_file",
		[CALL_OTHER] = "other",
	};
	return names[call];
}

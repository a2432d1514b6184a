// SPDX-License-Identifier: Apache-2.0
// The JSON of a plan request (schemas/plan-request.v1.json).
#ifndef APP_PLAN_REQUEST_H
#define APP_PLAN_REQUEST_H

#include "base/arena.h"
#include "eval/plan.h"

// Reads one over *out, which holds the defaults; texts live in the arena. Unknown fields,
// duplicate keys and wrong types are errors that name the field (bad_request, unknown_field,
// bad_time, unknown_policy, out_of_memory). Any thread.
bool plan_request_read(struct bytes json, struct arena *arena, struct plan_request *out,
	struct err *err) MUST_CHECK;
// RFC 3339 with a zone, or a day, which is its first second, of `field`.
bool plan_request_time(struct bytes text, const char *field, int64_t *out_ms,
	struct err *err) MUST_CHECK;
// A lifetime in place of notAfter: "+90d" or "90d". False: it is none.
bool plan_request_lifetime(struct bytes text, unsigned *out_days) MUST_CHECK;

#endif

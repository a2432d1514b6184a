// SPDX-License-Identifier: Apache-2.0
// The one path: a request and the log lists in, a record out. For check, audit, every
// REST handler and library users alike.
#ifndef EVAL_EVALUATE_H
#define EVAL_EVALUATE_H

#include "eval/context.h"
#include "eval/record.h"

// True: *out is the record, which lives in the context until the next evaluation with it;
// it lends from the request's bytes and from `lists`, of which the caller keeps a
// reference for as long. False: the request cannot be evaluated, and `err` says why
// (code, field, offset). Thread-safe for different contexts; `lists` is shared.
bool evaluate(struct ctp_context *context, const struct ctp_request *request,
	const struct ctp_lists *lists, const struct record **out,
	struct err *err) MUST_CHECK;

#endif

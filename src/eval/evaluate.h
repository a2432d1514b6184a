// SPDX-License-Identifier: Apache-2.0
// The one path: a request and the log lists in, a record out. For check, audit, every
// REST handler and library users alike.
#ifndef EVAL_EVALUATE_H
#define EVAL_EVALUATE_H

#include "eval/context.h"
#include "eval/record.h"

// Requests evaluated together: enough for the fast verifier's batches.
#define EVALUATE_MAX 32

struct evaluated {
	const struct ctp_request *request;
	const struct record *record; // NULL: it cannot be evaluated, and `err` says why
	bool left_out; // it is not among those selected: neither record nor error
	struct err err;
};

// Fills in each item: its record, which lives in the context until the next evaluation with
// it; it lends from the request's bytes and from `lists`, of which the caller keeps a
// reference for as long. Or, where it cannot be evaluated, its error (code, field, offset).
// At most EVALUATE_MAX; their signatures are verified in one batch. Thread-safe for
// different contexts; `lists` is shared.
void evaluate_all(struct ctp_context *context, const struct ctp_lists *lists,
	struct evaluated *items, size_t num);
// The same of one: true with *out, or false with `err`.
bool evaluate(struct ctp_context *context, const struct ctp_request *request,
	const struct ctp_lists *lists, const struct record **out,
	struct err *err) MUST_CHECK;

#endif

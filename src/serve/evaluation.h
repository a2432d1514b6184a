// SPDX-License-Identifier: Apache-2.0
// What the calls that evaluate have in common.
#ifndef SERVE_EVALUATION_H
#define SERVE_EVALUATION_H

#include "serve/exchange.h"

// x->request, filled from the query and with what holds for every request. False where it
// has answered: there is no list, or a parameter is none.
bool evaluation_defaults(struct exchange *x);
// The HTTP status of a request that has no report. `was_read`: it could be read, and not
// evaluated.
unsigned evaluation_status(enum code code, bool was_read);
// The policies between the commas of a parameter. False with `err`.
bool evaluation_read_policies(
	struct bytes text, struct ctp_request *out, struct err *err) MUST_CHECK;
// Every byte of the body, without its content coding; lent. False with `err`: no gzip, or too
// large.
bool evaluation_decode_body(
	struct exchange *x, struct bytes *out, struct err *err) MUST_CHECK;
// The same of a body that must not be empty, nor gzip that nobody said it is.
bool evaluation_read_body(
	struct exchange *x, struct bytes *out, struct err *err) MUST_CHECK;
// Answers that a request cannot be evaluated, or planned; where a private key is in it, that. Always
// returns false.
bool evaluation_refuse(struct exchange *x, const struct err *err, bool was_read);
// 422: a private key came. Nothing of it is kept: the body is wiped.
bool evaluation_refuse_key(struct exchange *x);
// Of a body that is no JSON: is it what its type says? Which certificate it is, if any, is
// found out later.
bool evaluation_check_type(
	const char *type, struct bytes body, struct err *err) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// What the calls that evaluate have in common.
#ifndef SERVE_EVALUATION_H
#define SERVE_EVALUATION_H

#include "serve/exchange.h"

// x->request, filled from the query and with what holds for every request. False where it
// has answered: there is no list, or a parameter is none.
bool evaluation_defaults(struct exchange *x);
// Every byte of the body, without its content coding; lent. False with `err`.
bool evaluation_body(struct exchange *x, struct bytes *out, struct err *err) MUST_CHECK;
// Adds the policies between the commas. False with `err`.
bool evaluation_policies(
	struct bytes text, struct ctp_request *out, struct err *err) MUST_CHECK;
// The HTTP status of a request that has no report. `was_read`: it could be read, and not
// evaluated.
unsigned evaluation_status(enum code code, bool was_read);

#endif

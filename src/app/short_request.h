// SPDX-License-Identifier: Apache-2.0
// The short way to read a request (INTERFACE.md, "Evaluation request"): a flat JSON object
// of plain strings, as the lines of a batch are, without building a tree of values first.
//
// It knows no errors. What it does not take is for input_load_request() to read or to
// refuse; what it takes, input_load_request() reads in the same way.
#ifndef APP_SHORT_REQUEST_H
#define APP_SHORT_REQUEST_H

#include "base/arena.h"
#include "eval/request.h"

// SCTs of one request; a certificate has two to five. More go the long way.
#define SHORT_REQUEST_MAX_SCTS 16
// Digits of an id that is a number: below 2^53, exact for every reader of JSON.
#define SHORT_REQUEST_MAX_DIGITS 15

// Reads a request over *out, which holds the defaults: ASCII without \u, \b and \f, no key
// twice, no other field. Fields lend from `line`, and those with an escape in them live in
// the arena. False, and *out is as it was: not for this reader, or memory is out.
bool short_request_read(
	struct bytes line, struct arena *arena, struct ctp_request *out) MUST_CHECK;

#endif

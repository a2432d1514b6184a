// SPDX-License-Identifier: Apache-2.0
// Which certificates of many are to be judged: by when they were issued and by whom.
#ifndef EVAL_SELECTION_H
#define EVAL_SELECTION_H

#include "x509/cert.h"

struct selection {
	int64_t from_ms; // notBefore is then or later; INT64_MIN: any
	int64_t until_ms; // notBefore is before then; INT64_MAX: any
	const char
		*issuer; // stands in the issuer's name (RFC 4514), in any case; NULL: any
	bool leaves_only; // no CA certificate, whose issuing is not CT's subject
};

// `room` is scratch for the name; a name that does not fit is none.
bool selection_takes(
	const struct selection *selection, const struct cert *cert, struct buffer *room);

#endif

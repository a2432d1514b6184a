// SPDX-License-Identifier: Apache-2.0
// What one thread keeps from one evaluation to the next: scratch memory, hashing and
// verifying contexts, the keys of issuers. No two threads may use one context at a time.
#ifndef EVAL_CONTEXT_H
#define EVAL_CONTEXT_H

#include "base/arena.h"
#include "crypto/keycache.h"
#include "crypto/verifier.h"
#include "eval/certcache.h"

struct ctp_context { // the public name of ctpolicy.h, opaque there
	struct arena arena; // the present evaluation's record lives here
	struct digest *digest;
	struct verifier *verifier;
	struct keycache *issuers;
	struct certcache *certs;
	struct buffer text; // for sentences on their way into the arena
};

// `fast`: see verifier_new. NULL with `err` set.
struct ctp_context *context_new(struct fast *fast, struct err *err);
void context_free(struct ctp_context *context);

#endif

// SPDX-License-Identifier: Apache-2.0
// Whose authority a certificate stands under: its own, that of a root which comes with the
// system, or of one that users or administrators added.
#ifndef EVAL_ROOTS_H
#define EVAL_ROOTS_H

#include "eval/evaluation.h"

// What is known of a certificate's root.
struct standing_under {
	bool self_signed; // its own key verifies its signature, and it names itself as issuer
	bool not_public; // its chain ends at a root, which is none of those given
	enum root root;
};

// By the request's roots, or its word that the root is private; by what the live server's
// chain came to; else by the certificate alone. False: no memory.
bool find_root(struct evaluation *e, struct standing_under *out) MUST_CHECK;

#endif

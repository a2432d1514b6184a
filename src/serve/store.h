// SPDX-License-Identifier: Apache-2.0
// What calls are judged by at a moment, the log lists and the roots of the system, and who
// may call, the tokens. Each is frozen and exchanged as one while calls go on, which keep what they began with.
#ifndef SERVE_STORE_H
#define SERVE_STORE_H

#include <pthread.h>
#include <stdatomic.h>

#include "app/kept_lists.h"
#include "eval/issuers.h"
#include "loglist/lists.h"
#include "serve/tokens.h"

struct snapshot {
	atomic_uint refs;
	struct ctp_lists *lists; // NULL: there is none
	struct err why; // there is none
	struct kept_lists kept; // where they are from
};

struct token_sets {
	struct tokens *callers; // NULL: everybody may call
	struct tokens *admins; // NULL: nobody may
};

// All set to nothing, with one reference. NULL with `err`: no memory.
struct snapshot *snapshot_new(struct err *err);
void snapshot_unref(struct snapshot *snapshot);

// Any thread may read and exchange.
struct store {
	pthread_mutex_t mutex;
	struct snapshot *present;
	struct token_sets tokens;
	struct issuers *roots; // NULL: not known
};

void store_init(struct store *store);
void store_clear(struct store *store);
// A reference to the present one, NULL before the first.
struct snapshot *store_get(struct store *store);
// Takes the caller's reference.
void store_swap(struct store *store, struct snapshot *snapshot);
// References to the present tokens, which token_sets_unref gives up.
struct token_sets store_get_tokens(struct store *store);
void store_swap_tokens(struct store *store, struct token_sets tokens);
void token_sets_unref(struct token_sets *tokens);
// A reference to the present roots, or NULL; and another pool, whose reference it takes.
struct issuers *store_get_roots(struct store *store);
void store_swap_roots(struct store *store, struct issuers *roots);

#endif

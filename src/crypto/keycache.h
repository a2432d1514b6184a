// SPDX-License-Identifier: Apache-2.0
// One thread's memory of issuer keys: SPKI bytes to a struct pubkey (its SHA-256 and,
// once used, its decoded form), so that an issuer of a thousand certificates is hashed
// and decoded once. Of fixed size: where too many hashes collide, an older key is
// forgotten.
#ifndef CRYPTO_KEYCACHE_H
#define CRYPTO_KEYCACHE_H

#include "crypto/pubkey.h"

struct keycache;

struct keycache *keycache_new(struct err *err);
void keycache_free(struct keycache *cache);
// Lent until the next call; pubkey_ref to keep it. NULL with `err` set: no memory.
struct pubkey *keycache_get(struct keycache *cache, struct bytes spki,
	struct digest *digest, struct err *err);

#endif

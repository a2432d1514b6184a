// SPDX-License-Identifier: Apache-2.0
// Certificates that came before, by the bytes in which they came: the same few issuers
// stand behind leaf after leaf, and need not be decoded and read again.
#ifndef EVAL_CERTCACHE_H
#define EVAL_CERTCACHE_H

#include "x509/cert.h"
#include "x509/pem.h"

struct certcache;

// NULL with `err` set.
struct certcache *certcache_new(struct err *err);
void certcache_free(struct certcache *cache);
// Forgets all where it has become full. Between evaluations only: they hold what
// certcache_read lends.
void certcache_tidy(struct certcache *cache);

// The certificate of one block of a chain, lent until the next certcache_tidy. NULL
// without an error where it is none of those that came before, and cannot join them (too
// large, no room, no memory, unreadable): it is to be read as if there were no cache.
const struct cert *certcache_get(
	struct certcache *cache, const struct pem_chain *chain, size_t index);

#endif

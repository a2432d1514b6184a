// SPDX-License-Identifier: Apache-2.0
#include "eval/certcache.h"

#include "base/arena.h"

// The issuers of a day's certificates number some hundreds. Room for all of them is taken
// at once, and used only as they come.
#define NUM_PLACES ((size_t)512) // open addressing: twice the certificates
#define MAX_CERTS (NUM_PLACES / 2)
#define USUAL_SIZE ((size_t)12 * 1024) // of body, DER and struct cert
#define MAX_BODY ((size_t)16 * 1024)

struct place {
	struct bytes body; // of the block, as it came
	bool is_pem;
	struct cert *cert; // NULL: free
};

struct certcache {
	struct place places[NUM_PLACES];
	struct arena arena;
	size_t num; // certificates tried, read or not: so many copies are in the arena
};

struct certcache *certcache_new(struct err *err)
{
	struct certcache *cache = calloc(1, sizeof(*cache));
	if (!cache || !arena_reserve(&cache->arena, MAX_CERTS * USUAL_SIZE)) {
		err_no_memory(err);
		free(cache);
		return NULL;
	}
	return cache;
}

void certcache_free(struct certcache *cache)
{
	if (cache) {
		arena_clear(&cache->arena);
		free(cache);
	}
}

void certcache_tidy(struct certcache *cache)
{
	if (cache->num >= MAX_CERTS) {
		memset(cache->places, 0, sizeof(cache->places));
		arena_reset(&cache->arena);
		cache->num = 0;
	}
}

// FNV-1a over a piece near the end, which is the signature's.
static struct place *find_place(struct certcache *cache, struct bytes body, bool is_pem)
{
	uint32_t hash = 2166136261U;
	size_t end = body.len > 16 ? body.len - 16 : body.len;
	for (size_t i = end > 32 ? end - 32 : 0; i < end; i++) {
		hash = (hash ^ body.data[i]) * 16777619U;
	}
	size_t at = hash % NUM_PLACES;
	while (cache->places[at].cert &&
		(cache->places[at].is_pem != is_pem ||
			!bytes_equal(cache->places[at].body, body))) {
		at = (at + 1) % NUM_PLACES;
	}
	return &cache->places[at];
}

// Lends from the arena alone, not from the chain.
static struct cert *read_copy(
	struct certcache *cache, const struct pem_chain *chain, size_t index)
{
	struct bytes der;
	struct err ignored;
	err_clear(&ignored);
	struct cert *cert = arena_take(&cache->arena, sizeof(*cert));
	if (!cert || !pem_chain_der(chain, index, &cache->arena, &der, &ignored)) {
		return NULL;
	}
	der = chain->is_pem ? der : arena_copy(&cache->arena, der);
	return der.data && cert_read(der, cert, &ignored) ? cert : NULL;
}

const struct cert *certcache_get(
	struct certcache *cache, const struct pem_chain *chain, size_t index)
{
	const struct pem_block *block = &chain->blocks[index];
	struct bytes body = block->body;
	// One label only, so that a body says all.
	if (body.len > MAX_BODY ||
		(chain->is_pem &&
			!bytes_equal(block->label, BYTES_LITERAL("CERTIFICATE")))) {
		return NULL;
	}
	struct place *place = find_place(cache, body, chain->is_pem);
	if (place->cert || cache->num >= MAX_CERTS) {
		return place->cert;
	}
	cache->num++;
	struct bytes copy = arena_copy(&cache->arena, body);
	struct cert *cert = copy.data ? read_copy(cache, chain, index) : NULL;
	if (cert) {
		*place = (struct place){copy, chain->is_pem, cert};
	}
	return cert;
}

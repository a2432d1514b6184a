// SPDX-License-Identifier: Apache-2.0
#include "crypto/keycache.h"

// The issuers of a day's certificates number some hundreds; a place costs 1 KB when used.
#define NUM_PLACES 1024
// Keys whose hashes collide stand in neighbouring places, so many at most.
#define NUM_NEIGHBOURS 8

struct keycache {
	struct pubkey *places[NUM_PLACES];
};

struct keycache *keycache_new(struct err *err)
{
	struct keycache *cache = calloc(1, sizeof(*cache));
	if (!cache) {
		err_no_memory(err);
	}
	return cache;
}

void keycache_free(struct keycache *cache)
{
	if (!cache) {
		return;
	}
	for (size_t i = 0; i < NUM_PLACES; i++) {
		pubkey_unref(cache->places[i]);
	}
	free(cache);
}

// FNV-1a over the end, where the key's own bytes are.
static size_t place_of(struct bytes spki)
{
	uint32_t hash = 2166136261U;
	for (size_t i = spki.len > 48 ? spki.len - 48 : 0; i < spki.len; i++) {
		hash = (hash ^ spki.data[i]) * 16777619U;
	}
	return hash % NUM_PLACES;
}

struct pubkey *keycache_get(
	struct keycache *cache, struct bytes spki, struct digest *digest, struct err *err)
{
	size_t first = place_of(spki);
	struct pubkey **place = &cache->places[first];
	for (size_t i = 0; i < NUM_NEIGHBOURS && *place; i++) {
		place = &cache->places[(first + i) % NUM_PLACES];
		if (*place && bytes_equal(pubkey_spki(*place), spki)) {
			return *place;
		}
	}
	place = *place ? &cache->places[first] : place; // all taken: the first one goes
	struct pubkey *key = pubkey_new(spki, digest, err);
	if (key) {
		pubkey_unref(*place);
		*place = key;
	}
	return key;
}

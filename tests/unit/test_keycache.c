// SPDX-License-Identifier: Apache-2.0
#include "crypto/keycache.h"

#include "tests/unit/test.h"

void test_keycache(void);

void test_keycache(void)
{
	uint8_t a[100] = {1};
	uint8_t b[100] = {2}; // the last 48 bytes decide the place: a collision
	struct bytes spki_a = bytes_of(a, sizeof(a));
	struct bytes spki_b = bytes_of(b, sizeof(b));
	struct err err;
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	struct keycache *cache = keycache_new(&err);
	struct pubkey *first = keycache_get(cache, spki_a, digest, &err);
	CHECK(first && bytes_equal(pubkey_spki(first), spki_a), "the key of these bytes");
	CHECK(keycache_get(cache, spki_a, digest, &err) == first,
		"the same object again");
	uint8_t want[DIGEST_SHA256_LEN];
	CHECK(digest_sha256(digest, &spki_a, 1, want), "hash");
	CHECK(memcmp(pubkey_id(first), want, sizeof(want)) == 0, "its hash");

	(void)pubkey_ref(first);
	struct pubkey *second = keycache_get(cache, spki_b, digest, &err);
	CHECK(second && bytes_equal(pubkey_spki(second), spki_b),
		"a collision: the other key");
	CHECK(keycache_get(cache, spki_a, digest, &err) == first,
		"two keys that collide are both kept");
	CHECK(keycache_get(cache, spki_b, digest, &err) == second, "the second one too");
	for (uint8_t i = 3; i < 10; i++) {
		b[0] = i;
		CHECK(keycache_get(cache, spki_b, digest, &err) != NULL, "key %d", i);
	}
	CHECK(bytes_equal(pubkey_spki(first), spki_a), "a reference outlives it");
	struct pubkey *third = keycache_get(cache, spki_a, digest, &err);
	CHECK(third && third != first && bytes_equal(pubkey_spki(third), spki_a),
		"too many collide: the first is forgotten, and back again");
	pubkey_unref(first);

	// Short and empty bytes, and more keys than places.
	for (size_t i = 0; i < 3000; i++) {
		uint8_t spki[8] = {(uint8_t)i, (uint8_t)(i >> 8)};
		struct bytes in = bytes_of(spki, i % 9);
		struct pubkey *key = keycache_get(cache, in, digest, &err);
		CHECK(key && bytes_equal(pubkey_spki(key), in), "key %zu", i);
	}
	CHECK_CODE(&err, CODE_NONE, "no error");
	struct evp_pkey_st *decoded = NULL;
	third = keycache_get(cache, spki_a, digest, &err);
	CHECK_INT(pubkey_decoded(third, &decoded), PUBKEY_UNREADABLE, "no key at all");
	CHECK_INT(pubkey_type(third), KEY_OTHER, "of no type");
	keycache_free(cache);
	keycache_free(NULL);
	digest_free(digest);
}

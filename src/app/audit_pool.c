// SPDX-License-Identifier: Apache-2.0
#include "app/audit_pool.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "x509/cert.h"
#include "x509/pem.h"

// The same few CA certificates stand in chain after chain: those met lately are known by
// their bytes.
#define NUM_KNOWN 1024

// What the inputs may add of themselves.
#define MAX_BYTES ((size_t)16 * 1024 * 1024)

struct pool {
	struct issuers *issuers;
	struct arena arena;
	struct digest *digest;
	uint8_t known[NUM_KNOWN][DIGEST_SHA256_LEN];
	struct err *err;
};

// By the hash of all of it: a part, such as the signature, can stand in another one too.
static bool is_known(struct pool *pool, struct bytes der)
{
	uint8_t hash[DIGEST_SHA256_LEN];
	if (!digest_sha256(pool->digest, &der, 1, hash)) {
		return false;
	}
	uint8_t *place = pool->known[((size_t)hash[0] << 8 | hash[1]) % NUM_KNOWN];
	bool known = memcmp(place, hash, sizeof(hash)) == 0;
	memcpy(place, hash, sizeof(hash));
	return known;
}

static bool add_der(struct pool *pool, struct bytes der)
{
	struct cert cert;
	struct err reason;
	err_clear(&reason);
	if (is_known(pool, der) || !cert_read(der, &cert, &reason) || !cert.is_ca) {
		return true;
	}
	if (issuers_add(pool->issuers, der, &reason)) {
		return true;
	}
	*pool->err = reason;
	return reason.code != CODE_OUT_OF_MEMORY;
}

static bool add_pem(struct pool *pool, struct bytes text)
{
	struct pem_block block;
	struct err ignored;
	size_t at = 0;
	err_clear(&ignored);
	while (pem_next(text, &at, CODE_BAD_CERTIFICATE, &block, &ignored)) {
		struct bytes der;
		arena_reset(&pool->arena);
		if (pem_is_certificate(&block) &&
			pem_decode(&block, text, CODE_BAD_CERTIFICATE, &pool->arena, &der,
				&ignored) &&
			!add_der(pool, pem_without_trust(der, &block))) {
			return false;
		}
	}
	return true;
}

static bool add_found(struct pool *pool, const struct found *found)
{
	if (found->issuer.len && !add_der(pool, found->issuer)) {
		return false;
	}
	if (found->line == 0) {
		return !found->is_ca || add_der(pool, found->data);
	}
	// In PEM a chain stands behind the certificate, or it is a CA's itself.
	return (!found->is_ca && !found->has_chain) || add_pem(pool, found->data);
}

bool audit_pool_add(
	struct issuers *issuers, const struct audit_inputs *inputs, struct err *err)
{
	struct pool *pool = calloc(1, sizeof(*pool));
	struct record_walk *walk = record_walk_new(inputs, true, err);
	bool done = pool && walk && (pool->digest = digest_new(err)) != NULL;
	size_t max_bytes = issuers_bytes(issuers) + MAX_BYTES;
	while (done && issuers_num(issuers) < ISSUERS_MAX &&
		issuers_bytes(issuers) < max_bytes) {
		const char *path = NULL;
		struct found found;
		struct err reason;
		err_clear(&reason);
		pool->issuers = issuers;
		pool->err = err;
		enum record_walk_result result =
			record_walk_next(walk, &path, &found, &reason);
		if (result == RECORD_WALK_END || result == RECORD_WALK_NO_MEMORY) {
			done = result == RECORD_WALK_END;
			break;
		}
		if (result == RECORD_WALK_FOUND) {
			done = add_found(pool, &found);
		}
	}
	if (pool) {
		digest_free(pool->digest);
		arena_clear(&pool->arena);
	}
	free(pool);
	record_walk_free(walk);
	return done || err_no_memory(err);
}

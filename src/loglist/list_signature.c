// SPDX-License-Identifier: Apache-2.0
#include "loglist/list_signature.h"

#include "base/arena.h"
#include "crypto/verifier.h"
#include "x509/pem.h"

static bool refuse(struct err *err, const char *why)
{
	return err_set(err, CODE_LOG_LIST_SIGNATURE_INVALID, ERR_NO_OFFSET, "%s", why);
}

// The SPKI of the PEM text, in `arena`.
static bool read_key(
	struct bytes pem, struct arena *arena, struct bytes *out, struct err *err)
{
	struct pem_block block;
	struct err why;
	size_t at = 0;
	err_clear(&why);
	while (pem_next(pem, &at, CODE_LOG_LIST_SIGNATURE_INVALID, &block, &why)) {
		if (bytes_equal(block.label, BYTES_LITERAL("PUBLIC KEY"))) {
			return pem_decode(&block, pem, CODE_LOG_LIST_SIGNATURE_INVALID,
				arena, out, err);
		}
	}
	if (why.code != CODE_NONE) {
		*err = why;
		return false;
	}
	return refuse(err, "the key file has no block BEGIN PUBLIC KEY");
}

static bool verify(
	struct pubkey *key, struct bytes hash, struct bytes signature, struct err *err)
{
	enum key_type type = pubkey_type(key);
	struct verify_job job = {.key = key,
		.alg = type == KEY_EC ? sigalg_sct_ecdsa() : sigalg_sct_rsa(),
		.digest = hash,
		.signature = signature};
	struct verify_job *jobs[] = {&job};
	struct verifier *verifier = verifier_new(NULL, err);
	if (!verifier) {
		return false;
	}
	verifier_run(verifier, jobs, 1);
	verifier_free(verifier);
	switch (job.result) {
	case VERIFY_VALID:
		return true;
	case VERIFY_NO_MEMORY:
	case VERIFY_PENDING:
		return err_no_memory(err);
	case VERIFY_BAD_KEY:
	case VERIFY_WRONG_KEY_TYPE:
		return refuse(
			err, "the key is neither an RSA nor an EC key that verifies");
	case VERIFY_INVALID:
		break;
	}
	return refuse(err,
		"the signature is not one of this key over this list: the list, the "
		"signature or the key is not what it ought to be, or one is newer than "
		"the other");
}

bool list_signature_check(
	struct bytes list, struct bytes signature, struct bytes key_pem, struct err *err)
{
	struct arena arena = {NULL, NULL};
	uint8_t hash[DIGEST_SHA256_LEN];
	struct bytes spki = BYTES_NONE;
	struct pubkey *key = NULL;
	struct digest *digest = digest_new(err);
	if (digest && read_key(key_pem, &arena, &spki, err)) {
		key = pubkey_new(spki, digest, err);
	}
	bool done = key &&
		(digest_sha256(digest, &list, 1, hash) || err_no_memory(err)) &&
		verify(key, bytes_of(hash, sizeof(hash)), signature, err);
	pubkey_unref(key);
	digest_free(digest);
	arena_clear(&arena);
	return done;
}

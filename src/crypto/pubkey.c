// SPDX-License-Identifier: Apache-2.0
#include "crypto/pubkey.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdatomic.h>

struct pubkey {
	atomic_uint refs;
	_Atomic(EVP_PKEY *) decoded;
	uint8_t id[DIGEST_SHA256_LEN];
	size_t spki_len;
	uint8_t spki[];
};

struct pubkey *pubkey_new(struct bytes spki, struct digest *digest, struct err *err)
{
	struct pubkey *key = calloc(1, sizeof(*key) + spki.len);
	if (!key) {
		err_no_memory(err);
		return NULL;
	}
	atomic_init(&key->refs, 1);
	atomic_init(&key->decoded, NULL);
	key->spki_len = spki.len;
	if (spki.len) {
		memcpy(key->spki, spki.data, spki.len);
	}
	if (!digest_sha256(digest, &spki, 1, key->id)) {
		err_no_memory(err);
		free(key);
		return NULL;
	}
	return key;
}

struct pubkey *pubkey_ref(struct pubkey *key)
{
	atomic_fetch_add(&key->refs, 1);
	return key;
}

void pubkey_unref(struct pubkey *key)
{
	if (key && atomic_fetch_sub(&key->refs, 1) == 1) {
		EVP_PKEY_free(atomic_load(&key->decoded));
		free(key);
	}
}

struct bytes pubkey_spki(const struct pubkey *key)
{
	return bytes_of(key->spki, key->spki_len);
}

const uint8_t *pubkey_id(const struct pubkey *key)
{
	return key->id;
}

// Any error of the queue that speaks of memory: then the bytes are not to blame.
static bool openssl_ran_out_of_memory(void)
{
	bool found = false;
	for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
		found = found || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
	}
	return found;
}

enum pubkey_result pubkey_decoded(struct pubkey *key, EVP_PKEY **out_key)
{
	EVP_PKEY *decoded = atomic_load(&key->decoded);
	if (decoded) {
		*out_key = decoded;
		return PUBKEY_OK;
	}
	const uint8_t *pos = key->spki;
	ERR_clear_error();
	decoded = d2i_PUBKEY(NULL, &pos, (long)key->spki_len);
	if (!decoded) {
		return openssl_ran_out_of_memory() ? PUBKEY_NO_MEMORY : PUBKEY_UNREADABLE;
	}
	ERR_clear_error();
	if (pos != key->spki + key->spki_len) {
		EVP_PKEY_free(decoded);
		return PUBKEY_UNREADABLE;
	}
	EVP_PKEY *before = NULL;
	if (!atomic_compare_exchange_strong(&key->decoded, &before, decoded)) {
		EVP_PKEY_free(decoded);
		decoded = before;
	}
	*out_key = decoded;
	return PUBKEY_OK;
}

enum key_type pubkey_type(struct pubkey *key)
{
	EVP_PKEY *decoded = NULL;
	if (pubkey_decoded(key, &decoded) != PUBKEY_OK) {
		return KEY_OTHER;
	}
	switch (EVP_PKEY_get_base_id(decoded)) {
	case EVP_PKEY_RSA:
		return KEY_RSA;
	case EVP_PKEY_RSA_PSS:
		return KEY_RSA_PSS;
	case EVP_PKEY_EC:
		return KEY_EC;
	case EVP_PKEY_ED25519:
		return KEY_ED25519;
	case EVP_PKEY_ED448:
		return KEY_ED448;
	case EVP_PKEY_DSA:
		return KEY_DSA;
	default:
		return KEY_OTHER;
	}
}

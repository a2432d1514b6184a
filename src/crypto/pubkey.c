// SPDX-License-Identifier: Apache-2.0
#include "crypto/pubkey.h"

#include <openssl/core_names.h>
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
	bytes_copy(key->spki, spki);
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

// RFC 5480: P-256, its generator as the point.
#define SOUND_EC_KEY                                                                     \
	BYTES_LITERAL("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a" \
		      "\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04\x6b\x17\xd1\xf2\xe1" \
		      "\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d" \
		      "\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\x4f\xe3\x42\xe2\xfe" \
		      "\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b" \
		      "\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5")
// RFC 3279 2.3.1: 512 bits, all of them set.
#define SOUND_RSA_KEY                                                                    \
	BYTES_LITERAL("\x30\x5c\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05" \
		      "\x00\x03\x4b\x00\x30\x48\x02\x41\x00\xff\xff\xff\xff\xff\xff\xff" \
		      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" \
		      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" \
		      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" \
		      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x03\x01\x00\x01")

EVP_PKEY *pubkey_sound(enum key_type type)
{
	struct bytes spki = type == KEY_EC ? SOUND_EC_KEY : SOUND_RSA_KEY;
	const uint8_t *pos = spki.data;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &pos, (long)spki.len);
	ERR_clear_error();
	return key;
}

static bool openssl_reads(enum key_type type)
{
	EVP_PKEY *key = pubkey_sound(type);
	EVP_PKEY_free(key);
	return key != NULL;
}

// OpenSSL loads its algorithms at their first use; one that finds no memory then is
// missing for ever, and keys that need it look broken. So a broken key is believed only
// where sound ones are still read.
static bool openssl_reads_keys(void)
{
	return openssl_reads(KEY_EC) && openssl_reads(KEY_RSA);
}

// NULL: not decoded, and *out_why says whose fault it is.
static EVP_PKEY *decode(
	const struct pubkey *key, const uint8_t **pos, enum pubkey_result *out_why)
{
	*pos = key->spki;
	ERR_clear_error();
	EVP_PKEY *decoded = d2i_PUBKEY(NULL, pos, (long)key->spki_len);
	*out_why = PUBKEY_UNREADABLE;
	if (!decoded && (openssl_ran_out_of_memory() || !openssl_reads_keys())) {
		*out_why = PUBKEY_NO_MEMORY;
	} else if (!decoded) {
		// Some failed allocations leave no trace in the queue.
		*pos = key->spki;
		decoded = d2i_PUBKEY(NULL, pos, (long)key->spki_len);
	}
	ERR_clear_error();
	return decoded;
}

enum pubkey_result pubkey_decoded(struct pubkey *key, EVP_PKEY **out_key)
{
	EVP_PKEY *decoded = atomic_load(&key->decoded);
	if (decoded) {
		*out_key = decoded;
		return PUBKEY_OK;
	}
	const uint8_t *pos = NULL;
	enum pubkey_result why;
	decoded = decode(key, &pos, &why);
	if (!decoded) {
		return why;
	}
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

static bool coordinate(
	const EVP_PKEY *key, const char *name, uint8_t *room, struct bytes *out)
{
	BIGNUM *number = NULL;
	bool done = EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
		BN_num_bytes(number) <= PUBKEY_MAX_COORDINATE;
	if (done) {
		*out = bytes_of(room, (size_t)BN_bn2bin(number, room));
	}
	BN_free(number);
	return done;
}

bool pubkey_ec_point(struct pubkey *key, struct pubkey_point *out)
{
	EVP_PKEY *decoded = NULL;
	size_t len = 0;
	bool done = pubkey_type(key) == KEY_EC &&
		pubkey_decoded(key, &decoded) == PUBKEY_OK &&
		EVP_PKEY_get_utf8_string_param(decoded, OSSL_PKEY_PARAM_GROUP_NAME,
			out->group, sizeof(out->group), &len) == 1 &&
		coordinate(decoded, OSSL_PKEY_PARAM_EC_PUB_X, out->room[0], &out->x) &&
		coordinate(decoded, OSSL_PKEY_PARAM_EC_PUB_Y, out->room[1], &out->y);
	ERR_clear_error();
	return done;
}

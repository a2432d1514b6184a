// SPDX-License-Identifier: Apache-2.0
// A public key as SubjectPublicKeyInfo bytes, with its SHA-256, decoded at its first use.
//
// One `struct pubkey` may be used by many threads: the decoded key is set once,
// atomically.
#ifndef CRYPTO_PUBKEY_H
#define CRYPTO_PUBKEY_H

#include "crypto/digest.h"
#include "crypto/sigalg.h"

struct pubkey;
struct evp_pkey_st; // OpenSSL's EVP_PKEY

// Copies `spki` (DER). NULL with `err` set when memory is out. The bytes are not decoded.
struct pubkey *pubkey_new(struct bytes spki, struct digest *digest, struct err *err);
struct pubkey *pubkey_ref(struct pubkey *key);
void pubkey_unref(struct pubkey *key);

struct bytes pubkey_spki(const struct pubkey *key);
// SHA-256 of the SPKI: a log's id (RFC 6962 3.2), an issuer's key hash. 32 bytes, lent.
const uint8_t *pubkey_id(const struct pubkey *key);

enum pubkey_result { PUBKEY_OK, PUBKEY_UNREADABLE, PUBKEY_NO_MEMORY };
// Lends the decoded key; decodes it at the first call of any thread.
enum pubkey_result pubkey_decoded(
	struct pubkey *key, struct evp_pkey_st **out_key) MUST_CHECK;
// Of the decoded key; KEY_OTHER where it does not decode.
enum key_type pubkey_type(struct pubkey *key);

// A key of that type (else RSA) with nothing odd about it, to free with EVP_PKEY_free: what
// OpenSSL cannot do even with it, it cannot do for want of memory. NULL: no memory.
struct evp_pkey_st *pubkey_sound(enum key_type type);

// The longest coordinate is P-521's.
#define PUBKEY_MAX_COORDINATE 66

struct pubkey_point {
	char group[32]; // OpenSSL's name of the curve
	uint8_t room[2][PUBKEY_MAX_COORDINATE];
	struct bytes x; // big-endian, in `room`
	struct bytes y;
};

// Of an EC key on a named curve. False for any other key, and where memory is out.
bool pubkey_ec_point(struct pubkey *key, struct pubkey_point *out) MUST_CHECK;

#endif

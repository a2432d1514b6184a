// SPDX-License-Identifier: Apache-2.0
/* pki_local: what pki_key.c shares with pki_sign.c, and nobody else needs. */
#ifndef TESTS_PKI_PKI_LOCAL_H
#define TESTS_PKI_PKI_LOCAL_H

#include "pki.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

struct pki_key {
	enum pki_key_type type;
	EC_GROUP *group; /* EC */
	BIGNUM *d; /* EC: the scalar; RSA: the private exponent */
	BIGNUM *n, *e; /* RSA, to the end of this list */
	BIGNUM *p, *q; /* p > q */
	BIGNUM *dp, *dq; /* d mod p-1, d mod q-1 */
	BIGNUM *qinv; /* 1/q mod p */
	struct out point; /* EC: the public point; RSA: RSAPublicKey in DER */
	struct out spki;
	uint8_t sha256[PKI_SHA256_LEN], id[20];
};

/* The digest's implementation; PKI_HASH_DEFAULT is SHA-256. Lent by OpenSSL. */
const EVP_MD *pki_hash_md(enum pki_hash hash);

/* AlgorithmIdentifier of a hash, with a NULL as its parameter. */
void pki_hash_algorithm(enum pki_hash hash, struct out *o);

#endif

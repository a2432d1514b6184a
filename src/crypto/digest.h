// SPDX-License-Identifier: Apache-2.0
// Hashing. A `struct digest` is one thread's scratch: made once, used for every
// certificate, no allocation per hash. Includes OpenSSL.
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "base/bytes.h"

#define DIGEST_SHA256_LEN 32
#define DIGEST_MAX_LEN 64

struct digest;

// "OpenSSL 3.0.19 27 Jan 2026": the library that runs. Lives for ever.
const char *digest_library(void);

// NULL with `err` set when OpenSSL cannot give SHA-256 (no memory, no provider).
struct digest *digest_new(struct err *err);
void digest_free(struct digest *digest);

// SHA-256 over the parts, one after another. False: OpenSSL failed (memory).
bool digest_sha256(struct digest *digest, const struct bytes *parts, size_t num_parts,
	uint8_t out[DIGEST_SHA256_LEN]) MUST_CHECK;

enum digest_result {
	DIGEST_DONE,
	DIGEST_UNKNOWN, // OpenSSL does not know that hash
	DIGEST_FAILED, // no memory
};
// The hash that OpenSSL knows by `name` (a string that stays, such as sigalg.c's), or by
// the DER contents of its OID.
enum digest_result digest_named(struct digest *digest, const char *name, struct bytes in,
	uint8_t out[DIGEST_MAX_LEN], size_t *out_len) MUST_CHECK;
enum digest_result digest_by_oid(struct digest *digest, struct bytes oid, struct bytes in,
	uint8_t out[DIGEST_MAX_LEN], size_t *out_len) MUST_CHECK;

#endif

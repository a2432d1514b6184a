// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

// Hashes that one thread meets: those of sigalg.c, and of OCSP's CertIDs.
#define MAX_FETCHED 8

struct digest {
	EVP_MD_CTX *ctx;
	EVP_MD *sha256; // fetched once: an implicit fetch a hash costs a microsecond
	EVP_MD *fetched[MAX_FETCHED];
	const char *names[MAX_FETCHED]; // by which they were asked for; those of tables
	size_t num_fetched;
};

// OpenSSL sets itself up at its first call and does not say when memory ran out then: it
// crashes later, or loses its error queue, without which want of memory looks like a bad
// signature. So that is tried out before anything depends on it.
static bool openssl_is_ready(void)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL) != 1 ||
		!OSSL_LIB_CTX_get0_global_default()) {
		return false;
	}
	ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
	bool has_queue = ERR_peek_error() != 0;
	ERR_clear_error();
	return has_queue;
}

const char *digest_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

struct digest *digest_new(struct err *err)
{
	struct digest *digest = calloc(1, sizeof(*digest));
	if (!digest) {
		err_no_memory(err);
		return NULL;
	}
	bool ready = openssl_is_ready();
	digest->ctx = ready ? EVP_MD_CTX_new() : NULL;
	digest->sha256 = digest->ctx ? EVP_MD_fetch(NULL, "SHA256", NULL) : NULL;
	if (!digest->ctx || !digest->sha256) {
		err_set(err, CODE_OUT_OF_MEMORY, ERR_NO_OFFSET,
			"OpenSSL cannot give SHA-256: no memory, or no default provider");
		ERR_clear_error();
		digest_free(digest);
		return NULL;
	}
	return digest;
}

void digest_free(struct digest *digest)
{
	if (!digest) {
		return;
	}
	for (size_t i = 0; i < digest->num_fetched; i++) {
		EVP_MD_free(digest->fetched[i]);
	}
	EVP_MD_CTX_free(digest->ctx);
	EVP_MD_free(digest->sha256);
	free(digest);
}

bool digest_sha256(struct digest *digest, const struct bytes *parts, size_t num_parts,
	uint8_t out[DIGEST_SHA256_LEN])
{
	bool done = EVP_DigestInit_ex2(digest->ctx, digest->sha256, NULL) == 1;
	for (size_t i = 0; i < num_parts && done; i++) {
		done = EVP_DigestUpdate(digest->ctx, parts[i].data, parts[i].len) == 1;
	}
	done = done && EVP_DigestFinal_ex(digest->ctx, out, NULL) == 1;
	if (!done) {
		ERR_clear_error();
	}
	return done;
}

// Lent; NULL where OpenSSL has none, or no memory.
static EVP_MD *fetch(struct digest *digest, const char *name)
{
	for (size_t i = 0; i < digest->num_fetched; i++) {
		if (strcmp(digest->names[i], name) == 0) {
			return digest->fetched[i];
		}
	}
	EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
	if (md && digest->num_fetched == MAX_FETCHED) {
		EVP_MD_free(digest->fetched[--digest->num_fetched]);
	}
	if (md) {
		digest->names[digest->num_fetched] = name;
		digest->fetched[digest->num_fetched++] = md;
	}
	return md;
}

// A hash that every provider has is missing only where memory ran out, perhaps long ago:
// what OpenSSL could not load at the first use, it does not try again.
static bool ran_out_of_memory(const char *name)
{
	bool found = strncmp(name, "SHA", 3) == 0 && name[3] != '\0'; // "SHA" is SHA-0
	for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
		found = found || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
	}
	return found;
}

enum digest_result digest_named(struct digest *digest, const char *name, struct bytes in,
	uint8_t out[DIGEST_MAX_LEN], size_t *out_len)
{
	EVP_MD *md = fetch(digest, name);
	if (!md) {
		return ran_out_of_memory(name) ? DIGEST_FAILED : DIGEST_UNKNOWN;
	}
	// SHAKE's length is a matter of agreement: no CertID or signature says it.
	if ((EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) || EVP_MD_get_size(md) <= 0 ||
		EVP_MD_get_size(md) > DIGEST_MAX_LEN) {
		return DIGEST_UNKNOWN;
	}
	unsigned len = 0;
	bool done = EVP_DigestInit_ex2(digest->ctx, md, NULL) == 1 &&
		EVP_DigestUpdate(digest->ctx, in.data, in.len) == 1 &&
		EVP_DigestFinal_ex(digest->ctx, out, &len) == 1;
	ERR_clear_error();
	*out_len = done ? len : 0;
	return done ? DIGEST_DONE : DIGEST_FAILED;
}

enum digest_result digest_by_oid(struct digest *digest, struct bytes oid, struct bytes in,
	uint8_t out[DIGEST_MAX_LEN], size_t *out_len)
{
	// The universal OBJECT IDENTIFIER header goes in front again, for OpenSSL's
	// reader.
	uint8_t der[64];
	if (oid.len > sizeof(der) - 2) {
		return DIGEST_UNKNOWN;
	}
	der[0] = 0x06;
	der[1] = (uint8_t)oid.len;
	bytes_copy(der + 2, oid);
	const uint8_t *pos = der;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &pos, (long)oid.len + 2);
	int nid = object ? OBJ_obj2nid(object) : NID_undef;
	ASN1_OBJECT_free(object);
	ERR_clear_error();
	if (nid == NID_undef) {
		return DIGEST_UNKNOWN;
	}
	return digest_named(digest, OBJ_nid2sn(nid), in, out, out_len);
}

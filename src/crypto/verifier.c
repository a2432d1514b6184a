// SPDX-License-Identifier: Apache-2.0
#include "crypto/verifier.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/proverr.h>
#include <openssl/rsa.h>

#include "crypto/ecdsa.h"

// A key's context for one algorithm, ready for EVP_PKEY_verify again and again.
struct key_context {
	uint8_t id[DIGEST_SHA256_LEN];
	const struct sigalg *alg;
	EVP_PKEY_CTX *ctx;
};

// Open addressing; twice as many places as keys keeps the probes short.
#define NUM_PLACES ((size_t)2 * VERIFIER_MAX_KEYS)

struct verifier {
	struct fast *fast; // NULL: without
	struct curve_sums *sums; // the fast one's scratch
	EVP_MD_CTX *message_ctx; // for algorithms that sign the whole message
	size_t num_keys;
	struct key_context places[NUM_PLACES];
};

static void forget_keys(struct verifier *verifier)
{
	for (size_t i = 0; i < NUM_PLACES; i++) {
		EVP_PKEY_CTX_free(verifier->places[i].ctx);
		verifier->places[i] = (struct key_context){.ctx = NULL};
	}
	verifier->num_keys = 0;
}

static struct key_context *find_place(
	struct verifier *verifier, const uint8_t *id, const struct sigalg *alg)
{
	size_t at = ((size_t)id[0] << 8 | id[1]) % NUM_PLACES;
	while (verifier->places[at].ctx &&
		(verifier->places[at].alg != alg ||
			memcmp(verifier->places[at].id, id, DIGEST_SHA256_LEN) != 0)) {
		at = (at + 1) % NUM_PLACES;
	}
	return &verifier->places[at];
}

// An id-RSASSA-PSS key may bring its own parameters (RFC 4055 3.1): with these OpenSSL
// takes no salt length but a given one, and CAs use the hash's.
static bool set_salt_length(EVP_PKEY_CTX *ctx)
{
	return EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_AUTO) == 1 ||
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// Such a key refuses every hash but its own, and salts below its least. Other keys never
// do; OpenSSL says so of them where memory ran out while it learned the hash's name.
static enum verify_result why_no_context(const EVP_PKEY *key)
{
	bool may_refuse = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
	enum verify_result why = VERIFY_NO_MEMORY;
	for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
		int reason = ERR_GET_REASON(code);
		if (may_refuse && ERR_GET_LIB(code) == ERR_LIB_PROV &&
			(reason == PROV_R_DIGEST_NOT_ALLOWED ||
				reason == PROV_R_PSS_SALTLEN_TOO_SMALL)) {
			why = VERIFY_WRONG_KEY_TYPE;
		}
	}
	return why;
}

// VERIFY_PENDING and a context, or why there is none.
static enum verify_result key_context_new(
	EVP_PKEY *key, const struct sigalg *alg, EVP_PKEY_CTX **out_ctx)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	EVP_MD *md = EVP_MD_fetch(NULL, alg->md, NULL);
	bool ready = ctx && md && EVP_PKEY_verify_init(ctx) == 1 &&
		(!alg->pss ||
			EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1) &&
		EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
		(!alg->pss || set_salt_length(ctx));
	EVP_MD_free(md);
	if (!ready) {
		EVP_PKEY_CTX_free(ctx);
		return why_no_context(key);
	}
	ERR_clear_error();
	*out_ctx = ctx;
	return VERIFY_PENDING;
}

static enum verify_result decoded_key(const struct verify_job *job, EVP_PKEY **out_key)
{
	switch (pubkey_decoded(job->key, out_key)) {
	case PUBKEY_UNREADABLE:
		return VERIFY_BAD_KEY;
	case PUBKEY_NO_MEMORY:
		return VERIFY_NO_MEMORY;
	case PUBKEY_OK:
		break;
	}
	enum key_type type = pubkey_type(job->key);
	bool fits = type == job->alg->key || (type == KEY_RSA_PSS && job->alg->pss);
	return fits ? VERIFY_PENDING : VERIFY_WRONG_KEY_TYPE;
}

// VERIFY_PENDING and a context, or why there is none.
static enum verify_result find_context(
	struct verifier *verifier, const struct verify_job *job, EVP_PKEY_CTX **out_ctx)
{
	const uint8_t *id = pubkey_id(job->key);
	struct key_context *place = find_place(verifier, id, job->alg);
	if (place->ctx) {
		*out_ctx = place->ctx;
		return VERIFY_PENDING;
	}
	EVP_PKEY *key = NULL;
	enum verify_result result = decoded_key(job, &key);
	if (result != VERIFY_PENDING) {
		return result;
	}
	if (verifier->num_keys == VERIFIER_MAX_KEYS) {
		forget_keys(verifier);
		place = find_place(verifier, id, job->alg);
	}
	result = key_context_new(key, job->alg, out_ctx);
	if (result != VERIFY_PENDING) {
		return result;
	}
	memcpy(place->id, id, DIGEST_SHA256_LEN);
	place->alg = job->alg;
	place->ctx = *out_ctx;
	verifier->num_keys++;
	return VERIFY_PENDING;
}

// OpenSSL says "no" to a signature and to its own lack of memory alike; the queue tells
// them apart. ECDSA_verify: 0 is a false signature, -1 one that does not decode (our own
// look has excluded that), a sum at infinity (which no signer makes), or a failure of its
// own.
static enum verify_result rejected(const struct verify_job *job, int outcome)
{
	bool no_memory = job->alg->key == KEY_EC && outcome < 0;
	for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
		if (ERR_GET_LIB(code) == ERR_LIB_EC &&
			ERR_GET_REASON(code) == EC_R_POINT_AT_INFINITY) {
			no_memory = false;
		} else if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE) {
			no_memory = true;
		}
	}
	return no_memory ? VERIFY_NO_MEMORY : VERIFY_INVALID;
}

static enum verify_result verify_message(
	struct verifier *verifier, const struct verify_job *job)
{
	EVP_PKEY *key = NULL;
	enum verify_result result = decoded_key(job, &key);
	if (result != VERIFY_PENDING) {
		return result;
	}
	EVP_MD_CTX_reset(verifier->message_ctx);
	if (EVP_DigestVerifyInit(verifier->message_ctx, NULL, NULL, NULL, key) != 1) {
		ERR_clear_error();
		return VERIFY_NO_MEMORY;
	}
	int outcome = EVP_DigestVerify(verifier->message_ctx, job->signature.data,
		job->signature.len, job->digest.data, job->digest.len);
	return outcome == 1 ? VERIFY_VALID : rejected(job, outcome);
}

static enum verify_result try_reference(
	struct verifier *verifier, const struct verify_job *job)
{
	if (!job->alg->md) {
		return verify_message(verifier, job);
	}
	EVP_PKEY_CTX *ctx = NULL;
	enum verify_result result = find_context(verifier, job, &ctx);
	if (result != VERIFY_PENDING) {
		return result;
	}
	struct ecdsa_signature ignored;
	if (job->alg->key == KEY_EC && !ecdsa_read(job->signature, &ignored)) {
		return VERIFY_INVALID;
	}
	int outcome = EVP_PKEY_verify(ctx, job->signature.data, job->signature.len,
		job->digest.data, job->digest.len);
	return outcome == 1 ? VERIFY_VALID : rejected(job, outcome);
}

static bool openssl_has_memory(const struct sigalg *alg)
{
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key = pubkey_sound(alg->key);
	bool has = key && alg->md && key_context_new(key, alg, &ctx) == VERIFY_PENDING;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return has;
}

// Keys with odd parameters (an even order, a least salt longer than the key) make OpenSSL
// fail in ways that look like lack of memory. What fails twice, while a sound key does
// not, is the key's fault.
static enum verify_result reference_verify(
	struct verifier *verifier, const struct verify_job *job)
{
	enum verify_result result = try_reference(verifier, job);
	if (result == VERIFY_NO_MEMORY && openssl_has_memory(job->alg)) {
		result = try_reference(verifier, job);
		if (result == VERIFY_NO_MEMORY && openssl_has_memory(job->alg)) {
			return VERIFY_BAD_KEY;
		}
	}
	return result;
}

struct verifier *verifier_new(struct fast *fast, struct err *err)
{
	struct verifier *verifier = calloc(1, sizeof(*verifier));
	if (verifier) {
		verifier->fast = fast ? fast_ref(fast) : NULL;
		verifier->sums = fast ? curve_sums_new() : NULL;
		verifier->message_ctx = EVP_MD_CTX_new();
	}
	if (!verifier || !verifier->message_ctx || (fast && !verifier->sums)) {
		verifier_free(verifier);
		err_no_memory(err);
		return NULL;
	}
	// OpenSSL allocates a thread's error queue at the first error; do that now, so
	// that a later shortage of memory can be told from a bad signature.
	ERR_clear_error();
	return verifier;
}

void verifier_free(struct verifier *verifier)
{
	if (!verifier) {
		return;
	}
	forget_keys(verifier);
	EVP_MD_CTX_free(verifier->message_ctx);
	curve_sums_free(verifier->sums);
	fast_unref(verifier->fast);
	free(verifier);
}

struct fast *verifier_fast(const struct verifier *verifier)
{
	return verifier->fast ? fast_ref(verifier->fast) : NULL;
}

void verifier_run(
	struct verifier *verifier, struct verify_job *const *jobs, size_t num_jobs)
{
	for (size_t i = 0; i < num_jobs; i++) {
		jobs[i]->result = VERIFY_PENDING;
	}
	if (verifier->fast) {
		fast_run(verifier->fast, verifier->sums, jobs, num_jobs);
	}
	for (size_t i = 0; i < num_jobs; i++) {
		if (jobs[i]->result == VERIFY_PENDING) {
			jobs[i]->result = reference_verify(verifier, jobs[i]);
		}
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/verifiers/pairs.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/verifier.h"

#define NUM_KEYS 16
#define BATCH 64
#define MAX_SIGNATURE 160

struct one {
	struct verify_job job;
	uint8_t digest[32];
	uint8_t signature[MAX_SIGNATURE];
};

struct scene {
	EVP_PKEY *own[NUM_KEYS];
	struct pubkey *keys[NUM_KEYS];
	EVP_PKEY_CTX *signers[NUM_KEYS];
	BIGNUM *order;
	struct digest *digest;
	struct verifier *reference;
	struct curve_sums *sums;
	struct fast *fast;
	uint64_t seed;
	struct one batch[BATCH];
};

static void *need(void *made)
{
	if (!made) {
		abort();
	}
	return made;
}

// splitmix64
static uint64_t next(struct scene *s)
{
	uint64_t z = (s->seed += 0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void make_key(struct scene *s, size_t i, const char *group)
{
	struct err err;
	uint8_t *der = NULL;
	err_clear(&err);
	s->own[i] = need(EVP_PKEY_Q_keygen(NULL, NULL, "EC", group));
	int len = i2d_PUBKEY(s->own[i], &der);
	s->keys[i] = need(pubkey_new(bytes_of(der, (size_t)len), s->digest, &err));
	OPENSSL_free(der);
	s->signers[i] = need(EVP_PKEY_CTX_new(s->own[i], NULL));
	if (EVP_PKEY_sign_init(s->signers[i]) != 1) {
		abort();
	}
}

static BIGNUM *order_of(const char *group)
{
	EC_GROUP *curve = need(EC_GROUP_new_by_curve_name(EC_curve_nist2nid(group)));
	BIGNUM *order = need(BN_dup(EC_GROUP_get0_order(curve)));
	EC_GROUP_free(curve);
	return order;
}

static void set_up(struct scene *s, const char *group)
{
	struct err err;
	err_clear(&err);
	s->digest = need(digest_new(&err));
	s->reference = need(verifier_new(NULL, &err));
	s->sums = need(curve_sums_new());
	s->fast = need(fast_new(1, &err));
	s->order = order_of(group);
	for (size_t i = 0; i < NUM_KEYS; i++) {
		make_key(s, i, group);
	}
}

static void clean_up(struct scene *s)
{
	for (size_t i = 0; i < NUM_KEYS; i++) {
		EVP_PKEY_CTX_free(s->signers[i]);
		pubkey_unref(s->keys[i]);
		EVP_PKEY_free(s->own[i]);
	}
	BN_free(s->order);
	fast_unref(s->fast);
	curve_sums_free(s->sums);
	verifier_free(s->reference);
	digest_free(s->digest);
	free(s);
}

static bool make_signature(struct scene *s, struct one *one)
{
	size_t i = next(s) % NUM_KEYS;
	size_t len = sizeof(one->signature);
	for (size_t k = 0; k < sizeof(one->digest); k += 8) {
		uint64_t random = next(s);
		memcpy(&one->digest[k], &random, sizeof(random));
	}
	if (EVP_PKEY_sign(s->signers[i], one->signature, &len, one->digest,
		    sizeof(one->digest)) != 1) {
		return false;
	}
	one->job = (struct verify_job){
		.key = s->keys[i],
		.alg = sigalg_sct_ecdsa(),
		.digest = bytes_of(one->digest, sizeof(one->digest)),
		.signature = bytes_of(one->signature, len),
	};
	return true;
}

static void exchange(BIGNUM **r, BIGNUM **s)
{
	BIGNUM *kept = *r;
	*r = *s;
	*s = kept;
}

// One of r and s, or both, made another number that is near in one way or the other.
static void miss_number(struct scene *s, BIGNUM **r, BIGNUM **t)
{
	BIGNUM *number = next(s) % 2 ? *r : *t;
	switch (next(s) % 9) {
	case 0:
		BN_add_word(number, 1);
		break;
	case 1:
		BN_sub_word(number, 1);
		break;
	case 2: // of s this is valid: "high s"
		BN_sub(number, s->order, number);
		break;
	case 3:
		BN_add(number, number, s->order);
		break;
	case 4:
		exchange(r, t);
		break;
	case 5:
		BN_zero(number);
		break;
	case 6:
		BN_copy(number, s->order);
		break;
	case 7:
		BN_lshift1(number, number);
		break;
	default:
		(void)BN_set_bit(
			number, (int)(next(s) % (unsigned)BN_num_bits(s->order)));
		break;
	}
}

static void miss_by_number(struct scene *s, struct one *one)
{
	const uint8_t *pos = one->signature;
	ECDSA_SIG *signature =
		need(d2i_ECDSA_SIG(NULL, &pos, (long)one->job.signature.len));
	BIGNUM *r = need(BN_dup(ECDSA_SIG_get0_r(signature)));
	BIGNUM *t = need(BN_dup(ECDSA_SIG_get0_s(signature)));
	miss_number(s, &r, &t);
	if (ECDSA_SIG_set0(signature, r, t) != 1) {
		abort();
	}
	uint8_t *out = one->signature;
	one->job.signature.len = (size_t)i2d_ECDSA_SIG(signature, &out);
	ECDSA_SIG_free(signature);
}

static void miss(struct scene *s, struct one *one)
{
	size_t bit = next(s);
	switch (next(s) % 8) {
	case 0:
		one->digest[bit / 8 % sizeof(one->digest)] ^= (uint8_t)(1U << bit % 8);
		break;
	case 1:
		one->signature[bit / 8 % one->job.signature.len] ^=
			(uint8_t)(1U << bit % 8);
		break;
	case 2:
		one->job.signature.len -= bit % 3;
		break;
	case 3:
		one->job.key = s->keys[bit % NUM_KEYS];
		break;
	default:
		miss_by_number(s, one);
		break;
	}
}

static void run_batch(struct scene *s, size_t num, struct pairs_result *result)
{
	struct verify_job *jobs[BATCH] = {NULL};
	bool valid[BATCH];
	for (size_t i = 0; i < num; i++) {
		jobs[i] = &s->batch[i].job;
		jobs[i]->result = VERIFY_PENDING;
	}
	fast_run(s->fast, s->sums, jobs, num);
	for (size_t i = 0; i < num; i++) {
		valid[i] = jobs[i]->result == VERIFY_VALID;
	}
	verifier_run(s->reference, jobs, num);
	for (size_t i = 0; i < num; i++) {
		bool wanted = jobs[i]->result == VERIFY_VALID;
		result->num++;
		result->num_valid += wanted;
		result->num_differ += wanted != valid[i];
	}
}

void pairs_run(const char *group, size_t num, uint64_t seed, struct pairs_result *result)
{
	struct scene *s = need(calloc(1, sizeof(*s)));
	s->seed = seed;
	set_up(s, group);
	for (size_t done = 0; done < num; done += BATCH) {
		size_t now = num - done < BATCH ? num - done : BATCH;
		size_t signed_now = 0;
		for (size_t i = 0; i < now; i++) {
			signed_now += make_signature(s, &s->batch[signed_now]);
		}
		result->num_unsigned += now - signed_now;
		run_batch(s, signed_now, result);
		for (size_t i = 0; i < signed_now; i++) {
			miss(s, &s->batch[i]);
		}
		run_batch(s, signed_now, result);
	}
	clean_up(s);
}

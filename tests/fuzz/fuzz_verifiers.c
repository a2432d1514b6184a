// SPDX-License-Identifier: Apache-2.0
// fast_run, alone and with a table from the first use, and the reference's verifier_run.
//
// Property: of every digest, signature and key on P-256 and P-384 they decide alike. The
// input's first bytes choose the key, the hash and what follows: a digest and a signature's
// DER; a digest and the numbers of which the DER is made; a message that is signed, and what
// damages its digest or signature. Without damage both find it valid.
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "crypto/verifier.h"
#include "tests/fuzz/fuzz.h"
#include "tests/pki/der_write.h"
#include "tests/pki/pki.h"

#define NUM_KEYS 4
#define MAX_LEN 512

enum mode { FROM_DER, FROM_NUMBERS, SIGNED, NUM_MODES };
enum damage {
	FLIP_SIGNATURE,
	FLIP_DIGEST,
	CUT,
	OTHER_KEY,
	HIGH_S,
	ADD_ORDER,
	NUM_DAMAGES
};

static const struct {
	enum pki_hash hash;
	size_t len;
	const char *oid; // ecdsa-with-SHA...
} hashes[] = {
	{PKI_SHA256, 32, "\x2a\x86\x48\xce\x3d\x04\x03\x02"},
	{PKI_SHA384, 48, "\x2a\x86\x48\xce\x3d\x04\x03\x03"},
	{PKI_SHA512, 64, "\x2a\x86\x48\xce\x3d\x04\x03\x04"},
};
#define NUM_HASHES (sizeof(hashes) / sizeof(hashes[0]))

// What all inputs share.
struct scene {
	struct pki_key *own[NUM_KEYS];
	struct pubkey *keys[NUM_KEYS];
	struct verifier *reference;
	struct curve_sums *sums;
	struct fast *fast;
	BIGNUM *orders[2];
};

static struct scene *scene;

static struct scene *scene_new(void)
{
	static const int groups[] = {NID_X9_62_prime256v1, NID_secp384r1};
	static const char *const labels[] = {"one", "two"};
	struct err err;
	err_clear(&err);
	struct scene *s = calloc(1, sizeof(*s));
	struct digest *digest = digest_new(&err);
	fuzz_need_done(s && digest, &err, "a scene");
	for (size_t i = 0; i < NUM_KEYS; i++) {
		s->own[i] = pki_key_new(
			"fuzz_verifiers", i < 2 ? PKI_P256 : PKI_P384, labels[i % 2]);
		const struct out *spki = pki_key_spki(s->own[i]);
		s->keys[i] = pubkey_new(bytes_of(spki->data, spki->len), digest, &err);
		fuzz_need_done(s->keys[i] != NULL, &err, "a key");
	}
	for (size_t i = 0; i < 2; i++) {
		EC_GROUP *group = EC_GROUP_new_by_curve_name(groups[i]);
		s->orders[i] = group ? BN_dup(EC_GROUP_get0_order(group)) : NULL;
		fuzz_need(s->orders[i] != NULL, "an order");
		EC_GROUP_free(group);
	}
	digest_free(digest);
	s->reference = verifier_new(NULL, &err);
	s->sums = curve_sums_new();
	s->fast = fast_new(1, &err);
	fuzz_need_done(s->reference && s->sums && s->fast, &err, "a scene");
	return s;
}

// The input, and what is made of it.
struct given {
	struct bytes rest;
	size_t key;
	size_t hash;
	uint8_t digest[PKI_HASH_MAX];
	struct out signature;
	bool is_valid; // it was signed, and not damaged
};

// The next bytes, zeros behind the last.
static void take(struct given *g, void *out, size_t len)
{
	size_t have = g->rest.len < len ? g->rest.len : len;
	memset(out, 0, len);
	bytes_copy(out, bytes_of(g->rest.data, have));
	g->rest = bytes_of(g->rest.data + have, g->rest.len - have);
}

static uint8_t take_byte(struct given *g)
{
	uint8_t byte;
	take(g, &byte, 1);
	return byte;
}

static void put_numbers(struct given *g)
{
	size_t len = take_byte(g);
	len = len < g->rest.len ? len : g->rest.len;
	derw_integer_bytes(&g->signature, g->rest.data, len);
	derw_integer_bytes(&g->signature, g->rest.data + len, g->rest.len - len);
	derw_wrap(&g->signature, 0, DERW_SEQUENCE);
}

static void damage_number(struct given *g, enum damage damage)
{
	const uint8_t *pos = g->signature.data;
	ECDSA_SIG *read = d2i_ECDSA_SIG(NULL, &pos, (long)g->signature.len);
	uint8_t *der = NULL;
	if (!read) {
		return; // damaged before
	}
	BIGNUM *r = BN_dup(ECDSA_SIG_get0_r(read));
	BIGNUM *s = BN_dup(ECDSA_SIG_get0_s(read));
	const BIGNUM *order = scene->orders[g->key / 2];
	fuzz_need(r && s &&
			(damage == HIGH_S ? BN_sub(s, order, s) : BN_add(s, s, order)) ==
				1 &&
			ECDSA_SIG_set0(read, r, s) == 1,
		"out of memory");
	int len = i2d_ECDSA_SIG(read, &der);
	g->signature.len = 0;
	derw_put(&g->signature, der, len > 0 ? (size_t)len : 0);
	OPENSSL_free(der);
	ECDSA_SIG_free(read);
}

static void damage(struct given *g)
{
	enum damage what = (enum damage)(take_byte(g) % NUM_DAMAGES);
	size_t at = take_byte(g);
	uint8_t bits = take_byte(g);
	g->is_valid = false;
	switch (what) {
	case FLIP_SIGNATURE:
		if (g->signature.len > 0) {
			g->signature.data[at % g->signature.len] ^= bits;
		}
		break;
	case FLIP_DIGEST:
		g->digest[at % hashes[g->hash].len] ^= bits;
		break;
	case CUT:
		g->signature.len -= at < g->signature.len ? at : g->signature.len;
		break;
	case OTHER_KEY:
		g->key = at % NUM_KEYS;
		break;
	case HIGH_S:
	case ADD_ORDER:
		damage_number(g, what);
		break;
	case NUM_DAMAGES:
		break;
	}
}

static void make_signed(struct given *g)
{
	uint8_t message[4];
	take(g, message, sizeof(message));
	pki_digest(hashes[g->hash].hash, message, sizeof(message), g->digest);
	pki_key_sign(scene->own[g->key], hashes[g->hash].hash, message, sizeof(message),
		&g->signature);
	g->is_valid = true;
	for (int i = 0; i < 4 && g->rest.len > 0; i++) {
		damage(g);
	}
}

static void make(struct given *g)
{
	g->key = take_byte(g) % NUM_KEYS;
	g->hash = take_byte(g) % NUM_HASHES;
	enum mode mode = (enum mode)(take_byte(g) % NUM_MODES);
	if (mode == SIGNED) {
		make_signed(g);
		return;
	}
	take(g, g->digest, hashes[g->hash].len);
	if (mode == FROM_NUMBERS) {
		put_numbers(g);
	} else {
		derw_put(&g->signature, g->rest.data, g->rest.len);
	}
}

static void check(const struct given *g)
{
	// In memory of exactly that size, so that a sanitizer sees a read beyond the end.
	uint8_t *copy = malloc(g->signature.len + 1);
	fuzz_need(copy != NULL, "out of memory");
	bytes_copy(copy + 1, bytes_of(g->signature.data, g->signature.len));
	struct verify_job job = {
		.key = scene->keys[g->key],
		.alg = sigalg_by_oid(bytes_of(hashes[g->hash].oid, 8)),
		.digest = bytes_of(g->digest, hashes[g->hash].len),
		.signature = bytes_of(copy + 1, g->signature.len),
	};
	fuzz_need(job.alg != NULL, "an algorithm");
	fast_run(scene->fast, scene->sums, &(struct verify_job *){&job}, 1);
	bool fast = job.result == VERIFY_VALID;
	job.result = VERIFY_PENDING;
	verifier_run(scene->reference, &(struct verify_job *){&job}, 1);
	bool reference = job.result == VERIFY_VALID;
	fuzz_need(fast == reference, "key %zu, hash %zu: fast says %d, the reference %d",
		g->key, g->hash, fast, reference);
	fuzz_need(reference || !g->is_valid, "a signature that was made is not valid");
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct given given = {.rest = bytes_of(data, len < MAX_LEN ? len : MAX_LEN)};
	if (!scene) {
		scene = scene_new();
	}
	if (len > 0) {
		make(&given);
		check(&given);
		derw_clear(&given.signature);
	}
	return 0;
}

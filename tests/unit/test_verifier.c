// SPDX-License-Identifier: Apache-2.0
#include "crypto/verifier.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "crypto/ecdsa.h"
#include "tests/pki/pki.h"
#include "tests/unit/test.h"
#include "x509/algorithm.h"

void test_verifier(void);

#define IN(text) BYTES_LITERAL(text)
#define PKCS1(last) IN("\x2a\x86\x48\x86\xf7\x0d\x01\x01" last)
#define ECDSA_SHA2(last) IN("\x2a\x86\x48\xce\x3d\x04\x03" last)
// RSASSA-PSS-params (RFC 4055 3.1): hash and mask hash SHA-2 of `last`, salt `salt`.
#define PSS_HASH(last) "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" last
#define PSS_PARAMS(last, salt)                                       \
	IN("\x30\x30\xa0\x0d" PSS_HASH(                              \
		last) "\xa1\x1a\x30\x18\x06\x09\x2a\x86\x48\x86\xf7" \
		      "\x0d\x01\x01\x08" PSS_HASH(last) "\xa2\x03\x02\x01" salt)

// Keys made by OpenSSL: the other side of every signature here.
enum { RSA_KEY, PSS, PSS_SHA384, P256, P384, P521, ED25519, ED448, NUM_KEYS };

struct scene {
	struct digest *digest;
	struct verifier *verifier;
	EVP_PKEY *own[NUM_KEYS];
	struct pubkey *keys[NUM_KEYS];
};

static struct pubkey *public_half(struct scene *s, EVP_PKEY *own)
{
	struct err err;
	uint8_t *der = NULL;
	err_clear(&err);
	int len = i2d_PUBKEY(own, &der);
	struct pubkey *key = pubkey_new(bytes_of(der, (size_t)len), s->digest, &err);
	CHECK(key != NULL, "a key: %s", err.text);
	OPENSSL_free(der);
	return key;
}

static EVP_PKEY *pss_key(const EVP_MD *md)
{
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, NULL);
	bool done = EVP_PKEY_keygen_init(ctx) == 1 &&
		EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1 &&
		(!md ||
			(EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, md) == 1 &&
				EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, md) == 1)) &&
		EVP_PKEY_keygen(ctx, &key) == 1;
	CHECK(done, "an RSA-PSS key");
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void set_up(struct scene *s, struct fast *fast)
{
	struct err err;
	err_clear(&err);
	s->digest = digest_new(&err);
	s->verifier = verifier_new(fast, &err);
	s->own[RSA_KEY] = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	s->own[PSS] = pss_key(NULL);
	s->own[PSS_SHA384] = pss_key(EVP_sha384());
	s->own[P256] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	s->own[P384] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	s->own[P521] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
	s->own[ED25519] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	s->own[ED448] = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	for (size_t i = 0; i < NUM_KEYS; i++) {
		s->keys[i] = public_half(s, s->own[i]);
	}
}

static void clean_up(struct scene *s)
{
	for (size_t i = 0; i < NUM_KEYS; i++) {
		pubkey_unref(s->keys[i]);
		EVP_PKEY_free(s->own[i]);
	}
	verifier_free(s->verifier);
	digest_free(s->digest);
}

static const uint8_t message[] = "what is signed";
#define MESSAGE bytes_of(message, sizeof(message))

static size_t sign(EVP_PKEY *key, const char *md, bool pss, uint8_t *out)
{
	size_t len = 1024;
	EVP_PKEY_CTX *own = NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool done = EVP_DigestSignInit_ex(ctx, &own, md, NULL, NULL, key, NULL) == 1 &&
		(!pss ||
			(EVP_PKEY_CTX_set_rsa_padding(own, RSA_PKCS1_PSS_PADDING) == 1 &&
				EVP_PKEY_CTX_set_rsa_pss_saltlen(
					own, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
		EVP_DigestSign(ctx, out, &len, message, sizeof(message)) == 1;
	CHECK(done, "OpenSSL signs");
	EVP_MD_CTX_free(ctx);
	return done ? len : 0;
}

static enum verify_result verify(struct scene *s, struct pubkey *key,
	const struct sigalg *alg, struct bytes in, struct bytes signature)
{
	uint8_t hash[DIGEST_MAX_LEN];
	size_t len = 0;
	struct verify_job job = {
		.key = key, .alg = alg, .digest = in, .signature = signature};
	if (alg->md) {
		CHECK_INT(digest_named(s->digest, alg->md, in, hash, &len), DIGEST_DONE,
			"hash");
		job.digest = bytes_of(hash, len);
	}
	verifier_run(s->verifier, &(struct verify_job *){&job}, 1);
	CHECK(ERR_peek_error() == 0, "OpenSSL's queue is empty behind the verifier");
	return job.result;
}

static const struct {
	const char *name;
	struct bytes oid, params;
	int key;
	const char *md;
	bool pss;
} algorithms[] = {
	{"RSA SHA-256", PKCS1("\x0b"), IN("\x05\x00"), RSA_KEY, "SHA256", false},
	{"RSA SHA-384", PKCS1("\x0c"), IN("\x05\x00"), RSA_KEY, "SHA384", false},
	{"RSA SHA-512", PKCS1("\x0d"), IN("\x05\x00"), RSA_KEY, "SHA512", false},
	{"RSA SHA-224", PKCS1("\x0e"), IN("\x05\x00"), RSA_KEY, "SHA224", false},
	{"RSA SHA-1", PKCS1("\x05"), IN("\x05\x00"), RSA_KEY, "SHA1", false},
	{"RSA MD5", PKCS1("\x04"), IN("\x05\x00"), RSA_KEY, "MD5", false},
	{"P-256 SHA-256", ECDSA_SHA2("\x02"), IN(""), P256, "SHA256", false},
	{"P-256 SHA-512", ECDSA_SHA2("\x04"), IN(""), P256, "SHA512", false},
	{"P-384 SHA-384", ECDSA_SHA2("\x03"), IN(""), P384, "SHA384", false},
	{"P-384 SHA-256", ECDSA_SHA2("\x02"), IN(""), P384, "SHA256", false},
	{"P-521 SHA-512", ECDSA_SHA2("\x04"), IN(""), P521, "SHA512", false},
	{"P-256 SHA-1", IN("\x2a\x86\x48\xce\x3d\x04\x01"), IN(""), P256, "SHA1", false},
	{"Ed25519", IN("\x2b\x65\x70"), IN(""), ED25519, NULL, false},
	{"Ed448", IN("\x2b\x65\x71"), IN(""), ED448, NULL, false},
	{"PSS SHA-256", PKCS1("\x0a"), PSS_PARAMS("\x01", "\x20"), RSA_KEY, "SHA256",
		true},
	{"PSS SHA-384", PKCS1("\x0a"), PSS_PARAMS("\x02", "\x30"), RSA_KEY, "SHA384",
		true},
	{"PSS SHA-512", PKCS1("\x0a"), PSS_PARAMS("\x03", "\x40"), RSA_KEY, "SHA512",
		true},
	{"PSS SHA-1 by default", PKCS1("\x0a"), IN("\x30\x00"), RSA_KEY, "SHA1", true},
	{"PSS SHA-256 of a PSS key", PKCS1("\x0a"), PSS_PARAMS("\x01", "\x20"), PSS,
		"SHA256", true},
	{"PSS SHA-384 of its key", PKCS1("\x0a"), PSS_PARAMS("\x02", "\x30"), PSS_SHA384,
		"SHA384", true},
};

#define NUM_ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

// Which keys an algorithm is for; one of them allows SHA-384 alone.
static bool is_for(const struct sigalg *alg, int key)
{
	static const enum key_type types[NUM_KEYS] = {KEY_RSA, KEY_RSA_PSS, KEY_RSA_PSS,
		KEY_EC, KEY_EC, KEY_EC, KEY_ED25519, KEY_ED448};
	bool allowed = key != PSS_SHA384 || (alg->md && strcmp(alg->md, "SHA384") == 0);
	return types[key] == alg->key ||
		(alg->pss && types[key] == KEY_RSA_PSS && allowed);
}

static void test_algorithms(struct scene *s)
{
	for (size_t i = 0; i < NUM_ALGORITHMS; i++) {
		const char *name = algorithms[i].name;
		uint8_t room[1024];
		const struct sigalg *alg =
			algorithm_find(algorithms[i].oid, algorithms[i].params);
		struct pubkey *key = s->keys[algorithms[i].key];
		CHECK(alg != NULL, "%s is known", name);
		size_t len = sign(s->own[algorithms[i].key], algorithms[i].md,
			algorithms[i].pss, room);
		struct bytes signature = bytes_of(room, len);
		if (!alg) {
			continue;
		}
		CHECK_INT(verify(s, key, alg, MESSAGE, signature), VERIFY_VALID, "%s",
			name);
		CHECK_INT(verify(s, key, alg, IN("other"), signature), VERIFY_INVALID,
			"%s", name);
		CHECK_INT(verify(s, key, alg, MESSAGE, BYTES_NONE), VERIFY_INVALID,
			"%s: none", name);
		CHECK_INT(verify(s, key, alg, MESSAGE, bytes_of(room, len - 1)),
			VERIFY_INVALID, "%s: short", name);
		for (int k = 0; k < NUM_KEYS; k++) {
			if (k != algorithms[i].key) {
				enum verify_result want = is_for(alg, k)
					? VERIFY_INVALID
					: VERIFY_WRONG_KEY_TYPE;
				CHECK_INT(verify(s, s->keys[k], alg, MESSAGE, signature),
					want, "%s with key %d", name, k);
			}
		}
		room[len - 1] ^= 1;
		CHECK_INT(verify(s, key, alg, MESSAGE, signature), VERIFY_INVALID,
			"%s: a bit", name);
		room[len - 1] ^= 1;
		CHECK_INT(verify(s, key, alg, MESSAGE, signature), VERIFY_VALID,
			"%s again", name);
	}
}

static void test_unknown_algorithms(void)
{
	static const struct {
		const char *name;
		struct bytes oid, params;
	} cases[] = {
		{"DSA", IN("\x2a\x86\x48\xce\x38\x04\x03"), IN("")},
		{"no OID", IN(""), IN("")},
		{"PSS without parameters", PKCS1("\x0a"), IN("")},
		{"PSS with NULL", PKCS1("\x0a"), IN("\x05\x00")},
		{"PSS with parameters cut short", PKCS1("\x0a"), IN("\x30\x02\xa0\x05")},
		{"PSS with an unknown hash", PKCS1("\x0a"),
			IN("\x30\x09\xa0\x07\x30\x05\x06\x03\x2a\x03"
			   "\x04")},
		{"PSS with SHA-256 and a mask of SHA-1", PKCS1("\x0a"),
			IN("\x30\x0f\xa0\x0d" PSS_HASH("\x01"))},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(algorithm_find(cases[i].oid, cases[i].params) == NULL, "%s",
			cases[i].name);
	}
	CHECK(sigalg_sct_ecdsa()->key == KEY_EC && sigalg_sct_rsa()->key == KEY_RSA,
		"of SCTs");
	CHECK_TEXT(key_type_name(KEY_RSA_PSS), "rsa-pss", "types have names");
}

// Also where the algorithm is none that we verify.
static void test_sha2(void)
{
	static const struct {
		const char *name;
		struct bytes oid, params;
		bool want;
	} cases[] = {
		{"SHA-1", PKCS1("\x05"), IN("\x05\x00"), false},
		{"SHA-256", PKCS1("\x0b"), IN("\x05\x00"), true},
		{"SHA-512/224", PKCS1("\x0f"), IN("\x05\x00"), true},
		{"SHA-512/256", PKCS1("\x10"), IN("\x05\x00"), true},
		{"one behind it", PKCS1("\x11"), IN("\x05\x00"), false},
		{"PSS with SHA-256 and a mask of SHA-1", PKCS1("\x0a"),
			IN("\x30\x0f\xa0\x0d" PSS_HASH("\x01")), true},
		{"PSS with SHA-512/256", PKCS1("\x0a"),
			IN("\x30\x0f\xa0\x0d" PSS_HASH("\x06")), true},
		{"PSS with SHA3-224", PKCS1("\x0a"),
			IN("\x30\x0f\xa0\x0d" PSS_HASH("\x07")), false},
		{"PSS with no hash", PKCS1("\x0a"),
			IN("\x30\x0f\xa0\x0d" PSS_HASH("\x00")), false},
		{"PSS with its defaults", PKCS1("\x0a"), IN("\x30\x00"), false},
		{"PSS without parameters", PKCS1("\x0a"), IN(""), false},
		{"nothing known", IN("\x2a\x03\x04"), IN(""), false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(algorithm_hashes_by_sha2(cases[i].oid, cases[i].params),
			cases[i].want, "%s", cases[i].name);
	}
}

static bool is_well_formed(struct bytes in)
{
	struct ecdsa_signature ignored;
	return ecdsa_read(in, &ignored);
}

static void test_ecdsa_form(void)
{
	static const struct {
		const char *name;
		struct bytes in;
		bool want;
	} cases[] = {
		{"the shortest", IN("\x30\x06\x02\x01\x01\x02\x01\x01"), true},
		{"zeros in front that are needed",
			IN("\x30\x08\x02\x02\x00\x80\x02\x02\x00\xff"), true},
		{"zero", IN("\x30\x06\x02\x01\x00\x02\x01\x01"), true},
		{"empty", IN(""), false},
		{"a tag", IN("\x30"), false},
		{"seven bytes", IN("\x30\x05\x02\x01\x01\x02\x00"), false},
		{"a SET", IN("\x31\x06\x02\x01\x01\x02\x01\x01"), false},
		{"a byte behind", IN("\x30\x06\x02\x01\x01\x02\x01\x01\x00"), false},
		{"a byte behind, inside", IN("\x30\x07\x02\x01\x01\x02\x01\x01\x00"),
			false},
		{"longer than its bytes", IN("\x30\x07\x02\x01\x01\x02\x01\x01"), false},
		{"a third number", IN("\x30\x09\x02\x01\x01\x02\x01\x01\x02\x01\x01"),
			false},
		{"one number", IN("\x30\x06\x02\x04\x01\x01\x01\x01"), false},
		{"r empty", IN("\x30\x06\x02\x00\x02\x02\x01\x01"), false},
		{"s empty", IN("\x30\x06\x02\x02\x01\x01\x02\x00"), false},
		{"r negative", IN("\x30\x06\x02\x01\x80\x02\x01\x01"), false},
		{"s negative", IN("\x30\x06\x02\x01\x01\x02\x01\x80"), false},
		{"r not minimal", IN("\x30\x07\x02\x02\x00\x01\x02\x01\x01"), false},
		{"s not minimal", IN("\x30\x07\x02\x01\x01\x02\x02\x00\x01"), false},
		{"r of text", IN("\x30\x06\x0c\x01\x01\x02\x01\x01"), false},
		{"r longer than all", IN("\x30\x06\x02\x7f\x01\x02\x01\x01"), false},
		{"r of a long length", IN("\x30\x07\x02\x81\x01\x01\x02\x01\x01"), false},
		{"r of indefinite length", IN("\x30\x08\x02\x80\x01\x00\x00\x02\x01\x01"),
			false},
		{"not minimal length", IN("\x30\x81\x06\x02\x01\x01\x02\x01\x01"), false},
		{"two bytes of length", IN("\x30\x82\x00\x06\x02\x01\x01\x02\x01\x01"),
			false},
		{"indefinite length", IN("\x30\x80\x02\x01\x01\x02\x01\x01\x00\x00"),
			false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		// In memory of its own, so that a sanitizer sees a read beyond.
		uint8_t *copy = malloc(cases[i].in.len ? cases[i].in.len : 1);
		if (!copy) {
			abort();
		}
		memcpy(copy, cases[i].in.data, cases[i].in.len);
		CHECK_INT(is_well_formed(bytes_of(copy, cases[i].in.len)), cases[i].want,
			"%s", cases[i].name);
		free(copy);
	}
	// Lengths around 128, where the header's form changes: two numbers of equal length.
	for (size_t each = 55; each <= 70; each++) {
		struct out o = {0};
		for (int k = 0; k < 2; k++) {
			size_t start = o.len;
			for (size_t i = 0; i < each; i++) {
				derw_put_uint(&o, 0x11, 1);
			}
			derw_wrap(&o, start, DERW_INTEGER);
		}
		derw_wrap(&o, 0, DERW_SEQUENCE);
		CHECK(is_well_formed(bytes_of(o.data, o.len)), "2 x %zu bytes", each);
		CHECK(!is_well_formed(bytes_of(o.data, o.len - 1)), "cut %zu", each);
		derw_clear(&o);
	}
}

// Every single bit of a signature, and numbers outside of the group: invalid, and never a
// lack of memory.
static void test_ecdsa_values(struct scene *s)
{
	static const struct {
		const char *name;
		struct bytes in;
	} cases[] = {
		{"r = 0", IN("\x30\x06\x02\x01\x00\x02\x01\x01")},
		{"s = 0", IN("\x30\x06\x02\x01\x01\x02\x01\x00")},
		{"r = s = 0", IN("\x30\x06\x02\x01\x00\x02\x01\x00")},
		{"r = s = 1", IN("\x30\x06\x02\x01\x01\x02\x01\x01")},
		{"r = the order",
			IN("\x30\x26\x02\x21\x00\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"
			   "\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"
			   "\x02\x01\x01")},
		{"s = the order",
			IN("\x30\x26\x02\x01\x01\x02\x21\x00\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff"
			   "\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc"
			   "\x63\x25\x51")},
		{"r of 40 bytes",
			IN("\x30\x2d\x02\x28"
			   "1234567890123456789012345678901234567890"
			   "\x02\x01\x01")},
	};
	const struct sigalg *alg = sigalg_sct_ecdsa();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(verify(s, s->keys[P256], alg, MESSAGE, cases[i].in),
			VERIFY_INVALID, "%s", cases[i].name);
	}
	uint8_t room[1024];
	size_t len = sign(s->own[P256], "SHA256", false, room);
	for (size_t bit = 0; bit < 8 * len; bit++) {
		room[bit / 8] ^= (uint8_t)(1U << bit % 8);
		CHECK_INT(verify(s, s->keys[P256], alg, MESSAGE, bytes_of(room, len)),
			VERIFY_INVALID, "bit %zu", bit);
		room[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t cut = 0; cut < len; cut++) {
		CHECK_INT(verify(s, s->keys[P256], alg, MESSAGE, bytes_of(room, cut)),
			VERIFY_INVALID, "cut at %zu", cut);
	}
}

// A signature that no signer makes: with the generator as key, hash 1 and r = -1, the two
// points that ECDSA adds cancel out.
static void test_infinity(struct scene *s)
{
	static const uint8_t one[32] = {[31] = 1};
	static const struct bytes signature = IN(
		"\x30\x26\x02\x21\x00\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff"
		"\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25"
		"\x50\x02\x01\x01");
	struct err err;
	err_clear(&err);
	struct pki_key *pki_key = pki_key_new_ec(PKI_P256, one, sizeof(one));
	const struct out *spki = pki_key_spki(pki_key);
	struct pubkey *key = pubkey_new(bytes_of(spki->data, spki->len), s->digest, &err);
	struct verify_job job = {.key = key,
		.alg = sigalg_sct_ecdsa(),
		.digest = bytes_of(one, sizeof(one)),
		.signature = signature};
	verifier_run(s->verifier, &(struct verify_job *){&job}, 1);
	CHECK_INT(job.result, VERIFY_INVALID, "a sum at infinity");
	pubkey_unref(key);
	pki_key_free(pki_key);
}

static enum verify_result with_spki(
	struct scene *s, struct bytes spki, struct bytes signature)
{
	struct err err;
	err_clear(&err);
	struct pubkey *key = pubkey_new(spki, s->digest, &err);
	enum verify_result result =
		verify(s, key, sigalg_sct_ecdsa(), MESSAGE, signature);
	pubkey_unref(key);
	return result;
}

static void test_bad_keys(struct scene *s)
{
	static const struct {
		const char *name;
		struct bytes spki;
	} cases[] = {
		{"nothing", IN("")},
		{"no key", IN("no key")},
		{"cut short", IN("\x30\x59\x30\x13\x06\x07")},
		{"the point at infinity",
			IN("\x30\x19\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce"
			   "\x3d\x03\x01\x07\x03\x02\x00\x00")},
		{"an unknown curve",
			IN("\x30\x16\x30\x0f\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x04"
			   "\x2a\x03\x04\x05\x03\x03\x00\x04\x01")},
		{"an unknown algorithm",
			IN("\x30\x0c\x30\x05\x06\x03\x2a\x03\x04\x03\x03\x00\xaa\xbb")},
	};
	uint8_t room[1024];
	size_t len = sign(s->own[P256], "SHA256", false, room);
	struct bytes signature = bytes_of(room, len);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum verify_result got = with_spki(s, cases[i].spki, signature);
		CHECK(got == VERIFY_BAD_KEY || got == VERIFY_INVALID ||
				got == VERIFY_WRONG_KEY_TYPE,
			"%s: %d", cases[i].name, got);
	}
	struct bytes good = pubkey_spki(s->keys[P256]);
	struct out spki = {0};
	derw_put(&spki, good.data, good.len);
	CHECK_INT(with_spki(s, bytes_of(spki.data, spki.len), signature), VERIFY_VALID,
		"good");
	spki.data[spki.len - 1] ^= 1;
	CHECK_INT(with_spki(s, bytes_of(spki.data, spki.len), signature), VERIFY_BAD_KEY,
		"a point that is not on the curve");
	spki.data[spki.len - 1] ^= 1;
	derw_put(&spki, "", 1);
	CHECK_INT(with_spki(s, bytes_of(spki.data, spki.len), signature), VERIFY_BAD_KEY,
		"a byte behind the key");
	derw_clear(&spki);
}

// Keys that decode, and with which OpenSSL fails as it does where memory is out: an EC key with
// its parameters written out, whose order is even; an RSASSA-PSS key with a least salt of
// 5,000 bytes.
static void test_odd_keys(struct scene *s)
{
	static const struct {
		const char *name;
		const char *spki; // base64
		struct bytes oid, params;
	} cases[] = {
		{"an even order",
			"MIIBMzCB7AYHKoZIzj0CATCB4AIBATAsBgcqhkjOPQEBAiEA/////wAAAAEAAAAAAAAA"
			"AAAAAAD///////////////8wRAQg/////wAAAAEAAAAAAAAAAAAAAAD/////////////"
			"//wEIFrGNdiqOpPns+u9VXaYhrxlHQawzFOw9jvOPD4n0mBLBEEEaxfR8uEsQkf4vOb"
			"lY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN7"
			"9R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8YyVSAgEBA0IABGsX0fLhL"
			"EJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7O"
			"y7ZAaDe/UfU=",
			ECDSA_SHA2("\x02"), BYTES_NONE},
		{"a salt too long",
			"MIIBVzBCBgkqhkiG9w0BAQowNaAPMA0GCWCGSAFlAwQCAQUAoRwwGgYJKoZIhvcNAQE"
			"IMA0GCWCGSAFlAwQCAQUAogQCAhOIA4IBDwAwggEKAoIBAQDXAArJkWd6WkdOiRFksE"
			"OfYiBhxJ+wz/vdE6yv+UdlkZ149jcMxtm0C/yC+z0+eatKrEPV+Qlt0HzGjqAqW9iBo"
			"zTP88TiqYW69gMm0gEirHpZKcZrk7z3nvPUP3xKMwCZHkaRCs71YIL3W1Mgi3v5Gpn5"
			"/87f746I/X1mPFLnGv8Ssg8LAqGRMeMJQW4y7XiNb3jC7au0pMf5qnyE7m507MN6vJt"
			"95U0m7AauAHrPgIpKck7IiePCx5UI2HzRSiL7/9w+v1WEJ6oNAe56IA9mDZku5z5GQf"
			"SRPS7fQS2waL35EY2etBPgD1uz+Q5tUw3LiBGCS0Qt9vZYcX5kkER3AgMBAAE=",
			PKCS1("\x0a"), PSS_PARAMS("\x01", "\x20")},
	};
	uint8_t room[1024];
	size_t len = sign(s->own[P256], "SHA256", false, room);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t spki[512];
		size_t spki_len = 0;
		struct err err;
		err_clear(&err);
		CHECK(text_unbase64(bytes_of_text(cases[i].spki), spki, &spki_len), "%s",
			cases[i].name);
		struct pubkey *key =
			pubkey_new(bytes_of(spki, spki_len), s->digest, &err);
		const struct sigalg *alg = algorithm_find(cases[i].oid, cases[i].params);
		enum verify_result got =
			verify(s, key, alg, MESSAGE, bytes_of(room, len));
		CHECK_INT(got, VERIFY_BAD_KEY, "%s", cases[i].name);
		pubkey_unref(key);
	}
}

// More keys than the cache holds, twice over; keys come back after they were forgotten.
static void test_many_keys(struct scene *s)
{
	enum { NUM = VERIFIER_MAX_KEYS + 40 };
	struct err err;
	struct pubkey **keys = calloc(NUM, sizeof(*keys));
	struct verify_job *jobs = calloc(NUM, sizeof(*jobs));
	struct verify_job **batch = calloc(NUM, sizeof(struct verify_job *));
	struct out *signatures = calloc(NUM, sizeof(*signatures));
	uint8_t hash[PKI_HASH_MAX];
	derw_need(keys && jobs && batch && signatures, "memory");
	err_clear(&err);
	pki_digest(PKI_SHA256, message, sizeof(message), hash);
	for (size_t i = 0; i < NUM; i++) {
		char label[32];
		(void)snprintf(label, sizeof(label), "key %zu", i);
		struct pki_key *key = pki_key_new("verifier", PKI_P256, label);
		const struct out *spki = pki_key_spki(key);
		pki_key_sign(key, PKI_SHA256, message, sizeof(message), &signatures[i]);
		keys[i] = pubkey_new(bytes_of(spki->data, spki->len), s->digest, &err);
		jobs[i] = (struct verify_job){.key = keys[i],
			.alg = sigalg_sct_ecdsa(),
			.digest = bytes_of(hash, 32),
			.signature = bytes_of(signatures[i].data, signatures[i].len)};
		batch[i] = &jobs[i];
		pki_key_free(key);
	}
	for (int round = 0; round < 2; round++) {
		verifier_run(s->verifier, batch, NUM);
		size_t num_valid = 0;
		for (size_t i = 0; i < NUM; i++) {
			num_valid += jobs[i].result == VERIFY_VALID;
		}
		CHECK_INT(num_valid, NUM, "round %d", round);
	}
	jobs[0].signature = jobs[1].signature;
	verifier_run(s->verifier, batch, 2);
	CHECK_INT(jobs[0].result, VERIFY_INVALID, "another key's signature");
	CHECK_INT(jobs[1].result, VERIFY_VALID, "its own");
	for (size_t i = 0; i < NUM; i++) {
		pubkey_unref(keys[i]);
		derw_clear(&signatures[i]);
	}
	free(signatures);
	free(batch);
	free(jobs);
	free(keys);
}

// All of it by the reference alone, and with the fast verifier in front of it.
static void test_backend(struct fast *fast)
{
	struct scene scene = {0};
	set_up(&scene, fast);
	test_algorithms(&scene);
	test_ecdsa_values(&scene);
	test_infinity(&scene);
	test_bad_keys(&scene);
	test_odd_keys(&scene);
	test_many_keys(&scene);
	clean_up(&scene);
}

void test_verifier(void)
{
	struct err err;
	err_clear(&err);
	struct fast *fast = fast_new(1, &err);
	test_unknown_algorithms();
	test_sha2();
	test_ecdsa_form();
	test_backend(NULL);
	test_backend(fast);
	fast_unref(fast);
	verifier_free(NULL);
}

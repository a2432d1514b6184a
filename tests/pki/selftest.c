// SPDX-License-Identifier: Apache-2.0
/*
 * selftest: holds tests/pki against OpenSSL, and its bytes against a known digest.
 *
 * One line a failed check; the exit status is 1 when there is one.
 */
#include "selftest.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

/* SHA-256 of make_everything(PKI_WORLD_SEED): the same for every OpenSSL and machine. */
#define WANT_EVERYTHING "a952d68ebfda96254611df05f5c04fc0bc064e6b53a05fb45d08d891f50cb580"

void check(struct test *t, bool ok, const char *what, const char *which)
{
	t->num_checks++;
	t->num_failed += ok ? 0 : 1;
	if (!ok) {
		printf("FAILED: %s%s%s\n", what, which[0] != 0 ? ": " : "", which);
	}
}

static bool hex_equals(const struct out *o, const char *want)
{
	struct out hex = {0};

	pki_hex(&hex, o->data, o->len);
	bool same = strcmp(derw_str(&hex), want) == 0;
	derw_clear(&hex);
	return same;
}

/* ---- DER and text ---- */

static bool time_agrees(int64_t seconds)
{
	ASN1_TIME *theirs = ASN1_TIME_set(NULL, (time_t)seconds);
	unsigned char *der = NULL;
	int len = i2d_ASN1_TIME(theirs, &der);
	struct derw_date date = derw_date(seconds);
	struct out ours = {0};

	derw_time(&ours, seconds);
	bool same = len > 0 && (size_t)len == ours.len &&
		memcmp(der, ours.data, ours.len) == 0 && derw_seconds(&date) == seconds;
	OPENSSL_free(der);
	ASN1_TIME_free(theirs);
	derw_clear(&ours);
	return same;
}

static void test_times(struct test *t)
{
	bool same = true;
	/* from 1900 to 2200, by steps that meet every day of the year and time of day */
	for (int64_t seconds = -2208988800; seconds < 7258118400;
		seconds += 86400 * 3 + 12347) {
		same = same && time_agrees(seconds);
	}
	static const char *const edges[] = {"1949-12-31T23:59:59Z",
		"1950-01-01T00:00:00Z", "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z",
		"2000-02-29T12:00:00Z", "2100-02-28T23:59:59Z", "2100-03-01T00:00:00Z",
		"1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z"};
	for (size_t i = 0; i < NUM(edges); i++) {
		struct out text = {0};
		pki_rfc3339(&text, pki_seconds(edges[i]));
		same = same && time_agrees(pki_seconds(edges[i])) &&
			strcmp(derw_str(&text), edges[i]) == 0;
		derw_clear(&text);
	}
	check(t, same, "times as OpenSSL encodes them", "1900 to 2200");
}

static void test_oids(struct test *t)
{
	static const char *const oids[] = {"1.2.840.113549.1.1.11", "2.5.29.15",
		PKI_OID_SCT_LIST, "2.999.3", "0.9.2342.19200300.100.1.25",
		"1.2.18446744073709551615", "2.16.840.1.101.3.4.2.3"};

	for (size_t i = 0; i < NUM(oids); i++) {
		ASN1_OBJECT *object = OBJ_txt2obj(oids[i], 1);
		unsigned char *der = NULL;
		int len = i2d_ASN1_OBJECT(object, &der);
		struct out ours = {0};
		derw_oid(&ours, oids[i]);
		check(t, (size_t)len == ours.len && memcmp(der, ours.data, ours.len) == 0,
			"object identifier as OpenSSL encodes it", oids[i]);
		OPENSSL_free(der);
		ASN1_OBJECT_free(object);
		derw_clear(&ours);
	}
}

static void test_small_der(struct test *t)
{
	static const struct {
		uint64_t value;
		const char *want;
	} cases[] = {{0, "020100"}, {127, "02017f"}, {128, "02020080"}, {256, "02020100"},
		{UINT64_MAX, "020900ffffffffffffffff"}};
	struct out o = {0};

	for (size_t i = 0; i < NUM(cases); i++) {
		o.len = 0;
		derw_integer(&o, cases[i].value);
		check(t, hex_equals(&o, cases[i].want), "INTEGER", cases[i].want);
	}
	static const size_t lengths[] = {0, 127, 128, 255, 256, 65535, 65536};
	for (size_t i = 0; i < NUM(lengths); i++) {
		const unsigned char *p;
		long len = 0;
		int tag = 0, class = 0;
		o.len = 0;
		while (o.len < lengths[i]) {
			derw_put_uint(&o, 0, 1);
		}
		derw_wrap(&o, 0, DERW_OCTET_STRING);
		p = o.data;
		int flags = ASN1_get_object(&p, &len, &tag, &class, (long)o.len);
		size_t want = lengths[i];
		check(t, flags == 0 && (size_t)len == want && p + len == o.data + o.len,
			"length of a value", want < 128 ? "short form" : "long form");
	}
	derw_clear(&o);
}

static void test_base64(struct test *t)
{
	struct out data = {0}, text = {0};
	bool same = true;

	for (uint64_t i = 0; i < 100; i++) {
		unsigned char want[200];
		text.len = 0;
		pki_base64(&text, data.data, data.len);
		EVP_EncodeBlock(want, data.data, (int)data.len);
		same = same && strcmp(derw_str(&text), (char *)want) == 0;
		derw_put_uint(&data, 37 * i + 250, 1);
	}
	check(t, same, "base64 as OpenSSL encodes it", "0 to 99 bytes");
	derw_clear(&data);
	derw_clear(&text);
}

/* ---- keys ---- */

/* RFC 6979 A.2.5 and A.2.6: r and s of "sample". */
static const char p256_scalar[] =
	"\xc9\xaf\xa9\xd8\x45\xba\x75\x16\x6b\x5c\x21\x57\x67\xb1\xd6\x93"
	"\x4e\x50\xc3\xdb\x36\xe8\x9b\x12\x7b\x8a\x62\x2b\x12\x0f\x67\x21";
static const char p384_scalar[] =
	"\x6b\x9d\x3d\xad\x2e\x1b\x8c\x1c\x05\xb1\x98\x75\xb6\x65\x9f\x4d"
	"\xe2\x3c\x3b\x66\x7b\xf2\x97\xba\x9a\xa4\x77\x40\x78\x71\x37\xd8"
	"\x96\xd5\x72\x4e\x4c\x70\xa8\x25\xf8\x72\xc9\xea\x60\xd2\xed\xf5";
static const struct vector {
	enum pki_key_type type;
	enum pki_hash hash;
	const char *name, *want; /* the signature in DER */
} vectors[] = {
	{PKI_P256, PKI_SHA256, "P-256 with SHA-256",
		"3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0e"
		"a84eaf3716"
		"022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f84"
		"3acda8"},
	{PKI_P256, PKI_SHA384, "P-256 with SHA-384 (hash longer than the order)",
		"304402200eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc8"
		"00ef7719"
		"02204861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde94"
		"0954"},
	{PKI_P384, PKI_SHA256, "P-384 with SHA-256 (hash shorter than the order)",
		"3065023021b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a2"
		"1d3daa33"
		"bde1e888e63355d92fa2b3c36d8fb2cd023100f3aa443fb107745bf4bd77cb38"
		"91674632"
		"068a10ca67e3d45db2266fa7d1feebefdc63eccd1ac42ec0cb8668a4fa0ab0"},
	{PKI_P384, PKI_SHA384, "P-384 with SHA-384",
		"306602310094edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4"
		"ea95ad13"
		"3c81a648152e44acf96e36dd1e80fabe4602310099ef4aeb15f178cea1fe40db"
		"2603138f"
		"130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac"
		"8"},
};

static void test_rfc6979(struct test *t)
{
	for (size_t i = 0; i < NUM(vectors); i++) {
		bool p256 = vectors[i].type == PKI_P256;
		struct pki_key *key = pki_key_new_ec(vectors[i].type,
			(const uint8_t *)(p256 ? p256_scalar : p384_scalar),
			p256 ? 32 : 48);
		struct out signature = {0};
		pki_key_sign(key, vectors[i].hash, "sample", 6, &signature);
		check(t, hex_equals(&signature, vectors[i].want), "RFC 6979 vector",
			vectors[i].name);
		derw_clear(&signature);
		pki_key_free(key);
	}
}

static const struct {
	enum pki_key_type type;
	const char *name;
	int bits;
} key_types[] = {
	{PKI_P256, "P-256", 256},
	{PKI_P384, "P-384", 384},
	{PKI_RSA2048, "RSA-2048", 2048},
	{PKI_RSA1024, "RSA-1024", 1024},
};

static const struct {
	enum pki_hash hash;
	const char *name;
} hashes[] = {
	{PKI_SHA1, "SHA1"},
	{PKI_SHA256, "SHA256"},
	{PKI_SHA384, "SHA384"},
	{PKI_SHA512, "SHA512"},
};

static void test_private_key(struct test *t, const struct pki_key *key, const char *name)
{
	struct out der = {0};
	EVP_PKEY *public = judge_key(key);

	pki_key_private(key, &der);
	const unsigned char *p = der.data;
	EVP_PKEY *private = d2i_AutoPrivateKey(NULL, &p, (long)der.len);
	check(t, private != NULL && EVP_PKEY_eq(private, public) == 1,
		"private key parses and fits the public one", name);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, private, NULL);
	check(t, ctx != NULL && EVP_PKEY_check(ctx) == 1, "EVP_PKEY_check", name);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(private);
	EVP_PKEY_free(public);
	derw_clear(&der);
	ERR_clear_error();
}

static void test_signatures(struct test *t, const struct pki_key *key, const char *name)
{
	for (size_t i = 0; i < NUM(hashes); i++) {
		struct out data = {0}, signature = {0}, label = {0};
		bool valid = true;
		for (int j = 0; j < 20; j++) {
			derw_printf(&data, "message %d;", j);
			signature.len = 0;
			pki_key_sign(
				key, hashes[i].hash, data.data, data.len, &signature);
			valid = valid &&
				judge_signature(key, hashes[i].name, &data, &signature);
		}
		derw_printf(&label, "%s with %s", name, hashes[i].name);
		check(t, valid, "20 signatures verify", derw_str(&label));
		signature.data[signature.len - 1] ^= 1;
		check(t, !judge_signature(key, hashes[i].name, &data, &signature),
			"a flipped bit does not", derw_str(&label));
		derw_clear(&data);
		derw_clear(&signature);
		derw_clear(&label);
	}
}

static void test_keys(struct test *t)
{
	for (size_t i = 0; i < NUM(key_types); i++) {
		struct pki_key *key = pki_key_new("selftest", key_types[i].type, "key");
		struct pki_key *other =
			pki_key_new("selftest", key_types[i].type, "other");
		EVP_PKEY *public = judge_key(key);
		check(t, EVP_PKEY_get_bits(public) == key_types[i].bits,
			"length of a key", key_types[i].name);
		check(t, !derw_equal(pki_key_spki(key), pki_key_spki(other)),
			"another label is another key", key_types[i].name);
		EVP_PKEY_free(public);
		test_private_key(t, key, key_types[i].name);
		test_signatures(t, key, key_types[i].name);
		pki_key_free(key);
		pki_key_free(other);
	}
}

/* ---- determinism ---- */

/*
 * Keys of every type, certificates, SCTs, an OCSP response and the list, from one seed.
 */
static void make_everything(const char *seed, struct out *o)
{
	struct test t = {.world = pki_world_new(seed)};
	struct pki_cert_spec spec = leaf_spec(&t, "everything.example");
	struct pki_key *rsa1024 = pki_key_new(seed, PKI_RSA1024, "everything");
	struct pki_sct_spec scts[2];
	struct out leaf = {0}, list = {0};

	pki_key_private(rsa1024, o);
	pki_list_json(&t.world->list, o);
	derw_put_out(o, &t.world->root_der);
	derw_put_out(o, &t.world->ca_der);
	derw_put_out(o, &t.world->psc_der);
	pki_precert(&spec, &t.world->psc, o);
	pki_issue(&spec, scts, two_scts(&t, scts), &leaf);
	derw_put_out(o, &leaf);
	struct pki_entry entry = pki_entry_x509(&leaf);
	pki_sign_list(scts, 2, &entry, &list);
	const struct pki_ocsp_single single = {
		.cert = &spec, .this_update = spec.not_before, .sct_list = &list};
	const struct pki_ocsp_spec ocsp = {.singles = &single,
		.num_singles = 1,
		.signer = t.world->ca_key,
		.produced_at = spec.not_before};
	pki_ocsp(&ocsp, o);
	pki_key_free(rsa1024);
	pki_world_free(t.world);
	derw_clear(&leaf);
	derw_clear(&list);
}

static void test_determinism(struct test *t)
{
	struct out once = {0}, twice = {0}, other = {0}, hex = {0};
	uint8_t md[PKI_HASH_MAX];

	make_everything(PKI_WORLD_SEED, &once);
	make_everything(PKI_WORLD_SEED, &twice);
	make_everything("another seed", &other);
	check(t, derw_equal(&once, &twice), "same seed, same bytes", "");
	check(t, !derw_equal(&once, &other), "another seed, other bytes", "");
	size_t len = pki_digest(PKI_SHA256, once.data, once.len, md);
	pki_hex(&hex, md, len);
	check(t, strcmp(derw_str(&hex), WANT_EVERYTHING) == 0,
		"the bytes of every OpenSSL version", derw_str(&hex));
	derw_clear(&once);
	derw_clear(&twice);
	derw_clear(&other);
	derw_clear(&hex);
}

int main(void)
{
	struct test t = {.world = pki_world_new("selftest")};

	t.logs = judge_logs(t.world->logs, PKI_WORLD_NUM_LOGS);
	t.ca = judge_cert(&t.world->ca_der);
	derw_need(t.ca != NULL, "the CA's certificate does not parse");
	test_times(&t);
	test_oids(&t);
	test_small_der(&t);
	test_base64(&t);
	test_rfc6979(&t);
	test_keys(&t);
	test_certs(&t);
	test_scts(&t);
	test_ocsp(&t);
	test_determinism(&t);
	printf("with %s\npki-selftest: %d passed, %d failed\n",
		OpenSSL_version(OPENSSL_VERSION), t.num_checks - t.num_failed,
		t.num_failed);
	X509_free(t.ca);
	CTLOG_STORE_free(t.logs);
	pki_world_free(t.world);
	return t.num_failed == 0 ? 0 : 1;
}

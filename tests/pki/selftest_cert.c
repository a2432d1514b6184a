// SPDX-License-Identifier: Apache-2.0
#include "selftest.h"

#include <openssl/x509v3.h>

static const struct pki_attr odd_attrs[] = {
	{.oid = PKI_OID_COUNTRY, .tag = DERW_PRINTABLE_STRING, .data = "ZZ"},
	{.oid = PKI_OID_ORGANIZATION, .tag = DERW_T61_STRING, .data = "M\xfcller"},
	{.oid = "2.5.4.11", .tag = DERW_BMP_STRING, .data = "\0B\0M\0P", .len = 6},
	{.oid = "2.5.4.7", .tag = DERW_UNIVERSAL_STRING, .data = "\0\0\0U", .len = 4},
	{.oid = "0.9.2342.19200300.100.1.25", .tag = DERW_IA5_STRING, .data = "example"},
	{.oid = PKI_OID_CN, .data = "joined", .joined = true},
};
static const char *const more_names[] = {"*.example", "www.example"};
static const struct pki_ext odd_exts[] = {
	{.oid = "1.2.3.4", .value = "\x05\x00", .value_len = 2},
	{.oid = "1.2.3.5", .critical = true, .value = "not DER", .value_len = 7},
};

static void vary_nothing(struct pki_cert_spec *spec)
{
	(void)spec;
}

static void vary_v1(struct pki_cert_spec *spec)
{
	*spec = (struct pki_cert_spec){.version = 1,
		.issuer = spec->issuer,
		.subject = spec->subject,
		.not_before = spec->not_before,
		.not_after = spec->not_after,
		.key = spec->key,
		.signer = spec->signer};
}

static void vary_v2(struct pki_cert_spec *spec)
{
	spec->version = 2;
}

static void vary_subject(struct pki_cert_spec *spec)
{
	spec->subject = (struct pki_name){
		.attrs = odd_attrs, .num_attrs = NUM(odd_attrs), .cn = "odd.example"};
}

static void vary_empty_subject(struct pki_cert_spec *spec)
{
	spec->subject = (struct pki_name){0};
}

static void vary_generalized_time(struct pki_cert_spec *spec)
{
	spec->not_after = pki_seconds("2051-01-01T00:00:00Z");
}

/* A GeneralizedTime where RFC 5280 asks for UTCTime. */
static void vary_raw_times(struct pki_cert_spec *spec)
{
	spec->raw_not_before =
		(struct pki_raw_time){DERW_GENERALIZED_TIME, "20260601000000Z"};
	spec->raw_not_after = (struct pki_raw_time){DERW_UTC_TIME, "260829235959Z"};
}

static void vary_dns_names(struct pki_cert_spec *spec)
{
	spec->dns_names = more_names;
	spec->num_dns_names = NUM(more_names);
}

static void vary_exts(struct pki_cert_spec *spec)
{
	spec->extras = odd_exts;
	spec->num_extras = NUM(odd_exts);
}

/* Nothing but an SCT list: the entry has no extensions at all. */
static void vary_bare(struct pki_cert_spec *spec)
{
	vary_v1(spec);
	spec->version = 3;
	spec->bare = true;
}

static void vary_serial(struct pki_cert_spec *spec)
{
	static const uint8_t serial[] = {0x80};

	spec->serial = serial;
	spec->serial_len = sizeof(serial);
}

static void vary_hash(struct pki_cert_spec *spec)
{
	spec->hash = PKI_SHA512;
}

static const struct {
	const char *name;
	void (*vary)(struct pki_cert_spec *spec);
} variations[] = {
	{"plain", vary_nothing},
	{"v1", vary_v1},
	{"v2", vary_v2},
	{"odd string types", vary_subject},
	{"empty subject", vary_empty_subject},
	{"GeneralizedTime", vary_generalized_time},
	{"raw times", vary_raw_times},
	{"more DNS names", vary_dns_names},
	{"odd extensions", vary_exts},
	{"bare", vary_bare},
	{"short serial", vary_serial},
	{"signed with SHA-512", vary_hash},
};

struct pki_cert_spec leaf_spec(const struct test *t, const char *dns_name)
{
	int64_t not_before = pki_seconds(PKI_WORLD_NOT_BEFORE);

	return pki_world_leaf(
		t->world, dns_name, not_before, not_before + 90 * PKI_DAY - 1);
}

size_t two_scts(const struct test *t, struct pki_sct_spec *scts)
{
	uint64_t ms = (uint64_t)pki_seconds(PKI_WORLD_NOT_BEFORE) * 1000 + 240217;

	scts[0] = pki_world_sct(t->world, "Birch2026h2", ms);
	scts[1] = pki_world_sct(t->world, "AlderTiled2026h2", ms + 500);
	return 2;
}

static void judge_final(struct test *t, const struct pki_cert_spec *spec,
	const struct out *tbs, const char *name)
{
	struct pki_sct_spec scts[2];
	struct out der = {0};

	pki_issue(spec, scts, two_scts(t, scts), &der);
	X509 *cert = judge_cert(&der);
	check(t,
		cert != NULL && judge_cert_signature(cert, spec->signer) &&
			judge_tbs(cert, tbs),
		"final certificate parses, verifies, and has this TBSCertificate", name);
	check(t,
		cert != NULL &&
			judge_embedded(cert, t->ca, t->logs) ==
				SCT_VALIDATION_STATUS_VALID,
		"its embedded SCTs are valid to OpenSSL", name);
	X509_free(cert);
	derw_clear(&der);
}

static void judge_spec(struct test *t, struct pki_cert_spec *spec, const char *name)
{
	struct out tbs = {0}, der = {0}, precert = {0}, bare = {0};

	pki_tbs(spec, &tbs);
	pki_cert(spec, &der);
	X509 *cert = judge_cert(&der);
	check(t,
		cert != NULL && judge_cert_signature(cert, spec->signer) &&
			judge_tbs(cert, &tbs),
		"certificate parses, encodes to the same bytes and verifies", name);
	X509_free(cert);

	pki_precert(spec, NULL, &precert);
	cert = judge_cert(&precert);
	check(t,
		cert != NULL && judge_cert_signature(cert, spec->signer) &&
			judge_tbs(cert, &tbs) &&
			X509_get_ext_by_NID(cert, NID_ct_precert_poison, -1) >= 0,
		"so does its precertificate, of the same TBSCertificate", name);
	X509_free(cert);

	judge_final(t, spec, &tbs, name);
	spec->kind = PKI_TBS;
	pki_cert(spec, &bare);
	check(t, derw_equal(&bare, &tbs), "the bare TBSCertificate is the entry", name);
	derw_clear(&tbs);
	derw_clear(&der);
	derw_clear(&precert);
	derw_clear(&bare);
}

/* Where the SCT list is found among the extensions. */
static void test_places(struct test *t)
{
	static const struct {
		enum pki_place place;
		const char *name;
		int want_index;
	} cases[] = {{PKI_FIRST, "first", 0}, {PKI_MIDDLE, "middle", 4},
		{PKI_LAST, "last", 9}};

	for (size_t i = 0; i < NUM(cases); i++) {
		struct pki_cert_spec spec = leaf_spec(t, "place.example");
		struct pki_sct_spec scts[2];
		struct out der = {0};
		spec.sct_place = cases[i].place;
		pki_issue(&spec, scts, two_scts(t, scts), &der);
		X509 *cert = judge_cert(&der);
		check(t,
			cert != NULL &&
				X509_get_ext_by_NID(cert, NID_ct_precert_scts, -1) ==
					cases[i].want_index &&
				judge_embedded(cert, t->ca, t->logs) ==
					SCT_VALIDATION_STATUS_VALID,
			"place of the SCT list", cases[i].name);
		X509_free(cert);
		derw_clear(&der);
	}
}

/* The issuer's key of each type, and the world's own chain. */
static void test_signers(struct test *t)
{
	static const enum pki_key_type types[] = {PKI_P384, PKI_RSA2048, PKI_RSA1024};
	static const char *const names[] = {"P-384", "RSA-2048", "RSA-1024"};

	for (size_t i = 0; i < NUM(types); i++) {
		struct pki_key *key = pki_key_new("selftest", types[i], "signer");
		struct pki_cert_spec spec = leaf_spec(t, "signer.example");
		struct out der = {0}, tbs = {0};
		spec.key = key;
		spec.signer = key;
		pki_cert(&spec, &der);
		pki_tbs(&spec, &tbs);
		X509 *cert = judge_cert(&der);
		check(t,
			cert != NULL && judge_cert_signature(cert, key) &&
				judge_tbs(cert, &tbs),
			"certificate verifies with its issuer's key", names[i]);
		X509_free(cert);
		derw_clear(&der);
		derw_clear(&tbs);
		pki_key_free(key);
	}
}

static void test_damaged(struct test *t)
{
	struct pki_cert_spec spec = leaf_spec(t, "damaged.example");
	struct out der = {0};

	spec.bad_signature = true;
	pki_cert(&spec, &der);
	X509 *cert = judge_cert(&der);
	check(t, cert != NULL && !judge_cert_signature(cert, spec.signer),
		"certificate parses and does not verify", "flipped bit");
	X509_free(cert);
	der.len = 0;
	spec.bad_signature = false;
	spec.algorithm_oid = "1.2.3.4.5";
	pki_cert(&spec, &der);
	cert = judge_cert(&der);
	check(t, cert != NULL && !judge_cert_signature(cert, spec.signer),
		"certificate parses and does not verify", "unknown algorithm");
	X509_free(cert);
	derw_clear(&der);
}

/* Root, CA and a leaf, by OpenSSL's own path building at the time that all fits. */
static void test_chain(struct test *t)
{
	struct pki_cert_spec spec = leaf_spec(t, "chain.example");
	struct out der = {0};

	pki_cert(&spec, &der);
	X509 *leaf = judge_cert(&der), *root = judge_cert(&t->world->root_der);
	STACK_OF(X509) *others = sk_X509_new_null();
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	derw_need(leaf != NULL && root != NULL && sk_X509_push(others, t->ca) == 1 &&
			X509_STORE_add_cert(store, root) == 1 &&
			X509_STORE_CTX_init(ctx, store, leaf, others) == 1,
		"OpenSSL: X509_STORE");
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)pki_seconds(PKI_WORLD_AT));
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set1_host(param, "chain.example", 0);
	check(t, X509_verify_cert(ctx) == 1,
		"X509_verify_cert, as a TLS server, strictly",
		X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_free(others);
	X509_free(leaf);
	X509_free(root);
	derw_clear(&der);
}

void test_certs(struct test *t)
{
	for (size_t i = 0; i < NUM(variations); i++) {
		struct pki_cert_spec spec = leaf_spec(t, "leaf.example");
		variations[i].vary(&spec);
		judge_spec(t, &spec, variations[i].name);
	}
	test_places(t);
	test_signers(t);
	test_damaged(t);
	test_chain(t);
}

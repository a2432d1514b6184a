// SPDX-License-Identifier: Apache-2.0
#include "selftest.h"

#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

/*
 * Each damage and what OpenSSL makes of it. It does not look at the key type in the
 * algorithm bytes, nor at what follows the signature, so those two stay valid to it;
 * that they are there is checked by test_damage_bytes().
 */
static const struct damage_case {
	const char *name;
	unsigned damage;
	int want;
} damage_cases[] = {
	{"none", 0, SCT_VALIDATION_STATUS_VALID},
	{"version", PKI_SCT_BAD_VERSION, SCT_VALIDATION_STATUS_UNKNOWN_VERSION},
	{"flipped bit", PKI_SCT_BAD_SIGNATURE, SCT_VALIDATION_STATUS_INVALID},
	{"hash algorithm", PKI_SCT_BAD_HASH, JUDGE_UNPARSED},
	{"key type", PKI_SCT_BAD_KEY_TYPE, SCT_VALIDATION_STATUS_VALID},
	{"byte after the signature", PKI_SCT_TRAILING_BYTE, SCT_VALIDATION_STATUS_VALID},
	{"last byte missing", PKI_SCT_SHORT, JUDGE_UNPARSED},
	{"log id", PKI_SCT_BAD_LOG_ID, SCT_VALIDATION_STATUS_UNKNOWN_LOG},
	{"timestamp", PKI_SCT_OTHER_TIMESTAMP, SCT_VALIDATION_STATUS_INVALID},
};

static int judge_issued(struct test *t, const struct pki_sct_spec *sct, CTLOG_STORE *logs)
{
	struct pki_cert_spec spec = leaf_spec(t, "sct.example");
	struct out der = {0};

	pki_issue(&spec, sct, 1, &der);
	X509 *cert = judge_cert(&der);
	derw_need(cert != NULL, "certificate does not parse");
	int status = judge_embedded(cert, t->ca, logs);
	X509_free(cert);
	derw_clear(&der);
	return status;
}

static void test_damage(struct test *t)
{
	struct pki_sct_spec sct = pki_world_sct(t->world, "Alder2026h2", 1780272240217);

	for (size_t i = 0; i < NUM(damage_cases); i++) {
		sct.damage = damage_cases[i].damage;
		check(t, judge_issued(t, &sct, t->logs) == damage_cases[i].want,
			"OpenSSL's status of a damaged SCT", damage_cases[i].name);
	}
	sct.damage = 0;
	sct.forger = t->world->forger;
	check(t, judge_issued(t, &sct, t->logs) == SCT_VALIDATION_STATUS_INVALID,
		"OpenSSL's status of a damaged SCT", "forged");
}

/* A damaged SCT against the sound one, byte by byte. */
static void test_damage_bytes(struct test *t)
{
	struct out leaf = {0}, sound = {0}, bad = {0};
	struct pki_sct_spec spec = pki_world_sct(t->world, "Alder2026h2", 1780272240217);

	derw_put(&leaf, "leaf", 4);
	struct pki_entry entry = pki_entry_x509(&leaf);
	pki_sct(&spec, &entry, &sound);
	spec.damage = PKI_SCT_BAD_KEY_TYPE;
	pki_sct(&spec, &entry, &bad);
	check(t, sound.data[44] == 3 && bad.data[44] == 1 && bad.len == sound.len,
		"bytes of a damaged SCT", "key type");
	bad.len = 0;
	spec.damage = PKI_SCT_TRAILING_BYTE;
	pki_sct(&spec, &entry, &bad);
	check(t, bad.len == sound.len + 1 && memcmp(bad.data, sound.data, sound.len) == 0,
		"bytes of a damaged SCT", "byte after the signature");
	derw_clear(&leaf);
	derw_clear(&sound);
	derw_clear(&bad);
}

/* Every log of the world, and logs with keys that a list may hold too. */
static void test_logs(struct test *t)
{
	struct pki_log odd[] = {
		{.key = pki_key_new("selftest", PKI_P384, "log"),
			.description = "P-384 log"},
		{.key = pki_key_new("selftest", PKI_RSA1024, "log"),
			.description = "RSA-1024 log"},
	};
	CTLOG_STORE *odd_logs = judge_logs(odd, NUM(odd));

	for (size_t i = 0; i < PKI_WORLD_NUM_LOGS; i++) {
		const char *name = t->world->logs[i].description;
		struct pki_sct_spec sct = pki_world_sct(t->world, name, 1780272240217);
		check(t, judge_issued(t, &sct, t->logs) == SCT_VALIDATION_STATUS_VALID,
			"an SCT of the log is valid to OpenSSL", name);
	}
	for (size_t i = 0; i < NUM(odd); i++) {
		const struct pki_sct_spec sct = {.log = &odd[i],
			.timestamp_ms = UINT64_MAX - 1,
			.has_leaf_index = true,
			.leaf_index = 0xffffffffff,
			.extensions = "\x01\x00\x00",
			.extensions_len = 3};
		check(t, judge_issued(t, &sct, odd_logs) == SCT_VALIDATION_STATUS_VALID,
			"an SCT of the log is valid to OpenSSL", odd[i].description);
		pki_key_free(odd[i].key);
	}
	CTLOG_STORE_free(odd_logs);
}

static void test_delivered(struct test *t)
{
	struct pki_cert_spec spec = leaf_spec(t, "tls.example");
	struct pki_sct_spec scts[2];
	struct out der = {0}, list = {0}, tbs = {0}, wrong = {0};

	pki_cert(&spec, &der);
	X509 *cert = judge_cert(&der);
	derw_need(cert != NULL, "certificate does not parse");
	struct pki_entry entry = pki_entry_x509(&der);
	pki_sign_list(scts, two_scts(t, scts), &entry, &list);
	check(t,
		judge_delivered(&list, cert, t->ca, t->logs) ==
			SCT_VALIDATION_STATUS_VALID,
		"SCTs over the x509_entry", "valid");
	pki_tbs(&spec, &tbs);
	entry = pki_entry_precert(spec.signer, &tbs);
	pki_sign_list(scts, 2, &entry, &wrong);
	check(t,
		judge_delivered(&wrong, cert, t->ca, t->logs) ==
			SCT_VALIDATION_STATUS_INVALID,
		"SCTs over the x509_entry", "not those over the precert_entry");
	X509_free(cert);
	derw_clear(&der);
	derw_clear(&list);
	derw_clear(&tbs);
	derw_clear(&wrong);
}

/* pki_sct_list() of the same SCTs makes the list of pki_sign_list(). */
static void test_list(struct test *t)
{
	struct pki_sct_spec specs[2];
	struct out leaf = {0}, lists[2] = {{0}}, scts[2] = {{0}};

	derw_put(&leaf, "leaf", 4);
	struct pki_entry entry = pki_entry_x509(&leaf);
	pki_sign_list(specs, two_scts(t, specs), &entry, &lists[0]);
	for (size_t i = 0; i < 2; i++) {
		pki_sct(&specs[i], &entry, &scts[i]);
	}
	pki_sct_list(scts, 2, &lists[1]);
	check(t, derw_equal(&lists[0], &lists[1]), "a list from its SCTs", "");
	for (size_t i = 0; i < 2; i++) {
		derw_clear(&scts[i]);
		derw_clear(&lists[i]);
	}
	derw_clear(&leaf);
}

/* The text of a member, up to the next quote or comma; a fresh string. */
static char *member(struct out *json, const char *name)
{
	struct out key = {0};

	derw_printf(&key, "\"%s\":", name);
	const char *text = strstr(derw_str(json), derw_str(&key));
	derw_need(text != NULL, "no such member");
	text += key.len;
	text += *text == '"' ? 1 : 0;
	derw_clear(&key);
	return OPENSSL_strndup(text, strcspn(text, "\","));
}

/* SCT_new_from_base64() reads the members of a log's answer. */
static SCT *read_answer(struct out *json)
{
	char *version = member(json, "sct_version"), *id = member(json, "id");
	char *timestamp = member(json, "timestamp"), *exts = member(json, "extensions");
	char *signature = member(json, "signature");
	SCT *sct = SCT_new_from_base64((unsigned char)strtoul(version, NULL, 10), id,
		CT_LOG_ENTRY_TYPE_X509, strtoull(timestamp, NULL, 10), exts, signature);

	OPENSSL_free(version);
	OPENSSL_free(id);
	OPENSSL_free(timestamp);
	OPENSSL_free(exts);
	OPENSSL_free(signature);
	return sct;
}

static void test_json(struct test *t)
{
	struct out leaf = {0}, sct = {0}, json = {0};
	struct pki_sct_spec spec =
		pki_world_sct(t->world, "AlderTiled2026h2", 1780272240217);
	unsigned char *der = NULL;

	derw_put(&leaf, "leaf", 4);
	struct pki_entry entry = pki_entry_x509(&leaf);
	pki_sct(&spec, &entry, &sct);
	pki_sct_json(&sct, &json);
	SCT *read = read_answer(&json);
	int len = read != NULL ? i2o_SCT(read, &der) : 0;
	const struct out again = {.data = der, .len = len > 0 ? (size_t)len : 0};
	check(t, derw_equal(&again, &sct), "a log's JSON answer is read by OpenSSL", "");
	OPENSSL_free(der);
	SCT_free(read);
	derw_clear(&leaf);
	derw_clear(&sct);
	derw_clear(&json);
}

/*
 * What a log does to the precertificate of a Precertificate Signing Certificate, by
 * OpenSSL.
 */
static bool becomes_entry(X509 *precert, X509 *psc, const struct out *want_tbs)
{
	X509 *copy = X509_dup(precert);
	int from = X509_get_ext_by_NID(psc, NID_authority_key_identifier, -1);
	int to = X509_get_ext_by_NID(copy, NID_authority_key_identifier, -1);

	derw_need(copy != NULL && from >= 0 && to >= 0, "no authority key identifier");
	X509_EXTENSION_free(X509_delete_ext(copy, to));
	derw_need(X509_add_ext(copy, X509_get_ext(psc, from), to) == 1 &&
			X509_set_issuer_name(copy, X509_get_issuer_name(psc)) == 1,
		"OpenSSL: X509_add_ext");
	/*
	 * OpenSSL 3.0 copies the encoding it has kept, unless it was told to make a new
	 * one.
	 */
	derw_need(i2d_re_X509_tbs(copy, NULL) > 0, "OpenSSL: i2d_re_X509_tbs");
	bool same = judge_tbs(copy, want_tbs);
	X509_free(copy);
	return same;
}

static void test_precert_signing(struct test *t)
{
	const struct pki_world *w = t->world;
	struct pki_cert_spec spec = leaf_spec(t, "psc.example");
	struct out precert_der = {0}, tbs = {0};

	pki_precert(&spec, &w->psc, &precert_der);
	pki_tbs(&spec, &tbs);
	X509 *precert = judge_cert(&precert_der), *psc = judge_cert(&w->psc_der);
	derw_need(precert != NULL && psc != NULL, "precertificate does not parse");
	check(t,
		judge_cert_signature(precert, w->psc_key) &&
			judge_cert_signature(psc, w->ca_key),
		"Precertificate Signing Certificate", "chain verifies");
	check(t, !judge_tbs(precert, &tbs), "Precertificate Signing Certificate",
		"its precertificate's TBSCertificate is not yet the entry");
	check(t, becomes_entry(precert, psc, &tbs), "Precertificate Signing Certificate",
		"with issuer and key identifier replaced it is the final certificate's");
	X509_free(precert);
	X509_free(psc);
	derw_clear(&precert_der);
	derw_clear(&tbs);
}

void test_scts(struct test *t)
{
	test_damage(t);
	test_damage_bytes(t);
	test_logs(t);
	test_delivered(t);
	test_list(t);
	test_json(t);
	test_precert_signing(t);
}

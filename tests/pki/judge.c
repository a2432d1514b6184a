// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Takes what an i2d function allocated. */
static bool same_bytes(unsigned char *made, int made_len, const struct out *want)
{
	const struct out got = {.data = made, .len = made_len > 0 ? (size_t)made_len : 0};
	bool same = made_len > 0 && derw_equal(&got, want);

	OPENSSL_free(made);
	return same;
}

X509 *judge_cert(const struct out *der)
{
	const unsigned char *p = der->data;
	unsigned char *again = NULL;
	X509 *cert = d2i_X509(NULL, &p, (long)der->len);
	int again_len = cert != NULL ? i2d_X509(cert, &again) : 0;

	if (!same_bytes(again, again_len, der) || p != der->data + der->len) {
		X509_free(cert);
		cert = NULL;
	}
	ERR_clear_error();
	return cert;
}

EVP_PKEY *judge_key(const struct pki_key *key)
{
	const struct out *spki = pki_key_spki(key);
	const unsigned char *p = spki->data;
	EVP_PKEY *public = d2i_PUBKEY(NULL, &p, (long)spki->len);

	derw_need(public != NULL && p == spki->data + spki->len, "OpenSSL: d2i_PUBKEY");
	return public;
}

bool judge_signature(const struct pki_key *key, const char *digest,
	const struct out *data, const struct out *signature)
{
	EVP_PKEY *public = judge_key(key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool valid = EVP_DigestVerifyInit_ex(
			     ctx, NULL, digest, NULL, NULL, public, NULL) == 1 &&
		EVP_DigestVerify(
			ctx, signature->data, signature->len, data->data, data->len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public);
	ERR_clear_error();
	return valid;
}

bool judge_cert_signature(X509 *cert, const struct pki_key *issuer)
{
	EVP_PKEY *public = judge_key(issuer);
	bool valid = X509_verify(cert, public) == 1;

	EVP_PKEY_free(public);
	ERR_clear_error();
	return valid;
}

bool judge_tbs(X509 *cert, const struct out *want_tbs)
{
	static const int nids[] = {NID_ct_precert_scts, NID_ct_precert_poison};
	X509 *copy = X509_dup(cert);
	unsigned char *tbs = NULL;

	derw_need(copy != NULL, "OpenSSL: X509_dup");
	for (size_t i = 0; i < sizeof(nids) / sizeof(nids[0]); i++) {
		int at = X509_get_ext_by_NID(copy, nids[i], -1);
		if (at >= 0) {
			X509_EXTENSION_free(X509_delete_ext(copy, at));
		}
	}
	int tbs_len = i2d_re_X509_tbs(copy, &tbs);
	bool same = same_bytes(tbs, tbs_len, want_tbs);
	X509_free(copy);
	ERR_clear_error();
	return same;
}

/* The file that openssl's -ctlogfile reads. */
static void put_log_file(struct out *o, const struct pki_log *logs, size_t num_logs)
{
	derw_printf(o, "enabled_logs=");
	for (size_t i = 0; i < num_logs; i++) {
		derw_printf(o, "%slog%zu", i == 0 ? "" : ",", i);
	}
	for (size_t i = 0; i < num_logs; i++) {
		const struct out *spki = pki_key_spki(logs[i].key);
		derw_printf(
			o, "\n[log%zu]\ndescription=%s\nkey=", i, logs[i].description);
		pki_base64(o, spki->data, spki->len);
	}
	derw_printf(o, "\n");
}

CTLOG_STORE *judge_logs(const struct pki_log *logs, size_t num_logs)
{
	char path[] = "/tmp/pki-selftest-XXXXXX";
	CTLOG_STORE *store = CTLOG_STORE_new();
	struct out text = {0};
	int fd = mkstemp(path);

	put_log_file(&text, logs, num_logs);
	derw_need(store != NULL && fd >= 0, "temporary file");
	derw_need(write(fd, text.data, text.len) == (ssize_t)text.len, "temporary file");
	bool loaded = CTLOG_STORE_load_file(store, path) == 1;
	close(fd);
	unlink(path);
	derw_need(loaded, "OpenSSL: CTLOG_STORE_load_file");
	derw_clear(&text);
	return store;
}

int judge_scts(STACK_OF(SCT) * scts, X509 *cert, X509 *issuer, CTLOG_STORE *logs)
{
	CT_POLICY_EVAL_CTX *ctx = CT_POLICY_EVAL_CTX_new();
	int status = scts == NULL ? JUDGE_UNPARSED : SCT_VALIDATION_STATUS_VALID;

	derw_need(ctx != NULL && CT_POLICY_EVAL_CTX_set1_cert(ctx, cert) == 1 &&
			CT_POLICY_EVAL_CTX_set1_issuer(ctx, issuer) == 1,
		"OpenSSL: CT_POLICY_EVAL_CTX");
	CT_POLICY_EVAL_CTX_set_shared_CTLOG_STORE(ctx, logs);
	/*
	 * Timestamps are not what is judged here, and the samples lie in the future of
	 * some.
	 */
	CT_POLICY_EVAL_CTX_set_time(ctx, UINT64_MAX);
	bool all_valid = scts != NULL && SCT_LIST_validate(scts, ctx) == 1;
	for (int i = 0; i < sk_SCT_num(scts) && status == SCT_VALIDATION_STATUS_VALID;
		i++) {
		status = (int)SCT_get_validation_status(sk_SCT_value(scts, i));
	}
	derw_need(all_valid == (status == SCT_VALIDATION_STATUS_VALID),
		"OpenSSL: SCT_LIST_validate contradicts itself");
	SCT_LIST_free(scts);
	CT_POLICY_EVAL_CTX_free(ctx);
	ERR_clear_error();
	return status;
}

int judge_embedded(X509 *cert, X509 *issuer, CTLOG_STORE *logs)
{
	STACK_OF(SCT) *scts = X509_get_ext_d2i(cert, NID_ct_precert_scts, NULL, NULL);

	return judge_scts(scts, cert, issuer, logs);
}

int judge_delivered(const struct out *list, X509 *cert, X509 *issuer, CTLOG_STORE *logs)
{
	const unsigned char *p = list->data;
	STACK_OF(SCT) *scts = o2i_SCT_LIST(NULL, &p, list->len);

	for (int i = 0; i < sk_SCT_num(scts); i++) {
		SCT *sct = sk_SCT_value(scts, i);
		derw_need(SCT_set_source(sct, SCT_SOURCE_TLS_EXTENSION) == 1,
			"SCT_set_source");
	}
	return judge_scts(scts, cert, issuer, logs);
}

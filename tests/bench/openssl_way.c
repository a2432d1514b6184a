// SPDX-License-Identifier: Apache-2.0
// How a program judges SCTs with OpenSSL alone.
#include "tests/bench/bench.h"

#include <openssl/ct.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"

double evp_verify_per_s(void)
{
	static const uint8_t digest[32] = {1};
	uint8_t signature[128];
	size_t len = sizeof(signature);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	must(ctx && EVP_PKEY_sign_init(ctx) == 1 &&
			EVP_PKEY_sign(ctx, signature, &len, digest, sizeof(digest)) ==
				1 &&
			EVP_PKEY_verify_init(ctx) == 1,
		"OpenSSL does not sign");
	size_t done = 0;
	int64_t took = 0;
	int64_t before = cpu_ns();
	while (took < 500000000) {
		must(EVP_PKEY_verify(ctx, signature, len, digest, sizeof(digest)) == 1,
			"OpenSSL does not verify");
		done++;
		took = cpu_ns() - before;
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return (double)done * 1e9 / (double)took;
}

struct openssl_way {
	CTLOG_STORE *logs;
};

static bool is_new(const struct ctp_lists *lists, size_t before, const uint8_t *id)
{
	for (size_t i = 0; i < before; i++) {
		if (loglist_find(lists_at(lists, i), id)) {
			return false;
		}
	}
	return true;
}

// Writes the log list file of OpenSSL (CTLOG_STORE_new(3)).
static void write_logs(FILE *file, const struct ctp_lists *lists)
{
	struct buffer names;
	size_t num = 0;
	buffer_init(&names, 1 << 20);
	for (size_t i = 0; i < lists_num(lists); i++) {
		const struct loglist *list = lists_at(lists, i);
		for (size_t k = 0; k < list->num_logs; k++) {
			char key[TEXT_BASE64_ROOM(1024)];
			struct bytes spki = pubkey_spki(list->logs[k].key);
			if (!is_new(lists, i, list->logs[k].id) || spki.len > 1024) {
				continue;
			}
			text_base64(spki, key);
			buffer_printf(&names, "%slog%zu", num ? "," : "", num);
			(void)fprintf(file, "[log%zu]\ndescription = log%zu\nkey = %s\n",
				num, num, key);
			num++;
		}
	}
	(void)fprintf(file, "[default]\nenabled_logs = %.*s\n", (int)names.len,
		(const char *)names.data);
	buffer_clear(&names);
}

struct openssl_way *openssl_way_new(const struct ctp_lists *lists)
{
	char path[] = "/tmp/ctpolicy-bench-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	must(file != NULL, "no temporary file");
	write_logs(file, lists);
	must(fclose(file) == 0, "the temporary file cannot be written");
	struct openssl_way *way = calloc(1, sizeof(*way));
	must(way != NULL, "no memory");
	way->logs = CTLOG_STORE_new();
	must(way->logs && CTLOG_STORE_load_file(way->logs, path) == 1,
		"OpenSSL does not take the log list");
	(void)unlink(path);
	return way;
}

void openssl_way_free(struct openssl_way *way)
{
	CTLOG_STORE_free(way->logs);
	free(way);
}

static X509 *read_x509(struct bytes der)
{
	const uint8_t *pos = der.data;
	return d2i_X509(NULL, &pos, (long)der.len);
}

size_t openssl_way_judge(struct openssl_way *way, const struct sample *sample,
	int64_t at_ms, bool issuer_too, int64_t *validate_ns)
{
	X509 *leaf = read_x509(sample->leaf_der);
	X509 *issuer = read_x509(sample->issuer_der);
	CT_POLICY_EVAL_CTX *ctx = CT_POLICY_EVAL_CTX_new();
	must(leaf && issuer && ctx && CT_POLICY_EVAL_CTX_set1_cert(ctx, leaf) == 1 &&
			CT_POLICY_EVAL_CTX_set1_issuer(ctx, issuer) == 1,
		"OpenSSL does not read a certificate");
	CT_POLICY_EVAL_CTX_set_shared_CTLOG_STORE(ctx, way->logs);
	CT_POLICY_EVAL_CTX_set_time(ctx, (uint64_t)at_ms);
	STACK_OF(SCT) *scts = X509_get_ext_d2i(leaf, NID_ct_precert_scts, NULL, NULL);
	int64_t before = cpu_ns();
	(void)SCT_LIST_validate(scts, ctx);
	*validate_ns += cpu_ns() - before;
	size_t num_valid = 0;
	for (int i = 0; i < sk_SCT_num(scts); i++) {
		num_valid += SCT_get_validation_status(sk_SCT_value(scts, i)) ==
			SCT_VALIDATION_STATUS_VALID;
	}
	if (issuer_too) {
		must(X509_verify(leaf, X509_get0_pubkey(issuer)) == 1,
			"OpenSSL does not verify a certificate");
	}
	SCT_LIST_free(scts);
	CT_POLICY_EVAL_CTX_free(ctx);
	X509_free(issuer);
	X509_free(leaf);
	return num_valid;
}

// SPDX-License-Identifier: Apache-2.0
// The pool of issuers: by name, then by signature, then by key identifier.
#include "eval/issuers.h"

#include "tests/unit/eval_build.h"

void test_issuers(void);

static struct issuers *make_pool(const struct out *const *certs, size_t num)
{
	struct err err;
	err_clear(&err);
	struct issuers *pool = issuers_new(&err);
	for (size_t i = 0; pool && i < num; i++) {
		CHECK(issuers_add(pool, eval_bytes(certs[i]), &err), "certificate %zu",
			i);
	}
	CHECK_CODE(&err, CODE_NONE, "a pool");
	issuers_freeze(pool);
	return pool;
}

static void test_adding(struct eval_bench *b)
{
	struct err err;
	err_clear(&err);
	struct issuers *pool = issuers_new(&err);
	struct out pem = {0};
	struct out base64 = {0};
	size_t first = 99;
	issuers_freeze(pool);
	CHECK_INT(issuers_find(pool, BYTES_LITERAL("x"), &first), 0, "an empty pool");
	derw_printf(&pem, "two certificates\n");
	pki_pem(&pem, "CERTIFICATE", &b->world->root_der);
	pki_pem(&pem, "X509 CRL", &b->world->root_der);
	pki_pem(&pem, "CERTIFICATE", &b->world->ca_der);
	pki_base64(&base64, b->world->psc_der.data, b->world->psc_der.len);
	CHECK(issuers_add(pool, eval_bytes(&pem), &err), "PEM");
	CHECK_INT(issuers_num(pool), 2, "PEM");
	CHECK(issuers_add(pool, eval_bytes(&b->world->ca_der), &err), "DER");
	CHECK(issuers_add(pool, eval_bytes(&base64), &err), "base64");
	CHECK_INT(issuers_num(pool), 4, "all of them");
	issuers_freeze(pool);
	for (size_t i = 0; i < issuers_num(pool); i++) {
		struct cert cert;
		CHECK(cert_read(issuers_der(pool, i), &cert, &err), "certificate %zu", i);
		size_t num = issuers_find(pool, cert.subject, &first);
		CHECK(first <= i && i < first + num, "certificate %zu is found", i);
		num = issuers_find_key(pool, cert.subject, cert.subject_key_id, &first);
		CHECK(first <= i && i < first + num, "certificate %zu by key id", i);
		CHECK_INT(
			issuers_find_key(pool, cert.subject, BYTES_LITERAL("?"), &first),
			0, "another key id");
	}
	CHECK_CODE(&err, CODE_NONE, "a pool");
	CHECK(!issuers_add(pool, BYTES_LITERAL("hello"), &err), "no certificate");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "no certificate");
	issuers_unref(pool);
	issuers_unref(NULL);
	derw_clear(&pem);
	derw_clear(&base64);
}

// Many CAs of one name: found by key identifier whatever their number; without one, among
// the first few.
static void test_many_of_one_name(struct eval_bench *b)
{
	struct err err;
	err_clear(&err);
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct issuers *pool = issuers_new(&err);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	for (unsigned i = 0; i < 40; i++) {
		struct pki_cert_spec twin = b->world->ca;
		struct out der = {0};
		uint8_t serial[] = {1, (uint8_t)i};
		twin.key = b->world->forger;
		twin.serial = serial;
		twin.serial_len = sizeof(serial);
		pki_cert(&twin, &der);
		CHECK(issuers_add(pool, eval_bytes(&der), &err), "twin %u", i);
		derw_clear(&der);
	}
	CHECK(issuers_add(pool, eval_bytes(&b->world->ca_der), &err), "the right one");
	issuers_freeze(pool);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_ISSUER] = BYTES_NONE;
	request.issuers = pool;
	CHECK_INT(eval_run(b, &request)->issuer_signature, ISSUER_VALID, "found");
	issuers_unref(pool);
	derw_clear(&leaf);
}

// Two CAs of one name, in either order: the one whose key signed it.
static void test_two_of_one_name(struct eval_bench *b)
{
	struct pki_cert_spec twin = b->world->ca;
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out twin_der = {0};
	struct out leaf = {0};
	twin.key = b->world->forger;
	pki_cert(&twin, &twin_der);
	eval_issue(b, &spec, "Ar Bt", &leaf);
	const struct out *orders[2][3] = {
		{&twin_der, &b->world->ca_der, &b->world->root_der},
		{&b->world->ca_der, &b->world->root_der, &twin_der},
	};
	for (size_t i = 0; i < 2; i++) {
		struct issuers *pool = make_pool(orders[i], 3);
		struct ctp_request request = eval_request(b, &leaf);
		request.fields[REQUEST_ISSUER] = BYTES_NONE;
		request.issuers = pool;
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->issuer_signature, ISSUER_VALID, "order %zu", i);
		CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "order %zu", i);
		// The issuer that is given goes before the pool.
		request.fields[REQUEST_ISSUER] = eval_bytes(&twin_der);
		CHECK_INT(
			eval_run(b, &request)->issuer_signature, ISSUER_INVALID, "given");
		issuers_unref(pool);
	}
	// Only the wrong one: said, and nothing hangs on what it says.
	struct issuers *pool = make_pool(orders[0], 1);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_ISSUER] = BYTES_NONE;
	request.issuers = pool;
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->issuer_signature, ISSUER_INVALID, "the wrong one alone");
	CHECK_INT(r->policies[0].verdict, VERDICT_INDETERMINATE, "the wrong one alone");
	issuers_unref(pool);
	pool = make_pool(&orders[0][2], 1);
	request.issuers = pool;
	r = eval_run(b, &request);
	CHECK_INT(r->issuer_signature, ISSUER_NOT_GIVEN, "none of that name");
	CHECK(eval_finding(&r->findings, CODE_ISSUER_MISSING), "none of that name");
	issuers_unref(pool);
	derw_clear(&twin_der);
	derw_clear(&leaf);
}

// A TBSCertificate has no signature to try: its authority key identifier decides.
static void test_by_key_id(struct eval_bench *b)
{
	struct pki_cert_spec twin = b->world->ca;
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out twin_der = {0};
	struct out tbs = {0};
	twin.key = b->world->forger;
	pki_cert(&twin, &twin_der);
	pki_tbs(&spec, &tbs);
	const struct out *orders[2][2] = {
		{&twin_der, &b->world->ca_der}, {&b->world->ca_der, &twin_der}};
	for (size_t i = 0; i < 2; i++) {
		struct issuers *pool = make_pool(orders[i], 2);
		struct ctp_request request = eval_request(b, &tbs);
		request.fields[REQUEST_ISSUER] = BYTES_NONE;
		request.issuers = pool;
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->cert->kind, CERT_TBS, "a TBSCertificate");
		CHECK_INT(r->issuer_signature, ISSUER_NOT_GIVEN, "nothing to verify");
		CHECK(r->has_issuer_key_hash &&
				memcmp(r->issuer_key_sha256,
					pki_key_sha256(b->world->ca_key),
					PKI_SHA256_LEN) == 0,
			"order %zu: the right key", i);
		issuers_unref(pool);
	}
	derw_clear(&twin_der);
	derw_clear(&tbs);
}

// A Precertificate Signing Certificate is found, and then its own issuer.
static void test_precert_signing_in_pool(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out precert = {0};
	const struct out *certs[] = {&b->world->psc_der, &b->world->ca_der};
	pki_precert(&spec, &b->world->psc, &precert);
	for (size_t num = 1; num <= 2; num++) {
		struct issuers *pool = make_pool(certs, num);
		struct ctp_request request = eval_request(b, &precert);
		request.fields[REQUEST_ISSUER] = BYTES_NONE;
		request.issuers = pool;
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->issuer_signature, ISSUER_VALID, "%zu certificates", num);
		CHECK_INT(r->has_issuer_key_hash, num == 2, "%zu certificates", num);
		issuers_unref(pool);
	}
	derw_clear(&precert);
}

void test_issuers(void)
{
	struct eval_bench *b = eval_bench_new();
	test_adding(b);
	test_many_of_one_name(b);
	test_two_of_one_name(b);
	test_by_key_id(b);
	test_precert_signing_in_pool(b);
	eval_bench_free(b);
}

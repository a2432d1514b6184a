// SPDX-License-Identifier: Apache-2.0
#include "selftest.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

static OCSP_RESPONSE *parse(const struct out *der)
{
	const unsigned char *p = der->data;
	unsigned char *again = NULL;
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, (long)der->len);
	int len = response != NULL ? i2d_OCSP_RESPONSE(response, &again) : 0;
	const struct out bytes = {.data = again, .len = len > 0 ? (size_t)len : 0};

	if (!derw_equal(&bytes, der)) {
		OCSP_RESPONSE_free(response);
		response = NULL;
	}
	OPENSSL_free(again);
	return response;
}

/* The answer about the certificate under this hash, and how many there are before it. */
static OCSP_SINGLERESP *find(
	OCSP_BASICRESP *basic, const EVP_MD *md, X509 *cert, X509 *ca, int *at)
{
	OCSP_CERTID *id = OCSP_cert_to_id(md, cert, ca);

	derw_need(id != NULL, "OpenSSL: OCSP_cert_to_id");
	*at = OCSP_resp_find(basic, id, -1);
	OCSP_CERTID_free(id);
	return *at < 0 ? NULL : OCSP_resp_get0(basic, *at);
}

static bool verifies(OCSP_BASICRESP *basic, X509 *ca)
{
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *certs = sk_X509_new_null();

	derw_need(store != NULL && sk_X509_push(certs, ca) == 1, "out of memory");
	bool valid = OCSP_basic_verify(basic, certs, store, OCSP_TRUSTOTHER) == 1;
	sk_X509_free(certs);
	X509_STORE_free(store);
	ERR_clear_error();
	return valid;
}

static const struct hash_case {
	enum pki_hash hash;
	const char *name;
} hash_cases[] = {
	{PKI_HASH_DEFAULT, "SHA1"},
	{PKI_SHA1, "SHA1"},
	{PKI_SHA256, "SHA256"},
	{PKI_SHA384, "SHA384"},
	{PKI_SHA512, "SHA512"},
};

struct fixture {
	struct pki_cert_spec spec, other;
	struct out der, list;
	X509 *cert;
};

/* Makes a response with two others before the certificate's own answer. */
static void respond(const struct test *t, const struct fixture *f, enum pki_hash hash,
	struct pki_ocsp_spec response, struct out *o)
{
	const struct pki_ocsp_single singles[] = {
		{.cert = &f->other,
			.hash = hash,
			.revoked = true,
			.this_update = f->spec.not_before},
		{.cert = &t->world->psc, .hash = hash, .this_update = f->spec.not_before},
		{.cert = &f->spec,
			.hash = hash,
			.this_update = f->spec.not_before,
			.next_update = f->spec.not_before + 7 * PKI_DAY,
			.sct_list = &f->list},
	};

	response.singles = singles;
	response.num_singles = NUM(singles);
	response.produced_at = f->spec.not_before;
	if (response.signer == NULL) {
		response.signer = t->world->ca_key;
	}
	pki_ocsp(&response, o);
}

static void judge_response(
	struct test *t, const struct fixture *f, const struct hash_case *c)
{
	struct out der = {0};
	EVP_MD *md = EVP_MD_fetch(NULL, c->name, NULL);
	int at = -1;

	respond(t, f, c->hash, (struct pki_ocsp_spec){.status = 0}, &der);
	OCSP_RESPONSE *response = parse(&der);
	check(t, response != NULL && OCSP_response_status(response) == 0,
		"OCSP response parses and encodes to the same bytes", c->name);
	OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
	check(t, basic != NULL && verifies(basic, t->ca), "its signature verifies",
		c->name);
	OCSP_SINGLERESP *single = find(basic, md, f->cert, t->ca, &at);
	check(t,
		at == 2 &&
			OCSP_single_get0_status(single, NULL, NULL, NULL, NULL) ==
				V_OCSP_CERTSTATUS_GOOD,
		"OpenSSL finds the certificate in it", c->name);
	STACK_OF(SCT) *scts =
		OCSP_SINGLERESP_get1_ext_d2i(single, NID_ct_cert_scts, NULL, NULL);
	check(t, judge_scts(scts, f->cert, t->ca, t->logs) == SCT_VALIDATION_STATUS_VALID,
		"and its SCTs are valid to OpenSSL", c->name);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	EVP_MD_free(md);
	derw_clear(&der);
}

static void judge_signature_case(struct test *t, const struct fixture *f,
	struct pki_ocsp_spec spec, bool want_valid, const char *name)
{
	struct out der = {0};

	respond(t, f, PKI_SHA1, spec, &der);
	OCSP_RESPONSE *response = parse(&der);
	OCSP_BASICRESP *basic =
		response == NULL ? NULL : OCSP_response_get1_basic(response);
	check(t, basic != NULL && verifies(basic, t->ca) == want_valid,
		"signature of an OCSP response", name);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	derw_clear(&der);
}

/* A responder of its own, certified by the CA. */
static void judge_delegated(struct test *t, const struct fixture *f)
{
	static const char *const ekus[] = {PKI_OID_OCSP_SIGNING};
	struct pki_key *key = pki_key_new("selftest", PKI_P384, "responder");
	struct pki_cert_spec responder = leaf_spec(t, "ocsp.example");
	struct out der = {0};

	responder.key = key;
	responder.ekus = ekus;
	responder.num_ekus = 1;
	pki_cert(&responder, &der);
	struct pki_ocsp_spec spec = {.signer = key, .certs = &der, .num_certs = 1};
	/*
	 * Not trusted for itself, so its chain to the CA would have to be built to a
	 * root.
	 */
	struct out response_der = {0};
	respond(t, f, PKI_SHA256, spec, &response_der);
	OCSP_RESPONSE *response = parse(&response_der);
	OCSP_BASICRESP *basic =
		response == NULL ? NULL : OCSP_response_get1_basic(response);
	X509_STORE *store = X509_STORE_new();
	X509 *root = judge_cert(&t->world->root_der);
	STACK_OF(X509) *certs = sk_X509_new_null();
	derw_need(basic != NULL && X509_STORE_add_cert(store, root) == 1 &&
			sk_X509_push(certs, t->ca) == 1,
		"OpenSSL: OCSP");
	X509_VERIFY_PARAM_set_time(
		X509_STORE_get0_param(store), (time_t)pki_seconds(PKI_WORLD_AT));
	check(t, OCSP_basic_verify(basic, certs, store, 0) == 1,
		"signature of an OCSP response", "by a delegated responder");
	sk_X509_free(certs);
	X509_free(root);
	X509_STORE_free(store);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	derw_clear(&response_der);
	derw_clear(&der);
	pki_key_free(key);
	ERR_clear_error();
}

static void test_statuses(struct test *t)
{
	for (int status = 1; status <= 6; status++) {
		struct out der = {0};
		pki_ocsp(&(struct pki_ocsp_spec){.status = status}, &der);
		OCSP_RESPONSE *response = parse(&der);
		check(t,
			response != NULL && OCSP_response_status(response) == status &&
				OCSP_response_get1_basic(response) == NULL,
			"OCSP response without success",
			OCSP_response_status_str(status));
		OCSP_RESPONSE_free(response);
		ERR_clear_error();
		derw_clear(&der);
	}
}

void test_ocsp(struct test *t)
{
	struct fixture f = {.spec = leaf_spec(t, "ocsp.example"),
		.other = leaf_spec(t, "other.example")};
	struct pki_sct_spec scts[2];

	pki_cert(&f.spec, &f.der);
	f.cert = judge_cert(&f.der);
	derw_need(f.cert != NULL, "certificate does not parse");
	struct pki_entry entry = pki_entry_x509(&f.der);
	pki_sign_list(scts, two_scts(t, scts), &entry, &f.list);
	for (size_t i = 0; i < NUM(hash_cases); i++) {
		judge_response(t, &f, &hash_cases[i]);
	}
	judge_signature_case(t, &f, (struct pki_ocsp_spec){.bad_signature = true}, false,
		"flipped bit");
	judge_signature_case(
		t, &f, (struct pki_ocsp_spec){.no_signature = true}, false, "empty");
	judge_signature_case(t, &f, (struct pki_ocsp_spec){.signer = t->world->forger},
		false, "by another key");
	judge_signature_case(t, &f,
		(struct pki_ocsp_spec){.responder = &t->world->ca.subject}, true,
		"by the CA, by name");
	judge_delegated(t, &f);
	test_statuses(t);
	X509_free(f.cert);
	derw_clear(&f.der);
	derw_clear(&f.list);
}

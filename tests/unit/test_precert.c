// SPDX-License-Identifier: Apache-2.0
// The precertificate beside a final certificate, and what renewing a CA does to SCTs.
#include "tests/unit/eval_build.h"

void test_precert(void);

static const char two[] = "Ar Bt";

// A final certificate, and the precertificate whose SCTs it carries.
struct pair {
	struct out final;
	struct out precert;
};

static void clear(struct pair *p)
{
	derw_clear(&p->final);
	derw_clear(&p->precert);
}

// Logged is `logged`, and signed with those SCTs is `final`.
static struct pair make_pair(const struct eval_bench *b,
	const struct pki_cert_spec *logged, const struct pki_cert_spec *final,
	const struct pki_cert_spec *psc)
{
	struct pki_sct_spec scts[EVAL_MAX_SCTS];
	size_t num = eval_scts(b, two, scts);
	struct pki_cert_spec with = *final;
	struct pair out = {{0}, {0}};
	struct out list = {0};
	pki_precert(logged, psc, &out.precert);
	pki_embedded_list(logged, scts, num, &list);
	with.sct_list = &list;
	pki_cert(&with, &out.final);
	derw_clear(&list);
	return out;
}

static struct ctp_request request_of(const struct eval_bench *b, const struct pair *p)
{
	struct ctp_request request = eval_request(b, &p->final);
	request.fields[REQUEST_PRECERTIFICATE] = eval_bytes(&p->precert);
	return request;
}

static size_t num_valid(const struct record *r)
{
	size_t num = 0;
	for (size_t i = 0; i < r->num_scts; i++) {
		num += r->scts[i].status == STATUS_VALID;
	}
	return num;
}

static bool has_code(const struct record *r, enum code code)
{
	return eval_finding(&r->findings, code) != NULL;
}

// Equal, in every form; without it nothing is said.
static void test_same(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pair p = make_pair(b, &spec, &spec, NULL);
	struct out forms[4] = {{0}, {0}, {0}, {0}};
	derw_put_out(&forms[0], &p.precert);
	pki_tbs(&spec, &forms[1]);
	pki_pem(&forms[2], "CERTIFICATE", &p.precert);
	pki_base64(&forms[3], p.precert.data, p.precert.len);
	struct ctp_request request = eval_request(b, &p.final);
	const struct record *r = eval_run(b, &request);
	CHECK(!r->precert && r->findings.num == 0, "none given");
	for (size_t i = 0; i < 4; i++) {
		request.fields[REQUEST_PRECERTIFICATE] = eval_bytes(&forms[i]);
		r = eval_run(b, &request);
		CHECK(r->precert && r->precert->diff.difference == TBS_SAME, "form %zu",
			i);
		CHECK_INT(r->findings.num, 0, "form %zu: nothing to say", i);
		CHECK_INT(r->result, RESULT_PASS, "form %zu", i);
		uint8_t md[PKI_HASH_MAX];
		const struct out *der = i == 1 ? &forms[1] : &p.precert;
		(void)pki_digest(PKI_SHA256, der->data, der->len, md);
		CHECK(memcmp(md, r->precert->sha256, sizeof(r->precert->sha256)) == 0,
			"form %zu: its hash", i);
		derw_clear(&forms[i]);
	}
	clear(&p);
}

// It has no say in the verdict, so that a broken one is a finding.
static void test_unreadable(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pair p = make_pair(b, &spec, &spec, NULL);
	struct out behind = {0};
	struct out half = {0};
	derw_put(&half, p.precert.data, p.precert.len / 2);
	pki_pem(&behind, "CERTIFICATE", &p.precert);
	pki_pem(&behind, "CERTIFICATE", &half);
	const struct {
		struct bytes in;
		const char *said;
	} cases[] = {
		{bytes_of_text(""), "empty"},
		{bytes_of_text("####"), "base64"},
		{eval_bytes(&half), "at byte 0"},
		{eval_bytes(&behind), "(behind the first one)"},
		{eval_bytes(&p.final), "no poison"},
		{bytes_of_text("MAA="), "at byte"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctp_request request = request_of(b, &p);
		request.fields[REQUEST_PRECERTIFICATE] = cases[i].in;
		const struct record *r = eval_run(b, &request);
		const struct finding *f =
			eval_finding(&r->findings, CODE_PRECERTIFICATE_UNREADABLE);
		CHECK(f && strstr(f->message, cases[i].said), "%s in %s", cases[i].said,
			f ? f->message : "nothing");
		CHECK(f && strcmp(f->field, "precertificate") == 0, "its field");
		CHECK(!r->precert && r->result == RESULT_PASS, "%s: judged all the same",
			cases[i].said);
	}
	derw_clear(&behind);
	derw_clear(&half);
	clear(&p);
}

static void test_not_final(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pair p = make_pair(b, &spec, &spec, NULL);
	struct out tbs = {0};
	pki_tbs(&spec, &tbs);
	const struct out *leaves[] = {&p.precert, &tbs};
	for (size_t i = 0; i < 2; i++) {
		struct ctp_request request = request_of(b, &p);
		struct err err;
		request.fields[REQUEST_CERTIFICATE] = eval_bytes(leaves[i]);
		CHECK(!eval_run_with(b, &request, b->lists, &err), "refused");
		CHECK_CODE(&err, CODE_NOT_A_FINAL_CERTIFICATE, "leaf %zu", i);
		CHECK_TEXT(err.field, "precertificate", "leaf %zu", i);
	}
	derw_clear(&tbs);
	clear(&p);
}

// A Precertificate Signing Certificate is found wherever certificates are given.
static void test_signer(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pair p = make_pair(b, &spec, &spec, &b->world->psc);
	struct out behind = {0};
	struct out issuers = {0};
	struct err err;
	err_clear(&err);
	pki_pem(&behind, "CERTIFICATE", &p.precert);
	pki_pem(&behind, "CERTIFICATE", &b->world->ca_der);
	pki_pem(&behind, "CERTIFICATE", &b->world->psc_der);
	pki_pem(&issuers, "CERTIFICATE", &b->world->ca_der);
	pki_pem(&issuers, "CERTIFICATE", &b->world->psc_der);

	struct ctp_request request = request_of(b, &p);
	const struct record *r = eval_run(b, &request);
	const struct finding *f = eval_finding(&r->findings, CODE_PRECERTIFICATE_DIFFERS);
	CHECK(f && strstr(f->message, "differ first in issuer"), "nobody gave it");
	CHECK(f && strstr(f->message, "give that one behind it"), "and that is said");

	request.fields[REQUEST_PRECERTIFICATE] = eval_bytes(&behind);
	r = eval_run(b, &request);
	CHECK(r->precert && r->precert->diff.difference == TBS_SAME, "behind it");
	CHECK_INT(r->findings.num, 0, "nothing to say");

	request = request_of(b, &p);
	request.fields[REQUEST_ISSUER] = eval_bytes(&issuers);
	r = eval_run(b, &request);
	CHECK(r->precert && r->precert->diff.difference == TBS_SAME, "as issuer");

	struct issuers *pool = issuers_new(&err);
	CHECK(pool && issuers_add(pool, eval_bytes(&b->world->ca_der), &err) &&
			issuers_add(pool, eval_bytes(&b->world->psc_der), &err),
		"a pool: %s", err.text);
	issuers_freeze(pool);
	request = request_of(b, &p);
	request.fields[REQUEST_ISSUER] = BYTES_NONE;
	request.issuers = pool;
	r = eval_run(b, &request);
	CHECK(r->precert && r->precert->diff.difference == TBS_SAME, "in the pool");
	CHECK_INT(num_valid(r), 2, "with its issuer");
	issuers_unref(pool);
	derw_clear(&behind);
	derw_clear(&issuers);
	clear(&p);
}

// What the signer changed, and a precertificate that is another one's.
static void test_changed(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_cert_spec changed = spec;
	changed.dns_name = "changed.example";
	struct pair p = make_pair(b, &spec, &changed, NULL);
	struct ctp_request request = request_of(b, &p);
	const struct record *r = eval_run(b, &request);
	const struct finding *f = eval_finding(&r->findings, CODE_PRECERTIFICATE_DIFFERS);
	CHECK_INT(num_valid(r), 0, "no SCT verifies");
	CHECK_INT(r->result, RESULT_FAIL, "so it fails");
	CHECK(f && strstr(f->message, "extension subjectAltName (2.5.29.17)"), "%s",
		f ? f->message : "");
	CHECK(f && strstr(f->message, "it was changed after the logs answered"), "%s",
		f ? f->message : "");
	CHECK(f && strcmp(f->field, "certificate") == 0 &&
			f->offset == r->precert->diff.first,
		"where");
	clear(&p);
	p = make_pair(b, &changed, &changed, NULL);
	struct pair before = make_pair(b, &spec, &spec, NULL);
	request = request_of(b, &p);
	request.fields[REQUEST_PRECERTIFICATE] = eval_bytes(&before.precert);
	r = eval_run(b, &request);
	f = eval_finding(&r->findings, CODE_PRECERTIFICATE_DIFFERS);
	CHECK_INT(r->result, RESULT_PASS, "its SCTs verify");
	CHECK(f && strstr(f->message, "is another one's"), "%s", f ? f->message : "");
	clear(&before);
	clear(&p);
}

// Renewing a CA (deploy/issuance/renewing-a-ca.md has this table in words): a certificate
// was logged under the old CA and is signed under the new one.
enum key_id { KEY_ID_OF_SIGNER, KEY_ID_OF_OLD_KEY, NO_KEY_ID };

static const struct renewal {
	const char *what;
	bool new_key;
	bool new_name;
	enum key_id key_id;
	size_t want_valid; // SCTs
	const char *want_field; // the first that differs; "": none
	enum code want; // CODE_NONE: nothing to say
} renewals[] = {
	{"same key, same name", false, false, KEY_ID_OF_SIGNER, 2, "", CODE_NONE},
	{"same key, same name, no key identifier", false, false, NO_KEY_ID, 2, "",
		CODE_NONE},
	{"new key", true, false, KEY_ID_OF_SIGNER, 0, "extensions.authorityKeyIdentifier",
		CODE_PRECERTIFICATE_DIFFERS},
	{"new key, the old key's identifier", true, false, KEY_ID_OF_OLD_KEY, 0, "",
		CODE_PRECERTIFICATE_OF_ANOTHER_KEY},
	{"new key, no key identifier", true, false, NO_KEY_ID, 0, "",
		CODE_PRECERTIFICATE_OF_ANOTHER_KEY},
	{"new name", false, true, KEY_ID_OF_SIGNER, 0, "issuer",
		CODE_PRECERTIFICATE_DIFFERS},
	{"new key and name", true, true, KEY_ID_OF_SIGNER, 0, "issuer",
		CODE_PRECERTIFICATE_DIFFERS},
};

// The CA's next certificate.
static struct pki_cert_spec renew(const struct eval_bench *b, const struct renewal *c)
{
	struct pki_cert_spec ca = b->world->ca;
	ca.not_before += 365 * PKI_DAY;
	ca.not_after += 365 * PKI_DAY;
	ca.key = c->new_key ? b->world->forger : ca.key;
	if (c->new_name) {
		ca.subject = (struct pki_name){.cn = "Sample Issuing CA I2"};
	}
	return ca;
}

static void check_renewal(struct eval_bench *b, const struct renewal *c)
{
	struct pki_cert_spec ca = renew(b, c);
	struct pki_cert_spec logged = eval_leaf(b, EVAL_90_DAYS);
	logged.bare = c->key_id == NO_KEY_ID;
	struct pki_cert_spec final = logged;
	final.issuer = ca.subject;
	final.signer = ca.key;
	final.issuer_key = c->key_id == KEY_ID_OF_OLD_KEY ? b->world->ca_key : ca.key;
	struct pair p = make_pair(b, &logged, &final, NULL);
	struct out ca_der = {0};
	struct buffer field;
	buffer_init(&field, 100);
	pki_cert(&ca, &ca_der);
	struct ctp_request request = request_of(b, &p);
	request.fields[REQUEST_ISSUER] = eval_bytes(&ca_der);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->issuer_signature, ISSUER_VALID, "%s: the new CA signed", c->what);
	CHECK_INT(num_valid(r), c->want_valid, "%s", c->what);
	CHECK_INT(r->result, c->want_valid ? RESULT_PASS : RESULT_FAIL, "%s", c->what);
	CHECK(memcmp(r->issuer_key_sha256, pki_key_sha256(ca.key), PKI_SHA256_LEN) == 0,
		"%s: issuer_key_hash", c->what);
	bool same = r->precert->diff.difference == TBS_SAME;
	if (!same) {
		tbs_diff_put_field(&r->precert->diff, &field);
	}
	buffer_put_char(&field, '\0');
	CHECK_TEXT((const char *)field.data, c->want_field, "%s", c->what);
	CHECK(c->want == CODE_NONE ? r->findings.num == 0 : has_code(r, c->want),
		"%s: says so", c->what);
	buffer_clear(&field);
	derw_clear(&ca_der);
	clear(&p);
}

// Certificates from before, held against the CA's next certificate.
static void test_older_leaf(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pair p = make_pair(b, &spec, &spec, NULL);
	for (size_t i = 0; i < sizeof(renewals) / sizeof(renewals[0]); i++) {
		const struct renewal *c = &renewals[i];
		struct pki_cert_spec ca = renew(b, c);
		struct out ca_der = {0};
		pki_cert(&ca, &ca_der);
		struct ctp_request request = request_of(b, &p);
		request.fields[REQUEST_ISSUER] = eval_bytes(&ca_der);
		const struct record *r = eval_run(b, &request);
		CHECK(r->precert->diff.difference == TBS_SAME, "%s", c->what);
		CHECK_INT(num_valid(r), c->new_key ? 0 : 2, "%s: under the old one",
			c->what);
		CHECK_INT(r->result, c->new_key ? RESULT_UNKNOWN : RESULT_PASS,
			"%s: under the old one", c->what);
		CHECK(has_code(r, CODE_WRONG_ISSUER) == (c->new_key || c->new_name),
			"%s: it is another CA", c->what);
		derw_clear(&ca_der);
	}
	clear(&p);
}

// RFC 5280 4.2.1.1: an identifier that names the CA certificate by its serial number is
// another one after every renewal.
static void test_key_id_by_serial(struct eval_bench *b)
{
	static const uint8_t old_id[] = {0x30, 3, 0x82, 1, 7};
	static const uint8_t new_id[] = {0x30, 3, 0x82, 1, 8};
	struct pki_ext exts[2] = {{"2.5.29.35", false, old_id, sizeof(old_id)},
		{"2.5.29.35", false, new_id, sizeof(new_id)}};
	struct pki_cert_spec logged = eval_leaf(b, EVAL_90_DAYS);
	logged.bare = true;
	logged.extras = &exts[0];
	logged.num_extras = 1;
	struct pki_cert_spec final = logged;
	final.extras = &exts[1];
	struct pair p = make_pair(b, &logged, &final, NULL);
	struct ctp_request request = request_of(b, &p);
	const struct record *r = eval_run(b, &request);
	const struct finding *f = eval_finding(&r->findings, CODE_PRECERTIFICATE_DIFFERS);
	CHECK_INT(num_valid(r), 0, "no SCT verifies");
	CHECK(f && strstr(f->message, "authorityKeyIdentifier (2.5.29.35)"), "%s",
		f ? f->message : "");
	CHECK(f && p.final.data[f->offset] == 8, "to the byte");
	clear(&p);
}

// RFC 6962 3.1: what is signed has nothing of the Precertificate Signing Certificate.
static void test_renewed_signer(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_cert_spec psc = b->world->psc;
	struct out psc_der = {0};
	struct out behind = {0};
	psc.key = b->world->forger;
	psc.subject = (struct pki_name){.cn = "Sample Precertificate Signing CA 2"};
	pki_cert(&psc, &psc_der);
	struct pair p = make_pair(b, &spec, &spec, &psc);
	pki_pem(&behind, "CERTIFICATE", &p.precert);
	pki_pem(&behind, "CERTIFICATE", &psc_der);
	struct ctp_request request = request_of(b, &p);
	request.fields[REQUEST_PRECERTIFICATE] = eval_bytes(&behind);
	const struct record *r = eval_run(b, &request);
	CHECK(r->precert && r->precert->diff.difference == TBS_SAME, "the same");
	CHECK_INT(num_valid(r), 2, "and SCTs verify");
	derw_clear(&psc_der);
	derw_clear(&behind);
	clear(&p);
}

void test_precert(void)
{
	struct eval_bench *b = eval_bench_new();
	test_same(b);
	test_unreadable(b);
	test_not_final(b);
	test_signer(b);
	test_changed(b);
	for (size_t i = 0; i < sizeof(renewals) / sizeof(renewals[0]); i++) {
		check_renewal(b, &renewals[i]);
	}
	test_older_leaf(b);
	test_key_id_by_serial(b);
	test_renewed_signer(b);
	eval_bench_free(b);
}

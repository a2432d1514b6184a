// SPDX-License-Identifier: Apache-2.0
// SCTs from an OCSP response: which response is about the certificate, and what else can
// come instead of one.
#include "tests/unit/eval_build.h"
#include "x509/ocsp.h"

void test_ocsp_scts(void);

struct ocsp_bench {
	struct eval_bench *b;
	struct pki_cert_spec spec, other;
	struct out leaf, list;
};

static void ocsp_bench_init(struct ocsp_bench *o, struct eval_bench *b)
{
	*o = (struct ocsp_bench){.b = b, .spec = eval_leaf(b, EVAL_90_DAYS)};
	o->other = pki_world_leaf(
		b->world, "other.example", o->spec.not_before, o->spec.not_after);
	pki_cert(&o->spec, &o->leaf);
	eval_tls_list(b, &o->leaf, "Ar Bt", &o->list);
}

static void ocsp_bench_clear(struct ocsp_bench *o)
{
	derw_clear(&o->leaf);
	derw_clear(&o->list);
}

static struct pki_ocsp_single single_of(
	const struct ocsp_bench *o, const struct pki_cert_spec *cert, bool with_scts)
{
	return (struct pki_ocsp_single){.cert = cert,
		.this_update = o->b->not_before,
		.next_update = o->b->not_before + PKI_DAY,
		.sct_list = with_scts ? &o->list : NULL};
}

static struct pki_ocsp_spec response_of(
	const struct ocsp_bench *o, const struct pki_ocsp_single *singles, size_t num)
{
	return (struct pki_ocsp_spec){.singles = singles,
		.num_singles = num,
		.signer = o->b->world->ca_key,
		.produced_at = o->b->not_before};
}

// The record of an evaluation with this response.
static const struct record *run(
	const struct ocsp_bench *o, const struct pki_ocsp_spec *spec, bool with_issuer)
{
	struct out der = {0};
	struct ctp_request request = eval_request(o->b, &o->leaf);
	pki_ocsp(spec, &der);
	request.fields[REQUEST_OCSP] = eval_bytes(&der);
	if (!with_issuer) {
		request.fields[REQUEST_ISSUER] = BYTES_NONE;
	}
	const struct record *r = eval_run(o->b, &request);
	CHECK(r->num_scts == 0 || r->scts[0].source == SOURCE_OCSP, "from the response");
	derw_clear(&der); // lent until here; what follows reads numbers and findings only
	return r;
}

static void check_only(const struct record *r, enum code want, const char *comment)
{
	CHECK_INT(r->findings.num, want == CODE_NONE ? 0 : 1, "%s: findings", comment);
	CHECK_TEXT(
		code_info(r->findings.num ? r->findings.items[0].code : CODE_NONE)->name,
		code_info(want)->name, "%s", comment);
}

// The hash of the CertID may be any that OpenSSL knows.
static void test_hashes(const struct ocsp_bench *o)
{
	static const enum pki_hash hashes[] = {
		PKI_HASH_DEFAULT, PKI_SHA1, PKI_SHA256, PKI_SHA384, PKI_SHA512};
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		struct pki_ocsp_single single = single_of(o, &o->spec, true);
		single.hash = hashes[i];
		struct pki_ocsp_spec spec = response_of(o, &single, 1);
		const struct record *r = run(o, &spec, true);
		CHECK_INT(r->num_scts, 2, "hash %u", (unsigned)hashes[i]);
		CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "hash %u",
			(unsigned)hashes[i]);
		check_only(r, CODE_NONE, "a good response");
	}
}

static void test_which(const struct ocsp_bench *o)
{
	struct pki_cert_spec other_ca = o->spec;
	other_ca.issuer_key = o->b->world->forger;
	const struct {
		const char *comment;
		struct pki_ocsp_single singles[3];
		size_t num;
		size_t want_scts;
		enum code want;
	} cases[] = {
		{"about it", {single_of(o, &o->spec, true)}, 1, 2, CODE_NONE},
		{"about another", {single_of(o, &o->other, true)}, 1, 0,
			CODE_OCSP_OTHER_CERTIFICATE},
		{"about none", {{0}}, 0, 0, CODE_OCSP_OTHER_CERTIFICATE},
		{"of another CA's key", {single_of(o, &other_ca, true)}, 1, 0,
			CODE_OCSP_OTHER_CERTIFICATE},
		{"without SCTs", {single_of(o, &o->spec, false)}, 1, 0,
			CODE_OCSP_WITHOUT_SCTS},
		{"another before it",
			{single_of(o, &o->other, true), single_of(o, &o->spec, true)}, 2,
			2, CODE_OCSP_OTHER_CERTIFICATE},
		{"another behind it",
			{single_of(o, &o->spec, true), single_of(o, &o->other, false)}, 2,
			2, CODE_OCSP_OTHER_CERTIFICATE},
		{"twice, the second with SCTs",
			{single_of(o, &o->spec, false), single_of(o, &o->spec, true)}, 2,
			2, CODE_NONE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_ocsp_spec spec =
			response_of(o, cases[i].singles, cases[i].num);
		const struct record *r = run(o, &spec, true);
		CHECK_INT(r->num_scts, cases[i].want_scts, "%s", cases[i].comment);
		CHECK_INT(r->policies[0].verdict,
			cases[i].want_scts ? VERDICT_COMPLIANT : VERDICT_NON_COMPLIANT,
			"%s", cases[i].comment);
		check_only(r, cases[i].want, cases[i].comment);
	}
}

// A revoked certificate's SCTs are SCTs.
static void test_revoked(const struct ocsp_bench *o)
{
	struct pki_ocsp_single single = single_of(o, &o->spec, true);
	single.revoked = true;
	single.next_update = 0;
	struct pki_ocsp_spec spec = response_of(o, &single, 1);
	const struct record *r = run(o, &spec, true);
	CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "revoked");
}

// The response's own signature: reported, and its SCTs count all the same.
static void test_signatures(const struct ocsp_bench *o)
{
	struct pki_world *w = o->b->world;
	static const char *const ocsp_ekus[] = {PKI_OID_OCSP_SIGNING};
	struct pki_cert_spec responder = {.issuer = w->ca.subject,
		.subject = {.cn = "responder"},
		.not_before = o->b->not_before,
		.not_after = o->b->not_before + 30 * PKI_DAY,
		.key = w->forger,
		.signer = w->ca_key,
		.ekus = ocsp_ekus,
		.num_ekus = 1};
	struct pki_cert_spec stranger = responder;
	stranger.signer = w->root_key;
	struct pki_cert_spec no_responder = responder;
	no_responder.num_ekus = 0;
	struct out certs[3] = {{0}, {0}, {0}};
	pki_cert(&responder, &certs[0]);
	pki_cert(&stranger, &certs[1]);
	pki_cert(&no_responder, &certs[2]);
	struct pki_ocsp_single single = single_of(o, &o->spec, true);
	struct pki_ocsp_spec good = response_of(o, &single, 1);
	struct pki_ocsp_spec bad = good;
	struct pki_ocsp_spec none = good;
	struct pki_ocsp_spec delegated = good;
	struct pki_ocsp_spec strange = good;
	bad.bad_signature = true;
	none.no_signature = true;
	delegated.signer = w->forger;
	delegated.certs = &certs[0];
	delegated.num_certs = 1;
	strange.signer = w->forger;
	strange.certs = &certs[1];
	strange.num_certs = 1;
	struct pki_ocsp_spec undelegated = delegated;
	undelegated.certs = &certs[2];
	const struct {
		const char *comment;
		const struct pki_ocsp_spec *spec;
		enum code want;
	} cases[] = {
		{"by the CA", &good, CODE_NONE},
		{"broken", &bad, CODE_OCSP_SIGNATURE_INVALID},
		{"missing", &none, CODE_OCSP_SIGNATURE_INVALID},
		{"by a responder of the CA", &delegated, CODE_NONE},
		{"by a responder of another CA", &strange, CODE_OCSP_SIGNATURE_INVALID},
		{"by somebody whom the CA gave a certificate for other things",
			&undelegated, CODE_OCSP_SIGNATURE_INVALID},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct record *r = run(o, cases[i].spec, true);
		CHECK_INT(r->num_scts, 2, "%s", cases[i].comment);
		CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "%s",
			cases[i].comment);
		check_only(r, cases[i].want, cases[i].comment);
	}
	for (size_t i = 0; i < sizeof(certs) / sizeof(certs[0]); i++) {
		derw_clear(&certs[i]);
	}
}

// Without the issuer it is matched by name and serial number, and its signature stands
// unchecked; the SCTs need no issuer.
static void test_without_issuer(const struct ocsp_bench *o)
{
	struct pki_ocsp_single single = single_of(o, &o->spec, true);
	struct pki_ocsp_spec spec = response_of(o, &single, 1);
	const struct record *r = run(o, &spec, false);
	CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "no issuer needed");
	CHECK(eval_finding(&r->findings, CODE_OCSP_ISSUER_UNCHECKED), "said");
	CHECK(eval_finding(&r->findings, CODE_OCSP_SIGNATURE_UNCHECKED), "said");
	CHECK(!eval_finding(&r->findings, CODE_ISSUER_MISSING), "nothing embedded");
	single = single_of(o, &o->other, true);
	r = run(o, &spec, false);
	CHECK(eval_finding(&r->findings, CODE_OCSP_OTHER_CERTIFICATE),
		"another's serial");
}

static void test_error_status(const struct ocsp_bench *o)
{
	for (int status = 1; status <= 6; status++) {
		struct pki_ocsp_spec spec = {.status = status};
		const struct record *r = run(o, &spec, true);
		check_only(r, CODE_OCSP_ERROR_STATUS, "an error status");
		CHECK_INT(r->policies[0].verdict, VERDICT_NON_COMPLIANT, "status %d",
			status);
	}
}

// Unreadable: a finding, and SCTs by TLS go on. Broken lists in it likewise.
static void test_unreadable(const struct ocsp_bench *o)
{
	static const char *const texts[] = {"", "hello", "MAMCAQA=", "-----BEGIN X-----"};
	struct pki_ocsp_single single = single_of(o, &o->spec, true);
	struct pki_ocsp_spec spec = response_of(o, &single, 1);
	struct out der = {0};
	pki_ocsp(&spec, &der);
	struct ctp_request request = eval_request(o->b, &o->leaf);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&o->list);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		request.fields[REQUEST_OCSP] = bytes_of_text(texts[i]);
		const struct record *r = eval_run(o->b, &request);
		check_only(r, CODE_OCSP_UNREADABLE, texts[i]);
		CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "TLS goes on: %s",
			texts[i]);
	}
	for (size_t len = 1; len < der.len; len += 7) {
		request.fields[REQUEST_OCSP] = bytes_of(der.data, len);
		const struct record *r = eval_run(o->b, &request);
		check_only(r, CODE_OCSP_UNREADABLE, "cut short");
		CHECK_INT(r->num_scts, 2, "those by TLS alone");
	}
	derw_clear(&der);
	struct out empty = {0};
	derw_put_uint(&empty, 0, 2);
	single.sct_list = &empty;
	pki_ocsp(&spec, &der);
	request.fields[REQUEST_OCSP] = eval_bytes(&der);
	const struct record *r = eval_run(o->b, &request);
	check_only(r, CODE_SCT_LIST_MALFORMED, "an empty list");
	CHECK_TEXT(r->findings.items[0].field, "ocsp", "an empty list");
	CHECK(r->findings.items[0].offset > 0 && r->findings.items[0].offset < der.len,
		"an offset in the response");
	CHECK_INT(r->num_scts, 2, "those by TLS alone");
	derw_clear(&empty);
	derw_clear(&der);
}

// More than a megabyte is not read; the sentence names the limit.
static void test_too_large(const struct ocsp_bench *o)
{
	struct out der = {0};
	uint8_t *filler = calloc(1, OCSP_MAX_LEN);
	derw_need(filler != NULL, "out of memory");
	derw_tlv(&der, DERW_OCTET_STRING, filler, OCSP_MAX_LEN);
	derw_wrap(&der, 0, DERW_SEQUENCE);
	free(filler);
	struct ctp_request request = eval_request(o->b, &o->leaf);
	request.fields[REQUEST_OCSP] = eval_bytes(&der);
	const struct record *r = eval_run(o->b, &request);
	check_only(r, CODE_OCSP_UNREADABLE, "too large");
	CHECK(strstr(r->findings.items[0].message, "1048576"), "%s",
		r->findings.items[0].message);
	derw_clear(&der);
}

void test_ocsp_scts(void)
{
	struct ocsp_bench o;
	ocsp_bench_init(&o, eval_bench_new());
	test_hashes(&o);
	test_which(&o);
	test_revoked(&o);
	test_signatures(&o);
	test_without_issuer(&o);
	test_error_status(&o);
	test_unreadable(&o);
	test_too_large(&o);
	eval_bench_free(o.b);
	ocsp_bench_clear(&o);
}

// SPDX-License-Identifier: Apache-2.0
// SCTs from the ways in, and what is said where one of them is broken.
#include "sct/sct.h"
#include "tests/unit/eval_build.h"

void test_sources(void);

// SCTs beside a precertificate, a TBSCertificate and a final certificate without a list; as
// bytes, as base64, as a log's answer.
static void test_scts_beside(struct eval_bench *b)
{
	static const enum pki_kind kinds[] = {
		PKI_PRECERTIFICATE, PKI_TBS, PKI_CERTIFICATE};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out tbs = {0};
	struct out forms[3] = {{0}, {0}, {0}};
	struct out first = {0};
	struct bytes given[3];
	pki_tbs(&spec, &tbs);
	struct pki_entry entry = pki_entry_precert(b->world->ca_key, &tbs);
	(void)eval_scts(b, "Ar Bt Ct", specs);
	pki_sct(&specs[0], &entry, &first);
	pki_base64(&forms[0], first.data, first.len);
	pki_sct(&specs[1], &entry, &forms[1]);
	derw_clear(&first);
	pki_sct(&specs[2], &entry, &first);
	pki_sct_json(&first, &forms[2]);
	for (size_t i = 0; i < 3; i++) {
		given[i] = eval_bytes(&forms[i]);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct out leaf = {0};
		spec.kind = kinds[i];
		pki_cert(&spec, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		request.scts = given;
		request.num_scts = 3;
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->num_scts, 3, "kind %zu", i);
		CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "kind %zu", i);
		for (size_t k = 0; k < r->num_scts; k++) {
			CHECK_INT(r->scts[k].source, SOURCE_EMBEDDED, "as if embedded");
			CHECK_INT(r->scts[k].status, STATUS_VALID, "kind %zu, SCT %zu", i,
				k);
			CHECK_INT(r->scts[k].index, k, "index");
		}
		CHECK_INT(r->issuer_signature,
			kinds[i] == PKI_TBS ? ISSUER_NOT_GIVEN : ISSUER_VALID, "kind %zu",
			i);
		derw_clear(&leaf);
	}
	for (size_t i = 0; i < 3; i++) {
		derw_clear(&forms[i]);
	}
	derw_clear(&first);
	derw_clear(&tbs);
}

static void test_bad_scts_beside(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out final = {0};
	struct out precert = {0};
	struct err err;
	struct bytes given[2] = {BYTES_LITERAL("AAAA"), BYTES_LITERAL("*")};
	eval_issue(b, &spec, "Ar Bt", &final);
	pki_precert(&spec, NULL, &precert);
	struct ctp_request request = eval_request(b, &final);
	request.scts = given;
	request.num_scts = 1;
	CHECK(!eval_run_with(b, &request, b->lists, &err), "beside an embedded list");
	CHECK_CODE(&err, CODE_SCTS_BESIDE_EMBEDDED, "beside an embedded list");
	CHECK_TEXT(err.field, "scts", "beside an embedded list");
	request = eval_request(b, &precert);
	request.scts = given;
	request.num_scts = 2;
	CHECK(!eval_run_with(b, &request, b->lists, &err), "no SCT");
	CHECK_CODE(&err, CODE_BAD_SCT, "no SCT");
	CHECK_TEXT(err.field, "scts[1]", "no SCT");
	// Three zero bytes are an SCT of version 1 that ends too early: a row of its own.
	request.num_scts = 1;
	CHECK_INT(eval_run(b, &request)->scts[0].status, STATUS_MALFORMED, "cut short");
	derw_clear(&final);
	derw_clear(&precert);
}

static struct out tiny_list(size_t num)
{
	struct out list = {0};
	derw_put_uint(&list, 3 * num, 2);
	for (size_t i = 0; i < num; i++) {
		derw_put_uint(&list, 1, 2);
		derw_put_uint(&list, 1, 1); // a version that nobody knows
	}
	return list;
}

// A thousand SCTs are judged, one more is refused, whatever way they come.
static void test_how_many(struct eval_bench *b)
{
	static const struct {
		const char *comment;
		size_t embedded, beside, tls;
		bool want;
		const char *want_field;
	} cases[] = {
		{"1,000 by TLS", 0, 0, 1000, true, ""},
		{"1,001 by TLS", 0, 0, 1001, false, "tls_scts"},
		{"1,000 embedded", 1000, 0, 0, true, ""},
		{"1,001 embedded", 1001, 0, 0, false, "certificate"},
		{"1,000 beside", 0, 1000, 0, true, ""},
		{"1,001 beside", 0, 1001, 0, false, "scts"},
		{"600 and 400", 600, 0, 400, true, ""},
		{"600 and 401", 600, 0, 401, false, "tls_scts"},
		{"1,000 and one", 1000, 0, 1, false, "tls_scts"},
		{"1,000 beside and one", 0, 1000, 1, false, "tls_scts"},
	};
	static struct bytes beside[1001];
	for (size_t i = 0; i < 1001; i++) {
		beside[i] = bytes_of("\x01", 1);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
		struct out list = tiny_list(cases[i].embedded);
		struct out tls = tiny_list(cases[i].tls);
		struct out leaf = {0};
		struct err err;
		spec.sct_list = cases[i].embedded ? &list : NULL;
		pki_cert(&spec, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		request.scts = beside;
		request.num_scts = cases[i].beside;
		if (cases[i].tls) {
			request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
		}
		const struct record *r = eval_run_with(b, &request, b->lists, &err);
		CHECK_INT(r != NULL, cases[i].want, "%s", cases[i].comment);
		CHECK_CODE(&err, cases[i].want ? CODE_NONE : CODE_TOO_MANY_SCTS, "%s",
			cases[i].comment);
		CHECK_TEXT(err.field, cases[i].want_field, "%s", cases[i].comment);
		CHECK(!r || r->num_scts == 1000, "%s", cases[i].comment);
		derw_clear(&list);
		derw_clear(&tls);
		derw_clear(&leaf);
	}
}

// Broken lists: a finding with the offset, nothing from that source, the others go on.
static const struct list_case {
	const char *comment;
	const char *bytes;
	size_t len;
	size_t want_offset; // in the list
} list_cases[] = {
	{"nothing", "", 0, 0},
	{"one byte", "\x00", 1, 0},
	{"an empty list", "\x00\x00", 2, 2},
	{"an empty item", "\x00\x02\x00\x00", 4, 2},
	{"an empty item behind a good one", "\x00\x05\x00\x01\x01\x00\x00", 7, 5},
	{"a length beyond the end", "\x00\x05\x00\x01\x01", 5, 2},
	{"an item beyond the end", "\x00\x03\x00\x02\x01", 5, 4},
	{"half an item's length", "\x00\x04\x00\x01\x01\x00", 6, 5},
	{"a byte left over", "\x00\x03\x00\x01\x01\x00", 6, 5},
};

static void test_broken_list(
	struct eval_bench *b, const struct list_case *c, bool embedded)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out list = {0};
	struct out tls = {0};
	struct out leaf = {0};
	derw_put(&list, c->bytes, c->len);
	if (embedded) {
		spec.sct_list = &list;
		pki_cert(&spec, &leaf);
		eval_tls_list(b, &leaf, "Ar Bt", &tls);
	} else {
		eval_issue(b, &spec, "Ar Bt", &leaf);
		derw_put_out(&tls, &list);
	}
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_TLS_SCTS] = tls.len ? eval_bytes(&tls) : bytes_of_text("");
	const struct record *r = eval_run(b, &request);
	const struct finding *finding =
		eval_finding(&r->findings, CODE_SCT_LIST_MALFORMED);
	CHECK(finding != NULL, "%s", c->comment);
	CHECK_INT(r->num_scts, 2, "%s: those of the other source", c->comment);
	CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "%s: they are enough",
		c->comment);
	if (!finding) {
		return;
	}
	CHECK_TEXT(
		finding->field, embedded ? "certificate" : "tls_scts", "%s", c->comment);
	size_t offset = finding->offset;
	if (embedded) {
		size_t at = 0;
		while (at + c->len <= leaf.len &&
			memcmp(leaf.data + at, c->bytes, c->len)) {
			at++;
		}
		// Bytes that short stand elsewhere too; the list ends the certificate's TBS.
		offset = c->len > 2 ? offset - at : c->want_offset;
	}
	CHECK_INT(offset, c->want_offset, "%s: offset", c->comment);
	derw_clear(&list);
	derw_clear(&tls);
	derw_clear(&leaf);
}

// The extension twice: nothing from it, though both lists are good.
static void test_list_twice(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out list = {0};
	struct out wrapped = {0};
	struct out leaf = {0};
	pki_embedded_list(&spec, specs, eval_scts(b, "Ar Bt", specs), &list);
	derw_tlv(&wrapped, DERW_OCTET_STRING, list.data, list.len);
	struct pki_ext twice = {PKI_OID_SCT_LIST, false, wrapped.data, wrapped.len};
	spec.extras = &twice;
	spec.num_extras = 1;
	spec.sct_list = &list;
	pki_cert(&spec, &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	const struct record *r = eval_run(b, &request);
	const struct finding *finding = eval_finding(&r->findings, CODE_SCT_LIST_TWICE);
	CHECK(finding && finding->offset != ERR_NO_OFFSET, "twice, and where");
	CHECK_INT(r->num_scts, 0, "nothing counts from it");
	CHECK_INT(
		r->policies[0].verdict, VERDICT_NON_COMPLIANT, "nothing counts from it");
	CHECK(eval_finding(&r->policies[0].findings, CODE_TOO_FEW_SCTS), "too few");
	derw_clear(&list);
	derw_clear(&wrapped);
	derw_clear(&leaf);
}

// The TLS extension's list as bytes and as base64, and its SCTs over the whole leaf.
static void test_tls(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct out tls = {0};
	struct out base64 = {0};
	struct out other = {0};
	pki_cert(&spec, &leaf);
	eval_tls_list(b, &leaf, "Ar Bt", &tls);
	pki_base64(&base64, tls.data, tls.len);
	derw_printf(&base64, "\n");
	for (size_t i = 0; i < 2; i++) {
		struct ctp_request request = eval_request(b, &leaf);
		request.fields[REQUEST_TLS_SCTS] = eval_bytes(i ? &base64 : &tls);
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->num_scts, 2, "form %zu", i);
		CHECK_INT(r->scts[0].source, SOURCE_TLS, "form %zu", i);
		CHECK_INT(r->result, RESULT_PASS, "form %zu", i);
		CHECK(r->scts[0].counted && r->scts[1].counted, "form %zu", i);
	}
	// SCTs of another certificate.
	spec.dns_name = "other.example";
	pki_cert(&spec, &other);
	struct ctp_request request = eval_request(b, &other);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->scts[0].status, STATUS_INVALID_SIGNATURE, "of another certificate");
	CHECK_INT(r->result, RESULT_FAIL, "of another certificate");
	CHECK(eval_finding(&r->policies[0].findings, CODE_TOO_FEW_DELIVERED_SCTS),
		"said");
	derw_clear(&leaf);
	derw_clear(&tls);
	derw_clear(&base64);
	derw_clear(&other);
}

void test_sources(void)
{
	struct eval_bench *b = eval_bench_new();
	test_scts_beside(b);
	test_bad_scts_beside(b);
	test_how_many(b);
	for (size_t i = 0; i < sizeof(list_cases) / sizeof(list_cases[0]); i++) {
		test_broken_list(b, &list_cases[i], false);
		test_broken_list(b, &list_cases[i], true);
	}
	test_list_twice(b);
	test_tls(b);
	eval_bench_free(b);
}

// SPDX-License-Identifier: Apache-2.0
// Who issued it: the issuer given, missing, wrong, by key hash, in a chain, in a pool, and
// behind a Precertificate Signing Certificate.
#include "base/text.h"
#include "tests/unit/eval_build.h"

void test_inputs(void);

static void leave_out_issuer(struct ctp_request *request)
{
	request->fields[REQUEST_ISSUER] = BYTES_NONE;
}

// What a missing or wrong issuer leaves open, by what the SCTs could be at best.
static const struct open_case {
	const char *comment, *scts;
	int64_t seconds;
	enum verdict want, want_enforced; // without the issuer
	enum verdict want_with_it;
} open_cases[] = {
	{"two", "Ar Bt", EVAL_90_DAYS, VERDICT_INDETERMINATE, VERDICT_INDETERMINATE,
		VERDICT_COMPLIANT},
	{"one would never do", "Ar", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_NON_COMPLIANT, VERDICT_NON_COMPLIANT},
	{"two of one operator", "Ar At", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_INDETERMINATE, VERDICT_NON_COMPLIANT},
	{"static ones alone", "At Bt", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_INDETERMINATE, VERDICT_NON_COMPLIANT},
	{"more static ones than needed", "At Bt Ct", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_INDETERMINATE, VERDICT_NON_COMPLIANT},
	{"two for 181 days", "Ar Bt", 180 * INT64_C(86400), VERDICT_NON_COMPLIANT,
		VERDICT_INDETERMINATE, VERDICT_NON_COMPLIANT},
	{"a retired log alone", "Co", EVAL_90_DAYS, VERDICT_NON_COMPLIANT,
		VERDICT_NON_COMPLIANT, VERDICT_NON_COMPLIANT},
	{"none at all", "", EVAL_90_DAYS, VERDICT_NON_COMPLIANT, VERDICT_NON_COMPLIANT,
		VERDICT_NON_COMPLIANT},
};

static void test_open_case(struct eval_bench *b, const struct open_case *c)
{
	struct pki_cert_spec spec = eval_leaf(b, c->seconds);
	struct out leaf = {0};
	eval_issue(b, &spec, c->scts, &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(
		r->policies[0].verdict, c->want_with_it, "%s, issuer given", c->comment);
	CHECK_INT(r->issuer_signature, ISSUER_VALID, "%s", c->comment);

	leave_out_issuer(&request);
	r = eval_run(b, &request);
	CHECK_INT(r->issuer_signature, ISSUER_NOT_GIVEN, "%s", c->comment);
	CHECK_INT(r->policies[0].verdict, c->want, "%s, missing", c->comment);
	CHECK_INT(r->policies[1].verdict, c->want_enforced, "%s, missing", c->comment);
	CHECK_INT(eval_finding(&r->findings, CODE_ISSUER_MISSING) != NULL,
		r->num_scts > 0, "%s: said where it matters", c->comment);
	CHECK_INT(eval_finding(&r->policies[0].findings, CODE_UNDECIDED) != NULL,
		c->want == VERDICT_INDETERMINATE, "%s: undecided", c->comment);
	for (size_t i = 0; i < r->num_scts; i++) {
		CHECK_INT(r->scts[i].status, STATUS_UNVERIFIED, "%s", c->comment);
		CHECK(eval_has_why(&r->scts[i], CODE_UNVERIFIED), "%s", c->comment);
	}

	// A certificate of another name, and one of the same name with another key.
	struct pki_cert_spec other = b->world->ca;
	struct out same_name = {0};
	other.key = b->world->forger;
	pki_cert(&other, &same_name);
	for (int turn = 0; turn < 2; turn++) {
		request.fields[REQUEST_ISSUER] =
			eval_bytes(turn ? &same_name : &b->world->root_der);
		r = eval_run(b, &request);
		CHECK_INT(r->issuer_signature, turn ? ISSUER_INVALID : ISSUER_WRONG_NAME,
			"%s", c->comment);
		CHECK_INT(r->policies[0].verdict, c->want, "%s, wrong %d", c->comment,
			turn);
		CHECK_INT(r->policies[1].verdict, c->want_enforced, "%s, wrong %d",
			c->comment, turn);
		CHECK(eval_finding(&r->findings, CODE_WRONG_ISSUER), "%s", c->comment);
		for (size_t i = 0; i < r->num_scts; i++) {
			CHECK_INT(r->scts[i].status, STATUS_INVALID_SIGNATURE, "%s",
				c->comment);
		}
	}
	derw_clear(&same_name);
	derw_clear(&leaf);
}

// What no issuer could make valid leaves nothing open.
static void test_closed_for_another_reason(struct eval_bench *b)
{
	static const struct {
		const char *comment;
		unsigned damage;
		int64_t ms_more;
		enum verdict want;
	} cases[] = {
		{"undamaged", 0, 0, VERDICT_INDETERMINATE},
		{"unreadable", PKI_SCT_SHORT, 0, VERDICT_NON_COMPLIANT},
		{"an algorithm that no log may use", PKI_SCT_BAD_HASH, 0,
			VERDICT_NON_COMPLIANT},
		{"the algorithm of another key", PKI_SCT_BAD_KEY_TYPE, 0,
			VERDICT_NON_COMPLIANT},
		{"signed at T", 0, 12 * INT64_C(3600000) - 60000, VERDICT_INDETERMINATE},
		{"signed after T", 0, 12 * INT64_C(3600000) - 59999,
			VERDICT_NON_COMPLIANT},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
		struct pki_sct_spec specs[EVAL_MAX_SCTS];
		struct out leaf = {0};
		size_t num = eval_scts(b, "Ar Bt", specs);
		specs[1].damage = cases[i].damage;
		specs[1].timestamp_ms += (uint64_t)cases[i].ms_more;
		pki_issue(&spec, specs, num, &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		leave_out_issuer(&request);
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->policies[0].verdict, cases[i].want, "%s, no issuer",
			cases[i].comment);
		CHECK_INT(r->result,
			cases[i].want == VERDICT_INDETERMINATE ? RESULT_UNKNOWN
							       : RESULT_FAIL,
			"%s", cases[i].comment);
		request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->root_der);
		r = eval_run(b, &request);
		CHECK_INT(r->policies[0].verdict, cases[i].want, "%s, wrong issuer",
			cases[i].comment);
		derw_clear(&leaf);
	}
}

// Neither model hangs on a missing issuer where TLS alone is enough.
static void test_delivered_without_issuer(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct out tls = {0};
	eval_issue(b, &spec, "Ct", &leaf);
	eval_tls_list(b, &leaf, "Ar Bt", &tls);
	struct ctp_request request = eval_request(b, &leaf);
	leave_out_issuer(&request);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "by TLS");
	CHECK_INT(r->result, RESULT_PASS, "by TLS");
	// One of the TLS SCTs falls away: now the embedded one would decide.
	derw_clear(&tls);
	eval_tls_list(b, &leaf, "Ar", &tls);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	r = eval_run(b, &request);
	CHECK_INT(r->policies[0].verdict, VERDICT_INDETERMINATE,
		"the embedded one decides");
	request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->ca_der);
	CHECK_INT(eval_run(b, &request)->policies[0].verdict, VERDICT_COMPLIANT,
		"it is valid");
	// A wrong issuer does not excuse SCTs by TLS: they are not signed with its key.
	struct pki_sct_spec bad = pki_world_sct(b->world, "Alder2026h2", 1000);
	struct pki_entry entry = pki_entry_x509(&leaf);
	bad.damage = PKI_SCT_BAD_SIGNATURE;
	derw_clear(&tls);
	pki_sign_list(&bad, 1, &entry, &tls);
	request.fields[REQUEST_TLS_SCTS] = eval_bytes(&tls);
	request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->root_der);
	CHECK_INT(eval_run(b, &request)->policies[0].verdict, VERDICT_NON_COMPLIANT,
		"a bad SCT by TLS stays bad");
	derw_clear(&leaf);
	derw_clear(&tls);
}

static void test_key_hash(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	const uint8_t *hash = pki_key_sha256(b->world->ca_key);
	struct out leaf = {0};
	struct out hex = {0};
	struct out base64 = {0};
	struct out url = {0};
	pki_hex(&hex, hash, PKI_SHA256_LEN);
	pki_base64(&base64, hash, PKI_SHA256_LEN);
	for (size_t i = 0; i < base64.len && base64.data[i] != '='; i++) {
		char c = (char)base64.data[i];
		c = c == '+' ? '-' : c == '/' ? '_' : c;
		derw_put(&url, &c, 1);
	}
	eval_issue(b, &spec, "Ar Bt", &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	leave_out_issuer(&request);
	const struct out *forms[] = {&hex, &base64, &url};
	for (size_t i = 0; i < 3; i++) {
		request.fields[REQUEST_ISSUER_KEY_SHA256] = eval_bytes(forms[i]);
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT, "form %zu", i);
		CHECK_INT(r->issuer_signature, ISSUER_NOT_GIVEN, "form %zu", i);
		CHECK(r->has_issuer_key_hash &&
				memcmp(r->issuer_key_sha256, hash, PKI_SHA256_LEN) == 0,
			"form %zu: in the record", i);
		CHECK(!eval_finding(&r->findings, CODE_ISSUER_MISSING), "not missing");
	}
	hex.data[0] ^=
		1; // another digit: nothing says that the hash is wrong but the SCTs
	request.fields[REQUEST_ISSUER_KEY_SHA256] = eval_bytes(&hex);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->scts[0].status, STATUS_INVALID_SIGNATURE, "another key's hash");
	CHECK_INT(r->policies[0].verdict, VERDICT_INDETERMINATE, "another key's hash");
	CHECK(eval_finding(&r->findings, CODE_ISSUER_DOUBTFUL), "another key's hash");
	derw_clear(&hex);
	derw_clear(&base64);
	derw_clear(&url);
	derw_clear(&leaf);
}

static void test_bad_key_hash(struct eval_bench *b)
{
	static const char zeros[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	static const struct {
		const char *text;
		enum code want;
	} cases[] = {
		{"", CODE_BAD_KEY_HASH},
		{"00", CODE_BAD_KEY_HASH},
		{"AAAA", CODE_BAD_KEY_HASH},
		{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA*", CODE_BAD_KEY_HASH},
		{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", CODE_BAD_KEY_HASH},
		{"g000000000000000000000000000000000000000000000000000000000000000",
			CODE_BAD_KEY_HASH},
		{zeros, CODE_KEY_HASH_MISMATCH},
	};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct out hex = {0};
	struct err err;
	eval_issue(b, &spec, "Ar Bt", &leaf);
	struct ctp_request request = eval_request(b, &leaf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		request.fields[REQUEST_ISSUER_KEY_SHA256] = bytes_of_text(cases[i].text);
		CHECK(!eval_run_with(b, &request, b->lists, &err), "%s", cases[i].text);
		CHECK_CODE(&err, cases[i].want, "%s", cases[i].text);
		CHECK_TEXT(err.field, "issuer_key_sha256", "%s", cases[i].text);
	}
	pki_hex(&hex, pki_key_sha256(b->world->ca_key), PKI_SHA256_LEN);
	request.fields[REQUEST_ISSUER_KEY_SHA256] = eval_bytes(&hex);
	CHECK_INT(eval_run(b, &request)->result, RESULT_PASS, "both, and they agree");
	derw_clear(&hex);
	derw_clear(&leaf);
}

// Who signs what in a chain, and in which order.
static void test_chains(struct eval_bench *b)
{
	static const struct {
		const char *comment, *order; // l leaf, c CA, r root
		enum issuer_signature want;
		bool want_order_finding;
	} cases[] = {
		{"leaf alone", "l", ISSUER_NOT_GIVEN, false},
		{"leaf and CA", "lc", ISSUER_VALID, false},
		{"with the root", "lcr", ISSUER_VALID, false},
		{"the root before the CA", "lrc", ISSUER_VALID, true},
		{"without the CA", "lr", ISSUER_WRONG_NAME, false},
		{"the leaf twice", "llc", ISSUER_VALID, true},
	};
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct out pem = {0};
		for (const char *at = cases[i].order; *at; at++) {
			pki_pem(&pem, "CERTIFICATE",
				*at == 'l'           ? &leaf
					: *at == 'c' ? &b->world->ca_der
						     : &b->world->root_der);
		}
		struct ctp_request request = eval_request(b, &pem);
		leave_out_issuer(&request);
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->issuer_signature, cases[i].want, "%s", cases[i].comment);
		CHECK_INT(eval_finding(&r->findings, CODE_CHAIN_OUT_OF_ORDER) != NULL,
			cases[i].want_order_finding, "%s", cases[i].comment);
		CHECK_INT(r->policies[0].verdict,
			cases[i].want == ISSUER_VALID ? VERDICT_COMPLIANT
						      : VERDICT_INDETERMINATE,
			"%s", cases[i].comment);
		// The issuer field goes before the chain.
		request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->ca_der);
		CHECK_INT(eval_run(b, &request)->issuer_signature, ISSUER_VALID, "%s",
			cases[i].comment);
		derw_clear(&pem);
	}
	derw_clear(&leaf);
}

// A signature that cannot be checked, one that is broken, and names that differ in form.
static void test_issuer_signatures(struct eval_bench *b)
{
	static const struct pki_attr shouted[] = {
		{.oid = PKI_OID_COUNTRY, .tag = DERW_PRINTABLE_STRING, .data = "zz"},
		{.oid = PKI_OID_ORGANIZATION,
			.tag = DERW_PRINTABLE_STRING,
			.data = "SAMPLE TRUST SERVICES"},
	};
	struct pki_cert_spec odd = eval_leaf(b, EVAL_90_DAYS);
	struct pki_cert_spec broken = odd;
	struct pki_cert_spec renamed = odd;
	odd.algorithm_oid = "1.2.3.4";
	broken.bad_signature = true;
	renamed.issuer.attrs = shouted;
	const struct {
		const struct pki_cert_spec *spec;
		enum issuer_signature want;
		enum code want_code;
	} cases[] = {
		{&odd, ISSUER_UNSUPPORTED_ALGORITHM, CODE_ISSUER_ALGORITHM},
		{&broken, ISSUER_INVALID, CODE_WRONG_ISSUER},
		{&renamed, ISSUER_VALID, CODE_NONE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct out leaf = {0};
		eval_issue(b, cases[i].spec, "Ar Bt", &leaf);
		struct ctp_request request = eval_request(b, &leaf);
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->issuer_signature, cases[i].want, "case %zu", i);
		CHECK(cases[i].want_code == CODE_NONE
				? r->findings.num == 0
				: eval_finding(&r->findings, cases[i].want_code) != NULL,
			"case %zu", i);
		CHECK_INT(r->policies[0].verdict, VERDICT_COMPLIANT,
			"SCTs verify, case %zu", i);
		derw_clear(&leaf);
	}
}

// RFC 6962 3.1: signed by a Precertificate Signing Certificate; the entry is the CA's.
// A CA of the same name with another key: no signature of a TBSCertificate tells them
// apart, but its authority key identifier and its SCTs do.
static void test_doubtful_issuer(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_cert_spec fake = b->world->ca;
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out tbs = {0};
	struct out fake_der = {0};
	struct out scts[2] = {{0}, {0}};
	struct bytes given[2];
	fake.key = b->world->forger;
	pki_cert(&fake, &fake_der);
	pki_tbs(&spec, &tbs);
	struct pki_entry entry = pki_entry_precert(b->world->ca_key, &tbs);
	(void)eval_scts(b, "Ar Bt", specs);
	for (size_t i = 0; i < 2; i++) {
		pki_sct(&specs[i], &entry, &scts[i]);
		given[i] = eval_bytes(&scts[i]);
	}
	struct ctp_request request = eval_request(b, &tbs);
	request.scts = given;
	request.num_scts = 2;
	CHECK_INT(eval_run(b, &request)->result, RESULT_PASS, "the right CA");
	request.fields[REQUEST_ISSUER] = eval_bytes(&fake_der);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->scts[0].status, STATUS_INVALID_SIGNATURE, "another CA");
	CHECK_INT(r->policies[0].verdict, VERDICT_INDETERMINATE, "another CA");
	CHECK(eval_finding(&r->findings, CODE_ISSUER_DOUBTFUL), "another CA");
	// With the right CA a forged SCT is a forged SCT.
	request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->ca_der);
	scts[0].data[scts[0].len - 1] ^= 1;
	scts[1].data[scts[1].len - 1] ^= 1;
	r = eval_run(b, &request);
	CHECK_INT(r->policies[0].verdict, VERDICT_NON_COMPLIANT, "forged SCTs");
	CHECK(!eval_finding(&r->findings, CODE_ISSUER_DOUBTFUL), "forged SCTs");
	derw_clear(&tbs);
	derw_clear(&fake_der);
	derw_clear(&scts[0]);
	derw_clear(&scts[1]);
}

// The issuer first and the leaf behind it.
static void test_reversed(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct err err;
	eval_issue(b, &spec, "Ar Bt", &leaf);
	struct ctp_request request = eval_request(b, &b->world->ca_der);
	request.fields[REQUEST_ISSUER] = eval_bytes(&leaf);
	CHECK(!eval_run_with(b, &request, b->lists, &err), "leaf as the CA's issuer");
	CHECK_CODE(&err, CODE_CHAIN_REVERSED, "leaf as the CA's issuer");
	request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->root_der);
	CHECK(eval_run_with(b, &request, b->lists, &err) != NULL,
		"a CA and its own issuer");
	derw_clear(&leaf);
}

// Of two certificates of the issuer's name the one that signed is taken, wherever it stands.
static void test_namesake(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_cert_spec other = b->world->ca;
	struct out leaf = {0};
	struct out namesake = {0};
	eval_issue(b, &spec, "Ar Bt", &leaf);
	other.key = b->world->forger;
	pki_cert(&other, &namesake);
	for (int turn = 0; turn < 2; turn++) {
		struct out chain = {0};
		pki_pem(&chain, "CERTIFICATE", turn ? &namesake : &b->world->ca_der);
		pki_pem(&chain, "CERTIFICATE", turn ? &b->world->ca_der : &namesake);
		struct ctp_request request = eval_request(b, &leaf);
		request.fields[REQUEST_ISSUER] = eval_bytes(&chain);
		const struct record *r = eval_run(b, &request);
		CHECK_INT(r->issuer_signature, ISSUER_VALID, "turn %d", turn);
		CHECK_INT(r->result, RESULT_PASS, "turn %d", turn);
		derw_clear(&chain);
	}
	derw_clear(&namesake);
	derw_clear(&leaf);
}

static void test_precert_signing(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct pki_sct_spec specs[EVAL_MAX_SCTS];
	struct out list = {0};
	struct out precert = {0};
	struct out scts[2] = {{0}, {0}};
	struct out tbs = {0};
	struct out hex = {0};
	struct bytes given[2];
	pki_precert(&spec, &b->world->psc, &precert);
	pki_tbs(&spec, &tbs);
	struct pki_entry entry = pki_entry_precert(b->world->ca_key, &tbs);
	(void)eval_scts(b, "Ar Bt", specs);
	for (size_t i = 0; i < 2; i++) {
		pki_sct(&specs[i], &entry, &scts[i]);
		given[i] = eval_bytes(&scts[i]);
	}
	pki_pem(&list, "CERTIFICATE", &b->world->psc_der);
	struct ctp_request request = eval_request(b, &precert);
	request.scts = given;
	request.num_scts = 2;
	request.fields[REQUEST_ISSUER] = eval_bytes(&list);
	const struct record *r = eval_run(b, &request);
	CHECK_INT(r->cert->kind, CERT_PRECERTIFICATE, "a precertificate");
	CHECK_INT(r->issuer_signature, ISSUER_VALID, "the signing certificate signed it");
	CHECK(eval_finding(&r->findings, CODE_PRECERT_ISSUER_MISSING),
		"whose CA is missing");
	CHECK_INT(r->policies[0].verdict, VERDICT_INDETERMINATE, "so it hangs on that");

	pki_hex(&hex, pki_key_sha256(b->world->ca_key), PKI_SHA256_LEN);
	request.fields[REQUEST_ISSUER_KEY_SHA256] = eval_bytes(&hex);
	CHECK_INT(eval_run(b, &request)->result, RESULT_PASS,
		"the CA's key hash is enough");

	request.fields[REQUEST_ISSUER_KEY_SHA256] = BYTES_NONE;
	pki_pem(&list, "CERTIFICATE", &b->world->ca_der);
	request.fields[REQUEST_ISSUER] = eval_bytes(&list);
	r = eval_run(b, &request);
	CHECK_INT(r->result, RESULT_PASS, "the CA behind it");
	CHECK_INT(r->issuer_signature, ISSUER_VALID, "the CA behind it");
	CHECK_INT(r->findings.num, 0, "nothing to say");
	CHECK(memcmp(r->issuer_key_sha256, pki_key_sha256(b->world->ca_key), 32) == 0,
		"the CA's key counts");

	// The CA alone did not sign it, though it is whose name the final one will bear.
	request.fields[REQUEST_ISSUER] = eval_bytes(&b->world->ca_der);
	r = eval_run(b, &request);
	CHECK_INT(r->issuer_signature, ISSUER_WRONG_NAME, "the CA alone");
	CHECK_INT(r->policies[0].verdict, VERDICT_INDETERMINATE, "the CA alone");
	derw_clear(&list);
	derw_clear(&precert);
	derw_clear(&tbs);
	derw_clear(&hex);
	derw_clear(&scts[0]);
	derw_clear(&scts[1]);
}

static void test_not_evaluable(struct eval_bench *b)
{
	struct pki_cert_spec spec = eval_leaf(b, EVAL_90_DAYS);
	struct out leaf = {0};
	struct out tbs = {0};
	struct err err;
	eval_issue(b, &spec, "Ar Bt", &leaf);
	pki_tbs(&spec, &tbs);
	struct ctp_request request = eval_request(b, &leaf);
	request.fields[REQUEST_CERTIFICATE] = BYTES_NONE;
	CHECK(!eval_run_with(b, &request, b->lists, &err), "no certificate");
	CHECK_CODE(&err, CODE_BAD_REQUEST, "no certificate");
	CHECK_TEXT(err.field, "certificate", "no certificate");
	request.fields[REQUEST_CERTIFICATE] = bytes_of(leaf.data, leaf.len - 1);
	CHECK(!eval_run_with(b, &request, b->lists, &err), "cut short");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "cut short");
	CHECK_TEXT(err.field, "certificate", "cut short");
	request = eval_request(b, &leaf);
	request.fields[REQUEST_ISSUER] = BYTES_LITERAL("hello");
	CHECK(!eval_run_with(b, &request, b->lists, &err), "no issuer's certificate");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "no issuer's certificate");
	CHECK_TEXT(err.field, "issuer", "no issuer's certificate");
	request.fields[REQUEST_ISSUER] = eval_bytes(&tbs);
	CHECK(!eval_run_with(b, &request, b->lists, &err), "a TBSCertificate as issuer");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "a TBSCertificate as issuer");
	CHECK_TEXT(err.field, "issuer", "a TBSCertificate as issuer");
	derw_clear(&leaf);
	derw_clear(&tbs);
}

void test_inputs(void)
{
	struct eval_bench *b = eval_bench_new();
	for (size_t i = 0; i < sizeof(open_cases) / sizeof(open_cases[0]); i++) {
		test_open_case(b, &open_cases[i]);
	}
	test_closed_for_another_reason(b);
	test_delivered_without_issuer(b);
	test_key_hash(b);
	test_bad_key_hash(b);
	test_chains(b);
	test_issuer_signatures(b);
	test_doubtful_issuer(b);
	test_reversed(b);
	test_namesake(b);
	test_precert_signing(b);
	test_not_evaluable(b);
	eval_bench_free(b);
}

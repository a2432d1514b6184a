// SPDX-License-Identifier: Apache-2.0
#include "x509/ocsp.h"

#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_ocsp(void);

// A leaf, its issuer, another leaf, and a response about them.
struct scene {
	struct pki_world *world;
	struct digest *digest;
	struct pki_cert_spec leaf_spec, other_spec;
	struct out leaf_der, list;
	struct cert leaf, issuer, wrong_issuer;
};

static struct bytes of(const struct out *der)
{
	return bytes_of(der->data, der->len);
}

static void set_up(struct scene *s)
{
	struct err err;
	err_clear(&err);
	memset(s, 0, sizeof(*s));
	s->world = pki_world_new("ocsp");
	s->digest = digest_new(&err);
	s->leaf_spec = pki_world_leaf(s->world, "ocsp.example", 0, 90 * PKI_DAY - 1);
	s->other_spec = pki_world_leaf(s->world, "other.example", 0, 80 * PKI_DAY - 1);
	pki_cert(&s->leaf_spec, &s->leaf_der);
	derw_put(&s->list, "\x00\x03\x00\x01\xaa", 5);
	CHECK(cert_read(of(&s->leaf_der), &s->leaf, &err) &&
			cert_read(of(&s->world->ca_der), &s->issuer, &err) &&
			cert_read(of(&s->world->root_der), &s->wrong_issuer, &err),
		"the scene is set: %s", err.text);
}

static void clean_up(struct scene *s)
{
	derw_clear(&s->leaf_der);
	derw_clear(&s->list);
	digest_free(s->digest);
	pki_world_free(s->world);
}

static void respond(const struct scene *s, const struct pki_ocsp_single *singles,
	size_t num, struct out *der)
{
	struct pki_ocsp_spec spec = {
		.singles = singles, .num_singles = num, .signer = s->world->ca_key};
	pki_ocsp(&spec, der);
}

static void test_matching(struct scene *s)
{
	const struct pki_ocsp_single own = {
		.cert = &s->leaf_spec, .sct_list = &s->list, .next_update = PKI_DAY};
	const struct pki_ocsp_single silent = {.cert = &s->leaf_spec, .revoked = true};
	const struct pki_ocsp_single other = {
		.cert = &s->other_spec, .sct_list = &s->list};
	const struct {
		const char *name;
		struct pki_ocsp_single singles[3];
		size_t num;
		enum pki_hash hash;
		const struct cert *issuer;
		enum ocsp_outcome want;
		bool want_scts;
		size_t want_others;
	} cases[] = {
		{"SHA-1", {own}, 1, PKI_SHA1, &s->issuer, OCSP_MATCHED, true, 0},
		{"SHA-256", {own}, 1, PKI_SHA256, &s->issuer, OCSP_MATCHED, true, 0},
		{"SHA-384", {own}, 1, PKI_SHA384, &s->issuer, OCSP_MATCHED, true, 0},
		{"SHA-512", {own}, 1, PKI_SHA512, &s->issuer, OCSP_MATCHED, true, 0},
		{"no issuer", {own}, 1, PKI_SHA1, NULL, OCSP_MATCHED, true, 0},
		{"another issuer's key", {own}, 1, PKI_SHA1, &s->wrong_issuer,
			OCSP_OTHER_CERT, false, 1},
		{"without SCTs", {silent}, 1, PKI_SHA1, &s->issuer, OCSP_MATCHED, false,
			0},
		{"another certificate", {other}, 1, PKI_SHA1, &s->issuer, OCSP_OTHER_CERT,
			false, 1},
		{"no single response", {own}, 0, PKI_SHA1, &s->issuer, OCSP_OTHER_CERT,
			false, 0},
		{"the second of two", {other, own}, 2, PKI_SHA1, &s->issuer, OCSP_MATCHED,
			true, 1},
		{"twice: the one with SCTs speaks", {silent, own, other}, 3, PKI_SHA1,
			&s->issuer, OCSP_MATCHED, true, 1},
		{"twice with SCTs", {own, own}, 2, PKI_SHA1, &s->issuer, OCSP_MATCHED,
			true, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pki_ocsp_single singles[3];
		struct out der = {0};
		struct ocsp_answer answer;
		struct err err;
		for (size_t k = 0; k < 3; k++) {
			singles[k] = cases[i].singles[k];
			singles[k].hash = cases[i].hash;
		}
		respond(s, singles, cases[i].num, &der);
		err_clear(&err);
		struct ocsp_subject subject = {&s->leaf, cases[i].issuer};
		enum ocsp_outcome got =
			ocsp_read(of(&der), &subject, s->digest, &answer, &err);
		CHECK_INT(got, cases[i].want, "%s: %s", cases[i].name, err.text);
		CHECK_CODE(&err, CODE_NONE, "%s", cases[i].name);
		CHECK_INT(answer.has_scts, cases[i].want_scts, "%s", cases[i].name);
		CHECK_INT(answer.num_others, cases[i].want_others, "%s", cases[i].name);
		CHECK_INT(answer.key_hash_unchecked, cases[i].issuer == NULL, "%s",
			cases[i].name);
		CHECK(!answer.has_scts || bytes_equal(answer.scts, of(&s->list)), "%s",
			cases[i].name);
		CHECK(answer.signature.len > 60 && answer.tbs.len > 20, "%s: to verify",
			cases[i].name);
		derw_clear(&der);
	}
}

static void test_word(struct scene *s)
{
	static const int64_t day = PKI_DAY;
	const struct pki_ocsp_single good = {
		.cert = &s->leaf_spec, .this_update = day, .next_update = 2 * day};
	const struct pki_ocsp_single open = {.cert = &s->leaf_spec, .this_update = day};
	const struct pki_ocsp_single revoked = {.cert = &s->leaf_spec,
		.revoked = true,
		.this_update = 3 * day,
		.next_update = 4 * day};
	const struct pki_ocsp_single unknown = {
		.cert = &s->leaf_spec, .unknown = true, .this_update = day};
	const struct pki_ocsp_single other = {
		.cert = &s->other_spec, .revoked = true, .this_update = 9 * day};
	const struct {
		const char *name;
		struct pki_ocsp_single singles[3];
		size_t num;
		enum ocsp_status want;
		int64_t want_this, want_next, want_revoked; // 0: not known
	} cases[] = {
		{"good", {good}, 1, OCSP_STATUS_GOOD, day, 2 * day, 0},
		{"without nextUpdate", {open}, 1, OCSP_STATUS_GOOD, day, 0, 0},
		{"revoked", {revoked}, 1, OCSP_STATUS_REVOKED, 3 * day, 4 * day, 3 * day},
		{"unknown", {unknown}, 1, OCSP_STATUS_UNKNOWN, day, 0, 0},
		{"the later one speaks", {good, revoked}, 2, OCSP_STATUS_REVOKED, 3 * day,
			4 * day, 3 * day},
		{"the later one stood first", {revoked, good}, 2, OCSP_STATUS_REVOKED,
			3 * day, 4 * day, 3 * day},
		{"another's word", {other, good, other}, 3, OCSP_STATUS_GOOD, day,
			2 * day, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ocsp_subject subject = {&s->leaf, &s->issuer};
		struct ocsp_answer answer;
		struct out der = {0};
		struct err err;
		err_clear(&err);
		respond(s, cases[i].singles, cases[i].num, &der);
		CHECK_INT(ocsp_read(of(&der), &subject, s->digest, &answer, &err),
			OCSP_MATCHED, "%s", cases[i].name);
		CHECK_INT(answer.word.status, cases[i].want, "%s", cases[i].name);
		CHECK_INT(answer.word.this_update.seconds, cases[i].want_this, "%s",
			cases[i].name);
		CHECK_INT(answer.word.next_update.seconds, cases[i].want_next, "%s",
			cases[i].name);
		CHECK_INT(answer.word.next_update.is_known, cases[i].want_next != 0, "%s",
			cases[i].name);
		CHECK_INT(answer.word.revoked_at.seconds, cases[i].want_revoked, "%s",
			cases[i].name);
		derw_clear(&der);
	}
}

// A time that is none: the rest is read all the same.
static void test_odd_time(struct scene *s)
{
	const struct pki_ocsp_single single = {.cert = &s->leaf_spec,
		.this_update = PKI_DAY,
		.next_update = 2 * PKI_DAY,
		.sct_list = &s->list};
	struct ocsp_subject subject = {&s->leaf, &s->issuer};
	struct ocsp_answer answer;
	struct out der = {0};
	struct err err;
	err_clear(&err);
	respond(s, &single, 1, &der);
	struct bytes next = BYTES_LITERAL("19700103000000Z");
	size_t at = bytes_find(of(&der), 0, next);
	if (CHECK(at < der.len, "nextUpdate stands there")) {
		der.data[at + 4] = '9'; // the month 91
	}
	CHECK_INT(ocsp_read(of(&der), &subject, s->digest, &answer, &err), OCSP_MATCHED,
		"an odd time: %s", err.text);
	CHECK(answer.has_scts, "the SCTs are there");
	CHECK_INT(answer.word.next_update.is_known, false, "no such time");
	CHECK_INT(answer.word.this_update.seconds, PKI_DAY, "the other one");
	derw_clear(&der);
}

static enum ocsp_outcome read_it(struct scene *s, struct bytes der, struct err *err)
{
	struct ocsp_subject subject = {&s->leaf, &s->issuer};
	struct ocsp_answer answer;
	err_clear(err);
	enum ocsp_outcome outcome = ocsp_read(der, &subject, s->digest, &answer, err);
	CHECK((outcome == OCSP_UNREADABLE || outcome == OCSP_FAILED) ==
			(err->code != CODE_NONE),
		"an error where there is one: %s", err->text);
	return outcome;
}

static void test_status(struct scene *s)
{
	for (int status = 1; status <= 6; status++) {
		struct pki_ocsp_spec spec = {.status = status};
		struct ocsp_subject subject = {&s->leaf, &s->issuer};
		struct ocsp_answer answer;
		struct out der = {0};
		struct err err;
		err_clear(&err);
		pki_ocsp(&spec, &der);
		CHECK_INT(ocsp_read(of(&der), &subject, s->digest, &answer, &err),
			OCSP_ERROR_STATUS, "status %d", status);
		CHECK_INT(answer.status, status, "status %d", status);
		derw_clear(&der);
	}
}

// The element at a path of child numbers, octet strings entered like sequences.
static size_t element_at(struct bytes der, const char *path)
{
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(der, CODE_OCSP_UNREADABLE, &err);
	for (; *path; path++) {
		struct der_element parent = der_any(&r, "parent");
		r = reader_nested(&r, parent.value);
		for (char c = '0'; c < *path; c++) {
			(void)der_any(&r, "sibling");
		}
	}
	CHECK_CODE(&err, CODE_NONE, "the path exists");
	return reader_offset(&r);
}

// Another tag at each level: unreadable, with the place of the tag.
static void test_tags(struct scene *s)
{
	static const struct {
		const char *name;
		const char *path;
		bool any; // its tag says nothing to us
	} elements[] = {
		{"OCSPResponse", "", false},
		{"responseStatus", "0", false},
		{"responseBytes [0]", "1", false},
		{"responseBytes", "10", false},
		{"responseType", "100", false},
		{"response", "101", false},
		{"BasicOCSPResponse", "1010", false},
		{"tbsResponseData", "10100", false},
		{"responderID", "101000", true},
		{"producedAt", "101001", false},
		{"responses", "101002", false},
		{"singleResponse", "1010020", false},
		{"certID", "10100200", false},
		{"hashAlgorithm", "101002000", false},
		{"its OID", "1010020000", false},
		{"issuerNameHash", "101002001", false},
		{"issuerKeyHash", "101002002", false},
		{"serialNumber", "101002003", false},
		{"certStatus", "10100201", true},
		{"thisUpdate", "10100202", false},
		{"nextUpdate", "10100203", false},
		{"singleExtensions [1]", "10100204", false},
		{"singleExtensions", "101002040", false},
		{"extension", "1010020400", false},
		{"extension id", "10100204000", false},
		{"extension value", "10100204001", false},
		{"SCT list", "101002040010", false},
		{"signatureAlgorithm", "10101", false},
		{"its OID", "101010", false},
		{"signature", "10102", false},
		{"certs [0]", "10103", false},
		{"certs", "101030", false},
	};
	const struct pki_ocsp_single single = {
		.cert = &s->leaf_spec, .sct_list = &s->list, .next_update = PKI_DAY};
	struct pki_ocsp_spec spec = {.singles = &single,
		.num_singles = 1,
		.signer = s->world->ca_key,
		.certs = &s->world->ca_der,
		.num_certs = 1};
	struct out der = {0};
	struct err err;
	pki_ocsp(&spec, &der);
	CHECK_INT(read_it(s, of(&der), &err), OCSP_MATCHED, "as it is: %s", err.text);
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		size_t at = element_at(of(&der), elements[i].path);
		uint8_t tag = der.data[at];
		der.data[at] = 0x0c;
		enum ocsp_outcome got = read_it(s, of(&der), &err);
		CHECK_INT(got, elements[i].any ? OCSP_MATCHED : OCSP_UNREADABLE, "%s: %s",
			elements[i].name, err.text);
		if (!elements[i].any) {
			CHECK_CODE(&err, CODE_OCSP_UNREADABLE, "%s", elements[i].name);
			CHECK_INT(err.offset, at, "%s: %s", elements[i].name, err.text);
		}
		der.data[at] = tag;
	}
	// responseType: 1.3.6.1.5.5.7.48.1.2 has nothing for us.
	size_t type = element_at(of(&der), "100");
	der.data[type + 1 + der.data[type + 1]] = 2;
	CHECK_INT(
		read_it(s, of(&der), &err), OCSP_UNREADABLE, "another type of response");
	CHECK(strstr(err.text, "responseType"), "%s", err.text);
	derw_clear(&der);
}

static void test_cut(struct scene *s)
{
	const struct pki_ocsp_single single = {
		.cert = &s->leaf_spec, .sct_list = &s->list};
	struct out der = {0};
	struct err err;
	respond(s, &single, 1, &der);
	for (size_t len = 0; len < der.len; len++) {
		uint8_t *copy = malloc(len ? len : 1);
		if (!copy) {
			abort();
		}
		memcpy(copy, der.data, len);
		CHECK_INT(read_it(s, bytes_of(copy, len), &err), OCSP_UNREADABLE,
			"%zu bytes", len);
		CHECK_CODE(&err, CODE_OCSP_UNREADABLE, "%zu bytes", len);
		CHECK_INT(err.offset, len < 4 ? len : 0, "%zu bytes: %s", len, err.text);
		free(copy);
	}
	derw_put(&der, "", 1);
	CHECK_INT(read_it(s, of(&der), &err), OCSP_UNREADABLE, "a byte behind");
	CHECK_INT(err.offset, der.len - 1, "a byte behind");
	derw_clear(&der);
}

// A response whose one SingleResponse, taken from `plain`, gets `ext` behind its last field.
// Its signature is none, which nobody asks here.
static void with_extension(
	const struct out *plain, const struct out *ext, struct out *der)
{
	struct out tbs = {0};
	struct err err;
	size_t at = element_at(of(plain), "1010020");
	struct reader r = reader_init(
		bytes_of(plain->data + at, plain->len - at), CODE_OCSP_UNREADABLE, &err);
	err_clear(&err);
	struct bytes single = der_expect(&r, DER_SEQUENCE, "single").value;
	derw_put(&tbs, "\xa0\x03\x02\x01\x00", 5); // version, though it is the DEFAULT
	derw_tlv(&tbs, DERW_CONTEXT_CONSTRUCTED | 2, "\x04\x00", 2);
	derw_generalized_time(&tbs, 0);
	size_t responses = tbs.len;
	derw_put(&tbs, single.data, single.len);
	derw_put_out(&tbs, ext);
	derw_wrap(&tbs, responses, DERW_SEQUENCE); // SingleResponse
	derw_wrap(&tbs, responses, DERW_SEQUENCE); // responses
	derw_put(&tbs, "\xa1\x02\x30\x00", 4); // responseExtensions
	derw_wrap(&tbs, 0, DERW_SEQUENCE); // tbsResponseData
	derw_put(&tbs, "\x30\x03\x06\x01\x2a\x03\x01\x00", 8);
	derw_wrap(&tbs, 0, DERW_SEQUENCE);
	derw_wrap(&tbs, 0, DERW_OCTET_STRING);
	derw_tlv(der, DERW_ENUMERATED, "", 1);
	size_t bytes = der->len;
	derw_oid(der, "1.3.6.1.5.5.7.48.1.1");
	derw_put_out(der, &tbs);
	derw_wrap(der, bytes, DERW_SEQUENCE);
	derw_wrap(der, bytes, DERW_CONTEXT_CONSTRUCTED | 0);
	derw_wrap(der, 0, DERW_SEQUENCE);
	derw_clear(&tbs);
}

// The SCT list extension's own troubles.
static void test_extension(struct scene *s)
{
	static const struct {
		const char *name;
		struct bytes value; // what stands in the extension's OCTET STRING
		int times;
		bool want;
	} cases[] = {
		{"good", BYTES_LITERAL("\x04\x02\x00\x00"), 1, true},
		{"no OCTET STRING in it", BYTES_LITERAL("\x00\x05\x00\x03\x00"), 1,
			false},
		{"bytes behind it", BYTES_LITERAL("\x04\x02\x00\x00\x00"), 1, false},
		{"nothing in it", BYTES_LITERAL(""), 1, false},
		{"twice", BYTES_LITERAL("\x04\x02\x00\x00"), 2, false},
	};
	const struct pki_ocsp_single single = {.cert = &s->leaf_spec};
	struct out plain = {0};
	respond(s, &single, 1, &plain);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct out der = {0};
		struct out ext = {0};
		struct err err;
		for (int k = 0; k < cases[i].times; k++) {
			size_t start = ext.len;
			derw_oid(&ext, PKI_OID_OCSP_SCT_LIST);
			derw_true(&ext);
			derw_tlv(&ext, DERW_OCTET_STRING, cases[i].value.data,
				cases[i].value.len);
			derw_wrap(&ext, start, DERW_SEQUENCE);
		}
		derw_wrap(&ext, 0, DERW_SEQUENCE);
		derw_wrap(&ext, 0, DERW_CONTEXT_CONSTRUCTED | 1);
		with_extension(&plain, &ext, &der);
		CHECK_INT(read_it(s, of(&der), &err),
			cases[i].want ? OCSP_MATCHED : OCSP_UNREADABLE, "%s: %s",
			cases[i].name, err.text);
		derw_clear(&ext);
		derw_clear(&der);
	}
	derw_clear(&plain);
}

static void test_limits(struct scene *s)
{
	struct err err;
	uint8_t *big = calloc(1, OCSP_MAX_LEN + 1);
	if (big) {
		CHECK_INT(read_it(s, bytes_of(big, OCSP_MAX_LEN + 1), &err),
			OCSP_UNREADABLE, "over 1 MB");
		CHECK(strstr(err.text, "the limit is 1048576"), "%s", err.text);
	}
	free(big);
	struct pki_ocsp_single *singles =
		calloc(OCSP_MAX_RESPONSES + 1, sizeof(*singles));
	for (size_t num = OCSP_MAX_RESPONSES; singles && num <= OCSP_MAX_RESPONSES + 1;
		num++) {
		struct out der = {0};
		for (size_t i = 0; i < num; i++) {
			singles[i] = (struct pki_ocsp_single){.cert = &s->other_spec};
		}
		respond(s, singles, num, &der);
		CHECK_INT(read_it(s, of(&der), &err),
			num > OCSP_MAX_RESPONSES ? OCSP_UNREADABLE : OCSP_OTHER_CERT,
			"%zu responses: %s", num, err.text);
		derw_clear(&der);
	}
	free(singles);
}

void test_ocsp(void)
{
	struct scene scene;
	set_up(&scene);
	test_matching(&scene);
	test_word(&scene);
	test_odd_time(&scene);
	test_status(&scene);
	test_tags(&scene);
	test_cut(&scene);
	test_extension(&scene);
	test_limits(&scene);
	clean_up(&scene);
}

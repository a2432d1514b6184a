// SPDX-License-Identifier: Apache-2.0
#include "x509/cert.h"

#include "base/text.h"
#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"
#include "x509/oid.h"

void test_cert(void);

#define IN(text) BYTES_LITERAL(text)

static struct bytes of(const struct out *der)
{
	return bytes_of(der->data, der->len);
}

// A certificate of handmade pieces, each of which a case may replace.
enum piece {
	VERSION,
	SERIAL,
	ALGORITHM,
	ISSUER,
	VALIDITY,
	SUBJECT,
	SPKI,
	EXTENSIONS,
	OUTER,
	SIGNATURE,
	NUM_PIECES
};

static const struct bytes usual[NUM_PIECES] = {
	[VERSION] = IN("\xa0\x03\x02\x01\x02"),
	[SERIAL] = IN("\x02\x01\x05"),
	[ALGORITHM] = IN("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"),
	[ISSUER] = IN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61"),
	[VALIDITY] = IN("\x30\x1e\x17\x0d"
			"260601000000Z"
			"\x17\x0d"
			"260901000000Z"),
	[SUBJECT] = IN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x62"),
	[SPKI] = IN("\x30\x0c\x30\x05\x06\x03\x2b\x65\x70\x03\x03\x00\xaa\xbb"),
	[EXTENSIONS] = IN(""),
	[OUTER] = IN("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"),
	[SIGNATURE] = IN("\x03\x03\x00\x01\x02"),
};

// *out_at: where the replaced piece begins.
static void build(
	enum piece which, struct bytes in_place, struct out *der, size_t *out_at)
{
	size_t before = 0;
	size_t tbs_len = 0;
	for (int i = VERSION; i < NUM_PIECES; i++) {
		struct bytes piece = i == (int)which ? in_place : usual[i];
		if (i == (int)which) {
			before = der->len;
		}
		derw_put(der, piece.data, piece.len);
		if (i == EXTENSIONS) {
			derw_wrap(der, 0, DERW_SEQUENCE);
			tbs_len = der->len;
		}
	}
	size_t content = der->len;
	derw_wrap(der, 0, DERW_SEQUENCE);
	// Behind the headers of the certificate and, within it, of the TBSCertificate.
	size_t outer_header = der->len - content;
	bool in_tbs = which <= EXTENSIONS;
	size_t tbs_header = tbs_len > 2 + 255 ? 4 : tbs_len > 2 + 127 ? 3 : 2;
	*out_at = before + outer_header + (in_tbs ? tbs_header : 0);
}

struct piece_case {
	const char *name;
	enum piece which;
	struct bytes in_place;
	size_t want_delta; // of the error's offset from the piece's beginning
};

#define GOOD ((size_t)-1)

static const struct piece_case piece_cases[] = {
	{"as it is", SERIAL, IN("\x02\x01\x05"), GOOD},
	{"no version: v1", VERSION, IN(""), GOOD},
	{"an empty version", VERSION, IN("\xa0\x00"), 2},
	{"a version of two numbers", VERSION, IN("\xa0\x06\x02\x01\x02\x02\x01\x02"), 5},
	{"a version that is text", VERSION, IN("\xa0\x03\x0c\x01\x02"), 2},
	{"a negative serial number", SERIAL, IN("\x02\x01\x85"), GOOD},
	{"a serial number of no bytes", SERIAL, IN("\x02\x00"), 0},
	{"a serial number not minimal", SERIAL, IN("\x02\x02\x00\x05"), 0},
	{"no serial number", SERIAL, IN(""), 0},
	{"a length of the long form where the short one fits", SERIAL,
		IN("\x02\x81\x01\x05"), 1},
	{"an indefinite length", ISSUER, IN("\x30\x80\x00\x00"), 1},
	{"a length beyond the end", SIGNATURE, IN("\x03\x04\x00\x01\x02"), 0},
	{"a tag of two bytes", SERIAL, IN("\x1f\x02\x01\x05"), 0},
	{"an algorithm without OID", ALGORITHM, IN("\x30\x02\x05\x00"), 2},
	{"an algorithm with NULL", ALGORITHM, IN("\x30\x05\x06\x01\x2a\x05\x00"), GOOD},
	{"an algorithm with two parameters", ALGORITHM,
		IN("\x30\x07\x06\x01\x2a\x05\x00\x05\x00"), 7},
	{"parameters that are no TLV", ALGORITHM, IN("\x30\x04\x06\x01\x2a\x05"), 6},
	{"an issuer that is a SET", ISSUER, IN("\x31\x00"), 0},
	{"an empty issuer", ISSUER, IN("\x30\x00"), GOOD},
	{"no issuer", ISSUER, IN(""), 2}, // what follows is read as one, and is none
	{"a notBefore that is text", VALIDITY,
		IN("\x30\x1e\x0c\x0d"
		   "260601000000Z"
		   "\x17\x0d"
		   "260901000000Z"),
		2},
	{"a notAfter that is no time", VALIDITY,
		IN("\x30\x1e\x17\x0d"
		   "260601000000Z"
		   "\x17\x0d"
		   "261301000000Z"),
		17},
	{"no notAfter", VALIDITY,
		IN("\x30\x0f\x17\x0d"
		   "260601000000Z"),
		17},
	{"three times", VALIDITY,
		IN("\x30\x20\x17\x0d"
		   "260601000000Z"
		   "\x17\x0d"
		   "260901000000Z\x05"),
		32},
	{"GeneralizedTime", VALIDITY,
		IN("\x30\x22\x18\x0f"
		   "20260601000000Z"
		   "\x18\x0f"
		   "20260901000000Z"),
		GOOD},
	{"a key that is not whole bytes", SPKI,
		IN("\x30\x0c\x30\x05\x06\x03\x2b\x65\x70\x03\x03\x01\xaa\xbb"), 9},
	{"a key with bytes behind it", SPKI,
		IN("\x30\x0e\x30\x05\x06\x03\x2b\x65\x70\x03\x03\x00\xaa\xbb\x05\x00"),
		14},
	{"no key", SPKI, IN("\x30\x07\x30\x05\x06\x03\x2b\x65\x70"), 9},
	{"unique identifiers", EXTENSIONS, IN("\x81\x02\x00\x01\x82\x02\x00\x01"), GOOD},
	{"identifiers in the wrong order", EXTENSIONS,
		IN("\x82\x02\x00\x01\x81\x02\x00\x01"), 4},
	{"extensions that are a SET", EXTENSIONS, IN("\xa3\x02\x31\x00"), 2},
	{"no extension", EXTENSIONS, IN("\xa3\x02\x30\x00"), GOOD},
	{"an extension that is an INTEGER", EXTENSIONS,
		IN("\xa3\x05\x30\x03\x02\x01\x05"), 4},
	{"an extension without value", EXTENSIONS,
		IN("\xa3\x07\x30\x05\x30\x03\x06\x01\x2a"), 9},
	{"critical of two bytes", EXTENSIONS,
		IN("\xa3\x0d\x30\x0b\x30\x09\x06\x01\x2a\x01\x02\xff\xff\x04\x00"), 9},
	{"a third field in an extension", EXTENSIONS,
		IN("\xa3\x0b\x30\x09\x30\x07\x06\x01\x2a\x04\x00\x05\x00"), 11},
	{"bytes behind the extensions", EXTENSIONS, IN("\xa3\x02\x30\x00\x05\x00"), 4},
	{"bytes within [3]", EXTENSIONS, IN("\xa3\x04\x30\x00\x05\x00"), 4},
	{"no outer algorithm", OUTER, IN(""), 0},
	{"no signature", SIGNATURE, IN(""), 0},
	{"a signature of no bytes", SIGNATURE, IN("\x03\x00"), 0},
	{"a signature that is not whole bytes", SIGNATURE, IN("\x03\x02\x04\x10"), 0},
	{"bytes behind the signature", SIGNATURE, IN("\x03\x03\x00\x01\x02\x05\x00"), 5},
};

static void test_pieces(void)
{
	for (size_t i = 0; i < sizeof(piece_cases) / sizeof(piece_cases[0]); i++) {
		const struct piece_case *c = &piece_cases[i];
		struct out der = {0};
		struct cert cert;
		struct err err;
		size_t at = 0;
		build(c->which, c->in_place, &der, &at);
		err_clear(&err);
		bool read = cert_read(of(&der), &cert, &err);
		CHECK_INT(read, c->want_delta == GOOD, "%s: %s", c->name, err.text);
		CHECK_CODE(&err, read ? CODE_NONE : CODE_BAD_CERTIFICATE, "%s", c->name);
		if (!read && c->want_delta != GOOD) {
			CHECK_INT(err.offset - at, c->want_delta, "%s: %s", c->name,
				err.text);
		}
		derw_clear(&der);
	}
}

// Every extension that is read, by its extnValue.
static const struct {
	const char *name;
	struct bytes value;
	const char *oid;
	size_t want_delta;
} extension_cases[] = {
	{"no CA", IN("\x30\x00"), "2.5.29.19", GOOD},
	{"a path length", IN("\x30\x06\x01\x01\xff\x02\x01\x00"), "2.5.29.19", GOOD},
	{"basicConstraints that is text", IN("\x0c\x00"), "2.5.29.19", 0},
	{"basicConstraints of two flags", IN("\x30\x06\x01\x01\xff\x01\x01\xff"),
		"2.5.29.19", 5},
	{"basicConstraints cut short", IN("\x30\x01\x01"), "2.5.29.19", 3},
	{"bytes behind basicConstraints", IN("\x30\x00\x00"), "2.5.29.19", 2},
	{"no key purpose", IN("\x30\x00"), "2.5.29.37", GOOD},
	{"a key purpose that is a number", IN("\x30\x03\x02\x01\x05"), "2.5.29.37", 2},
	{"an alternative name", IN("\x30\x03\x82\x01\x61"), "2.5.29.17", GOOD},
	{"a name of an unknown kind", IN("\x30\x03\x8f\x01\x61"), "2.5.29.17", GOOD},
	{"a name in pieces", IN("\x30\x05\xa2\x03\x16\x01\x61"), "2.5.29.17", 2},
	{"a name beyond the end", IN("\x30\x03\x82\x02\x61"), "2.5.29.17", 2},
	{"names that are no SEQUENCE", IN("\x82\x01\x61"), "2.5.29.17", 0},
	{"a subject key identifier", IN("\x04\x01\xaa"), "2.5.29.14", GOOD},
	{"a subject key identifier of bits", IN("\x03\x01\x00"), "2.5.29.14", 0},
	{"an authority key identifier", IN("\x30\x03\x80\x01\xaa"), "2.5.29.35", GOOD},
	{"one with a serial number", IN("\x30\x06\x80\x01\xaa\x82\x01\x05"), "2.5.29.35",
		GOOD},
	{"one without identifier", IN("\x30\x00"), "2.5.29.35", GOOD},
	{"one in pieces", IN("\x30\x05\xa0\x03\x04\x01\xaa"), "2.5.29.35", 2},
	{"one twice", IN("\x30\x06\x80\x01\xaa\x80\x01\xbb"), "2.5.29.35", 5},
	{"one out of place", IN("\x30\x06\x82\x01\x05\x80\x01\xaa"), "2.5.29.35", 5},
	{"a poison", IN("\x05\x00"), PKI_OID_POISON, GOOD},
	{"a poison that is text", IN("\x0c\x00"), PKI_OID_POISON, GOOD},
	{"a poison with bytes behind it", IN("\x05\x00\x00"), PKI_OID_POISON, 2},
	{"an unknown extension", IN("any bytes"), "1.2.3.4", GOOD},
	{"key usage is not looked into", IN(""), "2.5.29.15", GOOD},
};

static size_t find(struct bytes in, struct bytes what, size_t from)
{
	for (size_t at = from; at + what.len <= in.len; at++) {
		if (memcmp(in.data + at, what.data, what.len) == 0) {
			return at;
		}
	}
	return in.len;
}

static struct pki_cert_spec bare_leaf(const struct pki_world *world)
{
	int64_t begin = pki_seconds(PKI_WORLD_NOT_BEFORE);
	struct pki_cert_spec spec =
		pki_world_leaf(world, "cert.example", begin, begin + 90 * PKI_DAY - 1);
	spec.bare = true;
	spec.basic_constraints = PKI_BC_ABSENT;
	spec.dns_name = NULL;
	spec.num_ekus = 0;
	spec.num_extras = 0;
	return spec;
}

static void test_extensions(const struct pki_world *world)
{
	for (size_t i = 0; i < sizeof(extension_cases) / sizeof(extension_cases[0]);
		i++) {
		struct bytes value = extension_cases[i].value;
		const char *name = extension_cases[i].name;
		struct pki_ext ext = {
			extension_cases[i].oid, false, value.data, value.len};
		struct pki_cert_spec spec = bare_leaf(world);
		spec.extras = &ext;
		spec.num_extras = 1;
		struct out needle = {0};
		struct out der = {0};
		struct cert cert;
		struct err err;
		derw_oid(&needle, ext.oid);
		pki_cert(&spec, &der);
		size_t at = find(of(&der), of(&needle), 0) + needle.len + 2;
		err_clear(&err);
		bool good = extension_cases[i].want_delta == GOOD;
		CHECK_INT(
			cert_read(of(&der), &cert, &err), good, "%s: %s", name, err.text);
		CHECK_CODE(&err, good ? CODE_NONE : CODE_BAD_CERTIFICATE, "%s", name);
		if (!good) {
			CHECK_INT(err.offset - at, extension_cases[i].want_delta, "%s",
				name);
		} else {
			CHECK(bytes_equal(cert.extensions[0].value, value), "%s", name);
		}
		derw_clear(&needle);
		derw_clear(&der);
	}
}

static void test_extension_twice(const struct pki_world *world)
{
	struct pki_ext exts[] = {{"1.2.3.4", false, "a", 1}, {"1.2.3.5", false, "a", 1},
		{"1.2.3.4", true, "b", 1}};
	struct pki_cert_spec spec = bare_leaf(world);
	spec.extras = exts;
	spec.num_extras = 3;
	struct out der = {0};
	struct cert cert;
	struct err err;
	err_clear(&err);
	pki_cert(&spec, &der);
	CHECK(!cert_read(of(&der), &cert, &err), "an extension twice");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "an extension twice");
	struct bytes oid = IN("\x06\x03\x2a\x03\x04");
	size_t first = find(of(&der), oid, 0);
	CHECK_INT(err.offset, find(of(&der), oid, first + 1) - 2,
		"the second one's beginning");
	derw_clear(&der);
}

// CERT_MAX_EXTENSIONS and CERT_MAX_LEN on both sides.
static void test_limits(const struct pki_world *world)
{
	for (size_t num = CERT_MAX_EXTENSIONS; num <= CERT_MAX_EXTENSIONS + 1; num++) {
		struct pki_ext exts[CERT_MAX_EXTENSIONS + 1];
		char oids[CERT_MAX_EXTENSIONS + 1][16];
		for (size_t i = 0; i < num; i++) {
			(void)snprintf(oids[i], sizeof(oids[i]), "1.2.3.%zu", i);
			exts[i] = (struct pki_ext){oids[i], false, "", 0};
		}
		struct pki_cert_spec spec = bare_leaf(world);
		spec.extras = exts;
		spec.num_extras = num;
		struct out der = {0};
		struct cert cert;
		struct err err;
		err_clear(&err);
		pki_cert(&spec, &der);
		bool fits = num <= CERT_MAX_EXTENSIONS;
		CHECK_INT(cert_read(of(&der), &cert, &err), fits, "%zu extensions", num);
		CHECK_CODE(&err, fits ? CODE_NONE : CODE_BAD_CERTIFICATE,
			"%zu extensions", num);
		CHECK(fits || strstr(err.text, "more than 64 extensions"), "%s",
			err.text);
		derw_clear(&der);
	}
	struct cert cert;
	struct err err;
	err_clear(&err);
	uint8_t *big = calloc(1, CERT_MAX_LEN + 1);
	CHECK(big && !cert_read(bytes_of(big, CERT_MAX_LEN), &cert, &err),
		"1 MB of zeros");
	CHECK_CODE(
		&err, CODE_BAD_CERTIFICATE, "1 MB is not too large, only no certificate");
	err_clear(&err);
	CHECK(big && !cert_read(bytes_of(big, CERT_MAX_LEN + 1), &cert, &err),
		"a byte more");
	CHECK_CODE(&err, CODE_TOO_LARGE, "a byte more");
	free(big);
}

// Cut short at every byte, and with a byte behind.
static void test_truncation(const struct pki_world *world)
{
	struct pki_cert_spec spec =
		pki_world_leaf(world, "cut.example", 0, 90 * PKI_DAY - 1);
	struct out der = {0};
	struct cert cert;
	struct err err;
	pki_cert(&spec, &der);
	for (size_t len = 0; len < der.len; len++) {
		// In memory of its own, so that a sanitizer sees a read beyond.
		uint8_t *copy = malloc(len ? len : 1);
		if (!copy) {
			abort();
		}
		memcpy(copy, der.data, len);
		err_clear(&err);
		CHECK(!cert_read(bytes_of(copy, len), &cert, &err), "%zu bytes", len);
		CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "%zu bytes", len);
		CHECK_INT(err.offset, len < 4 ? len : 0, "%zu bytes: %s", len, err.text);
		free(copy);
	}
	size_t len = der.len;
	derw_put(&der, "", 1);
	err_clear(&err);
	CHECK(!cert_read(of(&der), &cert, &err), "a byte behind");
	CHECK_CODE(&err, CODE_BAD_CERTIFICATE, "a byte behind");
	CHECK_INT(err.offset, (int64_t)len, "a byte behind");
	CHECK_TEXT(err.text, "certificate: 1 byte left over after its last field",
		"its text");
	derw_clear(&der);
}

static void test_fields(const struct pki_world *world)
{
	static const char *const names[] = {"a.example", "b.example"};
	struct pki_cert_spec spec = pki_world_leaf(world, "www.example", 1000, 5000);
	spec.dns_names = names;
	spec.num_dns_names = 2;
	struct out der = {0};
	struct out want = {0};
	struct cert cert;
	struct err err;
	err_clear(&err);
	pki_cert(&spec, &der);
	CHECK(cert_read(of(&der), &cert, &err), "%s", err.text);
	CHECK(cert.kind == CERT_CERTIFICATE, "kind");
	pki_serial(&spec, &want);
	CHECK(bytes_equal(cert.serial, of(&want)), "serial number");
	want.len = 0;
	pki_name(&spec.issuer, &want);
	CHECK(bytes_equal(cert.issuer, of(&want)), "issuer");
	want.len = 0;
	pki_name(&spec.subject, &want);
	CHECK(bytes_equal(cert.subject, of(&want)), "subject");
	CHECK_INT(cert.not_before, 1000, "notBefore");
	CHECK_INT(cert.not_after, 5000, "notAfter");
	CHECK(bytes_equal(cert.spki, of(pki_key_spki(spec.key))), "SPKI");
	CHECK(!cert.odd_time && !cert.odd_algorithm && !cert.is_ca, "nothing odd");
	CHECK(cert.has_key_purposes && cert.server_auth && !cert.any_purpose &&
			!cert.precert_signing,
		"key purposes");
	CHECK(bytes_equal(cert.subject_key_id, bytes_of(pki_key_id(spec.key), 20)),
		"own id");
	CHECK(bytes_equal(cert.authority_key_id, bytes_of(pki_key_id(spec.signer), 20)),
		"issuer's id");
	struct reader walk = cert_alt_names(&cert, &err);
	struct bytes name = BYTES_NONE;
	for (size_t i = 0; i < 3; i++) {
		const char *wanted = i == 0 ? spec.dns_name : names[i - 1];
		CHECK(cert_next_alt_name(&walk, DER_CONTEXT(2), &name), "name %zu", i);
		CHECK(bytes_equal(name, bytes_of_text(wanted)), "%s", wanted);
	}
	CHECK(!cert_next_alt_name(&walk, DER_CONTEXT(2), &name), "no more names");
	derw_clear(&want);
	derw_clear(&der);
}

static void test_kinds(const struct pki_world *world)
{
	static const enum pki_kind kinds[] = {
		PKI_CERTIFICATE, PKI_PRECERTIFICATE, PKI_TBS};
	static const enum cert_kind wants[] = {
		CERT_CERTIFICATE, CERT_PRECERTIFICATE, CERT_TBS};
	for (size_t i = 0; i < 6; i++) {
		struct pki_cert_spec spec = bare_leaf(world);
		struct out der = {0};
		struct cert cert;
		struct err err;
		err_clear(&err);
		spec.kind = kinds[i % 3];
		spec.version = i < 3 ? 3 : 1; // v1 has no [0] for its first field
		pki_cert(&spec, &der);
		CHECK(cert_read(of(&der), &cert, &err), "kind %zu: %s", i, err.text);
		CHECK_INT(cert.kind, wants[i % 3], "kind %zu", i);
		CHECK_INT(
			cert.signature.len > 0, wants[i % 3] != CERT_TBS, "kind %zu", i);
		CHECK(bytes_equal(cert.der, of(&der)), "kind %zu", i);
		struct reader none = cert_alt_names(&cert, &err);
		struct bytes name;
		CHECK(!cert_next_alt_name(&none, DER_CONTEXT(2), &name),
			"kind %zu: no names", i);
		derw_clear(&der);
	}
}

// SCT lists: what is broken in them is no fault of the certificate.
static void test_scts(const struct pki_world *world)
{
	static const struct {
		const char *name;
		struct bytes value;
		size_t num;
		enum code want;
		size_t want_delta;
	} lists[] = {
		{"a list", IN("\x04\x05\x00\x03\x00\x01\xaa"), 1, CODE_NONE, 0},
		{"two lists", IN("\x04\x02\x00\x00"), 2, CODE_NONE, 0},
		{"no OCTET STRING", IN("\x30\x00"), 1, CODE_SCT_LIST_MALFORMED, 0},
		{"bytes behind it", IN("\x04\x00\x00"), 1, CODE_SCT_LIST_MALFORMED, 2},
		{"nothing", IN(""), 1, CODE_SCT_LIST_MALFORMED, 0},
		{"longer than its parent", IN("\x04\x05\x00"), 1, CODE_SCT_LIST_MALFORMED,
			0},
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct pki_ext ext = {
			PKI_OID_SCT_LIST, false, lists[i].value.data, lists[i].value.len};
		struct pki_ext exts[] = {ext, ext};
		struct pki_cert_spec spec = bare_leaf(world);
		struct out der = {0};
		struct out needle = {0};
		struct cert cert;
		struct err err;
		err_clear(&err);
		spec.extras = exts;
		spec.num_extras = lists[i].num;
		pki_cert(&spec, &der);
		derw_oid(&needle, PKI_OID_SCT_LIST);
		size_t at = find(of(&der), of(&needle), 0) + needle.len + 2;
		CHECK(cert_read(of(&der), &cert, &err), "%s: %s", lists[i].name,
			err.text);
		CHECK_INT(cert.num_sct_extensions, lists[i].num, "%s", lists[i].name);
		CHECK_CODE(&cert.scts_error, lists[i].want, "%s", lists[i].name);
		if (lists[i].want != CODE_NONE) {
			CHECK_INT(cert.scts_error.offset - at, lists[i].want_delta, "%s",
				lists[i].name);
		} else {
			CHECK_INT(cert.scts.len, lists[i].value.len - 2, "%s",
				lists[i].name);
		}
		derw_clear(&needle);
		derw_clear(&der);
	}
}

static void test_odd(void)
{
	struct out der = {0};
	struct cert cert;
	struct err err;
	size_t at = 0;
	err_clear(&err);
	build(OUTER, IN("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"), &der, &at);
	CHECK(cert_read(of(&der), &cert, &err) && cert.odd_algorithm,
		"another algorithm");
	der.len = 0;
	build(VALIDITY,
		IN("\x30\x1c\x17\x0b"
		   "2606010000Z"
		   "\x17\x0d"
		   "260901000000Z"),
		&der, &at);
	CHECK(cert_read(of(&der), &cert, &err) && cert.odd_time,
		"a time without seconds");
	derw_clear(&der);
}

// The key's type and size; what cannot be understood is "other", not an error.
static void test_keys(const struct pki_world *world)
{
	static const struct {
		const char *name;
		struct bytes spki;
		enum key_type type;
		const char *curve;
		size_t bits;
	} keys[] = {
		{"Ed25519",
			IN("\x30\x0c\x30\x05\x06\x03\x2b\x65\x70\x03\x03\x00\xaa\xbb"),
			KEY_ED25519, NULL, 256},
		{"Ed448", IN("\x30\x0c\x30\x05\x06\x03\x2b\x65\x71\x03\x03\x00\xaa\xbb"),
			KEY_ED448, NULL, 456},
		{"unknown", IN("\x30\x0a\x30\x03\x06\x01\x2a\x03\x03\x00\xaa\xbb"),
			KEY_OTHER, NULL, 0},
		{"EC without curve",
			IN("\x30\x0f\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
			   "\x03\x02\x00\x04"),
			KEY_EC, "other", 0},
		{"EC of P-521",
			IN("\x30\x16\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
			   "\x06\x05\x2b\x81\x04\x00\x23\x03\x02\x00\x04"),
			KEY_EC, "P-521", 521},
		{"RSA that is none",
			IN("\x30\x10\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
			   "\x03\x01\x00"),
			KEY_RSA, NULL, 0},
		{"RSA of 8 bits, with a zero before them",
			IN("\x30\x19\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
			   "\x03\x0a\x00\x30\x07\x02\x02\x00\x80\x02\x01\x03"),
			KEY_RSA, NULL, 8},
		{"RSA of 9 bits",
			IN("\x30\x19\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
			   "\x03\x0a\x00\x30\x07\x02\x02\x01\x01\x02\x01\x03"),
			KEY_RSA, NULL, 9},
	};
	struct cert cert;
	struct err err;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct out der = {0};
		size_t at = 0;
		err_clear(&err);
		build(SPKI, keys[i].spki, &der, &at);
		CHECK(cert_read(of(&der), &cert, &err), "%s: %s", keys[i].name, err.text);
		CHECK_INT(cert.key.type, keys[i].type, "%s", keys[i].name);
		CHECK_TEXT(cert.key.curve, keys[i].curve, "%s", keys[i].name);
		CHECK_INT(cert.key.bits, keys[i].bits, "%s", keys[i].name);
		derw_clear(&der);
	}
	err_clear(&err);
	CHECK(cert_read(of(&world->root_der), &cert, &err), "the root");
	CHECK(cert.is_ca && cert.key.type == KEY_EC && cert.key.bits == 384, "P-384 CA");
	CHECK_TEXT(cert.key.curve, "P-384", "its curve");
	CHECK(cert_read(of(&world->psc_der), &cert, &err), "the precertificate signer");
	CHECK(cert.precert_signing && !cert.server_auth, "its purpose");
}

void test_cert(void)
{
	struct pki_world *world = pki_world_new("cert");
	test_pieces();
	test_extensions(world);
	test_extension_twice(world);
	test_limits(world);
	test_truncation(world);
	test_fields(world);
	test_kinds(world);
	test_scts(world);
	test_odd();
	test_keys(world);
	pki_world_free(world);
}

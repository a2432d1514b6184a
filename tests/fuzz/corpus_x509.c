// SPDX-License-Identifier: Apache-2.0
// The made corpora of certificate, tbs_diff, sct_list, ocsp and pem.
#include <string.h>

#include "tests/fuzz/mkcorpus.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

static void put_cert(struct corpus *c, const char *name, const struct pki_cert_spec *spec)
{
	struct out der = {0};
	pki_cert(spec, &der);
	corpus_put(c, "certificate", name, &der);
	derw_clear(&der);
}

static void put_issued(
	struct corpus *c, const char *name, const struct pki_cert_spec *spec)
{
	struct pki_sct_spec scts[2];
	struct out der = {0};
	pki_issue(spec, scts, corpus_scts(c, scts), &der);
	corpus_put(c, "certificate", name, &der);
	derw_clear(&der);
}

// The three kinds, and the precertificate of a Precertificate Signing Certificate.
static void put_kinds(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "a.example");
	struct out der = {0};
	put_issued(c, "leaf", &leaf);
	pki_precert(&leaf, NULL, &der);
	corpus_put(c, "certificate", "precert", &der);
	derw_clear(&der);
	pki_precert(&leaf, &c->world->psc, &der);
	corpus_put(c, "certificate", "precert-psc", &der);
	derw_clear(&der);
	pki_tbs(&leaf, &der);
	corpus_put(c, "certificate", "tbs", &der);
	derw_clear(&der);
	leaf.sct_place = PKI_FIRST;
	put_issued(c, "scts-first", &leaf);
	leaf.sct_place = PKI_MIDDLE;
	put_issued(c, "scts-middle", &leaf);
	corpus_put(c, "certificate", "root", &c->world->root_der);
	corpus_put(c, "certificate", "ca", &c->world->ca_der);
	corpus_put(c, "certificate", "psc", &c->world->psc_der);
}

static void put_times(struct corpus *c)
{
	static const struct {
		const char *name;
		struct pki_raw_time before, after;
	} rows[] = {
		{"time-general", {DERW_GENERALIZED_TIME, "20260101000000Z"},
			{DERW_GENERALIZED_TIME, "20510101000000Z"}},
		{"time-short", {DERW_UTC_TIME, "2601010000Z"},
			{DERW_UTC_TIME, "2612312359Z"}},
		{"time-zone", {DERW_UTC_TIME, "260101000000+0130"},
			{DERW_UTC_TIME, "261231235959-1200"}},
		{"time-fraction", {DERW_GENERALIZED_TIME, "20260101000000.5Z"},
			{DERW_GENERALIZED_TIME, "20261231235959.999Z"}},
		{"time-split", {DERW_UTC_TIME, "500101000000Z"},
			{DERW_UTC_TIME, "491231235959Z"}},
		{"time-ends", {DERW_GENERALIZED_TIME, "00000101000000Z"},
			{DERW_GENERALIZED_TIME, "99991231235959Z"}},
		{"time-bad", {DERW_UTC_TIME, "260229000000Z"},
			{DERW_UTC_TIME, "260101246060Z"}},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		struct pki_cert_spec leaf = corpus_leaf(c, "t.example");
		leaf.bare = true;
		leaf.raw_not_before = rows[i].before;
		leaf.raw_not_after = rows[i].after;
		put_cert(c, rows[i].name, &leaf);
	}
}

static void put_names(struct corpus *c)
{
	static const uint8_t wide[] = {0, 0, 0, 'w', 0, 1, 0xf6, 0};
	static const uint8_t bmp[] = {0, 'b', 0x20, 0x2e};
	static const struct pki_attr attrs[] = {
		{PKI_OID_COUNTRY, DERW_PRINTABLE_STRING, "DE", 0, false},
		{PKI_OID_ORGANIZATION, 0, "Caf\xc3\xa9, \"quoted\" + #\\ \x1b[31m", 0,
			false},
		{PKI_OID_ORGANIZATION, DERW_T61_STRING, "T\xe9l\xe9", 0, true},
		{PKI_OID_ORGANIZATION, DERW_BMP_STRING, bmp, sizeof(bmp), true},
		{PKI_OID_ORGANIZATION, DERW_UNIVERSAL_STRING, wide, sizeof(wide), false},
		{"1.3.6.1.4.1.311.60.2.1.3", DERW_PRINTABLE_STRING, "US", 0, false},
		{"1.2.3.4.5", DERW_OCTET_STRING, "\x00\xff", 2, false},
		{PKI_OID_CN, DERW_IA5_STRING, " leading and trailing ", 0, false},
	};
	struct pki_cert_spec leaf = corpus_leaf(c, "n.example");
	leaf.bare = true;
	leaf.subject = (struct pki_name){attrs, NUM(attrs), "n.example"};
	put_cert(c, "names", &leaf);
	leaf.subject = (struct pki_name){0};
	leaf.issuer = (struct pki_name){0};
	put_cert(c, "names-empty", &leaf);
}

// Extensions that are odd, broken, or there twice.
static void put_extensions(struct corpus *c)
{
	static const struct {
		const char *name, *oid, *value;
		size_t len;
		size_t times;
	} rows[] = {
		{"sct-empty-list", PKI_OID_SCT_LIST, "\x04\x02\x00\x00", 4, 1},
		{"sct-broken", PKI_OID_SCT_LIST, "\x04\x05\x00\x04zz", 6, 1},
		{"sct-twice", PKI_OID_SCT_LIST, "\x04\x05\x00\x03\x00\x01z", 7, 2},
		{"sct-no-octets", PKI_OID_SCT_LIST, "\x05\x00", 2, 1},
		{"poison-odd", PKI_OID_POISON, "\x04\x01z", 3, 1},
		{"basic-ca", "2.5.29.19", "\x30\x06\x01\x01\x01\x02\x01\x00", 8, 1},
		{"basic-twice", "2.5.29.19", "\x30\x00", 2, 2},
		{"eku-any", "2.5.29.37", "\x30\x06\x06\x04\x55\x1d\x25\x00", 8, 1},
		{"key-id", "2.5.29.14", "\x04\x02hi", 4, 1},
		{"authority", "2.5.29.35", "\x30\x06\x80\x01k\x82\x01\x07", 8, 1},
		{"san", "2.5.29.17",
			"\x30\x1d\x82\x09*.example\x87\x04\x7f\x00\x00\x01\x86\x01u\x82\x00"
			"\xa0\x05\x06\x01\x2a\xa0\x00",
			31, 1},
		{"unknown", "1.2.3.4", "anything", 8, 1},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		struct pki_ext ext = {
			rows[i].oid, i % 2 == 1, rows[i].value, rows[i].len};
		struct pki_ext exts[] = {ext, ext};
		struct pki_cert_spec leaf = corpus_leaf(c, NULL);
		leaf.bare = true;
		leaf.num_ekus = 0;
		leaf.basic_constraints = PKI_BC_ABSENT;
		leaf.extras = exts;
		leaf.num_extras = rows[i].times;
		put_cert(c, rows[i].name, &leaf);
	}
}

void corpus_certificates(struct corpus *c)
{
	static const uint8_t serials[][4] = {{0}, {0x80, 1, 2, 3}, {0x7f}};
	put_kinds(c);
	put_times(c);
	put_names(c);
	put_extensions(c);
	for (size_t i = 0; i < NUM(serials); i++) {
		char name[] = "serial-0";
		struct pki_cert_spec leaf = corpus_leaf(c, "s.example");
		name[7] = (char)('0' + (char)i);
		leaf.bare = true;
		leaf.version = i == 0 ? 1 : 3;
		leaf.serial = serials[i];
		leaf.serial_len = i == 1 ? 4 : 1;
		put_cert(c, name, &leaf);
	}
	struct pki_cert_spec rsa = corpus_leaf(c, "r.example");
	rsa.key = c->world->logs[4].key; // Birch2026h2: RSA-2048
	rsa.signer = NULL;
	put_cert(c, "rsa", &rsa);
	struct pki_cert_spec p384 = corpus_leaf(c, "p.example");
	p384.key = c->world->root_key;
	put_cert(c, "p384", &p384);
}

// A final certificate and its precertificate, with what signed that where it is not the CA.
static void put_tbs_diff(struct corpus *c, const char *name,
	const struct pki_cert_spec *final, const struct pki_cert_spec *logged,
	bool by_psc)
{
	struct pki_sct_spec scts[2];
	struct out der = {0};
	pki_issue(final, scts, corpus_scts(c, scts), &der);
	pki_precert(logged, by_psc ? &c->world->psc : NULL, &der);
	if (by_psc) {
		derw_put_out(&der, &c->world->psc_der);
	}
	derw_wrap(&der, 0, DERW_SEQUENCE);
	corpus_put(c, "tbs_diff", name, &der);
	derw_clear(&der);
}

void corpus_tbs_diffs(struct corpus *c)
{
	static const struct pki_ext turned[] = {{"2.5.29.31", false, "\x30\x00", 2},
		{"1.2.3.4", true, "\x05\x00", 2}, {"2.5.29.31", false, "\x30\x00", 2}};
	const struct pki_cert_spec leaf = corpus_leaf(c, "a.example");
	struct pki_cert_spec other = leaf;
	struct pki_cert_spec bare = leaf;
	put_tbs_diff(c, "same", &leaf, &leaf, false);
	put_tbs_diff(c, "same-psc", &leaf, &leaf, true);
	other.version = 1;
	put_tbs_diff(c, "version", &leaf, &other, false);
	other = leaf;
	other.not_after++;
	put_tbs_diff(c, "not-after", &leaf, &other, false);
	other = leaf;
	other.dns_name = "b.example.org";
	put_tbs_diff(c, "names", &leaf, &other, false);
	put_tbs_diff(c, "names-psc", &leaf, &other, true);
	other = leaf;
	other.num_extras = 0;
	put_tbs_diff(c, "added", &leaf, &other, false);
	put_tbs_diff(c, "missing", &other, &leaf, false);
	bare.bare = true;
	put_tbs_diff(c, "bare-psc", &bare, &bare, true);
	bare.extras = turned;
	bare.num_extras = 2;
	other = bare;
	other.extras = turned + 1;
	put_tbs_diff(c, "order", &bare, &other, false);
}

// SCT lists, single SCTs, and the JSON that a log answers.

static void put_sct(struct corpus *c, const char *name, const struct pki_sct_spec *spec,
	const struct pki_entry *entry)
{
	struct out sct = {0}, list = {0}, file = {0};
	pki_sct(spec, entry, &sct);
	pki_sct_list(&sct, 1, &list);
	derw_printf(&file, "list-%s", name);
	corpus_put(c, "sct_list", derw_str(&file), &list);
	if (spec->damage == 0) {
		struct out json = {0}, base64 = {0};
		corpus_put(c, "sct_list", name, &sct);
		pki_sct_json(&sct, &json);
		derw_printf(&file, ".json");
		corpus_put(c, "sct_list", derw_str(&file), &json);
		pki_base64(&base64, sct.data, sct.len);
		derw_printf(&file, ".txt");
		corpus_put(c, "sct_list", derw_str(&file), &base64);
		derw_clear(&json);
		derw_clear(&base64);
	}
	derw_clear(&sct);
	derw_clear(&list);
	derw_clear(&file);
}

void corpus_sct_lists(struct corpus *c)
{
	static const struct {
		const char *name;
		unsigned damage;
	} damages[] = {
		{"bad-version", PKI_SCT_BAD_VERSION},
		{"bad-hash", PKI_SCT_BAD_HASH},
		{"trailing", PKI_SCT_TRAILING_BYTE},
		{"short", PKI_SCT_SHORT},
	};
	struct pki_cert_spec leaf = corpus_leaf(c, "l.example");
	struct out der = {0}, list = {0};
	pki_cert(&leaf, &der);
	struct pki_entry entry = pki_entry_x509(&der);
	struct pki_sct_spec scts[2];
	size_t num = corpus_scts(c, scts);
	pki_sign_list(scts, num, &entry, &list);
	corpus_put(c, "sct_list", "two", &list);
	put_sct(c, "static", &scts[1], &entry);
	scts[0].extensions = "\x01\x00\x02hi\x00\x00\x05\x00\x00\x00\x00\x07";
	scts[0].extensions_len = 13;
	put_sct(c, "extensions", &scts[0], &entry);
	for (size_t i = 0; i < NUM(damages); i++) {
		scts[0].damage = damages[i].damage;
		put_sct(c, damages[i].name, &scts[0], &entry);
	}
	derw_clear(&der);
	derw_clear(&list);
	corpus_put_text(c, "sct_list", "empty.json",
		"{\"sct_version\":0,\"id\":\"\",\"timestamp\":18446744073709551616,"
		"\"extensions\":\"\\/\",\"signature\":\"-_\"}");
}

// OCSP responses about the leaf "ocsp.example" of the world's CA.

struct response_row {
	const char *name;
	enum pki_hash hash;
	bool other; // a response about another certificate comes first
	bool scts;
	bool certs;
	bool bad_signature;
	int status;
};

static void put_response(struct corpus *c, const struct response_row *row)
{
	struct pki_cert_spec leaf = corpus_leaf(c, "ocsp.example");
	struct pki_cert_spec other = corpus_leaf(c, "other.example");
	struct out der = {0}, list = {0}, out = {0};
	struct pki_sct_spec scts[2];
	size_t num = corpus_scts(c, scts);
	pki_cert(&leaf, &der);
	struct pki_entry entry = pki_entry_x509(&der);
	pki_sign_list(scts, num, &entry, &list);
	struct pki_ocsp_single singles[2] = {
		{.cert = &other,
			.hash = row->hash,
			.revoked = true,
			.this_update = 1780000000},
		{.cert = &leaf,
			.hash = row->hash,
			.this_update = 1780000000,
			.next_update = 1780600000,
			.sct_list = row->scts ? &list : NULL},
	};
	struct pki_ocsp_spec spec = {.status = row->status,
		.singles = row->other ? singles : singles + 1,
		.num_singles = row->other ? 2 : 1,
		.signer = c->world->ca_key,
		.certs = &c->world->ca_der,
		.num_certs = row->certs ? 1 : 0,
		.produced_at = 1780000000,
		.bad_signature = row->bad_signature,
		.no_signature = row->bad_signature};
	pki_ocsp(&spec, &out);
	corpus_put(c, "ocsp", row->name, &out);
	derw_clear(&der);
	derw_clear(&list);
	derw_clear(&out);
}

void corpus_ocsp(struct corpus *c)
{
	static const struct response_row rows[] = {
		{"plain", PKI_SHA1, false, false, false, false, 0},
		{"scts", PKI_SHA1, false, true, false, false, 0},
		{"sha256", PKI_SHA256, true, true, false, false, 0},
		{"sha384", PKI_SHA384, false, true, false, false, 0},
		{"sha512", PKI_SHA512, true, true, true, false, 0},
		{"unsigned", PKI_SHA1, false, true, false, true, 0},
		{"try-later", PKI_SHA1, false, false, false, false, 3},
	};
	for (size_t i = 0; i < NUM(rows); i++) {
		put_response(c, &rows[i]);
	}
}

// PEM, and the other forms of a certificate.

void corpus_pem(struct corpus *c)
{
	struct pki_cert_spec leaf = corpus_leaf(c, NULL);
	leaf.bare = true;
	struct out der = {0}, text = {0}, crlf = {0}, base64 = {0};
	pki_cert(&leaf, &der);
	corpus_put(c, "pem", "der", &der);
	derw_printf(&text, "subject=somebody\n\n");
	pki_pem(&text, "CERTIFICATE", &der);
	derw_printf(&text, "issuer: a colon\n");
	pki_pem(&text, "X509 CERTIFICATE", &c->world->ca_der);
	corpus_put(c, "pem", "chain", &text);
	for (size_t i = 0; i < text.len; i++) {
		derw_put(&crlf, text.data[i] == '\n' ? "\r\n" : (char *)&text.data[i],
			text.data[i] == '\n' ? 2 : 1);
	}
	corpus_put(c, "pem", "crlf", &crlf);
	pki_base64(&base64, der.data, der.len);
	corpus_put(c, "pem", "base64", &base64);
	derw_clear(&text);
	derw_put(&der, "\x30\x02\x05\x00", 4);
	pki_pem(&text, "TRUSTED CERTIFICATE", &der);
	corpus_put(c, "pem", "trusted", &text);
	derw_clear(&der);
	derw_clear(&text);
	derw_clear(&crlf);
	derw_clear(&base64);
	corpus_put_text(c, "pem", "headers",
		"-----BEGIN CERTIFICATE-----\nProc-Type: 4\nX: y\n\nMAA=\n"
		"-----END CERTIFICATE-----\n");
	corpus_put_text(c, "pem", "key",
		"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n");
	corpus_put_text(c, "pem", "indented",
		"  -----BEGIN CERTIFICATE-----\n  MAA=\n  -----END CERTIFICATE-----\n");
	corpus_put_text(c, "pem", "no-end", "-----BEGIN CERTIFICATE-----\nMAA=\n");
	corpus_put_text(c, "pem", "mismatch",
		"-----BEGIN CERTIFICATE-----\nMAA=\n-----END X509 CRL-----\n");
	corpus_put_text(c, "pem", "one-line",
		"-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----");
	corpus_put_text(c, "pem", "no-label", "-----BEGIN -----\n-----END -----\n");
	corpus_put_text(c, "pem", "base64url", "MAMCAf8_-w");
}

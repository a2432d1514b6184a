// SPDX-License-Identifier: Apache-2.0
// Each field of a TBSCertificate changed in turn.
#include "x509/tbs_diff.h"

#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_tbs_diff(void);

struct bench {
	struct pki_world *world;
	struct pki_ext exts[4]; // of the changed certificate
};

#define UNKNOWN_OID "1.3.6.1.4.1.99999.1"
static const uint8_t serial[] = {0x11, 0x22, 0x33};
static const uint8_t other_serial[] = {0x11, 0x24, 0x33};
static const struct pki_ext base_exts[] = {
	{UNKNOWN_OID, false, "\x04\x02zz", 4},
	{"1.3.6.1.5.5.7.1.24", false, "\x30\x03\x02\x01\x05", 5},
	{"2.5.29.31", false, "\x30\x00", 2},
};

static struct bytes of(const struct out *der)
{
	return bytes_of(der->data, der->len);
}

static struct pki_cert_spec base_spec(const struct bench *b)
{
	int64_t begin = pki_seconds(PKI_WORLD_NOT_BEFORE);
	struct pki_cert_spec spec =
		pki_world_leaf(b->world, "diff.example", begin, begin + 90 * PKI_DAY - 1);
	spec.serial = serial;
	spec.serial_len = sizeof(serial);
	spec.extras = base_exts;
	spec.num_extras = sizeof(base_exts) / sizeof(base_exts[0]);
	return spec;
}

// The changes.

static void change_nothing(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	(void)spec;
}

static void change_version(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->version = 2;
}

static void drop_version(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->version = 1;
}

static void change_serial(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->serial = other_serial;
}

static void change_algorithm(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->hash = PKI_SHA384;
}

static void change_issuer(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->issuer.cn = "Another CA";
}

static void change_not_before(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->not_before++;
}

static void change_not_after(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->not_after--;
}

static void change_subject(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->subject.cn = "diff.invalid";
}

static void change_key(struct bench *b, struct pki_cert_spec *spec)
{
	spec->key = b->world->forger;
}

static void change_names(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->dns_name = "diff.example.org";
}

static void drop_names(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->dns_name = NULL;
}

static void change_key_id(struct bench *b, struct pki_cert_spec *spec)
{
	spec->issuer_key = b->world->forger;
}

static void change_purposes(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->num_ekus = spec->num_ekus == 1 ? 0 : 1;
}

static void drop_all(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->bare = true;
	spec->num_ekus = spec->num_extras = 0;
	spec->dns_name = NULL;
	spec->basic_constraints = PKI_BC_ABSENT;
}

static void own_exts(struct bench *b, struct pki_cert_spec *spec)
{
	memcpy(b->exts, base_exts, sizeof(base_exts));
	spec->extras = b->exts;
}

static void change_unknown(struct bench *b, struct pki_cert_spec *spec)
{
	own_exts(b, spec);
	b->exts[0].value = "\x04\x02zy";
}

static void change_critical(struct bench *b, struct pki_cert_spec *spec)
{
	own_exts(b, spec);
	b->exts[1].critical = true;
}

static void change_order(struct bench *b, struct pki_cert_spec *spec)
{
	own_exts(b, spec);
	b->exts[1] = base_exts[2];
	b->exts[2] = base_exts[1];
}

static void drop_last(struct bench *b, struct pki_cert_spec *spec)
{
	(void)b;
	spec->num_extras--;
}

static void add_last(struct bench *b, struct pki_cert_spec *spec)
{
	own_exts(b, spec);
	b->exts[3] = (struct pki_ext){"2.5.29.54", true, "\x02\x01\x00", 3};
	spec->num_extras = 4;
}

static void add_in_middle(struct bench *b, struct pki_cert_spec *spec)
{
	add_last(b, spec);
	struct pki_ext added = b->exts[3];
	b->exts[3] = b->exts[2];
	b->exts[2] = added;
}

static const struct change {
	void (*change)(struct bench *b, struct pki_cert_spec *spec);
	enum tbs_difference want;
	const char *want_field;
} changes[] = {
	{change_nothing, TBS_SAME, ""},
	{change_version, TBS_VALUE, "version"},
	{drop_version, TBS_MISSING, "version"},
	{change_serial, TBS_VALUE, "serialNumber"},
	{change_algorithm, TBS_VALUE, "signature"},
	{change_issuer, TBS_VALUE, "issuer"},
	{change_not_before, TBS_VALUE, "validity.notBefore"},
	{change_not_after, TBS_VALUE, "validity.notAfter"},
	{change_subject, TBS_VALUE, "subject"},
	{change_key, TBS_VALUE, "subjectPublicKeyInfo"},
	{change_names, TBS_VALUE, "extensions.subjectAltName"},
	{drop_names, TBS_MISSING, "extensions.subjectAltName"},
	{change_key_id, TBS_VALUE, "extensions.authorityKeyIdentifier"},
	{change_purposes, TBS_MISSING, "extensions.extKeyUsage"},
	{drop_all, TBS_MISSING, "extensions.keyUsage"},
	{change_unknown, TBS_VALUE, "extensions." UNKNOWN_OID},
	{change_critical, TBS_CRITICAL, "extensions.tlsFeature"},
	{change_order, TBS_ORDER, "extensions.cRLDistributionPoints"},
	{drop_last, TBS_MISSING, "extensions.cRLDistributionPoints"},
	{add_last, TBS_ADDED, "extensions.inhibitAnyPolicy"},
	{add_in_middle, TBS_ADDED, "extensions.inhibitAnyPolicy"},
};

static void join(const struct cert *cert, const struct cert *signer, struct out *out)
{
	struct tbs_cut cut;
	tbs_cut(cert, signer, &cut);
	for (size_t i = 0; i < cut.num_parts; i++) {
		derw_put(out, cut.parts[i].data, cut.parts[i].len);
	}
}

// What holds of every difference: same is same to the cut, places lie in the certificates,
// and the first differing byte in the certificate's place.
static void check_sound(const struct cert *a, const struct cert *b,
	const struct cert *signer, const struct tbs_diff *diff, const char *what)
{
	struct out ours = {0};
	struct out theirs = {0};
	join(a, NULL, &ours);
	join(b, signer, &theirs);
	CHECK(derw_equal(&ours, &theirs) == (diff->difference == TBS_SAME),
		"%s: the same where the cuts are", what);
	const struct tbs_place *place = &diff->certificate;
	CHECK(place->offset + place->len <= a->der.len &&
			diff->precertificate.offset + diff->precertificate.len <=
				b->der.len,
		"%s: places inside", what);
	CHECK(!place->found ||
			(diff->first >= place->offset &&
				diff->first <= place->offset + place->len),
		"%s: byte %zu in its field", what, diff->first);
	CHECK(diff->first <= a->der.len, "%s: byte %zu inside", what, diff->first);
	derw_clear(&ours);
	derw_clear(&theirs);
}

static void read(const struct out *der, struct cert *out)
{
	struct err err;
	err_clear(&err);
	CHECK(cert_read(of(der), out, &err), "read: %s", err.text);
}

static void check_diff(const struct cert *a, const struct cert *b,
	const struct cert *signer, enum tbs_difference want, const char *want_field)
{
	struct tbs_diff diff;
	struct buffer field;
	buffer_init(&field, 200);
	tbs_diff(a, b, signer, &diff);
	CHECK_TEXT(tbs_difference_name(diff.difference), tbs_difference_name(want), "%s",
		want_field);
	if (diff.difference != TBS_SAME) {
		tbs_diff_put_field(&diff, &field);
	}
	buffer_put_char(&field, '\0');
	CHECK_TEXT((const char *)field.data, want_field, "field");
	check_sound(a, b, signer, &diff, want_field);
	buffer_clear(&field);
}

static enum tbs_difference mirrored(enum tbs_difference difference)
{
	return difference == TBS_ADDED      ? TBS_MISSING
		: difference == TBS_MISSING ? TBS_ADDED
					    : difference;
}

// Of each change, both ways round: certificate and precertificate, and a TBSCertificate in
// that one's place.
static void test_changes(struct bench *b)
{
	static struct cert base;
	static struct cert changed;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct change *c = &changes[i];
		struct pki_cert_spec spec = base_spec(b);
		struct out final = {0};
		struct out precert = {0};
		struct out tbs = {0};
		struct pki_sct_spec sct =
			pki_world_sct(b->world, "Alder2026h2", 1780000000000);
		pki_precert(&spec, NULL, &precert);
		pki_tbs(&spec, &tbs);
		c->change(b, &spec);
		spec.sct_place = (enum pki_place)(i % 3);
		pki_issue(&spec, &sct, 1, &final);
		read(&final, &changed);
		read(&precert, &base);
		check_diff(&changed, &base, NULL, c->want, c->want_field);
		read(&tbs, &base);
		check_diff(&changed, &base, NULL, c->want, c->want_field);
		bool other = c->change == change_order;
		check_diff(&base, &changed, NULL, mirrored(c->want),
			other ? "extensions.tlsFeature" : c->want_field);
		derw_clear(&final);
		derw_clear(&precert);
		derw_clear(&tbs);
	}
}

// The very bytes.
static void test_places(struct bench *b)
{
	static struct cert base;
	static struct cert changed;
	struct pki_cert_spec spec = base_spec(b);
	struct out precert = {0};
	struct out final = {0};
	struct tbs_diff diff;
	pki_precert(&spec, NULL, &precert);
	change_names(b, &spec);
	pki_cert(&spec, &final);
	read(&final, &changed);
	read(&precert, &base);
	tbs_diff(&changed, &base, NULL, &diff);
	struct bytes in = bytes_of(
		changed.der.data + diff.certificate.offset, diff.certificate.len);
	struct bytes there = bytes_of(
		base.der.data + diff.precertificate.offset, diff.precertificate.len);
	CHECK(bytes_find(in, 0, BYTES_LITERAL("diff.example.org")) == in.len - 16,
		"the new name ends the field");
	CHECK(bytes_find(there, 0, BYTES_LITERAL("diff.example")) == there.len - 12,
		"the old one");
	CHECK_INT(in.data[0], DER_SEQUENCE, "a whole extension");
	CHECK_INT(changed.der.data[diff.first], 18, "first in the length of the names");

	spec = base_spec(b);
	change_serial(b, &spec);
	final.len = 0;
	pki_cert(&spec, &final);
	read(&final, &changed);
	tbs_diff(&changed, &base, NULL, &diff);
	CHECK_INT(changed.der.data[diff.first], 0x24, "a byte of the serial number");
	CHECK_INT(diff.certificate.len, 5, "tag, length and three bytes");
	derw_clear(&final);
	derw_clear(&precert);
}

// RFC 5280 4.1.2.8: unique identifiers, which nobody has.
static void test_unique_ids(struct bench *b)
{
	static const uint8_t ids[] = {0x81, 2, 0, 5, 0x82, 2, 0, 6};
	static struct cert base;
	static struct cert changed;
	struct pki_cert_spec spec = base_spec(b);
	struct out tbs = {0};
	pki_tbs(&spec, &tbs);
	read(&tbs, &base);
	const uint8_t *fields = base.tbs.data + 4;
	size_t len = (size_t)(base.spki.data + base.spki.len - fields);
	for (size_t i = 0; i < 2; i++) {
		struct out with = {0};
		derw_put(&with, fields, len);
		derw_put(&with, ids + 4 * i, 4);
		derw_put(&with, fields + len, base.extensions_element.len);
		derw_wrap(&with, 0, DERW_SEQUENCE);
		read(&with, &changed);
		const char *want = i ? "subjectUniqueID" : "issuerUniqueID";
		check_diff(&changed, &base, NULL, TBS_ADDED, want);
		check_diff(&base, &changed, NULL, TBS_MISSING, want);
		derw_clear(&with);
	}
	derw_clear(&tbs);
}

// RFC 6962 3.2: name and key identifier as the final certificate has them.
static void test_signer(struct bench *b)
{
	static struct cert final;
	static struct cert precert;
	static struct cert signer;
	static struct cert bare_signer;
	struct pki_cert_spec spec = base_spec(b);
	struct pki_cert_spec bare_psc = b->world->psc;
	struct out final_der = {0};
	struct out precert_der = {0};
	struct out bare_der = {0};
	bare_psc.bare = true;
	pki_cert(&bare_psc, &bare_der);
	pki_cert(&spec, &final_der);
	pki_precert(&spec, &b->world->psc, &precert_der);
	read(&final_der, &final);
	read(&precert_der, &precert);
	read(&b->world->psc_der, &signer);
	read(&bare_der, &bare_signer);
	check_diff(&final, &precert, &signer, TBS_SAME, "");
	check_diff(&final, &precert, NULL, TBS_VALUE, "issuer");
	check_diff(&final, &precert, &bare_signer, TBS_ADDED,
		"extensions.authorityKeyIdentifier");

	// Neither has an identifier, the signer's is added at the end.
	spec.bare = true;
	final_der.len = precert_der.len = 0;
	pki_cert(&spec, &final_der);
	pki_precert(&spec, &b->world->psc, &precert_der);
	read(&final_der, &final);
	read(&precert_der, &precert);
	check_diff(&final, &precert, &signer, TBS_MISSING,
		"extensions.authorityKeyIdentifier");
	struct tbs_diff diff;
	tbs_diff(&final, &precert, &signer, &diff);
	CHECK(!diff.certificate.found && !diff.precertificate.found, "in neither");
	check_diff(&final, &precert, &bare_signer, TBS_SAME, "");
	derw_clear(&final_der);
	derw_clear(&precert_der);
	derw_clear(&bare_der);
}

void test_tbs_diff(void)
{
	struct bench b = {.world = pki_world_new("tbs_diff")};
	test_changes(&b);
	test_places(&b);
	test_unique_ids(&b);
	test_signer(&b);
	pki_world_free(b.world);
}

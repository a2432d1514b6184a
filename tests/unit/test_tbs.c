// SPDX-License-Identifier: Apache-2.0
#include "x509/tbs.h"

#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_tbs(void);

static struct bytes of(const struct out *der)
{
	return bytes_of(der->data, der->len);
}

static bool cut_equals(
	struct bytes leaf, const struct out *signer, const struct out *want)
{
	struct cert cert;
	struct cert signing;
	struct err err;
	struct tbs_cut cut;
	struct out joined = {0};
	err_clear(&err);
	if (!cert_read(leaf, &cert, &err) ||
		(signer && !cert_read(of(signer), &signing, &err))) {
		return false;
	}
	tbs_cut(&cert, signer ? &signing : NULL, &cut);
	for (size_t i = 0; i < cut.num_parts; i++) {
		derw_put(&joined, cut.parts[i].data, cut.parts[i].len);
	}
	bool equal = joined.len == cut.len && derw_equal(&joined, want);
	derw_clear(&joined);
	return equal;
}

static struct pki_cert_spec leaf(const struct pki_world *world)
{
	int64_t begin = pki_seconds(PKI_WORLD_NOT_BEFORE);
	return pki_world_leaf(world, "tbs.example", begin, begin + 90 * PKI_DAY - 1);
}

// SCT list and poison, wherever they stand; other bytes untouched.
static void test_places(const struct pki_world *world)
{
	uint8_t empty_sct[] = {0, 4, 0, 2, 0, 0};
	const struct out list = {empty_sct, sizeof(empty_sct), sizeof(empty_sct)};
	for (int place = PKI_LAST; place <= PKI_MIDDLE; place++) {
		struct pki_cert_spec spec = leaf(world);
		struct out want = {0};
		struct out der = {0};
		spec.sct_place = (enum pki_place)place;
		pki_tbs(&spec, &want);
		spec.sct_list = &list;
		pki_cert(&spec, &der);
		CHECK(cut_equals(of(&der), NULL, &want), "SCT list at place %d", place);
		der.len = 0;
		spec.kind = PKI_PRECERTIFICATE;
		pki_cert(&spec, &der);
		CHECK(cut_equals(of(&der), NULL, &want), "and a poison at place %d",
			place);
		der.len = 0;
		spec.sct_list = NULL;
		pki_cert(&spec, &der);
		CHECK(cut_equals(of(&der), NULL, &want), "the poison alone at place %d",
			place);
		CHECK(cut_equals(of(&want), NULL, &want), "a bare TBSCertificate");
		derw_clear(&want);
		derw_clear(&der);
	}
}

// The whole [3] goes where nothing remains in it; also where the TBSCertificate's own
// length changes its form (127 and 128 bytes, 255 and 256).
static void test_nothing_remains(const struct pki_world *world)
{
	static const uint8_t serial[20] = {1, 2, 3};
	for (size_t len = 1; len <= 300; len++) {
		char name[301];
		struct out list = {0};
		struct out want = {0};
		struct out der = {0};
		memset(name, 'a', len);
		name[len] = '\0';
		struct pki_cert_spec spec = {.serial = serial,
			.serial_len = 1 + len % 20,
			.subject.cn = name,
			.key = world->leaf_key,
			.signer = world->ca_key,
			.bare = true};
		pki_tbs(&spec, &want);
		derw_put_uint(&list, 0, 2);
		spec.sct_list = &list;
		spec.kind = PKI_PRECERTIFICATE;
		pki_cert(&spec, &der);
		CHECK(cut_equals(of(&der), NULL, &want), "a name of %zu bytes", len);
		derw_clear(&list);
		derw_clear(&want);
		derw_clear(&der);
	}
}

// RFC 6962 3.2: the entry has the issuer and key identifier that the final one will have.
static void test_precert_signing(const struct pki_world *world)
{
	struct pki_cert_spec spec = leaf(world);
	struct out want = {0};
	struct out der = {0};
	pki_tbs(&spec, &want);
	pki_precert(&spec, &world->psc, &der);
	CHECK(cut_equals(of(&der), &world->psc_der, &want),
		"name and key identifier replaced");
	CHECK(!cut_equals(of(&der), NULL, &want),
		"which without the signer they are not");

	// The signer has no key identifier of its issuer: then neither has the entry.
	struct pki_cert_spec bare_psc = world->psc;
	struct out bare_psc_der = {0};
	bare_psc.bare = true;
	pki_cert(&bare_psc, &bare_psc_der);
	struct cert cert;
	struct cert signer;
	struct tbs_cut cut;
	struct err err;
	err_clear(&err);
	CHECK(cert_read(of(&der), &cert, &err) &&
			cert_read(of(&bare_psc_der), &signer, &err),
		"both read");
	tbs_cut(&cert, &signer, &cut);
	struct out joined = {0};
	for (size_t i = 0; i < cut.num_parts; i++) {
		derw_put(&joined, cut.parts[i].data, cut.parts[i].len);
	}
	struct cert entry;
	CHECK(cert_read(of(&joined), &entry, &err), "the entry is a TBSCertificate");
	CHECK(entry.kind == CERT_TBS && entry.authority_key_id.data == NULL,
		"without identifier");
	CHECK_INT(entry.num_extensions, cert.num_extensions - 2,
		"poison and identifier gone");

	// The precertificate has none, its signer does: it is added, and all remains readable.
	struct pki_cert_spec bare = spec;
	bare.bare = true;
	der.len = 0;
	pki_precert(&bare, &world->psc, &der);
	CHECK(cert_read(of(&der), &cert, &err) &&
			cert_read(of(&world->psc_der), &signer, &err),
		"both read");
	tbs_cut(&cert, &signer, &cut);
	joined.len = 0;
	for (size_t i = 0; i < cut.num_parts; i++) {
		derw_put(&joined, cut.parts[i].data, cut.parts[i].len);
	}
	CHECK(cert_read(of(&joined), &entry, &err), "the entry is a TBSCertificate: %s",
		err.text);
	CHECK(bytes_equal(entry.authority_key_id, signer.authority_key_id),
		"identifier added");
	CHECK(bytes_equal(entry.issuer, signer.issuer), "the CA's name");
	derw_clear(&joined);
	derw_clear(&bare_psc_der);
	derw_clear(&want);
	derw_clear(&der);
}

void test_tbs(void)
{
	struct pki_world *world = pki_world_new("tbs");
	test_places(world);
	test_nothing_remains(world);
	test_precert_signing(world);
	pki_world_free(world);
}

// SPDX-License-Identifier: Apache-2.0
// The signed entry and its verification, against SCTs that tests/pki signed on its own.
#include "sct/signed_entry.h"

#include "sct/verify.h"
#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

void test_signed_entry(void);

struct scene {
	struct pki_world *world;
	struct digest *digest;
	struct verifier *verifier;
	struct out leaf, tbs;
};

static struct bytes of(const struct out *o)
{
	return bytes_of(o->data, o->len);
}

// RFC 6962 3.2, written out by hand, hashed by the other side.
static void want_digest(
	const struct sct *sct, const struct pki_entry *entry, uint8_t *out)
{
	struct out o = {0};
	uint8_t md[PKI_HASH_MAX];
	derw_put_uint(&o, 0, 1); // v1
	derw_put_uint(&o, 0, 1); // certificate_timestamp
	derw_put_uint(&o, sct->timestamp, 8);
	derw_put_uint(&o, entry->precert ? 1 : 0, 2);
	if (entry->precert) {
		derw_put(&o, entry->issuer_key_hash, 32);
	}
	derw_put_uint(&o, entry->data->len, 3);
	derw_put_out(&o, entry->data);
	derw_put_uint(&o, sct->extensions.len, 2);
	derw_put(&o, sct->extensions.data, sct->extensions.len);
	pki_digest(PKI_SHA256, o.data, o.len, md);
	memcpy(out, md, 32);
	derw_clear(&o);
}

static enum verify_result verify(struct scene *s, const struct sct *sct,
	const struct pki_key *pki_key, const struct signed_entry *entry)
{
	struct err err;
	err_clear(&err);
	uint8_t room[DIGEST_SHA256_LEN];
	struct verify_job job;
	struct pubkey *key = pubkey_new(of(pki_key_spki(pki_key)), s->digest, &err);
	CHECK(sct_verify_job(sct, key, entry, s->digest, room, &job), "a job");
	verifier_run(s->verifier, &(struct verify_job *){&job}, 1);
	pubkey_unref(key);
	return job.result;
}

// Each kind of log and of extensions, over both kinds of entry.
static void test_entries(struct scene *s)
{
	static const char *const logs[] = {
		"Alder2026h2", "AlderTiled2026h2", "Birch2026h2"};
	struct cert cert;
	struct tbs_cut cut;
	struct err err;
	err_clear(&err);
	CHECK(cert_read(of(&s->leaf), &cert, &err), "%s", err.text);
	tbs_cut(&cert, NULL, &cut);
	for (size_t i = 0; i < 6; i++) {
		bool precert = i % 2;
		struct pki_entry theirs = precert
			? pki_entry_precert(s->world->ca_key, &s->tbs)
			: pki_entry_x509(&s->leaf);
		struct pki_sct_spec spec =
			pki_world_sct(s->world, logs[i / 2], UINT64_C(1780272000123));
		struct signed_entry ours;
		struct out bytes = {0};
		struct sct sct;
		uint8_t got[DIGEST_SHA256_LEN];
		uint8_t want[DIGEST_SHA256_LEN];
		pki_sct(&spec, &theirs, &bytes);
		sct_read(of(&bytes), &sct);
		if (precert) {
			signed_entry_precert(
				pki_key_sha256(s->world->ca_key), &cut, &ours);
		} else {
			signed_entry_x509(of(&s->leaf), &ours);
		}
		want_digest(&sct, &theirs, want);
		CHECK(signed_entry_digest(&ours, &sct, s->digest, got), "%s %d",
			logs[i / 2], precert);
		CHECK(memcmp(got, want, sizeof(got)) == 0, "%s %d", logs[i / 2], precert);
		const struct pki_key *key = spec.log->key;
		CHECK_INT(verify(s, &sct, key, &ours), VERIFY_VALID, "%s %d", logs[i / 2],
			precert);
		sct.timestamp++;
		CHECK_INT(verify(s, &sct, key, &ours), VERIFY_INVALID,
			"a millisecond later");
		sct.timestamp--;
		sct.extensions = BYTES_LITERAL("x");
		CHECK_INT(
			verify(s, &sct, key, &ours), VERIFY_INVALID, "other extensions");
		derw_clear(&bytes);
	}
}

// Another issuer's key hash, another leaf, another log: no.
static void test_wrong(struct scene *s)
{
	struct cert cert;
	struct tbs_cut cut;
	struct err err;
	struct pki_entry theirs = pki_entry_precert(s->world->ca_key, &s->tbs);
	struct pki_sct_spec spec = pki_world_sct(s->world, "Alder2026h2", 1780272000123);
	struct signed_entry ours;
	struct out bytes = {0};
	struct sct sct;
	err_clear(&err);
	pki_sct(&spec, &theirs, &bytes);
	sct_read(of(&bytes), &sct);
	CHECK(cert_read(of(&s->leaf), &cert, &err), "%s", err.text);
	tbs_cut(&cert, NULL, &cut);
	signed_entry_precert(pki_key_sha256(s->world->root_key), &cut, &ours);
	CHECK_INT(
		verify(s, &sct, spec.log->key, &ours), VERIFY_INVALID, "another issuer");
	signed_entry_x509(of(&s->leaf), &ours);
	CHECK_INT(verify(s, &sct, spec.log->key, &ours), VERIFY_INVALID,
		"as an x509_entry");
	signed_entry_precert(pki_key_sha256(s->world->ca_key), &cut, &ours);
	CHECK_INT(
		verify(s, &sct, s->world->forger, &ours), VERIFY_INVALID, "another log");
	CHECK_INT(verify(s, &sct, s->world->root_key, &ours), VERIFY_INVALID,
		"a P-384 key");
	CHECK_INT(verify(s, &sct, pki_world_log(s->world, "Birch2026h2")->key, &ours),
		VERIFY_WRONG_KEY_TYPE, "an RSA key");
	CHECK_INT(
		verify(s, &sct, spec.log->key, &ours), VERIFY_VALID, "and the right one");
	derw_clear(&bytes);
}

void test_signed_entry(void)
{
	struct err err;
	err_clear(&err);
	struct scene s = {.world = pki_world_new("signed_entry"),
		.digest = digest_new(&err),
		.verifier = verifier_new(NULL, &err)};
	struct pki_cert_spec spec =
		pki_world_leaf(s.world, "entry.example", 0, 90 * PKI_DAY - 1);
	struct out list = {0};
	pki_tbs(&spec, &s.tbs);
	derw_put(&list, "\x00\x03\x00\x01\xaa", 5);
	spec.sct_list = &list;
	pki_cert(&spec, &s.leaf);
	test_entries(&s);
	test_wrong(&s);
	derw_clear(&list);
	derw_clear(&s.leaf);
	derw_clear(&s.tbs);
	verifier_free(s.verifier);
	digest_free(s.digest);
	pki_world_free(s.world);
}

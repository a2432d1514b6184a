// SPDX-License-Identifier: Apache-2.0
#include "pki.h"

#include <string.h>

/* ---- names and times ---- */

static void put_attr(struct out *o, const struct pki_attr *attr)
{
	size_t start = o->len;
	size_t len = attr->len != 0 ? attr->len : strlen(attr->data);

	derw_oid(o, attr->oid);
	derw_tlv(o, attr->tag != 0 ? attr->tag : DERW_UTF8_STRING, attr->data, len);
	derw_wrap(o, start, DERW_SEQUENCE);
}

void pki_name(const struct pki_name *name, struct out *o)
{
	const struct pki_attr cn = {.oid = PKI_OID_CN, .data = name->cn};
	size_t start = o->len;

	for (size_t i = 0; i < name->num_attrs;) {
		size_t rdn = o->len;
		do {
			put_attr(o, &name->attrs[i++]);
		} while (i < name->num_attrs && name->attrs[i].joined);
		derw_wrap(o, rdn, DERW_SET);
	}
	if (name->cn != NULL) {
		size_t rdn = o->len;
		put_attr(o, &cn);
		derw_wrap(o, rdn, DERW_SET);
	}
	derw_wrap(o, start, DERW_SEQUENCE);
}

static void put_time(struct out *o, int64_t seconds, const struct pki_raw_time *raw)
{
	if (raw->text != NULL) {
		derw_text(o, raw->tag, raw->text);
	} else {
		derw_time(o, seconds);
	}
}

/* ---- extensions ---- */

/* Writes extensions, and puts `special` before the one numbered `special_at`. */
struct ext_writer {
	struct out *o;
	size_t num_exts;
	const struct out *special;
	size_t special_at;
};

static void put_ext_value(
	struct out *o, const char *oid, bool critical, const void *value, size_t len)
{
	size_t start = o->len;

	derw_oid(o, oid);
	if (critical) {
		derw_true(o);
	}
	derw_tlv(o, DERW_OCTET_STRING, value, len);
	derw_wrap(o, start, DERW_SEQUENCE);
}

static void put_special(struct ext_writer *w)
{
	if (w->special != NULL && w->num_exts == w->special_at) {
		derw_put_out(w->o, w->special);
	}
}

static void put_ext(struct ext_writer *w, const char *oid, bool critical,
	const void *value, size_t len)
{
	put_special(w);
	put_ext_value(w->o, oid, critical, value, len);
	w->num_exts++;
}

/* Takes what the scratch buffer holds as the value, and empties it. */
static void put_ext_from(
	struct ext_writer *w, const char *oid, bool critical, struct out *scratch)
{
	put_ext(w, oid, critical, scratch->data, scratch->len);
	scratch->len = 0;
}

static bool is_bare(const struct pki_cert_spec *spec)
{
	return spec->bare || spec->version == 1;
}

static const struct pki_key *signer_of(const struct pki_cert_spec *spec)
{
	return spec->signer != NULL ? spec->signer : spec->key;
}

static const struct pki_key *issuer_key_of(const struct pki_cert_spec *spec)
{
	return spec->issuer_key != NULL ? spec->issuer_key : signer_of(spec);
}

/* A CA signs certificates and CRLs; a leaf signs, and an RSA one enciphers keys. */
static void put_key_usage(const struct pki_cert_spec *spec, struct ext_writer *w)
{
	static const uint8_t ca[] = {DERW_BIT_STRING, 2, 1, 0x06};
	static const uint8_t sign[] = {DERW_BIT_STRING, 2, 7, 0x80};
	static const uint8_t both[] = {DERW_BIT_STRING, 2, 5, 0xa0};
	const uint8_t *leaf = pki_key_is_rsa(spec->key) ? both : sign;
	bool is_ca = spec->basic_constraints == PKI_BC_CA;

	put_ext(w, "2.5.29.15", true, is_ca ? ca : leaf, sizeof(ca));
}

static void put_ekus(
	const struct pki_cert_spec *spec, struct ext_writer *w, struct out *scratch)
{
	if (spec->num_ekus == 0) {
		return;
	}
	for (size_t i = 0; i < spec->num_ekus; i++) {
		derw_oid(scratch, spec->ekus[i]);
	}
	derw_wrap(scratch, 0, DERW_SEQUENCE);
	put_ext_from(w, "2.5.29.37", false, scratch);
}

static void put_basic_constraints(
	const struct pki_cert_spec *spec, struct ext_writer *w, struct out *scratch)
{
	if (spec->basic_constraints == PKI_BC_ABSENT) {
		return;
	}
	if (spec->basic_constraints == PKI_BC_CA) {
		derw_true(scratch);
	}
	derw_wrap(scratch, 0, DERW_SEQUENCE);
	put_ext_from(w, "2.5.29.19", true, scratch);
}

static void put_key_ids(
	const struct pki_cert_spec *spec, struct ext_writer *w, struct out *scratch)
{
	derw_tlv(scratch, DERW_OCTET_STRING, pki_key_id(spec->key), 20);
	put_ext_from(w, "2.5.29.14", false, scratch);
	derw_tlv(scratch, DERW_CONTEXT | 0, pki_key_id(issuer_key_of(spec)), 20);
	derw_wrap(scratch, 0, DERW_SEQUENCE);
	put_ext_from(w, "2.5.29.35", false, scratch);
}

static void put_san(
	const struct pki_cert_spec *spec, struct ext_writer *w, struct out *scratch)
{
	if (spec->dns_name == NULL && spec->num_dns_names == 0) {
		return;
	}
	if (spec->dns_name != NULL) {
		derw_text(scratch, DERW_CONTEXT | 2, spec->dns_name);
	}
	for (size_t i = 0; i < spec->num_dns_names; i++) {
		derw_text(scratch, DERW_CONTEXT | 2, spec->dns_names[i]);
	}
	derw_wrap(scratch, 0, DERW_SEQUENCE);
	put_ext_from(w, "2.5.29.17", false, scratch);
}

static void put_exts(const struct pki_cert_spec *spec, struct ext_writer *w)
{
	struct out scratch = {0};

	if (!is_bare(spec)) {
		put_key_usage(spec, w);
	}
	put_ekus(spec, w, &scratch);
	put_basic_constraints(spec, w, &scratch);
	if (!is_bare(spec)) {
		put_key_ids(spec, w, &scratch);
	}
	put_san(spec, w, &scratch);
	for (size_t i = 0; i < spec->num_extras; i++) {
		const struct pki_ext *ext = &spec->extras[i];
		put_ext(w, ext->oid, ext->critical, ext->value, ext->value_len);
	}
	put_special(w);
	derw_clear(&scratch);
}

static size_t place_of_special(const struct pki_cert_spec *spec)
{
	struct out scratch = {0};
	struct ext_writer w = {.o = &scratch};

	put_exts(spec, &w);
	derw_clear(&scratch);
	switch (spec->sct_place) {
	case PKI_FIRST:
		return 0;
	case PKI_MIDDLE:
		return w.num_exts / 2;
	case PKI_LAST:
		break;
	}
	return w.num_exts;
}

/* extensions [3], or nothing if there are none (RFC 5280: SIZE (1..MAX)) */
static void put_ext_block(
	const struct pki_cert_spec *spec, const struct out *special, struct out *o)
{
	size_t start = o->len;
	struct ext_writer w = {
		.o = o, .special = special, .special_at = place_of_special(spec)};

	put_exts(spec, &w);
	if (o->len == start) {
		return;
	}
	derw_wrap(o, start, DERW_SEQUENCE);
	derw_wrap(o, start, DERW_CONTEXT_CONSTRUCTED | 3);
}

/* ---- the certificate ---- */

/*
 * Key, subject and validity make it: the final certificate and its precertificate have
 * one.
 */
void pki_serial(const struct pki_cert_spec *spec, struct out *o)
{
	struct out from = {0};
	uint8_t md[PKI_HASH_MAX];

	if (spec->serial != NULL) {
		derw_put(o, spec->serial, spec->serial_len);
		return;
	}
	derw_put_out(&from, pki_key_spki(spec->key));
	pki_name(&spec->subject, &from);
	derw_put_uint(&from, (uint64_t)spec->not_before, 8);
	derw_put_uint(&from, (uint64_t)spec->not_after, 8);
	pki_digest(PKI_SHA256, from.data, from.len, md);
	md[0] = (md[0] & 0x3f) | 0x40;
	derw_put(o, md, 16);
	derw_clear(&from);
}

static enum pki_hash signature_hash(const struct pki_cert_spec *spec)
{
	bool is_p384 = pki_key_type(signer_of(spec)) == PKI_P384;

	if (spec->hash != PKI_HASH_DEFAULT) {
		return spec->hash;
	}
	return is_p384 ? PKI_SHA384 : PKI_SHA256;
}

static void put_algorithm(const struct pki_cert_spec *spec, struct out *o)
{
	size_t start = o->len;

	if (spec->algorithm_oid == NULL) {
		pki_key_algorithm(signer_of(spec), signature_hash(spec), o);
		return;
	}
	derw_oid(o, spec->algorithm_oid);
	derw_wrap(o, start, DERW_SEQUENCE);
}

static void put_version_and_serial(const struct pki_cert_spec *spec, struct out *o)
{
	size_t start = o->len;
	struct out serial = {0};

	/* v1 is the DEFAULT and so left out. */
	if (spec->version != 1) {
		derw_integer(o, spec->version == 0 ? 2 : (uint64_t)spec->version - 1);
		derw_wrap(o, start, DERW_CONTEXT_CONSTRUCTED | 0);
	}
	pki_serial(spec, &serial);
	derw_integer_bytes(o, serial.data, serial.len);
	derw_clear(&serial);
}

static void put_tbs(
	const struct pki_cert_spec *spec, const struct out *special, struct out *o)
{
	size_t start = o->len;

	put_version_and_serial(spec, o);
	put_algorithm(spec, o);
	pki_name(&spec->issuer, o);
	size_t validity = o->len;
	put_time(o, spec->not_before, &spec->raw_not_before);
	put_time(o, spec->not_after, &spec->raw_not_after);
	derw_wrap(o, validity, DERW_SEQUENCE);
	pki_name(&spec->subject, o);
	derw_put_out(o, pki_key_spki(spec->key));
	put_ext_block(spec, special, o);
	derw_wrap(o, start, DERW_SEQUENCE);
}

void pki_tbs(const struct pki_cert_spec *spec, struct out *o)
{
	put_tbs(spec, NULL, o);
}

/* The extensions that a log leaves out of what it signs. */
static void put_special_exts(const struct pki_cert_spec *spec, struct out *o)
{
	static const uint8_t null[] = {DERW_NULL, 0};

	if (spec->kind == PKI_PRECERTIFICATE) {
		put_ext_value(o, PKI_OID_POISON, true, null, sizeof(null));
	}
	if (spec->sct_list != NULL) {
		struct out value = {0};
		derw_tlv(&value, DERW_OCTET_STRING, spec->sct_list->data,
			spec->sct_list->len);
		put_ext_value(o, PKI_OID_SCT_LIST, false, value.data, value.len);
		derw_clear(&value);
	}
}

static void put_signature(
	const struct pki_cert_spec *spec, const void *tbs, size_t tbs_len, struct out *o)
{
	struct out signature = {0};

	pki_key_sign(signer_of(spec), signature_hash(spec), tbs, tbs_len, &signature);
	if (spec->bad_signature) {
		signature.data[signature.len - 1] ^= 1;
	}
	derw_bit_string(o, signature.data, signature.len);
	derw_clear(&signature);
}

void pki_cert(const struct pki_cert_spec *spec, struct out *o)
{
	struct out special = {0}, tbs = {0};
	size_t start = o->len;

	put_special_exts(spec, &special);
	put_tbs(spec, &special, &tbs);
	derw_put_out(o, &tbs);
	if (spec->kind != PKI_TBS) {
		put_algorithm(spec, o);
		put_signature(spec, tbs.data, tbs.len, o);
		derw_wrap(o, start, DERW_SEQUENCE);
	}
	derw_clear(&tbs);
	derw_clear(&special);
}

void pki_precert(
	const struct pki_cert_spec *final, const struct pki_cert_spec *psc, struct out *o)
{
	struct pki_cert_spec spec = *final;

	spec.kind = PKI_PRECERTIFICATE;
	spec.sct_list = NULL;
	if (psc != NULL) {
		spec.issuer = psc->subject;
		spec.signer = psc->key;
		spec.issuer_key = psc->key;
	}
	pki_cert(&spec, o);
}

void pki_embedded_list(const struct pki_cert_spec *spec, const struct pki_sct_spec *specs,
	size_t num_specs, struct out *o)
{
	struct out tbs = {0};

	pki_tbs(spec, &tbs);
	struct pki_entry entry = pki_entry_precert(issuer_key_of(spec), &tbs);
	pki_sign_list(specs, num_specs, &entry, o);
	derw_clear(&tbs);
}

void pki_issue(const struct pki_cert_spec *spec, const struct pki_sct_spec *specs,
	size_t num_specs, struct out *o)
{
	struct pki_cert_spec final = *spec;
	struct out list = {0};

	pki_embedded_list(spec, specs, num_specs, &list);
	final.sct_list = &list;
	pki_cert(&final, o);
	derw_clear(&list);
}

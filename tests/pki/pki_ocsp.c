// SPDX-License-Identifier: Apache-2.0
#include "pki_local.h"

/* DER hash of the issuer's name and of its key's bits, under the CertID's hash. */
static void put_issuer_hashes(
	const struct pki_ocsp_single *single, enum pki_hash hash, struct out *o)
{
	const struct pki_cert_spec *cert = single->cert;
	const struct pki_key *issuer =
		cert->issuer_key != NULL ? cert->issuer_key : cert->signer;
	uint8_t md[PKI_HASH_MAX];
	struct out name = {0};

	derw_need(issuer != NULL, "OCSP needs the certificate's signer");
	pki_name(&cert->issuer, &name);
	size_t md_len = pki_digest(hash, name.data, name.len, md);
	derw_tlv(o, DERW_OCTET_STRING, md, md_len);
	/* the key alone: the BIT STRING's content without its unused-bits byte */
	md_len = pki_digest(hash, issuer->point.data, issuer->point.len, md);
	derw_tlv(o, DERW_OCTET_STRING, md, md_len);
	derw_clear(&name);
}

static void put_cert_id(const struct pki_ocsp_single *single, struct out *o)
{
	enum pki_hash hash = single->hash == PKI_HASH_DEFAULT ? PKI_SHA1 : single->hash;
	struct out serial = {0};
	size_t start = o->len;

	pki_hash_algorithm(hash, o);
	put_issuer_hashes(single, hash, o);
	pki_serial(single->cert, &serial);
	derw_integer_bytes(o, serial.data, serial.len);
	derw_wrap(o, start, DERW_SEQUENCE);
	derw_clear(&serial);
}

/* CertStatus: good [0] NULL, revoked [1] with its time, or unknown [2] NULL */
static void put_status(const struct pki_ocsp_single *single, struct out *o)
{
	size_t start = o->len;

	if (!single->revoked) {
		derw_tlv(o, DERW_CONTEXT | (single->unknown ? 2 : 0), NULL, 0);
		return;
	}
	derw_generalized_time(o, single->this_update);
	derw_wrap(o, start, DERW_CONTEXT_CONSTRUCTED | 1);
}

/* RFC 6962 3.3: an OCTET STRING with the list, in the OCTET STRING of every extension */
static void put_sct_extension(const struct out *list, struct out *o)
{
	size_t start = o->len;

	derw_oid(o, PKI_OID_OCSP_SCT_LIST);
	size_t value = o->len;
	derw_tlv(o, DERW_OCTET_STRING, list->data, list->len);
	derw_wrap(o, value, DERW_OCTET_STRING);
	derw_wrap(o, start, DERW_SEQUENCE);
	derw_wrap(o, start, DERW_SEQUENCE);
	derw_wrap(o, start, DERW_CONTEXT_CONSTRUCTED | 1);
}

static void put_single(const struct pki_ocsp_single *single, struct out *o)
{
	size_t start = o->len;

	put_cert_id(single, o);
	put_status(single, o);
	derw_generalized_time(o, single->this_update);
	if (single->next_update != 0) {
		size_t next = o->len;
		derw_generalized_time(o, single->next_update);
		derw_wrap(o, next, DERW_CONTEXT_CONSTRUCTED | 0);
	}
	if (single->sct_list != NULL) {
		put_sct_extension(single->sct_list, o);
	}
	derw_wrap(o, start, DERW_SEQUENCE);
}

/* ResponderID: byName [1] or byKey [2] */
static void put_responder(const struct pki_ocsp_spec *spec, struct out *o)
{
	size_t start = o->len;

	if (spec->responder != NULL) {
		pki_name(spec->responder, o);
		derw_wrap(o, start, DERW_CONTEXT_CONSTRUCTED | 1);
		return;
	}
	derw_tlv(o, DERW_OCTET_STRING, pki_key_id(spec->signer), 20);
	derw_wrap(o, start, DERW_CONTEXT_CONSTRUCTED | 2);
}

static void put_response_data(const struct pki_ocsp_spec *spec, struct out *o)
{
	put_responder(spec, o);
	derw_generalized_time(o, spec->produced_at);
	size_t responses = o->len;
	for (size_t i = 0; i < spec->num_singles; i++) {
		put_single(&spec->singles[i], o);
	}
	derw_wrap(o, responses, DERW_SEQUENCE);
	derw_wrap(o, 0, DERW_SEQUENCE);
}

static void put_basic(const struct pki_ocsp_spec *spec, struct out *o)
{
	bool is_p384 = pki_key_type(spec->signer) == PKI_P384;
	enum pki_hash hash = is_p384 ? PKI_SHA384 : PKI_SHA256;
	struct out data = {0}, signature = {0};
	size_t start = o->len;

	put_response_data(spec, &data);
	pki_key_sign(spec->signer, hash, data.data, data.len, &signature);
	if (spec->bad_signature) {
		signature.data[signature.len - 1] ^= 1;
	}
	derw_put_out(o, &data);
	pki_key_algorithm(spec->signer, hash, o);
	derw_bit_string(o, signature.data, spec->no_signature ? 0 : signature.len);
	size_t certs = o->len;
	for (size_t i = 0; i < spec->num_certs; i++) {
		derw_put_out(o, &spec->certs[i]);
	}
	if (spec->num_certs != 0) {
		derw_wrap(o, certs, DERW_SEQUENCE);
		derw_wrap(o, certs, DERW_CONTEXT_CONSTRUCTED | 0);
	}
	derw_wrap(o, start, DERW_SEQUENCE);
	derw_clear(&signature);
	derw_clear(&data);
}

void pki_ocsp(const struct pki_ocsp_spec *spec, struct out *o)
{
	uint8_t status = (uint8_t)spec->status;
	size_t start = o->len;

	derw_tlv(o, DERW_ENUMERATED, &status, 1);
	if (spec->status == 0) {
		size_t bytes = o->len;
		derw_oid(o, "1.3.6.1.5.5.7.48.1.1"); /* id-pkix-ocsp-basic */
		size_t basic = o->len;
		put_basic(spec, o);
		derw_wrap(o, basic, DERW_OCTET_STRING);
		derw_wrap(o, bytes, DERW_SEQUENCE);
		derw_wrap(o, bytes, DERW_CONTEXT_CONSTRUCTED | 0);
	}
	derw_wrap(o, start, DERW_SEQUENCE);
}

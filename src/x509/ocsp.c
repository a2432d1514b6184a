// SPDX-License-Identifier: Apache-2.0
#include "x509/ocsp.h"

#include "x509/algorithm.h"

#include "x509/oid.h"

struct matcher {
	const struct ocsp_subject *subject;
	struct digest *digest;
	struct ocsp_answer *answer;
	bool matched;
	bool failed; // no memory
};

static bool hash_equals(
	struct matcher *m, struct bytes oid, struct bytes in, struct bytes want)
{
	uint8_t hash[DIGEST_MAX_LEN];
	size_t len = 0;
	enum digest_result result = digest_by_oid(m->digest, oid, in, hash, &len);
	m->failed = m->failed || result == DIGEST_FAILED;
	return result == DIGEST_DONE && bytes_equal(bytes_of(hash, len), want);
}

// RFC 6960 4.1.1: hashes of the issuer's name and of its key's bits, and the serial
// number.
static bool cert_id_matches(struct reader *r, struct matcher *m)
{
	struct reader id = der_enter(r, DER_SEQUENCE, "certID");
	struct bytes oid;
	struct bytes params;
	(void)algorithm_read(&id, &oid, &params, "certID.hashAlgorithm");
	struct bytes name_hash =
		der_expect(&id, DER_OCTET_STRING, "certID.issuerNameHash").value;
	struct bytes key_hash =
		der_expect(&id, DER_OCTET_STRING, "certID.issuerKeyHash").value;
	struct bytes serial = der_integer(&id, "certID.serialNumber");
	if (!reader_finish(&id, "certID") ||
		!bytes_equal(serial, m->subject->leaf->serial)) {
		return false;
	}
	const struct cert *issuer = m->subject->issuer;
	return hash_equals(m, oid, m->subject->leaf->issuer, name_hash) &&
		(!issuer || hash_equals(m, oid, issuer->key_bits, key_hash));
}

static void read_single_extensions(struct reader *r, struct matcher *m)
{
	struct reader outer =
		der_enter(r, DER_CONTEXT_CONSTRUCTED(1), "singleExtensions");
	struct reader list = der_enter(&outer, DER_SEQUENCE, "singleExtensions");
	while (!reader_done(&list)) {
		size_t at = reader_offset(&list);
		struct reader ext = der_enter(&list, DER_SEQUENCE, "singleExtension");
		struct bytes oid = der_expect(&ext, DER_OID, "singleExtension id").value;
		if (der_next_is(&ext, DER_BOOLEAN)) {
			(void)der_boolean(&ext, "singleExtension critical");
		}
		struct der_element value =
			der_expect(&ext, DER_OCTET_STRING, "singleExtension value");
		(void)reader_finish(&ext, "singleExtension");
		if (bytes_equal(oid, OID_OCSP_SCTS)) {
			if (m->answer->has_scts) {
				reader_fail_at(&list, at, "the SCT list extension twice");
				return;
			}
			struct reader in = reader_nested(&ext, value.value);
			m->answer->scts =
				der_expect(&in, DER_OCTET_STRING, "SCT list extension")
					.value;
			m->answer->has_scts = reader_finish(&in, "SCT list extension");
		}
	}
	(void)reader_finish(&outer, "singleExtensions");
}

static struct ocsp_time read_time(const struct reader *within, struct bytes element)
{
	struct err ignored;
	bool odd = false;
	err_clear(&ignored);
	struct reader r = reader_nested(within, element);
	r.err = &ignored;
	int64_t seconds = der_time(&r, &odd, "a time");
	bool is_known = !reader_failed(&r);
	return (struct ocsp_time){is_known, is_known ? seconds : 0};
}

// certStatus, thisUpdate, nextUpdate.
static struct ocsp_word read_word(struct reader *in)
{
	struct ocsp_word word = {.status = OCSP_STATUS_UNKNOWN};
	struct der_element status = der_any(in, "certStatus");
	word.this_update =
		read_time(in, der_expect(in, DER_GENERALIZED_TIME, "thisUpdate").whole);
	if (der_next_is(in, DER_CONTEXT_CONSTRUCTED(0))) {
		word.next_update = read_time(in, der_any(in, "nextUpdate").value);
	}
	if (status.tag == DER_CONTEXT(0)) {
		word.status = OCSP_STATUS_GOOD;
	} else if (status.tag == DER_CONTEXT_CONSTRUCTED(1)) {
		word.status = OCSP_STATUS_REVOKED;
		word.revoked_at = read_time(in, status.value);
	}
	return word;
}

static void hear(struct matcher *m, const struct ocsp_word *word)
{
	struct ocsp_word *out = &m->answer->word;
	if (!m->matched || out->this_update.seconds < word->this_update.seconds) {
		*out = *word;
	}
}

static void read_single_response(struct reader *r, struct matcher *m)
{
	struct reader in = der_enter(r, DER_SEQUENCE, "singleResponse");
	bool matches = cert_id_matches(&in, m);
	struct ocsp_word word = read_word(&in);
	if (matches) {
		hear(m, &word);
	}
	// Two responses about one certificate: the first that carries SCTs speaks.
	if (matches && !m->answer->has_scts &&
		der_next_is(&in, DER_CONTEXT_CONSTRUCTED(1))) {
		read_single_extensions(&in, m);
	} else if (der_next_is(&in, DER_CONTEXT_CONSTRUCTED(1))) {
		(void)der_any(&in, "singleExtensions");
	}
	(void)reader_finish(&in, "singleResponse");
	m->answer->num_others += !matches;
	m->matched = m->matched || matches;
}

static void read_response_data(struct reader *r, struct matcher *m)
{
	struct der_element data = der_expect(r, DER_SEQUENCE, "tbsResponseData");
	m->answer->tbs = data.whole;
	struct reader in = reader_nested(r, data.value);
	if (der_next_is(&in, DER_CONTEXT_CONSTRUCTED(0))) {
		(void)der_any(&in, "version");
	}
	(void)der_any(&in, "responderID");
	(void)der_expect(&in, DER_GENERALIZED_TIME, "producedAt");
	struct reader responses = der_enter(&in, DER_SEQUENCE, "responses");
	for (size_t num = 0; !reader_done(&responses); num++) {
		if (num == OCSP_MAX_RESPONSES) {
			reader_fail(
				&responses, "more than %d responses", OCSP_MAX_RESPONSES);
			return;
		}
		read_single_response(&responses, m);
	}
	if (der_next_is(&in, DER_CONTEXT_CONSTRUCTED(1))) {
		(void)der_any(&in, "responseExtensions");
	}
	(void)reader_finish(&in, "tbsResponseData");
}

static void read_basic_response(struct reader *r, struct matcher *m)
{
	struct reader in = der_enter(r, DER_SEQUENCE, "BasicOCSPResponse");
	read_response_data(&in, m);
	(void)algorithm_read(&in, &m->answer->signature_oid, &m->answer->signature_params,
		"signatureAlgorithm");
	m->answer->signature = der_octet_bits(&in, "signature");
	if (der_next_is(&in, DER_CONTEXT_CONSTRUCTED(0))) {
		struct reader outer = der_enter(&in, DER_CONTEXT_CONSTRUCTED(0), "certs");
		struct reader certs = der_enter(&outer, DER_SEQUENCE, "certs");
		if (!reader_done(&certs)) {
			m->answer->first_cert = der_any(&certs, "certs").whole;
		}
		(void)reader_finish(&outer, "certs");
	}
	(void)reader_finish(&in, "BasicOCSPResponse");
}

static void read_response_bytes(struct reader *r, struct matcher *m)
{
	struct reader outer = der_enter(r, DER_CONTEXT_CONSTRUCTED(0), "responseBytes");
	struct reader bytes = der_enter(&outer, DER_SEQUENCE, "responseBytes");
	struct bytes type = der_expect(&bytes, DER_OID, "responseType").value;
	if (!reader_failed(&bytes) && !bytes_equal(type, OID_OCSP_BASIC)) {
		reader_fail(&bytes, "responseType is not id-pkix-ocsp-basic");
	}
	struct bytes content = der_expect(&bytes, DER_OCTET_STRING, "response").value;
	struct reader in = reader_nested(&bytes, content);
	read_basic_response(&in, m);
	(void)reader_finish(&in, "response");
	(void)reader_finish(&bytes, "responseBytes");
	(void)reader_finish(&outer, "responseBytes");
}

enum ocsp_outcome ocsp_read(struct bytes der, const struct ocsp_subject *subject,
	struct digest *digest, struct ocsp_answer *out, struct err *err)
{
	*out = (struct ocsp_answer){0};
	struct matcher m = {.subject = subject, .digest = digest, .answer = out};
	if (der.len > OCSP_MAX_LEN) {
		err_set(err, CODE_OCSP_UNREADABLE, ERR_NO_OFFSET,
			"an OCSP response of %zu bytes; the limit is %zu", der.len,
			OCSP_MAX_LEN);
		return OCSP_UNREADABLE;
	}
	struct reader r = reader_init(der, CODE_OCSP_UNREADABLE, err);
	struct reader response = der_enter(&r, DER_SEQUENCE, "OCSPResponse");
	struct bytes status =
		der_expect(&response, DER_ENUMERATED, "responseStatus").value;
	out->status = status.len == 1 ? status.data[0] : 255;
	if (!reader_failed(&response) && out->status != 0) {
		return OCSP_ERROR_STATUS;
	}
	read_response_bytes(&response, &m);
	(void)reader_finish(&response, "OCSPResponse");
	if (m.failed) {
		err_clear(err);
		err_no_memory(err);
		return OCSP_FAILED;
	}
	if (!reader_finish(&r, "OCSPResponse")) {
		return OCSP_UNREADABLE;
	}
	out->key_hash_unchecked = m.matched && !subject->issuer;
	return m.matched ? OCSP_MATCHED : OCSP_OTHER_CERT;
}

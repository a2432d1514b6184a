// SPDX-License-Identifier: Apache-2.0
#include "tests/oracle/oracle.h"

#include <openssl/ct.h>
#include <openssl/x509v3.h>

#include "sct/sct.h"
#include "x509/tbs.h"

#define MAX_SCTS 64

static void compare_sct(struct oracle *oracle, struct bytes ours, SCT *theirs)
{
	struct sct sct;
	sct_read(ours, &sct);
	if (sct.parse == SCT_MALFORMED) {
		// OpenSSL reads one SCT and leaves bytes behind its signature alone.
		oracle->tally->classes[CLASS_SCT_LIST]++;
		return;
	}
	uint8_t *der = NULL;
	int len = i2o_SCT(theirs, &der);
	uint8_t *part = NULL;
	oracle_differ(oracle, "SCT", ours, bytes_of(der, len > 0 ? (size_t)len : 0));
	OPENSSL_free(der);
	if (sct.parse == SCT_PARSED) {
		size_t part_len = SCT_get0_log_id(theirs, &part);
		oracle_differ(oracle, "SCT log id", sct.log_id, bytes_of(part, part_len));
		part_len = SCT_get0_extensions(theirs, &part);
		oracle_differ(oracle, "SCT extensions", sct.extensions,
			bytes_of(part, part_len));
		part_len = SCT_get0_signature(theirs, &part);
		oracle_differ(
			oracle, "SCT signature", sct.signature, bytes_of(part, part_len));
		uint64_t timestamp = SCT_get_timestamp(theirs);
		oracle_differ(oracle, "SCT timestamp", bytes_of(&sct.timestamp, 8),
			bytes_of(&timestamp, 8));
		oracle->tally->scts++;
	}
}

// The list's bytes, from OpenSSL's view of the extension.
static void compare_list_bytes(struct oracle *oracle, X509 *x509)
{
	int at = X509_get_ext_by_NID(x509, NID_ct_precert_scts, -1);
	if (at < 0 || oracle->cert.num_sct_extensions != 1 ||
		oracle->cert.scts_error.code != CODE_NONE) {
		return;
	}
	ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(x509, at));
	const uint8_t *pos = ASN1_STRING_get0_data(value);
	ASN1_OCTET_STRING *list =
		d2i_ASN1_OCTET_STRING(NULL, &pos, ASN1_STRING_length(value));
	oracle_differ(oracle, "SCT list", oracle->cert.scts,
		list ? bytes_of(ASN1_STRING_get0_data(list),
			       (size_t)ASN1_STRING_length(list))
		     : BYTES_NONE);
	ASN1_OCTET_STRING_free(list);
}

void oracle_compare_scts(struct oracle *oracle, X509 *x509)
{
	struct bytes items[MAX_SCTS];
	size_t num = 0;
	struct err err;
	compare_list_bytes(oracle, x509);
	int critical = -1;
	STACK_OF(SCT) *theirs =
		X509_get_ext_d2i(x509, NID_ct_precert_scts, &critical, NULL);
	err_clear(&err);
	bool present = oracle->cert.num_sct_extensions == 1;
	bool ours = present && oracle->cert.scts_error.code == CODE_NONE &&
		sct_list_split(oracle->cert.scts, items, MAX_SCTS, &num, &err);
	if (ours && theirs && (size_t)sk_SCT_num(theirs) == num) {
		for (int i = 0; i < sk_SCT_num(theirs); i++) {
			compare_sct(oracle, items[i], sk_SCT_value(theirs, i));
		}
	} else if (ours && theirs) {
		oracle_differ(oracle, "number of SCTs", bytes_of(items, num), BYTES_NONE);
	} else if (ours || theirs) {
		oracle->tally->classes[CLASS_SCT_LIST]++;
	}
	SCT_LIST_free(theirs);
}

// The TBSCertificate encoded anew; NULL where OpenSSL cannot.
static uint8_t *encoded(X509 *x509, size_t *out_len)
{
	uint8_t *der = NULL;
	int len = i2d_re_X509_tbs(x509, &der);
	*out_len = len > 0 ? (size_t)len : 0;
	return der;
}

static bool is_removed(const X509_EXTENSION *extension)
{
	int nid = OBJ_obj2nid(
		X509_EXTENSION_get_object((X509_EXTENSION *)(uintptr_t)extension));
	return nid == NID_ct_precert_scts || nid == NID_ct_precert_poison;
}

static void remove_extensions(X509 *x509)
{
	for (int i = X509_get_ext_count(x509); i > 0; i--) {
		if (is_removed(X509_get_ext(x509, i - 1))) {
			X509_EXTENSION_free(X509_delete_ext(x509, i - 1));
		}
	}
}

// RFC 6962 3.2: without the [3] if nothing remains in it. OpenSSL 3.0 leaves an empty one.
static void drop_empty_extensions(uint8_t *der, size_t *len)
{
	static const uint8_t empty[] = {0xa3, 0x02, 0x30, 0x00};
	struct err err;
	err_clear(&err);
	struct reader r = reader_init(bytes_of(der, *len), CODE_BAD_CERTIFICATE, &err);
	struct bytes fields = der_expect(&r, DER_SEQUENCE, "tbs").value;
	if (fields.len < sizeof(empty) ||
		memcmp(fields.data + fields.len - 4, empty, sizeof(empty)) != 0) {
		return;
	}
	uint8_t header[8];
	size_t header_len = der_header(DER_SEQUENCE, fields.len - 4, header);
	size_t old_len = (size_t)(fields.data - der);
	memmove(der + header_len, der + old_len, fields.len - 4);
	memcpy(der, header, header_len);
	*len = header_len + fields.len - 4;
}

static struct bytes joined(const struct tbs_cut *cut, struct out *room)
{
	room->len = 0;
	for (size_t i = 0; i < cut->num_parts; i++) {
		derw_put(room, cut->parts[i].data, cut->parts[i].len);
	}
	derw_need(room->len == cut->len, "the parts of the cut add up");
	return bytes_of(room->data, room->len);
}

// Does OpenSSL encode the untouched certificate to the bytes that it came from?
static bool encodes_faithfully(struct oracle *oracle, X509 *copy)
{
	size_t len = 0;
	uint8_t *der = encoded(copy, &len);
	bool same = bytes_equal(bytes_of(der, len), oracle->cert.tbs);
	OPENSSL_free(der);
	oracle->tally->classes[CLASS_REENCODED] += !same;
	return same;
}

void oracle_compare_entry(struct oracle *oracle, X509 *x509)
{
	if (oracle->cert.num_sct_extensions == 0 &&
		oracle->cert.kind == CERT_CERTIFICATE) {
		return;
	}
	X509 *copy = X509_dup(x509);
	derw_need(copy != NULL, "X509_dup");
	struct out room = {0};
	if (encodes_faithfully(oracle, copy)) {
		struct tbs_cut cut;
		size_t len = 0;
		remove_extensions(copy);
		uint8_t *theirs = encoded(copy, &len);
		if (X509_get_ext_count(copy) == 0) {
			drop_empty_extensions(theirs, &len);
		}
		tbs_cut(&oracle->cert, NULL, &cut);
		if (!oracle_differ(oracle, "signed entry", joined(&cut, &room),
			    bytes_of(theirs, len))) {
			oracle->tally->entries++;
		}
		OPENSSL_free(theirs);
	}
	derw_clear(&room);
	X509_free(copy);
}

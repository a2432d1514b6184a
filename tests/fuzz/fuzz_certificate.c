// SPDX-License-Identifier: Apache-2.0
// cert_read, tbs_cut, name_put_text.
//
// Property: whatever cert_read accepts, OpenSSL's d2i_X509 rejects or reads with the same
// serial number, names, validity, key, signature and extensions, and with the same meaning
// of basic constraints, extended key usage, key identifiers and DNS names. Every slice lies
// in the input, and so does the offset of an error. The TBSCertificate that tbs_cut gives is
// read again as one without SCT list and poison, with every other byte untouched; with a
// Precertificate Signing Certificate, with that one's issuer and key identifier. Names as
// text have no control characters.
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tests/fuzz/fuzz.h"
#include "tests/pki/pki.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/tbs.h"

#define MAX_NAME_TEXT ((size_t)16 * 1024 * 1024)

static void need_same(struct bytes ours, const void *data, size_t len, const char *what)
{
	fuzz_need(
		bytes_equal(ours, bytes_of(data, len)), "OpenSSL reads another %s", what);
}

static void need_slices_inside(const struct cert *cert)
{
	const struct {
		struct bytes part;
		const char *name;
	} slices[] = {
		{cert->tbs, "tbs"},
		{cert->signature_algorithm, "signature_algorithm"},
		{cert->signature_oid, "signature_oid"},
		{cert->signature_params, "signature_params"},
		{cert->signature, "signature"},
		{cert->serial, "serial"},
		{cert->issuer, "issuer"},
		{cert->subject, "subject"},
		{cert->spki, "spki"},
		{cert->key_bits, "key_bits"},
		{cert->extensions_element, "extensions_element"},
		{cert->scts, "scts"},
		{cert->subject_alt_name, "subject_alt_name"},
		{cert->subject_key_id, "subject_key_id"},
		{cert->authority_key_id, "authority_key_id"},
		{cert->authority_key_id_extension, "authority_key_id_extension"},
	};
	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
		fuzz_need_inside(cert->der, slices[i].part, slices[i].name);
	}
	for (size_t i = 0; i < cert->num_extensions; i++) {
		const struct cert_extension *ext = &cert->extensions[i];
		fuzz_need_inside(cert->extensions_element, ext->whole, "an extension");
		fuzz_need_inside(ext->whole, ext->head, "an extension's head");
		fuzz_need_inside(ext->head, ext->oid, "an extension's OID");
		fuzz_need_inside(ext->whole, ext->value, "an extension's value");
	}
}

// What OpenSSL reads, against what we read.

static void compare_serial(const struct cert *cert, X509 *x509)
{
	uint8_t *der = NULL;
	int len = i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), &der);
	fuzz_need(len >= 2, "OpenSSL cannot write the serial number");
	size_t head = der[1] & 0x80 ? 2 + (size_t)(der[1] & 0x7f) : 2;
	need_same(cert->serial, der + head, (size_t)len - head, "serial number");
	OPENSSL_free(der);
}

static void compare_name(struct bytes ours, const X509_NAME *name, const char *what)
{
	const unsigned char *der = NULL;
	size_t len = 0;
	fuzz_need(
		X509_NAME_get0_der(name, &der, &len) == 1, "OpenSSL cannot write a name");
	need_same(ours, der, len, what);
}

// OpenSSL reads times when asked only: one that it cannot read says nothing.
static void compare_time(int64_t ours, const ASN1_TIME *time, const char *what)
{
	struct tm tm = {0};
	if (ASN1_TIME_to_tm(time, &tm) != 1) {
		return;
	}
	struct derw_date date = {(int64_t)tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec};
	fuzz_need(ours == derw_seconds(&date),
		"OpenSSL reads another %s: %lld, ours %lld", what,
		(long long)derw_seconds(&date), (long long)ours);
}

static void compare_key(const struct cert *cert, X509 *x509)
{
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x509);
	need_same(cert->key_bits, bits->data, (size_t)bits->length, "key");
	X509_ALGOR *algorithm = NULL;
	X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x509));
	int type = V_ASN1_UNDEF;
	X509_ALGOR_get0(NULL, &type, NULL, algorithm);
	uint8_t *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
	// OpenSSL writes parameters of other types anew, as DER.
	if (len > 0 &&
		(type == V_ASN1_UNDEF || type == V_ASN1_NULL || type == V_ASN1_OBJECT ||
			type == V_ASN1_SEQUENCE)) {
		need_same(cert->spki, der, (size_t)len, "subjectPublicKeyInfo");
	}
	OPENSSL_free(der);
}

static void compare_extensions(const struct cert *cert, X509 *x509)
{
	fuzz_need((size_t)X509_get_ext_count(x509) == cert->num_extensions,
		"OpenSSL reads %d extensions, ours %zu", X509_get_ext_count(x509),
		cert->num_extensions);
	for (size_t i = 0; i < cert->num_extensions; i++) {
		X509_EXTENSION *theirs = X509_get_ext(x509, (int)i);
		const ASN1_OBJECT *oid = X509_EXTENSION_get_object(theirs);
		const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(theirs);
		need_same(cert->extensions[i].oid, OBJ_get0_data(oid), OBJ_length(oid),
			"extension id");
		need_same(cert->extensions[i].value, value->data, (size_t)value->length,
			"extension value");
		fuzz_need(cert->extensions[i].critical ==
				X509_EXTENSION_get_critical(theirs),
			"OpenSSL reads another criticality");
	}
}

static bool is_oid(const ASN1_OBJECT *object, struct bytes oid)
{
	return bytes_equal(oid, bytes_of(OBJ_get0_data(object), OBJ_length(object)));
}

static void compare_purposes(const struct cert *cert, X509 *x509)
{
	EXTENDED_KEY_USAGE *purposes =
		X509_get_ext_d2i(x509, NID_ext_key_usage, NULL, NULL);
	bool server = false;
	bool any = false;
	bool precert = false;
	for (int i = 0; purposes && i < sk_ASN1_OBJECT_num(purposes); i++) {
		const ASN1_OBJECT *purpose = sk_ASN1_OBJECT_value(purposes, i);
		server = server || is_oid(purpose, OID_SERVER_AUTH);
		any = any || is_oid(purpose, OID_ANY_EXT_KEY_USAGE);
		precert = precert || is_oid(purpose, OID_PRECERT_SIGNING);
	}
	fuzz_need(!purposes ||
			(cert->has_key_purposes && server == cert->server_auth &&
				any == cert->any_purpose &&
				precert == cert->precert_signing),
		"OpenSSL reads other key purposes");
	sk_ASN1_OBJECT_pop_free(purposes, ASN1_OBJECT_free);
}

static void compare_meanings(const struct cert *cert, X509 *x509)
{
	BASIC_CONSTRAINTS *basic =
		X509_get_ext_d2i(x509, NID_basic_constraints, NULL, NULL);
	fuzz_need(!basic || cert->is_ca == (basic->ca != 0), "OpenSSL reads another cA");
	BASIC_CONSTRAINTS_free(basic);
	// OpenSSL reads BER too, and so may see a bit where we see none.
	ASN1_BIT_STRING *usage = X509_get_ext_d2i(x509, NID_key_usage, NULL, NULL);
	fuzz_need(!usage || !cert->cert_signing || ASN1_BIT_STRING_get_bit(usage, 5),
		"OpenSSL reads another keyCertSign");
	ASN1_BIT_STRING_free(usage);
	ASN1_OCTET_STRING *own =
		X509_get_ext_d2i(x509, NID_subject_key_identifier, NULL, NULL);
	if (own) {
		need_same(cert->subject_key_id, own->data, (size_t)own->length,
			"subject key identifier");
	}
	ASN1_OCTET_STRING_free(own);
	AUTHORITY_KEYID *authority =
		X509_get_ext_d2i(x509, NID_authority_key_identifier, NULL, NULL);
	if (authority && authority->keyid) {
		need_same(cert->authority_key_id, authority->keyid->data,
			(size_t)authority->keyid->length, "authority key identifier");
	}
	AUTHORITY_KEYID_free(authority);
}

static void compare_dns_names(const struct cert *cert, X509 *x509)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	struct err err;
	err_clear(&err);
	struct reader ours = cert_alt_names(cert, &err);
	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		struct bytes dns = BYTES_NONE;
		if (name->type != GEN_DNS) {
			continue;
		}
		fuzz_need(cert_next_alt_name(&ours, DER_CONTEXT(2), &dns),
			"OpenSSL reads more DNS names");
		need_same(dns, name->d.dNSName->data, (size_t)name->d.dNSName->length,
			"DNS name");
	}
	struct bytes more;
	fuzz_need(!names || !cert_next_alt_name(&ours, DER_CONTEXT(2), &more),
		"OpenSSL reads fewer DNS names");
	fuzz_need(!reader_failed(&ours), "the SAN fails when it is walked");
	GENERAL_NAMES_free(names);
}

// A bare TBSCertificate is dressed as a Certificate for OpenSSL.
static void put_certificate(const struct cert *cert, struct out *o)
{
	if (cert->kind != CERT_TBS) {
		derw_put(o, cert->der.data, cert->der.len);
		return;
	}
	derw_put(o, cert->der.data, cert->der.len);
	derw_put(o, cert->signature_algorithm.data, cert->signature_algorithm.len);
	derw_bit_string(o, "", 0);
	derw_wrap(o, 0, DERW_SEQUENCE);
}

static void compare_with_openssl(const struct cert *cert)
{
	struct out der = {0};
	put_certificate(cert, &der);
	const unsigned char *pos = der.data;
	X509 *x509 = d2i_X509(NULL, &pos, (long)der.len);
	if (x509) {
		fuzz_need(pos == der.data + der.len, "OpenSSL ends earlier");
		compare_serial(cert, x509);
		compare_name(cert->issuer, X509_get_issuer_name(x509), "issuer");
		compare_name(cert->subject, X509_get_subject_name(x509), "subject");
		compare_time(cert->not_before, X509_get0_notBefore(x509), "notBefore");
		compare_time(cert->not_after, X509_get0_notAfter(x509), "notAfter");
		compare_key(cert, x509);
		compare_extensions(cert, x509);
		compare_purposes(cert, x509);
		compare_meanings(cert, x509);
		compare_dns_names(cert, x509);
		const ASN1_BIT_STRING *signature = NULL;
		X509_get0_signature(&signature, NULL, x509);
		need_same(cert->signature, signature->data, (size_t)signature->length,
			"signature");
	}
	X509_free(x509);
	ERR_clear_error();
	derw_clear(&der);
}

// The cut.

static bool is_cut(const struct cert_extension *ext)
{
	return bytes_equal(ext->oid, OID_EMBEDDED_SCTS) ||
		bytes_equal(ext->oid, OID_POISON);
}

static void need_equal(struct bytes a, struct bytes b, const char *what)
{
	fuzz_need(bytes_equal(a, b), "the cut changes the %s", what);
}

// Everything that stays is in `again`, byte for byte and in order.
static void compare_cut(const struct cert *cert, const struct cert *again, bool by_signer)
{
	need_equal(cert->serial, again->serial, "serial number");
	need_equal(cert->signature_algorithm, again->signature_algorithm, "algorithm");
	need_equal(cert->subject, again->subject, "subject");
	need_equal(cert->spki, again->spki, "key");
	fuzz_need(cert->not_before == again->not_before &&
			cert->not_after == again->not_after,
		"the cut changes the validity");
	size_t num = 0;
	for (size_t i = 0; i < cert->num_extensions; i++) {
		const struct cert_extension *ext = &cert->extensions[i];
		if (is_cut(ext)) {
			continue;
		}
		fuzz_need(num < again->num_extensions, "the cut loses an extension");
		if (by_signer && bytes_equal(ext->oid, OID_AUTHORITY_KEY_ID)) {
			need_equal(ext->head, again->extensions[num++].head,
				"key id's head");
		} else {
			need_equal(
				ext->whole, again->extensions[num++].whole, "extensions");
		}
	}
	bool added = by_signer && cert->authority_key_id_extension.data == NULL;
	fuzz_need(num + (added ? 1 : 0) == again->num_extensions,
		"the cut adds an extension, or leaves one that it must not");
	fuzz_need(num > 0 || added || again->extensions_element.len == 0,
		"the cut leaves an empty list of extensions");
}

static struct buffer cut(const struct cert *cert, const struct cert *signer)
{
	struct tbs_cut parts;
	struct buffer out;
	tbs_cut(cert, signer, &parts);
	buffer_init(&out, 2 * CERT_MAX_LEN);
	for (size_t i = 0; i < parts.num_parts; i++) {
		buffer_put(&out, parts.parts[i]);
	}
	fuzz_need(!out.failed && out.len == parts.len,
		"the cut's length is not its parts'");
	return out;
}

static void read_cut(const struct buffer *bytes, struct cert *out)
{
	struct err err;
	err_clear(&err);
	fuzz_need_done(cert_read(buffer_bytes(bytes), out, &err), &err, "the cut");
	fuzz_need(out->kind == CERT_TBS && out->num_sct_extensions == 0,
		"no bare TBS is left");
}

static void check_cut(const struct cert *cert, const struct cert *signer)
{
	static struct cert again;
	struct buffer plain = cut(cert, NULL);
	read_cut(&plain, &again);
	compare_cut(cert, &again, false);
	need_equal(cert->issuer, again.issuer, "issuer");
	struct buffer own = cut(cert, cert);
	fuzz_need(bytes_equal(buffer_bytes(&plain), buffer_bytes(&own)),
		"a signer with the same issuer and key identifier changes the cut");
	struct buffer twice = cut(&again, NULL);
	fuzz_need(bytes_equal(buffer_bytes(&plain), buffer_bytes(&twice)),
		"cutting twice is not cutting once");
	struct buffer signers = cut(cert, signer);
	read_cut(&signers, &again);
	compare_cut(cert, &again, true);
	fuzz_need(bytes_equal(again.issuer, signer->issuer) &&
			bytes_equal(again.authority_key_id_extension,
				signer->authority_key_id_extension),
		"the cut lacks the signer's issuer or key identifier");
	buffer_clear(&plain);
	buffer_clear(&own);
	buffer_clear(&twice);
	buffer_clear(&signers);
}

static void check_name_text(struct bytes name)
{
	struct buffer text;
	buffer_init(&text, MAX_NAME_TEXT);
	name_put_text(&text, name);
	fuzz_need(!text.failed, "a name without a text");
	fuzz_need_printable(buffer_bytes(&text), false, "a name's text");
	buffer_clear(&text);
}

// A Precertificate Signing Certificate, made once.
static const struct cert *the_signer(void)
{
	static struct cert signer;
	static struct out der;
	if (!der.len) {
		struct pki_key *ca = pki_key_new("fuzz", PKI_P256, "ca");
		struct pki_key *key = pki_key_new("fuzz", PKI_P256, "psc");
		const char *eku = PKI_OID_PRECERT_SIGNING;
		struct pki_cert_spec spec = {.issuer = {.cn = "Fuzz CA"},
			.subject = {.cn = "Fuzz PSC"},
			.not_after = 1000000000,
			.key = key,
			.signer = ca,
			.ekus = &eku,
			.num_ekus = 1};
		struct err err;
		err_clear(&err);
		pki_cert(&spec, &der);
		fuzz_need_done(cert_read(bytes_of(der.data, der.len), &signer, &err),
			&err, "the signer");
		pki_key_free(ca);
		pki_key_free(key);
	}
	return &signer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cert cert;
	struct err err;
	err_clear(&err);
	const struct cert *signer = the_signer();
	if (!cert_read(bytes_of(data, len), &cert, &err)) {
		fuzz_need_error(&err, len, "cert_read");
		return 0;
	}
	fuzz_need(err.code == CODE_NONE, "accepted with an error");
	need_slices_inside(&cert);
	compare_with_openssl(&cert);
	check_cut(&cert, signer);
	check_name_text(cert.issuer);
	check_name_text(cert.subject);
	return 0;
}

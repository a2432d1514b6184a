// SPDX-License-Identifier: Apache-2.0
#include "x509/recognize.h"

#include "base/err.h"
#include "x509/der.h"
#include "x509/private_key.h"

// How files of the kinds that carry no DER begin.
static const struct {
	struct bytes beginning;
	const char *name;
} texts[] = {
	{BYTES_LITERAL("\xef\xbb\xbf"),
		"text behind a byte order mark; save it without (plain UTF-8)"},
	{BYTES_LITERAL("CONNECTED("),
		"what openssl s_client prints where the server sent no certificate"},
	{BYTES_LITERAL("\xff\xfe"), "UTF-16 text; save it as plain ASCII or UTF-8"},
	{BYTES_LITERAL("\xfe\xff"), "UTF-16 text; save it as plain ASCII or UTF-8"},
	{BYTES_LITERAL("["),
		"a JSON array; give one JSON object, or one a line (SCTs go to --scts)"},
	{BYTES_LITERAL("{"), "a JSON object"},
	{BYTES_LITERAL("<"), "HTML or XML"},
	{BYTES_LITERAL("PK\x03\x04"), "a ZIP archive; unpack it"},
	{BYTES_LITERAL("\x1f\x8b"), "a gzip file; unpack it"},
	{BYTES_LITERAL("\xfe\xed\xfe\xed"),
		"a Java key store; export the certificates: keytool -list -rfc -keystore FILE"},
};

#define A_REQUEST \
	"a certificate request; the certificate that the CA answers with is needed"
#define A_CRL "a certificate revocation list; a certificate is needed"
#define A_PKCS7 "a PKCS #7 bundle; extract the certificates: openssl pkcs7 -print_certs"
#define A_KEY \
	"a private key, which is not needed here; nobody but its owner should have it"

// What stands in a PEM block that is no certificate.
static const struct {
	struct bytes label;
	const char *name;
} labels[] = {
	{BYTES_LITERAL("CERTIFICATE REQUEST"), A_REQUEST},
	{BYTES_LITERAL("NEW CERTIFICATE REQUEST"), A_REQUEST},
	{BYTES_LITERAL("X509 CRL"), A_CRL},
	{BYTES_LITERAL("PKCS7"), A_PKCS7},
	{BYTES_LITERAL("CMS"), A_PKCS7},
	{BYTES_LITERAL("PUBLIC KEY"), "a bare public key; the certificate is needed"},
};

const char *recognize_label(struct bytes label)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (bytes_equal(label, labels[i].label)) {
			return labels[i].name;
		}
	}
	return private_key_is_label(label) ? A_KEY : NULL;
}

#define OID_SIGNED_DATA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")

// RFC 2986 4.1: version 0, then the subject; a TBSCertificate has an algorithm there,
// which begins with an OID.
static bool is_request(struct reader *info)
{
	struct bytes version = der_integer(info, "version");
	struct reader name = der_enter(info, DER_SEQUENCE, "subject");
	return version.len == 1 && version.data[0] == 0 && !reader_failed(info) &&
		!der_next_is(&name, DER_OID);
}

// RFC 5280 5.1: an algorithm, a name, and then a time where a TBSCertificate has two.
static bool is_revocation_list(struct reader *list)
{
	if (der_next_is(list, DER_INTEGER)) {
		(void)der_integer(list, "version");
	}
	(void)der_expect(list, DER_SEQUENCE, "signature");
	(void)der_expect(list, DER_SEQUENCE, "issuer");
	return der_next_is(list, DER_UTC_TIME) || der_next_is(list, DER_GENERALIZED_TIME);
}

static const char *recognize_signed(struct bytes contents)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader r = reader_init(contents, CODE_BAD_CERTIFICATE, &ignored);
	if (is_request(&r)) {
		return A_REQUEST;
	}
	err_clear(&ignored);
	r = reader_init(contents, CODE_BAD_CERTIFICATE, &ignored);
	return is_revocation_list(&r) ? A_CRL : NULL;
}

static const char *recognize_numbered(struct reader *r)
{
	struct bytes version = der_integer(r, "version");
	if (version.len != 1) {
		return NULL;
	}
	if (version.data[0] == 3) {
		return "a PKCS #12 file; extract the certificates: openssl pkcs12 -nokeys";
	}
	return version.data[0] <= 1 ? A_KEY : NULL;
}

static const char *recognize_der(struct bytes in)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader whole = reader_init(in, CODE_BAD_CERTIFICATE, &ignored);
	struct der_element outer = der_any(&whole, "object");
	if (outer.tag != DER_SEQUENCE) {
		return NULL;
	}
	struct reader r = reader_init(outer.value, CODE_BAD_CERTIFICATE, &ignored);
	if (der_next_is(&r, DER_ENUMERATED)) {
		return "an OCSP response; it goes to --ocsp";
	}
	if (der_next_is(&r, DER_INTEGER)) {
		return recognize_numbered(&r);
	}
	struct der_element first = der_any(&r, "object");
	if (first.tag == DER_OID) {
		return bytes_equal(first.value, OID_SIGNED_DATA)
			? "a PKCS #7 bundle; extract the certificates: openssl pkcs7 "
			  "-inform DER -print_certs"
			: NULL;
	}
	if (first.tag == DER_SEQUENCE && der_next_is(&r, DER_BIT_STRING)) {
		return "a bare public key";
	}
	if (first.tag == DER_SEQUENCE && der_next_is(&r, DER_OCTET_STRING)) {
		return A_KEY; // PKCS #8, encrypted
	}
	if (first.tag == DER_SEQUENCE && whole.pos < whole.end &&
		*whole.pos == DER_SEQUENCE) {
		return "several DER objects in a row; put them into one PEM file, the "
		       "leaf first";
	}
	return first.tag == DER_SEQUENCE ? recognize_signed(first.value) : NULL;
}

const char *recognize(struct bytes in)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct bytes beginning = texts[i].beginning;
		if (in.len >= beginning.len &&
			memcmp(in.data, beginning.data, beginning.len) == 0) {
			return texts[i].name;
		}
	}
	return recognize_der(in);
}

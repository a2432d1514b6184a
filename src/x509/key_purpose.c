// SPDX-License-Identifier: Apache-2.0
#include "x509/key_purpose.h"

#include "x509/oid.h"

#define MICROSOFT(last) \
	BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37" last) // 1.3.6.1.4.1.311
#define APPLE(last) \
	BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x63\x64" last) // 1.2.840.113635.100

// RFC 5280, RFC 6960, RFC 4556, RFC 4945, RFC 5924; the makers' own lists of OIDs.
static const struct key_purpose table[] = {
	{OID_KEY_PURPOSE("\x01"), "serverAuth", "TLS servers"},
	{OID_KEY_PURPOSE("\x02"), "clientAuth", "TLS clients"},
	{OID_KEY_PURPOSE("\x03"), "codeSigning", "signing code"},
	{OID_KEY_PURPOSE("\x04"), "emailProtection", "e-mail (S/MIME)"},
	{OID_KEY_PURPOSE("\x05"), "ipsecEndSystem", "IPsec"},
	{OID_KEY_PURPOSE("\x06"), "ipsecTunnel", "IPsec"},
	{OID_KEY_PURPOSE("\x07"), "ipsecUser", "IPsec"},
	{OID_KEY_PURPOSE("\x08"), "timeStamping", "time stamps"},
	{OID_KEY_PURPOSE("\x09"), "OCSPSigning", "signing OCSP responses"},
	{OID_KEY_PURPOSE("\x0d"), "eapOverPPP", "network access (EAP)"},
	{OID_KEY_PURPOSE("\x0e"), "eapOverLAN", "network access (EAP)"},
	{OID_KEY_PURPOSE("\x11"), "ipsecIKE", "IPsec"},
	{OID_KEY_PURPOSE("\x14"), "sipDomain", "SIP"},
	{OID_KEY_PURPOSE("\x15"), "secureShellClient", "SSH clients"},
	{OID_KEY_PURPOSE("\x16"), "secureShellServer", "SSH servers"},
	{OID_KEY_PURPOSE("\x1b"), "cmcCA", "enrolling certificates (CMC)"},
	{OID_KEY_PURPOSE("\x1c"), "cmcRA", "enrolling certificates (CMC)"},
	{OID_KEY_PURPOSE("\x1f"), "BrandIndicatorforMessageIdentification",
		"logos in e-mail (BIMI)"},
	{OID_KEY_PURPOSE("\x24"), "documentSigning", "signing documents"},
	{OID_ANY_EXT_KEY_USAGE, "anyExtendedKeyUsage", "anything"},
	{OID_PRECERT_SIGNING, "precertificateSigning", "signing precertificates"},
	{BYTES_LITERAL("\x2b\x06\x01\x05\x02\x03\x04"), "pkinitClientAuth",
		"Kerberos clients"},
	{BYTES_LITERAL("\x2b\x06\x01\x05\x02\x03\x05"), "pkinitKDC", "Kerberos servers"},
	{MICROSOFT("\x14\x02\x01"), "certificateRequestAgent",
		"enrolling certificates for others (SCEP, NDES)"},
	{MICROSOFT("\x14\x02\x02"), "smartcardLogon", "logging on with smart cards"},
	{MICROSOFT("\x15\x05"), "caExchange", "sending keys to a CA"},
	{MICROSOFT("\x0a\x03\x04"), "encryptedFileSystem", "encrypting files"},
	{MICROSOFT("\x0a\x03\x0c"), "documentSigning", "signing documents"},
	{APPLE("\x04\x0d"), "applePushService", "Apple push services"},
	{APPLE("\x04\x10"), "appleDevice", "Apple devices"},
	{BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x42\x04\x01"),
		"netscapeServerGatedCrypto", "TLS servers of old"},
};

struct reader key_purposes(const struct cert *cert, struct err *err)
{
	struct bytes value = BYTES_NONE;
	for (size_t i = 0; i < cert->num_extensions; i++) {
		if (bytes_equal(cert->extensions[i].oid, OID_EXT_KEY_USAGE)) {
			value = cert->extensions[i].value;
		}
	}
	struct reader r = reader_init(value, CODE_BAD_CERTIFICATE, err);
	return value.len ? der_enter(&r, DER_SEQUENCE, "extKeyUsage") : r;
}

bool key_purpose_next(struct reader *purposes, struct bytes *out_oid)
{
	if (reader_done(purposes)) {
		return false;
	}
	*out_oid = der_expect(purposes, DER_OID, "extKeyUsage").value;
	return !reader_failed(purposes);
}

const struct key_purpose *key_purpose_find(struct bytes oid)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (bytes_equal(table[i].oid, oid)) {
			return &table[i];
		}
	}
	return NULL;
}

// SPDX-License-Identifier: Apache-2.0
// A certificate, precertificate or bare TBSCertificate as slices into the caller's bytes
// (RFC 5280 4.1, RFC 6962 3.1). Nothing is copied, nothing allocated.
//
// Strict where a verdict hangs on it (structure, lengths, times, the extensions named
// below), lenient about the contents of every other extension, whatever they are.
#ifndef X509_CERT_H
#define X509_CERT_H

#include "crypto/sigalg.h"
#include "x509/der.h"

// Bytes of one certificate; the longest real ones (SAN lists) stay below 200 KB.
#define CERT_MAX_LEN ((size_t)1024 * 1024)
// Extensions in one certificate; real ones have up to 20.
#define CERT_MAX_EXTENSIONS 64

enum cert_kind { CERT_CERTIFICATE, CERT_PRECERTIFICATE, CERT_TBS };

struct cert_extension {
	struct bytes whole; // the Extension SEQUENCE
	struct bytes head; // in it: extnID and, where encoded, critical
	struct bytes oid;
	struct bytes value; // contents of extnValue
	bool critical;
};

struct cert_key {
	enum key_type type;
	const char *curve; // "P-256" and so on, "other" for another one; NULL where none
	size_t bits; // of the RSA modulus or the curve's field; 0 where unknown
};

// SubjectPublicKeyInfo.
struct cert_spki {
	struct bytes whole; // the element
	struct bytes bits; // contents of its BIT STRING
	struct cert_key key;
};

struct cert {
	enum cert_kind kind;
	struct bytes der; // the input: a Certificate, or the TBSCertificate itself
	struct bytes tbs; // the TBSCertificate element
	struct bytes signature_algorithm; // AlgorithmIdentifier inside the TBS
	struct bytes signature_oid; // its OID
	struct bytes signature_params; // what follows the OID there
	struct bytes signature; // the bits; empty for CERT_TBS
	struct bytes serial; // contents of the INTEGER
	struct bytes issuer; // Name elements
	struct bytes subject;
	int64_t not_before; // seconds since 1970
	int64_t not_after;
	bool odd_time; // a time that RFC 5280 4.1.2.5 does not allow, yet readable
	bool odd_algorithm; // the algorithms inside and outside of the TBS differ
	struct bytes spki; // SubjectPublicKeyInfo element
	struct bytes key_bits; // contents of its BIT STRING
	struct cert_key key;

	struct bytes extensions_element; // the whole [3]; empty where there is none
	size_t num_extensions;
	// Contents of extensions; data is NULL where the certificate has none.
	struct bytes scts; // the SCT list, inside the OCTET STRING of RFC 6962 3.3
	size_t num_sct_extensions;
	struct bytes subject_alt_name;
	struct bytes subject_key_id; // the identifier itself
	struct bytes authority_key_id; // keyIdentifier [0] itself
	struct bytes authority_key_id_extension; // contents of extnValue
	unsigned num_names; // DNS names and IP addresses in the SAN
	bool has_redacted_name; // one of them has a label "?" (drafts of RFC 6962-bis)
	bool is_ca;
	bool has_key_usage;
	bool cert_signing; // ... that names keyCertSign
	bool has_key_purposes; // an EKU extension is present
	bool server_auth;
	bool any_purpose;
	bool ocsp_signing;
	bool precert_signing; // RFC 6962 3.1: a Precertificate Signing Certificate
	struct err scts_error; // why `scts` cannot be had although the extension is there
	struct cert_extension
		extensions[CERT_MAX_EXTENSIONS]; // last: not zeroed each time
};

// Reads a Certificate or a TBSCertificate, whichever the bytes are. False with `err`
// (code, offset into `der`) where they are neither, and then *out means nothing.
bool cert_read(struct bytes der, struct cert *out, struct err *err) MUST_CHECK;
// The next element of the reader, which fails where it is none.
void cert_spki_read(struct reader *r, struct cert_spki *out);

// Walks the SAN: cert_alt_names begins, cert_next_alt_name gives the next general name of
// `tag` (DER_CONTEXT(2) is dNSName), false at the end.
struct reader cert_alt_names(const struct cert *cert, struct err *err);
bool cert_next_alt_name(struct reader *names, unsigned tag, struct bytes *out);

// Does it ask its servers for a stapled OCSP response ("must staple", RFC 7633: the feature
// status_request)? An extension that cannot be read asks for nothing.
bool cert_must_staple(const struct cert *cert);

#endif

// SPDX-License-Identifier: Apache-2.0
// Where the TBSCertificate of a certificate first differs from the one that logs signed,
// as its precertificate has it (RFC 6962 3.2). Same here is same to tbs_cut, to the byte.
#ifndef X509_TBS_DIFF_H
#define X509_TBS_DIFF_H

#include "x509/tbs.h"

enum tbs_difference {
	TBS_SAME,
	TBS_VALUE, // the field has another value
	TBS_CRITICAL, // an extension is critical in one of them only
	TBS_ADDED, // the field stands in the certificate alone
	TBS_MISSING, // the field stands in the precertificate alone
	TBS_ORDER, // both have the same extensions from there on, in another order
};

// Where a field stands, header and all, in the bytes that cert_read was given; in the
// whole certificate, that is, not in its TBSCertificate.
struct tbs_place {
	bool found; // false: it does not stand there
	size_t offset;
	size_t len;
};

struct tbs_diff {
	enum tbs_difference difference;
	const char
		*name; // as in RFC 5280: "serialNumber", "subjectAltName"; NULL: no name
	struct bytes oid; // of the extension, lent; empty where it is none
	struct tbs_place certificate;
	// Of an issuer or key identifier that the signer changes: where the precertificate
	// has its own.
	struct tbs_place precertificate;
	size_t first; // the first differing byte of the certificate, or where one is missing
};

// Compares what tbs_cut(certificate, NULL) and tbs_cut(precertificate, signer) give;
// `signer` is NULL, or the Precertificate Signing Certificate that signed the
// precertificate. Of TBS_SAME the rest of *out is zero. Cannot fail; pure.
void tbs_diff(const struct cert *certificate, const struct cert *precertificate,
	const struct cert *signer, struct tbs_diff *out);

// "value", "critical", "added", "missing", "order"; "none" for TBS_SAME. Lives for ever.
const char *tbs_difference_name(enum tbs_difference difference);
// Appends "serialNumber", "extensions.subjectAltName" or, where the extension has no name
// here, "extensions.1.3.6.1.4.1.99999.1".
void tbs_diff_put_field(const struct tbs_diff *diff, struct buffer *out);

#endif

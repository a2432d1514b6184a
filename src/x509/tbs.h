// SPDX-License-Identifier: Apache-2.0
// The TBSCertificate that a log signed (RFC 6962 3.2), cut from the original bytes:
// without the SCT list and poison extensions, lengths made right, every other byte
// untouched.
#ifndef X509_TBS_H
#define X509_TBS_H

#include "x509/cert.h"

// Kept extensions are adjacent but for the removed ones; the rest are headers and a
// replaced issuer and key identifier.
#define TBS_MAX_PARTS (CERT_MAX_EXTENSIONS + 16)

struct tbs_cut {
	struct bytes parts[TBS_MAX_PARTS]; // into the certificates, and into `headers`
	size_t num_parts;
	size_t len; // of all parts together
	uint8_t headers[64];
	size_t num_header_bytes;
};

// `signer` is NULL, or the Precertificate Signing Certificate that signed `cert`: the
// issuer's name and the authority key identifier are then taken from it, as the final
// certificate will have them from `signer`'s own issuer. *out lends from both
// certificates and points into itself: it must not be copied.
void tbs_cut(const struct cert *cert, const struct cert *signer, struct tbs_cut *out);
// Does the cut keep this extension of a certificate, whatever it makes of its value? Pure.
bool tbs_keeps(const struct cert_extension *ext, const struct cert *signer);

#endif

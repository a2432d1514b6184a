// SPDX-License-Identifier: Apache-2.0
// OCSP responses (RFC 6960 4.2): the SCT list of the SingleResponse about one
// certificate, and what it says of that.
#ifndef X509_OCSP_H
#define X509_OCSP_H

#include "crypto/digest.h"
#include "x509/cert.h"

// Bytes of one response; real ones stay below 10 KB.
#define OCSP_MAX_LEN ((size_t)1024 * 1024)
// SingleResponses in one response; more are refused, so that matching stays cheap.
#define OCSP_MAX_RESPONSES 1024

struct ocsp_subject {
	const struct cert *leaf;
	const struct cert *issuer; // NULL where unknown: then its key hash is not held
};

enum ocsp_outcome {
	OCSP_MATCHED, // *out_scts is set; data NULL where it carries no SCT list
	OCSP_OTHER_CERT, // readable, but no SingleResponse is about this certificate
	OCSP_ERROR_STATUS, // the responder answered with an error (RFC 6960 4.2.1)
	OCSP_UNREADABLE,
	OCSP_FAILED, // no memory
};

// certStatus (RFC 6960 4.2.1).
enum ocsp_status { OCSP_STATUS_GOOD, OCSP_STATUS_REVOKED, OCSP_STATUS_UNKNOWN };

// A time that nobody can read is one that is not there: no SCT hangs on it.
struct ocsp_time {
	bool is_known;
	int64_t seconds; // since 1970
};

// What the SingleResponse about the certificate says of it; of several that of the latest
// thisUpdate.
struct ocsp_word {
	enum ocsp_status status;
	struct ocsp_time this_update;
	struct ocsp_time next_update; // not there: newer word can be had at any time
	struct ocsp_time revoked_at;
};

struct ocsp_answer {
	struct bytes scts; // contents of the SCT list, inside its OCTET STRING
	bool has_scts;
	size_t num_others; // SingleResponses about other certificates
	unsigned status; // responseStatus
	struct ocsp_word word; // where it matched
	bool key_hash_unchecked; // matched by name and serial number alone
	// Of the BasicOCSPResponse, for verifying its signature.
	struct bytes tbs;
	struct bytes signature_oid;
	struct bytes signature_params;
	struct bytes signature;
	struct bytes first_cert; // DER of the first certificate in it, empty where none
};

// `err` says why where the outcome is OCSP_UNREADABLE or OCSP_FAILED.
enum ocsp_outcome ocsp_read(struct bytes der, const struct ocsp_subject *subject,
	struct digest *digest, struct ocsp_answer *out, struct err *err) MUST_CHECK;

#endif

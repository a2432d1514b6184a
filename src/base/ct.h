// SPDX-License-Identifier: Apache-2.0
// The vocabulary of Certificate Transparency that every layer shares: enums only.
#ifndef BASE_CT_H
#define BASE_CT_H

enum log_state {
	LOG_NO_STATE, // none in the list (Chrome's lists have such logs)
	LOG_PENDING,
	LOG_QUALIFIED,
	LOG_USABLE,
	LOG_READONLY,
	LOG_RETIRED,
	LOG_REJECTED,
	NUM_LOG_STATES,
};

// The interface that a log speaks: RFC 6962, or static-ct-api ("tiled").
enum log_api { LOG_RFC6962, LOG_STATIC };

// Where an SCT came from (POLICY.md 2); bits, so that a requirement can name several.
enum sct_source { SOURCE_EMBEDDED = 1, SOURCE_TLS = 2, SOURCE_OCSP = 4 };

// POLICY.md 2: the first that holds.
enum sct_status {
	STATUS_UNSUPPORTED_VERSION,
	STATUS_MALFORMED,
	STATUS_UNKNOWN_LOG,
	STATUS_UNVERIFIED,
	STATUS_INVALID_SIGNATURE,
	STATUS_FUTURE_TIMESTAMP,
	STATUS_VALID,
};

// POLICY.md 3; bits, so that a requirement can name several.
enum approval { APPROVAL_NONE = 1, APPROVAL_ONCE = 2, APPROVAL_CURRENT = 4 };

enum verdict { VERDICT_COMPLIANT, VERDICT_NON_COMPLIANT, VERDICT_INDETERMINATE };

#endif

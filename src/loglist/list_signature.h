// SPDX-License-Identifier: Apache-2.0
// The detached signature of a log list, as Chrome's have one (POLICY.md 9).
#ifndef LOGLIST_LIST_SIGNATURE_H
#define LOGLIST_LIST_SIGNATURE_H

#include "base/bytes.h"

// Bytes of a signature file, and of a key file.
#define LIST_SIGNATURE_MAX 16384

// Holds `signature` (raw bytes: RSA with PKCS #1 v1.5, or ECDSA, over SHA-256) against the
// list's bytes as they were published and a public key (PEM, "BEGIN PUBLIC KEY"). False
// with `err` (log_list_signature_invalid, out_of_memory).
bool list_signature_check(struct bytes list, struct bytes signature, struct bytes key_pem,
	struct err *err) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// Object identifiers that X.509 and CT use (DER contents), and their dotted text.
#ifndef X509_OID_H
#define X509_OID_H

#include "base/bytes.h"

#define OID_CE(last) BYTES_LITERAL("\x55\x1d" last) // 2.5.29.x
#define OID_KEY_PURPOSE(last) \
	BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03" last) // 1.3.6.1.5.5.7.3.x
#define OID_CT(last)   \
	BYTES_LITERAL( \
		"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04" last) // 1.3.6.1.4.1.11129.2.4.x

#define OID_SUBJECT_KEY_ID OID_CE("\x0e")
#define OID_KEY_USAGE OID_CE("\x0f")
#define OID_SUBJECT_ALT_NAME OID_CE("\x11")
#define OID_BASIC_CONSTRAINTS OID_CE("\x13")
#define OID_AUTHORITY_KEY_ID OID_CE("\x23")
#define OID_EXT_KEY_USAGE OID_CE("\x25")
#define OID_ANY_EXT_KEY_USAGE BYTES_LITERAL("\x55\x1d\x25\x00")
#define OID_SERVER_AUTH OID_KEY_PURPOSE("\x01")
#define OID_OCSP_SIGNING OID_KEY_PURPOSE("\x09")
#define OID_EMBEDDED_SCTS OID_CT("\x02")
#define OID_POISON OID_CT("\x03")
#define OID_PRECERT_SIGNING OID_CT("\x04")
#define OID_OCSP_SCTS OID_CT("\x05")
#define OID_OCSP_BASIC BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x01")
#define OID_TLS_FEATURE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x18")
#define OID_EC_PUBLIC_KEY BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_RSA BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define OID_RSA_PSS BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")
#define OID_DSA BYTES_LITERAL("\x2a\x86\x48\xce\x38\x04\x01")
#define OID_ED25519 BYTES_LITERAL("\x2b\x65\x70")
#define OID_ED448 BYTES_LITERAL("\x2b\x65\x71")
#define OID_P256 BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_P384 BYTES_LITERAL("\x2b\x81\x04\x00\x22")
#define OID_P521 BYTES_LITERAL("\x2b\x81\x04\x00\x23")

// Appends "1.3.6.1..."; contents that are no OID become "?" and their hex.
void oid_put_text(struct buffer *out, struct bytes oid);

#endif

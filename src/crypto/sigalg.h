// SPDX-License-Identifier: Apache-2.0
// Signature algorithms and key types, as data: what an AlgorithmIdentifier means.
#ifndef CRYPTO_SIGALG_H
#define CRYPTO_SIGALG_H

#include "base/bytes.h"

enum key_type {
	KEY_OTHER, // none that we know
	KEY_RSA,
	KEY_RSA_PSS, // id-RSASSA-PSS in the SPKI itself
	KEY_EC,
	KEY_ED25519,
	KEY_ED448,
	KEY_DSA,
};

struct sigalg {
	const char *name; // as in the RFCs: "sha256WithRSAEncryption"
	struct bytes oid; // DER contents
	enum key_type key;
	const char *md; // OpenSSL's name of the hash; NULL: the whole message is signed
	bool pss; // hash and salt are in the parameters (RFC 4055 3.1)
	bool sha2; // the hash is of the SHA-2 family
};

// NULL where the OID is none of ours.
const struct sigalg *sigalg_by_oid(struct bytes oid);
// RSASSA-PSS with one hash for message and mask (what CAs use), by the hash's OID.
const struct sigalg *sigalg_pss(struct bytes hash_oid);
// What SCTs are signed with (RFC 6962 2.1.4).
const struct sigalg *sigalg_sct_ecdsa(void);
const struct sigalg *sigalg_sct_rsa(void);

// Stable names for the report: "rsa", "ec", ...
const char *key_type_name(enum key_type type);

#endif

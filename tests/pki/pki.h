// SPDX-License-Identifier: Apache-2.0
/*
 * pki: keys, certificates, logs, SCTs, OCSP responses and log lists for the tests.
 *
 * It includes nothing from src/ and shares no code with it: it is the other side of
 * every comparison. Everything follows from a seed: keys are derived by HMAC-SHA-256,
 * ECDSA nonces by RFC 6979, RSA signs with PKCS #1 v1.5, and no random number reaches a
 * byte of output.
 *
 * Results are appended to a `struct out` of the caller (derw_clear frees it). Misuse and
 * lack of memory abort the program. A spec is a plain struct to be filled with
 * designated initialisers; what it points to is borrowed for the call. Times are seconds
 * since 1970, except where a name ends in `_ms`.
 */
#ifndef TESTS_PKI_PKI_H
#define TESTS_PKI_PKI_H

#include "der_write.h"

/* ---- text (pki_text.c) ---- */

/* Standard base64 with padding, on one line. */
void pki_base64(struct out *o, const void *data, size_t len);

/* Lower-case hexadecimal. */
void pki_hex(struct out *o, const void *data, size_t len);

/* A PEM block with lines of 64 characters; the label is "CERTIFICATE" and the like. */
void pki_pem(struct out *o, const char *label, const struct out *der);

/* A JSON string with its quotes; the text is taken as UTF-8. */
void pki_json_string(struct out *o, const char *text, size_t len);

/* "2026-06-01T00:00:00Z" as seconds since 1970, and back (no quotes are written). */
int64_t pki_seconds(const char *rfc3339);
void pki_rfc3339(struct out *o, int64_t seconds);

/* ---- keys (pki_key.c, pki_sign.c) ---- */

enum pki_key_type {
	PKI_P256,
	PKI_P384,
	PKI_RSA2048,
	PKI_RSA1024,
};

enum pki_hash {
	PKI_HASH_DEFAULT, /* SHA-256; in certificates SHA-384 if the signer is P-384 */
	PKI_SHA1,
	PKI_SHA256,
	PKI_SHA384,
	PKI_SHA512,
};

#define PKI_SHA256_LEN 32
#define PKI_HASH_MAX 64

/* A private key, constant once made, so that threads may share it. */
struct pki_key;

/*
 * The key that belongs to seed, type and label. An RSA key takes some tenths of a
 * second.
 */
struct pki_key *pki_key_new(const char *seed, enum pki_key_type type, const char *label);

/* An EC key with this private scalar (big-endian), for published test vectors. */
struct pki_key *pki_key_new_ec(enum pki_key_type type, const uint8_t *scalar, size_t len);
void pki_key_free(struct pki_key *key);

enum pki_key_type pki_key_type(const struct pki_key *key);
bool pki_key_is_rsa(const struct pki_key *key);

/*
 * SubjectPublicKeyInfo in DER, lent; its SHA-256; the SHA-1 of the key's bits (key
 * identifier).
 */
const struct out *pki_key_spki(const struct pki_key *key);
const uint8_t *pki_key_sha256(const struct pki_key *key);
const uint8_t *pki_key_id(const struct pki_key *key);

/* Private key as PKCS #8 DER (PEM label "PRIVATE KEY"), for a TLS server in a test. */
void pki_key_private(const struct pki_key *key, struct out *o);

/* Signs the hash of data: ECDSA gives Ecdsa-Sig-Value in DER, RSA gives PKCS #1 v1.5. */
void pki_key_sign(const struct pki_key *key, enum pki_hash hash, const void *data,
	size_t len, struct out *o);

/* AlgorithmIdentifier of such a signature. */
void pki_key_algorithm(const struct pki_key *key, enum pki_hash hash, struct out *o);

/* Writes the digest to md (PKI_HASH_MAX bytes are enough) and returns its length. */
size_t pki_digest(enum pki_hash hash, const void *data, size_t len, uint8_t *md);

/* ---- certificates (pki_cert.c) ---- */

#define PKI_OID_SCT_LIST "1.3.6.1.4.1.11129.2.4.2"
#define PKI_OID_POISON "1.3.6.1.4.1.11129.2.4.3"
#define PKI_OID_PRECERT_SIGNING "1.3.6.1.4.1.11129.2.4.4"
#define PKI_OID_OCSP_SCT_LIST "1.3.6.1.4.1.11129.2.4.5"
#define PKI_OID_SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define PKI_OID_CLIENT_AUTH "1.3.6.1.5.5.7.3.2"
#define PKI_OID_OCSP_SIGNING "1.3.6.1.5.5.7.3.9"
#define PKI_OID_CN "2.5.4.3"
#define PKI_OID_COUNTRY "2.5.4.6"
#define PKI_OID_ORGANIZATION "2.5.4.10"

struct pki_attr {
	const char *oid;
	uint8_t tag; /* of the string; 0 is UTF8String */
	const void *data; /* the bytes as they shall stand */
	size_t len; /* 0: data is a C string */
	bool joined; /* in one RDN with the attribute before it */
};

/* The attributes, then a CN if it is given; all zero is the empty name. */
struct pki_name {
	const struct pki_attr *attrs;
	size_t num_attrs;
	const char *cn;
};

/* Time by its bytes instead of seconds, when `text` is not NULL. */
struct pki_raw_time {
	uint8_t tag;
	const char *text;
};

struct pki_ext {
	const char *oid;
	bool critical;
	const void *value; /* what stands in the OCTET STRING */
	size_t value_len;
};

enum pki_kind {
	PKI_CERTIFICATE,
	PKI_PRECERTIFICATE, /* with the poison extension */
	PKI_TBS, /* a bare TBSCertificate, neither poison nor signature */
};

enum pki_basic_constraints {
	PKI_BC_ABSENT,
	PKI_BC_LEAF, /* critical, an empty sequence */
	PKI_BC_CA, /* critical, cA TRUE */
};

/* Where the SCT list and the poison stand among the extensions. */
enum pki_place {
	PKI_LAST,
	PKI_FIRST,
	PKI_MIDDLE,
};

struct pki_cert_spec {
	enum pki_kind kind;
	int version; /* 1, 2 or 3; 0 is 3 */
	const uint8_t *serial; /* big-endian; NULL: 16 bytes derived from the rest */
	size_t serial_len;
	struct pki_name issuer, subject;
	int64_t not_before, not_after;
	struct pki_raw_time raw_not_before, raw_not_after;
	const struct pki_key *key; /* the subject's */
	const struct pki_key *signer; /* NULL: self-signed */
	const struct pki_key *issuer_key; /* for the authority key identifier and the key
					     hash of the log's entry; NULL: the signer */
	enum pki_hash hash; /* of the signature */
	const char *algorithm_oid; /* written instead of the signature's true algorithm */
	bool bad_signature; /* one bit of it is flipped */
	bool bare; /* no key usage, no key identifiers; so is v1 */
	enum pki_basic_constraints basic_constraints;
	const char *dns_name; /* the first of the SAN, if not NULL; then these */
	const char *const *dns_names;
	size_t num_dns_names;
	const char *const *ekus; /* OIDs */
	size_t num_ekus;
	const struct pki_ext *extras; /* after the others, as they stand */
	size_t num_extras;
	const struct out *sct_list; /* its bytes, good or bad; or NULL */
	enum pki_place sct_place; /* of the SCT list and the poison */
};

/* Name in DER. */
void pki_name(const struct pki_name *name, struct out *o);

/* The serial number that the certificate has, as big-endian bytes. */
void pki_serial(const struct pki_cert_spec *spec, struct out *o);

/* The certificate, precertificate or TBSCertificate, in DER. */
void pki_cert(const struct pki_cert_spec *spec, struct out *o);

/* Its TBSCertificate without SCT list and poison: what a log signs (RFC 6962 3.2). */
void pki_tbs(const struct pki_cert_spec *spec, struct out *o);

/*
 * The precertificate for a final certificate. With a Precertificate Signing Certificate,
 * `psc` is the spec of that (EKU PKI_OID_PRECERT_SIGNING), and the precertificate has
 * its name, key identifier and signature; its key must be of the type of the CA's key,
 * since a log leaves the algorithm in the TBSCertificate alone. With NULL the CA signs.
 */
void pki_precert(const struct pki_cert_spec *final, const struct pki_cert_spec *psc,
	struct out *o);

/* ---- SCTs (pki_ct.c) ---- */

struct pki_log {
	struct pki_key *key;
	const char *operator_name;
	const char *description;
	const char *host; /* for the URLs */
	bool tiled; /* static-ct-api: in tiled_logs */
	uint64_t mmd;
	int64_t start, end; /* temporal interval, end exclusive; both 0: none */
	const char *state; /* "usable" and so on; NULL: no state in the list */
	int64_t state_since;
	const char *state_version;
	uint64_t tree_size; /* of the final tree head, when "readonly" */
};

/* The log's id: SHA-256 of its SPKI, 32 bytes, lent. */
const uint8_t *pki_log_id(const struct pki_log *log);

enum pki_sct_damage {
	PKI_SCT_BAD_VERSION = 1, /* 1 in place of 0 */
	PKI_SCT_BAD_SIGNATURE = 2, /* the last bit of the signature flipped */
	PKI_SCT_BAD_HASH = 4, /* says SHA-512 */
	PKI_SCT_BAD_KEY_TYPE = 8, /* says RSA for ECDSA and the reverse */
	PKI_SCT_TRAILING_BYTE = 16, /* after the signature */
	PKI_SCT_SHORT = 32, /* the last byte missing, the lengths as before */
	PKI_SCT_BAD_LOG_ID = 64, /* one bit of the log id flipped */
	PKI_SCT_OTHER_TIMESTAMP = 128, /* 1 ms later than what was signed */
};

struct pki_sct_spec {
	const struct pki_log *log;
	uint64_t timestamp_ms;
	bool has_leaf_index; /* static-ct-api's extension, before `extensions` */
	uint64_t leaf_index; /* 40 bits */
	const void *extensions;
	size_t extensions_len;
	const struct pki_key *forger; /* signs in place of the log's key, if not NULL */
	unsigned damage; /* of enum pki_sct_damage, added together */
};

/* What a log signs. The data is borrowed. */
struct pki_entry {
	bool precert;
	uint8_t issuer_key_hash[PKI_SHA256_LEN]; /* of a precert_entry */
	const struct out *data; /* TBSCertificate, or the leaf's DER */
};

struct pki_entry pki_entry_precert(const struct pki_key *issuer, const struct out *tbs);
struct pki_entry pki_entry_x509(const struct out *leaf);

/* One serialized SCT, without the length that a list puts before it. */
void pki_sct(
	const struct pki_sct_spec *spec, const struct pki_entry *entry, struct out *o);

/* SignedCertificateTimestampList of serialized SCTs. */
void pki_sct_list(const struct out *scts, size_t num_scts, struct out *o);

/* SCTs over one entry, as a list. */
void pki_sign_list(const struct pki_sct_spec *specs, size_t num_specs,
	const struct pki_entry *entry, struct out *o);

/* What a log answers to add-pre-chain or add-chain, for an undamaged SCT. */
void pki_sct_json(const struct out *sct, struct out *o);

/* The list of SCTs over the final certificate's precert_entry. */
void pki_embedded_list(const struct pki_cert_spec *spec, const struct pki_sct_spec *specs,
	size_t num_specs, struct out *o);

/* The certificate as a CA makes it: SCTs over its TBSCertificate, embedded, signed. */
void pki_issue(const struct pki_cert_spec *spec, const struct pki_sct_spec *specs,
	size_t num_specs, struct out *o);

/* ---- OCSP (pki_ocsp.c) ---- */

struct pki_ocsp_single {
	const struct pki_cert_spec *cert; /* which certificate it is about */
	enum pki_hash hash; /* of the CertID; the default is SHA-1 */
	bool revoked; /* since this_update */
	bool unknown; /* to the responder */
	int64_t this_update, next_update; /* next_update 0: absent */
	const struct out *sct_list; /* or NULL */
};

struct pki_ocsp_spec {
	int status; /* OCSPResponseStatus; other than 0 (successful): no response bytes */
	const struct pki_ocsp_single *singles;
	size_t num_singles;
	const struct pki_key *signer; /* the responder's key */
	const struct pki_name *responder; /* NULL: the responder is named by its key */
	const struct out *certs; /* DER certificates sent along */
	size_t num_certs;
	int64_t produced_at;
	bool bad_signature; /* one bit of it is flipped */
	bool no_signature; /* an empty BIT STRING in its place */
};

/* OCSPResponse in DER. */
void pki_ocsp(const struct pki_ocsp_spec *spec, struct out *o);

/* ---- log lists (pki_list.c) ---- */

struct pki_list {
	const char *version;
	int asset_version, asset_version_v2; /* asset_version_v2 0: absent */
	const struct pki_log *logs; /* operators come in the order of their first log */
	size_t num_logs;
};

/* A list in Apple's v5 form. */
void pki_list_json(const struct pki_list *list, struct out *o);

#endif

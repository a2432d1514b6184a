// SPDX-License-Identifier: Apache-2.0
/*
 * judge: OpenSSL's opinion of what tests/pki has made. Only the selftest uses it.
 *
 * OpenSSL's error queue is left empty by every function.
 */
#ifndef TESTS_PKI_JUDGE_H
#define TESTS_PKI_JUDGE_H

#include "pki.h"

#include <openssl/ct.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/*
 * The certificate, if it parses with nothing left over and encodes to the same bytes; or
 * NULL.
 */
X509 *judge_cert(const struct out *der);

/* The public key from the SPKI. Never NULL: aborts when OpenSSL cannot read it. */
EVP_PKEY *judge_key(const struct pki_key *key);

/* Does OpenSSL verify this signature? */
bool judge_signature(const struct pki_key *key, const char *digest,
	const struct out *data, const struct out *signature);

/* Does the issuer's key verify the certificate? */
bool judge_cert_signature(X509 *cert, const struct pki_key *issuer);

/* Is this the TBSCertificate that remains without the SCT list and poison extensions? */
bool judge_tbs(X509 *cert, const struct out *want_tbs);

/* The logs, as OpenSSL reads them from a file. Aborts when it cannot. */
CTLOG_STORE *judge_logs(const struct pki_log *logs, size_t num_logs);

/*
 * An SCT list that OpenSSL does not parse; otherwise its answers are
 * sct_validation_status_t.
 */
#define JUDGE_UNPARSED (-1)

/*
 * The SCTs are freed. NULL is JUDGE_UNPARSED; else the first status that is not "valid".
 */
int judge_scts(STACK_OF(SCT) * scts, X509 *cert, X509 *issuer, CTLOG_STORE *logs);

/* Of the embedded list. */
int judge_embedded(X509 *cert, X509 *issuer, CTLOG_STORE *logs);

/* Of a list that came by the TLS extension. */
int judge_delivered(const struct out *list, X509 *cert, X509 *issuer, CTLOG_STORE *logs);

#endif

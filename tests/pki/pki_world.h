// SPDX-License-Identifier: Apache-2.0
/*
 * pki_world: a made-up world, ready to use: a root, a CA under it, a Precertificate
 * Signing Certificate, and logs of four operators in every state, as of
 * 2026-06-01T12:00:00Z.
 *
 * The samples and most tests start from it and change what they are about.
 */
#ifndef TESTS_PKI_PKI_WORLD_H
#define TESTS_PKI_PKI_WORLD_H

#include "pki.h"

#define PKI_WORLD_SEED "ctpolicy" /* of the README's sample */
#define PKI_WORLD_AT "2026-06-01T12:00:00Z" /* the time of check that all fits */
#define PKI_WORLD_NOT_BEFORE "2026-06-01T00:00:00Z" /* of the sample leaves */
#define PKI_WORLD_NUM_LOGS 14
#define PKI_DAY 86400

struct pki_world {
	struct pki_key *root_key; /* P-384 */
	struct pki_key *ca_key, *psc_key, *leaf_key, *forger; /* P-256 */
	struct pki_cert_spec root, ca, psc;
	struct out root_der, ca_der, psc_der;
	struct pki_log logs[PKI_WORLD_NUM_LOGS];
	struct pki_list list;
	struct out policies, aia, crl_points; /* values of the leaves' extensions */
	struct pki_ext leaf_exts[3];
};

/*
 * The logs, by description. Interval h1 and h2: the half of the year; none: the whole
 * year.
 *
 *	Alder   rfc6962  Alder2026h1, Alder2026h2, Alder2027         usable
 *	        static   AlderTiled2026h2                            usable
 *	Birch   rfc6962  Birch2026h2 (RSA-2048)                      usable
 *	        static   BirchTiled2026h2, BirchTiled2027h1          usable
 *	Cedar   rfc6962  Cedar2026                retired since 2026-04-14T09:30:00Z
 *	        static   CedarTiled2026h2                            usable
 *	                 CedarTiled2027h1         qualified
 *	Dogwood rfc6962  Dogwood2025              rejected
 *	                 Dogwood2026              readonly since 2026-03-02T18:00:00Z
 *	                 Dogwood2026h2                               usable
 *	        static   DogwoodTiled2027h2       pending
 */

/* Everything from the seed. Owned by the caller; its specs and logs point into it. */
struct pki_world *pki_world_new(const char *seed);
void pki_world_free(struct pki_world *world);

/* Lent; aborts if there is none of this description. */
const struct pki_log *pki_world_log(
	const struct pki_world *world, const char *description);

/* A TLS server certificate of the world's CA for one DNS name. The name is borrowed. */
struct pki_cert_spec pki_world_leaf(const struct pki_world *world, const char *dns_name,
	int64_t not_before, int64_t not_after);

/* An SCT of that log; a static one gets a leaf index. */
struct pki_sct_spec pki_world_sct(
	const struct pki_world *world, const char *description, uint64_t timestamp_ms);

#endif

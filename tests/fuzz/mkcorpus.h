// SPDX-License-Identifier: Apache-2.0
// What the parts of mkcorpus share: tests/fuzz/mkcorpus.c, corpus_*.c.
#ifndef TESTS_FUZZ_MKCORPUS_H
#define TESTS_FUZZ_MKCORPUS_H

#include "tests/pki/pki_world.h"

struct corpus {
	struct pki_world *world;
	const char *dir;
	bool failed; // a file could not be written
};

// Writes one file of a target's corpus.
void corpus_put(
	struct corpus *c, const char *target, const char *name, const struct out *bytes);
void corpus_put_text(
	struct corpus *c, const char *target, const char *name, const char *text);
// A leaf of the world's CA of 90 days, and the two SCTs that make it compliant.
struct pki_cert_spec corpus_leaf(const struct corpus *c, const char *dns_name);
size_t corpus_scts(const struct corpus *c, struct pki_sct_spec *out);

void corpus_certificates(struct corpus *c);
void corpus_tbs_diffs(struct corpus *c);
void corpus_sct_lists(struct corpus *c);
void corpus_ocsp(struct corpus *c);
void corpus_pem(struct corpus *c);
void corpus_lists(struct corpus *c);
void corpus_requests(struct corpus *c);
void corpus_plans(struct corpus *c);
void corpus_evaluations(struct corpus *c);
void corpus_records(struct corpus *c);
void corpus_verifiers(struct corpus *c);
void corpus_serve(struct corpus *c);
void corpus_pins(struct corpus *c);

#endif

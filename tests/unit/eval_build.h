// SPDX-License-Identifier: Apache-2.0
// A bench for whole evaluations: the generator's world, its log list, a context, and
// certificates with SCTs written as short words.
#ifndef TESTS_UNIT_EVAL_BUILD_H
#define TESTS_UNIT_EVAL_BUILD_H

#include "eval/evaluate.h"
#include "loglist/bundled.h"
#include "tests/pki/pki_world.h"
#include "tests/unit/test.h"

#define EVAL_MAX_SCTS 12

struct eval_bench {
	struct pki_world *world;
	struct ctp_lists *lists; // the world's, given
	struct ctp_context *context;
	int64_t not_before; // of its leaves: PKI_WORLD_NOT_BEFORE
	int64_t at_ms; // PKI_WORLD_AT
	struct buffer json; // of the last evaluation
};

struct eval_bench *eval_bench_new(void);
void eval_bench_free(struct eval_bench *bench);

// A server's certificate from not_before, so many seconds long (notAfter - notBefore).
struct pki_cert_spec eval_leaf(const struct eval_bench *bench, int64_t seconds);
#define EVAL_90_DAYS (INT64_C(90) * PKI_DAY - 1)

// The world's logs by two letters, a word an SCT:
//   Ar At Br Bt Ct Dr   usable in the second half of 2026: r RFC 6962, t static-ct-api
//   Co                  Cedar2026, retired;  Do Dogwood2026, read-only
//   Dx Dogwood2025, rejected;  Dp DogwoodTiled2027h2, pending
//   A1 Alder2026h1;  A7 Alder2027;  Bq BirchTiled2027h1;  Cq CedarTiled2027h1, qualified
// Signed a minute after not_before; "Co" and "Do" a day before their state began.
size_t eval_scts(const struct eval_bench *bench, const char *words,
	struct pki_sct_spec specs[EVAL_MAX_SCTS]);

static inline struct bytes eval_bytes(const struct out *o)
{
	return bytes_of(o->data, o->len);
}

// Issues the certificate with those embedded.
void eval_issue(const struct eval_bench *bench, const struct pki_cert_spec *spec,
	const char *words, struct out *out);
// The SCT list of the TLS extension over that leaf.
void eval_tls_list(const struct eval_bench *bench, const struct out *leaf,
	const char *words, struct out *out);

// A request for the certificate, with the world's CA as issuer, both policies, at at_ms.
struct ctp_request eval_request(const struct eval_bench *bench, const struct out *leaf);

// Evaluates twice and holds the two reports' bytes against each other. Remembers every code
// that was produced. NULL where it cannot be evaluated; `err` says why.
const struct record *eval_run_with(struct eval_bench *bench,
	const struct ctp_request *request, const struct ctp_lists *lists,
	struct err *err);
// The same with the bench's list, and no error is expected.
const struct record *eval_run(
	struct eval_bench *bench, const struct ctp_request *request);

// NULL where it has none of that code.
const struct finding *eval_finding(const struct findings *findings, enum code code);
bool eval_has_why(const struct sct_record *sct, enum code code);
bool eval_applies_because(const struct policy_record *policy, enum code code);

#endif

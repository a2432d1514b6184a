// SPDX-License-Identifier: Apache-2.0
// The benchmark's own parts: clocks and probes, the certificates that it judges, and
// OpenSSL's way of doing the same. bench.c measures, run.py compares and prints.
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "eval/evaluate.h"

// ---- probe.c, probe_audit.c: time and allocations inside src/, by link-time --wrap ----

// Where time goes. A probe's time is its own: what runs inside of it and has a probe too
// counts there.
enum probe {
	PROBE_REST, // evaluate() itself, and whatever has no probe
	PROBE_HASH,
	PROBE_VERIFY,
	PROBE_PEM,
	PROBE_CERT,
	PROBE_INPUTS,
	PROBE_SPLIT,
	PROBE_ISSUER,
	PROBE_SCTS,
	PROBE_CUT,
	PROBE_LOOK_UP,
	PROBE_JUDGE,
	PROBE_EXPLAIN,
	PROBE_WRITE,
	// Of an audit alone (probe_audit.c).
	PROBE_READ,
	PROBE_REQUEST,
	PROBE_TABLES,
	PROBE_OUTPUT,
	NUM_PROBES,
};

enum probe_mode {
	PROBES_OFF,
	PROBES_CRYPTO, // only PROBE_HASH and PROBE_VERIFY are told from the rest
	PROBES_ALL,
	PROBES_STUB, // hashing gives a constant, every signature is good
	PROBES_NO_ISSUER, // the issuer's signature over the certificate is not checked
};

extern const char *const probe_names[NUM_PROBES];

void probe_set_mode(enum probe_mode mode);
// From here on the time of all probes counts, from zero.
void probe_begin(void);
void probe_enter(enum probe probe);
void probe_leave(enum probe probe);
// Ends what probe_begin began; returns how often a probe was entered.
int64_t probe_end(int64_t self_ns[NUM_PROBES]);
// Nanoseconds that entering and leaving a probe adds to what is around it.
double probe_cost_ns(void);

// Calls of malloc, calloc and realloc from src/ so far. OpenSSL's own are not among them.
uint64_t probe_allocations(void);

// CPU time of this process.
int64_t cpu_ns(void);
int64_t wall_ns(void);

// ---- data.c ----

struct sample {
	struct bytes leaf_der, issuer_der;
	struct bytes leaf_pem, issuer_pem;
};

struct samples {
	struct sample *items;
	size_t num;
	bool real; // else generated
	struct ctp_lists *lists; // that their logs are in
};

// Certificates of many CAs and years, each with its issuer; made ones where there are none.
struct samples samples_mixed(void);
// Certificates of one CA; num 0 where there are none.
struct samples samples_bulk(void);
void samples_clear(struct samples *samples);
// Ends the program where memory or a file that must be there is missing.
void must(bool good, const char *what);

// ---- bench.c ----

enum form { FORM_DER, FORM_PEM };

struct judge {
	struct ctp_context *context;
	struct buffer out;
	const struct samples *samples;
};

// `fast` NULL: with the reference alone.
struct judge judge_new(const struct samples *samples, struct fast *fast);
void judge_free(struct judge *judge);
// The record lives until the next one; with `write` its report is written too.
const struct record *judge_one(
	struct judge *judge, size_t index, enum form form, bool write);
// A line "name value".
void say(const char *name, double value);

// ---- verifications.c ----

bool is_p256(struct pubkey *key);
// SCTs verified a second by the reference, their entries' hashes included, and bare
// EVP_PKEY_verify.
void measure_verifications(struct judge *judge);
// The fast verifier alone, in batches of 3 and of 64, of different SCTs of all logs.
void measure_batches(struct judge *judge);

// ---- openssl_way.c ----

// Verifications of one P-256 signature a second, by EVP_PKEY_verify and nothing else; takes
// half a second.
double evp_verify_per_s(void);

struct openssl_way;

// Knows every log of the lists.
struct openssl_way *openssl_way_new(const struct ctp_lists *lists);
void openssl_way_free(struct openssl_way *way);
// d2i_X509 of both, SCT extension, SCT_LIST_validate; with `issuer_too` also X509_verify.
// Returns the number of valid SCTs and adds the CPU time of SCT_LIST_validate alone.
size_t openssl_way_judge(struct openssl_way *way, const struct sample *sample,
	int64_t at_ms, bool issuer_too, int64_t *validate_ns);

#endif

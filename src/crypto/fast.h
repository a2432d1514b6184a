// SPDX-License-Identifier: Apache-2.0
// The fast backend: ECDSA on P-256 and P-384 for keys that are used again and again. A key
// gets its table at its n-th use, when the table has paid for itself; until then, and for
// every other kind of key, there is the reference.
//
// A `struct fast` is shared by the verifiers of all threads, without a lock: it only ever
// grows, up to FAST_MAX_KEYS keys and FAST_MAX_BYTES of tables.
#ifndef CRYPTO_FAST_H
#define CRYPTO_FAST_H

#include "crypto/curve.h"
#include "crypto/verify_job.h"

// The logs of all lists and the issuers of a large batch; a key without a table is small.
#define FAST_MAX_KEYS 2048
// 100 logs' tables, of 151 KB each, and those of 40 issuers with keys on P-384.
#define FAST_MAX_BYTES ((size_t)32 * 1024 * 1024)

struct fast;

// NULL with `err` set: no memory. `uses`: at which use a key gets its table; 0: when it
// is worth it.
struct fast *fast_new(unsigned uses, struct err *err);
// By the name that people give: "reference" is none at all, *out NULL; "fast" and "auto",
// where "fast" must pass its test here. False with `err`: bad_option, verifier_unusable,
// out_of_memory.
bool fast_by_name(const char *name, struct fast **out, struct err *err) MUST_CHECK;
struct fast *fast_ref(struct fast *fast);
void fast_unref(struct fast *fast);

// Tests itself on known answers, unless it has done so. False with `err` set: it cannot be
// used here, and will not be. What asks for it earlier does so too, at the first table.
bool fast_test(struct fast *fast, struct err *err) MUST_CHECK;
// Bytes of all tables so far.
size_t fast_bytes(const struct fast *fast);

// Sets VERIFY_VALID on the jobs that it finds valid, and leaves all others as they are.
// `sums`: the thread's own.
void fast_run(struct fast *fast, struct curve_sums *sums, struct verify_job *const *jobs,
	size_t num_jobs);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "eval/evaluation.h"
#include "eval/signatures.h"
#include "tests/bench/wrap.h"
#include "x509/tbs.h"

const char *const probe_names[NUM_PROBES] = {
	[PROBE_REST] = "rest",
	[PROBE_HASH] = "hash",
	[PROBE_VERIFY] = "verify",
	[PROBE_PEM] = "pem",
	[PROBE_CERT] = "cert",
	[PROBE_INPUTS] = "inputs",
	[PROBE_SPLIT] = "split",
	[PROBE_ISSUER] = "issuer",
	[PROBE_SCTS] = "scts",
	[PROBE_CUT] = "cut",
	[PROBE_LOOK_UP] = "look_up",
	[PROBE_JUDGE] = "judge",
	[PROBE_EXPLAIN] = "explain",
	[PROBE_WRITE] = "write",
	[PROBE_READ] = "read",
	[PROBE_REQUEST] = "request",
	[PROBE_TABLES] = "tables",
	[PROBE_OUTPUT] = "output",
};

#define MAX_DEPTH 16

// The wrapped functions have no parameter for it: the one global of the benchmark.
static struct {
	enum probe_mode mode;
	enum probe stack[MAX_DEPTH];
	size_t depth;
	int64_t last;
	int64_t self_ns[NUM_PROBES];
	int64_t num_entered;
	uint64_t allocations;
} state;

void probe_set_mode(enum probe_mode mode)
{
	state.mode = mode;
	state.depth = 0;
}

static bool is_on(enum probe probe)
{
	return state.mode == PROBES_ALL ||
		(state.mode == PROBES_CRYPTO &&
			(probe == PROBE_HASH || probe == PROBE_VERIFY));
}

static void count_until_now(void)
{
	int64_t now = wall_ns();
	state.self_ns[state.stack[state.depth]] += now - state.last;
	state.last = now;
}

void probe_begin(void)
{
	memset(state.self_ns, 0, sizeof(state.self_ns));
	state.num_entered = 0;
	state.depth = 0;
	state.stack[0] = PROBE_REST;
	state.last = wall_ns();
}

int64_t probe_end(int64_t self_ns[NUM_PROBES])
{
	count_until_now();
	memcpy(self_ns, state.self_ns, sizeof(state.self_ns));
	return state.num_entered;
}

void probe_enter(enum probe probe)
{
	if (is_on(probe)) {
		count_until_now();
		state.num_entered++;
		state.stack[++state.depth] = probe;
	}
}

void probe_leave(enum probe probe)
{
	if (is_on(probe)) {
		count_until_now();
		state.depth--;
	}
}

double probe_cost_ns(void)
{
	enum { TIMES = 100000 };
	int64_t self_ns[NUM_PROBES];
	probe_set_mode(PROBES_ALL);
	probe_begin();
	for (size_t i = 0; i < TIMES; i++) {
		probe_enter(PROBE_CUT);
		probe_leave(PROBE_CUT);
	}
	(void)probe_end(self_ns);
	probe_set_mode(PROBES_OFF);
	return (double)self_ns[PROBE_REST] / (double)TIMES;
}

uint64_t probe_allocations(void)
{
	return state.allocations;
}

WRAPPED(void *, malloc, size_t size)
{
	state.allocations++;
	return __real_malloc(size);
}

WRAPPED(void *, calloc, size_t num, size_t size)
{
	state.allocations++;
	return __real_calloc(num, size);
}

WRAPPED(void *, realloc, void *memory, size_t size)
{
	state.allocations++;
	return __real_realloc(memory, size);
}

WRAPPED(bool, digest_sha256, struct digest *digest, const struct bytes *parts,
	size_t num_parts, uint8_t out[DIGEST_SHA256_LEN])
{
	if (state.mode == PROBES_STUB) {
		memset(out, 0x5a, DIGEST_SHA256_LEN);
		return true;
	}
	probe_enter(PROBE_HASH);
	bool done = __real_digest_sha256(digest, parts, num_parts, out);
	probe_leave(PROBE_HASH);
	return done;
}

WRAPPED(enum digest_result, digest_named, struct digest *digest, const char *name,
	struct bytes in, uint8_t out[DIGEST_MAX_LEN], size_t *out_len)
{
	if (state.mode == PROBES_STUB) {
		memset(out, 0x5a, DIGEST_MAX_LEN);
		*out_len = DIGEST_SHA256_LEN;
		return DIGEST_DONE;
	}
	probe_enter(PROBE_HASH);
	enum digest_result result = __real_digest_named(digest, name, in, out, out_len);
	probe_leave(PROBE_HASH);
	return result;
}

WRAPPED(void, verifier_run, struct verifier *verifier, struct verify_job *const *jobs,
	size_t num_jobs)
{
	if (state.mode == PROBES_STUB) {
		for (size_t i = 0; i < num_jobs; i++) {
			jobs[i]->result = VERIFY_VALID;
		}
		return;
	}
	probe_enter(PROBE_VERIFY);
	__real_verifier_run(verifier, jobs, num_jobs);
	probe_leave(PROBE_VERIFY);
}

WRAPPED(bool, begin_issuer, struct evaluation *e)
{
	if (state.mode == PROBES_NO_ISSUER) {
		e->record->issuer_signature = ISSUER_VALID;
		return true;
	}
	probe_enter(PROBE_ISSUER);
	bool done = __real_begin_issuer(e);
	probe_leave(PROBE_ISSUER);
	return done;
}

WRAPPED(void, tbs_cut, const struct cert *cert, const struct cert *signer,
	struct tbs_cut *out)
{
	probe_enter(PROBE_CUT);
	__real_tbs_cut(cert, signer, out);
	probe_leave(PROBE_CUT);
}

PROBED(PROBE_PEM, bool, pem_find_chain, (in, out, err), struct bytes in,
	struct pem_chain *out, struct err *err)
PROBED(PROBE_PEM, bool, pem_chain_der, (chain, index, arena, out, err),
	const struct pem_chain *chain, size_t index, struct arena *arena,
	struct bytes *out, struct err *err)
PROBED(PROBE_CERT, bool, cert_read, (der, out, err), struct bytes der, struct cert *out,
	struct err *err)
PROBED(PROBE_INPUTS, bool, inputs_read, (e), struct evaluation *e)
PROBED(PROBE_SPLIT, bool, collect_scts, (e), struct evaluation *e)
PROBED(PROBE_SCTS, bool, begin_scts, (e), struct evaluation *e)
PROBED(PROBE_LOOK_UP, const struct ct_log *, loglist_find, (list, id),
	const struct loglist *list, const uint8_t *id)
PROBED(PROBE_LOOK_UP, const struct loglist *, lists_in_force, (lists, at_ms, out_basis),
	const struct ctp_lists *lists, int64_t at_ms, enum lists_basis *out_basis)
PROBED(PROBE_JUDGE, bool, judge_policies, (e), struct evaluation *e)
PROBED(PROBE_EXPLAIN, bool, explain_policy, (e, policy), struct evaluation *e,
	struct policy_record *policy)
PROBED(PROBE_EXPLAIN, bool, explain_inputs, (e), struct evaluation *e)

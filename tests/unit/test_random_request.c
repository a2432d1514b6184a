// SPDX-License-Identifier: Apache-2.0
// Random requests, whole evaluations: the order of SCTs is free, one more valid SCT of a new
// operator never hurts, no operator counts above its cap, the model of POLICY.md agrees, and
// the same request gives the same bytes.
#include "tests/unit/eval_build.h"
#include "tests/unit/policy_model.h"

void test_random_request(void);

#define ROUNDS 1500
#define NUM_LEAVES 4
#define MAX_EMBEDDED 6
#define MAX_TLS 3
#define NUM_DAMAGED 8
#define NUM_POOL (2 * PKI_WORLD_NUM_LOGS + NUM_DAMAGED)

struct pooled {
	struct out sct;
	const char *operator_name;
	uint64_t timestamp_ms;
	bool good;
};

// A certificate, and SCTs of every log over it.
struct leaf {
	struct out der;
	struct pooled embedded[NUM_POOL], tls[NUM_POOL];
};

struct random_bench {
	struct eval_bench *b;
	struct leaf leaves[NUM_LEAVES];
	uint64_t seed;
};

// What one request consists of, as indices into the pools.
struct draw {
	const struct leaf *leaf;
	size_t embedded[MAX_EMBEDDED + 1], tls[MAX_TLS + 1];
	size_t num_embedded, num_tls;
	int64_t at_ms;
	int issuer; // 0 right, 1 missing, 2 wrong
	bool enforced_first;
};

static size_t below(struct random_bench *rb, size_t limit)
{
	return (size_t)(test_random(&rb->seed) % limit);
}

static void fill_pool(struct random_bench *rb, const struct pki_entry *entry,
	struct pooled pool[NUM_POOL])
{
	const struct pki_world *w = rb->b->world;
	for (size_t i = 0; i < NUM_POOL; i++) {
		const struct pki_log *log = &w->logs[i % PKI_WORLD_NUM_LOGS];
		bool old = i < PKI_WORLD_NUM_LOGS;
		// Half of them from before every log ended, half from today.
		int64_t ms = old ? pki_seconds("2026-01-10T00:00:00Z") * 1000
				 : rb->b->not_before * 1000;
		struct pki_sct_spec spec = pki_world_sct(
			w, log->description, (uint64_t)ms + below(rb, 5000));
		if (i >= 2 * PKI_WORLD_NUM_LOGS) {
			spec.damage = 1U << (i % NUM_DAMAGED);
		}
		pki_sct(&spec, entry, &pool[i].sct);
		pool[i].operator_name = log->operator_name;
		pool[i].timestamp_ms = spec.timestamp_ms;
		pool[i].good = spec.damage == 0;
	}
}

static void random_bench_init(struct random_bench *rb)
{
	static const int64_t seconds[NUM_LEAVES] = {EVAL_90_DAYS, 180 * INT64_C(86400),
		398 * INT64_C(86400) - 1, 100 * INT64_C(86400)};
	rb->b = eval_bench_new();
	rb->seed = 4711;
	for (size_t i = 0; i < NUM_LEAVES; i++) {
		struct pki_cert_spec spec = eval_leaf(rb->b, seconds[i]);
		struct out tbs = {0};
		spec.kind = i % 2 ? PKI_PRECERTIFICATE : PKI_CERTIFICATE;
		pki_cert(&spec, &rb->leaves[i].der);
		pki_tbs(&spec, &tbs);
		struct pki_entry precert = pki_entry_precert(rb->b->world->ca_key, &tbs);
		struct pki_entry x509 = pki_entry_x509(&rb->leaves[i].der);
		fill_pool(rb, &precert, rb->leaves[i].embedded);
		fill_pool(rb, &x509, rb->leaves[i].tls);
		derw_clear(&tbs);
	}
}

static void random_bench_clear(struct random_bench *rb)
{
	for (size_t i = 0; i < NUM_LEAVES; i++) {
		derw_clear(&rb->leaves[i].der);
		for (size_t k = 0; k < NUM_POOL; k++) {
			derw_clear(&rb->leaves[i].embedded[k].sct);
			derw_clear(&rb->leaves[i].tls[k].sct);
		}
	}
	eval_bench_free(rb->b);
}

static struct draw draw_request(struct random_bench *rb)
{
	static const int64_t more_ms[] = {43200000, 43200000, 2500, 0, -1};
	struct draw d = {.leaf = &rb->leaves[below(rb, NUM_LEAVES)],
		.num_embedded = below(rb, MAX_EMBEDDED + 1),
		.num_tls = below(rb, 3) ? 0 : below(rb, MAX_TLS + 1),
		.at_ms = rb->b->not_before * 1000 + more_ms[below(rb, 5)],
		.enforced_first = below(rb, 2)};
	d.issuer = below(rb, 4) ? 0 : 1 + (int)below(rb, 2);
	for (size_t i = 0; i < d.num_embedded; i++) {
		d.embedded[i] =
			below(rb, below(rb, 2) ? NUM_POOL : 2 * PKI_WORLD_NUM_LOGS);
	}
	for (size_t i = 0; i < d.num_tls; i++) {
		d.tls[i] = below(rb, NUM_POOL);
	}
	return d;
}

// What later steps compare; a record lives only until the next evaluation.
struct outcome {
	enum verdict apple, enforced;
	enum result result;
	unsigned counted[2], current[2], once[2], rfc6962[2];
	bool sound;
	bool modelled;
};

static bool caps_hold(const struct record *r, const struct policy_record *policy)
{
	unsigned cap = policy->result.row->cap_per_operator;
	const bool *counted = policy->result.routes[0].counted;
	for (size_t i = 0; i < r->num_scts; i++) {
		unsigned same = 0;
		for (size_t k = 0; k < r->num_scts; k++) {
			bool both = counted[i] && counted[k];
			same += both && r->scts[k].log->op == r->scts[i].log->op;
			if (both && i != k && r->scts[k].log == r->scts[i].log) {
				return false;
			}
		}
		if (cap && same > cap) {
			return false;
		}
	}
	return true;
}

// Facts from what the report says of each SCT, for the model.
static void facts_from(const struct record *r, struct sct_facts *scts, struct facts *out)
{
	*out = (struct facts){.at_ms = r->at_ms,
		.not_before = r->cert->not_before,
		.not_after = r->cert->not_after,
		.scts = scts,
		.num_scts = r->num_scts};
	for (size_t i = 0; i < r->num_scts; i++) {
		const struct sct_record *sct = &r->scts[i];
		scts[i] = (struct sct_facts){.source = sct->source,
			.status = sct->status,
			.timestamp_ms = sct->sct.timestamp,
			.log = 1000 + i,
			.op = 1000 + i};
		if (sct->log) {
			scts[i].log = (size_t)(sct->log - r->list->logs);
			scts[i].op = sct->log->op;
			scts[i].api = sct->log->api;
			scts[i].state = sct->log->state;
			scts[i].since_ms = sct->log->since_ms;
			scts[i].has_interval = sct->log->has_interval;
			scts[i].start_ms = sct->log->start_ms;
			scts[i].end_ms = sct->log->end_ms;
		}
	}
}

static bool model_agrees(const struct record *r, const struct outcome *got)
{
	struct sct_facts scts[MODEL_MAX_SCTS];
	struct facts facts;
	struct model m;
	facts_from(r, scts, &facts);
	model_judge(&facts, &m);
	bool apple = m.apple_embedded || m.apple_delivered;
	bool enforced = m.enforced_embedded || m.enforced_delivered;
	for (size_t i = 0; i < r->num_scts; i++) {
		if (r->scts[i].approval !=
			(m.approval[i] ? m.approval[i] : APPROVAL_NONE)) {
			return false;
		}
	}
	return (got->apple == VERDICT_COMPLIANT) == apple &&
		(got->enforced == VERDICT_COMPLIANT) == enforced;
}

static struct outcome run(struct random_bench *rb, const struct draw *d)
{
	struct bytes scts[MAX_EMBEDDED + 1];
	struct out list = {0};
	struct out tls[MAX_TLS + 1];
	struct ctp_request request = eval_request(rb->b, &d->leaf->der);
	for (size_t i = 0; i < d->num_embedded; i++) {
		scts[i] = eval_bytes(&d->leaf->embedded[d->embedded[i]].sct);
	}
	for (size_t i = 0; i < d->num_tls; i++) {
		tls[i] = d->leaf->tls[d->tls[i]].sct;
	}
	request.scts = scts;
	request.num_scts = d->num_embedded;
	request.at_ms = d->at_ms;
	pki_sct_list(tls, d->num_tls, &list);
	if (d->num_tls) {
		request.fields[REQUEST_TLS_SCTS] = eval_bytes(&list);
	}
	if (d->issuer) {
		request.fields[REQUEST_ISSUER] =
			d->issuer == 1 ? BYTES_NONE : eval_bytes(&rb->b->world->root_der);
	}
	request.policies[d->enforced_first] = policy_find("apple");
	request.policies[!d->enforced_first] = policy_find("apple-enforced");
	const struct record *r = eval_run(rb->b, &request);
	struct outcome got = {.apple = r->policies[d->enforced_first].verdict,
		.enforced = r->policies[!d->enforced_first].verdict,
		.result = r->result,
		.sound = true};
	for (size_t i = 0; i < 2; i++) {
		const struct policy_record *policy =
			&r->policies[d->enforced_first ? !i : i];
		got.counted[i] = policy->found_counted;
		got.current[i] = policy->found_current;
		got.once[i] = policy->found_once;
		got.rfc6962[i] = policy->found_rfc6962;
		got.sound = got.sound && caps_hold(r, policy);
	}
	got.modelled = model_agrees(r, &got);
	derw_clear(&list);
	return got;
}

static bool same_numbers(const unsigned a[2], const unsigned b[2])
{
	return a[0] == b[0] && a[1] == b[1];
}

static bool order_is_free(
	struct random_bench *rb, const struct draw *d, const struct outcome *before)
{
	struct draw turned = *d;
	for (size_t i = 0; i < d->num_embedded; i++) {
		size_t k = below(rb, i + 1);
		turned.embedded[i] = turned.embedded[k];
		turned.embedded[k] = d->embedded[i];
	}
	for (size_t i = 0; i < d->num_tls; i++) {
		turned.tls[i] = d->tls[d->num_tls - 1 - i];
	}
	turned.enforced_first = !d->enforced_first;
	struct outcome after = run(rb, &turned);
	return after.apple == before->apple && after.enforced == before->enforced &&
		after.result == before->result &&
		same_numbers(after.counted, before->counted) &&
		same_numbers(after.current, before->current) &&
		same_numbers(after.once, before->once) &&
		same_numbers(after.rfc6962, before->rfc6962);
}

static bool has_operator(const struct draw *d, const char *operator_name)
{
	for (size_t i = 0; i < d->num_embedded; i++) {
		const struct pooled *sct = &d->leaf->embedded[d->embedded[i]];
		if (strcmp(sct->operator_name, operator_name) == 0) {
			return true;
		}
	}
	for (size_t i = 0; i < d->num_tls; i++) {
		if (strcmp(d->leaf->tls[d->tls[i]].operator_name, operator_name) == 0) {
			return true;
		}
	}
	return false;
}

// One more embedded or TLS SCT that verifies, of an operator that has none yet.
static bool more_never_hurts(
	struct random_bench *rb, const struct draw *d, const struct outcome *before)
{
	size_t index = below(rb, 2 * PKI_WORLD_NUM_LOGS);
	bool by_tls = below(rb, 2);
	const struct pooled *more =
		by_tls ? &d->leaf->tls[index] : &d->leaf->embedded[index];
	struct draw larger = *d;
	if (before->apple != VERDICT_COMPLIANT || has_operator(d, more->operator_name) ||
		more->timestamp_ms > (uint64_t)d->at_ms) {
		return true;
	}
	if (by_tls) {
		larger.tls[larger.num_tls++] = index;
	} else {
		larger.embedded[larger.num_embedded++] = index;
	}
	return run(rb, &larger).apple == VERDICT_COMPLIANT;
}

void test_random_request(void)
{
	struct random_bench rb = {0};
	unsigned num[3] = {0, 0, 0};
	random_bench_init(&rb);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct draw d = draw_request(&rb);
		struct outcome got = run(&rb, &d);
		num[got.apple]++;
		CHECK(got.sound, "round %u: within the caps", round);
		CHECK(got.modelled, "round %u: as the model", round);
		CHECK(order_is_free(&rb, &d, &got), "round %u: any order", round);
		CHECK(more_never_hurts(&rb, &d, &got), "round %u: one more", round);
	}
	CHECK(num[VERDICT_COMPLIANT] > ROUNDS / 10, "%u compliant",
		num[VERDICT_COMPLIANT]);
	CHECK(num[VERDICT_NON_COMPLIANT] > ROUNDS / 10, "%u not",
		num[VERDICT_NON_COMPLIANT]);
	CHECK(num[VERDICT_INDETERMINATE] > ROUNDS / 100, "%u open",
		num[VERDICT_INDETERMINATE]);
	random_bench_clear(&rb);
}

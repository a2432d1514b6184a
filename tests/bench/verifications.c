// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench.h"

#include <stdlib.h>

#include "crypto/fast.h"
#include "sct/verify.h"

#define HALF_SECOND 500000000

// What a certificate's SCTs need to be verified.
struct entry {
	struct cert cert;
	struct tbs_cut tbs;
	struct signed_entry entry;
	uint8_t issuer_key_hash[DIGEST_SHA256_LEN];
	struct sct scts[8];
	struct pubkey *keys[8];
	size_t num;
};

bool is_p256(struct pubkey *key)
{
	return pubkey_type(key) == KEY_EC && pubkey_spki(key).len == 91;
}

static void prepare(struct judge *judge, size_t index, struct entry *out)
{
	const struct record *record = judge_one(judge, index, FORM_DER, false);
	struct err err;
	err_clear(&err);
	must(cert_read(judge->samples->items[index].leaf_der, &out->cert, &err),
		err.text);
	memcpy(out->issuer_key_hash, record->issuer_key_sha256, DIGEST_SHA256_LEN);
	tbs_cut(&out->cert, NULL, &out->tbs);
	signed_entry_precert(out->issuer_key_hash, &out->tbs, &out->entry);
	for (size_t i = 0; i < record->num_scts && out->num < 8; i++) {
		const struct sct_record *sct = &record->scts[i];
		if (sct->status == STATUS_VALID && is_p256(sct->log->key)) {
			sct_read(sct->sct.bytes, &out->scts[out->num]);
			out->keys[out->num++] = sct->log->key;
		}
	}
}

static size_t verify_entry(struct judge *judge, const struct entry *entry)
{
	struct verify_job jobs[8];
	struct verify_job *batch[8];
	uint8_t digests[8][DIGEST_SHA256_LEN];
	for (size_t i = 0; i < entry->num; i++) {
		must(sct_verify_job(&entry->scts[i], entry->keys[i], &entry->entry,
			     judge->context->digest, digests[i], &jobs[i]),
			"no memory");
		batch[i] = &jobs[i];
	}
	verifier_run(judge->context->verifier, batch, entry->num);
	for (size_t i = 0; i < entry->num; i++) {
		must(jobs[i].result == VERIFY_VALID, "a signature does not verify");
	}
	return entry->num;
}

static double verifications_per_s(struct judge *judge, const struct entry *entries)
{
	int64_t took = 0;
	size_t done = 0;
	int64_t before = cpu_ns();
	for (size_t i = 0; took < HALF_SECOND; i = (i + 1) % judge->samples->num) {
		done += verify_entry(judge, &entries[i]);
		took = cpu_ns() - before;
	}
	return (double)done * 1e9 / (double)took;
}

void measure_verifications(struct judge *judge)
{
	size_t num = judge->samples->num;
	struct entry *entries = calloc(num, sizeof(*entries));
	must(entries != NULL, "no memory");
	double num_scts = 0;
	for (size_t i = 0; i < num; i++) {
		prepare(judge, i, &entries[i]);
		num_scts += (double)entries[i].num;
	}
	// Half a second of each, by turns: ours, and EVP_PKEY_verify alone.
	double per_s[2] = {0, 0};
	for (size_t turn = 0; turn < 4; turn++) {
		per_s[turn % 2] += turn % 2 ? evp_verify_per_s() / 2
					    : verifications_per_s(judge, entries) / 2;
	}
	say("sct_verify_per_s", per_s[0]);
	say("evp_verify_per_s", per_s[1]);
	say("verify_us", 1e6 / per_s[1]);
	say("scts_us", 1e6 / per_s[0] * num_scts / (double)num);
	free(entries);
}

#define MAX_JOBS 4096
#define QUARTER_SECOND (HALF_SECOND / 2)

// The SCTs of all certificates as jobs, hashed already, those of one certificate together.
static size_t make_jobs(struct judge *judge, struct verify_job *jobs,
	uint8_t (*digests)[DIGEST_SHA256_LEN], struct entry *entries)
{
	size_t num = 0;
	for (size_t i = 0; i < judge->samples->num; i++) {
		prepare(judge, i, &entries[i]);
		for (size_t k = 0; k < entries[i].num && num < MAX_JOBS; k++, num++) {
			must(sct_verify_job(&entries[i].scts[k], entries[i].keys[k],
				     &entries[i].entry, judge->context->digest,
				     digests[num], &jobs[num]),
				"no memory");
		}
	}
	return num;
}

static double batches_per_s(struct fast *fast, struct curve_sums *sums,
	struct verify_job *jobs, size_t num_jobs, size_t batch)
{
	struct verify_job *now[64];
	int64_t took = 0;
	size_t done = 0;
	int64_t before = cpu_ns();
	while (took < QUARTER_SECOND) {
		for (size_t i = 0; i < batch; i++) {
			now[i] = &jobs[(done + i) % num_jobs];
			now[i]->result = VERIFY_PENDING;
		}
		fast_run(fast, sums, now, batch);
		for (size_t i = 0; i < batch; i++) {
			must(now[i]->result == VERIFY_VALID,
				"a signature does not verify");
		}
		done += batch;
		took = cpu_ns() - before;
	}
	return (double)done * 1e9 / (double)took;
}

void measure_batches(struct judge *judge)
{
	struct err err;
	err_clear(&err);
	struct fast *fast = fast_new(1, &err);
	struct curve_sums *sums = curve_sums_new();
	struct verify_job *jobs = calloc(MAX_JOBS, sizeof(*jobs));
	uint8_t(*digests)[DIGEST_SHA256_LEN] = calloc(MAX_JOBS, sizeof(*digests));
	struct entry *entries = calloc(judge->samples->num, sizeof(*entries));
	must(fast && sums && jobs && digests && entries, "no memory");
	size_t num = make_jobs(judge, jobs, digests, entries);
	// The tables are made by the first pass over all keys.
	for (size_t i = 0; i < num; i++) {
		struct verify_job *one = &jobs[i];
		fast_run(fast, sums, &one, 1);
	}
	say("batch_64_per_s", batches_per_s(fast, sums, jobs, num, 64));
	say("batch_3_per_s", batches_per_s(fast, sums, jobs, num, 3));
	say("table_kb", (double)fast_bytes(fast) / 1024);
	free(entries);
	free(digests);
	free(jobs);
	curve_sums_free(sums);
	fast_unref(fast);
}

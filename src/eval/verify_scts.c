// SPDX-License-Identifier: Apache-2.0
// From SCTs to statuses (POLICY.md 2): logs looked up, entries cut and hashed, and, once
// the signatures have been verified, the statuses.
#include "eval/evaluation.h"

#include "sct/verify.h"

struct entries {
	struct tbs_cut tbs;
	struct signed_entry precert;
	struct signed_entry x509;
};

// The status as far as it can be said without verifying; STATUS_VALID: verify.
static enum sct_status status_before(const struct evaluation *e, struct sct_record *sct)
{
	if (sct->sct.parse == SCT_UNSUPPORTED_VERSION) {
		add_why(sct, CODE_UNSUPPORTED_VERSION);
		return STATUS_UNSUPPORTED_VERSION;
	}
	if (sct->sct.parse == SCT_MALFORMED) {
		add_why(sct, CODE_SCT_MALFORMED);
		return STATUS_MALFORMED;
	}
	if (!sct->log) {
		add_why(sct, CODE_UNKNOWN_LOG);
		return STATUS_UNKNOWN_LOG;
	}
	if (sct->source == SOURCE_EMBEDDED && !e->inputs.has_key_hash) {
		add_why(sct, CODE_UNVERIFIED);
		return STATUS_UNVERIFIED;
	}
	if (!sct_algorithm_fits(&sct->sct, sct->log->key)) {
		struct evp_pkey_st *key;
		bool unusable = pubkey_decoded(sct->log->key, &key) != PUBKEY_OK;
		add_why(sct, unusable ? CODE_LOG_KEY_UNUSABLE : CODE_WRONG_ALGORITHM);
		return STATUS_INVALID_SIGNATURE;
	}
	return STATUS_VALID;
}

// A key that OpenSSL could not decode for want of memory is no bad key.
static bool key_is_decoded(const struct ct_log *log)
{
	struct evp_pkey_st *key;
	return !log || pubkey_decoded(log->key, &key) != PUBKEY_NO_MEMORY;
}

static struct entries *make_entries(struct evaluation *e)
{
	const struct inputs *in = &e->inputs;
	struct entries *entries = arena_take(&e->context->arena, sizeof(*entries));
	if (!entries) {
		err_no_memory(e->err);
		return NULL;
	}
	signed_entry_x509(in->leaf->der, &entries->x509);
	if (in->has_key_hash) {
		tbs_cut(in->leaf, in->signer, &entries->tbs);
		signed_entry_precert(in->key_hash, &entries->tbs, &entries->precert);
	}
	return entries;
}

static bool add_job(
	struct evaluation *e, const struct entries *entries, struct sct_record *sct)
{
	const struct signed_entry *entry =
		sct->source == SOURCE_EMBEDDED ? &entries->precert : &entries->x509;
	uint8_t *digest = arena_take(&e->context->arena, DIGEST_SHA256_LEN);
	if (!digest ||
		!sct_verify_job(&sct->sct, sct->log->key, entry, e->context->digest,
			digest, &e->jobs[e->num_jobs])) {
		return err_no_memory(e->err);
	}
	e->job_scts[e->num_jobs++] = sct;
	return true;
}

static bool is_future(const struct evaluation *e, const struct sct_record *sct)
{
	return e->record->at_ms < 0 || sct->sct.timestamp > (uint64_t)e->record->at_ms;
}

static bool take_result(
	struct evaluation *e, const struct verify_job *job, struct sct_record *sct)
{
	switch (job->result) {
	case VERIFY_VALID:
		sct->status = is_future(e, sct) ? STATUS_FUTURE_TIMESTAMP : STATUS_VALID;
		if (sct->status == STATUS_FUTURE_TIMESTAMP) {
			add_why(sct, CODE_FUTURE_TIMESTAMP);
		}
		return true;
	case VERIFY_NO_MEMORY:
	case VERIFY_PENDING:
		return err_no_memory(e->err);
	case VERIFY_INVALID:
	case VERIFY_WRONG_KEY_TYPE:
	case VERIFY_BAD_KEY:
		break;
	}
	sct->status = STATUS_INVALID_SIGNATURE;
	add_why(sct, CODE_INVALID_SIGNATURE);
	return true;
}

static bool begin_sct(
	struct evaluation *e, const struct entries *entries, struct sct_record *sct)
{
	if (!key_is_decoded(sct->log)) {
		return err_no_memory(e->err);
	}
	sct->status = status_before(e, sct);
	return sct->status != STATUS_VALID || add_job(e, entries, sct);
}

bool begin_scts(struct evaluation *e)
{
	struct record *record = e->record;
	const struct entries *entries = make_entries(e);
	for (size_t i = 0; entries && i < record->num_scts; i++) {
		struct sct_record *sct = &record->scts[i];
		sct_record_look_up(sct, record->list, record->basis, record->at_ms);
		if (!begin_sct(e, entries, sct)) {
			return false;
		}
		struct sct_record *other = other_sct(e, i);
		if (other && !begin_sct(e, entries, other)) {
			return false;
		}
	}
	return entries != NULL;
}

bool finish_scts(struct evaluation *e)
{
	for (size_t i = 0; i < e->num_jobs; i++) {
		if (e->job_scts[i] && !take_result(e, &e->jobs[i], e->job_scts[i])) {
			return false;
		}
	}
	return true;
}

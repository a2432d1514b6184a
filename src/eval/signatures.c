// SPDX-License-Identifier: Apache-2.0
#include "eval/signatures.h"

#include "x509/algorithm.h"
#include "x509/name.h"

struct signed_bytes {
	struct bytes tbs;
	struct bytes oid;
	struct bytes params;
	struct bytes signature;
};

enum outcome { OUTCOME_VALID, OUTCOME_INVALID, OUTCOME_UNSUPPORTED, OUTCOME_NO_MEMORY };

static enum outcome outcome_of(const struct verify_job *job)
{
	switch (job->result) {
	case VERIFY_VALID:
		return OUTCOME_VALID;
	case VERIFY_NO_MEMORY:
	case VERIFY_PENDING:
		return OUTCOME_NO_MEMORY;
	case VERIFY_BAD_KEY:
		return OUTCOME_UNSUPPORTED;
	case VERIFY_INVALID:
	case VERIFY_WRONG_KEY_TYPE:
		break;
	}
	return OUTCOME_INVALID;
}

// OUTCOME_VALID and a job that is ready to run, or what keeps it from that. The key is lent
// until the next one is asked for.
static enum outcome make_job(struct evaluation *e, const struct signed_bytes *in,
	const struct cert *signer, uint8_t digest[DIGEST_MAX_LEN], struct verify_job *out)
{
	const struct sigalg *alg = algorithm_find(in->oid, in->params);
	if (!alg) {
		return OUTCOME_UNSUPPORTED;
	}
	struct pubkey *key = keycache_get(
		e->context->issuers, signer->spki, e->context->digest, e->err);
	if (!key) {
		return OUTCOME_NO_MEMORY;
	}
	*out = (struct verify_job){
		.key = key, .alg = alg, .digest = in->tbs, .signature = in->signature};
	if (alg->md) {
		size_t len = 0;
		switch (digest_named(
			e->context->digest, alg->md, in->tbs, digest, &len)) {
		case DIGEST_UNKNOWN:
			return OUTCOME_UNSUPPORTED;
		case DIGEST_FAILED:
			return OUTCOME_NO_MEMORY;
		case DIGEST_DONE:
			out->digest = bytes_of(digest, len);
		}
	}
	return OUTCOME_VALID;
}

static enum outcome verify(
	struct evaluation *e, const struct signed_bytes *in, const struct cert *signer)
{
	uint8_t digest[DIGEST_MAX_LEN];
	struct verify_job job;
	struct verify_job *jobs[] = {&job};
	enum outcome outcome = make_job(e, in, signer, digest, &job);
	if (outcome != OUTCOME_VALID) {
		return outcome;
	}
	verifier_run(e->context->verifier, jobs, 1);
	return outcome_of(&job);
}

bool is_signed_by(
	struct evaluation *e, const struct cert *leaf, const struct cert *issuer)
{
	struct signed_bytes in = {
		leaf->tbs, leaf->signature_oid, leaf->signature_params, leaf->signature};
	enum outcome outcome =
		leaf->kind == CERT_TBS ? OUTCOME_UNSUPPORTED : verify(e, &in, issuer);
	if (outcome == OUTCOME_NO_MEMORY) {
		return err_no_memory(e->err);
	}
	return outcome == OUTCOME_VALID;
}

bool issuer_is_doubtful(const struct record *record)
{
	if (record->issuer_confirmed || !record->has_issuer_key_hash) {
		return false;
	}
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		if (sct->source == SOURCE_EMBEDDED &&
			(sct->status == STATUS_VALID ||
				sct->status == STATUS_FUTURE_TIMESTAMP)) {
			return false;
		}
	}
	return true;
}

// RFC 5280 4.2.1.1: the child names its issuer's key.
static bool names_key(const struct cert *child, const struct cert *issuer)
{
	return child->authority_key_id.len > 0 &&
		bytes_equal(child->authority_key_id, issuer->subject_key_id);
}

static bool is_confirmed(struct evaluation *e)
{
	const struct inputs *in = &e->inputs;
	bool by_issuer = e->record->issuer_signature == ISSUER_VALID ||
		(in->leaf->kind == CERT_TBS && names_key(in->leaf, in->issuer));
	return by_issuer &&
		(!in->signer || (in->ca && is_signed_by(e, in->signer, in->ca)));
}

static bool take_outcome(struct evaluation *e, enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_VALID:
		e->record->issuer_signature = ISSUER_VALID;
		return true;
	case OUTCOME_INVALID:
		e->record->issuer_signature = ISSUER_INVALID;
		return true;
	case OUTCOME_UNSUPPORTED:
		e->record->issuer_signature = ISSUER_UNSUPPORTED_ALGORITHM;
		return true;
	case OUTCOME_NO_MEMORY:
		break;
	}
	return err_no_memory(e->err);
}

bool begin_issuer(struct evaluation *e)
{
	const struct cert *leaf = e->inputs.leaf;
	const struct cert *issuer = e->inputs.issuer;
	struct record *record = e->record;
	record->issuer_signature = ISSUER_NOT_GIVEN;
	if (!issuer) {
		return true;
	}
	if (!name_same(leaf->issuer, issuer->subject)) {
		record->issuer_signature = ISSUER_WRONG_NAME;
		return true;
	}
	if (leaf->kind == CERT_TBS) {
		return true; // it carries no signature
	}
	struct signed_bytes in = {
		leaf->tbs, leaf->signature_oid, leaf->signature_params, leaf->signature};
	struct verify_job *job = &e->jobs[e->num_jobs];
	enum outcome outcome = make_job(e, &in, issuer, e->issuer_digest, job);
	if (outcome != OUTCOME_VALID) {
		return take_outcome(e, outcome);
	}
	e->issuer_key = pubkey_ref(job->key);
	e->issuer_job = job;
	e->num_jobs++;
	return true;
}

bool finish_issuer(struct evaluation *e)
{
	if (e->issuer_job && !take_outcome(e, outcome_of(e->issuer_job))) {
		return false;
	}
	e->record->issuer_confirmed = e->inputs.issuer &&
		e->record->issuer_signature != ISSUER_WRONG_NAME && is_confirmed(e);
	return e->err->code == CODE_NONE;
}

// RFC 6960 4.2.2.2: by the CA itself, or by a responder to which the CA gave a certificate
// for that; it is the first one in the response, where responders put it.
static enum outcome verify_response(struct evaluation *e, const struct cert *ca)
{
	const struct ocsp_answer *answer = &e->ocsp_answer;
	struct signed_bytes in = {answer->tbs, answer->signature_oid,
		answer->signature_params, answer->signature};
	enum outcome by_ca = verify(e, &in, ca);
	if (by_ca != OUTCOME_INVALID || !answer->first_cert.len) {
		return by_ca;
	}
	struct cert *responder = arena_take(&e->context->arena, sizeof(*responder));
	struct err ignored;
	err_clear(&ignored);
	if (!responder) {
		return OUTCOME_NO_MEMORY;
	}
	if (!cert_read(answer->first_cert, responder, &ignored) ||
		!responder->ocsp_signing) {
		return OUTCOME_INVALID;
	}
	struct signed_bytes delegation = {responder->tbs, responder->signature_oid,
		responder->signature_params, responder->signature};
	enum outcome delegated = verify(e, &delegation, ca);
	return delegated == OUTCOME_VALID ? verify(e, &in, responder) : delegated;
}

bool check_ocsp(struct evaluation *e)
{
	const struct cert *ca = e->inputs.ca;
	struct buffer *text = &e->context->text;
	if (!e->ocsp_readable) {
		return true;
	}
	switch (ca ? verify_response(e, ca) : OUTCOME_UNSUPPORTED) {
	case OUTCOME_VALID:
		return true;
	case OUTCOME_INVALID:
		e->ocsp_forged = true;
		buffer_put_text(text,
			"The OCSP response's own signature does not verify: clients do "
			"not take it, and what it says of the certificate is nobody's "
			"word. Its SCTs are judged all the same, by their logs' "
			"signatures.");
		return add_finding(e, &e->record->findings, CODE_OCSP_SIGNATURE_INVALID,
			"ocsp", ERR_NO_OFFSET);
	case OUTCOME_UNSUPPORTED:
		buffer_printf(text,
			"The OCSP response's own signature was not checked: %s.",
			ca ? "its algorithm is not supported" : "the issuer is missing");
		return add_finding(e, &e->record->findings, CODE_OCSP_SIGNATURE_UNCHECKED,
			"ocsp", ERR_NO_OFFSET);
	case OUTCOME_NO_MEMORY:
		break;
	}
	return err_no_memory(e->err);
}

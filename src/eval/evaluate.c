// SPDX-License-Identifier: Apache-2.0
#include "eval/evaluate.h"

#include "base/datetime.h"
#include "eval/evaluation.h"
#include "eval/repair.h"
#include "eval/signatures.h"

// May this SCT say when the certificate was issued? Not one whose signature is false, nor
// one from after the certificate's end: with its timestamp anybody could choose the time.
// Where nobody can tell (no issuer or a wrong one, an unknown log), INTERFACE.md's words
// hold.
static bool tells_issuance(const struct record *record, const struct sct_record *sct)
{
	return sct->source == SOURCE_EMBEDDED && sct->sct.parse == SCT_PARSED &&
		(sct->status != STATUS_INVALID_SIGNATURE || issuer_is_doubtful(record)) &&
		sct->sct.timestamp <= DATETIME_MAX_MS &&
		(int64_t)sct->sct.timestamp <= record->cert->not_after * 1000;
}

// "issuance": notBefore, or the latest embedded SCT if that is later (INTERFACE.md).
static int64_t issuance_ms(const struct record *record)
{
	int64_t at_ms = record->cert->not_before * 1000;
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		if (tells_issuance(record, sct) && (int64_t)sct->sct.timestamp > at_ms) {
			at_ms = (int64_t)sct->sct.timestamp;
		}
	}
	return at_ms;
}

static bool find_time(struct evaluation *e)
{
	switch (e->request->time_of_check) {
	case TIME_GIVEN:
		e->record->at_ms = e->request->at_ms;
		return true;
	case TIME_ISSUANCE:
		e->record->at_ms = issuance_ms(e->record);
		return true;
	case TIME_NOT_GIVEN:
		break;
	}
	err_set(e->err, CODE_NO_TIME, ERR_NO_OFFSET,
		"the time of check is not given; the library has no clock of its own");
	return err_in_field(e->err, "at");
}

// Room for the jobs of an evaluation: one each SCT, and the issuer's.
static bool take_jobs(struct evaluation *e)
{
	struct arena *arena = &e->context->arena;
	size_t num = e->record->num_scts + 1;
	e->jobs = arena_take_array(arena, num, sizeof(*e->jobs));
	e->job_scts = arena_take_array(arena, num, sizeof(struct sct_record *));
	return (e->jobs && e->job_scts) || err_no_memory(e->err);
}

// All signatures that these evaluations wait for, in one batch. False: no memory.
static bool run_jobs(
	struct ctp_context *context, struct evaluation *const *all, size_t num)
{
	size_t num_jobs = 0;
	for (size_t i = 0; i < num; i++) {
		num_jobs += all[i]->num_jobs;
	}
	struct verify_job **jobs =
		arena_take_array(&context->arena, num_jobs, sizeof(struct verify_job *));
	if (!jobs) {
		return false;
	}
	num_jobs = 0;
	for (size_t i = 0; i < num; i++) {
		for (size_t k = 0; k < all[i]->num_jobs; k++) {
			jobs[num_jobs++] = &all[i]->jobs[k];
		}
	}
	verifier_run(context->verifier, jobs, num_jobs);
	return true;
}

static bool describe_cert(struct evaluation *e)
{
	struct record *record = e->record;
	const struct cert *leaf = e->inputs.leaf;
	record->cert = leaf;
	record->lifetime = lifetime_of(leaf->not_before, leaf->not_after);
	record->signer = e->inputs.signer;
	record->has_issuer_key_hash = e->inputs.has_key_hash;
	memcpy(record->issuer_key_sha256, e->inputs.key_hash, DIGEST_SHA256_LEN);
	return (digest_sha256(e->context->digest, &leaf->der, 1, record->sha256) &&
		       digest_sha256(e->context->digest, &leaf->spki, 1,
			       record->spki_sha256)) ||
		err_no_memory(e->err);
}

static void find_result(struct record *record)
{
	enum result result = RESULT_PASS;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->num_applies_because > 0 ||
			policy->verdict == VERDICT_COMPLIANT) {
			continue;
		}
		if (policy->verdict == VERDICT_NON_COMPLIANT) {
			result = RESULT_FAIL;
		} else if (result == RESULT_PASS) {
			result = RESULT_UNKNOWN;
		}
	}
	record->policies_result = result;
	record->result = record_refusals(record) ? RESULT_FAIL : result;
}

static bool explain(struct evaluation *e)
{
	return explain_host(e) && explain_pins(e) && explain_connection(e) &&
		judge_minimum(e) && explain_inputs(e) && explain_given(e) &&
		explain_gaps(e) && explain_revocation(e);
}

static bool select_leaf(struct evaluation *e)
{
	const struct selection *selection = e->request->selection;
	e->left_out = selection &&
		!selection_takes(selection, e->inputs.leaf, &e->context->text);
	return !e->left_out;
}

static bool begin(struct evaluation *e)
{
	return inputs_read(e) && select_leaf(e) && describe_cert(e) && hold_host(e) &&
		collect_scts(e) && take_jobs(e) && begin_issuer(e) && find_time(e) &&
		find_lists(e) && begin_scts(e);
}

// The time of check "issuance" hangs on SCTs, and their statuses on the list in force
// then: where one turns out to be none that may tell the time, all is done again without
// it.
static bool settle_time(struct evaluation *e)
{
	int64_t first_ms = e->record->at_ms;
	if (!find_time(e)) {
		return false;
	}
	if (e->record->at_ms == first_ms) {
		return true;
	}
	e->num_jobs = 0;
	return find_lists(e) && begin_scts(e) && run_jobs(e->context, &e, 1) &&
		finish_scts(e);
}

static bool finish(struct evaluation *e)
{
	if (!finish_issuer(e) || !finish_scts(e) || !settle_time(e) || !hold_pins(e) ||
		!check_ocsp(e) || !judge_sources(e) || !explain(e)) {
		return false;
	}
	find_result(e->record);
	return repair_find(e);
}

static struct evaluation *evaluation_new(struct ctp_context *context,
	const struct ctp_lists *lists, struct evaluated *item)
{
	struct evaluation *e = arena_take(&context->arena, sizeof(*e));
	struct record *record = arena_take(&context->arena, sizeof(*record));
	if (!e || !record) {
		err_no_memory(&item->err);
		return NULL;
	}
	*e = (struct evaluation){.context = context,
		.request = item->request,
		.lists = lists,
		.err = &item->err,
		.record = record};
	record->id = item->request->fields[REQUEST_ID];
	record->times = item->request->times;
	record->connection = item->request->connection;
	return e;
}

static bool step(struct evaluation *e, bool (*taken)(struct evaluation *e))
{
	e->context->text.len = 0;
	e->context->text.failed = false;
	return taken(e);
}

void evaluate_all(struct ctp_context *context, const struct ctp_lists *lists,
	struct evaluated *items, size_t num)
{
	struct evaluation *all[EVALUATE_MAX] = {NULL};
	struct evaluated *items_of[EVALUATE_MAX];
	size_t num_begun = 0;
	arena_reset(&context->arena);
	certcache_tidy(context->certs);
	for (size_t i = 0; i < num; i++) {
		items[i].record = NULL;
		items[i].left_out = false;
		err_clear(&items[i].err);
		struct evaluation *e = evaluation_new(context, lists, &items[i]);
		if (e && step(e, begin)) {
			items_of[num_begun] = &items[i];
			all[num_begun++] = e;
		} else if (e) {
			items[i].left_out = e->left_out;
			pubkey_unref(e->issuer_key);
		}
	}
	bool run = run_jobs(context, all, num_begun);
	for (size_t i = 0; i < num_begun; i++) {
		struct evaluation *e = all[i];
		if (!run) {
			err_no_memory(e->err);
		} else if (step(e, finish)) {
			items_of[i]->record = e->record;
		}
		pubkey_unref(e->issuer_key);
	}
}

bool evaluate(struct ctp_context *context, const struct ctp_request *request,
	const struct ctp_lists *lists, const struct record **out, struct err *err)
{
	struct evaluated item = {.request = request};
	evaluate_all(context, lists, &item, 1);
	if (!item.record) {
		*err = item.err;
		return false;
	}
	*out = item.record;
	return true;
}

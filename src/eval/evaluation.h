// SPDX-License-Identifier: Apache-2.0
// The steps of one evaluation, in the order in which evaluate.c takes them, and the state
// that they hand on. Internal to eval/.
#ifndef EVAL_EVALUATION_H
#define EVAL_EVALUATION_H

#include "eval/context.h"
#include "eval/record.h"
#include "sct/signed_entry.h"
#include "x509/ocsp.h"
#include "x509/pem.h"

// The certificates of a request, read.
struct inputs {
	const struct cert *leaf;
	// The rest of the chain, then the issuer field's certificates.
	const struct cert **others;
	size_t num_others;
	const struct cert *issuer; // who signed the leaf, as far as given
	const struct cert
		*signer; // the same where it is a Precertificate Signing Certificate
	const struct cert *ca; // whose key hash the signed entry bears
	bool beside_key; // a private key stands in a field
	bool has_key_hash;
	uint8_t key_hash[DIGEST_SHA256_LEN];
};

// A list that devices may still have, as it counted when it was in force.
struct older_list {
	const struct loglist *list;
	enum lists_basis basis;
	int64_t at_ms; // for lists_standing
	// What came into force after it, and when: at its publication, or when the operator
	// went back to it.
	const struct loglist *next;
	int64_t until_ms;
};

// The steps, in the only order in which they may be taken (evaluate.c: begin, finish); behind
// each what it fills and later ones rely on:
//
//	inputs_read	inputs, ocsp, record->precert
//	hold_host, hold_pins	record->host, record->pins: by the inputs alone
//	collect_scts	record->scts, what is in them, and record->to_embed; none is added from here on
//	begin_issuer	issuer_job; needs room for jobs (one an SCT and this one)
//	find_time	record->at_ms; "issuance" reads the SCTs' times
//	find_lists	source, others, other_scts; record->list and its age: as of that time
//	begin_scts	logs of the SCTs and of other_scts by those lists, and jobs
//	-- all jobs of all evaluations run as one batch --
//	finish_issuer	record->issuer_signature, issuer_confirmed: is it the issuer's fault that
//			an SCT does not verify? Before the jobs are begun anew (settle_time),
//			which drops its own
//	finish_scts	the statuses. They may show that a time of "issuance" is wrong: then
//			find_time, find_lists, begin_scts, the jobs and this once more
//	check_ocsp	ocsp_answer's signature
//	judge_sources	record->policies with their views and findings: first the main source,
//			then others, which take over what it knows (SCTs, facts, inputs)
//	explain_...	record->findings: only says what is in the record by now
//	repair_find	record->repair: judges anew, by the same sources
//
// A record that is built is never judged twice: by older lists, and other sources', it is a
// copy that is judged (seen in judge_older; others[i].record).
struct evaluation {
	struct ctp_context *context;
	const struct ctp_request *request;
	const struct ctp_lists *lists;
	struct err *err;
	struct record *record;
	struct inputs inputs;
	bool left_out; // by request->selection
	// The signatures that wait to be verified: the issuer's, where there is one to verify,
	// then the SCTs', each of which belongs to an SCT of the record.
	struct verify_job *jobs;
	struct sct_record **job_scts;
	size_t num_jobs;
	struct verify_job *issuer_job; // NULL: none waits
	uint8_t issuer_digest[DIGEST_MAX_LEN];
	struct pubkey *issuer_key; // a reference, for as long as the job waits
	struct bytes ocsp; // DER, empty where not given
	struct ocsp_answer ocsp_answer;
	bool ocsp_readable;
	bool ocsp_matched; // it is about the certificate
	bool ocsp_forged; // its signature is not its responder's
	struct facts facts;
	bool cert_facts_filled; // all of them but the SCTs'
	struct older_list *older; // before the list in force, the oldest first
	size_t num_older;
	// Usable logs of the list in force that could give one more SCT, if the policy's cap
	// lets them; NULL: nobody has asked.
	const struct ct_log **givers;
	size_t num_givers;
	size_t num_logs_told; // that could give an SCT, as the advice has it; 0: not yet
	// The same evaluation by the lists of the other sources that policies are about: its
	// record is a copy, with that source's list and the SCTs as it has them.
	struct evaluation *others;
	size_t num_others;
	const char *source; // policies about its logs are judged
	bool source_is_main; // ... and here also those about no logs at all
	bool is_one_of_several; // policies of other sources are judged as well
	int64_t list_off_ms; // policy_list_off_ms of its source
	// What there is to say of its list: the findings of the whole, wherever it is judged.
	struct findings *list_findings;
	bool list_forgets; // struct policy's, of those
	// Of logs that the list in force does not know; where all are judged by the lists of
	// others, of all logs.
	struct sct_record *other_scts;
	size_t num_later; // SCTs of logs that only later lists know (explain_later)
	// Of each SCT, the list behind the last one that does not accept it; NULL: all do.
	const struct loglist **counts_from;
};

// Reads the certificates of the request and finds out who is whose issuer.
bool inputs_read(struct evaluation *e) MUST_CHECK;
// The issuer that the request's pool has for a certificate; NULL where it has none, or no
// memory, with e->err set.
const struct cert *inputs_find_in_pool(struct evaluation *e, const struct cert *cert);
// Reads the precertificate beside a final certificate and compares the two: record->precert.
// One that cannot be read becomes a finding.
bool read_precert(struct evaluation *e) MUST_CHECK;
// Fills record->scts from the four ways in; broken lists become findings.
bool collect_scts(struct evaluation *e) MUST_CHECK;
// Looks the logs up in the list in force and adds a job for each SCT that can be verified;
// once they have run, sets each status.
bool begin_scts(struct evaluation *e) MUST_CHECK;
bool finish_scts(struct evaluation *e) MUST_CHECK;
// Record to facts, facts to verdicts: of the policies about e->source, into their places in
// record->policies, which is made where it is NULL.
bool judge_policies(struct evaluation *e) MUST_CHECK;
// The issuer, where the one that was given is not shown to be another; else NULL.
const struct cert *issuer_if_right(const struct evaluation *e);
// issuer_is_doubtful by all the lists at hand: an SCT that verifies shows the issuer to be
// right, whichever list knows its log.
bool issuer_in_doubt(const struct evaluation *e);
// An SCT of a log that the list, which is from after the time of check, may have left out.
bool is_forgotten(const struct evaluation *e, const struct sct_record *sct);
// Is the policy that was asked for at this place one of those?
bool is_own_policy(const struct evaluation *e, size_t index);
// Which lists are in force: the record's, and those of e->others.
bool find_lists(struct evaluation *e) MUST_CHECK;
// Judges by all of them, and says what there is to say policy by policy.
bool judge_sources(struct evaluation *e) MUST_CHECK;
// The SCTs as a client with that list has them; NULL: it knows no log.
void see_scts(const struct evaluation *e, const struct loglist *list,
	enum lists_basis basis, int64_t at_ms, struct sct_record *out_scts);
// Which lists devices may have besides the one in force; none where it is not asked for.
bool find_older(struct evaluation *e) MUST_CHECK;
// The record's SCT of that index as another list that knows its log has it, not looked at yet: of another source,
// or an older one, the newest first. NULL: none does.
struct sct_record *other_sct(struct evaluation *e, size_t index);
// Makes the verdicts those by all the lists.
bool judge_older(struct evaluation *e) MUST_CHECK;
// A sentence about them: a policy that is not met everywhere yet.
bool explain_older(struct evaluation *e, struct policy_record *policy) MUST_CHECK;
// SCTs of logs that the list in force does not know, and a later one as approved by the time
// of check: how many, and a sentence about them, which is a gap of the lists.
size_t count_later(const struct evaluation *e);
bool explain_later(struct evaluation *e) MUST_CHECK;
// Sentences about the lists in force, of every source that is judged by; and those gaps, which
// the advice of a policy points to.
bool explain_lists(struct evaluation *e) MUST_CHECK;
bool explain_gaps(struct evaluation *e) MUST_CHECK;
// Sentences for what the verdicts say: findings of policies and of the evaluation.
bool explain_inputs(struct evaluation *e) MUST_CHECK;
// What of the scts that logs answered is malformed, and whose it is.
bool explain_given(struct evaluation *e) MUST_CHECK;
bool explain_policy(struct evaluation *e, struct policy_record *policy) MUST_CHECK;
bool explain_precert(struct evaluation *e) MUST_CHECK;
// What the OCSP response says of the certificate, as findings.
bool explain_revocation(struct evaluation *e) MUST_CHECK;
// What stands in the way of a client of the live server, as findings.
bool explain_connection(struct evaluation *e) MUST_CHECK;
// Puts into context->text what to do about a requirement on the certificate itself.
void explain_measure(struct evaluation *e, const struct requirement_result *result);
// Findings about such requirements that are advice, or of which it is not known whether they
// are met.
bool explain_measures(struct evaluation *e, struct policy_record *policy) MUST_CHECK;
// Policies that every server's certificate has to meet, where the request wants them judged
// beside: record->minimum, and a warning that names what is not met.
bool judge_minimum(struct evaluation *e) MUST_CHECK;
// The name asked about against the SAN, and the pins against the chain: record->host, ->pins.
bool hold_host(struct evaluation *e) MUST_CHECK;
bool hold_pins(struct evaluation *e) MUST_CHECK;
bool explain_host(struct evaluation *e) MUST_CHECK;
// "it is for a.example and 3 more": a part of a sentence.
void explain_names(struct buffer *out, const struct cert *cert);
// "; there 192.0.2.1 is a DNS name, ...", where it stands in the certificate as one.
void explain_not_address(
	struct buffer *out, const struct cert *cert, const char *address);
bool explain_pins(struct evaluation *e) MUST_CHECK;
// Puts into context->text what to do about a requirement that is not met.
bool advise(struct evaluation *e, const struct policy_record *policy,
	const struct requirement_result *result) MUST_CHECK;

// Adds a finding whose sentence is in context->text, which is emptied. A full table drops
// it: there are fewer codes than places, each is added at most once an input.
bool add_finding(struct evaluation *e, struct findings *to, enum code code,
	const char *field, size_t offset) MUST_CHECK;
void add_why(struct sct_record *sct, enum code code);

#endif

// SPDX-License-Identifier: Apache-2.0
// Record to facts, facts to verdicts, verdicts back into the record.
#include "eval/evaluation.h"

#include "eval/roots.h"
#include "sct/verify.h"
#include "x509/algorithm.h"
#include "x509/name.h"

// Also of logs that the list does not know.
static bool is_of_same_log(const struct sct_record *a, const struct sct_record *b)
{
	return a->log || b->log ? a->log == b->log
				: bytes_equal(a->sct.log_id, b->sct.log_id);
}

// Small numbers for logs and operators, the same for the same: all that a policy needs.
static void number(struct record *record, size_t index, struct sct_facts *out)
{
	const struct sct_record *sct = &record->scts[index];
	out->log = index;
	out->op = index;
	for (size_t i = index; i > 0; i--) {
		const struct sct_record *other = &record->scts[i - 1];
		if (is_of_same_log(other, sct)) {
			out->log = i - 1;
		}
		if (sct->log && other->log &&
			strcmp(other->operator_name, sct->operator_name) == 0) {
			out->op = i - 1;
		}
	}
}

// Not verified for want of the (right) issuer, and nothing else speaks against it.
static bool is_undecided(
	const struct record *record, const struct sct_record *sct, bool issuer_doubtful)
{
	bool open = sct->status == STATUS_UNVERIFIED ||
		(sct->status == STATUS_INVALID_SIGNATURE &&
			sct->source == SOURCE_EMBEDDED && issuer_doubtful);
	return open && sct_algorithm_fits(&sct->sct, sct->log->key) &&
		record->at_ms >= 0 && sct->sct.timestamp <= (uint64_t)record->at_ms;
}

bool is_forgotten(const struct evaluation *e, const struct sct_record *sct)
{
	return sct->status == STATUS_UNKNOWN_LOG && e->list_forgets &&
		e->record->basis == BASIS_EXTRAPOLATED && e->record->at_ms >= 0 &&
		sct->sct.timestamp <= (uint64_t)e->record->at_ms;
}

static void fill_sct(
	struct evaluation *e, size_t index, bool issuer_doubtful, struct sct_facts *out)
{
	struct record *record = e->record;
	const struct sct_record *sct = &record->scts[index];
	*out = (struct sct_facts){
		.source = sct->source,
		.status = sct->status,
		.timestamp_ms = sct->sct.timestamp,
	};
	out->undecided = is_undecided(record, sct, issuer_doubtful);
	number(record, index, out);
	if (is_forgotten(e, sct)) {
		out->undecided = true;
		out->state = LOG_USABLE;
	}
	if (sct->log) {
		out->api = sct->log->api;
		out->state = sct->standing.state;
		out->since_ms = sct->standing.since_ms;
		out->has_interval = sct->log->has_interval;
		out->start_ms = sct->log->start_ms;
		out->end_ms = sct->log->end_ms;
	}
}

// TLS Baseline Requirements 6.1.5.
static bool is_usual(const struct cert_key *key)
{
	static const char *const common[] = {"P-256", "P-384", "P-521"};
	bool usual = key->type == KEY_RSA || key->type == KEY_RSA_PSS;
	for (size_t i = 0; key->curve && i < sizeof(common) / sizeof(common[0]); i++) {
		usual = usual || strcmp(key->curve, common[i]) == 0;
	}
	return usual;
}

static struct key_facts key_facts_of(const struct cert *cert)
{
	if (!cert) {
		return (struct key_facts){.known = false};
	}
	return (struct key_facts){
		.known = true,
		.is_rsa = cert->key.type == KEY_RSA || cert->key.type == KEY_RSA_PSS,
		.bits = (unsigned)cert->key.bits,
		.is_unusual = !is_usual(&cert->key),
		.signed_with_sha2 = algorithm_hashes_by_sha2(
			cert->signature_oid, cert->signature_params),
		.is_anchor = name_same(cert->subject, cert->issuer),
	};
}

const struct cert *issuer_if_right(const struct evaluation *e)
{
	enum issuer_signature is = e->record->issuer_signature;
	return is == ISSUER_INVALID || is == ISSUER_WRONG_NAME ? NULL : e->inputs.issuer;
}

// Asked about certificates that may be a CA's or a server's.
static bool names_no_server(struct evaluation *e)
{
	const struct cert *cert = e->record->cert;
	struct buffer *text = &e->context->text;
	struct wanted_host host;
	struct err ignored;
	if (!cert->is_ca || cert->num_names > 0) {
		return false;
	}
	err_clear(&ignored);
	text->len = 0;
	// "CN=mail.example.org"
	bool named = name_put_common_name(text, cert->subject) && text->len > 3 &&
		wanted_host_read(
			bytes_of(text->data + 3, text->len - 3), &host, &ignored);
	text->len = 0;
	return !named;
}

// What they say about the certificate is the same by any list.
static bool fill_cert_facts(struct evaluation *e)
{
	const struct record *record = e->record;
	const struct cert *cert = record->cert;
	struct standing_under under;
	if (e->cert_facts_filled) {
		return true;
	}
	if (!find_root(e, &under)) {
		return false;
	}
	e->facts = (struct facts){
		.at_ms = record->at_ms,
		.not_before = cert->not_before,
		.not_after = cert->not_after,
		.is_ca = cert->is_ca,
		.has_key_usage = cert->has_key_usage,
		.cert_signing = cert->cert_signing,
		.has_key_purposes = cert->has_key_purposes,
		.server_auth = cert->server_auth,
		.any_purpose = cert->any_purpose,
		.precert_signing = cert->precert_signing,
		.self_signed = under.self_signed,
		.names_no_server = names_no_server(e),
		.not_public = under.not_public,
		.root = under.root,
		.redacted = cert->has_redacted_name,
		.serves = record->connection || record->host,
		.num_names = cert->num_names,
		.leaf = key_facts_of(cert),
		.issuer = key_facts_of(under.self_signed ? cert : issuer_if_right(e)),
		.num_scts = record->num_scts,
	};
	e->record->self_signed = under.self_signed;
	e->cert_facts_filled = true;
	return true;
}

static bool fill_facts(struct evaluation *e)
{
	const struct record *record = e->record;
	if (!fill_cert_facts(e)) {
		return false;
	}
	e->facts.scts = arena_take_array(
		&e->context->arena, record->num_scts, sizeof(*e->facts.scts));
	if (!e->facts.scts) {
		return err_no_memory(e->err);
	}
	bool issuer_doubtful = issuer_in_doubt(e);
	for (size_t i = 0; i < record->num_scts; i++) {
		fill_sct(e, i, issuer_doubtful, &e->facts.scts[i]);
	}
	return true;
}

static void judge_approvals(
	struct facts *facts, const struct policy *policy, bool optimistic)
{
	for (size_t i = 0; i < facts->num_scts; i++) {
		approval_judge(facts, policy->leniency, &facts->scts[i], optimistic);
	}
}

// What the SCTs of the main route come to: the report's "found".
static void sum_up(const struct facts *facts, struct policy_record *policy)
{
	const struct requirement_result *counting =
		&policy_main_route(&policy->result)->results[0];
	const struct requirement *main = counting->requirement;
	policy->found_counted = requirement_counts_scts(main) ? counting->got : 0;
	policy->hopeful_counted = policy->found_counted;
	for (size_t i = 0; i < facts->num_scts; i++) {
		const struct sct_facts *sct = &facts->scts[i];
		bool first = true;
		if (!((unsigned)sct->source & main->sources)) {
			continue;
		}
		for (size_t k = 0; k < i; k++) {
			const struct sct_facts *other = &facts->scts[k];
			first = first &&
				!(((unsigned)other->source & main->sources) &&
					other->log == sct->log &&
					other->approval == sct->approval);
		}
		if (first && sct->approval != APPROVAL_NONE) {
			policy->found_current += sct->approval == APPROVAL_CURRENT;
			policy->found_once += sct->approval == APPROVAL_ONCE;
			policy->found_rfc6962 += sct->api == LOG_RFC6962;
		}
	}
}

static void fill_hopeless(const struct policy_result *hopeful, struct policy_record *out)
{
	for (size_t i = 0; i < hopeful->policy->num_routes; i++) {
		for (size_t k = 0; k < hopeful->policy->routes[i].num_requirements; k++) {
			const struct requirement_result *r =
				&hopeful->routes[i].results[k];
			out->hopeless[i][k] = !r->met && !r->open;
		}
	}
}

static bool make_policies(struct evaluation *e)
{
	struct record *record = e->record;
	struct arena *arena = &e->context->arena;
	size_t num = record->num_scts;
	record->policies =
		arena_take_array(arena, record->num_policies, sizeof(*record->policies));
	bool *counted = arena_take_array(
		arena, record->num_policies * POLICY_MAX_ROUTES, num * sizeof(*counted));
	if (!record->policies || !counted) {
		return err_no_memory(e->err);
	}
	for (size_t i = 0; i < record->num_policies; i++) {
		for (size_t k = 0; k < POLICY_MAX_ROUTES; k++) {
			record->policies[i].result.routes[k].counted =
				counted + (i * POLICY_MAX_ROUTES + k) * num;
		}
	}
	return true;
}

static bool make_room(struct evaluation *e, struct policy_scratch *scratch)
{
	struct record *record = e->record;
	struct arena *arena = &e->context->arena;
	size_t num = record->num_scts;
	scratch->log_taken = arena_take_array(arena, num, sizeof(*scratch->log_taken));
	scratch->operator_taken =
		arena_take_array(arena, num, sizeof(*scratch->operator_taken));
	scratch->chosen = arena_take_array(arena, num, sizeof(*scratch->chosen));
	if (!scratch->log_taken || !scratch->operator_taken || !scratch->chosen) {
		return err_no_memory(e->err);
	}
	return record->policies || make_policies(e);
}

// What would keep an SCT from counting even if it turned out valid is worth knowing now.
static void mark_undecided(struct evaluation *e)
{
	for (size_t i = 0; i < e->record->num_scts; i++) {
		const struct sct_facts *facts = &e->facts.scts[i];
		if (facts->undecided) {
			e->record->scts[i].undecided = true;
			if (facts->why != CODE_NONE) {
				add_why(&e->record->scts[i], facts->why);
			}
		}
	}
}

// The verdict is open where it would be another one if every SCT that could not be
// verified were valid (INTERFACE.md, "verdict").
static void judge_undecided(struct evaluation *e, struct policy_record *policy,
	const struct policy_scratch *scratch, bool *spare)
{
	struct policy_result hopeful;
	judge_approvals(&e->facts, policy->result.policy, true);
	for (size_t k = 0; k < POLICY_MAX_ROUTES; k++) {
		hopeful.routes[k].counted = spare;
	}
	policy_judge(policy->result.policy, &e->facts, scratch, &hopeful);
	const struct requirement_result *counting =
		&policy_main_route(&hopeful)->results[0];
	if (requirement_counts_scts(counting->requirement)) {
		policy->hopeful_counted = counting->got;
	}
	fill_hopeless(&hopeful, policy);
	if (policy->verdict == VERDICT_NON_COMPLIANT &&
		hopeful.verdict != VERDICT_NON_COMPLIANT) {
		policy->verdict = VERDICT_INDETERMINATE;
	}
}

static bool has_undecided(const struct facts *facts)
{
	for (size_t i = 0; i < facts->num_scts; i++) {
		if (facts->scts[i].undecided) {
			return true;
		}
	}
	return false;
}

// The first policy asked for that is about logs decides what the SCTs' rows say: an SCT counts if a route
// that holds takes it; where none holds, if the route of its source does. `source`: of
// the SCT that stands at `index`, or could.
static bool takes(const struct policy_result *result, int64_t at_ms,
	enum sct_source source, size_t index)
{
	const struct policy *policy = result->policy;
	bool any_holds = false;
	for (size_t i = 0; i < policy->num_routes; i++) {
		any_holds = any_holds || result->routes[i].holds;
		if (result->routes[i].holds && result->routes[i].counted[index]) {
			return true;
		}
	}
	size_t own = policy_route_for(policy, source, at_ms);
	return !any_holds && result->routes[own].counted[index];
}

// What kept an approved SCT from counting.
static enum code why_not_counted(
	const struct policy_result *result, const struct facts *facts, size_t index)
{
	const struct sct_facts *sct = &facts->scts[index];
	const bool *counted = policy_main_route(result)->counted;
	unsigned of_operator = 0;
	if (policy_closed_route(result->policy, sct->source, facts->at_ms)) {
		return CODE_ROUTE_CLOSED;
	}
	for (size_t i = 0; i < facts->num_scts; i++) {
		// Taken where this SCT would have been.
		bool taken = i != index && takes(result, facts->at_ms, sct->source, i);
		if (taken && facts->scts[i].log == sct->log) {
			return CODE_DUPLICATE_LOG;
		}
		of_operator += counted[i] && facts->scts[i].op == sct->op;
	}
	unsigned cap = result->row->cap_per_operator;
	if (sct->source == SOURCE_EMBEDDED && !counted[index] && cap &&
		of_operator >= cap) {
		return CODE_OPERATOR_CAP_REACHED;
	}
	if (sct->approval == APPROVAL_ONCE) {
		return counted[index] ? CODE_ONCE_APPROVED_ONLY
				      : CODE_ISSUED_AFTER_RETIREMENT;
	}
	return CODE_ROUTE_NOT_USED;
}

static void mark_scts(struct evaluation *e, const struct policy_record *policy)
{
	struct record *record = e->record;
	const struct policy_result *result = &policy->result;
	for (size_t i = 0; i < record->num_scts; i++) {
		struct sct_record *sct = &record->scts[i];
		const struct sct_facts *facts = &e->facts.scts[i];
		sct->approval = facts->approval;
		sct->counted = takes(result, record->at_ms, facts->source, i);
		if (facts->why != CODE_NONE) {
			add_why(sct, facts->why);
		} else if (facts->approval != APPROVAL_NONE && !sct->counted) {
			enum code why = why_not_counted(result, &e->facts, i);
			add_why(sct, why);
			sct->closed_to = why == CODE_ROUTE_CLOSED ? result->policy : NULL;
		}
	}
}

static void judge_policy(struct evaluation *e, const struct policy *asked,
	const struct policy_scratch *scratch, struct policy_record *policy)
{
	judge_approvals(&e->facts, asked, false);
	policy_judge(asked, &e->facts, scratch, &policy->result);
	policy->verdict = policy->result.verdict;
	policy->num_applies_because =
		policy_exempts(asked, &e->facts, policy->applies_because);
	sum_up(&e->facts, policy);
	fill_hopeless(&policy->result, policy);
}

// Where none is about this source's logs, the first one of all.
static size_t marking_policy(const struct evaluation *e)
{
	size_t num = request_num_policies(e->request);
	size_t first = num;
	for (size_t i = num; i > 0; i--) {
		bool counts = policy_counts_scts(request_policy(e->request, i - 1));
		bool had_one = first < num &&
			policy_counts_scts(request_policy(e->request, first));
		if (is_own_policy(e, i - 1) && (counts || !had_one)) {
			first = i - 1;
		}
	}
	return first;
}

bool judge_policies(struct evaluation *e)
{
	struct record *record = e->record;
	const struct ctp_request *request = e->request;
	struct policy_scratch scratch;
	bool *spare = NULL;
	record->num_policies = request_num_policies(request);
	if (!fill_facts(e) || !make_room(e, &scratch)) {
		return false;
	}
	if (has_undecided(&e->facts)) {
		spare = arena_take_array(
			&e->context->arena, record->num_scts, sizeof(*spare));
		if (!spare) {
			return err_no_memory(e->err);
		}
	}
	size_t marking = marking_policy(e);
	for (size_t i = 0; i < record->num_policies; i++) {
		struct policy_record *policy = &record->policies[i];
		if (!is_own_policy(e, i)) {
			continue;
		}
		judge_policy(e, request_policy(request, i), &scratch, policy);
		if (i == marking) {
			mark_scts(e, policy);
		}
		if (spare) {
			judge_undecided(e, policy, &scratch, spare);
		}
		if (spare && i == marking) {
			mark_undecided(e);
		}
	}
	return true;
}

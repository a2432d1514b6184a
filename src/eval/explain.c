// SPDX-License-Identifier: Apache-2.0
// Verdicts into sentences that say what to do. Decides nothing.
#include "eval/evaluation.h"

#include "base/datetime.h"
#include "base/text.h"

static bool add_about_cert(struct evaluation *e, enum code code)
{
	return add_finding(e, &e->record->findings, code, "certificate", ERR_NO_OFFSET);
}

// What stays unmet whatever may yet turn out valid: that is why the verdict is a no.
static bool explain_route(
	struct evaluation *e, struct policy_record *policy, size_t index)
{
	const struct route_result *route = &policy->result.routes[index];
	const bool *hopeless = policy->hopeless[index];
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		const struct requirement_result *result = &route->results[i];
		bool counts = requirement_counts_scts(result->requirement);
		// Without any SCT the first sentence says it all.
		// One that signed itself has no issuing CA: it is told of its own key.
		bool twice = result->requirement->subject == SUBJECT_ISSUER &&
			e->facts.self_signed;
		if (!hopeless[i] || result->requirement->is_advice || twice ||
			(i > 0 && counts && route->results[0].got == 0 && hopeless[0])) {
			continue;
		}
		if (!counts) {
			explain_measure(e, result);
		} else if (!advise(e, policy, result)) {
			return false;
		}
		if (!add_finding(e, &policy->findings, result->requirement->code, NULL,
			    ERR_NO_OFFSET)) {
			return false;
		}
	}
	return true;
}

// Where the issuer is to be had from, who lacks it.
static const char *where_to_give(const struct evaluation *e)
{
	if (e->request->on_page) {
		return e->request->by_fields
			? "behind the leaf, or as issuer, in a JSON request"
			: "behind the leaf, or as the issuer";
	}
	return e->record->connection
		? "--issuer FILE or --issuers FILE|DIR; the server should send it"
		: "behind the leaf, or --issuers FILE|DIR";
}

// The list at hand is from after the time of check, and left out logs that had ended by
// then.
static bool explain_forgotten(struct evaluation *e, struct policy_record *policy)
{
	char published[DATETIME_ROOM];
	datetime_format_ms(e->record->list->published_ms, published);
	buffer_printf(&e->context->text,
		"The verdict hangs on SCTs of logs that %s's oldest list at hand (%s) does "
		"not know: it is from after the time of check, and may have left them "
		"out. ",
		e->source, published);
	if (e->request->on_page) {
		buffer_put_text(&e->context->text,
			"Ask the operator of this service to import lists of that time.");
	} else {
		buffer_printf(&e->context->text,
			"Name a list of that time (--log-list FILE), or import some "
			"(ctpolicy log-list import --source %s; of a service, ask its "
			"operator).",
			e->source);
	}
	return add_finding(e, &policy->findings, CODE_UNDECIDED, NULL, ERR_NO_OFFSET);
}

static bool has_forgotten(const struct evaluation *e)
{
	for (size_t i = 0; i < e->record->num_scts; i++) {
		if (is_forgotten(e, &e->record->scts[i])) {
			return true;
		}
	}
	return false;
}

static bool explain_undecided(struct evaluation *e, struct policy_record *policy)
{
	policy->wants_list = has_forgotten(e);
	if (policy->wants_list) {
		return explain_forgotten(e, policy);
	}
	const char *how = "out the issuer";
	if (issuer_in_doubt(e)) {
		how = e->inputs.ca ? " the issuer given" : " the key hash given";
	}
	// Compliant by the list in force, and yet open: an older one leaves it so.
	bool by_older = policy->result.verdict == VERDICT_COMPLIANT;
	buffer_printf(&e->context->text,
		"The verdict %shangs on SCTs that cannot be verified with%s: give the "
		"certificate that issued this one (%s).",
		by_older ? "by older lists " : "", how, where_to_give(e));
	return add_finding(e, &policy->findings, CODE_UNDECIDED, NULL, ERR_NO_OFFSET);
}

bool explain_policy(struct evaluation *e, struct policy_record *policy)
{
	const struct policy_result *result = &policy->result;
	if (result->remark != CODE_NONE) {
		buffer_printf(&e->context->text,
			"%lld days are more than the %lld of the published table; judged "
			"by its last row.",
			(long long)e->record->lifetime.days,
			(long long)result->row->remark_beyond_days);
		if (!add_finding(
			    e, &policy->findings, result->remark, NULL, ERR_NO_OFFSET)) {
			return false;
		}
	}
	if (!explain_measures(e, policy)) {
		return false;
	}
	if (policy->safe_list) {
		return explain_older(e, policy);
	}
	// Else it hangs on what is not known about the certificate, which was just said.
	if (policy->verdict == VERDICT_INDETERMINATE) {
		return result->verdict == VERDICT_INDETERMINATE ||
			explain_undecided(e, policy);
	}
	if (policy->verdict == VERDICT_COMPLIANT) {
		return true;
	}
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		// One that nothing was brought along for explains nothing, unless it is
		// the only hope.
		bool is_tried = e->record->num_scts == 0
			? i == 0
			: record_tries_route(e->record, result->policy, i);
		if (is_tried && !explain_route(e, policy, i)) {
			return false;
		}
	}
	return true;
}

static size_t num_embedded(const struct record *record, enum sct_status status)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num += record->scts[i].source == SOURCE_EMBEDDED &&
			record->scts[i].status == status;
	}
	return num;
}

// No signature says that the issuer is wrong, and none that it is right.
static bool explain_doubt(struct evaluation *e)
{
	const struct record *record = e->record;
	if (num_embedded(record, STATUS_INVALID_SIGNATURE) == 0) {
		return true;
	}
	if (record->issuer_confirmed && num_embedded(record, STATUS_VALID) == 0 &&
		num_embedded(record, STATUS_FUTURE_TIMESTAMP) == 0) {
		buffer_put_text(&e->context->text,
			"The issuer is right, and yet no embedded SCT verifies: the logs "
			"signed something else. Either the SCTs were taken from another "
			"certificate, or this one differs from the precertificate that was "
			"logged (names, serial number, extensions or their order).");
		return add_finding(e, &e->record->findings, CODE_SCTS_OF_ANOTHER,
			"certificate", ERR_NO_OFFSET);
	}
	if (!issuer_in_doubt(e)) {
		return true;
	}
	buffer_put_text(&e->context->text,
		"No embedded SCT verifies with the issuer's key that was given, and "
		"nothing else shows that it is the right one: check it before "
		"blaming the logs.");
	return add_finding(
		e, &e->record->findings, CODE_ISSUER_DOUBTFUL, "issuer", ERR_NO_OFFSET);
}

static bool explain_issuer(struct evaluation *e)
{
	const struct record *record = e->record;
	struct buffer *out = &e->context->text;
	bool wrong_name = record->issuer_signature == ISSUER_WRONG_NAME;
	if (wrong_name || record->issuer_signature == ISSUER_INVALID) {
		buffer_printf(out, "The issuer given did not issue this certificate (%s)",
			wrong_name ? "its subject is not the leaf's issuer"
				   : "its key does not verify the leaf's signature");
		buffer_put_text(out,
			issuer_in_doubt(e)
				? ", so no embedded SCT can be expected "
				  "to verify; give the right one."
				: ", yet SCTs verify with its key: the "
				  "logs saw the same key under this certificate.");
		return add_finding(e, &e->record->findings, CODE_WRONG_ISSUER, "issuer",
			ERR_NO_OFFSET);
	}
	if (record->issuer_signature == ISSUER_UNSUPPORTED_ALGORITHM) {
		buffer_put_text(out,
			"Whether the issuer signed this certificate was not checked: "
			"the algorithm, or the issuer's key, is not supported.");
		return add_finding(e, &e->record->findings, CODE_ISSUER_ALGORITHM,
			"issuer", ERR_NO_OFFSET);
	}
	return explain_doubt(e);
}

static bool explain_missing_issuer(struct evaluation *e)
{
	struct buffer *out = &e->context->text;
	if (e->inputs.has_key_hash || !record_has_source(e->record, SOURCE_EMBEDDED)) {
		return true;
	}
	if (e->inputs.signer) {
		buffer_put_text(out,
			"The precertificate is signed by a Precertificate Signing "
			"Certificate; give that one's own issuer too, behind it.");
		return add_about_cert(e, CODE_PRECERT_ISSUER_MISSING);
	}
	buffer_printf(out,
		"Embedded SCTs cannot be verified without the issuer: give the "
		"certificate that issued this one (%s)%s.",
		where_to_give(e),
		e->record->connection
			? ""
			: ", or the hash of its key (issuer_key_sha256 of a "
			  "JSON request)");
	return add_about_cert(e, CODE_ISSUER_MISSING);
}

static bool explain_cert(struct evaluation *e)
{
	const struct cert *cert = e->record->cert;
	struct buffer *out = &e->context->text;
	if (cert->odd_time) {
		buffer_put_text(out,
			"A validity time is written in a form that RFC 5280 forbids; "
			"some clients will not read the certificate.");
		if (!add_about_cert(e, CODE_ODD_TIME)) {
			return false;
		}
	}
	if (cert->odd_algorithm) {
		buffer_put_text(out,
			"The signature algorithms inside and outside of the "
			"TBSCertificate differ; clients will not accept that.");
		if (!add_about_cert(e, CODE_ALGORITHM_MISMATCH)) {
			return false;
		}
	}
	if (cert->not_after < cert->not_before) {
		buffer_put_text(out,
			"notAfter is before notBefore: the certificate is never valid.");
		return add_about_cert(e, CODE_VALIDITY_UPSIDE_DOWN);
	}
	return true;
}

static const struct requirement_result *find_unmet(const struct route_result *route)
{
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		if (!route->results[i].met) {
			return &route->results[i];
		}
	}
	return NULL;
}

static const struct route_result *find_route(
	const struct policy_result *result, const char *name)
{
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		if (strcmp(result->routes[i].route->name, name) == 0) {
			return &result->routes[i];
		}
	}
	return NULL;
}

// Requirements of one name are the same in two policies, but for their numbers.
static const struct requirement_result *find_like(
	const struct route_result *route, const char *name)
{
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		if (strcmp(route->results[i].requirement->name, name) == 0) {
			return &route->results[i];
		}
	}
	return NULL;
}

static const char *noun_of(const struct requirement *requirement)
{
	return requirement->measure == MEASURE_OPERATORS ? "log operator" : "SCT";
}

// In words, the first requirement that only the stricter policy fails, of the route by
// which the certificate meets the other.
static bool put_difference(struct evaluation *e, const struct policy_result *strict,
	const struct policy_result *lenient)
{
	struct buffer *out = &e->context->text;
	const char *a = strict->policy->name;
	const char *b = lenient->policy->name;
	size_t k = 0;
	while (!lenient->routes[k].holds) {
		k++;
	}
	const struct route_result *route =
		find_route(strict, lenient->routes[k].route->name);
	const struct requirement_result *r = route ? find_unmet(route) : NULL;
	if (!r) {
		return false;
	}
	const struct requirement_result *other =
		find_like(&lenient->routes[k], r->requirement->name);
	buffer_put_text(out, "The difference: ");
	if (!other) {
		buffer_printf(
			out, "%s asks for %s, %s does not.", a, r->requirement->text, b);
	} else if (r->needed != other->needed) {
		buffer_printf(out, "%s asks for %u %s%s (its rule %s), %s for %u (%s).",
			a, r->needed, noun_of(r->requirement), r->needed == 1 ? "" : "s",
			strict->row->name, b, other->needed, lenient->row->name);
	} else if (strict->row->cap_per_operator && r->requirement->by_lifetime) {
		buffer_printf(out,
			"%s counts at most %u SCT%s of one log operator, %s has no such "
			"cap.",
			a, strict->row->cap_per_operator,
			strict->row->cap_per_operator == 1 ? "" : "s", b);
	} else if (r->requirement->once_before_retirement) {
		buffer_printf(out,
			"%s counts an SCT of a retired log only if the certificate was "
			"issued before that, %s if the SCT was.",
			a, b);
	} else {
		const char *thing = noun_of(r->requirement);
		buffer_printf(out, "%s counts %u %s%s, %s counts %u.", a, r->got, thing,
			r->got == 1 ? "" : "s", b, other->got);
	}
	return true;
}

static bool explain_pair(struct evaluation *e, const struct policy_record *a,
	const struct policy_record *b)
{
	bool first_fails = a->verdict == VERDICT_NON_COMPLIANT;
	const struct policy_record *strict = first_fails ? a : b;
	const struct policy_record *lenient = first_fails ? b : a;
	// A no by older lists says itself what is behind it.
	if (strict->verdict != VERDICT_NON_COMPLIANT || strict->safe_list ||
		lenient->verdict != VERDICT_COMPLIANT) {
		return true;
	}
	return !put_difference(e, &strict->result, &lenient->result) ||
		add_finding(e, &e->record->findings, CODE_POLICIES_DIFFER, NULL,
			ERR_NO_OFFSET);
}

static bool explain_differences(struct evaluation *e)
{
	const struct record *record = e->record;
	for (size_t i = 1; i < record->num_policies; i++) {
		if (!explain_pair(e, &record->policies[0], &record->policies[i])) {
			return false;
		}
	}
	return true;
}

bool explain_inputs(struct evaluation *e)
{
	return explain_differences(e) && explain_issuer(e) && explain_precert(e) &&
		explain_missing_issuer(e) && explain_cert(e) && explain_lists(e);
}

// SPDX-License-Identifier: Apache-2.0
// What every server's certificate has to meet, beside policies that do not ask about it: who
// asks why clients refuse a server should not read that it passes, and no more.
#include "eval/evaluation.h"

static bool is_asked_for(const struct evaluation *e, const struct policy *policy)
{
	for (size_t i = 0; i < request_num_policies(e->request); i++) {
		if (request_policy(e->request, i) == policy) {
			return true;
		}
	}
	return false;
}

// In a few words each: the policy's own report has the sentences.
static void put_lack(struct buffer *out, const struct requirement_result *r)
{
	switch (r->requirement->measure) {
	case MEASURE_RSA_BITS:
		buffer_printf(out, "an RSA key of %u bits%s", r->got,
			r->requirement->subject == SUBJECT_ISSUER ? " of its issuer"
								  : "");
		break;
	case MEASURE_KEY_TYPE:
		buffer_put_text(out, "a key that few clients take");
		break;
	case MEASURE_SHA2:
		buffer_put_text(out,
			r->requirement->subject == SUBJECT_ISSUER
				? "no SHA-2 signature of its issuer"
				: "no SHA-2 signature");
		break;
	case MEASURE_NAMES:
		buffer_put_text(out, "no name in the subjectAltName");
		break;
	case MEASURE_SERVER_AUTH:
		buffer_put_text(out, "no serverAuth in the key usage");
		break;
	case MEASURE_DAYS:
	case MEASURE_DAYS_BETWEEN:
		buffer_printf(out, "%u days (at most %u)", r->got, r->needed);
		break;
	case MEASURE_LOGS:
	case MEASURE_OPERATORS:
		buffer_put_text(out, r->requirement->text);
		break;
	}
}

// A certificate that signed itself is its own issuer, and is told so once.
static size_t put_lacks(
	struct evaluation *e, struct buffer *out, const struct policy_result *result)
{
	const struct route_result *route = policy_main_route(result);
	size_t num = 0;
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		const struct requirement_result *r = &route->results[i];
		bool twice =
			r->requirement->subject == SUBJECT_ISSUER && e->facts.self_signed;
		if (r->met || r->open || r->requirement->is_advice || twice) {
			continue;
		}
		buffer_put_text(out, num++ ? ", " : "");
		put_lack(out, r);
	}
	return num;
}

static bool say_minimum(struct evaluation *e, const struct minimum_record *minimum)
{
	const char *first = request_policy(e->request, 0)->name;
	buffer_printf(&e->context->text,
		"%s refuse this certificate, which no policy asked for is about: %s. Ask "
		"with --policy %s,%s: then the report says more.",
		minimum->policy->refused_by, minimum->lacks, first,
		minimum->policy->name);
	return add_finding(e, &e->record->findings, CODE_TLS_REQUIREMENTS_UNMET,
		"certificate", ERR_NO_OFFSET);
}

static bool hold(struct evaluation *e, const struct policy *policy)
{
	struct facts facts = e->facts;
	struct policy_scratch scratch = {NULL, NULL, NULL};
	struct policy_result result;
	enum code why[NUM_APPLIES_REASONS];
	struct buffer *text = &e->context->text;
	memset(&result, 0, sizeof(result));
	facts.num_scts = 0; // it measures the certificate
	policy_judge(policy, &facts, &scratch, &result);
	if (policy_exempts(policy, &facts, why) > 0 || put_lacks(e, text, &result) == 0) {
		return true;
	}
	struct minimum_record *out = arena_take(&e->context->arena, sizeof(*out));
	struct bytes lacks = arena_copy(&e->context->arena, buffer_bytes(text));
	text->len = 0;
	if (!out || !lacks.data) {
		return err_no_memory(e->err);
	}
	*out = (struct minimum_record){policy, (const char *)lacks.data};
	e->record->minimum = out;
	return say_minimum(e, out);
}

bool judge_minimum(struct evaluation *e)
{
	for (size_t i = 0; e->request->with_minimum && i < policy_num(); i++) {
		const struct policy *policy = policy_at(i);
		if (policy->refused_by && !e->record->minimum &&
			!is_asked_for(e, policy) && !hold(e, policy)) {
			return false;
		}
	}
	return true;
}

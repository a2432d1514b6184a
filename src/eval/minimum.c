// SPDX-License-Identifier: Apache-2.0
// What every server's certificate has to meet, beside policies that do not ask about it: who
// asks why clients refuse a server should not read that it passes, and no more.
#include "eval/evaluation.h"
#include "eval/lacks.h"

static bool is_asked_for(const struct evaluation *e, const struct policy *policy)
{
	for (size_t i = 0; i < request_num_policies(e->request); i++) {
		if (request_policy(e->request, i) == policy) {
			return true;
		}
	}
	return false;
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
	if (policy_exempts(policy, &facts, why) > 0 ||
		lacks_put(text, &result, facts.self_signed) == 0) {
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

// SPDX-License-Identifier: Apache-2.0
#include "report/report_verdict.h"

static void put_reasons(struct buffer *out, const struct policy_record *policy)
{
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		buffer_put_text(out, i ? "; " : "");
		buffer_put_text(out, code_info(policy->applies_because[i])->sentence);
	}
}

static const char *joint(const struct record *record, size_t index)
{
	if (index == 0) {
		return "";
	}
	if (record->policies[index].verdict != record->policies[index - 1].verdict) {
		return ", but ";
	}
	return index + 1 == record->num_policies ? " and " : ", ";
}

bool report_is_by_older(const struct policy_record *policy)
{
	return policy->safe_list ||
		(policy->verdict == VERDICT_INDETERMINATE &&
			policy->result.verdict == VERDICT_COMPLIANT);
}

static void put_verdicts(struct buffer *out, const struct record *record)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		buffer_put_text(out, joint(record, i));
		buffer_put_text(out, policy->result.policy->says[policy->verdict]);
		buffer_put_text(
			out, report_is_by_older(policy) ? " (by an older list)" : "");
	}
}

bool report_is_out_of_time(const struct policy_record *policy)
{
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		if (policy->applies_because[i] == CODE_EXPIRED ||
			policy->applies_because[i] == CODE_NOT_YET_VALID) {
			return true;
		}
	}
	return false;
}

// What a CA asks before it signs.
static void put_embedding(struct buffer *out, const struct record *record)
{
	static const char *const words[] = {
		[RESULT_PASS] = "these SCTs may be embedded",
		[RESULT_FAIL] = "these SCTs are not enough to be embedded",
		[RESULT_UNKNOWN] = "whether these SCTs may be embedded is open",
	};
	size_t num_useless = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num_useless += record->scts[i].source == SOURCE_EMBEDDED &&
			record->scts[i].approval == APPROVAL_NONE;
	}
	buffer_put_text(out, words[record->policies_result]);
	if (record->policies_result == RESULT_PASS && num_useless > 0) {
		buffer_printf(out, ", without the %zu that cannot count", num_useless);
	}
	buffer_put_text(out, ": with them ");
}

void report_put_verdict(const struct record *record, struct buffer *out)
{
	const struct policy_record *first = &record->policies[0];
	if (first->num_applies_because) {
		buffer_put_text(out, "the policy does not apply: ");
		put_reasons(out, first);
		buffer_put_text(out, ". By its SCTs alone the certificate ");
	} else {
		if (record->to_embed) {
			put_embedding(out, record);
		}
		buffer_put_text(out, "this certificate ");
	}
	put_verdicts(out, record);
	buffer_put_char(out, '.');
	if (record->host && !record->host->matches) {
		buffer_printf(out, "%s it is not for %s.",
			record->policies_result == RESULT_FAIL ? " And" : " But",
			record->host->host->name);
	}
	if (record->pins && !record->pins->matches) {
		buffer_put_text(out,
			record->result != record->policies_result
				? " But no key of its chain is pinned."
				: " And no key of its chain is pinned.");
	}
}

// SPDX-License-Identifier: Apache-2.0
// One line for each of many certificates, and for those that do not pass a sentence of
// each policy that says why.
#include "report/report_text.h"

#include "base/text.h"
#include "x509/name.h"

static void put_head(struct buffer *out, const struct report_options *options,
	enum colour colour, const char *word, struct bytes id)
{
	report_put_coloured(out, options, colour, word);
	buffer_put_text(out, "  ");
	report_put_id(out, id);
	if (options->place) {
		buffer_printf(out, " (%s)", options->place);
	}
}

// The first sentence that stands in the way; a policy that is not met always has one.
static const struct finding *main_finding(const struct policy_record *policy)
{
	const struct findings *findings = &policy->findings;
	for (size_t i = 0; i < findings->num; i++) {
		if (code_info(findings->items[i].code)->severity == SEVERITY_ERROR) {
			return &findings->items[i];
		}
	}
	return findings->num ? &findings->items[0] : NULL;
}

static void put_reason(struct buffer *out, const struct policy_record *policy)
{
	const struct finding *finding = main_finding(policy);
	size_t before = out->len;
	if (policy->num_applies_because || policy->verdict == VERDICT_COMPLIANT) {
		return;
	}
	buffer_printf(out, "      %s: ", policy->result.policy->name);
	report_put_wrapped(out,
		bytes_of_text(finding ? finding->message : verdict_name(policy->verdict)),
		out->len - before, 8);
}

// Of the name and the pins that were asked about: what stands in the way.
static void put_held(struct buffer *out, const struct record *record)
{
	for (size_t i = 0; i < record->findings.num; i++) {
		const struct finding *finding = &record->findings.items[i];
		if (finding_refuses(finding)) {
			text_put_spaces(out, 6);
			report_put_wrapped(out, bytes_of_text(finding->message), 6, 8);
		}
	}
}

static void put_exemption(struct buffer *out, const struct policy_record *policy)
{
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		buffer_printf(out, "%s%s", i ? ", " : "  [",
			code_info(policy->applies_because[i])->name);
	}
	buffer_put_char(out, ']');
}

void report_line(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out)
{
	(void)index;
	struct report_word word = report_word_of(record->result);
	bool exempt = record_is_only_exempt(record);
	put_head(out, options, word.colour, exempt ? "exempt" : word.text, record->id);
	buffer_put_text(out, "  ");
	name_put_text(out, record->cert->subject);
	if (record->times > 1) {
		buffer_printf(out, "  (%llu times)", (unsigned long long)record->times);
	}
	if (exempt) {
		put_exemption(out, &record->policies[0]);
	}
	buffer_put_char(out, '\n');
	for (size_t i = 0; i < record->num_policies; i++) {
		put_reason(out, &record->policies[i]);
	}
	put_held(out, record);
}

void report_line_error(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out)
{
	(void)index;
	put_head(out, options, BAD, "BAD ", id);
	buffer_put_text(out, "  ");
	err_put_line(err, out);
	buffer_put_char(out, '\n');
}

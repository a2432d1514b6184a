// SPDX-License-Identifier: Apache-2.0
#include "report/report_verdict.h"

#include "base/datetime.h"
#include "eval/lacks.h"
#include "report/exemption_words.h"
#include "report/report_text.h"

bool report_is_by_older(const struct policy_record *policy)
{
	return policy->safe_list ||
		(policy->verdict == VERDICT_INDETERMINATE &&
			policy->result.verdict == VERDICT_COMPLIANT);
}

static bool is_of_verdict(const struct policy_record *policy, enum verdict verdict)
{
	return policy->num_applies_because == 0 && policy->verdict == verdict;
}

static size_t num_of_verdict(const struct record *record, enum verdict verdict)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_policies; i++) {
		num += is_of_verdict(&record->policies[i], verdict);
	}
	return num;
}

// What the certificate itself lacks stands behind it.
static void put_says(struct buffer *out, const struct record *record,
	const struct policy_record *policy)
{
	buffer_put_text(out, policy->result.policy->says[policy->verdict]);
	buffer_put_text(out, report_is_by_older(policy) ? " (by an older list)" : "");
	size_t before = out->len;
	buffer_put_text(out, " (");
	if (policy->verdict != VERDICT_NON_COMPLIANT ||
		lacks_put(out, &policy->result, record->self_signed) == 0) {
		out->len = before;
		return;
	}
	buffer_put_char(out, ')');
}

static void put_group(
	struct buffer *out, const struct record *record, enum verdict verdict)
{
	size_t num = num_of_verdict(record, verdict);
	for (size_t i = 0, at = 0; i < record->num_policies; i++) {
		if (is_of_verdict(&record->policies[i], verdict)) {
			buffer_put_text(out,
				at == 0                ? ""
					: at + 1 < num ? ", "
						       : " and ");
			put_says(out, record, &record->policies[i]);
			at++;
		}
	}
}

// Verdicts of the policies that apply: those that are alike together, in the order of the
// first one of each kind.
static void put_verdicts(struct buffer *out, const struct record *record)
{
	static const char *const between[] = {"", ", but ", "; and "};
	bool done[3] = {false};
	size_t num = 0;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->num_applies_because || done[policy->verdict]) {
			continue;
		}
		done[policy->verdict] = true;
		buffer_put_text(out, between[num++]);
		put_group(out, record, policy->verdict);
	}
}

void report_put_view(
	struct buffer *out, const struct record *record, const struct list_view *view)
{
	if (!view->list) {
		buffer_printf(out, "without a list of %s's logs", view->source);
		return;
	}
	buffer_put_text(out, "with the log list ");
	buffer_put_text(out, view->list->name);
	report_put_version(out, view->list);
	buffer_put_text(out, " of ");
	report_put_instant(out, view->list->published_ms);
	buffer_printf(out, ", %lld days old at the time of check",
		(long long)(view->age_ms / DATETIME_DAY_MS));
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &view->scts[i];
		const struct sct_record *main = &record->scts[i];
		if (sct->approval == main->approval && sct->status == main->status) {
			continue;
		}
		buffer_printf(out, "; SCT %zu by %s: %s", main->index + 1,
			sct_source_name(main->source),
			sct->num_why ? code_info(sct->why[0])->sentence
				     : "its log is approved there");
	}
}

bool report_is_refused(const struct record *record)
{
	return record->connection && !connection_is_accepted(record);
}

// "before 2026-05-05 only"
static void put_window(const struct route *route, struct buffer *out)
{
	if (route->from_ms != INT64_MIN) {
		buffer_put_text(out, "from ");
		report_put_day(out, route->from_ms);
		buffer_put_text(out, route->until_ms == INT64_MAX ? " on" : " and ");
	}
	if (route->until_ms != INT64_MAX) {
		buffer_put_text(out, "before ");
		report_put_day(out, route->until_ms);
	}
	buffer_put_text(out, " only");
}

void report_put_why(const struct record *record, const struct sct_record *sct,
	size_t index, struct buffer *out)
{
	static const struct {
		enum sct_source source;
		const char *text;
	} ways[] = {
		{SOURCE_EMBEDDED, "inside certificates"},
		{SOURCE_TLS, "from the TLS extension"},
		{SOURCE_OCSP, "from OCSP responses"},
	};
	buffer_put_text(out, code_info(sct->why[index])->sentence);
	if (sct->why[index] != CODE_ROUTE_CLOSED) {
		return;
	}
	buffer_printf(out, " (%s takes SCTs ", sct->closed_to->name);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		buffer_put_text(out, ways[i].source == sct->source ? ways[i].text : "");
	}
	buffer_put_char(out, ' ');
	put_window(policy_closed_route(sct->closed_to, sct->source, record->at_ms), out);
	buffer_put_char(out, ')');
}

void report_put_untried(const struct record *record, const struct route *route,
	const struct policy *policy, struct buffer *out)
{
	size_t num = 0;
	if (route_is_open(route, record->at_ms)) {
		buffer_put_text(out, "none were given");
		return;
	}
	for (size_t i = 0; i < record->num_scts; i++) {
		num += policy_closed_route(
			       policy, record->scts[i].source, record->at_ms) == route;
	}
	put_window(route, out);
	if (num > 0) {
		buffer_printf(
			out, ", and %zu SCT%s came this way", num, num == 1 ? "" : "s");
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

static bool is_same_exemption(
	const struct policy_record *a, const struct policy_record *b)
{
	return report_needs_no_scts(a) == report_needs_no_scts(b) &&
		a->num_applies_because == b->num_applies_because &&
		memcmp(a->applies_because, b->applies_because,
			b->num_applies_because * sizeof(b->applies_because[0])) == 0;
}

// The first policy that does not apply, and whose reasons no earlier one has.
static bool is_new_exemption(const struct record *record, size_t index)
{
	const struct policy_record *policy = &record->policies[index];
	for (size_t i = 0; i < index; i++) {
		if (is_same_exemption(&record->policies[i], policy)) {
			return false;
		}
	}
	return policy->num_applies_because > 0;
}

// "apple, chrome and android": all that do not apply for the same reasons. Returns how many.
static size_t put_exempting(struct buffer *out, const struct record *record, size_t index)
{
	const struct policy_record *policy = &record->policies[index];
	size_t num = 0;
	size_t left = 0;
	for (size_t i = index; i < record->num_policies; i++) {
		left += is_same_exemption(&record->policies[i], policy);
	}
	for (size_t i = index; i < record->num_policies; i++) {
		if (!is_same_exemption(&record->policies[i], policy)) {
			continue;
		}
		left--;
		buffer_put_text(out, num++ == 0 ? "" : left ? ", " : " and ");
		buffer_put_text(out, record->policies[i].result.policy->name);
	}
	return num;
}

// Does a policy that asks for SCTs ask this certificate for them, now or in its time?
static bool any_needs_scts(const struct record *record)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		if (policy_asks_by_lifetime(record->policies[i].result.policy) &&
			!report_needs_no_scts(&record->policies[i])) {
			return true;
		}
	}
	return false;
}

static void put_exemption(struct buffer *out, const struct record *record, size_t index)
{
	const struct policy_record *policy = &record->policies[index];
	if (report_needs_no_scts(policy) && !any_needs_scts(record)) {
		buffer_put_text(out, "no SCTs are needed");
		return;
	}
	bool one = put_exempting(out, record, index) == 1;
	if (report_needs_no_scts(policy)) {
		buffer_put_text(out, one ? " asks for no SCTs" : " ask for no SCTs");
		return;
	}
	buffer_put_text(out, one ? " does not apply" : " do not apply");
	buffer_put_text(out, report_is_out_of_time(policy) ? " at that time" : "");
}

// What does not apply, before what does: whether it must have SCTs at all comes first.
static size_t put_exemptions(struct buffer *out, const struct record *record)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (!is_new_exemption(record, i)) {
			continue;
		}
		buffer_put_text(out, num++ ? "; and " : "");
		put_exemption(out, record, i);
		buffer_put_text(out, " (");
		report_put_exemption(record, policy, out);
		buffer_put_char(out, ')');
	}
	return num;
}

// What stands beside the policies, and makes the certificate wrong whatever they say.
static void put_not_for(struct buffer *out, const struct record *record)
{
	if (record_refusals(record) & REFUSED_BY_HOST) {
		buffer_printf(out, "this certificate is not for %s. %s",
			record->host->host->name,
			record->policies_result == RESULT_FAIL ? "And "
							       : "Apart from that, ");
	}
}

void report_put_verdict(const struct record *record, struct buffer *out)
{
	put_not_for(out, record);
	size_t num = put_exemptions(out, record);
	if (!record_is_exempt(record)) {
		buffer_put_text(out, num ? "; " : "");
		if (record->to_embed) {
			put_embedding(out, record);
		}
		buffer_put_text(out, "this certificate ");
		put_verdicts(out, record);
	}
	if (record->minimum && !report_is_refused(record)) {
		buffer_printf(out, ", %s %s refuse it: %s",
			record->policies_result == RESULT_FAIL ? "and" : "but",
			record->minimum->policy->refused_by, record->minimum->lacks);
	}
	buffer_put_char(out, '.');
	if (record_refusals(record) & REFUSED_BY_PINS) {
		bool but = record->result != record->policies_result;
		buffer_printf(out, "%s %s.", but ? " But" : " And",
			pins_of_curl(record->pins)
				? "the leaf's key, the only one that curl looks at, is not "
				  "pinned"
				: pins_any_matches(record->pins)
				? "the keys of its chain are not all that are pinned"
				: "no key of its chain is pinned");
	}
}

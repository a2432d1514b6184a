// SPDX-License-Identifier: Apache-2.0
#include "report/report_plan.h"

#include "base/datetime.h"
#include "base/text.h"
#include "loglist/source.h"

static size_t add_remark(
	enum code out[PLAN_MAX_REMARKS], size_t num, bool holds, enum code code)
{
	if (holds) {
		out[num++] = code;
	}
	return num;
}

static bool is_stale(const struct plan_record *plan)
{
	bool stale = plan->main_list.stale;
	for (size_t i = 0; i < plan->num_others; i++) {
		stale = stale || plan->others[i].stale;
	}
	return stale && plan_counts_scts(plan);
}

// The first policy that says so, of those that apply.
static const struct requirement *beyond_schedule(const struct plan_record *plan)
{
	for (size_t i = 0; i < plan->num_policies; i++) {
		const struct plan_policy *policy = &plan->policies[i];
		if (policy->beyond_schedule && policy->num_applies_because == 0) {
			return policy->beyond_schedule;
		}
	}
	return NULL;
}

size_t report_plan_remarks(
	const struct plan_record *plan, enum code out[PLAN_MAX_REMARKS])
{
	size_t num = 0;
	bool is_long = false;
	for (size_t i = 0; i < plan->num_policies; i++) {
		const struct plan_policy *policy = &plan->policies[i];
		is_long = is_long || policy->remark != CODE_NONE;
	}
	num = add_remark(out, num, is_long, CODE_LIFETIME_BEYOND_TABLE);
	num = add_remark(
		out, num, beyond_schedule(plan) != NULL, CODE_LIFETIME_BEYOND_SCHEDULE);
	num = add_remark(out, num, plan->beside_key, CODE_PRIVATE_KEY_BESIDE);
	num = add_remark(out, num, is_stale(plan), CODE_LOG_LIST_STALE);
	num = add_remark(
		out, num, plan->basis == BASIS_EXTRAPOLATED, CODE_LOG_LIST_EXTRAPOLATED);
	return add_remark(out, num, plan->num_left_out > 0, CODE_NO_LIST_OF_SOURCE);
}

// What the longest lifetime of the tables is, of those that remark on more.
static int64_t longest_days(const struct plan_record *plan)
{
	int64_t days = 0;
	for (size_t i = 0; i < plan->num_policies; i++) {
		const struct plan_policy *policy = &plan->policies[i];
		if (policy->remark != CODE_NONE) {
			days = policy->row->remark_beyond_days;
		}
	}
	return days;
}

static void put_beyond_table(struct buffer *out, const struct plan_record *plan)
{
	long long longest = (long long)longest_days(plan);
	buffer_printf(out,
		"%lld days are more than the %lld of the published table; planned by its last "
		"row. No publicly trusted certificate may live that long: plan for %lld days "
		"or fewer",
		(long long)plan->lifetime.days, longest, longest);
}

static void put_beyond_schedule(struct buffer *out, const struct plan_record *plan)
{
	const struct requirement *agreed = beyond_schedule(plan);
	char from[DATETIME_ROOM];
	char latest[DATETIME_ROOM];
	datetime_format_ms(agreed->from_ms, from);
	datetime_format_ms(
		plan->not_before * 1000 + agreed->needed * DATETIME_DAY_MS - 1000,
		latest);
	buffer_printf(out,
		"it is to be valid for more than %u days, and CAs have agreed on at most %u "
		"for certificates issued from %s on: public CAs will issue no such one. "
		"Let it end by %s",
		agreed->needed, agreed->needed, from, latest);
}

// "the log list is 64 days old", or, of several, each that is stale by name.
static void put_stale_lists(struct buffer *out, const struct plan_record *plan)
{
	bool is_first = true;
	for (size_t i = 0; i <= plan->num_others; i++) {
		const struct plan_list *by = i ? &plan->others[i - 1] : &plan->main_list;
		if (!by->stale) {
			continue;
		}
		buffer_put_text(out, is_first ? "" : ", ");
		if (plan->num_others) {
			buffer_printf(out, "%s's log list",
				source_title(loglist_source(by->list)));
		} else {
			buffer_put_text(out, "the log list");
		}
		buffer_printf(out, " is %lld days old",
			(long long)(by->age_ms / DATETIME_DAY_MS));
		is_first = false;
	}
}

// What that is to be given, of each list that is stale.
static void put_refreshes(struct buffer *out, const struct plan_record *plan)
{
	bool is_first = true;
	for (size_t i = 0; i <= plan->num_others; i++) {
		const struct plan_list *by = i ? &plan->others[i - 1] : &plan->main_list;
		if (by->stale) {
			buffer_put_text(out, is_first ? "" : ", and");
			source_put_refresh(
				out, loglist_source(by->list), plan->num_others > 0);
			is_first = false;
		}
	}
}

static void put_stale(struct buffer *out, const struct plan_record *plan)
{
	put_stale_lists(out, plan);
	buffer_put_text(out,
		" at the time of check; devices with a list that old stop enforcing CT, and "
		"logs may have changed since: plan by the present one (ctpolicy log-list "
		"refresh");
	put_refreshes(out, plan);
	buffer_put_text(out, "; a service's operator sees to it)");
}

void report_plan_put_left_out(struct buffer *out, const struct plan_record *plan)
{
	for (size_t i = 0; i < plan->num_left_out; i++) {
		buffer_printf(out, "%s%s",
			i == 0                               ? ""
				: i + 1 < plan->num_left_out ? ", "
							     : " and ",
			plan->left_out[i]->name);
	}
}

// Which lists are missing, and how to get each.
static void put_no_list(struct buffer *out, const struct plan_record *plan)
{
	report_plan_put_left_out(out, plan);
	buffer_printf(out, " %s left out, for there is no list of ",
		plan->num_left_out == 1 ? "is" : "are");
	bool is_first = true;
	for (size_t i = 0; i < plan->num_left_out; i++) {
		const char *source = plan->left_out[i]->list;
		bool is_new = true;
		for (size_t k = 0; k < i; k++) {
			is_new = is_new && strcmp(plan->left_out[k]->list, source) != 0;
		}
		if (is_new) {
			buffer_printf(out, "%s%s's logs (ctpolicy log-list refresh",
				is_first ? "" : ", nor of ", source);
			source_put_refresh(out, source, true);
			buffer_put_char(out, ')');
			is_first = false;
		}
	}
	buffer_put_text(out,
		" at hand: fetch it, or name one (--log-list FILE) beside the "
		"others");
}

void report_plan_put_remark(
	struct buffer *out, const struct plan_record *plan, enum code code)
{
	switch ((int)code) {
	case CODE_LIFETIME_BEYOND_TABLE:
		put_beyond_table(out, plan);
		return;
	case CODE_LIFETIME_BEYOND_SCHEDULE:
		put_beyond_schedule(out, plan);
		return;
	case CODE_LOG_LIST_STALE:
		put_stale(out, plan);
		return;
	case CODE_NO_LIST_OF_SOURCE:
		put_no_list(out, plan);
		return;
	default:
		buffer_put_text(out, code_info(code)->sentence);
		return;
	}
}

void report_plan_put_exempt(struct buffer *out, const struct plan_record *plan)
{
	const struct plan_policy *policy = &plan->policies[0];
	buffer_put_text(out, "no SCTs are needed: ");
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		buffer_put_text(out, i ? "; " : "");
		buffer_put_text(out, code_info(policy->applies_because[i])->sentence);
	}
}

void report_plan_put_lifetime(struct buffer *out, const struct plan_record *plan)
{
	if (plan->lifetime_days) {
		buffer_printf(out, " (%u x 86400 seconds, of which notAfter is the last)",
			plan->lifetime_days);
	}
}

static void put_count(struct buffer *out, uint64_t num, const char *thing)
{
	buffer_printf(
		out, "%llu %s%s", (unsigned long long)num, thing, num == 1 ? "" : "s");
}

void report_plan_put_needed(struct buffer *out, const struct plan_policy *policy)
{
	put_count(out, policy->row->scts, "SCT");
	if (policy->row->cap_per_operator) {
		buffer_printf(out, ", of one log operator at most %u",
			policy->row->cap_per_operator);
	}
	if (!policy->row->cap_per_operator && policy->min_operators > 1) {
		buffer_printf(
			out, ", of at least %u log operators", policy->min_operators);
	}
	if (policy->rfc6962) {
		buffer_printf(out, ", %u from an RFC 6962 log", policy->rfc6962);
	}
}

static void put_part(struct buffer *out, const struct plan_part *part)
{
	if (part->rfc6962) {
		put_count(out, part->rfc6962, "RFC 6962 log");
	}
	if (part->tiled) {
		buffer_put_text(out, part->rfc6962 ? " and " : "");
		put_count(out, part->tiled, "static log");
	}
}

void report_plan_put_pattern(struct buffer *out, const struct plan_pattern *pattern)
{
	for (size_t i = 0; i < pattern->num_parts;) {
		const struct plan_part *part = &pattern->parts[i];
		size_t num = 1;
		while (i + num < pattern->num_parts &&
			pattern->parts[i + num].rfc6962 == part->rfc6962 &&
			pattern->parts[i + num].tiled == part->tiled) {
			num++;
		}
		buffer_put_text(out, i ? ", " : "");
		put_count(out, num, "operator");
		buffer_put_text(out, " with ");
		put_part(out, part);
		buffer_put_text(out, num > 1 ? " each" : "");
		i += num;
	}
}

static void put_lacking(struct buffer *out, const struct plan_failure *failure)
{
	unsigned needed = failure->result.needed;
	switch ((int)failure->result.requirement->code) {
	case CODE_NO_RFC6962_SCT:
		put_count(out, needed, "SCT");
		buffer_put_text(out, " from an RFC 6962 log");
		return;
	case CODE_NO_CURRENT_SCT:
		put_count(out, needed, "SCT");
		buffer_put_text(out, " from a log that is approved");
		return;
	case CODE_TOO_FEW_OPERATORS:
		buffer_printf(out, "SCTs of %u log operators", needed);
		return;
	default:
		put_count(out, needed, "embedded SCT");
		return;
	}
}

// A requirement on the certificate itself.
static void put_measure(struct buffer *out, const struct plan_failure *failure)
{
	const struct requirement_result *result = &failure->result;
	buffer_printf(
		out, "%s asks for %s", failure->policy->name, result->requirement->text);
	enum measure measure = result->requirement->measure;
	if (measure == MEASURE_DAYS || measure == MEASURE_DAYS_BETWEEN) {
		buffer_printf(out, "; this validity has %u days", result->got);
	} else if (measure == MEASURE_RSA_BITS) {
		buffer_printf(out, "; this key has %u bits", result->got);
	}
	buffer_put_text(out, ". No SCT changes that.");
}

void report_plan_put_failure(struct buffer *out, const struct plan_failure *failure)
{
	const struct requirement_result *result = &failure->result;
	if (!requirement_counts_scts(result->requirement)) {
		put_measure(out, failure);
		return;
	}
	buffer_printf(out, "%s needs ", failure->policy->name);
	put_lacking(out, failure);
	if (!failure->lost_operator) {
		buffer_put_text(out, "; all usable logs that take this notAfter");
	} else if (failure->lost_all) {
		buffer_put_text(out, "; without the logs of ");
		text_put_escaped(out, bytes_of_text(failure->lost_operator));
		buffer_put_text(out, " all others");
	} else {
		buffer_printf(out, "; without one %s log of ",
			failure->lost_api == LOG_RFC6962 ? "RFC 6962" : "static");
		text_put_escaped(out, bytes_of_text(failure->lost_operator));
		buffer_put_text(out, " all others");
	}
	if (result->requirement->measure == MEASURE_OPERATORS) {
		buffer_printf(out, " are of %u.", result->got);
		return;
	}
	buffer_printf(out, " can give %u that count%s.", result->got,
		result->got == 1 ? "s" : "");
}

void report_plan_put_lists(
	struct buffer *out, const struct plan_record *plan, const struct plan_log *log)
{
	const char *before = "usable by ";
	for (size_t i = 0; i <= plan->num_others; i++) {
		const struct plan_list *by = i ? &plan->others[i - 1] : &plan->main_list;
		if (!(log->lacking >> i & 1)) {
			buffer_put_text(out, before);
			buffer_put_text(out, loglist_source(by->list));
			buffer_put_text(out, "'s list");
			before = " and ";
		}
	}
	buffer_put_text(out, " alone");
}

static void put_time(struct buffer *out, int64_t seconds)
{
	char text[DATETIME_ROOM];
	datetime_format_seconds(seconds, text);
	buffer_put_text(out, text);
}

static void put_end(struct buffer *out, const struct plan_record *plan, int64_t not_after)
{
	long long days = (long long)lifetime_of(plan->not_before, not_after).days;
	put_time(out, not_after);
	buffer_printf(out, " (%lld day%s)", days, days == 1 ? "" : "s");
}

void report_plan_put_nearest(
	struct buffer *out, const struct plan_record *plan, const struct plan_sets *sets)
{
	if (!sets->earlier.found && !sets->later.found) {
		buffer_put_text(out,
			"With this notBefore and this log list no other notAfter can be met "
			"either.");
		return;
	}
	buffer_put_text(out, "The nearest notAfter that can be met: ");
	if (sets->earlier.found) {
		put_end(out, plan, sets->earlier.not_after);
	}
	if (sets->later.found) {
		buffer_put_text(out, sets->earlier.found ? ", or " : "");
		put_end(out, plan, sets->later.not_after);
	}
	buffer_put_char(out, '.');
}

const char *report_plan_submit_to(const struct ct_log *log)
{
	return log->text[LOG_SUBMISSION_URL] ? log->text[LOG_SUBMISSION_URL]
					     : log->text[LOG_URL];
}

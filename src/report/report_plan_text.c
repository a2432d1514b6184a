// SPDX-License-Identifier: Apache-2.0
// A plan for people: what is needed first, then who can give it, then which sets do.
#include "base/text.h"
#include "report/report_lists.h"
#include "report/report_plan.h"
#include "report/report_text.h"

#define LABEL_WIDTH 13
// Sets and patterns shown of the kind that was asked for; of the others their size.
#define SHOWN_SETS 5
#define SHOWN_PATTERNS 12

static void put_count(struct buffer *out, uint64_t num, const char *thing)
{
	buffer_printf(
		out, "%llu %s%s", (unsigned long long)num, thing, num == 1 ? "" : "s");
}

// Writes what the buffer holds at `indent`, and empties it.
static void put_line(struct buffer *out, struct buffer *text, size_t indent)
{
	text_put_spaces(out, indent);
	report_put_wrapped(out, buffer_bytes(text), indent, indent + 2);
	out->failed = out->failed || text->failed;
	text->len = 0;
}

static void put_labelled(struct buffer *out, const struct report_options *options,
	const char *label, struct buffer *text)
{
	report_put_coloured(out, options, FAINT, label);
	text_put_spaces(out, LABEL_WIDTH - strlen(label));
	report_put_wrapped(out, buffer_bytes(text), LABEL_WIDTH, LABEL_WIDTH);
	text->len = 0;
}

static const char *promise_of(enum survive survive)
{
	static const char *const words[] = {
		[SURVIVE_NONE] = "",
		[SURVIVE_LOG] = ", which survive the loss of any one log",
		[SURVIVE_OPERATOR] = ", which survive the loss of any one log operator",
	};
	return words[survive];
}

static void put_operators(struct buffer *out, const struct plan_sets *sets)
{
	buffer_put_text(out, " of ");
	if (sets->min_operators < sets->max_operators) {
		buffer_printf(out, "%zu to ", sets->min_operators);
	}
	put_count(out, sets->max_operators, "operator");
}

static void put_verdict(struct buffer *out, const struct report_options *options,
	const struct plan_record *plan, struct buffer *line)
{
	const struct plan_sets *sets = &plan->sets[plan->survive];
	bool possible = plan_is_possible(plan);
	const char *word = possible ? "PLAN" : "IMPOSSIBLE";
	if (plan->is_exempt) {
		report_plan_put_exempt(line, plan);
	} else if (sets->possible) {
		put_count(line, sets->size, "SCT");
		put_operators(line, sets);
		buffer_put_text(line, promise_of(plan->survive));
	} else {
		const char *lost = plan->survive == SURVIVE_LOG
			? " after the loss of any one log"
			: " after the loss of any one log operator";
		const struct plan_failure *first = sets->failures;
		if (sets->num_failures &&
			!requirement_counts_scts(first->result.requirement)) {
			buffer_printf(line,
				"whatever logs sign it, such a certificate does not meet %s",
				first->policy->name);
		} else {
			buffer_put_text(line, "no set of usable logs ");
			if (sets->too_large) {
				buffer_printf(line, "is known that has %d or fewer and ",
					PLAN_MAX_SET);
			}
			buffer_put_text(line, "satisfies this");
		}
		buffer_put_text(line, plan->sets[SURVIVE_NONE].possible ? lost : "");
	}
	if (!plan->is_exempt && plan_counts_scts(plan)) {
		buffer_put_text(line, "; ");
		put_count(line, plan->num_usable, "usable log");
		buffer_put_text(line, " of ");
		put_count(line, plan->num_operators, "operator");
		buffer_printf(line, " take%s the certificate",
			plan->num_usable == 1 ? "s" : "");
	}
	if (plan->num_left_out) {
		buffer_put_text(line, "; nothing is planned for ");
		report_plan_put_left_out(line, plan);
		buffer_put_text(line, ", without a log list");
	}
	buffer_put_char(line, '.');
	report_put_coloured(out, options, possible ? GOOD : BAD, word);
	buffer_put_text(out, ": ");
	report_put_wrapped(out, buffer_bytes(line), strlen(word) + 2, 0);
	line->len = 0;
}

static void put_list(struct buffer *out, const struct report_options *options,
	const struct plan_record *plan, const struct plan_list *by, struct buffer *line)
{
	static const char *const bases[] = {
		[BASIS_GIVEN] = "as given",
		[BASIS_EXACT] = "the newest at hand then",
		[BASIS_EXTRAPOLATED] = "the oldest at hand, taken back to that time",
	};
	buffer_put_text(
		line, plan->num_others ? loglist_source(by->list) : by->list->name);
	report_put_version(line, by->list);
	buffer_put_text(line, " of ");
	report_put_day(line, by->list->published_ms);
	buffer_printf(line, ", %s", bases[by->basis]);
	report_put_age(line, by->list, plan->at_ms);
	put_labelled(out, options, by == &plan->main_list ? "log list" : "", line);
}

static void put_head(struct buffer *out, const struct report_options *options,
	const struct plan_record *plan, struct buffer *line)
{
	buffer_put_char(out, '\n');
	report_put_instant(line, plan->not_before * 1000);
	buffer_put_text(line, " to ");
	report_put_instant(line, plan->not_after * 1000);
	buffer_put_text(line, ", ");
	report_put_days(line, plan->lifetime.days);
	report_plan_put_lifetime(line, plan);
	put_labelled(out, options, "valid", line);
	report_put_instant(line, plan->at_ms);
	put_labelled(out, options, "planned at", line);
	put_list(out, options, plan, &plan->main_list, line);
	for (size_t i = 0; i < plan->num_others; i++) {
		put_list(out, options, plan, &plan->others[i], line);
	}
}

static void put_policies(struct buffer *out, const struct report_options *options,
	const struct plan_record *plan, struct buffer *line)
{
	buffer_put_char(out, '\n');
	report_put_coloured(out, options, BOLD, "Needed, embedded\n");
	for (size_t i = 0; i < plan->num_policies; i++) {
		const struct plan_policy *policy = &plan->policies[i];
		buffer_printf(line, "%s: ", policy->policy->name);
		report_plan_put_needed(line, policy);
		buffer_printf(
			line, " (rule %s/%s)", policy->table->name, policy->row->name);
		for (size_t k = 0; k < policy->num_applies_because; k++) {
			buffer_put_text(line, k ? "; " : "; the policy does not apply: ");
			buffer_put_text(
				line, code_info(policy->applies_because[k])->sentence);
		}
		put_line(out, line, 2);
		shorter_put(&policy->shorter, line);
		if (policy->shorter.row) {
			put_line(out, line, 4);
		}
	}
}

static void put_set(struct buffer *line, const struct plan_log *const *set, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char *name = set[i]->log->text[LOG_DESCRIPTION];
		buffer_put_text(line, i ? " + " : "");
		text_put_escaped(
			line, bytes_of_text(name ? name : set[i]->operator_name));
		buffer_put_text(line, set[i]->known_to_all ? "" : "!");
	}
}

static void put_patterns(
	struct buffer *out, const struct plan_sets *sets, struct buffer *line)
{
	for (size_t i = 0; i < sets->num_patterns && i < SHOWN_PATTERNS; i++) {
		put_count(line, sets->patterns[i].num_sets, "set");
		buffer_put_text(line, ": ");
		report_plan_put_pattern(line, &sets->patterns[i]);
		put_line(out, line, 4);
	}
	if (sets->num_patterns > SHOWN_PATTERNS) {
		buffer_printf(line, "and %zu patterns more (--format json has them)",
			sets->num_patterns - SHOWN_PATTERNS);
		put_line(out, line, 4);
	}
}

// Where the logs of the first set are given what is to be logged.
static void put_addresses(
	struct buffer *out, const struct plan_sets *sets, struct buffer *line)
{
	buffer_printf(
		line, "submit to%s", sets->num_sets > 1 ? " (the first of these)" : "");
	put_line(out, line, 4);
	for (size_t i = 0; i < sets->size; i++) {
		const char *url = report_plan_submit_to(sets->named[0][i]->log);
		text_put_escaped(
			line, bytes_of_text(url ? url : "(the list does not say)"));
		put_line(out, line, 6);
	}
}

static void put_size(
	struct buffer *out, const struct plan_sets *sets, struct buffer *line)
{
	put_count(line, sets->size, "log");
	put_operators(line, sets);
	buffer_put_text(line, plan_sets_are_all(sets) ? "; " : "; at least ");
	put_count(line, sets->num_sets, "set");
	buffer_put_text(line, sets->not_smallest ? " (smaller ones may exist)" : "");
	put_line(out, line, 0);
}

static void put_possible(
	struct buffer *out, const struct plan_sets *sets, struct buffer *line)
{
	if (sets->size == 0) {
		buffer_put_text(out, "none is needed\n");
		return;
	}
	put_size(out, sets, line);
	put_patterns(out, sets, line);
	for (size_t i = 0; i < sets->num_named && i < SHOWN_SETS; i++) {
		buffer_put_text(line,
			i > 0                        ? "or "
				: sets->num_sets > 1 ? "for instance "
						     : "");
		put_set(line, sets->named[i], sets->size);
		put_line(out, line, 4);
	}
	put_addresses(out, sets, line);
}

static void put_impossible(struct buffer *out, const struct plan_record *plan,
	const struct plan_sets *sets, struct buffer *line)
{
	buffer_put_text(line, "not possible");
	put_line(out, line, 0);
	for (size_t i = 0; i < sets->num_failures; i++) {
		report_plan_put_failure(line, &sets->failures[i]);
		put_line(out, line, 4);
	}
	report_plan_put_nearest(line, plan, sets);
	put_line(out, line, 4);
}

// What was not asked for, in a line.
static void put_briefly(
	struct buffer *out, const struct plan_sets *sets, struct buffer *line)
{
	if (sets->possible && sets->size == 0) {
		buffer_put_text(out, "none is needed\n");
	} else if (sets->possible) {
		put_size(out, sets, line);
	} else {
		buffer_put_text(out, "not possible\n");
	}
}

static void put_kinds(struct buffer *out, const struct report_options *options,
	const struct plan_record *plan, struct buffer *line)
{
	static const char *const labels[] = {
		[SURVIVE_NONE] = "  now",
		[SURVIVE_LOG] = "  if any log is lost (--survive log)",
		[SURVIVE_OPERATOR] = "  if any operator is lost (--survive operator)",
	};
	buffer_put_char(out, '\n');
	report_put_coloured(out, options, BOLD,
		plan->num_others > 0
			? "Smallest sets of logs, on all lists if possible (lost: "
			  "retired or rejected)\n"
			: "Smallest sets of logs (lost: later retired or rejected)\n");
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		const struct plan_sets *sets = &plan->sets[i];
		buffer_printf(out, "%s: ", labels[i]);
		if (sets->survive != plan->survive) {
			put_briefly(out, sets, line);
		} else if (sets->possible) {
			put_possible(out, sets, line);
		} else {
			put_impossible(out, plan, sets, line);
		}
	}
	buffer_put_text(out, "  (--format json has the sets of all three)\n");
}

static void put_log(struct buffer *out, const struct lists_view *view,
	const struct plan_log *log, struct buffer *line)
{
	const char *url = report_plan_submit_to(log->log);
	report_put_log_line(view, log->log, out);
	if (url) {
		text_put_escaped(line, bytes_of_text(url));
		put_line(out, line, 15);
	}
	if (log->standing.state == LOG_QUALIFIED) {
		buffer_put_text(line,
			"! approved, but not usable yet: in no set, many devices do not know "
			"it");
		put_line(out, line, 15);
	} else if (!log->known_to_all && log->known_from_ms) {
		buffer_put_text(
			line, "! devices with an older list do not know it until ");
		report_put_day(line, log->known_from_ms);
		put_line(out, line, 15);
	} else if (!log->known_to_all) {
		buffer_put_text(line, "! not known since when it is usable");
		put_line(out, line, 15);
	}
}

static void put_logs(struct buffer *out, const struct report_options *options,
	const struct plan_record *plan, struct buffer *line)
{
	struct lists_view view = {
		.list = plan->list, .basis = plan->basis, .at_ms = plan->at_ms};
	buffer_put_char(out, '\n');
	report_put_coloured(out, options, BOLD,
		"Logs that take it: state, since when, between which days it may end, "
		"name\n");
	for (size_t i = 0; i < plan->num_logs; i++) {
		const struct plan_log *log = &plan->logs[i];
		if (i == 0 || log->op != plan->logs[i - 1].op) {
			text_put_escaped(out, bytes_of_text(log->operator_name));
			buffer_put_char(out, '\n');
		}
		view.list = log->list;
		put_log(out, &view, log, line);
		if (log->lacking) {
			buffer_put_text(line, "! ");
			report_plan_put_lists(line, plan, log);
			put_line(out, line, 15);
		}
	}
	if (plan->num_logs == 0) {
		buffer_put_text(out, "none\n");
	} else {
		buffer_put_text(out, "* marks a static-ct-api log.\n");
	}
}

static void put_others(
	struct buffer *out, const struct plan_record *plan, struct buffer *line)
{
	const char *before = " ";
	buffer_put_text(line, "Others of the list do not:");
	if (plan->num_outside) {
		buffer_printf(line,
			" %zu %s usable or qualified, and take%s another notAfter",
			plan->num_outside, plan->num_outside == 1 ? "is" : "are",
			plan->num_outside == 1 ? "s" : "");
		before = ", ";
	}
	for (size_t i = 0; i < NUM_LOG_STATES; i++) {
		if (plan->num_in_state[i]) {
			buffer_printf(line, "%s%zu %s", before, plan->num_in_state[i],
				i == LOG_NO_STATE ? "without a state"
						  : log_state_name((enum log_state)i));
			before = ", ";
		}
	}
	buffer_put_char(line, '.');
	if (strcmp(before, ", ") == 0) {
		put_line(out, line, 0);
	}
	line->len = 0;
}

static void put_remarks(struct buffer *out, const struct report_options *options,
	const struct plan_record *plan, struct buffer *line)
{
	enum code codes[PLAN_MAX_REMARKS];
	size_t num = report_plan_remarks(plan, codes);
	if (num > 0) {
		buffer_put_char(out, '\n');
		report_put_coloured(out, options, BOLD, "What to know\n");
	}
	for (size_t i = 0; i < num; i++) {
		const struct code_info *info = code_info(codes[i]);
		buffer_printf(line, "%s: ", severity_name(info->severity));
		report_plan_put_remark(line, plan, codes[i]);
		buffer_printf(line, ". [%s]", info->name);
		put_line(out, line, 2);
	}
}

void report_plan_text(const struct report_options *options,
	const struct plan_record *plan, struct buffer *out)
{
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	put_verdict(out, options, plan, &line);
	put_head(out, options, plan, &line);
	put_policies(out, options, plan, &line);
	// Of a certificate that needs none, sets are shown to who asks for them.
	if (!plan->is_exempt || plan->survive != SURVIVE_NONE) {
		put_kinds(out, options, plan, &line);
	}
	if (plan_counts_scts(plan) &&
		(!plan->is_exempt || plan->survive != SURVIVE_NONE)) {
		put_logs(out, options, plan, &line);
		put_others(out, plan, &line);
	}
	put_remarks(out, options, plan, &line);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

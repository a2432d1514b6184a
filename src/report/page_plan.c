// SPDX-License-Identifier: Apache-2.0
// A plan as a page: what a certificate of these dates needs, the smallest sets of logs that give it,
// and the logs that take it.
#include "report/page_write.h"
#include "report/report_plan.h"

#include "base/datetime.h"
#include "base/text.h"

// Sets and patterns shown of each kind; the JSON has them all.
#define SHOWN_SETS 5
#define SHOWN_PATTERNS 12

static void put_count(struct buffer *out, uint64_t num, const char *thing)
{
	buffer_printf(
		out, "%llu %s%s", (unsigned long long)num, thing, num == 1 ? "" : "s");
}

// Words of the report for people, escaped.
static void put_escaped(struct buffer *out, struct buffer *text)
{
	buffer_put_char(text, '\0');
	html_put_text(out, text->failed ? "" : (const char *)text->data);
	out->failed = out->failed || text->failed;
	buffer_clear(text);
}

static void put_operators(struct buffer *out, const struct plan_sets *sets)
{
	buffer_put_text(out, " of ");
	if (sets->min_operators < sets->max_operators) {
		buffer_printf(out, "%zu to ", sets->min_operators);
	}
	put_count(out, sets->max_operators, "operator");
}

static void put_form(const struct page_plan *view, struct buffer *out)
{
	static const char *const words[] = {
		[SURVIVE_NONE] = "nothing",
		[SURVIVE_LOG] = "any one log",
		[SURVIVE_OPERATOR] = "any one log operator",
	};
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	datetime_format_seconds(view->not_before, from);
	datetime_format_seconds(view->not_after, to);
	buffer_printf(out,
		"<form class=\"inline\" method=\"%s\" action=\"/plan\">%s\n<label "
		"for=\"not_before\">Valid from</label> <input id=\"not_before\" "
		"name=\"not_before\" type=\"date\" required value=\"%.10s\">\n<label "
		"for=\"not_after\">to the end of</label> <input id=\"not_after\" "
		"name=\"not_after\" type=\"date\" required value=\"%.10s\">\n<label "
		"for=\"survive\">survives the loss of</label> <select id=\"survive\" "
		"name=\"survive\">\n",
		view->method, view->hidden, from, to);
	for (unsigned i = 0; i < NUM_SURVIVES; i++) {
		buffer_printf(out, "<option value=\"%s\"%s>%s</option>\n",
			survive_name((enum survive)i),
			i == view->survive ? " selected" : "", words[i]);
	}
	buffer_put_text(out,
		"</select>\n<button class=\"primary\" type=\"submit\">Plan"
		"</button>\n</form>\n");
}

static void put_verdict(const struct plan_record *plan, struct buffer *out)
{
	static const char *const promises[] = {
		[SURVIVE_NONE] = "",
		[SURVIVE_LOG] = ", which survive the loss of any one log",
		[SURVIVE_OPERATOR] = ", which survive the loss of any one log operator",
	};
	const struct plan_sets *sets = &plan->sets[plan->survive];
	buffer_printf(out,
		"<section id=\"verdict\" class=\"verdict %s\">\n<p class=\"word\"><span "
		"class=\"sign\" aria-hidden=\"true\"></span>%s</p>\n<h2>",
		sets->possible ? "good" : "bad", sets->possible ? "Plan" : "Impossible");
	if (sets->possible) {
		put_count(out, sets->size, "SCT");
		put_operators(out, sets);
		buffer_put_text(out, promises[plan->survive]);
	} else {
		buffer_put_text(out, "No set of usable logs satisfies this");
	}
	buffer_put_text(out, "; ");
	put_count(out, plan->num_usable, "usable log");
	buffer_put_text(out, " of ");
	put_count(out, plan->num_operators, "operator");
	buffer_printf(out, " take%s the certificate.</h2>\n<p class=\"soft\">",
		plan->num_usable == 1 ? "s" : "");
	buffer_printf(out, "%lld days, by the ", (long long)plan->lifetime.days);
	html_put_foreign(out, bytes_of_text(plan->list->name));
	buffer_put_text(out, " log list ");
	html_put_foreign(out, bytes_of_text(plan->list->version));
	buffer_put_text(out, " of ");
	page_put_day(out, plan->list->published_ms);
	buffer_put_text(out, "</p>\n</section>\n");
}

static void put_needed(const struct plan_record *plan, struct buffer *out)
{
	html_begin_section(out, "needed", "What it needs, embedded");
	buffer_put_text(out, "<dl class=\"facts\">\n");
	for (size_t i = 0; i < plan->num_policies; i++) {
		const struct plan_policy *policy = &plan->policies[i];
		struct buffer text;
		buffer_init(&text, 4096);
		buffer_put_text(out, "<dt>");
		html_put_text(out, policy->policy->title);
		buffer_put_text(out, "</dt><dd>");
		report_plan_put_needed(&text, policy);
		put_escaped(out, &text);
		buffer_printf(out, " <span class=\"soft\">(rule %s/%s)</span>",
			policy->table->name, policy->row->name);
		for (size_t k = 0; k < policy->num_applies_because; k++) {
			buffer_put_text(out, k ? "; " : "; the policy does not apply: ");
			html_put_text(
				out, code_info(policy->applies_because[k])->sentence);
		}
		buffer_put_text(out, "</dd>\n");
	}
	buffer_put_text(out, "</dl>\n</section>\n");
}

static void put_set(const struct plan_log *const *set, size_t size, struct buffer *out)
{
	buffer_put_text(out, "<li>");
	for (size_t i = 0; i < size; i++) {
		buffer_put_text(out, i ? " + " : "");
		page_put_log_name(out, set[i]->log);
		buffer_put_text(out, set[i]->known_to_all ? "" : " (!)");
	}
	buffer_put_text(out, "</li>\n");
}

static void put_possible(const struct plan_sets *sets, struct buffer *out)
{
	buffer_put_text(out, "<p>");
	page_put_mark(out, MARK_GOOD, "possible");
	buffer_put_char(out, ' ');
	put_count(out, sets->size, "log");
	put_operators(out, sets);
	buffer_put_text(out, sets->num_sets == PLAN_MAX_COUNT ? "; at least " : "; ");
	put_count(out, sets->num_sets, "set");
	buffer_put_text(out, "</p>\n<ul>\n");
	for (size_t i = 0; i < sets->num_named && i < SHOWN_SETS; i++) {
		put_set(sets->named[i], sets->size, out);
	}
	buffer_put_text(out, "</ul>\n");
	html_begin_details(out, "By how many logs of each operator");
	buffer_put_text(out, "<ul>\n");
	for (size_t i = 0; i < sets->num_patterns && i < SHOWN_PATTERNS; i++) {
		struct buffer text;
		buffer_init(&text, 4096);
		buffer_put_text(out, "<li>");
		put_count(out, sets->patterns[i].num_sets, "set");
		buffer_put_text(out, ": ");
		report_plan_put_pattern(&text, &sets->patterns[i]);
		put_escaped(out, &text);
		buffer_put_text(out, "</li>\n");
	}
	buffer_put_text(out, "</ul>\n</details>\n");
}

static void put_impossible(
	const struct plan_record *plan, const struct plan_sets *sets, struct buffer *out)
{
	struct buffer text;
	buffer_put_text(out, "<p>");
	page_put_mark(out, MARK_BAD, "not possible");
	buffer_put_text(out, "</p>\n<ul>\n");
	for (size_t i = 0; i < sets->num_failures; i++) {
		buffer_init(&text, 4096);
		report_plan_put_failure(&text, &sets->failures[i]);
		buffer_put_text(out, "<li>");
		put_escaped(out, &text);
		buffer_put_text(out, "</li>\n");
	}
	buffer_init(&text, 4096);
	report_plan_put_nearest(&text, plan, sets);
	buffer_put_text(out, "<li>");
	put_escaped(out, &text);
	buffer_put_text(out, "</li>\n</ul>\n");
}

static void put_kinds(const struct plan_record *plan, struct buffer *out)
{
	static const char *const headings[] = {
		[SURVIVE_NONE] = "Now",
		[SURVIVE_LOG] = "If any one log is lost",
		[SURVIVE_OPERATOR] = "If any one operator is lost",
	};
	html_begin_section(out, "sets", "The smallest sets of logs");
	html_put_note(out,
		"Lost: later retired or rejected. (!) marks logs that devices with an older list "
		"do not know yet.");
	buffer_put_text(out, "<div class=\"models three\">\n");
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		buffer_printf(
			out, "<article class=\"model\">\n<h3>%s</h3>\n", headings[i]);
		if (plan->sets[i].possible) {
			put_possible(&plan->sets[i], out);
		} else {
			put_impossible(plan, &plan->sets[i], out);
		}
		buffer_put_text(out, "</article>\n");
	}
	buffer_put_text(out, "</div>\n</section>\n");
}

static void put_known(const struct plan_log *log, struct buffer *out)
{
	if (log->standing.state == LOG_QUALIFIED) {
		buffer_put_text(out, "approved, but not usable yet: in no set");
	} else if (log->known_to_all) {
		buffer_put_text(out, "to all");
	} else if (log->known_from_ms) {
		buffer_put_text(out, "(!) to all from ");
		page_put_day(out, log->known_from_ms);
	} else {
		buffer_put_text(out, "(!) not known since when it is usable");
	}
}

static void put_log(
	const struct plan_record *plan, const struct plan_log *log, struct buffer *out)
{
	const char *url = report_plan_submit_to(log->log);
	buffer_put_text(out, "<tr><th scope=\"row\">");
	page_put_log_name(out, log->log);
	buffer_put_text(out, " <span class=\"soft\">");
	html_put_foreign(out, bytes_of_text(plan->list->operators[log->log->op]));
	buffer_put_text(out, "</span>");
	if (url) {
		buffer_put_text(out, "<br><code class=\"soft\">");
		html_put_foreign(out, bytes_of_text(url));
		buffer_put_text(out, "</code>");
	}
	buffer_put_text(out, "</th>");
	page_begin_cell(out, "Kind");
	buffer_put_text(out, log->log->api == LOG_STATIC ? "static-ct-api" : "RFC 6962");
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "State");
	html_put_text(out, log_state_name(log->standing.state));
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "Takes ends");
	if (log->log->has_interval) {
		page_put_day(out, log->log->start_ms);
		buffer_put_text(out, " to before ");
		page_put_day(out, log->log->end_ms);
	} else {
		buffer_put_text(out, "any");
	}
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "Known to devices");
	put_known(log, out);
	buffer_put_text(out, "</td></tr>\n");
}

static void put_logs(const struct plan_record *plan, struct buffer *out)
{
	static const char *const headings[] = {
		"Log", "Kind", "State", "Takes ends", "Known to devices", NULL};
	html_begin_section(out, "takers", "Logs that take it");
	if (plan->num_logs == 0) {
		html_put_note(out, "None takes a certificate that ends then.");
	} else {
		page_begin_table(
			out, "class=\"flow\"", "By operator, where to submit", headings);
		for (size_t i = 0; i < plan->num_logs; i++) {
			put_log(plan, &plan->logs[i], out);
		}
		page_end_table(out);
	}
	buffer_put_text(out, "</section>\n");
}

static void put_remarks(const struct plan_record *plan, struct buffer *out)
{
	enum code codes[PLAN_MAX_REMARKS];
	size_t num = report_plan_remarks(plan, codes);
	if (num == 0) {
		return;
	}
	html_begin_section(out, "todo", "What to know");
	buffer_put_text(out, "<ul class=\"findings\">\n");
	for (size_t i = 0; i < num; i++) {
		buffer_put_text(out, "<li class=\"doubt\"><p>");
		html_put_text(out, code_info(codes[i])->sentence);
		buffer_put_char(out, ' ');
		html_put_code(out, code_info(codes[i])->name);
		buffer_put_text(out, "</p></li>\n");
	}
	buffer_put_text(out, "</ul>\n</section>\n");
}

void page_put_plan(const struct page_plan *view, struct buffer *out)
{
	const struct plan_record *plan = view->plan;
	buffer_put_text(
		out, "<h1>Which logs give a certificate the SCTs that it needs?</h1>\n");
	put_form(view, out);
	if (!plan) {
		return;
	}
	put_verdict(plan, out);
	put_remarks(plan, out);
	put_needed(plan, out);
	put_kinds(plan, out);
	put_logs(plan, out);
}

// SPDX-License-Identifier: Apache-2.0
// A plan on the page: the sentence first, what to know, what each policy needs, the sets, the logs,
// and what was planned.
#include "report/page_plan.h"

#include "base/datetime.h"
#include "report/page_write.h"
#include "report/report_plan.h"

void page_put_plan_count(struct buffer *out, uint64_t num, const char *thing)
{
	buffer_printf(
		out, "%llu %s%s", (unsigned long long)num, thing, num == 1 ? "" : "s");
}

void page_put_plan_address(
	struct buffer *out, int64_t not_before, int64_t not_after, const char *tail)
{
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	datetime_format_seconds(not_before, from);
	datetime_format_seconds(not_after, to);
	buffer_printf(out, "/plan?not_before=%s&amp;not_after=%s&amp;", from, to);
	html_put_text(out, tail);
}

void page_put_lifetimes(int64_t not_before, const char *tail, struct buffer *out)
{
	// The longest that the CA/Browser Forum allows, now and later, and those of the policies.
	static const int days[] = {47, 90, 100, 180, 200, 398};
	buffer_put_text(out, "<p class=\"lifetimes\"><span>From ");
	page_put_day(out, not_before * 1000);
	buffer_put_text(out, " on, for</span> ");
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		buffer_put_text(out, i ? " <a href=\"" : "<a href=\"");
		page_put_plan_address(
			out, not_before, not_before + (int64_t)days[i] * 86400 - 1, tail);
		buffer_printf(out, "\">%d days</a>", days[i]);
	}
	buffer_put_text(out, "</p>\n");
}

// The sentence.

const struct plan_sets *page_plan_lack(const struct plan_record *plan)
{
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		if (!plan->sets[i].possible) {
			return &plan->sets[i];
		}
	}
	return NULL;
}

static void put_lost(const struct plan_failure *failure, struct buffer *out)
{
	if (!failure->lost_operator) {
		return;
	}
	buffer_put_text(out, " <span class=\"soft\">without ");
	buffer_put_text(out,
		failure->lost_all                          ? "the logs of "
			: failure->lost_api == LOG_RFC6962 ? "one RFC 6962 log of "
							   : "one static log of ");
	html_put_foreign(out, bytes_of_text(failure->lost_operator));
	buffer_put_text(out, "</span>");
}

void page_put_plan_failures(const struct plan_sets *sets, struct buffer *out)
{
	static const char *const headings[] = {"Requirement", "Needed", "Possible", NULL};
	page_begin_table(out, "class=\"needs lacks\"",
		"What all usable logs together cannot give.", headings);
	for (size_t i = 0; i < sets->num_failures; i++) {
		const struct plan_failure *failure = &sets->failures[i];
		buffer_put_text(out, "<tr><th scope=\"row\"><strong>");
		html_put_text(out, failure->policy->name);
		buffer_put_text(out, "</strong>: ");
		html_put_text(out, failure->result.requirement->text);
		put_lost(failure, out);
		buffer_put_text(out, "</th>");
		page_begin_cell(out, "Needed");
		buffer_printf(out, "%u</td>", failure->result.needed);
		page_begin_cell(out, "Possible");
		buffer_printf(out, "%u</td></tr>\n", failure->result.got);
	}
	page_end_table(out);
}

static void put_nearest_link(
	const struct page_plan *page, int64_t not_after, struct buffer *out)
{
	int64_t not_before = page->plan->not_before;
	buffer_put_text(out, "<a href=\"");
	page_put_plan_address(out, not_before, not_after, page->tail);
	buffer_put_text(out, "\">");
	page_put_instant(out, not_after * 1000);
	buffer_put_text(out, "</a> (");
	page_put_plan_count(
		out, (uint64_t)lifetime_of(not_before, not_after).days, "day");
	buffer_put_char(out, ')');
}

void page_put_plan_nearest(
	const struct page_plan *page, const struct plan_sets *sets, struct buffer *out)
{
	if (!sets->earlier.found && !sets->later.found) {
		buffer_put_text(out,
			"<p>With this notBefore and this log list no other notAfter can be met "
			"either.</p>\n");
		return;
	}
	buffer_put_text(out, "<p>The nearest notAfter that can be met: ");
	if (sets->earlier.found) {
		put_nearest_link(page, sets->earlier.not_after, out);
		buffer_put_text(out, ", which is earlier");
	}
	if (sets->later.found) {
		buffer_put_text(out, sets->earlier.found ? ", or " : "");
		put_nearest_link(page, sets->later.not_after, out);
		buffer_put_text(out, ", which is later");
	}
	buffer_put_text(out, ".</p>\n");
}

static void put_takers(const struct plan_record *plan, struct buffer *out)
{
	if (plan->num_usable == 0) {
		buffer_put_text(out, "No usable log takes a certificate that ends on ");
	} else {
		page_put_plan_count(out, plan->num_usable, "usable log");
		buffer_put_text(out, " of ");
		page_put_plan_count(out, plan->num_operators, "operator");
		buffer_printf(out, " take%s a certificate that ends on ",
			plan->num_usable == 1 ? "s" : "");
	}
	page_put_day(out, plan->not_after * 1000);
	buffer_put_text(out, ".");
}

static void put_exempt(const struct plan_record *plan, struct buffer *out)
{
	const struct plan_policy *policy = &plan->policies[0];
	buffer_put_text(out, "No SCTs are needed.</h2>\n<p>The policy does not apply: ");
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		buffer_put_text(out, i ? "; " : "");
		html_put_text(out, code_info(policy->applies_because[i])->sentence);
	}
	buffer_put_text(out, ".</p>\n");
}

static void put_possible(const struct plan_record *plan, struct buffer *out)
{
	static const char *const promises[] = {
		[SURVIVE_NONE] = " are enough",
		[SURVIVE_LOG] =
			" are enough, also when any one of the logs is lost later",
		[SURVIVE_OPERATOR] =
			" are enough, also when any one log operator is lost later",
	};
	const struct plan_sets *sets = &plan->sets[plan->survive];
	if (plan->is_exempt) {
		put_exempt(plan, out);
		return;
	}
	page_put_plan_count(out, sets->size, "SCT");
	buffer_put_text(out, " of ");
	if (sets->min_operators < sets->max_operators) {
		buffer_printf(out, "%zu to ", sets->min_operators);
	}
	page_put_plan_count(out, sets->max_operators, "log operator");
	buffer_put_text(out, sets->size == 1 ? " is enough" : promises[plan->survive]);
	buffer_put_text(out, ".</h2>\n<p>");
	put_takers(plan, out);
	buffer_put_text(out, "</p>\n");
}

static void put_impossible(const struct page_plan *page, struct buffer *out)
{
	static const char *const promises[] = {
		[SURVIVE_NONE] = "",
		[SURVIVE_LOG] = " when any one of its logs is lost later",
		[SURVIVE_OPERATOR] = " when any one log operator is lost later",
	};
	const struct plan_record *plan = page->plan;
	bool now = plan->sets[SURVIVE_NONE].possible;
	buffer_printf(out, "No set of usable logs %s%s.</h2>\n<p>",
		now ? "stays enough" : "is enough", now ? promises[plan->survive] : "");
	put_takers(plan, out);
	buffer_put_text(out, "</p>\n");
	page_put_plan_nearest(page, &plan->sets[plan->survive], out);
}

static void put_verdict(const struct page_plan *page, struct buffer *out)
{
	bool good = plan_is_possible(page->plan);
	buffer_printf(out,
		"<section id=\"verdict\" class=\"verdict %s\" aria-labelledby=\"verdict-h\">\n"
		"<p class=\"word\"><span class=\"sign\" aria-hidden=\"true\"></span>%s</p>\n"
		"<h2 id=\"verdict-h\" tabindex=\"-1\">",
		good ? "good" : "bad", good ? "Possible" : "Impossible");
	if (good) {
		put_possible(page->plan, out);
	} else {
		put_impossible(page, out);
	}
	buffer_put_text(out, "</section>\n");
	page_put_lifetimes(page->plan->not_before, page->tail, out);
}

static void put_lack(const struct plan_record *plan, struct buffer *out)
{
	if (!plan_is_possible(plan)) {
		html_begin_section(out, "lack", "What is lacking");
		page_put_plan_failures(page_plan_lack(plan), out);
		buffer_put_text(out, "</section>\n");
	}
}

static void put_remark(const struct plan_record *plan, enum code code, struct buffer *out)
{
	struct buffer text;
	buffer_init(&text, REPORT_MAX);
	report_plan_put_remark(&text, plan, code);
	if (text.len > 0 && text.data[0] >= 'a' && text.data[0] <= 'z') {
		text.data[0] = (uint8_t)(text.data[0] - 'a' + 'A');
	}
	buffer_put_char(&text, '\0');
	buffer_put_text(out, "<li class=\"doubt\"><p>");
	html_put_text(out, text.failed ? "" : (const char *)text.data);
	buffer_put_text(out, ".</p><p class=\"soft\">");
	html_put_code(out, code_info(code)->name);
	buffer_put_text(out, "</p></li>\n");
	buffer_clear(&text);
}

// The first policy that would ask for less of a certificate that ends a little earlier.
static const struct plan_policy *near_shorter(const struct plan_record *plan)
{
	for (size_t i = 0; i < plan->num_policies; i++) {
		if (plan->policies[i].shorter.row && !plan->is_exempt) {
			return &plan->policies[i];
		}
	}
	return NULL;
}

static void put_shorter(
	const struct page_plan *page, const struct shorter *shorter, struct buffer *out)
{
	const struct plan_record *plan = page->plan;
	int64_t end = plan->not_after - shorter->seconds;
	struct buffer text;
	buffer_init(&text, REPORT_MAX);
	shorter_put(shorter, &text);
	buffer_put_char(&text, '\0');
	buffer_put_text(out, "<li class=\"doubt\"><p>");
	html_put_text(out, text.failed ? "" : (const char *)text.data);
	buffer_put_text(out, " <a href=\"");
	page_put_plan_address(out, plan->not_before, end, page->tail);
	buffer_put_text(out, "\">Plan for ");
	page_put_instant(out, end * 1000);
	buffer_put_text(out, "</a></p></li>\n");
	buffer_clear(&text);
}

static void put_remarks(const struct page_plan *page, struct buffer *out)
{
	const struct plan_record *plan = page->plan;
	enum code codes[PLAN_MAX_REMARKS];
	size_t num = report_plan_remarks(plan, codes);
	const struct plan_policy *near = near_shorter(plan);
	if (num == 0 && !near) {
		return;
	}
	html_begin_section(out, "todo", "What to know");
	buffer_put_text(out, "<ul class=\"findings\">\n");
	if (near) {
		put_shorter(page, &near->shorter, out);
	}
	for (size_t i = 0; i < num; i++) {
		put_remark(plan, codes[i], out);
	}
	buffer_put_text(out, "</ul>\n</section>\n");
}

// What each policy needs.

static void put_at_most(struct buffer *out, unsigned cap)
{
	if (cap) {
		buffer_printf(out, "%u at most", cap);
	} else {
		buffer_put_text(out, "any number");
	}
}

static void put_policy(const struct plan_policy *policy, struct buffer *out)
{
	buffer_put_text(out, "<tr><th scope=\"row\">");
	html_put_text(out, policy->policy->title);
	for (size_t i = 0; i < policy->num_applies_because; i++) {
		buffer_put_text(out,
			i ? "; "
			  : "<br><span class=\"soft\">it does not apply to this one: ");
		html_put_text(out, code_info(policy->applies_because[i])->sentence);
	}
	buffer_put_text(out, policy->num_applies_because ? "</span></th>" : "</th>");
	page_begin_cell(out, "SCTs");
	buffer_printf(out, "<strong>%u</strong></td>", policy->row->scts);
	page_begin_cell(out, "Operators");
	buffer_printf(out, "%u at least</td>", policy->min_operators);
	page_begin_cell(out, "Of one operator");
	put_at_most(out, policy->row->cap_per_operator);
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "From RFC 6962 logs");
	if (policy->rfc6962) {
		buffer_printf(out, "%u at least</td>", policy->rfc6962);
	} else {
		buffer_put_text(out, "not asked for</td>");
	}
	page_begin_cell(out, "Rule");
	buffer_put_text(out, "<code>");
	html_put_text(out, policy->table->name);
	buffer_put_char(out, '/');
	html_put_text(out, policy->row->name);
	buffer_put_text(out, "</code></td></tr>\n");
}

static void put_policies(const struct plan_record *plan, struct buffer *out)
{
	static const char *const headings[] = {"Policy", "SCTs", "Operators",
		"Of one operator", "From RFC 6962 logs", "Rule", NULL};
	char caption[96];
	html_begin_section(out, "needs", "What each policy needs");
	(void)snprintf(caption, sizeof(caption),
		"SCTs embedded in a certificate that lives %lld day%s.",
		(long long)plan->lifetime.days, plan->lifetime.days == 1 ? "" : "s");
	page_begin_table(out, "class=\"flow\"", caption, headings);
	for (size_t i = 0; i < plan->num_policies; i++) {
		put_policy(&plan->policies[i], out);
	}
	page_end_table(out);
	buffer_put_text(out, "</section>\n");
}

// What was planned.

static void put_list(const struct plan_record *plan, struct buffer *out)
{
	static const char *const bases[] = {
		[BASIS_GIVEN] = "as given",
		[BASIS_EXACT] = "the newest at hand then",
		[BASIS_EXTRAPOLATED] = "the oldest at hand, taken back to that time",
	};
	buffer_put_text(out, "<dt>Log list</dt><dd>");
	html_put_foreign(out, bytes_of_text(plan->list->name));
	buffer_put_char(out, ' ');
	html_put_foreign(out, bytes_of_text(plan->list->version));
	buffer_put_text(out, " of ");
	page_put_day(out, plan->list->published_ms);
	buffer_put_text(out, ", ");
	page_put_plan_count(
		out, (uint64_t)(plan->main_list.age_ms / DATETIME_DAY_MS), "day");
	buffer_printf(out, " old, %s</dd>\n", bases[plan->basis]);
}

// What the script puts into the form: its fields say what the plan is about.
static void put_fill(struct buffer *out, const char *field, const char *value)
{
	buffer_printf(out, "<span hidden data-fill=\"%s\" data-value=\"%s\"></span>",
		field, value);
}

static void put_facts(const struct plan_record *plan, struct buffer *out)
{
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	datetime_format_seconds(plan->not_before, from);
	datetime_format_seconds(plan->not_after, to);
	html_begin_section(out, "about", "What was planned");
	buffer_put_text(out, "<dl class=\"facts\">\n<dt>Valid</dt><dd>");
	page_put_instant(out, plan->not_before * 1000);
	buffer_put_text(out, " to ");
	page_put_instant(out, plan->not_after * 1000);
	buffer_put_text(out, ", ");
	page_put_plan_count(out, (uint64_t)plan->lifetime.days, "day");
	report_plan_put_lifetime(out, plan);
	put_fill(out, "not_before", from);
	put_fill(out, "not_after", to);
	if (plan->cert) {
		buffer_put_text(out, ", as the certificate that was given has it");
		put_fill(out, "certificate", "");
		put_fill(out, "files", "");
	}
	buffer_put_text(out, "</dd>\n<dt>Planned at</dt><dd>");
	page_put_instant(out, plan->at_ms);
	buffer_put_text(out, "</dd>\n");
	put_list(plan, out);
	buffer_put_text(out, "</dl>\n</section>\n");
}

static void put_takeaway(const struct page_plan *page, struct buffer *out)
{
	html_begin_section(out, "take", "Take it along");
	buffer_put_text(out,
		"<p class=\"actions\"><button type=\"submit\" form=\"form\" name=\"go\" "
		"value=\"json\">Download as JSON</button> <a id=\"link\" href=\"");
	html_put_text(out, page->link);
	buffer_put_text(out,
		"\">Link to this plan</a> <span class=\"soft\">(the times, never a "
		"certificate)</span></p>\n<details id=\"curl\"><summary>The same as a "
		"<code>curl</code> command</summary>\n<pre tabindex=\"0\" "
		"aria-label=\"curl command\"><code>");
	html_put_text(out, page->curl);
	buffer_put_text(out, "</code></pre>\n</details>\n</section>\n");
}

void page_put_plan(const struct page_plan *page, struct buffer *out)
{
	put_verdict(page, out);
	put_lack(page->plan, out);
	put_remarks(page, out);
	put_policies(page->plan, out);
	if (!page->plan->is_exempt || page->plan->survive != SURVIVE_NONE) {
		page_put_plan_kinds(page, out);
		page_put_plan_logs(page, out);
	}
	put_facts(page->plan, out);
	put_takeaway(page, out);
}

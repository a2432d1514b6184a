// SPDX-License-Identifier: Apache-2.0
// Both models side by side: what each asks for, needed against got, and why they differ.
#include "report/page_write.h"
#include "report/report_verdict.h"

static const char *word_of(const struct policy_record *policy)
{
	static const char *const words[] = {
		[VERDICT_COMPLIANT] = "compliant",
		[VERDICT_NON_COMPLIANT] = "not compliant",
		[VERDICT_INDETERMINATE] = "open",
	};
	return policy->num_applies_because ? "does not apply" : words[policy->verdict];
}

// Of a requirement that is not met, and of a policy that does not apply it says nothing bad.
static enum page_mark mark_of_unmet(const struct policy_record *policy,
	const struct requirement_result *result, bool hopeless)
{
	if (policy->num_applies_because) {
		return MARK_PLAIN;
	}
	return hopeless && !result->requirement->is_advice ? MARK_BAD : MARK_DOUBT;
}

static void put_requirement(const struct policy_record *policy,
	const struct requirement_result *r, bool hopeless, struct buffer *out)
{
	if (!r->in_force) {
		return;
	}
	buffer_put_text(out, "<tr><th scope=\"row\">");
	html_put_text(out, r->requirement->text);
	buffer_put_text(out, "</th>");
	page_begin_cell(out, "Needed");
	buffer_printf(
		out, "%s%u</td>", r->requirement->at_most ? "at most " : "", r->needed);
	page_begin_cell(out, "Got");
	if (r->open && !r->got) {
		buffer_put_text(out, "not known</td>");
	} else {
		buffer_printf(out, "%u</td>", r->got);
	}
	page_begin_cell(out, "Met");
	page_put_mark(out, r->met ? MARK_GOOD : mark_of_unmet(policy, r, hopeless),
		r->met                              ? "met"
			: r->requirement->is_advice ? "to be met"
			: hopeless                  ? "unmet"
						    : "open");
	buffer_put_text(out, "</td></tr>\n");
}

static void put_route(
	const struct policy_record *policy, size_t index, struct buffer *out)
{
	static const char *const headings[] = {
		"Requirement", "Needed", "Got", "Met", NULL};
	const struct route_result *route = &policy->result.routes[index];
	char caption[256];
	(void)snprintf(caption, sizeof(caption), "By %s%s", route->route->text,
		route->holds ? ": this holds" : "");
	page_begin_table(out, "class=\"needs\"", caption, headings);
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		put_requirement(
			policy, &route->results[i], policy->hopeless[index][i], out);
	}
	page_end_table(out);
}

// The route that holds; where none does, those that something was brought along for.
static void put_routes(const struct record *record, const struct policy_record *policy,
	struct buffer *out)
{
	const struct policy *rules = policy->result.policy;
	for (size_t i = 0; i < rules->num_routes; i++) {
		if (policy->result.routes[i].holds) {
			put_route(policy, i, out);
			return;
		}
	}
	for (size_t i = 0; i < rules->num_routes; i++) {
		if (i == 0 || record_tries_route(record, rules, i)) {
			put_route(policy, i, out);
			continue;
		}
		buffer_put_text(out, "<p class=\"soft\">Or by ");
		html_put_text(out, rules->routes[i].text);
		buffer_put_text(out, ": ");
		report_put_untried(record, &rules->routes[i], rules, out);
		buffer_put_text(out, ".</p>\n");
	}
}

// The log list that this policy is about, where it is not the one that was named before.
static void put_view(const struct record *record, const struct policy_record *policy,
	struct buffer *out)
{
	if (policy->view->scts == record->scts) {
		return;
	}
	struct buffer text;
	buffer_init(&text, REPORT_PAGE_MAX);
	report_put_view(&text, record, policy->view);
	buffer_put_text(out, "<p class=\"soft\">Judged ");
	html_put_foreign(out, buffer_bytes(&text));
	buffer_put_text(out, ".</p>\n");
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static void put_model(const struct record *record, const struct policy_record *policy,
	struct buffer *out)
{
	const struct policy_result *result = &policy->result;
	buffer_put_text(out, "<article class=\"model\">\n<h3>");
	html_put_text(out, result->policy->title);
	buffer_put_text(out, "</h3>\n<p>");
	page_put_mark(out, page_mark_of(policy), word_of(policy));
	buffer_put_text(out, " <span class=\"soft\">rule ");
	html_put_text(out, result->table->name);
	buffer_put_char(out, '/');
	html_put_text(out, result->row->name);
	if (result->row->cap_per_operator) {
		buffer_printf(out, ", at most %u SCT%s of one log operator",
			result->row->cap_per_operator,
			result->row->cap_per_operator == 1 ? "" : "s");
	}
	buffer_put_text(out, "</span></p>\n");
	put_view(record, policy, out);
	if (policy->num_applies_because) {
		buffer_put_text(out, "<p>It does not apply: ");
		for (size_t i = 0; i < policy->num_applies_because; i++) {
			buffer_put_text(out, i ? "; " : "");
			html_put_text(
				out, code_info(policy->applies_because[i])->sentence);
		}
		buffer_put_text(out, ".</p>\n");
		html_begin_details(out, "What its SCTs come to");
		put_routes(record, policy, out);
		buffer_put_text(out, "</details>\n");
	} else {
		put_routes(record, policy, out);
	}
	buffer_put_text(out, "</article>\n");
}

// Why they differ.

struct pair {
	const struct policy_record *published, *enforced;
	size_t num; // reasons told
};

static void begin_reason(struct pair *pair, struct buffer *out)
{
	buffer_put_text(out, pair->num++ ? "</li>\n<li>" : "<ul>\n<li>");
}

static const struct requirement_result *counting(const struct policy_record *policy)
{
	return &policy_main_route(&policy->result)->results[0];
}

static void tell_needed(struct pair *pair, struct buffer *out)
{
	unsigned published = counting(pair->published)->needed;
	unsigned enforced = counting(pair->enforced)->needed;
	if (published != enforced) {
		begin_reason(pair, out);
		buffer_printf(out,
			"For this lifetime the policy asks for %u embedded SCTs, devices for "
			"%u: they measure the lifetime in different ways (the last second, "
			"whole months) and have different tables.",
			published, enforced);
	}
}

// SCTs that the one counts and the other does not, by their first route.
static unsigned num_more(const struct record *record, const struct policy_record *one,
	const struct policy_record *other)
{
	const bool *more = policy_main_route(&one->result)->counted;
	const bool *less = policy_main_route(&other->result)->counted;
	unsigned num = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num += more[i] && !less[i];
	}
	return num;
}

// Both count SCTs of the same sources, one a log. The policy leaves out what its cap forbids, and
// devices what comes from a log that was retired before the certificate was issued.
static void tell_counted(
	struct pair *pair, const struct record *record, struct buffer *out)
{
	unsigned cap = pair->published->result.row->cap_per_operator;
	unsigned capped = num_more(record, pair->enforced, pair->published);
	unsigned retired = num_more(record, pair->published, pair->enforced);
	if (capped) {
		begin_reason(pair, out);
		buffer_printf(out,
			"The policy counts at most %u SCT%s of one log operator, and so %u "
			"here; devices have no such cap and count %u.",
			cap, cap == 1 ? "" : "s", counting(pair->published)->got,
			counting(pair->enforced)->got);
	}
	if (retired) {
		begin_reason(pair, out);
		buffer_printf(out,
			"Devices count an SCT of a retired log only where an SCT of an approved "
			"log shows that the certificate is older than that; so they leave out "
			"%u SCT%s that the policy counts.",
			retired, retired == 1 ? "" : "s");
	}
}

// The clause about RFC 6962 logs, where it is in force and not met.
static void tell_rfc6962(struct pair *pair, struct buffer *out)
{
	const struct policy_result *result = &pair->published->result;
	if (pair->published->verdict == VERDICT_COMPLIANT) {
		return; // by its other SCTs
	}
	for (size_t i = 0; i < result->policy->num_routes; i++) {
		const struct route_result *route = &result->routes[i];
		for (size_t k = 0; k < route->route->num_requirements; k++) {
			const struct requirement_result *r = &route->results[k];
			if (r->requirement->rfc6962_only && r->in_force && !r->met &&
				i == 0) {
				begin_reason(pair, out);
				buffer_put_text(out,
					"The policy asks for an SCT from an RFC 6962 log, and "
					"none of these counts as one; devices do not ask.");
			}
		}
	}
}

static const struct policy_record *find(const struct record *record, const char *name)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		if (strcmp(record->policies[i].result.policy->name, name) == 0) {
			return &record->policies[i];
		}
	}
	return NULL;
}

static void put_difference(const struct record *record, struct buffer *out)
{
	struct pair pair = {find(record, "apple"), find(record, "apple-enforced"), 0};
	if (!pair.published || !pair.enforced ||
		(pair.published->num_applies_because &&
			pair.enforced->num_applies_because)) {
		return;
	}
	bool same = pair.published->verdict == pair.enforced->verdict;
	buffer_put_text(out, "<div class=\"differ\">\n<h3>Why two models");
	buffer_put_text(out, same ? "</h3>\n" : ", and why they differ here</h3>\n");
	buffer_put_text(out,
		"<p>A CA must meet the published policy; what devices do is what users "
		"notice.");
	buffer_put_text(out,
		same ? " Here both come to the same verdict.</p>\n"
		     : " Here they come to different verdicts:</p>\n");
	tell_needed(&pair, out);
	tell_counted(&pair, record, out);
	tell_rfc6962(&pair, out);
	buffer_put_text(out, pair.num ? "</li>\n</ul>\n" : "");
	if (!pair.num) {
		buffer_put_text(out,
			"<p class=\"soft\">They differ in the cap for each log operator, the "
			"RFC 6962 log and how a lifetime is measured; none of these matters "
			"to this certificate.</p>\n");
	}
	buffer_put_text(out, "</div>\n");
}

void page_put_models(const struct record *record, struct buffer *out)
{
	html_begin_section(out, "models", "Each requirement, needed and got");
	buffer_put_text(out, "<div class=\"models\">\n");
	for (size_t i = 0; i < record->num_policies; i++) {
		put_model(record, &record->policies[i], out);
	}
	buffer_put_text(out, "</div>\n");
	put_difference(record, out);
	buffer_put_text(out, "</section>\n");
}

// SPDX-License-Identifier: Apache-2.0
// The smallest sets of a plan: now, when any one log is lost, when any one operator is.
#include "base/datetime.h"
#include "report/page_plan.h"
#include "report/page_write.h"
#include "report/report_plan.h"

// Patterns that are seen at once.
#define SHOWN_PATTERNS 6

static void put_doubt(const struct plan_log *log, struct buffer *out)
{
	if (log->known_to_all) {
		return;
	}
	if (log->known_from_ms) {
		buffer_put_text(
			out, " <span class=\"soft\">(not known to all clients until ");
		page_put_day(out, log->known_from_ms);
		buffer_put_text(out, ")</span>");
	} else {
		buffer_put_text(out,
			" <span class=\"soft\">(since when it is usable is not known)"
			"</span>");
	}
}

static void put_address(const struct ct_log *log, struct buffer *out)
{
	const char *url = report_plan_submit_to(log);
	if (url) {
		buffer_put_text(out, "<br><span class=\"soft\">");
		html_put_foreign(out, bytes_of_text(url));
		buffer_put_text(out, "</span>");
	}
}

// The first set, a log a line.
static void put_first_set(const struct plan_sets *sets, struct buffer *out)
{
	buffer_printf(out, "<p class=\"soft\">%s</p>\n<ul class=\"set\">\n",
		sets->num_sets > 1 ? "For instance" : "This one");
	for (size_t i = 0; i < sets->size; i++) {
		const struct plan_log *log = sets->named[0][i];
		buffer_put_text(out, "<li>");
		page_put_log_name(out, log->log);
		buffer_put_text(out, " <span class=\"soft\">");
		html_put_foreign(out, bytes_of_text(log->operator_name));
		buffer_put_text(
			out, log->log->api == LOG_STATIC ? ", static</span>" : "</span>");
		put_doubt(log, out);
		put_address(log->log, out);
		buffer_put_text(out, "</li>\n");
	}
	buffer_put_text(out, "</ul>\n");
}

static void put_set(const struct plan_log *const *set, size_t size, struct buffer *out)
{
	buffer_put_text(out, "<li>");
	for (size_t i = 0; i < size; i++) {
		buffer_put_text(out, i ? " + " : "");
		page_put_log_name(out, set[i]->log);
		put_doubt(set[i], out);
	}
	buffer_put_text(out, "</li>\n");
}

static void put_more_sets(const struct plan_sets *sets, struct buffer *out)
{
	if (sets->num_named < 2) {
		return;
	}
	buffer_printf(out,
		"<details><summary>%zu more%s</summary>\n<p class=\"soft\">The best ones: "
		"known to all clients first, then RFC 6962 logs, then those that are usable "
		"for the longest time.</p>\n<ol class=\"sets\" start=\"2\">\n",
		sets->num_named - 1,
		sets->num_named < sets->num_sets ? ", the best ones" : "");
	for (size_t i = 1; i < sets->num_named; i++) {
		put_set(sets->named[i], sets->size, out);
	}
	buffer_put_text(out, "</ol>\n</details>\n");
}

static void put_pattern(const struct plan_pattern *pattern, struct buffer *out)
{
	struct buffer text;
	buffer_init(&text, REPORT_MAX);
	report_plan_put_pattern(&text, pattern);
	buffer_put_char(&text, '\0');
	buffer_put_text(out, "<li>");
	page_put_plan_count(out, pattern->num_sets, "set");
	buffer_put_text(out, ": ");
	html_put_text(out, text.failed ? "" : (const char *)text.data);
	buffer_put_text(out, "</li>\n");
	buffer_clear(&text);
}

static void put_patterns(const struct plan_sets *sets, struct buffer *out)
{
	buffer_put_text(out,
		"<p class=\"soft\">What they are made of</p>\n<ul class=\"patterns\">\n");
	for (size_t i = 0; i < sets->num_patterns; i++) {
		if (i == SHOWN_PATTERNS) {
			buffer_printf(out,
				"</ul>\n<details><summary>%zu more patterns</summary>\n"
				"<ul class=\"patterns\">\n",
				sets->num_patterns - i);
		}
		put_pattern(&sets->patterns[i], out);
	}
	buffer_put_text(out,
		sets->num_patterns > SHOWN_PATTERNS ? "</ul>\n</details>\n" : "</ul>\n");
	if (sets->patterns_cut) {
		buffer_put_text(out, "<p class=\"soft\">And more patterns.</p>\n");
	}
}

static void put_possible(const struct plan_sets *sets, struct buffer *out)
{
	buffer_put_text(out, "<p class=\"size\"><strong>");
	page_put_plan_count(out, sets->size, "log");
	buffer_put_text(out, "</strong> of ");
	if (sets->min_operators < sets->max_operators) {
		buffer_printf(out, "%zu to ", sets->min_operators);
	}
	page_put_plan_count(out, sets->max_operators, "operator");
	buffer_printf(out, " <span class=\"soft\">%s",
		plan_sets_are_all(sets) ? "" : "at least ");
	page_put_plan_count(out, sets->num_sets, "set");
	buffer_put_text(out, "</span></p>\n");
	if (sets->size == 0) {
		return;
	}
	put_first_set(sets, out);
	put_more_sets(sets, out);
	put_patterns(sets, out);
}

static void put_kind(
	const struct page_plan *page, const struct plan_sets *sets, struct buffer *out)
{
	static const struct {
		const char *heading, *note;
	} kinds[] = {
		[SURVIVE_NONE] = {"Now", "Enough when the certificate is issued."},
		[SURVIVE_LOG] = {"If any one log is lost",
			"Enough also when one of them, whichever, is later retired or "
			"rejected."},
		[SURVIVE_OPERATOR] = {"If any one operator is lost",
			"Enough also when all logs of one operator, whichever, are later "
			"retired or rejected."},
	};
	const struct plan_record *plan = page->plan;
	bool asked = sets->survive == plan->survive;
	buffer_printf(out,
		"<article class=\"model%s\">\n<h3>%s</h3>\n<p class=\"soft\">%s%s</p>\n",
		asked ? " asked" : "", kinds[sets->survive].heading,
		asked ? "Asked for. " : "", kinds[sets->survive].note);
	if (sets->possible) {
		put_possible(sets, out);
	} else {
		buffer_put_text(out, "<p class=\"size\">");
		page_put_mark(out, MARK_BAD, "not possible");
		buffer_put_text(out, "</p>\n");
		// Said once, where it begins, and the verdict may have said it.
		if (sets == page_plan_lack(plan) && plan->sets[plan->survive].possible) {
			page_put_plan_failures(sets, out);
		}
		page_put_plan_nearest(page, sets, out);
	}
	buffer_put_text(out, "</article>\n");
}

void page_put_plan_kinds(const struct page_plan *page, struct buffer *out)
{
	html_begin_section(out, "sets", "The smallest sets of logs");
	buffer_put_text(out, "<div class=\"models three\">\n");
	for (size_t i = 0; i < NUM_SURVIVES; i++) {
		put_kind(page, &page->plan->sets[i], out);
	}
	buffer_put_text(out, "</div>\n</section>\n");
}

// SPDX-License-Identifier: Apache-2.0
// What changed between two log lists: first what it means for certificates, then every fact.
#include "report/page_write.h"

#include "report/report_diff_local.h"

static void put_name(const struct ct_log *log, struct buffer *out)
{
	page_put_log_name(out, log);
}

static void put_effect(
	const struct list_diff *diff, enum list_effect effect, struct buffer *out)
{
	struct buffer text;
	size_t num = 0;
	for (size_t i = 0; i < diff->num_logs; i++) {
		num += report_says_effect(&diff->logs[i], effect);
	}
	if (num == 0) {
		return;
	}
	buffer_init(&text, 4096);
	report_put_effect(&text, diff, effect, num);
	buffer_put_char(&text, '\0');
	buffer_put_text(out, "<li><p>");
	html_put_text(out, text.failed ? "" : (const char *)text.data);
	buffer_put_text(out, ":</p><p>");
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
	bool first = true;
	for (size_t i = 0; i < diff->num_logs; i++) {
		const struct log_change *change = &diff->logs[i];
		if (report_says_effect(change, effect)) {
			buffer_put_text(out, first ? "" : ", ");
			first = false;
			put_name(change->after ? change->after : change->before, out);
			buffer_put_text(out, change->expired ? " (expired)" : "");
		}
	}
	buffer_put_text(out, "</p></li>\n");
}

static void put_effects(const struct list_diff *diff, struct buffer *out)
{
	size_t before = 0;
	buffer_put_text(out, "<ul class=\"findings\">\n");
	before = out->len;
	for (unsigned e = 0; e < NUM_LIST_EFFECTS; e++) {
		put_effect(diff, (enum list_effect)e, out);
	}
	if (out->len == before) {
		buffer_put_text(out,
			list_diff_is_empty(diff)
				? "<li><p>Nothing that the lists say differs.</p></li>\n"
				: "<li><p>The same SCTs count as before.</p></li>\n");
	}
	buffer_put_text(out, "</ul>\n");
}

static void put_counts(const struct list_diff *diff, struct buffer *out)
{
	static const char *const headings[] = {"Certificates that end in",
		"Usable logs before", "after", "Operators before", "after", NULL};
	if (diff->num_years == 0) {
		return;
	}
	page_begin_table(out, "class=\"flow\"",
		"Logs whose new SCTs count, by the end of the certificate", headings);
	for (size_t i = 0; i < diff->num_years; i++) {
		const struct year_count *row = &diff->years[i];
		buffer_printf(out,
			"<tr><th scope=\"row\">%d</th><td data-label=\"Logs before\">%zu</td><td "
			"data-label=\"Logs after\">%zu</td><td data-label=\"Operators "
			"before\">%zu</td><td data-label=\"Operators after\">%zu</td></tr>\n",
			row->year, row->before.logs, row->after.logs,
			row->before.operators, row->after.operators);
	}
	page_end_table(out);
}

// A cell for each fact of a log that is another one now.
static void put_facts(
	const struct list_diff *diff, const struct log_change *change, struct buffer *out)
{
	unsigned shown = report_facts_shown(change->facts);
	struct buffer text;
	buffer_init(&text, 1 << 20);
	for (unsigned fact = 0; fact < NUM_LOG_FACTS; fact++) {
		if (!has_bit(shown, fact)) {
			continue;
		}
		text.len = 0;
		report_put_fact_change(&text, (enum log_fact)fact, diff->a,
			change->before, diff->b, change->after);
		buffer_put_text(out, "<p>");
		html_put_code(out, log_fact_name((enum log_fact)fact));
		buffer_put_char(out, ' ');
		html_put_foreign(out, buffer_bytes(&text));
		buffer_put_text(out, "</p>");
	}
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static void put_change(
	const struct list_diff *diff, const struct log_change *change, struct buffer *out)
{
	const struct loglist *list = change->after ? diff->b : diff->a;
	const struct ct_log *log = change->after ? change->after : change->before;
	buffer_put_text(out, "<tr><th scope=\"row\">");
	put_name(log, out);
	buffer_put_text(out, " <span class=\"soft\">");
	html_put_foreign(out, bytes_of_text(list->operators[log->op]));
	buffer_put_text(out, "</span></th>");
	page_begin_cell(out, "What");
	buffer_put_text(out,
		!change->before          ? "added"
			: !change->after ? "removed"
					 : "changed");
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "How");
	if (change->before && change->after) {
		put_facts(diff, change, out);
	} else {
		html_put_text(out, log_state_name(log->state));
		if (log->has_interval) {
			buffer_put_text(out, ", takes ends from ");
			page_put_day(out, log->start_ms);
			buffer_put_text(out, " to before ");
			page_put_day(out, log->end_ms);
		}
	}
	if (!change->before && change->twin) {
		buffer_put_text(out, "<p>Its key changed: same name or address as ");
		put_name(change->twin, out);
		buffer_put_text(out, ", which was removed.</p>");
	}
	buffer_put_text(out, "</td></tr>\n");
}

static void put_operators(
	const char *label, const char **names, size_t num, struct buffer *out)
{
	for (size_t i = 0; i < num; i++) {
		buffer_put_text(out, i ? ", " : label);
		html_put_foreign(out, bytes_of_text(names[i]));
	}
	buffer_put_text(out, num ? "</p>\n" : "");
}

void page_put_diff(const struct list_diff *diff, struct buffer *out)
{
	static const char *const headings[] = {"Log", "What", "How", NULL};
	put_effects(diff, out);
	put_operators(
		"<p>New operators: ", diff->new_operators, diff->num_new_operators, out);
	put_operators("<p>Operators that are gone: ", diff->gone_operators,
		diff->num_gone_operators, out);
	put_counts(diff, out);
	if (diff->num_logs == 0) {
		return;
	}
	char summary[96];
	(void)snprintf(summary, sizeof(summary), "%zu log%s: every fact", diff->num_logs,
		diff->num_logs == 1 ? "" : "s");
	html_begin_details(out, summary);
	page_begin_table(
		out, "class=\"flow\"", "Added, removed and changed logs", headings);
	for (size_t i = 0; i < diff->num_logs; i++) {
		put_change(diff, &diff->logs[i], out);
	}
	page_end_table(out);
	buffer_put_text(out, "</details>\n");
}

// SPDX-License-Identifier: Apache-2.0
// The logs of a plan: a picture of the ends that they take, and a table by operator.
#include "base/datetime.h"
#include "report/page_plan.h"
#include "report/page_write.h"
#include "report/report_plan.h"

// The picture shows at most so much time around notAfter.
#define REACH_MS (400 * DATETIME_DAY_MS)

static int64_t clip(int64_t ms, int64_t middle_ms)
{
	int64_t from_ms = middle_ms - REACH_MS;
	int64_t to_ms = middle_ms + REACH_MS;
	return ms < from_ms ? from_ms : ms > to_ms ? to_ms : ms;
}

static struct page_scale scale_of(const struct plan_record *plan)
{
	int64_t end_ms = plan->not_after * 1000;
	struct page_scale scale = {
		clip(plan->not_before * 1000, end_ms), end_ms + 30 * DATETIME_DAY_MS};
	for (size_t i = 0; i < plan->list->num_logs; i++) {
		const struct ct_log *log = &plan->list->logs[i];
		if (log->has_interval && log_covers(log, end_ms)) {
			int64_t start_ms = clip(log->start_ms, end_ms);
			int64_t stop_ms = clip(log->end_ms, end_ms);
			scale.from_ms =
				start_ms < scale.from_ms ? start_ms : scale.from_ms;
			scale.to_ms = stop_ms > scale.to_ms ? stop_ms : scale.to_ms;
		}
	}
	return scale;
}

// Where nothing takes it, what nearly does is drawn instead.
static struct page_scale wide_scale_of(const struct plan_record *plan)
{
	int64_t end_ms = plan->not_after * 1000;
	return (struct page_scale){end_ms - 2 * REACH_MS, end_ms + REACH_MS};
}

static void put_bar(const struct page_scale *scale, const char *class_name,
	unsigned height, int64_t from_ms, int64_t to_ms, struct buffer *out)
{
	unsigned from = page_place(scale, from_ms);
	unsigned to = page_place(scale, to_ms);
	if (to > from) {
		buffer_printf(out, "<rect class=\"%s\" y=\"%u\" height=\"%u\" x=\"",
			class_name, (22 - height) / 2, height);
		page_put_place(out, from);
		buffer_put_text(out, "\" width=\"");
		page_put_place(out, to - from);
		buffer_put_text(out, "\"/>");
	}
}

static void put_line(const struct plan_record *plan, const struct page_scale *scale,
	struct buffer *out)
{
	unsigned at = page_place(scale, plan->not_after * 1000);
	buffer_put_text(out, "<line class=\"at\" y1=\"0\" y2=\"22\" x1=\"");
	page_put_place(out, at);
	buffer_put_text(out, "\" x2=\"");
	page_put_place(out, at);
	buffer_put_text(out, "\"/></svg></li>\n");
}

static void begin_picture(struct buffer *out)
{
	buffer_put_text(out,
		"</span><svg width=\"100%\" height=\"22\" role=\"img\" aria-label=\"");
}

static void put_life(const struct plan_record *plan, const struct page_scale *scale,
	struct buffer *out)
{
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	datetime_format_seconds(plan->not_before, from);
	datetime_format_seconds(plan->not_after, to);
	buffer_put_text(out, "<li><span class=\"name\">The certificate");
	begin_picture(out);
	buffer_printf(out, "valid from %.10s to %.10s\">", from, to);
	put_bar(scale, "life", 8, plan->not_before * 1000, plan->not_after * 1000, out);
	put_line(plan, scale, out);
}

static void put_row(const struct plan_record *plan, const struct page_scale *scale,
	const struct ct_log *log, bool takes, struct buffer *out)
{
	char start[DATETIME_ROOM];
	char end[DATETIME_ROOM];
	buffer_put_text(out, "<li><span class=\"name\">");
	page_put_log_name(out, log);
	begin_picture(out);
	if (log->has_interval) {
		datetime_format_ms(log->start_ms, start);
		datetime_format_ms(log->end_ms, end);
		buffer_printf(
			out, "takes ends from %.10s to before %.10s\">", start, end);
	} else {
		buffer_put_text(out, "takes any end\">");
	}
	put_bar(scale, takes ? "interval" : "interval not", takes ? 12 : 6,
		log->has_interval ? log->start_ms : scale->from_ms,
		log->has_interval ? log->end_ms : scale->to_ms, out);
	put_line(plan, scale, out);
}

static void put_operator_row(const char *name, struct buffer *out)
{
	buffer_put_text(out, "<li class=\"op\"><h3>");
	html_put_foreign(out, bytes_of_text(name));
	buffer_put_text(out, "</h3></li>\n");
}

static void put_takers(const struct plan_record *plan, const struct page_scale *scale,
	struct buffer *out)
{
	for (size_t i = 0; i < plan->num_logs; i++) {
		size_t op = plan->logs[i].op;
		if (i == 0 || op != plan->logs[i - 1].op) {
			put_operator_row(plan->logs[i].operator_name, out);
		}
		put_row(plan, scale, plan->logs[i].log, true, out);
	}
}

// Usable logs that take other ends, near the one that was asked for.
static void put_others(const struct plan_record *plan, const struct page_scale *scale,
	struct buffer *out)
{
	for (size_t op = 0; op < plan->list->num_operators; op++) {
		bool first = true;
		for (size_t i = 0; i < plan->list->num_logs; i++) {
			const struct ct_log *log = &plan->list->logs[i];
			struct log_standing now = plan_standing(plan, log);
			if (log->op != op || now.state != LOG_USABLE ||
				log_covers(log, plan->not_after * 1000) ||
				log->end_ms <= scale->from_ms ||
				log->start_ms >= scale->to_ms) {
				continue;
			}
			if (first) {
				put_operator_row(plan->list->operators[op], out);
			}
			first = false;
			put_row(plan, scale, log, false, out);
		}
	}
}

static void put_picture(const struct plan_record *plan, struct buffer *out)
{
	bool none = plan->num_logs == 0;
	struct page_scale scale = none ? wide_scale_of(plan) : scale_of(plan);
	buffer_put_text(out, "<div class=\"timeline\">\n");
	page_put_axis(out, &scale);
	buffer_put_text(out, "<ul class=\"lines\">\n");
	put_life(plan, &scale, out);
	if (none) {
		put_others(plan, &scale, out);
	} else {
		put_takers(plan, &scale, out);
	}
	buffer_printf(out,
		"</ul>\n</div>\n<p class=\"note\">%sA bar is the ends of certificates that "
		"the log takes, the line this certificate\xe2\x80\x99s notAfter.</p>\n",
		none ? "These are the usable logs that take an end near it. " : "");
}

// The table.

static void put_known(const struct plan_log *log, struct buffer *out)
{
	page_begin_cell(out, "Known to all clients");
	if (log->standing.state == LOG_QUALIFIED) {
		page_put_mark(out, MARK_DOUBT, "not usable yet");
		buffer_put_text(out, " <span class=\"soft\">in no set</span>");
	} else if (log->known_to_all) {
		page_put_mark(out, MARK_GOOD, "yes");
	} else if (log->known_from_ms) {
		page_put_mark(out, MARK_DOUBT, "from");
		buffer_put_char(out, ' ');
		page_put_day(out, log->known_from_ms);
		buffer_put_text(out, " on");
	} else {
		page_put_mark(out, MARK_DOUBT, "not known");
	}
	buffer_put_text(out, "</td>");
}

static void put_interval(const struct ct_log *log, struct buffer *out)
{
	page_begin_cell(out, "Takes ends");
	page_put_ends(out, log);
	buffer_put_text(out, "</td>");
}

static void put_log(
	const struct plan_record *plan, const struct plan_log *log, struct buffer *out)
{
	const char *url = report_plan_submit_to(log->log);
	buffer_put_text(out, "<tr><th scope=\"row\">");
	page_put_log_name(out, log->log);
	if (url) {
		buffer_put_text(out, "<br><code class=\"soft\">");
		html_put_foreign(out, bytes_of_text(url));
		buffer_put_text(out, "</code>");
	}
	buffer_put_text(out, "</th>");
	page_begin_cell(out, "Kind");
	buffer_put_text(out,
		log->log->api == LOG_STATIC ? "static-ct-api</td>" : "RFC 6962</td>");
	page_begin_cell(out, "State");
	html_put_text(out, log_state_name(log->standing.state));
	if (log->standing.since_ms) {
		buffer_put_text(out, " <span class=\"soft\">since ");
		page_put_day(out, log->standing.since_ms);
		buffer_put_text(out, "</span>");
	}
	if (log->lacking) {
		buffer_put_text(out, "<br><span class=\"soft\">");
		report_plan_put_lists(out, plan, log);
		buffer_put_text(out, "</span>");
	}
	buffer_put_text(out, "</td>");
	put_interval(log->log, out);
	put_known(log, out);
	buffer_put_text(out, "</tr>\n");
}

static void put_table(const struct plan_record *plan, struct buffer *out)
{
	static const char *const headings[] = {
		"Log", "Kind", "State", "Takes ends", "Known to all clients", NULL};
	char caption[160];
	(void)snprintf(caption, sizeof(caption),
		"Where certificates go stands below each name. A client may have a list of "
		"up to %lld days: until a log is usable for so long, some do not know it.",
		(long long)(plan->clients_ms / DATETIME_DAY_MS));
	page_begin_table(out, "class=\"flow logs\"", caption, headings);
	for (size_t i = 0; i < plan->num_logs; i++) {
		const struct plan_log *log = &plan->logs[i];
		if (i == 0 || log->op != plan->logs[i - 1].op) {
			buffer_put_text(out,
				"<tr class=\"op\"><th colspan=\"5\" scope=\"rowgroup\">");
			html_put_foreign(out, bytes_of_text(log->operator_name));
			buffer_put_text(out, "</th></tr>\n");
		}
		put_log(plan, &plan->logs[i], out);
	}
	page_end_table(out);
}

static void put_rest(const struct plan_record *plan, struct buffer *out)
{
	const char *before = "";
	buffer_put_text(out, "<p class=\"note\">Others of the list do not take it: ");
	if (plan->num_outside) {
		buffer_printf(out, "%zu %s usable or qualified, and take%s other ends",
			plan->num_outside, plan->num_outside == 1 ? "is" : "are",
			plan->num_outside == 1 ? "s" : "");
		before = ", ";
	}
	for (size_t i = 0; i < NUM_LOG_STATES; i++) {
		if (plan->num_in_state[i]) {
			buffer_printf(out, "%s%zu %s", before, plan->num_in_state[i],
				i == LOG_NO_STATE ? "without a state"
						  : log_state_name((enum log_state)i));
			before = ", ";
		}
	}
	buffer_put_text(out, before[0] ? ".</p>\n" : "there are none.</p>\n");
}

void page_put_plan_logs(const struct page_plan *page, struct buffer *out)
{
	html_begin_section(out, "logs",
		page->plan->num_logs ? "The logs that take it" : "No log takes it");
	put_picture(page->plan, out);
	if (page->plan->num_logs) {
		put_table(page->plan, out);
	}
	put_rest(page->plan, out);
	buffer_put_text(out, "</section>\n");
}

// SPDX-License-Identifier: Apache-2.0
// The page of log lists: what is in force, which logs take a certificate that ends on a day, all logs
// by operator, and what changed between two lists.
#include "report/page_write.h"

#include <stdlib.h>

#include "base/datetime.h"
#include "base/text.h"
#include "policy/policy.h"

// The picture shows so much time around the day.
#define BEFORE_MS (200 * DATETIME_DAY_MS)
#define AFTER_MS (800 * DATETIME_DAY_MS)

static struct log_standing standing(
	const struct page_lists *view, const struct ct_log *log)
{
	return lists_standing(log, view->basis, view->at_ms);
}

// Usable first, what is ended last.
static unsigned rank_of(enum log_state state)
{
	static const unsigned ranks[NUM_LOG_STATES] = {[LOG_USABLE] = 0,
		[LOG_QUALIFIED] = 1,
		[LOG_PENDING] = 2,
		[LOG_READONLY] = 3,
		[LOG_RETIRED] = 4,
		[LOG_NO_STATE] = 5,
		[LOG_REJECTED] = 6};
	return ranks[state];
}

struct place {
	unsigned rank;
	const struct ct_log *log;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = (const struct place *)a;
	const struct place *y = (const struct place *)b;
	const char *name = x->log->text[LOG_DESCRIPTION];
	const char *other = y->log->text[LOG_DESCRIPTION];
	if (x->log->op != y->log->op) {
		return x->log->op > y->log->op ? 1 : -1;
	}
	if (x->rank != y->rank) {
		return x->rank > y->rank ? 1 : -1;
	}
	int order = strcmp(name ? name : "", other ? other : "");
	return order ? order : memcmp(x->log->id, y->log->id, LOG_ID_LEN);
}

static bool sort_logs(const struct page_lists *view, const struct ct_log **out)
{
	size_t num = view->list->num_logs;
	struct place *places = (struct place *)calloc(num + 1, sizeof(*places));
	if (!places) {
		return false;
	}
	for (size_t i = 0; i < num; i++) {
		const struct ct_log *log = &view->list->logs[i];
		places[i] = (struct place){rank_of(standing(view, log).state), log};
	}
	qsort(places, num, sizeof(*places), by_place);
	for (size_t i = 0; i < num; i++) {
		out[i] = places[i].log;
	}
	free(places);
	return true;
}

// Does it sign now, and take a certificate that ends on the day?
static bool takes(const struct page_lists *view, const struct ct_log *log)
{
	return log_state_signs(standing(view, log).state) &&
		log_covers(log, view->day_ms);
}

static void begin_form(
	const struct page_lists *view, const char *target, struct buffer *out)
{
	buffer_printf(out,
		"<form class=\"inline\" method=\"%s\" action=\"/lists%s\">%s\n",
		view->method, target, view->hidden);
	if (target[0] && lists_num_sources(view->lists) > 1) {
		buffer_printf(out,
			"<input type=\"hidden\" name=\"source\" value=\"%s\">\n",
			loglist_source(view->list));
	}
}

// Whose list is shown, where there are several.
static void put_sources(const struct page_lists *view, struct buffer *out)
{
	size_t num = lists_num_sources(view->lists);
	if (num < 2) {
		return;
	}
	begin_form(view, "", out);
	buffer_put_text(out,
		"<label for=\"source\">Whose log list</label> <select id=\"source\" "
		"name=\"source\">\n");
	for (size_t i = 0; i < num; i++) {
		const char *source = lists_source_at(view->lists, i);
		buffer_printf(out, "<option value=\"%s\"%s>%s</option>\n", source,
			strcmp(source, loglist_source(view->list)) == 0 ? " selected"
									: "",
			source);
	}
	buffer_put_text(
		out, "</select> <button type=\"submit\">Show</button>\n</form>\n");
}

static void put_head(const struct page_lists *view, struct buffer *out)
{
	const struct loglist *list = view->list;
	int64_t age_ms = lists_age_ms(list, view->at_ms);
	size_t counts[NUM_LOG_STATES] = {0};
	for (size_t i = 0; i < list->num_logs; i++) {
		counts[standing(view, &list->logs[i]).state]++;
	}
	buffer_put_text(out,
		"<h1>The log list in force</h1>\n<dl class=\"facts\">\n"
		"<dt>List</dt><dd>");
	html_put_foreign(out, bytes_of_text(list->name));
	buffer_put_char(out, ' ');
	html_put_foreign(out, bytes_of_text(list->version));
	buffer_put_text(out, " of ");
	page_put_day(out, list->published_ms);
	buffer_printf(out, ", %lld days old%s</dd>\n<dt>Logs</dt><dd>",
		(long long)(age_ms > 0 ? age_ms / DATETIME_DAY_MS : 0),
		policy_list_is_stale(loglist_source(list), age_ms)
			? ": stale, devices with a list of this age enforce nothing"
			: "");
	buffer_printf(out, "%zu of %zu operators", list->num_logs, list->num_operators);
	for (unsigned i = NUM_LOG_STATES; i-- > 0;) {
		if (counts[i]) {
			buffer_printf(out, ", %zu %s", counts[i],
				log_state_name((enum log_state)i));
		}
	}
	buffer_put_text(out, "</dd>\n</dl>\n");
}

// Which logs take a certificate that ends on the day: those that sign, by the end of their interval.

static void put_bar(const struct page_lists *view, const struct page_scale *scale,
	const struct ct_log *log, struct buffer *out)
{
	unsigned from = log->has_interval ? page_place(scale, log->start_ms) : 0;
	unsigned to = log->has_interval ? page_place(scale, log->end_ms) : 100000;
	bool good = takes(view, log);
	buffer_put_text(out, "<li><span class=\"name\">");
	page_put_log_name(out, log);
	buffer_printf(out,
		" <span class=\"soft\">%s%s</span></span><svg width=\"100%%\" height=\"22\" "
		"role=\"img\" aria-label=\"",
		log->api == LOG_RFC6962 ? "RFC 6962, " : "",
		good ? "takes it" : "does not take it");
	if (log->has_interval) {
		char start[DATETIME_ROOM];
		char end[DATETIME_ROOM];
		datetime_format_ms(log->start_ms, start);
		datetime_format_ms(log->end_ms, end);
		buffer_printf(out, "ends from %.10s to before %.10s", start, end);
	} else {
		buffer_put_text(out, "any end");
	}
	buffer_put_text(out, "\">");
	if (to > from) {
		buffer_printf(out,
			"<rect class=\"interval%s\" y=\"%u\" height=\"%u\" x=\"",
			good ? "" : " not", good ? 5U : 8U, good ? 12U : 6U);
		page_put_place(out, from);
		buffer_put_text(out, "\" width=\"");
		page_put_place(out, to - from);
		buffer_put_text(out, "\"/>");
	}
	buffer_put_text(out, "<line class=\"at\" y1=\"0\" y2=\"22\" x1=\"");
	page_put_place(out, page_place(scale, view->day_ms));
	buffer_put_text(out, "\" x2=\"");
	page_put_place(out, page_place(scale, view->day_ms));
	buffer_put_text(out, "\"/></svg></li>\n");
}

static void put_bars_of(const struct page_lists *view, const struct page_scale *scale,
	size_t op, struct buffer *out)
{
	bool first = true;
	for (size_t i = 0; i < view->list->num_logs; i++) {
		const struct ct_log *log = view->sorted[i];
		bool is_near = !log->has_interval ||
			(log->end_ms > scale->from_ms && log->start_ms < scale->to_ms);
		if (log->op != op || !log_state_signs(standing(view, log).state) ||
			!is_near) {
			continue;
		}
		if (first) {
			buffer_put_text(out, "<li class=\"op\"><h3>");
			html_put_foreign(out, bytes_of_text(view->list->operators[op]));
			buffer_put_text(out, "</h3></li>\n");
		}
		first = false;
		put_bar(view, scale, log, out);
	}
}

static void count_takers(const struct page_lists *view, size_t *num_logs,
	size_t *num_operators, size_t *num_rfc6962)
{
	*num_logs = *num_operators = *num_rfc6962 = 0;
	for (size_t op = 0; op < view->list->num_operators; op++) {
		size_t before = *num_logs;
		for (size_t i = 0; i < view->list->num_logs; i++) {
			const struct ct_log *log = &view->list->logs[i];
			if (log->op == op && takes(view, log)) {
				(*num_logs)++;
				*num_rfc6962 += log->api == LOG_RFC6962;
			}
		}
		*num_operators += *num_logs > before;
	}
}

static void put_picture(const struct page_lists *view, struct buffer *out)
{
	struct page_scale scale = {view->day_ms - BEFORE_MS, view->day_ms + AFTER_MS};
	char day[DATETIME_ROOM];
	size_t num_logs;
	size_t num_operators;
	size_t num_rfc6962;
	datetime_format_ms(view->day_ms, day);
	count_takers(view, &num_logs, &num_operators, &num_rfc6962);
	html_begin_section(
		out, "covers", "Which logs take a certificate that ends on a day");
	begin_form(view, "#covers", out);
	buffer_printf(out,
		"<label for=\"day\">It ends on</label> <input id=\"day\" type=\"date\" "
		"name=\"day\" value=\"%.10s\" required> <button type=\"submit\">Show</button>"
		"\n</form>\n<p><strong>%zu log%s of %zu operator%s take%s it</strong>, %zu of them "
		"RFC 6962 log%s.</p>\n",
		day, num_logs, num_logs == 1 ? "" : "s", num_operators,
		num_operators == 1 ? "" : "s", num_logs == 1 ? "s" : "", num_rfc6962,
		num_rfc6962 == 1 ? "" : "s");
	buffer_put_text(out, "<div class=\"timeline\">\n");
	page_put_axis(out, &scale);
	buffer_put_text(out, "<ul class=\"lines\">\n");
	for (size_t op = 0; op < view->list->num_operators; op++) {
		put_bars_of(view, &scale, op, out);
	}
	buffer_put_text(out,
		"</ul>\n</div>\n<p class=\"note\">Logs that are usable or qualified; "
		"the bar is the ends of certificates that the log takes, the line "
		"the day.</p>\n</section>\n");
}

// All logs, by operator.

static void put_log(
	const struct page_lists *view, const struct ct_log *log, struct buffer *out)
{
	struct log_standing now = standing(view, log);
	char id[TEXT_BASE64_ROOM(LOG_ID_LEN)];
	enum page_mark mark = log_state_signs(now.state) ? MARK_GOOD
		: now.state == LOG_REJECTED              ? MARK_BAD
							 : MARK_DOUBT;
	text_base64(bytes_of(log->id, LOG_ID_LEN), id);
	buffer_put_text(out, "<tr><th scope=\"row\">");
	page_put_log_name(out, log);
	buffer_printf(out, "<br><code class=\"soft\">%s</code></th>", id);
	page_begin_cell(out, "Kind");
	buffer_put_text(out, log->api == LOG_STATIC ? "static-ct-api" : "RFC 6962");
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "State");
	page_put_mark(out, mark, log_state_name(now.state));
	if (now.since_ms) {
		buffer_put_text(out, " <span class=\"soft\">since ");
		page_put_day(out, now.since_ms);
		buffer_put_text(out, "</span>");
	}
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "Takes ends");
	page_put_ends(out, log);
	buffer_put_text(out, "</td></tr>\n");
}

static void put_operator(const struct page_lists *view, size_t op, struct buffer *out)
{
	static const char *const headings[] = {
		"Log", "Kind", "State", "Takes ends", NULL};
	size_t num = 0;
	size_t num_signing = 0;
	for (size_t i = 0; i < view->list->num_logs; i++) {
		const struct ct_log *log = &view->list->logs[i];
		num += log->op == op;
		num_signing +=
			log->op == op && log_state_signs(standing(view, log).state);
	}
	if (num == 0) {
		return;
	}
	buffer_printf(out, "<details%s><summary>", num_signing ? " open" : "");
	html_put_foreign(out, bytes_of_text(view->list->operators[op]));
	buffer_printf(out,
		" <span class=\"soft\">%zu log%s, %zu in use</span></summary>\n", num,
		num == 1 ? "" : "s", num_signing);
	page_begin_table(out, "class=\"flow logs\"", "", headings);
	for (size_t i = 0; i < view->list->num_logs; i++) {
		if (view->sorted[i]->op == op) {
			put_log(view, view->sorted[i], out);
		}
	}
	page_end_table(out);
	buffer_put_text(out, "</details>\n");
}

// What changed.

// How much of the publication tells this list from the others: its day, its time, or neither.
static size_t telling_len(const struct ctp_lists *lists, const struct loglist *list,
	const char published[DATETIME_ROOM])
{
	size_t len = sizeof("2026-01-29") - 1;
	for (size_t i = 0; i < lists_num(lists); i++) {
		const struct loglist *other = lists_at(lists, i);
		char text[DATETIME_ROOM];
		datetime_format_ms(other->published_ms, text);
		if (other == list || strcmp(other->version, list->version) != 0 ||
			strncmp(text, published, len) != 0) {
			continue;
		}
		if (strcmp(text, published) == 0) {
			return 0;
		}
		len = strlen(published);
	}
	return len;
}

static void put_option(const struct ctp_lists *lists, const struct loglist *list,
	const struct loglist *chosen, struct buffer *out)
{
	char hash[2 * DIGEST_SHA256_LEN + 1];
	text_hex(bytes_of(list->sha256, sizeof(list->sha256)), hash);
	buffer_printf(
		out, "<option value=\"%s\"%s>", hash, list == chosen ? " selected" : "");
	html_put_text(out, list->name);
	buffer_put_char(out, ' ');
	html_put_text(out, list->version);
	char day[DATETIME_ROOM];
	datetime_format_ms(list->published_ms, day);
	size_t len = telling_len(lists, list, day);
	buffer_printf(out, " of %.*s", len ? (int)len : 10, day);
	if (len == 0) {
		buffer_printf(out, ", SHA-256 %.8s...", hash);
	}
	buffer_put_text(out, "</option>\n");
}

static void put_select(const struct page_lists *view, const char *name, const char *label,
	const struct loglist *chosen, struct buffer *out)
{
	buffer_printf(out,
		"<label for=\"%s\">%s</label> <select id=\"%s\" name=\"%s\">\n", name,
		label, name, name);
	size_t num;
	const struct loglist *lists =
		lists_of(view->lists, loglist_source(view->list), &num);
	for (size_t i = num; i-- > 0;) {
		put_option(view->lists, &lists[i], chosen, out);
	}
	buffer_put_text(out, "</select>\n");
}

static void put_changes(const struct page_lists *view, struct buffer *out)
{
	size_t num;
	const struct loglist *lists =
		lists_of(view->lists, loglist_source(view->list), &num);
	html_begin_section(out, "changes", "What changed between two lists");
	if (num < 2) {
		html_put_note(out,
			"There is one list alone, so that there is nothing to compare.");
		buffer_put_text(out, "</section>\n");
		return;
	}
	begin_form(view, "#changes", out);
	put_select(
		view, "from", "From", view->diff ? view->diff->a : &lists[num - 2], out);
	put_select(view, "to", "to", view->diff ? view->diff->b : &lists[num - 1], out);
	buffer_put_text(out, "<button type=\"submit\">Compare</button>\n</form>\n");
	if (view->diff) {
		page_put_diff(view->diff, out);
	}
	buffer_put_text(out, "</section>\n");
}

static void put_all(const struct page_lists *view, struct buffer *out)
{
	put_sources(view, out);
	put_head(view, out);
	put_picture(view, out);
	put_changes(view, out);
	html_begin_section(out, "logs", "All logs, by operator");
	for (size_t op = 0; op < view->list->num_operators; op++) {
		put_operator(view, op, out);
	}
	buffer_put_text(out, "</section>\n");
}

void page_put_lists(const struct page_lists *given, struct buffer *out)
{
	struct page_lists view = *given;
	view.sorted = (const struct ct_log **)calloc(
		view.list->num_logs + 1, sizeof(*view.sorted));
	if (view.sorted && sort_logs(&view, view.sorted)) {
		put_all(&view, out);
	} else {
		out->failed = true;
	}
	free(view.sorted);
}

// SPDX-License-Identifier: Apache-2.0
// The time line of a certificate's life: its validity, its SCTs, the states and intervals of their
// logs, the lists that were published, the dates at which rules change, and the verdict at each
// moment. Each row is a drawing of its own, so that words never shrink with the window; whoever does
// not see it reads the same in words.
#include "report/page_write.h"

#include <stdlib.h>

#include "base/datetime.h"
#include "base/text.h"
#include "loglist/log_history.h"

// SCTs that have a row of their own.
#define MAX_ROWS 100

struct timeline {
	const struct page_answer *answer;
	const struct record *record;
	struct page_scale scale;
	struct arena *arena;
	struct buffer *out;
};

static void put_rect(struct timeline *t, const char *class_name, int64_t from_ms,
	int64_t to_ms, unsigned y, unsigned height)
{
	unsigned from = page_place(&t->scale, from_ms);
	unsigned to = page_place(&t->scale, to_ms);
	if (to <= from) {
		return;
	}
	buffer_printf(t->out, "<rect class=\"%s\" x=\"", class_name);
	page_put_place(t->out, from);
	buffer_put_text(t->out, "\" width=\"");
	page_put_place(t->out, to - from);
	buffer_printf(t->out, "\" y=\"%u\" height=\"%u\"/>", y, height);
}

static bool is_shown(const struct timeline *t, int64_t ms)
{
	return ms >= t->scale.from_ms && ms <= t->scale.to_ms;
}

static void put_line(struct timeline *t, const char *class_name, int64_t ms)
{
	if (!is_shown(t, ms)) {
		return;
	}
	buffer_printf(t->out, "<line class=\"%s\" y1=\"0\" y2=\"22\" x1=\"", class_name);
	page_put_place(t->out, page_place(&t->scale, ms));
	buffer_put_text(t->out, "\" x2=\"");
	page_put_place(t->out, page_place(&t->scale, ms));
	buffer_put_text(t->out, "\"/>");
}

static void begin_row(struct timeline *t)
{
	buffer_put_text(t->out, "<li><span class=\"name\">");
}

static void begin_picture(struct timeline *t)
{
	buffer_put_text(
		t->out, "</span><svg width=\"100%\" height=\"22\" aria-hidden=\"true\">");
}

static void end_row(struct timeline *t)
{
	put_line(t, "at", t->record->at_ms);
	buffer_put_text(t->out, "</svg></li>\n");
}

static void put_validity(struct timeline *t)
{
	const struct cert *cert = t->record->cert;
	begin_row(t);
	buffer_put_text(t->out, "Valid");
	begin_picture(t);
	put_rect(t, "life", cert->not_before * 1000, cert->not_after * 1000, 6, 10);
	end_row(t);
}

// The verdict over the life.

static int64_t end_of_span(const struct timeline *t, size_t index)
{
	const struct page_answer *answer = t->answer;
	return index + 1 < answer->num_spans ? answer->spans[index + 1].from_ms
					     : t->record->cert->not_after * 1000 + 999;
}

struct look {
	const char *word, *class_name;
	unsigned y, height;
};

// Of a span, by one policy; where that does not apply its verdict means nothing.
static const struct look *look_of(const struct page_span *span, size_t policy)
{
	static const struct look looks[] = {
		[VERDICT_COMPLIANT] = {"compliant", "good", 8, 6},
		[VERDICT_NON_COMPLIANT] = {"not compliant", "bad", 4, 14},
		[VERDICT_INDETERMINATE] = {"open", "doubt", 6, 10},
	};
	static const struct look none = {"does not apply", "plain", 9, 4};
	return span->applies[policy] ? &looks[span->verdicts[policy]] : &none;
}

static void put_verdicts(struct timeline *t, size_t policy)
{
	begin_row(t);
	buffer_put_text(t->out, "Verdict, ");
	html_put_text(t->out, t->record->policies[policy].result.policy->name);
	begin_picture(t);
	for (size_t i = 0; i < t->answer->num_spans; i++) {
		const struct page_span *span = &t->answer->spans[i];
		const struct look *look = look_of(span, policy);
		put_rect(t, look->class_name, span->from_ms, end_of_span(t, i), look->y,
			look->height);
	}
	put_rect(
		t, "future", t->answer->now_ms, t->record->cert->not_after * 1000, 0, 22);
	end_row(t);
}

// A log's life.

struct state_span {
	int64_t from_ms;
	enum log_state state; // LOG_NO_STATE: not listed
};

static size_t find_states(
	struct timeline *t, const struct ct_log *log, struct state_span **out)
{
	struct log_history history;
	struct err ignored;
	size_t num = 0;
	err_clear(&ignored);
	if (!log_history_make(t->answer->lists, loglist_source(t->record->list), log->id,
		    t->arena, &history, &ignored)) {
		t->out->failed = true;
		return 0;
	}
	*out = arena_take_array(t->arena, history.num_steps, sizeof(**out));
	for (size_t i = 0; *out && i < history.num_steps; i++) {
		const struct log_step *step = &history.steps[i];
		int64_t from_ms = step->log && step->log->since_ms
			? step->log->since_ms
			: step->list->published_ms;
		enum log_state state = step->log ? step->log->state : LOG_NO_STATE;
		if (num > 0 && (*out)[num - 1].state == state) {
			continue;
		}
		if (num > 0 && from_ms < (*out)[num - 1].from_ms) {
			from_ms = (*out)[num - 1].from_ms;
		}
		(*out)[num++] = (struct state_span){.from_ms = from_ms, .state = state};
	}
	return num;
}

static void put_states(struct timeline *t, const struct ct_log *log)
{
	struct state_span *spans = NULL;
	size_t num = find_states(t, log, &spans);
	for (size_t i = 0; i < num; i++) {
		char name[32];
		int64_t to_ms = i + 1 < num ? spans[i + 1].from_ms : t->scale.to_ms;
		bool signs = log_state_signs(spans[i].state);
		(void)snprintf(
			name, sizeof(name), "state %s", log_state_name(spans[i].state));
		put_rect(t, name, spans[i].from_ms, to_ms, signs ? 6 : 8, signs ? 10 : 6);
	}
}

static void put_sct(struct timeline *t, const struct sct_record *sct)
{
	begin_row(t);
	page_put_sct_name(t->out, sct);
	begin_picture(t);
	if (sct->log) {
		put_states(t, sct->log);
		if (sct->log->has_interval) {
			put_rect(t, "interval", sct->log->start_ms, sct->log->end_ms, 18,
				3);
		}
	}
	put_line(t, "end", t->record->cert->not_after * 1000);
	if (sct->sct.parse == SCT_PARSED && sct->sct.timestamp <= DATETIME_MAX_MS &&
		is_shown(t, (int64_t)sct->sct.timestamp)) {
		buffer_printf(t->out, "<circle class=\"%s\" r=\"5\" cy=\"11\" cx=\"",
			sct->counted ? "sct counted" : "sct");
		page_put_place(
			t->out, page_place(&t->scale, (int64_t)sct->sct.timestamp));
		buffer_put_text(t->out, "\"/>");
	}
	end_row(t);
}

// Those of the source that the verdict is by.
static const struct loglist *lists_shown(const struct timeline *t, size_t *out_num)
{
	return lists_of(t->answer->lists, loglist_source(t->record->list), out_num);
}

static void put_lists(struct timeline *t)
{
	begin_row(t);
	buffer_put_text(t->out, "Log lists published");
	begin_picture(t);
	size_t num;
	const struct loglist *lists = lists_shown(t, &num);
	for (size_t i = 0; i < num; i++) {
		put_line(t, "list", lists[i].published_ms);
	}
	end_row(t);
}

// The dates at which rules change: of tables, by notBefore; of requirements, by time of check.

#define MAX_RULES 64

struct rule_date {
	int64_t ms;
	const char *text;
	// Where a table begins, whose rows are told behind the text.
	const struct policy *policy;
	const struct lifetime_table *table;
};

static void add_rule(struct rule_date *rules, size_t *num, const struct rule_date *rule)
{
	for (size_t i = 0; i < *num; i++) {
		if (rules[i].ms == rule->ms && rules[i].table == rule->table &&
			strcmp(rules[i].text, rule->text) == 0) {
			return;
		}
	}
	if (*num < MAX_RULES && rule->ms > 0 && rule->ms < DATETIME_MAX_MS) {
		rules[(*num)++] = *rule;
	}
}

static void add_table(struct rule_date *rules, size_t *num, const struct policy *policy,
	const struct lifetime_table *table)
{
	if (table->from > 0 && table->from < DATETIME_MAX_MS / 1000) {
		add_rule(rules, num,
			&(struct rule_date){.ms = table->from * 1000,
				.text = "certificates issued from here on follow the table",
				.policy = policy,
				.table = table});
	}
}

static size_t find_rules(const struct record *record, struct rule_date *out)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy *policy = record->policies[i].result.policy;
		if (policy->enforced_from > 0 &&
			policy->enforced_from < DATETIME_MAX_MS / 1000) {
			add_rule(out, &num,
				&(struct rule_date){.ms = policy->enforced_from * 1000,
					.text = "CT is enforced for certificates issued from "
						"here on"});
		}
		for (size_t k = 1; k < policy->num_tables; k++) {
			add_table(out, &num, policy, &policy->tables[k]);
		}
		for (size_t k = 0; k < policy->num_routes; k++) {
			for (size_t n = 0; n < policy->routes[k].num_requirements; n++) {
				const struct requirement *r =
					&policy->routes[k].requirements[n];
				add_rule(out, &num,
					&(struct rule_date){
						.ms = r->from_ms, .text = r->text});
			}
		}
	}
	return num;
}

static void put_rules(struct timeline *t, const struct rule_date *rules, size_t num)
{
	begin_row(t);
	buffer_put_text(t->out, "Rules change");
	begin_picture(t);
	for (size_t i = 0; i < num; i++) {
		put_line(t, "rule", rules[i].ms);
	}
	end_row(t);
}

// The same in words.

struct event {
	int64_t ms;
	size_t from, len; // of the text, in the buffer of all of them
};

#define MAX_EVENTS 500

struct events {
	struct event items[MAX_EVENTS];
	size_t num;
	size_t num_left_out; // there was no room for
	struct buffer text;
};

static void begin_event(struct events *events)
{
	if (events->num < MAX_EVENTS) {
		events->items[events->num].from = events->text.len;
	}
}

static void end_event(struct events *events, int64_t ms)
{
	if (events->num < MAX_EVENTS) {
		struct event *event = &events->items[events->num++];
		event->ms = ms;
		event->len = events->text.len - event->from;
	} else {
		events->num_left_out++;
	}
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a;
	const struct event *y = b;
	if (x->ms != y->ms) {
		return x->ms < y->ms ? -1 : 1;
	}
	return (x->from > y->from) - (x->from < y->from);
}

static void add_text(struct events *events, int64_t ms, const char *text)
{
	begin_event(events);
	html_put_text(&events->text, text);
	end_event(events, ms);
}

static void tell_sct(
	struct timeline *t, struct events *events, const struct sct_record *sct)
{
	struct state_span *spans = NULL;
	if (sct->sct.parse == SCT_PARSED && sct->sct.timestamp <= DATETIME_MAX_MS) {
		begin_event(events);
		buffer_put_text(&events->text, "SCT of ");
		page_put_sct_name(&events->text, sct);
		buffer_put_text(&events->text, sct->counted ? ", which counts" : "");
		end_event(events, (int64_t)sct->sct.timestamp);
	}
	size_t num = sct->log ? find_states(t, sct->log, &spans) : 0;
	for (size_t i = 0; i < num; i++) {
		begin_event(events);
		page_put_log_name(&events->text, sct->log);
		buffer_printf(&events->text, " %s",
			spans[i].state == LOG_NO_STATE ? "is not listed any more"
						       : "becomes ");
		html_put_text(&events->text,
			spans[i].state == LOG_NO_STATE ? ""
						       : log_state_name(spans[i].state));
		end_event(events, spans[i].from_ms);
	}
}

static void tell_span(struct timeline *t, struct events *events, size_t index)
{
	const struct page_span *span = &t->answer->spans[index];
	for (size_t i = 0; i < t->record->num_policies; i++) {
		const struct look *look = look_of(span, i);
		if (index && look == look_of(span - 1, i)) {
			continue;
		}
		begin_event(events);
		buffer_put_text(&events->text, "<strong>By ");
		html_put_text(&events->text, t->record->policies[i].result.policy->name);
		buffer_printf(&events->text, ": %s</strong>", look->word);
		end_event(events, span->from_ms);
	}
}

static void tell_rule(struct events *events, const struct rule_date *rule)
{
	begin_event(events);
	buffer_put_text(&events->text, "Rule: ");
	html_put_text(&events->text, rule->text);
	if (rule->table) {
		buffer_put_char(&events->text, ' ');
		html_put_text(&events->text, rule->table->name);
		buffer_put_text(&events->text, " of ");
		html_put_text(&events->text, rule->policy->name);
		for (size_t i = 0; i < LIFETIME_MAX_ROWS && rule->table->rows[i].name;
			i++) {
			const struct lifetime_row *row = &rule->table->rows[i];
			buffer_put_text(&events->text, i ? ", " : ": ");
			html_put_text(&events->text, row->name);
			buffer_printf(&events->text, " %u SCTs", row->scts);
		}
	}
	end_event(events, rule->ms);
}

// Where there are too many, what comes last is left out: so the few that matter most come first.
static void collect(struct timeline *t, struct events *events,
	const struct rule_date *rules, size_t num_rules)
{
	const struct record *record = t->record;
	add_text(events, record->cert->not_before * 1000,
		"The certificate begins to be valid");
	add_text(events, record->cert->not_after * 1000, "The certificate ends");
	add_text(events, record->at_ms, "The time of check");
	for (size_t i = 0; i < t->answer->num_spans; i++) {
		tell_span(t, events, i);
	}
	for (size_t i = 0; i < num_rules; i++) {
		tell_rule(events, &rules[i]);
	}
	for (size_t i = 0; i < record->num_scts && i < MAX_ROWS; i++) {
		tell_sct(t, events, &record->scts[i]);
	}
	size_t num_lists;
	const struct loglist *lists = lists_shown(t, &num_lists);
	for (size_t i = 0; i < num_lists; i++) {
		const struct loglist *list = &lists[i];
		if (is_shown(t, list->published_ms)) {
			begin_event(events);
			buffer_put_text(&events->text, "Log list ");
			html_put_foreign(&events->text, bytes_of_text(list->version));
			buffer_put_text(&events->text, " is published");
			end_event(events, list->published_ms);
		}
	}
}

static void put_words(struct timeline *t, const struct rule_date *rules, size_t num_rules)
{
	struct events *events = arena_take(t->arena, sizeof(*events));
	if (!events) {
		t->out->failed = true;
		return;
	}
	buffer_init(&events->text, REPORT_PAGE_MAX);
	collect(t, events, rules, num_rules);
	qsort(events->items, events->num, sizeof(events->items[0]), by_time);
	html_begin_details(t->out, "The same in words, day by day");
	buffer_put_text(t->out, "<ol class=\"events\">\n");
	for (size_t i = 0; i < events->num; i++) {
		const struct event *event = &events->items[i];
		buffer_put_text(t->out, "<li>");
		page_put_day(t->out, event->ms);
		buffer_put_char(t->out, ' ');
		if (!events->text.failed) {
			buffer_put(t->out,
				bytes_of(events->text.data + event->from, event->len));
		}
		buffer_put_text(t->out, "</li>\n");
	}
	buffer_put_text(t->out, "</ol>\n");
	if (events->num_left_out) {
		buffer_printf(t->out,
			"<p class=\"note\">And %zu more, of the logs and the lists, which are "
			"not shown here.</p>\n",
			events->num_left_out);
	}
	buffer_put_text(t->out, "</details>\n");
	t->out->failed = t->out->failed || events->text.failed;
	buffer_clear(&events->text);
}

static void put_legend(struct timeline *t)
{
	buffer_put_text(t->out,
		"<ul class=\"legend\">\n"
		"<li><svg aria-hidden=\"true\" width=\"18\" height=\"12\"><circle class=\"sct counted\" r=\"5\" "
		"cx=\"9\" cy=\"6\"/></svg>SCT that counts</li>\n"
		"<li><svg aria-hidden=\"true\" width=\"18\" height=\"12\"><circle class=\"sct\" r=\"5\" cx=\"9\" "
		"cy=\"6\"/></svg>SCT that does not</li>\n"
		"<li><svg aria-hidden=\"true\" width=\"18\" height=\"12\"><rect class=\"state usable\" y=\"1\" "
		"width=\"18\" height=\"10\"/></svg>log usable or qualified</li>\n"
		"<li><svg aria-hidden=\"true\" width=\"18\" height=\"12\"><rect class=\"state readonly\" y=\"3\" "
		"width=\"18\" height=\"6\"/></svg>pending, read-only, retired</li>\n"
		"<li><svg aria-hidden=\"true\" width=\"18\" height=\"12\"><rect class=\"state rejected\" y=\"3\" "
		"width=\"18\" height=\"6\"/></svg>rejected</li>\n"
		"<li><svg aria-hidden=\"true\" width=\"18\" height=\"12\"><rect class=\"interval\" y=\"5\" "
		"width=\"18\" height=\"3\"/></svg>ends that the log takes</li>\n"
		"<li><svg aria-hidden=\"true\" width=\"18\" height=\"12\"><line class=\"at\" x1=\"9\" x2=\"9\" "
		"y1=\"0\" y2=\"12\"/></svg>time of check</li>\n</ul>\n");
}

// The slider is for the script, the field and its button for everybody.
static void put_slider(struct timeline *t)
{
	const struct cert *cert = t->record->cert;
	char from[DATETIME_ROOM];
	char to[DATETIME_ROOM];
	char at[DATETIME_ROOM];
	int64_t begin_ms = cert->not_before * 1000;
	int64_t end_ms = cert->not_after * 1000;
	int64_t at_ms = t->record->at_ms;
	// The field is one of the whole form: a day outside its bounds would keep all of it from being
	// sent.
	at_ms = at_ms > end_ms ? end_ms : at_ms;
	at_ms = at_ms < begin_ms ? begin_ms : at_ms;
	int64_t days = (end_ms - begin_ms) / DATETIME_DAY_MS;
	int64_t day = (at_ms - begin_ms) / DATETIME_DAY_MS;
	datetime_format_ms(begin_ms, from);
	datetime_format_ms(end_ms, to);
	datetime_format_ms(at_ms, at);
	buffer_printf(t->out,
		"<div id=\"when\" class=\"when\">\n<p id=\"slide\" hidden><label "
		"for=\"slider\">At time</label> <input id=\"slider\" type=\"range\" min=\"0\" "
		"max=\"%lld\" value=\"%lld\" data-from=\"%s\" data-to=\"%s\"> "
		"<output id=\"shown\" for=\"slider\">%.10s %.8s UTC</output></p>\n",
		(long long)days, (long long)day, from, to, at, at + 11);
	buffer_printf(t->out,
		"<p><label for=\"day\">Verdict on the day</label> <input id=\"day\" "
		"type=\"date\" name=\"day\" form=\"form\" min=\"%.10s\" max=\"%.10s\" "
		"value=\"%.10s\"> <input type=\"hidden\" name=\"shown\" form=\"form\" "
		"value=\"%.10s\"><button type=\"submit\" form=\"form\" name=\"go\" "
		"value=\"day\">Show that day</button> <span class=\"soft\">its first second, "
		"00:00:00 UTC</span></p>\n</div>\n",
		from, to, at, at);
}

void page_put_timeline(
	const struct page_answer *answer, struct arena *arena, struct buffer *out)
{
	const struct cert *cert = answer->record->cert;
	int64_t pad_ms = (cert->not_after - cert->not_before) * 1000 / 25 + 1;
	struct timeline t = {.answer = answer,
		.record = answer->record,
		.scale = {cert->not_before * 1000 - pad_ms,
			cert->not_after * 1000 + pad_ms},
		.arena = arena,
		.out = out};
	struct rule_date rules[MAX_RULES];
	size_t num_rules = find_rules(answer->record, rules);
	html_begin_section(out, "time", "Its life, and the verdict on each day");
	if (cert->not_before <= cert->not_after) {
		put_slider(&t);
	}
	buffer_put_text(out, "<div class=\"timeline\">\n");
	page_put_axis(out, &t.scale);
	buffer_put_text(out, "<ul class=\"lines\">\n");
	for (size_t i = 0; answer->num_spans && i < answer->record->num_policies; i++) {
		put_verdicts(&t, i);
	}
	put_validity(&t);
	for (size_t i = 0; i < answer->record->num_scts && i < MAX_ROWS; i++) {
		put_sct(&t, &answer->record->scts[i]);
	}
	put_lists(&t);
	put_rules(&t, rules, num_rules);
	buffer_put_text(out, "</ul>\n");
	put_legend(&t);
	buffer_put_text(out, "</div>\n");
	put_words(&t, rules, num_rules);
	buffer_put_text(out, "</section>\n");
}

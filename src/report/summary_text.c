// SPDX-License-Identifier: Apache-2.0
// The summary for people: 80 columns, the verdict first.
#include "report/report_text.h"
#include "report/summary_words.h"

#include "base/text.h"

// Names of one kind that are shown; the JSON has them all.
#define TOP 10
#define NUMBER_WIDTH 11

struct text {
	struct buffer *out;
	struct report_options options;
	struct buffer line; // what is written next
};

static void put_heading(struct text *t, const char *heading)
{
	buffer_put_char(t->out, '\n');
	report_put_coloured(t->out, &t->options, BOLD, heading);
}

// Ends a heading with the names of its columns, each over the right end of its numbers.
static void put_columns(
	struct text *t, const char *heading, const char *const *columns, size_t num)
{
	put_heading(t, heading);
	text_put_spaces(t->out, REPORT_WIDTH - strlen(heading) - num * NUMBER_WIDTH);
	for (size_t i = 0; i < num; i++) {
		text_put_spaces(t->out, NUMBER_WIDTH - strlen(columns[i]));
		report_put_coloured(t->out, &t->options, FAINT, columns[i]);
	}
	buffer_put_char(t->out, '\n');
}

// Sentences, wrapped at spaces only: numbers of ours have commas.
static void put_sentences(struct buffer *out, struct bytes text)
{
	size_t column = 0;
	while (text.len > 0) {
		const uint8_t *space = (const uint8_t *)memchr(text.data, ' ', text.len);
		size_t len = space ? (size_t)(space - text.data) : text.len;
		if (column > 0 && column + 1 + len > REPORT_WIDTH) {
			buffer_put_char(out, '\n');
			column = 0;
		}
		buffer_put_text(out, column > 0 ? " " : "");
		buffer_put(out, bytes_of(text.data, len));
		column += len + (column > 0);
		len += space != NULL;
		text = bytes_of(text.data + len, text.len - len);
	}
}

// The line so far, wrapped, and a newline.
static void end_wrapped(struct text *t, size_t indent)
{
	text_put_spaces(t->out, indent);
	report_put_wrapped(t->out, buffer_bytes(&t->line), indent, indent);
	t->line.len = 0;
}

// As much of the text as fits into so many columns.
static struct bytes fit(struct bytes text, size_t width)
{
	while (text_width(text) > width) {
		do {
			text.len--;
		} while (text.len > 0 && (text.data[text.len] & 0xc0) == 0x80);
	}
	return text;
}

// "  name            12      3": a name, cut to its column, and numbers.
static void put_row(
	struct text *t, struct bytes name, const uint64_t *numbers, size_t num)
{
	size_t width = REPORT_WIDTH - 2 - num * NUMBER_WIDTH;
	struct bytes shown = fit(name, width);
	text_put_spaces(t->out, 2);
	if (shown.len < name.len) {
		shown = fit(name, width - 3);
		buffer_put(t->out, shown);
		buffer_put_text(t->out, "...");
		text_put_spaces(t->out, width - 3 - text_width(shown));
	} else {
		buffer_put(t->out, shown);
		text_put_spaces(t->out, width - text_width(shown));
	}
	for (size_t i = 0; i < num; i++) {
		size_t start = t->line.len;
		summary_put_number(&t->line, numbers[i]);
		size_t len = t->line.len - start;
		text_put_spaces(t->out, len < NUMBER_WIDTH ? NUMBER_WIDTH - len : 1);
		buffer_put(t->out, bytes_of(t->line.data + start, len));
		t->line.len = start;
	}
	buffer_put_char(t->out, '\n');
}

static void put_verdict(struct text *t, const struct summary *summary)
{
	uint64_t fail = summary->results[RESULT_FAIL];
	bool open =
		summary->results[RESULT_UNKNOWN] > 0 || summary_num_unread(summary) > 0;
	enum colour colour = fail ? BAD : open ? DOUBT : GOOD;
	struct buffer wrapped;
	buffer_init(&wrapped, REPORT_MAX);
	summary_put_verdict(summary, &t->line);
	put_sentences(&wrapped, buffer_bytes(&t->line));
	t->line.len = 0;
	buffer_put_char(&wrapped, '\0');
	if (!wrapped.failed) {
		report_put_coloured(
			t->out, &t->options, colour, (const char *)wrapped.data);
	}
	buffer_put_char(t->out, '\n');
	t->out->failed = t->out->failed || wrapped.failed;
	buffer_clear(&wrapped);
	summary_put_remainder(summary, &t->line);
	if (t->line.len) {
		put_sentences(t->out, buffer_bytes(&t->line));
		buffer_put_char(t->out, '\n');
		t->line.len = 0;
	}
}

static void put_policies(struct text *t, const struct summary *summary)
{
	static const char *const columns[] = {"compliant", "not", "open", "exempt"};
	if (summary_main_policy(summary) == policy_num()) {
		return;
	}
	put_columns(t, "Policies", columns, 4);
	for (size_t i = 0; i < policy_num(); i++) {
		const struct summary_policy *policy = &summary->policies[i];
		if (summary_policy_num(policy) == 0) {
			continue;
		}
		const uint64_t numbers[] = {policy->verdicts[VERDICT_COMPLIANT],
			policy->verdicts[VERDICT_NON_COMPLIANT],
			policy->verdicts[VERDICT_INDETERMINATE], policy->not_applying};
		put_row(t, bytes_of_text(policy_at(i)->name), numbers, 4);
		for (size_t k = 1; k < NUM_CODES; k++) {
			const uint64_t why[] = {0, 0, 0, policy->because[k]};
			if (policy->because[k] == 0) {
				continue;
			}
			buffer_printf(&t->line, "  does not apply: %s",
				code_info((enum code)k)->sentence);
			struct bytes name = buffer_bytes(&t->line);
			put_row(t, name, why + 3, 1);
			t->line.len = 0;
		}
	}
}

// "  and 12 more"
static void put_more(struct text *t, size_t indent, uint64_t num)
{
	if (num > 0) {
		text_put_spaces(t->out, indent);
		buffer_put_text(t->out, "and ");
		summary_put_number(t->out, num);
		buffer_put_text(t->out, " more\n");
	}
}

static void put_codes(struct text *t, const struct summary *summary, const char *heading,
	const enum code *codes, size_t num)
{
	static const char *const columns[] = {"failing", "of all"};
	if (num == 0) {
		return;
	}
	put_columns(t, heading, columns, 2);
	for (size_t i = 0; i < num && i < TOP; i++) {
		const struct summary_reason *reason = &summary->reasons[codes[i]];
		const uint64_t numbers[] = {reason->failing, reason->certificates};
		put_row(t, bytes_of_text(code_info(codes[i])->sentence), numbers, 2);
	}
	put_more(t, 2, num > TOP ? num - TOP : 0);
}

static void put_reasons(struct text *t, const struct summary *summary)
{
	enum code codes[NUM_CODES];
	size_t num_causes = 0;
	size_t num = summary_sort_failing(summary, codes, &num_causes);
	put_codes(t, summary, "What certificates that fail have", codes, num_causes);
	put_codes(t, summary, "Also noted on certificates that fail", codes + num_causes,
		num - num_causes);
}

// A table of names, by weight and by the second count.
static void put_names(struct text *t, const struct summary *summary,
	enum summary_table which, const char *heading, const char *const *columns)
{
	struct tally_view view;
	if (!tally_view_init(&view, &summary->tables[which], TALLY_BY_WEIGHT)) {
		t->out->failed = true;
		return;
	}
	if (view.num > 0) {
		put_columns(t, heading, columns, 2);
	}
	uint64_t rest[] = {
		summary_sum(view.others, summary->tables[which].num_weighed),
		view.others[1],
	};
	for (size_t i = 0; i < view.num; i++) {
		const struct tally_item *item = &view.items[i];
		const uint64_t numbers[] = {item->weight, item->entry->counts[1]};
		if (i < TOP) {
			put_row(t, item->key, numbers, 2);
		} else {
			rest[0] += numbers[0];
			rest[1] += numbers[1];
		}
	}
	if (rest[0] > 0) {
		put_row(t, bytes_of_text("(others)"), rest, 2);
	}
	tally_view_clear(&view);
}

static void put_lifetimes(struct text *t, const struct summary *summary)
{
	static const char *const columns[] = {"required", "apply", "fail"};
	bool first = true;
	for (size_t i = 0; i < SUMMARY_MAX_LIFETIMES; i++) {
		struct lifetime_place place = summary_lifetime_place(i);
		const size_t *at = place.index;
		const struct summary_lifetime *lifetime =
			&summary->lifetimes[at[0]][at[1]][at[2]];
		if (!place.row || summary_lifetime_num(lifetime) == 0) {
			continue;
		}
		if (first) {
			put_columns(t, "Lifetimes, and SCTs required", columns, 3);
		}
		first = false;
		const uint64_t numbers[] = {place.row->scts,
			summary_lifetime_num(lifetime), lifetime->results[RESULT_FAIL]};
		summary_put_lifetime(&t->line, &place);
		struct bytes name = buffer_bytes(&t->line);
		size_t len = t->line.len;
		put_row(t, bytes_of(name.data, len), numbers, 3);
		t->line.len = 0;
	}
}

// The first inputs that could not be read, one by one.
static void put_unread_inputs(struct text *t, const struct summary *summary)
{
	enum { SHOWN = 5 };
	uint64_t all = summary_num_unread(summary);
	size_t num = summary->unread.num < SHOWN ? summary->unread.num : SHOWN;
	if (num == 0) {
		return;
	}
	if (num < all) {
		buffer_printf(t->out, "  The first %zu of them\n", num);
	} else {
		buffer_put_text(t->out, "  One by one\n");
	}
	for (size_t i = 0; i < num; i++) {
		const struct exhibit *exhibit = summary->unread.items[i];
		struct bytes id = exhibit_text(exhibit, EXHIBIT_ID);
		if (id.len) {
			buffer_put(&t->line, id);
		} else {
			buffer_put_text(&t->line, "record ");
			summary_put_number(&t->line, exhibit->position + 1);
		}
		buffer_put_text(&t->line, ": ");
		buffer_put(&t->line, exhibit_text(exhibit, EXHIBIT_MESSAGE));
		end_wrapped(t, 4);
	}
	put_more(t, 4, all - num);
}

static void put_unread(struct text *t, const struct summary *summary)
{
	static const char *const columns[] = {"inputs"};
	if (summary_num_unread(summary) == 0) {
		return;
	}
	put_columns(t, "What could not be read", columns, 1);
	for (size_t i = 1; i < NUM_CODES; i++) {
		if (summary->errors[i]) {
			put_row(t, bytes_of_text(code_info((enum code)i)->sentence),
				&summary->errors[i], 1);
		}
	}
	put_unread_inputs(t, summary);
}

static void put_run(struct text *t, const struct summary *summary)
{
	summary_put_rate(summary, &t->line);
	if (t->line.len) {
		buffer_put_char(t->out, '\n');
		buffer_put_char(&t->line, '.');
		put_sentences(t->out, buffer_bytes(&t->line));
		buffer_put_char(t->out, '\n');
		t->line.len = 0;
	}
}

static bool has_exempt(const struct summary *summary)
{
	size_t main = summary_main_policy(summary);
	return main < policy_num() && summary->policies[main].not_applying > 0;
}

void summary_put_text(const struct summary *summary, bool colour, struct buffer *out)
{
	static const char *const results[] = {"judged", "fail"};
	static const char *const scts[] = {"SCTs", "counted"};
	struct text t = {.out = out, .options = {.colour = colour}};
	buffer_init(&t.line, REPORT_MAX);
	put_verdict(&t, summary);
	put_policies(&t, summary);
	put_reasons(&t, summary);
	put_names(&t, summary, TABLE_ISSUERS,
		has_exempt(summary) ? "Issuers, exempt certificates too" : "Issuers",
		results);
	put_names(&t, summary, TABLE_OPERATORS, "Log operators", scts);
	put_lifetimes(&t, summary);
	put_unread(&t, summary);
	put_run(&t, summary);
	out->failed = out->failed || t.line.failed;
	buffer_clear(&t.line);
}

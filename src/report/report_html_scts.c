// SPDX-License-Identifier: Apache-2.0
// SCTs on the HTML page: by log operator and log, what logs' states cost, and how many
// certificates of each lifetime had.
#include "report/html_write.h"

#include <stdlib.h>

#include "base/text.h"

#define BARS_SHOWN 20
#define LOSSES_SHOWN 100

static void put_sct_bar(struct buffer *out, struct bytes name, uint64_t scts,
	uint64_t counted, uint64_t scale, uint64_t all)
{
	const struct html_bar bar = {
		.name = name, .whole = scts, .part = counted, .scale = scale};
	html_begin_bar(out, &bar);
	summary_put_number(out, scts);
	buffer_put_text(out, " <small>");
	summary_put_percent(out, scts, all);
	buffer_put_text(out, " of all, ");
	summary_put_percent(out, counted, scts);
	buffer_put_text(out, " count</small>");
	html_end_bar(out);
}

// A count of all that have no row of their own.
static uint64_t rest_of(const struct tally_view *view, size_t count)
{
	uint64_t rest = view->others[count];
	for (size_t i = HTML_MAX_ROWS; i < view->num; i++) {
		rest += view->items[i].entry->counts[count];
	}
	return rest;
}

static void put_other_operators(
	struct buffer *out, const struct tally_view *view, uint64_t all)
{
	if (rest_of(view, OPERATOR_SCTS) == 0) {
		return;
	}
	buffer_put_text(out, "<tr><th scope=\"row\">(others)</th>");
	// A certificate with SCTs of two of them would be counted twice.
	html_put_share(out, 0, 0);
	html_put_number(out, rest_of(view, OPERATOR_SCTS), false);
	html_put_share(out, rest_of(view, OPERATOR_SCTS), all);
	html_put_number(out, rest_of(view, OPERATOR_COUNTED), false);
	buffer_put_text(out, "</tr>\n");
}

static void put_operator_rows(
	struct buffer *out, const struct tally_view *view, uint64_t all)
{
	for (size_t i = 0; i < view->num && i < HTML_MAX_ROWS; i++) {
		const struct tally_item *item = &view->items[i];
		const uint64_t *counts = item->entry->counts;
		buffer_put_text(out, "<tr><th scope=\"row\">");
		html_put_foreign(out, item->key);
		buffer_put_text(out, "</th>");
		html_put_number(out, counts[OPERATOR_CERTIFICATES], false);
		html_put_number(out, counts[OPERATOR_SCTS], false);
		html_put_share(out, counts[OPERATOR_SCTS], all);
		html_put_number(out, counts[OPERATOR_COUNTED], false);
		buffer_put_text(out, "</tr>\n");
	}
	put_other_operators(out, view, all);
}

void html_put_operators(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {{"Log operator", COLUMN_TEXT},
		{"Certificates", COLUMN_NUMBER}, {"SCTs", COLUMN_NUMBER},
		{"Share of SCTs", COLUMN_NUMBER}, {"Counted", COLUMN_NUMBER},
		{NULL, COLUMN_TEXT}};
	struct tally_view view;
	const struct tally *table = &summary->tables[TABLE_OPERATORS];
	if (!tally_view_init(&view, table, TALLY_BY_WEIGHT)) {
		out->failed = true;
		return;
	}
	if (view.num > 0) {
		html_begin_section(out, "operators", "SCTs by log operator");
		html_begin_bars(out,
			"Share of all SCTs; the coloured and higher part of a bar is those "
			"that count.");
		for (size_t i = 0; i < view.num && i < BARS_SHOWN; i++) {
			const uint64_t *counts = view.items[i].entry->counts;
			put_sct_bar(out, view.items[i].key, counts[OPERATOR_SCTS],
				counts[OPERATOR_COUNTED], view.items[0].weight,
				summary->scts);
		}
		html_end_bars(out);
		html_begin_details(out, "The numbers by log operator");
		html_begin_table(out, "", "SCTs by log operator", headings);
		put_operator_rows(out, &view, summary->scts);
		html_end_table(out);
		buffer_put_text(out, "</details>\n</section>\n");
	}
	tally_view_clear(&view);
}

// A log's description; one that the list does not know, its id.
static void put_log_name(struct buffer *out, const struct tally_item *item)
{
	const struct tally_note *note = item->entry->note;
	char id[TEXT_BASE64_ROOM(LOG_ID_LEN)];
	if (note && note->text[LOG_NOTE_DESCRIPTION][0]) {
		buffer_put_text(out, note->text[LOG_NOTE_DESCRIPTION]);
		return;
	}
	text_base64(item->key, id);
	buffer_printf(out, "unknown log %s", id);
}

static void put_note_cell(struct buffer *out, const struct tally_item *item, size_t which)
{
	const struct tally_note *note = item->entry->note;
	buffer_put_text(out, "<td>");
	html_put_foreign(out, bytes_of_text(note ? note->text[which] : ""));
	buffer_put_text(out, "</td>");
}

static void begin_log_row(struct buffer *out, const struct tally_item *item)
{
	struct buffer name;
	buffer_init(&name, 1024);
	put_log_name(&name, item);
	buffer_put_text(out, "<tr><th scope=\"row\">");
	html_put_foreign(out, buffer_bytes(&name));
	buffer_put_text(out, "</th>");
	put_note_cell(out, item, LOG_NOTE_OPERATOR);
	put_note_cell(out, item, LOG_NOTE_STATE);
	out->failed = out->failed || name.failed;
	buffer_clear(&name);
}

static void put_log_bars(struct buffer *out, const struct tally_view *view, uint64_t all)
{
	struct buffer name;
	buffer_init(&name, 1024);
	for (size_t i = 0; i < view->num && i < BARS_SHOWN; i++) {
		const uint64_t *counts = view->items[i].entry->counts;
		name.len = 0;
		put_log_name(&name, &view->items[i]);
		put_sct_bar(out, buffer_bytes(&name), counts[LOG_SCTS],
			counts[LOG_COUNTED], view->items[0].weight, all);
	}
	out->failed = out->failed || name.failed;
	buffer_clear(&name);
}

static void put_log_cells(struct buffer *out, const uint64_t *counts, uint64_t all)
{
	html_put_number(out, counts[LOG_SCTS], false);
	html_put_share(out, counts[LOG_SCTS], all);
	html_put_number(out, counts[LOG_VALID], false);
	html_put_number(out, counts[LOG_COUNTED], false);
	buffer_put_text(out, "</tr>\n");
}

static void put_log_rows(struct buffer *out, const struct tally_view *view, uint64_t all)
{
	const uint64_t rest[] = {[LOG_SCTS] = rest_of(view, LOG_SCTS),
		[LOG_VALID] = rest_of(view, LOG_VALID),
		[LOG_COUNTED] = rest_of(view, LOG_COUNTED)};
	for (size_t i = 0; i < view->num && i < HTML_MAX_ROWS; i++) {
		begin_log_row(out, &view->items[i]);
		put_log_cells(out, view->items[i].entry->counts, all);
	}
	if (rest[LOG_SCTS] > 0) {
		buffer_put_text(
			out, "<tr><th scope=\"row\">(others)</th><td></td><td></td>");
		put_log_cells(out, rest, all);
	}
}

void html_put_logs(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {{"Log", COLUMN_TEXT},
		{"Operator", COLUMN_TEXT}, {"State", COLUMN_TEXT},
		{"SCTs", COLUMN_NUMBER}, {"Share", COLUMN_NUMBER},
		{"Valid", COLUMN_NUMBER}, {"Counted", COLUMN_NUMBER},
		{NULL, COLUMN_TEXT}};
	struct tally_view view;
	if (!tally_view_init(&view, &summary->tables[TABLE_LOGS], TALLY_BY_WEIGHT)) {
		out->failed = true;
		return;
	}
	if (view.num > 0) {
		html_begin_section(out, "logs", "SCTs by log");
		html_begin_bars(out,
			view.num > BARS_SHOWN
				? "The 20 logs of most SCTs; the coloured and higher "
				  "part of a bar is those that count."
				: "The coloured and higher part of a bar is the SCTs that "
				  "count.");
		put_log_bars(out, &view, summary->scts);
		html_end_bars(out);
		html_begin_details(out, "The numbers by log");
		html_begin_table(
			out, "", "SCTs by log, and its state in the list", headings);
		put_log_rows(out, &view, summary->scts);
		html_end_table(out);
		buffer_put_text(out, "</details>\n</section>\n");
	}
	tally_view_clear(&view);
}

// What was lost because of what became of a log.

enum loss { LOSS_RETIRED, LOSS_READONLY, LOSS_REJECTED, LOSS_UNAPPROVED, NUM_LOSSES };

static const struct {
	enum code code;
	enum loss loss;
} losses[] = {
	{CODE_AFTER_RETIREMENT, LOSS_RETIRED},
	{CODE_LOG_RETIRED, LOSS_RETIRED},
	{CODE_ONCE_APPROVED_ONLY, LOSS_RETIRED},
	{CODE_ISSUED_AFTER_RETIREMENT, LOSS_RETIRED},
	{CODE_AFTER_READONLY, LOSS_READONLY},
	{CODE_LOG_REJECTED, LOSS_REJECTED},
	{CODE_LOG_PENDING, LOSS_UNAPPROVED},
	{CODE_LOG_WITHOUT_STATE, LOSS_UNAPPROVED},
};

struct lost {
	const struct tally_item *item;
	uint64_t num[NUM_LOSSES];
	uint64_t sum;
};

static struct lost lost_of(const struct tally_item *item)
{
	struct lost lost = {.item = item};
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		uint64_t num = item->entry->counts[LOG_WHY + losses[i].code];
		lost.num[losses[i].loss] += num;
		lost.sum += num;
	}
	return lost;
}

// The most first; logs of as many stay in the order of their SCTs.
static int by_sum(const void *a, const void *b)
{
	const struct lost *x = (const struct lost *)a;
	const struct lost *y = (const struct lost *)b;
	if (x->sum != y->sum) {
		return x->sum < y->sum ? 1 : -1;
	}
	return (x->item > y->item) - (x->item < y->item);
}

static void put_lost(struct buffer *out, const struct lost *lost)
{
	begin_log_row(out, lost->item);
	for (size_t i = 0; i < NUM_LOSSES; i++) {
		html_put_number(out, lost->num[i], false);
	}
	html_put_number(out, lost->sum, false);
	html_put_share(out, lost->sum, lost->item->weight);
	buffer_put_text(out, "</tr>\n");
}

static void put_lost_table(struct buffer *out, const struct lost *lost, size_t num)
{
	static const struct html_heading headings[] = {{"Log", COLUMN_TEXT},
		{"Operator", COLUMN_TEXT}, {"State", COLUMN_TEXT},
		{"Retired", COLUMN_NUMBER}, {"Read-only", COLUMN_NUMBER},
		{"Rejected", COLUMN_NUMBER}, {"Never approved", COLUMN_NUMBER},
		{"SCTs lost", COLUMN_NUMBER}, {"Share of its SCTs", COLUMN_NUMBER},
		{NULL, COLUMN_TEXT}};
	html_begin_section(out, "losses", "SCTs lost with their logs");
	html_begin_table(out, "",
		"SCTs that do not count because of what became of their log", headings);
	for (size_t i = 0; i < num && i < LOSSES_SHOWN && lost[i].sum; i++) {
		put_lost(out, &lost[i]);
	}
	html_end_table(out);
	buffer_put_text(out, "</section>\n");
}

void html_put_losses(struct buffer *out, const struct summary *summary)
{
	struct tally_view view;
	if (!tally_view_init(&view, &summary->tables[TABLE_LOGS], TALLY_BY_WEIGHT)) {
		out->failed = true;
		return;
	}
	struct lost *lost = (struct lost *)calloc(view.num + 1, sizeof(*lost));
	if (lost) {
		for (size_t i = 0; i < view.num; i++) {
			lost[i] = lost_of(&view.items[i]);
		}
		qsort(lost, view.num, sizeof(*lost), by_sum);
		if (view.num > 0 && lost[0].sum > 0) {
			put_lost_table(out, lost, view.num);
		}
	} else {
		out->failed = true;
	}
	free(lost);
	tally_view_clear(&view);
}

// Lifetimes.

static void put_lifetime(struct buffer *out, const struct summary_lifetime *lifetime,
	const struct lifetime_place *place)
{
	buffer_put_text(out, "<tr><th scope=\"row\">");
	summary_put_lifetime(out, place);
	buffer_printf(out, "<br><code>%s %s/%s</code></th>", place->policy->name,
		place->table->name, place->row->name);
	html_put_number(out, place->row->scts, false);
	for (size_t i = 0; i < LIFETIME_HAD; i++) {
		html_put_number(out, lifetime->had[i], i < place->row->scts);
	}
	html_put_number(out, summary_lifetime_num(lifetime), false);
	html_put_number(out, lifetime->results[RESULT_FAIL], true);
	buffer_put_text(out, "</tr>\n");
}

void html_put_lifetimes(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {{"Lifetime", COLUMN_TEXT},
		{"Required", COLUMN_NUMBER}, {"0", COLUMN_NUMBER}, {"1", COLUMN_NUMBER},
		{"2", COLUMN_NUMBER}, {"3", COLUMN_NUMBER}, {"4", COLUMN_NUMBER},
		{"5 or more", COLUMN_NUMBER}, {"Where it applies", COLUMN_NUMBER},
		{"Fail", COLUMN_NUMBER}, {NULL, COLUMN_TEXT}};
	if (summary_num_judged(summary) == 0) {
		return;
	}
	html_begin_section(out, "lifetimes", "Lifetimes and required SCTs");
	html_put_note(out,
		"A cross marks certificates of which fewer SCTs count than their lifetime "
		"requires. They can still pass, by SCTs that the server delivers. Certificates "
		"to which the policy does not apply are not counted here.");
	html_begin_table(
		out, "", "Certificates by the number of their SCTs that count", headings);
	for (size_t i = 0; i < SUMMARY_MAX_LIFETIMES; i++) {
		struct lifetime_place place = summary_lifetime_place(i);
		const size_t *at = place.index;
		const struct summary_lifetime *lifetime =
			&summary->lifetimes[at[0]][at[1]][at[2]];
		if (place.row && summary_lifetime_num(lifetime) > 0) {
			put_lifetime(out, lifetime, &place);
		}
	}
	html_end_table(out);
	buffer_put_text(out, "</section>\n");
}

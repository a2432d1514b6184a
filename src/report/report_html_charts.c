// SPDX-License-Identifier: Apache-2.0
// Charts of results, by month and by issuer, each with its numbers as a table.
#include "report/html_write.h"

// Bars that can be told apart on paper.
#define MONTHS_SHOWN 300
#define BARS_SHOWN 20

static uint64_t judged_of(const struct tally_item *item)
{
	return item->weight;
}

static uint64_t failing_of(const struct tally_item *item)
{
	return item->entry->counts[RESULT_FAIL];
}

// "2026-06" as a number of months.
static size_t month_of(const struct tally_item *item)
{
	const uint8_t *c = item->key.data;
	size_t year = 0;
	for (size_t i = 0; i < 4; i++) {
		year = year * 10 + (size_t)(c[i] - '0');
	}
	return year * 12 + (size_t)(c[5] - '0') * 10 + (size_t)(c[6] - '0') - 1;
}

// Which months are drawn, and where.
struct months {
	const struct tally_item *items;
	size_t num;
	bool gaps; // by the calendar; else one beside the other
	size_t num_slots;
};

static struct months months_of(const struct tally_view *view)
{
	size_t first = view->num > MONTHS_SHOWN ? view->num - MONTHS_SHOWN : 0;
	struct months m = {.items = view->items + first, .num = view->num - first};
	size_t range = month_of(&m.items[m.num - 1]) - month_of(&m.items[0]) + 1;
	m.gaps = range <= MONTHS_SHOWN;
	m.num_slots = m.gaps ? range : m.num;
	return m;
}

static size_t slot_of(const struct months *m, size_t i)
{
	return m->gaps ? month_of(&m->items[i]) - month_of(&m->items[0]) : i;
}

// Rounded up: what fails at all is drawn.
static uint64_t rate_of(const struct tally_item *item)
{
	return (failing_of(item) * 100000 + judged_of(item) - 1) / judged_of(item);
}

// The month of the largest share of failures.
static const struct tally_item *worst_of(const struct months *m)
{
	const struct tally_item *worst = &m->items[0];
	for (size_t i = 1; i < m->num; i++) {
		const struct tally_item *item = &m->items[i];
		worst = (double)failing_of(item) / (double)judged_of(item) >
				(double)failing_of(worst) / (double)judged_of(worst)
			? item
			: worst;
	}
	return worst;
}

static uint64_t highest(const struct months *m, uint64_t (*of)(const struct tally_item *))
{
	uint64_t max = 0;
	for (size_t i = 0; i < m->num; i++) {
		max = of(&m->items[i]) > max ? of(&m->items[i]) : max;
	}
	return max;
}

static void put_month_title(struct buffer *out, const struct tally_item *item)
{
	buffer_put_text(out, "<title>");
	buffer_put(out, item->key);
	buffer_put_text(out, ": ");
	summary_put_number(out, judged_of(item));
	buffer_put_text(out, " judged, ");
	summary_put_number(out, failing_of(item));
	buffer_put_text(out, " fail</title>");
}

static void put_month_bars(struct buffer *out, const struct months *m, const char *class,
	uint64_t (*of)(const struct tally_item *), uint64_t max)
{
	for (size_t i = 0; i < m->num; i++) {
		const struct tally_item *item = &m->items[i];
		uint64_t value = of(item);
		size_t height = (size_t)(value * 1000 / max);
		height = value && height < 10 ? 10 : height;
		if (height > 0) {
			buffer_printf(out,
				"<rect class=\"%s\" x=\"%zu.1\" y=\"%zu\" width=\".8\" "
				"height=\"%zu\">",
				class, slot_of(m, i), 1000 - height, height);
			put_month_title(out, item);
			buffer_put_text(out, "</rect>\n");
		}
	}
}

static void begin_month_svg(struct buffer *out, const struct months *m, const char *id,
	const char *title, const char *description)
{
	buffer_printf(out,
		"<svg role=\"img\" aria-labelledby=\"%s-t %s-d\" viewBox=\"0 0 %zu "
		"1000\" preserveAspectRatio=\"none\"><title id=\"%s-t\">%s</title>"
		"<desc id=\"%s-d\">%s</desc>\n",
		id, id, m->num_slots, id, title, id, description);
}

// A label at so many ten-thousandths of the axis; it stands on the left of its place where
// on the right there is no room for it.
static void put_year(struct buffer *out, size_t place, bool odd, size_t year)
{
	bool is_end = place > 9000;
	size_t distance = is_end ? 10000 - place : place;
	buffer_printf(out, "<span class=\"%s%s\" style=\"%s:%zu.%02zu%%\">%zu</span>",
		odd ? "odd" : "even", is_end ? " end" : "", is_end ? "right" : "left",
		distance / 100, distance % 100, year);
}

// A label where a year begins, about ten in all.
static void put_axis(struct buffer *out, const struct months *m)
{
	size_t years = m->num_slots / 12 + 1;
	size_t step = years / 10 + 1;
	size_t next = 0;
	size_t num = 0;
	buffer_put_text(out, "<div class=\"axis\" aria-hidden=\"true\">");
	for (size_t slot = 0; m->gaps && slot < m->num_slots; slot++) {
		size_t month = month_of(&m->items[0]) + slot;
		// Not the first one, where the next would stand upon it.
		bool begins = month % 12 == 0 || (slot == 0 && month % 12 < 6);
		if (!begins || month / 12 < next) {
			continue;
		}
		next = month / 12 + step;
		put_year(out, slot * 10000 / m->num_slots, num++ % 2 == 1, month / 12);
	}
	buffer_put_text(out, "</div>\n");
}

static void put_month_chart(struct buffer *out, const struct months *m)
{
	uint64_t most = highest(m, judged_of);
	uint64_t worst = highest(m, rate_of);
	buffer_put_text(out,
		"<figure>\n<figcaption>Each bar is a month of issuance "
		"(notBefore, UTC).</figcaption>\n<div class=\"chart\">\n"
		"<h3><span>Certificates</span><span>at most ");
	summary_put_number(out, most);
	buffer_put_text(out, " a month</span></h3>\n");
	begin_month_svg(out, m, "months", "Certificates by month of issuance",
		"One bar a month, as high as the number of certificates judged; the "
		"numbers are in the table below.");
	put_month_bars(out, m, "whole", judged_of, most);
	buffer_put_text(out, "</svg>\n<h3><span>Share that fails</span><span>");
	if (worst > 0) {
		buffer_put_text(out, "worst month: ");
		const struct tally_item *item = worst_of(m);
		summary_put_percent(out, failing_of(item), judged_of(item));
	} else {
		buffer_put_text(out, "none in any month");
	}
	buffer_put_text(out, "</span></h3>\n<div class=\"low\">");
	begin_month_svg(out, m, "rates", "Share of certificates that fail, by month",
		"One bar a month, as high as the share of its certificates that fail; "
		"the numbers are in the table below.");
	if (worst > 0) {
		put_month_bars(out, m, "bad", rate_of, worst);
	}
	buffer_put_text(out, "</svg></div>\n");
	put_axis(out, m);
	buffer_put_text(out, "</div>\n</figure>\n");
}

static void put_result_cells(struct buffer *out, const uint64_t *results)
{
	uint64_t judged = summary_sum(results, NUM_RESULTS);
	html_put_number(out, judged, false);
	html_put_number(out, results[RESULT_PASS], false);
	html_put_number(out, results[RESULT_FAIL], true);
	html_put_number(out, results[RESULT_UNKNOWN], false);
	html_put_share(out, results[RESULT_PASS], judged);
	buffer_put_text(out, "</tr>\n");
}

// A table of names with results, the rest in its last row.
static void put_result_table(struct buffer *out, const struct tally_view *view,
	const char *caption, const char *name, size_t max)
{
	bool is_issuer = strcmp(name, "Issuer") == 0;
	const struct html_heading headings[] = {{name, COLUMN_TEXT},
		{"Judged", COLUMN_NUMBER}, {"Pass", COLUMN_NUMBER},
		{"Fail", COLUMN_NUMBER}, {"Unknown", COLUMN_NUMBER},
		{"Pass, share", COLUMN_NUMBER}, {NULL, COLUMN_TEXT}};
	uint64_t rest[NUM_RESULTS];
	memcpy(rest, view->others, sizeof(rest));
	html_begin_table(out, "class=\"sorts\"", caption, headings);
	for (size_t i = 0; i < view->num; i++) {
		const struct tally_item *item = &view->items[i];
		if (i >= max) {
			for (size_t k = 0; k < NUM_RESULTS; k++) {
				rest[k] += item->entry->counts[k];
			}
			continue;
		}
		buffer_put_text(out, "<tr><th scope=\"row\">");
		(is_issuer ? html_put_issuer : html_put_foreign)(out, item->key);
		buffer_put_text(out, "</th>");
		put_result_cells(out, item->entry->counts);
	}
	if (summary_sum(rest, NUM_RESULTS)) {
		buffer_put_text(out, "<tr><th scope=\"row\">(others)</th>");
		put_result_cells(out, rest);
	}
	html_end_table(out);
}

void html_put_months(struct buffer *out, const struct summary *summary)
{
	struct tally_view view;
	if (!tally_view_init(&view, &summary->tables[TABLE_MONTHS], TALLY_BY_KEY)) {
		out->failed = true;
		return;
	}
	if (view.num > 0) {
		struct months m = months_of(&view);
		html_begin_section(out, "months", "By month of issuance");
		put_month_chart(out, &m);
		html_begin_details(out, "The numbers by month");
		put_result_table(out, &view, "Results by month of issuance", "Month",
			SUMMARY_MAX_MONTHS);
		buffer_put_text(out, "</details>\n</section>\n");
	}
	tally_view_clear(&view);
}

static void put_issuer_bar(
	struct buffer *out, const struct tally_item *item, uint64_t scale)
{
	uint64_t failing = failing_of(item);
	html_begin_bar(out,
		&(struct html_bar){.name = item->key,
			.whole = item->weight,
			.part = failing,
			.scale = scale,
			.bad = true,
			.is_issuer = true});
	summary_put_number(out, item->weight);
	if (failing > 0) {
		buffer_put_text(out, " <small class=\"bad\">");
		summary_put_number(out, failing);
		buffer_put_text(out, failing == 1 ? " fails (" : " fail (");
		summary_put_percent(out, failing, item->weight);
		buffer_put_text(out, ")</small>");
	}
	html_end_bar(out);
}

void html_put_issuers(struct buffer *out, const struct summary *summary)
{
	struct tally_view view;
	if (!tally_view_init(&view, &summary->tables[TABLE_ISSUERS], TALLY_BY_WEIGHT)) {
		out->failed = true;
		return;
	}
	if (view.num > 0) {
		html_begin_section(out, "issuers", "By issuer");
		html_begin_bars(out,
			view.num > BARS_SHOWN
				? "The 20 issuers of most certificates, those to which the "
				  "policy does not apply included. The higher part of a bar "
				  "is what fails."
				: "Certificates of each issuer, those to which the policy "
				  "does not apply included. The higher part of a bar is what "
				  "fails.");
		for (size_t i = 0; i < view.num && i < BARS_SHOWN; i++) {
			put_issuer_bar(out, &view.items[i], view.items[0].weight);
		}
		html_end_bars(out);
		html_begin_details(out, "The numbers by issuer");
		put_result_table(
			out, &view, "Results by issuer", "Issuer", HTML_MAX_ROWS);
		buffer_put_text(out, "</details>\n</section>\n");
	}
	tally_view_clear(&view);
}

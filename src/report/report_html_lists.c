// SPDX-License-Identifier: Apache-2.0
// What the HTML page lists one by one: certificates that fail, inputs that could not be
// read.
#include "report/html_write.h"

#include "base/datetime.h"
#include "base/text.h"

static void put_place(struct buffer *out, const struct exhibit *exhibit)
{
	struct bytes id = exhibit_text(exhibit, EXHIBIT_ID);
	if (exhibit->has_id) {
		html_put_foreign(out, id);
	} else {
		buffer_put_text(out, "record ");
		summary_put_number(out, exhibit->position + 1);
	}
}

static void put_day_cell(struct buffer *out, const char *label, int64_t seconds)
{
	buffer_printf(out, "<td class=\"day\" data-label=\"%s\" data-v=\"%lld\">", label,
		(long long)seconds);
	html_put_day(out, seconds * 1000);
	buffer_put_text(out, "</td>");
}

static void put_name(struct buffer *out, const struct exhibit *exhibit)
{
	char hex[2 * DIGEST_SHA256_LEN + 1];
	text_hex(bytes_of(exhibit->sha256, DIGEST_SHA256_LEN), hex);
	buffer_put_text(out, "<th scope=\"row\"><strong>");
	html_put_foreign(out, exhibit_text(exhibit, EXHIBIT_NAME));
	buffer_put_text(out, "</strong><br><span class=\"soft\">");
	put_place(out, exhibit);
	if (exhibit->times > 1) {
		buffer_put_text(out, ", ");
		summary_put_things(out, exhibit->times, "time");
	}
	buffer_printf(out, "</span><br><code>%s</code></th>", hex);
}

static void put_failing(struct buffer *out, const struct exhibit *exhibit)
{
	buffer_put_text(out, "<tr>");
	put_name(out, exhibit);
	buffer_put_text(out, "<td data-label=\"Issuer\">");
	html_put_issuer(out, exhibit_text(exhibit, EXHIBIT_ISSUER));
	buffer_put_text(out, "</td>");
	put_day_cell(out, "Issued", exhibit->not_before);
	put_day_cell(out, "Ends", exhibit->not_after);
	buffer_put_text(out, "<td class=\"needs\" data-label=\"Needs\">");
	for (size_t i = 0; i < exhibit->num_needs; i++) {
		buffer_put_text(out, "<p>");
		html_put_foreign(out,
			exhibit_text(exhibit, (enum exhibit_text)(EXHIBIT_MESSAGE + i)));
		buffer_put_char(out, ' ');
		html_put_code(out, code_info((enum code)exhibit->codes[i])->name);
		buffer_put_text(out, "</p>");
	}
	buffer_put_text(out, "</td></tr>\n");
}

// How many there are, how many of them are shown, and where the rest is.
static void put_extent(struct buffer *out, const struct summary *summary)
{
	uint64_t num = summary->results[RESULT_FAIL];
	bool rest = summary->failing.num < num;
	buffer_put_text(out, "<p>");
	summary_put_things(out, num, "certificate");
	buffer_put_text(out, num == 1 ? " fails. " : " fail. ");
	if (rest && summary->failing.num == SUMMARY_MAX_FAILING) {
		buffer_put_text(out, "These are the first ");
		summary_put_number(out, summary->failing.num);
		buffer_put_text(out,
			" by their place in the input; all of them are in "
			"the results file, alone where the audit is run "
			"with <code>--fail-only</code>.");
	} else if (rest) {
		buffer_put_text(out, "Equal ones are shown once.");
	}
	buffer_put_text(out, "</p>\n");
}

void html_put_failing(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {{"Certificate", COLUMN_TEXT},
		{"Issuer", COLUMN_TEXT}, {"Issued", COLUMN_TEXT}, {"Ends", COLUMN_TEXT},
		{"What it needs", COLUMN_TEXT}, {NULL, COLUMN_TEXT}};
	if (summary->failing.num == 0) {
		return;
	}
	html_begin_section(out, "failing", "Certificates that fail");
	put_extent(out, summary);
	html_begin_table(out, "class=\"sorts failing\"",
		"In the order of the input: first DNS name or subject, id, SHA-256",
		headings);
	for (size_t i = 0; i < summary->failing.num; i++) {
		put_failing(out, summary->failing.items[i]);
	}
	html_end_table(out);
	buffer_put_text(out, "</section>\n");
}

static void put_errors(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {
		{"Error", COLUMN_TEXT}, {"Inputs", COLUMN_NUMBER}, {NULL, COLUMN_TEXT}};
	html_begin_table(out, "", "Inputs by error", headings);
	for (size_t i = 1; i < NUM_CODES; i++) {
		const struct code_info *info = code_info((enum code)i);
		if (summary->errors[i] == 0) {
			continue;
		}
		buffer_put_text(out, "<tr><th scope=\"row\">");
		html_put_text(out, info->sentence);
		buffer_put_char(out, ' ');
		html_put_code(out, info->name);
		buffer_put_text(out, "</th>");
		html_put_number(out, summary->errors[i], false);
		buffer_put_text(out, "</tr>\n");
	}
	html_end_table(out);
}

void html_put_unread(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {{"Input", COLUMN_TEXT},
		{"What is wrong", COLUMN_TEXT}, {NULL, COLUMN_TEXT}};
	if (summary->unread.num == 0) {
		return;
	}
	html_begin_section(out, "unreadable", "What could not be read");
	put_errors(out, summary);
	buffer_put_text(out, "<details><summary>The first ");
	summary_put_things(out, summary->unread.num, "input");
	buffer_put_text(out, "</summary>\n");
	html_begin_table(out, "", "By their place in the input", headings);
	for (size_t i = 0; i < summary->unread.num; i++) {
		const struct exhibit *exhibit = summary->unread.items[i];
		buffer_put_text(out, "<tr><th scope=\"row\">");
		put_place(out, exhibit);
		buffer_put_text(out, "</th><td>");
		html_put_foreign(out, exhibit_text(exhibit, EXHIBIT_MESSAGE));
		buffer_put_char(out, ' ');
		html_put_code(out, code_info((enum code)exhibit->codes[0])->name);
		buffer_put_text(out, "</td></tr>\n");
	}
	html_end_table(out);
	buffer_put_text(out, "</details>\n</section>\n");
}

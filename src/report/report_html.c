// SPDX-License-Identifier: Apache-2.0
#include "report/report_html.h"

#include "base/datetime.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "report/html_write.h"

// Versions of the log list that are named; the JSON has them all.
#define LISTS_SHOWN 5

// The page may run its own script and no other, whatever its text contains.
static void put_script_policy(struct buffer *out)
{
	struct err err;
	uint8_t hash[DIGEST_SHA256_LEN];
	char text[TEXT_BASE64_ROOM(DIGEST_SHA256_LEN)];
	struct bytes script = bytes_of_text(html_script);
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	if (!digest || !digest_sha256(digest, &script, 1, hash)) {
		out->failed = true;
		digest_free(digest);
		return;
	}
	digest_free(digest);
	text_base64(bytes_of(hash, sizeof(hash)), text);
	buffer_printf(out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
		"'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'\">\n",
		text);
}

static void put_head(struct buffer *out)
{
	buffer_put_text(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n");
	put_script_policy(out);
	buffer_put_text(out,
		"<meta name=\"viewport\" content=\"width=device-width, "
		"initial-scale=1\">\n"
		"<title>Certificate Transparency audit</title>\n<style>\n");
	for (size_t i = 0; html_style[i]; i++) {
		buffer_put_text(out, html_style[i]);
		buffer_put_char(out, '\n');
	}
	buffer_put_text(out, "</style>\n</head>\n<body>\n");
}

static void put_figure(struct buffer *out, const char *name, uint64_t number, bool bad)
{
	buffer_printf(out, "<div%s><dt>%s</dt><dd>",
		bad && number ? " class=\"bad\"" : "", name);
	summary_put_number(out, number);
	buffer_put_text(out, "</dd></div>\n");
}

static void put_rest(struct buffer *out, const char *name, uint64_t number)
{
	if (number > 0) {
		put_figure(out, name, number, false);
	}
}

static void put_figures(struct buffer *out, const struct summary *summary)
{
	size_t main = summary_main_policy(summary);
	buffer_put_text(out, "<dl class=\"big\">\n");
	put_figure(out, "certificates judged", summary_num_judged(summary), false);
	if (main < policy_num()) {
		const struct summary_policy *policy = &summary->policies[main];
		put_figure(out, "compliant", policy->verdicts[VERDICT_COMPLIANT], false);
		put_figure(out, "not compliant", policy->verdicts[VERDICT_NON_COMPLIANT],
			true);
		put_rest(out, "could not be decided",
			policy->verdicts[VERDICT_INDETERMINATE]);
		put_rest(out, "policy does not apply", policy->not_applying);
	}
	put_rest(out, "could not be read", summary_num_unread(summary));
	buffer_put_text(out, "</dl>\n");
}

static void put_verdict(struct buffer *out, const struct summary *summary)
{
	struct buffer text;
	buffer_init(&text, 4096);
	buffer_put_text(
		out, "<header>\n<p class=\"over\">Certificate Transparency audit");
	summary_put_period(summary, &text);
	if (text.len) {
		buffer_put_text(out, ", certificates as of ");
		buffer_put(out, buffer_bytes(&text));
	}
	text.len = 0;
	summary_put_verdict(summary, &text);
	buffer_put_char(&text, '\0');
	buffer_put_text(out, "</p>\n<h1>");
	html_put_text(out, text.failed ? "" : (const char *)text.data);
	buffer_put_text(out, "</h1>\n");
	text.len = 0;
	summary_put_remainder(summary, &text);
	if (text.len) {
		buffer_put_text(out, "<p>");
		buffer_put(out, buffer_bytes(&text));
		buffer_put_text(out, "</p>\n");
	}
	put_figures(out, summary);
	buffer_put_text(out, "</header>\n");
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

// What was judged by what.

static void put_fact(struct buffer *out, const char *name, const struct buffer *value)
{
	if (value->len) {
		buffer_printf(out, "<dt>%s</dt><dd>", name);
		html_put_foreign(out, buffer_bytes(value));
		buffer_put_text(out, "</dd>\n");
	}
}

static void put_list(struct buffer *out, const struct tally_item *item)
{
	const struct tally_note *note = item->entry->note;
	char hex[2 * DIGEST_SHA256_LEN + 1];
	if (note) {
		html_put_foreign(out, bytes_of_text(note->text[LIST_NOTE_NAME]));
		buffer_put_char(out, ' ');
		html_put_foreign(out, bytes_of_text(note->text[LIST_NOTE_VERSION]));
		buffer_put_text(out, " of ");
		html_put_day(out, note->ms);
		buffer_put_text(out, ", ");
	}
	summary_put_things(out, item->weight, "certificate");
	text_hex(item->key, hex);
	buffer_printf(out, "<br><code>SHA-256 %s</code><br>\n", hex);
}

static void put_lists(struct buffer *out, const struct summary *summary)
{
	struct tally_view view;
	if (!tally_view_init(&view, &summary->tables[TABLE_LISTS], TALLY_BY_WEIGHT)) {
		out->failed = true;
		return;
	}
	if (view.num > 0) {
		buffer_put_text(out, "<dt>Log list</dt><dd>");
		for (size_t i = 0; i < view.num && i < LISTS_SHOWN; i++) {
			put_list(out, &view.items[i]);
		}
		if (view.num > LISTS_SHOWN) {
			buffer_put_text(out, "and ");
			summary_put_things(out, view.num - LISTS_SHOWN, "more version");
		}
		buffer_put_text(out, "</dd>\n");
	}
	tally_view_clear(&view);
}

static void put_time(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms - ms % 1000, text);
	text[10] = ' ';
	buffer_put_text(out, text);
}

static void put_facts(struct buffer *out, const struct summary *summary)
{
	const struct summary_run *run = &summary->run;
	struct buffer text;
	buffer_init(&text, 4096);
	html_begin_section(out, "facts", "What was checked, and how");
	buffer_put_text(out, "<dl class=\"facts\">\n");
	summary_put_period(summary, &text);
	put_fact(out, "Judged as of", &text);
	put_lists(out, summary);
	text.len = 0;
	summary_put_words(&run->verifiers, &text);
	put_fact(out, "Signatures checked by", &text);
	text.len = 0;
	summary_put_words(&run->versions, &text);
	put_fact(out, "Version of ctpolicy", &text);
	text.len = 0;
	if (run->started_ms && run->ended_ms) {
		put_time(&text, run->started_ms);
		buffer_put_text(&text, " to ");
		put_time(&text, run->ended_ms);
	}
	put_fact(out, "Run", &text);
	text.len = 0;
	summary_put_rate(summary, &text);
	put_fact(out, "Speed", &text);
	buffer_put_text(out, "</dl>\n</section>\n");
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

// Policies and reasons.

static void put_policies(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {{"Policy", COLUMN_TEXT},
		{"Compliant", COLUMN_NUMBER}, {"Not compliant", COLUMN_NUMBER},
		{"Undecided", COLUMN_NUMBER}, {"Does not apply", COLUMN_NUMBER},
		{"Compliant where it applies", COLUMN_NUMBER}, {NULL, COLUMN_TEXT}};
	html_begin_section(out, "policies", "Policies");
	html_begin_table(out, "", "Certificates by the verdict of each policy", headings);
	for (size_t i = 0; i < policy_num(); i++) {
		const struct summary_policy *policy = &summary->policies[i];
		if (summary_policy_num(policy) == 0) {
			continue;
		}
		buffer_put_text(out, "<tr><th scope=\"row\">");
		html_put_text(out, policy_at(i)->title);
		buffer_printf(out, " <code>%s</code></th>", policy_at(i)->name);
		html_put_number(out, policy->verdicts[VERDICT_COMPLIANT], false);
		html_put_number(out, policy->verdicts[VERDICT_NON_COMPLIANT], true);
		html_put_number(out, policy->verdicts[VERDICT_INDETERMINATE], false);
		html_put_number(out, policy->not_applying, false);
		html_put_share(out, policy->verdicts[VERDICT_COMPLIANT],
			summary_sum(policy->verdicts, 3));
		buffer_put_text(out, "</tr>\n");
	}
	html_end_table(out);
	buffer_put_text(out, "</section>\n");
}

static void put_sentence(struct buffer *out, enum code code)
{
	const struct code_info *info = code_info(code);
	buffer_put_text(out, "<tr><th scope=\"row\">");
	html_put_text(out, info->sentence);
	buffer_put_char(out, ' ');
	html_put_code(out, info->name);
	buffer_put_text(out, "</th>");
}

static void put_reason_rows(struct buffer *out, const struct summary *summary,
	const enum code *codes, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		const struct summary_reason *reason = &summary->reasons[codes[i]];
		put_sentence(out, codes[i]);
		html_put_number(out, reason->failing, false);
		html_put_number(out, reason->certificates, false);
		html_put_number(out, reason->scts, false);
		buffer_put_text(out, "</tr>\n");
	}
}

static void put_exempt(struct buffer *out, const struct summary *summary, size_t main)
{
	static const struct html_heading headings[] = {{"Reason", COLUMN_TEXT},
		{"Certificates", COLUMN_NUMBER}, {NULL, COLUMN_TEXT}};
	if (main == policy_num() || summary->policies[main].not_applying == 0) {
		return;
	}
	html_begin_table(out, "",
		"Why the policy does not apply; a certificate can have several reasons",
		headings);
	for (size_t i = 1; i < NUM_CODES; i++) {
		uint64_t num = summary->policies[main].because[i];
		if (num) {
			put_sentence(out, (enum code)i);
			html_put_number(out, num, false);
			buffer_put_text(out, "</tr>\n");
		}
	}
	html_end_table(out);
}

static void put_reasons(struct buffer *out, const struct summary *summary)
{
	static const struct html_heading headings[] = {{"Reason", COLUMN_TEXT},
		{"Failing certificates", COLUMN_NUMBER},
		{"All certificates", COLUMN_NUMBER}, {"SCTs", COLUMN_NUMBER},
		{NULL, COLUMN_TEXT}};
	enum code codes[NUM_CODES];
	size_t causes = 0;
	html_begin_section(out, "reasons", "Reasons");
	size_t num = summary_sort_failing(summary, codes, &causes);
	if (summary->results[RESULT_FAIL] == 0) {
		html_put_note(out, "No certificate fails.");
	}
	if (causes > 0) {
		html_begin_table(out, "",
			"What certificates that fail have; each counts once a reason, "
			"and can have several",
			headings);
		put_reason_rows(out, summary, codes, causes);
		html_end_table(out);
	}
	if (num > causes) {
		html_begin_table(
			out, "", "Also noted on certificates that fail", headings);
		put_reason_rows(out, summary, codes + causes, num - causes);
		html_end_table(out);
	}
	put_exempt(out, summary, summary_main_policy(summary));
	num = summary_sort_reasons(summary, codes);
	if (num > 0) {
		html_begin_details(out, "All findings, of certificates that pass too");
		html_begin_table(out, "", "Certificates and SCTs by reason", headings);
		put_reason_rows(out, summary, codes, num);
		html_end_table(out);
		buffer_put_text(out, "</details>\n");
	}
	buffer_put_text(out, "</section>\n");
}

void report_html(const struct summary *summary, struct buffer *out)
{
	put_head(out);
	put_verdict(out, summary);
	buffer_put_text(out, "<main>\n");
	html_put_failing(out, summary);
	put_policies(out, summary);
	put_reasons(out, summary);
	html_put_months(out, summary);
	html_put_issuers(out, summary);
	html_put_lifetimes(out, summary);
	html_put_operators(out, summary);
	html_put_logs(out, summary);
	html_put_losses(out, summary);
	html_put_unread(out, summary);
	put_facts(out, summary);
	buffer_put_text(out,
		"</main>\n<footer><p>Made by ctpolicy audit. The same numbers "
		"for programs: the file that its option "
		"<code>--summary</code> writes.</p></footer>\n<script>");
	buffer_put_text(out, html_script);
	buffer_put_text(out, "</script>\n</body>\n</html>\n");
}

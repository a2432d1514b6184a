// SPDX-License-Identifier: Apache-2.0
// The answer about one certificate: the verdict first, what to do about it, and what it is about;
// then the other sections.
#include "report/page.h"

#include "base/datetime.h"
#include "base/text.h"
#include "eval/repair.h"
#include "report/exemption_words.h"
#include "report/page_plan.h"
#include "report/page_write.h"
#include "report/report_hostname.h"
#include "report/report_pins.h"
#include "report/report_verdict.h"
#include "x509/alt_names.h"
#include "x509/name.h"

static const struct {
	const char *class_name, *word;
} results[] = {
	[RESULT_PASS] = {"good", "Pass"},
	[RESULT_FAIL] = {"bad", "Fail"},
	[RESULT_UNKNOWN] = {"doubt", "Unknown"},
};

// The sentence with a capital letter.
static void put_sentence(const struct record *record, struct buffer *out)
{
	struct buffer text;
	buffer_init(&text, 8192);
	report_put_verdict(record, &text);
	buffer_put_char(&text, '\0');
	html_put_sentence(out, text.failed ? "" : (const char *)text.data);
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

// To the plan of a certificate of these dates, at the time of this check; where it has ended there is
// no point in it.
static void put_plan_link(const struct page_answer *answer, struct buffer *out)
{
	const struct record *record = answer->record;
	const struct cert *cert = record->cert;
	char tail[64 + DATETIME_ROOM] = "policies=apple,apple-enforced";
	if (record->policies_result != RESULT_FAIL ||
		report_needs_no_scts(&record->policies[0]) ||
		cert->not_after * 1000 <= record->at_ms ||
		cert->not_after < cert->not_before) {
		return;
	}
	if (record->at_ms != answer->now_ms) {
		char at[DATETIME_ROOM];
		datetime_format_ms(record->at_ms, at);
		(void)snprintf(
			tail, sizeof(tail), "policies=apple,apple-enforced&at=%s", at);
	}
	buffer_put_text(out, "<p><a href=\"");
	page_put_plan_address(out, cert->not_before, cert->not_after, tail);
	buffer_put_text(out,
		"\">Which logs can give the SCTs that it needs</a> <span class=\"soft\">(a plan "
		"of its dates)</span></p>\n");
}

// What a verdict does not say. A hostname that was asked about was examined.
static void put_scope(bool with_name, struct buffer *out)
{
	buffer_put_text(out,
		"<p class=\"soft\">Whether clients trust the issuer and whether the certificate "
		"is revoked is not examined here");
	buffer_put_text(out,
		with_name ? "; <code>"
			  : ", nor whether it has the server\xe2\x80\x99s name; <code>");
	buffer_put_text(
		out, "ctpolicy check --connect</code> examines a live server.</p>\n");
}

static void put_verdict(const struct page_answer *answer, struct buffer *out)
{
	const struct record *record = answer->record;
	const char *word = results[record->result].word;
	bool applies = !record_is_only_exempt(record);
	buffer_printf(out,
		"<section id=\"verdict\" class=\"verdict %s\" aria-labelledby=\"verdict-h\">\n"
		"<p class=\"word\"><span class=\"sign\" aria-hidden=\"true\"></span>%s</p>\n"
		"<h2 id=\"verdict-h\" tabindex=\"-1\">",
		applies ? results[record->result].class_name : "plain",
		applies ? word : "Does not apply");
	put_sentence(record, out);
	buffer_put_text(out, "</h2>\n");
	if (report_is_out_of_time(&record->policies[0])) {
		buffer_put_text(out,
			"<p>To see what it was, choose a day of its life below.</p>\n");
	}
	put_plan_link(answer, out);
	put_scope(record->host, out);
	buffer_put_text(out, "</section>\n");
}

// What to know and what to do.

static void put_finding(
	const struct finding *finding, const char *names, struct buffer *out)
{
	static const struct {
		const char *class_name, *word;
	} kinds[] = {
		[SEVERITY_ERROR] = {"bad", "To do"},
		[SEVERITY_WARNING] = {"doubt", "Look at"},
		[SEVERITY_INFO] = {"plain", "To know"},
	};
	const struct code_info *info = code_info(finding->code);
	buffer_printf(out, "<li class=\"%s\"><p><strong>%s</strong> ",
		kinds[info->severity].class_name, kinds[info->severity].word);
	html_put_text(out, finding->message);
	buffer_put_text(out, "</p><p class=\"soft\">");
	html_put_code(out, info->name);
	if (names[0]) {
		buffer_printf(out, ", by %s", names);
	}
	if (finding->field && finding->offset != ERR_NO_OFFSET) {
		buffer_printf(out, ", byte %zu of %s", finding->offset, finding->field);
	}
	buffer_put_text(out, "</p></li>\n");
}

static bool says(const struct policy_record *policy, const struct finding *finding)
{
	for (size_t i = 0; i < policy->findings.num; i++) {
		if (policy->findings.items[i].code == finding->code &&
			strcmp(policy->findings.items[i].message, finding->message) ==
				0) {
			return true;
		}
	}
	return false;
}

// Once, with the names of all the policies that say it.
static void put_of_policies(const struct record *record, size_t index,
	const struct finding *finding, struct buffer *out)
{
	char names[256] = "";
	size_t len = 0;
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->num_applies_because || !says(policy, finding)) {
			continue;
		}
		if (i < index) {
			return;
		}
		if (len < sizeof(names)) {
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
				len ? " and " : "", policy->result.policy->name);
		}
	}
	put_finding(finding, names, out);
}

static void put_findings(const struct record *record, struct buffer *out)
{
	struct buffer items;
	buffer_init(&items, REPORT_PAGE_MAX);
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		for (size_t k = 0;
			!policy->num_applies_because && k < policy->findings.num; k++) {
			put_of_policies(record, i, &policy->findings.items[k], &items);
		}
	}
	for (size_t i = 0; i < record->findings.num; i++) {
		put_finding(&record->findings.items[i], "", &items);
	}
	if (items.len > 0) {
		html_begin_section(out, "todo", "What to know and what to do");
		buffer_put_text(out, "<ul class=\"findings\">\n");
		buffer_put(out, buffer_bytes(&items));
		buffer_put_text(out, "</ul>\n</section>\n");
	}
	out->failed = out->failed || items.failed;
	buffer_clear(&items);
}

// The smallest change with which everything asked for is met.
static void put_repair(const struct repair *repair, struct buffer *out)
{
	if (!repair) {
		return;
	}
	html_begin_section(out, "repair", "To make it pass");
	buffer_put_text(out, "<p>");
	html_put_sentence(out, repair->sentence);
	buffer_put_text(out, "</p>\n");
	if (repair->command) {
		buffer_put_text(out,
			"<pre tabindex=\"0\" aria-label=\"Command that makes it\"><code>");
		html_put_text(out, repair->command);
		buffer_put_text(out, "</code></pre>\n");
	}
	buffer_put_text(out, "</section>\n");
}

// What it is about.

static void put_names(const struct cert *cert, struct buffer *out)
{
	size_t before = out->len;
	buffer_put_text(out, "<dt>Names</dt><dd>");
	if (alt_names_put(out, cert, html_put_foreign) == 0) {
		out->len = before;
	} else {
		buffer_put_text(out, "</dd>\n");
	}
}

static void put_name(struct bytes name, struct buffer *out)
{
	struct buffer text;
	buffer_init(&text, REPORT_PAGE_MAX);
	name_put_text(&text, name);
	if (text.len == 0) {
		buffer_put_text(out, "(empty)");
	} else {
		html_put_foreign(out, buffer_bytes(&text));
	}
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static void put_issuer(const struct record *record, struct buffer *out)
{
	static const char *const words[] = {
		[ISSUER_NOT_GIVEN] = "not given, so that its signature was not checked",
		[ISSUER_VALID] = "its signature is valid",
		[ISSUER_INVALID] = "the issuer given did not sign it",
		[ISSUER_WRONG_NAME] = "the issuer given has another name",
		[ISSUER_UNSUPPORTED_ALGORITHM] =
			"its signature was not checked: unsupported algorithm",
	};
	buffer_put_text(out, "<dt>Issuer</dt><dd>");
	put_name(record->cert->issuer, out);
	buffer_printf(out, " <span class=\"soft\">(%s)</span></dd>\n",
		record->self_signed ? "it signed itself"
				    : words[record->issuer_signature]);
}

static void put_list(const struct record *record, struct buffer *out)
{
	static const char *const bases[] = {
		[BASIS_GIVEN] = "as given",
		[BASIS_EXACT] = "the newest at hand then",
		[BASIS_EXTRAPOLATED] = "the oldest at hand, taken back to that time",
	};
	const struct loglist *list = record->list;
	int64_t age_days = record->age_ms / DATETIME_DAY_MS;
	buffer_put_text(out, "<dt>Log list</dt><dd>");
	html_put_foreign(out, bytes_of_text(list->name));
	buffer_put_char(out, ' ');
	html_put_foreign(out, bytes_of_text(list->version));
	buffer_put_text(out, " of ");
	page_put_day(out, list->published_ms);
	buffer_printf(out, ", %lld day%s old, %s</dd>\n", (long long)age_days,
		age_days == 1 ? "" : "s", bases[record->basis]);
}

// The name and the pins that were asked about.
static void put_held(const struct record *record, struct buffer *out)
{
	struct buffer text;
	buffer_init(&text, REPORT_PAGE_MAX);
	if (record->host) {
		report_put_hostname_text(&text, record->host);
		buffer_put_text(out, "<dt>Hostname</dt><dd>");
		html_put_foreign(out, buffer_bytes(&text));
		buffer_put_text(out, "</dd>\n");
	}
	if (record->pins) {
		text.len = 0;
		report_put_pins_text(&text, record->pins);
		buffer_put_text(out, "<dt>Pins</dt><dd>");
		html_put_foreign(out, buffer_bytes(&text));
		buffer_put_text(out, "</dd>\n");
	}
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

// In the words of the findings: "398 days and a second".
static void put_lifetime(const struct record *record, struct buffer *out)
{
	const int64_t day_s = DATETIME_DAY_MS / 1000;
	bool second =
		record->lifetime.seconds > day_s && record->lifetime.seconds % day_s == 1;
	int64_t days = record->lifetime.days - second;
	buffer_printf(out, ", %lld day%s%s</dd>\n", (long long)days, days == 1 ? "" : "s",
		second ? " and a second" : "");
}

static void put_facts(const struct record *record, struct buffer *out)
{
	static const char *const kinds[] = {
		[CERT_CERTIFICATE] = "Certificate",
		[CERT_PRECERTIFICATE] = "Precertificate",
		[CERT_TBS] = "TBSCertificate",
	};
	const struct cert *cert = record->cert;
	char hex[2 * DIGEST_SHA256_LEN + 1];
	html_begin_section(out, "about", "What was checked");
	buffer_printf(out, "<dl class=\"facts\">\n<dt>%s</dt><dd>", kinds[cert->kind]);
	put_name(cert->subject, out);
	buffer_put_text(out, "</dd>\n");
	put_names(cert, out);
	put_issuer(record, out);
	buffer_put_text(out, "<dt>Valid</dt><dd>");
	page_put_instant(out, cert->not_before * 1000);
	buffer_put_text(out, " to ");
	page_put_instant(out, cert->not_after * 1000);
	put_lifetime(record, out);
	put_held(record, out);
	buffer_put_text(out, "<dt>Checked at</dt><dd>");
	page_put_instant(out, record->at_ms);
	buffer_put_text(out, "</dd>\n");
	put_list(record, out);
	text_hex(bytes_of(record->sha256, DIGEST_SHA256_LEN), hex);
	buffer_printf(out,
		"<dt>SHA-256</dt><dd><code>%s</code></dd>\n</dl>\n</section>\n", hex);
}

static void put_takeaway(const struct page_answer *answer, struct buffer *out)
{
	html_begin_section(out, "take", "Take it along");
	buffer_put_text(out,
		"<p class=\"actions\"><button type=\"submit\" form=\"form\" name=\"go\" "
		"value=\"json\">Download as JSON</button> ");
	buffer_put_text(out, "<a id=\"link\" href=\"");
	html_put_text(out, answer->link);
	buffer_put_text(out,
		"\">Link to this time and these policies</a> <span class=\"soft\">(never the "
		"certificate)</span></p>\n");
	if (answer->curl) {
		buffer_put_text(out,
			"<details id=\"curl\"><summary>The same as a <code>curl</code> "
			"command</summary>\n<pre tabindex=\"0\" aria-label=\"curl command\">"
			"<code>");
		html_put_text(out, answer->curl);
		buffer_put_text(out, "</code></pre>\n</details>\n");
	}
	buffer_put_text(out, "</section>\n");
}

void page_put_answer(
	const struct page_answer *answer, struct arena *arena, struct buffer *out)
{
	const struct record *record = answer->record;
	put_verdict(answer, out);
	put_findings(record, out);
	put_repair(record->repair, out);
	page_put_models(record, out);
	page_put_timeline(answer, arena, out);
	page_put_scts(record, arena, out);
	page_put_entry(record, arena, out);
	put_facts(record, out);
	put_takeaway(answer, out);
}

// Many certificates.

// Octets of a serial number (RFC 5280 4.1.2.2); longer ones are cut.
#define MAX_SERIAL 20

void page_begin_rows(size_t num, struct buffer *out)
{
	static const char *const headings[] = {
		"Certificate", "Verdict", "SCTs", "Ends", "What to do", NULL};
	buffer_printf(out,
		"<section id=\"verdict\" class=\"many\" aria-labelledby=\"verdict-h\">\n<h2 "
		"id=\"verdict-h\" tabindex=\"-1\">%zu certificates, each judged on its own"
		"</h2>\n",
		num);
	page_begin_table(out, "class=\"flow rows\"",
		"Chain certificates are taken as issuers and have no row.", headings);
}

void page_end_rows(struct buffer *out)
{
	page_end_table(out);
	put_scope(false, out);
	buffer_put_text(out, "</section>\n");
}

// It may break behind its dots, and nowhere else.
static void put_host_name(struct bytes name, struct buffer *out)
{
	for (size_t at = 0; at < name.len;) {
		size_t dot = bytes_find(name, at, BYTES_LITERAL("."));
		size_t end = dot < name.len ? dot + 1 : dot;
		html_put_foreign(out, bytes_of(name.data + at, end - at));
		buffer_put_text(out, end < name.len ? "<wbr>" : "");
		at = end;
	}
}

static void put_first_name(const struct cert *cert, struct buffer *out)
{
	struct err ignored;
	err_clear(&ignored);
	struct reader names = cert_alt_names(cert, &ignored);
	struct bytes name;
	if (cert_next_alt_name(&names, DER_CONTEXT(2), &name)) {
		put_host_name(name, out);
	} else {
		put_name(cert->subject, out);
	}
}

// Which one of the table it is, and of its CA's.
static void put_row_number(const struct page_row *row, struct buffer *out)
{
	struct bytes serial = row->cert->serial;
	char hex[2 * MAX_SERIAL + 1];
	serial.len = serial.len < MAX_SERIAL ? serial.len : MAX_SERIAL;
	text_hex(serial, hex);
	buffer_printf(out, "<br><span class=\"soft\">%zu, serial <code>%s</code></span>",
		row->number, hex);
}

static const char *row_word(const struct policy_record *policy)
{
	static const char *const words[] = {
		[VERDICT_COMPLIANT] = "pass",
		[VERDICT_NON_COMPLIANT] = "fail",
		[VERDICT_INDETERMINATE] = "unknown",
	};
	return policy->num_applies_because ? "does not apply" : words[policy->verdict];
}

// A mark, and the names of all policies that come to it; for the first of them.
static void put_row_policies(
	const struct record *record, size_t index, struct buffer *out)
{
	const char *word = row_word(&record->policies[index]);
	for (size_t i = 0; i < index; i++) {
		if (strcmp(row_word(&record->policies[i]), word) == 0) {
			return;
		}
	}
	buffer_put_text(out, index ? "<br>" : "");
	page_put_mark(out, page_mark_of(&record->policies[index]), word);
	buffer_put_text(out, " <span class=\"soft\">");
	for (size_t i = index; i < record->num_policies; i++) {
		if (strcmp(row_word(&record->policies[i]), word) == 0) {
			buffer_put_text(out, i > index ? ", " : "");
			html_put_text(out, record->policies[i].result.policy->name);
		}
	}
	buffer_put_text(out, "</span>");
}

static void put_row_verdict(const struct record *record, struct buffer *out)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		put_row_policies(record, i, out);
	}
	unsigned refusals = record_refusals(record);
	if (refusals & REFUSED_BY_HOST) {
		buffer_put_text(out, "<br>");
		page_put_mark(out, MARK_BAD, "fail");
		buffer_put_text(out, " <span class=\"soft\">hostname</span>");
	}
	if (refusals & REFUSED_BY_PINS) {
		buffer_put_text(out, "<br>");
		page_put_mark(out, MARK_BAD, "fail");
		buffer_put_text(out, " <span class=\"soft\">pins</span>");
	}
}

// What stands in the way beside the policies, where they do not.
static const struct finding *held_fault(const struct record *record)
{
	for (size_t i = 0; i < record->findings.num; i++) {
		const struct finding *finding = &record->findings.items[i];
		if (finding_refuses(finding)) {
			return finding;
		}
	}
	return NULL;
}

static void put_row_advice(const struct record *record, struct buffer *out)
{
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->findings.num > 0 && !policy->num_applies_because &&
			policy->verdict != VERDICT_COMPLIANT) {
			html_put_text(out, policy->findings.items[0].message);
			return;
		}
	}
	const struct finding *fault = held_fault(record);
	if (fault) {
		html_put_text(out, fault->message);
		return;
	}
	const struct policy_record *first = &record->policies[0];
	html_put_text(out,
		first->num_applies_because
			? code_info(first->applies_because[0])->sentence
			: "\xe2\x80\x93"); // a dash
}

void page_put_row(const struct page_row *row, struct buffer *out)
{
	buffer_put_text(out, "<tr><th scope=\"row\">");
	put_first_name(row->cert, out);
	put_row_number(row, out);
	buffer_printf(out,
		"<br><button class=\"small\" type=\"submit\" form=\"form\" name=\"pick\" "
		"value=\"%zu\" aria-label=\"Show certificate %zu\">Show</button></th>",
		row->number, row->number);
	page_begin_cell(out, "Verdict");
	if (!row->record) {
		page_put_mark(out, MARK_BAD, "not judged");
		buffer_put_text(out, "</td><td></td><td></td>");
		page_begin_cell(out, "What to do");
		html_put_text(out, row->err->text);
		buffer_put_text(out, "</td></tr>\n");
		return;
	}
	const struct policy_record *first = &row->record->policies[0];
	put_row_verdict(row->record, out);
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "SCTs");
	buffer_printf(out, "%u of %u needed</td>", first->found_counted,
		policy_main_route(&first->result)->results[0].needed);
	page_begin_cell(out, "Ends");
	page_put_day(out, row->cert->not_after * 1000);
	buffer_put_text(out, "</td>");
	page_begin_cell(out, "What to do");
	put_row_advice(row->record, out);
	buffer_put_text(out, "</td></tr>\n");
}

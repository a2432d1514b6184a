// SPDX-License-Identifier: Apache-2.0
// A table of live servers, a row each: whether clients go on and the verdict, what SCTs came
// from where, the days until the certificate ends, and below in a few words what is wrong.
#include "report/report_text.h"

#include "base/datetime.h"
#include "base/text.h"

#define MIN_ID_WIDTH 6
#define WORD_WIDTH 7
#define POLICY_WIDTH 6
// "embedded  TLS OCSP  days left" and the gaps before each column but the first.
#define REST_WIDTH (2 + WORD_WIDTH + 2 + POLICY_WIDTH + 2 + 29)
#define MAX_ID_WIDTH (REPORT_WIDTH - REST_WIDTH)
#define WHY_INDENT 4

static size_t id_width(const struct report_options *options)
{
	size_t width =
		options->id_width < MIN_ID_WIDTH ? MIN_ID_WIDTH : options->id_width;
	return width > MAX_ID_WIDTH ? MAX_ID_WIDTH : width;
}

void report_table_head(const struct report_options *options, struct buffer *out)
{
	struct buffer head;
	buffer_init(&head, 256);
	buffer_printf(&head, "%-*s  %-*s  %-*s  %8s %4s %4s  %9s\n",
		(int)id_width(options), "server", WORD_WIDTH, "result", POLICY_WIDTH,
		"policy", "embedded", "TLS", "OCSP", "days left");
	buffer_put_char(&head, '\0');
	if (head.failed) {
		out->failed = true;
	} else {
		report_put_coloured(out, options, FAINT, (const char *)head.data);
	}
	buffer_clear(&head);
}

static void put_word(struct buffer *out, const struct report_options *options,
	struct report_word word, size_t width)
{
	report_put_coloured(out, options, word.colour, word.text);
	text_put_spaces(out, width - strlen(word.text) + 2);
}

enum server_result report_server_result(const struct record *record)
{
	if (record->connection && !connection_is_accepted(record)) {
		return SERVER_REFUSED;
	}
	static const enum server_result results[] = {
		[RESULT_PASS] = SERVER_PASS,
		[RESULT_FAIL] = SERVER_FAIL,
		[RESULT_UNKNOWN] = SERVER_OPEN,
	};
	return results[record->result];
}

static struct report_word word_of(enum server_result result)
{
	static const struct report_word words[] = {
		[SERVER_PASS] = {"pass", GOOD},
		[SERVER_FAIL] = {"FAIL", BAD},
		[SERVER_OPEN] = {"open", DOUBT},
		[SERVER_REFUSED] = {"refused", BAD},
		[SERVER_ERROR] = {"ERROR", BAD},
	};
	return words[result];
}

void report_table_sum(const size_t num[NUM_SERVER_RESULTS], struct buffer *out)
{
	size_t all = 0;
	for (size_t i = 0; i < NUM_SERVER_RESULTS; i++) {
		all += num[i];
	}
	buffer_printf(out, "\n%zu server%s: ", all, all == 1 ? "" : "s");
	for (size_t i = 0; i < NUM_SERVER_RESULTS; i++) {
		buffer_printf(out, "%s%zu %s", i ? ", " : "", num[i],
			word_of((enum server_result)i).text);
	}
	buffer_put_text(out, ".\n");
}

// A longer name has a line of its own, so that the columns stay where they are.
static void put_head(struct buffer *out, const struct report_options *options,
	struct bytes id, enum server_result result)
{
	size_t width = id_width(options);
	size_t before = out->len;
	report_put_id(out, id);
	size_t used = out->failed
		? 0
		: text_width(bytes_of(out->data + before, out->len - before));
	if (used > width) {
		buffer_put_char(out, '\n');
		used = 0;
	}
	text_put_spaces(out, width - used + 2);
	put_word(out, options, word_of(result), WORD_WIDTH);
}

static size_t num_from(const struct record *record, enum sct_source source)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		num += record->scts[i].source == source;
	}
	return num;
}

// "-" where there was no such response.
static void put_ocsp(struct buffer *out, const struct record *record)
{
	if (record->connection && !record->connection->ocsp.data) {
		buffer_printf(out, " %4s", "-");
	} else {
		buffer_printf(out, " %4zu", num_from(record, SOURCE_OCSP));
	}
}

static void add_code(struct buffer *why, enum code code)
{
	const struct code_info *info = code_info(code);
	buffer_printf(why, "%s%s [%s]", why->len ? "; " : "", info->sentence, info->name);
}

static bool is_refusal(const struct record *record, enum code code)
{
	enum code refusals[CONNECTION_MAX_REFUSALS];
	size_t num = connection_refusals(record, refusals);
	while (num > 0 && refusals[num - 1] != code) {
		num--;
	}
	return num > 0;
}

static void add_refusals(struct buffer *why, const struct record *record)
{
	enum code refusals[CONNECTION_MAX_REFUSALS];
	size_t num = connection_refusals(record, refusals);
	for (size_t i = 0; i < num; i++) {
		add_code(why, refusals[i]);
	}
}

static void add_first_error(struct buffer *why, const struct findings *findings)
{
	for (size_t i = 0; i < findings->num; i++) {
		if (code_info(findings->items[i].code)->severity == SEVERITY_ERROR) {
			add_code(why, findings->items[i].code);
			return;
		}
	}
}

// Of the first policy that is not met, or does not apply.
static void add_policy(struct buffer *why, const struct record *record)
{
	size_t before = why->len;
	for (size_t i = 0; i < record->num_policies && why->len == before; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->num_applies_because) {
			add_code(why, policy->applies_because[0]);
		} else if (policy->verdict == VERDICT_NON_COMPLIANT) {
			add_first_error(why, &policy->findings);
		} else if (policy->verdict == VERDICT_INDETERMINATE) {
			add_code(why, CODE_UNDECIDED);
		}
	}
}

static void put_why(struct buffer *out, const struct bytes why)
{
	if (why.len > 0) {
		text_put_spaces(out, WHY_INDENT);
		report_put_wrapped(out, why, WHY_INDENT, WHY_INDENT);
	}
}

// What stands in the way, in the order of its weight: what clients refuse, the policy, and
// what else is wrong.
static void put_reasons(struct buffer *out, const struct record *record)
{
	struct buffer why;
	buffer_init(&why, REPORT_MAX);
	add_refusals(&why, record);
	add_policy(&why, record);
	if (record->minimum) {
		buffer_printf(&why, "%s%s refuse it: %s [%s]", why.len ? "; " : "",
			record->minimum->policy->refused_by, record->minimum->lacks,
			code_info(CODE_TLS_REQUIREMENTS_UNMET)->name);
	}
	for (size_t i = 0; i < record->findings.num; i++) {
		enum code code = record->findings.items[i].code;
		if (code_info(code)->severity == SEVERITY_ERROR &&
			!is_refusal(record, code)) {
			add_code(&why, code);
		}
	}
	put_why(out, buffer_bytes(&why));
	out->failed = out->failed || why.failed;
	buffer_clear(&why);
}

static void table_record(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out)
{
	int64_t left_ms = record->cert->not_after * 1000 - record->at_ms;
	(void)index;
	put_head(out, options, record->id, report_server_result(record));
	put_word(out, options, report_word_of(record->result), POLICY_WIDTH);
	buffer_printf(out, "%8zu %4zu", num_from(record, SOURCE_EMBEDDED),
		num_from(record, SOURCE_TLS));
	put_ocsp(out, record);
	buffer_printf(out, "  %9lld\n", (long long)(left_ms / DATETIME_DAY_MS));
	put_reasons(out, record);
}

static void table_error(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out)
{
	struct buffer why;
	(void)index;
	put_head(out, options, id, SERVER_ERROR);
	put_word(out, options, (struct report_word){"-", PLAIN}, POLICY_WIDTH);
	buffer_printf(out, "%8s %4s %4s  %9s\n", "-", "-", "-", "-");
	buffer_init(&why, REPORT_MAX);
	err_put_line(err, &why);
	put_why(out, buffer_bytes(&why));
	out->failed = out->failed || why.failed;
	buffer_clear(&why);
}

static void table_end(const struct report_options *options, struct buffer *out)
{
	(void)options;
	(void)out;
}

const struct report_format *report_find_table_format(const char *name)
{
	static const struct report_format table = {
		"text", report_table_head, table_end, table_record, table_error};
	return strcmp(name, table.name) == 0 ? &table : report_find_format(name);
}

// SPDX-License-Identifier: Apache-2.0
// A table of live servers, a row each: the verdict, what SCTs came from where, the days until
// the certificate ends, and in a few words what is wrong.
#include "report/report_text.h"

#include "base/datetime.h"
#include "base/text.h"

#define MAX_ID_WIDTH 44
#define MIN_ID_WIDTH 6
#define WORD_WIDTH 7

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
	buffer_printf(&head, "%-*s  %-*s  %8s %4s %4s %5s  %s\n", (int)id_width(options),
		"server", WORD_WIDTH, "result", "embedded", "TLS", "OCSP", "days", "why");
	buffer_put_char(&head, '\0');
	if (head.failed) {
		out->failed = true;
	} else {
		report_put_coloured(out, options, FAINT, (const char *)head.data);
	}
	buffer_clear(&head);
}

static void put_head(struct buffer *out, const struct report_options *options,
	struct bytes id, enum colour colour, const char *word)
{
	size_t before = out->len;
	report_put_id(out, id);
	size_t used = out->len - before;
	text_put_spaces(
		out, (used < id_width(options) ? id_width(options) - used : 0) + 2);
	report_put_coloured(out, options, colour, word);
	text_put_spaces(out, WORD_WIDTH - strlen(word) + 2);
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

static void put_code(struct buffer *out, size_t *num, enum code code)
{
	const struct code_info *info = code_info(code);
	buffer_printf(out, "%s%s [%s]", *num ? "; " : "  ", info->sentence, info->name);
	++*num;
}

static void put_errors(
	struct buffer *out, size_t *num, const struct findings *findings, bool first_only)
{
	for (size_t i = 0; i < findings->num; i++) {
		enum code code = findings->items[i].code;
		if (code_info(code)->severity == SEVERITY_ERROR) {
			put_code(out, num, code);
			if (first_only) {
				return;
			}
		}
	}
}

// What stands in the way: of the first policy that is not met, and of the server's clients.
static void put_why(struct buffer *out, const struct record *record)
{
	size_t num = 0;
	for (size_t i = 0; i < record->num_policies && num == 0; i++) {
		const struct policy_record *policy = &record->policies[i];
		if (policy->num_applies_because) {
			put_code(out, &num, policy->applies_because[0]);
		} else if (policy->verdict == VERDICT_NON_COMPLIANT) {
			put_errors(out, &num, &policy->findings, true);
		} else if (policy->verdict == VERDICT_INDETERMINATE) {
			put_code(out, &num, CODE_UNDECIDED);
		}
	}
	put_errors(out, &num, &record->findings, false);
	buffer_put_char(out, '\n');
}

static void table_record(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out)
{
	bool refused = record->result == RESULT_PASS && record->connection &&
		!connection_is_accepted(record->connection);
	int64_t left_ms = record->cert->not_after * 1000 - record->at_ms;
	(void)index;
	struct report_word word = report_word_of(record->result);
	put_head(out, options, record->id, refused ? BAD : word.colour,
		refused ? "refused" : word.text);
	buffer_printf(out, "%8zu %4zu", num_from(record, SOURCE_EMBEDDED),
		num_from(record, SOURCE_TLS));
	put_ocsp(out, record);
	buffer_printf(out, " %5lld", (long long)(left_ms / DATETIME_DAY_MS));
	put_why(out, record);
}

static void table_error(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out)
{
	(void)index;
	put_head(out, options, id, BAD, "ERROR");
	buffer_printf(out, "%8s %4s %4s %5s  ", "-", "-", "-", "-");
	err_put_line(err, out);
	buffer_put_char(out, '\n');
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

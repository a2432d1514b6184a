// SPDX-License-Identifier: Apache-2.0
// The table of SCTs in the report for people.
#include "report/report_text.h"

#include "base/datetime.h"
#include "base/text.h"
#include "report/report_verdict.h"

static void put_cell(struct buffer *out, struct bytes text, size_t width)
{
	size_t used = text_width(text);
	if (used >= width) { // one space at least before the next one
		size_t len = 0;
		size_t columns = 0;
		while (columns + 2 < width) {
			uint32_t c = 0;
			size_t step = text_utf8_decode(
				bytes_of(text.data + len, text.len - len), &c);
			columns += text_width(bytes_of(text.data + len, step));
			len += step;
		}
		buffer_put(out, bytes_of(text.data, len));
		buffer_put_text(out, "\xe2\x80\xa6"); // an ellipsis
		used = text_width(bytes_of(text.data, len)) + 1;
	} else {
		buffer_put(out, text);
	}
	text_put_spaces(out, width > used ? width - used : 0);
}

static void put_text_cell(struct buffer *out, const char *text, size_t width)
{
	struct buffer safe;
	buffer_init(&safe, REPORT_MAX);
	text_put_escaped(&safe, bytes_of_text(text));
	put_cell(out, buffer_bytes(&safe), width);
	out->failed = out->failed || safe.failed;
	buffer_clear(&safe);
}

enum { COL_SOURCE = 10, COL_LOG = 27, COL_OPERATOR = 14, COL_TIME = 21 };

static bool is_about_state(enum code why)
{
	static const enum code codes[] = {CODE_LOG_REJECTED, CODE_LOG_RETIRED,
		CODE_LOG_PENDING, CODE_AFTER_READONLY, CODE_AFTER_RETIREMENT,
		CODE_ONCE_APPROVED_ONLY};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i] == why) {
			return true;
		}
	}
	return false;
}

static void put_why(struct buffer *out, const struct record *record,
	const struct sct_record *sct, size_t index)
{
	enum code why = sct->why[index];
	report_put_why(record, sct, index, out);
	if (is_about_state(why) && sct->standing.since_ms) {
		buffer_printf(out, " (%s since ", log_state_name(sct->standing.state));
		report_put_day(out, sct->standing.since_ms);
		buffer_put_char(out, ')');
	}
	if (why == CODE_INVALID_SIGNATURE && sct->undecided) {
		buffer_put_text(out, " and the issuer given, which may be the wrong one");
	}
}

static void put_sct_why(
	struct buffer *out, const struct record *record, const struct sct_record *sct)
{
	struct buffer text;
	buffer_init(&text, REPORT_MAX);
	buffer_put_text(&text, "does not count: ");
	for (size_t i = 0; i < sct->num_why; i++) {
		buffer_put_text(&text, i ? "; " : "");
		put_why(&text, record, sct, i);
	}
	if (sct->sct.parse == SCT_MALFORMED) {
		buffer_put_text(&text, ": ");
		buffer_put_text(&text, sct->sct.malformed.text);
	}
	text_put_spaces(out, 4);
	report_put_wrapped(out, buffer_bytes(&text), 4, 4);
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static void put_sct_time(struct buffer *out, const struct sct_record *sct)
{
	struct buffer when;
	buffer_init(&when, 64);
	if (sct->sct.parse == SCT_PARSED && sct->sct.timestamp <= DATETIME_MAX_MS) {
		report_put_instant(&when, (int64_t)sct->sct.timestamp);
	} else {
		buffer_put_text(&when, "-");
	}
	put_cell(out, buffer_bytes(&when), COL_TIME);
	out->failed = out->failed || when.failed;
	buffer_clear(&when);
}

// What the list calls the log, else its id; that one is told in full, to look it up by.
static void put_sct_row(struct buffer *out, const struct report_options *options,
	const struct sct_record *sct)
{
	const char *name = "?";
	if (sct->sct.log_id.len) {
		name = "(log id below)";
	}
	if (sct->log && sct->log->text[LOG_DESCRIPTION]) {
		name = sct->log->text[LOG_DESCRIPTION];
	}
	enum colour uncounted = sct->status == STATUS_VALID ? DOUBT : BAD;
	text_put_spaces(out, 2);
	put_text_cell(out, sct_source_name(sct->source), COL_SOURCE);
	put_text_cell(out, name, COL_LOG);
	put_text_cell(out, sct->operator_name ? sct->operator_name : "-", COL_OPERATOR);
	put_sct_time(out, sct);
	report_put_coloured(out, options, sct->counted ? GOOD : uncounted,
		sct->counted ? "yes" : "no");
	buffer_put_char(out, '\n');
}

static void put_sct_details(struct buffer *out, const struct sct_record *sct)
{
	const char *name = sct->log ? sct->log->text[LOG_DESCRIPTION] : NULL;
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	buffer_printf(&line, "%s, approval %s", sct_status_name(sct->status),
		approval_name(sct->approval));
	if (sct->log) {
		buffer_printf(&line, ", log %s%s", log_state_name(sct->standing.state),
			sct->standing.extrapolated ? " (taken back to the time of check)"
						   : "");
		buffer_printf(&line, ", %s", log_api_name(sct->log->api));
	}
	if (sct->sct.has_leaf_index) {
		buffer_printf(&line, ", leaf index %llu",
			(unsigned long long)sct->sct.leaf_index);
	}
	if (!name && sct->sct.log_id.len) {
		char id[TEXT_BASE64_ROOM(SCT_LOG_ID_LEN)];
		text_base64(sct->sct.log_id, id);
		buffer_printf(&line, ", log id %s", id);
	} else if (name && text_width(bytes_of_text(name)) >= COL_LOG) {
		buffer_put_text(&line, ", ");
		text_put_escaped(&line, bytes_of_text(name));
	}
	text_put_spaces(out, 4);
	report_put_wrapped(out, buffer_bytes(&line), 4, 4);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

static void put_sct(struct buffer *out, const struct report_options *options,
	const struct record *record, const struct sct_record *sct)
{
	put_sct_row(out, options, sct);
	put_sct_details(out, sct);
	if (!sct->counted && sct->num_why) {
		put_sct_why(out, record, sct);
	}
}

void report_put_scts(struct buffer *out, const struct report_options *options,
	const struct record *record)
{
	if (record->num_scts == 0) {
		report_put_coloured(out, options, BOLD, "SCTs: none\n");
		return;
	}
	report_put_coloured(out, options, BOLD, "SCTs\n");
	text_put_spaces(out, 2);
	put_text_cell(out, "source", COL_SOURCE);
	put_text_cell(out, "log", COL_LOG);
	put_text_cell(out, "operator", COL_OPERATOR);
	put_text_cell(out, "time", COL_TIME);
	buffer_put_text(out, "counts\n");
	for (size_t i = 0; i < record->num_scts; i++) {
		put_sct(out, options, record, &record->scts[i]);
	}
}

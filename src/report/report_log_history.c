// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "report/report_diff_local.h"
#include "report/report_lists.h"
#include "report/report_text.h"

#define VERSION_COLUMN 8

// "511 of 2026-03-30"
static void put_list_name(struct buffer *out, const struct loglist *list)
{
	size_t before = out->len;
	text_put_escaped(out, bytes_of_text(list->version));
	buffer_put_text(out, out->len > before ? " of " : "of ");
	report_put_day(out, list->published_ms);
}

static void put_log(const struct log_history *history, size_t num_lists,
	struct buffer *out, struct buffer *line)
{
	const struct ct_log *log = history->log;
	char base64[TEXT_BASE64_ROOM(LOG_ID_LEN)];
	char hex[2 * LOG_ID_LEN + 1];
	text_base64(bytes_of(log->id, LOG_ID_LEN), base64);
	text_hex(bytes_of(log->id, LOG_ID_LEN), hex);
	report_put_log_name(line, log);
	buffer_put_text(line, ", of ");
	text_put_escaped(line, bytes_of_text(history->last->operators[log->op]));
	buffer_printf(line, " (%s)", log_api_name(log->api));
	report_end_line(out, line, 0, 2);
	buffer_printf(out, "Log id %s\n       %s\n", base64, hex);
	buffer_put_text(out, "Takes certificates that end: ");
	report_put_interval(out, log);
	buffer_printf(line, "\nIn %zu of %zu lists: ", history->num_lists, num_lists);
	buffer_put(out, buffer_bytes(line));
	line->len = 0;
	put_list_name(out, history->first);
	if (history->num_lists > 1) {
		buffer_put_text(out, " to ");
		put_list_name(out, history->last);
	}
	buffer_put_text(out, "\n\n");
}

// What changed beside the state.
static void put_facts(const struct log_history *history, size_t index, struct buffer *out,
	struct buffer *line)
{
	const struct log_step *step = &history->steps[index];
	// A change of facts has a step with the log before it.
	const struct log_step *before = index ? &history->steps[index - 1] : step;
	for (unsigned i = LOG_FACT_STATE + 1; i < NUM_LOG_FACTS; i++) {
		if (!has_bit(report_facts_shown(step->facts), i)) {
			continue;
		}
		buffer_printf(line, "%s: ", log_fact_name((enum log_fact)i));
		report_put_fact_change(line, (enum log_fact)i, before->list, before->log,
			step->list, step->log);
		report_end_line(out, line, VERSION_COLUMN + 14, VERSION_COLUMN + 16);
	}
}

static void put_step(const struct log_history *history, size_t index, struct buffer *out,
	struct buffer *line)
{
	const struct log_step *step = &history->steps[index];
	const struct loglist *list = step->list;
	text_put_escaped(line, bytes_of_text(list->version[0] ? list->version : "-"));
	size_t width = text_width(buffer_bytes(line));
	text_put_spaces(
		line, width < VERSION_COLUMN - 2 ? VERSION_COLUMN - 2 - width : 1);
	report_put_day(line, list->published_ms);
	buffer_put_text(line, "  ");
	if (!step->log) {
		buffer_put_text(line, "no longer in the list");
	} else if (step->facts && !has_bit(step->facts, LOG_FACT_STATE)) {
		buffer_printf(line, "still %s", log_state_name(step->log->state));
	} else {
		buffer_printf(line, "%s", log_state_name(step->log->state));
		if (step->log->since_ms) {
			buffer_put_text(line, " since ");
			report_put_instant(line, step->log->since_ms);
		}
	}
	report_end_line(out, line, 2, VERSION_COLUMN + 14);
	put_facts(history, index, out, line);
}

void report_log_history_text(
	const struct log_history *history, size_t num_lists, struct buffer *out)
{
	struct buffer line;
	buffer_init(&line, REPORT_LISTS_MAX);
	put_log(history, num_lists, out, &line);
	buffer_put_text(out, "List, its publication, and what it says of the log\n");
	for (size_t i = 0; i < history->num_steps; i++) {
		put_step(history, i, out, &line);
	}
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

void report_log_history_json(
	const struct log_history *history, size_t num_lists, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "schema", "ctpolicy.log_history.v1");
	json_put_base64(&json, "log_id", bytes_of(history->log->id, LOG_ID_LEN));
	json_put_text(&json, "description", history->log->text[LOG_DESCRIPTION]);
	json_put_text(&json, "operator", history->last->operators[history->log->op]);
	json_put_unsigned(&json, "lists", num_lists);
	json_put_unsigned(&json, "lists_with_it", history->num_lists);
	report_put_list_json(&json, "first", history->first);
	report_put_list_json(&json, "last", history->last);
	json_put_open(&json, "steps", '[');
	for (size_t i = 0; i < history->num_steps; i++) {
		const struct log_step *step = &history->steps[i];
		json_put_open(&json, NULL, '{');
		report_put_list_json(&json, "list", step->list);
		report_put_facts_json(&json, step->facts);
		report_put_log_json(&json, "log", step->list, step->log);
		json_put_close(&json, '}');
	}
	json_put_close(&json, ']');
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}

// SPDX-License-Identifier: Apache-2.0
#include "report/report_repair.h"

// Each line is one for the shell, whatever its length.
static void put_command(struct buffer *out, const char *command)
{
	while (command) {
		const char *end = strchr(command, '\n');
		size_t len = end ? (size_t)(end - command) : strlen(command);
		buffer_put_text(out, "\n  ");
		buffer_put(out, bytes_of((const uint8_t *)command, len));
		buffer_put_char(out, '\n');
		command = end ? end + 1 : NULL;
	}
}

void report_put_repair_text(struct buffer *out, const struct report_options *options,
	const struct repair *repair)
{
	static const char begin[] = "To make it pass";
	struct buffer line;
	buffer_init(&line, REPORT_MAX);
	buffer_put_text(&line, ": ");
	buffer_put_text(&line, repair->sentence);
	buffer_put_char(out, '\n');
	report_put_coloured(out, options, BOLD, begin);
	report_put_wrapped(out, buffer_bytes(&line), sizeof(begin) - 1, 2);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
	if (repair->command) {
		put_command(out, repair->command);
	}
}

static void put_log(struct json *json, const struct plan_log *of)
{
	const struct ct_log *log = of->log;
	json_put_open(json, NULL, '{');
	json_put_base64(json, "log_id", bytes_of(log->id, LOG_ID_LEN));
	json_put_text(json, "log", log->text[LOG_DESCRIPTION]);
	json_put_text(json, "operator", of->operator_name);
	json_put_word(json, "api", log_api_name(log->api));
	json_put_close(json, '}');
}

static void put_nearest(struct json *json, const char *key, struct plan_nearest nearest)
{
	if (nearest.found) {
		json_put_time(json, key, nearest.not_after * 1000);
	} else {
		json_put_null(json, key);
	}
}

void report_put_repair(struct json *json, const struct repair *repair)
{
	json_put_open(json, "repair", '{');
	json_put_bool(json, "possible", repair->possible);
	json_put_text(json, "sentence", repair->sentence);
	json_put_open(json, "changes", '[');
	for (size_t i = 0; i < NUM_REPAIR_CHANGES; i++) {
		if (repair->changes[i]) {
			json_put_word(
				json, NULL, repair_change_name((enum repair_change)i));
		}
	}
	json_put_close(json, ']');
	json_put_time(json, "not_before", repair->not_before * 1000);
	json_put_time(json, "not_after", repair->not_after * 1000);
	json_put_integer(json, "days", repair->days);
	json_put_open(json, "names", '[');
	for (size_t i = 0; i < repair->num_names; i++) {
		json_put_text(json, NULL, repair->names[i].text);
	}
	json_put_close(json, ']');
	json_put_open(json, "scts", '[');
	for (size_t i = 0; i < repair->num_logs; i++) {
		put_log(json, repair->logs[i]);
	}
	json_put_close(json, ']');
	json_put_text(json, "command", repair->command);
	put_nearest(json, "nearest_earlier", repair->nearest[0]);
	put_nearest(json, "nearest_later", repair->nearest[1]);
	json_put_close(json, '}');
}

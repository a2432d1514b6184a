// SPDX-License-Identifier: Apache-2.0
#include "app/summary_files.h"

#include "app/files.h"
#include "report/report_html.h"

static bool write_file(const char *path, const struct summary *summary,
	void (*put)(const struct summary *summary, struct buffer *out), struct err *err)
{
	struct output file;
	struct buffer text;
	buffer_init(&text, SUMMARY_MAX_JSON);
	put(summary, &text);
	bool done = !text.failed || err_no_memory(err);
	if (done && !output_open(path, &file, err)) {
		done = false;
	} else if (done) {
		done = output_write(&file, buffer_bytes(&text), err) &&
			output_finish(&file, err);
		output_discard(&file);
	}
	buffer_clear(&text);
	return done;
}

bool summary_files_write(const struct summary *summary, const char *json_path,
	const char *html_path, struct err *err)
{
	return (!json_path || write_file(json_path, summary, summary_put_json, err)) &&
		(!html_path || write_file(html_path, summary, report_html, err));
}

bool summary_files_put_text(
	const struct summary *summary, bool colour, struct sink *sink, struct err *err)
{
	struct buffer text;
	buffer_init(&text, SUMMARY_MAX_JSON);
	buffer_put_char(&text, '\n');
	summary_put_text(summary, colour, &text);
	bool done = (!text.failed || err_no_memory(err)) &&
		sink_write(sink, buffer_bytes(&text), err);
	buffer_clear(&text);
	return done;
}

// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

static void nothing(const struct report_options *options, struct buffer *out)
{
	(void)options;
	(void)out;
}

// One report alone is an object; several are an array.
static void begin_json(const struct report_options *options, struct buffer *out)
{
	if (options->many) {
		buffer_put_text(out, "[\n");
	}
}

static void end_json(const struct report_options *options, struct buffer *out)
{
	buffer_put_text(out, options->many ? "\n]\n" : "\n");
}

static void record_json(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out)
{
	(void)options;
	buffer_put_text(out, index ? ",\n" : "");
	report_json(record, out);
}

static void error_json(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out)
{
	(void)options;
	buffer_put_text(out, index ? ",\n" : "");
	report_error_json(id, err, out);
}

static void record_ndjson(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out)
{
	(void)options;
	(void)index;
	report_json(record, out);
	buffer_put_char(out, '\n');
}

static void error_ndjson(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out)
{
	(void)options;
	(void)index;
	report_error_json(id, err, out);
	buffer_put_char(out, '\n');
}

const struct report_format report_formats[] = {
	{"text", nothing, nothing, report_text, report_text_error},
	{"json", begin_json, end_json, record_json, error_json},
	{"ndjson", nothing, nothing, record_ndjson, error_ndjson},
	{"csv", report_csv_head, nothing, report_csv, report_csv_error},
};

const size_t report_num_formats = sizeof(report_formats) / sizeof(report_formats[0]);

const struct report_format *report_find_format(const char *name)
{
	for (size_t i = 0; i < report_num_formats; i++) {
		if (strcmp(report_formats[i].name, name) == 0) {
			return &report_formats[i];
		}
	}
	return NULL;
}

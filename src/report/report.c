// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include "base/text.h"

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

const struct report_format *report_find_batch_format(const char *name)
{
	static const struct report_format lines = {
		"text", nothing, nothing, report_line, report_line_error};
	return strcmp(name, lines.name) == 0 ? &lines : report_find_format(name);
}

// The character that an escape stands for; *text moves behind it. Of a pair of surrogates
// each is one: they are not printable alone, and we never write them.
static uint32_t take_escape(struct bytes *text)
{
	static const char letters[] = "bfnrt";
	static const char controls[] = "\b\f\n\r\t";
	uint8_t code[2];
	uint8_t c = text->data[1];
	size_t len = 2;
	uint32_t out = c;
	const char *letter = memchr(letters, c, sizeof(letters) - 1);
	if (letter) {
		out = (uint8_t)controls[letter - letters];
	} else if (c == 'u' && text->len >= 6 &&
		text_unhex(bytes_of(text->data + 2, 4), code, 2)) {
		out = (uint32_t)code[0] << 8 | code[1];
		len = 6;
	}
	*text = bytes_of(text->data + len, text->len - len);
	return out;
}

static void put_char(struct buffer *out, uint32_t c)
{
	uint8_t utf8[4];
	struct bytes text = bytes_of(utf8, text_utf8_encode(c, utf8));
	if (text_is_printable(c)) {
		buffer_put(out, text);
	} else {
		text_put_escaped(out, text);
	}
}

void report_put_id(struct buffer *out, struct bytes id)
{
	bool quoted = id.len >= 2 && id.data[0] == '"';
	struct bytes text = quoted ? bytes_of(id.data + 1, id.len - 2) : id;
	while (text.len > 0) {
		uint32_t c = 0;
		if (text.data[0] == '\\' && text.len >= 2) {
			put_char(out, take_escape(&text));
			continue;
		}
		size_t len = text_utf8_decode(text, &c);
		if (len > 0) {
			put_char(out, c);
		}
		len = len ? len : 1;
		text = bytes_of(text.data + len, text.len - len);
	}
}

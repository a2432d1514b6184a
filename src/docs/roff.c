// SPDX-License-Identifier: Apache-2.0
#include "docs/roff.h"

static void put_char(struct buffer *out, char c)
{
	static const struct {
		char c;
		const char *roff;
	} special[] = {
		{'\\', "\\e"},
		{'-', "\\-"},
		{'\'', "\\(aq"},
		{'`', "\\(ga"},
		{'^', "\\(ha"},
		{'~', "\\(ti"},
	};
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (special[i].c == c) {
			buffer_put_text(out, special[i].roff);
			return;
		}
	}
	buffer_put_char(out, c);
}

static bool at_line_start(const struct buffer *out)
{
	return out->len == 0 || out->data[out->len - 1] == '\n';
}

// A full stop there would be a request.
static void put_first(struct buffer *out, char c)
{
	if (c == '.' && at_line_start(out)) {
		buffer_put_text(out, "\\&");
	}
	put_char(out, c);
}

static void put_as_is(struct buffer *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		put_first(out, (char)text.data[i]);
	}
}

void roff_put(struct buffer *out, struct bytes text)
{
	bool bold = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];
		if (c == '`') {
			bold = !bold;
			buffer_put_text(out, bold ? "\\fB" : "\\fR");
		} else {
			put_first(out, c);
		}
	}
	if (bold) {
		buffer_put_text(out, "\\fR");
	}
}

static void put_capitals(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		char c = *text;
		put_char(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
}

void roff_begin(struct buffer *out, const char *name, int section,
	const struct roff_release *release)
{
	buffer_put_text(out, ".\\\" Made when ctpolicy is built, from its tables.\n.TH ");
	put_capitals(out, name);
	buffer_printf(
		out, " %d %s \"ctpolicy %s\"", section, release->date, release->version);
	buffer_put_text(out, "\n.nh\n.ad l\n");
}

void roff_section(struct buffer *out, const char *title)
{
	buffer_printf(out, ".SH %s\n", title);
}

void roff_subsection(struct buffer *out, const char *title)
{
	buffer_put_text(out, ".SS \"");
	put_as_is(out, bytes_of_text(title));
	buffer_put_text(out, "\"\n");
}

// A section begins with a paragraph by itself.
static void put_paragraph(struct buffer *out)
{
	size_t start = out->len;
	while (start > 1 && out->data[start - 2] != '\n') {
		start--;
	}
	bool begun = start && out->len - start > 1 &&
		memcmp(out->data + start - 1, ".S", 2) == 0;
	buffer_put_text(out, begun ? "" : ".PP\n");
}

void roff_literal(struct buffer *out, struct bytes lines)
{
	put_paragraph(out);
	buffer_put_text(out, ".nf\n.RS 4\n");
	put_as_is(out, lines);
	if (!at_line_start(out)) {
		buffer_put_char(out, '\n');
	}
	buffer_put_text(out, ".RE\n.fi\n");
}

// Up to the next empty line, which is taken too.
static struct bytes next_paragraph(struct bytes *rest)
{
	static const struct bytes gap = BYTES_LITERAL("\n\n");
	size_t end = bytes_find(*rest, 0, gap);
	struct bytes out = bytes_of(rest->data, end);
	size_t used = end == rest->len ? end : end + gap.len;
	*rest = bytes_of(rest->data + used, rest->len - used);
	return out;
}

void roff_paragraphs(struct buffer *out, const char *text)
{
	struct bytes rest = bytes_of_text(text);
	while (rest.len && rest.data[0] == '\n') {
		rest = bytes_of(rest.data + 1, rest.len - 1);
	}
	while (rest.len) {
		struct bytes one = next_paragraph(&rest);
		if (one.len && one.data[0] == ' ') {
			roff_literal(out, one);
			continue;
		}
		put_paragraph(out);
		roff_put(out, one);
		if (!at_line_start(out)) {
			buffer_put_char(out, '\n');
		}
	}
}

void roff_term(struct buffer *out, const char *bold, const char *italic)
{
	buffer_put_text(out, ".TP\n\\fB");
	put_as_is(out, bytes_of_text(bold));
	buffer_put_text(out, "\\fR");
	if (italic) {
		buffer_put_text(out, " \\fI");
		put_as_is(out, bytes_of_text(italic));
		buffer_put_text(out, "\\fR");
	}
	buffer_put_char(out, '\n');
}

void roff_reference(struct buffer *out, const char *name, int section, const char *behind)
{
	buffer_put_text(out, ".BR ");
	put_as_is(out, bytes_of_text(name));
	buffer_printf(out, " (%d)%s\n", section, behind);
}

// A line of text in pieces of FILL_WIDTH bytes where it has spaces.
#define FILL_WIDTH 78

static void put_filled(struct buffer *out, struct bytes line)
{
	while (line.len > FILL_WIDTH) {
		size_t end = FILL_WIDTH;
		while (end && line.data[end] != ' ') {
			end--;
		}
		while (end == 0 || (end < line.len && line.data[end] != ' ')) {
			end++;
		}
		if (end == line.len) {
			break;
		}
		buffer_put(out, bytes_of(line.data, end));
		buffer_put_char(out, '\n');
		line = bytes_of(line.data + end + 1, line.len - end - 1);
		if (line.len && (line.data[0] == '.' || line.data[0] == ' ')) {
			buffer_put_text(out, "\\&");
		}
	}
	buffer_put(out, line);
	buffer_put_char(out, '\n');
}

void roff_end(struct buffer *out)
{
	static const struct bytes newline = BYTES_LITERAL("\n");
	struct buffer filled;
	buffer_init(&filled, out->max);
	bool literal = false;
	struct bytes rest = buffer_bytes(out);
	while (rest.len) {
		size_t end = bytes_find(rest, 0, newline);
		struct bytes line = bytes_of(rest.data, end);
		literal = (literal || bytes_equal(line, BYTES_LITERAL(".nf"))) &&
			!bytes_equal(line, BYTES_LITERAL(".fi"));
		if (literal || (line.len && line.data[0] == '.')) {
			buffer_put(&filled, line);
			buffer_put_char(&filled, '\n');
		} else {
			put_filled(&filled, line);
		}
		end += end < rest.len;
		rest = bytes_of(rest.data + end, rest.len - end);
	}
	filled.failed = filled.failed || out->failed;
	buffer_clear(out);
	*out = filled;
}

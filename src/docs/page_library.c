// SPDX-License-Identifier: Apache-2.0
#include "docs/docs.h"

// The header is ours: comments of "//", declarations that begin in the first column.

#define API "CTP_API "

static struct bytes next_line(struct bytes text, size_t *at)
{
	static const struct bytes newline = BYTES_LITERAL("\n");
	size_t start = *at;
	size_t end = bytes_find(text, start, newline);
	*at = end == text.len ? end : end + 1;
	return bytes_of(text.data + start, end - start);
}

static bool begins(struct bytes line, const char *with)
{
	size_t len = strlen(with);
	return line.len >= len && memcmp(line.data, with, len) == 0;
}

// The text of a comment's line, where it is one.
static bool is_comment(struct bytes line, struct bytes *out_text)
{
	if (!begins(line, "//")) {
		return false;
	}
	size_t skip = line.len > 2 && line.data[2] == ' ' ? 3 : 2;
	*out_text = bytes_of(line.data + skip, line.len - skip);
	return true;
}

struct bytes docs_next_function(struct bytes header, size_t *at)
{
	while (*at < header.len) {
		struct bytes line = next_line(header, at);
		size_t name = begins(line, API)
			? bytes_find(line, strlen(API), BYTES_LITERAL("ctp_"))
			: line.len;
		size_t end = bytes_find(line, name, BYTES_LITERAL("("));
		while (name < line.len && end > name) {
			// The last before the parenthesis: a type comes before the name.
			size_t next = bytes_find(line, name + 1, BYTES_LITERAL("ctp_"));
			if (next >= end) {
				return bytes_of(line.data + name, end - name);
			}
			name = next;
		}
	}
	return BYTES_NONE;
}

// What a program may use begins behind the version's line.
static size_t declarations_at(struct bytes header)
{
	size_t at = bytes_find(header, 0, BYTES_LITERAL("#define CTP_VERSION"));
	(void)next_line(header, &at);
	return at;
}

static void put_names(struct buffer *out, struct bytes header)
{
	roff_section(out, "NAME");
	buffer_put_text(out, "libctpolicy");
	size_t at = 0;
	for (;;) {
		struct bytes name = docs_next_function(header, &at);
		if (name.len == 0) {
			break;
		}
		buffer_put_text(out, ", ");
		roff_put(out, name);
	}
	buffer_put_text(out, " \\- Certificate Transparency policy evaluation\n");
}

// The comment over everything, and the example in it.
static void put_description(struct buffer *out, struct bytes header)
{
	struct buffer text;
	struct bytes line = BYTES_NONE;
	buffer_init(&text, 65536);
	size_t at = 0;
	(void)next_line(header, &at);
	while (is_comment(next_line(header, &at), &line)) {
		buffer_put(&text, line);
		buffer_put_char(&text, '\n');
	}
	buffer_put_char(&text, '\0');
	roff_section(out, "DESCRIPTION");
	if (!text.failed) {
		roff_paragraphs(out, (const char *)text.data);
	}
	out->failed = out->failed || text.failed;
	buffer_clear(&text);
}

static bool has(struct bytes line, const char *text)
{
	return bytes_find(line, 0, bytes_of_text(text)) < line.len;
}

// The declaration whose first line ends at *at, to its end.
static void put_declaration(
	struct buffer *out, struct bytes header, size_t start, size_t *at)
{
	struct bytes line = bytes_of(header.data + start, *at - start);
	bool has_body = has(line, "{\n");
	while (*at < header.len && !(has_body ? begins(line, "};") : has(line, ";"))) {
		line = next_line(header, at);
	}
	struct bytes all = bytes_of(header.data + start, *at - start);
	size_t skip = begins(all, API) ? strlen(API) : 0;
	roff_literal(out, bytes_of(all.data + skip, all.len - skip));
}

static bool is_code(struct bytes line)
{
	return begins(line, API) || begins(line, "struct ") || begins(line, "enum ") ||
		begins(line, "#define ");
}

static void put_declarations(struct buffer *out, struct bytes header)
{
	size_t at = declarations_at(header);
	bool in_comment = false;
	while (at < header.len) {
		size_t start = at;
		struct bytes line = next_line(header, &at);
		struct bytes text = BYTES_NONE;
		if (is_comment(line, &text)) {
			buffer_put_text(out, in_comment ? "" : ".PP\n");
			roff_put(out, text);
			buffer_put_char(out, '\n');
			in_comment = true;
		} else if (is_code(line)) {
			if (begins(line, "#define ")) {
				roff_literal(out, line);
			} else {
				put_declaration(out, header, start, &at);
			}
			in_comment = false;
		}
	}
}

void docs_library(
	struct bytes header, const struct roff_release *release, struct buffer *out)
{
	roff_begin(out, "libctpolicy", 3, release);
	put_names(out, header);
	roff_section(out, "SYNOPSIS");
	roff_literal(out,
		BYTES_LITERAL("#include <ctpolicy.h>\n\n"
			      "cc program.c $(pkg-config --cflags --libs ctpolicy)\n"));
	put_description(out, header);
	roff_section(out, "DECLARATIONS");
	put_declarations(out, header);
	roff_section(out, "SEE ALSO");
	roff_reference(out, "ctpolicy", 1, ",");
	roff_reference(out, "ctpolicy-rest", 7, "");
	roff_end(out);
}

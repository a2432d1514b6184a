// SPDX-License-Identifier: Apache-2.0
#include "report/html_write.h"

#include "base/datetime.h"

static const char *entity_of(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void put_escaped(struct buffer *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *entity = entity_of(text.data[i]);
		if (entity) {
			buffer_put_text(out, entity);
		} else {
			buffer_put_char(out, (char)text.data[i]);
		}
	}
}

void html_put_text(struct buffer *out, const char *text)
{
	put_escaped(out, bytes_of_text(text));
}

void html_put_sentence(struct buffer *out, const char *text)
{
	if (text[0] >= 'a' && text[0] <= 'z') {
		buffer_put_char(out, (char)(text[0] - 'a' + 'A'));
		text++;
	}
	html_put_text(out, text);
}

void html_put_foreign(struct buffer *out, struct bytes text)
{
	struct buffer clean;
	buffer_init(&clean, 1 << 20);
	summary_put_printable(&clean, text, 4096);
	buffer_put_text(out, "<bdi>");
	put_escaped(out, buffer_bytes(&clean));
	buffer_put_text(out, "</bdi>");
	out->failed = out->failed || clean.failed;
	buffer_clear(&clean);
}

// The value of the first attribute of that type, without the escapes of RFC 4514; false where
// there is none.
static bool find_attribute(struct bytes name, const char *type, struct buffer *out)
{
	size_t len = strlen(type);
	bool begins = true;
	for (size_t i = 0; i < name.len; i++) {
		const uint8_t *at = name.data + i;
		if (begins && name.len - i > len && memcmp(at, type, len) == 0) {
			for (i += len; i < name.len && name.data[i] != ',' &&
				name.data[i] != '+';
				i++) {
				// Of a byte in hex it stays: \\0A.
				i += name.data[i] == '\\' && i + 1 < name.len &&
					!strchr("0123456789ABCDEF", name.data[i + 1]);
				buffer_put_char(out, (char)name.data[i]);
			}
			return out->len > 0;
		}
		begins = *at == ',' || *at == '+';
		i += *at == '\\';
	}
	return false;
}

void html_put_issuer(struct buffer *out, struct bytes name)
{
	struct buffer text;
	struct buffer clean;
	buffer_init(&text, 4096);
	buffer_init(&clean, 1 << 16);
	if (!find_attribute(name, "CN=", &text)) {
		html_put_foreign(out, name);
		buffer_clear(&text);
		return;
	}
	summary_put_printable(&clean, name, 4096);
	buffer_put_text(out, "<span title=\"");
	put_escaped(out, buffer_bytes(&clean));
	buffer_put_text(out, "\">");
	html_put_foreign(out, buffer_bytes(&text));
	text.len = 0;
	if (find_attribute(name, "O=", &text)) {
		buffer_put_text(out, " (");
		html_put_foreign(out, buffer_bytes(&text));
		buffer_put_char(out, ')');
	}
	buffer_put_text(out, "</span>");
	out->failed = out->failed || text.failed || clean.failed;
	buffer_clear(&text);
	buffer_clear(&clean);
}

void html_put_code(struct buffer *out, const char *name)
{
	buffer_put_text(out, "<code>");
	for (; *name; name++) {
		buffer_put_char(out, *name);
		buffer_put_text(out, *name == '_' ? "<wbr>" : "");
	}
	buffer_put_text(out, "</code>");
}

void html_put_day(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	text[10] = '\0';
	buffer_printf(out, "<time>%s</time>", text);
}

void html_begin_section(struct buffer *out, const char *id, const char *heading)
{
	buffer_printf(out, "<section id=\"%s\">\n<h2>", id);
	html_put_text(out, heading);
	buffer_put_text(out, "</h2>\n");
}

void html_put_note(struct buffer *out, const char *text)
{
	buffer_put_text(out, "<p class=\"note\">");
	html_put_text(out, text);
	buffer_put_text(out, "</p>\n");
}

void html_begin_table(struct buffer *out, const char *attributes, const char *caption,
	const struct html_heading *headings)
{
	buffer_printf(out, "<div class=\"wide\"><table%s%s>\n<caption>",
		attributes[0] ? " " : "", attributes);
	html_put_text(out, caption);
	buffer_put_text(out, "</caption>\n<thead><tr>");
	for (; headings->text; headings++) {
		buffer_printf(out, "<th scope=\"col\"%s>",
			headings->kind == COLUMN_NUMBER ? " class=\"n\"" : "");
		html_put_text(out, headings->text);
		buffer_put_text(out, "</th>");
	}
	buffer_put_text(out, "</tr></thead>\n<tbody>\n");
}

void html_end_table(struct buffer *out)
{
	buffer_put_text(out, "</tbody>\n</table></div>\n");
}

void html_put_number(struct buffer *out, uint64_t number, bool bad)
{
	buffer_printf(out, "<td class=\"n%s\">", bad && number ? " bad" : "");
	summary_put_number(out, number);
	buffer_put_text(out, "</td>");
}

void html_put_share(struct buffer *out, uint64_t part, uint64_t whole)
{
	buffer_put_text(out, "<td class=\"n\">");
	if (whole > 0) {
		summary_put_percent(out, part, whole);
	} else {
		buffer_put_text(out, "\xe2\x80\x93");
	}
	buffer_put_text(out, "</td>");
}

void html_begin_details(struct buffer *out, const char *summary)
{
	buffer_put_text(out, "<details><summary>");
	html_put_text(out, summary);
	buffer_put_text(out, "</summary>\n");
}

void html_begin_bars(struct buffer *out, const char *caption)
{
	buffer_put_text(out, "<figure>\n<figcaption>");
	html_put_text(out, caption);
	buffer_put_text(out, "</figcaption>\n<ul class=\"bars\">\n");
}

void html_end_bars(struct buffer *out)
{
	buffer_put_text(out, "</ul>\n</figure>\n");
}

// Thousandths of the scale, and at least a hair where there is anything.
static unsigned length_of(uint64_t part, uint64_t scale)
{
	uint64_t length = scale ? part * 1000 / scale : 0;
	return part && length < 4 ? 4 : (unsigned)length;
}

void html_begin_bar(struct buffer *out, const struct html_bar *bar)
{
	unsigned whole = length_of(bar->whole, bar->scale);
	unsigned part = length_of(bar->part, bar->scale);
	buffer_put_text(out, "<li><span class=\"name\">");
	(bar->is_issuer ? html_put_issuer : html_put_foreign)(out, bar->name);
	// What is marked is taller too, so that it differs by more than its colour.
	buffer_printf(out,
		"</span><svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\"><rect class=\"%s\" y=\"2\" width=\"%u\" "
		"height=\"6\"/>",
		bar->bad ? "whole" : "rest", whole);
	if (part) {
		buffer_printf(out, "<rect class=\"%s\" width=\"%u\" height=\"10\"/>",
			bar->bad ? "bad" : "whole", part);
	}
	buffer_put_text(out, "</svg><span class=\"value\">");
}

void html_end_bar(struct buffer *out)
{
	buffer_put_text(out, "</span></li>\n");
}

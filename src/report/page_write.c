// SPDX-License-Identifier: Apache-2.0
#include "report/page_write.h"

#include "base/datetime.h"
#include "base/text.h"

void page_put_instant(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms - ms % 1000, text);
	buffer_printf(out, "<time datetime=\"%s\">%.10s %.8s UTC</time>", text, text,
		text + 11);
}

void page_put_day(struct buffer *out, int64_t ms)
{
	html_put_day(out, ms);
}

void page_put_mark(struct buffer *out, enum page_mark mark, const char *text)
{
	static const struct {
		const char *name, *sign;
	} marks[NUM_PAGE_MARKS] = {
		[MARK_GOOD] = {"good", "\xe2\x9c\x93"}, // a check mark
		[MARK_BAD] = {"bad", "\xe2\x9c\x95"}, // a cross
		[MARK_DOUBT] = {"doubt", "?"},
		[MARK_PLAIN] = {"plain", "\xe2\x80\x93"}, // a dash
	};
	buffer_printf(out,
		"<span class=\"mark %s\"><span aria-hidden=\"true\">%s</span> ",
		marks[mark].name, marks[mark].sign);
	html_put_text(out, text);
	buffer_put_text(out, "</span>");
}

enum page_mark page_mark_of(const struct policy_record *policy)
{
	static const enum page_mark marks[] = {
		[VERDICT_COMPLIANT] = MARK_GOOD,
		[VERDICT_NON_COMPLIANT] = MARK_BAD,
		[VERDICT_INDETERMINATE] = MARK_DOUBT,
	};
	return policy->num_applies_because ? MARK_PLAIN : marks[policy->verdict];
}

void page_put_ends(struct buffer *out, const struct ct_log *log)
{
	if (log->has_interval) {
		page_put_day(out, log->start_ms);
		buffer_put_text(out, " to before ");
		page_put_day(out, log->end_ms);
	} else {
		buffer_put_text(out, "any");
	}
}

void page_put_log_name(struct buffer *out, const struct ct_log *log)
{
	char room[LOG_NAME_ROOM];
	const char *name = log_name(log, room);
	if (name == room) {
		html_put_text(out, name);
	} else {
		html_put_foreign(out, bytes_of_text(name));
	}
}

void page_put_sct_name(struct buffer *out, const struct sct_record *sct)
{
	char id[TEXT_BASE64_ROOM(SCT_LOG_ID_LEN)];
	if (sct->log) {
		page_put_log_name(out, sct->log);
	} else if (sct->sct.log_id.len == SCT_LOG_ID_LEN) {
		text_base64(sct->sct.log_id, id);
		buffer_put_text(out, "Unknown log ");
		html_put_text(out, id);
	} else {
		buffer_put_text(out, "An SCT that cannot be read");
	}
}

void page_put_hex(struct buffer *out, struct bytes bytes)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *text = buffer_extend(out, bytes.len ? bytes.len * 3 - 1 : 0);
	for (size_t i = 0; text && i < bytes.len; i++) {
		text[3 * i] = (uint8_t)digits[bytes.data[i] >> 4];
		text[3 * i + 1] = (uint8_t)digits[bytes.data[i] & 15];
		if (i + 1 < bytes.len) {
			text[3 * i + 2] = ' ';
		}
	}
}

void page_begin_table(struct buffer *out, const char *attributes, const char *caption,
	const char *const *headings)
{
	buffer_printf(
		out, "<table%s%s>\n<caption>", attributes[0] ? " " : "", attributes);
	html_put_text(out, caption);
	buffer_put_text(out, "</caption>\n<thead><tr>");
	for (; *headings; headings++) {
		buffer_put_text(out, "<th scope=\"col\">");
		html_put_text(out, *headings);
		buffer_put_text(out, "</th>");
	}
	buffer_put_text(out, "</tr></thead>\n<tbody>\n");
}

void page_end_table(struct buffer *out)
{
	buffer_put_text(out, "</tbody>\n</table>\n");
}

void page_begin_cell(struct buffer *out, const char *label)
{
	buffer_printf(out, "<td data-label=\"%s\">", label);
}

// Time lines.

unsigned page_place(const struct page_scale *scale, int64_t ms)
{
	if (ms <= scale->from_ms || scale->to_ms <= scale->from_ms) {
		return 0;
	}
	if (ms >= scale->to_ms) {
		return 100000;
	}
	return (unsigned)((double)(ms - scale->from_ms) /
		(double)(scale->to_ms - scale->from_ms) * 100000);
}

void page_put_place(struct buffer *out, unsigned place)
{
	buffer_printf(out, "%u.%03u%%", place / 1000, place % 1000);
}

// Months between two ticks, so that there are few of them.
static int months_apart(const struct page_scale *scale)
{
	static const int steps[] = {1, 2, 3, 6, 12, 24, 60, 120, 600};
	int64_t months = (scale->to_ms - scale->from_ms) / (30 * DATETIME_DAY_MS) + 1;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (months / steps[i] <= 8) {
			return steps[i];
		}
	}
	return 12000;
}

static void put_tick(struct buffer *out, unsigned place, const struct datetime *t,
	bool minor, int step)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	buffer_put_text(out, "<line x1=\"");
	page_put_place(out, place);
	buffer_put_text(out, "\" x2=\"");
	page_put_place(out, place);
	buffer_put_text(out, "\" y1=\"18\" y2=\"24\"/>");
	if (place > 92000) {
		return; // its words would stand beyond the edge
	}
	buffer_printf(out, "<text%s x=\"", minor ? " class=\"minor\"" : "");
	page_put_place(out, place);
	if (step >= 12) {
		buffer_printf(out, "\" y=\"13\">%04d</text>", t->year);
	} else {
		buffer_printf(
			out, "\" y=\"13\">%s %04d</text>", names[t->month - 1], t->year);
	}
}

void page_put_axis(struct buffer *out, const struct page_scale *scale)
{
	int step = months_apart(scale);
	struct datetime t = datetime_from_seconds(scale->from_ms / 1000);
	bool minor = false;
	t = (struct datetime){.year = t.year,
		.month = step >= 12 ? 1 : (t.month - 1) / step * step + 1,
		.day = 1};
	if (step >= 24) {
		t.year -= t.year % (step / 12);
	}
	buffer_put_text(out,
		"<svg class=\"axis\" aria-hidden=\"true\" width=\"100%\" "
		"height=\"24\">");
	while (t.year < 9999) {
		int64_t ms = datetime_to_seconds(&t) * 1000;
		if (ms >= scale->to_ms) {
			break;
		}
		if (ms >= scale->from_ms) {
			put_tick(out, page_place(scale, ms), &t, minor, step);
			minor = !minor;
		}
		t.month += step % 12;
		t.year += step / 12 + (t.month > 12);
		t.month -= t.month > 12 ? 12 : 0;
	}
	buffer_put_text(out, "</svg>\n");
}

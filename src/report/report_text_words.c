// SPDX-License-Identifier: Apache-2.0
// Words that several reports for people have in common: versions, days, times.
#include "report/report_text.h"

#include "base/datetime.h"
#include "base/text.h"

void report_put_version(struct buffer *out, const struct loglist *list)
{
	if (list->version[0]) {
		buffer_put_char(out, ' ');
		text_put_escaped(out, bytes_of_text(list->version));
	}
}

void report_put_days(struct buffer *out, int64_t days)
{
	buffer_printf(out, "%lld day%s", (long long)days, days == 1 ? "" : "s");
}

void report_put_age(struct buffer *out, const struct loglist *list, int64_t at_ms)
{
	int64_t age_ms = lists_age_ms(list, at_ms);
	if (age_ms < 0) {
		buffer_put_text(out, ", published ");
		report_put_days(out, (DATETIME_DAY_MS - 1 - age_ms) / DATETIME_DAY_MS);
		buffer_put_text(out, " after that time");
	} else {
		buffer_put_text(out, ", ");
		report_put_days(out, age_ms / DATETIME_DAY_MS);
		buffer_put_text(out, " old");
	}
}

void report_put_day(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	buffer_put(out, bytes_of(text, 10));
}

// "2026-06-01 00:05:01Z"
void report_put_instant(struct buffer *out, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms - ms % 1000, text);
	text[10] = ' ';
	buffer_put_text(out, text);
}

struct report_word report_word_of(enum result result)
{
	static const struct report_word words[] = {
		[RESULT_PASS] = {"pass", GOOD},
		[RESULT_FAIL] = {"FAIL", BAD},
		[RESULT_UNKNOWN] = {"open", DOUBT},
	};
	return words[result];
}

// SPDX-License-Identifier: Apache-2.0
#include "base/datetime.h"

#include <stdio.h>

#include "base/text.h"

#define DAY_SECONDS ((int64_t)86400)

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool datetime_valid(const struct datetime *t)
{
	return t->year >= 0 && t->year <= 9999 && t->month >= 1 && t->month <= 12 &&
		t->day >= 1 && t->day <= days_in_month(t->year, t->month) &&
		t->hour >= 0 && t->hour <= 23 && t->minute >= 0 && t->minute <= 59 &&
		t->second >= 0 && t->second <= 59;
}

// Days since 1970-01-01, counted in 400-year eras that begin on the first of March.
static int64_t days_from_civil(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct datetime *out)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				      day_of_era / 146096) /
		365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_index = (5 * day_of_year + 2) / 153;
	out->day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1);
	out->month = (int)(month_index < 10 ? month_index + 3 : month_index - 9);
	out->year = (int)(year_of_era + era * 400 + (out->month <= 2));
}

int64_t datetime_to_seconds(const struct datetime *t)
{
	return days_from_civil(t->year, t->month, t->day) * DAY_SECONDS + t->hour * 3600 +
		t->minute * 60 + t->second;
}

struct datetime datetime_from_seconds(int64_t seconds)
{
	int64_t days = seconds / DAY_SECONDS;
	int64_t left = seconds % DAY_SECONDS;
	if (left < 0) {
		left += DAY_SECONDS;
		days--;
	}
	struct datetime t = {0};
	civil_from_days(days, &t);
	t.hour = (int)(left / 3600);
	t.minute = (int)(left / 60 % 60);
	t.second = (int)(left % 60);
	return t;
}

bool datetime_in_range(int64_t seconds)
{
	return seconds >= INT64_C(-62167219200) && seconds <= DATETIME_MAX_MS / 1000;
}

static bool take_digits(struct bytes *text, size_t num, int *out)
{
	int value = 0;
	if (text->len < num) {
		return false;
	}
	for (size_t i = 0; i < num; i++) {
		if (!text_is_digit(text->data[i])) {
			return false;
		}
		value = value * 10 + (text->data[i] - '0');
	}
	text->data += num;
	text->len -= num;
	*out = value;
	return true;
}

static bool take_char(struct bytes *text, const char *allowed)
{
	if (text->len == 0 || text->data[0] == 0 || !strchr(allowed, text->data[0])) {
		return false;
	}
	text->data++;
	text->len--;
	return true;
}

// ".123456": milliseconds, the rest cut.
static bool take_fraction(struct bytes *text, int64_t *out_ms)
{
	*out_ms = 0;
	if (!take_char(text, ".")) {
		return true;
	}
	size_t num = 0;
	for (int64_t unit = 100; text->len && text_is_digit(text->data[0]); unit /= 10) {
		*out_ms += unit * (text->data[0] - '0');
		text->data++;
		text->len--;
		num++;
	}
	return num > 0;
}

static bool take_zone(struct bytes *text, bool optional, int64_t *out_seconds)
{
	*out_seconds = 0;
	if (text->len == 0) {
		return optional;
	}
	if (take_char(text, "Zz")) {
		return true;
	}
	bool east = text->data[0] == '+';
	int hours = 0;
	int minutes = 0;
	if (!take_char(text, "+-") || !take_digits(text, 2, &hours) ||
		!take_char(text, ":") || !take_digits(text, 2, &minutes) || hours > 23 ||
		minutes > 59) {
		return false;
	}
	*out_seconds = (hours * 3600 + minutes * 60) * (east ? 1 : -1);
	return true;
}

bool datetime_parse_rfc3339(struct bytes text, bool zone_optional, int64_t *out_ms)
{
	struct datetime t = {0};
	int64_t fraction = 0;
	int64_t zone = 0;
	if (!take_digits(&text, 4, &t.year) || !take_char(&text, "-") ||
		!take_digits(&text, 2, &t.month) || !take_char(&text, "-") ||
		!take_digits(&text, 2, &t.day) || !take_char(&text, "Tt ") ||
		!take_digits(&text, 2, &t.hour) || !take_char(&text, ":") ||
		!take_digits(&text, 2, &t.minute) || !take_char(&text, ":") ||
		!take_digits(&text, 2, &t.second) || !take_fraction(&text, &fraction) ||
		!take_zone(&text, zone_optional, &zone)) {
		return false;
	}
	if (text.len > 0 || !datetime_valid(&t)) {
		return false;
	}
	int64_t seconds = datetime_to_seconds(&t) - zone;
	if (!datetime_in_range(seconds)) {
		return false;
	}
	*out_ms = seconds * 1000 + fraction;
	return true;
}

#define DAY_LEN (sizeof("2026-11-01") - 1)

bool datetime_parse_moment(struct bytes text, int64_t *out_ms)
{
	static const struct bytes midnight = BYTES_LITERAL("T00:00:00Z");
	uint8_t instant[DATETIME_ROOM];
	if (text.len != DAY_LEN) {
		return datetime_parse_rfc3339(text, false, out_ms);
	}
	bytes_copy(instant, text);
	bytes_copy(instant + DAY_LEN, midnight);
	return datetime_parse_rfc3339(
		bytes_of(instant, DAY_LEN + midnight.len), false, out_ms);
}

// `num` digits and the character behind them; returns the next place.
static char *put_field(char *at, int value, int num, char behind)
{
	for (int i = num; i > 0; i--) {
		at[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	at[num] = behind;
	return at + num + 1;
}

void datetime_format_ms(int64_t ms, char out[DATETIME_ROOM])
{
	int64_t seconds = ms / 1000;
	int fraction = (int)(ms % 1000);
	if (fraction < 0) {
		fraction += 1000;
		seconds--;
	}
	struct datetime t = datetime_from_seconds(seconds);
	// No caller has a year beyond 9999; one that had would see its digits.
	char *at = out;
	int len = 0;
	if (t.year < 0 || t.year > 9999) {
		len = snprintf(out, 12, "%04d-", t.year);
		at += len > 0 ? len : 0;
	} else {
		at = put_field(at, t.year, 4, '-');
	}
	at = put_field(at, t.month, 2, '-');
	at = put_field(at, t.day, 2, 'T');
	at = put_field(at, t.hour, 2, ':');
	at = put_field(at, t.minute, 2, ':');
	at = put_field(at, t.second, 2, fraction ? '.' : 'Z');
	if (fraction) {
		at = put_field(at, fraction, 3, 'Z');
	}
	*at = '\0';
}

void datetime_format_seconds(int64_t seconds, char out[DATETIME_ROOM])
{
	datetime_format_ms(seconds * 1000, out);
}

// `from` and that many months; a day that the month lacks is its last day.
static int64_t add_months(const struct datetime *from, int64_t months)
{
	int64_t index = (int64_t)from->year * 12 + (from->month - 1) + months;
	int64_t year = index >= 0 ? index / 12 : (index - 11) / 12;
	int month = (int)(index - year * 12) + 1;
	int last = days_in_month(year, month);
	int day = from->day < last ? from->day : last;
	return days_from_civil(year, month, day) * DAY_SECONDS + from->hour * 3600 +
		from->minute * 60 + from->second;
}

int64_t datetime_months_between(int64_t from, int64_t to, bool *out_exact)
{
	struct datetime a = datetime_from_seconds(from);
	struct datetime b = datetime_from_seconds(to);
	int64_t months = ((int64_t)b.year - a.year) * 12 + (b.month - a.month);
	if (add_months(&a, months) > to) {
		months--;
	}
	*out_exact = add_months(&a, months) == to;
	return months;
}

int64_t datetime_floor_seconds(int64_t ms)
{
	return ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
}

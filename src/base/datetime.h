// SPDX-License-Identifier: Apache-2.0
// Calendar arithmetic without a clock: proleptic Gregorian, UTC, no leap seconds.
//
// Seconds are counted since 1970-01-01T00:00:00Z, 86,400 a day; instants that SCTs and
// logs compare are in milliseconds. Years 0 to 9999.
#ifndef BASE_DATETIME_H
#define BASE_DATETIME_H

#include "base/bytes.h"

struct datetime {
	int year, month, day; // month and day count from 1
	int hour, minute, second;
};

#define DATETIME_DAY_MS INT64_C(86400000)

// False where a field is out of range (second 60 included: X.509 and CT have none).
bool datetime_valid(const struct datetime *t);
int64_t datetime_to_seconds(const struct datetime *t);
struct datetime datetime_from_seconds(int64_t seconds);

// The last instant that RFC 3339 can write: 9999-12-31T23:59:59.999Z.
#define DATETIME_MAX_MS INT64_C(253402300799999)
// False beyond the years 0 to 9999, where a zone may lead.
bool datetime_in_range(int64_t seconds);

// RFC 3339 date-time to milliseconds; a fraction is cut to milliseconds. `zone_optional`
// allows a missing zone, which means UTC (Apple's oldest lists).
bool datetime_parse_rfc3339(
	struct bytes text, bool zone_optional, int64_t *out_ms) MUST_CHECK;
// The same with a zone, or a day (2026-11-01), which is its first second, 00:00:00Z: how every
// way in reads a time of check.
bool datetime_parse_moment(struct bytes text, int64_t *out_ms) MUST_CHECK;
// "2026-11-01T12:00:00Z", with ".123" before the Z where milliseconds are not zero.
#define DATETIME_ROOM 32
void datetime_format_ms(int64_t ms, char out[DATETIME_ROOM]);
void datetime_format_seconds(int64_t seconds, char out[DATETIME_ROOM]);

// The second in which the instant lies.
int64_t datetime_floor_seconds(int64_t ms);

// Whole calendar months from `from` to `to` (seconds); a day that a month lacks is that
// month's last day. *out_exact: nothing is left over. Negative where to < from.
int64_t datetime_months_between(int64_t from, int64_t to, bool *out_exact);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "x509/der.h"

#include "base/datetime.h"
#include "base/text.h"

// X.690 10.1: definite, in the fewest bytes. Four bytes of length are 4 GB.
static size_t read_length(struct reader *r, const char *what)
{
	size_t at = reader_offset(r);
	uint8_t first = reader_u8(r, what);
	if (first < 0x80) {
		return first;
	}
	size_t num = first & 0x7f;
	if (num == 0 || num > 4) {
		reader_fail_at(r, at, "%s: %s", what,
			num == 0 ? "indefinite length, which DER forbids (X.690 10.1)"
				 : "a length of more than 4 bytes");
		return 0;
	}
	size_t len = 0;
	for (size_t i = 0; i < num; i++) {
		len = len << 8 | reader_u8(r, what);
	}
	if (!reader_failed(r) && (len < 0x80 || len >> (8 * (num - 1)) == 0)) {
		reader_fail_at(
			r, at, "%s: length %zu is not minimal (X.690 10.1)", what, len);
		return 0;
	}
	return len;
}

struct der_element der_any_slowly(struct reader *r, const char *what)
{
	const uint8_t *start = r->pos;
	size_t at = reader_offset(r);
	uint8_t tag = reader_u8(r, what);
	if ((tag & 0x1f) == 0x1f) {
		reader_fail_at(r, at, "%s: a tag of more than one byte", what);
	}
	size_t len = read_length(r, what);
	if (!reader_failed(r) && len > reader_left(r)) {
		reader_fail_at(r, at,
			"%s: length %zu goes beyond the end, %zu bytes are left", what,
			len, reader_left(r));
	}
	struct bytes value = reader_take(r, len, what);
	return reader_failed(r)
		? (struct der_element){0}
		: der_element_of(start, (size_t)(value.data - start), len);
}

void der_fail_tag(struct reader *r, unsigned tag, const char *what)
{
	if (reader_failed(r)) {
		return;
	}
	if (r->pos == r->end) {
		reader_fail(r, "%s: missing", what);
	} else {
		reader_fail(r, "%s: tag 0x%02x where 0x%02x belongs", what, *r->pos, tag);
	}
}

bool der_boolean(struct reader *r, const char *what)
{
	size_t at = reader_offset(r);
	struct bytes value = der_expect(r, DER_BOOLEAN, what).value;
	if (!reader_failed(r) && value.len != 1) {
		reader_fail_at(r, at, "%s: a BOOLEAN of %zu bytes", what, value.len);
	}
	return !reader_failed(r) && value.data[0] != 0;
}

struct bytes der_integer(struct reader *r, const char *what)
{
	size_t at = reader_offset(r);
	struct bytes value = der_expect(r, DER_INTEGER, what).value;
	if (reader_failed(r)) {
		return BYTES_NONE;
	}
	if (value.len == 0) {
		reader_fail_at(r, at, "%s: an INTEGER without contents", what);
		return BYTES_NONE;
	}
	bool negative = value.data[0] & 0x80;
	if (value.len > 1 &&
		((value.data[0] == 0x00 && !(value.data[1] & 0x80)) ||
			(value.data[0] == 0xff && negative && (value.data[1] & 0x80)))) {
		reader_fail_at(r, at, "%s: INTEGER is not minimal (X.690 8.3.2)", what);
		return BYTES_NONE;
	}
	return value;
}

struct bytes der_octet_bits(struct reader *r, const char *what)
{
	size_t at = reader_offset(r);
	struct bytes value = der_expect(r, DER_BIT_STRING, what).value;
	if (reader_failed(r)) {
		return BYTES_NONE;
	}
	if (value.len == 0 || value.data[0] != 0) {
		reader_fail_at(r, at, "%s: a BIT STRING that is not whole bytes", what);
		return BYTES_NONE;
	}
	return bytes_of(value.data + 1, value.len - 1);
}

// The next `num` digits of *text as a number, -1 where there are none.
static int time_digits(struct bytes *text, size_t num)
{
	int value = 0;
	if (text->len < num) {
		return -1;
	}
	for (size_t i = 0; i < num; i++) {
		if (!text_is_digit(text->data[i])) {
			return -1;
		}
		value = value * 10 + (text->data[i] - '0');
	}
	text->data += num;
	text->len -= num;
	return value;
}

static void time_fraction(struct bytes *text, bool *out_bad)
{
	if (text->len == 0 || (text->data[0] != '.' && text->data[0] != ',')) {
		return;
	}
	size_t num = 0;
	do {
		text->data++;
		text->len--;
		num++;
	} while (text->len && text_is_digit(text->data[0]));
	*out_bad = *out_bad || num < 2;
}

// "Z", or "+hhmm" in seconds east.
static int64_t time_zone(struct bytes *text, bool *out_bad)
{
	if (text->len == 1 && text->data[0] == 'Z') {
		text->len = 0;
		return 0;
	}
	if (text->len != 5 || (text->data[0] != '+' && text->data[0] != '-')) {
		*out_bad = true;
		return 0;
	}
	int sign = text->data[0] == '+' ? 1 : -1;
	text->data++;
	text->len--;
	int hours = time_digits(text, 2);
	int minutes = time_digits(text, 2);
	*out_bad = *out_bad || hours < 0 || hours > 12 || minutes < 0 || minutes > 59;
	return (int64_t)sign * (hours * 3600 + minutes * 60);
}

int64_t der_time(struct reader *r, bool *out_odd, const char *what)
{
	size_t at = reader_offset(r);
	struct der_element element = der_any(r, what);
	bool utc = element.tag == DER_UTC_TIME;
	if (!reader_failed(r) && !utc && element.tag != DER_GENERALIZED_TIME) {
		reader_fail_at(r, at,
			"%s: tag 0x%02x is neither UTCTime nor GeneralizedTime", what,
			element.tag);
	}
	if (reader_failed(r)) {
		return 0;
	}
	struct bytes text = element.value;
	bool usual = text.len == (utc ? 13 : 15) && text.data[text.len - 1] == 'Z';
	struct datetime t = {.year = time_digits(&text, utc ? 2 : 4)};
	if (utc && t.year >= 0) {
		t.year += t.year < 50 ? 2000 : 1900; // RFC 5280 4.1.2.5.1
	}
	t.month = time_digits(&text, 2);
	t.day = time_digits(&text, 2);
	t.hour = time_digits(&text, 2);
	t.minute = time_digits(&text, 2);
	bool seconds = text.len > 0 && text_is_digit(text.data[0]);
	t.second = seconds ? time_digits(&text, 2) : 0;
	bool bad = false;
	if (!utc && seconds) {
		time_fraction(&text, &bad);
	}
	int64_t zone = time_zone(&text, &bad);
	bad = bad || text.len > 0 || !datetime_valid(&t);
	int64_t instant = datetime_to_seconds(&t) - zone;
	if (bad || !datetime_in_range(instant)) {
		reader_fail_at(r, at,
			"%s: not a time that X.509 knows (RFC 5280 4.1.2.5)", what);
		return 0;
	}
	*out_odd = *out_odd || !usual;
	return instant;
}

size_t der_header(uint8_t tag, size_t len, uint8_t *out)
{
	out[0] = tag;
	if (len < 0x80) {
		out[1] = (uint8_t)len;
		return 2;
	}
	size_t num = 1;
	while (num < 4 && len >> (8 * num)) {
		num++;
	}
	out[1] = (uint8_t)(0x80 | num);
	for (size_t i = 0; i < num; i++) {
		out[2 + i] = (uint8_t)(len >> (8 * (num - 1 - i)));
	}
	return 2 + num;
}

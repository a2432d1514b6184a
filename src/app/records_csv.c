// SPDX-License-Identifier: Apache-2.0
#include "app/records_csv.h"

#include <stdlib.h>

#include "base/text.h"

// The shortest real certificates have 300 bytes; their SEQUENCE begins with these letters.
#define MIN_BASE64 100
#define FIRST_LETTERS "MI"
// Where rows begin to be long.
#define LONG_ROW ((size_t)16 * 1024)

static const char *const usual_names[] = {
	"certificate", "cert", "leaf", "leaf_cert", "pem", "der", "x509", "raw", NULL};

// The next field from *at on, without its quotes; false behind the last one.
static bool next_field(struct bytes row, size_t *at, struct bytes *out)
{
	if (*at > row.len) {
		return false;
	}
	size_t begin = *at;
	bool quoted = begin < row.len && row.data[begin] == '"';
	size_t end = begin + quoted;
	if (quoted) {
		while (end < row.len &&
			(row.data[end] != '"' ||
				(end + 1 < row.len && row.data[end + 1] == '"'))) {
			end += row.data[end] == '"' ? 2 : 1;
		}
	}
	size_t inner = end;
	while (end < row.len && row.data[end] != ',') {
		end++;
	}
	*out = quoted ? bytes_of(row.data + begin + 1, inner - begin - 1)
		      : bytes_of(row.data + begin, end - begin);
	*at = end + 1;
	return true;
}

static struct bytes without_line_end(struct bytes row)
{
	while (row.len > 0 &&
		(row.data[row.len - 1] == '\n' || row.data[row.len - 1] == '\r')) {
		row.len--;
	}
	return row;
}

static bool is_certificate(struct bytes field)
{
	field = text_trim(field);
	struct bytes begin = BYTES_LITERAL("-----BEGIN");
	if (field.len >= begin.len && memcmp(field.data, begin.data, begin.len) == 0) {
		return true;
	}
	if (field.len < MIN_BASE64 || memcmp(field.data, FIRST_LETTERS, 2) != 0) {
		return false;
	}
	for (size_t i = 0; i < MIN_BASE64; i++) {
		uint8_t c = field.data[i];
		bool good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' ||
			c == '_';
		if (!good) {
			return false;
		}
	}
	return true;
}

// The index of the field that is a certificate; false where there is none.
static bool find_certificate(struct bytes row, size_t *out_index)
{
	struct bytes field;
	size_t at = 0;
	for (size_t i = 0; next_field(row, &at, &field); i++) {
		if (is_certificate(field)) {
			*out_index = i;
			return true;
		}
	}
	return false;
}

// Behind the quotes that open at `at`; in.len: they do not close.
#define NO_END ((size_t)-1)

static size_t behind_quotes(struct bytes in, size_t at)
{
	for (at++; at < in.len; at++) {
		const uint8_t *quote = memchr(in.data + at, '"', in.len - at);
		if (!quote) {
			break;
		}
		at = (size_t)(quote - in.data) + 1;
		if (at == in.len || in.data[at] != '"') {
			return at;
		}
	}
	return NO_END;
}

// Quotes count where they open a field, and nowhere else (RFC 4180 2).
// Where the first row ends, its line end not counted. False: within quotes that do not.
static bool find_row_end(struct bytes in, size_t *out_stop)
{
	size_t at = 0;
	size_t stop = 0; // the line end from `at` on
	while (at < in.len) {
		if (in.data[at] == '"') {
			at = behind_quotes(in, at);
			if (at == NO_END) {
				return false;
			}
		}
		if (at >= stop) {
			stop = bytes_find(in, at, BYTES_LITERAL("\n"));
		}
		at = bytes_find(bytes_of(in.data, stop), at, BYTES_LITERAL(",\"")) + 1;
		if (at > stop) {
			break;
		}
	}
	*out_stop = stop;
	return true;
}

bool csv_row_len(struct bytes in, bool is_all, size_t *out_len)
{
	size_t stop = in.len;
	// Where nothing ends the quotes, the line does: one bad row, and not all behind it.
	if (!find_row_end(in, &stop) && is_all) {
		stop = bytes_find(in, 0, BYTES_LITERAL("\n"));
	}
	bool ended = stop < in.len;
	*out_len = stop + ended;
	return ended || is_all;
}

// What is looked at in vain for the end of quotes is not looked at again for each of its
// lines. A long row is looked at again when it has grown by a part of itself, so that tiny
// pieces do not make it cost its square.
size_t csv_find_row(struct csv_columns *columns, struct window *window)
{
	bool by_line = window->offset < columns->lines_until;
	for (;;) {
		struct bytes in = window_bytes(window);
		size_t more = in.len < LONG_ROW ? 1 : in.len / 8;
		in.len = in.len < CSV_MAX_ROW ? in.len : CSV_MAX_ROW;
		bool is_all = window->at_end || in.len == CSV_MAX_ROW;
		size_t stop = in.len;
		if (!by_line && !find_row_end(in, &stop) && is_all) {
			columns->lines_until = window->offset + in.len;
			by_line = true;
		}
		if (by_line) {
			stop = bytes_find(in, 0, BYTES_LITERAL("\n"));
		}
		if (stop < in.len || is_all) {
			return stop + (stop < in.len);
		}
		size_t need = in.len + more;
		(void)window_fill(window, need < CSV_MAX_ROW ? need : CSV_MAX_ROW);
	}
}

bool csv_looks_like(struct bytes in)
{
	size_t ignored;
	for (size_t i = 0; i < 2; i++) {
		size_t len = 0;
		(void)csv_row_len(in, true, &len);
		struct bytes row = without_line_end(bytes_of(in.data, len));
		if (row.len > 5 && memcmp(row.data, "-----", 5) == 0) {
			return false;
		}
		if (find_certificate(row, &ignored)) {
			return true;
		}
		in = bytes_of(in.data + len, in.len - len);
	}
	return false;
}

struct csv_columns csv_columns_init(const char *wanted)
{
	struct csv_columns columns = {.wanted = wanted};
	char *end = NULL;
	bool digit = wanted && wanted[0] >= '0' && wanted[0] <= '9';
	unsigned long number = digit ? strtoul(wanted, &end, 10) : 0;
	if (number > 0 && *end == '\0') {
		columns.index = number - 1;
		columns.known = true;
	}
	return columns;
}

static bool same_word(struct bytes field, const char *word)
{
	field = text_trim(field);
	if (field.len != strlen(word)) {
		return false;
	}
	for (size_t i = 0; i < field.len; i++) {
		uint8_t c = field.data[i];
		c = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
		if (c != (uint8_t)word[i]) {
			return false;
		}
	}
	return true;
}

static bool find_name(struct bytes row, const char *name, size_t *out_index)
{
	struct bytes field;
	size_t at = 0;
	for (size_t i = 0; next_field(row, &at, &field); i++) {
		struct bytes text = text_trim(field);
		if (same_word(text, name) || bytes_equal(text, bytes_of_text(name))) {
			*out_index = i;
			return true;
		}
	}
	return false;
}

// Of a column that was given by its number, the first row may be a header.
static bool is_word(struct bytes field)
{
	uint8_t c = field.len ? field.data[0] : 0;
	bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	return is_letter && field.len < MIN_BASE64 && !is_certificate(field);
}

// A row's fields by name, as many as a message has room for.
#define MAX_NAMED 6

static size_t num_fields(struct bytes row)
{
	struct bytes field;
	size_t at = 0;
	size_t num = 0;
	while (next_field(row, &at, &field)) {
		num++;
	}
	return num;
}

static void no_such_name(const char *wanted, struct bytes row, struct err *err)
{
	struct bytes field;
	size_t at = 0;
	size_t num = num_fields(row);
	err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"no column \"%.40s\" in the first row, which has ", wanted);
	for (size_t i = 0; i < MAX_NAMED && next_field(row, &at, &field); i++) {
		field = text_trim(field);
		err_add(err, "%s\"%.*s\"", i ? ", " : "",
			(int)(field.len < 20 ? field.len : 20), (const char *)field.data);
	}
	if (num > MAX_NAMED) {
		err_add(err, " and %zu more", num - MAX_NAMED);
	}
}

// From the first row: a header, or a row with a certificate in it.
static enum csv_result learn(
	struct csv_columns *columns, struct bytes row, struct err *err)
{
	if (columns->wanted) {
		columns->known = find_name(row, columns->wanted, &columns->index);
		if (!columns->known) {
			no_such_name(columns->wanted, row, err);
			return CSV_BAD_FILE;
		}
		return CSV_SKIP;
	}
	if (find_certificate(row, &columns->index)) {
		columns->known = true;
		return CSV_VALUE;
	}
	for (size_t i = 0; usual_names[i] && !columns->known; i++) {
		columns->known = find_name(row, usual_names[i], &columns->index);
	}
	// One field a row needs no name: the first one is broken, and the others may not be.
	if (!columns->known && row.len && !memchr(row.data, ',', row.len)) {
		columns->index = 0;
		columns->known = true;
		return is_word(text_trim(row)) ? CSV_SKIP : CSV_VALUE;
	}
	if (!columns->known) {
		err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"no certificate in the first row, and no column whose name says where "
			"it is; name it by --column");
		return CSV_BAD_FILE;
	}
	return CSV_SKIP;
}

enum csv_result csv_column(
	struct csv_columns *columns, struct bytes row, struct bytes *out, struct err *err)
{
	struct bytes field;
	size_t at = 0;
	row = without_line_end(row);
	if (text_trim(row).len == 0) {
		return CSV_SKIP;
	}
	if (!find_row_end(row, &at)) {
		err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"a quote that does not end; its line was skipped");
		return CSV_BAD;
	}
	at = 0;
	if (!columns->known) {
		enum csv_result result = learn(columns, row, err);
		columns->begun = true;
		if (result != CSV_VALUE) {
			return result;
		}
	}
	for (size_t i = 0; next_field(row, &at, &field); i++) {
		if (i == columns->index) {
			bool is_first = !columns->begun;
			columns->begun = true;
			*out = text_trim(field);
			return is_first && is_word(*out) ? CSV_SKIP : CSV_VALUE;
		}
	}
	if (!columns->begun) {
		err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"no column %zu: the first row has %zu", columns->index + 1,
			num_fields(row));
		return CSV_BAD_FILE;
	}
	err_set(err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET, "the row has no column %zu",
		columns->index + 1);
	return CSV_BAD;
}

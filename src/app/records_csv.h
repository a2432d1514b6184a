// SPDX-License-Identifier: Apache-2.0
// Rows of CSV (RFC 4180) with a certificate in one of their columns: base64, or PEM in
// quotes. Plain lines of base64 are rows of one column.
#ifndef APP_RECORDS_CSV_H
#define APP_RECORDS_CSV_H

#include "app/window.h"

// So far the end of a row is looked for: a longer one ends with its line, as does one whose
// quotes do not close. It is above what a record may have, so that one that is too long is
// still one row.
#define CSV_MAX_ROW ((size_t)4 * 1024 * 1024)

struct csv_columns {
	const char
		*wanted; // a header's name, or a number from 1; NULL: found from the rows
	size_t index; // of the certificate, once known
	bool known;
	bool begun; // the first row is known to be a header, or not to be one
	uint64_t lines_until; // up to there in the stream no quotes close: lines are rows
};

enum csv_result {
	CSV_VALUE,
	CSV_SKIP, // a header, or an empty row
	CSV_BAD, // this row, with `err`
	CSV_BAD_FILE, // there is no such column: no row will be better
};

// Does the first row, or the one behind it, hold a certificate?
bool csv_looks_like(struct bytes in);
struct csv_columns csv_columns_init(const char *wanted);
// The length of the first row with its line end; 0 of nothing. False: it does not end
// within `in`, and `in` is not all.
bool csv_row_len(struct bytes in, bool is_all, size_t *out_len);
// The row at the window's beginning, which may hold CSV_MAX_ROW bytes: its length with its
// line end, or all of those where even its first line goes on behind them; 0 at the end.
size_t csv_find_row(struct csv_columns *columns, struct window *window);
// The certificate of a row, lent from it.
enum csv_result csv_column(struct csv_columns *columns, struct bytes row,
	struct bytes *out, struct err *err);

#endif

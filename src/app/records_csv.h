// SPDX-License-Identifier: Apache-2.0
// Rows of CSV (RFC 4180) with a certificate in one of their columns: base64, or PEM in
// quotes. Plain lines of base64 are rows of one column.
#ifndef APP_RECORDS_CSV_H
#define APP_RECORDS_CSV_H

#include "base/bytes.h"

struct csv_columns {
	const char
		*wanted; // a header's name, or a number from 1; NULL: found from the rows
	size_t index; // of the certificate, once known
	bool known;
	bool begun; // the first row is known to be a header, or not to be one
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
// The certificate of a row, lent from it.
enum csv_result csv_column(struct csv_columns *columns, struct bytes row,
	struct bytes *out, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// Records and errors in the forms that people and programs read. Prints, decides nothing.
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "eval/record.h"

// Bytes of one report; 1,000 SCTs and 1 MB of names fit several times over.
#define REPORT_MAX ((size_t)32 * 1024 * 1024)

struct report_options {
	bool colour; // text only
	bool many; // more than one report will follow in this output
	size_t id_width; // tables only: columns of the longest id
	const char *place; // lines only: where in its input the record stands, or NULL
};

// One way of writing; appends to `out`, which says itself when it failed.
struct report_format {
	const char *name;
	// Before the first report, and after the last one.
	void (*begin)(const struct report_options *options, struct buffer *out);
	void (*end)(const struct report_options *options, struct buffer *out);
	// `index` counts reports and errors of this output from 0.
	void (*record)(const struct report_options *options, size_t index,
		const struct record *record, struct buffer *out);
	// `id`: as in struct record.
	void (*error)(const struct report_options *options, size_t index, struct bytes id,
		const struct err *err, struct buffer *out);
};

// text, json, ndjson, csv.
extern const struct report_format report_formats[];
extern const size_t report_num_formats;
// NULL where there is none of that name.
const struct report_format *report_find_format(const char *name);

// The same, where text is a line for each certificate.
const struct report_format *report_find_batch_format(const char *name);

// The same, where text is a table of live servers.
const struct report_format *report_find_table_format(const char *name);

// What a row of that table comes to, in one word; a server that clients refuse is that,
// whatever its SCTs.
enum server_result {
	SERVER_PASS,
	SERVER_FAIL,
	SERVER_OPEN,
	SERVER_REFUSED,
	SERVER_ERROR, // could not be examined
	NUM_SERVER_RESULTS,
};
enum server_result report_server_result(const struct record *record);
// The line below the table: each row counted in the word that it shows.
void report_table_sum(const size_t num[NUM_SERVER_RESULTS], struct buffer *out);

// The JSON of one report or error, without a newline: the same bytes through every door.
void report_json(const struct record *record, struct buffer *out);
void report_error_json(struct bytes id, const struct err *err, struct buffer *out);

// The id as text: a JSON string without its quotes and escapes, a number as it is; what
// is not printable as \HH.
void report_put_id(struct buffer *out, struct bytes id);

// The other writers, for the table.
void report_text(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out);
void report_text_error(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out);
void report_line(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out);
void report_line_error(const struct report_options *options, size_t index,
	struct bytes id, const struct err *err, struct buffer *out);
void report_table_head(const struct report_options *options, struct buffer *out);
void report_csv_head(const struct report_options *options, struct buffer *out);
void report_csv(const struct report_options *options, size_t index,
	const struct record *record, struct buffer *out);
void report_csv_error(const struct report_options *options, size_t index, struct bytes id,
	const struct err *err, struct buffer *out);

#endif

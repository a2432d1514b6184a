// SPDX-License-Identifier: Apache-2.0
// The summary of an audit: what is counted over millions of records, and shown at its end
// as text, JSON or HTML.
//
// Workers turn records into rows (summary_put_row), which outlive the record; one writer
// counts the rows (summary_add_rows). Summaries of parts are added up by summary_merge,
// and a summary can be written as JSON and read back to go on from. However the input was
// divided, and in whatever order the parts were added, the same comes out.
// A summary takes about 12 MB at most, whatever the input. No clock: times are the
// caller's. Rows may be put by any number of threads; a summary belongs to one.
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "eval/record.h"

// What is counted by name. Beyond these numbers names are counted together, as others.
// Public CAs have had about 9,000 issuing names, all logs of all time are about 300, a
// century has 1,200 months; anybody can invent more of the first three.
#define SUMMARY_MAX_ISSUERS 16000
#define SUMMARY_MAX_MONTHS 1200
#define SUMMARY_MAX_LOGS 2000
#define SUMMARY_MAX_OPERATORS 1000
#define SUMMARY_MAX_LISTS 1000
// What is listed one by one: the first by position.
#define SUMMARY_MAX_FAILING 1000
#define SUMMARY_MAX_UNREAD 100
// Bytes of one summary as JSON; the largest have about 10 MB.
#define SUMMARY_MAX_JSON ((size_t)64 * 1024 * 1024)

// Appends to `out` what the summary needs of one record. `position` counts the records of
// the whole input from 0; the certificate stood there `times` times (1 where equal ones
// were not looked for). Rows are for this process only: they point to the record's
// policies and log list, which must live until the rows are added; the record need not.
// `out` says itself when memory ran out.
void summary_put_row(const struct record *record, uint64_t position, uint64_t times,
	struct buffer *out);
// The same for an input that could not be read or evaluated. `id` as in struct record.
void summary_put_error_row(struct bytes id, const struct err *err, uint64_t position,
	uint64_t times, struct buffer *out);

// The same for a CA certificate that was left out (--leaves-only): it is counted as that alone.
void summary_put_left_out(uint64_t times, struct buffer *out);

struct summary;

// Empty; NULL with out_of_memory.
struct summary *summary_new(struct err *err);
void summary_free(struct summary *summary);
// Counts rows, any number of whole ones. False with out_of_memory; the summary is then
// good for nothing but summary_free.
bool summary_add_rows(
	struct summary *summary, struct bytes rows, struct err *err) MUST_CHECK;
// Adds what `from` counted, its run included. False with out_of_memory, as above, or with
// bad_request where the sum would be beyond what a summary can hold.
bool summary_merge(
	struct summary *into, const struct summary *from, struct err *err) MUST_CHECK;

// Different words that runs which were added up gave for one thing.
#define SUMMARY_MAX_WORDS 8
#define SUMMARY_WORD_ROOM 48
struct summary_words {
	size_t num;
	char items[SUMMARY_MAX_WORDS][SUMMARY_WORD_ROOM]; // sorted
};
// Adds a word that is not among them yet, cut to its room; beyond SUMMARY_MAX_WORDS the
// first by alphabet stay.
void summary_words_add(struct summary_words *words, const char *word);

// Which of N parts of the records a run judged (--shard K/N). Parts of one division are added
// up to more of it, and all of them to the whole, which is none, as is what was not divided,
// was divided further, or was divided in different ways.
#define SUMMARY_MAX_SHARDS 4096
struct summary_shards {
	unsigned of; // N; 0: none
	uint8_t parts[SUMMARY_MAX_SHARDS / 8]; // by K - 1, a bit each
};
// The K-th of N.
struct summary_shards summary_shards_one(uint64_t part, uint64_t of);
bool summary_shards_has(const struct summary_shards *shards, unsigned part);
// The first part that is in both, of one division; 0: none.
unsigned summary_shards_common(
	const struct summary_shards *a, const struct summary_shards *b);

// About the computing, which differs from run to run.
struct summary_run {
	int64_t started_ms; // ms since 1970, 0: unknown
	int64_t ended_ms;
	uint64_t wall_ms; // runs that are added up: their sum
	uint64_t cpu_ms;
	unsigned jobs; // the most of any run
	struct summary_words verifiers; // "fast", "reference"
	struct summary_words versions; // of the program
	struct summary_shards shards;
};
// Takes the place of what the summary knew about its run. One who goes on from a summary
// that was read adds its own run to that one's with summary_run_add first.
void summary_set_run(struct summary *summary, const struct summary_run *run);
const struct summary_run *summary_run(const struct summary *summary);
void summary_run_add(struct summary_run *into, const struct summary_run *from);

// Records so far: judged, and not readable; equal ones counted each.
uint64_t summary_num_judged(const struct summary *summary);
uint64_t summary_num_unread(const struct summary *summary);
uint64_t summary_num_results(const struct summary *summary, enum result result);

// Schema "ctpolicy.summary.v1", complete, one thing counted a line, the same bytes for
// the same counts; the last line but one is the run alone. Ends with a newline. `out` says
// itself when it failed.
void summary_put_json(const struct summary *summary, struct buffer *out);
// What summary_put_json wrote: written again it is the same bytes. NULL with bad_request
// that names the field, or with out_of_memory. The summary is the caller's.
struct summary *summary_read_json(struct bytes in, struct err *err);

// For people, 80 columns: the verdict in a sentence, then policies, reasons, issuers,
// operators, lifetimes, what could not be read, and how long it took.
void summary_put_text(const struct summary *summary, bool colour, struct buffer *out);

#endif

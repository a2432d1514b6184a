// SPDX-License-Identifier: Apache-2.0
// What a summary consists of, for the files that count, write and show it. Internal to
// report/.
#ifndef REPORT_SUMMARY_LOCAL_H
#define REPORT_SUMMARY_LOCAL_H

#include "report/summary.h"
#include "report/tally.h"

#define NUM_RESULTS 3

// policy_num() is below this (a test says so).
#define SUMMARY_MAX_POLICIES REQUEST_MAX_POLICIES

// Of certificates: a policy's verdicts about those that it applies to, and the rest.
struct summary_policy {
	uint64_t verdicts[3]; // by enum verdict
	uint64_t not_applying;
	uint64_t because[NUM_CODES]; // applies_because; a certificate can have several
};

struct summary_reason {
	uint64_t certificates; // that have the code, each once
	uint64_t failing; // of them, with result fail
	uint64_t scts;
	uint64_t stamp; // the row that was counted last
};

// Certificates judged by one row of a lifetime table, of the first policy asked for, where it
// applies.
#define LIFETIME_HAD 6
struct summary_lifetime {
	uint64_t results[NUM_RESULTS];
	uint64_t had[LIFETIME_HAD]; // by SCTs that count: 0 to 4, and 5 or more
};

// The counts of the tables, by index.
enum { LOG_SCTS, LOG_VALID, LOG_COUNTED, LOG_WHY, NUM_LOG_COUNTS = LOG_WHY + NUM_CODES };
enum {
	OPERATOR_SCTS,
	OPERATOR_COUNTED,
	OPERATOR_CERTIFICATES, // not of the others
	NUM_OPERATOR_COUNTS,
};
enum { LOG_NOTE_DESCRIPTION, LOG_NOTE_OPERATOR, LOG_NOTE_STATE };
enum { LIST_NOTE_NAME, LIST_NOTE_VERSION };

enum summary_table {
	TABLE_ISSUERS, // by name: enum result
	TABLE_MONTHS, // by "2026-06": enum result
	TABLE_LOGS, // by log id
	TABLE_OPERATORS, // by name
	TABLE_LISTS, // by SHA-256: certificates judged
	NUM_TABLES,
};

enum exhibit_text {
	EXHIBIT_ID,
	EXHIBIT_NAME, // first DNS name, else the subject
	EXHIBIT_ISSUER,
	EXHIBIT_MESSAGE, // and one more
	NUM_EXHIBIT_TEXTS = EXHIBIT_MESSAGE + 2,
};
#define EXHIBIT_MAX_NEEDS 2

// A certificate that fails, or an input that could not be read (one need, no hash).
// Stands in rows and in the lists alike; all text is printable UTF-8.
struct exhibit {
	uint64_t position;
	uint64_t times;
	int64_t not_before; // seconds since 1970
	int64_t not_after;
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool has_id;
	uint8_t num_needs;
	uint8_t codes[EXHIBIT_MAX_NEEDS]; // enum code
	uint32_t ends[NUM_EXHIBIT_TEXTS]; // in the text that follows the struct
};
// Bytes of each of them, and what is longer is cut.
extern const size_t exhibit_max_text[NUM_EXHIBIT_TEXTS];

struct bytes exhibit_text(const struct exhibit *exhibit, enum exhibit_text which);
// The struct and its text.
size_t exhibit_size(const struct exhibit *exhibit);

// The first `max` by position, then id, then hash.
struct exhibits {
	size_t max;
	size_t num;
	size_t room;
	struct exhibit **items;
};
// Copies the exhibit of `size` bytes at `from`, of any alignment, if it belongs into the
// list.
bool exhibits_add(
	struct exhibits *list, const void *from, size_t size, struct err *err) MUST_CHECK;

struct summary {
	uint64_t results[NUM_RESULTS];
	uint64_t
		cas_left_out; // CA certificates that nobody asked to judge (--leaves-only)
	uint64_t errors[NUM_CODES]; // inputs that could not be read
	int64_t first_at_ms; // times of check; first > last: none
	int64_t last_at_ms;
	uint64_t scts, valid_scts, counted_scts;
	uint64_t scts_without_log; // too broken to have a log id
	struct summary_policy policies[SUMMARY_MAX_POLICIES]; // as policy_at
	struct summary_reason reasons[NUM_CODES];
	struct summary_lifetime lifetimes[SUMMARY_MAX_POLICIES][POLICY_MAX_TABLES]
					 [LIFETIME_MAX_ROWS];
	struct tally tables[NUM_TABLES];
	struct exhibits failing;
	struct exhibits unread;
	struct summary_run run;
	uint64_t num_rows; // for stamps
};

// Appends `in` as printable text, cut to `max` bytes where a character ends: what
// text_is_printable refuses as \HH.
void summary_put_printable(struct buffer *out, struct bytes in, size_t max);
// Cuts what is behind `from` to `max` bytes where a character ends.
void summary_cut_text(struct buffer *out, size_t from, size_t max);
// The same into a field of fixed room, with a NUL behind it.
void summary_copy_text(char *out, size_t room, struct bytes in);

static inline uint64_t summary_sum(const uint64_t *counts, size_t num)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < num; i++) {
		sum += counts[i];
	}
	return sum;
}

// Adds what another run judged.
void summary_shards_add(struct summary_shards *into, const struct summary_shards *from);

// Certificates that the policy was asked about.
uint64_t summary_policy_num(const struct summary_policy *policy);
// Certificates judged by a row of a lifetime table.
uint64_t summary_lifetime_num(const struct summary_lifetime *lifetime);
// The row of a lifetime table behind an index below SUMMARY_MAX_LIFETIMES; row NULL: none.
struct lifetime_place {
	size_t index[3]; // into summary.lifetimes
	const struct policy *policy;
	const struct lifetime_table *table;
	const struct lifetime_row *row;
};
#define SUMMARY_MAX_LIFETIMES \
	(SUMMARY_MAX_POLICIES * POLICY_MAX_TABLES * LIFETIME_MAX_ROWS)
struct lifetime_place summary_lifetime_place(size_t index);
// The codes that were counted, those of most certificates first; returns their number.
size_t summary_sort_reasons(const struct summary *summary, enum code out[NUM_CODES]);
// Index of the policy whose verdict comes first: the first one that was asked about;
// policy_num() where there is none.
size_t summary_main_policy(const struct summary *summary);

#endif

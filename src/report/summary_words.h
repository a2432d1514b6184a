// SPDX-License-Identifier: Apache-2.0
// A summary in words and numbers for people, for the text and the HTML. Internal to
// report/.
#ifndef REPORT_SUMMARY_WORDS_H
#define REPORT_SUMMARY_WORDS_H

#include "report/summary_local.h"

// "1,234,567"
void summary_put_number(struct buffer *out, uint64_t number);
// "98.2 %", rounded half up; it is 100 or 0 only where all or none are meant.
void summary_put_percent(struct buffer *out, uint64_t part, uint64_t whole);
// "1 certificate", "5,000 certificates"
void summary_put_things(struct buffer *out, uint64_t number, const char *thing);

// The sentence that comes first: what part of the certificates meets the main policy.
void summary_put_verdict(const struct summary *summary, struct buffer *out);
// What that sentence leaves out: open verdicts, what the policy does not apply to, that
// another time of check would do better, CA certificates, what could not be read. Nothing where there is nothing to add.
void summary_put_remainder(const struct summary *summary, struct buffer *out);
// "5,010 records in 12.3 seconds, 407 a second, by 2 jobs"; nothing where it is unknown.
void summary_put_rate(const struct summary *summary, struct buffer *out);
// "2026-06-02", or "2026-06-02 to 2026-07-01": the times of check; nothing judged: nothing.
void summary_put_period(const struct summary *summary, struct buffer *out);
// "fast, reference"
void summary_put_words(const struct summary_words *words, struct buffer *out);

// The codes of certificates that fail, those of most of them first; returns their number.
// The first *out_num_causes are errors; behind them come remarks, which fail nothing.
size_t summary_sort_failing(
	const struct summary *summary, enum code out[NUM_CODES], size_t *out_num_causes);

// "180 days or less, issued since 2021-04-21": a row of a lifetime table in words.
void summary_put_lifetime(struct buffer *out, const struct lifetime_place *place);

#endif

// SPDX-License-Identifier: Apache-2.0
// What the files that write and read a summary's JSON share: parts of its one description,
// which write where `f` writes and fill the summary where it reads. Internal to report/.
#ifndef REPORT_SUMMARY_JSON_H
#define REPORT_SUMMARY_JSON_H

#include "report/json_fields.h"
#include "report/summary_local.h"

// "judged", the sum, and "pass", "fail", "unknown".
void summary_put_results(struct json_fields *f, uint64_t *results);
// Issuers, months, logs, operators and log lists. Read after the totals.
void summary_put_tables(struct json_fields *f, struct summary *summary);
// The certificates that fail, and what could not be read.
void summary_put_exhibits(struct json_fields *f, struct summary *summary);
// Which parts a run judged; nothing where it was written before that was known.
void summary_put_shards(struct json_fields *f, struct summary_shards *shards);

#endif

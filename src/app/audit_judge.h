// SPDX-License-Identifier: Apache-2.0
// An audit's working side: a batch of records in, its reports and what the summary needs
// out. One for each thread.
#ifndef APP_AUDIT_JUDGE_H
#define APP_AUDIT_JUDGE_H

#include "app/batch.h"
#include "report/report.h"

// What all threads share, frozen.
struct audit_rules {
	struct ctp_request defaults; // from the options
	const struct ctp_lists *lists;
	const struct report_format *format;
	struct report_options report;
	bool fail_only;
	bool strict;
	bool summarize;
};

struct audit_judge;

// `fast`: see verifier_new. NULL with `err` set.
struct audit_judge *audit_judge_new(
	const struct audit_rules *rules, struct fast *fast, struct err *err);
void audit_judge_free(struct audit_judge *judge);
// Fills in the batch's results; batch->err where memory ran out.
void audit_judge_run(struct audit_judge *judge, struct batch *batch);

#endif

// SPDX-License-Identifier: Apache-2.0
// The smallest change that makes the certificate pass, as text and as JSON. Internal to
// report/.
#ifndef REPORT_REPORT_REPAIR_H
#define REPORT_REPORT_REPAIR_H

#include "eval/repair.h"
#include "report/json_write.h"
#include "report/report_text.h"

// "To make it pass: ...", and the command on a line of its own, to be copied.
void report_put_repair_text(struct buffer *out, const struct report_options *options,
	const struct repair *repair);
// The member "repair".
void report_put_repair(struct json *json, const struct repair *repair);

#endif

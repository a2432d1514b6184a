// SPDX-License-Identifier: Apache-2.0
// What the name that was asked about comes to: a part of the report's forms.
#ifndef REPORT_REPORT_HOSTNAME_H
#define REPORT_REPORT_HOSTNAME_H

#include "eval/record.h"
#include "report/json_write.h"

// The report's member "hostname".
void report_put_hostname(struct json *json, const struct host_record *host);
// The same in a line for people.
void report_put_hostname_text(struct buffer *out, const struct host_record *host);

#endif

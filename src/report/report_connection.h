// SPDX-License-Identifier: Apache-2.0
// How a certificate was got from a live server, in the forms that people and programs read.
// Internal to report/.
#ifndef REPORT_REPORT_CONNECTION_H
#define REPORT_REPORT_CONNECTION_H

#include "eval/record.h"
#include "report/json_write.h"

// The object "connection".
void report_put_connection(struct json *json, const struct record *record);
// "mail.example.org:25 [192.0.2.1], STARTTLS of smtp, TLS 1.3, ..."
void report_put_server(struct buffer *out, const struct connection *connection);
// What it delivered: certificates, and SCTs by where they came from.
void report_put_delivered(struct buffer *out, const struct record *record);

#endif

// SPDX-License-Identifier: Apache-2.0
// The name and the pins that were asked about: parts of the report's forms, and what
// `ctpolicy pins` prints.
#ifndef REPORT_REPORT_PINS_H
#define REPORT_REPORT_PINS_H

#include "eval/record.h"
#include "report/json_write.h"

// Members of the report: "hostname" and "pins".
void report_put_hostname(struct json *json, const struct host_record *host);
void report_put_pins(struct json *json, const struct pins_record *pins);
// The same in a line for people.
void report_put_hostname_text(struct buffer *out, const struct host_record *host);
void report_put_pins_text(struct buffer *out, const struct pins_record *pins);
// "ECDSA P-256", "RSA 2048".
void report_put_key_text(struct buffer *out, const struct cert_key *key);

// What `ctpolicy pins` prints of a chain.
struct pin_report {
	const struct pins_record *pins;
	bool has_pins; // some were given, to hold against the chain
	const struct wanted_host
		*host; // whose pins they are; NULL: the names of the leaf
};

#define REPORT_PINS_MAX ((size_t)4 * 1024 * 1024)
// By name: text, json, curl, ios, android, trustkit. False with `err` where the form needs a
// domain and there is none, or too many.
bool report_pin_form(const char *format, const struct pin_report *report,
	struct buffer *out, struct err *err) MUST_CHECK;
extern const char *const report_pin_forms[];

#endif

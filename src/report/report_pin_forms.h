// SPDX-License-Identifier: Apache-2.0
// What `ctpolicy pins` prints: the pins of a chain in the forms that clients carry, each as it
// goes into a file.
#ifndef REPORT_REPORT_PIN_FORMS_H
#define REPORT_REPORT_PIN_FORMS_H

#include "eval/pins.h"
#include "x509/host_match.h"
#include "x509/spare_key.h"

// A key that no certificate of the chain has, pinned for the day when one has it.
struct pin_spare {
	struct spare_key from;
	uint8_t spki_sha256[PIN_LEN];
};

struct pin_report {
	const struct pins_record *pins; // its chain may be empty where there are spares
	const struct pin_spare *spares;
	size_t num_spares;
	bool has_pins; // some were given, to hold against the chain
	const struct wanted_host
		*host; // whose pins they are; NULL: the names of the leaf
};

#define REPORT_PINS_MAX ((size_t)4 * 1024 * 1024)
// By name: text, json, curl, ios, android, trustkit. False with `err` where the form needs a
// domain and there is none, or too many.
bool report_pin_form(const char *format, const struct pin_report *report,
	struct buffer *out, struct err *err) MUST_CHECK;
// The form "json" (pins.v1.json).
void report_put_pin_json(const struct pin_report *report, struct buffer *out);
// The names, NULL behind them.
extern const char *const report_pin_forms[];

#endif

// SPDX-License-Identifier: Apache-2.0
// What the pins that were given come to: a part of the report's forms, and of what `ctpolicy
// pins` prints.
#ifndef REPORT_REPORT_PINS_H
#define REPORT_REPORT_PINS_H

#include "eval/pins.h"
#include "report/json_write.h"

// The report's member "pins".
void report_put_pins(struct json *json, const struct pins_record *pins);
// The same in a line for people.
void report_put_pins_text(struct buffer *out, const struct pins_record *pins);

#endif

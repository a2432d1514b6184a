// SPDX-License-Identifier: Apache-2.0
// What a service manager says in the environment.
#ifndef SERVE_ENVIRONMENT_H
#define SERVE_ENVIRONMENT_H

#include <stdint.h>

#include "base/err.h"

// A whole number of 1 to 18 decimal digits and nothing else, into *out; false, and *out as it
// was, where the variable is anything else, or absent. Not while another thread changes the
// environment.
bool environment_number(const char *name, int64_t *out) MUST_CHECK;

#endif

// SPDX-License-Identifier: Apache-2.0
// Where elements of DER begin and end, one after another in a window.
#ifndef APP_RECORDS_DER_H
#define APP_RECORDS_DER_H

#include "app/records.h"
#include "app/window.h"

// The element at `at`, of the kind that certificates are: a SEQUENCE of up to
// RECORDS_MAX_LEN bytes; all of it is in the window then. RECORDS_END: nothing is there.
// RECORDS_BAD with `err`, except where the input ends in the middle.
enum records_result records_der_element(
	struct window *window, size_t at, size_t *out_len, struct err *err);

#endif

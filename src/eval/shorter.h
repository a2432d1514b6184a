// SPDX-License-Identifier: Apache-2.0
// The commonest way into a stricter row of a lifetime table: a lifetime that is over by the one
// second that counts as well (RFC 5280 4.1.2.5), or by a day.
#ifndef EVAL_SHORTER_H
#define EVAL_SHORTER_H

#include "policy/policy.h"

struct shorter {
	const struct lifetime_row
		*row; // the row below; NULL: the lifetime is not nearly of it
	int64_t seconds; // a notAfter so many earlier is of it
	int64_t days; // of the lifetime then
	bool both_count; // its first and its last second: the row is one of days
};

// Of a certificate of `lifetime_seconds` (both ends counted) and the row it is in.
struct shorter shorter_find(const struct lifetime_table *table,
	const struct lifetime_row *row, int64_t lifetime_seconds);
// "A notAfter 1 second earlier brings it to 180 days (its first and its last second both
// count), which need 2 SCTs."; nothing without a row.
void shorter_put(const struct shorter *shorter, struct buffer *out);

#endif

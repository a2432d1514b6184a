// SPDX-License-Identifier: Apache-2.0
#include "eval/shorter.h"

#include "base/bytes.h"

#define DAY_SECONDS INT64_C(86400)

struct shorter shorter_find(const struct lifetime_table *table,
	const struct lifetime_row *row, int64_t lifetime_seconds)
{
	struct shorter none = {.row = NULL};
	const struct lifetime_row *below = row - 1;
	if (row == table->rows ||
		(below->bound != LIFETIME_DAYS && below->bound != LIFETIME_SECONDS)) {
		return none;
	}
	bool by_days = below->bound == LIFETIME_DAYS;
	int64_t days = by_days ? below->limit : below->limit / DAY_SECONDS;
	int64_t over = lifetime_seconds - days * DAY_SECONDS - (by_days ? 0 : 1);
	return over > DAY_SECONDS ? none : (struct shorter){below, over, days, by_days};
}

void shorter_put(const struct shorter *shorter, struct buffer *out)
{
	if (!shorter->row) {
		return;
	}
	buffer_printf(out,
		"A notAfter %lld second%s earlier brings it to %lld days%s, which need "
		"%u SCTs.",
		(long long)shorter->seconds, shorter->seconds == 1 ? "" : "s",
		(long long)shorter->days,
		shorter->both_count ? " (its first and its last second both count)" : "",
		shorter->row->scts);
}

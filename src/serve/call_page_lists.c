// SPDX-License-Identifier: Apache-2.0
// GET and POST /lists: the log list in force, and what changed between two.
#include "serve/page_frame.h"

void page_lists(struct exchange *x)
{
	page_begin_lists(x);
	page_end(x, 200);
}

bool page_lists_prepare(struct exchange *x)
{
	page_lists(x);
	return false;
}

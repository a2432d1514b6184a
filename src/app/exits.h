// SPDX-License-Identifier: Apache-2.0
// Exit status (INTERFACE.md, "CLI"): when several hold, the highest-ranking one.
#ifndef APP_EXITS_H
#define APP_EXITS_H

enum exit_status {
	EXIT_PASS = 0,
	EXIT_FAIL = 1,
	EXIT_USAGE = 2,
	EXIT_INPUT =
		3, // an input could not be read or evaluated, or the output not written
	EXIT_LISTS = 4, // no usable log list
	EXIT_UNKNOWN = 5, // a verdict is open, and nothing fails
};

// The one of the two that ranks higher: 2, 4, 3, 1, 5, 0.
static inline enum exit_status exit_worse(enum exit_status a, enum exit_status b)
{
	static const int ranks[] = {
		[EXIT_PASS] = 0,
		[EXIT_UNKNOWN] = 1,
		[EXIT_FAIL] = 2,
		[EXIT_INPUT] = 3,
		[EXIT_LISTS] = 4,
		[EXIT_USAGE] = 5,
	};
	return ranks[a] >= ranks[b] ? a : b;
}

#endif

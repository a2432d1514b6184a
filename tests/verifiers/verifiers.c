// SPDX-License-Identifier: Apache-2.0
// verifiers NUM: the fast verifier against the reference on NUM random signatures and as
// many near misses of each curve (make nightly).
#include <stdio.h>
#include <stdlib.h>

#include "tests/verifiers/pairs.h"

static size_t run(const char *group, size_t num)
{
	struct pairs_result result = {0};
	pairs_run(group, num, num, &result);
	printf("%s: %zu signatures, %zu valid; fast and reference differ on %zu\n", group,
		result.num, result.num_valid, result.num_differ);
	return result.num_differ + result.num_unsigned + (result.num != 2 * num);
}

int main(int argc, char **argv)
{
	size_t num = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	if (num == 0) {
		fprintf(stderr, "usage: verifiers NUM\n");
		return 2;
	}
	// A signature on P-384 takes the reference ten times as long.
	size_t failed = run("P-256", num) + run("P-384", num / 10 + 1);
	printf("%d passed, %d failed\n", failed ? 1 : 2, failed ? 1 : 0);
	return failed ? 1 : 0;
}

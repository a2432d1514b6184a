// SPDX-License-Identifier: Apache-2.0
#include "serve/process.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/test.h"

void test_process(void);

void test_process(void)
{
	struct process_usage before, after;
	process_usage_read(&before);
	CHECK(before.resident_bytes > 100000, "%" PRId64, before.resident_bytes);
	CHECK(before.open_fds >= 1, "%" PRId64, before.open_fds);
	CHECK(before.max_fds >= before.open_fds || before.max_fds == -1, "%" PRId64,
		before.max_fds);
	CHECK(before.cpu_ms >= 0, "%" PRId64, before.cpu_ms);
	int fd = open("/dev/null", O_RDONLY);
	process_usage_read(&after);
	CHECK_INT(after.open_fds, before.open_fds + 1, "one more descriptor");
	CHECK(after.cpu_ms >= before.cpu_ms, "%" PRId64, after.cpu_ms);
	(void)close(fd);
}

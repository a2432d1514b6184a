// SPDX-License-Identifier: Apache-2.0
#include "serve/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/clock.h"

// The second number of /proc/self/statm, in pages.
static int64_t resident_bytes(void)
{
	char text[128];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	(void)(fd < 0 ? 0 : close(fd));
	if (len <= 0) {
		return -1;
	}
	text[len] = '\0';
	char *resident = strchr(text, ' ');
	return resident ? (int64_t)strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE)
			: -1;
}

static int64_t open_fds(void)
{
	int64_t num = -1; // the one that reads the folder
	DIR *dir = opendir("/proc/self/fd");
	if (!dir) {
		return -1;
	}
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		num += entry->d_name[0] != '.';
	}
	(void)closedir(dir);
	return num;
}

void process_usage_read(struct process_usage *out)
{
	struct rlimit limit;
	bool is_limited =
		getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
	*out = (struct process_usage){
		.resident_bytes = resident_bytes(),
		.open_fds = open_fds(),
		.max_fds = is_limited ? (int64_t)limit.rlim_cur : -1,
		.cpu_ms = clock_cpu_ms(),
	};
}

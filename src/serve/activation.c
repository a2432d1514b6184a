// SPDX-License-Identifier: Apache-2.0
#include "serve/activation.h"

#include <fcntl.h>
#include <unistd.h>

#include "serve/environment.h"

static bool close_on_exec(int fd)
{
	int flags = fcntl(fd, F_GETFD);
	return flags >= 0 && fcntl(fd, F_SETFD, flags | FD_CLOEXEC) == 0;
}

int activation_listen_fds(void)
{
	static const char *const names[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
	int64_t pid = 0, num = 0;
	bool is_ours = environment_number("LISTEN_PID", &pid) && pid == getpid() &&
		environment_number("LISTEN_FDS", &num) && num <= ACTIVATION_MAX_FDS;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)unsetenv(names[i]);
	}
	for (int i = 0; is_ours && i < num; i++) {
		is_ours = close_on_exec(ACTIVATION_FIRST_FD + i);
	}
	return is_ours ? (int)num : 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/activation.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve/environment.h"
#include "tests/unit/test.h"

void test_activation(void);

static void set_number(const char *name, int64_t value)
{
	char text[32];
	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	(void)setenv(name, text, 1);
}

// In a process of its own, whose descriptors it may change: those that the manager leaves are
// open, of a promised number.
static int activated(const char *fds, bool is_for_us, int num_open)
{
	pid_t child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_RDONLY);
		for (int fd = 3; fd < 10; fd++) {
			(void)(fd < 3 + num_open ? dup2(null, fd) : close(fd));
		}
		set_number("LISTEN_PID", is_for_us ? getpid() : getppid());
		(void)setenv("LISTEN_FDNAMES", "a:b", 1);
		(void)(fds ? setenv("LISTEN_FDS", fds, 1) : unsetenv("LISTEN_FDS"));
		int num = activation_listen_fds();
		bool good = !getenv("LISTEN_PID") && !getenv("LISTEN_FDS") &&
			!getenv("LISTEN_FDNAMES") && activation_listen_fds() == 0;
		for (int i = 0; i < num; i++) {
			good = good &&
				fcntl(ACTIVATION_FIRST_FD + i, F_GETFD) == FD_CLOEXEC;
		}
		_exit(good ? num : 100);
	}
	int status = 0;
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)
		? WEXITSTATUS(status)
		: -1;
}

static void test_numbers(void)
{
	static const struct {
		const char *text;
		bool want;
		int64_t want_number;
	} cases[] = {
		{"0", true, 0},
		{"007", true, 7},
		{"999999999999999999", true, INT64_C(999999999999999999)},
		{"1000000000000000000", false, 0}, // a digit more
		{"", false, 0},
		{"-1", false, 0},
		{"+1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"0x1", false, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t number = 0;
		(void)setenv("CTPOLICY_TEST_NUMBER", cases[i].text, 1);
		CHECK_INT(environment_number("CTPOLICY_TEST_NUMBER", &number),
			cases[i].want, "'%s'", cases[i].text);
		CHECK_INT(number, cases[i].want_number, "'%s'", cases[i].text);
	}
	int64_t number = 5;
	(void)unsetenv("CTPOLICY_TEST_NUMBER");
	CHECK(!environment_number("CTPOLICY_TEST_NUMBER", &number), "absent");
	CHECK_INT(number, 5, "as it was");
}

void test_activation(void)
{
	(void)fflush(stdout);
	test_numbers();
	CHECK_INT(activated("1", true, 1), 1, "one");
	CHECK_INT(activated("3", true, 3), 3, "three");
	CHECK_INT(activated("0", true, 1), 0, "none");
	CHECK_INT(activated(NULL, true, 1), 0, "no number");
	CHECK_INT(activated("1", false, 1), 0, "another process's");
	CHECK_INT(activated("2", true, 1), 0, "one of two is missing");
	CHECK_INT(activated("65", true, 1), 0, "more than may be");
	CHECK_INT(activated("1x", true, 1), 0, "no number");
}

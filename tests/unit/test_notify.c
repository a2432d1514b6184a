// SPDX-License-Identifier: Apache-2.0
#include "serve/notify.h"

#include <stddef.h>
#include <unistd.h>

#include "app/clock.h"
#include "tests/unit/test.h"

void test_notify(void);

// The manager's end, bound to `name` ('@': abstract); -1 where that fails.
static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	memcpy(address.sun_path, name, len < sizeof(address.sun_path) ? len : 0);
	if (name[0] == '@') {
		address.sun_path[0] = '\0';
	}
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (const struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static const char *received(int fd, char out[1024])
{
	ssize_t len = recv(fd, out, 1023, MSG_DONTWAIT);
	out[len > 0 ? len : 0] = '\0';
	return out;
}

static void test_messages(const char *name)
{
	char text[1024];
	struct notify notify;
	int manager = listen_at(name);
	(void)setenv("NOTIFY_SOCKET", name, 1);
	notify_open(&notify);
	CHECK(manager >= 0 && notify.fd >= 0, "%s", name);
	notify_ready(&notify);
	CHECK_TEXT(received(manager, text), "READY=1", "%s", name);
	int64_t before = clock_monotonic_us();
	notify_reloading(&notify);
	static const char reloading[] = "RELOADING=1\nMONOTONIC_USEC=";
	(void)received(manager, text);
	CHECK(strncmp(text, reloading, strlen(reloading)) == 0, "%s", text);
	int64_t us = strtoll(text + strlen(reloading), NULL, 10);
	CHECK(us >= before && us <= clock_monotonic_us(), "%" PRId64, us);
	notify_status(&notify, "list %d\nREADY=0", 511);
	CHECK_TEXT(received(manager, text), "STATUS=list 511?READY=0", "one line");
	notify_status(&notify, "%0600d", 1);
	CHECK_INT(strlen(received(manager, text)), strlen("STATUS=") + 500, "cut");
	notify_watchdog(&notify);
	CHECK_TEXT(received(manager, text), "WATCHDOG=1", "%s", name);
	notify_stopping(&notify);
	CHECK_TEXT(received(manager, text), "STOPPING=1", "%s", name);
	(void)close(manager);
	notify_ready(&notify); // nobody is there any more
	notify_close(&notify);
	notify_close(&notify);
	notify_ready(&notify);
	(void)unlink(name);
}

static void test_no_manager(void)
{
	char too_long[200];
	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[0] = '/';
	too_long[sizeof(too_long) - 1] = '\0';
	const char *const names[] = {
		NULL, "", "/", "@", "relative/path", "vsock:2:1", too_long};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct notify notify;
		(void)(names[i] ? setenv("NOTIFY_SOCKET", names[i], 1)
				: unsetenv("NOTIFY_SOCKET"));
		notify_open(&notify);
		CHECK_INT(notify.fd, -1, "%s", names[i] ? names[i] : "(none)");
		CHECK_INT(notify.watchdog_ms, 0, "%s", names[i] ? names[i] : "(none)");
		notify_ready(&notify);
		notify_close(&notify);
	}
	(void)unsetenv("NOTIFY_SOCKET");
}

static void test_watchdog(void)
{
	char ours[32];
	(void)snprintf(ours, sizeof(ours), "%d", (int)getpid());
	const struct {
		const char *us, *pid;
		int64_t want;
	} cases[] = {
		{"30000000", NULL, 30000}, {"30000000", ours, 30000},
		{"30000000", "1", 0}, // another process
		{"30000000", "x", 0}, {NULL, ours, 0}, {"0", ours, 0}, {"-5", ours, 0},
		{"1999", ours, 1}, // cut to ms
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)(cases[i].us ? setenv("WATCHDOG_USEC", cases[i].us, 1)
				   : unsetenv("WATCHDOG_USEC"));
		(void)(cases[i].pid ? setenv("WATCHDOG_PID", cases[i].pid, 1)
				    : unsetenv("WATCHDOG_PID"));
		CHECK_INT(notify_watchdog_interval_ms(), cases[i].want, "case %zu", i);
	}
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
}

void test_notify(void)
{
	char name[64];
	char folder[] = "/tmp/ctpolicy-notify-XXXXXX";
	(void)snprintf(name, sizeof(name), "@ctpolicy-test-%d", (int)getpid());
	test_messages(name);
	CHECK(mkdtemp(folder) != NULL, "a folder");
	(void)snprintf(name, sizeof(name), "%s/socket", folder);
	test_messages(name);
	(void)rmdir(folder);
	test_no_manager();
	test_watchdog();
}

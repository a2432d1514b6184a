// SPDX-License-Identifier: Apache-2.0
#include "serve/notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <unistd.h>

#include "app/clock.h"
#include "base/text.h"
#include "serve/environment.h"

// The manager's address in `out`; 0 where there is none that we can send to.
static socklen_t read_address(const char *text, struct sockaddr_un *out)
{
	size_t len = text ? strlen(text) : 0;
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (len < 2 || (text[0] != '/' && text[0] != '@') ||
		len > sizeof(out->sun_path) - 1) {
		return 0;
	}
	memcpy(out->sun_path, text, len);
	if (text[0] == '@') {
		out->sun_path[0] =
			'\0'; // unix(7): abstract, and without a NUL at its end
		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
	return (socklen_t)sizeof(*out);
}

int64_t notify_watchdog_interval_ms(void)
{
	int64_t us = 0, pid = 0;
	bool is_ours = !getenv("WATCHDOG_PID") ||
		(environment_number("WATCHDOG_PID", &pid) && pid == getpid());
	return is_ours && environment_number("WATCHDOG_USEC", &us) ? us / 1000 : 0;
}

void notify_open(struct notify *out)
{
	*out = (struct notify){.fd = -1};
	out->address_len = read_address(getenv("NOTIFY_SOCKET"), &out->address);
	if (out->address_len) {
		out->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	}
	out->watchdog_ms = out->fd < 0 ? 0 : notify_watchdog_interval_ms();
}

void notify_close(struct notify *notify)
{
	if (notify->fd >= 0) {
		(void)close(notify->fd);
	}
	notify->fd = -1;
}

static void send_text(const struct notify *notify, const char *text)
{
	if (notify->fd >= 0) {
		(void)sendto(notify->fd, text, strlen(text), MSG_NOSIGNAL,
			(const struct sockaddr *)&notify->address, notify->address_len);
	}
}

void notify_ready(const struct notify *notify)
{
	send_text(notify, "READY=1");
}

void notify_reloading(const struct notify *notify)
{
	char text[64];
	// To the microsecond: one from before the manager's own reload is taken as an old one.
	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		clock_monotonic_us());
	send_text(notify, text);
}

void notify_stopping(const struct notify *notify)
{
	send_text(notify, "STOPPING=1");
}

void notify_status(const struct notify *notify, const char *format, ...)
{
	char text[sizeof("STATUS=") + 500] = "STATUS=";
	size_t begin = strlen(text);
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text + begin, sizeof(text) - begin, format, args);
	va_end(args);
	if (len >= 0) {
		text_make_printable(
			text + begin); // a newline would begin another message
		send_text(notify, text);
	}
}

void notify_watchdog(const struct notify *notify)
{
	send_text(notify, "WATCHDOG=1");
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/files.h"

#define BACKLOG 4096
// For its owner and its group, such as a proxy's user.
#define SOCKET_MODE 0660

static bool fail(struct err *err, const char *what, const char *where)
{
	char reason[FILE_REASON_ROOM];
	file_reason(reason);
	return err_set(err, CODE_LISTEN_FAILED, ERR_NO_OFFSET, "cannot %s %.120s: %s",
		what, where, reason);
}

static bool misuse(struct err *err, const char *where)
{
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--listen %.80s: an address and a port (127.0.0.1:8080, [::1]:8080), or "
		"unix:PATH",
		where);
}

// "http://127.0.0.1:8080" of what the socket is bound to.
static void name_tcp(struct listener *listener)
{
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	char text[INET6_ADDRSTRLEN] = "";
	unsigned port = 0;
	memset(&bound, 0, sizeof(bound));
	(void)getsockname(listener->fd, (struct sockaddr *)&bound, &len);
	bool is_ipv6 = bound.ss_family == AF_INET6;
	if (is_ipv6) {
		struct sockaddr_in6 in;
		memcpy(&in, &bound, sizeof(in));
		(void)inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof(text));
		port = ntohs(in.sin6_port);
	} else {
		struct sockaddr_in in;
		memcpy(&in, &bound, sizeof(in));
		(void)inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
		port = ntohs(in.sin_port);
	}
	(void)snprintf(listener->name, sizeof(listener->name), "http://%s%s%s:%u",
		is_ipv6 ? "[" : "", text, is_ipv6 ? "]" : "", port);
}

static bool read_port(const char *text, unsigned *out)
{
	size_t len = strspn(text, "0123456789");
	*out = len > 0 && len <= 5 && text[len] == '\0'
		? (unsigned)strtoul(text, NULL, 10)
		: 65536;
	return *out <= 65535;
}

static bool read_address(const char *where, struct sockaddr_storage *out,
	socklen_t *out_len, struct err *err)
{
	const char *colon = strrchr(where, ':');
	char host[INET6_ADDRSTRLEN + 2] = "";
	unsigned port = 0;
	size_t len = colon ? (size_t)(colon - where) : 0;
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	memset(out, 0, sizeof(*out));
	if (!colon || len >= sizeof(host) || !read_port(colon + 1, &port)) {
		return misuse(err, where);
	}
	bool has_brackets = len > 2 && where[0] == '[' && where[len - 1] == ']';
	memcpy(host, where + has_brackets, len - 2 * (size_t)has_brackets);
	if (strcmp(host, "localhost") == 0) {
		(void)snprintf(host, sizeof(host), "127.0.0.1");
	}
	if (has_brackets && inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		in6.sin6_port = htons((uint16_t)port);
		memcpy(out, &in6, sizeof(in6));
		*out_len = sizeof(in6);
		return true;
	}
	if (!has_brackets && inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		in.sin_port = htons((uint16_t)port);
		memcpy(out, &in, sizeof(in));
		*out_len = sizeof(in);
		return true;
	}
	return misuse(err, where);
}

static bool open_tcp(const char *where, struct listener *out, struct err *err)
{
	struct sockaddr_storage address;
	socklen_t len = 0;
	int one = 1;
	if (!read_address(where, &address, &len, err)) {
		return false;
	}
	out->fd =
		socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd < 0) {
		return fail(err, "open a socket for", where);
	}
	(void)setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	(void)setsockopt(out->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(out->fd, (const struct sockaddr *)&address, len) != 0 ||
		listen(out->fd, BACKLOG) != 0) {
		return fail(err, "listen on", where);
	}
	name_tcp(out);
	return true;
}

// Does anybody answer there?
static bool is_listened_on(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answers = fd < 0 ||
		connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		errno != ECONNREFUSED;
	if (fd >= 0) {
		(void)close(fd);
	}
	return answers;
}

// What a service that was killed has left is removed.
static bool make_room(const struct sockaddr_un *address, struct err *err)
{
	struct stat info;
	if (lstat(address->sun_path, &info) != 0) {
		return true;
	}
	if (!S_ISSOCK(info.st_mode)) {
		return err_set(err, CODE_LISTEN_FAILED, ERR_NO_OFFSET,
			"cannot listen on %.100s: there is a file of that name, and it "
			"is no socket",
			address->sun_path);
	}
	if (is_listened_on(address)) {
		return err_set(err, CODE_LISTEN_FAILED, ERR_NO_OFFSET,
			"cannot listen on %.100s: another program does",
			address->sun_path);
	}
	(void)unlink(address->sun_path);
	return true;
}

static bool open_unix(const char *path, struct listener *out, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (path[0] == '\0' || strlen(path) >= sizeof(address.sun_path)) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--listen unix:PATH: a path of 1 to %zu bytes",
			sizeof(address.sun_path) - 1);
	}
	memcpy(address.sun_path, path, strlen(path));
	if (!make_room(&address, err)) {
		return false;
	}
	out->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd < 0) {
		return fail(err, "open a socket for", path);
	}
	// Between these two nobody listens, so that nobody can connect.
	if (bind(out->fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
		chmod(path, SOCKET_MODE) != 0) {
		return fail(err, "listen on", path);
	}
	(void)snprintf(out->path, sizeof(out->path), "%s", path);
	(void)snprintf(out->name, sizeof(out->name), "unix:%s", path);
	return listen(out->fd, BACKLOG) == 0 || fail(err, "listen on", path);
}

bool listener_open(const char *where, struct listener *out, struct err *err)
{
	*out = (struct listener){.fd = -1};
	bool done = strncmp(where, "unix:", 5) == 0 ? open_unix(where + 5, out, err)
						    : open_tcp(where, out, err);
	if (!done) {
		listener_close(out);
	}
	return done;
}

bool listener_adopt(int fd, struct listener *out, struct err *err)
{
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	int listens = 0;
	socklen_t int_len = sizeof(listens);
	*out = (struct listener){.fd = -1};
	memset(&bound, 0, sizeof(bound));
	if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0 ||
		getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_len) != 0 ||
		!listens) {
		return err_set(err, CODE_LISTEN_FAILED, ERR_NO_OFFSET,
			"the descriptor that was passed is no socket that listens");
	}
	int flags = fcntl(fd, F_GETFL);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
		return fail(err, "use", "the descriptor that was passed");
	}
	out->fd = fd;
	if (bound.ss_family == AF_UNIX) {
		struct sockaddr_un address;
		memcpy(&address, &bound, sizeof(address));
		(void)snprintf(
			out->name, sizeof(out->name), "unix:%.107s", address.sun_path);
	} else {
		name_tcp(out);
	}
	return true;
}

void listener_close(struct listener *listener)
{
	if (listener->fd >= 0) {
		(void)close(listener->fd);
		listener->fd = -1;
	}
	if (listener->path[0]) {
		(void)unlink(listener->path);
		listener->path[0] = '\0';
	}
}

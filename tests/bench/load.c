// SPDX-License-Identifier: Apache-2.0
// A client that asks a service on loopback as hard as it can, or as often as it is told.
//
//     load PORT REQUESTS CONNECTIONS SECONDS RATE
//     load PORT REQUESTS batch
//
// REQUESTS has whole HTTP requests, each behind its length in decimal digits and a newline.
// RATE 0: each connection asks again when it is answered. Otherwise so many requests a second
// begin, whether or not those before are answered, each on a connection that is free; how
// long one took counts from when it should have begun. `batch`: the requests of the file one
// after another on connections of their own, each read to its end while it is sent.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_ROOM ((size_t)64 * 1024)
#define MAX_TIMES ((size_t)4000000)

struct request {
	const char *data;
	size_t len;
};

struct connection {
	int fd;
	const struct request *request; // NULL: free
	size_t sent;
	int64_t due_ns;
	char *answer;
	size_t got, want; // bytes; want 0: the head is not complete yet
	int status;
	struct connection *next_free;
};

static struct request *requests;
static size_t num_requests;
static int port;
static uint32_t *times_us;
static size_t num_times, num_ok, num_refused, num_failed;

static void must(bool good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;
	(void)clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void read_requests(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t len = 0;
	must(file != NULL, path);
	requests = calloc(100000, sizeof(*requests));
	must(requests != NULL, "memory");
	while (num_requests < 100000 && fscanf(file, "%zu", &len) == 1 &&
		fgetc(file) == '\n') {
		char *data = malloc(len);
		must(data && fread(data, 1, len, file) == len, "REQUESTS");
		requests[num_requests++] = (struct request){data, len};
	}
	(void)fclose(file);
	must(num_requests > 0, "no requests");
}

static int open_socket(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
		"connect");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

// False: the connection is broken.
static bool send_more(struct connection *c)
{
	while (c->sent < c->request->len) {
		ssize_t num = send(c->fd, c->request->data + c->sent,
			c->request->len - c->sent, MSG_NOSIGNAL);
		if (num < 0) {
			return errno == EAGAIN;
		}
		c->sent += (size_t)num;
	}
	return true;
}

static void begin(struct connection *c, int64_t due_ns)
{
	static size_t next;
	c->request = &requests[next++ % num_requests];
	c->sent = 0;
	c->got = 0;
	c->want = 0;
	c->due_ns = due_ns;
	if (!send_more(c)) {
		num_failed++;
		c->request = NULL;
	}
}

static bool find_end(struct connection *c)
{
	c->answer[c->got] = '\0';
	char *end = strstr(c->answer, "\r\n\r\n");
	char *length = end ? strcasestr(c->answer, "\r\nContent-Length:") : NULL;
	if (!end || !length || length > end) {
		return false;
	}
	c->status = atoi(c->answer + 9);
	c->want = (size_t)(end - c->answer) + 4 + strtoul(length + 17, NULL, 10);
	return true;
}

// 1: answered; 0: not yet; -1: broken.
static int take(struct connection *c)
{
	for (;;) {
		ssize_t num = recv(c->fd, c->answer + c->got, ANSWER_ROOM - c->got, 0);
		if (num < 0 && errno == EAGAIN) {
			return 0;
		}
		if (num <= 0) {
			return -1;
		}
		c->got += (size_t)num;
		if ((c->want > 0 || find_end(c)) && c->got >= c->want) {
			return 1;
		}
		if (c->got == ANSWER_ROOM) {
			return -1;
		}
	}
}

static void note(const struct connection *c, int64_t began_ns)
{
	int64_t now = now_ns(CLOCK_MONOTONIC);
	num_ok += c->status == 200;
	num_refused += c->status == 503;
	num_failed += c->status != 200 && c->status != 503;
	if (c->status == 200 && c->due_ns >= began_ns && num_times < MAX_TIMES) {
		times_us[num_times++] = (uint32_t)((now - c->due_ns) / 1000);
	}
}

static int by_value(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;
	return *x < *y ? -1 : *x > *y;
}

static void print_times(void)
{
	static const double shares[] = {0.5, 0.9, 0.99, 0.999, 1};
	qsort(times_us, num_times, sizeof(*times_us), by_value);
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]) && num_times; i++) {
		size_t at = (size_t)((double)(num_times - 1) * shares[i]);
		(void)printf("p%g_us %u\n", shares[i] * 100, times_us[at]);
	}
}

static struct connection *connections;
static struct connection *first_free;

static void set_free(struct connection *c)
{
	c->request = NULL;
	c->next_free = first_free;
	first_free = c;
}

static void renew(struct connection *c, int epoll)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	(void)close(c->fd);
	c->fd = open_socket();
	(void)epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static void on_event(struct connection *c, int epoll, bool again, int64_t began_ns)
{
	int done = c->request ? take(c) : -1;
	if (done == 0) {
		return;
	}
	if (done < 0) {
		num_failed += c->request != NULL;
		renew(c, epoll);
	} else {
		note(c, began_ns);
	}
	if (again) {
		begin(c, now_ns(CLOCK_MONOTONIC));
	} else if (c->request) {
		set_free(c);
	}
}

static void run(size_t num, double seconds, double rate)
{
	struct epoll_event events[256];
	int epoll = epoll_create1(0);
	connections = calloc(num, sizeof(*connections));
	must(connections && epoll >= 0, "memory");
	for (size_t i = 0; i < num; i++) {
		struct connection *c = &connections[i];
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
		c->answer = malloc(ANSWER_ROOM + 1);
		must(c->answer != NULL, "memory");
		c->fd = open_socket();
		(void)epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
		set_free(c);
	}
	int64_t began = now_ns(CLOCK_MONOTONIC);
	int64_t end = began + (int64_t)(seconds * 1e9);
	int64_t now = began;
	size_t begun = 0, late = 0;
	for (size_t i = 0; i < num && rate == 0; i++) {
		begin(&connections[i], began);
	}
	while ((now = now_ns(CLOCK_MONOTONIC)) < end) {
		size_t due = rate > 0 ? (size_t)((double)(now - began) * rate / 1e9) : 0;
		while (begun < due && first_free) {
			struct connection *c = first_free;
			first_free = c->next_free;
			begin(c, began + (int64_t)((double)(begun + 1) * 1e9 / rate));
			begun++;
		}
		late = begun < due ? late + 1 : late;
		// At a rate it is awake all the time: it has a core of its own.
		int n = epoll_wait(epoll, events, 256, rate > 0 ? 0 : 10);
		for (int i = 0; i < n; i++) {
			on_event(events[i].data.ptr, epoll, rate == 0, began);
		}
	}
	(void)printf("seconds %.4f\nok %zu\nrefused %zu\nfailed %zu\nlate %zu\n",
		(double)(now - began) / 1e9, num_ok, num_refused, num_failed, late);
}

static void run_batch(const struct request *request)
{
	static char answer[1 << 20];
	int64_t began = now_ns(CLOCK_MONOTONIC);
	size_t sent = 0, lines = 0;
	int fd = open_socket();
	for (;;) {
		struct pollfd poll_fd = {.fd = fd,
			.events = (short)(POLLIN | (sent < request->len ? POLLOUT : 0))};
		(void)poll(&poll_fd, 1, -1);
		if (poll_fd.revents & POLLOUT) {
			size_t left = request->len - sent;
			ssize_t num = send(fd, request->data + sent,
				left < 65536 ? left : 65536, MSG_NOSIGNAL);
			sent += num > 0 ? (size_t)num : 0;
		}
		ssize_t num = poll_fd.revents & ~POLLOUT
			? recv(fd, answer, sizeof(answer), 0)
			: -1;
		if (num == 0) {
			break;
		}
		for (ssize_t i = 0; i < num; i++) {
			lines += answer[i] == '\n' && i > 0 && answer[i - 1] == '}';
		}
	}
	(void)close(fd);
	(void)printf("seconds %.4f\nok %zu\n",
		(double)(now_ns(CLOCK_MONOTONIC) - began) / 1e9, lines);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		(void)fprintf(
			stderr, "load PORT REQUESTS CONNECTIONS SECONDS RATE | batch\n");
		return 2;
	}
	port = atoi(argv[1]);
	read_requests(argv[2]);
	if (strcmp(argv[3], "batch") == 0) {
		for (size_t i = 0; i < num_requests; i++) {
			run_batch(&requests[i]);
		}
	} else {
		times_us = calloc(MAX_TIMES, sizeof(*times_us));
		must(argc == 6 && times_us, "arguments");
		run((size_t)atoi(argv[3]), atof(argv[4]), atof(argv[5]));
		print_times();
	}
	(void)printf(
		"client_cpu_s %.4f\n", (double)now_ns(CLOCK_PROCESS_CPUTIME_ID) / 1e9);
	return 0;
}

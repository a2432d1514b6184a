// SPDX-License-Identifier: Apache-2.0
#include "serve/settings.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test.h"

void test_settings(void);

static void test_defaults(void)
{
	struct options options = {.command = NULL};
	struct serve_settings got;
	struct err err;
	err_clear(&err);
	CHECK(settings_read(&options, &got, &err), "%s", err.text);
	CHECK_CODE(&err, CODE_NONE, "defaults");
	CHECK(got.threads >= 1 && got.threads <= 64, "%zu threads", got.threads);
	CHECK_INT(got.max_body, 1024 * 1024, "bytes");
	CHECK_INT(got.max_connections, 20000, "connections");
	CHECK_INT(got.max_connections_of_address, 0, "of an address");
	CHECK_INT(got.max_in_flight, 1024, "requests");
	CHECK_INT(got.max_batches, 128, "batches");
	CHECK_INT(got.request_timeout_ms, 10000, "ms");
	CHECK_INT(got.idle_timeout_ms, 60000, "ms");
	CHECK_INT(got.drain_timeout_ms, 30000, "ms");
	CHECK_INT(got.refresh_interval_ms, 43200000, "ms");
}

struct one_case {
	enum option option;
	const char *text;
	int64_t want; // REFUSED: it is
};

#define REFUSED INT64_C(-1)

static const struct one_case cases[] = {
	{OPTION_REQUEST_TIMEOUT, "1", 1000},
	{OPTION_REQUEST_TIMEOUT, "10s", 10000},
	{OPTION_REQUEST_TIMEOUT, "15m", 900000},
	{OPTION_REQUEST_TIMEOUT, "1h", 3600000},
	{OPTION_REQUEST_TIMEOUT, "3600", 3600000},
	{OPTION_REQUEST_TIMEOUT, "3601", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "1d", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "0", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "s", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "1ms", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "1S", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "1 s", REFUSED},
	{OPTION_REQUEST_TIMEOUT, " 1", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "-1", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "+1", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "1.5", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "0x10", REFUSED},
	// 2^64 ms and 1000 more, did it go round
	{OPTION_REQUEST_TIMEOUT, "18446744073709552", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "213503982335d", REFUSED},
	{OPTION_REQUEST_TIMEOUT, "99999999999999999999", REFUSED},
	{OPTION_IDLE_TIMEOUT, "1d", 86400000},
	{OPTION_IDLE_TIMEOUT, "86401", REFUSED},
	{OPTION_DRAIN_TIMEOUT, "60m", 3600000},
	{OPTION_DRAIN_TIMEOUT, "61m", REFUSED},
	{OPTION_REFRESH_INTERVAL, "0", 0},
	{OPTION_REFRESH_INTERVAL, "12h", 43200000},
	{OPTION_REFRESH_INTERVAL, "3650d", INT64_C(315360000000)},
	{OPTION_REFRESH_INTERVAL, "3651d", REFUSED},
	{OPTION_TIMEOUT, "1", 1000},
	{OPTION_TIMEOUT, "0", REFUSED},
	{OPTION_THREADS, "1", 1},
	{OPTION_THREADS, "64", 64},
	{OPTION_THREADS, "0", REFUSED},
	{OPTION_THREADS, "65", REFUSED},
	{OPTION_THREADS, "many", REFUSED},
	{OPTION_MAX_BODY, "1k", 1024},
	{OPTION_MAX_BODY, "1024", 1024},
	{OPTION_MAX_BODY, "1024b", 1024},
	{OPTION_MAX_BODY, "1023", REFUSED},
	{OPTION_MAX_BODY, "16m", 16777216},
	{OPTION_MAX_BODY, "16777217", REFUSED},
	{OPTION_MAX_BODY, "17592186044416m", REFUSED}, // 2^64 bytes
	{OPTION_MAX_BODY, "1g", REFUSED},
	{OPTION_MAX_BODY, "k", REFUSED},
	{OPTION_MAX_CONNECTIONS, "1", 1},
	{OPTION_MAX_CONNECTIONS, "1000000", 1000000},
	{OPTION_MAX_CONNECTIONS, "1000001", REFUSED},
	{OPTION_MAX_CONNECTIONS, "0", REFUSED},
	{OPTION_MAX_CONNECTIONS_PER_ADDRESS, "1", 1},
	{OPTION_MAX_CONNECTIONS_PER_ADDRESS, "0", REFUSED},
	{OPTION_MAX_IN_FLIGHT, "1000000", 1000000},
	{OPTION_MAX_IN_FLIGHT, "0", REFUSED},
	{OPTION_MAX_BATCHES, "1", 1},
	{OPTION_MAX_BATCHES, "1000001", REFUSED},
};

static int64_t value_of(const struct serve_settings *s, enum option option)
{
	return option == OPTION_REQUEST_TIMEOUT     ? s->request_timeout_ms
		: option == OPTION_IDLE_TIMEOUT     ? s->idle_timeout_ms
		: option == OPTION_DRAIN_TIMEOUT    ? s->drain_timeout_ms
		: option == OPTION_REFRESH_INTERVAL ? s->refresh_interval_ms
		: option == OPTION_TIMEOUT          ? s->fetch_timeout_ms
		: option == OPTION_THREADS          ? (int64_t)s->threads
		: option == OPTION_MAX_BODY         ? (int64_t)s->max_body
		: option == OPTION_MAX_CONNECTIONS  ? (int64_t)s->max_connections
		: option == OPTION_MAX_CONNECTIONS_PER_ADDRESS
		? (int64_t)s->max_connections_of_address
		: option == OPTION_MAX_IN_FLIGHT ? (int64_t)s->max_in_flight
		: option == OPTION_MAX_BATCHES   ? (int64_t)s->max_batches
						 : REFUSED;
}

static void test_values(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct one_case *one = &cases[i];
		const char *name = option_name(one->option);
		struct options options = {.command = NULL};
		struct serve_settings got;
		struct err err;
		err_clear(&err);
		options.values[one->option] = one->text;
		bool done = settings_read(&options, &got, &err);
		CHECK_INT(done, one->want != REFUSED, "--%s '%s'", name, one->text);
		CHECK_CODE(&err, done ? CODE_NONE : CODE_BAD_OPTION, "--%s '%s'", name,
			one->text);
		if (done) {
			CHECK_INT(value_of(&got, one->option), one->want, "--%s '%s'",
				name, one->text);
		} else {
			CHECK(strstr(err.text, name) && strstr(err.text, one->text),
				"both are named: %s", err.text);
		}
	}
}

struct limit_case {
	rlim_t soft, hard;
	size_t num, threads;
	size_t want; // connections
	rlim_t want_soft;
};

// In a process of its own, whose limits are lost with it. Exit status 0: as wanted.
static int run_limit_case(const struct limit_case *c)
{
	struct rlimit limit = {.rlim_cur = c->soft, .rlim_max = c->hard};
	struct serve_settings s = {.max_connections = c->num, .threads = c->threads};
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return 2;
	}
	settings_fit_descriptors(&s);
	return getrlimit(RLIMIT_NOFILE, &limit) == 0 && s.max_connections == c->want &&
			limit.rlim_cur == c->want_soft
		? 0
		: 1;
}

// 192 descriptors for other things, and 4 of each thread.
static void test_descriptors(void)
{
	static const struct limit_case limits[] = {
		{328, 328, 132, 1, 132, 328}, // just enough
		{328, 328, 133, 1, 132, 328}, // one short
		{228, 328, 132, 1, 132, 328}, // raised, as far as it may be
		{228, 328, 50, 1, 50, 246}, // raised, as far as is needed
		{228, 328, 1000, 2, 128, 328},
		{278, 328, 10, 1, 10, 278}, // never lowered
		{198, 198, 1000, 1, 2, 198}, {197, 197, 1000, 1, 1, 197},
		{20, 20, 1000, 1, 1, 20}, // one at least
	};
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		int status = -1;
		(void)fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			_exit(run_limit_case(&limits[i]));
		}
		CHECK(child > 0 && waitpid(child, &status, 0) == child, "a process");
		CHECK_INT(status, 0, "case %zu", i);
	}
}

void test_settings(void)
{
	test_defaults();
	test_values();
	test_descriptors();
}

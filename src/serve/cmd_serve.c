// SPDX-License-Identifier: Apache-2.0
// ctpolicy serve: the REST service, with its refresh worker.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/commands.h"
#include "app/issuer_files.h"
#include "ctpolicy.h"
#include "serve/activation.h"
#include "serve/addresses.h"
#include "serve/http_server.h"
#include "serve/listener.h"
#include "serve/notify.h"

#define DEFAULT_LISTEN "127.0.0.1:8080"
// How often the main thread looks up where nothing calls it, in ms.
#define LOOK_MS 1000
#define ACCEPT_AT_ONCE 64
#define DRAIN_ROUNDS 64
// After one that failed for want of descriptors or memory.
#define ACCEPT_PAUSE_MS 50
#define COMPLAIN_MS 10000

struct run {
	struct serve serve;
	struct access_log log;
	char *state_dir; // that is refreshed; NULL: none is
	struct refresh_request refreshes[NUM_SOURCES];
	struct places places[NUM_SOURCES];
	struct listener listener;
	struct notify notify;
	struct http_server *server;
	int signals; // signalfd
	sigset_t mask;
	int64_t complained_ms;
	struct {
		int64_t at_ms; // monotonic
		uint64_t in_all, of_address;
	} told; // of connections that were refused
	struct err *err;
};

// The steps of starting, each of which says with `err` what is wrong.

// What the state folder and others have to say, in the form of the log.
static void take_message(void *log, const char *text)
{
	access_log_event(log, ACCESS_WARNING, "message", "%s", text);
}

// --source, each of which has a place.
static bool read_sources(struct run *r)
{
	const struct options *options = r->serve.options;
	struct sources *sources = &r->serve.sources;
	if (!sources_read(options, sources, r->err) ||
		!sources_check_places(options, sources, r->err)) {
		return false;
	}
	for (size_t i = 0; i < sources->num; i++) {
		struct places places;
		if (!sources_places(options, sources, sources->names[i], places.urls)) {
			return err_set(r->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
				"nobody publishes a list of %s at an address of its own; "
				"name yours with --url",
				sources->names[i]);
		}
	}
	return true;
}

static bool read_usage(struct run *r)
{
	const struct options *options = r->serve.options;
	const char *format = options->values[OPTION_LOG_FORMAT];
	if (options->num_args > 0) {
		return err_set(r->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"serve takes no file names; certificates come by HTTP");
	}
	if (format && !log_format_find(format, &r->log.format)) {
		return err_set(r->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--log-format %.40s: text or json", format);
	}
	if (!settings_read(options, &r->serve.settings, r->err) || !read_sources(r)) {
		return false;
	}
	access_log_open(&r->log);
	message_to(take_message, &r->log);
	settings_fit_descriptors(&r->serve.settings);
	return true;
}

static bool read_issuers(struct run *r)
{
	const char *path = r->serve.options->values[OPTION_ISSUERS];
	if (!path) {
		return true;
	}
	bool broken = false; // said, and left out
	r->serve.issuers = issuers_new(r->err);
	if (!r->serve.issuers ||
		!issuer_files_add(r->serve.issuers, path, "issuers", &broken, r->err)) {
		return false;
	}
	issuers_freeze(r->serve.issuers);
	return true;
}

static bool read_what_is_served(struct run *r)
{
	r->serve.metrics = metrics_new(r->err);
	return r->serve.metrics && serve_load_tokens(&r->serve, r->err) &&
		serve_load_roots(&r->serve, r->err) &&
		serve_load_lists(&r->serve, r->err);
}

static bool open_listener(struct run *r)
{
	const char *where = r->serve.options->values[OPTION_LISTEN];
	int num = activation_listen_fds();
	if (num > 1) {
		return err_set(r->err, CODE_LISTEN_FAILED, ERR_NO_OFFSET,
			"%d sockets were passed; the service listens on one", num);
	}
	return num == 1
		? listener_adopt(ACTIVATION_FIRST_FD, &r->listener, r->err)
		: listener_open(where ? where : DEFAULT_LISTEN, &r->listener, r->err);
}

// Where the refresh worker puts what it fetches. Nothing to refresh is no fault.
static void set_refresh(struct run *r)
{
	const struct options *options = r->serve.options;
	struct err err;
	err_clear(&err);
	if (options->log_lists.num > 0) {
		return; // those alone were asked for
	}
	r->state_dir = state_dir(options, STATE_WRITING, SOURCE_MAIN, &err);
	if (!r->state_dir) {
		access_log_event(&r->log, ACCESS_WARNING, "no_refresh", "%s", err.text);
		return;
	}
	for (size_t i = 0; i < r->serve.sources.num; i++) {
		struct refresh_request *request = &r->refreshes[i];
		*request = (struct refresh_request){.state_dir = r->state_dir,
			.source = r->serve.sources.names[i],
			.urls = r->places[i].urls,
			.cacert = options->values[OPTION_CACERT],
			.timeout_ms = r->serve.settings.fetch_timeout_ms};
		request->num_urls = sources_places(
			options, &r->serve.sources, request->source, r->places[i].urls);
	}
}

static bool watch_signals(struct run *r)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
	(void)sigemptyset(&r->mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)sigaddset(&r->mask, numbers[i]);
	}
	(void)pthread_sigmask(SIG_BLOCK, &r->mask, NULL);
	r->signals = signalfd(-1, &r->mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signals >= 0 || err_no_memory(r->err);
}

static bool start_threads(struct run *r)
{
	if (!open_verifier(r->serve.options, &r->serve.fast, r->err)) {
		return false;
	}
	set_refresh(r);
	r->serve.refreshes = r->state_dir && r->serve.settings.refresh_interval_ms > 0;
	r->serve.worker = worker_start(&r->serve, r->refreshes,
		r->state_dir ? r->serve.sources.num : 0,
		r->serve.settings.refresh_interval_ms, r->err);
	r->server = r->serve.worker ? http_server_start(&r->serve, r->err) : NULL;
	return r->server != NULL;
}

// The run.

// True: there may be more.
static bool accept_some(struct run *r)
{
	for (size_t i = 0; i < ACCEPT_AT_ONCE; i++) {
		struct sockaddr_storage address;
		socklen_t len = sizeof(address);
		memset(&address, 0, sizeof(address));
		int fd = accept(r->listener.fd, (struct sockaddr *)&address, &len);
		if (fd >= 0) {
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
			http_server_give(r->server, fd, &address, len);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM) {
			int64_t now_ms = clock_monotonic_ms();
			if (now_ms - r->complained_ms > COMPLAIN_MS) {
				r->complained_ms = now_ms;
				access_log_event(&r->log, ACCESS_ERROR, "accept_failed",
					"no descriptor or memory for another connection");
			}
			(void)poll(NULL, 0, ACCEPT_PAUSE_MS);
			return false;
		} else if (errno != ECONNABORTED && errno != EINTR) {
			return false;
		}
	}
	return true;
}

// How many connections were refused since this was last said, and why.
static void tell_refused(struct run *r, int64_t pause_ms)
{
	const struct metrics *metrics = r->serve.metrics;
	uint64_t in_all = metrics_num_refused(metrics, REFUSED_CONNECTIONS);
	uint64_t of_address = metrics_num_refused(metrics, REFUSED_ADDRESS);
	int64_t now_ms = clock_monotonic_ms();
	bool is_new = in_all != r->told.in_all || of_address != r->told.of_address;
	if (!is_new || now_ms - r->told.at_ms < pause_ms) {
		return;
	}
	access_log_event(&r->log, ACCESS_WARNING, "connections_refused",
		"since this was last said: %" PRIu64 " by --max-connections, %" PRIu64
		" by --max-connections-per-address",
		in_all - r->told.in_all, of_address - r->told.of_address);
	r->told.at_ms = now_ms;
	r->told.in_all = in_all;
	r->told.of_address = of_address;
}

// True: the service shall end.
static bool take_signal(struct run *r)
{
	struct signalfd_siginfo info;
	if (read(r->signals, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
		return false;
	}
	if (info.ssi_signo != SIGHUP) {
		access_log_event(&r->log, ACCESS_INFO, "stopping",
			"signal %u; what is under way is finished, for at most %" PRId64
			" s",
			info.ssi_signo, r->serve.settings.drain_timeout_ms / 1000);
		return true;
	}
	notify_reloading(&r->notify);
	serve_reload(&r->serve);
	notify_ready(&r->notify);
	return false;
}

static void beat(struct run *r)
{
	int64_t limit_ms = r->notify.watchdog_ms;
	if (limit_ms &&
		clock_monotonic_ms() - http_server_last_beat_ms(r->server) < limit_ms) {
		notify_watchdog(&r->notify);
	}
}

static void run_until_told(struct run *r)
{
	int64_t wait_ms = r->notify.watchdog_ms / 2;
	if (wait_ms == 0 || wait_ms > LOOK_MS) {
		wait_ms = LOOK_MS;
	}
	for (;;) {
		struct pollfd fds[] = {{.fd = r->listener.fd, .events = POLLIN},
			{.fd = r->signals, .events = POLLIN}};
		(void)poll(fds, 2, (int)wait_ms);
		if (fds[0].revents) {
			(void)accept_some(r);
		}
		http_server_tend(r->server);
		if (fds[1].revents && take_signal(r)) {
			return;
		}
		beat(r);
		tell_refused(r, COMPLAIN_MS);
		access_log_catch_up(&r->log);
	}
}

// What has connected is still answered. Further signals change nothing: timeout(1) sends two, and
// the time has a limit.
static size_t drain(struct run *r)
{
	notify_stopping(&r->notify);
	// As many as the system may hold back for us (listener.c), and then no more.
	for (size_t i = 0; i < DRAIN_ROUNDS && accept_some(r); i++) {
	}
	listener_close(&r->listener);
	tell_refused(r, 0);
	atomic_store(&r->serve.is_draining, true);
	worker_cancel(r->serve.worker);
	size_t num_cut = http_server_stop(r->server, r->serve.settings.drain_timeout_ms);
	r->server = NULL;
	access_log_event(&r->log, num_cut ? ACCESS_WARNING : ACCESS_INFO, "stopped",
		"%zu requests were cut off", num_cut);
	return num_cut;
}

// By the names of the options.
static void tell_limits(struct run *r)
{
	const struct serve_settings *s = &r->serve.settings;
	size_t of_address = s->max_connections_of_address;
	int64_t refresh_s = r->state_dir ? s->refresh_interval_ms / 1000 : 0;
	access_log_event(&r->log, ACCESS_INFO, "limits",
		"threads %zu, max-body %zu, request-timeout %" PRId64
		"s, idle-timeout %" PRId64 "s, drain-timeout %" PRId64
		"s, max-connections %zu, max-connections-per-address %zu%s, "
		"max-in-flight %zu, max-batches %zu, refresh-interval %" PRId64 "s%s",
		s->threads, s->max_body, s->request_timeout_ms / 1000,
		s->idle_timeout_ms / 1000, s->drain_timeout_ms / 1000, s->max_connections,
		of_address ? of_address : SERVE_OF_ADDRESS,
		of_address ? "" : " (loopback: any number)", s->max_in_flight,
		s->max_batches, refresh_s, refresh_s ? "" : " (none)");
}

// Other machines can reach it, and nobody has to show a token.
static bool is_open_to_others(const struct run *r)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	struct address address;
	memset(&name, 0, sizeof(name));
	if (r->serve.options->values[OPTION_TOKEN_FILE] ||
		getsockname(r->listener.fd, (struct sockaddr *)&name, &len) != 0) {
		return false;
	}
	address_of(&name, &address);
	return !address.is_unix && !address.is_loopback;
}

static void serve_calls(struct run *r)
{
	access_log_event(&r->log, ACCESS_INFO, "started", "ctpolicy %s listens on %s",
		CTP_VERSION, r->listener.name);
	tell_limits(r);
	if (is_open_to_others(r)) {
		access_log_event(&r->log, ACCESS_WARNING, "open_to_others",
			"%s is not loopback, and whoever reaches it may call: there is no "
			"--token-file",
			r->listener.name);
	}
	(void)printf("listening on %s\n", r->listener.name);
	(void)fflush(stdout);
	notify_status(&r->notify, "listens on %s", r->listener.name);
	notify_ready(&r->notify);
	run_until_told(r);
	(void)drain(r);
}

static void clear(struct run *r)
{
	if (r->server) {
		atomic_store(&r->serve.is_draining, true);
		(void)http_server_stop(r->server, 0);
	}
	worker_stop(r->serve.worker);
	listener_close(&r->listener);
	notify_close(&r->notify);
	if (r->signals >= 0) {
		(void)close(r->signals);
	}
	store_clear(&r->serve.store);
	(void)pthread_mutex_destroy(&r->serve.loading);
	issuers_unref(r->serve.issuers);
	fast_unref(r->serve.fast);
	metrics_free(r->serve.metrics);
	free(r->state_dir);
}

static int run(const struct options *options)
{
	static bool (*const steps[])(struct run * r) = {read_usage, open_listener,
		read_issuers, read_what_is_served, watch_signals, start_threads};
	struct err err;
	struct run r = {.log = {.fd = STDERR_FILENO, .format = LOG_TEXT},
		.listener = {.fd = -1},
		.signals = -1,
		.told = {.at_ms = -COMPLAIN_MS},
		.err = &err};
	err_clear(&err);
	r.serve.options = options;
	r.serve.log = &r.log;
	r.serve.started_ms = clock_now_ms();
	store_init(&r.serve.store);
	(void)pthread_mutex_init(&r.serve.loading, NULL);
	notify_open(&r.notify);
	// One heap for all threads: with one each, what batches and reloads took stays in all.
	(void)mallopt(M_ARENA_MAX, 1);
	(void)umask(022); // other programs read the state folder
	int status = EXIT_PASS;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!steps[i](&r)) {
			message_to(NULL, NULL);
			status = usage_error(&err);
			break;
		}
	}
	if (status == EXIT_PASS) {
		serve_calls(&r);
	}
	clear(&r);
	message_to(NULL, NULL);
	access_log_close(&r.log);
	return status;
}

const struct command command_serve = {
	.name = "serve",
	.summary = "answer by HTTP: the REST service",
	.arguments = "[options]",
	.text = "Answers POST /v1/evaluate and its like until SIGTERM or SIGINT, which let\n"
		"it finish what is under way; SIGHUP makes it read the log list, the\n"
		"tokens and the roots anew. It refreshes the log list itself. GET /openapi.json\n"
		"describes every call.\n\n"
		"Exit status: 0 after a signal; 2 where it cannot start.\n",
	.examples =
		"  ctpolicy serve\n"
		"  curl -H 'Content-Type: application/x-pem-file' --data-binary \\\n"
		"      @chain.pem http://127.0.0.1:8080/v1/evaluate?policies=all\n"
		"  ctpolicy serve --listen unix:/run/ctpolicy/http --token-file tokens\n"
		"  ctpolicy serve --listen [::]:8080 --refresh-interval 6h --log-format "
		"json\n",
	.options = OPTIONS(OPTION_LISTEN, OPTION_THREADS, OPTION_REFRESH_INTERVAL,
		OPTION_SOURCE, OPTION_URL, OPTION_CACERT, OPTION_TIMEOUT, OPTION_LOG_LIST,
		OPTION_STATE_DIR, OPTION_ISSUERS, OPTION_ROOTS, OPTION_PRIVATE_ROOT,
		OPTION_VERIFIER, OPTION_TOKEN_FILE, OPTION_ADMIN_TOKEN_FILE,
		OPTION_MAX_BODY, OPTION_REQUEST_TIMEOUT, OPTION_IDLE_TIMEOUT,
		OPTION_DRAIN_TIMEOUT, OPTION_MAX_CONNECTIONS,
		OPTION_MAX_CONNECTIONS_PER_ADDRESS, OPTION_MAX_IN_FLIGHT,
		OPTION_MAX_BATCHES, OPTION_LOG_FORMAT),
	.run = run,
};

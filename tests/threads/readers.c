// SPDX-License-Identifier: Apache-2.0
// readers STATE REFRESHES EVALUATIONS URL FILE URL FILE CERTIFICATE...: one thread refreshes
// a state folder from two places in turn, by force, while others open the lists in it again
// and again, as the program does, and judge certificates. Each report must name a list that
// was in force while it was made, and have the verdict by that list. The FILEs are the lists
// of the URLs. Meant to be built with -fsanitize=thread too (make tsan).
#include "app/clock.h"
#include "app/commands.h"
#include "app/fetch.h"
#include "app/refresh.h"
#include "base/datetime.h"
#include "ctpolicy.h"
#include "tests/threads/need.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUM_READERS 3
#define MAX_CERTIFICATES 64
#define HASH_ROOM (2 * 32 + 1)
#define VERDICT_ROOM 32
// In a quiet time between two refreshes only one list can be in force: one refresh in this
// many waits for such readings.
#define QUIET_EVERY 4

struct result {
	char hash[HASH_ROOM]; // of the list that the report names
	char verdict[VERDICT_ROOM];
};

struct shared {
	char *state_dir;
	const char *urls[2];
	size_t num_refreshes;
	size_t num_wanted; // evaluations of each reader, at least
	struct text certificates[MAX_CERTIFICATES];
	size_t num_certificates;
	struct result want[2][MAX_CERTIFICATES];
	// the refreshes that have begun, and those that have ended
	atomic_size_t begun;
	atomic_size_t ended;
	atomic_size_t num_readings;
	atomic_size_t num_ready; // readers that wait for the second refresh to begin
	atomic_bool is_over;
};

struct worker {
	pthread_t thread;
	struct shared *shared;
	size_t num_evaluations;
	size_t num_certain; // when only one list could be in force
	size_t num_wrong;
};

static size_t read_size(const char *text)
{
	return (size_t)strtoumax(text, NULL, 10);
}

// What stands in quotes behind `key`, which stands behind `part`.
static void cut(
	const char *report, const char *part, const char *key, char *out, size_t room)
{
	const char *at = strstr(report, part);
	at = at ? strstr(at, key) : NULL;
	need((void *)(uintptr_t)at, report);
	at += strlen(key);
	(void)snprintf(out, room, "%.*s", (int)strcspn(at, "\""), at);
}

static void judge(struct ctp_context *context, const struct text *certificate,
	struct ctp_lists *lists, struct result *out)
{
	struct ctp_error error = {0};
	const struct ctp_evaluation *evaluation = NULL;
	struct ctp_request *request = need(ctp_request_new(&error), error.message);
	char now[DATETIME_ROOM];
	datetime_format_ms(clock_now_ms(), now);
	if (!ctp_request_set(request, CTP_CERTIFICATE, certificate->data,
		    certificate->len, &error) ||
		!ctp_request_set(request, CTP_AT, now, strlen(now), &error) ||
		!ctp_evaluate(context, request, lists, &evaluation, &error)) {
		die(error.message);
	}
	char *report =
		need(ctp_evaluation_print(evaluation, CTP_JSON, NULL), "no report");
	cut(report, "\"log_list\":", "\"sha256\":\"", out->hash, sizeof(out->hash));
	cut(report, "\"policies\":", "\"verdict\":\"", out->verdict,
		sizeof(out->verdict));
	ctp_free(report);
	ctp_request_free(request);
}

static struct ctp_context *make_context(void)
{
	struct ctp_error error = {0};
	return need(ctp_context_new("reference", &error), error.message);
}

// What each certificate gets by one of the two lists alone.
static void find_wanted(struct shared *shared, size_t which, const char *path)
{
	struct ctp_error error = {0};
	struct ctp_context *context = make_context();
	struct text text = read_text(path);
	struct ctp_lists *lists =
		need(ctp_lists_read(text.data, text.len, &error), error.message);
	for (size_t i = 0; i < shared->num_certificates; i++) {
		judge(context, &shared->certificates[i], lists, &shared->want[which][i]);
	}
	ctp_lists_unref(lists);
	ctp_context_free(context);
	free(text.data);
}

// The n-th refresh, counted from 1, takes the list n % 2.
static void refresh_once(struct shared *shared, size_t n)
{
	struct refresh refresh;
	const struct refresh_request request = {.state_dir = shared->state_dir,
		.source = "apple",
		.urls = &shared->urls[n % 2],
		.num_urls = 1,
		.timeout_ms = FETCH_DEFAULT_TIMEOUT_MS,
		.force = true};
	atomic_store(&shared->begun, n);
	refresh_run(&request, &refresh);
	if (refresh.outcome != REFRESH_TAKEN) {
		die(refresh.num_failures ? refresh.failures[0].text : "nothing new");
	}
	atomic_store(&shared->ended, n);
	refresh_clear(&refresh);
}

static void pause_briefly(void)
{
	const struct timespec pause = {.tv_nsec = 1000 * 1000};
	(void)nanosleep(&pause, NULL);
}

static void *refresh_again_and_again(void *argument)
{
	struct shared *shared = argument;
	while (atomic_load(&shared->num_ready) < NUM_READERS) {
		pause_briefly();
	}
	for (size_t n = 2; n <= shared->num_refreshes; n++) {
		refresh_once(shared, n);
		// one of the readers has then begun and ended in it, whatever the pace
		size_t enough =
			atomic_load(&shared->num_readings) + 2 * (size_t)NUM_READERS;
		while (n % QUIET_EVERY == 0 &&
			atomic_load(&shared->num_readings) < enough) {
			pause_briefly();
		}
	}
	atomic_store(&shared->is_over, true);
	return NULL;
}

static bool is_wanted(const struct result *got, const struct result *want)
{
	return strcmp(got->hash, want->hash) == 0 &&
		strcmp(got->verdict, want->verdict) == 0;
}

// The first reading of each reader is one that a refresh begins in.
static void meet_refresh(struct shared *shared, size_t first)
{
	atomic_fetch_add(&shared->num_ready, 1);
	while (atomic_load(&shared->begun) == first) {
		pause_briefly();
	}
}

// Opens the lists as `check` does, and judges all certificates by them.
static void read_once(struct worker *worker, struct ctp_context *context)
{
	struct shared *shared = worker->shared;
	struct options options = {.values[OPTION_STATE_DIR] = shared->state_dir};
	struct err err;
	err_clear(&err);
	size_t first = atomic_load(&shared->ended);
	if (worker->num_evaluations == 0) {
		meet_refresh(shared, first);
	}
	struct ctp_lists *lists = need(open_lists(&options, &err), err.text);
	size_t last = atomic_load(&shared->begun);
	for (size_t i = 0; i < shared->num_certificates; i++) {
		struct result got;
		judge(context, &shared->certificates[i], lists, &got);
		bool is_good = is_wanted(&got, &shared->want[first % 2][i]) ||
			(last > first && is_wanted(&got, &shared->want[!(first % 2)][i]));
		worker->num_wrong += is_good ? 0 : 1;
		worker->num_certain += first == last ? 1 : 0;
		worker->num_evaluations++;
	}
	ctp_lists_unref(lists);
	atomic_fetch_add(&shared->num_readings, 1);
}

static void *read_again_and_again(void *argument)
{
	struct worker *worker = argument;
	struct ctp_context *context = make_context();
	while (!atomic_load(&worker->shared->is_over) ||
		worker->num_evaluations < worker->shared->num_wanted) {
		read_once(worker, context);
	}
	ctp_context_free(context);
	return NULL;
}

static void start(pthread_t *thread, void *(*work)(void *), void *argument)
{
	if (pthread_create(thread, NULL, work, argument) != 0) {
		die("no thread");
	}
}

// Returns whether all is well.
static bool run(struct shared *shared)
{
	pthread_t refresher;
	struct worker workers[NUM_READERS] = {0};
	struct worker sum = {0};
	refresh_once(shared, 1);
	for (size_t i = 0; i < NUM_READERS; i++) {
		workers[i].shared = shared;
		start(&workers[i].thread, read_again_and_again, &workers[i]);
	}
	start(&refresher, refresh_again_and_again, shared);
	(void)pthread_join(refresher, NULL);
	for (size_t i = 0; i < NUM_READERS; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		sum.num_evaluations += workers[i].num_evaluations;
		sum.num_certain += workers[i].num_certain;
		sum.num_wrong += workers[i].num_wrong;
	}
	printf("%zu refreshes, %zu readings of the state folder, %zu evaluations (%zu when "
	       "only one list could be in force), %zu wrong\n",
		shared->num_refreshes, atomic_load(&shared->num_readings),
		sum.num_evaluations, sum.num_certain, sum.num_wrong);
	return sum.num_wrong == 0 && sum.num_certain > 0 &&
		sum.num_certain < sum.num_evaluations;
}

int main(int argc, char **argv)
{
	struct shared shared = {.num_certificates = 0};
	if (argc < 9 || argc - 8 > MAX_CERTIFICATES) {
		die("usage: readers STATE REFRESHES EVALUATIONS URL FILE URL FILE "
		    "CERTIFICATE...");
	}
	shared.state_dir = argv[1];
	shared.num_refreshes = read_size(argv[2]);
	if (shared.num_refreshes < QUIET_EVERY) {
		die("too few refreshes for a quiet time");
	}
	shared.num_wanted = read_size(argv[3]) / NUM_READERS + 1;
	for (int i = 8; i < argc; i++) {
		shared.certificates[shared.num_certificates++] = read_text(argv[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		shared.urls[i] = argv[4 + 2 * i];
		find_wanted(&shared, i, argv[5 + 2 * i]);
	}
	bool good = run(&shared);
	for (size_t i = 0; i < shared.num_certificates; i++) {
		free(shared.certificates[i].data);
	}
	return good ? 0 : 1;
}

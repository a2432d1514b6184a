// SPDX-License-Identifier: Apache-2.0
#include "serve/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "app/clock.h"
#include "app/pause.h"
#include "serve/serve.h"
#include "serve/watch.h"

// After a failure, before the interval is over: as often as a person would try again.
#define RETRY_MS ((int64_t)15 * 60 * 1000)
// How soon after the start the first refresh may come.
#define FIRST_MS ((int64_t)2 * 1000)
// How often the state folder is looked at: others may refresh it.
#define NAP_MS ((int64_t)10 * 1000)

struct worker {
	struct serve *serve;
	struct refresh_request requests[NUM_SOURCES]; // with our `stop`
	size_t num_requests;
	int64_t interval_ms;
	struct watch watch; // the worker's thread alone
	pthread_t thread;
	pthread_mutex_t mutex; // of what follows
	pthread_cond_t changed;
	struct worker_state state;
	bool wants_refresh;
	atomic_bool stop;
};

// Of one source; the first one that fails is what the round came to.
static void note_end(struct worker *worker, const struct refresh *refresh, bool is_first)
{
	struct worker_state *state = &worker->state;
	(void)pthread_mutex_lock(&worker->mutex);
	bool had_failed = !is_first && state->outcome == REFRESH_FAILED;
	bool was_taken = !is_first && state->outcome == REFRESH_TAKEN;
	state->at_ms = refresh->at_ms;
	if (!had_failed) {
		state->outcome = was_taken && refresh->outcome == REFRESH_UNCHANGED
			? REFRESH_TAKEN
			: refresh->outcome;
		state->error[0] = '\0';
	}
	if (refresh->outcome == REFRESH_FAILED && !had_failed &&
		refresh->num_failures > 0) {
		const struct err *last = &refresh->failures[refresh->num_failures - 1];
		(void)snprintf(state->error, sizeof(state->error), "%.200s [%s]",
			last->text, code_info(last->code)->name);
	}
	(void)pthread_mutex_unlock(&worker->mutex);
}

static void end_round(struct worker *worker)
{
	(void)pthread_mutex_lock(&worker->mutex);
	worker->state.is_running = false;
	if (worker->state.outcome != REFRESH_FAILED) {
		worker->state.last_success_ms = worker->state.at_ms;
	}
	(void)pthread_mutex_unlock(&worker->mutex);
}

static void tell(struct worker *worker, const char *source, const struct refresh *refresh)
{
	struct access_log *log = worker->serve->log;
	bool is_main = strcmp(source, SOURCE_MAIN) == 0;
	if (refresh->outcome == REFRESH_FAILED) {
		for (size_t i = 0; i < refresh->num_failures; i++) {
			const struct err *err = &refresh->failures[i];
			access_log_event(log, ACCESS_WARNING, "refresh_failed",
				"%s%s%s [%s]; the list in force stays",
				is_main ? "" : source, is_main ? "" : ": ", err->text,
				code_info(err->code)->name);
		}
		return;
	}
	access_log_event(log, ACCESS_INFO,
		refresh->outcome == REFRESH_TAKEN ? "refresh_taken" : "refresh_unchanged",
		"%s%slog list from %s", is_main ? "" : source, is_main ? "" : " ",
		refresh->from);
}

// False where it was not let finish: that is no failure.
static bool refresh_source(
	struct worker *worker, const struct refresh_request *request, bool is_first)
{
	struct refresh refresh;
	refresh_run(request, &refresh);
	bool is_over = refresh.outcome != REFRESH_FAILED || !atomic_load(&worker->stop);
	if (is_over) {
		note_end(worker, &refresh, is_first);
		metrics_refreshed(worker->serve->metrics, refresh.outcome, refresh.at_ms);
		tell(worker, request->source, &refresh);
	}
	refresh_clear(&refresh);
	return is_over;
}

static void run_refresh(struct worker *worker)
{
	for (size_t i = 0; i < worker->num_requests; i++) {
		if (!refresh_source(worker, &worker->requests[i], i == 0)) {
			return;
		}
	}
	end_round(worker);
	// Even where nothing is new, the list is known to be fresh.
	(void)watch_has_changed(&worker->watch, worker->serve->options);
	serve_reload_lists(worker->serve);
}

// What another process has refreshed is in force here too.
static void look_around(struct worker *worker)
{
	if (watch_has_changed(&worker->watch, worker->serve->options)) {
		serve_reload_lists(worker->serve);
	}
}

// When the next refresh is due, as the clock has it; 0: never.
static int64_t plan_next(struct worker *worker, int64_t now_ms)
{
	const struct worker_state *state = &worker->state;
	int64_t pause_ms = worker->interval_ms;
	if (!state->can_refresh || worker->interval_ms == 0) {
		return 0;
	}
	if (state->outcome == REFRESH_FAILED && pause_ms > RETRY_MS) {
		pause_ms = RETRY_MS;
	}
	return now_ms + pause_with_jitter(pause_ms);
}

// The first one: soon, unless the state folder was refreshed less than an interval ago, as by
// a service that was started anew.
static int64_t plan_first(struct worker *worker, int64_t now_ms)
{
	struct snapshot *snapshot = store_get(&worker->serve->store);
	int64_t last_ms = snapshot && worker->num_requests ? INT64_MAX : 0;
	for (size_t i = 0; snapshot && i < worker->num_requests; i++) {
		const char *source = worker->requests[i].source;
		int64_t ms = kept_archive(&snapshot->kept, source)->refreshed_ms;
		last_ms = ms < last_ms ? ms : last_ms;
	}
	snapshot_unref(snapshot);
	if (!worker->state.can_refresh || worker->interval_ms == 0) {
		return 0;
	}
	bool is_fresh = last_ms <= now_ms && now_ms - last_ms < worker->interval_ms;
	return is_fresh ? last_ms + worker->interval_ms
			: now_ms + pause_with_jitter(FIRST_MS);
}

// For `ms`, or until something is to be done; with the mutex held.
static void nap(struct worker *worker, int64_t ms)
{
	int64_t wake_ms = clock_monotonic_ms() + ms;
	struct timespec at = {.tv_sec = (time_t)(wake_ms / 1000),
		.tv_nsec = (long)(wake_ms % 1000) * 1000000L};
	(void)pthread_cond_timedwait(&worker->changed, &worker->mutex, &at);
}

// Waits, with the mutex held, until something is to be done or the time has come.
static void wait_for_work(struct worker *worker)
{
	while (!worker->wants_refresh && !atomic_load(&worker->stop)) {
		// The clock may be set, and the machine may sleep: look again now and then.
		int64_t until_ms = worker->state.next_ms;
		int64_t left_ms = until_ms ? until_ms - clock_now_ms() : NAP_MS;
		if (until_ms &&
			(left_ms <= 0 || left_ms > 2 * worker->interval_ms + FIRST_MS)) {
			worker->wants_refresh = true;
			return;
		}
		nap(worker, left_ms < NAP_MS ? left_ms : NAP_MS);
		if (!worker->wants_refresh && !atomic_load(&worker->stop)) {
			(void)pthread_mutex_unlock(&worker->mutex);
			look_around(worker);
			(void)pthread_mutex_lock(&worker->mutex);
		}
	}
}

static void *work(void *context)
{
	struct worker *worker = context;
	(void)pthread_mutex_lock(&worker->mutex);
	while (!atomic_load(&worker->stop)) {
		wait_for_work(worker);
		if (atomic_load(&worker->stop)) {
			break;
		}
		worker->wants_refresh = false;
		worker->state.is_running = true;
		(void)pthread_mutex_unlock(&worker->mutex);
		run_refresh(worker);
		(void)pthread_mutex_lock(&worker->mutex);
		worker->state.next_ms = plan_next(worker, clock_now_ms());
	}
	(void)pthread_mutex_unlock(&worker->mutex);
	return NULL;
}

struct worker *worker_start(struct serve *serve, const struct refresh_request *requests,
	size_t num_requests, int64_t interval_ms, struct err *err)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	if (!worker) {
		err_no_memory(err);
		return NULL;
	}
	worker->serve = serve;
	for (size_t i = 0; i < num_requests; i++) {
		worker->requests[i] = requests[i];
		worker->requests[i].stop = &worker->stop;
	}
	worker->num_requests = num_requests;
	worker->interval_ms = interval_ms;
	worker->state.can_refresh = num_requests > 0;
	worker->state.next_ms = plan_first(worker, clock_now_ms());
	(void)watch_has_changed(&worker->watch, serve->options);
	(void)pthread_mutex_init(&worker->mutex, NULL);
	pthread_condattr_t attributes;
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&worker->changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
		free(worker);
		err_set(err, CODE_OUT_OF_MEMORY, ERR_NO_OFFSET,
			"no thread can be started");
		return NULL;
	}
	return worker;
}

void worker_cancel(struct worker *worker)
{
	(void)pthread_mutex_lock(&worker->mutex);
	atomic_store(&worker->stop, true);
	(void)pthread_cond_signal(&worker->changed);
	(void)pthread_mutex_unlock(&worker->mutex);
}

void worker_stop(struct worker *worker)
{
	if (worker) {
		worker_cancel(worker);
		(void)pthread_join(worker->thread, NULL);
		(void)pthread_cond_destroy(&worker->changed);
		(void)pthread_mutex_destroy(&worker->mutex);
		free(worker);
	}
}

bool worker_refresh_now(struct worker *worker)
{
	(void)pthread_mutex_lock(&worker->mutex);
	bool can = worker->state.can_refresh && !worker->state.is_running &&
		!worker->wants_refresh;
	worker->wants_refresh = worker->wants_refresh || can;
	(void)pthread_cond_signal(&worker->changed);
	(void)pthread_mutex_unlock(&worker->mutex);
	return can;
}

void worker_state(struct worker *worker, struct worker_state *out)
{
	(void)pthread_mutex_lock(&worker->mutex);
	*out = worker->state;
	(void)pthread_mutex_unlock(&worker->mutex);
}

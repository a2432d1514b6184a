// SPDX-License-Identifier: Apache-2.0
// fetch-probe URL [OPTION VALUE]...: one fetch, and what came of it in a line of JSON.
//
// --etag, --last-modified, --cacert; --timeout and --stop-after in ms; --max in bytes;
// --threads: so many fetches at once, a line each.
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/fetch.h"
#include "app/stop.h"
#include "base/text.h"
#include "crypto/digest.h"

#define MAX_THREADS 16

struct job {
	const struct fetcher *fetcher;
	struct fetch_request request;
	struct fetch_answer answer;
	enum fetch_result result;
	struct err err;
};

static void *run(void *data)
{
	struct job *job = data;
	err_clear(&job->err);
	job->result = fetch(job->fetcher, &job->request, &job->answer, &job->err);
	return NULL;
}

struct stopper {
	atomic_bool stop;
	long after_ms;
};

static void *stop_later(void *data)
{
	struct stopper *stopper = data;
	struct timespec pause = {
		stopper->after_ms / 1000, stopper->after_ms % 1000 * 1000000};
	(void)nanosleep(&pause, NULL);
	atomic_store(&stopper->stop, true);
	return NULL;
}

static void put_sha256(struct bytes body, char *out)
{
	struct err err;
	uint8_t hash[DIGEST_SHA256_LEN];
	err_clear(&err);
	struct digest *digest = digest_new(&err);
	if (digest && digest_sha256(digest, &body, 1, hash)) {
		text_hex(bytes_of(hash, sizeof(hash)), out);
	}
	digest_free(digest);
}

static void print(const struct job *job)
{
	static const char *const names[] = {
		[FETCH_DONE] = "done",
		[FETCH_NOT_MODIFIED] = "not_modified",
		[FETCH_FAILED] = "failed",
	};
	const struct fetch_answer *answer = &job->answer;
	char sha256[2 * DIGEST_SHA256_LEN + 1] = "";
	put_sha256(buffer_bytes(&answer->body), sha256);
	json_t *line = json_pack("{ss ss ss ss ss si sI sI ss}", "result",
		names[job->result], "code", code_info(job->err.code)->name, "text",
		job->err.text, "etag", answer->etag, "last_modified",
		answer->last_modified, "tries", (int)answer->num_tries, "retry_after_ms",
		(json_int_t)answer->retry_after_ms, "len", (json_int_t)answer->body.len,
		"sha256", sha256);
	(void)json_dumpf(line, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(line);
}

struct options {
	const struct fetcher *fetcher;
	struct fetch_request request;
	long stop_after_ms;
	long num_threads;
};

static bool read_option(struct options *out, const char *name, const char *value)
{
	struct fetch_request *request = &out->request;
	long number = strtol(value, NULL, 10);
	const struct {
		const char *name;
		const char **text;
		long *number;
	} known[] = {
		{"--etag", &request->etag, NULL},
		{"--last-modified", &request->last_modified, NULL},
		{"--cacert", &request->cacert, NULL},
		{"--stop-after", NULL, &out->stop_after_ms},
		{"--threads", NULL, &out->num_threads},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) == 0 && known[i].text) {
			*known[i].text = value;
			return true;
		}
		if (strcmp(name, known[i].name) == 0) {
			*known[i].number = number;
			return true;
		}
	}
	if (strcmp(name, "--timeout") == 0) {
		request->timeout_ms = number;
		return true;
	}
	request->max_len = (size_t)number;
	return strcmp(name, "--max") == 0;
}

// A thread that cannot be started has failed, with no code.
static void run_all(const struct options *options, struct job *jobs)
{
	pthread_t threads[MAX_THREADS];
	size_t num = 0;
	while (num < (size_t)options->num_threads) {
		jobs[num].fetcher = options->fetcher;
		jobs[num].request = options->request;
		if (pthread_create(&threads[num], NULL, run, &jobs[num]) != 0) {
			break;
		}
		num++;
	}
	for (size_t i = 0; i < num; i++) {
		(void)pthread_join(threads[i], NULL);
		print(&jobs[i]);
		fetch_answer_clear(&jobs[i].answer);
	}
}

static bool run_with_stopper(struct options *options, struct job *jobs)
{
	struct stopper stopper = {.after_ms = options->stop_after_ms};
	pthread_t thread;
	if (stopper.after_ms < 0) {
		run_all(options, jobs);
		return true;
	}
	options->request.stop = &stopper.stop;
	if (pthread_create(&thread, NULL, stop_later, &stopper) != 0) {
		return false;
	}
	run_all(options, jobs);
	return pthread_join(thread, NULL) == 0;
}

int main(int argc, char **argv)
{
	static struct job jobs[MAX_THREADS];
	struct err err;
	struct options options = {
		.request = {.url = argc > 1 ? argv[1] : "",
			.timeout_ms = FETCH_DEFAULT_TIMEOUT_MS,
			.max_len = FETCH_MAX_LIST},
		.stop_after_ms = -1,
		.num_threads = 1,
	};
	bool good = argc > 1 && argc % 2 == 0;
	for (int i = 2; good && i < argc; i += 2) {
		good = read_option(&options, argv[i], argv[i + 1]);
	}
	err_clear(&err);
	if (!good || options.num_threads < 1 || options.num_threads > MAX_THREADS) {
		(void)fprintf(stderr, "usage: fetch-probe URL [OPTION VALUE]...\n");
		return 2;
	}
	struct fetcher *fetcher = fetcher_new(&err);
	if (!fetcher) {
		(void)fprintf(stderr, "fetch-probe: %s\n", err.text);
		return 2;
	}
	options.fetcher = fetcher;
	(void)signal(SIGPIPE, SIG_IGN);
	stop_watch();
	good = run_with_stopper(&options, jobs);
	fetcher_free(fetcher);
	return good ? 0 : 1;
}

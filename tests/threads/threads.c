// SPDX-License-Identifier: Apache-2.0
// threads SAMPLES: threads that share one struct ctp_lists, each with its own context, judge
// the same certificates at once and must find what one thread alone found.
//
// Every round begins with a set of lists whose keys nobody has decoded yet, and main drops
// its reference while the threads work, so that one of them drops the last. Half of the
// threads keep their context through all rounds, as a server does over a refresh. At last
// main swaps the lists that all take their references from, while they judge. Meant to be
// built with -fsanitize=thread too (make tsan).
#include "ctpolicy.h"
#include "tests/threads/need.h"

#include <glob.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NUM_THREADS 4
#define NUM_ROUNDS 12
#define MIN_JUDGED 100 // by each thread in each round: all cases as often as that takes
#define NUM_SWAPS 30
#define SAMPLES_AT "2026-06-01T12:00:00Z"

struct judged {
	struct text certificate, issuer; // issuer empty: it is in the certificate's file
	const char *at;
	char *want; // the report as JSON, or an error's code
};

// What is judged against one list file; bundled history where it is empty.
struct set {
	const char *name;
	struct text list;
	struct judged *cases;
	size_t num_cases;
};

struct worker {
	pthread_t thread;
	pthread_barrier_t *start;
	struct ctp_context *context;
	struct ctp_lists *lists; // a reference of its own
	const struct set *set;
	size_t first; // case to begin with: no two threads do the same at a time
	size_t num_wrong; // results
};

static char *copy_text(const char *in)
{
	char *out = need(malloc(strlen(in) + 1), "out of memory");
	memcpy(out, in, strlen(in) + 1);
	return out;
}

static struct ctp_lists *make_lists(const struct set *set)
{
	struct ctp_error error = {0};
	struct ctp_lists *lists = set->list.data
		? ctp_lists_read(set->list.data, set->list.len, &error)
		: ctp_lists_bundled(&error);
	return need(lists, error.message);
}

static struct ctp_context *make_context(const char *verifier)
{
	struct ctp_error error = {0};
	return need(ctp_context_new(verifier, &error), error.message);
}

// Half of the threads verify by the reference, half by tables that they share.
static struct ctp_context *make_worker_context(
	const struct ctp_context *fast, size_t number)
{
	struct ctp_error error = {0};
	return number % 4 < 2 ? need(ctp_context_another(fast, &error), error.message)
			      : make_context("reference");
}

static bool fill(
	struct ctp_request *request, const struct judged *one, struct ctp_error *error)
{
	return ctp_request_set(request, CTP_CERTIFICATE, one->certificate.data,
		       one->certificate.len, error) &&
		(!one->issuer.data ||
			ctp_request_set(request, CTP_ISSUER, one->issuer.data,
				one->issuer.len, error)) &&
		ctp_request_set(request, CTP_AT, one->at, strlen(one->at), error) &&
		ctp_request_set(request, CTP_POLICY, "all", 3, error);
}

// The report, or an error's code: to be freed.
static char *judge(
	struct ctp_context *context, const struct judged *one, struct ctp_lists *lists)
{
	struct ctp_error error = {0};
	const struct ctp_evaluation *evaluation = NULL;
	struct ctp_request *request = need(ctp_request_new(&error), error.message);
	bool good = fill(request, one, &error) &&
		ctp_evaluate(context, request, lists, &evaluation, &error);
	char *out = good ? ctp_evaluation_print(evaluation, CTP_JSON, NULL)
			 : copy_text(error.code);
	ctp_request_free(request);
	return need(out, "out of memory");
}

static size_t num_repeats(const struct set *set)
{
	return (MIN_JUDGED + set->num_cases - 1) / set->num_cases;
}

// Judges one case with one more reference, taken and dropped again.
static bool is_as_wanted(struct worker *worker, const struct judged *one)
{
	struct ctp_lists *lists = ctp_lists_ref(worker->lists);
	char *got = judge(worker->context, one, lists);
	bool same = strcmp(got, one->want) == 0;
	ctp_free(got);
	ctp_lists_unref(lists);
	return same;
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	const struct set *set = worker->set;
	(void)pthread_barrier_wait(worker->start);
	for (size_t i = 0; i < set->num_cases * num_repeats(set); i++) {
		const struct judged *one =
			&set->cases[(worker->first + i) % set->num_cases];
		worker->num_wrong += is_as_wanted(worker, one) ? 0 : 1;
	}
	ctp_lists_unref(worker->lists);
	return NULL;
}

// One round; returns how many threads found something else than wanted.
static size_t run_round(const struct set *set, size_t round, struct ctp_context **kept)
{
	struct worker workers[NUM_THREADS] = {0};
	pthread_barrier_t start;
	size_t num_failed = 0;
	struct ctp_lists *lists = make_lists(set);
	if (pthread_barrier_init(&start, NULL, NUM_THREADS) != 0) {
		die("no barrier");
	}
	for (size_t i = 0; i < NUM_THREADS; i++) {
		workers[i].start = &start;
		workers[i].context =
			kept[i] ? kept[i] : make_worker_context(kept[0], i + round);
		workers[i].lists = ctp_lists_ref(lists);
		workers[i].set = set;
		// in every second round all begin with the same case, and so the same keys
		workers[i].first = round % 2 ? i * set->num_cases / NUM_THREADS : round;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
			die("no thread");
		}
	}
	ctp_lists_unref(lists);
	for (size_t i = 0; i < NUM_THREADS; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		num_failed += workers[i].num_wrong ? 1 : 0;
		if (!kept[i]) {
			ctp_context_free(workers[i].context);
		}
	}
	(void)pthread_barrier_destroy(&start);
	return num_failed;
}

static void add_case(
	struct set *set, struct text certificate, struct text issuer, const char *at)
{
	struct judged *grown =
		realloc(set->cases, (set->num_cases + 1) * sizeof(struct judged));
	set->cases = need(grown, "out of memory");
	set->cases[set->num_cases++] =
		(struct judged){.certificate = certificate, .issuer = issuer, .at = at};
}

// Every certificate that `pattern` finds, with the issuer beside it where there is one.
static void add_cases(struct set *set, const char *pattern, const char *at)
{
	glob_t found = {0};
	(void)glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char issuer[1024];
		struct text none = {0};
		int folder = (int)(strrchr(found.gl_pathv[i], '/') - found.gl_pathv[i]);
		snprintf(issuer, sizeof(issuer), "%.*s/issuer.pem", folder,
			found.gl_pathv[i]);
		FILE *file = fopen(issuer, "rb");
		add_case(set, read_text(found.gl_pathv[i]),
			file ? read_text(issuer) : none, at);
		if (file) {
			(void)fclose(file);
		}
	}
	globfree(&found);
}

// What one thread alone finds, with lists and a context that nobody shares.
static void find_wanted(struct set *set)
{
	struct ctp_lists *lists = make_lists(set);
	struct ctp_context *context = make_context("reference");
	for (size_t i = 0; i < set->num_cases; i++) {
		set->cases[i].want = judge(context, &set->cases[i], lists);
	}
	ctp_context_free(context);
	ctp_lists_unref(lists);
}

static void clear_set(struct set *set)
{
	for (size_t i = 0; i < set->num_cases; i++) {
		free(set->cases[i].certificate.data);
		free(set->cases[i].issuer.data);
		ctp_free(set->cases[i].want);
	}
	free(set->cases);
	free(set->list.data);
}

// Returns the number of failed threads over all rounds.
static size_t run_set(struct set *set)
{
	struct ctp_context *kept[NUM_THREADS] = {
		make_context("fast"), NULL, make_context("reference"), NULL};
	size_t num_failed = 0;
	find_wanted(set);
	for (size_t round = 0; round < NUM_ROUNDS; round++) {
		num_failed += run_round(set, round, kept);
	}
	for (size_t i = 0; i < NUM_THREADS; i++) {
		ctp_context_free(kept[i]);
	}
	printf("%s%s: %zu certificates, %zu times by %d threads each\n",
		num_failed ? "FAILED: " : "", set->name, set->num_cases,
		NUM_ROUNDS * num_repeats(set), NUM_THREADS);
	return num_failed;
}

// Two sets of the same certificates, and the lists in force: those of one of them.
struct swapped {
	pthread_mutex_t lock; // of the three that follow
	struct ctp_lists *lists;
	const struct set *set;
	bool is_over;
	size_t num_wrong[NUM_THREADS];
	size_t num_judged[NUM_THREADS];
};

struct swap_worker {
	pthread_t thread;
	struct swapped *swapped;
	size_t number;
};

// Whoever has begun with lists ends with them, whatever is in force by then.
static void *work_while_swapped(void *argument)
{
	struct swap_worker *worker = argument;
	struct swapped *swapped = worker->swapped;
	struct ctp_context *context = make_context(worker->number % 2 ? "fast" : "auto");
	bool is_over = false;
	for (size_t i = worker->number; !is_over; i++) {
		(void)pthread_mutex_lock(&swapped->lock);
		struct ctp_lists *lists = ctp_lists_ref(swapped->lists);
		const struct set *set = swapped->set;
		is_over = swapped->is_over;
		(void)pthread_mutex_unlock(&swapped->lock);
		const struct judged *one = &set->cases[i % set->num_cases];
		char *got = judge(context, one, lists);
		swapped->num_wrong[worker->number] += strcmp(got, one->want) != 0;
		swapped->num_judged[worker->number]++;
		ctp_free(got);
		ctp_lists_unref(lists);
	}
	ctp_context_free(context);
	return NULL;
}

static void swap(struct swapped *swapped, const struct set *set, bool is_over)
{
	struct ctp_lists *lists = make_lists(set);
	(void)pthread_mutex_lock(&swapped->lock);
	struct ctp_lists *old = swapped->lists;
	swapped->lists = lists;
	swapped->set = set;
	swapped->is_over = is_over;
	(void)pthread_mutex_unlock(&swapped->lock);
	ctp_lists_unref(old);
}

// Returns the number of failed threads.
static size_t run_swaps(struct set *one, struct set *other)
{
	struct swapped swapped = {.lists = make_lists(one), .set = one};
	struct swap_worker workers[NUM_THREADS];
	size_t num_failed = 0;
	size_t num_judged = 0;
	find_wanted(one);
	find_wanted(other);
	if (pthread_mutex_init(&swapped.lock, NULL) != 0) {
		die("no lock");
	}
	for (size_t i = 0; i < NUM_THREADS; i++) {
		workers[i] = (struct swap_worker){.swapped = &swapped, .number = i};
		if (pthread_create(&workers[i].thread, NULL, work_while_swapped,
			    &workers[i]) != 0) {
			die("no thread");
		}
	}
	for (size_t i = 1; i <= NUM_SWAPS; i++) {
		// Long enough that all have begun with the lists in force.
		const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
		(void)nanosleep(&pause, NULL);
		swap(&swapped, i % 2 ? other : one, i == NUM_SWAPS);
	}
	for (size_t i = 0; i < NUM_THREADS; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		num_failed += swapped.num_wrong[i] ? 1 : 0;
		num_judged += swapped.num_judged[i];
	}
	ctp_lists_unref(swapped.lists);
	(void)pthread_mutex_destroy(&swapped.lock);
	printf("%slists swapped %d times while %d threads judged %zu times\n",
		num_failed ? "FAILED: " : "", NUM_SWAPS, NUM_THREADS, num_judged);
	return num_failed;
}

static size_t run_swaps_of(const char *samples)
{
	char path[1024];
	struct set one = {.name = "one"}, other = {.name = "other"};
	snprintf(path, sizeof(path), "%s/log_list.json", samples);
	one.list = read_text(path);
	snprintf(path, sizeof(path), "%s/*.pem", samples);
	add_cases(&one, path, SAMPLES_AT);
	add_cases(&other, path, SAMPLES_AT);
	if (one.num_cases == 0) {
		die("no samples");
	}
	size_t num_failed = run_swaps(&one, &other);
	clear_set(&one);
	clear_set(&other);
	return num_failed;
}

int main(int argc, char **argv)
{
	const char *samples = argc > 1 ? argv[1] : "tests/samples";
	const char *data = getenv("CTPOLICY_TEST_DATA");
	char path[1024];
	size_t num_run = 0, num_failed = 0, num_skipped = 0;
	struct set sets[] = {{.name = "samples"},
		{.name = "samples with the bundled lists"},
		{.name = "real certificates with the bundled lists"}};
	snprintf(path, sizeof(path), "%s/log_list.json", samples);
	sets[0].list = read_text(path);
	snprintf(path, sizeof(path), "%s/*.pem", samples);
	add_cases(&sets[0], path, SAMPLES_AT);
	add_cases(&sets[1], path, SAMPLES_AT);
	snprintf(path, sizeof(path), "%s/certs/*/leaf.pem",
		data ? data : "../shared/data");
	add_cases(&sets[2], path, "issuance");
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (sets[i].num_cases == 0) {
			printf("skipped: %s: there are none\n", sets[i].name);
			num_skipped++;
		} else {
			num_failed += run_set(&sets[i]);
			num_run += NUM_ROUNDS * NUM_THREADS;
		}
		clear_set(&sets[i]);
	}
	num_failed += run_swaps_of(samples);
	num_run += NUM_THREADS;
	printf("threads: %zu passed, %zu failed, %zu skipped\n", num_run - num_failed,
		num_failed, num_skipped);
	return num_failed ? 1 : 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/http_local.h"
#include "serve/serve.h"
#include "tests/unit/eval_build.h"
#include "tests/unit/test.h"

void test_http_judge(void);

#define MAX_WAITING 100
#define SMALL 100
#define LARGE 60000
#define BROKEN 99

// A loop without connections: its clients are never looked at by the library.
struct bench {
	struct eval_bench *eval;
	struct serve serve;
	struct microhttpd mhd;
	struct loop loop;
	struct snapshot snapshot, other;
	struct client clients[MAX_WAITING];
	struct exchange exchanges[MAX_WAITING];
	size_t num;
	const char *coding; // of what comes
};

// The sizes of bodies, in the order in which they were judged.
static size_t judged[MAX_WAITING];
static size_t num_judged;

static void finish(struct exchange *x, const struct evaluated *item)
{
	CHECK(!item->record, "an empty request is no certificate");
	judged[num_judged++] = x->body.len;
	x->answer.status = 422;
}

// A body of BROKEN bytes cannot be read.
static bool prepare(struct exchange *x)
{
	x->answer.status = x->body.len == BROKEN ? 400 : 0;
	return x->answer.status == 0;
}

static const struct endpoint endpoint = {
	.path = "/", .prepare = prepare, .finish = finish};

static void ignore(struct MHD_Connection *connection)
{
	(void)connection;
}

static struct bench *bench_new(size_t max_in_flight)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct err err;
	err_clear(&err);
	bench->eval = eval_bench_new();
	bench->serve.settings.max_in_flight = max_in_flight;
	bench->serve.metrics = metrics_new(&err);
	CHECK(bench->serve.metrics != NULL, "%s", err.text);
	bench->mhd.suspend_connection = ignore;
	bench->mhd.resume_connection = ignore;
	bench->loop.mhd = &bench->mhd;
	bench->loop.serve = &bench->serve;
	bench->loop.context = bench->eval->context;
	bench->snapshot.lists = bench->eval->lists;
	bench->other.lists = bench->eval->lists;
	num_judged = 0;
	return bench;
}

static void bench_free(struct bench *bench)
{
	for (size_t i = 0; i < bench->num; i++) {
		buffer_clear(&bench->exchanges[i].body);
		buffer_clear(&bench->exchanges[i].answer.body);
	}
	metrics_free(bench->serve.metrics);
	eval_bench_free(bench->eval);
	free(bench);
}

// A request with a body of so many bytes comes. Is it taken?
static bool come(struct bench *bench, size_t len, struct snapshot *snapshot)
{
	struct client *client = &bench->clients[bench->num];
	struct exchange *x = &bench->exchanges[bench->num++];
	*client = (struct client){.loop = &bench->loop, .x = x};
	*x = (struct exchange){.client = client,
		.endpoint = &endpoint,
		.serve = &bench->serve,
		.snapshot = snapshot};
	x->headers[HEADER_CONTENT_ENCODING] = bench->coding;
	buffer_init(&x->body, LARGE);
	buffer_init(&x->answer.body, LARGE);
	(void)buffer_extend(&x->body, len);
	if (!judge_later(client)) {
		return false;
	}
	CHECK(client->stage == STAGE_WAITING && client->is_suspended, "it waits");
	return true;
}

static void come_all(struct bench *bench, size_t num, size_t len)
{
	for (size_t i = 0; i < num; i++) {
		CHECK(come(bench, len, &bench->snapshot), "%zu is taken", i);
	}
}

static void turn(struct bench *bench, size_t want, const char *what)
{
	size_t before = num_judged;
	judge_run(&bench->loop);
	CHECK_INT(num_judged - before, want, "%s", what);
	CHECK_INT(atomic_load(&bench->serve.num_in_flight), bench->loop.num_waiting,
		"%s: in flight", what);
}

// A small one does not stand behind the large ones that came before it, and these go on.
static void test_lanes(void)
{
	struct bench *bench = bench_new(1000);
	come_all(bench, 5, LARGE);
	come_all(bench, 1, SMALL);
	turn(bench, 4, "the small one, and three large ones");
	CHECK_INT(judged[0], SMALL, "the small one is the first");
	turn(bench, 2, "the last ones");
	turn(bench, 0, "nothing waits");
	CHECK_INT(bench->loop.num_waiting, 0, "waiting");
	bench_free(bench);
}

// Never more in a turn than are verified together, and all of them by one snapshot.
static void test_turns(void)
{
	struct bench *bench = bench_new(1000);
	come_all(bench, EVALUATE_MAX + 1, SMALL);
	(void)come(bench, SMALL, &bench->other);
	turn(bench, EVALUATE_MAX, "a full turn");
	turn(bench, 1, "the one that is left of this snapshot");
	turn(bench, 1, "the one of the other");
	for (size_t i = 0; i < bench->num; i++) {
		CHECK(bench->clients[i].stage == STAGE_JUDGED &&
				!bench->clients[i].is_suspended,
			"%zu goes on", i);
	}
	bench_free(bench);
}

static void test_in_flight(void)
{
	struct bench *bench = bench_new(3);
	come_all(bench, 2, SMALL);
	come_all(bench, 1, LARGE);
	for (size_t i = 0; i < 2; i++) {
		CHECK(!come(bench, i ? LARGE : SMALL, &bench->snapshot), "one more");
		const struct exchange *x = &bench->exchanges[bench->num - 1];
		CHECK_INT(x->answer.status, 503, "its status");
		CHECK_INT(x->answer.code, CODE_OVERLOADED, "its code");
		CHECK(x->answer.retry_after_s > 0, "says when to come again");
	}
	turn(bench, 3, "those that were taken");
	CHECK(come(bench, SMALL, &bench->snapshot), "there is room again");
	turn(bench, 1, "it");
	bench_free(bench);
}

// What would wait for long is refused: in its own lane, and from the ninth on.
static void test_estimate(void)
{
	struct bench *bench = bench_new(1000);
	bench->loop.waiting[LANE_LARGE].judge_us = 60000;
	come_all(bench, 8, LARGE);
	CHECK(!come(bench, LARGE, &bench->snapshot), "one more large one");
	CHECK(come(bench, SMALL, &bench->snapshot), "a small one");
	bench_free(bench);
}

// What is in gzip may be large whatever its size.
static void test_gzip_lane(void)
{
	struct bench *bench = bench_new(1000);
	bench->coding = "gzip";
	come_all(bench, 1, SMALL);
	CHECK_INT(bench->loop.waiting[LANE_LARGE].num, 1, "gzip");
	bench->coding = "identity";
	come_all(bench, 1, SMALL);
	CHECK_INT(bench->loop.waiting[LANE_SMALL].num, 1, "identity");
	turn(bench, 2, "both");
	bench_free(bench);
}

// Those that cannot be read are answered in their turn, and the others with them.
static void test_broken(void)
{
	struct bench *bench = bench_new(1000);
	for (size_t i = 0; i < EVALUATE_MAX; i++) {
		come_all(bench, 1, i % 2 ? SMALL : BROKEN);
	}
	turn(bench, EVALUATE_MAX / 2, "those that could be read");
	CHECK_INT(bench->loop.num_waiting, 0, "waiting");
	for (size_t i = 0; i < EVALUATE_MAX; i++) {
		CHECK_INT(bench->clients[i].stage, STAGE_JUDGED, "%zu goes on", i);
		CHECK_INT(bench->exchanges[i].answer.status, i % 2 ? 422 : 400, "%zu", i);
	}
	come_all(bench, 1, BROKEN);
	turn(bench, 0, "nothing to judge");
	bench_free(bench);
}

// More memory is held than may be.
static void test_memory(void)
{
	struct bench *bench = bench_new(1000);
	bench->loop.is_full = true;
	CHECK(!come(bench, SMALL, &bench->snapshot), "a small one");
	bench->loop.is_full = false;
	CHECK(come(bench, SMALL, &bench->snapshot), "a small one");
	turn(bench, 1, "it");
	bench_free(bench);
}

void test_http_judge(void)
{
	test_lanes();
	test_gzip_lane();
	test_broken();
	test_memory();
	test_turns();
	test_in_flight();
	test_estimate();
}

// SPDX-License-Identifier: Apache-2.0
// Requests that are there as a whole wait here, unread, until a turn of the loop reads and judges
// some of them together.
#include "serve/http_local.h"

#include "app/clock.h"
#include "serve/media.h"

// A request that would wait longer than this before it is judged is refused at once.
#define WAIT_MAX_US 10000
// That few are always taken: what one evaluation takes is not known well enough.
#define WAIT_ALWAYS 8
// Bodies of more bytes are large ones, and so are all in gzip.
#define SMALL_MAX ((size_t)16 * 1024)
// Of a lane, what is judged in one turn, if there is more than one: bytes of bodies, and the
// time that reading them has taken.
#define TURN_MAX ((size_t)128 * 1024)
#define READ_MAX_US 5000

static enum lane lane_of(const struct exchange *x)
{
	const char *coding = x->headers[HEADER_CONTENT_ENCODING];
	bool is_plain = !coding || media_is(coding, "identity");
	return is_plain && x->body.len <= SMALL_MAX ? LANE_SMALL : LANE_LARGE;
}

static bool is_too_much(const struct loop *loop, const struct queue *queue)
{
	const struct serve *serve = loop->serve;
	return atomic_load(&serve->num_in_flight) >= serve->settings.max_in_flight ||
		loop->is_full ||
		(queue->num >= WAIT_ALWAYS &&
			(int64_t)queue->num * queue->judge_us > WAIT_MAX_US);
}

bool judge_later(struct client *client)
{
	struct loop *loop = client->loop;
	struct exchange *x = client->x;
	struct queue *queue = &loop->waiting[lane_of(x)];
	if (is_too_much(loop, queue)) {
		metrics_refused(loop->serve->metrics, REFUSED_OVERLOAD);
		return answer_unavailable(x, CODE_OVERLOADED,
			"the service has more to do than it can; come again in a second");
	}
	x->next = NULL;
	if (queue->last) {
		queue->last->next = x;
	} else {
		queue->first = x;
	}
	queue->last = x;
	queue->num++;
	loop->num_waiting++;
	(void)atomic_fetch_add(&loop->serve->num_in_flight, 1);
	client->stage = STAGE_WAITING;
	client_suspend(client);
	return true;
}

static struct exchange *take_first(struct loop *loop, struct queue *queue)
{
	struct exchange *x = queue->first;
	queue->first = x->next;
	queue->last = queue->first ? queue->last : NULL;
	queue->num--;
	loop->num_waiting--;
	(void)atomic_fetch_sub(&loop->serve->num_in_flight, 1);
	return x;
}

// Its answer is there.
static void go_on(const struct exchange *x)
{
	struct client *client = x->client;
	client->stage = STAGE_JUDGED;
	client_resume(client);
}

// The next ones, read, that are judged by the same lists; what cannot be read has its answer
// already. Returns how many were taken in all.
static size_t read_some(
	struct loop *loop, struct queue *queue, struct exchange **out, size_t *num)
{
	size_t num_taken = 0;
	size_t len = 0;
	int64_t until_us = clock_monotonic_us() + READ_MAX_US;
	const struct snapshot *snapshot = queue->first->snapshot;
	*num = 0;
	while (queue->first && queue->first->snapshot == snapshot &&
		num_taken < EVALUATE_MAX && len <= TURN_MAX &&
		(num_taken == 0 || clock_monotonic_us() < until_us)) {
		struct exchange *x = take_first(loop, queue);
		num_taken++;
		x->context = loop->context;
		if (x->endpoint->prepare(x)) {
			out[(*num)++] = x;
		} else {
			go_on(x);
		}
		len += x->body.len + x->decoded.len;
	}
	return num_taken;
}

static void judge(struct loop *loop, struct queue *queue)
{
	struct exchange *waiting[EVALUATE_MAX];
	struct evaluated items[EVALUATE_MAX];
	size_t num = 0;
	int64_t began_us = clock_monotonic_us();
	size_t num_taken = read_some(loop, queue, waiting, &num);
	memset(items, 0, num * sizeof(items[0]));
	for (size_t i = 0; i < num; i++) {
		items[i].request = &waiting[i]->request;
	}
	if (num > 0) {
		evaluate_all(loop->context, waiting[0]->snapshot->lists, items, num);
	}
	for (size_t i = 0; i < num; i++) {
		waiting[i]->endpoint->finish(waiting[i], &items[i]);
		go_on(waiting[i]);
	}
	int64_t each_us = (clock_monotonic_us() - began_us) / (int64_t)num_taken;
	queue->judge_us += (each_us - queue->judge_us) / 8;
}

void judge_run(struct loop *loop)
{
	for (size_t i = 0; i < NUM_LANES; i++) {
		if (loop->waiting[i].first) {
			judge(loop, &loop->waiting[i]);
		}
	}
}

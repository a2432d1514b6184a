// SPDX-License-Identifier: Apache-2.0
// Requests that are there as a whole wait here until a turn of the loop judges some of them
// together.
#include "serve/http_local.h"

#include "app/clock.h"

// A request that would wait longer than this before it is judged is refused at once.
#define WAIT_MAX_US 10000
// That few are always taken: what one evaluation takes is not known well enough.
#define WAIT_ALWAYS 8
// Bodies of more bytes are large ones.
#define SMALL_MAX ((size_t)16 * 1024)
// Of a lane, bytes of bodies that are judged in one turn, if there is more than one.
#define TURN_MAX ((size_t)128 * 1024)

static size_t size_of(const struct exchange *x)
{
	return x->body.len + x->decoded.len;
}

static enum lane lane_of(const struct exchange *x)
{
	return size_of(x) > SMALL_MAX ? LANE_LARGE : LANE_SMALL;
}

static bool is_too_much(const struct loop *loop, const struct queue *queue)
{
	const struct serve *serve = loop->serve;
	return atomic_load(&serve->num_in_flight) >= serve->settings.max_in_flight ||
		(queue->num >= WAIT_ALWAYS &&
			(int64_t)queue->num * queue->judge_us > WAIT_MAX_US);
}

bool judge_takes(struct loop *loop, struct exchange *x)
{
	if (!is_too_much(loop, &loop->waiting[lane_of(x)])) {
		return true;
	}
	metrics_refused(loop->serve->metrics, REFUSED_OVERLOAD);
	return answer_unavailable(x, CODE_OVERLOADED,
		"the service has more to do than it can; come again in a second");
}

void judge_later(struct loop *loop, struct exchange *x)
{
	struct client *client = x->client;
	struct queue *queue = &loop->waiting[lane_of(x)];
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
}

// The next ones that are judged by the same lists.
static size_t take_waiting(struct queue *queue, struct exchange **out)
{
	size_t num = 0;
	size_t len = 0;
	const struct snapshot *snapshot = queue->first->snapshot;
	while (queue->first && num < EVALUATE_MAX && queue->first->snapshot == snapshot) {
		len += size_of(queue->first);
		if (num > 0 && len > TURN_MAX) {
			break;
		}
		out[num++] = queue->first;
		queue->first = queue->first->next;
	}
	if (!queue->first) {
		queue->last = NULL;
	}
	queue->num -= num;
	return num;
}

static void judge(struct loop *loop, struct queue *queue)
{
	struct exchange *waiting[EVALUATE_MAX];
	struct evaluated items[EVALUATE_MAX];
	int64_t began_us = clock_monotonic_us();
	size_t num = take_waiting(queue, waiting);
	memset(items, 0, num * sizeof(items[0]));
	for (size_t i = 0; i < num; i++) {
		items[i].request = &waiting[i]->request;
	}
	evaluate_all(loop->context, waiting[0]->snapshot->lists, items, num);
	for (size_t i = 0; i < num; i++) {
		struct client *client = waiting[i]->client;
		waiting[i]->endpoint->finish(waiting[i], &items[i]);
		client->stage = STAGE_JUDGED;
		client_resume(client);
	}
	loop->num_waiting -= num;
	(void)atomic_fetch_sub(&loop->serve->num_in_flight, num);
	int64_t each_us = (clock_monotonic_us() - began_us) / (int64_t)num;
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

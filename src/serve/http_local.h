// SPDX-License-Identifier: Apache-2.0
// What the http_*.c hand on to each other. Internal to the HTTP side.
//   http_server.c   starts and ends the loops, and gives them connections
//   http_loop.c     turns
//   http_client.c   a connection
//   http_request.c  a call as it comes in; http_head.c: what the library does not show of its head
//   http_judge.c    calls that wait to be judged
//   http_answer.c   answers; http_library.c: those that the library would give itself
//   http_stream.c   the bytes of batches
//   http_end.c      the end of a call
//   http_limits.c   time and memory
#ifndef SERVE_HTTP_LOCAL_H
#define SERVE_HTTP_LOCAL_H

#include "serve/addresses.h"
#include "serve/exchange.h"
#include "serve/http_server.h"
#include "serve/microhttpd.h"
#include "serve/request_stream.h"

enum stage {
	STAGE_IDLE, // no request has begun
	STAGE_HEAD,
	STAGE_BODY,
	STAGE_DISCARD, // the answer is known; the rest of the body is read and dropped
	STAGE_WAITING, // to be judged
	STAGE_JUDGED, // the answer is there, and not given yet
	STAGE_STREAM, // a batch
	STAGE_REPLY, // the answer is on its way
	STAGE_CUT, // given up; to be closed
};

// One connection.
struct client {
	struct client *previous, *next; // of the loop
	struct loop *loop;
	struct MHD_Connection *connection;
	int fd; // the connection's
	struct address address;
	bool is_suspended;
	bool has_hung_up; // it sends no more; it may still read
	bool is_http_1_0;
	enum stage stage;
	int64_t since_us; // when the stage's time limit began to run
	struct exchange *x; // NULL: no request has begun
	const char *target; // of the request, where the library has it
	size_t discarded; // bytes of a body
	// Of a batch.
	bool is_busy; // in the loop's list
	struct client *next_busy;
	bool is_blocked; // the client has to read first
	bool is_finished; // the last byte has been sent
	bool body_ended;
	struct buffer out; // what was not sent yet, from `sent` on
	size_t sent;
	uint64_t moved; // bytes, both ways, since since_us
};

// Requests that wait to be judged: small ones do not stand behind large ones.
enum lane { LANE_SMALL, LANE_LARGE, NUM_LANES };

struct queue {
	struct exchange *first, *last;
	size_t num;
	int64_t judge_us; // what an evaluation takes, on the average
};

// One thread.
struct loop {
	struct http_server *server;
	struct serve *serve;
	const struct microhttpd *mhd;
	struct MHD_Daemon *daemon;
	pthread_t thread;
	bool is_started;
	int epoll; // of the daemon's own, of `wake`, and of clients that hang up or block
	int wake; // eventfd
	pthread_mutex_t mutex; // of what is given
	struct given {
		int fd;
		socklen_t len;
		struct sockaddr_storage address;
	} * given;
	size_t num_given, cap_given;
	struct ctp_context *context;
	struct client *clients;
	size_t num_begun; // connections, ever
	struct exchange *free; // to be used again
	size_t num_free;
	struct queue waiting[NUM_LANES];
	size_t num_waiting;
	size_t held; // bytes of requests that come in, and of answers that go out
	size_t max_held;
	bool is_full; // of those that wait to be judged alone
	struct client *busy; // batches that can go on
	unsigned num_vain; // turns since anything happened
	bool has_resumed; // connections that the daemon is to look at again
	int64_t swept_ms;
	bool sweeps_soon; // somebody has hung up
	atomic_llong beat_ms;
	size_t num_cut; // requests, at the end
};

// Connections that were refused and wait for their clients to read why: at most so many.
#define MAX_LEAVING 128

struct leaving {
	int fd;
	int64_t since_ms;
};

struct http_server {
	struct serve *serve;
	struct microhttpd mhd;
	struct addresses *addresses;
	struct loop *loops;
	size_t num_loops;
	size_t next; // loop to give to
	struct leaving leaving[MAX_LEAVING]; // a ring, the oldest one first
	size_t first_leaving, num_leaving;
	atomic_llong deadline_ms; // of draining, monotonic; 0: not yet
};

void *loop_run(void *loop);
// A client is the connection's from its beginning to its end.
void loop_on_connection(void *loop, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code);
void *loop_on_target(void *loop, const char *target, struct MHD_Connection *connection);
enum MHD_Result loop_on_request(void *loop, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *data,
	size_t *len, void **context);
void loop_on_end(void *loop, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code);

// False: there are bytes in the head that the library does not show.
bool head_is_whole(struct client *client, const char *method, const char *version);

// The request waits for its turn, suspended. False: there are too many that do, and the answer
// says so.
bool judge_later(struct client *client);
// A turn: some of each lane.
void judge_run(struct loop *loop);

void client_suspend(struct client *client);
void client_resume(struct client *client);
// Has the loop told that the client can be written to, or only that it hangs up.
void client_watch(struct client *client, bool blocked);
// Gives up on the connection: says why, where nothing has been sent yet and `status` is not
// 0, and closes it.
void client_cut(struct client *client, unsigned status, enum code code, const char *text);
// Ends a connection that was cut, also where the client still sends.
void client_leave(struct client *client);

// The answer of client->x goes out.
enum MHD_Result answer_queue(struct client *client);
// What the library itself wants to answer in this thread is made a problem from now on.
void library_watch(struct loop *loop);
// A request is over, with its line in the log; `is_cut`: before its answer was out.
void request_end(struct client *client, bool is_cut);

// Cuts those whose time is over; `deadline_ms`: of draining, 0: not yet.
void limits_sweep(struct loop *loop, int64_t now_ms, int64_t deadline_ms);
// Until the next time.
int limits_interval_ms(const struct loop *loop, int64_t deadline_ms);
// Takes note of what the request of the client holds in memory, with so many bytes besides, and
// that it holds none any more.
void limits_hold(struct client *client, size_t more);
void limits_release(struct client *client);
// Where slow clients would have us hold more than may be, the heaviest of them go.
void limits_shed(struct loop *loop);

void stream_begin(struct client *client);
// A piece of the body, or its end with *len 0.
enum MHD_Result stream_take(struct client *client, const char *data, size_t *len);
// Goes on with the batches that can.
void stream_run(struct loop *loop);
void stream_wake(struct client *client); // it can be written to again
// The service ends: so does a batch, with a line that says so.
void stream_stop(struct client *client);
// Has the client moved enough since since_us? If so it begins anew.
bool stream_is_slow(struct client *client, int64_t now_us, int64_t limit_us);
void stream_end(struct client *client);

#endif

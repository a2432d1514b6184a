// SPDX-License-Identifier: Apache-2.0
// The threads of --hosts: each takes the next server of the list and leaves its report in a
// slot; the thread that began them writes the slots in order. They run ahead of it by the
// slots that there are, so that memory is bounded.
#include <pthread.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/input.h"
#include "app/stop.h"
#include "base/text.h"
#include "live/hosts.h"

// The state of one server's report.
struct slot {
	bool is_ready;
	struct buffer out;
	enum exit_status status;
	enum server_result result; // the word of its row
	char strict[CHECK_WHY_ROOM]; // why it counts as a failure by --strict, or ""
	struct err err;
};

// For each thread, so many servers may be done before one that takes long.
#define SLOTS_PER_JOB 4
// A server that is waited for so long is named, where standard error is a terminal.
#define NAMED_AFTER_MS 1000
#define LOOK_EVERY_MS 100

struct run {
	struct check *c;
	const struct hosts *hosts;
	const struct examiner *examiner;
	const struct starttls_protocol *starttls;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t next; // to be examined
	size_t written;
	bool is_over; // nothing more is begun
	struct slot *slots;
	size_t num_slots;
	bool is_shown; // a line on the terminal
	size_t num[NUM_SERVER_RESULTS];
	struct err first; // of those that could not be examined
	size_t first_line; // of them, in the list
	size_t advised; // the first line that does not pass; hosts->num: none
};

// A thread's own.
struct worker {
	struct run *run;
	pthread_t thread;
	struct ctp_context *context;
	struct arena arena;
};

static void put_error(struct run *run, struct slot *slot, size_t index, struct bytes id)
{
	slot->status = EXIT_INPUT;
	slot->result = SERVER_ERROR;
	run->c->format->error(&run->c->report_options, index, id, &slot->err, &slot->out);
}

// "mail.example.org:25 smtp" as it stands in the list; of a bad line, "servers.txt:12".
static struct bytes id_of(
	struct worker *worker, const struct host_line *line, bool is_good)
{
	char name[400];
	if (is_good) {
		hosts_name_line(line, name, sizeof(name));
	} else {
		(void)snprintf(name, sizeof(name), "%.300s:%zu", worker->run->hosts->path,
			line->number);
	}
	return input_text_id(name, &worker->arena);
}

static void judge(struct worker *worker, const struct examined *examined,
	struct slot *slot, size_t index, struct bytes id)
{
	struct check *c = worker->run->c;
	struct ctp_request request = c->defaults;
	const struct record *record = NULL;
	examined_fill(examined, &request);
	request.fields[REQUEST_ID] = id;
	if (!evaluate(worker->context, &request, c->lists, &record, &slot->err)) {
		put_error(worker->run, slot, index, id);
		return;
	}
	slot->status = check_status_of(c, record, slot->strict);
	slot->result = report_server_result(record);
	c->format->record(&c->report_options, index, record, &slot->out);
}

static void examine_line(struct worker *worker, size_t index, struct slot *slot)
{
	struct run *run = worker->run;
	const struct host_line *line = &run->hosts->lines[index];
	struct server server;
	struct examined examined;
	slot->out.len = 0;
	slot->strict[0] = '\0';
	err_clear(&slot->err);
	arena_reset(&worker->arena);
	bool is_good =
		hosts_read_line(run->hosts, line, run->starttls, &server, &slot->err);
	struct bytes id = id_of(worker, line, is_good);
	if (!id.data) {
		slot->out.failed = true;
		return;
	}
	if (!is_good) {
		put_error(run, slot, index, id);
		return;
	}
	if (examine_server(run->examiner, &server, &examined, &slot->err)) {
		judge(worker, &examined, slot, index, id);
	} else {
		put_error(run, slot, index, id);
	}
	examined_clear(&examined);
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct run *run = worker->run;
	(void)pthread_mutex_lock(&run->lock);
	for (;;) {
		while (!run->is_over && run->next < run->hosts->num &&
			run->next >= run->written + run->num_slots) {
			(void)pthread_cond_wait(&run->changed, &run->lock);
		}
		if (run->is_over || run->next == run->hosts->num) {
			break;
		}
		size_t index = run->next++;
		struct slot *slot = &run->slots[index % run->num_slots];
		(void)pthread_mutex_unlock(&run->lock);
		examine_line(worker, index, slot);
		(void)pthread_mutex_lock(&run->lock);
		slot->is_ready = true;
		(void)pthread_cond_broadcast(&run->changed);
	}
	(void)pthread_mutex_unlock(&run->lock);
	return NULL;
}

// Writing, in the thread that began the others.

static void show_waiting(struct run *run, size_t index)
{
	const struct host_line *line = &run->hosts->lines[index];
	(void)fprintf(stderr, "\r\033[K%zu of %zu; waiting for %.*s", index,
		run->hosts->num, (int)(line->text.len < 50 ? line->text.len : 50),
		(const char *)line->text.data);
	(void)fflush(stderr);
	run->is_shown = true;
}

static void hide_waiting(struct run *run)
{
	if (run->is_shown) {
		(void)fputs("\r\033[K", stderr);
		(void)fflush(stderr);
	}
	run->is_shown = false;
}

// With the lock held: until the slot is ready. False: told to stop.
static bool wait_for(struct run *run, const struct slot *slot)
{
	int64_t began_ms = clock_monotonic_ms();
	bool is_terminal = isatty(STDERR_FILENO) == 1;
	while (!slot->is_ready && !stop_signal()) {
		deadline_condition_wait(&run->changed, &run->lock, LOOK_EVERY_MS);
		if (is_terminal && !run->is_shown &&
			clock_monotonic_ms() - began_ms > NAMED_AFTER_MS) {
			show_waiting(run, run->written);
		}
	}
	return slot->is_ready && !stop_signal();
}

static bool write_slot(struct run *run, struct slot *slot)
{
	struct check *c = run->c;
	const struct host_line *line = &run->hosts->lines[run->written];
	hide_waiting(run);
	check_begin(c);
	c->index++;
	buffer_put(&c->out, buffer_bytes(&slot->out));
	c->out.failed = c->out.failed || slot->out.failed;
	if (slot->strict[0]) {
		char name[300];
		hosts_name_line(line, name, sizeof(name));
		message("%s: counts as a failure by --strict: %s", name, slot->strict);
	}
	run->num[slot->result]++;
	check_worsen(c, slot->status);
	if (slot->result == SERVER_ERROR && run->first.code == CODE_NONE) {
		run->first = slot->err;
		run->first_line = run->written;
	}
	if (slot->result != SERVER_PASS && slot->err.code != CODE_BAD_HOST &&
		run->advised == run->hosts->num) {
		run->advised = run->written;
	}
	return check_flush(c);
}

static bool stopped(struct run *run)
{
	hide_waiting(run);
	return err_set(run->c->err, CODE_CONNECT_STOPPED, ERR_NO_OFFSET,
		"stopped behind %zu of %zu servers", run->written, run->hosts->num);
}

static bool write_all(struct run *run)
{
	bool done = true;
	(void)pthread_mutex_lock(&run->lock);
	while (done && run->written < run->hosts->num) {
		struct slot *slot = &run->slots[run->written % run->num_slots];
		done = wait_for(run, slot) || stopped(run);
		if (!done) {
			break;
		}
		(void)pthread_mutex_unlock(&run->lock);
		done = write_slot(run, slot);
		(void)pthread_mutex_lock(&run->lock);
		slot->is_ready = false;
		run->written++;
		(void)pthread_cond_broadcast(&run->changed);
	}
	run->is_over = true;
	(void)pthread_cond_broadcast(&run->changed);
	(void)pthread_mutex_unlock(&run->lock);
	return done;
}

// What says in full what is wrong with the first server that does not pass.
static void put_command(struct run *run)
{
	static const enum option kept[] = {OPTION_SERVERNAME, OPTION_CACERT,
		OPTION_ISSUERS, OPTION_AT, OPTION_POLICY, OPTION_LOG_LIST,
		OPTION_CLIENT_AGE, OPTION_TIMEOUT};
	struct buffer *out = &run->c->out;
	const struct host_line *line = &run->hosts->lines[run->advised];
	struct server server;
	char host[300];
	struct err ignored;
	err_clear(&ignored);
	if (!hosts_read_line(run->hosts, line, run->starttls, &server, &ignored)) {
		return;
	}
	buffer_put_text(out, "What to do about one: ctpolicy check --connect ");
	(void)snprintf(host, sizeof(host), "%.*s", (int)hosts_word(line->text, 0).len,
		(const char *)line->text.data);
	text_put_shell_word(out, host);
	if (server.starttls) {
		buffer_printf(out, " --starttls %s", starttls_name(server.starttls));
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const char *value = run->c->options->values[kept[i]];
		if (value) {
			buffer_printf(out, " --%s ", option_name(kept[i]));
			text_put_shell_word(out, value);
		}
	}
	buffer_put_char(out, '\n');
}

static void put_sum(struct run *run)
{
	const struct check *c = run->c;
	if (c->format->begin == report_table_head) {
		report_table_sum(run->num, &run->c->out);
		if (run->advised < run->hosts->num) {
			put_command(run);
		}
	} else if (run->first.code != CODE_NONE) {
		const struct host_line *line = &run->hosts->lines[run->first_line];
		char name[300];
		char about[400];
		hosts_name_line(line, name, sizeof(name));
		(void)snprintf(about, sizeof(about),
			"%zu of %zu servers could not be examined; the first: line %zu, %s",
			run->num[SERVER_ERROR], run->hosts->num, line->number, name);
		message_err(about, &run->first);
	}
}

// The threads.

static void end_workers(struct worker *workers, size_t num, size_t num_begun)
{
	for (size_t i = 0; i < num_begun; i++) {
		(void)pthread_join(workers[i].thread, NULL);
	}
	for (size_t i = 0; i < num; i++) {
		context_free(workers[i].context);
		arena_clear(&workers[i].arena);
	}
	free(workers);
}

static bool run_workers(struct run *run, size_t num)
{
	struct err *err = run->c->err;
	struct worker *workers = calloc(num, sizeof(*workers));
	size_t num_begun = 0;
	if (!workers) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < num; i++) {
		workers[i].run = run;
		workers[i].context = context_new(run->c->fast, err);
		if (!workers[i].context ||
			pthread_create(&workers[i].thread, NULL, work, &workers[i]) !=
				0) {
			break;
		}
		num_begun++;
	}
	// Fewer threads than asked for are slower, and good.
	if (num_begun > 0) {
		err_clear(err);
	}
	bool done = num_begun > 0 ? write_all(run) : err_no_memory(err);
	end_workers(workers, num, num_begun);
	return done;
}

bool hosts_examine(struct check *c, const struct hosts *hosts,
	const struct examiner *examiner, const struct starttls_protocol *starttls,
	size_t num_jobs)
{
	size_t num = num_jobs < hosts->num ? num_jobs : hosts->num;
	struct run run = {.c = c,
		.hosts = hosts,
		.examiner = examiner,
		.starttls = starttls,
		.num_slots = num * SLOTS_PER_JOB,
		.advised = hosts->num,
		.lock = PTHREAD_MUTEX_INITIALIZER};
	run.slots = calloc(run.num_slots, sizeof(*run.slots));
	if (!run.slots || !deadline_condition_init(&run.changed)) {
		free(run.slots);
		return err_no_memory(c->err);
	}
	for (size_t i = 0; i < run.num_slots; i++) {
		buffer_init(&run.slots[i].out, REPORT_MAX);
	}
	bool done = run_workers(&run, num);
	if (done) {
		put_sum(&run);
	}
	for (size_t i = 0; i < run.num_slots; i++) {
		buffer_clear(&run.slots[i].out);
	}
	free(run.slots);
	(void)pthread_cond_destroy(&run.changed);
	(void)pthread_mutex_destroy(&run.lock);
	return done;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/clock.h"
#include "base/datetime.h"
#include "base/text.h"
#include "report/json_write.h"

// Of a line; PIPE_BUF, up to which a pipe takes a write as one, is 4,096 (pipe(7)).
#define LINE_MAX_LEN 4096
#define MESSAGE_MAX_LEN ((size_t)1000)

// A line on its way. Both formats go through the same calls, in the same order.
struct line {
	enum log_format format;
	uint8_t room[LINE_MAX_LEN];
	struct buffer out; // in `room`, which it never leaves: it may not grow
	struct json json;
};

bool log_format_find(const char *name, enum log_format *out)
{
	static const char *const names[] = {[LOG_TEXT] = "text", [LOG_JSON] = "json"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum log_format)i;
			return true;
		}
	}
	return false;
}

static void put_word(struct line *line, const char *key, const char *word)
{
	if (line->format == LOG_JSON) {
		json_put_word(&line->json, key, word);
	} else {
		buffer_put_text(&line->out, line->out.len ? " " : "");
		buffer_put_text(&line->out, key);
		buffer_put_char(&line->out, '=');
		buffer_put_text(&line->out, word);
	}
}

static void put_number(struct line *line, const char *key, uint64_t value)
{
	char text[32];
	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	if (line->format == LOG_JSON) {
		json_put_raw(&line->json, key, bytes_of_text(text));
	} else {
		put_word(line, key, text);
	}
}

static void put_duration(struct line *line, int64_t us)
{
	char text[32];
	us = us > 0 ? us : 0;
	(void)snprintf(
		text, sizeof(text), "%" PRId64 ".%03" PRId64, us / 1000, us % 1000);
	if (line->format == LOG_JSON) {
		json_put_raw(&line->json, "duration_ms", bytes_of_text(text));
	} else {
		put_word(line, "duration_ms", text);
	}
}

// Always with milliseconds, so that lines stand one below the other.
static void put_time(struct line *line, int64_t ms)
{
	char text[DATETIME_ROOM];
	datetime_format_ms(ms, text);
	size_t len = strlen(text);
	if (!strchr(text, '.') && len + sizeof(".000") <= sizeof(text)) {
		memcpy(text + len - 1, ".000Z", sizeof(".000Z"));
	}
	put_word(line, "time", text);
}

static const char *level_name(enum access_level level)
{
	static const char *const names[] = {[ACCESS_INFO] = "info",
		[ACCESS_WARNING] = "warning",
		[ACCESS_ERROR] = "error"};
	return names[level];
}

static void begin_line(struct line *line, const struct access_log *log, int64_t at_ms,
	enum access_level level, const char *event)
{
	line->format = log->format;
	line->out = (struct buffer){
		.data = line->room, .cap = sizeof(line->room), .max = sizeof(line->room)};
	line->json = json_init(&line->out);
	if (line->format == LOG_JSON) {
		json_put_open(&line->json, NULL, '{');
	}
	put_time(line, at_ms);
	put_word(line, "level", level_name(level));
	put_word(line, "event", event);
}

// A pipe is opened anew, for the flag would be everybody's who has this one.
void access_log_open(struct access_log *log)
{
	char path[32];
	struct stat info;
	if (fstat(log->fd, &info) != 0) {
		return;
	}
	log->is_socket = S_ISSOCK(info.st_mode);
	if (S_ISFIFO(info.st_mode)) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", log->fd);
		int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		log->own_fd = fd > 0 ? fd : 0;
		log->is_borrowed_pipe = log->own_fd == 0;
	}
}

void access_log_close(struct access_log *log)
{
	if (log->own_fd > 0) {
		(void)close(log->own_fd);
		log->own_fd = 0;
	}
}

// One write, and no other try: what a full pipe does not take is lost rather than waited for
// twice.
static bool put_out(struct line *line, const struct access_log *log)
{
	if (line->format == LOG_JSON) {
		json_put_close(&line->json, '}');
	}
	buffer_put_char(&line->out, '\n');
	if (line->out.failed) {
		return false;
	}
	struct pollfd pipe = {.fd = log->fd, .events = POLLOUT};
	if (log->is_borrowed_pipe && poll(&pipe, 1, 0) != 1) {
		return false;
	}
	ssize_t done;
	do {
		done = log->is_socket ? send(log->fd, line->out.data, line->out.len,
						MSG_DONTWAIT | MSG_NOSIGNAL)
				      : write(log->own_fd > 0 ? log->own_fd : log->fd,
						line->out.data, line->out.len);
	} while (done < 0 && errno == EINTR);
	return done == (ssize_t)line->out.len;
}

// In quotes, with a backslash before quotes; the rest is printable already.
static void put_quoted(struct line *line, const char *key, const char *text)
{
	put_word(line, key, "\"");
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\') {
			buffer_put_char(&line->out, '\\');
		}
		buffer_put_char(&line->out, *c);
	}
	buffer_put_char(&line->out, '"');
}

static void put_message(struct line *line, char *text)
{
	text_make_printable(text);
	if (line->format == LOG_JSON) {
		json_put_text(&line->json, "message", text);
	} else {
		put_quoted(line, "message", text);
	}
}

// False where there are some and the log takes no line.
static bool tell_lost(struct access_log *log)
{
	struct line line;
	char text[64];
	if (atomic_load_explicit(&log->num_untold, memory_order_relaxed) == 0) {
		return true;
	}
	uint64_t num = atomic_exchange(&log->num_untold, 0);
	(void)snprintf(
		text, sizeof(text), "lines that could not be written: %" PRIu64, num);
	begin_line(&line, log, clock_now_ms(), ACCESS_WARNING, "log_lines_lost");
	put_message(&line, text);
	if (num == 0 || put_out(&line, log)) {
		return true;
	}
	(void)atomic_fetch_add(&log->num_untold, num);
	return false;
}

void access_log_catch_up(struct access_log *log)
{
	(void)tell_lost(log);
}

static void end_line(struct line *line, struct access_log *log)
{
	if (!tell_lost(log) || !put_out(line, log)) {
		(void)atomic_fetch_add(&log->num_lost, 1);
		(void)atomic_fetch_add(&log->num_untold, 1);
	}
}

// A method is the client's own word: it is looked up, not printed.
static const char *method_name(const char *method)
{
	static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "DELETE",
		"OPTIONS", "PATCH", "TRACE", "CONNECT"};
	for (size_t i = 0; method && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(method, names[i]) == 0) {
			return names[i];
		}
	}
	return "other";
}

struct access_outcome access_outcome_of(const struct record *record)
{
	struct access_outcome out = {.is_judged = true, .result = record->result};
	for (size_t i = 0; i < record->num_policies && i < ACCESS_MAX_POLICIES; i++) {
		out.policies[i].policy = record->policies[i].result.policy;
		out.policies[i].verdict = record->policies[i].verdict;
		out.num_policies++;
	}
	return out;
}

static void put_verdicts_text(struct line *line, const struct access_outcome *outcome)
{
	for (size_t i = 0; i < outcome->num_policies; i++) {
		buffer_put_text(&line->out, i ? "," : " verdicts=");
		buffer_put_text(&line->out, outcome->policies[i].policy->name);
		buffer_put_char(&line->out, ':');
		buffer_put_text(&line->out, verdict_name(outcome->policies[i].verdict));
	}
}

static void put_verdicts_json(struct line *line, const struct access_outcome *outcome)
{
	json_put_open(&line->json, "verdicts", '{');
	for (size_t i = 0; i < outcome->num_policies; i++) {
		json_put_word(&line->json, outcome->policies[i].policy->name,
			verdict_name(outcome->policies[i].verdict));
	}
	json_put_close(&line->json, '}');
}

static void put_outcome(struct line *line, const struct access_outcome *outcome)
{
	if (outcome->is_judged) {
		put_word(line, "result", result_name(outcome->result));
		if (line->format == LOG_JSON) {
			put_verdicts_json(line, outcome);
		} else {
			put_verdicts_text(line, outcome);
		}
	}
	if (outcome->is_batch) {
		put_number(line, "passed", outcome->passed);
		put_number(line, "failed", outcome->failed);
		put_number(line, "unknown", outcome->unknown);
		put_number(line, "unread", outcome->unread);
	}
	if (outcome->code != CODE_NONE) {
		put_word(line, "code", code_info(outcome->code)->name);
	}
}

// A failure of ours is an error; what the client did is his, and too much to do is no failure.
static enum access_level level_of(const struct access_entry *entry)
{
	if (entry->outcome.code == CODE_OVERLOADED ||
		entry->outcome.code == CODE_SERVICE_STOPPING) {
		return ACCESS_WARNING;
	}
	return entry->status >= 500 ? ACCESS_ERROR : ACCESS_INFO;
}

void access_log_write(struct access_log *log, const struct access_entry *entry)
{
	struct line line;
	char sha256[2 * DIGEST_SHA256_LEN + 1];
	begin_line(&line, log, entry->at_ms, level_of(entry), "request");
	put_word(&line, "request_id", entry->trace->span_id);
	if (entry->trace->is_given) {
		put_word(&line, "trace_id", entry->trace->trace_id);
	}
	put_word(&line, "call", call_name(entry->call));
	put_word(&line, "method", method_name(entry->method));
	put_number(&line, "status", entry->status);
	put_duration(&line, entry->duration_us);
	put_number(&line, "bytes_in", entry->bytes_in);
	put_number(&line, "bytes_out", entry->bytes_out);
	if (entry->body_sha256) {
		text_hex(bytes_of(entry->body_sha256, DIGEST_SHA256_LEN), sha256);
		put_word(&line, "body_sha256", sha256);
	}
	put_word(&line, "client", entry->client);
	put_outcome(&line, &entry->outcome);
	end_line(&line, log);
}

void access_log_event(struct access_log *log, enum access_level level, const char *event,
	const char *format, ...)
{
	struct line line;
	char text[MESSAGE_MAX_LEN + 1];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text[len < 0 ? 0 : MESSAGE_MAX_LEN] = '\0';
	begin_line(&line, log, clock_now_ms(), level, event);
	put_message(&line, text);
	end_line(&line, log);
}

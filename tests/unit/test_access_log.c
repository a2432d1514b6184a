// SPDX-License-Identifier: Apache-2.0
#include "serve/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/test.h"

void test_access_log(void);

#define TIME_MS INT64_C(1793620800000)

static const struct trace trace = {.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
	.span_id = "00f067aa0ba902b7",
	.is_given = true};
static const struct trace new_trace = {
	.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736", .span_id = "00f067aa0ba902b7"};

// What was written to the log since it was last asked.
struct pipe_log {
	struct access_log log;
	int out;
	char text[8192];
};

static void open_log(struct pipe_log *p, enum log_format format)
{
	int ends[2] = {-1, -1};
	CHECK(pipe(ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "a pipe");
	p->log = (struct access_log){.fd = ends[1], .format = format};
	p->out = ends[0];
}

static void close_log(struct pipe_log *p)
{
	(void)close(p->log.fd);
	(void)close(p->out);
}

static const char *said(struct pipe_log *p)
{
	ssize_t len = read(p->out, p->text, sizeof(p->text) - 1);
	p->text[len > 0 ? len : 0] = '\0';
	return p->text;
}

static struct access_entry full_entry(void)
{
	static uint8_t sha256[32] = {0x01, 0xff};
	struct access_entry entry = {
		.at_ms = TIME_MS + 5,
		.trace = &trace,
		.call = CALL_EVALUATE,
		.method = "POST",
		.status = 200,
		.duration_us = 1234567,
		.bytes_in = 4000,
		.bytes_out = UINT64_MAX,
		.body_sha256 = sha256,
		.client = "2001:db8::1",
		.outcome = {.is_judged = true, .result = RESULT_FAIL, .num_policies = 2},
	};
	entry.outcome.policies[0].policy = policy_at(0);
	entry.outcome.policies[0].verdict = VERDICT_NON_COMPLIANT;
	entry.outcome.policies[1].policy = policy_at(1);
	entry.outcome.policies[1].verdict = VERDICT_COMPLIANT;
	return entry;
}

// All that a line can have.
static void test_full(void)
{
	static const char *const wants[] = {
		[LOG_TEXT] =
			"time=2026-11-02T12:00:00.005Z level=info event=request "
			"request_id=00f067aa0ba902b7 "
			"trace_id=4bf92f3577b34da6a3ce929d0e0e4736 call=evaluate "
			"method=POST status=200 duration_ms=1234.567 bytes_in=4000 "
			"bytes_out=18446744073709551615 body_sha256="
			"01ff000000000000000000000000000000000000000000000000000000000000 "
			"client=2001:db8::1 result=fail "
			"verdicts=apple:non_compliant,apple-enforced:compliant\n",
		[LOG_JSON] =
			"{\"time\":\"2026-11-02T12:00:00.005Z\",\"level\":\"info\","
			"\"event\":\"request\",\"request_id\":\"00f067aa0ba902b7\","
			"\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\","
			"\"call\":\"evaluate\",\"method\":\"POST\",\"status\":200,"
			"\"duration_ms\":1234.567,\"bytes_in\":4000,"
			"\"bytes_out\":18446744073709551615,\"body_sha256\":\""
			"01ff000000000000000000000000000000000000000000000000000000000000"
			"\",\"client\":\"2001:db8::1\",\"result\":\"fail\","
			"\"verdicts\":{\"apple\":\"non_compliant\","
			"\"apple-enforced\":\"compliant\"}}\n",
	};
	struct access_entry entry = full_entry();
	for (int format = LOG_TEXT; format <= LOG_JSON; format++) {
		struct pipe_log p;
		open_log(&p, (enum log_format)format);
		access_log_write(&p.log, &entry);
		CHECK_TEXT(said(&p), wants[format], "format %d", format);
		close_log(&p);
	}
}

// As little as it can have: no body, no answer, no trace of the client's, an odd method.
static void test_sparse(void)
{
	static const struct access_entry entry = {
		.at_ms = TIME_MS,
		.trace = &new_trace,
		.call = CALL_OTHER,
		.method = "GET\nlevel=error",
		.duration_us = -1,
		.client = "unix",
		.outcome = {.code = CODE_TOO_LARGE},
	};
	static const char *const wants[] = {
		[LOG_TEXT] =
			"time=2026-11-02T12:00:00.000Z level=info event=request "
			"request_id=00f067aa0ba902b7 call=other method=other status=0 "
			"duration_ms=0.000 bytes_in=0 bytes_out=0 client=unix "
			"code=too_large\n",
		[LOG_JSON] = "{\"time\":\"2026-11-02T12:00:00.000Z\",\"level\":\"info\","
			     "\"event\":\"request\",\"request_id\":\"00f067aa0ba902b7\","
			     "\"call\":\"other\",\"method\":\"other\",\"status\":0,"
			     "\"duration_ms\":0.000,\"bytes_in\":0,\"bytes_out\":0,"
			     "\"client\":\"unix\",\"code\":\"too_large\"}\n",
	};
	for (int format = LOG_TEXT; format <= LOG_JSON; format++) {
		struct pipe_log p;
		open_log(&p, (enum log_format)format);
		access_log_write(&p.log, &entry);
		CHECK_TEXT(said(&p), wants[format], "format %d", format);
		close_log(&p);
	}
}

static void test_levels(void)
{
	static const struct {
		unsigned status;
		const char *want;
	} cases[] = {{0, " level=info "}, {200, " level=info "}, {499, " level=info "},
		{500, " level=error "}, {503, " level=error "}};
	struct access_entry entry = full_entry();
	struct pipe_log p;
	open_log(&p, LOG_TEXT);
	entry.method = NULL;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		entry.status = cases[i].status;
		access_log_write(&p.log, &entry);
		CHECK(strstr(said(&p), cases[i].want) != NULL, "%s", p.text);
		CHECK(strstr(p.text, " method=other ") != NULL, "%s", p.text);
	}
	close_log(&p);
}

// A sentence may quote what came from outside; it stays in its line.
static void test_events(void)
{
	static const char from_outside[] = "a\"b\\c\nd\x1b[31m\xff\xc3\xa9";
	struct pipe_log text, json;
	open_log(&text, LOG_TEXT);
	open_log(&json, LOG_JSON);
	access_log_event(&text.log, ACCESS_WARNING, "refresh_failed", "%s", from_outside);
	access_log_event(&json.log, ACCESS_ERROR, "stopping", "%s", from_outside);
	const char *line = said(&text);
	CHECK(strncmp(line, "time=20", 7) == 0 && strstr(line, "Z level=warning event="),
		"%s", line);
	CHECK(strstr(line,
		      "event=refresh_failed message=\"a\\\"b\\\\c?d?[31m?\xc3\xa9\"\n"),
		"%s", line);
	CHECK(strstr(said(&json),
		      "\"level\":\"error\",\"event\":\"stopping\",\"message\":"
		      "\"a\\\"b\\\\c?d?[31m?\xc3\xa9\"}\n"),
		"%s", json.text);
	// Nothing but characters that take two: the longest line there is.
	char *quotes = malloc(5000);
	memset(quotes, '"', 4999);
	quotes[4999] = '\0';
	access_log_event(&text.log, ACCESS_INFO, "started", "%s", quotes);
	access_log_event(&json.log, ACCESS_INFO, "started", "%s", quotes);
	CHECK(strlen(said(&text)) > 2000 && strchr(text.text, '\n'), "%s", text.text);
	CHECK(strlen(said(&json)) > 2000 && strchr(json.text, '\n'), "%s", json.text);
	free(quotes);
	close_log(&text);
	close_log(&json);
}

// All that waits in the pipe; to be freed.
static char *said_in_all(struct pipe_log *p)
{
	static const size_t room = (size_t)1024 * 1024;
	char *text = malloc(room);
	size_t len = 0;
	for (ssize_t more = 1; more > 0; len += more > 0 ? (size_t)more : 0) {
		more = read(p->out, text + len, room - 1 - len);
	}
	text[len] = '\0';
	return text;
}

// How many lines there are of requests, and how many the log says were lost; -1: one of them
// is not whole.
static int64_t count_lines(const char *text, int64_t *out_told)
{
	static const char lost[] = "lines that could not be written: ";
	int64_t num = 0;
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		const char *end = strchr(line, '\n');
		const char *told = strstr(line, lost);
		if (!end || strncmp(line, "time=", 5) != 0) {
			return -1;
		}
		if (told && told < end) {
			*out_told += atoll(told + strlen(lost));
		} else {
			num++;
		}
	}
	return num;
}

// More lines than the pipe takes: whole ones are lost, and counted. Returns how many;
// *out_told: of how many the log has told already.
static int64_t overfill(
	struct pipe_log *p, const struct access_entry *entry, int64_t *out_told)
{
	*out_told = 0;
	for (int i = 0; i < 1000; i++) {
		access_log_write(&p->log, entry);
	}
	char *text = said_in_all(p);
	int64_t num = count_lines(text, out_told);
	CHECK(num > 0 && num < 1000, "%lld lines", (long long)num);
	CHECK_INT(atomic_load(&p->log.num_lost), 1000 - num, "counted");
	free(text);
	return 1000 - num;
}

// A full pipe that does not wait loses lines; they are told of, each once, when a line can be
// written again.
static void test_full_pipe(void)
{
	struct access_entry entry = full_entry();
	struct pipe_log p;
	int64_t num_told = 0;
	open_log(&p, LOG_TEXT);
	CHECK(fcntl(p.log.fd, F_SETFL, O_NONBLOCK) == 0, "no waiting");
	int64_t num_lost = overfill(&p, &entry, &num_told);
	access_log_write(&p.log, &entry);
	char *text = said_in_all(&p);
	CHECK(strstr(text, " level=warning event=log_lines_lost message=\"lines "), "%s",
		text);
	CHECK_INT(count_lines(text, &num_told), 1, "and the line itself");
	CHECK_INT(num_told, num_lost, "told");
	free(text);
	access_log_write(&p.log, &entry);
	access_log_catch_up(&p.log);
	CHECK(!strstr(said(&p), "log_lines_lost"), "once: %s", p.text);
	close_log(&p);
	struct access_log closed = {.fd = -1, .format = LOG_TEXT};
	access_log_write(&closed, &entry);
	access_log_catch_up(&closed);
	CHECK_INT(atomic_load(&closed.num_lost), 1, "one more");
	CHECK_INT(atomic_load(&closed.num_untold), 1, "still to be told");
}

// A pipe that may not be opened anew is asked for room, and not waited for.
static void test_borrowed_pipe(void)
{
	struct access_entry entry = full_entry();
	struct pipe_log p;
	int64_t num_told = 0;
	open_log(&p, LOG_TEXT);
	p.log.is_borrowed_pipe = true;
	(void)overfill(&p, &entry, &num_told);
	close_log(&p);
}

static void test_outcome(void)
{
	struct policy_record policies[ACCESS_MAX_POLICIES + 1] = {
		{.verdict = VERDICT_INDETERMINATE}};
	struct record record = {.result = RESULT_UNKNOWN,
		.policies = policies,
		.num_policies = ACCESS_MAX_POLICIES + 1};
	policies[0].result.policy = policy_at(1);
	struct access_outcome outcome = access_outcome_of(&record);
	CHECK(outcome.is_judged, "judged");
	CHECK_INT(outcome.result, RESULT_UNKNOWN, "its result");
	CHECK_INT(outcome.num_policies, ACCESS_MAX_POLICIES, "no more than fit");
	CHECK(outcome.policies[0].policy == policy_at(1), "its policy");
	CHECK_INT(outcome.policies[0].verdict, VERDICT_INDETERMINATE, "its verdict");
	CHECK_INT(outcome.code, CODE_NONE, "no error");
	CHECK(policy_num() <= ACCESS_MAX_POLICIES, "room for every policy");
}

void test_access_log(void)
{
	enum log_format format = LOG_TEXT;
	CHECK(log_format_find("json", &format) && format == LOG_JSON, "json");
	CHECK(log_format_find("text", &format) && format == LOG_TEXT, "text");
	CHECK(!log_format_find("xml", &format) && !log_format_find("", &format), "none");
	test_full();
	test_sparse();
	test_levels();
	test_events();
	test_full_pipe();
	test_borrowed_pipe();
	test_outcome();
}

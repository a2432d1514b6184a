// SPDX-License-Identifier: Apache-2.0
#include "serve/request_stream.h"

#include <jansson.h>

#include "app/records.h"
#include "serve/gzip.h"
#include "tests/unit/eval_build.h"
#include "tests/unit/test.h"

void test_request_stream(void);

#define MAX ((size_t)64 * 1024 * 1024)
// What a stream may take in before anything is judged: a line and a piece.
#define MOST_AHEAD (RECORDS_MAX_LEN + (size_t)64 * 1024)

struct bench {
	struct eval_bench *eval;
	struct metrics *metrics;
	struct out leaf_base64, ca_base64;
};

static struct request_stream *new_stream(
	const struct bench *bench, bool in_gzip, bool out_gzip)
{
	struct ctp_request defaults = {
		.time_of_check = TIME_GIVEN, .at_ms = bench->eval->at_ms};
	struct err err;
	err_clear(&err);
	struct request_stream *stream =
		request_stream_new(&defaults, false, in_gzip, out_gzip, &err);
	CHECK(stream != NULL, "%s", err.text);
	return stream;
}

// Judges all that waits. False: memory ran out.
static bool judge(
	const struct bench *bench, struct request_stream *stream, struct buffer *out)
{
	bool done = true;
	while (done && request_stream_has_work(stream)) {
		done = request_stream_judge(stream, bench->eval->context,
			bench->eval->lists, bench->eval->at_ms, bench->metrics, out);
	}
	return done;
}

// The whole body through a stream, in pieces of this size.
static struct buffer run(
	const struct bench *bench, struct bytes in, size_t piece, bool in_gzip)
{
	struct request_stream *stream = new_stream(bench, in_gzip, false);
	struct buffer out;
	bool done = true;
	buffer_init(&out, MAX);
	for (size_t at = 0; at < in.len && done; at += piece) {
		struct bytes rest =
			bytes_of(in.data + at, in.len - at < piece ? in.len - at : piece);
		do {
			request_stream_take(stream, &rest);
			done = rest.len == 0 || request_stream_has_work(stream);
			done = done && judge(bench, stream, &out);
		} while (rest.len > 0 && done);
	}
	CHECK(done, "no room and nothing to do, or no memory");
	request_stream_end(stream);
	CHECK_INT(request_stream_has_work(stream), !request_stream_is_done(stream),
		"the end is to be written");
	CHECK(judge(bench, stream, &out), "memory");
	CHECK(request_stream_is_done(stream), "the end");
	request_stream_free(stream);
	return out;
}

// "1:pass body:2!bad_request ": of each line its id, and its result or error.
static void put_words(struct bytes out, struct buffer *words)
{
	for (size_t at = 0; at < out.len;) {
		size_t end = bytes_find(out, at, BYTES_LITERAL("\n"));
		json_t *line = json_loadb((const char *)out.data + at, end - at,
			JSON_REJECT_DUPLICATES, NULL);
		json_t *id = json_object_get(line, "id");
		const char *result = json_string_value(json_object_get(line, "result"));
		const char *code = json_string_value(
			json_object_get(json_object_get(line, "error"), "code"));
		CHECK(end < out.len, "a whole line");
		if (json_is_integer(id)) {
			buffer_printf(words, "%d", (int)json_integer_value(id));
		} else {
			buffer_put_text(
				words, json_is_string(id) ? json_string_value(id) : "?");
		}
		buffer_printf(words, "%s%s ", result ? ":" : "!",
			result         ? result
				: code ? code
				       : "?");
		json_decref(line);
		at = end + 1;
	}
	buffer_put_char(words, '\0');
}

static void check_body(const struct bench *bench, struct bytes in, size_t piece,
	bool in_gzip, const char *want)
{
	struct buffer out = run(bench, in, piece, in_gzip);
	struct buffer words;
	buffer_init(&words, MAX);
	put_words(buffer_bytes(&out), &words);
	CHECK_TEXT((const char *)words.data, want, "pieces of %zu%s", piece,
		in_gzip ? ", gzip" : "");
	buffer_clear(&words);
	buffer_clear(&out);
}

// Plain and in gzip, in pieces of several sizes.
static void check_all(const struct bench *bench, struct bytes in, const char *want)
{
	static const size_t pieces[] = {1, 7, 1000, 65536, 10000000};
	struct buffer gzip;
	buffer_init(&gzip, MAX);
	CHECK(gzip_encode(in, &gzip), "compressed");
	for (size_t i = in.len > 2 * RECORDS_MAX_LEN ? 2 : 0; i < 5; i++) {
		check_body(bench, in, pieces[i], false, want);
		check_body(bench, buffer_bytes(&gzip), pieces[i], true, want);
	}
	buffer_clear(&gzip);
}

static void put_request(const struct bench *bench, const char *id, struct buffer *out)
{
	buffer_printf(out, "{%s\"certificate\":\"", id);
	buffer_put(out, eval_bytes(&bench->leaf_base64));
	buffer_put_text(out, "\",\"issuer\":\"");
	buffer_put(out, eval_bytes(&bench->ca_base64));
	buffer_put_text(out, "\"}");
}

static void test_lines(const struct bench *bench)
{
	static const struct {
		const char *body, *want;
	} cases[] = {
		{"", ""},
		{"\n", ""},
		{"\r\n \t\n\n", ""},
		{"{\"id\":7}", "7!bad_request "},
		{"{\"id\":7}\n", "7!bad_request "},
		{"{\"id\":\"a\"}\r\n\n{}\n", "a!bad_request body:3!bad_request "},
		{"x\n{\"id\":2}\ny",
			"body:1!bad_request 2!bad_request body:3!bad_request "},
		{"\xff\n{\"id\":2}\n", "body:1!bad_request 2!bad_request "},
		{"{\"certificate\":\"MAA=\"}\n", "body:1!bad_certificate "},
	};
	struct buffer body, want;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_all(bench, bytes_of_text(cases[i].body), cases[i].want);
	}
	buffer_init(&body, MAX);
	buffer_init(&want, MAX);
	for (int i = 1; i <= 2 * EVALUATE_MAX + 1; i++) {
		char id[32];
		(void)snprintf(id, sizeof(id), "\"id\":%d,", i);
		put_request(bench, id, &body);
		buffer_put_text(&body, i % 5 ? "\n" : "\r\n\n");
		buffer_printf(&want, "%d:pass ", i);
		if (i % 7 == 0) {
			buffer_printf(&body, "{\"id\":\"x%d\",\"scts\":7}\n", i);
			buffer_printf(&want, "x%d!bad_request ", i);
		}
	}
	put_request(bench, "", &body);
	buffer_printf(&want, "body:%d:pass ", 2 * EVALUATE_MAX + 1 + 13 + 9 + 1);
	buffer_put_char(&want, '\0');
	check_all(bench, buffer_bytes(&body), (const char *)want.data);
	buffer_clear(&body);
	buffer_clear(&want);
}

static void put_many(struct buffer *out, char c, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		buffer_put_char(out, c);
	}
}

// In single bytes too, which takes seconds where each is looked at again with the next.
// A line of exactly as many bytes as there may be, one more, many more; also of blanks, of
// which nobody can say before its end that it is blank.
static void test_long_lines(const struct bench *bench)
{
	static const struct {
		char fill;
		size_t num;
		const char *text; // behind it
		const char *want;
	} cases[] = {
		{'x', RECORDS_MAX_LEN, "\n", "body:2!bad_request "},
		{'x', RECORDS_MAX_LEN + 1, "\n", "body:2!too_large "},
		{'x', 3 * RECORDS_MAX_LEN, "\n", "body:2!too_large "},
		{' ', RECORDS_MAX_LEN - 8, "{\"id\":2}\n", "2!bad_request "},
		{' ', RECORDS_MAX_LEN - 7, "{\"id\":2}\n", "body:2!too_large "},
		{' ', RECORDS_MAX_LEN, "\n", ""},
		{' ', RECORDS_MAX_LEN + 1, "\n", "body:2!too_large "},
		{' ', RECORDS_MAX_LEN + 1, "x\n", "body:2!too_large "},
		{' ', 2 * RECORDS_MAX_LEN, "x\n", "body:2!too_large "},
		{'\n', RECORDS_MAX_LEN, "", ""},
	};
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		bool is_last = i % 2; // nothing behind it, not even a line's end
		struct buffer body, want;
		buffer_init(&body, MAX);
		buffer_init(&want, MAX);
		buffer_put_text(&body, "{\"id\":\"first\"}\n");
		put_many(&body, cases[i / 2].fill, cases[i / 2].num);
		buffer_put_text(&body, cases[i / 2].text);
		buffer_put_text(&body, is_last ? "" : "{\"id\":\"last\"}");
		body.len -= is_last && body.data[body.len - 1] == '\n' ? 1 : 0;
		buffer_printf(&want, "first!bad_request %s%s", cases[i / 2].want,
			is_last ? "" : "last!bad_request ");
		buffer_put_char(&want, '\0');
		check_all(bench, buffer_bytes(&body), (const char *)want.data);
		buffer_clear(&body);
		buffer_clear(&want);
	}
}

// What could be read before the break is answered, and an error says what broke.
static void test_broken_gzip(const struct bench *bench)
{
	static const size_t pieces[] = {1, 3, 1000};
	struct buffer body, gzip;
	buffer_init(&body, MAX);
	buffer_init(&gzip, MAX);
	buffer_put_text(&body, "{\"id\":1}\n{\"id\":2}\n");
	CHECK(gzip_encode(buffer_bytes(&body), &gzip), "compressed");
	for (size_t i = 0; i < 3; i++) {
		struct bytes whole = buffer_bytes(&gzip);
		check_body(bench, bytes_of(whole.data, whole.len - 1), pieces[i], true,
			"1!bad_request 2!bad_request body:3!bad_encoding ");
		check_body(bench, bytes_of(whole.data, 5), pieces[i], true,
			"body:1!bad_encoding ");
		check_body(bench, BYTES_NONE, pieces[i], true, "body:1!bad_encoding ");
		check_body(bench, BYTES_LITERAL("{\"id\":1}\n"), pieces[i], true,
			"body:1!bad_encoding ");
		gzip.data[gzip.len - 8] ^= 1; // its checksum
		check_body(bench, whole, pieces[i], true,
			"1!bad_request 2!bad_request body:3!bad_encoding ");
		gzip.data[gzip.len - 8] ^= 1;
	}
	buffer_put_text(&gzip, "rubbish\n{\"id\":3}\n");
	for (size_t i = 0; i < 3; i++) {
		check_body(bench, buffer_bytes(&gzip), pieces[i], true,
			"1!bad_request 2!bad_request body:3!bad_encoding ");
	}
	buffer_clear(&body);
	buffer_clear(&gzip);
}

// Every cut of a body that compresses well: the reports are the same for all pieces.
static void test_cuts(const struct bench *bench)
{
	struct buffer body, gzip;
	buffer_init(&body, MAX);
	buffer_init(&gzip, MAX);
	put_many(&body, 'x', 200000);
	put_many(&body, '\n', 66000);
	put_many(&body, 'y', 66000);
	CHECK(gzip_encode(buffer_bytes(&body), &gzip), "compressed");
	for (size_t len = 12; len < gzip.len; len += 5) {
		struct buffer one = run(bench, bytes_of(gzip.data, len), 1, true);
		struct buffer all = run(bench, bytes_of(gzip.data, len), len, true);
		CHECK(bytes_equal(buffer_bytes(&one), buffer_bytes(&all)), "%zu of %zu",
			len, gzip.len);
		buffer_clear(&one);
		buffer_clear(&all);
	}
	buffer_clear(&body);
	buffer_clear(&gzip);
}

// Nothing is judged, and there is an end of what it takes.
static void test_bounds(const struct bench *bench)
{
	struct buffer body, gzip;
	buffer_init(&body, MAX);
	buffer_init(&gzip, MAX);
	put_many(&body, 'x', 4 * RECORDS_MAX_LEN);
	CHECK(gzip_encode(buffer_bytes(&body), &gzip), "compressed");
	struct request_stream *stream = new_stream(bench, false, false);
	struct bytes rest = buffer_bytes(&body);
	for (int i = 0; i < 10; i++) {
		request_stream_take(stream, &rest);
	}
	CHECK_INT(body.len - rest.len, MOST_AHEAD, "taken");
	CHECK(request_stream_has_work(stream), "a line that is too long");
	request_stream_free(stream);
	stream = new_stream(bench, true, false);
	rest = buffer_bytes(&gzip);
	request_stream_take(stream, &rest);
	size_t left = rest.len;
	CHECK(left > gzip.len / 2, "%zu of %zu left", left, gzip.len);
	request_stream_take(stream, &rest);
	CHECK_INT(rest.len, left, "no room");
	request_stream_free(stream);
	request_stream_free(NULL);
	buffer_clear(&body);
	buffer_clear(&gzip);
}

// Reports in gzip: each round can be read at once.
static void test_out_gzip(const struct bench *bench)
{
	struct request_stream *stream = new_stream(bench, false, true);
	struct buffer out, plain, words;
	struct err err;
	err_clear(&err);
	buffer_init(&out, MAX);
	buffer_init(&plain, MAX);
	buffer_init(&words, MAX);
	struct gzip_reader *reader = gzip_reader_new(&err);
	for (int i = 0; i < 3; i++) {
		struct bytes line = BYTES_LITERAL("{\"id\":1}\n");
		out.len = 0;
		if (i < 2) {
			request_stream_take(stream, &line);
		} else {
			request_stream_end(stream);
		}
		CHECK(judge(bench, stream, &out), "memory");
		struct bytes in = buffer_bytes(&out);
		CHECK(gzip_reader_take(reader, &in, MAX / 2, &plain, &err), "%s",
			err.text);
		words.len = 0;
		put_words(buffer_bytes(&plain), &words);
		CHECK_TEXT((const char *)words.data,
			i == 0 ? "1!bad_request " : "1!bad_request 1!bad_request ",
			"round %d", i);
	}
	CHECK(gzip_reader_end(reader, &err), "%s", err.text);
	gzip_reader_free(reader);
	request_stream_free(stream);
	buffer_clear(&out);
	buffer_clear(&plain);
	buffer_clear(&words);
}

// SCTs of one certificate: a report of some 300 KB.
#define NUM_SMALL 900

// A round ends where its reports become too many, and the next one goes on behind them; what
// is judged now has the time at which it is.
static void test_rounds(const struct bench *bench)
{
	struct ctp_request defaults = {.time_of_check = TIME_GIVEN};
	struct buffer in, out, words;
	struct err err;
	struct out base64 = {0};
	uint8_t scts[2 + 3 * NUM_SMALL] = {3 * NUM_SMALL >> 8, 3 * NUM_SMALL & 0xff};
	buffer_init(&in, MAX);
	buffer_init(&out, MAX);
	buffer_init(&words, MAX);
	err_clear(&err);
	for (size_t i = 0; i < NUM_SMALL; i++) {
		scts[2 + 3 * i + 1] = 1; // an SCT of one byte
	}
	pki_base64(&base64, scts, sizeof(scts));
	for (int i = 0; i < 8; i++) {
		buffer_printf(&in, "{\"id\":%d,\"certificate\":\"", i);
		buffer_put(&in, eval_bytes(&bench->leaf_base64));
		buffer_put_text(&in, "\",\"tls_scts\":\"");
		buffer_put(&in, eval_bytes(&base64));
		buffer_put_text(&in, "\"}\n");
	}
	struct request_stream *stream =
		request_stream_new(&defaults, true, false, false, &err);
	struct bytes rest = buffer_bytes(&in);
	request_stream_take(stream, &rest);
	int rounds = 0;
	for (; request_stream_has_work(stream); rounds++) {
		size_t before = out.len;
		CHECK(request_stream_judge(stream, bench->eval->context,
			      bench->eval->lists, bench->eval->at_ms, bench->metrics,
			      &out),
			"memory");
		CHECK(out.len - before < (size_t)1024 * 1024, "a round of %zu bytes",
			out.len - before);
		request_stream_take(stream, &rest);
	}
	CHECK(rounds > 1 && rest.len == 0, "%d rounds", rounds);
	put_words(buffer_bytes(&out), &words);
	CHECK(strncmp((const char *)words.data, "0:", 2) == 0 &&
			strstr((const char *)words.data, " 7:"),
		"%s", (const char *)words.data);
	CHECK(bytes_find(buffer_bytes(&out), 0,
		      BYTES_LITERAL("\"evaluated_at\":\"1970")) == out.len,
		"the time of each line");
	request_stream_stop(stream);
	out.len = 0;
	CHECK(request_stream_has_work(stream) &&
			request_stream_judge(stream, bench->eval->context,
				bench->eval->lists, 0, bench->metrics, &out) &&
			request_stream_is_done(stream),
		"stopped");
	CHECK(bytes_find(buffer_bytes(&out), 0, BYTES_LITERAL("service_stopping")) <
			out.len,
		"says that it was");
	request_stream_free(stream);
	derw_clear(&base64);
	buffer_clear(&in);
	buffer_clear(&out);
	buffer_clear(&words);
}

void test_request_stream(void)
{
	struct err err;
	struct out leaf = {0};
	struct bench bench = {.eval = eval_bench_new()};
	err_clear(&err);
	bench.metrics = metrics_new(&err);
	CHECK(bench.metrics != NULL, "%s", err.text);
	struct pki_cert_spec spec = eval_leaf(bench.eval, EVAL_90_DAYS);
	eval_issue(bench.eval, &spec, "Ar Br", &leaf);
	pki_base64(&bench.leaf_base64, leaf.data, leaf.len);
	pki_base64(&bench.ca_base64, bench.eval->world->ca_der.data,
		bench.eval->world->ca_der.len);
	test_lines(&bench);
	test_long_lines(&bench);
	test_broken_gzip(&bench);
	test_cuts(&bench);
	test_bounds(&bench);
	test_out_gzip(&bench);
	test_rounds(&bench);
	derw_clear(&leaf);
	derw_clear(&bench.leaf_base64);
	derw_clear(&bench.ca_base64);
	metrics_free(bench.metrics);
	eval_bench_free(bench.eval);
}

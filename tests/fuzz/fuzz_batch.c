// SPDX-License-Identifier: Apache-2.0
// request_stream_take, request_stream_judge.
//
// The input is two bytes, the form and the sizes of pieces (see `enum form`), and then a body
// of a batch. In a plain one, where the form says so, each byte 0x1e stands for as many blanks, and
// 0x1f for as many letters, that a few make a line that is too long.
// Property: the reports do not depend on the sizes of pieces in which the body comes in, nor
// on whether it comes in gzip or goes out so. There are as many as lines that are not blank,
// and one more where gzip broke; each is a line that Jansson parses, of one of our two
// schemas. What is taken ahead has a bound, and what finds no room waits for lines to be judged.
#include <jansson.h>

#include "app/records.h"
#include "base/text.h"
#include "loglist/bundled.h"
#include "serve/gzip.h"
#include "serve/request_stream.h"
#include "tests/fuzz/fuzz.h"
#include "tests/pki/pki_world.h"

// Of a body, decompressed, and of reports.
#define MAX_BODY ((size_t)4 * 1024 * 1024)
#define MAX_OUT ((size_t)256 * 1024 * 1024)
#define MAX_LINES 3000
#define MANY ((size_t)350 * 1000)
#define MAX_MANY 8
// A line and a piece.
#define MOST_AHEAD (RECORDS_MAX_LEN + (size_t)64 * 1024)

enum form {
	IS_GZIP = 1, // the body is, or shall be, gzip; else plain
	OUT_GZIP = 2, // of the second run
	HAS_LONG = 4, // 0x1e and 0x1f stand for many
};

struct setting {
	struct ctp_context *context;
	struct ctp_lists *lists;
	struct metrics *metrics;
	struct ctp_request defaults;
};

static const struct setting *the_setting(void)
{
	static struct setting s;
	struct out json = {0};
	struct err err;
	if (s.lists) {
		return &s;
	}
	err_clear(&err);
	struct pki_world *world = pki_world_new(PKI_WORLD_SEED);
	pki_list_json(&world->list, &json);
	s.lists = lists_from_file(bytes_of(json.data, json.len), &err);
	s.context = context_new(NULL, &err);
	s.metrics = metrics_new(&err);
	fuzz_need_done(s.lists && s.context && s.metrics &&
			request_set_time(&s.defaults, bytes_of_text(PKI_WORLD_AT), &err),
		&err, "set-up");
	derw_clear(&json);
	pki_world_free(world);
	return &s;
}

// Sizes go through a sequence that `seed` begins; 0: as much as there is.
static size_t next_size(uint32_t *seed, size_t most)
{
	if (*seed == 0) {
		return most;
	}
	*seed = *seed * 1664525 + 1013904223;
	size_t size = 1 + (*seed >> 8) % (*seed >> 30 ? 60 : 100000);
	return size < most ? size : most;
}

static void judge(
	const struct setting *s, struct request_stream *stream, struct buffer *out)
{
	fuzz_need(request_stream_judge(stream, s->context, s->lists, 0, s->metrics, out),
		"out of memory");
}

// A piece, which waits where there is no room.
static void take(const struct setting *s, struct request_stream *stream,
	struct bytes piece, struct buffer *out)
{
	while (piece.len > 0) {
		request_stream_take(stream, &piece);
		fuzz_need(piece.len == 0 || request_stream_has_work(stream),
			"no room, and nothing to do");
		while (request_stream_has_work(stream)) {
			judge(s, stream, out);
		}
	}
}

// Nothing has been judged: of a line that is known to be too long more may be dropped.
static void check_ahead(const struct setting *s, struct bytes in)
{
	struct err err;
	err_clear(&err);
	struct bytes rest = in;
	struct request_stream *stream =
		request_stream_new(&s->defaults, false, false, false, &err);
	fuzz_need_done(stream != NULL, &err, "a stream");
	request_stream_take(stream, &rest);
	request_stream_take(stream, &rest);
	fuzz_need(in.len - rest.len <= MOST_AHEAD, "%zu bytes ahead", in.len - rest.len);
	request_stream_free(stream);
}

static struct buffer run(const struct setting *s, struct bytes in, bool in_gzip,
	bool out_gzip, uint32_t seed)
{
	struct buffer out, plain;
	struct err err;
	err_clear(&err);
	buffer_init(&out, MAX_OUT);
	buffer_init(&plain, MAX_OUT);
	struct request_stream *stream =
		request_stream_new(&s->defaults, false, in_gzip, out_gzip, &err);
	fuzz_need_done(stream != NULL, &err, "a stream");
	for (size_t at = 0; at < in.len;) {
		size_t len = next_size(&seed, in.len - at);
		take(s, stream, bytes_of(in.data + at, len), &out);
		at += len;
	}
	request_stream_end(stream);
	while (!request_stream_is_done(stream)) {
		fuzz_need(request_stream_has_work(stream), "no end, and nothing to do");
		judge(s, stream, &out);
	}
	fuzz_need(!request_stream_has_work(stream), "work behind the end");
	request_stream_free(stream);
	if (!out_gzip) {
		return out;
	}
	fuzz_need_done(gzip_decode(buffer_bytes(&out), &plain, &err), &err, "reports");
	buffer_clear(&out);
	return plain;
}

static size_t count_lines(struct bytes text)
{
	size_t num = 0;
	for (size_t at = 0; at < text.len;) {
		size_t end = bytes_find(text, at, BYTES_LITERAL("\n"));
		struct bytes line = bytes_of(text.data + at, end - at);
		num += line.len > RECORDS_MAX_LEN || text_trim(line).len > 0;
		at = end + 1;
	}
	return num;
}

static void need_report(struct bytes line)
{
	json_error_t error;
	json_t *root = json_loadb(
		(const char *)line.data, line.len, JSON_REJECT_DUPLICATES, &error);
	const char *schema = json_string_value(json_object_get(root, "schema"));
	fuzz_need(root != NULL, "Jansson does not parse a line: %s", error.text);
	fuzz_need(schema &&
			(strcmp(schema, "ctpolicy.report.v1") == 0 ||
				strcmp(schema, "ctpolicy.error.v1") == 0),
		"of no schema of ours");
	json_decref(root);
	fuzz_need_plain(line, false, "a line");
}

static void need_reports(struct bytes out, size_t want)
{
	size_t num = 0;
	for (size_t at = 0; at < out.len; num++) {
		size_t end = bytes_find(out, at, BYTES_LITERAL("\n"));
		fuzz_need(end < out.len, "a line without an end");
		need_report(bytes_of(out.data + at, end - at));
		at = end + 1;
	}
	fuzz_need(num == want, "%zu lines, want %zu", num, want);
}

// What there is in gzip before it ends or breaks; false where it breaks.
static bool decompress(struct bytes in, struct buffer *out)
{
	struct err err;
	err_clear(&err);
	struct gzip_reader *reader = gzip_reader_new(&err);
	fuzz_need_done(reader != NULL, &err, "a reader");
	bool done = true;
	while (done && in.len > 0) {
		done = gzip_reader_take(reader, &in, MAX_BODY, out, &err);
	}
	done = done && gzip_reader_end(reader, &err);
	gzip_reader_free(reader);
	return done;
}

static void expand(struct bytes in, bool has_long, struct buffer *out)
{
	size_t num = 0;
	for (size_t i = 0; i < in.len; i++) {
		bool is_many = has_long && (in.data[i] | 1) == 0x1f && num++ < MAX_MANY;
		uint8_t c = is_many ? (in.data[i] & 1 ? 'x' : ' ') : in.data[i];
		size_t len = is_many ? MANY : 1;
		uint8_t *to = buffer_extend(out, len);
		fuzz_need(to != NULL, "out of memory");
		memset(to, c, len);
	}
}

// The same reports, in pieces of another size, and in gzip.
static void check(const struct setting *s, struct bytes in, bool in_gzip, bool out_gzip,
	size_t want, uint32_t seed)
{
	struct buffer one = run(s, in, in_gzip, false, 0);
	struct buffer two = run(s, in, in_gzip, out_gzip, seed);
	need_reports(buffer_bytes(&one), want);
	fuzz_need(bytes_equal(buffer_bytes(&one), buffer_bytes(&two)),
		"pieces of another size give other reports");
	if (!in_gzip) {
		struct buffer gzip;
		check_ahead(s, in);
		buffer_init(&gzip, 2 * MAX_BODY);
		fuzz_need(gzip_encode(in, &gzip), "out of memory");
		buffer_clear(&two);
		two = run(s, buffer_bytes(&gzip), true, out_gzip, seed);
		fuzz_need(bytes_equal(buffer_bytes(&one), buffer_bytes(&two)),
			"gzip gives other reports");
		buffer_clear(&gzip);
	}
	buffer_clear(&one);
	buffer_clear(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct setting *s = the_setting();
	struct buffer text;
	if (len < 2 || len > MAX_BODY / 4) {
		return 0;
	}
	bool in_gzip = data[0] & IS_GZIP;
	struct bytes in = bytes_of(data + 2, len - 2);
	buffer_init(&text, MAX_BODY);
	bool is_whole = true;
	if (in_gzip) {
		is_whole = decompress(in, &text);
	} else {
		expand(in, data[0] & HAS_LONG, &text);
	}
	size_t num = count_lines(buffer_bytes(&text));
	if (text.len < MAX_BODY && num <= MAX_LINES) {
		check(s, in_gzip ? in : buffer_bytes(&text), in_gzip, data[0] & OUT_GZIP,
			num + (is_whole ? 0 : 1), (uint32_t)data[1] * 2 + 1);
	}
	buffer_clear(&text);
	return 0;
}

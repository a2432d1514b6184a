// SPDX-License-Identifier: Apache-2.0
#include "serve/request_stream.h"

#include <stdlib.h>

#include "app/input.h"
#include "app/records.h"
#include "base/text.h"
#include "report/report.h"
#include "serve/access_log.h"
#include "serve/gzip.h"
#include "serve/key_refusal.h"

// Read ahead of what is judged: some batches' worth.
#define AHEAD ((size_t)128 * 1024)
#define PIECE ((size_t)64 * 1024)
// A line that is too long is known to be: no more is read ahead of it.
#define FULL (RECORDS_MAX_LEN + PIECE)

// Behind so many bytes of reports a round ends; the rest of its lines are judged again.
#define ROUND_MAX ((size_t)256 * 1024)

struct line {
	size_t start, len; // in request_stream.in
	uint64_t number;
	bool is_too_long;
	struct err err; // of its reading
	size_t item; // in items, where it could be read
};

struct request_stream {
	struct ctp_request defaults;
	bool is_now;
	struct gzip_reader *reader;
	struct gzip_writer *writer;
	struct buffer in;
	size_t at; // of the next line in `in`
	size_t searched; // from `at` on the first line's end stands there, or none before it
	uint64_t number; // of the line that was given last, from 1
	bool is_skipping; // the rest of a line that is too long
	bool has_ended; // nothing more comes in
	bool is_done;
	uint64_t results[RESULT_UNKNOWN + 1]; // lines with a report, by result
	uint64_t num_unread;
	struct err broken; // what ended it: bytes that are no gzip
	struct buffer plain; // reports, where they go out in gzip
	struct arena arena; // of one round
	struct ctp_request requests[EVALUATE_MAX];
	struct evaluated items[EVALUATE_MAX];
	struct line lines[EVALUATE_MAX];
};

struct request_stream *request_stream_new(const struct ctp_request *defaults, bool is_now,
	bool in_gzip, bool out_gzip, struct err *err)
{
	struct request_stream *stream = calloc(1, sizeof(*stream));
	if (!stream) {
		err_no_memory(err);
		return NULL;
	}
	stream->defaults = *defaults;
	stream->is_now = is_now;
	buffer_init(&stream->in, FULL + PIECE); // gzip may give more than was asked for
	buffer_init(&stream->plain, REPORT_MAX * EVALUATE_MAX);
	stream->reader = in_gzip ? gzip_reader_new(err) : NULL;
	stream->writer = out_gzip ? gzip_writer_new(err) : NULL;
	if ((in_gzip && !stream->reader) || (out_gzip && !stream->writer)) {
		request_stream_free(stream);
		return NULL;
	}
	return stream;
}

void request_stream_free(struct request_stream *stream)
{
	if (stream) {
		gzip_reader_free(stream->reader);
		gzip_writer_free(stream->writer);
		buffer_clear(&stream->in);
		buffer_clear(&stream->plain);
		arena_clear(&stream->arena);
		free(stream);
	}
}

// Looks for the first line's end, at no byte twice: a line may come in by single bytes.
static void search(struct request_stream *stream)
{
	const uint8_t *end = stream->searched < stream->in.len
		? memchr(stream->in.data + stream->searched, '\n',
			  stream->in.len - stream->searched)
		: NULL;
	stream->searched = end ? (size_t)(end - stream->in.data) : stream->in.len;
}

// Of the first line, where it has been found.
static const uint8_t *find_end(const struct request_stream *stream)
{
	return stream->searched < stream->in.len ? stream->in.data + stream->searched
						 : NULL;
}

static void drop_front(struct request_stream *stream)
{
	size_t left = stream->in.len - stream->at;
	if (stream->at > 0 && left > 0) {
		memmove(stream->in.data, stream->in.data + stream->at, left);
	}
	stream->searched -= stream->at;
	stream->in.len = left;
	stream->at = 0;
}

// The rest of a line that was too long, up to its end.
static void skip(struct request_stream *stream)
{
	const uint8_t *end = find_end(stream);
	if (end) {
		stream->at = (size_t)(end - stream->in.data) + 1;
		stream->is_skipping = false;
	} else {
		stream->at = stream->in.len;
	}
	stream->searched = stream->at;
	drop_front(stream);
	search(stream);
}

static void fail(struct request_stream *stream, const struct err *err)
{
	stream->broken = *err;
	stream->has_ended = true;
}

// A piece, as large as there is room for.
static void take_piece(struct request_stream *stream, struct bytes *in)
{
	struct err err;
	err_clear(&err);
	size_t room = FULL - stream->in.len;
	size_t most = room < PIECE ? room : PIECE;
	if (stream->reader) {
		if (!gzip_reader_take(stream->reader, in, most, &stream->in, &err)) {
			fail(stream, &err);
		}
		return;
	}
	size_t len = in->len < most ? in->len : most;
	buffer_put(&stream->in, bytes_of(in->data, len));
	*in = bytes_of(in->data + len, in->len - len);
	if (stream->in.failed) {
		(void)err_no_memory(&err);
		fail(stream, &err);
	}
}

void request_stream_take(struct request_stream *stream, struct bytes *in)
{
	drop_front(stream);
	while (in->len > 0 && !stream->has_ended) {
		bool is_enough = stream->in.len >= AHEAD && find_end(stream);
		if (is_enough || stream->in.len >= FULL) {
			return;
		}
		take_piece(stream, in);
		search(stream);
		if (stream->is_skipping) {
			skip(stream);
		}
	}
	if (stream->has_ended) {
		*in = BYTES_NONE; // nobody will read it
	}
}

void request_stream_end(struct request_stream *stream)
{
	struct err err;
	err_clear(&err);
	if (!stream->has_ended && stream->reader &&
		!gzip_reader_end(stream->reader, &err)) {
		fail(stream, &err);
	}
	stream->has_ended = true;
}

static bool is_too_long(const struct request_stream *stream)
{
	return stream->in.len - stream->at > RECORDS_MAX_LEN;
}

void request_stream_stop(struct request_stream *stream)
{
	struct err err;
	err_clear(&err);
	err_set(&err, CODE_SERVICE_STOPPING, ERR_NO_OFFSET,
		"the service is about to end; send the lines behind the last report again");
	if (!stream->has_ended) {
		stream->in.len = stream->at;
		stream->searched = stream->at;
		search(stream);
		fail(stream, &err);
	}
}

bool request_stream_has_work(const struct request_stream *stream)
{
	return !stream->is_done &&
		(stream->has_ended || find_end(stream) || is_too_long(stream));
}

void request_stream_count(const struct request_stream *stream, struct access_outcome *out)
{
	out->is_batch = true;
	out->passed = stream->results[RESULT_PASS];
	out->failed = stream->results[RESULT_FAIL];
	out->unknown = stream->results[RESULT_UNKNOWN];
	out->unread = stream->num_unread;
}

size_t request_stream_held(const struct request_stream *stream)
{
	return sizeof(*stream) + stream->in.cap + stream->plain.cap;
}

bool request_stream_is_done(const struct request_stream *stream)
{
	return stream->is_done;
}

// The next line that waits, and the bytes of it; false where there is none yet.
static bool next_line(struct request_stream *stream, struct line *line, struct bytes *out)
{
	const uint8_t *end = find_end(stream);
	size_t left = stream->in.len - stream->at;
	bool is_last = !end && stream->has_ended && left > 0;
	if (!end && !is_last && !is_too_long(stream)) {
		return false;
	}
	size_t len = end ? (size_t)(end - stream->in.data) - stream->at : left;
	*line = (struct line){.start = stream->at,
		.len = len,
		.number = ++stream->number,
		.is_too_long = len > RECORDS_MAX_LEN};
	*out = bytes_of(stream->in.data + stream->at, len);
	stream->is_skipping = !end && !is_last;
	stream->at += len + (end ? 1 : 0);
	stream->searched = stream->at;
	search(stream);
	return true;
}

// "body:12", where the line has no id of its own.
static void set_default_id(struct request_stream *stream, const struct line *line,
	struct ctp_request *request)
{
	char name[32];
	if (!request->fields[REQUEST_ID].data) {
		(void)snprintf(name, sizeof(name), "body:%llu",
			(unsigned long long)line->number);
		request->fields[REQUEST_ID] = input_text_id(name, &stream->arena);
	}
}

static void read_line(struct request_stream *stream, struct line *line, struct bytes text,
	struct ctp_request *request)
{
	*request = stream->defaults;
	if (line->is_too_long) {
		err_set(&line->err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"line %llu of the body has more than %zu bytes; it was skipped",
			(unsigned long long)line->number, RECORDS_MAX_LEN);
	} else if (!text_is_utf8(text)) {
		err_set(&line->err, CODE_BAD_REQUEST, ERR_NO_OFFSET,
			"line %llu of the body is not UTF-8",
			(unsigned long long)line->number);
	} else if (input_read_request(text, &stream->arena, request, &line->err)) {
		err_clear(&line->err);
	}
	set_default_id(stream, line, request);
}

static void put_error(struct request_stream *stream, const struct ctp_request *request,
	const struct err *err, struct metrics *metrics, struct buffer *out)
{
	stream->num_unread++;
	metrics_not_judged(metrics, err->code);
	report_error_json(request->fields[REQUEST_ID], err, out);
	buffer_put_char(out, '\n');
}

static size_t read_lines(struct request_stream *stream, size_t *num_items)
{
	size_t num = 0;
	struct bytes text;
	while (num < EVALUATE_MAX && next_line(stream, &stream->lines[num], &text)) {
		struct line *line = &stream->lines[num];
		text = line->number == 1 ? text_without_mark(text) : text;
		// Of a line that is too long its rest is not known to be blank.
		if (!line->is_too_long && text_trim(text).len == 0) {
			continue;
		}
		read_line(stream, line, text, &stream->requests[num]);
		if (line->err.code == CODE_NONE) {
			line->item = (*num_items)++;
			stream->items[line->item].request = &stream->requests[num];
		}
		num++;
		if (stream->is_skipping) {
			break;
		}
	}
	return num;
}

static void put_one(struct request_stream *stream, size_t index, struct metrics *metrics,
	struct buffer *out)
{
	const struct line *line = &stream->lines[index];
	const struct evaluated *item =
		line->err.code == CODE_NONE ? &stream->items[line->item] : NULL;
	const struct record *record = item ? item->record : NULL;
	struct err err = item ? item->err : line->err;
	struct bytes text = bytes_of(stream->in.data + line->start, line->len);
	if (key_refusal_is_due(record, text, &stream->arena)) {
		record = NULL;
		err_clear(&err);
		err_set(&err, CODE_PRIVATE_KEY, ERR_NO_OFFSET, "%s", key_refusal_text);
	}
	if (!record) {
		put_error(stream, &stream->requests[index], &err, metrics, out);
		return;
	}
	metrics_judged(metrics, record);
	stream->results[record->result]++;
	report_json(record, out);
	buffer_put_char(out, '\n');
}

// A report may be a hundred times its line: where they become too many, the lines whose turn
// has not come stand in `in` again.
static void put_reports(struct request_stream *stream, size_t num,
	struct metrics *metrics, struct buffer *out)
{
	size_t before = out->len;
	for (size_t i = 0; i < num; i++) {
		if (out->len - before > ROUND_MAX) {
			stream->at = stream->lines[i].start;
			stream->searched = stream->at;
			stream->number = stream->lines[i].number - 1;
			stream->is_skipping = false;
			search(stream);
			return;
		}
		put_one(stream, i, metrics, out);
	}
}

// Behind the last line: what broke the input, if anything did.
static void put_end(
	struct request_stream *stream, struct metrics *metrics, struct buffer *out)
{
	struct line line = {.number = stream->number + 1};
	struct ctp_request request = {.num_policies = 0};
	if (stream->broken.code != CODE_NONE) {
		set_default_id(stream, &line, &request);
		put_error(stream, &request, &stream->broken, metrics, out);
	}
	stream->is_done = true;
}

bool request_stream_judge(struct request_stream *stream, struct ctp_context *context,
	const struct ctp_lists *lists, int64_t now_ms, struct metrics *metrics,
	struct buffer *out)
{
	struct buffer *to = stream->writer ? &stream->plain : out;
	size_t num_items = 0;
	arena_reset(&stream->arena);
	stream->plain.len = 0;
	if (stream->is_now) {
		stream->defaults.at_ms = now_ms;
	}
	size_t num = read_lines(stream, &num_items);
	evaluate_all(context, lists, stream->items, num_items);
	put_reports(stream, num, metrics, to);
	bool has_more = stream->in.len > stream->at;
	if (stream->has_ended && !has_more) {
		put_end(stream, metrics, to);
	}
	if (stream->is_skipping) {
		skip(stream);
	}
	if (stream->writer && !to->failed) {
		gzip_writer_put(
			stream->writer, buffer_bytes(to), true, stream->is_done, out);
	}
	return !to->failed && !out->failed;
}

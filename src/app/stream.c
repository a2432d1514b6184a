// SPDX-License-Identifier: Apache-2.0
#include "app/stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h> // already read before base/banned.h, see the Makefile
#include <zstd.h>
#include <zstd_errors.h>

#include "app/files.h"
#include "app/stop.h"

#define INPUT_LEN 65536
#define MAGIC_LEN 4
// How long a signal may go unnoticed.
#define STOP_MS 200
// avail_out of zlib is an unsigned int.
#define MAX_PIECE ((size_t)1 << 30)

// What reads one format. A step gives some bytes, or consumes some, or finds the end.
struct kind {
	const char *name;
	const char *unit; // what an archive is a sequence of
	bool (*open)(struct stream *stream, struct err *err);
	bool (*step)(struct stream *stream, uint8_t *out, size_t room, size_t *out_len);
	void (*close)(struct stream *stream);
};

struct stream {
	const struct kind *kind;
	char name[121]; // as messages give it
	int fd; // -1: `memory` is read
	struct bytes memory; // what has not been taken from it
	bool source_done; // nothing follows what is in `input`
	bool inside; // of a gzip member or a zstd frame
	bool padded; // only zero bytes may follow
	bool ended;
	uint64_t consumed; // bytes of the file before `at`
	uint64_t delivered;
	size_t at; // what has not been consumed: input[at] and on
	size_t len;
	struct err fault; // sticky
	z_stream zlib;
	ZSTD_DCtx *zstd;
	uint8_t input[INPUT_LEN];
};

// A pipe may stay silent for ever; whoever waits for it is told when the run is to stop.
static bool wait_for_bytes(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLIN};
	while (poll(&wanted, 1, STOP_MS) <= 0) {
		if (stop_signal()) {
			errno = EINTR;
			return false;
		}
	}
	return true;
}

static ssize_t read_source(struct stream *s, uint8_t *out, size_t room)
{
	if (s->fd >= 0) {
		ssize_t got;
		do {
			got = wait_for_bytes(s->fd) ? read(s->fd, out, room) : -1;
		} while (got < 0 && errno == EINTR && !stop_signal());
		return got;
	}
	size_t len = s->memory.len < room ? s->memory.len : room;
	bytes_copy(out, bytes_of(s->memory.data, len));
	if (len) {
		s->memory = bytes_of(s->memory.data + len, s->memory.len - len);
	}
	return (ssize_t)len;
}

// At least `want` bytes of input, or all that there are.
static bool fill(struct stream *s, size_t want)
{
	if (s->len >= want || s->source_done) {
		return true;
	}
	memmove(s->input, s->input + s->at, s->len);
	s->at = 0;
	while (s->len < want && !s->source_done) {
		ssize_t got =
			read_source(s, s->input + s->len, sizeof(s->input) - s->len);
		if (got < 0) {
			return file_fail(
				&s->fault, CODE_UNREADABLE_INPUT, "read", s->name);
		}
		s->source_done = got == 0;
		s->len += (size_t)got;
	}
	return true;
}

static void consume(struct stream *s, size_t len)
{
	s->at += len;
	s->len -= len;
	s->consumed += len;
}

// `format` speaks of the file and of what it consists of, in this order.
__attribute__((format(printf, 2, 0))) static bool fault(
	struct stream *s, const char *format)
{
	return err_set(&s->fault, CODE_UNREADABLE_INPUT, (size_t)s->consumed, format,
		s->name, s->kind->unit);
}

static bool fault_corrupt(struct stream *s, const char *reason)
{
	return err_set(&s->fault, CODE_UNREADABLE_INPUT, (size_t)s->consumed,
		"%s has a %s that is corrupt (%.40s); get the file again", s->name,
		s->kind->unit, reason);
}

static bool fault_checksum(struct stream *s)
{
	return fault(s,
		"%s has a %s with a wrong checksum, so it changed; get the file again");
}

// More input in the middle of a member or frame.
static bool need_more(struct stream *s)
{
	return fill(s, 1) &&
		(s->len > 0 ||
			fault(s,
				"%s ends in the middle of a %s, so it was cut short; "
				"get the whole file"));
}

static bool plain_open(struct stream *s, struct err *err)
{
	(void)s;
	(void)err;
	return true;
}

static bool plain_step(struct stream *s, uint8_t *out, size_t room, size_t *out_len)
{
	if (!fill(s, 1)) {
		return false;
	}
	size_t len = s->len < room ? s->len : room;
	bytes_copy(out, bytes_of(s->input + s->at, len));
	consume(s, len);
	s->ended = len == 0;
	*out_len = len;
	return true;
}

static void plain_close(struct stream *s)
{
	(void)s;
}

static bool begin_next(struct stream *s);

static bool gzip_open(struct stream *s, struct err *err)
{
	// 16: a gzip header and nothing else.
	return inflateInit2(&s->zlib, 15 + 16) == Z_OK || err_no_memory(err);
}

static bool gzip_status(struct stream *s, int status)
{
	const char *reason = s->zlib.msg ? s->zlib.msg : "no reason given";
	switch (status) {
	case Z_OK:
		return true;
	case Z_BUF_ERROR: // nothing to give, and nothing to read
		return need_more(s);
	case Z_STREAM_END:
		s->inside = false;
		return inflateReset(&s->zlib) == Z_OK ||
			fault_corrupt(s, "no way to go on");
	case Z_MEM_ERROR:
		return err_no_memory(&s->fault);
	default:
		break;
	}
	return strcmp(reason, "incorrect data check") == 0 ||
			strcmp(reason, "incorrect length check") == 0
		? fault_checksum(s)
		: fault_corrupt(s, reason);
}

static bool gzip_step(struct stream *s, uint8_t *out, size_t room, size_t *out_len)
{
	if (!s->inside) {
		return begin_next(s);
	}
	size_t len = room < MAX_PIECE ? room : MAX_PIECE;
	s->zlib.next_in = s->input + s->at;
	s->zlib.avail_in = (uInt)s->len;
	s->zlib.next_out = out;
	s->zlib.avail_out = (uInt)len;
	int status = inflate(&s->zlib, Z_NO_FLUSH);
	*out_len = len - s->zlib.avail_out;
	consume(s, s->len - s->zlib.avail_in);
	return gzip_status(s, status);
}

static void gzip_close(struct stream *s)
{
	(void)inflateEnd(&s->zlib);
}

static bool zstd_open(struct stream *s, struct err *err)
{
	s->zstd = ZSTD_createDCtx();
	return (s->zstd &&
		       !ZSTD_isError(ZSTD_DCtx_setParameter(
			       s->zstd, ZSTD_d_windowLogMax, STREAM_MAX_WINDOW_LOG))) ||
		err_no_memory(err);
}

static bool zstd_fault(struct stream *s, size_t status)
{
	ZSTD_ErrorCode code = ZSTD_getErrorCode(status);
	if (code == ZSTD_error_memory_allocation) {
		return err_no_memory(&s->fault);
	}
	if (code == ZSTD_error_checksum_wrong) {
		return fault_checksum(s);
	}
	if (code == ZSTD_error_frameParameter_windowTooLarge) {
		return fault(s,
			"%s has a %s with a window of more than 8 MB; compress "
			"it again without --long and --ultra");
	}
	if (code == ZSTD_error_dictionary_wrong) {
		return fault(s,
			"%s has a %s that needs a dictionary; compress it again "
			"without one");
	}
	return fault_corrupt(s, ZSTD_getErrorName(status));
}

// One call of the library, after which a frame may be at its end.
static bool zstd_call(
	struct stream *s, uint8_t *out, size_t room, size_t in_len, size_t *out_len)
{
	ZSTD_outBuffer to = {out, room, 0};
	ZSTD_inBuffer from = {s->input + s->at, in_len, 0};
	size_t status = ZSTD_decompressStream(s->zstd, &to, &from);
	*out_len = to.pos;
	consume(s, from.pos);
	s->inside = status != 0;
	return !ZSTD_isError(status) || zstd_fault(s, status);
}

// A call that fails says neither what it gave nor what it read. So one call gives what
// is decompressed and reads nothing, and the next one reads and has no room to give
// anything: it ends after one block.
static bool zstd_step(struct stream *s, uint8_t *out, size_t room, size_t *out_len)
{
	if (!s->inside) {
		return begin_next(s);
	}
	if (!zstd_call(s, out, room, 0, out_len)) {
		return false;
	}
	if (*out_len > 0 || !s->inside) {
		return true;
	}
	return s->len == 0 ? need_more(s) : zstd_call(s, out, 0, s->len, out_len);
}

static void zstd_close(struct stream *s)
{
	(void)ZSTD_freeDCtx(s->zstd);
}

static const struct kind plain = {"plain", "file", plain_open, plain_step, plain_close};
static const struct kind gzip = {"gzip", "gzip member", gzip_open, gzip_step, gzip_close};
static const struct kind zstd = {"zstd", "zstd frame", zstd_open, zstd_step, zstd_close};

static const struct magic {
	const struct kind *kind;
	size_t len;
	uint8_t bytes[MAGIC_LEN];
	uint8_t mask[MAGIC_LEN];
} magics[] = {
	// RFC 1952 2.3.1: ID1, ID2, and the one method there is.
	{&gzip, 3, {0x1f, 0x8b, 0x08}, {0xff, 0xff, 0xff}},
	// RFC 8878 3.1.1 and 3.1.2, skippable frames of 16 numbers.
	{&zstd, 4, {0x28, 0xb5, 0x2f, 0xfd}, {0xff, 0xff, 0xff, 0xff}},
	{&zstd, 4, {0x50, 0x2a, 0x4d, 0x18}, {0xf0, 0xff, 0xff, 0xff}},
};

// What is there of the input begins as the magic does.
static bool matches(const struct magic *magic, const struct stream *s)
{
	for (size_t i = 0; i < magic->len && i < s->len; i++) {
		if ((s->input[s->at + i] & magic->mask[i]) != magic->bytes[i]) {
			return false;
		}
	}
	return true;
}

static const struct kind *recognize(const struct stream *s)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (s->len >= magics[i].len && matches(&magics[i], s)) {
			return magics[i].kind;
		}
	}
	return &plain;
}

// Zero bytes to the end, with which tar fills its last block, or nothing.
static bool skip_padding(struct stream *s)
{
	while (s->padded && s->len > 0 && s->input[s->at] == 0) {
		consume(s, 1);
	}
	s->ended = s->len == 0 && s->source_done;
	return s->len == 0 ||
		fault(s,
			"%s goes on after its last %s with something else; cut that off "
			"or get the file again");
}

// Between two members or frames: another one, or the end. One that is cut short within
// its magic begins all the same, and its reader finds out.
static bool begin_next(struct stream *s)
{
	if (!fill(s, s->padded ? 1 : MAGIC_LEN)) {
		return false;
	}
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (s->len > 0 && !s->padded && magics[i].kind == s->kind &&
			matches(&magics[i], s)) {
			s->inside = true;
			return true;
		}
	}
	s->padded = s->padded || (s->kind == &gzip && s->len > 0 && s->input[s->at] == 0);
	return skip_padding(s);
}

static bool open_file(struct stream *s, const char *path, struct err *err)
{
	struct stat info;
	bool is_standard = strcmp(path, "-") == 0;
	(void)snprintf(
		s->name, sizeof(s->name), "%s", is_standard ? "standard input" : path);
	s->fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0) {
		return file_fail(err, CODE_UNREADABLE_INPUT, "open", path);
	}
	if (fstat(s->fd, &info) == 0 && S_ISDIR(info.st_mode)) {
		return err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
			"%s is a folder; name the files in it", s->name);
	}
	return true;
}

static bool tell_fault(const struct stream *s, struct err *err)
{
	if (err->code == CODE_NONE) {
		*err = s->fault;
	}
	return false;
}

// The format, by the first bytes.
static bool begin(struct stream *s, struct err *err)
{
	if (!fill(s, MAGIC_LEN)) {
		return tell_fault(s, err);
	}
	s->kind = recognize(s);
	return s->kind->open(s, err);
}

static struct stream *new_stream(struct err *err)
{
	struct stream *s = calloc(1, sizeof(*s));
	if (!s) {
		err_no_memory(err);
		return NULL;
	}
	s->kind = &plain;
	s->fd = -1;
	err_clear(&s->fault);
	return s;
}

struct stream *stream_open(const char *path, struct err *err)
{
	struct stream *s = new_stream(err);
	if (s && !(open_file(s, path, err) && begin(s, err))) {
		stream_close(s);
		return NULL;
	}
	return s;
}

struct stream *stream_of_bytes(struct bytes in, struct err *err)
{
	struct stream *s = new_stream(err);
	if (!s) {
		return NULL;
	}
	(void)snprintf(s->name, sizeof(s->name), "the input");
	s->memory = in;
	if (!begin(s, err)) {
		stream_close(s);
		return NULL;
	}
	return s;
}

bool stream_read(struct stream *stream, uint8_t *out, size_t room, size_t *out_len,
	struct err *err)
{
	size_t len = 0;
	assert(room > 0);
	while (len == 0 && !stream->ended && stream->fault.code == CODE_NONE) {
		// A fault is kept, and told when all that came before it is out.
		(void)stream->kind->step(stream, out, room, &len);
	}
	*out_len = len;
	stream->delivered += len;
	if (len == 0 && stream->fault.code != CODE_NONE) {
		return tell_fault(stream, err);
	}
	return true;
}

uint64_t stream_offset(const struct stream *stream)
{
	return stream->delivered;
}

uint64_t stream_consumed(const struct stream *stream)
{
	return stream->consumed;
}

const char *stream_kind(const struct stream *stream)
{
	return stream->kind->name;
}

bool stream_is_ready(const struct stream *s)
{
	struct pollfd wanted = {.fd = s->fd, .events = POLLIN};
	return s->fd < 0 || poll(&wanted, 1, 0) != 0;
}

void stream_close(struct stream *stream)
{
	if (!stream) {
		return;
	}
	stream->kind->close(stream);
	if (stream->fd > STDIN_FILENO) {
		(void)close(stream->fd);
	}
	free(stream);
}

// All of it, for which `name` stands in a message; closes it.
static bool read_whole(
	struct stream *stream, const char *name, struct buffer *out, struct err *err)
{
	size_t got = stream ? 1 : 0;
	while (got > 0) {
		// A little more than the limit, to notice that a file goes beyond it.
		uint8_t extra[1];
		size_t before = out->len;
		size_t left = out->max - before;
		size_t room = left < 65536 ? left : 65536;
		uint8_t *at = room ? buffer_extend(out, room) : extra;
		if (!at) {
			err_no_memory(err);
			break;
		}
		if (!stream_read(stream, at, room ? room : sizeof(extra), &got, err)) {
			break;
		}
		if (!room && got > 0) {
			err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
				"%.120s is larger than the limit of %zu bytes", name,
				out->max);
			break;
		}
		out->len = before + (room ? got : 0);
	}
	stream_close(stream);
	return err->code == CODE_NONE;
}

bool stream_read_file(const char *path, struct buffer *out, struct err *err)
{
	return read_whole(stream_open(path, err), path, out, err);
}

bool stream_read_bytes(struct bytes in, struct buffer *out, struct err *err)
{
	return read_whole(stream_of_bytes(in, err), "it", out, err);
}

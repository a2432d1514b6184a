// SPDX-License-Identifier: Apache-2.0
#include "app/sink.h"

#include <zlib.h> // already read before base/banned.h, see the Makefile
#include <zstd.h>

#include "app/files.h"

#define OUTPUT_LEN 65536
// avail_in of zlib is an unsigned int.
#define MAX_PIECE ((size_t)1 << 30)
#define GZIP_LEVEL 6
#define ZSTD_LEVEL 3
// RFC 1952 2.3.1: 255 is "unknown". zlib would name the system that it was built for.
#define GZIP_OS 255

// What writes one format. Each fails with the sink's `fault`.
struct kind {
	const char *suffix;
	bool (*begin)(struct sink *sink); // a member or a frame
	bool (*put)(struct sink *sink, struct bytes in); // 1 to MAX_PIECE bytes
	bool (*end)(struct sink *sink);
};

struct sink {
	const struct kind *kind;
	struct output output;
	char *path; // which `output` lends; NULL: standard output
	bool begun; // a member or a frame
	uint64_t written; // the file's length
	struct err fault; // sticky
	gz_header header;
	z_stream zlib;
	ZSTD_CCtx *zstd;
	size_t len; // of what waits in `out`
	uint8_t out[OUTPUT_LEN];
};

static bool write_out(struct sink *s, struct bytes in)
{
	if (!output_write(&s->output, in, &s->fault)) {
		return false;
	}
	s->written += in.len;
	return true;
}

static bool flush(struct sink *s)
{
	if (!write_out(s, bytes_of(s->out, s->len))) {
		return false;
	}
	s->len = 0;
	return true;
}

static bool make_room(struct sink *s)
{
	return s->len < sizeof(s->out) || flush(s);
}

static bool fault(struct sink *s, const char *reason)
{
	return err_set(&s->fault, CODE_OUTPUT_FAILED, ERR_NO_OFFSET,
		"cannot compress %.120s: %.60s", s->path, reason);
}

static bool plain_begin(struct sink *s)
{
	(void)s;
	return true;
}

static bool plain_put(struct sink *s, struct bytes in)
{
	if (in.len >= sizeof(s->out)) {
		return flush(s) && write_out(s, in);
	}
	while (in.len > 0) {
		if (!make_room(s)) {
			return false;
		}
		size_t room = sizeof(s->out) - s->len;
		size_t len = in.len < room ? in.len : room;
		bytes_copy(s->out + s->len, bytes_of(in.data, len));
		s->len += len;
		in = bytes_of(in.data + len, in.len - len);
	}
	return true;
}

static bool plain_end(struct sink *s)
{
	(void)s;
	return true;
}

static bool gzip_begin(struct sink *s)
{
	// 16: with a gzip header. 8: zlib's default of memory.
	int status = s->zlib.state ? deflateReset(&s->zlib)
				   : deflateInit2(&s->zlib, GZIP_LEVEL, Z_DEFLATED,
					     15 + 16, 8, Z_DEFAULT_STRATEGY);
	if (status == Z_MEM_ERROR) {
		return err_no_memory(&s->fault);
	}
	// No time, no name.
	s->header = (gz_header){.os = GZIP_OS};
	if (status != Z_OK || deflateSetHeader(&s->zlib, &s->header) != Z_OK) {
		return fault(s, "zlib does not begin");
	}
	return true;
}

static bool gzip_call(struct sink *s, int how, int *status)
{
	if (!make_room(s)) {
		return false;
	}
	s->zlib.next_out = s->out + s->len;
	s->zlib.avail_out = (uInt)(sizeof(s->out) - s->len);
	*status = deflate(&s->zlib, how);
	s->len = sizeof(s->out) - s->zlib.avail_out;
	return (*status == Z_OK || *status == Z_STREAM_END) ||
		fault(s, "zlib does not go on");
}

static bool gzip_put(struct sink *s, struct bytes in)
{
	int status;
	s->zlib.next_in = in.data;
	s->zlib.avail_in = (uInt)in.len;
	while (s->zlib.avail_in > 0) {
		if (!gzip_call(s, Z_NO_FLUSH, &status)) {
			return false;
		}
	}
	return true;
}

static bool gzip_end(struct sink *s)
{
	int status = Z_OK;
	s->zlib.next_in = NULL;
	s->zlib.avail_in = 0;
	while (status != Z_STREAM_END) {
		if (!gzip_call(s, Z_FINISH, &status)) {
			return false;
		}
	}
	return true;
}

static bool zstd_begin(struct sink *s)
{
	if (!s->zstd) {
		s->zstd = ZSTD_createCCtx();
	}
	if (!s->zstd) {
		return err_no_memory(&s->fault);
	}
	if (ZSTD_isError(ZSTD_CCtx_reset(s->zstd, ZSTD_reset_session_only)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(
			s->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_checksumFlag, 1))) {
		return fault(s, "libzstd does not begin");
	}
	return true;
}

static bool zstd_call(
	struct sink *s, ZSTD_inBuffer *in, ZSTD_EndDirective how, size_t *left)
{
	if (!make_room(s)) {
		return false;
	}
	ZSTD_outBuffer to = {s->out, sizeof(s->out), s->len};
	*left = ZSTD_compressStream2(s->zstd, &to, in, how);
	s->len = to.pos;
	return !ZSTD_isError(*left) || fault(s, ZSTD_getErrorName(*left));
}

static bool zstd_put(struct sink *s, struct bytes in)
{
	size_t left;
	ZSTD_inBuffer from = {in.data, in.len, 0};
	while (from.pos < from.size) {
		if (!zstd_call(s, &from, ZSTD_e_continue, &left)) {
			return false;
		}
	}
	return true;
}

static bool zstd_end(struct sink *s)
{
	size_t left = 1;
	ZSTD_inBuffer from = {s->out, 0, 0};
	while (left > 0) {
		if (!zstd_call(s, &from, ZSTD_e_end, &left)) {
			return false;
		}
	}
	return true;
}

// The first whose suffix the path has.
static const struct kind kinds[] = {
	{".gz", gzip_begin, gzip_put, gzip_end},
	{".zst", zstd_begin, zstd_put, zstd_end},
	{"", plain_begin, plain_put, plain_end},
};

static const struct kind *kind_of(const char *path)
{
	const struct kind *kind = kinds;
	size_t len = strlen(path);
	while (len < strlen(kind->suffix) ||
		strcmp(path + len - strlen(kind->suffix), kind->suffix) != 0) {
		kind++;
	}
	return kind;
}

static void free_sink(struct sink *s)
{
	(void)deflateEnd(&s->zlib);
	(void)ZSTD_freeCCtx(s->zstd);
	free(s->path);
	free(s);
}

// Without its output.
static struct sink *new_sink(const char *path, struct err *err)
{
	bool is_standard = !path || strcmp(path, "-") == 0;
	struct sink *s = calloc(1, sizeof(*s));
	if (!s) {
		err_no_memory(err);
		return NULL;
	}
	err_clear(&s->fault);
	s->kind = kind_of(is_standard ? "" : path);
	s->path = is_standard ? NULL : strdup(path);
	if (!is_standard && !s->path) {
		err_no_memory(err);
		free_sink(s);
		return NULL;
	}
	return s;
}

bool sink_open(const char *path, struct sink **out, struct err *err)
{
	struct sink *s = new_sink(path, err);
	if (!s) {
		return false;
	}
	if (!output_open(s->path, &s->output, err)) {
		free_sink(s);
		return false;
	}
	*out = s;
	return true;
}

bool sink_reopen(const char *path, const char *partial, uint64_t len, struct sink **out,
	struct err *err)
{
	struct sink *s = new_sink(path, err);
	if (!s) {
		return false;
	}
	if (!s->path) {
		free_sink(s);
		return err_set(err, CODE_OUTPUT_FAILED, ERR_NO_OFFSET,
			"cannot go on with standard output: it is no file");
	}
	if (!output_reopen(s->path, partial, len, &s->output, err)) {
		free_sink(s);
		return false;
	}
	s->written = len;
	*out = s;
	return true;
}

const char *sink_partial(const struct sink *sink)
{
	return sink->output.temporary;
}

static bool begin(struct sink *s)
{
	s->begun = s->begun || s->kind->begin(s);
	return s->begun;
}

static bool put(struct sink *s, struct bytes in)
{
	while (in.len > 0) {
		size_t len = in.len < MAX_PIECE ? in.len : MAX_PIECE;
		if (!begin(s) || !s->kind->put(s, bytes_of(in.data, len))) {
			return false;
		}
		in = bytes_of(in.data + len, in.len - len);
	}
	return true;
}

static bool cut(struct sink *s)
{
	if (s->begun && !s->kind->end(s)) {
		return false;
	}
	s->begun = false;
	return flush(s) && output_sync(&s->output, &s->fault);
}

static bool complete(struct sink *s)
{
	bool is_empty = s->written == 0 && s->len == 0 && !s->begun;
	return (!is_empty || begin(s)) && cut(s) &&
		output_commit(&s->output, &s->fault) &&
		output_finish(&s->output, &s->fault);
}

static bool tell_fault(const struct sink *s, struct err *err)
{
	if (err->code == CODE_NONE) {
		*err = s->fault;
	}
	return false;
}

bool sink_write(struct sink *sink, struct bytes in, struct err *err)
{
	return (sink->fault.code == CODE_NONE && put(sink, in)) || tell_fault(sink, err);
}

bool sink_cut(struct sink *sink, uint64_t *out_len, struct err *err)
{
	if (sink->fault.code != CODE_NONE || !cut(sink)) {
		return tell_fault(sink, err);
	}
	*out_len = sink->written;
	return true;
}

bool sink_finish(struct sink *sink, struct err *err)
{
	if (sink->fault.code != CODE_NONE || !complete(sink)) {
		return tell_fault(sink, err);
	}
	free_sink(sink);
	return true;
}

void sink_discard(struct sink *sink)
{
	if (sink) {
		output_discard(&sink->output);
		free_sink(sink);
	}
}

bool sink_keep(struct sink *sink)
{
	if (!sink) {
		return false;
	}
	bool kept = sink->output.temporary != NULL;
	output_keep(&sink->output);
	free_sink(sink);
	return kept;
}

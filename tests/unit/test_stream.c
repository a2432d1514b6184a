// SPDX-License-Identifier: Apache-2.0
#include "app/stream.h"

#include <sys/resource.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include "tests/unit/test.h"

void test_stream(void);

#define MAX_LEN ((size_t)4 * 1024 * 1024)
#define ROOM ((size_t)1 << 20)

enum format { PLAIN, GZIP, ZSTD, NUM_FORMATS };
static const char *const format_names[] = {"plain", "gzip", "zstd"};

static void put_gzip(struct bytes in, struct buffer *out)
{
	z_stream z = {.next_in = in.data, .avail_in = (uInt)in.len};
	int status = deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	size_t room = status == Z_OK ? deflateBound(&z, in.len) : 0;
	z.next_out = buffer_extend(out, room);
	z.avail_out = (uInt)room;
	if (!z.next_out || deflate(&z, Z_FINISH) != Z_STREAM_END) {
		abort();
	}
	out->len -= z.avail_out;
	(void)deflateEnd(&z);
}

// With a checksum; window_log 0: the level's.
static void put_zstd(struct bytes in, int window_log, struct buffer *out)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(in.len) + 32;
	ZSTD_outBuffer to = {buffer_extend(out, room), room, 0};
	ZSTD_inBuffer from = {in.data, in.len, 0};
	if (!z || !to.dst ||
		ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, window_log)) ||
		ZSTD_isError(ZSTD_compressStream2(z, &to, &from, ZSTD_e_continue)) ||
		ZSTD_compressStream2(z, &to, &from, ZSTD_e_end) != 0) {
		abort();
	}
	out->len -= room - to.pos;
	(void)ZSTD_freeCCtx(z);
}

static void put(enum format format, struct bytes in, struct buffer *out)
{
	switch (format) {
	case GZIP:
		put_gzip(in, out);
		break;
	case ZSTD:
		put_zstd(in, 0, out);
		break;
	case PLAIN:
	case NUM_FORMATS:
		buffer_put(out, in);
		break;
	}
}

// Text that compresses a little.
static struct buffer some_text(size_t len)
{
	struct buffer b;
	uint64_t seed = len;
	buffer_init(&b, MAX_LEN);
	while (b.len < len) {
		buffer_printf(&b, "{\"id\":%u}\n", (unsigned)(test_random(&seed) % 9999));
	}
	b.len = len;
	return b;
}

// All of it, in pieces of up to `room` bytes; what came before an error stays in `out`.
static bool read_all(struct stream *s, size_t room, struct buffer *out, struct err *err)
{
	for (;;) {
		size_t len;
		uint8_t *at = buffer_extend(out, room);
		bool good = at && stream_read(s, at, room, &len, err);
		out->len -= good ? room - len : room;
		if (!good || len == 0) {
			return good;
		}
	}
}

// Reads `in` as a new stream; the error's code is CODE_NONE at a good end.
static struct buffer read_bytes(struct bytes in, size_t room, struct err *err)
{
	struct buffer out;
	buffer_init(&out, MAX_LEN + ROOM);
	err_clear(err);
	struct stream *s = stream_of_bytes(in, err);
	CHECK(s != NULL, "a stream of %zu bytes", in.len);
	bool good = read_all(s, room, &out, err);
	CHECK(good == (err->code == CODE_NONE), "an error where there is none");
	CHECK_INT(stream_offset(s), out.len, "the bytes that came out");
	stream_close(s);
	return out;
}

// `archive` comes out as `want`, and then ends, or fails with `text`; in pieces of every
// size.
static void check_bytes(
	struct bytes archive, struct bytes want, const char *text, const char *name)
{
	static const size_t rooms[] = {ROOM, 65536, 4097, 1};
	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		struct err err;
		struct buffer out = read_bytes(archive, rooms[i], &err);
		CHECK(bytes_equal(buffer_bytes(&out), want), "%s, room %zu: %zu bytes",
			name, rooms[i], out.len);
		CHECK_CODE(&err, text ? CODE_UNREADABLE_INPUT : CODE_NONE, "%s", name);
		CHECK(!text || strstr(err.text, text), "%s: %s", name, err.text);
		buffer_clear(&out);
	}
}

static void test_round_trips(void)
{
	static const size_t lens[] = {
		0, 1, 2, 3, 4, 5, 100, 65535, 65536, 65537, 131072, 400000};
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]) * NUM_FORMATS; i++) {
		enum format format = (enum format)(i % NUM_FORMATS);
		struct buffer text = some_text(lens[i / NUM_FORMATS]);
		struct buffer archive;
		struct err err;
		buffer_init(&archive, MAX_LEN);
		err_clear(&err);
		put(format, buffer_bytes(&text), &archive);
		check_bytes(buffer_bytes(&archive), buffer_bytes(&text), NULL,
			format_names[format]);
		struct stream *s = stream_of_bytes(buffer_bytes(&archive), &err);
		CHECK_TEXT(stream_kind(s), format_names[format], "of %zu", text.len);
		stream_close(s);
		buffer_clear(&text);
		buffer_clear(&archive);
	}
}

// Cut anywhere: what came before, and the place where it ends.
static void test_cuts(enum format format)
{
	struct buffer text = some_text(150);
	struct buffer archive;
	struct err err;
	buffer_init(&archive, MAX_LEN);
	put(format, buffer_bytes(&text), &archive);
	size_t whole = archive.len;
	put(format, buffer_bytes(&text), &archive);
	for (size_t len = 0; len <= archive.len; len++) {
		struct buffer out = read_bytes(bytes_of(archive.data, len), ROOM, &err);
		size_t magic = format == GZIP ? 3 : 4;
		bool good = len < magic || len == whole || len == archive.len;
		CHECK_CODE(&err, good ? CODE_NONE : CODE_UNREADABLE_INPUT, "cut at %zu",
			len);
		if (!good) {
			CHECK(strstr(err.text, " ends in the middle of a "), "%s",
				err.text);
			CHECK_INT(err.offset, len, "where a cut is");
		}
		CHECK(len < magic ||
				(out.len <= 2 * text.len &&
					memcmp(out.data, text.data,
						out.len < text.len ? out.len
								   : text.len) == 0),
			"cut at %zu", len);
		CHECK(len < whole || out.len >= text.len, "the first half, at %zu", len);
		buffer_clear(&out);
	}
	buffer_clear(&text);
	buffer_clear(&archive);
}

// Any bit turned: bytes or an error, the same ones for every size of piece.
static void test_flips(enum format format)
{
	struct buffer text = some_text(400);
	struct buffer archive;
	buffer_init(&archive, MAX_LEN);
	put(format, buffer_bytes(&text), &archive);
	for (size_t bit = 0; bit < archive.len * 8; bit++) {
		struct err errs[2];
		archive.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		struct bytes in = buffer_bytes(&archive);
		struct buffer a = read_bytes(in, ROOM, &errs[0]);
		struct buffer b = read_bytes(in, 3, &errs[1]);
		archive.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(bytes_equal(buffer_bytes(&a), buffer_bytes(&b)), "%s, bit %zu: %s",
			format_names[format], bit, errs[0].text);
		CHECK(errs[0].code == CODE_NONE || errs[0].code == CODE_UNREADABLE_INPUT,
			"bit %zu", bit);
		CHECK(errs[0].code == errs[1].code && errs[0].offset == errs[1].offset &&
				strcmp(errs[0].text, errs[1].text) == 0,
			"bit %zu: %s, or %s", bit, errs[0].text, errs[1].text);
		buffer_clear(&a);
		buffer_clear(&b);
	}
	buffer_clear(&text);
	buffer_clear(&archive);
}

static const struct {
	const char *name;
	// Letters: G and Z are a member and a frame of "hello\n", g and z ones of nothing, S
	// a skippable frame, 0 a thousand zero bytes, W a window of 2^24 bytes, X rubbish; other
	// letters stand for themselves.
	const char *parts;
	size_t want_times; // how often "hello\n" comes out
	const char *want_text; // NULL: a good end
} sequences[] = {
	{"three members", "GGG", 3, NULL},
	{"a member of nothing", "g", 0, NULL},
	{"members of nothing between", "gGggG", 2, NULL},
	{"padded", "GG0", 2, NULL},
	{"padded a lot",
		"G00000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000",
		1, NULL},
	{"a member after padding", "G0G", 1, "goes on after its last gzip member"},
	{"rubbish after padding", "G0X", 1, "goes on after its last gzip member"},
	{"rubbish after a member", "GX", 1, "goes on after its last gzip member"},
	{"a frame after a member", "GZ", 1, "goes on after its last gzip member"},
	{"three frames", "ZZZ", 3, NULL},
	{"a frame of nothing", "z", 0, NULL},
	{"skippable frames", "SZSSZS", 2, NULL},
	{"a skippable frame alone", "S", 0, NULL},
	{"zero bytes after a frame", "Z0", 1, "goes on after its last zstd frame"},
	{"rubbish after a frame", "ZX", 1, "goes on after its last zstd frame"},
	{"a member after a frame", "ZG", 1, "goes on after its last zstd frame"},
	{"a wide window", "ZW", 1, "window of more than 8 MB; compress it again"},
	{"a wide window at once", "W", 0, "window of more than 8 MB"},
};

static void put_part(char part, struct buffer *out)
{
	static const uint8_t zeros[1000];
	static const uint8_t skippable[] = {0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9};
	struct bytes text = BYTES_LITERAL("hello\n");
	switch (part) {
	case 'G':
		put_gzip(text, out);
		break;
	case 'g':
		put_gzip(BYTES_LITERAL(""), out);
		break;
	case 'Z':
		put_zstd(text, 0, out);
		break;
	case 'z':
		put_zstd(BYTES_LITERAL(""), 0, out);
		break;
	case 'W':
		put_zstd(text, STREAM_MAX_WINDOW_LOG + 1, out);
		break;
	case 'S':
		buffer_put(out, bytes_of(skippable, sizeof(skippable)));
		break;
	case '0':
		buffer_put(out, bytes_of(zeros, sizeof(zeros)));
		break;
	default:
		buffer_put_text(out, "rubbish");
	}
}

static void test_sequences(void)
{
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		struct buffer archive, want;
		buffer_init(&archive, MAX_LEN);
		buffer_init(&want, MAX_LEN);
		buffer_put_text(&want, "");
		for (const char *part = sequences[i].parts; *part; part++) {
			put_part(*part, &archive);
		}
		for (size_t k = 0; k < sequences[i].want_times; k++) {
			buffer_put_text(&want, "hello\n");
		}
		check_bytes(buffer_bytes(&archive), buffer_bytes(&want),
			sequences[i].want_text, sequences[i].name);
		buffer_clear(&archive);
		buffer_clear(&want);
	}
}

// The widest window that is read; a checksum that is wrong after the last byte of the
// content; a frame that asks for a dictionary.
static void test_faults(void)
{
	struct buffer text = some_text(300);
	struct buffer archive;
	buffer_init(&archive, MAX_LEN);
	put_zstd(buffer_bytes(&text), STREAM_MAX_WINDOW_LOG, &archive);
	check_bytes(
		buffer_bytes(&archive), buffer_bytes(&text), NULL, "the widest window");
	archive.data[archive.len - 1] ^= 1;
	check_bytes(buffer_bytes(&archive), buffer_bytes(&text),
		"zstd frame with a wrong checksum", "zstd's checksum");
	archive.len = 0;
	put_gzip(buffer_bytes(&text), &archive);
	archive.data[archive.len - 1] ^= 1;
	check_bytes(buffer_bytes(&archive), buffer_bytes(&text),
		"gzip member with a wrong checksum", "gzip's length");
	archive.data[archive.len - 5] ^= 1;
	check_bytes(buffer_bytes(&archive), buffer_bytes(&text),
		"gzip member with a wrong checksum", "gzip's checksum");
	archive.data[3] = 0xe0;
	check_bytes(buffer_bytes(&archive), BYTES_NONE, "corrupt (unknown header flags",
		"gzip's flags");
	// RFC 8878 3.1.1.1: a dictionary's number of one byte, a window of 1 KB, an empty
	// last block.
	check_bytes(BYTES_LITERAL("\x28\xb5\x2f\xfd\x01\x00\x07\x01\x00\x00"), BYTES_NONE,
		"needs a dictionary", "a dictionary");
	buffer_clear(&text);
	buffer_clear(&archive);
}

static long peak_memory(void)
{
	struct rusage usage;
	return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

// 100 MB of zeros in 64 pieces, all of them the same member or frame.
static void test_bomb(enum format format)
{
	static const size_t len = (size_t)25 * 1024 * 1024 / 16;
	static uint8_t out[65536];
	struct buffer archive;
	struct err err;
	uint8_t *zeros = calloc(1, len);
	buffer_init(&archive, MAX_LEN);
	for (int i = 0; i < 64 && zeros; i++) {
		put(format, bytes_of(zeros, len), &archive);
	}
	free(zeros);
	err_clear(&err);
	long before = peak_memory();
	struct stream *s = stream_of_bytes(buffer_bytes(&archive), &err);
	size_t got = 1;
	bool zero = true;
	while (got > 0 && stream_read(s, out, sizeof(out), &got, &err)) {
		zero = zero && (got == 0 || (out[0] == 0 && out[got - 1] == 0));
	}
	CHECK_CODE(&err, CODE_NONE, "a bomb");
	CHECK(zero, "what the bomb holds");
	CHECK_INT(stream_offset(s), 64 * len, "a bomb of %zu bytes", archive.len);
	long grown = peak_memory() - before;
	CHECK(grown < 32 * 1024, "%ld KB more for a bomb", grown);
	stream_close(s);
	buffer_clear(&archive);
}

// After the fault, and at the end, every read says the same again.
static void test_again(void)
{
	static uint8_t out[100];
	struct err err;
	size_t len = 7;
	err_clear(&err);
	struct stream *s = stream_of_bytes(BYTES_LITERAL("\x1f\x8b\x08\x00zz"), &err);
	for (int i = 0; i < 3; i++) {
		err_clear(&err);
		CHECK(!stream_read(s, out, sizeof(out), &len, &err), "time %d", i);
		CHECK_CODE(&err, CODE_UNREADABLE_INPUT, "time %d", i);
		CHECK_INT(err.offset, 6, "time %d", i);
		CHECK_INT(len, 0, "time %d", i);
	}
	stream_close(s);
	err_clear(&err);
	s = stream_of_bytes(BYTES_LITERAL("ab"), &err);
	CHECK(stream_read(s, out, sizeof(out), &len, &err) && len == 2, "two bytes");
	CHECK(stream_read(s, out, sizeof(out), &len, &err) && len == 0, "the end");
	CHECK(stream_read(s, out, sizeof(out), &len, &err) && len == 0, "the end again");
	stream_close(s);
	stream_close(NULL);
}

static void check_unopened(const char *path, const char *text)
{
	struct err err;
	err_clear(&err);
	struct stream *s = stream_open(path, &err);
	CHECK(s == NULL, "%s opens", path);
	CHECK_CODE(&err, CODE_UNREADABLE_INPUT, "%s", path);
	CHECK(strstr(err.text, text) != NULL, "%s", err.text);
	stream_close(s);
}

static void check_file(const char *path, struct bytes want, const char *kind)
{
	struct buffer out;
	struct err err;
	buffer_init(&out, MAX_LEN + ROOM);
	err_clear(&err);
	struct stream *s = stream_open(path, &err);
	if (CHECK(s != NULL, "%s: %s", path, err.text)) {
		CHECK(read_all(s, ROOM, &out, &err), "%s: %s", path, err.text);
		CHECK(bytes_equal(buffer_bytes(&out), want), "%s", path);
		CHECK_TEXT(stream_kind(s), kind, "%s", path);
	}
	stream_close(s);
	buffer_clear(&out);
}

// A pipe as standard input, which stays open.
static void check_standard_input(
	struct bytes archive, struct bytes want, const char *kind)
{
	int pipes[2];
	int kept = dup(STDIN_FILENO);
	if (!CHECK(pipe(pipes) == 0, "a pipe")) {
		return;
	}
	CHECK(write(pipes[1], archive.data, archive.len) == (ssize_t)archive.len,
		"write");
	(void)close(pipes[1]);
	(void)dup2(pipes[0], STDIN_FILENO);
	(void)close(pipes[0]);
	check_file("-", want, kind);
	int again = dup(STDIN_FILENO);
	CHECK(again >= 0, "standard input is closed");
	(void)close(again);
	(void)(kept < 0 ? close(STDIN_FILENO) : dup2(kept, STDIN_FILENO));
	(void)(kept < 0 ? 0 : close(kept));
}

static void test_files(void)
{
	char path[] = "/tmp/ctpolicy-stream-XXXXXX";
	struct buffer text = some_text(10000);
	struct buffer archive;
	buffer_init(&archive, MAX_LEN);
	put_gzip(buffer_bytes(&text), &archive);
	int fd = mkstemp(path);
	CHECK(write(fd, archive.data, archive.len) == (ssize_t)archive.len, "write");
	check_file(path, buffer_bytes(&text), "gzip");
	CHECK(ftruncate(fd, 0) == 0, "truncate");
	check_file(path, BYTES_NONE, "plain");
	(void)close(fd);
	(void)unlink(path);
	check_unopened(path, "cannot open /tmp/ctpolicy-stream-");
	check_unopened("tests", "tests is a folder; name the files in it");
	check_unopened("/proc/self/mem", "cannot read /proc/self/mem: ");
	check_standard_input(buffer_bytes(&archive), buffer_bytes(&text), "gzip");
	check_standard_input(buffer_bytes(&text), buffer_bytes(&text), "plain");
	buffer_clear(&text);
	buffer_clear(&archive);
}

void test_stream(void)
{
	test_round_trips();
	test_cuts(GZIP);
	test_cuts(ZSTD);
	test_flips(GZIP);
	test_flips(ZSTD);
	test_sequences();
	test_faults();
	test_bomb(GZIP);
	test_bomb(ZSTD);
	test_again();
	test_files();
}

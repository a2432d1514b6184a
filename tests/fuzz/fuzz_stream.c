// SPDX-License-Identifier: Apache-2.0
// stream_of_bytes, stream_read.
//
// Property: no read gives more than there is room for, and none gives nothing before the
// end. Plain input comes out as it is. Pieces of any size give the same bytes, and then
// the same end or error, whose offset lies in the input; a read after it says the same
// again. Only the first 4 MB of what an input holds are looked at.
#include "app/stream.h"
#include "tests/fuzz/fuzz.h"

#define MAX_OUT ((size_t)4 * 1024 * 1024)
#define MAX_ROOM 65536

struct result {
	struct buffer out;
	struct err err;
	bool ended; // else there is more
	bool plain;
};

// Rooms go through a sequence that `seed` begins; 0: always all of it.
static size_t next_room(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return 1 + (*seed >> 8) % (*seed >> 30 ? 64 : MAX_ROOM);
}

static void check_after(struct stream *s, const struct err *before)
{
	uint8_t byte;
	struct err err;
	size_t len = 1;
	err_clear(&err);
	bool good = stream_read(s, &byte, 1, &len, &err);
	fuzz_need(
		good == (before->code == CODE_NONE) && len == 0, "a read after the end");
	fuzz_need(err.offset == before->offset && strcmp(err.text, before->text) == 0,
		"first %s, then %s", before->text, err.text);
}

static struct result read_all(struct bytes in, uint32_t seed)
{
	static uint8_t piece[MAX_ROOM];
	struct result r = {.ended = false};
	buffer_init(&r.out, MAX_OUT + MAX_ROOM);
	err_clear(&r.err);
	struct stream *s = stream_of_bytes(in, &r.err);
	fuzz_need_done(s != NULL, &r.err, "a stream");
	r.plain = strcmp(stream_kind(s), "plain") == 0;
	while (!r.ended && r.out.len < MAX_OUT) {
		size_t room = seed ? next_room(&seed) : MAX_ROOM;
		size_t len = SIZE_MAX;
		r.ended = !stream_read(s, piece, room, &len, &r.err) || len == 0;
		fuzz_need(len <= room, "%zu bytes in a room of %zu", len, room);
		fuzz_need(!r.ended || len == 0, "an end with %zu bytes", len);
		buffer_put(&r.out, bytes_of(piece, len));
		fuzz_need(stream_offset(s) == r.out.len, "offset and bytes differ");
	}
	if (r.ended) {
		check_after(s, &r.err);
	}
	stream_close(s);
	fuzz_need(!r.out.failed, "out of memory");
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	struct result one = read_all(in, 0);
	struct result two = read_all(in, (uint32_t)len * 2 + 1);
	size_t both = one.out.len < two.out.len ? one.out.len : two.out.len;
	fuzz_need(bytes_equal(bytes_of(one.out.data, both), bytes_of(two.out.data, both)),
		"pieces of another size give other bytes");
	fuzz_need(!one.ended || !two.ended ||
			(one.out.len == two.out.len && one.err.code == two.err.code &&
				one.err.offset == two.err.offset),
		"%zu bytes and \"%s\", or %zu and \"%s\"", one.out.len, one.err.text,
		two.out.len, two.err.text);
	fuzz_need(!one.plain ||
			(one.err.code == CODE_NONE &&
				bytes_equal(buffer_bytes(&one.out),
					bytes_of(data, one.out.len)) &&
				(!one.ended || one.out.len == len)),
		"plain input comes out otherwise");
	if (one.err.code != CODE_NONE) {
		fuzz_need_error(&one.err, len, "stream_read");
	}
	buffer_clear(&one.out);
	buffer_clear(&two.out);
	return 0;
}

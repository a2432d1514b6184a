// SPDX-License-Identifier: Apache-2.0
#include "app/window.h"

#include "tests/unit/test.h"

void test_window(void);

#define LEN ((size_t)1000000)
#define MAX ((size_t)200000)

static uint8_t text[LEN];

// Whatever is filled and taken, the window shows the stream's bytes from its offset on.
static void check_shown(const struct window *w)
{
	struct bytes in = window_bytes(w);
	CHECK(w->offset + in.len <= LEN, "%" PRIu64, w->offset);
	CHECK(in.len == 0 || memcmp(in.data, text + w->offset, in.len) == 0,
		"at %" PRIu64, w->offset);
	CHECK(in.len < MAX + 65536, "%zu bytes", in.len);
	CHECK(w->cap <= 2 * (MAX + 2 * 65536), "%zu bytes of memory", w->cap);
}

static void test_random_steps(void)
{
	struct err err;
	struct window w;
	uint64_t seed = 7;
	err_clear(&err);
	struct stream *s = stream_of_bytes(bytes_of(text, LEN), &err);
	window_init(&w, s, MAX);
	CHECK_INT(window_bytes(&w).len, 0, "nothing yet");
	while (!w.at_end) {
		size_t need = test_random(&seed) % MAX;
		bool filled = window_fill(&w, need);
		CHECK_INT(filled, window_bytes(&w).len >= need, "filled");
		CHECK(filled || w.at_end, "not filled, and not at the end");
		check_shown(&w);
		window_take(&w, test_random(&seed) % (window_bytes(&w).len + 1));
		check_shown(&w);
	}
	CHECK_INT(w.offset + window_bytes(&w).len, LEN, "the end");
	CHECK(!window_more(&w), "more behind the end");
	CHECK_CODE(&w.err, CODE_NONE, "the end");
	window_clear(&w);
	stream_close(s);
}

static void test_limit(void)
{
	struct err err;
	struct window w;
	err_clear(&err);
	struct stream *s = stream_of_bytes(bytes_of(text, LEN), &err);
	window_init(&w, s, MAX);
	CHECK(window_fill(&w, MAX), "the limit");
	CHECK(!window_more(&w) && !w.at_end, "more than the limit");
	window_take(&w, window_bytes(&w).len);
	CHECK(window_more(&w), "room again");
	window_clear(&w);
	stream_close(s);
}

// What came before the fault is there, and the fault as well.
static void test_fault(void)
{
	struct err err;
	struct window w;
	err_clear(&err);
	struct stream *s = stream_of_bytes(BYTES_LITERAL("\x1f\x8b\x08\x00zz"), &err);
	window_init(&w, s, MAX);
	CHECK(!window_fill(&w, 1) && w.at_end, "a fault");
	CHECK_CODE(&w.err, CODE_UNREADABLE_INPUT, "a fault");
	CHECK_INT(window_bytes(&w).len, 0, "a fault");
	window_clear(&w);
	stream_close(s);
}

void test_window(void)
{
	uint64_t seed = 1;
	for (size_t i = 0; i < LEN; i++) {
		text[i] = (uint8_t)test_random(&seed);
	}
	text[0] = 'x'; // no archive
	test_random_steps();
	test_limit();
	test_fault();
}

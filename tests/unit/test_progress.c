// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include "tests/unit/test.h"

void test_progress(void);

static const struct {
	const char *name;
	struct progress_view view;
	size_t width;
	const char *want;
} cases[] = {
	{"nothing is known", {.counts = {.records = 5, .failed = 2}}, 80,
		"5 done, 2 fail"},
	{"the whole is not known",
		{.counts = {.records = 5000, .unread = 7},
			.records_now = 5000,
			.bytes = 99,
			.ms = 2000},
		80, "5000 done, 0 fail, 7 unreadable, 2500/s"},
	{"the beginning: nobody can say how long it takes",
		{.counts = {.records = 32},
			.records_now = 32,
			.bytes = 1,
			.total = 1000,
			.ms = 100},
		80, "[........................]   0%  32 done, 0 fail, 320/s"},
	{"a quarter",
		{.counts = {.records = 1000, .failed = 3},
			.records_now = 1000,
			.bytes = 250,
			.total = 1000,
			.ms = 10000},
		80,
		"[######..................]  25%  0:00:30 left  1000 done, 3 fail, 100/s"},
	{"gone on with at a half: what this run did counts for its rate",
		{.counts = {.records = 6000},
			.records_now = 1000,
			.bytes = 600,
			.bytes_before = 500,
			.total = 1000,
			.ms = 10000},
		80,
		"[##############..........]  60%  0:00:40 left  6000 done, 0 fail, 100/s"},
	{"numbers that leave no room for a bar",
		{.counts = {.records = 123456789, .failed = 12345678, .unread = 1234},
			.records_now = 123456789,
			.bytes = 500,
			.total = 1000,
			.ms = 36000000},
		80,
		" 50%  10:00:00 left  123456789 done, 12345678 fail, "
		"1234 unreadable, 3429/s"},
	{"a narrow terminal",
		{.counts = {.records = 1000},
			.records_now = 1000,
			.bytes = 500,
			.total = 1000,
			.ms = 1000},
		30, " 50%  0:00:01 left  1000 done"},
	{"one column", {.counts = {.records = 1}}, 1, ""},
	{"a pipe",
		{.counts = {.records = 1000},
			.records_now = 1000,
			.bytes = 500,
			.total = 1000,
			.ms = 10000},
		0, " 50%  0:00:10 left  1000 done, 0 fail, 100/s"},
	{"inputs that have grown",
		{.counts = {.records = 9},
			.records_now = 9,
			.bytes = 1001,
			.total = 1000,
			.ms = 1000},
		60, "[############] 100%  0:00:00 left  9 done, 0 fail, 9/s"},
	{"years",
		{.counts = {.records = 9},
			.records_now = 9,
			.bytes = 6,
			.total = 1000,
			.ms = 864000000},
		0, "  0%  9 done, 0 fail, 0/s"},
};

void test_progress(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out;
		buffer_init(&out, 1024);
		progress_put(&cases[i].view, cases[i].width, &out);
		CHECK(cases[i].width == 0 || out.len < cases[i].width, "%s: %zu columns",
			cases[i].name, out.len);
		buffer_put_char(&out, '\0');
		CHECK_TEXT((char *)out.data, cases[i].want, "%s", cases[i].name);
		buffer_clear(&out);
	}
}

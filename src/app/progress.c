// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/clock.h"

#define BAR_EVERY_MS 200
#define LINE_EVERY_MS 10000
#define STEP 6
#define MAX_BAR 24
#define USUAL_WIDTH 80
// What was seen by then tells how long the rest takes.
#define MIN_SHARE 0.005
#define MAX_LEFT_S 3600000.0

void progress_init(struct progress *progress, enum progress_mode mode)
{
	bool is_terminal = isatty(STDERR_FILENO) == 1;
	*progress = (struct progress){
		.is_on =
			mode == PROGRESS_ALWAYS || (mode == PROGRESS_AUTO && is_terminal),
		.is_terminal = is_terminal,
		.is_always = mode == PROGRESS_ALWAYS,
	};
}

void progress_say(struct progress *progress, const char *what)
{
	if (progress->is_on && progress->is_terminal) {
		(void)fprintf(stderr, "\r\033[K%s ...", what);
		(void)fflush(stderr);
		progress->is_shown = true;
	}
}

void progress_begin(struct progress *progress, const struct audit_inputs *inputs,
	uint64_t records, uint64_t bytes)
{
	if (!progress->is_on) {
		return;
	}
	progress->began_ms = clock_monotonic_ms();
	progress->shown_ms = progress->began_ms;
	progress->records_before = records;
	progress->bytes_before = bytes;
	progress->sizes = sizes_start(inputs);
}

// Of the inputs' bytes, from 0 to 1; below 0 where that is not known.
static double share_of(const struct progress_view *view, uint64_t bytes)
{
	if (view->total == 0) {
		return -1;
	}
	return bytes > view->total ? 1 : (double)bytes / (double)view->total;
}

static void put_left(const struct progress_view *view, struct buffer *out)
{
	double share = share_of(view, view->bytes);
	double now = share - share_of(view, view->bytes_before);
	double left = now > 0 ? (double)view->ms / 1e3 * (1 - share) / now + 0.5 : 0;
	if (share < 0 || now < MIN_SHARE || left > MAX_LEFT_S) {
		return;
	}
	long seconds = (long)left;
	buffer_printf(out, "%ld:%02ld:%02ld left  ", seconds / 3600, seconds / 60 % 60,
		seconds % 60);
}

// What matters most comes first: a narrow terminal shows no more than that.
static void put_numbers(const struct progress_view *view, struct buffer *out)
{
	double seconds = (double)view->ms / 1e3;
	double share = share_of(view, view->bytes);
	if (share >= 0) {
		buffer_printf(out, "%3d%%  ", (int)(share * 100));
	}
	put_left(view, out);
	buffer_printf(out, "%llu done, %llu fail",
		(unsigned long long)view->counts.records,
		(unsigned long long)view->counts.failed);
	if (view->counts.unread > 0) {
		buffer_printf(out, ", %llu unreadable",
			(unsigned long long)view->counts.unread);
	}
	if (view->ms > 0) {
		buffer_printf(out, ", %.0f/s", (double)view->records_now / seconds);
	}
}

// In the columns that the numbers leave of `room`.
static void put_bar(const struct progress_view *view, size_t room, struct buffer *out)
{
	double share = share_of(view, view->bytes);
	if (share < 0 || room < STEP + 3) {
		return;
	}
	// In steps: it keeps its length while the numbers grow.
	size_t len = room - 3 < MAX_BAR ? (room - 3) / STEP * STEP : MAX_BAR;
	buffer_put_char(out, '[');
	for (size_t i = 0; i < len; i++) {
		buffer_put_char(out, (double)i + 0.5 < share * (double)len ? '#' : '.');
	}
	buffer_put_text(out, "] ");
}

void progress_put(const struct progress_view *view, size_t width, struct buffer *out)
{
	struct buffer numbers;
	buffer_init(&numbers, 256);
	put_numbers(view, &numbers);
	struct bytes text = buffer_bytes(&numbers);
	if (width > 0) {
		// Behind a full line the cursor may stand on the next one.
		text.len = text.len < width - 1 ? text.len : width - 1;
		put_bar(view, width - 1 - text.len, out);
	}
	buffer_put(out, text);
	buffer_clear(&numbers);
}

static size_t terminal_width(void)
{
	struct winsize size;
	bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
	return known ? size.ws_col : USUAL_WIDTH;
}

void progress_show(
	struct progress *progress, const struct batch_counts *counts, uint64_t bytes)
{
	if (!progress->is_on) {
		return;
	}
	int64_t now_ms = clock_monotonic_ms();
	if (now_ms - progress->shown_ms <
		(progress->is_terminal ? BAR_EVERY_MS : LINE_EVERY_MS)) {
		return;
	}
	struct progress_view view = {
		.counts = *counts,
		.records_now = counts->records - progress->records_before,
		.bytes = bytes,
		.bytes_before = progress->bytes_before,
		.total = sizes_total(progress->sizes),
		.ms = now_ms - progress->began_ms,
	};
	struct buffer line;
	buffer_init(&line, 1024);
	buffer_put_text(&line, progress->is_terminal ? "\r\033[K" : "ctpolicy: ");
	progress_put(&view, progress->is_terminal ? terminal_width() : 0, &line);
	buffer_put_text(&line, progress->is_terminal ? "" : "\n");
	if (!line.failed) {
		(void)fwrite(line.data, 1, line.len, stderr);
		(void)fflush(stderr);
	}
	buffer_clear(&line);
	progress->shown_ms = now_ms;
	progress->is_shown = true;
}

void progress_finish(struct progress *progress, const struct batch_counts *counts)
{
	if (!progress->is_always) {
		return;
	}
	// A run that had nothing left to judge never began.
	int64_t ms = progress->began_ms ? clock_monotonic_ms() - progress->began_ms : 0;
	struct progress_view view = {
		.counts = *counts,
		.records_now = counts->records - progress->records_before,
		.bytes = 1,
		.bytes_before = 1,
		.total = 1,
		.ms = progress->began_ms ? ms : 0,
	};
	struct buffer line;
	buffer_init(&line, 1024);
	progress_end(progress);
	buffer_put_text(&line, "ctpolicy: ");
	progress_put(&view, 0, &line);
	buffer_put_text(&line, ", finished\n");
	if (!line.failed) {
		(void)fwrite(line.data, 1, line.len, stderr);
		(void)fflush(stderr);
	}
	buffer_clear(&line);
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown && progress->is_terminal) {
		(void)fputs("\r\033[K", stderr);
		(void)fflush(stderr);
	}
	progress->is_shown = false;
}

void progress_clear(struct progress *progress)
{
	progress_end(progress);
	sizes_free(progress->sizes);
	progress->sizes = NULL;
}

// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "app/clock.h"

#define BAR_EVERY_MS 200
#define LINE_EVERY_MS 10000
#define BAR_WIDTH 24

void progress_init(struct progress *progress, enum progress_mode mode)
{
	bool is_terminal = isatty(STDERR_FILENO) == 1;
	*progress = (struct progress){
		.is_on =
			mode == PROGRESS_ALWAYS || (mode == PROGRESS_AUTO && is_terminal),
		.is_terminal = is_terminal,
		.began_ms = clock_monotonic_ms(),
	};
	progress->shown_ms = progress->began_ms;
}

// Of the inputs' bytes, from 0 to 1; below 0 where that is not known.
static double share_of(const struct progress *progress)
{
	if (!progress->done || progress->total == 0) {
		return -1;
	}
	double share = (double)__atomic_load_n(progress->done, __ATOMIC_RELAXED) /
		(double)progress->total;
	return share > 1 ? 1 : share;
}

static void put_bar(double share)
{
	if (share < 0) {
		return;
	}
	(void)fputc('[', stderr);
	for (int i = 0; i < BAR_WIDTH; i++) {
		(void)fputc(i < (int)(share * BAR_WIDTH) ? '#' : '.', stderr);
	}
	(void)fprintf(stderr, "] %3d%%  ", (int)(share * 100));
}

static void put_left(double share, double seconds)
{
	if (share > 0.01) {
		long left = (long)(seconds / share - seconds + 0.5);
		(void)fprintf(stderr, ", %ld:%02ld:%02ld left", left / 3600,
			left / 60 % 60, left % 60);
	}
}

void progress_show(struct progress *progress, const struct batch_counts *counts)
{
	if (!progress->is_on) {
		return;
	}
	int64_t now_ms = clock_monotonic_ms();
	if (now_ms - progress->shown_ms <
		(progress->is_terminal ? BAR_EVERY_MS : LINE_EVERY_MS)) {
		return;
	}
	double seconds = (double)(now_ms - progress->began_ms) / 1e3;
	double share = share_of(progress);
	progress->shown_ms = now_ms;
	progress->is_shown = true;
	(void)fputs(progress->is_terminal ? "\r\033[K" : "ctpolicy: ", stderr);
	if (progress->is_terminal) {
		put_bar(share);
	}
	(void)fprintf(stderr, "%llu done, %llu fail, %llu unreadable, %.0f a second",
		(unsigned long long)counts->records, (unsigned long long)counts->failed,
		(unsigned long long)counts->unread, (double)counts->records / seconds);
	put_left(share, seconds);
	(void)fputs(progress->is_terminal ? "" : "\n", stderr);
	(void)fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown && progress->is_terminal) {
		(void)fputs("\r\033[K", stderr);
		(void)fflush(stderr);
	}
	progress->is_shown = false;
}

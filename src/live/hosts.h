// SPDX-License-Identifier: Apache-2.0
// Many servers, examined by threads and reported in the order of their list.
#ifndef LIVE_HOSTS_H
#define LIVE_HOSTS_H

#include "app/check.h"
#include "live/examine.h"

// Servers of one list.
#define HOSTS_MAX ((size_t)100000)
#define HOSTS_DEFAULT_JOBS 16
#define HOSTS_MAX_JOBS 64

struct host_line {
	struct bytes text; // HOST[:PORT] [PROTOCOL]
	size_t number; // in the file, from 1
};

// Lends from its file.
struct hosts {
	struct buffer file;
	struct host_line *lines;
	size_t num;
	const char *path; // for messages
};

// False with `err` (unreadable_input, too_large, out_of_memory; no server is in it). Ended by
// hosts_clear in every case.
bool hosts_read(const char *path, struct hosts *out, struct err *err) MUST_CHECK;
void hosts_clear(struct hosts *hosts);
// A word of a line: 0 is HOST[:PORT], 1 all that stands behind it; lent.
struct bytes hosts_word(struct bytes text, size_t index);
// "mail.example.org:25 smtp", cut to fit: the same server by another protocol is another line.
void hosts_name_line(const struct host_line *line, char *out, size_t room);
// One line of it; `starttls` where it names no protocol of its own. False with `err`
// (bad_host) that names the line.
bool hosts_read_line(const struct hosts *hosts, const struct host_line *line,
	const struct starttls_protocol *starttls, struct server *out,
	struct err *err) MUST_CHECK;
// Examines all by `num_jobs` threads and reports them in order. False with c->err: the output
// failed, memory ran out, or it was told to stop (connect_stopped).
bool hosts_examine(struct check *c, const struct hosts *hosts,
	const struct examiner *examiner, const struct starttls_protocol *starttls,
	size_t num_jobs) MUST_CHECK;

#endif

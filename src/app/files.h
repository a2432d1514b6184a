// SPDX-License-Identifier: Apache-2.0
// Reading whole files and writing results, with errors that name the file.
#ifndef APP_FILES_H
#define APP_FILES_H

#include "base/bytes.h"

// The whole file into `out` ("-" is standard input), which grows up to out->max; its data
// is not NULL then, even of an empty file. False
// with `err` (unreadable_input, too_large) and a message that names what was wrong.
bool file_read(const char *path, struct buffer *out, struct err *err) MUST_CHECK;

// What errno holds, in words.
#define FILE_REASON_ROOM 96
void file_reason(char out[FILE_REASON_ROOM]);
// "cannot open FILE: reason", the reason that errno holds; out of memory where it is
// that. Always returns false. A path is cut to 120 characters, as in every message here.
bool file_fail(struct err *err, enum code code, const char *what, const char *path);

// Do both name one regular file, or one that is to be? "-" for `other` is standard input.
bool file_same(const char *path, const char *other);

// Where results go: standard output, a file that appears when it is complete, or a device
// or pipe that is written to as it is.
struct output {
	int fd;
	const char *path; // NULL: standard output
	char *target; // what path names, links followed; NULL: no regular file; owned
	char *temporary; // beside `target`; owned
	bool is_named; // the name of `temporary` is on the disk as well
};

// Could output_open write there, as far as can be told without leaving a trace? `path` NULL
// or "-": always. False with `err`, as of output_open.
bool output_check(const char *path, struct err *err) MUST_CHECK;
// `path` NULL or "-": standard output.
bool output_open(const char *path, struct output *out, struct err *err) MUST_CHECK;
// The same for a file, or what is to be one, that one process at a time writes: the
// unfinished one is called `path`.new, so that the next takes the place of what a killed one
// has left.
#define OUTPUT_NEW ".new"
bool output_open_new(const char *path, struct output *out, struct err *err) MUST_CHECK;
// Begins the text of the error where a pipe's reader ended: most often it had enough.
#define OUTPUT_NO_READER "the reader of "
bool output_write(struct output *output, struct bytes in, struct err *err) MUST_CHECK;
// What has been written so far is on the disk. Nothing to do for what is no file.
bool output_sync(struct output *output, struct err *err) MUST_CHECK;
// The file is flushed to disk and has its name; output_finish only closes it then. A file
// that cannot be completed stays as it is, for output_keep or output_discard.
bool output_commit(struct output *output, struct err *err) MUST_CHECK;
// Completes the file: flushed to disk, then renamed to its name, and closed. On failure
// what was unfinished is removed.
bool output_finish(struct output *output, struct err *err) MUST_CHECK;
// What the folder of `path` says of it is on the disk. False with `err` (output_failed).
bool file_sync_name(const char *path, struct err *err) MUST_CHECK;
// Removes a file that the disk shall not have again, whatever happens to the machine; that
// there is none is fine. False with `err` (output_failed).
bool file_remove(const char *path, struct err *err) MUST_CHECK;
// Removes what output_finish has not completed. Always safe.
void output_discard(struct output *output);
// Closes the unfinished file and leaves it where it is. Always safe.
void output_keep(struct output *output);
// Goes on with `partial`, the unfinished file that an output to `path` left, behind its
// first `len` bytes; what follows them is cut off. On failure (output_failed) `partial`
// is not removed, and has not been changed where it is shorter.
bool output_reopen(const char *path, const char *partial, uint64_t len,
	struct output *out, struct err *err) MUST_CHECK;

#endif

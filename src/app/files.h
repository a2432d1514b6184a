// SPDX-License-Identifier: Apache-2.0
// Reading whole files and writing results, with errors that name the file.
#ifndef APP_FILES_H
#define APP_FILES_H

#include "base/bytes.h"

// The whole file into `out` ("-" is standard input), which grows up to out->max; its data
// is not NULL then, even of an empty file. False
// with `err` (unreadable_input, too_large) and a message that names what was wrong.
bool file_read(const char *path, struct buffer *out, struct err *err) MUST_CHECK;

// Where results go: standard output, a file that appears when it is complete, or a device
// or pipe that is written to as it is.
struct output {
	int fd;
	const char *path; // NULL: standard output
	char *target; // what path names, links followed; NULL: no regular file; owned
	char *temporary; // beside `target`; owned
};

// `path` NULL or "-": standard output.
bool output_open(const char *path, struct output *out, struct err *err) MUST_CHECK;
bool output_write(struct output *output, struct bytes in, struct err *err) MUST_CHECK;
// Completes the file: flushed to disk, then renamed to its name.
bool output_finish(struct output *output, struct err *err) MUST_CHECK;
// Removes what output_finish has not completed. Always safe.
void output_discard(struct output *output);

#endif

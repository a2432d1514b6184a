// SPDX-License-Identifier: Apache-2.0
#include "app/message.h"

#include <stdarg.h>

#include "base/bytes.h"
#include "base/text.h"

// Messages come from everywhere, and where they go is the process's, as standard error is.
static struct {
	void (*take)(void *context, const char *text);
	void *context;
} reader;

void message_to(void (*take)(void *context, const char *text), void *context)
{
	reader.take = take;
	reader.context = context;
}

// Without memory for the escapes: a message is needed most when memory ran out.
static void put_plainly(const char *line)
{
	(void)fputs("ctpolicy: ", stderr);
	for (; *line; line++) {
		(void)fputc(*line >= ' ' && *line < 0x7f ? *line : '?', stderr);
	}
	(void)fputc('\n', stderr);
}

// What is not printable, as \HH; texts that quote something have it so already, and their
// backslashes stay single.
static void put_safe(struct buffer *out, struct bytes text)
{
	static const struct bytes backslash = BYTES_LITERAL("\\");
	for (size_t at = 0; at < text.len;) {
		size_t end = bytes_find(text, at, backslash);
		text_put_escaped(out, bytes_of(text.data + at, end - at));
		if (end < text.len) {
			buffer_put(out, backslash);
		}
		at = end + 1;
	}
}

void message(const char *format, ...)
{
	char line[1024];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (reader.take) {
		reader.take(reader.context, len < 0 ? format : line);
		return;
	}
	struct buffer safe;
	buffer_init(&safe, 4 * sizeof(line));
	put_safe(&safe, bytes_of_text(len < 0 ? format : line));
	if (safe.failed) {
		put_plainly(line);
	} else {
		(void)fprintf(stderr, "ctpolicy: %.*s\n", (int)safe.len,
			safe.data ? (const char *)safe.data : "");
	}
	buffer_clear(&safe);
}

void message_err(const char *about, const struct err *err)
{
	struct buffer line;
	buffer_init(&line, 1024);
	err_put_line(err, &line);
	if (line.failed) {
		message("%s%s%s [%s]", about, about[0] ? ": " : "", err->text,
			code_info(err->code)->name);
	} else {
		message("%s%s%.*s", about, about[0] ? ": " : "", (int)line.len,
			(const char *)line.data);
	}
	buffer_clear(&line);
}

// Of a long path.
#define PATH_END 100

bool err_in_file(struct err *err, const char *path)
{
	struct err bare = *err;
	char place[32] = "";
	size_t len = strlen(path);
	bool has_offset = err->offset != ERR_NO_OFFSET;
	if (err->code == CODE_NONE || err->code == CODE_OUT_OF_MEMORY || err->field[0] ||
		len < sizeof(err->field)) {
		return err_in_field(err, path);
	}
	if (has_offset) {
		(void)snprintf(place, sizeof(place), ", byte %zu", err->offset);
	}
	err_clear(err);
	return err_set(err, bare.code, ERR_NO_OFFSET, "%s%s%s: %s",
		len > PATH_END ? "..." : "",
		len > PATH_END ? path + len - PATH_END : path, place, bare.text);
}

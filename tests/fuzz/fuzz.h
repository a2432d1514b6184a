// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput; its comment
// states the property, and fuzz_need ends the program where that does not hold.
// Built with libFuzzer by `make fuzz`; with replay.c, and without a fuzzer, by `make check`.
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

// Aborts with a message, unless `good`.
__attribute__((format(printf, 2, 3))) static inline void fuzz_need(
	bool good, const char *format, ...)
{
	if (good) {
		return;
	}
	va_list args;
	va_start(args, format);
	fputs("property broken: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

// The same for a program's own set-up, with the error.
static inline void fuzz_need_done(bool done, const struct err *err, const char *what)
{
	fuzz_need(done, "%s: %s: %s", what, code_info(err->code)->name, err->text);
}

// A slice is empty, or lies in `whole`.
static inline void fuzz_need_inside(
	struct bytes whole, struct bytes part, const char *what)
{
	fuzz_need(part.len == 0 ||
			((uintptr_t)part.data >= (uintptr_t)whole.data &&
				part.len <= whole.len &&
				(uintptr_t)part.data - (uintptr_t)whole.data <=
					whole.len - part.len),
		"%s does not lie in the input", what);
}

// A failure has a code, a text, and an offset that lies in the input.
static inline void fuzz_need_error(const struct err *err, size_t len, const char *what)
{
	fuzz_need(err->code != CODE_NONE && err->text[0] != '\0',
		"%s fails without an error", what);
	fuzz_need(err->offset == ERR_NO_OFFSET || err->offset <= len,
		"%s: an error at offset %zu of %zu bytes", what, err->offset, len);
}

// UTF-8 text without control characters, but for newlines where `lines` says so.
static inline void fuzz_need_plain(struct bytes text, bool lines, const char *what)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		bool c1 = c == 0xc2 && i + 1 < text.len && text.data[i + 1] < 0xa0;
		if (c < 0x20 ? !lines || c != '\n' : c == 0x7f || c1) {
			fuzz_need(false, "%s: a control character at byte %zu", what, i);
		}
	}
}

// Nor with what turns the order of writing, or is not seen (U+200B to U+200F, U+2028 to
// U+202E, U+2066 to U+2069): text that can fool no reader.
static inline void fuzz_need_printable(struct bytes text, bool lines, const char *what)
{
	fuzz_need_plain(text, lines, what);
	for (size_t i = 0; i + 2 < text.len; i++) {
		const uint8_t *c = text.data + i;
		bool fools = c[0] == 0xe2 &&
			((c[1] == 0x80 &&
				 ((c[2] >= 0x8b && c[2] <= 0x8f) ||
					 (c[2] >= 0xa8 && c[2] <= 0xae))) ||
				(c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
		fuzz_need(!fools, "%s: a deceiving character at byte %zu", what, i);
	}
}

#endif

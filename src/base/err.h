// SPDX-License-Identifier: Apache-2.0
// One error object, given by the caller, fixed size; the first cause wins.
//
// A code (codes.def), where it was (field, byte offset), and a text that a user can act
// on.
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buffer;

enum code {
	CODE_NONE,
#define CODE(symbol, name, severity, sentence, source) CODE_##symbol,
#include "base/codes.def"
#undef CODE
	NUM_CODES,
};

enum severity {
	SEVERITY_ERROR, // stands in the way of a pass
	SEVERITY_WARNING, // somebody should look at it
	SEVERITY_INFO, // explains
};

struct code_info {
	const char *name; // stable, snake_case, for machines
	const char *sentence; // for people
	const char *source; // the section it comes from
	enum severity severity;
};

// Never NULL; lives for ever.
const struct code_info *code_info(enum code code);
const char *severity_name(enum severity severity);

#define ERR_NO_OFFSET ((size_t)-1)

struct err {
	enum code code; // CODE_NONE: nothing went wrong
	char field[48]; // "certificate", "scts[2]", or "" where none applies
	size_t offset; // bytes from the field's beginning, or ERR_NO_OFFSET
	char text[256]; // printable UTF-8
};

void err_clear(struct err *err);
// Sets the error unless one is set already. Always returns false, for `return
// err_set(...)`.
bool err_set(struct err *err, enum code code, size_t offset, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void err_vset(struct err *err, enum code code, size_t offset, const char *format,
	va_list args) __attribute__((format(printf, 4, 0)));
// Adds to the text of an error that is set. Always returns false.
bool err_add(struct err *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// Adds what may have been meant by `word`, the nearest of `names` (NULL-terminated), or all
// of them where none is near. Always returns false.
bool err_add_choice(struct err *err, const char *word, const char *const *names);
// Names the field of an error that is set and has none yet. Always returns false.
bool err_in_field(struct err *err, const char *field);
// The same with what was asked for: "out of memory" has no offset and no field.
bool err_no_memory(struct err *err);

// "certificate, byte 12: text [bad_certificate]": the line in which people read it.
void err_put_line(const struct err *err, struct buffer *out);

#define MUST_CHECK __attribute__((warn_unused_result))

#endif

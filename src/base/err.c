// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct code_info code_table[NUM_CODES] = {
	[CODE_NONE] = {"none", "nothing went wrong", "", SEVERITY_INFO},
#define CODE(symbol, name, severity, sentence, source) \
	[CODE_##symbol] = {name, sentence, source, SEVERITY_##severity},
#include "base/codes.def"
#undef CODE
};

const struct code_info *code_info(enum code code)
{
	return &code_table[code];
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_ERROR] = "error",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_INFO] = "info",
	};
	return names[severity];
}

void err_clear(struct err *err)
{
	err->code = CODE_NONE;
	err->field[0] = '\0';
	err->offset = ERR_NO_OFFSET;
	err->text[0] = '\0';
}

bool err_add(struct err *err, const char *format, ...)
{
	size_t len = strlen(err->text);
	va_list args;
	va_start(args, format);
	if (vsnprintf(err->text + len, sizeof(err->text) - len, format, args) < 0) {
		err->text[len] = '\0';
	}
	va_end(args);
	text_make_printable(err->text + len);
	return false;
}

bool err_add_choice(struct err *err, const char *word, const char *const *names)
{
	const char *nearest = text_nearest(word, names);
	struct buffer all;
	if (nearest) {
		return err_add(err, "; the nearest is \"%s\"", nearest);
	}
	buffer_init(&all, sizeof(err->text));
	text_put_choice(&all, names);
	if (!all.failed && all.len > 0) {
		err_add(err, "; there is %.*s", (int)all.len, (const char *)all.data);
	}
	buffer_clear(&all);
	return false;
}

void err_put_line(const struct err *err, struct buffer *out)
{
	bool has_offset = err->offset != ERR_NO_OFFSET;
	buffer_put_text(out, err->field);
	if (has_offset) {
		buffer_printf(out, "%sbyte %zu", err->field[0] ? ", " : "", err->offset);
	}
	buffer_put_text(out, has_offset || err->field[0] ? ": " : "");
	buffer_put_text(out, err->text);
	buffer_printf(out, " [%s]", code_info(err->code)->name);
}

void err_vset(
	struct err *err, enum code code, size_t offset, const char *format, va_list args)
{
	if (err->code != CODE_NONE) {
		return;
	}
	err_clear(err);
	err->code = code;
	err->offset = offset;
	if (vsnprintf(err->text, sizeof(err->text), format, args) < 0) {
		err->text[0] = '\0';
	}
	text_make_printable(err->text);
}

bool err_set(struct err *err, enum code code, size_t offset, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	err_vset(err, code, offset, format, args);
	va_end(args);
	return false;
}

bool err_in_field(struct err *err, const char *field)
{
	if (err->code != CODE_NONE && err->field[0] == '\0') {
		(void)snprintf(err->field, sizeof(err->field), "%s", field);
		text_make_printable(err->field);
	}
	return false;
}

bool err_no_memory(struct err *err)
{
	return err_set(err, CODE_OUT_OF_MEMORY, ERR_NO_OFFSET,
		"out of memory; nothing was decided, try again with more");
}

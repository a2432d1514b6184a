// SPDX-License-Identifier: Apache-2.0
// query_read, percent_decode.
//
// Property: what is taken is UTF-8 without control characters, of names that the call knows,
// each once; written again with every byte of it percent-encoded, it is read as the same. An
// error is printable, and its offset lies in the input.
#include "base/text.h"
#include "serve/query.h"
#include "tests/fuzz/fuzz.h"

#define MAX_TEXT ((size_t)1 << 22)

static const char *const names[] = {"at", "policies", "client_age_days", "hostname",
	"pins", "private_root", "id", "state", "operator", "covers", NULL};

static bool is_known(const char *name)
{
	size_t i = 0;
	while (names[i] && strcmp(names[i], name) != 0) {
		i++;
	}
	return names[i] != NULL;
}

static void put_encoded(struct buffer *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		buffer_printf(out, i % 2 ? "%%%02x" : "%%%02X", text.data[i]);
	}
}

static void need_text(struct bytes text)
{
	fuzz_need(text_is_utf8(text), "no UTF-8");
	fuzz_need(text.data[text.len] == '\0', "no NUL behind it");
	for (size_t i = 0; i < text.len; i++) {
		fuzz_need(text.data[i] >= 0x20 && text.data[i] != 0x7f,
			"a control character");
	}
}

static void need_parameters(const struct parameters *got)
{
	fuzz_need(got->num <= QUERY_MAX_PARAMETERS, "%zu parameters", got->num);
	for (size_t i = 0; i < got->num; i++) {
		const char *name = got->items[i].name;
		fuzz_need(is_known(name), "an unknown one: %s", name);
		need_text(got->items[i].value);
		for (size_t k = 0; k < i; k++) {
			fuzz_need(
				strcmp(name, got->items[k].name) != 0, "%s twice", name);
		}
		fuzz_need(query_value(got, name).data == got->items[i].value.data,
			"%s has another value", name);
	}
}

// Written and read again.
static void need_same(const struct parameters *got, struct arena *arena)
{
	struct parameters again;
	struct buffer text;
	struct err err;
	err_clear(&err);
	buffer_init(&text, MAX_TEXT);
	for (size_t i = 0; i < got->num; i++) {
		buffer_put_text(&text, i ? "&" : "");
		put_encoded(&text, bytes_of_text(got->items[i].name));
		buffer_put_char(&text, '=');
		put_encoded(&text, got->items[i].value);
	}
	fuzz_need(!text.failed, "out of memory");
	fuzz_need_done(query_read(buffer_bytes(&text), names, arena, &again, &err), &err,
		"what we write");
	fuzz_need(again.num == got->num, "%zu parameters, not %zu", again.num, got->num);
	for (size_t i = 0; i < got->num; i++) {
		fuzz_need(strcmp(again.items[i].name, got->items[i].name) == 0 &&
				bytes_equal(again.items[i].value, got->items[i].value),
			"%s is another one", got->items[i].name);
	}
	buffer_clear(&text);
}

static void check_error(const struct err *err, size_t len)
{
	fuzz_need_error(err, len, "a query");
	fuzz_need(err->code == CODE_BAD_PARAMETER || err->code == CODE_UNKNOWN_PARAMETER,
		"%s", code_info(err->code)->name);
	fuzz_need_printable(bytes_of_text(err->text), false, "an error");
	fuzz_need_printable(bytes_of_text(err->field), false, "a field");
	fuzz_need(text_is_utf8(bytes_of_text(err->text)) &&
			text_is_utf8(bytes_of_text(err->field)),
		"an error that is no UTF-8");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len < MAX_TEXT / 16 ? len : MAX_TEXT / 16);
	struct arena arena = {0};
	struct parameters got;
	struct bytes text;
	struct err err;
	err_clear(&err);
	if (query_read(in, names, &arena, &got, &err)) {
		fuzz_need(err.code == CODE_NONE, "taken, and yet an error");
		need_parameters(&got);
		need_same(&got, &arena);
	} else {
		check_error(&err, in.len);
	}
	err_clear(&err);
	if (percent_decode(in, &arena, &text, &err)) {
		fuzz_need(text.len <= in.len, "longer than before");
		need_text(text);
	} else {
		check_error(&err, in.len);
	}
	arena_clear(&arena);
	return 0;
}

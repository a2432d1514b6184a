// SPDX-License-Identifier: Apache-2.0
// form_read, and given_take of each part. The input is a Content-Type up to the first newline, then
// a body.
//
// Property: names and values of a multipart body lie in it; a form that is written again as
// multipart is read as the same. Whatever a part is, it becomes certificates that can be read,
// or a fault that is printable.
#include "serve/form.h"
#include "serve/given.h"
#include "tests/fuzz/fuzz.h"

#define BOUNDARY "a-boundary-that-is-in-no-input-0123456789"

static bool has_quote(struct bytes text)
{
	return text.len > 0 &&
		(memchr(text.data, '"', text.len) || memchr(text.data, '\r', text.len));
}

static void put_part(struct buffer *out, const struct form_part *part)
{
	buffer_put_text(out, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"");
	buffer_put(out, part->name);
	buffer_put_text(out, "\"");
	if (part->file_name.data) {
		buffer_put_text(out, "; filename=\"");
		buffer_put(out, part->file_name);
		buffer_put_text(out, "\"");
	}
	buffer_put_text(out, "\r\n\r\n");
	buffer_put(out, part->value);
	buffer_put_text(out, "\r\n");
}

static void need_same(const struct form *form, struct arena *arena)
{
	struct form *again = arena_take(arena, sizeof(*again));
	struct buffer text;
	struct err err;
	err_clear(&err);
	buffer_init(&text, (size_t)1 << 24);
	for (size_t i = 0; i < form->num; i++) {
		if (has_quote(form->parts[i].name) ||
			has_quote(form->parts[i].file_name)) {
			buffer_clear(&text);
			return;
		}
		put_part(&text, &form->parts[i]);
	}
	buffer_put_text(&text, "--" BOUNDARY "--\r\n");
	fuzz_need(again && !text.failed, "out of memory");
	fuzz_need_done(form_read("multipart/form-data; boundary=\"" BOUNDARY "\"",
			       buffer_bytes(&text), arena, again, &err),
		&err, "what we write");
	fuzz_need(again->num == form->num, "%zu parts, not %zu", again->num, form->num);
	for (size_t i = 0; i < form->num; i++) {
		fuzz_need(bytes_equal(again->parts[i].name, form->parts[i].name) &&
				bytes_equal(again->parts[i].value, form->parts[i].value),
			"part %zu is another one", i);
	}
	buffer_clear(&text);
}

static void need_given(const struct form *form, struct arena *arena)
{
	struct given *given = arena_take(arena, sizeof(*given));
	struct err err;
	fuzz_need(given != NULL, "out of memory");
	given->arena = arena;
	err_clear(&err);
	for (size_t i = 0; i < form->num; i++) {
		fuzz_need_done(given_take(given, GIVEN_ANYWHERE, form->parts[i].file_name,
				       form->parts[i].value, &err),
			&err, "a part");
	}
	for (size_t i = 0; i < given->num_certs; i++) {
		struct cert cert;
		err_clear(&err);
		fuzz_need_done(cert_read(given->certs[i].cert->der, &cert, &err), &err,
			"a certificate");
	}
	for (size_t i = 0; i < given->num_faults; i++) {
		fuzz_need_printable(
			bytes_of_text(given->faults[i].text), false, "a fault");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *end = len ? memchr(data, '\n', len) : NULL;
	struct arena arena = {0};
	struct err err;
	char type[128];
	size_t type_len = end ? (size_t)(end - data) : 0;
	if (!end || type_len >= sizeof(type) || memchr(data, 0, type_len)) {
		return 0;
	}
	memcpy(type, data, type_len);
	type[type_len] = '\0';
	struct bytes body = bytes_of(end + 1, len - type_len - 1);
	struct form *form = arena_take(&arena, sizeof(*form));
	fuzz_need(form != NULL, "out of memory");
	err_clear(&err);
	if (form_read(type, body, &arena, form, &err)) {
		fuzz_need(err.code == CODE_NONE, "taken, and yet an error");
		fuzz_need(form->num <= FORM_MAX_PARTS, "%zu parts", form->num);
		// A fuzzer sees what is compared, and so finds our boundary.
		struct bytes mark = BYTES_LITERAL(BOUNDARY);
		if (bytes_find(body, 0, mark) == body.len) {
			need_same(form, &arena);
		}
		need_given(form, &arena);
	} else {
		fuzz_need_error(&err, body.len, "a form");
	}
	arena_clear(&arena);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/form.h"

#include "tests/unit/test.h"

void test_form(void);

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=b"
#define DISPOSITION "Content-Disposition: form-data; name="

// Parts as "name=value;" or "name<file>=value;".
static void put_parts(const struct form *form, char *out, size_t room)
{
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < form->num && len < room; i++) {
		const struct form_part *part = &form->parts[i];
		len += (size_t)snprintf(out + len, room - len, "%.*s%s%.*s%s=%.*s;",
			(int)part->name.len, (const char *)part->name.data,
			part->file_name.data ? "<" : "", (int)part->file_name.len,
			part->file_name.data ? (const char *)part->file_name.data : "",
			part->file_name.data ? ">" : "", (int)part->value.len,
			(const char *)part->value.data);
	}
}

static void test_cases(void)
{
	static const struct {
		const char *type, *body;
		const char *want; // NULL: refused
	} cases[] = {
		{URLENCODED, "", ""},
		{URLENCODED, "a=b", "a=b;"},
		{URLENCODED, "a=b&c=d+e%2B%0a&f", "a=b;c=d e+\n;f=;"},
		{URLENCODED, "&&a=1&a=2&", "a=1;a=2;"},
		{URLENCODED, "a=%zz%4", "a=%zz%4;"}, // as browsers take it
		{URLENCODED "; charset=utf-8", "a=b", "a=b;"},
		{MULTIPART, "--b--", ""},
		{MULTIPART, "--b--\r\n", ""},
		{MULTIPART, "--b\r\n" DISPOSITION "\"a\"\r\n\r\nx\r\n--b--\r\n", "a=x;"},
		{MULTIPART, "preamble\r\n--b\r\n" DISPOSITION "a\r\n\r\nx\r\n--b--",
			"a=x;"},
		{MULTIPART, "--b\r\n" DISPOSITION "\"a\"\r\n\r\n\r\n--b--\r\n", "a=;"},
		// A boundary may be hinted at within a value, and blanks may stand behind one.
		{MULTIPART,
			"--b  \r\n" DISPOSITION
			"\"a\"\r\n\r\n--b\r\n-\r\n--b \r\n" DISPOSITION
			"\"c\"\r\n\r\n\r\n\r\n\r\n--b--",
			"a=--b\r\n-;c=\r\n\r\n;"},
		{MULTIPART,
			"--b\r\ncontent-disposition: form-data; filename=\"x; y.pem\"; name=\"a\""
			"\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--",
			"a<x; y.pem>=1;"},
		{MULTIPART, "--b\r\n" DISPOSITION "\"a\"; filename=\"\"\r\n\r\n\r\n--b--",
			"a<>=;"},
		{"Multipart/Form-Data; boundary=\"b c\"",
			"--b c\r\n" DISPOSITION "\"a\"\r\n\r\nx\r\n--b c--", "a=x;"},
		{MULTIPART, "", NULL},
		{MULTIPART, "--c\r\n", NULL},
		{MULTIPART, "--b", NULL},
		{MULTIPART, "--b\r\n", NULL},
		{MULTIPART, "--b\r\n" DISPOSITION "\"a\"\r\n", NULL},
		{MULTIPART, "--b\r\n" DISPOSITION "\"a\"\r\n\r\nx", NULL},
		{MULTIPART, "--b\r\n" DISPOSITION "\"a\"\r\n\r\nx\r\n--b", NULL},
		{MULTIPART, "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", NULL},
		{"multipart/form-data", "--b--", NULL},
		{"multipart/form-data; boundary=", "----", NULL},
		{"multipart/form-data; boundary="
		 "1234567890123456789012345678901234567890123456789012345678901234567890X",
			"--b--", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct form *form = arena_take(&arena, sizeof(*form));
		char text[512];
		struct err err;
		err_clear(&err);
		bool done = form_read(
			cases[i].type, bytes_of_text(cases[i].body), &arena, form, &err);
		CHECK_INT(done, cases[i].want != NULL, "'%s'", cases[i].body);
		CHECK_CODE(
			&err, done ? CODE_NONE : CODE_BAD_REQUEST, "'%s'", cases[i].body);
		if (done && cases[i].want) {
			put_parts(form, text, sizeof(text));
			CHECK_TEXT(text, cases[i].want, "'%s'", cases[i].body);
		}
		arena_clear(&arena);
	}
}

static void test_values(void)
{
	struct arena arena = {0};
	struct form *form = arena_take(&arena, sizeof(*form));
	struct err err;
	err_clear(&err);
	CHECK(form_read(URLENCODED, BYTES_LITERAL("a=1&b=&a=2"), &arena, form, &err),
		"read");
	CHECK(bytes_equal(form_value(form, "a"), BYTES_LITERAL("1")), "the first one");
	CHECK(form_value(form, "b").data && form_value(form, "b").len == 0, "empty");
	CHECK(!form_value(form, "c").data, "not there");
	arena_clear(&arena);
}

// As many parts as may be, and one more.
static void test_many(void)
{
	for (size_t num = FORM_MAX_PARTS; num <= FORM_MAX_PARTS + 1; num++) {
		struct arena arena = {0};
		struct form *form = arena_take(&arena, sizeof(*form));
		struct buffer pairs;
		struct buffer parts;
		struct err err;
		buffer_init(&pairs, 1 << 20);
		buffer_init(&parts, 1 << 20);
		for (size_t i = 0; i < num; i++) {
			buffer_put_text(&pairs, "a=b&");
			buffer_put_text(&parts, "--b\r\n" DISPOSITION "a\r\n\r\nx\r\n");
		}
		buffer_put_text(&parts, "--b--");
		bool fits = num <= FORM_MAX_PARTS;
		err_clear(&err);
		CHECK_INT(form_read(URLENCODED, buffer_bytes(&pairs), &arena, form, &err),
			fits, "%zu pairs", num);
		CHECK_CODE(&err, fits ? CODE_NONE : CODE_TOO_LARGE, "%zu pairs", num);
		err_clear(&err);
		CHECK_INT(form_read(MULTIPART, buffer_bytes(&parts), &arena, form, &err),
			fits, "%zu parts", num);
		CHECK_CODE(&err, fits ? CODE_NONE : CODE_TOO_LARGE, "%zu parts", num);
		buffer_clear(&pairs);
		buffer_clear(&parts);
		arena_clear(&arena);
	}
}

void test_form(void)
{
	test_cases();
	test_values();
	test_many();
}

// SPDX-License-Identifier: Apache-2.0
#include "loglist/json_load.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

// Digits of a number; a double needs 17, and nobody needs more than an identifier has.
#define MAX_NUMBER 128

struct loader {
	struct bytes text;
	size_t at;
	size_t depth;
	struct buffer strings; // decoded, one behind the other: keys of the open objects
	struct json_fault *fault;
	bool failed;
};

static json_t *load_value(struct loader *l);

static bool fail(struct loader *l, const char *what)
{
	if (!l->failed) {
		l->failed = true;
		l->fault->offset = l->at;
		(void)snprintf(l->fault->text, sizeof(l->fault->text), "%s", what);
	}
	return false;
}

static bool fail_no_memory(struct loader *l)
{
	l->fault->no_memory = l->fault->no_memory || !l->failed;
	return fail(l, "out of memory");
}

// 0 at the end, and for a NUL, which belongs nowhere.
static uint8_t peek(struct loader *l)
{
	while (l->at < l->text.len && l->text.data[l->at] != 0 &&
		memchr(" \t\n\r", l->text.data[l->at], 4)) {
		l->at++;
	}
	return l->at < l->text.len ? l->text.data[l->at] : 0;
}

static bool take(struct loader *l, char c, const char *what)
{
	if (peek(l) != (uint8_t)c) {
		return fail(l, what);
	}
	l->at++;
	return true;
}

// Strings.

static bool take_hex4(struct loader *l, uint32_t *out)
{
	uint8_t code[2];
	if (l->text.len - l->at < 4 ||
		!text_unhex(bytes_of(l->text.data + l->at, 4), code, sizeof(code))) {
		return fail(l, "four hex digits belong here");
	}
	*out = (uint32_t)code[0] << 8 | code[1];
	l->at += 4;
	return true;
}

static bool take_code_point(struct loader *l, uint32_t *out)
{
	uint32_t low = 0;
	if (!take_hex4(l, out)) {
		return false;
	}
	if (*out == 0) {
		return fail(l, "\\u0000 is not allowed");
	}
	if (*out < 0xd800 || *out > 0xdfff) {
		return true;
	}
	if (*out > 0xdbff || l->text.len - l->at < 2 || l->text.data[l->at] != '\\' ||
		l->text.data[l->at + 1] != 'u') {
		return fail(l, "half of a surrogate pair");
	}
	l->at += 2;
	if (!take_hex4(l, &low)) {
		return false;
	}
	if (low < 0xdc00 || low > 0xdfff) {
		return fail(l, "half of a surrogate pair");
	}
	*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

// Behind the backslash.
static bool take_escape(struct loader *l)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	uint8_t c = l->at < l->text.len ? l->text.data[l->at] : 0;
	const char *letter = c ? strchr(letters, c) : NULL;
	if (letter) {
		l->at++;
		buffer_put_char(&l->strings, meanings[letter - letters]);
		return true;
	}
	if (c != 'u') {
		return fail(l, "no escape begins like this");
	}
	l->at++;
	uint32_t point = 0;
	uint8_t utf8[4];
	if (!take_code_point(l, &point)) {
		return false;
	}
	buffer_put(&l->strings, bytes_of(utf8, text_utf8_encode(point, utf8)));
	return true;
}

// The characters up to the next escape or the end.
static bool take_plain(struct loader *l)
{
	size_t start = l->at;
	while (l->at < l->text.len && l->text.data[l->at] != '"' &&
		l->text.data[l->at] != '\\') {
		uint32_t c = 0;
		size_t len = text_utf8_decode(
			bytes_of(l->text.data + l->at, l->text.len - l->at), &c);
		if (len == 0) {
			return fail(l, "not UTF-8");
		}
		if (c < 0x20) {
			return fail(l, "a control character in a string");
		}
		l->at += len;
	}
	buffer_put(&l->strings, bytes_of(l->text.data + start, l->at - start));
	return true;
}

// Appends a string, decoded and with a NUL behind it, to l->strings. *out_len is without
// it.
static bool take_string(struct loader *l, size_t *out_len)
{
	size_t start = l->strings.len;
	if (!take(l, '"', "a string belongs here")) {
		return false;
	}
	while (take_plain(l) && l->at < l->text.len && l->text.data[l->at] == '\\') {
		l->at++;
		if (!take_escape(l)) {
			return false;
		}
	}
	if (!l->failed && l->at == l->text.len) {
		return fail(l, "the text ends inside a string");
	}
	l->at++;
	buffer_put_char(&l->strings, '\0');
	if (l->strings.failed) {
		return fail_no_memory(l);
	}
	*out_len = l->strings.len - start - 1;
	return !l->failed;
}

static json_t *load_string(struct loader *l)
{
	size_t start = l->strings.len;
	size_t len = 0;
	if (!take_string(l, &len)) {
		return NULL;
	}
	json_t *value = json_stringn_nocheck((const char *)l->strings.data + start, len);
	l->strings.len = start;
	if (!value) {
		fail_no_memory(l);
	}
	return value;
}

// Numbers.

static size_t take_digits(struct loader *l)
{
	size_t start = l->at;
	while (l->at < l->text.len && text_is_digit(l->text.data[l->at])) {
		l->at++;
	}
	return l->at - start;
}

static bool next_is(struct loader *l, const char *characters)
{
	return l->at < l->text.len && l->text.data[l->at] != 0 &&
		strchr(characters, l->text.data[l->at]);
}

static bool take_number(struct loader *l, bool *out_is_real)
{
	*out_is_real = false;
	l->at += next_is(l, "-");
	size_t first = l->at;
	size_t num = take_digits(l);
	if (num == 0 || (num > 1 && l->text.data[first] == '0')) {
		l->at = first;
		return fail(l, num ? "a number begins with 0" : "a digit belongs here");
	}
	if (next_is(l, ".")) {
		l->at++;
		*out_is_real = true;
		if (take_digits(l) == 0) {
			return fail(l, "a digit belongs here");
		}
	}
	if (next_is(l, "eE")) {
		l->at++;
		*out_is_real = true;
		l->at += next_is(l, "+-");
		if (take_digits(l) == 0) {
			return fail(l, "a digit belongs here");
		}
	}
	return true;
}

// strtod() takes the decimal point of the locale, so it gets a number without one: 15e-1.
static json_t *real_of(struct loader *l, const char *digits)
{
	char plain[MAX_NUMBER + 32];
	size_t len = 0;
	size_t num_decimals = 0;
	const char *c = digits;
	for (bool decimals = false; *c && *c != 'e' && *c != 'E'; c++) {
		num_decimals += decimals;
		decimals = decimals || *c == '.';
		if (*c != '.') {
			plain[len++] = *c;
		}
	}
	long exponent = *c ? strtol(c + 1, NULL, 10) : 0;
	exponent = exponent > 100000 ? 100000 : exponent < -100000 ? -100000 : exponent;
	(void)snprintf(
		plain + len, sizeof(plain) - len, "e%ld", exponent - (long)num_decimals);
	double value = strtod(plain, NULL);
	if (value - value != 0) { // infinity
		fail(l, "a number that is too large");
		return NULL;
	}
	json_t *real = json_real(value);
	if (!real) {
		fail_no_memory(l);
	}
	return real;
}

static json_t *integer_of(struct loader *l, const char *digits)
{
	bool negative = digits[0] == '-';
	int64_t value = 0;
	for (const char *c = digits + negative; *c; c++) {
		int64_t digit = *c - '0';
		if (value < (INT64_MIN + digit) / 10) {
			fail(l, "a number that is too large");
			return NULL;
		}
		value = value * 10 - digit;
	}
	if (!negative && value == INT64_MIN) {
		fail(l, "a number that is too large");
		return NULL;
	}
	json_t *integer = json_integer(negative ? value : -value);
	if (!integer) {
		fail_no_memory(l);
	}
	return integer;
}

static json_t *load_number(struct loader *l)
{
	size_t start = l->at;
	bool is_real = false;
	char digits[MAX_NUMBER + 1] = "";
	if (!take_number(l, &is_real)) {
		return NULL;
	}
	size_t len = l->at - start;
	l->at = start; // where a fault is
	if (len > MAX_NUMBER) {
		fail(l, "a number that is too long");
		return NULL;
	}
	memcpy(digits, l->text.data + start, len);
	json_t *value = is_real ? real_of(l, digits) : integer_of(l, digits);
	l->at = value ? start + len : start;
	return value;
}

// Values of values.

// The innermost member is the first one to hear of a fault in its value.
static void name_member(struct loader *l, size_t start)
{
	char *member = l->fault->member;
	if (l->fault->no_memory || member[0]) {
		return;
	}
	struct buffer name;
	buffer_init(&name, sizeof(l->fault->member) - 1);
	text_put_escaped(&name, bytes_of_text((const char *)l->strings.data + start));
	if (!name.failed && name.len > 0) {
		memcpy(member, name.data, name.len);
	}
	buffer_clear(&name);
}

static bool load_member(struct loader *l, json_t *object)
{
	size_t start = l->strings.len;
	size_t len = 0;
	(void)peek(l);
	size_t name_at = l->at;
	if (!take_string(l, &len)) {
		return false;
	}
	if (json_object_get(object, (const char *)l->strings.data + start)) {
		l->at = name_at;
		return fail(l, "duplicate key in an object");
	}
	if (!take(l, ':', "a colon belongs here")) {
		return false;
	}
	json_t *value = load_value(l);
	if (!value) {
		name_member(l, start);
		return false;
	}
	int status = json_object_set_new_nocheck(
		object, (const char *)l->strings.data + start, value);
	l->strings.len = start;
	return status == 0 || fail_no_memory(l);
}

static bool load_item(struct loader *l, json_t *array)
{
	json_t *value = load_value(l);
	return value && (json_array_append_new(array, value) == 0 || fail_no_memory(l));
}

// The opening bracket is next.
static json_t *load_many(struct loader *l, json_t *out, char close,
	bool (*load)(struct loader *, json_t *), const char *what)
{
	l->at++;
	bool done = out || fail_no_memory(l);
	bool empty = done && peek(l) == (uint8_t)close;
	while (done && !empty) {
		done = load(l, out);
		if (!done || peek(l) != ',') {
			break;
		}
		l->at++;
	}
	if (done && take(l, close, what)) {
		return out;
	}
	json_decref(out);
	return NULL;
}

static json_t *load_word(struct loader *l)
{
	static const struct {
		struct bytes word;
		json_t *(*make)(void);
	} words[] = {
		{BYTES_LITERAL("true"), json_true},
		{BYTES_LITERAL("false"), json_false},
		{BYTES_LITERAL("null"), json_null},
	};
	struct bytes rest = bytes_of(l->text.data + l->at, l->text.len - l->at);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct bytes word = words[i].word;
		if (rest.len >= word.len && memcmp(rest.data, word.data, word.len) == 0) {
			l->at += word.len;
			return words[i].make();
		}
	}
	fail(l, "a value belongs here");
	return NULL;
}

static json_t *load_value(struct loader *l)
{
	json_t *value = NULL;
	uint8_t c = peek(l);
	if (l->depth == JSON_MAX_DEPTH) {
		fail(l, "the depth of nesting is limited to 256");
		return NULL;
	}
	l->depth++;
	if (c == '{') {
		value = load_many(l, json_object(), '}', load_member,
			"a comma or '}' belongs here");
	} else if (c == '[') {
		value = load_many(
			l, json_array(), ']', load_item, "a comma or ']' belongs here");
	} else if (c == '"') {
		value = load_string(l);
	} else if (c == '-' || text_is_digit(c)) {
		value = load_number(l);
	} else {
		value = load_word(l);
	}
	l->depth--;
	return value;
}

static void count_lines(struct bytes text, struct json_fault *fault)
{
	fault->line = 1;
	fault->column = 1;
	for (size_t i = 0; i < fault->offset; i++) {
		fault->line += text.data[i] == '\n';
		fault->column = text.data[i] == '\n' ? 1 : fault->column + 1;
	}
}

// What stands where an object or an array belongs, of what people take for JSON.
static const char *name_other(struct bytes text)
{
	static const struct {
		struct bytes begin;
		const char *what;
	} others[] = {
		{BYTES_LITERAL("\xef\xbb\xbf"),
			"a byte order mark stands before it: save it as UTF-8 without one"},
		{BYTES_LITERAL("\xff\xfe"), "it looks like UTF-16: save it as UTF-8"},
		{BYTES_LITERAL("\xfe\xff"), "it looks like UTF-16: save it as UTF-8"},
		{BYTES_LITERAL("\x1f\x8b"), "it is compressed by gzip: unpack it"},
		{BYTES_LITERAL("<"), "it looks like HTML or XML"},
		{BYTES_LITERAL("-----BEGIN "), "it is PEM"},
	};
	struct bytes rest = text_trim(text);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct bytes begin = others[i].begin;
		if (rest.len >= begin.len &&
			memcmp(rest.data, begin.data, begin.len) == 0) {
			return others[i].what;
		}
	}
	return rest.len == 0 ? "it is empty" : "an object or an array belongs here";
}

json_t *json_load(struct bytes text, struct json_fault *out_fault)
{
	struct loader l = {.text = text, .fault = out_fault};
	*out_fault = (struct json_fault){.no_memory = false};
	buffer_init(&l.strings, text.len + JSON_MAX_DEPTH + 1);
	uint8_t first = peek(&l);
	json_t *root = NULL;
	if (first == '{' || first == '[') {
		root = load_value(&l);
	} else {
		fail(&l, name_other(text));
	}
	if (root && (peek(&l) != 0 || l.at != text.len)) {
		fail(&l, "something is behind the end");
		json_decref(root);
		root = NULL;
	}
	buffer_clear(&l.strings);
	if (!root) {
		count_lines(text, out_fault);
	}
	return root;
}

json_t *json_load_as(struct bytes text, enum code code, const char *what, struct err *err)
{
	struct json_fault fault;
	json_t *root = json_load(text, &fault);
	if (!root && fault.no_memory) {
		err_no_memory(err);
	} else if (!root) {
		const char *in = fault.member[0] ? ", in \"" : "";
		err_set(err, code, fault.offset, "%s: line %zu, column %zu: %s%s%s%s",
			what, fault.line, fault.column, fault.text, in, fault.member,
			fault.member[0] ? "\"" : "");
	}
	return root;
}

char *json_dump(const json_t *value, size_t flags)
{
	char *text = json_dumps(value, flags);
	char *again = json_dumps(value, flags);
	if (text && (!again || strcmp(text, again) != 0)) {
		free(text);
		text = NULL;
	}
	free(again);
	return text;
}

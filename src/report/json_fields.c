// SPDX-License-Identifier: Apache-2.0
#include "report/json_fields.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/text.h"

// Runs of 3,000 years; a double tells their milliseconds apart.
#define MAX_MS 1e14

struct json_fields json_fields_writer(struct buffer *out)
{
	struct json_fields f = {.json = json_init(out)};
	json_put_open(&f.json, NULL, '{');
	return f;
}

struct json_fields json_fields_reader(const json_t *root, struct err *err)
{
	struct json_fields f = {.err = err};
	f.levels[0].value = root;
	return f;
}

bool json_fields_failed(const struct json_fields *f)
{
	return json_fields_reading(f) && f->err->code != CODE_NONE;
}

static void put_path(const struct json_fields *f, const char *key, struct buffer *out)
{
	for (size_t i = 1; i <= f->depth; i++) {
		const struct json_level *level = &f->levels[i];
		if (level->key) {
			buffer_printf(out, "%s%s", out->len ? "." : "", level->key);
		} else {
			buffer_printf(out, "[%zu]", level->index);
		}
	}
	if (key) {
		buffer_printf(out, "%s%s", out->len ? "." : "", key);
	}
	buffer_put_char(out, '\0');
}

void json_fields_fail(struct json_fields *f, const char *key, const char *format, ...)
{
	if (!json_fields_reading(f) || json_fields_failed(f)) {
		return;
	}
	va_list args;
	va_start(args, format);
	err_vset(f->err, CODE_BAD_REQUEST, ERR_NO_OFFSET, format, args);
	va_end(args);
	struct buffer path;
	buffer_init(&path, 1024);
	put_path(f, key, &path);
	if (!path.failed && path.data[0] != '\0') {
		err_in_field(f->err, (const char *)path.data);
	}
	buffer_clear(&path);
}

void json_fields_line(struct json_fields *f)
{
	if (json_fields_reading(f)) {
		return;
	}
	if (f->json.comma) {
		buffer_put_char(f->json.out, ',');
		f->json.comma = false;
	}
	buffer_put_char(f->json.out, '\n');
}

// The value of a field, remembered as known; NULL after a fault.
static const json_t *take(struct json_fields *f, const char *key)
{
	struct json_level *level = &f->levels[f->depth];
	if (json_fields_failed(f)) {
		return NULL;
	}
	assert(level->num_taken < sizeof(level->taken) / sizeof(level->taken[0]));
	level->taken[level->num_taken++] = key;
	const json_t *value = json_object_get(level->value, key);
	if (!value) {
		json_fields_fail(f, key, "the field is missing");
	}
	return value;
}

const json_t *json_fields_peek(struct json_fields *f, const char *key)
{
	const json_t *value = json_fields_reading(f) ? take(f, key) : NULL;
	return json_is_null(value) ? NULL : value;
}

static void enter(
	struct json_fields *f, const char *key, size_t index, const json_t *value)
{
	f->depth++;
	assert(f->depth < JSON_FIELDS_DEPTH);
	f->levels[f->depth] =
		(struct json_level){.key = key, .index = index, .value = value};
}

void json_fields_open(struct json_fields *f, const char *key, size_t index)
{
	if (!json_fields_reading(f)) {
		json_put_open(&f->json, key, '{');
		return;
	}
	const json_t *parent = f->levels[f->depth].value;
	const json_t *value = key ? take(f, key) : json_array_get(parent, index);
	enter(f, key, index, value);
	if (!json_is_object(value)) {
		json_fields_fail(f, NULL, "not an object");
	}
}

static bool is_taken(const struct json_level *level, const char *name)
{
	for (size_t i = 0; i < level->num_taken; i++) {
		if (strcmp(level->taken[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static void refuse_others(struct json_fields *f)
{
	const struct json_level *level = &f->levels[f->depth];
	json_t *object = (json_t *)(uintptr_t)level->value;
	for (void *at = json_object_iter(object); at;
		at = json_object_iter_next(object, at)) {
		const char *name = json_object_iter_key(at);
		if (!is_taken(level, name)) {
			char shown[48];
			size_t len = strlen(name);
			bool plain = len < sizeof(shown) &&
				strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") ==
					len;
			(void)snprintf(shown, sizeof(shown), "%s", plain ? name : "?");
			json_fields_fail(f, shown, "the field is unknown");
		}
	}
}

void json_fields_close(struct json_fields *f)
{
	if (!json_fields_reading(f)) {
		json_put_close(&f->json, '}');
		return;
	}
	if (!json_fields_failed(f)) {
		refuse_others(f);
	}
	f->depth -= f->depth > 0;
}

size_t json_fields_open_array(struct json_fields *f, const char *key)
{
	if (!json_fields_reading(f)) {
		json_put_open(&f->json, key, '[');
		return 0;
	}
	const json_t *value = take(f, key);
	enter(f, key, 0, value);
	if (!json_is_array(value)) {
		json_fields_fail(f, NULL, "not an array");
	}
	return json_fields_failed(f) ? 0 : json_array_size(value);
}

void json_fields_close_array(struct json_fields *f)
{
	if (json_fields_reading(f)) {
		f->depth--;
	} else {
		json_put_close(&f->json, ']');
	}
}

static uint64_t count_of(struct json_fields *f, const char *key, const json_t *value)
{
	json_int_t number = json_integer_value(value);
	if (!json_is_integer(value) || number < 0 ||
		(uint64_t)number > JSON_FIELDS_MAX_COUNT) {
		json_fields_fail(f, key, "not a whole number from 0 to 2^53");
		return 0;
	}
	return (uint64_t)number;
}

void json_fields_count(struct json_fields *f, const char *key, uint64_t *value)
{
	if (json_fields_reading(f)) {
		*value = count_of(f, key, take(f, key));
	} else {
		json_put_unsigned(&f->json, key, *value);
	}
}

static struct bytes text_of(struct json_fields *f, const char *key, const json_t *value)
{
	if (!json_is_string(value)) {
		json_fields_fail(f, key, "not a string");
		return BYTES_NONE;
	}
	return bytes_of(json_string_value(value), json_string_length(value));
}

void json_fields_time(
	struct json_fields *f, const char *key, int64_t *value, int64_t none)
{
	if (!json_fields_reading(f)) {
		if (*value == none) {
			json_put_null(&f->json, key);
		} else {
			json_put_time(&f->json, key, *value);
		}
		return;
	}
	const json_t *in = take(f, key);
	*value = none;
	if (!json_is_null(in) &&
		!datetime_parse_rfc3339(text_of(f, key, in), false, value)) {
		json_fields_fail(f, key, "not an RFC 3339 time");
	}
}

void json_fields_seconds(struct json_fields *f, const char *key, uint64_t *value)
{
	if (!json_fields_reading(f)) {
		char text[32];
		(void)snprintf(text, sizeof(text), "%llu.%03llu",
			(unsigned long long)(*value / 1000),
			(unsigned long long)(*value % 1000));
		json_put_raw(&f->json, key, bytes_of_text(text));
		return;
	}
	const json_t *in = take(f, key);
	double ms = json_number_value(in) * 1000;
	if (!json_is_number(in) || ms < 0 || ms > MAX_MS) {
		json_fields_fail(f, key, "not a number of seconds");
	} else {
		*value = (uint64_t)(ms + 0.5);
	}
}

static bool is_printable(struct bytes in)
{
	while (in.len > 0) {
		uint32_t c = 0;
		size_t len = text_utf8_decode(in, &c);
		if (len == 0 || !text_is_printable(c)) {
			return false;
		}
		in = bytes_of(in.data + len, in.len - len);
	}
	return true;
}

void json_fields_text(
	struct json_fields *f, const char *key, char *text, size_t room, bool nullable)
{
	if (!json_fields_reading(f)) {
		json_put_text(&f->json, key, nullable && !text[0] ? NULL : text);
		return;
	}
	const json_t *value = take(f, key);
	text[0] = '\0';
	if (nullable && json_is_null(value)) {
		return;
	}
	struct bytes in = text_of(f, key, value);
	if (in.len >= room || !is_printable(in) || (nullable && in.len == 0)) {
		json_fields_fail(
			f, key, "not printable text of at most %zu bytes", room - 1);
		return;
	}
	bytes_copy((uint8_t *)text, in);
	text[in.len] = '\0';
}

void json_fields_hex(struct json_fields *f, const char *key, uint8_t *value, size_t len)
{
	if (!json_fields_reading(f)) {
		json_put_hex(&f->json, key, bytes_of(value, len));
		return;
	}
	struct bytes in = text_of(f, key, take(f, key));
	if (!text_unhex(in, value, len)) {
		json_fields_fail(f, key, "not %zu hex digits", 2 * len);
	}
}

void json_fields_base64(
	struct json_fields *f, const char *key, uint8_t *value, size_t len)
{
	if (!json_fields_reading(f)) {
		json_put_base64(&f->json, key, bytes_of(value, len));
		return;
	}
	uint8_t room[128];
	size_t got = 0;
	struct bytes in = text_of(f, key, take(f, key));
	if (in.len > sizeof(room) || !text_unbase64(in, room, &got) || got != len) {
		json_fields_fail(f, key, "not the base64 of %zu bytes", len);
	} else {
		memcpy(value, room, len);
	}
}

static enum code code_of(const char *name)
{
	for (size_t i = 1; i < NUM_CODES; i++) {
		if (strcmp(code_info((enum code)i)->name, name) == 0) {
			return (enum code)i;
		}
	}
	return CODE_NONE;
}

void json_fields_code(struct json_fields *f, const char *key, enum code *code)
{
	if (!json_fields_reading(f)) {
		json_put_word(&f->json, key, code_info(*code)->name);
		return;
	}
	const char *name = json_string_value(take(f, key));
	*code = name ? code_of(name) : CODE_NONE;
	if (*code == CODE_NONE) {
		json_fields_fail(f, key, "not a reason code that this version knows");
	}
}

static void read_codes(struct json_fields *f, const char *key, uint64_t *counts)
{
	json_t *object = (json_t *)(uintptr_t)take(f, key);
	if (!json_is_object(object)) {
		json_fields_fail(f, key, "not an object");
		return;
	}
	for (void *at = json_object_iter(object); at;
		at = json_object_iter_next(object, at)) {
		enum code code = code_of(json_object_iter_key(at));
		if (code == CODE_NONE) {
			json_fields_fail(
				f, key, "not a reason code that this version knows");
			return;
		}
		counts[code] = count_of(f, key, json_object_iter_value(at));
	}
}

void json_fields_codes(struct json_fields *f, const char *key, uint64_t *counts)
{
	if (json_fields_reading(f)) {
		read_codes(f, key, counts);
		return;
	}
	json_put_open(&f->json, key, '{');
	for (size_t i = 1; i < NUM_CODES; i++) {
		if (counts[i]) {
			json_put_unsigned(
				&f->json, code_info((enum code)i)->name, counts[i]);
		}
	}
	json_put_close(&f->json, '}');
}

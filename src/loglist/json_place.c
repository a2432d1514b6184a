// SPDX-License-Identifier: Apache-2.0
#include "loglist/json_place.h"

#include "base/text.h"

struct scanner {
	struct bytes text;
	size_t at;
};

static uint8_t peek(struct scanner *s)
{
	while (s->at < s->text.len && text_is_space(s->text.data[s->at])) {
		s->at++;
	}
	return s->at < s->text.len ? s->text.data[s->at] : 0;
}

static struct bytes skip_string(struct scanner *s)
{
	size_t start = ++s->at;
	while (s->at < s->text.len && s->text.data[s->at] != '"') {
		s->at += s->text.data[s->at] == '\\' ? 2 : 1;
	}
	size_t end = s->at < s->text.len ? s->at : s->text.len;
	s->at = end + 1;
	return bytes_of(s->text.data + start, end - start);
}

// Nesting needs no stack: strings apart, only the brackets count.
static void skip_value(struct scanner *s)
{
	size_t depth = 0;
	do {
		uint8_t c = peek(s);
		if (c == 0) {
			return;
		}
		if (c == '"') {
			(void)skip_string(s);
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
			return;
		}
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		s->at++;
	} while (depth > 0 ||
		(peek(s) != ',' && peek(s) != '}' && peek(s) != ']' && peek(s)));
}

// Stands behind the opening bracket; moves to the value that the step names.
static bool enter(struct scanner *s, const struct json_step *step)
{
	bool is_object = peek(s) == '{';
	if (is_object != (step->name != NULL) || (!is_object && peek(s) != '[')) {
		return false;
	}
	s->at++;
	for (size_t i = 0; peek(s) != '}' && peek(s) != ']' && peek(s) != 0; i++) {
		bool hit = !is_object && i == step->index;
		if (is_object) {
			struct bytes name = skip_string(s);
			hit = bytes_equal(name, bytes_of_text(step->name));
			s->at += peek(s) == ':';
		}
		if (hit) {
			(void)peek(s);
			return true;
		}
		skip_value(s);
		s->at += peek(s) == ',';
	}
	return false;
}

struct json_place json_place_find(
	struct bytes text, const struct json_step *path, size_t num_steps)
{
	struct scanner s = {text, 0};
	(void)peek(&s);
	size_t found = s.at;
	for (size_t i = 0; i < num_steps && enter(&s, &path[i]); i++) {
		found = s.at;
	}
	struct json_place place = {found, 1, 1};
	for (size_t i = 0; i < found && i < text.len; i++) {
		place.column = text.data[i] == '\n' ? 1 : place.column + 1;
		place.line += text.data[i] == '\n';
	}
	return place;
}

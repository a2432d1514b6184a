// SPDX-License-Identifier: Apache-2.0
// The pins of what `ctpolicy pins --format json` prints (pins.v1.json), as it is or formatted
// anew: of each of its `certificates` that is of the chain, and
// of its `spares`, `spki_sha256`. A scanner of the
// few members that matter; JSON that is none is refused where it gets in the way of that.
#include "base/text.h"
#include "x509/pin_reader.h"

#define MAX_DEPTH 16
#define CERTIFICATE_DEPTH 3 // of the objects in "certificates"

// What is open, and under which name it stands.
struct level {
	bool is_object;
	struct bytes name;
};

struct scanner {
	struct pin_reader *r;
	size_t depth;
	struct level levels[MAX_DEPTH + 1];
	struct bytes name; // of the member whose value comes
	bool names_next; // a string is a name
	bool is_ours; // "schema" says so
	struct bytes place, pin; // of the certificate that is read
};

static bool in_certificate(const struct scanner *s)
{
	return s->depth == CERTIFICATE_DEPTH && s->levels[s->depth].is_object &&
		(bytes_equal(s->levels[2].name, BYTES_LITERAL("certificates")) ||
			bytes_equal(s->levels[2].name, BYTES_LITERAL("spares")));
}

static bool take_text(struct scanner *s, struct bytes text)
{
	if (s->names_next) {
		s->name = text;
		s->names_next = false;
		return true;
	}
	if (s->depth == 1 && bytes_equal(s->name, BYTES_LITERAL("schema"))) {
		s->is_ours = bytes_equal(text, BYTES_LITERAL("ctpolicy.pins.v1"));
	}
	if (in_certificate(s) && bytes_equal(s->name, BYTES_LITERAL("place"))) {
		s->place = text;
	}
	if (in_certificate(s) && bytes_equal(s->name, BYTES_LITERAL("spki_sha256"))) {
		s->pin = text;
	}
	return true;
}

static bool open_level(struct scanner *s, struct bytes at, bool is_object)
{
	if (s->depth == MAX_DEPTH) {
		return pin_fail(s->r, at, "JSON that is nested too deeply");
	}
	s->levels[++s->depth] = (struct level){is_object, s->name};
	s->names_next = is_object;
	s->name = BYTES_NONE;
	s->place = s->depth <= CERTIFICATE_DEPTH ? BYTES_NONE : s->place;
	s->pin = s->depth <= CERTIFICATE_DEPTH ? BYTES_NONE : s->pin;
	return true;
}

static bool close_level(struct scanner *s, struct bytes at)
{
	bool taken = in_certificate(s) && s->pin.len &&
		!bytes_equal(s->place, BYTES_LITERAL("other"));
	if (s->depth == 0) {
		return pin_fail(s->r, at, "JSON with something behind its end");
	}
	s->depth--;
	s->names_next = false;
	return !taken || pin_take(s->r, s->pin, s->pin, PIN_NO_GROUP, PIN_ANY);
}

// The length of a string with both quotes; 0: it has no end.
static size_t string_len(struct bytes text)
{
	size_t at = 1;
	while (at < text.len && text.data[at] != '"') {
		at += text.data[at] == '\\' ? 2 : 1;
	}
	return at < text.len ? at + 1 : 0;
}

// One token at the front of `rest`: its length, 0 on failure.
static size_t take_token(struct scanner *s, struct bytes rest)
{
	struct bytes one = bytes_of(rest.data, 1);
	switch (rest.data[0]) {
	case '"': {
		size_t len = string_len(rest);
		if (!len) {
			(void)pin_fail(
				s->r, rest, "JSON that is not closed; is it whole?");
			return 0;
		}
		return take_text(s, bytes_of(rest.data + 1, len - 2)) ? len : 0;
	}
	case '{':
	case '[':
		return open_level(s, one, rest.data[0] == '{');
	case '}':
	case ']':
		return close_level(s, one);
	case ',':
		s->names_next = s->levels[s->depth].is_object;
		return 1;
	default:
		return 1;
	}
}

bool pin_read_json(struct pin_reader *r)
{
	struct bytes text = r->text;
	struct scanner s = {.r = r};
	size_t at = 0;
	while (at < text.len) {
		size_t len = take_token(&s, bytes_of(text.data + at, text.len - at));
		if (len == 0) {
			return false;
		}
		at += len;
	}
	if (s.depth > 0) {
		return pin_fail(r, text, "JSON that is not closed; is it whole?");
	}
	return s.is_ours ||
		pin_fail(r, text,
			"JSON, but not what `ctpolicy pins --format json` prints");
}

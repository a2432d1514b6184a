// SPDX-License-Identifier: Apache-2.0
// TrustKit's configuration in source text: kTSKPublicKeyHashes : @[@"...", @"..."], under the
// domain that the dictionary around it stands under. What else the source says may be anything.
#include "base/text.h"
#include "x509/host_match.h"
#include "x509/pin_reader.h"

#define MAX_DEPTH 32

// A bracket that is open.
struct scope {
	struct bytes key; // what it stands under; empty: nothing
	size_t group; // PIN_NO_GROUP: of no domain
	size_t domain; // in the set
};

struct source {
	struct pin_reader *r;
	size_t depth; // beyond MAX_DEPTH nothing is kept
	struct scope scopes[MAX_DEPTH + 1];
	struct bytes last; // word or string
	struct bytes key; // what the next value stands under
	struct bytes hashes_key; // of the hashes whose array is to come; empty: none
	size_t hashes; // the depth of their array; 0: none is open
};

static struct scope *scope_at(struct source *s, size_t depth)
{
	return &s->scopes[depth < MAX_DEPTH ? depth : MAX_DEPTH];
}

static bool is_name(struct bytes text)
{
	struct wanted_host host;
	struct err ignored;
	err_clear(&ignored);
	return wanted_host_read(text, &host, &ignored);
}

// The dictionary of a domain gets its group.
static bool need_group(struct source *s, struct scope *scope)
{
	if (scope->group != PIN_NO_GROUP || scope->key.len == 0 || s->depth > MAX_DEPTH ||
		scope->key.data == s->r->text.data || scope->key.data[-1] != '"' ||
		!is_name(scope->key)) {
		return true;
	}
	scope->domain = s->r->set->num_domains;
	return pin_new_group(s->r, scope->key, &scope->group) &&
		pin_add_domain(s->r, scope->key, PIN_DOMAIN_ALONE, scope->group);
}

static bool open_scope(struct source *s, bool is_array)
{
	struct scope *around = scope_at(s, s->depth);
	if (s->hashes_key.len && is_array) {
		s->hashes_key = BYTES_NONE;
		s->hashes = s->depth + 1;
		if (!need_group(s, around)) {
			return false;
		}
	}
	*scope_at(s, ++s->depth) = (struct scope){.key = s->key, .group = PIN_NO_GROUP};
	s->key = BYTES_NONE;
	return true;
}

static void close_scope(struct source *s)
{
	s->hashes = s->hashes == s->depth ? 0 : s->hashes;
	s->depth -= s->depth > 0;
	s->key = BYTES_NONE;
}

// Which of the domain's other facts the key names.
static bool take_fact(struct source *s, struct bytes value)
{
	struct scope *scope = scope_at(s, s->depth);
	bool yes = bytes_equal(value, BYTES_LITERAL("true")) ||
		bytes_equal(value, BYTES_LITERAL("YES"));
	bool below = pin_is_trustkit_key(s->key, "TSKIncludeSubdomains");
	bool ends = pin_is_trustkit_key(s->key, "TSKExpirationDate");
	if (!below && !ends) {
		return true;
	}
	if (!need_group(s, scope) || scope->group == PIN_NO_GROUP) {
		return scope->group == PIN_NO_GROUP && s->r->err->code == CODE_NONE;
	}
	if (below && yes) {
		s->r->set->domains[scope->domain].below = PIN_ALL_BELOW;
	}
	return !ends || value.data[-1] != '"' ||
		pin_set_expiration(s->r, value, scope->group);
}

static bool take_word(struct source *s, struct bytes word, bool is_string)
{
	if (s->hashes && is_string) {
		size_t group = scope_at(s, s->hashes - 1)->group;
		return pin_take(s->r, word, word, group, PIN_ANY);
	}
	if (!s->hashes && pin_is_trustkit_key(word, "TSKPublicKeyHashes")) {
		s->hashes_key = word;
	}
	s->last = word;
	return take_fact(s, word);
}

static bool is_word_char(uint8_t c)
{
	return text_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		c == '_' || c == '$';
}

// Up to the quote, outside of the hashes at most up to the line's end.
static size_t take_string(struct source *s, struct bytes rest)
{
	size_t at = 1;
	while (at < rest.len && rest.data[at] != '"' &&
		(s->hashes || rest.data[at] != '\n')) {
		at += rest.data[at] == '\\' && !s->hashes ? 2 : 1;
	}
	bool closed = at < rest.len && rest.data[at] == '"';
	if (!closed) {
		bool failed =
			s->hashes && !pin_fail(s->r, rest, "not closed; is it whole?");
		return failed ? 0 : (at < rest.len ? at : rest.len);
	}
	return take_word(s, bytes_of(rest.data + 1, at - 1), true) ? at + 1 : 0;
}

static size_t comment_len(struct bytes rest)
{
	bool line = pin_begins(rest, "//");
	struct bytes end = line ? BYTES_LITERAL("\n") : BYTES_LITERAL("*/");
	size_t found = bytes_find(rest, 2, end);
	return found < rest.len ? found + end.len : rest.len;
}

static size_t take_plain(struct source *s, struct bytes rest)
{
	size_t len = 0;
	while (len < rest.len && is_word_char(rest.data[len])) {
		len++;
	}
	if (len > 0) {
		return take_word(s, bytes_of(rest.data, len), false) ? len : 0;
	}
	if (rest.data[0] == ':') {
		s->key = s->last;
	} else if (rest.data[0] == ',') {
		s->key = BYTES_NONE;
	}
	return 1;
}

// What stands at the front of `rest`: its length, 0 on failure.
static size_t take_token(struct source *s, struct bytes rest)
{
	switch (rest.data[0]) {
	case '"':
		return take_string(s, rest);
	case '/':
		return pin_begins(rest, "//") || pin_begins(rest, "/*")
			? comment_len(rest)
			: 1;
	case '[':
	case '{':
	case '(':
		return open_scope(s, rest.data[0] == '[');
	case ']':
	case '}':
	case ')':
		close_scope(s);
		return 1;
	default:
		return take_plain(s, rest);
	}
}

bool pin_read_source(struct pin_reader *r)
{
	struct bytes text = r->text;
	struct source s = {.r = r};
	size_t at = 0;
	for (size_t i = 0; i <= MAX_DEPTH; i++) {
		s.scopes[i].group = PIN_NO_GROUP;
	}
	while (at < text.len) {
		size_t len = take_token(&s, bytes_of(text.data + at, text.len - at));
		if (len == 0) {
			return false;
		}
		at += len;
	}
	if (s.hashes_key.len) {
		return pin_fail(r, s.hashes_key, "no array of hashes behind it");
	}
	return !s.hashes ||
		pin_fail(r, text, "an array of hashes that is not closed; is it whole?");
}

// SPDX-License-Identifier: Apache-2.0
#include "x509/pin.h"

#include "base/text.h"

#define SHA1_LEN 20
#define SHOWN_LEN 40
// Longer words are no pins, whatever they decode to.
#define MAX_WORD 200

// What is read, and into what.
struct pin_reader {
	struct bytes text;
	struct pin_set *set;
	struct err *err;
	size_t num; // pins that were read, those that stood there twice too
};

static size_t line_of(struct bytes text, const uint8_t *at)
{
	size_t line = 1;
	for (const uint8_t *c = text.data; c < at; c++) {
		line += *c == '\n';
	}
	return line;
}

// An error about what stands at `at`, which is a part of the text.
static bool fail(struct pin_reader *r, struct bytes at, const char *why)
{
	char shown[SHOWN_LEN + 1];
	size_t len = at.len < SHOWN_LEN ? at.len : SHOWN_LEN;
	size_t offset = (size_t)(at.data - r->text.data);
	bool many = memchr(r->text.data, '\n', r->text.len) != NULL;
	char line[32] = "";
	if (many) {
		(void)snprintf(
			line, sizeof(line), "line %zu: ", line_of(r->text, at.data));
	}
	for (size_t i = 0; i < len; i++) {
		shown[i] = at.data[i] ? (char)at.data[i] : '?';
	}
	shown[len] = '\0';
	err_set(r->err, CODE_BAD_PIN, offset, "%s\"%s%s\": %s", line, shown,
		len < at.len ? "..." : "", why);
	return false;
}

static bool begins(struct bytes text, const char *with)
{
	size_t len = strlen(with);
	return text.len >= len && memcmp(text.data, with, len) == 0;
}

static struct bytes without(struct bytes text, size_t front, size_t back)
{
	return bytes_of(text.data + front, text.len - front - back);
}

// One pin.

static bool is_hex(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (!text_is_digit(c) && !(c >= 'a' && c <= 'f') &&
			!(c >= 'A' && c <= 'F')) {
			return false;
		}
	}
	return text.len > 0;
}

static bool add(struct pin_reader *r, struct bytes word, const uint8_t pin[PIN_LEN])
{
	struct pin_set *set = r->set;
	r->num++;
	if (pin_set_find(set, pin) < set->num) {
		return true;
	}
	if (set->num == PIN_SET_MAX) {
		return fail(r, word, "more than 64 pins; clients carry a few");
	}
	memcpy(set->pins[set->num++], pin, PIN_LEN);
	return true;
}

#define NEEDS "the SHA-256 of a key has 44 characters of base64, or 64 hex digits"

static bool read_base64(struct pin_reader *r, struct bytes word, struct bytes value)
{
	uint8_t pin[MAX_WORD / 4 * 3 + 3];
	size_t len = 0;
	if (value.len > MAX_WORD) {
		return fail(r, word, "too long; " NEEDS);
	}
	if (memchr(value.data, ':', value.len)) {
		return fail(r, word,
			"colons, as in a certificate's fingerprint, which is no pin; `ctpolicy pins "
			"FILE` prints the pins of a certificate");
	}
	if (!text_is_base64(value)) {
		return fail(r, word, "neither hex nor base64; " NEEDS);
	}
	if (!text_unbase64(value, pin, &len)) {
		return fail(r, word, "no base64 that decodes; is it whole? " NEEDS);
	}
	if (len == SHA1_LEN) {
		return fail(
			r, word, "a SHA-1 hash; no client takes them any more, " NEEDS);
	}
	return len == PIN_LEN ? add(r, word, pin)
			      : fail(r, word, "of a wrong length; " NEEDS);
}

static bool read_value(struct pin_reader *r, struct bytes word, struct bytes value)
{
	uint8_t pin[PIN_LEN];
	if (value.len == 0) {
		return fail(r, word, "empty; " NEEDS);
	}
	if (value.len == 2 * SHA1_LEN && is_hex(value)) {
		return fail(
			r, word, "a SHA-1 hash; no client takes them any more, " NEEDS);
	}
	if (text_unhex(value, pin, PIN_LEN)) {
		return add(r, word, pin);
	}
	// Between the two lengths nothing is meant to be base64 of hex digits alone.
	return is_hex(value) && value.len > 44
		? fail(r, word, "of a wrong number of hex digits; " NEEDS)
		: read_base64(r, word, value);
}

static struct bytes unquote(struct bytes text)
{
	bool quoted = text.len >= 2 && (text.data[0] == '"' || text.data[0] == '\'') &&
		text.data[text.len - 1] == text.data[0];
	return quoted ? without(text, 1, 1) : text;
}

static bool is_whole_base64(struct bytes text)
{
	uint8_t pin[PIN_LEN + 3];
	size_t len = 0;
	return (text.len == 43 || text.len == 44) && text_unbase64(text, pin, &len) &&
		len == PIN_LEN;
}

static bool read_word(struct pin_reader *r, struct bytes word)
{
	static const struct {
		const char *text;
		bool taken;
	} prefixes[] = {{"sha256//", true}, {"sha256/", true}, {"pin-sha256=", true},
		{"sha1//", false}, {"sha1/", false}, {"pin-sha1=", false}};
	struct bytes value = unquote(word);
	// Of its length, base64 is a pin whatever it begins with.
	if (is_whole_base64(value)) {
		return read_value(r, word, value);
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!begins(value, prefixes[i].text)) {
			continue;
		}
		if (!prefixes[i].taken) {
			return fail(r, word,
				"a pin of SHA-1; no client takes them any more, " NEEDS);
		}
		return read_value(
			r, word, unquote(without(value, strlen(prefixes[i].text), 0)));
	}
	return read_value(r, word, value);
}

// One a line, or several.

static bool divides(uint8_t c)
{
	return text_is_space(c) || c == ';' || c == ',';
}

static bool read_words(struct pin_reader *r)
{
	struct bytes text = r->text;
	size_t at = 0;
	while (at < text.len) {
		size_t start = at;
		if (text.data[at] == '#') {
			while (at < text.len && text.data[at] != '\n') {
				at++;
			}
			continue;
		}
		if (divides(text.data[at])) {
			at++;
			continue;
		}
		while (at < text.len && !divides(text.data[at]) && text.data[at] != '#') {
			at++;
		}
		if (!read_word(r, bytes_of(text.data + start, at - start))) {
			return false;
		}
	}
	return true;
}

// Property lists, and Android's configuration. A scanner of tags: what it is about are a few
// elements, and all else may be anything.

enum xml_key { KEY_OTHER, KEY_IOS, KEY_TRUSTKIT };

static enum xml_key key_of(struct bytes name)
{
	name = text_trim(name);
	if (bytes_equal(name, BYTES_LITERAL("SPKI-SHA256-BASE64"))) {
		return KEY_IOS;
	}
	bool trustkit = bytes_equal(name, BYTES_LITERAL("TSKPublicKeyHashes")) ||
		bytes_equal(name, BYTES_LITERAL("kTSKPublicKeyHashes"));
	return trustkit ? KEY_TRUSTKIT : KEY_OTHER;
}

// "<pin digest=...>" is one of the element "pin", "<pin-set>" is not.
static bool is_tag(struct bytes tag, const char *name)
{
	size_t len = strlen(name);
	return begins(tag, name) &&
		(tag.len == len || text_is_space(tag.data[len]) || tag.data[len] == '/');
}

// The text up to the next tag.
static struct bytes text_at(struct bytes all, size_t at)
{
	const uint8_t *end =
		at < all.len ? memchr(all.data + at, '<', all.len - at) : NULL;
	size_t to = end ? (size_t)(end - all.data) : all.len;
	return bytes_of(all.data + at, to - at);
}

// The digest that a <pin> names has to be SHA-256, the only one that Android knows.
static bool check_digest(struct pin_reader *r, struct bytes tag)
{
	size_t at = bytes_find(tag, 0, BYTES_LITERAL("digest"));
	struct bytes value = text_trim(without(tag, at < tag.len ? at + 6 : tag.len, 0));
	if (value.len > 1 && value.data[0] == '=') {
		value = text_trim(without(value, 1, 0));
	}
	if (begins(value, "\"SHA-256\"") || begins(value, "'SHA-256'")) {
		return true;
	}
	return fail(r, tag, "a pin has digest=\"SHA-256\", and no other");
}

// `at`: behind the tag.
static bool take_tag(struct pin_reader *r, struct bytes tag, size_t at, enum xml_key *key)
{
	struct bytes content = text_trim(text_at(r->text, at));
	if (is_tag(tag, "key")) {
		*key = key_of(content);
	} else if (is_tag(tag, "/array")) {
		*key = KEY_OTHER;
	} else if (is_tag(tag, "string") && *key != KEY_OTHER) {
		*key = *key == KEY_IOS ? KEY_OTHER : *key;
		return read_value(r, content.len ? content : tag, content);
	} else if (is_tag(tag, "pin")) {
		return check_digest(r, tag) &&
			read_value(r, content.len ? content : tag, content);
	}
	return true;
}

// The offset behind a comment or a tag that begins at `at`; 0 where it has no end.
static size_t end_of_tag(struct bytes text, size_t at)
{
	bool comment = begins(without(text, at, 0), "<!--");
	struct bytes end = comment ? BYTES_LITERAL("-->") : BYTES_LITERAL(">");
	size_t found = bytes_find(text, comment ? at + 4 : at, end);
	return found < text.len ? found + end.len : 0;
}

static bool read_xml(struct pin_reader *r)
{
	struct bytes text = r->text;
	enum xml_key key = KEY_OTHER;
	size_t at = 0;
	while (at < text.len) {
		if (text.data[at] != '<') {
			at++;
			continue;
		}
		size_t end = end_of_tag(text, at);
		struct bytes tag = without(text, at + 1, end ? text.len - end + 1 : 0);
		if (!end) {
			return fail(r, tag, "XML that ends within a tag; is it whole?");
		}
		if (!begins(tag, "!--") && !take_tag(r, tag, end, &key)) {
			return false;
		}
		at = end;
	}
	return true;
}

// TrustKit's configuration in source text: kTSKPublicKeyHashes : @[@"...", @"..."].

static const struct bytes hashes_key = {(const uint8_t *)"TSKPublicKeyHashes", 18};

// From the bracket on, up to its end; *at moves behind it.
static bool read_array(struct pin_reader *r, size_t *at)
{
	struct bytes text = r->text;
	size_t i = *at;
	while (i < text.len && text.data[i] != ']') {
		const uint8_t *c = text.data + i;
		bool quote = *c == '"';
		bool comment = *c == '/' && begins(without(text, i, 0), "//");
		const uint8_t *end = (quote || comment)
			? memchr(c + 1, quote ? '"' : '\n', text.len - i - 1)
			: c;
		if (!end) {
			return fail(r, without(text, i, 0), "not closed; is it whole?");
		}
		struct bytes inside =
			bytes_of(c + 1, (size_t)(end - c) - (quote || comment));
		if (quote && !read_value(r, inside, inside)) {
			return false;
		}
		i = (size_t)(end - text.data) + 1;
	}
	*at = i;
	return i < text.len ||
		fail(r, text, "an array of hashes that is not closed; is it whole?");
}

// Where the key stands from `at` on, and is no part of base64, in which it could.
static size_t find_key(struct bytes text, size_t at)
{
	size_t found = bytes_find(text, at, hashes_key);
	while (found < text.len) {
		size_t end = found + hashes_key.len;
		bool is_word = end < text.len && !text_is_space(text.data[end]) &&
			text_is_base64(bytes_of(text.data + end, 1));
		if (!is_word) {
			break;
		}
		found = bytes_find(text, end, hashes_key);
	}
	return found;
}

static bool read_source(struct pin_reader *r)
{
	struct bytes text = r->text;
	size_t at = find_key(text, 0);
	while (at < text.len) {
		size_t open = bytes_find(text, at, BYTES_LITERAL("["));
		if (open == text.len) {
			return fail(
				r, without(text, at, 0), "no array of hashes behind it");
		}
		at = open + 1;
		if (!read_array(r, &at)) {
			return false;
		}
		at = find_key(text, at);
	}
	return true;
}

// All forms.

static bool read_form(struct pin_reader *r)
{
	if (text_trim(r->text).data[0] == '<') {
		return read_xml(r);
	}
	if (begins(r->text, "bplist00") && !text_is_utf8(r->text)) {
		return fail(r, bytes_of(r->text.data, 8),
			"a binary property list; `plutil -convert xml1 FILE` makes text of it");
	}
	bool source = find_key(r->text, 0) < r->text.len;
	return source ? read_source(r) : read_words(r);
}

bool pin_set_read(struct bytes text, struct pin_set *set, struct err *err)
{
	size_t before = set->num;
	struct pin_reader r = {.text = text_without_mark(text), .set = set, .err = err};
	if (text_trim(r.text).len == 0) {
		return err_set(err, CODE_BAD_PIN, ERR_NO_OFFSET, "empty; " NEEDS);
	}
	bool done = read_form(&r);
	if (done && r.num == 0) {
		done = err_set(err, CODE_BAD_PIN, ERR_NO_OFFSET,
			"no pin in it: neither hashes a line, <pin digest=\"SHA-256\">, "
			"SPKI-SHA256-BASE64 nor TSKPublicKeyHashes");
	}
	set->num = done ? set->num : before;
	return done;
}

size_t pin_set_find(const struct pin_set *set, const uint8_t sha256[PIN_LEN])
{
	size_t i = 0;
	while (i < set->num && memcmp(set->pins[i], sha256, PIN_LEN) != 0) {
		i++;
	}
	return i;
}

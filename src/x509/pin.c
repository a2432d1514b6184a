// SPDX-License-Identifier: Apache-2.0
#include "x509/pin.h"

#include "base/datetime.h"
#include "base/text.h"
#include "x509/host_match.h"
#include "x509/pin_reader.h"

#define SHA1_LEN 20
#define SHOWN_LEN 40
// Longer words are no pins, whatever they decode to.
#define MAX_WORD 200

_Static_assert(PIN_SET_MAX <= 64, "a group's pins are the bits of 64");

static size_t line_of(struct bytes text, const uint8_t *at)
{
	size_t line = 1;
	for (const uint8_t *c = text.data; c < at; c++) {
		line += *c == '\n';
	}
	return line;
}

bool pin_fail(struct pin_reader *r, struct bytes at, const char *why)
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

bool pin_begins(struct bytes text, const char *with)
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

// Where a pin goes, and with which role.
struct target {
	size_t group;
	enum pin_role role;
};

bool pin_new_group(struct pin_reader *r, struct bytes at, size_t *out)
{
	struct pin_set *set = r->set;
	if (set->num_groups == PIN_DOMAINS_MAX) {
		return pin_fail(r, at, "more than 256 sets of pins; clients carry a few");
	}
	*out = set->num_groups++;
	set->groups[*out] = (struct pin_group){.text = set->num_texts};
	return true;
}

// Bare pins are one group, from whatever texts.
static bool bare_group(struct pin_reader *r, struct bytes at, size_t *out)
{
	struct pin_set *set = r->set;
	size_t i = 0;
	while (i < set->num_groups && !set->groups[i].bare) {
		i++;
	}
	*out = i;
	if (i == set->num_groups && !pin_new_group(r, at, out)) {
		return false;
	}
	set->groups[*out].bare = true;
	return true;
}

bool pin_add_domain(
	struct pin_reader *r, struct bytes name, enum pin_below below, size_t group)
{
	struct pin_set *set = r->set;
	if (set->num_domains == PIN_DOMAINS_MAX) {
		return pin_fail(r, name, "more than 256 domains; apps pin a few");
	}
	set->domains[set->num_domains++] = (struct pin_domain){name, below, group};
	return true;
}

bool pin_set_expiration(struct pin_reader *r, struct bytes day, size_t group)
{
	struct pin_group *to = &r->set->groups[group];
	day = text_trim(day);
	if (day.len != strlen("2027-01-01") ||
		!datetime_parse_moment(day, &to->expires_ms)) {
		return pin_fail(r, day, "no day of expiration; write one as 2027-01-01");
	}
	to->expires = true;
	return true;
}

static bool add(struct pin_reader *r, struct bytes word, const uint8_t pin[PIN_LEN],
	struct target to)
{
	struct pin_set *set = r->set;
	size_t at = pin_set_find(set, pin);
	r->num++;
	if (to.group == PIN_NO_GROUP && !bare_group(r, word, &to.group)) {
		return false;
	}
	if (at == PIN_SET_MAX) {
		return pin_fail(r, word, "more than 64 pins; clients carry a few");
	}
	if (at == set->num) {
		memcpy(set->pins[set->num++], pin, PIN_LEN);
	}
	set->groups[to.group].pins[to.role] |= (uint64_t)1 << at;
	return true;
}

#define NEEDS "the SHA-256 of a key has 44 characters of base64, or 64 hex digits"

static bool read_base64(
	struct pin_reader *r, struct bytes word, struct bytes value, struct target to)
{
	uint8_t pin[MAX_WORD / 4 * 3 + 3];
	size_t len = 0;
	if (value.len > MAX_WORD) {
		return pin_fail(r, word, "too long; " NEEDS);
	}
	if (memchr(value.data, ':', value.len)) {
		return pin_fail(r, word,
			"colons, as in a certificate's fingerprint, which is no pin; `ctpolicy pins "
			"FILE` prints the pins of a certificate");
	}
	if (!text_is_base64(value)) {
		return pin_fail(r, word, "neither hex nor base64; " NEEDS);
	}
	if (!text_unbase64(value, pin, &len)) {
		return pin_fail(r, word, "no base64 that decodes; is it whole? " NEEDS);
	}
	if (len == SHA1_LEN) {
		return pin_fail(
			r, word, "a SHA-1 hash; no client takes them any more, " NEEDS);
	}
	return len == PIN_LEN ? add(r, word, pin, to)
			      : pin_fail(r, word, "of a wrong length; " NEEDS);
}

bool pin_take(struct pin_reader *r, struct bytes word, struct bytes value, size_t group,
	enum pin_role role)
{
	struct target to = {group, role};
	uint8_t pin[PIN_LEN];
	if (value.len == 0) {
		return pin_fail(r, word, "empty; " NEEDS);
	}
	if (value.len == 2 * SHA1_LEN && is_hex(value)) {
		return pin_fail(
			r, word, "a SHA-1 hash; no client takes them any more, " NEEDS);
	}
	if (text_unhex(value, pin, PIN_LEN)) {
		return add(r, word, pin, to);
	}
	// Between the two lengths nothing is meant to be base64 of hex digits alone.
	return is_hex(value) && value.len > 44
		? pin_fail(r, word, "of a wrong number of hex digits; " NEEDS)
		: read_base64(r, word, value, to);
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

static bool read_bare(struct pin_reader *r, struct bytes word, struct bytes value)
{
	return pin_take(
		r, word, value, r->curl, r->curl == PIN_NO_GROUP ? PIN_ANY : PIN_LEAF);
}

static bool read_word(struct pin_reader *r, struct bytes word)
{
	static const struct {
		const char *text;
		bool taken;
	} prefixes[] = {{"sha256//", true}, {"sha256/", true}, {"pin-sha256=", true},
		{"sha256:", true}, {"sha1//", false}, {"sha1/", false},
		{"pin-sha1=", false}};
	struct bytes value = unquote(word);
	// Of its length, base64 is a pin whatever it begins with.
	if (is_whole_base64(value)) {
		return read_bare(r, word, value);
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!pin_begins(value, prefixes[i].text)) {
			continue;
		}
		if (!prefixes[i].taken) {
			return pin_fail(r, word,
				"a pin of SHA-1; no client takes them any more, " NEEDS);
		}
		return read_bare(
			r, word, unquote(without(value, strlen(prefixes[i].text), 0)));
	}
	return read_bare(r, word, value);
}

// One a line, or several.

static bool divides(uint8_t c)
{
	return text_is_space(c) || c == ';' || c == ',';
}

// The next word from `*at` on, which comes to stand behind it; empty: there is none.
static struct bytes next_word(struct bytes text, size_t *at)
{
	size_t i = *at;
	while (i < text.len && (divides(text.data[i]) || text.data[i] == '#')) {
		bool comment = text.data[i] == '#';
		while (comment && i < text.len && text.data[i] != '\n') {
			i++;
		}
		i += i < text.len;
	}
	size_t start = i;
	while (i < text.len && !divides(text.data[i]) && text.data[i] != '#') {
		i++;
	}
	*at = i;
	return bytes_of(text.data + start, i - start);
}

bool pin_read_words(struct pin_reader *r, struct bytes text)
{
	size_t at = 0;
	struct bytes word = next_word(text, &at);
	while (word.len > 0) {
		if (!read_word(r, word)) {
			return false;
		}
		word = next_word(text, &at);
	}
	return true;
}

// What goes into curl --pinnedpubkey, and to no one else: each with its prefix.
static bool is_curl(struct bytes text)
{
	size_t at = 0;
	struct bytes word = next_word(text, &at);
	bool any = word.len > 0;
	while (word.len > 0 && pin_begins(unquote(word), "sha256//")) {
		word = next_word(text, &at);
	}
	return any && word.len == 0;
}

static bool read_curl(struct pin_reader *r)
{
	if (!pin_new_group(r, r->text, &r->curl)) {
		return false;
	}
	r->set->groups[r->curl].is_curl = true;
	return pin_read_words(r, r->text);
}

// What `ctpolicy pins` prints for people: one line has the keys of all forms.

// Where a line that is this heading ends; text.len: there is none.
static size_t behind_line(struct bytes text, struct bytes heading)
{
	size_t at = bytes_find(text, 0, heading);
	bool is_line = at < text.len && (at == 0 || text.data[at - 1] == '\n');
	return is_line ? at + heading.len : text.len;
}

static size_t behind_heading(struct bytes text)
{
	size_t at = behind_line(text, BYTES_LITERAL(PIN_TEXT_HEADING));
	return at < text.len ? at : behind_line(text, BYTES_LITERAL(PIN_CURL_HEADING));
}

static bool read_text(struct pin_reader *r, size_t at)
{
	struct bytes rest = text_trim(without(r->text, at, 0));
	const uint8_t *end = rest.len ? memchr(rest.data, '\n', rest.len) : NULL;
	return pin_read_words(
		r, end ? bytes_of(rest.data, (size_t)(end - rest.data)) : rest);
}

// TrustKit's keys.

bool pin_is_trustkit_key(struct bytes key, const char *name)
{
	if (key.len == 0) {
		return false;
	}
	bool k = key.data[0] == 'k';
	return bytes_equal(without(key, k, 0), bytes_of_text(name));
}

// Does the key stand there, other than as a part of base64?
static bool has_source_key(struct bytes text)
{
	struct bytes key = BYTES_LITERAL("TSKPublicKeyHashes");
	size_t found = bytes_find(text, 0, key);
	while (found < text.len) {
		size_t end = found + key.len;
		bool is_word = end < text.len && !text_is_space(text.data[end]) &&
			text_is_base64(bytes_of(text.data + end, 1));
		if (!is_word) {
			return true;
		}
		found = bytes_find(text, end, key);
	}
	return false;
}

// All forms.

static bool read_form(struct pin_reader *r)
{
	struct bytes text = text_trim(r->text);
	size_t heading = behind_heading(r->text);
	if (text.data[0] == '<') {
		return pin_read_xml(r);
	}
	if (text.data[0] == '{') {
		return pin_read_json(r);
	}
	if (heading < r->text.len) {
		return read_text(r, heading);
	}
	if (pin_begins(r->text, "bplist00") && !text_is_utf8(r->text)) {
		return pin_fail(r, bytes_of(r->text.data, 8),
			"a binary property list; `plutil -convert xml1 FILE` makes text of it");
	}
	if (pin_begins(r->text, "\xff\xfe") || pin_begins(r->text, "\xfe\xff")) {
		return pin_fail(r, bytes_of(r->text.data, 2),
			"UTF-16 text; save it as plain ASCII or UTF-8");
	}
	if (has_source_key(r->text)) {
		return pin_read_source(r);
	}
	return !r->is_typed && is_curl(r->text) ? read_curl(r)
						: pin_read_words(r, r->text);
}

// What is no name pins nothing, wherever a client looks.
static bool check_domains(struct pin_reader *r, size_t from)
{
	const struct pin_set *set = r->set;
	for (size_t i = from; i < set->num_domains; i++) {
		const struct pin_domain *domain = &set->domains[i];
		struct wanted_host host;
		struct err ignored;
		err_clear(&ignored);
		if (pin_group_all(&set->groups[domain->group]) &&
			!wanted_host_read(domain->name, &host, &ignored)) {
			return pin_fail(r, domain->name,
				"no domain; keys are pinned for a name, without a wildcard, port "
				"or path");
		}
	}
	return true;
}

static bool read_set(
	struct bytes text, bool is_typed, struct pin_set *set, struct err *err)
{
	struct pin_set next = *set;
	struct pin_reader r = {.text = text_without_mark(text),
		.set = &next,
		.err = err,
		.is_typed = is_typed,
		.curl = PIN_NO_GROUP};
	if (text_trim(r.text).len == 0) {
		return err_set(err, CODE_BAD_PIN, ERR_NO_OFFSET, "empty; " NEEDS);
	}
	if (!read_form(&r) || !check_domains(&r, set->num_domains)) {
		return false;
	}
	if (r.num == 0) {
		return err_set(err, CODE_BAD_PIN, ERR_NO_OFFSET,
			"no pin in it: neither hashes a line, <pin digest=\"SHA-256\">, "
			"SPKI-SHA256-BASE64 nor TSKPublicKeyHashes");
	}
	next.num_texts++;
	*set = next;
	return true;
}

bool pin_set_read(struct bytes text, struct pin_set *set, struct err *err)
{
	return read_set(text, false, set, err);
}

bool pin_set_read_typed(struct bytes text, struct pin_set *set, struct err *err)
{
	return read_set(text, true, set, err);
}

size_t pin_set_find(const struct pin_set *set, const uint8_t sha256[PIN_LEN])
{
	size_t i = 0;
	while (i < set->num && memcmp(set->pins[i], sha256, PIN_LEN) != 0) {
		i++;
	}
	return i;
}

uint64_t pin_group_all(const struct pin_group *group)
{
	return group->pins[PIN_ANY] | group->pins[PIN_LEAF] | group->pins[PIN_CA];
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static struct bytes without_dot(struct bytes name)
{
	name.len -= name.len > 1 && name.data[name.len - 1] == '.';
	return name;
}

size_t pin_domain_len(const struct pin_domain *domain)
{
	return without_dot(domain->name).len;
}

bool pin_domain_covers(const struct pin_domain *domain, struct bytes name)
{
	struct bytes own = without_dot(domain->name);
	name = without_dot(name);
	if (own.len == 0 || own.len > name.len) {
		return false;
	}
	size_t more = name.len - own.len;
	for (size_t i = 0; i < own.len; i++) {
		if (lower(own.data[i]) != lower(name.data[more + i])) {
			return false;
		}
	}
	if (more == 0) {
		return true;
	}
	bool one_label = memchr(name.data, '.', more) == name.data + more - 1;
	return more > 1 && name.data[more - 1] == '.' &&
		(domain->below == PIN_ALL_BELOW ||
			(domain->below == PIN_ONE_LABEL && one_label));
}

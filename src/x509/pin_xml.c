// SPDX-License-Identifier: Apache-2.0
// Pins of property lists (NSPinnedDomains, TrustKit) and of Android's network security
// configuration, whole or parts of them. Elements are held against their ends; those that are
// about no pins may be anything.
#include "base/text.h"
#include "x509/pin_reader.h"

#define MAX_DEPTH 32

// An element that is open.
struct element {
	struct bytes name;
	struct bytes key; // under which it stands in a <dict>
	struct bytes next_key; // of its next member
	size_t group; // of a domain's pins; PIN_NO_GROUP
	enum pin_below below; // of such a <dict>: which subdomains are included
	bool pinned; // of a <domain-config>: it has a <pin-set>
};

struct xml {
	struct pin_reader *r;
	size_t depth;
	struct element elements[MAX_DEPTH + 1]; // the first one stands for the text
};

static struct bytes from(struct bytes text, size_t at)
{
	return bytes_of(text.data + at, text.len - at);
}

static bool is(struct bytes text, const char *name)
{
	return bytes_equal(text, bytes_of_text(name));
}

static bool is_trustkit(struct bytes key, const char *name)
{
	return pin_is_trustkit_key(key, name);
}

static struct element *top(struct xml *x)
{
	return &x->elements[x->depth];
}

// Whose pins these are: the innermost domain's.
static size_t group_here(const struct xml *x)
{
	for (size_t i = x->depth; i > 0; i--) {
		if (x->elements[i].group != PIN_NO_GROUP) {
			return x->elements[i].group;
		}
	}
	return x->elements[0].group;
}

// The text from `at` up to the next tag.
static struct bytes text_at(struct bytes all, size_t at)
{
	const uint8_t *end =
		at < all.len ? memchr(all.data + at, '<', all.len - at) : NULL;
	size_t to = end ? (size_t)(end - all.data) : all.len;
	return text_trim(bytes_of(all.data + at, to - at));
}

// The value of an attribute of a tag; empty: it has none.
static struct bytes attribute(struct bytes tag, const char *name)
{
	struct bytes word = bytes_of_text(name);
	size_t at = bytes_find(tag, 0, word);
	while (at > 0 && at < tag.len) {
		struct bytes rest = text_trim(from(tag, at + word.len));
		if (text_is_space(tag.data[at - 1]) && rest.len && rest.data[0] == '=') {
			rest = text_trim(from(rest, 1));
			const uint8_t *end = rest.len > 1
				? memchr(rest.data + 1, rest.data[0], rest.len - 1)
				: NULL;
			bool quoted = rest.len &&
				(rest.data[0] == '"' || rest.data[0] == '\'') && end;
			return quoted
				? bytes_of(rest.data + 1, (size_t)(end - rest.data) - 1)
				: BYTES_NONE;
		}
		at = bytes_find(tag, at + 1, word);
	}
	return BYTES_NONE;
}

// Property lists.

static bool is_container(struct bytes key)
{
	return is(key, "NSPinnedDomains") || is_trustkit(key, "TSKPinnedDomains");
}

// The <dict> at this depth is a domain's: its pins are a group.
static bool need_group(struct xml *x, size_t depth, struct bytes at)
{
	struct element *dict = &x->elements[depth];
	if (dict->group != PIN_NO_GROUP) {
		return true;
	}
	bool named = dict->key.len > 0 && !is_container(dict->key) &&
		!is(dict->key, "NSAppTransportSecurity") &&
		!is_trustkit(dict->key, "TSKConfiguration");
	return pin_new_group(x->r, at, &dict->group) &&
		(!named ||
			pin_add_domain(x->r, dict->key, PIN_DOMAIN_ALONE, dict->group));
}

static bool is_identities(struct bytes key)
{
	return is(key, "NSPinnedLeafIdentities") || is(key, "NSPinnedCAIdentities");
}

// An array or a dict opens, the top element.
static bool open_list(struct xml *x, struct bytes tag)
{
	struct element *one = top(x);
	if (is(one->name, "dict")) {
		return !is_container(one[-1].key) || need_group(x, x->depth, tag);
	}
	bool pins =
		is_identities(one->key) || is_trustkit(one->key, "TSKPublicKeyHashes");
	return !pins || need_group(x, x->depth - 1, tag);
}

static enum pin_role role_here(const struct xml *x)
{
	for (size_t i = x->depth; i > 0; i--) {
		if (is_identities(x->elements[i].key)) {
			return is(x->elements[i].key, "NSPinnedLeafIdentities") ? PIN_LEAF
										: PIN_CA;
		}
	}
	return PIN_ANY;
}

static bool take_value(struct xml *x, struct bytes tag, struct bytes content)
{
	const struct element *one = top(x);
	struct bytes where = content.len ? content : tag;
	if (is_trustkit(one->key, "TSKExpirationDate")) {
		size_t day = content.len > 10 && is(one->name, "date") ? 10 : content.len;
		return need_group(x, x->depth - 1, tag) &&
			pin_set_expiration(
				x->r, bytes_of(where.data, day), one[-1].group);
	}
	if (is(one->key, "SPKI-SHA256-BASE64")) {
		return pin_take(x->r, where, content, group_here(x), role_here(x));
	}
	return !is(one[-1].name, "array") ||
		!is_trustkit(one[-1].key, "TSKPublicKeyHashes") ||
		pin_take(x->r, where, content, group_here(x), PIN_ANY);
}

static bool open_plist(struct xml *x, struct bytes tag, struct bytes content)
{
	struct element *one = top(x);
	if (is(one->name, "key")) {
		one[-1].next_key = content;
	} else if (is(one->name, "array") || is(one->name, "dict")) {
		return open_list(x, tag);
	} else if (is(one->name, "string") || is(one->name, "date")) {
		return take_value(x, tag, content);
	} else if (is(one->name, "true") && is(one->key, "NSIncludesSubdomains")) {
		one[-1].below = PIN_ONE_LABEL;
	} else if (is(one->name, "true") &&
		is_trustkit(one->key, "TSKIncludeSubdomains")) {
		one[-1].below = PIN_ALL_BELOW;
	}
	return true;
}

// Android's configuration.

// The digest that a <pin> names has to be SHA-256, the only one that Android knows.
static bool take_pin(struct xml *x, struct bytes tag, struct bytes content)
{
	if (!is(attribute(tag, "digest"), "SHA-256")) {
		return pin_fail(x->r, tag, "a pin has digest=\"SHA-256\", and no other");
	}
	return pin_take(
		x->r, content.len ? content : tag, content, group_here(x), PIN_ANY);
}

static bool open_pin_set(struct xml *x, struct bytes tag)
{
	struct bytes day = attribute(tag, "expiration");
	struct element *one = top(x);
	size_t group = group_here(x);
	if (is(one[-1].name, "domain-config")) {
		one[-1].pinned = true;
	} else if (day.len > 0) {
		// A part of a configuration.
		if (!pin_new_group(x->r, tag, &one->group)) {
			return false;
		}
		group = one->group;
	}
	return day.len == 0 || pin_set_expiration(x->r, day, group);
}

static bool open_android(struct xml *x, struct bytes tag, struct bytes content)
{
	struct element *one = top(x);
	if (is(one->name, "domain-config")) {
		return pin_new_group(x->r, tag, &one->group);
	}
	if (is(one->name, "domain") && is(one[-1].name, "domain-config")) {
		bool below = is(attribute(tag, "includeSubdomains"), "true");
		return pin_add_domain(x->r, content,
			below ? PIN_ALL_BELOW : PIN_DOMAIN_ALONE, one[-1].group);
	}
	if (is(one->name, "pin-set")) {
		return open_pin_set(x, tag);
	}
	return !is(one->name, "pin") || take_pin(x, tag, content);
}

// Elements.

// A <domain-config> without pins has those of the one around it.
static void inherit(struct xml *x)
{
	const struct element *one = top(x);
	struct pin_set *set = x->r->set;
	if (one->pinned || !is(one[-1].name, "domain-config")) {
		return;
	}
	for (size_t i = 0; i < set->num_domains; i++) {
		if (set->domains[i].group == one->group) {
			set->domains[i].group = one[-1].group;
		}
	}
}

static void include_below(struct xml *x)
{
	const struct element *one = top(x);
	struct pin_set *set = x->r->set;
	for (size_t i = 0; i < set->num_domains; i++) {
		if (set->domains[i].group == one->group) {
			set->domains[i].below = one->below;
		}
	}
}

static bool close_element(struct xml *x, struct bytes name)
{
	const struct element *one = top(x);
	if (x->depth == 0 || !bytes_equal(one->name, name)) {
		return pin_fail(x->r, name,
			x->depth
				? "another element is open, which has no end; is the XML "
				  "whole?"
				: "an end of what never began; is the XML whole?");
	}
	if (is(name, "domain-config")) {
		inherit(x);
	} else if (is(name, "dict") && one->group != PIN_NO_GROUP) {
		include_below(x);
	}
	x->depth--;
	return true;
}

static struct bytes name_of(struct bytes tag)
{
	size_t len = 0;
	while (len < tag.len && !text_is_space(tag.data[len]) && tag.data[len] != '/') {
		len++;
	}
	return bytes_of(tag.data, len);
}

// `at`: behind the tag.
static bool open_element(struct xml *x, struct bytes tag, size_t at)
{
	bool alone = tag.len > 0 && tag.data[tag.len - 1] == '/';
	struct bytes content = alone ? BYTES_NONE : text_at(x->r->text, at);
	if (x->depth == MAX_DEPTH) {
		return pin_fail(x->r, tag, "XML that is nested too deeply");
	}
	struct bytes key = top(x)->next_key;
	x->depth++;
	*top(x) =
		(struct element){.name = name_of(tag), .key = key, .group = PIN_NO_GROUP};
	return open_plist(x, tag, content) && open_android(x, tag, content) &&
		(!alone || close_element(x, top(x)->name));
}

// The offset behind a comment or a tag that begins at `at`; 0 where it has no end. In a tag
// ">" may be quoted.
static size_t end_of_tag(struct bytes text, size_t at)
{
	if (pin_begins(from(text, at), "<!--")) {
		size_t found = bytes_find(text, at + 4, BYTES_LITERAL("-->"));
		return found < text.len ? found + 3 : 0;
	}
	uint8_t quote = 0;
	while (at < text.len && (quote || text.data[at] != '>')) {
		uint8_t c = text.data[at++];
		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		}
	}
	return at < text.len ? at + 1 : 0;
}

static bool take_tag(struct xml *x, struct bytes tag, size_t at)
{
	if (pin_begins(tag, "!") || pin_begins(tag, "?")) {
		return true;
	}
	return pin_begins(tag, "/") ? close_element(x, text_trim(from(tag, 1)))
				    : open_element(x, tag, at);
}

bool pin_read_xml(struct pin_reader *r)
{
	struct bytes text = r->text;
	struct xml x = {.r = r};
	size_t at = 0;
	x.elements[0].group = PIN_NO_GROUP;
	while (at < text.len) {
		if (text.data[at] != '<') {
			at++;
			continue;
		}
		size_t end = end_of_tag(text, at);
		struct bytes tag =
			bytes_of(text.data + at + 1, (end ? end - 1 : text.len) - at - 1);
		if (!end) {
			return pin_fail(
				r, tag, "XML that ends within a tag; is it whole?");
		}
		if (!take_tag(&x, tag, end)) {
			return false;
		}
		at = end;
	}
	return x.depth == 0 ||
		pin_fail(
			r, top(&x)->name, "an element without an end; is the XML whole?");
}

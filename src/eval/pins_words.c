// SPDX-License-Identifier: Apache-2.0
// What pins come to, in words.
#include "base/datetime.h"
#include "base/text.h"
#include "eval/pins.h"

// Names that a sentence has; of more it says how many.
#define MAX_NAMED 5
// Names have up to 253 characters.
#define SENTENCE_MAX ((size_t)32 * 1024)

static bool any_of(const struct pins_record *pins, enum pin_standing standing)
{
	for (size_t i = 0; i < pins->set->num_groups; i++) {
		if (pins->standings[i] == standing) {
			return true;
		}
	}
	return false;
}

static size_t num_domains_held(const struct pins_record *pins)
{
	size_t num = 0;
	for (size_t i = 0; i < pins->set->num_domains; i++) {
		num += pins->standings[pins->set->domains[i].group] == PINS_HELD;
	}
	return num;
}

static size_t find_codes(const struct pins_record *pins, enum code out[PINS_MAX_FINDINGS])
{
	size_t num = 0;
	if (!pins->matches) {
		out[num++] = CODE_PINS_MISMATCH;
	} else if (pins->num_held == 0) {
		out[num++] = CODE_NO_PIN_HELD;
	} else {
		if (pins->leaf_only) {
			out[num++] = CODE_PINNED_LEAF_ONLY;
		}
		if (!pins->has_backup) {
			out[num++] = CODE_NO_BACKUP_PIN;
		}
	}
	if (any_of(pins, PINS_EXPIRED)) {
		out[num++] = CODE_PINS_EXPIRED;
	}
	if (any_of(pins, PINS_OF_OTHER_DOMAIN)) {
		out[num++] = CODE_PINS_OF_OTHER_DOMAIN;
	}
	if (!pins->host && num_domains_held(pins) > 0) {
		out[num++] = CODE_PINS_OF_ALL_DOMAINS;
	}
	return num;
}

// Domains.

static void put_domain(struct buffer *out, const struct pin_domain *domain)
{
	static const char *const below[] = {
		[PIN_DOMAIN_ALONE] = "",
		[PIN_ONE_LABEL] = " (and one label below)",
		[PIN_ALL_BELOW] = " (and all below)",
	};
	text_put_escaped_ascii(out, domain->name);
	buffer_put_text(out, below[domain->below]);
}

struct names {
	struct buffer *out;
	size_t num;
};

static void put_name(struct names *names, const struct pin_domain *domain)
{
	if (names->num < MAX_NAMED) {
		buffer_put_text(names->out, names->num ? ", " : "");
		put_domain(names->out, domain);
	}
	names->num++;
}

static void end_names(const struct names *names)
{
	if (names->num > MAX_NAMED) {
		buffer_printf(names->out, " and %zu more", names->num - MAX_NAMED);
	}
}

// Those of the groups of this standing.
static void put_domains(
	const struct pins_record *pins, enum pin_standing standing, struct buffer *out)
{
	struct names names = {.out = out};
	for (size_t i = 0; i < pins->set->num_domains; i++) {
		const struct pin_domain *domain = &pins->set->domains[i];
		if (pins->standings[domain->group] == standing) {
			put_name(&names, domain);
		}
	}
	end_names(&names);
}

static void put_group_domains(
	const struct pins_record *pins, size_t group, struct buffer *out)
{
	struct names names = {.out = out};
	for (size_t i = 0; i < pins->set->num_domains; i++) {
		if (pins->set->domains[i].group == group) {
			put_name(&names, &pins->set->domains[i]);
		}
	}
	end_names(&names);
	if (names.num == 0) {
		buffer_put_text(out, "no domain");
	}
}

// Sentences.

// Who gave one certificate alone has the keys above it yet to hold the pins against.
static const char *about_chain(const struct pins_record *pins, bool is_live)
{
	if (pins->chain.num > 1) {
		return "";
	}
	return is_live
		? " The server sends its certificate alone, so no other key was seen."
		: " The certificate was given alone: give its chain too, for a pin "
		  "may be of a key further up.";
}

static bool is_one_bare(const struct pins_record *pins)
{
	return pins->set->num_groups == 1 && pins->set->num_domains == 0 &&
		pins->set->groups[0].pins[PIN_ANY] == pins->held;
}

// Which group, or which of its arrays, has no match.
static void put_fault(
	const struct pins_record *pins, size_t group, bool first, struct buffer *out)
{
	struct pin_need leaf = pins_need(pins, group, PIN_LEAF);
	struct pin_need ca = pins_need(pins, group, PIN_CA);
	bool leaf_fails = leaf.needed && !leaf.matches;
	bool ca_fails = ca.needed && !ca.matches;
	buffer_put_text(out, first ? "" : "; of ");
	put_group_domains(pins, group, out);
	if (!leaf.needed && !ca.needed) {
		buffer_put_text(out, ", none is of a key of this chain");
		return;
	}
	if (leaf_fails && pins->set->groups[group].is_curl) {
		buffer_put_text(out, ", none is of the leaf's key, which curl looks at");
	} else if (leaf_fails) {
		buffer_put_text(
			out, ", none in NSPinnedLeafIdentities is of the leaf's key");
	}
	if (ca_fails) {
		buffer_printf(out,
			"%s none in NSPinnedCAIdentities is of the key of an authority in "
			"this chain",
			leaf_fails ? ", and" : ",");
	}
	if (leaf.needed && ca.needed && leaf_fails != ca_fails) {
		buffer_put_text(out, " (iOS asks for a match in both arrays)");
	}
}

static void put_faults(const struct pins_record *pins, struct buffer *out)
{
	size_t num = 0;
	buffer_put_text(out, "Of the pins of ");
	for (size_t i = 0; i < pins->set->num_groups; i++) {
		if (pins->standings[i] != PINS_HELD || pins_group_matches(pins, i)) {
			continue;
		}
		if (num++ < MAX_NAMED) {
			put_fault(pins, i, num == 1, out);
		}
	}
	if (num > MAX_NAMED) {
		buffer_printf(out, "; and so it is of %zu more sets", num - MAX_NAMED);
	}
}

static void put_curl_mismatch(const struct pins_record *pins, struct buffer *out)
{
	bool one = pins->set->num == 1;
	buffer_printf(out,
		"%s %s of the leaf's key, the only one that curl looks at: curl "
		"--pinnedpubkey with %s refuses it. Go on using a key that is pinned, or "
		"give the clients the new leaf's pin first (ctpolicy pins --format curl).",
		one ? "The pin" : "None of the pins", one ? "is not" : "is",
		one ? "it" : "them");
}

static void put_mismatch(const struct pins_record *pins, bool is_live, struct buffer *out)
{
	if (pins_of_curl(pins)) {
		put_curl_mismatch(pins, out);
		return;
	}
	if (is_one_bare(pins)) {
		bool one = pins->set->num == 1;
		buffer_printf(out, "%s %s of a key of this chain",
			one ? "The pin" : "None of the pins", one ? "is not" : "is");
	} else {
		put_faults(pins, out);
	}
	buffer_printf(out,
		": clients that carry no other pins refuse it. "
		"Go on using a key that is pinned, or give the clients new pins first "
		"(ctpolicy pins).%s",
		about_chain(pins, is_live));
}

// Has a group that is held pins of leaves alone, and it is not curl's?
static bool pins_leaves(const struct pins_record *pins)
{
	for (size_t i = 0; i < pins->set->num_groups; i++) {
		if (pins->standings[i] == PINS_HELD && !pins->set->groups[i].is_curl &&
			pins_need(pins, i, PIN_LEAF).needed) {
			return true;
		}
	}
	return false;
}

static void put_leaf_only(
	const struct pins_record *pins, bool is_live, struct buffer *out)
{
	bool leaves = pins_leaves(pins);
	if (pins_of_curl(pins)) {
		buffer_printf(out,
			"curl looks at the leaf's key alone: the next certificate with a new "
			"key is refused%s. Renew with the same key, or give the clients the "
			"next key's pin first.",
			pins->has_backup
				? ", unless a pin that matches nothing here is of "
				  "that key"
				: "");
		return;
	}
	buffer_printf(out,
		"%s the next certificate with a new key is "
		"refused%s. Renew with the same key, or %s.%s",
		leaves ? "NSPinnedLeafIdentities pins the leaf's key, and iOS asks for a "
			 "match in it:"
		       : "Only the leaf's key is pinned:",
		pins->has_backup
			? ", unless one of the pins that match nothing here is of "
			  "that key"
			: "",
		leaves ? "leave that array out" : "pin the key of an authority too",
		about_chain(pins, is_live));
}

static void put_no_backup(const struct pins_record *pins, struct buffer *out)
{
	uint64_t used = 0;
	for (size_t i = 0; i < pins->chain.num; i++) {
		size_t pin = pins->chain.certs[i].pin;
		used |= pin < pins->set->num ? (uint64_t)1 << pin : 0;
	}
	buffer_put_text(out,
		(pins->held & ~used) == 0
			? "Every pin is of a key in this chain: "
			: "There are pins that have to match, and all of them are of keys in "
			  "this chain: ");
	buffer_put_text(out,
		"should those keys be lost or "
		"replaced, clients refuse what comes next. Pin the key of a spare, "
		"kept elsewhere, ");
	buffer_put_text(
		out, pins_of_curl(pins) ? "as well" : "or of another authority as well");
	buffer_put_text(out, ": `ctpolicy pins` takes its public key or request too.");
}

static void put_none_held(const struct pins_record *pins, struct buffer *out)
{
	buffer_put_text(out, "Nothing is pinned");
	if (pins->host) {
		buffer_put_text(out, " for ");
		text_put_escaped_ascii(out, bytes_of_text(pins->host));
	}
	buffer_put_text(out,
		": clients that carry these pins and no others take any certificate that "
		"they trust. Are these the pins that were meant, and is it this name?");
}

static void put_expired(const struct pins_record *pins, struct buffer *out)
{
	const struct pin_set *set = pins->set;
	int64_t last_ms = INT64_MIN;
	char day[DATETIME_ROOM];
	for (size_t i = 0; i < set->num_groups; i++) {
		if (pins->standings[i] == PINS_EXPIRED &&
			set->groups[i].expires_ms > last_ms) {
			last_ms = set->groups[i].expires_ms;
		}
	}
	datetime_format_ms(last_ms, day);
	struct buffer names;
	buffer_init(&names, SENTENCE_MAX);
	put_domains(pins, PINS_EXPIRED, &names);
	buffer_printf(out, "Pins%s", names.len ? " of " : "");
	buffer_put(out, buffer_bytes(&names));
	buffer_printf(out,
		" expired on %.10s: from that day on they pin nothing, and are not held "
		"against the chain. Give the clients pins with a later expiration.",
		day);
	out->failed = out->failed || names.failed;
	buffer_clear(&names);
}

static void put_sentence(
	const struct pins_record *pins, enum code code, bool is_live, struct buffer *out)
{
	if (code == CODE_PINS_MISMATCH) {
		put_mismatch(pins, is_live, out);
	} else if (code == CODE_PINNED_LEAF_ONLY) {
		put_leaf_only(pins, is_live, out);
	} else if (code == CODE_NO_BACKUP_PIN) {
		put_no_backup(pins, out);
	} else if (code == CODE_NO_PIN_HELD) {
		put_none_held(pins, out);
	} else if (code == CODE_PINS_EXPIRED) {
		put_expired(pins, out);
	} else if (code == CODE_PINS_OF_OTHER_DOMAIN) {
		buffer_put_text(out, "Pins of another domain: ");
		put_domains(pins, PINS_OF_OTHER_DOMAIN, out);
		buffer_put_text(out, ". They are not held against the chain of ");
		text_put_escaped_ascii(out, bytes_of_text(pins->host));
		buffer_put_char(out, '.');
	} else {
		buffer_put_text(out,
			"No name was asked about, so the pins of all domains are held "
			"against the chain: ");
		put_domains(pins, PINS_HELD, out);
		buffer_put_text(out, ". With a hostname those of that name alone are.");
	}
}

bool pins_find_words(struct arena *arena, struct pins_record *pins, bool is_live)
{
	enum code codes[PINS_MAX_FINDINGS];
	size_t num = find_codes(pins, codes);
	bool done = true;
	for (size_t i = 0; done && i < num; i++) {
		struct buffer text;
		buffer_init(&text, SENTENCE_MAX);
		put_sentence(pins, codes[i], is_live, &text);
		struct bytes copy =
			text.failed ? BYTES_NONE : arena_copy(arena, buffer_bytes(&text));
		buffer_clear(&text);
		pins->findings[pins->num_findings++] =
			(struct pins_finding){codes[i], (const char *)copy.data};
		done = copy.data != NULL;
	}
	return done;
}

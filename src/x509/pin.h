// SPDX-License-Identifier: Apache-2.0
// Pins: SHA-256 hashes of SubjectPublicKeyInfo (RFC 7469 2.4), as clients carry them, and what
// they belong to. Reads the forms in which people have them; writes none
// (report/report_pin_forms.c does). Pure.
//
// One pin is 64 hex digits or the base64 of 32 bytes (base64url too), alone or as
// sha256//BASE64 (curl), sha256/BASE64 (OkHttp), sha256:BASE64 or pin-sha256="BASE64"
// (RFC 7469).
#ifndef X509_PIN_H
#define X509_PIN_H

#include "base/bytes.h"

#define PIN_LEN 32
// Pins in one set: apps carry two to ten.
#define PIN_SET_MAX 64
// Domains, and groups of pins, in one set: a certificate has up to 100 names.
#define PIN_DOMAINS_MAX 256

// Whose key has to be one of a group's pins. Where a group has pins in several roles, each has
// to have its match (NSPinnedDomains).
enum pin_role {
	PIN_ANY, // of any certificate of the chain
	PIN_LEAF, // NSPinnedLeafIdentities
	PIN_CA, // NSPinnedCAIdentities
	NUM_PIN_ROLES,
};

enum pin_below {
	PIN_DOMAIN_ALONE,
	PIN_ONE_LABEL, // NSIncludesSubdomains: one label more, and no further
	PIN_ALL_BELOW, // Android, TrustKit
};

struct pin_domain {
	struct bytes name; // as it stands in the text; it is a name or an address
	enum pin_below below;
	size_t group;
};

// What a client holds against a chain at once. A group without a domain is for every name;
// one without pins says that nothing is pinned for its domains.
struct pin_group {
	uint64_t pins[NUM_PIN_ROLES]; // bit i: set->pins[i]
	bool bare; // the one of pins that belong to nothing
	bool is_curl; // curl --pinnedpubkey: its leaf is the first certificate, whatever it is
	bool expires;
	int64_t expires_ms; // from then on it pins nothing
	size_t text; // the number of the text that it was read from
};

// Each pin once, in the order in which they were read.
struct pin_set {
	size_t num;
	uint8_t pins[PIN_SET_MAX][PIN_LEN];
	size_t num_groups;
	struct pin_group groups[PIN_DOMAINS_MAX];
	size_t num_domains;
	struct pin_domain domains[PIN_DOMAINS_MAX];
	size_t num_texts;
};

// The line of `ctpolicy pins --format text` behind which its pins stand.
#define PIN_TEXT_HEADING "Bare pins, for --pin and --pins"
// The one of earlier versions, and now that of the leaf's pin.
#define PIN_CURL_HEADING "curl --pinnedpubkey (curl looks at the leaf's key alone)"

// Adds all pins of `text` to the set, in the form that its content shows:
// - one or more pins as above, divided by ";", "," or white space, "#" begins a comment: all
//   of them, of whatever texts, are one group without a domain;
// - what curl --pinnedpubkey takes, each pin as sha256//BASE64: a group without a domain, whose
//   pins are of the leaf, the one key that curl looks at;
// - an Android network security configuration, or its pin-set (<pin digest="SHA-256">);
// - a property list with NSPinnedDomains (SPKI-SHA256-BASE64), or a part of one;
// - TrustKit's TSKPublicKeyHashes in a property list, or kTSKPublicKeyHashes in source text;
// - what `ctpolicy pins` prints as text and as JSON: its keys, as bare pins.
// The text is lent: names of domains point into it. False with `err` (bad_pin) that says what
// is wrong, where more than one line was given in which line, and at which offset; the set is
// then as it was. No pin at all is an error.
bool pin_set_read(struct bytes text, struct pin_set *set, struct err *err) MUST_CHECK;
// The same of one that a person typed, who may write it as curl does: it is bare all the same.
bool pin_set_read_typed(
	struct bytes text, struct pin_set *set, struct err *err) MUST_CHECK;

// The place of a hash in the set; set->num: it is not there.
size_t pin_set_find(const struct pin_set *set, const uint8_t sha256[PIN_LEN]);
// All pins of a group, whatever their roles.
uint64_t pin_group_all(const struct pin_group *group);
// Is `name` this domain, or one below that is included?
bool pin_domain_covers(const struct pin_domain *domain, struct bytes name);
// Of its name, without a dot at its end: of several that cover a name the longest counts.
size_t pin_domain_len(const struct pin_domain *domain);

#endif

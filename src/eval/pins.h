// SPDX-License-Identifier: Apache-2.0
// A chain by its keys: where each certificate stands in it, its SPKI SHA-256, and which pins
// it answers to.
#ifndef EVAL_PINS_H
#define EVAL_PINS_H

#include "crypto/digest.h"
#include "eval/context.h"
#include "x509/cert.h"
#include "x509/pem.h"
#include "x509/pin.h"

// Certificates of one chain: of the two fields that carry them, and one from a pool.
#define CHAIN_MAX (2 * PEM_MAX_CERTIFICATES + 1)

enum chain_place {
	CHAIN_LEAF, // the first one, whatever it is
	CHAIN_INTERMEDIATE,
	CHAIN_ROOT, // issued by itself
	CHAIN_OTHER, // no certificate of the chain: it issued none that is
};

struct chain_cert {
	const struct cert *cert;
	enum chain_place place;
	uint8_t spki_sha256[DIGEST_SHA256_LEN];
	size_t pin; // that it answers to, in the set; set->num: none that is held
};

struct chain {
	size_t num;
	struct chain_cert certs[CHAIN_MAX];
};

// What becomes of one group of pins.
enum pin_standing {
	PINS_HELD,
	PINS_EMPTY, // it says that nothing is pinned for its domains
	PINS_OF_OTHER_DOMAIN, // than the name that was asked about
	PINS_EXPIRED,
};

#define PINS_MAX_FINDINGS 5

// What is held against a chain.
struct pins_asked {
	const struct pin_set *set; // NULL: none
	const char
		*host; // the name or address of the server; NULL: not known, all are held
	int64_t at_ms; // the time of check
	bool is_live; // the chain is what a server sends
};

// What pins come to, of the certificates that are of the chain. What is said of all holds too
// where no group is held.
struct pins_record {
	const struct pin_set *set;
	const char *host;
	struct chain chain;
	enum pin_standing standings[PIN_DOMAINS_MAX]; // of set->groups
	size_t num_held; // groups
	uint64_t held; // their pins
	bool matches; // of each group that is held a pin is of a key of the chain, in each role
	bool leaf_only; // they match, and in a role by the leaf's key alone
	bool has_backup; // in each role a pin is of no key of the chain
	// What it comes to, the weightiest first; nothing where no pins were given.
	struct pins_finding {
		enum code code;
		const char *message;
	} findings[PINS_MAX_FINDINGS];
	size_t num_findings;
};

// What one group comes to in one role.
struct pin_need {
	bool needed; // it has pins in this role
	bool matches, leaf_only, has_backup;
};

// "leaf", "intermediate", "root", "other".
const char *chain_place_name(enum chain_place place);
// "held" and so on.
const char *pin_standing_name(enum pin_standing standing);
// The first one is a server's, unless it is a CA's without names: self-signed ones of servers
// often say that they are CAs.
bool chain_is_authority(const struct chain_cert *one);
struct pin_need pins_need(
	const struct pins_record *pins, size_t group, enum pin_role role);
// Does a group that is held have its match in each role?
bool pins_group_matches(const struct pins_record *pins, size_t group);
// Is curl alone to take this chain?
bool pins_of_curl(const struct pins_record *pins);
// Is any key of the chain pinned?
bool pins_any_matches(const struct pins_record *pins);
// Fills pins->findings, whose sentences live in the arena. False: no memory.
bool pins_find_words(
	struct arena *arena, struct pins_record *pins, bool is_live) MUST_CHECK;
// A certificate that issued one of the chain is of it: by name and signature, and where that
// cannot be verified by key identifiers. `num` is 1 to CHAIN_MAX. Sentences live in the
// context's arena. False with `err`: out of memory.
//
// With a name those groups are held that have a domain which covers it; of the domains of one
// text the longest one counts, as on Android and in TrustKit. Each is one client's, and needs a
// match of its own. A group without a domain is always held.
bool pins_hold(struct ctp_context *context, const struct cert *const *certs, size_t num,
	const struct pins_asked *asked, struct pins_record *out,
	struct err *err) MUST_CHECK;

#endif

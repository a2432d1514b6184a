// SPDX-License-Identifier: Apache-2.0
// The waist of the house: everything that a policy looks at, as plain numbers and enums.
// Above it are untrusted bytes and cryptography, below it arithmetic. A test builds facts
// by hand. Includes base only.
#ifndef POLICY_FACTS_H
#define POLICY_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ct.h"
#include "base/err.h"

struct sct_facts {
	enum sct_source source;
	enum sct_status status;
	// Not verified for want of the (right) issuer: it may yet turn out valid.
	bool undecided;
	uint64_t timestamp_ms;
	// About its log; meaningless where the status says that there is none.
	size_t log; // same number, same log; below facts.num_scts
	size_t op; // same number, same log operator; below facts.num_scts
	enum log_api api;
	enum log_state state;
	int64_t since_ms; // of the state; 0 where unknown
	bool has_interval;
	int64_t start_ms;
	int64_t end_ms;
	// Filled by approval_judge.
	enum approval approval;
	enum code why; // what kept it from approval, CODE_NONE where nothing did
};

// Of a certificate whose key and signature policies ask about: the leaf's, its issuer's.
struct key_facts {
	bool known; // false: the certificate was not given
	bool is_rsa;
	unsigned bits;
	bool signed_with_sha2; // the hash of the signature that it bears is of that family
	bool is_unusual; // neither RSA nor EC on P-256, P-384 or P-521
	bool is_anchor; // it is its own issuer: nobody verifies that signature
};

// Does the chain end at a root that comes with the system? One that users or
// administrators added does not.
enum root { ROOT_UNKNOWN, ROOT_OF_SYSTEM, ROOT_ADDED };

struct facts {
	int64_t at_ms; // time of check T
	int64_t not_before; // seconds since 1970
	int64_t not_after;
	bool is_ca;
	bool has_key_usage;
	bool cert_signing; // ... with keyCertSign
	bool has_key_purposes; // an EKU extension is present ...
	bool server_auth; // ... with these purposes
	bool any_purpose;
	bool precert_signing;
	bool self_signed;
	bool redacted; // a name of its SAN is written "?"
	// Nothing in it is written as a server's name: no name in the SAN, and a common name that
	// is none, as in "My Own CA".
	bool names_no_server;
	bool not_public; // its chain ends at none of the roots that were given
	bool serves; // a server shows it, or should: it was met there, or a name was asked for
	unsigned num_names; // DNS names and IP addresses in the SAN
	struct key_facts leaf;
	struct key_facts issuer;
	enum root root;
	struct sct_facts *scts;
	size_t num_scts;
};

// What a policy leaves aside of POLICY.md 3; bits.
enum approval_leniency {
	LENIENT_INTERVAL = 1, // the log's temporal interval
	LENIENT_READONLY = 2, // since when a readonly log is that: it always is approved
	// A retirement that is announced for after the time of check is none yet.
	LENIENT_RETIRING = 4,
};

// POLICY.md 3 for one SCT: sets approval and why. One that is not valid has none.
// `leniency`: enum approval_leniency bits. `optimistic`: an undecided SCT is taken as valid.
void approval_judge(const struct facts *facts, unsigned leniency, struct sct_facts *sct,
	bool optimistic);

#endif

// SPDX-License-Identifier: Apache-2.0
// The smallest change that makes a certificate pass every policy asked for: SCTs of which
// logs, a shorter lifetime, names, serverAuth, a new key, another signature.
//
// The change is applied to the facts of the certificate, and the policy engine judges these
// before anything is suggested: what it would not call compliant is not suggested. A
// certificate that is issued again gets new SCTs, those of the plan's first set (plan.h),
// unless those that it has would do. Nothing here reads a policy's name.
#ifndef EVAL_REPAIR_H
#define EVAL_REPAIR_H

#include "eval/plan.h"

struct evaluation;

// Names of the certificate to come; more are left to whoever issues it.
#define REPAIR_MAX_NAMES 1000

enum repair_change {
	REPAIR_SCTS,
	REPAIR_RENEWAL, // what a server shows is over, or what has to be made again
	REPAIR_LIFETIME, // a shorter one
	REPAIR_NAMES, // in the SAN
	REPAIR_SERVER_AUTH, // in the extended key usage
	REPAIR_KEY, // a new one
	REPAIR_SIGNATURE, // with a hash of the SHA-2 family
	REPAIR_ISSUER, // another issuing CA
	// The issuer is not known, or another one than was given, and has to be given.
	REPAIR_GIVE_ISSUER,
	NUM_REPAIR_CHANGES,
};

// Who makes the certificate to come.
enum repair_kind {
	REPAIR_OF_SOME_CA, // whose root is not known
	REPAIR_OF_PUBLIC_CA,
	REPAIR_OF_OWN_CA, // the user's, or one that the user knows
	// The user's: it signed itself, which no client can be told to trust. A CA of its own
	// comes above it.
	REPAIR_OWN,
};

struct repair_name {
	const char *
		text; // letters, digits, dots, hyphens, underscores, "*"; ':' in addresses
	bool is_address;
};

struct repair {
	// False: nothing that is known helps; the sentence says why, and `nearest` which
	// notAfter logs would take. Then nothing else is a suggestion: no change is set but
	// REPAIR_GIVE_ISSUER, where nothing besides is known to be wrong; the validity is the
	// certificate's own; there are no logs and no command; the names are those that it has,
	// and the one that was asked for.
	bool possible;
	bool changes[NUM_REPAIR_CHANGES];
	enum repair_kind kind;
	bool is_agreed; // the lifetime is what CAs have agreed on, where policies take more
	bool issuer_assumed; // not known, and policies ask for a sound key and signature of it
	int64_t not_before; // of the certificate to come (or as it is), seconds since 1970
	int64_t not_after;
	int64_t days; // whole ones of its lifetime, its first and last second counted
	const struct plan_log *const *logs; // REPAIR_SCTS: one SCT of each
	size_t num_logs;
	size_t num_operators;
	struct repair_name *names; // all that the certificate should have
	size_t num_names; // 0: not known
	size_t max_names; // room
	struct plan_nearest
		nearest[2]; // earlier and later, where no set takes the notAfter
	const char *why_not; // not possible: the plan's error, or NULL
	const char *sentence; // "issue it again with ..."
	// Lines for a shell that make the certificate, where a CA of the user's issues it, or is to
	// be made first, and its names are known; else NULL.
	const char *command;
	// The CA's files, as that line has them: of a name that the user gave, or "ca.pem".
	const char *ca_cert;
	const char *ca_key;
};

// "scts", "lifetime" and so on.
const char *repair_change_name(enum repair_change change);

// Sets record->repair where something that was asked for is not met, or open; it lives in
// the context's arena.
bool repair_find(struct evaluation *e) MUST_CHECK;

// Internal to eval/: the names that the certificate should have, and what is said of it.
bool repair_find_names(struct evaluation *e, struct repair *out) MUST_CHECK;
bool repair_make_command(struct evaluation *e, struct repair *out) MUST_CHECK;
bool repair_say(struct evaluation *e, struct repair *out) MUST_CHECK;

#endif

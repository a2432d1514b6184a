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

struct facts {
	int64_t at_ms; // time of check T
	int64_t not_before; // seconds since 1970
	int64_t not_after;
	bool is_ca;
	bool has_key_purposes; // an EKU extension is present ...
	bool server_auth; // ... with these purposes
	bool any_purpose;
	bool precert_signing;
	struct sct_facts *scts;
	size_t num_scts;
};

// POLICY.md 3 for one SCT: sets approval and why. One that is not valid has none.
// `optimistic`: an undecided SCT is taken as valid.
void approval_judge(const struct facts *facts, struct sct_facts *sct, bool optimistic);

// POLICY.md 7: the reasons for which the policies do not apply, into `out` (room for
// NUM_APPLIES_REASONS), in the order of that section. Returns their number.
#define NUM_APPLIES_REASONS 6
// `enforced_from`: a policy's, in seconds since 1970 of notBefore.
size_t applies_reasons(const struct facts *facts, int64_t enforced_from, enum code *out);

#endif

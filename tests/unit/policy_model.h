// SPDX-License-Identifier: Apache-2.0
// POLICY.md 3 to 6 once more, written from its text alone and by brute force: which sets of
// SCTs would do? It shares no code with src/policy.
#ifndef TESTS_UNIT_POLICY_MODEL_H
#define TESTS_UNIT_POLICY_MODEL_H

#include "policy/facts.h"

// SCTs that the model can stand: it tries every subset.
#define MODEL_MAX_SCTS 10

struct model {
	enum approval approval[MODEL_MAX_SCTS];
	unsigned required, cap; // apple; cap 0: none
	unsigned counted; // apple: the size of the largest set that may count
	bool apple_embedded, apple_delivered;
	unsigned enforced_required, enforced_counted;
	bool enforced_embedded, enforced_delivered;
};

// Reads everything but the approvals, which it works out itself.
void model_judge(const struct facts *facts, struct model *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// The certificate to come, as facts that change until all is met. Internal to repair*.c.
#ifndef EVAL_REPAIR_LOCAL_H
#define EVAL_REPAIR_LOCAL_H

#include "base/datetime.h"
#include "eval/repair.h"

#define DAY_SECONDS (DATETIME_DAY_MS / 1000)

struct repair_work {
	struct evaluation *e;
	struct repair *out;
	bool own; // it signed itself
	struct facts facts; // of the certificate to come
	struct sct_facts *room; // its SCTs: as many as it has, or as a set has
	const struct plan_log *const *set; // NULL: the SCTs that it has
	size_t set_size;
	struct policy_scratch scratch;
	bool *counted;
	struct policy_result result;
};

const struct policy *repair_policy(const struct repair_work *w, size_t index);
size_t repair_num_policies(const struct repair_work *w);
bool repair_applies(const struct repair_work *w, size_t index);
// With the SCTs that it has; `optimistic`: what is not known of them is as it should be. The
// requirements' results are w->result.
enum verdict repair_judge_own(struct repair_work *w, size_t index, bool optimistic);
// Notes it; always true.
bool repair_change(struct repair_work *w, enum repair_change what);

// One that signed itself is made anew, by a CA of its own: a validity in whole days from now
// on, and no CA's extensions.
void repair_start_own(struct repair_work *w);
// Whatever policies ask of the certificate itself, and it does not meet.
void repair_fix_measures(struct repair_work *w);
// A validity as long, from now on.
void repair_begin(struct repair_work *w);
// No certificate is proposed that lives longer than every server's may, or than CAs have
// agreed on where it is theirs, whatever policies are asked for.
void repair_cap_lifetime(struct repair_work *w);

#endif

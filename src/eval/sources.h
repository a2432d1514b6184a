// SPDX-License-Identifier: Apache-2.0
// Whose lists a request is about: each policy is about the logs of one source.
#ifndef EVAL_SOURCES_H
#define EVAL_SOURCES_H

#include "eval/request.h"
#include "loglist/lists.h"

// The source of the first policy asked for whose lists the set has. False with `err`
// (log_list_of_others), which names what there is and what is needed, where there is none.
bool sources_choose(const struct ctp_request *request, const struct ctp_lists *lists,
	const char **out, struct err *err) MUST_CHECK;

// False with `err` (log_list_of_others): the set has no list that the policy is about.
bool sources_lack(
	const struct ctp_lists *lists, const struct policy *policy, struct err *err);

#endif

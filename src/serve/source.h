// SPDX-License-Identifier: Apache-2.0
// The parameter "source" of a call: whose log list.
#ifndef SERVE_SOURCE_H
#define SERVE_SOURCE_H

#include "loglist/lists.h"

// What is empty is the main one of the set. False with `err`: bad_parameter where there is no
// such source, not_found where the set has no list of it.
bool source_read(const struct ctp_lists *lists, struct bytes value, const char **out,
	struct err *err) MUST_CHECK;
// The status of that answer.
unsigned source_status(const struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// The policy tables in words and as JSON: a dump that the tests hold against a snapshot.
#ifndef REPORT_REPORT_POLICIES_H
#define REPORT_REPORT_POLICIES_H

#include "base/bytes.h"
#include "policy/policy.h"

#define REPORT_POLICIES_MAX ((size_t)1024 * 1024)

void report_policies_text(
	const struct policy *const *policies, size_t num, struct buffer *out);
void report_policies_json(
	const struct policy *const *policies, size_t num, struct buffer *out);

#endif

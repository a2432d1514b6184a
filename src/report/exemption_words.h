// SPDX-License-Identifier: Apache-2.0
// Why a policy does not apply to a certificate, in words and from the certificate's own
// fields. Internal to report/.
#ifndef REPORT_EXEMPTION_WORDS_H
#define REPORT_EXEMPTION_WORDS_H

#include "eval/record.h"

// "it is for TLS clients (clientAuth), not for TLS servers; it expired 2026-...": every
// reason for which this policy does not apply.
void report_put_exemption(const struct record *record, const struct policy_record *policy,
	struct buffer *out);
// Is the policy about SCTs, and does not apply at any time: none are needed?
bool report_needs_no_scts(const struct policy_record *policy);

#endif

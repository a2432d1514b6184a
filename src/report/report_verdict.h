// SPDX-License-Identifier: Apache-2.0
// The verdict in words, for people: the first sentence of every report. Internal to report/.
#ifndef REPORT_REPORT_VERDICT_H
#define REPORT_REPORT_VERDICT_H

#include "eval/record.h"

// "this certificate meets ..., but ..."; before that, which policies do not apply and why: no
// SCTs are needed. A sentence without a capital letter.
void report_put_verdict(const struct record *record, struct buffer *out);
// What a policy's numbers say is by the list in force, and by that alone the verdict is another
// one.
bool report_is_by_older(const struct policy_record *policy);
// "with the log list chrome 89.25 of 2026-08-20, ...", where a policy has another one than the
// record; and what that list makes of SCTs which the record has otherwise.
void report_put_view(
	struct buffer *out, const struct record *record, const struct list_view *view);
// Clients refuse the server that shows it, whatever the policies.
bool report_is_refused(const struct record *record);
// What kept the SCT from counting, the reason of that index, in words; of a route that is
// closed with its window: "... (chrome takes SCTs from OCSP responses before 2026-05-05 only)".
void report_put_why(const struct record *record, const struct sct_record *sct,
	size_t index, struct buffer *out);
// Of a route that nothing was brought along for: "none were given", or, where it is closed at
// the time of check, "before 2026-05-05 only, and 2 SCTs came this way".
void report_put_untried(const struct record *record, const struct route *route,
	const struct policy *policy, struct buffer *out);
// Not yet valid, or expired: another time of check would say more.
bool report_is_out_of_time(const struct policy_record *policy);

#endif

// SPDX-License-Identifier: Apache-2.0
// What the OCSP response says of the certificate, besides its SCTs: revoked, or out of its
// time. No SCT hangs on it (POLICY.md 2), so these are findings beside the verdict.
#include "base/datetime.h"
#include "eval/evaluation.h"

static void put_time(struct buffer *out, const char *before, struct ocsp_time when)
{
	char text[DATETIME_ROOM];
	if (when.is_known) {
		datetime_format_ms(when.seconds * 1000, text);
		buffer_put_text(out, before);
		buffer_put_text(out, text);
	}
}

static bool tell(struct evaluation *e, enum code code)
{
	return add_finding(e, &e->record->findings, code, "ocsp", ERR_NO_OFFSET);
}

static bool explain_status(struct evaluation *e, const struct ocsp_word *word)
{
	struct buffer *text = &e->context->text;
	switch (word->status) {
	case OCSP_STATUS_GOOD:
		return true;
	case OCSP_STATUS_REVOKED:
		buffer_put_text(
			text, "The OCSP response says that the certificate is revoked");
		put_time(text, ", since ", word->revoked_at);
		buffer_put_text(text,
			": clients that look at it refuse the certificate, whatever its "
			"SCTs. Replace it by a new one.");
		return tell(e, CODE_OCSP_REVOKED);
	case OCSP_STATUS_UNKNOWN:
		buffer_put_text(text,
			"The OCSP response says that the responder does not know the "
			"certificate: is it the responder of its issuer, and does it know "
			"of new certificates yet?");
		return tell(e, CODE_OCSP_UNKNOWN);
	}
	return true;
}

// A response that was stapled just now says nothing of the day of issuance.
static bool has_time(const struct evaluation *e)
{
	return !e->record->connection || e->request->time_of_check != TIME_ISSUANCE;
}

static bool explain_times(struct evaluation *e, const struct ocsp_word *word)
{
	struct buffer *text = &e->context->text;
	const struct ocsp_time *from = &word->this_update;
	const struct ocsp_time *until = &word->next_update;
	int64_t at_ms = e->record->at_ms;
	if (from->is_known && at_ms < from->seconds * 1000) {
		buffer_put_text(
			text, "The OCSP response is not valid yet at the time of check");
		put_time(text, ": it is of ", *from);
		buffer_put_text(
			text, ". Is a clock wrong, this machine's or the responder's?");
		return tell(e, CODE_OCSP_NOT_YET_VALID);
	}
	if (until->is_known && at_ms > until->seconds * 1000) {
		buffer_put_text(text,
			"The OCSP response has expired at the time of check: newer word "
			"was to be had");
		put_time(text, " by ", *until);
		buffer_put_text(text,
			". Clients do not take it; does the server still reach the "
			"responder, and read what it fetches?");
		return tell(e, CODE_OCSP_EXPIRED);
	}
	return true;
}

bool explain_revocation(struct evaluation *e)
{
	const struct ocsp_word *word = &e->ocsp_answer.word;
	return !e->ocsp_matched || e->ocsp_forged ||
		(explain_status(e, word) && (!has_time(e) || explain_times(e, word)));
}

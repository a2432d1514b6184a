// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/policy_model.h"

#include "tests/pki/pki.h"

#define SPLIT "2021-04-21T00:00:00Z"
#define RFC6962_FROM "2025-04-21T00:00:00Z"

static enum approval approve(const struct facts *facts, const struct sct_facts *sct)
{
	int64_t ends = facts->not_after * 1000;
	int64_t ts = (int64_t)sct->timestamp_ms;
	bool in_interval =
		!sct->has_interval || (sct->start_ms <= ends && ends < sct->end_ms);
	if (sct->status != STATUS_VALID || !in_interval) {
		return APPROVAL_NONE;
	}
	if (sct->state == LOG_QUALIFIED || sct->state == LOG_USABLE) {
		return APPROVAL_CURRENT;
	}
	if (sct->state == LOG_READONLY && ts <= sct->since_ms) {
		return APPROVAL_CURRENT;
	}
	if (sct->state == LOG_RETIRED && sct->source == SOURCE_EMBEDDED &&
		ts < sct->since_ms) {
		return APPROVAL_ONCE;
	}
	return APPROVAL_NONE;
}

static int last_of_month(int64_t year, int month)
{
	struct derw_date next = {
		.year = month == 12 ? year + 1 : year, .month = month % 12 + 1, .day = 1};
	return derw_date(derw_seconds(&next) - 1).day;
}

// The same day and time so many months later; a month's last day where it lacks that day.
static int64_t months_later(int64_t from, int months)
{
	struct derw_date date = derw_date(from);
	for (int i = 0; i < months; i++) {
		date.year += date.month == 12;
		date.month = date.month % 12 + 1;
	}
	int last = last_of_month(date.year, date.month);
	date.day = date.day < last ? date.day : last;
	return derw_seconds(&date);
}

static unsigned required_of_old(const struct facts *facts, bool enforced)
{
	int64_t from = facts->not_before;
	int64_t to = facts->not_after;
	// trustd drops what is left over of a month: up to a second before the next one.
	int64_t at_27 = enforced ? months_later(from, 28) - 1 : months_later(from, 27);
	int64_t at_39 = enforced ? months_later(from, 40) - 1 : months_later(from, 39);
	return to < months_later(from, 15) ? 2 : to <= at_27 ? 3 : to <= at_39 ? 4 : 5;
}

static void require(const struct facts *facts, struct model *out)
{
	int64_t seconds = facts->not_after - facts->not_before;
	if (facts->not_before < pki_seconds(SPLIT)) {
		out->required = required_of_old(facts, false);
		out->enforced_required = required_of_old(facts, true);
		return;
	}
	bool is_short = seconds + 1 <= 180 * INT64_C(86400);
	out->required = is_short ? 2 : 3;
	out->cap = is_short ? 1 : 2;
	out->enforced_required = seconds <= 180 * INT64_C(86400) ? 2
		: seconds <= 825 * INT64_C(86400)                ? 3
								 : 4;
}

static int64_t issuance(const struct facts *facts, const struct model *model)
{
	int64_t earliest = INT64_MAX;
	for (size_t i = 0; i < facts->num_scts; i++) {
		int64_t ts = (int64_t)facts->scts[i].timestamp_ms;
		if (model->approval[i] == APPROVAL_CURRENT && ts < earliest) {
			earliest = ts;
		}
	}
	return earliest == INT64_MAX ? facts->at_ms : earliest;
}

// What a set of SCTs is worth.
struct worth {
	unsigned num, of_tls_or_ocsp, of_rfc6962, once_too_late, not_embedded;
	bool fits; // all approved, no log twice, within the cap
	bool within_cap;
};

static struct worth weigh(const struct facts *facts, const struct model *model,
	unsigned set, int64_t issued)
{
	struct worth w = {.fits = true, .within_cap = true};
	for (size_t i = 0; i < facts->num_scts; i++) {
		const struct sct_facts *a = &facts->scts[i];
		unsigned of_operator = 0;
		if (!(set >> i & 1)) {
			continue;
		}
		for (size_t k = 0; k < facts->num_scts; k++) {
			const struct sct_facts *b = &facts->scts[k];
			bool in = set >> k & 1;
			w.fits = w.fits && !(in && k != i && a->log == b->log);
			of_operator += in && a->op == b->op;
		}
		w.fits = w.fits && model->approval[i] != APPROVAL_NONE;
		w.within_cap =
			w.within_cap && (model->cap == 0 || of_operator <= model->cap);
		w.num++;
		w.not_embedded += a->source != SOURCE_EMBEDDED;
		w.of_tls_or_ocsp += a->source == SOURCE_TLS || a->source == SOURCE_OCSP;
		w.of_rfc6962 += a->api == LOG_RFC6962;
		w.once_too_late +=
			model->approval[i] == APPROVAL_ONCE && issued >= a->since_ms;
	}
	return w;
}

static bool has_once(const struct facts *facts, const struct model *model, unsigned set)
{
	for (size_t i = 0; i < facts->num_scts; i++) {
		if ((set >> i & 1) && model->approval[i] == APPROVAL_ONCE) {
			return true;
		}
	}
	return false;
}

static void try_set(
	const struct facts *facts, struct model *out, unsigned set, bool has_current)
{
	struct worth w = weigh(facts, out, set, issuance(facts, out));
	bool clause = facts->at_ms >= pki_seconds(RFC6962_FROM) * 1000;
	bool of_both = !clause || w.of_rfc6962 > 0;
	if (!w.fits) {
		return;
	}
	if (w.not_embedded == 0 && w.within_cap) {
		out->counted = w.num > out->counted ? w.num : out->counted;
		out->apple_embedded = out->apple_embedded ||
			(has_current && w.num >= out->required && of_both);
	}
	if (w.not_embedded == 0 && w.once_too_late == 0) {
		out->enforced_counted =
			w.num > out->enforced_counted ? w.num : out->enforced_counted;
		out->enforced_embedded = out->enforced_embedded ||
			(has_current && w.num >= out->enforced_required);
	}
	if (w.num >= 2 && w.of_tls_or_ocsp > 0 && !has_once(facts, out, set)) {
		out->apple_delivered = out->apple_delivered || of_both;
		out->enforced_delivered = true;
	}
}

void model_judge(const struct facts *facts, struct model *out)
{
	bool has_current = false; // among the embedded ones
	*out = (struct model){0};
	for (size_t i = 0; i < facts->num_scts; i++) {
		out->approval[i] = approve(facts, &facts->scts[i]);
		has_current = has_current ||
			(facts->scts[i].source == SOURCE_EMBEDDED &&
				out->approval[i] == APPROVAL_CURRENT);
	}
	require(facts, out);
	for (unsigned set = 0; set < 1U << facts->num_scts; set++) {
		try_set(facts, out, set, has_current);
	}
}

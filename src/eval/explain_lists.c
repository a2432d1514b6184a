// SPDX-License-Identifier: Apache-2.0
// What there is to say of the lists that were judged by, each source's for itself: taken back,
// later than the time of check, old, or without what came before. Where several were judged
// by, the sentences say which one they are about.
#include "eval/evaluation.h"

#include "base/datetime.h"
#include "loglist/source.h"

static bool add_about_list(struct evaluation *e, enum code code)
{
	return add_finding(e, e->list_findings, code, "log_list", ERR_NO_OFFSET);
}

static void put_days(struct buffer *out, int64_t age_ms)
{
	buffer_put_unsigned(out, (uint64_t)(age_ms / DATETIME_DAY_MS));
}

// A sentence, with the list's last age for "#", and for "@" the options that name the source.
static void put_filled_in(struct evaluation *e, const char *text)
{
	struct buffer *out = &e->context->text;
	for (size_t len; *text; text += len) {
		len = strcspn(text, "#@");
		buffer_put(out, bytes_of(text, len));
		if (text[len] == '#') {
			put_days(out, e->list_off_ms);
		} else if (text[len] == '@') {
			source_put_refresh(out, e->source, e->is_one_of_several);
		}
		len += text[len] != '\0';
	}
}

// "The log list", and of several "The log list of Chrome".
static void put_which(struct evaluation *e, const char *text)
{
	buffer_put_text(&e->context->text, text);
	if (e->is_one_of_several) {
		buffer_put_text(&e->context->text, " of ");
		buffer_put_text(&e->context->text, source_title(e->source));
	}
}

// Of whom asks over HTTP: does the service keep this source's list young?
static bool is_refreshed(const struct evaluation *e)
{
	const struct ctp_request *request = e->request;
	for (size_t i = 0; i < request->num_refreshed; i++) {
		if (strcmp(request->refreshed[i], e->source) == 0) {
			return true;
		}
	}
	return false;
}

// trustd stops enforcing at 60 days, warns at 45, calls 30 "at risk" (POLICY.md 7); clients of
// other lists stop at another age.
static bool explain_age(struct evaluation *e)
{
	static const struct {
		int64_t days; // 0: once it is stale
		enum code code;
		const char *advice;
		const char *of_service; // to who asks over HTTP, and refreshes nothing
		const char *of_still; // the same, of a service that refreshes nothing
	} steps[] = {
		{0, CODE_LOG_LIST_STALE,
			"devices with a list that old stop enforcing CT, and logs may "
			"have changed since: fetch the present one (ctpolicy log-list "
			"refresh@; a service does so by itself, and its /readyz says how "
			"that goes) or, for a past time, name one from shortly before it "
			"(--log-list FILE).",
			"devices with a list that old stop enforcing CT, and logs may "
			"have changed since. This service refreshes its list by itself: "
			"ask its operator why there is none of that time (/readyz says "
			"how refreshes go).",
			"devices with a list that old stop enforcing CT, and logs may "
			"have changed since. This service does not refresh its list: "
			"ask its operator for one of that time (/readyz says which "
			"there are)."},
		{45, CODE_LOG_LIST_AGEING,
			"refresh it before it is # days old (ctpolicy log-list refresh@; "
			"a service does so by itself, and its /readyz says how that "
			"goes).",
			"this service refreshes it by itself; ask its operator before it "
			"is # days old (/readyz says how refreshes go).",
			"this service does not refresh it: ask its operator for a newer "
			"one before it is # days old."},
		{30, CODE_LOG_LIST_AT_RISK, "it becomes stale at # days.",
			"it becomes stale at # days.", "it becomes stale at # days."},
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int64_t from_ms =
			steps[i].days ? steps[i].days * DATETIME_DAY_MS : e->list_off_ms;
		if (e->record->age_ms >= from_ms) {
			put_which(e, "The log list");
			buffer_put_text(&e->context->text, " is ");
			put_days(&e->context->text, e->record->age_ms);
			buffer_put_text(
				&e->context->text, " days old at the time of check; ");
			put_filled_in(e,
				!e->request->on_page      ? steps[i].advice
					: is_refreshed(e) ? steps[i].of_service
							  : steps[i].of_still);
			return add_about_list(e, steps[i].code);
		}
	}
	return true;
}

static bool explain_taken_back(struct evaluation *e)
{
	char published[DATETIME_ROOM];
	if (e->record->basis != BASIS_EXTRAPOLATED) {
		return true;
	}
	datetime_format_ms(e->record->list->published_ms, published);
	put_which(e, "The time of check is before the oldest list");
	buffer_put_text(&e->context->text, " at hand (");
	buffer_put_text(&e->context->text, published);
	buffer_put_text(&e->context->text,
		"): that list was used, with what ended later undone.");
	return add_about_list(e, CODE_LOG_LIST_EXTRAPOLATED);
}

static bool explain_newer(struct evaluation *e)
{
	char published[DATETIME_ROOM];
	const struct record *record = e->record;
	if (record->basis != BASIS_GIVEN ||
		lists_age_ms(record->list, record->at_ms) >= 0) {
		return true;
	}
	datetime_format_ms(record->list->published_ms, published);
	put_which(e, "The log list");
	buffer_printf(&e->context->text,
		" given is later (%s) than the time of check: it says what became of the "
		"logs since. %s",
		published,
		e->request->on_page
			? "The operator of this service has chosen it."
			: "Leave out --log-list, or give the list of that time.");
	return add_about_list(e, CODE_LOG_LIST_NEWER);
}

static bool explain_no_history(struct evaluation *e)
{
	put_which(e, "There are no older lists");
	buffer_put_text(&e->context->text,
		e->request->on_page
			? " to judge by (client_age_days): the operator of this service "
			  "has named one log list."
			: " to judge by (--client-age, client_age_days): one log list "
			  "was named. Leave --log-list out, or name a history (ctpolicy "
			  "log-list import).");
	return add_about_list(e, CODE_NO_HISTORY);
}

static bool explain_history(struct evaluation *e)
{
	const struct client_age *age = &e->record->client_age;
	char published[DATETIME_ROOM];
	if (age->days == 0 || age->oldest_basis == BASIS_EXACT) {
		return true;
	}
	if (age->oldest_basis == BASIS_GIVEN) {
		return explain_no_history(e);
	}
	datetime_format_ms(age->oldest->published_ms, published);
	put_which(e, "The lists");
	buffer_printf(&e->context->text,
		" of the %u days before were asked for, and the oldest at hand is of %s: what "
		"logs older ones did not accept yet is not known.",
		age->days, published);
	return add_about_list(e, CODE_HISTORY_TOO_SHORT);
}

// Policies about the certificate itself ask no list.
static bool is_asked(const struct evaluation *e)
{
	for (size_t i = 0; i < request_num_policies(e->request); i++) {
		if (is_own_policy(e, i) && request_policy(e->request, i)->list) {
			return true;
		}
	}
	return false;
}

// Where there is none, judge_sources has said so of the policies.
static bool explain_list(struct evaluation *e)
{
	return !e->record->list || !is_asked(e) ||
		(explain_taken_back(e) && explain_newer(e) && explain_age(e) &&
			explain_history(e));
}

static bool explain_each(struct evaluation *e, bool (*explain)(struct evaluation *e))
{
	bool done = explain(e);
	for (size_t i = 0; i < e->num_others && done; i++) {
		done = explain(&e->others[i]);
	}
	return done;
}

bool explain_lists(struct evaluation *e)
{
	return explain_each(e, explain_list);
}

bool explain_gaps(struct evaluation *e)
{
	return explain_each(e, explain_later);
}

// SPDX-License-Identifier: Apache-2.0
// Logs that the list in force does not know, and a later list knows as approved by then: the
// lists at hand have a gap there, and the verdict by them may accuse the wrong one.
//
// The verdict stays (POLICY.md 3, "Which list"); this says what it hangs on. Looked for only
// where an SCT is of an unknown log.
#include "eval/evaluation.h"

#include "base/datetime.h"
#include "base/text.h"

// Where a later list says more of a log than the one in force.
struct later {
	const struct loglist *before; // the last list that does not know it
	const struct loglist *list; // the first that does
	const struct ct_log *log;
};

// Read-only and retired follow on approval: since when it was approved is not in the list.
static bool was_approved(const struct ct_log *log, int64_t at_ms)
{
	switch (log->state) {
	case LOG_QUALIFIED:
	case LOG_USABLE:
		return log->since_ms <= at_ms;
	case LOG_READONLY:
	case LOG_RETIRED:
		return true;
	case LOG_PENDING:
	case LOG_REJECTED:
	case LOG_NO_STATE:
	case NUM_LOG_STATES:
		break;
	}
	return false;
}

static bool find_later(
	const struct evaluation *e, const struct sct_record *sct, struct later *out)
{
	const struct record *record = e->record;
	*out = (struct later){.before = record->list};
	if (sct->status != STATUS_UNKNOWN_LOG || sct->sct.log_id.len != LOG_ID_LEN) {
		return false;
	}
	size_t num = 0;
	const struct loglist *lists = lists_of(e->lists, e->source, &num);
	for (size_t i = 0; i < num; i++) {
		out->list = &lists[i];
		if (lists_compare(out->list, record->list) <= 0) {
			continue;
		}
		out->log = loglist_find(out->list, sct->sct.log_id.data);
		if (out->log) {
			return was_approved(out->log, record->at_ms) &&
				log_covers(out->log, record->cert->not_after * 1000);
		}
		out->before = out->list;
	}
	return false;
}

// Was this one's log told of before? An SCT of it that does not parse was not looked for.
static bool is_again(const struct evaluation *e, size_t index)
{
	const struct sct_record *scts = e->record->scts;
	for (size_t i = 0; i < index; i++) {
		if (scts[i].status == STATUS_UNKNOWN_LOG &&
			bytes_equal(scts[i].sct.log_id, scts[index].sct.log_id)) {
			return true;
		}
	}
	return false;
}

size_t count_later(const struct evaluation *e)
{
	struct later later = {NULL, NULL, NULL};
	size_t num = 0;
	for (size_t i = 0; i < e->record->num_scts; i++) {
		num += find_later(e, &e->record->scts[i], &later);
	}
	return num;
}

static void put_list(struct buffer *out, const struct loglist *list)
{
	char published[DATETIME_ROOM];
	datetime_format_ms(list->published_ms, published);
	text_put_escaped(out, bytes_of_text(list->name));
	buffer_put_char(out, ' ');
	text_put_escaped(out, bytes_of_text(list->version));
	buffer_printf(out, " of %s", published);
}

static void put_log(struct buffer *out, const struct later *later, int64_t at_ms)
{
	char since[DATETIME_ROOM];
	const struct ct_log *log = later->log;
	log_put_name(out, log);
	datetime_format_ms(log->since_ms, since);
	buffer_printf(out, " (%s since %s%s)", log_state_name(log->state), since,
		log->since_ms > at_ms ? ", approved before" : "");
}

static long long days_between(int64_t from_ms, int64_t until_ms)
{
	return (long long)((until_ms - from_ms) / DATETIME_DAY_MS);
}

static void put_age(struct evaluation *e)
{
	const struct record *record = e->record;
	buffer_put_text(&e->context->text, "The list in force at the time of check, ");
	put_list(&e->context->text, record->list);
	if (record->at_ms >= record->list->published_ms) {
		buffer_printf(&e->context->text, ", was %lld days old then",
			days_between(record->list->published_ms, record->at_ms));
	}
}

static void put_gap(struct evaluation *e, const struct later *later)
{
	char published[DATETIME_ROOM];
	struct buffer *out = &e->context->text;
	datetime_format_ms(later->list->published_ms, published);
	buffer_printf(out,
		": the lists at hand have a gap of %lld days before that one, so that this "
		"need be no fault of the certificate. ",
		days_between(later->before->published_ms, later->list->published_ms));
	if (e->request->on_page) {
		buffer_put_text(out,
			"Ask the operator of this service to import lists of that time.");
		return;
	}
	buffer_printf(out,
		"Judge by that list (ctpolicy log-list export --at %s --output list.json, "
		"then --log-list list.json), or bring lists of that time (ctpolicy "
		"log-list import; of a service, ask its operator).",
		published);
}

// A certificate has two or three of them; who brings many more can read the first.
#define MAX_NAMED 8

bool explain_later(struct evaluation *e)
{
	struct later first = {NULL, NULL, NULL};
	struct later later = {NULL, NULL, NULL};
	const struct loglist *named = NULL;
	struct buffer *out = &e->context->text;
	size_t num = 0;
	if (e->num_later == 0) {
		return true;
	}
	put_age(e);
	for (size_t i = 0; i < e->record->num_scts; i++) {
		if (!find_later(e, &e->record->scts[i], &later) || is_again(e, i) ||
			num++ >= MAX_NAMED) {
			continue;
		}
		if (later.list == named) {
			buffer_put_text(out, ", ");
		} else {
			buffer_put_text(out, named ? "; " : ", and the later ");
			put_list(out, later.list);
			buffer_put_text(out, " knows ");
			first = named ? first : later;
			named = later.list;
		}
		put_log(out, &later, e->record->at_ms);
	}
	if (num > MAX_NAMED) {
		buffer_printf(out, ", and others name %zu more", num - MAX_NAMED);
	}
	put_gap(e, &first);
	return add_finding(
		e, e->list_findings, CODE_LOG_KNOWN_LATER, "log_list", ERR_NO_OFFSET);
}

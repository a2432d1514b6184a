// SPDX-License-Identifier: Apache-2.0
// The lists that devices may have besides the one in force (client_age_days): which they are,
// what they make of the certificate, and from when on none of them says no any more.
//
// A device at the time of check may have any list that was in force in the days before it.
// All else stays: the time of check, the SCTs, and what their signatures are, for a log's id
// is the hash of its key, whatever the list.
#include "eval/evaluation.h"

#include "base/datetime.h"
#include "base/text.h"

// Another list came into force, at the time of check or before.
static bool next_moment(const struct evaluation *e, int64_t *at_ms)
{
	return lists_next_change(e->lists, e->source, *at_ms, at_ms) &&
		*at_ms <= e->record->at_ms;
}

// The list that devices had then. False where that is the one in force at the time of check:
// taken back further it would undo more, and what passes by it would pass all the same.
static bool take_moment(const struct evaluation *e, int64_t at_ms, struct older_list *out)
{
	out->at_ms = at_ms;
	out->list = lists_in_force(e->lists, e->source, at_ms, &out->basis);
	return out->list != e->record->list || out->basis != e->record->basis;
}

// One that was taken back and then came into force is one list.
static size_t count_lists(const struct evaluation *e)
{
	size_t num = 1;
	for (size_t i = 0; i < e->num_older; i++) {
		const struct loglist *next =
			i + 1 < e->num_older ? e->older[i + 1].list : e->record->list;
		num += e->older[i].list != next;
	}
	return num;
}

static void take_moments(struct evaluation *e, int64_t at_ms)
{
	struct older_list *before = NULL; // whose end has not come yet
	do {
		struct older_list *older = &e->older[e->num_older];
		bool is_older = take_moment(e, at_ms, older);
		if (before) {
			before->next = older->list;
			before->until_ms = at_ms;
		}
		before = is_older ? older : NULL;
		e->num_older += is_older;
	} while (next_moment(e, &at_ms));
}

bool find_older(struct evaluation *e)
{
	struct client_age *age = &e->record->client_age;
	struct arena *arena = &e->context->arena;
	size_t num = 1;
	e->num_older = 0;
	age->days = e->request->client_age_days;
	if (age->days == 0) {
		return true;
	}
	age->from_ms = e->record->at_ms - age->days * DATETIME_DAY_MS;
	age->oldest =
		lists_in_force(e->lists, e->source, age->from_ms, &age->oldest_basis);
	for (int64_t at_ms = age->from_ms; next_moment(e, &at_ms);) {
		num++;
	}
	e->older = arena_take_array(arena, num, sizeof(*e->older));
	if (!e->older) {
		return err_no_memory(e->err);
	}
	take_moments(e, age->from_ms);
	age->num_lists = count_lists(e);
	return true;
}

// All that a verdict can hang on.
static bool is_same_log(const struct sct_record *a, const struct sct_record *b)
{
	const struct ct_log *x = a->log;
	const struct ct_log *y = b->log;
	if (!x || !y) {
		return x == y;
	}
	return a->standing.state == b->standing.state &&
		a->standing.since_ms == b->standing.since_ms && x->api == y->api &&
		x->has_interval == y->has_interval && x->start_ms == y->start_ms &&
		x->end_ms == y->end_ms && strcmp(a->operator_name, b->operator_name) == 0;
}

static bool is_same_view(
	const struct sct_record *a, const struct sct_record *b, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		if (a[i].status != b[i].status || !is_same_log(&a[i], &b[i])) {
			return false;
		}
	}
	return true;
}

// It is approved, or would be if it turned out valid.
static bool could_count(const struct sct_record *sct)
{
	// What leaves it undecided is one reason; another is one against its log.
	return sct->approval != APPROVAL_NONE || (sct->undecided && sct->num_why <= 1);
}

static void take_counts(struct evaluation *e, size_t index, const struct record *seen)
{
	for (size_t i = 0; i < seen->num_scts; i++) {
		if (!could_count(&seen->scts[i])) {
			e->counts_from[i] = e->older[index].next;
		}
	}
}

static int64_t safe_from_ms(int64_t since_ms, unsigned days)
{
	int64_t latest_ms = DATETIME_MAX_MS - days * DATETIME_DAY_MS;
	return (since_ms < latest_ms ? since_ms : latest_ms) + days * DATETIME_DAY_MS;
}

// By all lists it is a no where one of them says no, and open where none does and one leaves
// it open: a yes would be said of devices of which nobody can tell, and a no of devices that
// may accept it. So a no by an older list also decides what the list in force leaves open:
// those devices refuse the certificate whatever the missing issuer may yet show.
static void take_verdicts(struct evaluation *e, size_t index, const struct record *seen)
{
	struct record *record = e->record;
	for (size_t i = 0; i < record->num_policies; i++) {
		struct policy_record *policy = &record->policies[i];
		enum verdict verdict = seen->policies[i].verdict;
		if (!is_own_policy(e, i)) {
			continue;
		}
		if (policy->verdict == VERDICT_NON_COMPLIANT && !policy->safe_list) {
			continue; // by the list in force, and that is all there is to say
		}
		if (verdict == VERDICT_NON_COMPLIANT) {
			policy->verdict = verdict;
			policy->safe_list = e->older[index].next;
			policy->safe_since_ms = e->older[index].until_ms;
			policy->safe_from_ms = safe_from_ms(
				policy->safe_since_ms, record->client_age.days);
		} else if (verdict == VERDICT_INDETERMINATE && !policy->safe_list) {
			policy->verdict = verdict;
		}
	}
}

static bool is_refused(const struct evaluation *e)
{
	for (size_t i = 0; i < e->record->num_policies; i++) {
		if (is_own_policy(e, i) &&
			e->record->policies[i].verdict != VERDICT_NON_COMPLIANT) {
			return false;
		}
	}
	return true;
}

// Most lists say the same about a certificate's few logs as the list before: that one's
// verdicts are theirs too.
bool judge_older(struct evaluation *e)
{
	struct arena *arena = &e->context->arena;
	size_t num = e->record->num_scts;
	if (e->num_older == 0 || is_refused(e)) {
		return true;
	}
	struct record seen = *e->record;
	struct evaluation by = *e;
	by.record = &seen;
	seen.scts = arena_take_array(arena, num, sizeof(*seen.scts));
	struct sct_record *next = arena_take_array(arena, num, sizeof(*next));
	e->counts_from = arena_take_array(arena, num, sizeof(const struct loglist *));
	if (!seen.scts || !next || !e->counts_from) {
		return err_no_memory(e->err);
	}
	// An SCT that showed the issuer to be right has shown it, though an older list may
	// not know its log.
	seen.issuer_confirmed = !issuer_in_doubt(e);
	struct arena_mark mark = arena_mark(arena);
	for (size_t i = 0; i < e->num_older; i++) {
		see_scts(e, e->older[i].list, e->older[i].basis, e->older[i].at_ms, next);
		if (i == 0 || !is_same_view(seen.scts, next, num)) {
			struct sct_record *before = seen.scts;
			seen.scts = next;
			next = before;
			arena_rewind(arena, mark);
			seen.policies = NULL;
			if (!judge_policies(&by)) {
				return false;
			}
		}
		take_counts(e, i, &seen);
		take_verdicts(e, i, &seen);
	}
	arena_rewind(arena, mark);
	return true;
}

// In words.

static void put_list(struct buffer *out, const struct loglist *list)
{
	char published[DATETIME_ROOM];
	datetime_format_ms(list->published_ms, published);
	buffer_put_text(out, list->version[0] ? "list " : "the list");
	text_put_escaped(out, bytes_of_text(list->version));
	buffer_printf(out, " of %s", published);
}

// Of a log that an older list does not accept, and its first SCT.
static bool is_late(const struct evaluation *e, size_t index)
{
	const struct sct_record *scts = e->record->scts;
	if (!e->counts_from[index] || !could_count(&scts[index])) {
		return false;
	}
	for (size_t i = 0; i < index; i++) {
		if (scts[i].log == scts[index].log && could_count(&scts[i])) {
			return false;
		}
	}
	return true;
}

// A certificate has two or three of them; who brings many more can read the first.
#define MAX_NAMED 8

static void put_late_logs(struct evaluation *e)
{
	struct buffer *out = &e->context->text;
	size_t num = 0;
	for (size_t i = 0; i < e->record->num_scts; i++) {
		if (!is_late(e, i) || num++ >= MAX_NAMED) {
			continue;
		}
		buffer_put_text(out, num == 1 ? ": SCTs of " : ", of ");
		log_put_name(out, e->record->scts[i].log);
		buffer_put_text(out, " count from ");
		put_list(out, e->counts_from[i]);
		buffer_put_text(out, " on");
	}
	if (num > MAX_NAMED) {
		buffer_printf(out, ", and of %zu more later too", num - MAX_NAMED);
	}
	buffer_put_char(out, '.');
}

static void put_safe_time(struct evaluation *e, const struct policy_record *policy)
{
	char text[DATETIME_ROOM];
	struct buffer *out = &e->context->text;
	datetime_format_ms(policy->safe_from_ms, text);
	buffer_printf(out, " Safe from %s on, %u days after ", text,
		e->record->client_age.days);
	if (policy->safe_since_ms != policy->safe_list->published_ms) {
		datetime_format_ms(policy->safe_since_ms, text);
		buffer_printf(out, "%s, when it was gone back to ", text);
	}
	put_list(out, policy->safe_list);
	if (policy->safe_from_ms > e->record->cert->not_after * 1000) {
		buffer_put_text(out, ", when this certificate has ended");
	}
	// The list in force has not decided yet.
	if (policy->result.verdict != VERDICT_COMPLIANT) {
		buffer_put_text(out,
			", if the SCTs that cannot be verified without the right issuer "
			"turn out valid");
	}
	buffer_put_char(out, '.');
}

bool explain_older(struct evaluation *e, struct policy_record *policy)
{
	char text[DATETIME_ROOM];
	struct buffer *out = &e->context->text;
	const struct client_age *age = &e->record->client_age;
	buffer_printf(out,
		"Not met by every list of the %u days before, which devices may still "
		"have",
		age->days);
	put_late_logs(e);
	put_safe_time(e, policy);
	datetime_format_ms(age->from_ms, text);
	buffer_printf(out,
		" To be accepted before that, use SCTs of logs that were usable %u days "
		"ago already: %s%s.",
		age->days,
		e->request->on_page ? "/v1/logs?state=usable&at="
				    : "ctpolicy log-list show --state usable --at ",
		text);
	return add_finding(
		e, &policy->findings, CODE_NOT_YET_EVERYWHERE, NULL, ERR_NO_OFFSET);
}

// SPDX-License-Identifier: Apache-2.0
#include "eval/sources.h"

#include "base/datetime.h"
#include "eval/evaluation.h"
#include "eval/signatures.h"
#include "loglist/source.h"

// "apple's and chrome's"
static void put_sources(const struct ctp_lists *lists, struct buffer *out)
{
	size_t num = lists_num_sources(lists);
	for (size_t i = 0; i < num; i++) {
		buffer_printf(out, "%s%s's",
			i == 0                ? ""
				: i + 1 < num ? ", "
					      : " and ",
			lists_source_at(lists, i));
	}
}

bool sources_lack(
	const struct ctp_lists *lists, const struct policy *policy, struct err *err)
{
	struct buffer have;
	buffer_init(&have, 256);
	put_sources(lists, &have);
	err_set(err, CODE_LOG_LIST_OF_OTHERS, ERR_NO_OFFSET,
		"the log list is %.*s, and the policy %s is about %s's logs",
		(int)have.len, have.data ? (const char *)have.data : "", policy->name,
		policy->list);
	buffer_clear(&have);
	return err_in_field(err, "log_list");
}

bool sources_choose(const struct ctp_request *request, const struct ctp_lists *lists,
	const char **out, struct err *err)
{
	const struct policy *first = NULL;
	bool any_without = false; // one that is about no list can be judged all the same
	for (size_t i = 0; i < request_num_policies(request); i++) {
		const struct policy *policy = request_policy(request, i);
		size_t num_lists = 0;
		if (policy->list && lists_of(lists, policy->list, &num_lists)) {
			*out = policy->list;
			return true;
		}
		any_without = any_without || !policy->list;
		first = first || !policy->list ? first : policy;
	}
	*out = lists_main_source(lists);
	return !first || any_without || sources_lack(lists, first, err);
}

bool is_own_policy(const struct evaluation *e, size_t index)
{
	const char *list = request_policy(e->request, index)->list;
	return list ? strcmp(list, e->source) == 0 : e->source_is_main;
}

// The first policy about this source's logs; NULL: none is.
static const struct policy *policy_of_source(const struct evaluation *e)
{
	for (size_t i = 0; i < request_num_policies(e->request); i++) {
		const struct policy *policy = request_policy(e->request, i);
		if (policy->list && is_own_policy(e, i)) {
			return policy;
		}
	}
	return NULL;
}

// The list of e->source that is in force, and what came before it.
static bool find_list(struct evaluation *e)
{
	struct record *record = e->record;
	record->list = lists_in_force(e->lists, e->source, record->at_ms, &record->basis);
	e->num_older = 0;
	record->age_ms = 0;
	record->stale = false;
	record->client_age = (struct client_age){.days = 0};
	if (!record->list) {
		return true;
	}
	record->age_ms = lists_age_ms(record->list, record->at_ms);
	record->age_ms = record->age_ms < 0 ? 0 : record->age_ms;
	const struct policy *policy = policy_of_source(e);
	e->list_off_ms = policy_list_off_ms(e->source);
	record->stale = policy_list_is_stale(e->source, record->age_ms);
	e->list_forgets = policy && policy->list_forgets;
	return find_older(e);
}

static bool has_source(const struct evaluation *e, const char *source)
{
	for (size_t i = 0; i < e->num_others; i++) {
		if (strcmp(e->others[i].source, source) == 0) {
			return true;
		}
	}
	return strcmp(e->source, source) == 0;
}

static bool add_other(struct evaluation *e, const char *source)
{
	struct arena *arena = &e->context->arena;
	struct evaluation *by = &e->others[e->num_others];
	*by = *e;
	by->source = source;
	by->source_is_main = false;
	by->others = NULL;
	by->num_others = 0;
	by->record = arena_take(arena, sizeof(*by->record));
	if (!by->record) {
		return err_no_memory(e->err);
	}
	*by->record = *e->record;
	e->num_others++;
	return find_list(by);
}

// Few requests ask for policies of more than one source.
static bool add_others(struct evaluation *e)
{
	size_t num = request_num_policies(e->request);
	for (size_t i = 0; i < num; i++) {
		const char *source = request_policy(e->request, i)->list;
		if (!source || has_source(e, source)) {
			continue;
		}
		if (!e->others) {
			e->others = arena_take_array(
				&e->context->arena, num, sizeof(*e->others));
		}
		if (!e->others) {
			return err_no_memory(e->err);
		}
		e->is_one_of_several = true;
		if (!add_other(e, source)) {
			return false;
		}
	}
	return true;
}

// Room for SCTs of logs that the record's list does not know, where another one may.
static bool take_room(struct evaluation *e)
{
	bool needed = e->num_older > 0 || e->num_others > 0;
	e->other_scts = needed ? arena_take_array(&e->context->arena, e->record->num_scts,
					 sizeof(*e->other_scts))
			       : NULL;
	for (size_t i = 0; i < e->num_others; i++) {
		e->others[i].other_scts = e->other_scts;
	}
	return !needed || e->other_scts || err_no_memory(e->err);
}

bool find_lists(struct evaluation *e)
{
	e->num_others = 0;
	e->source_is_main = true;
	e->is_one_of_several = false;
	e->list_findings = &e->record->findings;
	return sources_choose(e->request, e->lists, &e->source, e->err) && find_list(e) &&
		add_others(e) && take_room(e);
}

static void look_up_older(const struct evaluation *e, struct sct_record *out)
{
	for (size_t i = e->num_older; i > 0 && !out->log; i--) {
		const struct older_list *by = &e->older[i - 1];
		sct_record_look_up(out, by->list, by->basis, by->at_ms);
	}
}

struct sct_record *other_sct(struct evaluation *e, size_t index)
{
	const struct sct_record *sct = &e->record->scts[index];
	if (!e->other_scts || sct->status != STATUS_UNKNOWN_LOG) {
		return NULL;
	}
	struct sct_record *out = &e->other_scts[index];
	*out = *sct;
	for (size_t i = 0; i < e->num_others && !out->log; i++) {
		const struct record *by = e->others[i].record;
		if (by->list) {
			sct_record_look_up(out, by->list, by->basis, by->at_ms);
		}
	}
	look_up_older(e, out);
	for (size_t i = 0; i < e->num_others; i++) {
		look_up_older(&e->others[i], out);
	}
	return out->log ? out : NULL;
}

bool issuer_in_doubt(const struct evaluation *e)
{
	const struct record *record = e->record;
	bool doubtful = issuer_is_doubtful(record);
	for (size_t i = 0; doubtful && e->other_scts && i < record->num_scts; i++) {
		const struct sct_record *sct = &e->other_scts[i];
		doubtful = sct->source != SOURCE_EMBEDDED ||
			(sct->status != STATUS_VALID &&
				sct->status != STATUS_FUTURE_TIMESTAMP);
	}
	return doubtful;
}

void see_scts(const struct evaluation *e, const struct loglist *list,
	enum lists_basis basis, int64_t at_ms, struct sct_record *out_scts)
{
	const struct record *record = e->record;
	for (size_t i = 0; i < record->num_scts; i++) {
		struct sct_record *out = &out_scts[i];
		bool unknown = record->scts[i].status == STATUS_UNKNOWN_LOG;
		*out = unknown && e->other_scts ? e->other_scts[i] : record->scts[i];
		out->undecided = false;
		if (list) {
			sct_record_look_up(out, list, basis, at_ms);
		} else {
			out->log = NULL;
			out->operator_name = NULL;
		}
		// Of its reasons the status's own, which is the first, is not the list's.
		out->num_why = out->status != STATUS_VALID;
		if (out->sct.parse == SCT_PARSED && !out->log) {
			out->status = STATUS_UNKNOWN_LOG;
			out->num_why = 0;
			add_why(out, CODE_UNKNOWN_LOG);
		}
	}
}

static struct list_view *view_of(const struct evaluation *e)
{
	const struct record *record = e->record;
	struct list_view *view = arena_take(&e->context->arena, sizeof(*view));
	if (view) {
		*view = (struct list_view){.source = e->source,
			.list = record->list,
			.basis = record->basis,
			.age_ms = record->age_ms,
			.stale = record->stale,
			.client_age = record->client_age,
			.scts = record->scts};
	}
	return view;
}

static bool say_no_list(struct evaluation *e, struct policy_record *policy)
{
	policy->verdict = VERDICT_INDETERMINATE;
	memset(policy->hopeless, 0, sizeof(policy->hopeless));
	struct buffer *out = &e->context->text;
	buffer_printf(out,
		"There is no list of %s's logs to judge by: fetch it (ctpolicy log-list refresh",
		e->source);
	source_put_refresh(out, e->source, true);
	buffer_put_text(out, "), or name one (--log-list FILE) beside the others.");
	return add_finding(
		e, &policy->findings, CODE_NO_LIST_OF_SOURCE, "log_list", ERR_NO_OFFSET);
}

// By one source's list, policy by policy.
static bool judge_source(struct evaluation *e)
{
	struct record *record = e->record;
	if (!judge_policies(e) || (record->list && !judge_older(e))) {
		return false;
	}
	e->num_later = record->list ? count_later(e) : 0;
	const struct list_view *view = view_of(e);
	if (!view) {
		return err_no_memory(e->err);
	}
	for (size_t i = 0; i < record->num_policies; i++) {
		struct policy_record *policy = &record->policies[i];
		if (!is_own_policy(e, i)) {
			continue;
		}
		policy->view = view;
		bool done =
			record->list ? explain_policy(e, policy) : say_no_list(e, policy);
		if (!done) {
			return false;
		}
	}
	return true;
}

// What came to light since its record was copied is in e's; the lists are its own. Its
// verdicts go among e's policies.
static bool judge_other(struct evaluation *e, struct evaluation *by)
{
	struct record *record = by->record;
	struct record own = *record;
	*record = *e->record;
	record->list = own.list;
	record->basis = own.basis;
	record->age_ms = own.age_ms;
	record->stale = own.stale;
	record->client_age = own.client_age;
	record->scts = arena_take_array(
		&e->context->arena, record->num_scts, sizeof(*record->scts));
	if (!record->scts) {
		return err_no_memory(e->err);
	}
	by->inputs = e->inputs;
	by->facts = e->facts;
	by->cert_facts_filled = e->cert_facts_filled;
	see_scts(e, record->list, record->basis, record->at_ms, record->scts);
	return judge_source(by);
}

// What the main list knows, another source's may not, and an older one of that source again.
static void share_scts(struct evaluation *e)
{
	const struct record *record = e->record;
	for (size_t i = 0; e->other_scts && i < record->num_scts; i++) {
		if (record->scts[i].status != STATUS_UNKNOWN_LOG) {
			e->other_scts[i] = record->scts[i];
		}
	}
}

bool judge_sources(struct evaluation *e)
{
	if (!judge_source(e)) {
		return false;
	}
	share_scts(e);
	for (size_t i = 0; i < e->num_others; i++) {
		if (!judge_other(e, &e->others[i])) {
			return false;
		}
	}
	return true;
}

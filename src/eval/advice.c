// SPDX-License-Identifier: Apache-2.0
// What to do about a requirement that is not met: enough when followed, and possible with
// the log list in force.
#include "eval/evaluation.h"
#include "eval/shorter.h"

#include "base/datetime.h"
#include "base/text.h"

static void put_count(struct buffer *out, size_t num, const char *thing)
{
	buffer_put_unsigned(out, num);
	buffer_put_char(out, ' ');
	buffer_put_text(out, thing);
	buffer_put_text(out, num == 1 ? "" : "s");
}

// What SCTs a requirement wants.
struct wanted {
	unsigned missing;
	unsigned cap; // of one log operator; 0: none
	bool rfc6962_only;
	bool other_operators; // than those of the SCTs that count
};

// What the list in force could still give this certificate.
struct supply {
	size_t num_logs;
	size_t num_operators;
	size_t num_scts; // that would count, with the cap
};

// Embedded SCTs of the operator that count already.
static unsigned counted_of(
	const struct evaluation *e, const struct policy_record *policy, size_t op)
{
	const bool *counted = policy_main_route(&policy->result)->counted;
	unsigned num = 0;
	for (size_t i = 0; i < e->record->num_scts; i++) {
		num += counted[i] && e->record->scts[i].log->op == op;
	}
	return num;
}

// Its log has answered, and a finding of its own says what to do (explain_given).
static bool is_to_be_sent_again(const struct evaluation *e, const struct sct_record *sct)
{
	return e->record->to_embed && sct->status == STATUS_MALFORMED;
}

static bool has_sct_of(const struct evaluation *e, const struct ct_log *log)
{
	for (size_t i = 0; i < e->record->num_scts; i++) {
		if (e->record->scts[i].log == log &&
			e->record->scts[i].source == SOURCE_EMBEDDED &&
			(e->record->scts[i].approval != APPROVAL_NONE ||
				is_to_be_sent_again(e, &e->record->scts[i]))) {
			return true;
		}
	}
	return false;
}

// Usable logs that take the certificate's notAfter, and have not given an SCT yet: the same
// for all policies about this list.
static bool find_givers(struct evaluation *e)
{
	const struct record *record = e->record;
	const struct loglist *list = record->list;
	if (e->givers) {
		return true;
	}
	e->givers = arena_take_array(
		&e->context->arena, list->num_logs, sizeof(const struct ct_log *));
	if (!e->givers) {
		return err_no_memory(e->err);
	}
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct ct_log *log = &list->logs[i];
		if (log_covers(log, record->cert->not_after * 1000) &&
			lists_standing(log, record->basis, record->at_ms).state ==
				LOG_USABLE &&
			!has_sct_of(e, log)) {
			e->givers[e->num_givers++] = log;
		}
	}
	return true;
}

// Does an SCT of that operator, as it was then, count on the main route?
static bool counts_operator(
	const struct evaluation *e, const struct policy_record *policy, size_t op)
{
	const bool *counted = policy_main_route(&policy->result)->counted;
	const char *name = e->record->list->operators[op];
	for (size_t i = 0; i < e->record->num_scts; i++) {
		if (counted[i] && strcmp(e->record->scts[i].operator_name, name) == 0) {
			return true;
		}
	}
	return false;
}

// One of those, of an operator that is below the cap.
static bool could_give_one(const struct evaluation *e, const struct policy_record *policy,
	const struct ct_log *log, const struct wanted *wanted)
{
	return (!wanted->rfc6962_only || log->api == LOG_RFC6962) &&
		(!wanted->other_operators || !counts_operator(e, policy, log->op)) &&
		(!wanted->cap || counted_of(e, policy, log->op) < wanted->cap);
}

static struct supply find_supply(const struct evaluation *e,
	const struct policy_record *policy, const struct wanted *wanted)
{
	struct supply supply = {0, 0, 0};
	unsigned given[LISTS_MAX_OPERATORS];
	memset(given, 0, e->record->list->num_operators * sizeof(*given));
	for (size_t i = 0; i < e->num_givers; i++) {
		const struct ct_log *log = e->givers[i];
		if (!could_give_one(e, policy, log, wanted)) {
			continue;
		}
		supply.num_logs++;
		supply.num_operators += given[log->op] == 0;
		supply.num_scts += !wanted->cap ||
			counted_of(e, policy, log->op) + given[log->op] < wanted->cap;
		given[log->op]++;
	}
	return supply;
}

// Does the policy ask for an SCT from an RFC 6962 log, of such a certificate at that time?
static bool asks_for_rfc6962(const struct policy_record *policy)
{
	return policy_needs(&policy->result).rfc6962 > 0;
}

// As the list has them; where one of them is needed, RFC 6962 logs first.
static size_t put_logs_of(struct evaluation *e, const struct policy_record *policy,
	const struct wanted *wanted, size_t op, const char *before)
{
	bool rfc6962_first = asks_for_rfc6962(policy);
	enum { SHOWN = 2 };
	const struct loglist *list = e->record->list;
	struct buffer *out = &e->context->text;
	size_t num = 0;
	for (size_t i = 0; i < 2 * e->num_givers && num < SHOWN; i++) {
		const struct ct_log *log = e->givers[i % e->num_givers];
		bool is_first = !rfc6962_first || log->api == LOG_RFC6962;
		if (is_first != (i < e->num_givers) || log->op != op ||
			!could_give_one(e, policy, log, wanted)) {
			continue;
		}
		buffer_put_text(out, num ? ", " : before);
		log_put_name(out, log);
		buffer_put_text(out, log->api == LOG_STATIC ? " (static)" : "");
		num++;
	}
	if (num > 0) {
		buffer_put_text(out, " of ");
		text_put_escaped(out, bytes_of_text(list->operators[op]));
	}
	return num;
}

static bool has_rfc6962(const struct evaluation *e, const struct policy_record *policy,
	const struct wanted *wanted, size_t op)
{
	for (size_t i = 0; i < e->num_givers; i++) {
		const struct ct_log *log = e->givers[i];
		if (log->op == op && log->api == LOG_RFC6962 &&
			could_give_one(e, policy, log, wanted)) {
			return true;
		}
	}
	return false;
}

// Whom to ask, while the certificate is not signed yet: some logs of some operators; where
// one is needed, those with an RFC 6962 log first.
static void put_logs(struct evaluation *e, const struct policy_record *policy,
	const struct wanted *wanted, size_t num_logs)
{
	enum { SHOWN = 4 };
	size_t num_all = e->record->list->num_operators;
	struct buffer *out = &e->context->text;
	size_t num_operators = 0;
	size_t left = num_logs;
	bool rfc6962_first = asks_for_rfc6962(policy);
	for (size_t i = 0; i < 2 * num_all && num_operators < SHOWN; i++) {
		size_t op = i % num_all;
		bool is_first = !rfc6962_first || has_rfc6962(e, policy, wanted, op);
		if (is_first != (i < num_all)) {
			continue;
		}
		size_t num = put_logs_of(
			e, policy, wanted, op, num_operators ? "; " : " Logs to ask: ");
		num_operators += num > 0;
		left -= num;
	}
	if (left > 0) {
		buffer_printf(out, "; and %zu more", left);
	}
	buffer_put_char(out, '.');
}

// "other than Google and Sectigo"
static void put_capped_operators(struct evaluation *e, const struct policy_record *policy)
{
	const struct loglist *list = e->record->list;
	struct buffer *out = &e->context->text;
	unsigned cap = policy->result.row->cap_per_operator;
	size_t left = 0;
	for (size_t op = 0; cap && op < list->num_operators; op++) {
		left += counted_of(e, policy, op) >= cap;
	}
	const char *before = " from a log operator other than ";
	for (size_t op = 0; left > 0 && op < list->num_operators; op++) {
		if (counted_of(e, policy, op) < cap) {
			continue;
		}
		buffer_put_text(out, before);
		text_put_escaped(out, bytes_of_text(list->operators[op]));
		left--;
		before = left == 1 ? " and " : ", ";
	}
}

// Nothing has come yet: what comes next.
static void put_next_step(struct evaluation *e)
{
	if (e->record->num_scts == 0 && !e->num_logs_told) {
		buffer_put_text(&e->context->text,
			" Before that, a plan (ctpolicy plan, POST /v1/plan) says which of "
			"them are enough together; then give what they answered as scts "
			"(--scts FILE).");
	}
}

// Whether what is wanted can be had at all.
static void put_supply(struct evaluation *e, const struct policy_record *policy,
	const struct wanted *wanted)
{
	struct supply supply = find_supply(e, policy, wanted);
	struct buffer *out = &e->context->text;
	bool scarce = supply.num_scts < wanted->missing;
	if (supply.num_logs == 0) {
		buffer_put_text(out,
			" No further usable log of the list could give one for this "
			"certificate's notAfter.");
		return;
	}
	buffer_put_text(out, scarce ? " Only " : " ");
	put_count(out, supply.num_logs,
		wanted->rfc6962_only ? "usable RFC 6962 log" : "usable log");
	buffer_put_text(out, " of ");
	put_count(out, supply.num_operators, "operator");
	buffer_put_text(out, supply.num_logs == 1 ? " accepts" : " accept");
	buffer_put_text(out, " this certificate's notAfter");
	buffer_put_text(out,
		scarce ? ", which is not enough; another notAfter may find more." : ".");
	// Said once, and again where fewer are meant.
	bool is_news = !e->num_logs_told || supply.num_logs < e->num_logs_told;
	if (e->record->cert->kind != CERT_CERTIFICATE && is_news) {
		put_logs(e, policy, wanted, supply.num_logs);
		put_next_step(e);
		e->num_logs_told = supply.num_logs;
	}
}

static const char *how_to_get(const struct evaluation *e)
{
	return e->record->cert->kind == CERT_CERTIFICATE
		? "issue the certificate again with"
		: "get";
}

// Is there no SCT from an RFC 6962 log that counts, or might yet, and must there be one?
static bool wants_rfc6962(const struct policy_record *policy)
{
	const struct route_result *route = policy_main_route(&policy->result);
	bool wanted = false;
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		wanted = wanted ||
			(route->results[i].requirement->rfc6962_only &&
				policy->hopeless[0][i]);
	}
	return wanted;
}

// How many operators the main route asks for and has not; 0: it has enough.
static unsigned operators_wanted(const struct policy_record *policy)
{
	const struct route_result *route = policy_main_route(&policy->result);
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		if (route->results[i].requirement->measure == MEASURE_OPERATORS &&
			policy->hopeless[0][i]) {
			return route->results[i].needed;
		}
	}
	return 0;
}

static void put_operators_wanted(
	struct buffer *out, const struct policy_record *policy, unsigned missing)
{
	unsigned needed = operators_wanted(policy);
	if (needed == 0) {
		return;
	}
	if (policy->hopeful_counted == 0) {
		buffer_printf(out, " from at least %u log operators", needed);
	} else {
		buffer_put_text(out,
			missing == 1 ? " from another log operator"
				     : ", at least one from another log operator");
	}
}

// What else the SCTs to come must be, so that following the advice is enough.
static void put_conditions(
	struct evaluation *e, const struct policy_record *policy, unsigned missing)
{
	struct buffer *out = &e->context->text;
	unsigned cap = policy->result.row->cap_per_operator;
	if (cap == 1 && missing > 1) {
		buffer_printf(out, " from %u different log operators", missing);
	} else if (cap && missing > cap) {
		buffer_printf(out, ", at most %u of them from one log operator", cap);
	}
	put_operators_wanted(out, policy, missing);
	if (wants_rfc6962(policy)) {
		buffer_put_text(out,
			missing == 1 ? ", from an RFC 6962 log"
				     : ", at least one from an RFC 6962 log");
	}
}

static void put_shorter(struct evaluation *e, const struct policy_record *policy)
{
	struct shorter shorter = shorter_find(
		policy->result.table, policy->result.row, e->record->lifetime.seconds);
	buffer_put_text(&e->context->text, shorter.row ? " " : "");
	shorter_put(&shorter, &e->context->text);
}

// The earliest time at which all of its own embedded SCTs exist; 0 where none is later than
// the time of check.
static int64_t future_ms(const struct record *record)
{
	int64_t latest = 0;
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		if (sct->source == SOURCE_EMBEDDED &&
			sct->status == STATUS_FUTURE_TIMESTAMP &&
			sct->sct.timestamp <= DATETIME_MAX_MS &&
			(int64_t)sct->sct.timestamp > latest) {
			latest = (int64_t)sct->sct.timestamp;
		}
	}
	return latest;
}

// A certificate is not to be issued again because it was looked at too early.
static bool say_too_early(struct evaluation *e, const struct requirement_result *result)
{
	char text[DATETIME_ROOM];
	int64_t ms = future_ms(e->record);
	if (ms == 0) {
		return false;
	}
	datetime_format_ms(ms, text);
	buffer_printf(&e->context->text,
		"Needs %u embedded SCTs that count, has %u at this time of check: others "
		"are later. Judge it at %s or later, or as of its issuance (%s).",
		result->needed, result->got, text,
		e->request->on_page ? "at: issuance" : "--at issuance");
	return true;
}

// "an SCT", "one more SCT", "2 SCTs", "2 more SCTs"
static void put_missing(struct buffer *out, unsigned missing, bool more)
{
	if (missing == 1) {
		buffer_put_text(out, more ? "one more SCT" : "an SCT");
		return;
	}
	buffer_put_unsigned(out, missing);
	buffer_put_text(out, more ? " more SCTs" : " SCTs");
}

static void say_too_few(struct evaluation *e, const struct policy_record *policy,
	const struct requirement_result *result)
{
	struct buffer *out = &e->context->text;
	unsigned open = policy->hopeful_counted - result->got;
	unsigned missing = result->needed - policy->hopeful_counted;
	if (say_too_early(e, result)) {
		return;
	}
	buffer_put_text(out, "Needs ");
	buffer_put_unsigned(out, result->needed);
	buffer_put_text(out, " embedded SCTs that count, has ");
	buffer_put_unsigned(out, result->got);
	if (open > 0) {
		buffer_printf(out, " and %u that could not be verified: even if %s valid",
			open, open == 1 ? "that one is" : "those are");
	}
	buffer_put_text(out, open > 0 ? ", " : ": ");
	buffer_put_text(out, how_to_get(e));
	buffer_put_char(out, ' ');
	put_missing(out, missing, policy->hopeful_counted > 0);
	put_capped_operators(e, policy);
	put_conditions(e, policy, missing);
	buffer_put_char(out, '.');
	put_supply(e, policy,
		&(struct wanted){missing, policy->result.row->cap_per_operator,
			missing == 1 && wants_rfc6962(policy),
			missing == 1 && policy->hopeful_counted > 0 &&
				operators_wanted(policy) > 0});
	put_shorter(e, policy);
}

static void say_no_current(struct evaluation *e, const struct policy_record *policy,
	const struct requirement_result *result)
{
	(void)result;
	buffer_printf(&e->context->text,
		"Needs an embedded SCT from a log that is approved at the time of check: "
		"%s one.",
		how_to_get(e));
	put_supply(e, policy, &(struct wanted){1, 0, false, false});
}

static void say_no_rfc6962(struct evaluation *e, const struct policy_record *policy,
	const struct requirement_result *result)
{
	(void)result;
	buffer_printf(&e->context->text,
		"All SCTs that count are from static-ct-api logs; one must be from an "
		"RFC 6962 log: %s one.",
		how_to_get(e));
	put_supply(e, policy, &(struct wanted){1, 0, true, false});
}

static void say_too_few_delivered(struct evaluation *e,
	const struct policy_record *policy, const struct requirement_result *result)
{
	(void)policy;
	buffer_printf(&e->context->text,
		"To pass by SCTs that the server delivers, SCTs from %u approved logs "
		"are needed and %u came: let the server deliver more.",
		result->needed, result->got);
}

// "OpA"; "OpA and OpB"
static void put_operators_counted(struct evaluation *e,
	const struct requirement_result *result, const bool *counted)
{
	const struct record *record = e->record;
	struct buffer *out = &e->context->text;
	unsigned num = 0;
	for (size_t i = 0; i < record->num_scts && num < result->got; i++) {
		bool is_new = counted[i];
		for (size_t k = 0; k < i; k++) {
			is_new = is_new &&
				!(counted[k] &&
					strcmp(record->scts[i].operator_name,
						record->scts[k].operator_name) == 0);
		}
		if (is_new) {
			buffer_put_text(out, num++ ? " and " : "");
			text_put_escaped(
				out, bytes_of_text(record->scts[i].operator_name));
		}
	}
}

// The route of which this is a result.
static const struct route_result *route_with(
	const struct policy_record *policy, const struct requirement_result *result)
{
	const struct policy_result *of = &policy->result;
	size_t i = 0;
	while (i + 1 < of->policy->num_routes &&
		!(result >= of->routes[i].results &&
			result < of->routes[i].results + ROUTE_MAX_REQUIREMENTS)) {
		i++;
	}
	return &of->routes[i];
}

static void say_too_few_operators(struct evaluation *e,
	const struct policy_record *policy, const struct requirement_result *result)
{
	const struct route_result *route = route_with(policy, result);
	bool delivered = route != policy_main_route(&policy->result);
	struct buffer *out = &e->context->text;
	buffer_printf(out, "%s are of %u log operator%s (",
		delivered ? "The SCTs that the server delivers and that count"
			  : "The embedded SCTs that count",
		result->got, result->got == 1 ? "" : "s");
	put_operators_counted(e, result, route->counted);
	buffer_printf(
		out, "), each as of the SCT's time, and %u are needed: ", result->needed);
	if (delivered) {
		buffer_put_text(
			out, "let the server deliver one of another operator too.");
		return;
	}
	buffer_put_text(out, how_to_get(e));
	buffer_put_text(out, " one of another operator.");
	if (!policy->hopeless[0][0]) { // else that was just said
		put_supply(e, policy, &(struct wanted){1, 0, false, true});
	}
}

static void say_plainly(struct evaluation *e, const struct policy_record *policy,
	const struct requirement_result *result)
{
	(void)policy;
	buffer_printf(&e->context->text, "Needs %s: needs %u, has %u.",
		result->requirement->text, result->needed, result->got);
}

// Before anybody issues a certificate again: it may be the lists.
static void say_gap(struct evaluation *e)
{
	if (e->num_later > 0) {
		buffer_printf(&e->context->text,
			"%zu SCT%s of %s that only a later list knows, which is a gap of "
			"the lists at hand: first see [log_known_later]. By the list in "
			"force: ",
			e->num_later, e->num_later == 1 ? " is" : "s are",
			e->num_later == 1 ? "a log" : "logs");
	}
}

bool advise(struct evaluation *e, const struct policy_record *policy,
	const struct requirement_result *result)
{
	static const struct {
		enum code code;
		void (*say)(struct evaluation *, const struct policy_record *,
			const struct requirement_result *);
	} sentences[] = {
		{CODE_TOO_FEW_SCTS, say_too_few},
		{CODE_NO_CURRENT_SCT, say_no_current},
		{CODE_NO_RFC6962_SCT, say_no_rfc6962},
		{CODE_TOO_FEW_DELIVERED_SCTS, say_too_few_delivered},
		{CODE_TOO_FEW_OPERATORS, say_too_few_operators},
	};
	if (!find_givers(e)) {
		return false;
	}
	say_gap(e);
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (sentences[i].code == result->requirement->code) {
			sentences[i].say(e, policy, result);
			return true;
		}
	}
	say_plainly(e, policy, result);
	return true;
}

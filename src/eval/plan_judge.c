// SPDX-License-Identifier: Apache-2.0
// Sets of SCTs as facts for the policy engine: whole, and after a loss.
#include "eval/plan_local.h"

// Embedded SCTs were signed a little before the time of check, and a log that is lost was
// lost in between. Neither may lie before 1970, where SCTs cannot.
static uint64_t signed_ms(const struct plan_record *record)
{
	return record->at_ms > 2 ? (uint64_t)record->at_ms - 2 : 0;
}

// A key and a signature that no policy objects to.
static struct key_facts sound_key(void)
{
	return (struct key_facts){.known = true, .signed_with_sha2 = true};
}

struct facts plan_facts(const struct plan_record *record)
{
	const struct cert *cert = record->cert;
	struct facts facts = {.at_ms = record->at_ms,
		.not_before = record->not_before,
		.not_after = record->not_after,
		.server_auth = true,
		.num_names = 1,
		.leaf = sound_key(),
		.issuer = sound_key(),
		.root = ROOT_OF_SYSTEM};
	if (cert) {
		facts.is_ca = cert->is_ca;
		facts.has_key_usage = cert->has_key_usage;
		facts.cert_signing = cert->cert_signing;
		facts.has_key_purposes = cert->has_key_purposes;
		facts.server_auth = cert->server_auth;
		facts.any_purpose = cert->any_purpose;
		facts.precert_signing = cert->precert_signing;
		facts.redacted = cert->has_redacted_name;
		facts.num_names = cert->num_names;
		facts.leaf.is_rsa =
			cert->key.type == KEY_RSA || cert->key.type == KEY_RSA_PSS;
		facts.leaf.bits = (unsigned)cert->key.bits;
	}
	return facts;
}

bool plan_judge_init(struct plan_judge *judge, const struct plan_record *record,
	size_t room, struct arena *arena, struct err *err)
{
	*judge = (struct plan_judge){.record = record, .facts = plan_facts(record)};
	judge->facts.scts = arena_take_array(arena, room, sizeof(*judge->facts.scts));
	judge->scratch.log_taken = arena_take_array(arena, room, sizeof(bool));
	judge->scratch.operator_taken = arena_take_array(arena, room, sizeof(unsigned));
	judge->scratch.chosen = arena_take_array(arena, room, sizeof(bool));
	judge->counted = arena_take_array(arena, room, sizeof(bool));
	return (judge->facts.scts && judge->scratch.log_taken &&
		       judge->scratch.operator_taken && judge->scratch.chosen &&
		       judge->counted) ||
		err_no_memory(err);
}

static void set_state(
	struct plan_judge *judge, size_t first, size_t num, enum log_state state)
{
	for (size_t i = first; i < first + num; i++) {
		struct sct_facts *sct = &judge->facts.scts[i];
		sct->state = state;
		sct->since_ms = state == LOG_USABLE ? 0 : (int64_t)sct->timestamp_ms + 1;
	}
}

struct sct_facts plan_judge_sct(
	const struct plan_judge *judge, size_t at, size_t op, enum log_api api)
{
	return (struct sct_facts){
		.source = SOURCE_EMBEDDED,
		.status = STATUS_VALID,
		.timestamp_ms = signed_ms(judge->record),
		.log = at,
		.op = op,
		.api = api,
		.state = LOG_USABLE,
	};
}

static void add_scts(struct plan_judge *judge, size_t op, enum log_api api, unsigned num)
{
	for (unsigned i = 0; i < num && i < PLAN_MAX_SET; i++) {
		size_t at = judge->facts.num_scts++;
		judge->facts.scts[at] = plan_judge_sct(judge, at, op, api);
	}
}

static void fill(struct plan_judge *judge, const struct plan_part *parts, size_t num,
	int64_t not_after)
{
	struct facts *facts = &judge->facts;
	facts->not_after = not_after;
	facts->num_scts = 0;
	for (size_t i = 0; i < num; i++) {
		add_scts(judge, i, LOG_RFC6962, parts[i].rfc6962);
		add_scts(judge, i, LOG_STATIC, parts[i].tiled);
	}
	set_state(judge, 0, facts->num_scts, LOG_USABLE);
}

static void run_policy(struct plan_judge *judge, const struct policy *policy)
{
	for (size_t i = 0; i < POLICY_MAX_ROUTES; i++) {
		judge->result.routes[i].counted = judge->counted;
	}
	for (size_t i = 0; i < judge->facts.num_scts; i++) {
		approval_judge(
			&judge->facts, policy->leniency, &judge->facts.scts[i], false);
	}
	policy_judge(policy, &judge->facts, &judge->scratch, &judge->result);
}

const struct policy_result *plan_judge_run(
	struct plan_judge *judge, const struct policy *policy)
{
	run_policy(judge, policy);
	return &judge->result;
}

static bool is_compliant(struct plan_judge *judge)
{
	for (size_t i = 0; i < judge->record->num_policies; i++) {
		run_policy(judge, judge->record->policies[i].policy);
		if (judge->result.verdict != VERDICT_COMPLIANT) {
			return false;
		}
	}
	return true;
}

// SCTs that are lost together: of a whole operator, or of one log.
struct loss {
	size_t part;
	bool whole;
	enum log_api api;
	size_t first;
	size_t num;
};

// Told of each loss once as retired and once as rejected; false ends the walk.
typedef bool (*loss_visitor)(
	struct plan_judge *judge, const struct loss *loss, void *data);

static bool visit(
	struct plan_judge *judge, const struct loss *loss, loss_visitor look, void *data)
{
	static const enum log_state outcomes[] = {LOG_RETIRED, LOG_REJECTED};
	bool goes_on = true;
	for (size_t i = 0; i < 2 && goes_on && loss->num > 0; i++) {
		set_state(judge, loss->first, loss->num, outcomes[i]);
		goes_on = look(judge, loss, data);
	}
	set_state(judge, loss->first, loss->num, LOG_USABLE);
	return goes_on;
}

// Logs of one operator and one kind are all alike, so that losing the first of them is as
// losing any; and so are operators with the same parts.
static bool walk_losses(
	struct plan_judge *judge, enum survive survive, loss_visitor look, void *data)
{
	const struct facts *facts = &judge->facts;
	bool goes_on = true;
	for (size_t at = 0; at < facts->num_scts && goes_on;) {
		size_t op = facts->scts[at].op;
		size_t num[2] = {0, 0};
		while (at + num[0] + num[1] < facts->num_scts &&
			facts->scts[at + num[0] + num[1]].op == op) {
			num[facts->scts[at + num[0] + num[1]].api]++;
		}
		size_t all = num[LOG_RFC6962] + num[LOG_STATIC];
		struct loss whole = {op, true, LOG_RFC6962, at, all};
		struct loss rfc6962 = {op, false, LOG_RFC6962, at, num[LOG_RFC6962] > 0};
		struct loss tiled = {op, false, LOG_STATIC, at + num[LOG_RFC6962],
			num[LOG_STATIC] > 0};
		goes_on = survive == SURVIVE_OPERATOR
			? visit(judge, &whole, look, data)
			: visit(judge, &rfc6962, look, data) &&
				visit(judge, &tiled, look, data);
		at += all;
	}
	return goes_on;
}

static bool look_for_compliance(
	struct plan_judge *judge, const struct loss *loss, void *data)
{
	(void)loss;
	(void)data;
	return is_compliant(judge);
}

bool plan_judge_holds(struct plan_judge *judge, const struct plan_part *parts, size_t num,
	int64_t not_after, enum survive survive)
{
	fill(judge, parts, num, not_after);
	return is_compliant(judge) &&
		(survive == SURVIVE_NONE ||
			walk_losses(judge, survive, look_for_compliance, NULL));
}

const struct lifetime_row *plan_judge_row(
	struct plan_judge *judge, const struct policy *policy, int64_t not_after)
{
	fill(judge, NULL, 0, not_after);
	run_policy(judge, policy);
	return judge->result.row;
}

const struct requirement *plan_beyond_schedule(const struct policy_result *result)
{
	const struct route_result *route = policy_main_route(result);
	for (size_t i = 0; i < route->route->num_requirements; i++) {
		const struct requirement_result *of = &route->results[i];
		if (of->requirement->code == CODE_LIFETIME_BEYOND_SCHEDULE &&
			of->in_force && !of->open && !of->met) {
			return of->requirement;
		}
	}
	return NULL;
}

bool plan_judge_agrees(struct plan_judge *judge, int64_t not_after)
{
	fill(judge, NULL, 0, not_after);
	for (size_t i = 0; i < judge->record->num_policies; i++) {
		run_policy(judge, judge->record->policies[i].policy);
		if (plan_beyond_schedule(&judge->result)) {
			return false;
		}
	}
	return true;
}

static struct plan_failure *failure_of(struct plan_failures *f,
	const struct policy *policy, const struct requirement *of)
{
	for (size_t i = 0; i < f->num; i++) {
		if (f->items[i].policy == policy &&
			f->items[i].result.requirement == of) {
			return &f->items[i];
		}
	}
	struct plan_failure *failure = &f->items[f->num++];
	*failure = (struct plan_failure){.policy = policy};
	failure->result.got = UINT32_MAX;
	return failure;
}

void plan_failures_note(struct plan_failures *failures,
	const struct policy_result *result, const struct plan_failure *lost)
{
	const struct route_result *route = policy_main_route(result);
	for (size_t k = 0; k < route->route->num_requirements; k++) {
		const struct requirement_result *of = &route->results[k];
		if (of->met || of->requirement->is_advice) {
			continue;
		}
		struct plan_failure *failure =
			failure_of(failures, lost->policy, of->requirement);
		if (of->got < failure->result.got) {
			*failure = *lost;
			failure->result = *of;
		}
	}
}

struct noting {
	const struct plan_supply *supply;
	struct plan_failures failures;
};

// The worst of each requirement is kept, and of equals the first, which lost the least.
static bool note_failures(struct plan_judge *judge, const struct loss *loss, void *data)
{
	struct noting *noting = data;
	for (size_t i = 0; i < judge->record->num_policies; i++) {
		struct plan_failure lost = {.policy = judge->record->policies[i].policy};
		if (loss) {
			size_t op = noting->supply->ops[loss->part];
			lost.lost_operator = judge->record->list->operators[op];
			lost.lost_all = loss->whole;
			lost.lost_api = loss->api;
		}
		plan_failures_note(
			&noting->failures, plan_judge_run(judge, lost.policy), &lost);
	}
	return true;
}

size_t plan_judge_failures(struct plan_judge *judge, const struct plan_supply *supply,
	enum survive survive, struct plan_failure *out)
{
	struct noting noting = {supply, {out, 0}};
	fill(judge, supply->parts, supply->num, judge->record->not_after);
	(void)note_failures(judge, NULL, &noting);
	if (noting.failures.num == 0 && survive != SURVIVE_NONE) {
		(void)walk_losses(judge, survive, note_failures, &noting);
	}
	return noting.failures.num;
}

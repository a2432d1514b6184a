// SPDX-License-Identifier: Apache-2.0
// What must hold for any facts: the engine agrees with a brute-force model of POLICY.md,
// order does not matter, and more valid SCTs never hurt.
#include "tests/unit/facts_build.h"
#include "tests/unit/policy_model.h"

void test_property(void);

#define ROUNDS 100000
#define MAX_OPERATORS 4
#define LOGS_PER_OPERATOR 3
#define MAX_FAILURES 5

// Counts only what fails: a hundred thousand rounds are one test.
#define CHECK_QUIETLY(good, ...) ((good) || CHECK(false, __VA_ARGS__))

static uint64_t below(uint64_t *seed, uint64_t limit)
{
	return test_random(seed) % limit;
}

// Near an instant at which something changes, on either side of it.
static int64_t near(uint64_t *seed, int64_t instant)
{
	return instant + (int64_t)below(seed, 5) - 2;
}

static int64_t random_not_before(uint64_t *seed)
{
	static const char *const instants[] = {"2021-04-21T00:00:00Z",
		"2018-01-31T23:59:59Z", "2016-02-29T12:00:00Z", "2019-11-30T00:00:00Z",
		"2026-05-01T00:00:00Z"};
	uint64_t pick = below(seed, sizeof(instants) / sizeof(instants[0]) + 1);
	if (pick < sizeof(instants) / sizeof(instants[0])) {
		return near(seed, when(instants[pick]));
	}
	return when("2015-01-01T00:00:00Z") +
		(int64_t)below(seed, 12 * 366 * (uint64_t)FACTS_DAY);
}

static int64_t random_not_after(uint64_t *seed, int64_t not_before)
{
	static const int months[] = {15, 27, 28, 39, 40};
	static const int days[] = {90, 180, 398, 825};
	uint64_t pick = below(seed, 12);
	if (pick < 5) {
		// 30 or 31 days a month find the boundary only sometimes; walk to it.
		bool exact = false;
		int64_t to = not_before + months[pick] * 30 * FACTS_DAY;
		while (datetime_months_between(not_before, to, &exact) < months[pick]) {
			to += FACTS_DAY / 2;
		}
		return near(seed, to);
	}
	if (pick < 9) {
		return near(seed, not_before + days[pick - 5] * FACTS_DAY);
	}
	return not_before + (int64_t)below(seed, 1500 * (uint64_t)FACTS_DAY);
}

// A log's state and interval, the same for all its SCTs.
static void random_log(uint64_t *seed, const struct facts *facts, struct sct_facts *out)
{
	static const enum log_state states[] = {LOG_USABLE, LOG_USABLE, LOG_USABLE,
		LOG_QUALIFIED, LOG_RETIRED, LOG_RETIRED, LOG_READONLY, LOG_PENDING,
		LOG_REJECTED, LOG_NO_STATE};
	out->state = states[below(seed, sizeof(states) / sizeof(states[0]))];
	out->api = below(seed, 2) ? LOG_STATIC : LOG_RFC6962;
	out->since_ms =
		near(seed, facts->not_before * 1000 + (int64_t)below(seed, 3) * 1000);
	out->has_interval = below(seed, 4) == 0;
	out->start_ms = near(seed, facts->not_after * 1000 - 2 * (int64_t)below(seed, 2));
	out->end_ms = out->start_ms + (int64_t)below(seed, 5);
}

static void random_facts(uint64_t *seed, struct sct_facts *scts, struct facts *out)
{
	struct sct_facts logs[MAX_OPERATORS * LOGS_PER_OPERATOR] = {{0}};
	static const enum sct_source sources[] = {SOURCE_EMBEDDED, SOURCE_EMBEDDED,
		SOURCE_EMBEDDED, SOURCE_EMBEDDED, SOURCE_TLS, SOURCE_OCSP};
	bool all_embedded = below(seed, 3) > 0;
	bool mostly_static = below(seed, 4) == 0;
	*out = (struct facts){.scts = scts, .num_scts = below(seed, 9)};
	out->not_before = random_not_before(seed);
	out->not_after = random_not_after(seed, out->not_before);
	out->at_ms = near(seed,
		below(seed, 2) ? when_ms("2025-04-21T00:00:00Z")
			       : out->not_before * 1000);
	for (size_t i = 0; i < MAX_OPERATORS * LOGS_PER_OPERATOR; i++) {
		random_log(seed, out, &logs[i]);
		logs[i].api = mostly_static ? LOG_STATIC : logs[i].api;
	}
	for (size_t i = 0; i < out->num_scts; i++) {
		uint64_t log = below(seed, MAX_OPERATORS * LOGS_PER_OPERATOR);
		scts[i] = logs[log];
		scts[i].log = log;
		scts[i].op = log / LOGS_PER_OPERATOR;
		scts[i].source = all_embedded ? SOURCE_EMBEDDED : sources[below(seed, 6)];
		scts[i].status = below(seed, 8) ? STATUS_VALID : STATUS_INVALID_SIGNATURE;
		scts[i].timestamp_ms = (uint64_t)near(seed, logs[log].since_ms);
	}
	facts_number(scts, out->num_scts);
}

static unsigned num_set(const bool *flags, size_t num)
{
	unsigned sum = 0;
	for (size_t i = 0; i < num; i++) {
		sum += flags[i];
	}
	return sum;
}

// No log twice, no operator above the cap, only what is approved.
static bool counted_is_sound(const struct facts *facts, const bool *counted, unsigned cap)
{
	for (size_t i = 0; i < facts->num_scts; i++) {
		unsigned of_operator = 0;
		for (size_t k = 0; k < facts->num_scts; k++) {
			bool both = counted[i] && counted[k];
			if (both && i != k && facts->scts[i].log == facts->scts[k].log) {
				return false;
			}
			of_operator += both && facts->scts[i].op == facts->scts[k].op;
		}
		if ((counted[i] && facts->scts[i].approval == APPROVAL_NONE) ||
			(cap && of_operator > cap)) {
			return false;
		}
	}
	return true;
}

struct pair {
	struct judged apple, enforced;
};

static void judge_both(struct facts *facts, struct pair *out)
{
	facts_judge(policy_find("apple"), facts, &out->apple);
	facts_judge(policy_find("apple-enforced"), facts, &out->enforced);
}

static bool agrees(const struct facts *facts, const struct pair *got)
{
	struct model m;
	const struct policy_result *a = &got->apple.result;
	const struct policy_result *b = &got->enforced.result;
	model_judge(facts, &m);
	bool good = a->row->scts == m.required && a->row->cap_per_operator == m.cap &&
		a->routes[0].results[0].got == m.counted &&
		a->routes[0].holds == m.apple_embedded &&
		a->routes[1].holds == m.apple_delivered &&
		(a->verdict == VERDICT_COMPLIANT) ==
			(m.apple_embedded || m.apple_delivered);
	good = good && b->row->scts == m.enforced_required &&
		b->routes[0].results[0].got == m.enforced_counted &&
		b->routes[0].holds == m.enforced_embedded &&
		b->routes[1].holds == m.enforced_delivered &&
		(b->verdict == VERDICT_COMPLIANT) ==
			(m.enforced_embedded || m.enforced_delivered);
	for (size_t i = 0; i < facts->num_scts; i++) {
		good = good && facts->scts[i].approval == m.approval[i];
	}
	return good && counted_is_sound(facts, got->apple.counted[0], m.cap) &&
		counted_is_sound(facts, got->apple.counted[1], 0) &&
		counted_is_sound(facts, got->enforced.counted[0], 0) &&
		num_set(got->apple.counted[0], facts->num_scts) == m.counted;
}

static bool same_result(const struct policy_result *a, const struct policy_result *b)
{
	bool same = a->verdict == b->verdict && a->row == b->row;
	for (size_t i = 0; i < a->policy->num_routes; i++) {
		same = same && a->routes[i].holds == b->routes[i].holds;
		for (size_t k = 0; k < a->policy->routes[i].num_requirements; k++) {
			same = same &&
				a->routes[i].results[k].got ==
					b->routes[i].results[k].got;
		}
	}
	return same;
}

// Shuffled, every number of the result stays.
static bool order_is_free(
	uint64_t *seed, const struct facts *facts, const struct pair *before)
{
	struct sct_facts scts[FACTS_MAX];
	struct facts shuffled = *facts;
	struct pair after;
	shuffled.scts = scts;
	for (size_t i = 0; i < facts->num_scts; i++) {
		size_t k = below(seed, i + 1);
		scts[i] = scts[k];
		scts[k] = facts->scts[i];
	}
	facts_number(scts, facts->num_scts);
	judge_both(&shuffled, &after);
	return same_result(&before->apple.result, &after.apple.result) &&
		same_result(&before->enforced.result, &after.enforced.result);
}

// One more valid SCT, of a new operator, wherever it stands and whatever its log is.
static bool more_never_hurts(
	uint64_t *seed, const struct facts *facts, const struct pair *before)
{
	struct sct_facts scts[FACTS_MAX];
	struct facts more = *facts;
	struct pair after;
	size_t at = below(seed, facts->num_scts + 1);
	more.scts = scts;
	more.num_scts = facts->num_scts + 1;
	memset(&scts[at], 0, sizeof(scts[at]));
	random_log(seed, facts, &scts[at]);
	scts[at].status = STATUS_VALID;
	scts[at].source = below(seed, 2) ? SOURCE_EMBEDDED : SOURCE_TLS;
	scts[at].timestamp_ms = (uint64_t)near(seed, scts[at].since_ms);
	scts[at].log = 1000;
	scts[at].op = 1000;
	for (size_t i = 0; i < facts->num_scts; i++) {
		scts[i < at ? i : i + 1] = facts->scts[i];
	}
	facts_number(scts, more.num_scts);
	judge_both(&more, &after);
	return (before->apple.result.verdict != VERDICT_COMPLIANT ||
		       after.apple.result.verdict == VERDICT_COMPLIANT) &&
		(before->enforced.result.verdict != VERDICT_COMPLIANT ||
			after.enforced.result.verdict == VERDICT_COMPLIANT);
}

static void print_facts(const struct facts *facts)
{
	printf("       at %" PRId64 " from %" PRId64 " to %" PRId64 "\n", facts->at_ms,
		facts->not_before, facts->not_after);
	for (size_t i = 0; i < facts->num_scts; i++) {
		const struct sct_facts *s = &facts->scts[i];
		printf("       log %zu op %zu source %u status %u api %u state %u approval %u\n",
			s->log, s->op, (unsigned)s->source, (unsigned)s->status,
			(unsigned)s->api, (unsigned)s->state, (unsigned)s->approval);
	}
}

static void test_against_model(void)
{
	uint64_t seed = 20260601;
	unsigned failures = 0;
	unsigned num_compliant = 0;
	unsigned num_differ = 0;
	for (unsigned round = 0; round < ROUNDS && failures < MAX_FAILURES; round++) {
		struct sct_facts scts[FACTS_MAX];
		struct facts facts;
		struct pair got;
		random_facts(&seed, scts, &facts);
		judge_both(&facts, &got);
		bool compliant = got.apple.result.verdict == VERDICT_COMPLIANT;
		num_compliant += compliant;
		num_differ += got.apple.result.verdict != got.enforced.result.verdict;
		bool modelled = agrees(&facts, &got);
		bool free = order_is_free(&seed, &facts, &got);
		bool monotone = more_never_hurts(&seed, &facts, &got);
		if (!CHECK_QUIETLY(modelled && free && monotone,
			    "round %u: as the model %d, any order %d, one more %d", round,
			    modelled, free, monotone)) {
			print_facts(&facts);
			failures++;
		}
	}
	CHECK_INT(failures, 0, "%d rounds", ROUNDS);
	// The facts are no use where one verdict is all that ever comes out.
	CHECK(num_compliant > ROUNDS / 10 && num_compliant < ROUNDS - ROUNDS / 10,
		"%u compliant", num_compliant);
	CHECK(num_differ > ROUNDS / 50, "%u where the policies differ", num_differ);
}

void test_property(void)
{
	test_against_model();
}

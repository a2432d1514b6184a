// SPDX-License-Identifier: Apache-2.0
#include "loglist/list_diff.h"

#include <stdlib.h>

#include "base/datetime.h"

#define BIT(number) (1u << (number))

const char *log_fact_name(enum log_fact fact)
{
	static const char *const names[LOG_FACT_TEXTS] = {
		[LOG_FACT_STATE] = "state",
		[LOG_FACT_OPERATOR] = "operator",
		[LOG_FACT_INTERVAL] = "temporal_interval",
		[LOG_FACT_API] = "log_api",
		[LOG_FACT_MMD] = "mmd",
		[LOG_FACT_STATE_ORIGIN] = "state_version",
		[LOG_FACT_TREE_HEAD] = "final_tree_head",
		[LOG_FACT_TLS_ONLY] = "tls_only",
		[LOG_FACT_PREVIOUS] = "previous_operators",
	};
	return fact < LOG_FACT_TEXTS
		? names[fact]
		: log_text_name((enum log_text)(fact - LOG_FACT_TEXTS));
}

const char *list_effect_name(enum list_effect effect)
{
	static const char *const names[NUM_LIST_EFFECTS] = {
		[EFFECT_NEW_STOP] = "new_scts_stop",
		[EFFECT_NEW_START] = "new_scts_count",
		[EFFECT_EARLIER_STOP] = "earlier_scts_stop",
		[EFFECT_EARLIER_START] = "earlier_scts_count",
		[EFFECT_EMBEDDED_ONLY] = "earlier_scts_embedded_only",
		[EFFECT_IN_FULL] = "earlier_scts_in_full",
		[EFFECT_NARROWED] = "interval_narrowed",
		[EFFECT_WIDENED] = "interval_widened",
		[EFFECT_CUT_EARLIER] = "cutoff_earlier",
		[EFFECT_CUT_LATER] = "cutoff_later",
	};
	return names[effect];
}

const char *head_fact_name(enum head_fact fact)
{
	static const char *const names[NUM_HEAD_FACTS] = {
		[HEAD_NAME] = "name",
		[HEAD_VERSION] = "version",
		[HEAD_ASSET_VERSION] = "asset_version",
		[HEAD_ASSET_VERSION_V2] = "asset_version_v2",
		[HEAD_SCHEMA] = "list_schema",
		[HEAD_PUBLISHED] = "published_at",
	};
	return names[fact];
}

// Facts.

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_interval(const struct ct_log *x, const struct ct_log *y)
{
	return x->has_interval == y->has_interval &&
		(!x->has_interval ||
			(x->start_ms == y->start_ms && x->end_ms == y->end_ms));
}

static bool same_tree_head(const struct ct_log *x, const struct ct_log *y)
{
	return x->has_tree_head == y->has_tree_head &&
		(!x->has_tree_head ||
			(x->tree_size == y->tree_size &&
				same_text(x->tree_root, y->tree_root)));
}

static bool same_previous(const struct ct_log *x, const struct ct_log *y)
{
	bool same = x->num_previous == y->num_previous;
	for (size_t i = 0; i < x->num_previous && same; i++) {
		same = same_text(x->previous[i].name, y->previous[i].name) &&
			x->previous[i].end_ms == y->previous[i].end_ms;
	}
	return same;
}

unsigned log_facts_changed(const struct loglist *a, const struct ct_log *before,
	const struct loglist *b, const struct ct_log *after)
{
	const struct ct_log *x = before;
	const struct ct_log *y = after;
	const bool same[LOG_FACT_TEXTS] = {
		[LOG_FACT_STATE] = x->state == y->state && x->since_ms == y->since_ms,
		[LOG_FACT_OPERATOR] = same_text(a->operators[x->op], b->operators[y->op]),
		[LOG_FACT_INTERVAL] = same_interval(x, y),
		[LOG_FACT_API] = x->api == y->api,
		[LOG_FACT_MMD] = x->mmd == y->mmd,
		[LOG_FACT_STATE_ORIGIN] = same_text(x->state_version, y->state_version),
		[LOG_FACT_TREE_HEAD] = same_tree_head(x, y),
		[LOG_FACT_TLS_ONLY] = x->has_tls_only == y->has_tls_only &&
			(!x->has_tls_only || x->tls_only == y->tls_only),
		[LOG_FACT_PREVIOUS] = same_previous(x, y),
	};
	unsigned facts = 0;
	for (unsigned i = 0; i < LOG_FACT_TEXTS; i++) {
		facts |= same[i] ? 0 : BIT(i);
	}
	for (unsigned i = 0; i < NUM_LOG_TEXTS; i++) {
		facts |= same_text(x->text[i], y->text[i]) ? 0 : BIT(LOG_FACT_TEXTS + i);
	}
	return facts;
}

static unsigned head_changed(const struct loglist *a, const struct loglist *b)
{
	const bool same[NUM_HEAD_FACTS] = {
		[HEAD_NAME] = same_text(a->name, b->name),
		[HEAD_VERSION] = same_text(a->version, b->version),
		[HEAD_ASSET_VERSION] = a->asset_version == b->asset_version,
		[HEAD_ASSET_VERSION_V2] = a->asset_version_v2 == b->asset_version_v2,
		[HEAD_SCHEMA] = same_text(a->schema, b->schema),
		[HEAD_PUBLISHED] = a->published_ms == b->published_ms,
	};
	unsigned facts = 0;
	for (unsigned i = 0; i < NUM_HEAD_FACTS; i++) {
		facts |= same[i] ? 0 : BIT(i);
	}
	return facts;
}

// Effects: which SCTs of a log count, by its state (POLICY.md 3).

enum counting {
	COUNTS_NOT,
	COUNTS_ONCE, // embedded ones from before its retirement
	COUNTS_EARLIER, // current, up to the moment when it became read-only
	COUNTS_NEW, // current
};

static enum counting counting_of(const struct ct_log *log)
{
	static const enum counting by_state[NUM_LOG_STATES] = {
		[LOG_NO_STATE] = COUNTS_NOT,
		[LOG_PENDING] = COUNTS_NOT,
		[LOG_QUALIFIED] = COUNTS_NEW,
		[LOG_USABLE] = COUNTS_NEW,
		[LOG_READONLY] = COUNTS_EARLIER,
		[LOG_RETIRED] = COUNTS_ONCE,
		[LOG_REJECTED] = COUNTS_NOT,
	};
	return log ? by_state[log->state] : COUNTS_NOT;
}

bool log_state_signs(enum log_state state)
{
	struct ct_log log = {.state = state};
	return counting_of(&log) == COUNTS_NEW;
}

// Is there an end that `x` takes and `y` does not?
static bool takes_more(const struct ct_log *x, const struct ct_log *y)
{
	return y->has_interval &&
		(!x->has_interval || x->start_ms < y->start_ms || x->end_ms > y->end_ms);
}

// Of the two that are each other's mirror image, the one that takes SCTs away.
static unsigned effects_of(const struct ct_log *before, const struct ct_log *after)
{
	enum counting from = counting_of(before);
	enum counting to = counting_of(after);
	unsigned effects = 0;
	if (from == COUNTS_NEW && to != COUNTS_NEW) {
		effects |= BIT(EFFECT_NEW_STOP);
	}
	if (from != COUNTS_NOT && to == COUNTS_NOT) {
		effects |= BIT(EFFECT_EARLIER_STOP);
	}
	if (from > COUNTS_ONCE && to == COUNTS_ONCE) {
		effects |= BIT(EFFECT_EMBEDDED_ONLY);
	}
	if (from != COUNTS_NOT && to != COUNTS_NOT && takes_more(before, after)) {
		effects |= BIT(EFFECT_NARROWED);
	}
	if (from == to && (from == COUNTS_ONCE || from == COUNTS_EARLIER) &&
		after->since_ms < before->since_ms) {
		effects |= BIT(EFFECT_CUT_EARLIER);
	}
	return effects;
}

static unsigned effects_both_ways(const struct ct_log *before, const struct ct_log *after)
{
	// The mirror image of an effect is the next one.
	return effects_of(before, after) | effects_of(after, before) << 1;
}

// Logs: two arrays sorted by id are walked side by side.

static const struct ct_log *shown_log(const struct log_change *change)
{
	return change->after ? change->after : change->before;
}

static int by_name(const void *a, const void *b)
{
	const struct ct_log *x = shown_log(a);
	const struct ct_log *y = shown_log(b);
	const char *x_name = x->text[LOG_DESCRIPTION] ? x->text[LOG_DESCRIPTION] : "";
	const char *y_name = y->text[LOG_DESCRIPTION] ? y->text[LOG_DESCRIPTION] : "";
	int order = strcmp(x_name, y_name);
	return order ? order : memcmp(x->id, y->id, LOG_ID_LEN);
}

static bool is_over(const struct ct_log *log, int64_t at_ms)
{
	return !log || (log->has_interval && log->end_ms <= at_ms);
}

static int64_t newer_ms(const struct list_diff *diff)
{
	int64_t a_ms = diff->a->published_ms;
	int64_t b_ms = diff->b->published_ms;
	return a_ms > b_ms ? a_ms : b_ms;
}

static void add_change(
	struct list_diff *diff, const struct ct_log *before, const struct ct_log *after)
{
	struct log_change change = {.before = before, .after = after};
	if (before && after) {
		change.facts = log_facts_changed(diff->a, before, diff->b, after);
		if (!change.facts) {
			return;
		}
	}
	change.effects = effects_both_ways(before, after);
	change.expired =
		is_over(before, newer_ms(diff)) && is_over(after, newer_ms(diff));
	diff->num_added += !before;
	diff->num_removed += !after;
	diff->logs[diff->num_logs++] = change;
}

static bool find_changes(struct list_diff *diff, struct arena *arena)
{
	const struct loglist *a = diff->a;
	const struct loglist *b = diff->b;
	diff->logs =
		arena_take_array(arena, a->num_logs + b->num_logs, sizeof(*diff->logs));
	if (!diff->logs) {
		return false;
	}
	size_t i = 0;
	size_t k = 0;
	while (i < a->num_logs || k < b->num_logs) {
		int order = i == a->num_logs ? 1
			: k == b->num_logs
			? -1
			: memcmp(a->logs[i].id, b->logs[k].id, LOG_ID_LEN);
		add_change(diff, order <= 0 ? &a->logs[i] : NULL,
			order >= 0 ? &b->logs[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	if (diff->num_logs) {
		qsort(diff->logs, diff->num_logs, sizeof(*diff->logs), by_name);
	}
	return true;
}

static struct log_change *find_twin(
	const struct list_diff *diff, const struct log_change *added, enum log_text text)
{
	const char *want = added->after->text[text];
	for (size_t i = 0; i < diff->num_logs && want && want[0]; i++) {
		struct log_change *other = &diff->logs[i];
		if (!other->after && !other->twin &&
			same_text(other->before->text[text], want)) {
			return other;
		}
	}
	return NULL;
}

// In the order of the logs, so that the way back pairs the same ones.
static void pair_keys(struct list_diff *diff)
{
	static const enum log_text texts[] = {
		LOG_URL, LOG_SUBMISSION_URL, LOG_DESCRIPTION};
	if (!diff->num_added || !diff->num_removed) {
		return;
	}
	for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
		for (size_t i = 0; i < diff->num_logs; i++) {
			struct log_change *added = &diff->logs[i];
			struct log_change *removed = added->before || added->twin
				? NULL
				: find_twin(diff, added, texts[t]);
			if (removed) {
				added->twin = removed->before;
				removed->twin = added->after;
			}
		}
	}
}

// Operators.

// True for each operator that has a log; NULL: no memory.
static bool *find_active(const struct loglist *list, struct arena *arena)
{
	bool *active = arena_take_array(arena, list->num_operators, sizeof(*active));
	for (size_t i = 0; active && i < list->num_logs; i++) {
		active[list->logs[i].op] = true;
	}
	return active;
}

static bool has_operator(const struct loglist *list, const bool *active, const char *name)
{
	for (size_t i = 0; i < list->num_operators; i++) {
		if (active[i] && strcmp(list->operators[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;
	return strcmp(*x, *y);
}

// Those of `list` that `other` lacks.
static void put_operators(const struct loglist *list, const bool *active,
	const struct loglist *other, const bool *other_active, const char **out,
	size_t *out_num)
{
	size_t num = 0;
	for (size_t i = 0; i < list->num_operators; i++) {
		if (active[i] && !has_operator(other, other_active, list->operators[i])) {
			out[num++] = list->operators[i];
		}
	}
	if (num) {
		qsort(out, num, sizeof(*out), by_text);
	}
	*out_num = num;
}

static bool find_operators(struct list_diff *diff, struct arena *arena)
{
	const struct loglist *a = diff->a;
	const struct loglist *b = diff->b;
	bool *in_a = find_active(a, arena);
	bool *in_b = find_active(b, arena);
	diff->gone_operators =
		arena_take_array(arena, a->num_operators, sizeof(*diff->gone_operators));
	diff->new_operators =
		arena_take_array(arena, b->num_operators, sizeof(*diff->new_operators));
	if (!in_a || !in_b || !diff->gone_operators || !diff->new_operators) {
		return false;
	}
	put_operators(a, in_a, b, in_b, diff->gone_operators, &diff->num_gone_operators);
	put_operators(b, in_b, a, in_a, diff->new_operators, &diff->num_new_operators);
	return true;
}

// Years.

static int year_of(int64_t ms)
{
	int64_t seconds = ms / 1000 - (ms % 1000 < 0);
	return datetime_from_seconds(seconds).year;
}

static int64_t year_start_ms(int year)
{
	struct datetime start = {.year = year, .month = 1, .day = 1};
	return datetime_to_seconds(&start) * 1000;
}

// Does it take a certificate that ends in [start, end)?
static bool takes_some(const struct ct_log *log, int64_t start_ms, int64_t end_ms)
{
	return !log->has_interval || (log->start_ms < end_ms && log->end_ms > start_ms);
}

// `seen` has room for the list's operators.
static struct usable_count count_usable(
	const struct loglist *list, int64_t start_ms, int64_t end_ms, bool *seen)
{
	struct usable_count count = {0};
	memset(seen, 0, list->num_operators * sizeof(*seen));
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct ct_log *log = &list->logs[i];
		if (log_state_signs(log->state) && takes_some(log, start_ms, end_ms)) {
			count.logs++;
			count.operators += !seen[log->op];
			seen[log->op] = true;
		}
	}
	return count;
}

// The years from the first that an interval touches to the last; *last < *first: none.
static void find_span(const struct loglist *list, int *first, int *last)
{
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct ct_log *log = &list->logs[i];
		if (!log->has_interval || !log_state_signs(log->state)) {
			continue;
		}
		int start = year_of(log->start_ms);
		int end = year_of(log->end_ms - 1);
		*first = start < *first ? start : *first;
		*last = end > *last ? end : *last;
	}
}

static void count_years(struct list_diff *diff, bool *seen)
{
	const struct loglist *older =
		diff->a->published_ms < diff->b->published_ms ? diff->a : diff->b;
	int first = INT32_MAX;
	int last = INT32_MIN;
	find_span(diff->a, &first, &last);
	find_span(diff->b, &first, &last);
	int earliest = year_of(older->published_ms);
	for (int year = first < earliest ? earliest : first;
		year <= last && diff->num_years < LIST_DIFF_MAX_YEARS; year++) {
		int64_t start = year_start_ms(year);
		int64_t end = year_start_ms(year + 1);
		struct year_count row = {.year = year,
			.before = count_usable(diff->a, start, end, seen),
			.after = count_usable(diff->b, start, end, seen)};
		if (row.before.logs || row.after.logs) {
			diff->years[diff->num_years++] = row;
		}
	}
}

static bool count_all(struct list_diff *diff, struct arena *arena)
{
	size_t room = diff->a->num_operators > diff->b->num_operators
		? diff->a->num_operators
		: diff->b->num_operators;
	bool *seen = arena_take_array(arena, room, sizeof(*seen));
	diff->years = arena_take_array(arena, LIST_DIFF_MAX_YEARS, sizeof(*diff->years));
	if (!seen || !diff->years) {
		return false;
	}
	diff->before = count_usable(diff->a, INT64_MIN, INT64_MAX, seen);
	diff->after = count_usable(diff->b, INT64_MIN, INT64_MAX, seen);
	count_years(diff, seen);
	return true;
}

bool list_diff_make(const struct loglist *a, const struct loglist *b, struct arena *arena,
	struct list_diff *out, struct err *err)
{
	struct list_diff diff = {.a = a, .b = b, .head = head_changed(a, b)};
	if (!find_changes(&diff, arena) || !find_operators(&diff, arena) ||
		!count_all(&diff, arena)) {
		return err_no_memory(err);
	}
	pair_keys(&diff);
	*out = diff;
	return true;
}

bool list_diff_is_empty(const struct list_diff *diff)
{
	// Operators have logs, so that they come and go with them.
	return diff->num_logs == 0 && diff->head == 0;
}

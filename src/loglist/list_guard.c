// SPDX-License-Identifier: Apache-2.0
#include "loglist/list_guard.h"

#include <stdarg.h>

#include "base/datetime.h"
#include "base/text.h"
#include "loglist/lists.h"

// Of one sentence.
#define MAX_SENTENCE 1024

struct guard {
	const struct guard_question *question;
	const struct loglist *list;
	const struct loglist *in_hand;
	struct arena *arena;
	struct guard_doubts *out;
	bool failed;
};

static void doubt(struct guard *g, enum code code, enum guard_weight weight,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

static void doubt(struct guard *g, enum code code, enum guard_weight weight,
	const char *format, ...)
{
	char sentence[MAX_SENTENCE];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	g->out->worst = weight > g->out->worst ? weight : g->out->worst;
	if (g->out->num == LIST_GUARD_MAX) {
		g->out->num_more++;
		return;
	}
	const char *text =
		(const char *)arena_copy(g->arena, bytes_of_text(len < 0 ? "" : sentence))
			.data;
	g->failed = g->failed || !text;
	g->out->items[g->out->num++] = (struct guard_doubt){code, weight, text};
}

static void format_day(int64_t ms, char out[DATETIME_ROOM])
{
	datetime_format_ms(ms, out);
	out[10] = '\0';
}

static void check_source(struct guard *g)
{
	const char *source = loglist_source(g->list);
	if (strcmp(source, g->question->source) != 0) {
		doubt(g, CODE_LOG_LIST_OTHER_SOURCE, GUARD_UNUSABLE,
			"This is not a list of %s's form but of \"%s\": it cannot "
			"continue that history; name the other source with --source.",
			g->question->source, source);
	}
}

// The schemas whose meaning this program knows.
static void check_schema(struct guard *g)
{
	static const char *const known[] = {"schema_v3.json", "schema_v4.json",
		"schema_v5.json", "log_list_schema.json"};
	const char *schema = g->list->schema;
	bool is_known = schema[0] == '\0';
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i]);
		size_t whole = strlen(schema);
		is_known = is_known ||
			(whole >= len && strcmp(schema + whole - len, known[i]) == 0);
	}
	if (!is_known) {
		doubt(g, CODE_LOG_LIST_SCHEMA_UNKNOWN, GUARD_WARNING,
			"The list is of a schema that this program does not know "
			"(%.200s). All that is needed is there; look for a newer "
			"program.",
			schema);
	}
}

// A key is decoded when it is first needed: here, so that no list is taken whose SCTs
// nobody could verify.
static void check_keys(struct guard *g)
{
	for (size_t i = 0; i < g->list->num_logs; i++) {
		char id[LOG_NAME_ROOM];
		struct evp_pkey_st *key;
		enum pubkey_result result = pubkey_decoded(g->list->logs[i].key, &key);
		if (result == PUBKEY_NO_MEMORY) {
			g->failed = true;
		} else if (result != PUBKEY_OK) {
			doubt(g, CODE_LOG_KEY_UNUSABLE, GUARD_UNUSABLE,
				"The key of the log %.200s cannot be decoded: tell who "
				"publishes the list.",
				log_name(&g->list->logs[i], id));
		}
	}
}

static void check_future(struct guard *g)
{
	char newest[DATETIME_ROOM];
	char now[DATETIME_ROOM];
	int64_t newest_ms = loglist_newest_state_ms(g->list);
	newest_ms = newest_ms > g->list->published_ms ? newest_ms : g->list->published_ms;
	if (newest_ms > g->question->now_ms + LIST_GUARD_FUTURE_MS) {
		datetime_format_ms(newest_ms, newest);
		datetime_format_ms(g->question->now_ms, now);
		doubt(g, CODE_LOG_LIST_FROM_FUTURE, GUARD_REFUSED,
			"The list speaks of %s, and this machine's clock says %s: look "
			"at the clock first.",
			newest, now);
	}
}

// What shows that a list is older than another one.
#define SIGN_ROOM 128

static bool is_older_number(
	const char *name, int64_t now, int64_t before, char out_sign[SIGN_ROOM])
{
	bool is_older = now >= 0 && before >= 0 && now < before;
	if (is_older) {
		(void)snprintf(out_sign, SIGN_ROOM, "its %s is %lld, and that one's %lld",
			name, (long long)now, (long long)before);
	}
	return is_older;
}

static bool is_older_time(
	const char *name, int64_t now_ms, int64_t before_ms, char out_sign[SIGN_ROOM])
{
	char now[DATETIME_ROOM];
	char before[DATETIME_ROOM];
	datetime_format_ms(now_ms, now);
	datetime_format_ms(before_ms, before);
	if (now_ms < before_ms) {
		(void)snprintf(out_sign, SIGN_ROOM, "its %s is %s, and that one's %s",
			name, now, before);
	}
	return now_ms < before_ms;
}

static bool is_older_version(
	const char *now, const char *before, char out_sign[SIGN_ROOM])
{
	bool is_older = now[0] && before[0] && lists_compare_versions(now, before) < 0;
	if (is_older) {
		(void)snprintf(out_sign, SIGN_ROOM,
			"its version is %.30s, and that one's %.30s", now, before);
	}
	return is_older;
}

static bool is_before(
	const struct loglist *list, const struct loglist *other, char out_sign[SIGN_ROOM])
{
	return is_older_version(list->version, other->version, out_sign) ||
		is_older_number("assetVersion", list->asset_version, other->asset_version,
			out_sign) ||
		is_older_number("assetVersionV2", list->asset_version_v2,
			other->asset_version_v2, out_sign) ||
		is_older_time("publication", list->published_ms, other->published_ms,
			out_sign) ||
		is_older_time("newest state", loglist_newest_state_ms(list),
			loglist_newest_state_ms(other), out_sign);
}

static void check_rollback(struct guard *g)
{
	char sign[SIGN_ROOM];
	const struct loglist *bundled = g->question->bundled;
	if (g->in_hand && is_before(g->list, g->in_hand, sign)) {
		doubt(g, CODE_LOG_LIST_ROLLBACK, GUARD_REFUSED,
			"The list is older than the one in hand: %s.", sign);
	} else if (!g->in_hand && bundled && strcmp(bundled->name, g->list->name) == 0 &&
		is_before(g->list, bundled, sign)) {
		doubt(g, CODE_LOG_LIST_OLDER_THAN_BUNDLED, GUARD_WARNING,
			"The list is older than the one in the program, which stays in "
			"force: %s.",
			sign);
	}
}

static size_t count_usable(const struct loglist *list, const char *op)
{
	size_t num = 0;
	for (size_t i = 0; i < list->num_logs; i++) {
		const struct ct_log *log = &list->logs[i];
		num += log->state == LOG_USABLE &&
			(!op || strcmp(list->operators[log->op], op) == 0);
	}
	return num;
}

static void check_shrinking(struct guard *g)
{
	size_t had = count_usable(g->in_hand, NULL);
	size_t has = count_usable(g->list, NULL);
	if (2 * has < had) {
		doubt(g, CODE_LOG_LIST_SHRUNK, GUARD_REFUSED,
			"The list has %zu usable logs, the one in hand %zu: fewer than "
			"half are left.",
			has, had);
	}
}

static void check_operators(struct guard *g)
{
	for (size_t op = 0; op < g->in_hand->num_operators; op++) {
		const char *name = g->in_hand->operators[op];
		size_t num = count_usable(g->in_hand, name);
		if (num > 0 && count_usable(g->list, name) == 0) {
			doubt(g, CODE_LOG_LIST_OPERATOR_GONE, GUARD_WARNING,
				"The log operator %.200s has no usable log any more (it "
				"had %zu).",
				name, num);
		}
	}
}

// From left to right a log goes through its life (POLICY.md 3); never back.
static bool makes_sense(enum log_state from, enum log_state to)
{
	static const int order[NUM_LOG_STATES] = {
		[LOG_NO_STATE] = 0,
		[LOG_PENDING] = 0,
		[LOG_QUALIFIED] = 1,
		[LOG_USABLE] = 2,
		[LOG_READONLY] = 3,
		[LOG_RETIRED] = 4,
		[LOG_REJECTED] = 5,
	};
	return order[to] >= order[from];
}

static bool same_interval(const struct ct_log *a, const struct ct_log *b)
{
	return a->has_interval == b->has_interval &&
		(!a->has_interval ||
			(a->start_ms == b->start_ms && a->end_ms == b->end_ms));
}

#define INTERVAL_ROOM (2 * DATETIME_ROOM + 4)

static void put_interval(const struct ct_log *log, char out[INTERVAL_ROOM])
{
	char start[DATETIME_ROOM];
	char end[DATETIME_ROOM];
	format_day(log->start_ms, start);
	format_day(log->end_ms, end);
	(void)snprintf(out, INTERVAL_ROOM, "%s%s%s", log->has_interval ? start : "any",
		log->has_interval ? ".." : "", log->has_interval ? end : "");
}

// What is expected never to change of a log; if it does, never in silence.
static void check_log(struct guard *g, const struct ct_log *log, const struct ct_log *old)
{
	char id[LOG_NAME_ROOM];
	const char *name = log_name(log, id);
	const char *op = g->list->operators[log->op];
	const char *old_op = g->in_hand->operators[old->op];
	if (strcmp(op, old_op) != 0) {
		doubt(g, CODE_LOG_OPERATOR_CHANGED, GUARD_WARNING,
			"The log %.200s was %.200s's and is %.200s's now.", name, old_op,
			op);
	}
	if (!same_interval(log, old)) {
		char now[INTERVAL_ROOM];
		char then[INTERVAL_ROOM];
		put_interval(log, now);
		put_interval(old, then);
		doubt(g, CODE_LOG_INTERVAL_CHANGED, GUARD_WARNING,
			"The temporal interval of the log %.200s was %s and is %s now.",
			name, then, now);
	}
	if (!makes_sense(old->state, log->state)) {
		doubt(g, CODE_LOG_STATE_REVIVED, GUARD_WARNING,
			"The log %.200s was %s and is %s now, which is no way that a log "
			"goes.",
			name, log_state_name(old->state), log_state_name(log->state));
	}
}

static const char *url_of(const struct ct_log *log)
{
	return log->text[LOG_URL] ? log->text[LOG_URL] : log->text[LOG_SUBMISSION_URL];
}

// A log that is new under the address of one that is gone: its key was changed.
static void check_key_change(struct guard *g, const struct ct_log *log)
{
	char id[LOG_NAME_ROOM];
	for (size_t i = 0; i < g->in_hand->num_logs; i++) {
		const struct ct_log *old = &g->in_hand->logs[i];
		if (url_of(log) && url_of(old) && strcmp(url_of(log), url_of(old)) == 0 &&
			!loglist_find(g->list, old->id)) {
			doubt(g, CODE_LOG_KEY_CHANGED, GUARD_WARNING,
				"The log %.200s has another key than before.",
				log_name(log, id));
			return;
		}
	}
}

static void check_logs(struct guard *g)
{
	for (size_t i = 0; i < g->list->num_logs; i++) {
		const struct ct_log *log = &g->list->logs[i];
		const struct ct_log *old = loglist_find(g->in_hand, log->id);
		if (old) {
			check_log(g, log, old);
		} else {
			check_key_change(g, log);
		}
	}
}

bool list_guard(const struct guard_question *question, struct arena *arena,
	struct guard_doubts *out)
{
	struct guard g = {.question = question,
		.list = question->list,
		.in_hand = question->in_hand,
		.arena = arena,
		.out = out};
	*out = (struct guard_doubts){.num = 0};
	check_source(&g);
	check_future(&g);
	check_rollback(&g);
	if (g.in_hand) {
		check_shrinking(&g);
	}
	check_keys(&g);
	check_schema(&g);
	if (g.in_hand) {
		check_operators(&g);
		check_logs(&g);
	}
	return !g.failed;
}

// SPDX-License-Identifier: Apache-2.0
// list_diff_make, log_history_make and their reports, over the lists of a history or of two
// files with a NUL between them.
//
// Property: a list does not differ from itself. The difference there and the difference back
// are each other's mirror image. What the difference says, done to the first list, gives the
// second one, fact by fact; a log's steps done one after the other give its last version. The
// text is plain and of 80 columns, the JSON one line that reads.
#include "loglist/json_load.h"
#include "loglist/log_history.h"
#include "report/report_diff.h"
#include "report/report_lists.h"
#include "tests/fuzz/same_list.h"

#include <jansson.h>

#define BIT(number) (1u << (number))
// Lists of one input that are compared; it is quadratic in each one's logs.
#define MAX_COMPARED 6

static struct list_diff make_diff(
	const struct loglist *a, const struct loglist *b, struct arena *arena)
{
	struct list_diff diff;
	struct err err;
	err_clear(&err);
	fuzz_need_done(list_diff_make(a, b, arena, &diff, &err), &err, "a difference");
	return diff;
}

static const struct ct_log *log_of(const struct log_change *change)
{
	return change->after ? change->after : change->before;
}

static const struct log_change *find_change(
	const struct list_diff *diff, const struct ct_log *log)
{
	for (size_t i = 0; i < diff->num_logs; i++) {
		if (memcmp(log_of(&diff->logs[i])->id, log->id, LOG_ID_LEN) == 0) {
			return &diff->logs[i];
		}
	}
	return NULL;
}

static void check_same(const struct loglist *list, struct arena *arena)
{
	struct list_diff diff = make_diff(list, list, arena);
	fuzz_need(list_diff_is_empty(&diff) && diff.num_new_operators == 0 &&
			diff.num_gone_operators == 0,
		"a list differs from itself");
}

// The mirror image.

static bool same_counts(struct usable_count a, struct usable_count b)
{
	return a.logs == b.logs && a.operators == b.operators;
}

static void check_mirrored_logs(
	const struct list_diff *there, const struct list_diff *back)
{
	fuzz_need(there->num_logs == back->num_logs, "another number of logs back");
	for (size_t i = 0; i < there->num_logs; i++) {
		const struct log_change *x = &there->logs[i];
		const struct log_change *y = find_change(back, log_of(x));
		fuzz_need(y && x->before == y->after && x->after == y->before,
			"a change has no mirror image");
		fuzz_need(x->facts == y->facts && x->twin == y->twin &&
				x->expired == y->expired,
			"the facts of a change are others back");
		for (unsigned e = 0; e < NUM_LIST_EFFECTS; e++) {
			fuzz_need(!(x->effects & BIT(e)) == !(y->effects & BIT(e ^ 1u)),
				"%s is not the mirror image of %s",
				list_effect_name((enum list_effect)e),
				list_effect_name((enum list_effect)(e ^ 1u)));
		}
	}
}

static void check_mirrored_years(
	const struct list_diff *there, const struct list_diff *back)
{
	fuzz_need(there->num_years == back->num_years &&
			there->num_years <= LIST_DIFF_MAX_YEARS,
		"other years back");
	for (size_t i = 0; i < there->num_years; i++) {
		const struct year_count *x = &there->years[i];
		const struct year_count *y = &back->years[i];
		fuzz_need(x->year == y->year && same_counts(x->before, y->after) &&
				same_counts(x->after, y->before),
			"the year %d is another one back", x->year);
		fuzz_need(x->before.logs <= there->before.logs &&
				x->after.logs <= there->after.logs &&
				x->after.operators <= x->after.logs,
			"more in the year %d than there are", x->year);
	}
}

static void check_mirrored(const struct list_diff *there, const struct list_diff *back)
{
	fuzz_need(there->head == back->head, "another head back");
	fuzz_need(there->num_added == back->num_removed &&
			there->num_removed == back->num_added,
		"added is not removed back");
	fuzz_need(same_counts(there->before, back->after) &&
			same_counts(there->after, back->before),
		"other counts back");
	fuzz_need(there->num_new_operators == back->num_gone_operators &&
			there->num_gone_operators == back->num_new_operators,
		"other operators back");
	for (size_t i = 0; i < there->num_new_operators; i++) {
		fuzz_need(strcmp(there->new_operators[i], back->gone_operators[i]) == 0,
			"another operator back");
	}
	check_mirrored_logs(there, back);
	check_mirrored_years(there, back);
}

// What the difference says, done to a list.

static void put_operator(struct loglist *made, struct ct_log *log, const char *name)
{
	size_t op = 0;
	while (op < made->num_operators && strcmp(made->operators[op], name) != 0) {
		op++;
	}
	if (op == made->num_operators) {
		made->operators[made->num_operators++] = name;
	}
	log->op = op;
}

// Only the facts that changed.
static void do_facts(struct ct_log *log, unsigned facts, const struct ct_log *after)
{
	if (facts & BIT(LOG_FACT_STATE)) {
		log->state = after->state;
		log->since_ms = after->since_ms;
	}
	if (facts & BIT(LOG_FACT_INTERVAL)) {
		log->has_interval = after->has_interval;
		log->start_ms = after->start_ms;
		log->end_ms = after->end_ms;
	}
	log->api = facts & BIT(LOG_FACT_API) ? after->api : log->api;
	log->mmd = facts & BIT(LOG_FACT_MMD) ? after->mmd : log->mmd;
	if (facts & BIT(LOG_FACT_STATE_ORIGIN)) {
		log->state_version = after->state_version;
	}
	if (facts & BIT(LOG_FACT_TREE_HEAD)) {
		log->has_tree_head = after->has_tree_head;
		log->tree_size = after->tree_size;
		log->tree_root = after->tree_root;
	}
	if (facts & BIT(LOG_FACT_PREVIOUS)) {
		log->previous = after->previous;
		log->num_previous = after->num_previous;
	}
	if (facts & BIT(LOG_FACT_TLS_ONLY)) {
		log->has_tls_only = after->has_tls_only;
		log->tls_only = after->tls_only;
	}
	for (unsigned i = 0; i < NUM_LOG_TEXTS; i++) {
		if (facts & BIT(LOG_FACT_TEXTS + i)) {
			log->text[i] = after->text[i];
		}
	}
}

static void put_log(struct loglist *made, const struct list_diff *diff,
	const struct ct_log *before, const struct log_change *change)
{
	struct ct_log log = before ? *before : *change->after;
	const char *name = before ? diff->a->operators[before->op]
				  : diff->b->operators[change->after->op];
	if (before && change) {
		do_facts(&log, change->facts, change->after);
		name = change->facts & BIT(LOG_FACT_OPERATOR)
			? diff->b->operators[change->after->op]
			: name;
	}
	put_operator(made, &log, name);
	made->logs[made->num_logs++] = log;
}

static void do_head(struct loglist *list, unsigned head, const struct loglist *b)
{
	list->name = head & BIT(HEAD_NAME) ? b->name : list->name;
	list->version = head & BIT(HEAD_VERSION) ? b->version : list->version;
	list->schema = head & BIT(HEAD_SCHEMA) ? b->schema : list->schema;
	list->asset_version =
		head & BIT(HEAD_ASSET_VERSION) ? b->asset_version : list->asset_version;
	list->asset_version_v2 = head & BIT(HEAD_ASSET_VERSION_V2)
		? b->asset_version_v2
		: list->asset_version_v2;
	list->published_ms =
		head & BIT(HEAD_PUBLISHED) ? b->published_ms : list->published_ms;
}

static int by_id(const void *a, const void *b)
{
	const struct ct_log *x = a;
	const struct ct_log *y = b;
	return memcmp(x->id, y->id, LOG_ID_LEN);
}

static void check_applied(const struct list_diff *diff, struct arena *arena)
{
	size_t num_logs = diff->a->num_logs + diff->b->num_logs;
	struct loglist made = *diff->a;
	made.logs = arena_take_array(arena, num_logs, sizeof(*made.logs));
	made.operators = arena_take_array(arena, num_logs, sizeof(*made.operators));
	fuzz_need(made.logs && made.operators, "memory");
	made.num_logs = 0;
	made.num_operators = 0;
	do_head(&made, diff->head, diff->b);
	for (size_t i = 0; i < diff->a->num_logs; i++) {
		const struct ct_log *before = &diff->a->logs[i];
		const struct log_change *change = find_change(diff, before);
		if (!change || change->after) {
			put_log(&made, diff, before, change);
		}
	}
	for (size_t i = 0; i < diff->num_logs; i++) {
		if (!diff->logs[i].before) {
			put_log(&made, diff, NULL, &diff->logs[i]);
		}
	}
	qsort(made.logs, made.num_logs, sizeof(*made.logs), by_id);
	need_same_list(&made, diff->b, false, "the difference done to the list");
}

// The reports.

static void check_text(const struct buffer *text, const char *what)
{
	fuzz_need(!text->failed, "%s fails", what);
	fuzz_need_printable(buffer_bytes(text), true, what);
	fuzz_need(text->len > 0 && text->data[text->len - 1] == '\n', "%s: no end", what);
}

static void check_json(const struct buffer *text, const char *what)
{
	struct json_fault fault;
	fuzz_need(!text->failed, "%s fails", what);
	fuzz_need(memchr(text->data, '\n', text->len) == text->data + text->len - 1,
		"%s: not one line", what);
	json_t *value = json_load(buffer_bytes(text), &fault);
	fuzz_need(value != NULL, "%s: byte %zu: %s", what, fault.offset, fault.text);
	json_decref(value);
}

static void check_reports(const struct list_diff *diff)
{
	struct buffer out;
	buffer_init(&out, REPORT_LISTS_MAX);
	report_diff_text(diff, &out);
	check_text(&out, "the text");
	out.len = 0;
	report_diff_json(diff, &out);
	check_json(&out, "the JSON");
	buffer_clear(&out);
}

static void check_pair(const struct loglist *a, const struct loglist *b)
{
	struct arena arena = {NULL, NULL};
	struct list_diff there = make_diff(a, b, &arena);
	struct list_diff back = make_diff(b, a, &arena);
	check_mirrored(&there, &back);
	check_mirrored(&back, &there);
	check_applied(&there, &arena);
	check_applied(&back, &arena);
	check_reports(&there);
	check_reports(&back);
	arena_clear(&arena);
}

// The histories of the logs of a set.

static void check_steps(const struct log_history *history)
{
	struct ct_log log = {.state_version = NULL};
	const struct log_step *last = NULL;
	for (size_t i = 0; i < history->num_steps; i++) {
		const struct log_step *step = &history->steps[i];
		fuzz_need(step->log || step->facts == 0, "facts of no log");
		fuzz_need(step->log || last, "gone before it came");
		if (step->log && step->facts) {
			do_facts(&log, step->facts, step->log);
		} else if (step->log) {
			log = *step->log;
		}
		last = step->log ? step : last;
	}
	fuzz_need(last != NULL, "a history without a log");
	// The operator is a name of a list: that of the last step is as good as that of the last.
	log.op = history->log->op;
	unsigned facts =
		log_facts_changed(history->last, &log, history->last, history->log);
	fuzz_need(facts == 0, "the steps do not lead to the last version: %x", facts);
}

static void check_history(const struct ctp_lists *lists, const struct ct_log *log)
{
	struct arena arena = {NULL, NULL};
	struct log_history history;
	struct buffer out;
	struct err err;
	err_clear(&err);
	buffer_init(&out, REPORT_LISTS_MAX);
	fuzz_need_done(log_history_make(lists, NULL, log->id, &arena, &history, &err),
		&err, "a history");
	check_steps(&history);
	report_log_history_text(&history, lists_num(lists), &out);
	check_text(&out, "the history's text");
	out.len = 0;
	report_log_history_json(&history, lists_num(lists), &out);
	check_json(&out, "the history's JSON");
	buffer_clear(&out);
	arena_clear(&arena);
}

static void check_find(const struct ctp_lists *lists, struct bytes text)
{
	struct arena arena = {NULL, NULL};
	const struct ct_log **logs;
	size_t num;
	struct err err;
	err_clear(&err);
	fuzz_need_done(log_history_find(lists, NULL, text, &arena, &logs, &num, &err),
		&err, "finding a log");
	fuzz_need(num > 0, "a log is not found by its description");
	arena_clear(&arena);
}

static void check_lists(const struct ctp_lists *lists)
{
	size_t num = lists_num(lists);
	const struct loglist *last = lists_at(lists, num - 1);
	for (size_t i = 0; i + 1 < num && i + 1 < MAX_COMPARED; i++) {
		check_pair(lists_at(lists, i), lists_at(lists, i + 1));
	}
	check_pair(lists_at(lists, 0), last);
	for (size_t i = 0; i < last->num_logs && i < MAX_COMPARED; i++) {
		const char *name = last->logs[i].text[LOG_DESCRIPTION];
		check_history(lists, &last->logs[i]);
		if (name && name[0]) {
			check_find(lists, bytes_of_text(name));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena arena = {NULL, NULL};
	struct err err;
	err_clear(&err);
	const uint8_t *nul = len ? memchr(data, 0, len) : NULL;
	size_t first_len = nul ? (size_t)(nul - data) : len;
	struct ctp_lists *first = lists_from(bytes_of(data, first_len), &err);
	struct ctp_lists *second = NULL;
	if (first && nul) {
		second = lists_from(bytes_of(nul + 1, len - first_len - 1), &err);
	}
	if (first) {
		check_same(lists_at(first, 0), &arena);
		check_lists(first);
	}
	if (second) {
		check_pair(lists_at(first, 0), lists_at(second, 0));
	}
	arena_clear(&arena);
	lists_unref(first);
	lists_unref(second);
	return 0;
}

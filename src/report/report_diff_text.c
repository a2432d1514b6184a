// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "report/report_diff_local.h"
#include "report/report_lists.h"
#include "report/report_text.h"

#define MAX_LINE REPORT_LISTS_MAX

struct text {
	const struct list_diff *diff;
	struct buffer *out;
	struct buffer line; // the one being made, which is then wrapped
};

static void end_line(struct text *t, size_t column, size_t indent)
{
	report_end_line(t->out, &t->line, column, indent);
}

static void put_heading(struct text *t, const char *heading, size_t num)
{
	buffer_printf(t->out, num ? "\n%s (%zu)\n" : "\n%s\n", heading, num);
}

void report_put_log_name(struct buffer *out, const struct ct_log *log)
{
	char room[LOG_NAME_ROOM];
	buffer_put_text(out, log_name(log, room) == room ? "log " : "");
	log_put_name(out, log);
}

// Facts and their changes.

static void put_value(struct buffer *out, enum log_fact fact, const struct loglist *list,
	const struct ct_log *log)
{
	const char *text =
		fact < LOG_FACT_TEXTS ? NULL : log->text[fact - LOG_FACT_TEXTS];
	switch (fact) {
	case LOG_FACT_STATE:
		text = log_state_name(log->state);
		break;
	case LOG_FACT_OPERATOR:
		text = list->operators[log->op];
		break;
	case LOG_FACT_INTERVAL:
		report_put_interval(out, log);
		return;
	case LOG_FACT_API:
		text = log_api_name(log->api);
		break;
	case LOG_FACT_MMD:
		buffer_printf(out, "%lld s", (long long)log->mmd);
		return;
	case LOG_FACT_STATE_ORIGIN:
		text = log->state_version[0] ? log->state_version : NULL;
		break;
	case LOG_FACT_TREE_HEAD:
		if (log->has_tree_head) {
			buffer_printf(out, "%lld ", (long long)log->tree_size);
			text = log->tree_root;
		}
		break;
	case LOG_FACT_TLS_ONLY:
		text = !log->has_tls_only ? NULL : log->tls_only ? "true" : "false";
		break;
	case LOG_FACT_PREVIOUS:
		report_put_previous(out, log);
		text = log->num_previous ? "" : NULL;
		break;
	case LOG_FACT_TEXTS:
	case NUM_LOG_FACTS:
		break;
	}
	text_put_escaped(out, bytes_of_text(text ? text : "none"));
}

void report_put_fact_change(struct buffer *out, enum log_fact fact,
	const struct loglist *a, const struct ct_log *before, const struct loglist *b,
	const struct ct_log *after)
{
	put_value(out, fact, a, before);
	buffer_put_text(out, " -> ");
	put_value(out, fact, b, after);
}

unsigned report_facts_shown(unsigned facts)
{
	unsigned of_state = 1u << LOG_FACT_STATE_ORIGIN | 1u << LOG_FACT_TREE_HEAD;
	return has_bit(facts, LOG_FACT_STATE) ? facts & ~of_state : facts;
}

void report_end_line(
	struct buffer *out, struct buffer *line, size_t column, size_t indent)
{
	text_put_spaces(out, column);
	report_put_wrapped(out, buffer_bytes(line), column, indent);
	line->len = 0;
}

// One section a fact: each log on its line.
static void put_fact(struct text *t, enum log_fact fact, const char *heading)
{
	const struct list_diff *diff = t->diff;
	size_t num = 0;
	for (size_t i = 0; i < diff->num_logs; i++) {
		num += has_bit(report_facts_shown(diff->logs[i].facts), fact);
	}
	if (!num) {
		return;
	}
	put_heading(t, heading, num);
	for (size_t i = 0; i < diff->num_logs; i++) {
		const struct log_change *change = &diff->logs[i];
		if (!has_bit(report_facts_shown(change->facts), fact)) {
			continue;
		}
		report_put_log_name(&t->line, change->after);
		buffer_put_text(&t->line, ": ");
		report_put_fact_change(
			&t->line, fact, diff->a, change->before, diff->b, change->after);
		end_line(t, 2, 4);
	}
}

static void put_facts(struct text *t)
{
	// The state has a section of its own.
	static const char *const headings[NUM_LOG_FACTS] = {
		[LOG_FACT_OPERATOR] = "Operator changed",
		[LOG_FACT_INTERVAL] = "Temporal interval changed",
		[LOG_FACT_API] = "Kind of log changed",
		[LOG_FACT_MMD] = "Maximum merge delay changed",
		[LOG_FACT_STATE_ORIGIN] = "Version that brought the state changed",
		[LOG_FACT_TREE_HEAD] = "Final tree head changed",
		[LOG_FACT_TLS_ONLY] = "tls_only changed",
		[LOG_FACT_PREVIOUS] = "Previous operators changed",
		[LOG_FACT_TEXTS + LOG_DESCRIPTION] = "Description changed",
		[LOG_FACT_TEXTS + LOG_URL] = "URL changed",
		[LOG_FACT_TEXTS + LOG_SUBMISSION_URL] = "Submission URL changed",
		[LOG_FACT_TEXTS + LOG_MONITORING_URL] = "Monitoring URL changed",
		[LOG_FACT_TEXTS + LOG_TYPE] = "Type of log changed",
	};
	for (unsigned i = LOG_FACT_STATE + 1; i < NUM_LOG_FACTS; i++) {
		put_fact(t, (enum log_fact)i, headings[i]);
	}
}

// States.

static bool has_states(
	const struct log_change *change, enum log_state from, enum log_state to)
{
	return has_bit(change->facts, LOG_FACT_STATE) && change->before->state == from &&
		change->after->state == to;
}

static void put_since(struct buffer *out, int64_t since_ms)
{
	if (since_ms) {
		report_put_instant(out, since_ms);
	} else {
		buffer_put_text(out, "unknown");
	}
}

static void put_state_of(struct text *t, const struct log_change *change)
{
	buffer_put_text(&t->line, "since ");
	put_since(&t->line, change->after->since_ms);
	if (change->before->state == change->after->state) {
		buffer_put_text(&t->line, " (was ");
		put_since(&t->line, change->before->since_ms);
		buffer_put_char(&t->line, ')');
	}
	buffer_put_text(&t->line, "  ");
	report_put_log_name(&t->line, change->after);
	end_line(t, 4, 6);
}

// The logs that went from one state to another.
static void put_transition(struct text *t, enum log_state from, enum log_state to)
{
	bool first = true;
	for (size_t i = 0; i < t->diff->num_logs; i++) {
		if (!has_states(&t->diff->logs[i], from, to)) {
			continue;
		}
		if (first) {
			buffer_printf(t->out, from == to ? "  %s\n" : "  %s -> %s\n",
				log_state_name(from), log_state_name(to));
		}
		first = false;
		put_state_of(t, &t->diff->logs[i]);
	}
}

static void put_states(struct text *t)
{
	size_t num = 0;
	for (size_t i = 0; i < t->diff->num_logs; i++) {
		num += has_bit(t->diff->logs[i].facts, LOG_FACT_STATE);
	}
	if (!num) {
		return;
	}
	put_heading(t, "State changed", num);
	for (unsigned from = 0; from < NUM_LOG_STATES; from++) {
		for (unsigned to = 0; to < NUM_LOG_STATES; to++) {
			put_transition(t, (enum log_state)from, (enum log_state)to);
		}
	}
}

// Logs that are new, or gone.

static void put_listed(struct text *t, bool added)
{
	const struct list_diff *diff = t->diff;
	struct lists_view view = {.list = added ? diff->b : diff->a,
		.basis = BASIS_GIVEN,
		.at_ms = INT64_MAX};
	bool has_static = false;
	size_t num = added ? diff->num_added : diff->num_removed;
	if (!num) {
		return;
	}
	put_heading(t, added ? "Added" : "Removed", num);
	for (size_t i = 0; i < diff->num_logs; i++) {
		const struct log_change *change = &diff->logs[i];
		if (added ? change->before != NULL : change->after != NULL) {
			continue;
		}
		const struct ct_log *shown = added ? change->after : change->before;
		report_put_log_line(&view, shown, t->out);
		if (added && change->twin) {
			buffer_put_text(
				&t->line, "its key changed: same name or address as ");
			report_put_log_name(&t->line, change->twin);
			buffer_put_text(&t->line, ", which was removed");
			end_line(t, 4, 4);
		}
		has_static = has_static || shown->api == LOG_STATIC;
	}
	if (has_static) {
		buffer_put_text(t->out, "  (* marks a static-ct-api log.)\n");
	}
}

static void put_names(
	struct text *t, const char *label, const char **names, size_t num_names)
{
	for (size_t i = 0; i < num_names; i++) {
		buffer_put_text(&t->line, i ? ", " : label);
		text_put_escaped(&t->line, bytes_of_text(names[i]));
	}
	if (num_names) {
		end_line(t, 2, 4);
	}
}

static void put_operators(struct text *t)
{
	const struct list_diff *diff = t->diff;
	if (diff->num_new_operators || diff->num_gone_operators) {
		put_heading(t, "Log operators", 0);
	}
	put_names(t, "new: ", diff->new_operators, diff->num_new_operators);
	put_names(t, "gone: ", diff->gone_operators, diff->num_gone_operators);
}

// What it means.

static void put_effect(struct text *t, enum list_effect effect)
{
	size_t num = 0;
	for (size_t i = 0; i < t->diff->num_logs; i++) {
		num += report_says_effect(&t->diff->logs[i], effect);
	}
	if (!num) {
		return;
	}
	buffer_put_char(t->out, '\n');
	report_put_effect(&t->line, t->diff, effect, num);
	buffer_put_char(&t->line, ':');
	end_line(t, 0, 0);
	for (size_t i = 0; i < t->diff->num_logs; i++) {
		const struct log_change *change = &t->diff->logs[i];
		if (report_says_effect(change, effect)) {
			report_put_log_name(
				&t->line, change->after ? change->after : change->before);
			buffer_put_text(&t->line, change->expired ? " (expired)" : "");
			end_line(t, 2, 4);
		}
	}
}

// Does the change touch what policies ask for?
static bool touches_policies(const struct log_change *change)
{
	return change->effects || has_bit(change->facts, LOG_FACT_OPERATOR) ||
		has_bit(change->facts, LOG_FACT_API) ||
		has_bit(change->facts, LOG_FACT_PREVIOUS);
}

static void put_effects(struct text *t)
{
	bool expired = false;
	bool touches = false;
	for (size_t i = 0; i < t->diff->num_logs; i++) {
		const struct log_change *change = &t->diff->logs[i];
		expired = expired || (change->effects && change->expired);
		touches = touches || touches_policies(change);
	}
	for (unsigned e = 0; e < NUM_LIST_EFFECTS; e++) {
		put_effect(t, (enum list_effect)e);
	}
	if (expired) {
		buffer_put_text(t->out,
			"\n(Expired: every certificate that the log took has ended.)\n");
	}
	if (t->diff->num_logs && !touches) {
		buffer_put_text(t->out, "\nThe same SCTs count as before.\n");
	}
}

static bool same_count(struct usable_count a, struct usable_count b)
{
	return a.logs == b.logs && a.operators == b.operators;
}

// "14 (was 11), 6 operators"
static void put_count(
	struct text *t, struct usable_count before, struct usable_count after)
{
	buffer_printf(&t->line, "%zu", after.logs);
	if (before.logs != after.logs) {
		buffer_printf(&t->line, " (was %zu)", before.logs);
	}
	buffer_printf(&t->line, ", %zu operator%s", after.operators,
		after.operators == 1 ? "" : "s");
	if (before.operators != after.operators) {
		buffer_printf(&t->line, " (was %zu)", before.operators);
	}
	end_line(t, 0, 2);
}

// Only what differs.
static void put_counts(struct text *t)
{
	const struct list_diff *diff = t->diff;
	bool first = true;
	for (size_t i = 0; i < diff->num_years; i++) {
		const struct year_count *row = &diff->years[i];
		if (same_count(row->before, row->after)) {
			continue;
		}
		buffer_put_text(t->out, first ? "\n" : "");
		first = false;
		buffer_printf(&t->line,
			"Usable logs for certificates ending in %d: ", row->year);
		put_count(t, row->before, row->after);
	}
	if (!same_count(diff->before, diff->after)) {
		buffer_put_text(t->out, first ? "\n" : "");
		first = false;
		buffer_put_text(&t->line, "Usable logs in all: ");
		put_count(t, diff->before, diff->after);
	}
	if (!first) {
		buffer_put_text(t->out,
			"(Usable here: whose new SCTs count, qualified or usable.)\n");
	}
}

// The head.

static void put_list(struct text *t, const char *word, const struct loglist *list)
{
	char hash[13];
	text_hex(bytes_of(list->sha256, 6), hash);
	buffer_put_text(&t->line, word);
	text_put_escaped(&t->line, bytes_of_text(list->name));
	buffer_put_text(&t->line, " log list");
	report_put_version(&t->line, list);
	buffer_put_text(&t->line, ", published ");
	report_put_day(&t->line, list->published_ms);
	buffer_printf(&t->line, ", SHA-256 %s...", hash);
	end_line(t, 0, 5);
}

static void put_number_change(struct text *t, const char *name, int64_t from, int64_t to)
{
	if (from != to && from < 0) {
		buffer_printf(&t->line, "%s: none -> %lld", name, (long long)to);
	} else if (from != to && to < 0) {
		buffer_printf(&t->line, "%s: %lld -> none", name, (long long)from);
	} else {
		buffer_printf(&t->line, "%s: %lld -> %lld", name, (long long)from,
			(long long)to);
	}
	end_line(t, 2, 4);
}

// The names of the files that the addresses end in.
static void put_schemas(struct text *t, const char *from, const char *to)
{
	const char *from_file = strrchr(from, '/');
	const char *to_file = strrchr(to, '/');
	if (from_file && to_file && strcmp(from_file, to_file) != 0) {
		from = from_file + 1;
		to = to_file + 1;
	}
	buffer_put_text(&t->line, "$schema: ");
	text_put_escaped(&t->line, bytes_of_text(from[0] ? from : "none"));
	buffer_put_text(&t->line, " -> ");
	text_put_escaped(&t->line, bytes_of_text(to[0] ? to : "none"));
}

// What the first two lines do not say.
static void put_head(struct text *t)
{
	const struct list_diff *diff = t->diff;
	unsigned said = 1u << HEAD_NAME | 1u << HEAD_VERSION | 1u << HEAD_PUBLISHED;
	if (!(diff->head & ~said)) {
		return;
	}
	put_heading(t, "The list itself", 0);
	if (has_bit(diff->head, HEAD_ASSET_VERSION)) {
		put_number_change(t, "assetVersion", diff->a->asset_version,
			diff->b->asset_version);
	}
	if (has_bit(diff->head, HEAD_ASSET_VERSION_V2)) {
		put_number_change(t, "assetVersionV2", diff->a->asset_version_v2,
			diff->b->asset_version_v2);
	}
	if (has_bit(diff->head, HEAD_SCHEMA)) {
		put_schemas(t, diff->a->schema, diff->b->schema);
		end_line(t, 2, 4);
	}
}

// Where there is little to say.
static void put_sameness(struct text *t)
{
	const struct list_diff *diff = t->diff;
	bool same_bytes =
		memcmp(diff->a->sha256, diff->b->sha256, sizeof(diff->a->sha256)) == 0;
	if (diff->num_logs) {
		return;
	}
	buffer_put_char(t->out, '\n');
	if (diff->head) {
		buffer_put_text(t->out, "No log changed.\n");
	} else if (same_bytes) {
		buffer_put_text(
			t->out, "Nothing changed: these are one and the same list.\n");
	} else {
		buffer_put_text(t->out,
			"Nothing changed: the files differ, and what they say does "
			"not.\n");
	}
}

void report_diff_text(const struct list_diff *diff, struct buffer *out)
{
	struct text t = {.diff = diff, .out = out};
	buffer_init(&t.line, MAX_LINE);
	put_list(&t, "From ", diff->a);
	put_list(&t, "to   ", diff->b);
	put_sameness(&t);
	put_effects(&t);
	put_counts(&t);
	put_listed(&t, true);
	put_listed(&t, false);
	put_states(&t);
	put_facts(&t);
	put_operators(&t);
	put_head(&t);
	out->failed = out->failed || t.line.failed;
	buffer_clear(&t.line);
}

// SPDX-License-Identifier: Apache-2.0
#include "base/datetime.h"
#include "base/text.h"
#include "policy/policy.h"
#include "report/report_diff_local.h"
#include "report/report_lists.h"

void report_put_effect(struct buffer *out, const struct list_diff *diff,
	enum list_effect effect, size_t num)
{
	static const struct {
		const char *before;
		const char *after;
	} words[NUM_LIST_EFFECTS] = {
		[EFFECT_NEW_STOP] = {"SCTs from ",
			" no longer count for certificates issued from now on"},
		[EFFECT_NEW_START] = {"SCTs from ",
			" count from now on; devices learn that with their next list"},
		[EFFECT_EARLIER_STOP] = {"No SCT from ",
			" counts any more, whenever it was signed"},
		[EFFECT_EARLIER_START] = {"Earlier SCTs from ",
			" count, and did not before"},
		[EFFECT_EMBEDDED_ONLY] = {"Earlier SCTs from ",
			" only count where they are embedded, beside one from a log that "
			"is still approved"},
		[EFFECT_IN_FULL] = {"Earlier SCTs from ",
			" count in full again, not only where they are embedded"},
		[EFFECT_NARROWED] = {"SCTs from ",
			" no longer count for certificates whose end the changed "
			"interval leaves out"},
		[EFFECT_WIDENED] = {"SCTs from ",
			" also count for certificates whose end the interval left out "
			"before"},
		[EFFECT_CUT_EARLIER] = {"SCTs from ",
			" count up to an earlier moment than before"},
		[EFFECT_CUT_LATER] = {"SCTs from ",
			" count up to a later moment than before"},
	};
	buffer_put_text(out, words[effect].before);
	if (num == 1) {
		buffer_put_text(out, "this log");
	} else {
		buffer_printf(out, "these %zu logs", num);
	}
	buffer_put_text(out, words[effect].after);
	if (effect == EFFECT_NEW_START) {
		int64_t off_ms = policy_list_off_ms(loglist_source(diff->b));
		buffer_printf(out, ", up to %lld days later",
			(long long)(off_ms / DATETIME_DAY_MS));
	}
}

bool report_says_effect(const struct log_change *change, enum list_effect effect)
{
	bool starts = has_bit(change->effects, EFFECT_NEW_START);
	bool ends = has_bit(change->effects, EFFECT_EARLIER_STOP);
	return has_bit(change->effects, effect) &&
		!(effect == EFFECT_EARLIER_START && starts) &&
		!(effect == EFFECT_NEW_STOP && ends);
}

static void put_text_or_null(struct json *json, const char *key, const char *text)
{
	json_put_text(json, key, text[0] ? text : NULL);
}

static void put_number_or_null(struct json *json, const char *key, int64_t number)
{
	if (number < 0) {
		json_put_null(json, key);
	} else {
		json_put_integer(json, key, number);
	}
}

void report_put_list_json(struct json *json, const char *key, const struct loglist *list)
{
	json_put_open(json, key, '{');
	json_put_text(json, "name", list->name);
	put_text_or_null(json, "version", list->version);
	json_put_hex(json, "sha256", bytes_of(list->sha256, sizeof(list->sha256)));
	json_put_time(json, "published_at", list->published_ms);
	put_number_or_null(json, "asset_version", list->asset_version);
	put_number_or_null(json, "asset_version_v2", list->asset_version_v2);
	put_text_or_null(json, "list_schema", list->schema);
	json_put_close(json, '}');
}

void report_put_facts_json(struct json *json, unsigned facts)
{
	json_put_open(json, "changed", '[');
	for (unsigned i = 0; i < NUM_LOG_FACTS; i++) {
		if (has_bit(facts, i)) {
			json_put_word(json, NULL, log_fact_name((enum log_fact)i));
		}
	}
	json_put_close(json, ']');
}

void report_put_log_json(struct json *json, const char *key, const struct loglist *list,
	const struct ct_log *log)
{
	if (!log) {
		json_put_null(json, key);
		return;
	}
	json_put_open(json, key, '{');
	report_put_log_members(json, list, log, log->state, log->since_ms);
	put_text_or_null(json, "state_version", log->state_version);
	if (log->has_tree_head) {
		json_put_open(json, "final_tree_head", '{');
		json_put_integer(json, "tree_size", log->tree_size);
		json_put_text(json, "sha256_root_hash", log->tree_root);
		json_put_close(json, '}');
	} else {
		json_put_null(json, "final_tree_head");
	}
	if (log->has_tls_only) {
		json_put_bool(json, "tls_only", log->tls_only);
	} else {
		json_put_null(json, "tls_only");
	}
	json_put_close(json, '}');
}

static void put_id(struct json *json, const char *key, const struct ct_log *log)
{
	json_put_base64(json, key, bytes_of(log->id, LOG_ID_LEN));
}

static void put_meaning(struct json *json, const struct list_diff *diff)
{
	json_put_open(json, "meaning", '[');
	for (unsigned e = 0; e < NUM_LIST_EFFECTS; e++) {
		enum list_effect effect = (enum list_effect)e;
		size_t num = 0;
		for (size_t i = 0; i < diff->num_logs; i++) {
			num += report_says_effect(&diff->logs[i], effect);
		}
		if (!num) {
			continue;
		}
		json_put_open(json, NULL, '{');
		json_put_word(json, "effect", list_effect_name(effect));
		json_begin_text(json, "message");
		report_put_effect(json->out, diff, effect, num);
		json_end_text(json);
		json_put_open(json, "logs", '[');
		for (size_t i = 0; i < diff->num_logs; i++) {
			const struct log_change *change = &diff->logs[i];
			if (report_says_effect(change, effect)) {
				put_id(json, NULL,
					change->after ? change->after : change->before);
			}
		}
		json_put_close(json, ']');
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
}

static void put_count(struct json *json, const char *key, struct usable_count count)
{
	json_put_open(json, key, '{');
	json_put_unsigned(json, "logs", count.logs);
	json_put_unsigned(json, "operators", count.operators);
	json_put_close(json, '}');
}

static void put_counts(struct json *json, const struct list_diff *diff)
{
	json_put_open(json, "usable", '{');
	put_count(json, "before", diff->before);
	put_count(json, "after", diff->after);
	json_put_close(json, '}');
	json_put_open(json, "usable_by_year", '[');
	for (size_t i = 0; i < diff->num_years; i++) {
		json_put_open(json, NULL, '{');
		json_put_integer(json, "year", diff->years[i].year);
		put_count(json, "before", diff->years[i].before);
		put_count(json, "after", diff->years[i].after);
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
}

static void put_names(struct json *json, const char *key, const char **names, size_t num)
{
	json_put_open(json, key, '[');
	for (size_t i = 0; i < num; i++) {
		json_put_text(json, NULL, names[i]);
	}
	json_put_close(json, ']');
}

static void put_change(
	struct json *json, const struct list_diff *diff, const struct log_change *change)
{
	const struct ct_log *log = change->after ? change->after : change->before;
	json_put_open(json, NULL, '{');
	put_id(json, "log_id", log);
	json_put_text(json, "description", log->text[LOG_DESCRIPTION]);
	json_put_word(json, "change",
		!change->before         ? "added"
			: change->after ? "changed"
					: "removed");
	report_put_facts_json(json, change->facts);
	json_put_open(json, "effects", '[');
	for (unsigned e = 0; e < NUM_LIST_EFFECTS; e++) {
		if (has_bit(change->effects, e)) {
			json_put_word(json, NULL, list_effect_name((enum list_effect)e));
		}
	}
	json_put_close(json, ']');
	json_put_bool(json, "expired", change->expired);
	if (change->twin) {
		put_id(json, "key_changed", change->twin);
	} else {
		json_put_null(json, "key_changed");
	}
	report_put_log_json(json, "before", diff->a, change->before);
	report_put_log_json(json, "after", diff->b, change->after);
	json_put_close(json, '}');
}

void report_diff_json(const struct list_diff *diff, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "schema", "ctpolicy.log_list_diff.v1");
	json_put_bool(&json, "differs", !list_diff_is_empty(diff));
	report_put_list_json(&json, "from", diff->a);
	report_put_list_json(&json, "to", diff->b);
	json_put_open(&json, "changed", '[');
	for (unsigned i = 0; i < NUM_HEAD_FACTS; i++) {
		if (has_bit(diff->head, i)) {
			json_put_word(&json, NULL, head_fact_name((enum head_fact)i));
		}
	}
	json_put_close(&json, ']');
	put_meaning(&json, diff);
	put_counts(&json, diff);
	put_names(&json, "new_operators", diff->new_operators, diff->num_new_operators);
	put_names(
		&json, "gone_operators", diff->gone_operators, diff->num_gone_operators);
	json_put_open(&json, "logs", '[');
	for (size_t i = 0; i < diff->num_logs; i++) {
		put_change(&json, diff, &diff->logs[i]);
	}
	json_put_close(&json, ']');
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}

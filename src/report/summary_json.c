// SPDX-License-Identifier: Apache-2.0
// The summary as JSON, written and read by one description of its fields.
#include <stdlib.h>

#include "loglist/json_load.h"
#include "report/summary_json.h"

#define SCHEMA "ctpolicy.summary.v1"

void summary_put_results(struct json_fields *f, uint64_t *results)
{
	static const char *const keys[NUM_RESULTS] = {"pass", "fail", "unknown"};
	uint64_t judged = summary_sum(results, NUM_RESULTS);
	json_fields_count(f, "judged", &judged);
	for (size_t i = 0; i < NUM_RESULTS; i++) {
		json_fields_count(f, keys[i], &results[i]);
	}
	if (json_fields_reading(f) && judged != summary_sum(results, NUM_RESULTS)) {
		json_fields_fail(f, "judged", "not the sum of pass, fail and unknown");
	}
}

// Summaries of before 2026-12, and of runs without --leaves-only, do not have it.
static void put_left_out(struct json_fields *f, struct summary *summary)
{
	static const char key[] = "ca_certificates_left_out";
	bool is_there = json_fields_reading(f)
		? json_object_get(f->levels[f->depth].value, key) != NULL
		: summary->cas_left_out > 0;
	if (is_there) {
		json_fields_count(f, key, &summary->cas_left_out);
	}
	if (is_there && json_fields_reading(f) && summary->cas_left_out == 0) {
		json_fields_fail(f, key, "counts nothing");
	}
}

static void put_certificates(struct json_fields *f, struct summary *summary)
{
	uint64_t unread = summary_num_unread(summary);
	uint64_t num = summary_num_judged(summary) + unread;
	json_fields_line(f);
	json_fields_open(f, "certificates", 0);
	json_fields_count(f, "read", &num);
	summary_put_results(f, summary->results);
	json_fields_count(f, "unreadable", &unread);
	json_fields_codes(f, "errors", summary->errors);
	put_left_out(f, summary);
	if (json_fields_reading(f) && unread != summary_num_unread(summary)) {
		json_fields_fail(f, "unreadable", "not the sum of errors");
	}
	if (json_fields_reading(f) && num != summary_num_judged(summary) + unread) {
		json_fields_fail(f, "read", "not the sum of judged and unreadable");
	}
	json_fields_close(f);
}

static void put_totals(struct json_fields *f, struct summary *summary)
{
	json_fields_line(f);
	json_fields_open(f, "evaluated_at", 0);
	json_fields_time(f, "first", &summary->first_at_ms, INT64_MAX);
	json_fields_time(f, "last", &summary->last_at_ms, INT64_MIN);
	json_fields_close(f);
	json_fields_line(f);
	json_fields_open(f, "scts", 0);
	json_fields_count(f, "scts", &summary->scts);
	json_fields_count(f, "valid", &summary->valid_scts);
	json_fields_count(f, "counted", &summary->counted_scts);
	json_fields_count(f, "without_log_id", &summary->scts_without_log);
	json_fields_close(f);
}

// Policies, in the order of their table.

static void put_policy(struct json_fields *f, struct summary_policy *policy)
{
	static const char *const keys[] = {"compliant", "non_compliant", "indeterminate"};
	for (size_t i = 0; i < 3; i++) {
		json_fields_count(f, keys[i], &policy->verdicts[i]);
	}
	json_fields_count(f, "does_not_apply", &policy->not_applying);
	json_fields_codes(f, "applies_because", policy->because);
}

// Reads a policy's name; policy_num() where there is none such.
static size_t read_policy_index(struct json_fields *f)
{
	char name[64];
	size_t i = 0;
	json_fields_text(f, "policy", name, sizeof(name), false);
	while (i < policy_num() && strcmp(policy_at(i)->name, name) != 0) {
		i++;
	}
	if (i == policy_num()) {
		json_fields_fail(f, "policy", "not a policy that this version knows");
	}
	return i;
}

static void read_policies(struct json_fields *f, struct summary *summary)
{
	size_t num = json_fields_open_array(f, "policies");
	for (size_t i = 0; i < num && !json_fields_failed(f); i++) {
		json_fields_open(f, NULL, i);
		size_t index = read_policy_index(f);
		if (!json_fields_failed(f) &&
			summary_policy_num(&summary->policies[index])) {
			json_fields_fail(f, "policy", "stands twice");
		} else if (!json_fields_failed(f)) {
			put_policy(f, &summary->policies[index]);
		}
		json_fields_close(f);
	}
	json_fields_close_array(f);
}

static void put_policies(struct json_fields *f, struct summary *summary)
{
	json_fields_line(f);
	if (json_fields_reading(f)) {
		read_policies(f, summary);
		return;
	}
	(void)json_fields_open_array(f, "policies");
	for (size_t i = 0; i < policy_num(); i++) {
		if (summary_policy_num(&summary->policies[i]) == 0) {
			continue;
		}
		json_fields_line(f);
		json_fields_open(f, NULL, i);
		json_put_word(&f->json, "policy", policy_at(i)->name);
		put_policy(f, &summary->policies[i]);
		json_fields_close(f);
	}
	json_fields_close_array(f);
}

// Reasons.

static void put_reason(
	struct json_fields *f, enum code *code, struct summary_reason *reason)
{
	json_fields_code(f, "code", code);
	json_fields_count(f, "certificates", &reason->certificates);
	json_fields_count(f, "failing", &reason->failing);
	json_fields_count(f, "scts", &reason->scts);
}

static void read_reasons(struct json_fields *f, struct summary *summary)
{
	size_t num = json_fields_open_array(f, "reasons");
	for (size_t i = 0; i < num && !json_fields_failed(f); i++) {
		enum code code = CODE_NONE;
		struct summary_reason reason = {0};
		json_fields_open(f, NULL, i);
		put_reason(f, &code, &reason);
		if (summary->reasons[code].certificates || reason.certificates == 0) {
			json_fields_fail(f, "code", "stands twice, or counts nothing");
		}
		summary->reasons[code] = reason;
		json_fields_close(f);
	}
	json_fields_close_array(f);
}

static void put_reasons(struct json_fields *f, struct summary *summary)
{
	enum code codes[NUM_CODES];
	json_fields_line(f);
	if (json_fields_reading(f)) {
		read_reasons(f, summary);
		return;
	}
	size_t num = summary_sort_reasons(summary, codes);
	(void)json_fields_open_array(f, "reasons");
	for (size_t i = 0; i < num; i++) {
		json_fields_line(f);
		json_fields_open(f, NULL, i);
		put_reason(f, &codes[i], &summary->reasons[codes[i]]);
		json_fields_close(f);
	}
	json_fields_close_array(f);
}

// Lifetimes: the rows of the policies' tables, in their order.

static void put_lifetime_counts(struct json_fields *f, struct summary_lifetime *lifetime)
{
	static const char *const keys[LIFETIME_HAD] = {"0", "1", "2", "3", "4", "5+"};
	summary_put_results(f, lifetime->results);
	json_fields_open(f, "counted_scts", 0);
	for (size_t i = 0; i < LIFETIME_HAD; i++) {
		json_fields_count(f, keys[i], &lifetime->had[i]);
	}
	json_fields_close(f);
}

static struct summary_lifetime *find_lifetime(
	struct summary *summary, size_t policy, const char *rule, uint64_t required)
{
	for (size_t t = 0; t < policy_at(policy)->num_tables; t++) {
		const struct lifetime_table *table = &policy_at(policy)->tables[t];
		size_t len = strlen(table->name);
		for (size_t r = 0; r < LIFETIME_MAX_ROWS && table->rows[r].name; r++) {
			if (strncmp(rule, table->name, len) == 0 && rule[len] == '/' &&
				strcmp(rule + len + 1, table->rows[r].name) == 0 &&
				table->rows[r].scts == required) {
				return &summary->lifetimes[policy][t][r];
			}
		}
	}
	return NULL;
}

static void read_lifetime(struct json_fields *f, struct summary *summary)
{
	char rule[96];
	uint64_t required = 0;
	struct summary_lifetime *lifetime = NULL;
	size_t policy = read_policy_index(f);
	json_fields_text(f, "rule", rule, sizeof(rule), false);
	json_fields_count(f, "required", &required);
	if (!json_fields_failed(f)) {
		lifetime = find_lifetime(summary, policy, rule, required);
	}
	if (lifetime && summary_lifetime_num(lifetime) == 0) {
		put_lifetime_counts(f, lifetime);
	} else {
		json_fields_fail(f, "rule", "%s",
			lifetime ? "stands twice" : "not a rule that this version knows");
	}
}

static void read_lifetimes(struct json_fields *f, struct summary *summary)
{
	size_t num = json_fields_open_array(f, "lifetimes");
	for (size_t i = 0; i < num && !json_fields_failed(f); i++) {
		json_fields_open(f, NULL, i);
		read_lifetime(f, summary);
		json_fields_close(f);
	}
	json_fields_close_array(f);
}

static void write_lifetime(struct json_fields *f, struct summary_lifetime *lifetime,
	struct lifetime_place place)
{
	char rule[96];
	(void)snprintf(rule, sizeof(rule), "%s/%s", place.table->name, place.row->name);
	uint64_t required = place.row->scts;
	json_fields_line(f);
	json_fields_open(f, NULL, 0);
	json_put_word(&f->json, "policy", place.policy->name);
	json_fields_text(f, "rule", rule, sizeof(rule), false);
	json_fields_count(f, "required", &required);
	put_lifetime_counts(f, lifetime);
	json_fields_close(f);
}

static void put_lifetimes(struct json_fields *f, struct summary *summary)
{
	json_fields_line(f);
	if (json_fields_reading(f)) {
		read_lifetimes(f, summary);
		return;
	}
	(void)json_fields_open_array(f, "lifetimes");
	for (size_t i = 0; i < SUMMARY_MAX_LIFETIMES; i++) {
		struct lifetime_place place = summary_lifetime_place(i);
		if (place.row) {
			struct summary_lifetime *lifetime =
				&summary->lifetimes[place.index[0]][place.index[1]]
						   [place.index[2]];
			if (summary_lifetime_num(lifetime)) {
				write_lifetime(f, lifetime, place);
			}
		}
	}
	json_fields_close_array(f);
}

// The run, on a line of its own.

static void put_words(struct json_fields *f, const char *key, struct summary_words *words)
{
	size_t num = json_fields_open_array(f, key);
	const json_t *array = f->levels[f->depth].value;
	if (num > SUMMARY_MAX_WORDS) {
		json_fields_fail(f, NULL, "more than %d items", SUMMARY_MAX_WORDS);
	}
	for (size_t i = 0; i < num && !json_fields_failed(f); i++) {
		const char *word = json_string_value(json_array_get(array, i));
		size_t before = words->num;
		summary_words_add(words, word ? word : "");
		if (words->num == before ||
			strcmp(words->items[before], word ? word : "") != 0) {
			json_fields_fail(f, NULL, "not words in their order, each once");
		}
	}
	for (size_t i = 0; !json_fields_reading(f) && i < words->num; i++) {
		json_put_text(&f->json, NULL, words->items[i]);
	}
	json_fields_close_array(f);
}

static void put_run_time(struct json_fields *f, const char *key, int64_t *ms)
{
	json_fields_time(f, key, ms, 0);
	if (*ms < 0) {
		json_fields_fail(f, key, "before 1970");
	}
}

static void put_run(struct json_fields *f, struct summary_run *run)
{
	uint64_t jobs = run->jobs;
	json_fields_line(f);
	json_fields_open(f, "run", 0);
	put_run_time(f, "started_at", &run->started_ms);
	put_run_time(f, "ended_at", &run->ended_ms);
	json_fields_seconds(f, "seconds", &run->wall_ms);
	json_fields_seconds(f, "cpu_seconds", &run->cpu_ms);
	json_fields_count(f, "jobs", &jobs);
	put_words(f, "verifiers", &run->verifiers);
	put_words(f, "versions", &run->versions);
	summary_put_shards(f, &run->shards);
	if (jobs > UINT16_MAX) {
		json_fields_fail(f, "jobs", "more than %d", UINT16_MAX);
	}
	if (json_fields_reading(f)) {
		run->jobs = (unsigned)jobs;
	}
	json_fields_close(f);
}

// The whole.

static void put_summary(struct json_fields *f, struct summary *summary)
{
	char schema[32] = SCHEMA;
	json_fields_text(f, "schema", schema, sizeof(schema), false);
	if (strcmp(schema, SCHEMA) != 0) {
		json_fields_fail(f, "schema", "not " SCHEMA);
	}
	put_certificates(f, summary);
	put_totals(f, summary);
	put_policies(f, summary);
	put_reasons(f, summary);
	put_lifetimes(f, summary);
	summary_put_tables(f, summary);
	summary_put_exhibits(f, summary);
	put_run(f, &summary->run);
	if (!json_fields_reading(f)) {
		buffer_put_char(f->json.out, '\n');
	}
	json_fields_close(f);
}

void summary_put_json(const struct summary *summary, struct buffer *out)
{
	struct json_fields f = json_fields_writer(out);
	// One description reads and writes; where it writes it changes nothing.
	put_summary(&f, (struct summary *)(uintptr_t)summary);
	buffer_put_char(out, '\n');
}

struct summary *summary_read_json(struct bytes in, struct err *err)
{
	if (in.len > SUMMARY_MAX_JSON) {
		err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET,
			"a summary of more than %zu bytes", SUMMARY_MAX_JSON);
		return NULL;
	}
	json_t *root = json_load_as(in, CODE_BAD_REQUEST, "not a summary", err);
	struct summary *summary = root ? summary_new(err) : NULL;
	if (summary) {
		struct json_fields f = json_fields_reader(root, err);
		put_summary(&f, summary);
	}
	if (summary && err->code != CODE_NONE) {
		summary_free(summary);
		summary = NULL;
	}
	json_decref(root);
	return summary;
}

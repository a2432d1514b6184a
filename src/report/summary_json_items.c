// SPDX-License-Identifier: Apache-2.0
// The summary as JSON: its tables of names, and what it lists one by one.
#include "report/summary_json.h"

#include "base/text.h"

// What is counted by name.

struct fields_of_entry {
	uint8_t key[TALLY_MAX_KEY + 1];
	size_t key_len;
	uint64_t counts[NUM_LOG_COUNTS];
	struct tally_note note;
};

static void put_text_key(
	struct json_fields *f, const char *key, struct fields_of_entry *entry)
{
	json_fields_text(f, key, (char *)entry->key, sizeof(entry->key), false);
	entry->key_len = strlen((const char *)entry->key);
}

static bool is_month(const uint8_t *key, size_t len)
{
	static const char pattern[] = "dddd-dd";
	bool good = len == sizeof(pattern) - 1;
	for (size_t i = 0; good && i < len; i++) {
		good = pattern[i] == 'd' ? text_is_digit(key[i]) : key[i] == '-';
	}
	int month = good ? (key[5] - '0') * 10 + key[6] - '0' : 0;
	return month >= 1 && month <= 12;
}

static void put_issuer(struct json_fields *f, struct fields_of_entry *entry, bool others)
{
	if (!others) {
		put_text_key(f, "issuer", entry);
	}
	summary_put_results(f, entry->counts);
}

static void put_month(struct json_fields *f, struct fields_of_entry *entry, bool others)
{
	if (!others) {
		put_text_key(f, "month", entry);
	}
	if (json_fields_reading(f) && !others && !is_month(entry->key, entry->key_len)) {
		json_fields_fail(f, "month", "not a month like 2026-06");
	}
	summary_put_results(f, entry->counts);
}

static void put_log(struct json_fields *f, struct fields_of_entry *entry, bool others)
{
	struct tally_note *note = &entry->note;
	if (!others) {
		entry->key_len = LOG_ID_LEN;
		json_fields_base64(f, "log_id", entry->key, LOG_ID_LEN);
		json_fields_text(f, "log", note->text[LOG_NOTE_DESCRIPTION],
			TALLY_NOTE_ROOM, true);
		json_fields_text(f, "operator", note->text[LOG_NOTE_OPERATOR],
			TALLY_NOTE_ROOM, true);
		json_fields_text(
			f, "state", note->text[LOG_NOTE_STATE], TALLY_NOTE_ROOM, true);
		json_fields_time(f, "as_of", &note->ms, INT64_MIN);
	}
	json_fields_count(f, "scts", &entry->counts[LOG_SCTS]);
	json_fields_count(f, "valid", &entry->counts[LOG_VALID]);
	json_fields_count(f, "counted", &entry->counts[LOG_COUNTED]);
	json_fields_codes(f, "why", entry->counts + LOG_WHY);
}

static void put_operator(
	struct json_fields *f, struct fields_of_entry *entry, bool others)
{
	if (!others) {
		put_text_key(f, "operator", entry);
		json_fields_count(
			f, "certificates", &entry->counts[OPERATOR_CERTIFICATES]);
	}
	json_fields_count(f, "scts", &entry->counts[OPERATOR_SCTS]);
	json_fields_count(f, "counted", &entry->counts[OPERATOR_COUNTED]);
}

static void put_list(struct json_fields *f, struct fields_of_entry *entry, bool others)
{
	struct tally_note *note = &entry->note;
	if (!others) {
		entry->key_len = DIGEST_SHA256_LEN;
		json_fields_text(
			f, "name", note->text[LIST_NOTE_NAME], TALLY_NOTE_ROOM, true);
		json_fields_text(f, "version", note->text[LIST_NOTE_VERSION],
			TALLY_NOTE_ROOM, true);
		json_fields_time(f, "published_at", &note->ms, INT64_MIN);
		json_fields_hex(f, "sha256", entry->key, DIGEST_SHA256_LEN);
	}
	json_fields_count(f, "judged", &entry->counts[0]);
}

static const struct section {
	const char *key;
	const char *others;
	enum tally_order order;
	void (*put)(struct json_fields *f, struct fields_of_entry *entry, bool others);
	bool all_judged; // every certificate that was judged counts once
} sections[NUM_TABLES] = {
	[TABLE_ISSUERS] = {"issuers", "other_issuers", TALLY_BY_WEIGHT, put_issuer, true},
	[TABLE_MONTHS] = {"months", "other_months", TALLY_BY_KEY, put_month, true},
	[TABLE_LOGS] = {"logs", "other_logs", TALLY_BY_WEIGHT, put_log, false},
	[TABLE_OPERATORS] = {"operators", "other_operators", TALLY_BY_WEIGHT,
		put_operator, false},
	[TABLE_LISTS] = {"log_lists", "other_log_lists", TALLY_BY_WEIGHT, put_list, true},
};

static void write_item(struct json_fields *f, const struct section *section,
	const struct tally *table, const struct tally_item *item)
{
	struct fields_of_entry entry = {.key_len = item->key.len, .note.ms = INT64_MIN};
	bytes_copy(entry.key, item->key);
	memcpy(entry.counts, item->entry->counts, table->num_counts * sizeof(uint64_t));
	if (item->entry->note) {
		entry.note = *item->entry->note;
	}
	json_fields_line(f);
	json_fields_open(f, NULL, 0);
	section->put(f, &entry, false);
	json_fields_close(f);
}

static void write_section(
	struct json_fields *f, const struct section *section, const struct tally *table)
{
	struct tally_view view;
	if (!tally_view_init(&view, table, section->order)) {
		f->json.out->failed = true;
		return;
	}
	(void)json_fields_open_array(f, section->key);
	for (size_t i = 0; i < view.num; i++) {
		write_item(f, section, table, &view.items[i]);
	}
	json_fields_close_array(f);
	json_fields_line(f);
	if (view.has_others) {
		struct fields_of_entry entry = {.key_len = 0};
		memcpy(entry.counts, view.others, table->num_counts * sizeof(uint64_t));
		json_fields_open(f, section->others, 0);
		section->put(f, &entry, true);
		json_fields_close(f);
	} else {
		json_put_null(&f->json, section->others);
	}
	tally_view_clear(&view);
}

static void read_item(
	struct json_fields *f, const struct section *section, struct tally *table)
{
	struct fields_of_entry in = {.key_len = 0};
	section->put(f, &in, false);
	if (json_fields_failed(f)) {
		return;
	}
	struct tally_entry *entry =
		tally_take(table, bytes_of(in.key, in.key_len), f->err);
	if (!entry) {
		return;
	}
	if (summary_sum(in.counts, table->num_weighed) == 0 ||
		summary_sum(entry->counts, table->num_weighed) != 0) {
		json_fields_fail(f, NULL, "stands twice, or counts nothing");
		return;
	}
	memcpy(entry->counts, in.counts, table->num_counts * sizeof(uint64_t));
	if (in.note.ms != INT64_MIN && !tally_put_note(entry, &in.note, f->err)) {
		return;
	}
}

static uint64_t weight_of(const struct tally *table)
{
	uint64_t sum = summary_sum(table->others->counts, table->num_weighed);
	for (size_t i = 0; i < table->num_slots; i++) {
		sum += table->slots[i]
			? summary_sum(table->slots[i]->counts, table->num_weighed)
			: 0;
	}
	return sum;
}

static void read_section(struct json_fields *f, const struct section *section,
	struct summary *summary, struct tally *table)
{
	size_t num = json_fields_open_array(f, section->key);
	if (num > table->max) {
		json_fields_fail(f, NULL, "more than %zu items", table->max);
	}
	for (size_t i = 0; i < num && !json_fields_failed(f); i++) {
		json_fields_open(f, NULL, i);
		read_item(f, section, table);
		json_fields_close(f);
	}
	json_fields_close_array(f);
	if (json_fields_peek(f, section->others)) {
		struct fields_of_entry others = {.key_len = 0};
		json_fields_open(f, section->others, 0);
		section->put(f, &others, true);
		json_fields_close(f);
		memcpy(table->others->counts, others.counts,
			table->num_counts * sizeof(uint64_t));
	}
	if (section->all_judged && weight_of(table) != summary_num_judged(summary)) {
		json_fields_fail(
			f, section->key, "does not add up to certificates.judged");
	}
}

// What is listed one by one.

#define EXHIBIT_ROOM 512

struct fields_of_exhibit {
	struct exhibit exhibit;
	char text[NUM_EXHIBIT_TEXTS][EXHIBIT_ROOM];
};

static void put_exhibit_text(struct json_fields *f, const char *key,
	struct fields_of_exhibit *in, enum exhibit_text which)
{
	json_fields_text(f, key, in->text[which], exhibit_max_text[which] + 1, false);
}

static void put_exhibit_id(struct json_fields *f, struct fields_of_exhibit *in)
{
	json_fields_count(f, "position", &in->exhibit.position);
	if (json_fields_reading(f)) {
		in->exhibit.has_id = json_fields_peek(f, "id") != NULL;
	}
	if (in->exhibit.has_id) {
		put_exhibit_text(f, "id", in, EXHIBIT_ID);
	} else if (!json_fields_reading(f)) {
		json_put_null(&f->json, "id");
	}
}

static void put_need(struct json_fields *f, struct fields_of_exhibit *in, size_t i)
{
	enum code code = (enum code)in->exhibit.codes[i];
	json_fields_code(f, "code", &code);
	in->exhibit.codes[i] = (uint8_t)code;
	put_exhibit_text(f, "message", in, (enum exhibit_text)(EXHIBIT_MESSAGE + i));
}

static void put_exhibit_time(struct json_fields *f, const char *key, int64_t *seconds)
{
	int64_t ms = *seconds * 1000;
	json_fields_time(f, key, &ms, INT64_MIN);
	if (ms == INT64_MIN) {
		json_fields_fail(f, key, "not an RFC 3339 time");
	} else {
		*seconds = ms / 1000;
	}
}

static void put_failing(struct json_fields *f, struct fields_of_exhibit *in)
{
	struct exhibit *exhibit = &in->exhibit;
	put_exhibit_id(f, in);
	json_fields_count(f, "times", &exhibit->times);
	put_exhibit_text(f, "name", in, EXHIBIT_NAME);
	put_exhibit_text(f, "issuer", in, EXHIBIT_ISSUER);
	json_fields_hex(f, "sha256", exhibit->sha256, sizeof(exhibit->sha256));
	put_exhibit_time(f, "not_before", &exhibit->not_before);
	put_exhibit_time(f, "not_after", &exhibit->not_after);
	size_t num = json_fields_open_array(f, "needs");
	if (json_fields_reading(f)) {
		exhibit->num_needs =
			(uint8_t)(num < EXHIBIT_MAX_NEEDS ? num : EXHIBIT_MAX_NEEDS);
		if (num > EXHIBIT_MAX_NEEDS) {
			json_fields_fail(
				f, NULL, "more than %d items", EXHIBIT_MAX_NEEDS);
		}
	}
	for (size_t i = 0; i < exhibit->num_needs; i++) {
		json_fields_open(f, NULL, i);
		put_need(f, in, i);
		json_fields_close(f);
	}
	json_fields_close_array(f);
}

static void put_unread(struct json_fields *f, struct fields_of_exhibit *in)
{
	put_exhibit_id(f, in);
	in->exhibit.num_needs = 1;
	in->exhibit.times = 1;
	put_need(f, in, 0);
}

typedef void put_exhibit_function(struct json_fields *f, struct fields_of_exhibit *in);

static void read_exhibit(
	struct json_fields *f, struct exhibits *list, put_exhibit_function *put)
{
	struct fields_of_exhibit in;
	uint8_t image[sizeof(struct exhibit) + NUM_EXHIBIT_TEXTS * EXHIBIT_ROOM];
	size_t len = 0;
	memset(&in, 0, sizeof(in));
	put(f, &in);
	for (size_t i = 0; i < NUM_EXHIBIT_TEXTS; i++) {
		struct bytes text = bytes_of_text(in.text[i]);
		bytes_copy(image + sizeof(struct exhibit) + len, text);
		len += text.len;
		in.exhibit.ends[i] = (uint32_t)len;
	}
	memcpy(image, &in.exhibit, sizeof(in.exhibit));
	if (json_fields_failed(f) ||
		!exhibits_add(list, image, sizeof(struct exhibit) + len, f->err)) {
		return;
	}
}

static void read_exhibits(struct json_fields *f, const char *key, struct exhibits *list,
	put_exhibit_function *put)
{
	size_t num = json_fields_open_array(f, key);
	if (num > list->max) {
		json_fields_fail(f, NULL, "more than %zu items", list->max);
	}
	for (size_t i = 0; i < num && !json_fields_failed(f); i++) {
		json_fields_open(f, NULL, i);
		read_exhibit(f, list, put);
		json_fields_close(f);
	}
	json_fields_close_array(f);
}

static void write_exhibit(
	struct json_fields *f, const struct exhibit *exhibit, put_exhibit_function *put)
{
	struct fields_of_exhibit out = {.exhibit = *exhibit};
	for (size_t i = 0; i < NUM_EXHIBIT_TEXTS; i++) {
		bytes_copy((uint8_t *)out.text[i],
			exhibit_text(exhibit, (enum exhibit_text)i));
	}
	json_fields_line(f);
	json_fields_open(f, NULL, 0);
	put(f, &out);
	json_fields_close(f);
}

static void put_exhibits(struct json_fields *f, const char *key, struct exhibits *list,
	put_exhibit_function *put)
{
	json_fields_line(f);
	if (json_fields_reading(f)) {
		read_exhibits(f, key, list, put);
		return;
	}
	(void)json_fields_open_array(f, key);
	for (size_t i = 0; i < list->num; i++) {
		write_exhibit(f, list->items[i], put);
	}
	json_fields_close_array(f);
}

void summary_put_tables(struct json_fields *f, struct summary *summary)
{
	for (size_t i = 0; i < NUM_TABLES; i++) {
		json_fields_line(f);
		if (json_fields_reading(f)) {
			read_section(f, &sections[i], summary, &summary->tables[i]);
		} else {
			write_section(f, &sections[i], &summary->tables[i]);
		}
	}
}

void summary_put_exhibits(struct json_fields *f, struct summary *summary)
{
	put_exhibits(f, "failing", &summary->failing, put_failing);
	put_exhibits(f, "unreadable", &summary->unread, put_unread);
}

// SPDX-License-Identifier: Apache-2.0
#include "loglist/archive.h"

#include <stdlib.h>

#include "base/text.h"
#include "loglist/lines.h"

#define HEADER BYTES_LITERAL("ctpolicy log list archive 1\n")
#define END BYTES_LITERAL("end ")
#define HASH_LEN DIGEST_SHA256_LEN
#define HASH_TEXT_LEN ((size_t)2 * HASH_LEN)

static const char *const taken_names[NUM_ARCHIVE_TAKEN] = {
	[TAKEN_FETCHED] = "fetched",
	[TAKEN_READ] = "read",
	[TAKEN_IMPORTED] = "imported",
	[TAKEN_FORCED] = "forced",
	[TAKEN_RECOVERED] = "recovered",
};

const char *archive_taken_name(enum archive_taken taken)
{
	return taken_names[taken];
}

void archive_init(struct archive *archive)
{
	*archive = (struct archive){.failed_code = "", .failed_text = ""};
}

void archive_clear(struct archive *archive)
{
	free(archive->entries);
	arena_clear(&archive->arena);
	archive_init(archive);
}

struct archive_entry *archive_find(
	const struct archive *archive, const uint8_t sha256[32])
{
	for (size_t i = 0; i < archive->num_entries; i++) {
		if (memcmp(archive->entries[i].sha256, sha256, HASH_LEN) == 0) {
			return &archive->entries[i];
		}
	}
	return NULL;
}

struct archive_entry *archive_in_hand(const struct archive *archive)
{
	return archive->has_in_hand ? archive_find(archive, archive->in_hand) : NULL;
}

const char *archive_text(struct archive *archive, const char *text)
{
	return (const char *)arena_copy(&archive->arena, bytes_of_text(text)).data;
}

struct archive_entry archive_entry_of(
	const struct loglist *list, enum archive_taken taken)
{
	struct archive_entry entry = {.published_ms = list->published_ms,
		.name = list->name,
		.version = list->version,
		.asset_version = list->asset_version,
		.asset_version_v2 = list->asset_version_v2,
		.taken = taken,
		.source = "",
		.etag = "",
		.last_modified = ""};
	memcpy(entry.sha256, list->sha256, HASH_LEN);
	return entry;
}

// What the order of lists goes by.
static struct loglist list_of(const struct archive_entry *entry)
{
	struct loglist list = {.published_ms = entry->published_ms,
		.version = entry->version,
		.asset_version = entry->asset_version,
		.asset_version_v2 = entry->asset_version_v2,
		.fetched_last_ms = entry->fetched_last_ms};
	memcpy(list.sha256, entry->sha256, HASH_LEN);
	return list;
}

static bool is_later(const struct archive_entry *a, const struct archive_entry *b)
{
	struct loglist x = list_of(a);
	struct loglist y = list_of(b);
	return lists_compare(&x, &y) > 0;
}

static bool copy_texts(struct archive *archive, struct archive_entry *entry)
{
	const char **texts[] = {&entry->name, &entry->version, &entry->source,
		&entry->etag, &entry->last_modified};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = archive_text(archive, *texts[i]);
		if (!*texts[i]) {
			return false;
		}
	}
	return true;
}

static bool make_room(struct archive *archive)
{
	if (archive->num_entries < archive->cap_entries) {
		return true;
	}
	size_t cap = archive->cap_entries ? 2 * archive->cap_entries : 32;
	struct archive_entry *grown =
		realloc(archive->entries, cap * sizeof(*archive->entries));
	if (grown) {
		archive->entries = grown;
		archive->cap_entries = cap;
	}
	return grown != NULL;
}

// Behind those that are not later: an index that is read has them in order.
static void insert(struct archive *archive, const struct archive_entry *entry)
{
	size_t at = archive->num_entries;
	while (at > 0 && is_later(&archive->entries[at - 1], entry)) {
		at--;
	}
	memmove(&archive->entries[at + 1], &archive->entries[at],
		(archive->num_entries - at) * sizeof(*entry));
	archive->entries[at] = *entry;
	archive->num_entries++;
}

bool archive_put(
	struct archive *archive, const struct archive_entry *entry, struct err *err)
{
	struct archive_entry copy = *entry;
	struct archive_entry *old = archive_find(archive, entry->sha256);
	if (!old && archive->num_entries == LISTS_MAX) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"%d lists are kept, which is the limit; remove old ones with "
			"log-list prune",
			LISTS_MAX);
	}
	if (!copy_texts(archive, &copy) || (!old && !make_room(archive))) {
		return err_no_memory(err);
	}
	archive_remove(archive, copy.sha256);
	insert(archive, &copy);
	return true;
}

void archive_remove(struct archive *archive, const uint8_t sha256[32])
{
	struct archive_entry *entry = archive_find(archive, sha256);
	if (entry) {
		size_t index = (size_t)(entry - archive->entries);
		archive->num_entries--;
		memmove(entry, entry + 1,
			(archive->num_entries - index) * sizeof(*entry));
	}
}

// The reader. A fact's value goes to a text, a time or a hash of the archive or an entry.

enum kind { KIND_TEXT, KIND_NUMBER, KIND_TIME, KIND_HASH, KIND_TAKEN, KIND_FAILED };

struct fact {
	const char *name;
	enum kind kind;
	size_t offset; // in struct archive, or in struct archive_entry
};

static const struct fact head_facts[] = {
	{"in_hand", KIND_HASH, offsetof(struct archive, in_hand)},
	{"pinned", KIND_TIME, offsetof(struct archive, pinned_ms)},
	{"history", KIND_HASH, offsetof(struct archive, history)},
	{"refreshed", KIND_TIME, offsetof(struct archive, refreshed_ms)},
	{"failed", KIND_FAILED, 0},
	{"failing_since", KIND_TIME, offsetof(struct archive, failing_since_ms)},
};

static const struct fact entry_facts[] = {
	{"published", KIND_TIME, offsetof(struct archive_entry, published_ms)},
	{"name", KIND_TEXT, offsetof(struct archive_entry, name)},
	{"version", KIND_TEXT, offsetof(struct archive_entry, version)},
	{"asset_version", KIND_NUMBER, offsetof(struct archive_entry, asset_version)},
	{"asset_version_v2", KIND_NUMBER,
		offsetof(struct archive_entry, asset_version_v2)},
	{"fetched_first", KIND_TIME, offsetof(struct archive_entry, fetched_first_ms)},
	{"fetched_last", KIND_TIME, offsetof(struct archive_entry, fetched_last_ms)},
	{"taken", KIND_TAKEN, offsetof(struct archive_entry, taken)},
	{"source", KIND_TEXT, offsetof(struct archive_entry, source)},
	{"etag", KIND_TEXT, offsetof(struct archive_entry, etag)},
	{"last_modified", KIND_TEXT, offsetof(struct archive_entry, last_modified)},
};

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

struct archive_reader {
	struct bytes text;
	size_t line;
	struct archive *into;
	struct archive_entry entry; // the one whose lines are being read
	bool in_entry;
	struct err *err;
};

static bool bad_line(struct archive_reader *r, const char *what)
{
	return err_set(r->err, CODE_STATE_DAMAGED, ERR_NO_OFFSET, "index, line %zu: %s",
		r->line, what);
}

static bool take_text(struct archive_reader *r, struct bytes value, const char **out)
{
	uint8_t *text = arena_take(&r->into->arena, value.len + 1);
	if (!text) {
		return err_no_memory(r->err);
	}
	struct bytes plain = bytes_of(text, text_unescape(value, text));
	*out = (const char *)text;
	return (text_is_utf8(plain) && !memchr(text, 0, plain.len)) ||
		bad_line(r, "the value is no text in UTF-8");
}

static bool take_taken(struct bytes value, enum archive_taken *out)
{
	for (size_t i = 0; i < NUM_ARCHIVE_TAKEN; i++) {
		if (bytes_equal(bytes_of_text(taken_names[i]), value)) {
			*out = (enum archive_taken)i;
			return true;
		}
	}
	return false;
}

// As reason codes are.
static bool is_code(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if ((c < 'a' || c > 'z') && c != '_' && !text_is_digit(c)) {
			return false;
		}
	}
	return true;
}

// "2026-11-22T03:17:00Z 2 fetch_unreachable what it said"
static bool take_failed(struct archive_reader *r, struct bytes value)
{
	struct archive *archive = r->into;
	struct bytes at = lines_next_word(&value);
	struct bytes num = lines_next_word(&value);
	struct bytes code = lines_next_word(&value);
	return ((lines_take_time(at, &archive->failed_ms) &&
			lines_take_integer(num, &archive->num_failed) && is_code(code)) ||
		       bad_line(r, "a time, a number and a code belong here")) &&
		take_text(r, code, &archive->failed_code) &&
		take_text(r, value, &archive->failed_text);
}

static bool take_fact(struct archive_reader *r, const struct fact *fact, void *object,
	struct bytes value)
{
	void *at = (char *)object + fact->offset;
	switch (fact->kind) {
	case KIND_TEXT:
		return take_text(r, value, at);
	case KIND_NUMBER:
		return lines_take_integer(value, at) ||
			bad_line(r, "a number belongs here");
	case KIND_TIME:
		return lines_take_time(value, at) || bad_line(r, "a time belongs here");
	case KIND_HASH:
		return text_unhex(value, at, HASH_LEN) ||
			bad_line(r, "64 hex digits belong here");
	case KIND_TAKEN:
		return take_taken(value, at) || bad_line(r, "no way of taking a list");
	case KIND_FAILED:
		break;
	}
	return take_failed(r, value);
}

static const struct fact *find_fact(
	const struct fact *facts, size_t num, struct bytes name)
{
	for (size_t i = 0; i < num; i++) {
		if (bytes_equal(bytes_of_text(facts[i].name), name)) {
			return &facts[i];
		}
	}
	return NULL;
}

static bool end_entry(struct archive_reader *r)
{
	bool done = !r->in_entry ||
		(!archive_find(r->into, r->entry.sha256) &&
			archive_put(r->into, &r->entry, r->err));
	r->in_entry = false;
	return done || bad_line(r, "the list before this line stands here twice");
}

static bool begin_entry(struct archive_reader *r, struct bytes value)
{
	if (!end_entry(r)) {
		return false;
	}
	r->entry = (struct archive_entry){.name = "",
		.version = "",
		.asset_version = -1,
		.asset_version_v2 = -1,
		.source = "",
		.etag = "",
		.last_modified = ""};
	r->in_entry = true;
	return text_unhex(value, r->entry.sha256, HASH_LEN) ||
		bad_line(r, "64 hex digits belong here");
}

static bool take_line(struct archive_reader *r, struct bytes line)
{
	bool indented = line.len > 2 && line.data[0] == ' ' && line.data[1] == ' ';
	struct bytes rest = indented ? bytes_of(line.data + 2, line.len - 2) : line;
	struct bytes word = lines_next_word(&rest);
	if (!indented && bytes_equal(word, BYTES_LITERAL("list"))) {
		return begin_entry(r, rest);
	}
	if (indented != r->in_entry) {
		return bad_line(r, "a fact in a place where none belongs");
	}
	const struct fact *fact = indented
		? find_fact(entry_facts, NUM(entry_facts), word)
		: find_fact(head_facts, NUM(head_facts), word);
	if (!fact) {
		return bad_line(r, "not a fact of an index");
	}
	if (!indented) {
		r->into->has_in_hand |= fact == &head_facts[0];
		r->into->has_history |= fact == &head_facts[2];
	}
	return take_fact(r, fact, indented ? (void *)&r->entry : r->into, rest);
}

// The last line is the hash of those before it. *out: what stands between header and it.
static bool check_end(
	struct bytes text, struct digest *digest, struct bytes *out, struct err *err)
{
	uint8_t want[HASH_LEN];
	uint8_t got[HASH_LEN];
	size_t tail = END.len + HASH_TEXT_LEN + 1;
	bool whole = text.len >= HEADER.len + tail &&
		memcmp(text.data, HEADER.data, HEADER.len) == 0 &&
		text.data[text.len - 1] == '\n' &&
		memcmp(text.data + text.len - tail, END.data, END.len) == 0 &&
		text_unhex(
			bytes_of(text.data + text.len - 1 - HASH_TEXT_LEN, HASH_TEXT_LEN),
			want, HASH_LEN);
	if (!whole) {
		return err_set(err, CODE_STATE_DAMAGED, ERR_NO_OFFSET,
			"the index is not whole: its first or its last line is missing");
	}
	struct bytes hashed = bytes_of(text.data, text.len - tail);
	if (!digest_sha256(digest, &hashed, 1, got)) {
		return err_no_memory(err);
	}
	*out = bytes_of(text.data + HEADER.len, hashed.len - HEADER.len);
	return memcmp(want, got, HASH_LEN) == 0 ||
		err_set(err, CODE_STATE_DAMAGED, ERR_NO_OFFSET,
			"the index is not what was written: its hash differs");
}

bool archive_read(
	struct bytes text, struct digest *digest, struct archive *out, struct err *err)
{
	struct archive_reader r = {.line = 1, .into = out, .err = err};
	struct bytes line;
	archive_init(out);
	if (!check_end(text, digest, &r.text, err)) {
		return false;
	}
	while (lines_next(&r.text, &line)) {
		r.line++;
		if (!take_line(&r, line)) {
			return false;
		}
	}
	return end_entry(&r) &&
		(!out->has_in_hand || archive_in_hand(out) ||
			bad_line(&r, "the list in hand has no entry"));
}

// The writer.

static void put_text_fact(const char *name, const char *text, struct buffer *out)
{
	if (text[0]) {
		buffer_printf(out, "%s ", name);
		text_put_escaped(out, bytes_of_text(text));
		buffer_put_char(out, '\n');
	}
}

static void put_number_fact(const char *name, int64_t number, struct buffer *out)
{
	if (number >= 0) {
		buffer_printf(out, "%s %lld\n", name, (long long)number);
	}
}

static void put_time_fact(const char *name, int64_t ms, struct buffer *out)
{
	if (ms) {
		buffer_printf(out, "%s ", name);
		lines_put_time(out, ms);
		buffer_put_char(out, '\n');
	}
}

static void put_hash_fact(const char *name, const uint8_t hash[32], struct buffer *out)
{
	char text[HASH_TEXT_LEN + 1];
	text_hex(bytes_of(hash, HASH_LEN), text);
	buffer_printf(out, "%s %s\n", name, text);
}

static void put_head(const struct archive *archive, struct buffer *out)
{
	if (archive->has_in_hand) {
		put_hash_fact("in_hand", archive->in_hand, out);
	}
	put_time_fact("pinned", archive->pinned_ms, out);
	if (archive->has_history) {
		put_hash_fact("history", archive->history, out);
	}
	put_time_fact("refreshed", archive->refreshed_ms, out);
	if (archive->failed_ms) {
		buffer_put_text(out, "failed ");
		lines_put_time(out, archive->failed_ms);
		buffer_printf(out, " %lld %s ", (long long)archive->num_failed,
			archive->failed_code);
		text_put_escaped(out, bytes_of_text(archive->failed_text));
		buffer_put_char(out, '\n');
		put_time_fact("failing_since", archive->failing_since_ms, out);
	}
}

static void put_entry(const struct archive_entry *entry, struct buffer *out)
{
	put_hash_fact("list", entry->sha256, out);
	put_time_fact("  published", entry->published_ms, out);
	put_text_fact("  name", entry->name, out);
	put_text_fact("  version", entry->version, out);
	put_number_fact("  asset_version", entry->asset_version, out);
	put_number_fact("  asset_version_v2", entry->asset_version_v2, out);
	put_time_fact("  fetched_first", entry->fetched_first_ms, out);
	put_time_fact("  fetched_last", entry->fetched_last_ms, out);
	put_text_fact("  taken", taken_names[entry->taken], out);
	put_text_fact("  source", entry->source, out);
	put_text_fact("  etag", entry->etag, out);
	put_text_fact("  last_modified", entry->last_modified, out);
}

bool archive_write(const struct archive *archive, struct digest *digest,
	struct buffer *out, struct err *err)
{
	uint8_t hash[HASH_LEN];
	size_t start = out->len;
	buffer_put(out, HEADER);
	put_head(archive, out);
	for (size_t i = 0; i < archive->num_entries; i++) {
		put_entry(&archive->entries[i], out);
	}
	struct bytes hashed = bytes_of(out->data + start, out->len - start);
	if (out->failed || !digest_sha256(digest, &hashed, 1, hash)) {
		return err_no_memory(err);
	}
	put_hash_fact("end", hash, out);
	return !out->failed || err_no_memory(err);
}

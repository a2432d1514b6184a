// SPDX-License-Identifier: Apache-2.0
#include "loglist/history.h"

#include <stdlib.h>

#include "base/datetime.h"
#include "base/text.h"
#include "loglist/history_facts.h"
#include "loglist/lines.h"
#include "loglist/source.h"

#define HEADER BYTES_LITERAL("ctpolicy log list history 1\n")
// "2026-01-29.4cc21f94"
#define LABEL_LEN 19

// One line about a log: from this list on, the fact has that value.
struct change {
	const struct fact *fact; // NULL: listed or unlisted
	size_t list;
	struct bytes value; // empty: gone
	bool listed;
	size_t line;
};

static void make_label(const struct loglist *list, char out[LABEL_LEN + 1])
{
	char day[DATETIME_ROOM];
	char hash[9];
	datetime_format_ms(list->published_ms, day);
	text_hex(bytes_of(list->sha256, 4), hash);
	memcpy(out, day, 10);
	out[10] = '.';
	memcpy(out + 11, hash, sizeof(hash));
}

// The reader.

struct history_reader {
	struct bytes text;
	size_t line;
	struct ctp_lists *into;
	struct loglist *lists;
	size_t *cap_logs; // a list's room for logs
	size_t num_lists;
	char (*labels)[LABEL_LEN + 1];
	// The log whose lines are being read.
	struct pubkey *key;
	uint8_t id[LOG_ID_LEN];
	bool in_log;
	struct change *changes;
	size_t num_changes;
	size_t cap_changes;
	struct err *err;
};

static bool bad_line(const struct history_reader *r, size_t line, const char *what)
{
	return err_set(r->err, CODE_LOG_LIST_INVALID, ERR_NO_OFFSET,
		"history, line %zu: %s", line, what);
}

static bool next_line(struct history_reader *r, struct bytes *out)
{
	bool more = lines_next(&r->text, out);
	r->line += more;
	return more;
}

// Room for one more of `size` bytes behind *items, by doubling, in the lists' arena.
static void *grown(struct arena *arena, void *items, size_t num, size_t *cap, size_t size)
{
	if (num < *cap) {
		return items;
	}
	size_t new_cap = *cap ? 2 * *cap : 32;
	void *out = arena_take_array(arena, new_cap, size);
	if (out && num) {
		memcpy(out, items, num * size);
	}
	*cap = out ? new_cap : *cap;
	return out;
}

static bool find_label(const struct history_reader *r, struct bytes label, size_t *out)
{
	for (size_t i = 0; i < r->num_lists; i++) {
		if (bytes_equal(bytes_of(r->labels[i], LABEL_LEN), label)) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool begin_list(struct history_reader *r, struct bytes label)
{
	if (label.len != LABEL_LEN || r->in_log || r->num_lists == LISTS_MAX) {
		return bad_line(
			r, r->line, "a list's label, before the first log, belongs here");
	}
	size_t other;
	if (find_label(r, label, &other)) {
		return bad_line(r, r->line, "two lists have this label");
	}
	memcpy(r->labels[r->num_lists], label.data, LABEL_LEN);
	r->labels[r->num_lists][LABEL_LEN] = '\0';
	r->lists[r->num_lists++] = (struct loglist){.name = SOURCE_MAIN,
		.schema = "",
		.version = "",
		.asset_version = -1,
		.asset_version_v2 = -1};
	return true;
}

// A C string in UTF-8, which reports rely on, with its escapes undone.
static bool take_text(struct history_reader *r, struct bytes value, struct bytes *out)
{
	uint8_t *text = arena_take(lists_arena(r->into), value.len + 1);
	if (!text) {
		return err_no_memory(r->err);
	}
	*out = bytes_of(text, text_unescape(value, text));
	return (text_is_utf8(*out) && !memchr(text, 0, out->len)) ||
		bad_line(r, r->line, "the value is no text in UTF-8");
}

// The names that loglist_json.c gives, and who knows whose list it read (lists_expect).
static bool is_list_name(struct bytes text)
{
	return source_find(text) || bytes_equal(text, BYTES_LITERAL(LIST_NAME_BARE));
}

static bool take_list_field(
	struct history_reader *r, struct bytes name, struct bytes value)
{
	struct loglist *list = &r->lists[r->num_lists - 1];
	struct bytes text;
	if (!take_text(r, value, &text)) {
		return false;
	}
	bool good = true;
	if (bytes_equal(name, BYTES_LITERAL("published"))) {
		good = lines_take_time(value, &list->published_ms);
	} else if (bytes_equal(name, BYTES_LITERAL("sha256"))) {
		good = text_unhex(value, list->sha256, sizeof(list->sha256));
	} else if (bytes_equal(name, BYTES_LITERAL("version"))) {
		list->version = (const char *)text.data;
	} else if (bytes_equal(name, BYTES_LITERAL("schema"))) {
		list->schema = (const char *)text.data;
	} else if (bytes_equal(name, BYTES_LITERAL("name"))) {
		good = is_list_name(text);
		list->name = (const char *)text.data;
	} else if (bytes_equal(name, BYTES_LITERAL("assetVersion"))) {
		good = lines_take_integer(value, &list->asset_version);
	} else if (bytes_equal(name, BYTES_LITERAL("assetVersionV2"))) {
		good = lines_take_integer(value, &list->asset_version_v2);
	} else {
		good = false;
	}
	return good || bad_line(r, r->line, "not a fact about a list");
}

static bool take_log_field(
	struct history_reader *r, struct bytes name, struct bytes value)
{
	struct change change = {.line = r->line};
	struct bytes fact = name;
	const uint8_t *at = memchr(name.data, '@', name.len);
	if (at) {
		fact.len = (size_t)(at - name.data);
		struct bytes label = bytes_of(at + 1, name.len - fact.len - 1);
		if (!find_label(r, label, &change.list)) {
			return bad_line(r, r->line, "no list has this label");
		}
	}
	change.fact = history_find_fact(fact);
	change.listed = bytes_equal(fact, BYTES_LITERAL("listed"));
	if (!change.fact && !change.listed &&
		!bytes_equal(fact, BYTES_LITERAL("unlisted"))) {
		return bad_line(r, r->line, "not a fact about a log");
	}
	if (!bytes_equal(value, BYTES_LITERAL("-")) &&
		!take_text(r, value, &change.value)) {
		return false;
	}
	r->changes = grown(lists_arena(r->into), r->changes, r->num_changes,
		&r->cap_changes, sizeof(change));
	if (!r->changes) {
		return err_no_memory(r->err);
	}
	r->changes[r->num_changes++] = change;
	return true;
}

static bool take_key(struct history_reader *r, struct bytes value)
{
	uint8_t *spki = arena_take(lists_arena(r->into), value.len / 4 * 3 + 3);
	size_t len = 0;
	if (!spki) {
		return err_no_memory(r->err);
	}
	if (!text_unbase64(value, spki, &len)) {
		return bad_line(r, r->line, "the key is not base64");
	}
	r->key = lists_key(r->into, bytes_of(spki, len), r->err);
	if (!r->key) {
		return false;
	}
	return memcmp(pubkey_id(r->key), r->id, LOG_ID_LEN) == 0 ||
		bad_line(r, r->line,
			"the key is not the one that the log id is the hash of");
}

// The operator's index in that list; a new one is added.
static bool place_operator(struct history_reader *r, struct loglist *list,
	const char *name, size_t *out_index)
{
	for (size_t i = 0; i < list->num_operators; i++) {
		if (strcmp(list->operators[i], name) == 0) {
			*out_index = i;
			return true;
		}
	}
	if (list->num_operators == LISTS_MAX_OPERATORS) {
		return err_set(r->err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"history: more than %d operators in one list",
			LISTS_MAX_OPERATORS);
	}
	const char **names = arena_take_array(
		lists_arena(r->into), list->num_operators + 1, sizeof(*names));
	if (!names) {
		return err_no_memory(r->err);
	}
	if (list->num_operators) {
		memcpy(names, list->operators, list->num_operators * sizeof(*names));
	}
	names[list->num_operators] = name;
	list->operators = names;
	*out_index = list->num_operators++;
	return true;
}

static bool place_log(struct history_reader *r, size_t list_index,
	const struct ct_log *log, const char *op)
{
	struct loglist *list = &r->lists[list_index];
	if (list->num_logs == LISTS_MAX_LOGS) {
		return err_set(r->err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"history: more than %d logs in one list", LISTS_MAX_LOGS);
	}
	list->logs = grown(lists_arena(r->into), list->logs, list->num_logs,
		&r->cap_logs[list_index], sizeof(*log));
	if (!list->logs) {
		return err_no_memory(r->err);
	}
	struct ct_log *placed = &list->logs[list->num_logs++];
	*placed = *log;
	return place_operator(r, list, op, &placed->op);
}

static bool apply(
	struct history_reader *r, const struct change *change, struct ct_log *log)
{
	return change->fact->take(
		       change->fact, change->value, log, lists_arena(r->into)) ||
		bad_line(r, change->line, "the value does not read as this fact");
}

// The log's lines are complete: its facts go into every list that has it.
static bool end_log(struct history_reader *r)
{
	struct ct_log log = {.key = r->key, .state_version = ""};
	const char *op = NULL;
	bool listed = false;
	if (!r->in_log) {
		return true;
	}
	if (!r->key) {
		return bad_line(r, r->line, "the log before this line has no key");
	}
	memcpy(log.id, r->id, LOG_ID_LEN);
	for (size_t list = 0; list < r->num_lists; list++) {
		for (size_t i = 0; i < r->num_changes; i++) {
			const struct change *change = &r->changes[i];
			if (change->list != list) {
				continue;
			}
			if (!change->fact) {
				listed = change->listed;
			} else if (!apply(r, change, &log)) {
				return false;
			} else if (change->fact == &history_facts[0]) {
				op = (const char *)change->value.data;
			}
		}
		if (listed && !op) {
			return bad_line(
				r, r->line, "the log before this line has no operator");
		}
		if (listed && !place_log(r, list, &log, op)) {
			return false;
		}
	}
	return true;
}

static bool begin_log(struct history_reader *r, struct bytes id)
{
	uint8_t raw[LOG_ID_LEN + 3];
	size_t len = 0;
	if (!end_log(r)) {
		return false;
	}
	if (id.len != TEXT_BASE64_ROOM(LOG_ID_LEN) - 1 || !text_unbase64(id, raw, &len) ||
		len != LOG_ID_LEN) {
		return bad_line(r, r->line, "a log id is the base64 of 32 bytes");
	}
	memcpy(r->id, raw, LOG_ID_LEN);
	r->in_log = true;
	r->key = NULL;
	r->num_changes = 0;
	return true;
}

static bool take_line(struct history_reader *r, struct bytes line)
{
	if (line.len == 0 || line.data[0] == '#') {
		return true;
	}
	bool indented = line.len > 2 && line.data[0] == ' ' && line.data[1] == ' ';
	struct bytes rest = indented ? bytes_of(line.data + 2, line.len - 2) : line;
	struct bytes word = lines_next_word(&rest);
	if (!indented && bytes_equal(word, BYTES_LITERAL("list"))) {
		return begin_list(r, rest);
	}
	if (!indented && bytes_equal(word, BYTES_LITERAL("log"))) {
		return begin_log(r, rest);
	}
	if (indented && r->in_log && bytes_equal(word, BYTES_LITERAL("key"))) {
		return take_key(r, rest);
	}
	if (indented && r->in_log) {
		return take_log_field(r, word, rest);
	}
	if (indented && r->num_lists > 0) {
		return take_list_field(r, word, rest);
	}
	return bad_line(r, r->line, "neither \"list\" nor \"log\" nor a fact about one");
}

// A label is what its list says, and no log stands in the list twice: the writer's labels
// and the policies rely on it. Logs are sorted by id.
static bool check_list(
	const struct history_reader *r, const struct loglist *list, const char *label)
{
	char want[LABEL_LEN + 1];
	make_label(list, want);
	if (strcmp(want, label) != 0) {
		return err_set(r->err, CODE_LOG_LIST_INVALID, ERR_NO_OFFSET,
			"history: the list %s ought to be labelled %s", label, want);
	}
	for (size_t i = 1; i < list->num_logs; i++) {
		if (memcmp(list->logs[i - 1].id, list->logs[i].id, LOG_ID_LEN) == 0) {
			return err_set(r->err, CODE_LOG_LIST_INVALID, ERR_NO_OFFSET,
				"history: a log stands in the list %s twice", label);
		}
	}
	return true;
}

static bool add_lists(struct history_reader *r)
{
	for (size_t i = 0; i < r->num_lists; i++) {
		if (r->lists[i].num_logs == 0) {
			return err_set(r->err, CODE_LOG_LIST_EMPTY, ERR_NO_OFFSET,
				"history: the list %s has no log", r->labels[i]);
		}
		if (!lists_add(r->into, &r->lists[i], r->err) ||
			!check_list(r, &r->lists[i], r->labels[i])) {
			return false;
		}
	}
	return true;
}

bool history_recognize(struct bytes text)
{
	return text.len >= HEADER.len && memcmp(text.data, HEADER.data, HEADER.len) == 0;
}

static size_t count_lists(struct bytes text)
{
	size_t num = 0;
	for (size_t i = 0; i + 6 < text.len; i++) {
		num += memcmp(text.data + i, "\nlist ", 6) == 0;
	}
	return num;
}

bool history_read(struct bytes text, struct ctp_lists *into, struct err *err)
{
	if (text.len > LISTS_MAX_FILE) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"a history of %zu bytes; the limit is 32 MB", text.len);
	}
	struct history_reader r = {.text = text, .into = into, .err = err};
	struct bytes line;
	if (!history_recognize(text) || !next_line(&r, &line)) {
		return err_set(err, CODE_LOG_LIST_INVALID, 0, "not a log list history");
	}
	size_t max_lists = count_lists(text);
	r.lists = arena_take_array(lists_arena(into), max_lists, sizeof(*r.lists));
	r.labels = arena_take_array(lists_arena(into), max_lists, sizeof(*r.labels));
	r.cap_logs = arena_take_array(lists_arena(into), max_lists, sizeof(*r.cap_logs));
	if (!r.lists || !r.labels || !r.cap_logs) {
		return err_no_memory(err);
	}
	while (next_line(&r, &line)) {
		if (!take_line(&r, line)) {
			return false;
		}
	}
	return end_log(&r) && add_lists(&r);
}

// The writer.

static void write_list(const struct loglist *list, struct buffer *out)
{
	char label[LABEL_LEN + 1];
	char hash[2 * sizeof(list->sha256) + 1];
	make_label(list, label);
	text_hex(bytes_of(list->sha256, sizeof(list->sha256)), hash);
	buffer_printf(out, "list %s\n  published ", label);
	lines_put_time(out, list->published_ms);
	buffer_put_text(out, "\n  name ");
	text_put_escaped(out, bytes_of_text(list->name));
	buffer_printf(out, "\n  sha256 %s\n", hash);
	if (list->version[0]) {
		buffer_put_text(out, "  version ");
		text_put_escaped(out, bytes_of_text(list->version));
		buffer_put_char(out, '\n');
	}
	if (list->asset_version >= 0) {
		buffer_printf(
			out, "  assetVersion %lld\n", (long long)list->asset_version);
	}
	if (list->asset_version_v2 >= 0) {
		buffer_printf(out, "  assetVersionV2 %lld\n",
			(long long)list->asset_version_v2);
	}
	if (list->schema[0]) {
		buffer_put_text(out, "  schema ");
		text_put_escaped(out, bytes_of_text(list->schema));
		buffer_put_char(out, '\n');
	}
}

// One fact of one log over all lists: its first value, then its changes.
static void write_fact(const struct ctp_lists *lists, const uint8_t *id,
	const struct fact *fact, struct buffer values[2], struct buffer *out)
{
	struct buffer *last = NULL;
	for (size_t i = 0; i < lists_num(lists); i++) {
		const struct loglist *list = lists_at(lists, i);
		const struct ct_log *log = loglist_find(list, id);
		if (!log) {
			continue;
		}
		struct buffer *now = last == &values[0] ? &values[1] : &values[0];
		now->len = 0;
		if (!fact->put(fact, list, log, now)) {
			now->len = 0;
			buffer_put_char(now, '-');
		} else if (bytes_equal(buffer_bytes(now), BYTES_LITERAL("-"))) {
			now->len = 0;
			buffer_put_text(now, "\\2D");
		}
		bool same = last && bytes_equal(buffer_bytes(last), buffer_bytes(now));
		bool absent = !last && bytes_equal(buffer_bytes(now), BYTES_LITERAL("-"));
		if (!same && !absent) {
			char label[LABEL_LEN + 1];
			make_label(list, label);
			buffer_printf(out, "  %s%s%s ", fact->name, last ? "@" : "",
				last ? label : "");
			buffer_put(out, buffer_bytes(now));
			buffer_put_char(out, '\n');
		}
		last = now;
	}
}

static void write_presence(
	const struct ctp_lists *lists, const uint8_t *id, struct buffer *out)
{
	bool listed = false;
	for (size_t i = 0; i < lists_num(lists); i++) {
		bool now = loglist_find(lists_at(lists, i), id) != NULL;
		if (now != listed) {
			char label[LABEL_LEN + 1];
			make_label(lists_at(lists, i), label);
			buffer_printf(out, "  %slisted@%s\n", now ? "" : "un", label);
		}
		listed = now;
	}
}

static const struct ct_log *find_anywhere(
	const struct ctp_lists *lists, const uint8_t *id)
{
	const struct ct_log *log = NULL;
	for (size_t i = 0; i < lists_num(lists) && !log; i++) {
		log = loglist_find(lists_at(lists, i), id);
	}
	return log;
}

static void write_log(const struct ctp_lists *lists, const uint8_t *id,
	struct buffer values[2], struct buffer *out)
{
	char id_text[TEXT_BASE64_ROOM(LOG_ID_LEN)];
	text_base64(bytes_of(id, LOG_ID_LEN), id_text);
	buffer_printf(out, "log %s\n  key ", id_text);
	struct bytes spki = pubkey_spki(find_anywhere(lists, id)->key);
	uint8_t *key = buffer_extend(out, TEXT_BASE64_ROOM(spki.len));
	if (!key) {
		return;
	}
	text_base64(spki, (char *)key);
	out->data[out->len - 1] = '\n';
	for (size_t i = 0; i < history_num_facts; i++) {
		write_fact(lists, id, &history_facts[i], values, out);
	}
	write_presence(lists, id, out);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, LOG_ID_LEN);
}

bool history_write(const struct ctp_lists *lists, struct buffer *out, struct err *err)
{
	size_t num = 0;
	for (size_t i = 0; i < lists_num(lists); i++) {
		num += lists_at(lists, i)->num_logs;
	}
	uint8_t(*ids)[LOG_ID_LEN] = calloc(num, LOG_ID_LEN);
	if (!ids) {
		return err_no_memory(err);
	}
	num = 0;
	buffer_put(out, HEADER);
	for (size_t i = 0; i < lists_num(lists); i++) {
		const struct loglist *list = lists_at(lists, i);
		write_list(list, out);
		for (size_t k = 0; k < list->num_logs; k++) {
			memcpy(ids[num++], list->logs[k].id, LOG_ID_LEN);
		}
	}
	qsort(ids, num, LOG_ID_LEN, by_bytes);
	struct buffer values[2];
	buffer_init(&values[0], LISTS_MAX_FILE);
	buffer_init(&values[1], LISTS_MAX_FILE);
	for (size_t i = 0; i < num; i++) {
		if (i == 0 || memcmp(ids[i - 1], ids[i], LOG_ID_LEN) != 0) {
			write_log(lists, ids[i], values, out);
		}
	}
	bool failed = out->failed || values[0].failed || values[1].failed;
	buffer_clear(&values[0]);
	buffer_clear(&values[1]);
	free(ids);
	return !failed || err_no_memory(err);
}

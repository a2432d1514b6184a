// SPDX-License-Identifier: Apache-2.0
#include "report/summary_local.h"

#include <stdlib.h>

#include "base/text.h"

// Larger numbers are no integers for half of the readers of JSON (RFC 8259 6).
#define MAX_RECORDS (UINT64_C(1) << 53)

_Static_assert(NUM_CODES < 256, "a code fits into a byte");
_Static_assert(sizeof(struct exhibit) == 64 + 4 + 4 * NUM_EXHIBIT_TEXTS,
	"exhibits are compared as bytes: no padding");

// A sentence of advice that names a dozen log operators has 400.
const size_t exhibit_max_text[NUM_EXHIBIT_TEXTS] = {256, 256, 256, 480, 480};

static const struct {
	size_t max;
	size_t num_counts;
	size_t num_weighed;
} tables[NUM_TABLES] = {
	[TABLE_ISSUERS] = {SUMMARY_MAX_ISSUERS, NUM_RESULTS, NUM_RESULTS},
	[TABLE_MONTHS] = {SUMMARY_MAX_MONTHS, NUM_RESULTS, NUM_RESULTS},
	[TABLE_LOGS] = {SUMMARY_MAX_LOGS, NUM_LOG_COUNTS, 1},
	[TABLE_OPERATORS] = {SUMMARY_MAX_OPERATORS, NUM_OPERATOR_COUNTS, 1},
	[TABLE_LISTS] = {SUMMARY_MAX_LISTS, 1, 1},
};

struct summary *summary_new(struct err *err)
{
	struct summary *summary = (struct summary *)calloc(1, sizeof(*summary));
	if (!summary) {
		err_no_memory(err);
		return NULL;
	}
	summary->first_at_ms = INT64_MAX;
	summary->last_at_ms = INT64_MIN;
	summary->failing.max = SUMMARY_MAX_FAILING;
	summary->unread.max = SUMMARY_MAX_UNREAD;
	for (size_t i = 0; i < NUM_TABLES; i++) {
		if (!tally_init(&summary->tables[i], tables[i].max, tables[i].num_counts,
			    tables[i].num_weighed, err)) {
			summary_free(summary);
			return NULL;
		}
	}
	return summary;
}

static void clear_exhibits(struct exhibits *list)
{
	for (size_t i = 0; i < list->num; i++) {
		free(list->items[i]);
	}
	free(list->items);
}

void summary_free(struct summary *summary)
{
	if (!summary) {
		return;
	}
	for (size_t i = 0; i < NUM_TABLES; i++) {
		tally_clear(&summary->tables[i]);
	}
	clear_exhibits(&summary->failing);
	clear_exhibits(&summary->unread);
	free(summary);
}

uint64_t summary_num_results(const struct summary *summary, enum result result)
{
	return summary->results[result];
}

uint64_t summary_num_judged(const struct summary *summary)
{
	return summary_sum(summary->results, NUM_RESULTS);
}

uint64_t summary_num_unread(const struct summary *summary)
{
	return summary_sum(summary->errors, NUM_CODES);
}

uint64_t summary_policy_num(const struct summary_policy *policy)
{
	return summary_sum(policy->verdicts, 3) + policy->not_applying;
}

uint64_t summary_lifetime_num(const struct summary_lifetime *lifetime)
{
	return summary_sum(lifetime->results, NUM_RESULTS);
}

size_t summary_main_policy(const struct summary *summary)
{
	size_t i = 0;
	while (i < policy_num() && summary_policy_num(&summary->policies[i]) == 0) {
		i++;
	}
	return i;
}

struct lifetime_place summary_lifetime_place(size_t index)
{
	struct lifetime_place place = {
		.index = {index / (POLICY_MAX_TABLES * LIFETIME_MAX_ROWS),
			index / LIFETIME_MAX_ROWS % POLICY_MAX_TABLES,
			index % LIFETIME_MAX_ROWS}};
	if (place.index[0] >= policy_num()) {
		return place;
	}
	place.policy = policy_at(place.index[0]);
	place.table = &place.policy->tables[place.index[1]];
	const struct lifetime_row *row = &place.table->rows[place.index[2]];
	place.row = place.index[1] < place.policy->num_tables && row->name ? row : NULL;
	return place;
}

static int compare_reasons(const struct summary *summary, enum code a, enum code b)
{
	uint64_t x = summary->reasons[a].certificates;
	uint64_t y = summary->reasons[b].certificates;
	return x == y ? strcmp(code_info(a)->name, code_info(b)->name) : x < y ? 1 : -1;
}

size_t summary_sort_reasons(const struct summary *summary, enum code out[NUM_CODES])
{
	size_t num = 0;
	for (size_t i = 1; i < NUM_CODES; i++) {
		enum code code = (enum code)i;
		if (summary->reasons[code].certificates == 0) {
			continue;
		}
		size_t at = num++;
		for (; at > 0 && compare_reasons(summary, out[at - 1], code) > 0; at--) {
			out[at] = out[at - 1];
		}
		out[at] = code;
	}
	return num;
}

// Text.

static size_t put_hex_pairs(struct bytes in, uint8_t *out, size_t room)
{
	static const char digits[] = "0123456789ABCDEF";
	if (3 * in.len > room) {
		return 0;
	}
	for (size_t i = 0; i < in.len; i++) {
		*out++ = '\\';
		*out++ = (uint8_t)digits[in.data[i] >> 4];
		*out++ = (uint8_t)digits[in.data[i] & 15];
	}
	return 3 * in.len;
}

// Up to `max` bytes of printable text into `out`; returns their number.
static size_t make_printable(struct bytes in, uint8_t *out, size_t max)
{
	size_t len = 0;
	while (in.len > 0) {
		uint32_t c = in.data[0];
		size_t char_len = 1;
		bool plain = c >= 0x20 && c < 0x7f;
		if (!plain) {
			char_len = text_utf8_decode(in, &c);
			plain = char_len > 0 && text_is_printable(c);
			char_len = char_len ? char_len : 1;
		}
		struct bytes piece = bytes_of(in.data, char_len);
		size_t add =
			plain ? char_len : put_hex_pairs(piece, out + len, max - len);
		if (add == 0 || add > max - len) {
			return len;
		}
		if (plain) {
			bytes_copy(out + len, piece);
		}
		len += add;
		in = bytes_of(in.data + char_len, in.len - char_len);
	}
	return len;
}

void summary_put_printable(struct buffer *out, struct bytes in, size_t max)
{
	size_t room = in.len > max / 3 ? max : 3 * in.len;
	uint8_t *at = room ? buffer_extend(out, room) : NULL;
	if (at) {
		out->len -= room - make_printable(in, at, room);
	}
}

void summary_copy_text(char *out, size_t room, struct bytes in)
{
	out[make_printable(in, (uint8_t *)out, room - 1)] = '\0';
}

void summary_cut_text(struct buffer *out, size_t from, size_t max)
{
	if (out->failed || out->len - from <= max) {
		return;
	}
	size_t end = from + max;
	while (end > from && (out->data[end] & 0xc0) == 0x80) {
		end--;
	}
	out->len = end;
}

// Exhibits.

struct bytes exhibit_text(const struct exhibit *exhibit, enum exhibit_text which)
{
	size_t start = which ? exhibit->ends[which - 1] : 0;
	return bytes_of(
		(const uint8_t *)(exhibit + 1) + start, exhibit->ends[which] - start);
}

size_t exhibit_size(const struct exhibit *exhibit)
{
	return sizeof(*exhibit) + exhibit->ends[NUM_EXHIBIT_TEXTS - 1];
}

static int compare_text(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

// Whatever is printed decides in the end, so that the order is the same everywhere.
static int compare_exhibits(const struct exhibit *a, const struct exhibit *b)
{
	if (a->position != b->position) {
		return a->position > b->position ? 1 : -1;
	}
	int order =
		compare_text(exhibit_text(a, EXHIBIT_ID), exhibit_text(b, EXHIBIT_ID));
	if (order == 0) {
		order = memcmp(a->sha256, b->sha256, sizeof(a->sha256));
	}
	return order ? order
		     : compare_text(bytes_of(a, exhibit_size(a)),
			       bytes_of(b, exhibit_size(b)));
}

// Where it belongs: nearly always at the end.
static size_t find_place(const struct exhibits *list, const struct exhibit *exhibit)
{
	size_t first = 0;
	size_t last = list->num;
	if (last > 0 && compare_exhibits(list->items[last - 1], exhibit) <= 0) {
		return last;
	}
	while (first < last) {
		size_t middle = first + (last - first) / 2;
		if (compare_exhibits(list->items[middle], exhibit) <= 0) {
			first = middle + 1;
		} else {
			last = middle;
		}
	}
	return first;
}

static bool make_room(struct exhibits *list, struct err *err)
{
	if (list->num < list->room) {
		return true;
	}
	size_t room = list->room ? 2 * list->room : 16;
	struct exhibit **items =
		(struct exhibit **)realloc(list->items, room * sizeof(*items));
	if (!items) {
		return err_no_memory(err);
	}
	list->items = items;
	list->room = room;
	return true;
}

bool exhibits_add(struct exhibits *list, const void *from, size_t size, struct err *err)
{
	uint64_t position = 0;
	memcpy(&position, from, sizeof(position));
	bool full = list->num == list->max;
	if (full && position > list->items[list->num - 1]->position) {
		return true;
	}
	struct exhibit *exhibit = (struct exhibit *)malloc(size);
	if (!exhibit || !make_room(list, err)) {
		free(exhibit);
		return err_no_memory(err);
	}
	memcpy(exhibit, from, size);
	size_t at = find_place(list, exhibit);
	if (full) {
		free(at < list->max ? list->items[--list->num] : exhibit);
	}
	if (at < list->max) {
		memmove(list->items + at + 1, list->items + at,
			(list->num - at) * sizeof(struct exhibit *));
		list->items[at] = exhibit;
		list->num++;
	}
	return true;
}

static bool merge_exhibits(
	struct exhibits *into, const struct exhibits *from, struct err *err)
{
	for (size_t i = 0; i < from->num; i++) {
		const struct exhibit *exhibit = from->items[i];
		if (!exhibits_add(into, exhibit, exhibit_size(exhibit), err)) {
			return false;
		}
	}
	return true;
}

// Runs.

void summary_words_add(struct summary_words *words, const char *word)
{
	char item[SUMMARY_WORD_ROOM];
	summary_copy_text(item, sizeof(item), bytes_of_text(word));
	size_t at = 0;
	while (at < words->num && strcmp(words->items[at], item) < 0) {
		at++;
	}
	bool known = at < words->num && strcmp(words->items[at], item) == 0;
	if (item[0] == '\0' || known || at == SUMMARY_MAX_WORDS) {
		return;
	}
	words->num += words->num < SUMMARY_MAX_WORDS;
	memmove(words->items[at + 1], words->items[at],
		(words->num - 1 - at) * SUMMARY_WORD_ROOM);
	memcpy(words->items[at], item, sizeof(item));
}

static void add_words(struct summary_words *into, const struct summary_words *from)
{
	for (size_t i = 0; i < from->num; i++) {
		summary_words_add(into, from->items[i]);
	}
}

void summary_run_add(struct summary_run *into, const struct summary_run *from)
{
	// One that never ran says nothing of parts.
	if (!into->started_ms) {
		into->shards = from->shards;
	} else if (from->started_ms) {
		summary_shards_add(&into->shards, &from->shards);
	}
	if (from->started_ms &&
		(!into->started_ms || from->started_ms < into->started_ms)) {
		into->started_ms = from->started_ms;
	}
	into->ended_ms =
		from->ended_ms > into->ended_ms ? from->ended_ms : into->ended_ms;
	into->wall_ms += from->wall_ms;
	into->cpu_ms += from->cpu_ms;
	into->jobs = from->jobs > into->jobs ? from->jobs : into->jobs;
	add_words(&into->verifiers, &from->verifiers);
	add_words(&into->versions, &from->versions);
}

void summary_set_run(struct summary *summary, const struct summary_run *run)
{
	summary->run = *run;
}

const struct summary_run *summary_run(const struct summary *summary)
{
	return &summary->run;
}

// Sums.

static void add(uint64_t *to, const uint64_t *from, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		to[i] += from[i];
	}
}

static void add_policies(struct summary *into, const struct summary *from)
{
	for (size_t i = 0; i < SUMMARY_MAX_POLICIES; i++) {
		struct summary_policy *to = &into->policies[i];
		const struct summary_policy *policy = &from->policies[i];
		add(to->verdicts, policy->verdicts, 3);
		add(&to->not_applying, &policy->not_applying, 1);
		add(to->because, policy->because, NUM_CODES);
		for (size_t k = 0; k < POLICY_MAX_TABLES * LIFETIME_MAX_ROWS; k++) {
			size_t table = k / LIFETIME_MAX_ROWS;
			size_t row = k % LIFETIME_MAX_ROWS;
			struct summary_lifetime *sum = &into->lifetimes[i][table][row];
			const struct summary_lifetime *part =
				&from->lifetimes[i][table][row];
			add(sum->results, part->results, NUM_RESULTS);
			add(sum->had, part->had, LIFETIME_HAD);
		}
	}
}

static void add_totals(struct summary *into, const struct summary *from)
{
	add(into->results, from->results, NUM_RESULTS);
	into->cas_left_out += from->cas_left_out;
	add(into->errors, from->errors, NUM_CODES);
	into->first_at_ms = from->first_at_ms < into->first_at_ms ? from->first_at_ms
								  : into->first_at_ms;
	into->last_at_ms =
		from->last_at_ms > into->last_at_ms ? from->last_at_ms : into->last_at_ms;
	into->scts += from->scts;
	into->valid_scts += from->valid_scts;
	into->counted_scts += from->counted_scts;
	into->scts_without_log += from->scts_without_log;
	for (size_t i = 0; i < NUM_CODES; i++) {
		into->reasons[i].certificates += from->reasons[i].certificates;
		into->reasons[i].failing += from->reasons[i].failing;
		into->reasons[i].scts += from->reasons[i].scts;
	}
}

bool summary_merge(struct summary *into, const struct summary *from, struct err *err)
{
	uint64_t num = summary_num_judged(into) + summary_num_judged(from) +
		summary_num_unread(into) + summary_num_unread(from);
	if (num > MAX_RECORDS) {
		return err_set(err, CODE_BAD_REQUEST, ERR_NO_OFFSET,
			"the summaries have more certificates together than one can "
			"count");
	}
	add_totals(into, from);
	add_policies(into, from);
	for (size_t i = 0; i < NUM_TABLES; i++) {
		if (!tally_merge(&into->tables[i], &from->tables[i], err)) {
			return false;
		}
	}
	summary_run_add(&into->run, &from->run);
	return merge_exhibits(&into->failing, &from->failing, err) &&
		merge_exhibits(&into->unread, &from->unread, err);
}

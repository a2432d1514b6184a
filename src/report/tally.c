// SPDX-License-Identifier: Apache-2.0
#include "report/tally.h"

#include <stdlib.h>

// So many entries more than `max` before the table is trimmed: trimming sorts all of them.
static size_t slack_of(const struct tally *tally)
{
	return tally->max / 8 + 8;
}

// Murmur's finalizer.
static uint64_t mix(uint64_t h)
{
	h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ (h >> 33);
}

// The same on every machine, because it decides which keys stay. An input that is made
// for it can have each new key compared with `max` others, no more.
static uint64_t hash_of(struct bytes key)
{
	uint64_t h = key.len;
	uint64_t word = 0;
	size_t i = 0;
	for (; i + 8 <= key.len; i += 8) {
		const uint8_t *at = key.data + i;
		word = (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
			(uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 |
			(uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
			(uint64_t)at[7] << 56;
		h = mix(h ^ word);
	}
	for (word = 0; i < key.len; i++) {
		word = word << 8 | key.data[i];
	}
	return mix(h ^ word ^ UINT64_C(0x9e3779b97f4a7c15));
}

struct bytes tally_key(const struct tally *tally, const struct tally_entry *entry)
{
	return bytes_of(entry->counts + tally->num_counts, entry->key_len);
}

static struct tally_entry *new_entry(
	size_t num_counts, uint64_t hash, struct bytes key, struct err *err)
{
	struct tally_entry *entry = (struct tally_entry *)calloc(
		1, sizeof(*entry) + num_counts * sizeof(entry->counts[0]) + key.len);
	if (!entry) {
		err_no_memory(err);
		return NULL;
	}
	entry->hash = hash;
	entry->key_len = key.len;
	bytes_copy((uint8_t *)(entry->counts + num_counts), key);
	return entry;
}

static void free_entry(struct tally_entry *entry)
{
	if (entry) {
		free(entry->note);
		free(entry);
	}
}

bool tally_init(struct tally *tally, size_t max, size_t num_counts, size_t num_weighed,
	struct err *err)
{
	*tally = (struct tally){.max = max,
		.num_counts = num_counts,
		.num_weighed = num_weighed,
		.num_slots = 16,
		.limit = UINT64_MAX};
	tally->slots = (struct tally_entry **)calloc(
		tally->num_slots, sizeof(struct tally_entry *));
	tally->others = new_entry(num_counts, 0, BYTES_NONE, err);
	return tally->slots && tally->others ? true : err_no_memory(err);
}

void tally_clear(struct tally *tally)
{
	for (size_t i = 0; tally->slots && i < tally->num_slots; i++) {
		free_entry(tally->slots[i]);
	}
	free(tally->slots);
	free_entry(tally->others);
	*tally = (struct tally){0};
}

// The slot of the key, or the free one where it belongs.
static struct tally_entry **find_slot(
	const struct tally *tally, uint64_t hash, struct bytes key)
{
	size_t mask = tally->num_slots - 1;
	size_t at = (size_t)hash & mask;
	while (tally->slots[at] &&
		!(tally->slots[at]->hash == hash &&
			bytes_equal(tally_key(tally, tally->slots[at]), key))) {
		at = (at + 1) & mask;
	}
	return &tally->slots[at];
}

static void add_counts(uint64_t *to, const uint64_t *from, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		to[i] += from[i];
	}
}

// Places the entries in so many slots; those beyond the limit go to the others.
static bool rebuild(struct tally *tally, size_t num_slots, struct err *err)
{
	struct tally_entry **old = tally->slots;
	size_t num_old = tally->num_slots;
	struct tally_entry **slots =
		(struct tally_entry **)calloc(num_slots, sizeof(struct tally_entry *));
	if (!slots) {
		return err_no_memory(err);
	}
	tally->slots = slots;
	tally->num_slots = num_slots;
	tally->num = 0;
	for (size_t i = 0; i < num_old; i++) {
		struct tally_entry *entry = old[i];
		if (!entry) {
			continue;
		}
		if (entry->hash > tally->limit) {
			add_counts(
				tally->others->counts, entry->counts, tally->num_counts);
			free_entry(entry);
			continue;
		}
		*find_slot(tally, entry->hash, tally_key(tally, entry)) = entry;
		tally->num++;
	}
	free(old);
	return true;
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

// *out_limit: the max-th hash, where there are more entries.
static bool find_limit(const struct tally *tally, uint64_t *out_limit)
{
	*out_limit = tally->limit;
	if (tally->num <= tally->max) {
		return true;
	}
	uint64_t *hashes = (uint64_t *)calloc(tally->num, sizeof(uint64_t));
	if (!hashes) {
		return false;
	}
	size_t num = 0;
	for (size_t i = 0; i < tally->num_slots; i++) {
		if (tally->slots[i]) {
			hashes[num++] = tally->slots[i]->hash;
		}
	}
	qsort(hashes, num, sizeof(uint64_t), compare_hashes);
	*out_limit = hashes[tally->max - 1];
	free(hashes);
	return true;
}

static bool make_room(struct tally *tally, struct err *err)
{
	if (tally->num >= tally->max + slack_of(tally)) {
		return find_limit(tally, &tally->limit)
			? rebuild(tally, tally->num_slots, err)
			: err_no_memory(err);
	}
	return (tally->num + 1) * 4 <= tally->num_slots * 3 ||
		rebuild(tally, tally->num_slots * 2, err);
}

struct tally_entry *tally_take(struct tally *tally, struct bytes key, struct err *err)
{
	uint64_t hash = hash_of(key);
	struct tally_entry **slot = find_slot(tally, hash, key);
	if (*slot) {
		return *slot;
	}
	if (hash <= tally->limit && !make_room(tally, err)) {
		return NULL;
	}
	if (hash > tally->limit) {
		return tally->others;
	}
	struct tally_entry *entry = new_entry(tally->num_counts, hash, key, err);
	if (entry) {
		*find_slot(tally, hash, key) = entry;
		tally->num++;
	}
	return entry;
}

static bool is_newer(const struct tally_note *a, const struct tally_note *b)
{
	if (a->ms != b->ms) {
		return a->ms > b->ms;
	}
	int order = 0;
	for (size_t i = 0; i < TALLY_NUM_NOTES && order == 0; i++) {
		order = strcmp(a->text[i], b->text[i]);
	}
	return order > 0;
}

bool tally_put_note(
	struct tally_entry *entry, const struct tally_note *note, struct err *err)
{
	if (!entry->note) {
		entry->note = (struct tally_note *)calloc(1, sizeof(*entry->note));
		if (!entry->note) {
			return err_no_memory(err);
		}
		*entry->note = *note;
	} else if (is_newer(note, entry->note)) {
		*entry->note = *note;
	}
	return true;
}

bool tally_merge(struct tally *into, const struct tally *from, struct err *err)
{
	add_counts(into->others->counts, from->others->counts, into->num_counts);
	for (size_t i = 0; i < from->num_slots; i++) {
		const struct tally_entry *entry = from->slots[i];
		if (!entry) {
			continue;
		}
		struct tally_entry *to = tally_take(into, tally_key(from, entry), err);
		if (!to) {
			return false;
		}
		add_counts(to->counts, entry->counts, into->num_counts);
		if (entry->note && to != into->others &&
			!tally_put_note(to, entry->note, err)) {
			return false;
		}
	}
	// What `from` had no room for, the sum has none for either.
	into->limit = from->limit < into->limit ? from->limit : into->limit;
	return rebuild(into, into->num_slots, err);
}

static int compare_bytes(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_key(const void *a, const void *b)
{
	const struct tally_item *x = (const struct tally_item *)a;
	const struct tally_item *y = (const struct tally_item *)b;
	return compare_bytes(x->key, y->key);
}

static int by_weight(const void *a, const void *b)
{
	const struct tally_item *x = (const struct tally_item *)a;
	const struct tally_item *y = (const struct tally_item *)b;
	return x->weight == y->weight ? by_key(a, b) : x->weight < y->weight ? 1 : -1;
}

static void put_item(struct tally_view *view, const struct tally *tally,
	const struct tally_entry *entry)
{
	struct tally_item *item = &view->items[view->num++];
	*item = (struct tally_item){.entry = entry, .key = tally_key(tally, entry)};
	for (size_t i = 0; i < tally->num_weighed; i++) {
		item->weight += entry->counts[i];
	}
}

bool tally_view_init(
	struct tally_view *view, const struct tally *tally, enum tally_order order)
{
	uint64_t limit = 0;
	*view = (struct tally_view){.num = 0};
	view->items = (struct tally_item *)calloc(tally->num + 1, sizeof(*view->items));
	view->others = (uint64_t *)calloc(tally->num_counts, sizeof(uint64_t));
	if (!view->items || !view->others || !find_limit(tally, &limit)) {
		tally_view_clear(view);
		return false;
	}
	add_counts(view->others, tally->others->counts, tally->num_counts);
	for (size_t i = 0; i < tally->num_slots; i++) {
		const struct tally_entry *entry = tally->slots[i];
		if (entry && entry->hash <= limit) {
			put_item(view, tally, entry);
		} else if (entry) {
			add_counts(view->others, entry->counts, tally->num_counts);
		}
	}
	for (size_t i = 0; i < tally->num_counts; i++) {
		view->has_others = view->has_others || view->others[i] > 0;
	}
	qsort(view->items, view->num, sizeof(*view->items),
		order == TALLY_BY_KEY ? by_key : by_weight);
	return true;
}

void tally_view_clear(struct tally_view *view)
{
	free(view->items);
	free(view->others);
	*view = (struct tally_view){.num = 0};
}

// SPDX-License-Identifier: Apache-2.0
#include "loglist/lists.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "loglist/source.h"

// One history: the lists of a source.
struct history {
	const char *source;
	bool given;
	const struct loglist *lists; // by publication, oldest first
	size_t num_lists;
	const struct loglist *pinned; // NULL: none of the lists is
	int64_t pin_since_ms;
};

struct pin {
	uint8_t sha256[32];
	int64_t since_ms;
};

struct ctp_lists {
	atomic_uint refs;
	struct arena arena;
	struct digest *digest; // only while filling
	const char *expected; // the same
	struct loglist *lists; // by source and publication
	size_t num_lists;
	struct history histories[NUM_SOURCES]; // by source, once frozen
	size_t num_histories;
	struct pin pins[NUM_SOURCES];
	size_t num_pins;
	struct pubkey **keys; // every key once; owned
	size_t num_keys;
	size_t cap_keys;
	struct ctp_lists *parts[2]; // of one that was joined: whose logs it lends
};

struct ctp_lists *lists_new(struct err *err)
{
	struct ctp_lists *lists = calloc(1, sizeof(*lists));
	if (!lists) {
		err_no_memory(err);
		return NULL;
	}
	atomic_init(&lists->refs, 1);
	lists->digest = digest_new(err);
	if (!lists->digest) {
		free(lists);
		return NULL;
	}
	return lists;
}

struct ctp_lists *lists_ref(struct ctp_lists *lists)
{
	atomic_fetch_add(&lists->refs, 1);
	return lists;
}

void lists_unref(struct ctp_lists *lists)
{
	if (!lists || atomic_fetch_sub(&lists->refs, 1) != 1) {
		return;
	}
	for (size_t i = 0; i < lists->num_keys; i++) {
		pubkey_unref(lists->keys[i]);
	}
	free(lists->keys);
	free(lists->lists);
	lists_unref(lists->parts[0]);
	lists_unref(lists->parts[1]);
	digest_free(lists->digest);
	arena_clear(&lists->arena);
	free(lists);
}

struct arena *lists_arena(struct ctp_lists *lists)
{
	return &lists->arena;
}

struct digest *lists_digest(struct ctp_lists *lists)
{
	return lists->digest;
}

struct pubkey *lists_key(struct ctp_lists *lists, struct bytes spki, struct err *err)
{
	for (size_t i = 0; i < lists->num_keys; i++) {
		if (bytes_equal(pubkey_spki(lists->keys[i]), spki)) {
			return lists->keys[i];
		}
	}
	if (lists->num_keys == lists->cap_keys) {
		size_t cap = lists->cap_keys ? 2 * lists->cap_keys : 256;
		struct pubkey **keys = realloc(lists->keys, cap * sizeof(*keys));
		if (!keys) {
			err_no_memory(err);
			return NULL;
		}
		lists->keys = keys;
		lists->cap_keys = cap;
	}
	struct pubkey *key = pubkey_new(spki, lists->digest, err);
	if (key) {
		lists->keys[lists->num_keys++] = key;
	}
	return key;
}

static int by_id(const void *a, const void *b)
{
	const struct ct_log *x = a;
	const struct ct_log *y = b;
	return memcmp(x->id, y->id, LOG_ID_LEN);
}

// Its index; num_histories where there is none.
static size_t find_history(const struct ctp_lists *lists, const char *source)
{
	size_t i = 0;
	while (i < lists->num_histories &&
		strcmp(lists->histories[i].source, source) != 0) {
		i++;
	}
	return i;
}

void lists_expect(struct ctp_lists *lists, const char *source)
{
	lists->expected = source;
}

void lists_give(struct ctp_lists *lists, const char *source)
{
	size_t index = find_history(lists, source);
	if (index < lists->num_histories) {
		lists->histories[index].given = true;
	}
}

static bool add_source(struct ctp_lists *lists, const char *source, struct err *err)
{
	if (find_history(lists, source) < lists->num_histories) {
		return true;
	}
	if (lists->num_histories == NUM_SOURCES) {
		return err_set(err, CODE_LOG_LIST_INVALID, ERR_NO_OFFSET,
			"a list of \"%.40s\": lists of more than %d sources at once",
			source, NUM_SOURCES);
	}
	lists->histories[lists->num_histories++] = (struct history){.source = source};
	return true;
}

bool lists_add(struct ctp_lists *lists, const struct loglist *list, struct err *err)
{
	struct loglist added = *list;
	if (lists->num_lists == LISTS_MAX) {
		return err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
			"more than %d log lists at once", LISTS_MAX);
	}
	struct loglist *grown =
		realloc(lists->lists, (lists->num_lists + 1) * sizeof(*grown));
	if (!grown) {
		return err_no_memory(err);
	}
	lists->lists = grown;
	if (lists->expected && strcmp(lists->expected, loglist_source(&added)) == 0) {
		added.name = lists->expected;
	}
	if (!add_source(lists, loglist_source(&added), err)) {
		return false;
	}
	lists->lists[lists->num_lists++] = added;
	if (list->num_logs) {
		qsort(list->logs, list->num_logs, sizeof(*list->logs), by_id);
	}
	return true;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int lists_compare_versions(const char *a, const char *b)
{
	while (*a || *b) {
		size_t a_len = strcspn(a, ".");
		size_t b_len = strcspn(b, ".");
		int order = a_len != b_len ? (a_len > b_len) - (a_len < b_len)
					   : strncmp(a, b, a_len);
		if (order != 0) {
			return order;
		}
		a += a_len + (a[a_len] == '.');
		b += b_len + (b[b_len] == '.');
	}
	return 0;
}

// POLICY.md 9: version is not unique; the later asset version is the newer list.
int lists_compare(const struct loglist *a, const struct loglist *b)
{
	int order = compare(a->published_ms, b->published_ms);
	order = order ? order : lists_compare_versions(a->version, b->version);
	order = order ? order : compare(a->asset_version, b->asset_version);
	order = order ? order : compare(a->asset_version_v2, b->asset_version_v2);
	order = order ? order : compare(a->fetched_last_ms, b->fetched_last_ms);
	return order ? order : memcmp(a->sha256, b->sha256, sizeof(a->sha256));
}

static int by_source(const void *a, const void *b)
{
	int order = strcmp(loglist_source(a), loglist_source(b));
	return order ? order : lists_compare(a, b);
}

void lists_note_fetched(struct ctp_lists *lists, const uint8_t sha256[32],
	int64_t first_ms, int64_t last_ms)
{
	for (size_t i = 0; i < lists->num_lists; i++) {
		struct loglist *list = &lists->lists[i];
		if (memcmp(list->sha256, sha256, sizeof(list->sha256)) == 0) {
			list->fetched_first_ms = first_ms;
			list->fetched_last_ms = last_ms;
		}
	}
}

void lists_pin(struct ctp_lists *lists, const uint8_t sha256[32], int64_t since_ms)
{
	if (lists->num_pins < NUM_SOURCES) {
		struct pin *pin = &lists->pins[lists->num_pins++];
		pin->since_ms = since_ms;
		memcpy(pin->sha256, sha256, sizeof(pin->sha256));
	}
}

static void find_pinned(const struct ctp_lists *lists, struct history *history)
{
	for (size_t i = 0; i < lists->num_pins; i++) {
		const struct pin *pin = &lists->pins[i];
		for (size_t k = 0; k < history->num_lists; k++) {
			const struct loglist *list = &history->lists[k];
			if (memcmp(list->sha256, pin->sha256, sizeof(pin->sha256)) == 0) {
				history->pinned = list;
				history->pin_since_ms = pin->since_ms;
			}
		}
	}
}

static int by_name(const void *a, const void *b)
{
	const struct history *x = a;
	const struct history *y = b;
	return strcmp(x->source, y->source);
}

// The sorted lists stand source by source.
static void divide(struct ctp_lists *lists, bool given)
{
	qsort(lists->histories, lists->num_histories, sizeof(*lists->histories), by_name);
	size_t at = 0;
	for (size_t i = 0; i < lists->num_histories; i++) {
		struct history *history = &lists->histories[i];
		history->given = history->given || given;
		history->lists = &lists->lists[at];
		while (at < lists->num_lists &&
			strcmp(loglist_source(&lists->lists[at]), history->source) == 0) {
			history->num_lists++;
			at++;
		}
		find_pinned(lists, history);
	}
}

bool lists_freeze(struct ctp_lists *lists, bool given, struct err *err)
{
	digest_free(lists->digest);
	lists->digest = NULL;
	lists->expected = NULL;
	if (lists->num_lists == 0) {
		return err_set(
			err, CODE_LOG_LIST_EMPTY, ERR_NO_OFFSET, "no log list in it");
	}
	qsort(lists->lists, lists->num_lists, sizeof(*lists->lists), by_source);
	size_t num = 0;
	for (size_t i = 0; i < lists->num_lists; i++) {
		if (num == 0 ||
			by_source(&lists->lists[num - 1], &lists->lists[i]) != 0) {
			lists->lists[num++] = lists->lists[i];
		}
	}
	lists->num_lists = num;
	divide(lists, given);
	return true;
}

// The histories of both, by source. False: too many.
static bool choose_histories(struct ctp_lists *joined, const struct ctp_lists *lists,
	const struct ctp_lists *others, struct err *err)
{
	for (size_t i = 0; i < lists->num_histories; i++) {
		joined->histories[joined->num_histories++] = lists->histories[i];
	}
	for (size_t i = 0; i < others->num_histories; i++) {
		const struct history *history = &others->histories[i];
		size_t index = find_history(joined, history->source);
		if (index < joined->num_histories) {
			continue;
		}
		if (!add_source(joined, history->source, err)) {
			return false;
		}
		joined->histories[index] = *history;
	}
	qsort(joined->histories, joined->num_histories, sizeof(*joined->histories),
		by_name);
	return true;
}

// The lists of its histories, which are others' so far, into an array of its own.
static bool copy_lists(struct ctp_lists *joined, struct err *err)
{
	size_t num = 0;
	for (size_t i = 0; i < joined->num_histories; i++) {
		num += joined->histories[i].num_lists;
	}
	joined->lists = calloc(num, sizeof(*joined->lists));
	if (!joined->lists) {
		return err_no_memory(err);
	}
	for (size_t i = 0; i < joined->num_histories; i++) {
		struct history *history = &joined->histories[i];
		struct loglist *own = &joined->lists[joined->num_lists];
		memcpy(own, history->lists, history->num_lists * sizeof(*own));
		history->pinned =
			history->pinned ? own + (history->pinned - history->lists) : NULL;
		history->lists = own;
		joined->num_lists += history->num_lists;
	}
	return true;
}

struct ctp_lists *lists_join(
	struct ctp_lists *lists, struct ctp_lists *others, struct err *err)
{
	struct ctp_lists *joined = calloc(1, sizeof(*joined));
	if (!joined) {
		err_no_memory(err);
		return NULL;
	}
	atomic_init(&joined->refs, 1);
	joined->parts[0] = lists_ref(lists);
	joined->parts[1] = lists_ref(others);
	if (!choose_histories(joined, lists, others, err) || !copy_lists(joined, err)) {
		lists_unref(joined);
		return NULL;
	}
	return joined;
}

static bool hash_history(const struct history *history, struct digest *digest,
	uint8_t hash[DIGEST_SHA256_LEN])
{
	const struct loglist *pinned = history->pinned;
	int64_t head[] = {history->given, pinned ? history->pin_since_ms : -1};
	struct bytes parts[] = {bytes_of(hash, DIGEST_SHA256_LEN),
		bytes_of(head, sizeof(head)), bytes_of_text(history->source),
		pinned ? bytes_of(pinned->sha256, sizeof(pinned->sha256)) : BYTES_NONE};
	bool done = digest_sha256(digest, parts, 4, hash);
	for (size_t i = 0; i < history->num_lists && done; i++) {
		const struct loglist *list = &history->lists[i];
		int64_t times[] = {list->fetched_first_ms, list->fetched_last_ms};
		struct bytes of_list[] = {bytes_of(hash, DIGEST_SHA256_LEN),
			bytes_of(list->sha256, sizeof(list->sha256)),
			bytes_of(times, sizeof(times))};
		done = digest_sha256(digest, of_list, 3, hash);
	}
	return done;
}

bool lists_fingerprint(const struct ctp_lists *lists, struct digest *digest,
	uint8_t out[DIGEST_SHA256_LEN])
{
	bool done = true;
	memset(out, 0, DIGEST_SHA256_LEN);
	for (size_t i = 0; i < lists->num_histories && done; i++) {
		done = hash_history(&lists->histories[i], digest, out);
	}
	return done;
}

size_t lists_num(const struct ctp_lists *lists)
{
	return lists->num_lists;
}

const struct loglist *lists_at(const struct ctp_lists *lists, size_t index)
{
	return &lists->lists[index];
}

size_t lists_num_sources(const struct ctp_lists *lists)
{
	return lists->num_histories;
}

const char *lists_source_at(const struct ctp_lists *lists, size_t index)
{
	return lists->histories[index].source;
}

const char *lists_main_source(const struct ctp_lists *lists)
{
	size_t main = find_history(lists, SOURCE_MAIN);
	return lists->histories[main < lists->num_histories ? main : 0].source;
}

static const struct history *history_of(const struct ctp_lists *lists, const char *source)
{
	size_t index = find_history(lists, source ? source : lists_main_source(lists));
	return index < lists->num_histories ? &lists->histories[index] : NULL;
}

const struct loglist *lists_of(
	const struct ctp_lists *lists, const char *source, size_t *out_num)
{
	const struct history *history = history_of(lists, source);
	*out_num = history ? history->num_lists : 0;
	return history ? history->lists : NULL;
}

const struct loglist *lists_newest(const struct ctp_lists *lists, const char *source)
{
	const struct history *history = lists ? history_of(lists, source) : NULL;
	return history ? &history->lists[history->num_lists - 1] : NULL;
}

// How many were published at that time, or before.
static size_t num_published(const struct history *history, int64_t at_ms)
{
	size_t first = 0;
	size_t end = history->num_lists;
	while (first < end) {
		size_t middle = first + (end - first) / 2;
		if (history->lists[middle].published_ms <= at_ms) {
			first = middle + 1;
		} else {
			end = middle;
		}
	}
	return first;
}

const struct loglist *lists_in_force(const struct ctp_lists *lists, const char *source,
	int64_t at_ms, enum lists_basis *out_basis)
{
	const struct history *history = history_of(lists, source);
	*out_basis = BASIS_GIVEN;
	if (!history) {
		return NULL;
	}
	if (history->given) {
		return &history->lists[history->num_lists - 1];
	}
	if (history->pinned && at_ms >= history->pin_since_ms) {
		*out_basis = BASIS_EXACT;
		return history->pinned;
	}
	size_t num = num_published(history, at_ms);
	*out_basis = num ? BASIS_EXACT : BASIS_EXTRAPOLATED;
	return &history->lists[num ? num - 1 : 0];
}

bool lists_next_change(
	const struct ctp_lists *lists, const char *source, int64_t at_ms, int64_t *out_ms)
{
	const struct history *history = history_of(lists, source);
	size_t num = history ? num_published(history, at_ms) : 0;
	bool is_pinned = history && history->pinned && at_ms >= history->pin_since_ms;
	bool has_next = history && num < history->num_lists;
	if (!history || history->given || is_pinned || (!has_next && !history->pinned)) {
		return false;
	}
	*out_ms = has_next ? history->lists[num].published_ms : history->pin_since_ms;
	if (history->pinned && history->pin_since_ms < *out_ms) {
		*out_ms = history->pin_since_ms;
	}
	return true;
}

int64_t lists_fetched_ms(const struct loglist *list, int64_t at_ms)
{
	return list->fetched_first_ms <= at_ms ? list->fetched_last_ms : 0;
}

int64_t lists_age_ms(const struct loglist *list, int64_t at_ms)
{
	int64_t known_ms = lists_fetched_ms(list, at_ms);
	known_ms = known_ms < at_ms ? known_ms : at_ms;
	return at_ms - (known_ms > list->published_ms ? known_ms : list->published_ms);
}

const char *lists_basis_name(enum lists_basis basis)
{
	static const char *const names[] = {
		[BASIS_GIVEN] = "given",
		[BASIS_EXACT] = "exact",
		[BASIS_EXTRAPOLATED] = "extrapolated",
	};
	return names[basis];
}

struct log_standing lists_standing(
	const struct ct_log *log, enum lists_basis basis, int64_t at_ms)
{
	bool ended = log->state == LOG_READONLY || log->state == LOG_RETIRED ||
		log->state == LOG_REJECTED;
	if (basis == BASIS_EXTRAPOLATED && ended && log->since_ms > at_ms) {
		return (struct log_standing){LOG_USABLE, 0, true};
	}
	return (struct log_standing){log->state, log->since_ms, false};
}

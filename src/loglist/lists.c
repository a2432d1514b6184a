// SPDX-License-Identifier: Apache-2.0
#include "loglist/lists.h"

#include <stdatomic.h>
#include <stdlib.h>

struct ctp_lists {
	atomic_uint refs;
	bool given;
	struct arena arena;
	struct digest *digest; // only while filling
	struct loglist *lists; // by publication, oldest first
	size_t num_lists;
	bool has_pin;
	uint8_t pin_sha256[32];
	int64_t pin_since_ms;
	const struct loglist *pinned; // NULL: none of the lists is
	struct pubkey **keys; // every key once; owned
	size_t num_keys;
	size_t cap_keys;
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

bool lists_add(struct ctp_lists *lists, const struct loglist *list, struct err *err)
{
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
	lists->lists[lists->num_lists++] = *list;
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

static int by_publication(const void *a, const void *b)
{
	return lists_compare(a, b);
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
	lists->has_pin = true;
	lists->pin_since_ms = since_ms;
	memcpy(lists->pin_sha256, sha256, sizeof(lists->pin_sha256));
}

static const struct loglist *find_pinned(const struct ctp_lists *lists)
{
	for (size_t i = 0; i < lists->num_lists && lists->has_pin; i++) {
		if (memcmp(lists->lists[i].sha256, lists->pin_sha256,
			    sizeof(lists->pin_sha256)) == 0) {
			return &lists->lists[i];
		}
	}
	return NULL;
}

bool lists_freeze(struct ctp_lists *lists, bool given, struct err *err)
{
	lists->given = given;
	digest_free(lists->digest);
	lists->digest = NULL;
	if (lists->num_lists == 0) {
		return err_set(
			err, CODE_LOG_LIST_EMPTY, ERR_NO_OFFSET, "no log list in it");
	}
	for (size_t i = 1; i < lists->num_lists; i++) {
		if (strcmp(lists->lists[i].name, lists->lists[0].name) != 0) {
			return err_set(err, CODE_LOG_LIST_INVALID, ERR_NO_OFFSET,
				"lists of different kinds (%s, %s) are no one history: "
				"which one is in force would change with each of them",
				lists->lists[0].name, lists->lists[i].name);
		}
	}
	qsort(lists->lists, lists->num_lists, sizeof(*lists->lists), by_publication);
	size_t num = 0;
	for (size_t i = 0; i < lists->num_lists; i++) {
		if (num == 0 ||
			lists_compare(&lists->lists[num - 1], &lists->lists[i]) != 0) {
			lists->lists[num++] = lists->lists[i];
		}
	}
	lists->num_lists = num;
	lists->pinned = find_pinned(lists);
	return true;
}

bool lists_fingerprint(const struct ctp_lists *lists, struct digest *digest,
	uint8_t out[DIGEST_SHA256_LEN])
{
	int64_t head[] = {lists->given, lists->pinned ? lists->pin_since_ms : -1};
	uint8_t hash[DIGEST_SHA256_LEN] = {0};
	struct bytes parts[] = {bytes_of(head, sizeof(head)),
		bytes_of(lists->pin_sha256, sizeof(lists->pin_sha256))};
	bool done = digest_sha256(digest, parts, 2, hash);
	for (size_t i = 0; i < lists->num_lists && done; i++) {
		const struct loglist *list = &lists->lists[i];
		int64_t times[] = {list->fetched_first_ms, list->fetched_last_ms};
		struct bytes of_list[] = {bytes_of(hash, sizeof(hash)),
			bytes_of(list->sha256, sizeof(list->sha256)),
			bytes_of(times, sizeof(times))};
		done = digest_sha256(digest, of_list, 3, hash);
	}
	memcpy(out, hash, sizeof(hash));
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

// How many were published at that time, or before.
static size_t num_published(const struct ctp_lists *lists, int64_t at_ms)
{
	size_t first = 0;
	size_t end = lists->num_lists;
	while (first < end) {
		size_t middle = first + (end - first) / 2;
		if (lists->lists[middle].published_ms <= at_ms) {
			first = middle + 1;
		} else {
			end = middle;
		}
	}
	return first;
}

const struct loglist *lists_newest(const struct ctp_lists *lists)
{
	return lists ? &lists->lists[lists->num_lists - 1] : NULL;
}

const struct loglist *lists_in_force(
	const struct ctp_lists *lists, int64_t at_ms, enum lists_basis *out_basis)
{
	size_t num = num_published(lists, at_ms);
	if (lists->given) {
		*out_basis = BASIS_GIVEN;
		return &lists->lists[lists->num_lists - 1];
	}
	if (lists->pinned && at_ms >= lists->pin_since_ms) {
		*out_basis = BASIS_EXACT;
		return lists->pinned;
	}
	*out_basis = num ? BASIS_EXACT : BASIS_EXTRAPOLATED;
	return &lists->lists[num ? num - 1 : 0];
}

bool lists_next_change(const struct ctp_lists *lists, int64_t at_ms, int64_t *out_ms)
{
	size_t num = num_published(lists, at_ms);
	bool is_pinned = lists->pinned && at_ms >= lists->pin_since_ms;
	bool has_next = num < lists->num_lists;
	if (lists->given || is_pinned || (!has_next && !lists->pinned)) {
		return false;
	}
	*out_ms = has_next ? lists->lists[num].published_ms : lists->pin_since_ms;
	if (lists->pinned && lists->pin_since_ms < *out_ms) {
		*out_ms = lists->pin_since_ms;
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

// SPDX-License-Identifier: Apache-2.0
#include "crypto/fast.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "crypto/ecdsa.h"
#include "crypto/fast_answers.h"

// Open addressing; twice as many places as keys keeps the probes short.
#define NUM_PLACES ((size_t)2 * FAST_MAX_KEYS)

struct fast_key {
	uint8_t id[DIGEST_SHA256_LEN];
	const struct curve *curve; // NULL: none of ours
	uint64_t x[MONT_MAX_LIMBS];
	uint64_t y[MONT_MAX_LIMBS];
	atomic_uint uses;
	atomic_bool claimed; // by the thread that makes the table
	_Atomic(struct curve_table *) table;
};

enum test_state { NOT_TESTED, TESTING, TEST_PASSED, TEST_FAILED };

struct fast {
	atomic_uint refs;
	atomic_int test; // enum test_state
	atomic_size_t bytes;
	atomic_size_t num_keys;
	unsigned uses;
	_Atomic(struct curve_table *) generators[NUM_CURVES];
	_Atomic(struct fast_key *) keys[NUM_PLACES];
};

// Where a table has cost as much as the reference would have: measured.
static const unsigned worth_it[NUM_CURVES] = {[CURVE_P256] = 7, [CURVE_P384] = 3};

struct fast *fast_new(unsigned uses, struct err *err)
{
	struct fast *fast = calloc(1, sizeof(*fast));
	if (!fast) {
		err_no_memory(err);
		return NULL;
	}
	atomic_init(&fast->refs, 1);
	fast->uses = uses;
	return fast;
}

struct fast *fast_ref(struct fast *fast)
{
	atomic_fetch_add(&fast->refs, 1);
	return fast;
}

static void key_free(struct fast_key *key)
{
	if (key) {
		curve_table_free(atomic_load(&key->table));
		free(key);
	}
}

void fast_unref(struct fast *fast)
{
	if (!fast || atomic_fetch_sub(&fast->refs, 1) != 1) {
		return;
	}
	for (size_t i = 0; i < NUM_PLACES; i++) {
		key_free(atomic_load(&fast->keys[i]));
	}
	for (size_t i = 0; i < NUM_CURVES; i++) {
		curve_table_free(atomic_load(&fast->generators[i]));
	}
	free(fast);
}

size_t fast_bytes(const struct fast *fast)
{
	return atomic_load(&fast->bytes);
}

// A key of no curve of ours is a key as well: it is looked at once.
static struct fast_key *key_new(struct pubkey *pubkey)
{
	struct fast_key *key = calloc(1, sizeof(*key));
	struct pubkey_point point;
	if (!key) {
		return NULL;
	}
	memcpy(key->id, pubkey_id(pubkey), sizeof(key->id));
	if (!pubkey_ec_point(pubkey, &point)) {
		return key;
	}
	for (size_t i = 0; i < NUM_CURVES; i++) {
		const struct curve *curve = &curves[i];
		if (strcmp(point.group, curve->group) == 0 &&
			point.x.len <= curve_len(curve) &&
			point.y.len <= curve_len(curve)) {
			key->curve = curve;
			curve_limbs(curve, point.x, key->x);
			curve_limbs(curve, point.y, key->y);
		}
	}
	return key;
}

// NULL: no room, or no memory. Two threads that meet a key at once agree on one.
static struct fast_key *find_key(struct fast *fast, struct pubkey *pubkey)
{
	const uint8_t *id = pubkey_id(pubkey);
	size_t at = ((size_t)id[0] << 8 | id[1]) % NUM_PLACES;
	struct fast_key *made = NULL;
	for (;; at = (at + 1) % NUM_PLACES) {
		struct fast_key *key = atomic_load(&fast->keys[at]);
		if (!key && !made) {
			if (atomic_load(&fast->num_keys) >= FAST_MAX_KEYS) {
				return NULL;
			}
			made = key_new(pubkey);
			if (!made) {
				return NULL;
			}
		}
		if (!key && atomic_compare_exchange_strong(&fast->keys[at], &key, made)) {
			atomic_fetch_add(&fast->num_keys, 1);
			return made;
		}
		if (memcmp(key->id, id, sizeof(key->id)) == 0) {
			key_free(made);
			return key;
		}
	}
}

// Bytes are counted before a table is made, so that no two threads overstep the limit.
static bool take_bytes(struct fast *fast, size_t size)
{
	if (atomic_fetch_add(&fast->bytes, size) + size <= FAST_MAX_BYTES) {
		return true;
	}
	atomic_fetch_sub(&fast->bytes, size);
	return false;
}

// Of the generator's tables two may be made at once: the later one is thrown away.
static void keep_table(struct fast *fast, size_t size,
	_Atomic(struct curve_table *) *place, struct curve_table *table)
{
	struct curve_table *before = NULL;
	if (!table || !atomic_compare_exchange_strong(place, &before, table)) {
		curve_table_free(table);
		atomic_fetch_sub(&fast->bytes, size);
	}
}

static const struct curve_table *table_of_generator(
	struct fast *fast, const struct curve *curve, struct curve_sums *sums)
{
	_Atomic(struct curve_table *) *place = &fast->generators[curve - curves];
	size_t size = curve_generator_size(curve);
	if (!atomic_load(place) && take_bytes(fast, size)) {
		keep_table(fast, size, place, curve_table_of_generator(curve, sums));
	}
	return atomic_load(place);
}

static void make_table(struct fast *fast, struct fast_key *key, struct curve_sums *sums)
{
	size_t size = curve_table_size(key->curve);
	if (table_of_generator(fast, key->curve, sums) && take_bytes(fast, size)) {
		keep_table(fast, size, &key->table,
			curve_table_new(key->curve, key->x, key->y, sums));
	}
}

// The answers of one key, beginning with the first of `answers`: how many, or 0 where one
// does not hold.
static size_t check_answers(struct fast *fast, const struct fast_answer *answers,
	size_t num, struct digest *digest, struct curve_sums *sums)
{
	struct err ignored;
	err_clear(&ignored);
	struct bytes spki = answers->spki;
	struct pubkey *pubkey = pubkey_new(spki, digest, &ignored);
	struct fast_key *key = pubkey ? key_new(pubkey) : NULL;
	const struct curve_table *generator =
		key && key->curve ? table_of_generator(fast, key->curve, sums) : NULL;
	struct curve_table *table =
		generator ? curve_table_new(key->curve, key->x, key->y, sums) : NULL;
	size_t checked = 0;
	bool hold = table != NULL;
	while (hold && checked < num && bytes_equal(answers[checked].spki, spki)) {
		const struct fast_answer *answer = &answers[checked++];
		struct ecdsa_check check = {.key = table, .digest = answer->digest};
		hold = ecdsa_read(answer->signature, &check.signature);
		if (hold) {
			ecdsa_verify(key->curve, sums, generator, &check, 1);
			hold = check.valid == answer->valid;
		}
	}
	curve_table_free(table);
	key_free(key);
	pubkey_unref(pubkey);
	return hold ? checked : 0;
}

static bool answers_hold(struct fast *fast)
{
	struct err ignored;
	err_clear(&ignored);
	struct digest *digest = digest_new(&ignored);
	struct curve_sums *sums = curve_sums_new();
	bool hold = digest && sums;
	for (size_t i = 0; hold && i < fast_num_answers;) {
		size_t checked = check_answers(
			fast, &fast_answers[i], fast_num_answers - i, digest, sums);
		hold = checked > 0;
		i += checked;
	}
	curve_sums_free(sums);
	digest_free(digest);
	return hold;
}

// The first one that asks tests; meanwhile others do without.
static enum test_state test(struct fast *fast)
{
	int state = NOT_TESTED;
	if (atomic_compare_exchange_strong(&fast->test, &state, TESTING)) {
		state = answers_hold(fast) ? TEST_PASSED : TEST_FAILED;
		atomic_store(&fast->test, state);
	}
	return (enum test_state)state;
}

bool fast_test(struct fast *fast, struct err *err)
{
	return test(fast) != TEST_FAILED ||
		err_set(err, CODE_VERIFIER_UNUSABLE, ERR_NO_OFFSET,
			"the fast verifier fails its own test here");
}

bool fast_by_name(const char *name, struct fast **out, struct err *err)
{
	bool must_work = strcmp(name, "fast") == 0;
	*out = NULL;
	if (strcmp(name, "reference") == 0) {
		return true;
	}
	if (!must_work && strcmp(name, "auto") != 0) {
		return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"there is no verifier \"%.40s\"; choose auto, fast or reference",
			name);
	}
	struct fast *fast = fast_new(0, err);
	if (!fast || (must_work && !fast_test(fast, err))) {
		fast_unref(fast);
		return false;
	}
	*out = fast;
	return true;
}

// The key's table where it has one, or gets it by this use.
static const struct curve_table *use(struct fast *fast, struct pubkey *pubkey,
	struct curve_sums *sums, const struct curve **out_curve)
{
	struct fast_key *key = find_key(fast, pubkey);
	if (!key || !key->curve) {
		return NULL;
	}
	*out_curve = key->curve;
	struct curve_table *table = atomic_load(&key->table);
	if (table) {
		return table;
	}
	unsigned wanted = fast->uses ? fast->uses : worth_it[key->curve - curves];
	if (atomic_fetch_add(&key->uses, 1) + 1 >= wanted && test(fast) == TEST_PASSED &&
		!atomic_exchange(&key->claimed, true)) {
		make_table(fast, key, sums);
	}
	return atomic_load(&key->table);
}

// The checks of one curve that wait for their batch to be full.
struct waiting {
	struct verify_job *jobs[CURVE_BATCH];
	struct ecdsa_check checks[CURVE_BATCH];
	size_t num;
};

static void run_waiting(struct fast *fast, const struct curve *curve,
	struct curve_sums *sums, struct waiting *waiting)
{
	ecdsa_verify(curve, sums, atomic_load(&fast->generators[curve - curves]),
		waiting->checks, waiting->num);
	for (size_t i = 0; i < waiting->num; i++) {
		if (waiting->checks[i].valid) {
			waiting->jobs[i]->result = VERIFY_VALID;
		}
	}
	waiting->num = 0;
}

void fast_run(struct fast *fast, struct curve_sums *sums, struct verify_job *const *jobs,
	size_t num_jobs)
{
	struct waiting waiting[NUM_CURVES];
	for (size_t i = 0; i < NUM_CURVES; i++) {
		waiting[i].num = 0;
	}
	for (size_t i = 0; i < num_jobs; i++) {
		const struct curve *curve = NULL;
		struct ecdsa_check check = {.digest = jobs[i]->digest};
		if (jobs[i]->alg->key != KEY_EC || !jobs[i]->alg->md ||
			!ecdsa_read(jobs[i]->signature, &check.signature)) {
			continue;
		}
		check.key = use(fast, jobs[i]->key, sums, &curve);
		if (!check.key) {
			continue;
		}
		struct waiting *of = &waiting[curve - curves];
		of->checks[of->num] = check;
		of->jobs[of->num++] = jobs[i];
		if (of->num == CURVE_BATCH) {
			run_waiting(fast, curve, sums, of);
		}
	}
	for (size_t i = 0; i < NUM_CURVES; i++) {
		if (waiting[i].num) {
			run_waiting(fast, &curves[i], sums, &waiting[i]);
		}
	}
}
